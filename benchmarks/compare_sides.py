"""Compare ``sides.csv`` of a run with the truth of a batch: ``python compare_sides.py OUT/sides.csv truth.csv``.

Copies are compared as sets of sides, for their numbers mean nothing; then fate, position and turn of each side.  With
``findings.csv`` beside it: how many of the troubles of the pile the program found, with the right proposal.

A trouble is a side of the truth that is no page of a copy, that is turned, or that has a note; sides of one copy with
the same note are one.  It is found when a finding speaks of one of its sides, or of their copy; its proposal is right
when fate and turn of all its sides are, and a person is asked where these say nothing.  A false alarm is a finding
about a side of a copy in which nothing is wrong.
"""

import argparse
import csv
import re
import sys
from collections import Counter, defaultdict
from pathlib import Path

#: A note that tells which sheet it is, no trouble.
SHEET = re.compile(r"(sheet \d+)?")
FATES = {"copy", "blank", "duplicate", "foreign", "waiting", "discarded"}


def read(path: Path) -> dict[tuple[int, str], dict[str, str]]:
    """(pdf_page, region) -> row; a side that is there twice stops everything."""
    found = {}
    with open(path, newline="", encoding="utf-8-sig") as file:
        for row in csv.DictReader(file):
            key = int(row["pdf_page"]), row["region"]
            if key in found:
                sys.exit(f"{path}: the side {key} is there twice")
            found[key] = row
    return found


def groups(rows: dict) -> dict[tuple[int, str], frozenset]:
    """Side -> all sides of its copy, for sides that are pages of a copy."""
    copies = defaultdict(set)
    for key, row in rows.items():
        if row["fate"] == "copy":
            copies[row["copy"]].add(key)
    return {key: frozenset(copy) for copy in copies.values() for key in copy}


def compare(found: dict, truth: dict) -> Counter:
    """Counts: sides, lost, and for each aspect the sides that are right."""
    counts, same, right = Counter(), groups(found), groups(truth)
    counts["sides"] = len(truth)
    counts["lost"] = len(set(truth) - set(found))
    counts["invented"] = len(set(found) - set(truth))
    counts["without one fate"] = sum(row["fate"] not in FATES for row in found.values())
    counts["copies"] = len(set(same.values()))
    counts["copies in truth"] = len(set(right.values()))
    for key, row in truth.items():
        mine = found.get(key)
        if mine is None:
            continue
        counts["fate right"] += mine["fate"] == row["fate"]
        if row["fate"] != "copy":
            continue
        counts["pages"] += 1
        placed = same.get(key) == right[key]
        position = mine["position"] == row["position"]
        turned = mine["turned"] == row["turned"]
        counts["copy right"] += placed
        counts["position right"] += position
        counts["turn right"] += turned
        counts["all right"] += placed and position and turned and mine["fate"] == "copy"
        if not (placed and position and turned):
            print(f"  page {key[0]} {key[1]}: copy {mine['copy']} position {mine['position']} turned "
                  f"{mine['turned']} ({mine['fate']}); truth: copy {row['copy']} position {row['position']} "
                  f"turned {row['turned']} {row.get('note', '')}")
    return counts


def troubles(truth: dict) -> list[list[tuple[int, str]]]:
    """The sides of each trouble."""
    found = defaultdict(list)
    for key, row in truth.items():
        note = "" if SHEET.fullmatch(row.get("note", "")) else row["note"]
        if row["fate"] != "copy" or row["turned"] != "0" or note:
            whole = note and row["copy"] and sum(other["copy"] == row["copy"] and other.get("note") == note
                                                 for other in truth.values()) > 1
            found[(row["copy"], note) if whole else key].append(key)
    return list(found.values())


def compare_findings(found: dict, truth: dict, findings: list[dict]) -> Counter:
    """Counts: troubles, found, with the right proposal, false alarms."""
    counts = Counter()
    of_copy = {row["copy"]: row for row in findings if not row["pdf_page"]}
    of_side = defaultdict(list)
    for row in findings:
        if row["pdf_page"]:
            of_side[int(row["pdf_page"]), row["region"]].append(row)
    touched = set()
    for sides in troubles(truth):
        counts["troubles"] += 1
        copies = {found[key]["copy"] for key in sides if key in found} - {""}
        mates = [key for key, row in found.items() if row["copy"] in copies]
        touched |= set(sides) | set(mates)
        told = [row for key in {*sides, *mates} for row in of_side[key]] + [
            of_copy[copy] for copy in copies if copy in of_copy]
        right = all(found[key]["fate"] == truth[key]["fate"] and found[key]["turned"] == truth[key]["turned"]
                    for key in sides)
        plain = all(truth[key]["fate"] == "copy" and truth[key]["turned"] == "0" for key in sides)
        counts["troubles found"] += bool(told)
        counts["with the right proposal"] += bool(told) and right and (
            not plain or any(row["state"] == "open" or row["kind"] == "extra_page" for row in told))
    counts["false alarms"] = sum(len(rows) for key, rows in of_side.items() if key not in touched)
    return counts


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("found", type=Path)
    parser.add_argument("truth", type=Path)
    arguments = parser.parse_args()
    counts = compare(read(arguments.found), read(arguments.truth))
    findings = arguments.found.with_name("findings.csv")
    if findings.exists():
        with open(findings, newline="", encoding="utf-8") as file:
            counts.update(compare_findings(read(arguments.found), read(arguments.truth), list(csv.DictReader(file))))
    for name, count in counts.items():
        print(f"{name:20s} {count}")
    return 1 if counts["lost"] or counts["invented"] or counts["without one fate"] else 0


if __name__ == "__main__":
    sys.exit(main())
