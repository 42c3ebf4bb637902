"""Compare ``sides.csv`` of a run with the truth of a batch: ``python compare_sides.py OUT/sides.csv truth.csv``.

Copies are compared as sets of sides, for their numbers mean nothing; then fate, position and turn of each side.
"""

import argparse
import csv
import sys
from collections import Counter, defaultdict
from pathlib import Path

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


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("found", type=Path)
    parser.add_argument("truth", type=Path)
    arguments = parser.parse_args()
    counts = compare(read(arguments.found), read(arguments.truth))
    for name, count in counts.items():
        print(f"{name:20s} {count}")
    return 1 if counts["lost"] or counts["invented"] or counts["without one fate"] else 0


if __name__ == "__main__":
    sys.exit(main())
