"""Whose covers they are: ``python benchmarks/identify.py SET --out predictions.csv``; ``--help`` says the rest.

A set is a folder with ``img/``, ``truth.csv``, rosters, and blank forms: ``blank/blank_<layout>_<k>.png`` with the
zones of ``layouts.json``, as a person would draw them (k: the file's number modulo 3).  Of ``truth.csv`` the columns
file, roster and layout are read, nothing else.  Pages are registered by the product, against the blank forms, or, with
``--no-blank``, against forms that the product finds in the covers of each roster by itself; then not even the layout is
looked at.

Writes file,id,confidence,accepted,top5 (ids, best first, with a space between); prints what a copy costs.  ``--score``
compares with the truth when that is done, and fails above the targets with ``--most``.
"""

import argparse
import csv
import json
import re
import resource
import sys
from collections import Counter, defaultdict
from datetime import date
from pathlib import Path

import cv2
from korrigo_ocr.matching.decide import DEFAULT_THRESHOLD, identify
from korrigo_ocr.matching.enough import Enough
from korrigo_ocr.matching.roster import RosterIndex
from korrigo_ocr.matching.values import CopyEvidence, Pupil
from korrigo_ocr.piles import HEADER
from korrigo_ocr.reading.covers import CoverReader
from korrigo_ocr.reading.forms import Field, HeaderForm
from korrigo_ocr.reading.geometry import PAGE_WIDTH, Box, to_working
from korrigo_ocr.reading.ppocr import PpocrReader
from korrigo_ocr.reading.tesseract import TesseractReader
from korrigo_ocr.reading.zones import propose_forms
from machine import Pace, as_in_a_child, spent

READERS = {"ppocr": PpocrReader, "tesseract": TesseractReader}
#: Names of zones in layouts.json -> fields.
FIELDS = {"last": "last", "first": "first", "dob": "birth_date", "number": "number", "classe": "class_name"}
GROUP = 16
SAMPLE = 24


def rows(path: Path) -> list[dict[str, str]]:
    with open(path, newline="", encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


def roster(path: Path) -> list[Pupil]:
    """The pupils; dates are written 31/12/2008 or 2008-12-31."""
    found = []
    for row in rows(path):
        parts = [int(part) for part in re.findall(r"\d+", row.get("dob", ""))]
        day = date(*(parts if parts[0] > 31 else reversed(parts))) if len(parts) == 3 else None
        found.append(Pupil(row["id"], row["last"], row["first"], day, row.get("number", ""), row.get("classe", "")))
    return found


def drawn(zones: dict, blank) -> HeaderForm:
    """The form that a person has drawn on a blank sheet."""
    unit = PAGE_WIDTH / blank.shape[1]
    fields = []
    for name, field in FIELDS.items():
        if name not in zones:
            continue
        box = Box(*zones[name]).scaled(unit)
        cells = tuple(Box(*cell).scaled(unit) for cell in zones.get(f"{name}_boxes", ()))
        style = "line" if not cells else "digits" if field in ("birth_date", "number") else "comb"
        fields.append(Field(field, box, style, cells))
    return HeaderForm.drawn(tuple(fields), to_working(blank))


def picture(path: Path):
    found = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
    if found is None:
        sys.exit(f"{path}: not a picture")
    return found


def header(page):
    """The part of a page that the product draws to read its header."""
    return page[:round(page.shape[1] * HEADER[3] / HEADER[2])]


def blank_forms(folder: Path, covers: list[dict]) -> dict[str, HeaderForm]:
    """The name of the file of a blank form -> the form."""
    layouts = json.loads((folder / "layouts.json").read_text())
    names = {blank_of(cover): cover["layout"] for cover in covers}
    return {name: drawn(layouts[layout]["zones"], picture(folder / "blank" / name)) for name, layout in names.items()}


def blank_of(cover: dict) -> str:
    number = int(re.search(r"\d+", cover["file"])[0])
    return f"blank_{cover['layout']}_{number % 3}.png"


def evidence_of(folder: Path, covers: list[dict], reader, blank: bool, pace: Pace, whole: bool = False) -> list:
    """What every cover says, in order; ``whole``: all of it, not what is enough among the pupils of its roster."""
    piles = defaultdict(list)
    if blank:
        forms = blank_forms(folder, covers)
        readers = {name: CoverReader([form], reader) for name, form in forms.items()}
        for cover in covers:
            piles[blank_of(cover), cover["roster"]].append(cover)
    else:
        readers = {}
        for cover in covers:
            piles[cover["roster"], cover["roster"]].append(cover)
        for (name, _), pile in piles.items():
            with pace.part():
                found = propose_forms([picture(folder / "img" / cover["file"]) for cover in pile[:SAMPLE]])
            print(f"{name}: {len(found)} forms found, of {[len(form.fields) for form in found]} fields")
            readers[name] = CoverReader(found, reader) if found else None
    enough = {name: None if whole else Enough(RosterIndex(roster(folder / name))) for _, name in piles}
    found = {}
    for (form, name), pile in piles.items():
        for start in range(0, len(pile), GROUP):
            with pace.part():
                group = [(cover["file"], to_working(header(picture(folder / "img" / cover["file"]))))
                         for cover in pile[start:start + GROUP]]
                for read in readers[form].read(group, enough[name]) if readers[form] else ():
                    found[read.evidence.copy] = read.evidence
    said = [found.get(cover["file"]) or CopyEvidence(cover["file"]) for cover in covers]
    print(f"{sum(bool(one.unread) for one in said)} of {len(said)} covers were not read to the end: there was no doubt")
    return said


def predict(folder: Path, out: Path, reader, blank: bool, threshold: float) -> None:
    wanted = ("file", "roster", "layout") if blank else ("file", "roster")
    covers = [{name: row[name] for name in wanted} for row in rows(folder / "truth.csv")]
    pace = Pace()
    evidence = evidence_of(folder, covers, reader, blank, pace)
    read = spent()
    by_roster = defaultdict(list)
    for cover, said in zip(covers, evidence, strict=True):
        by_roster[cover["roster"]].append(said)
    decided = {}
    for name, said in by_roster.items():
        for decision in identify(said, roster(folder / name), threshold=threshold).decisions:
            decided[decision.copy] = decision
    matched = spent()
    with open(out, "w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(["file", "id", "confidence", "accepted", "top5"])
        for cover in covers:
            decision = decided[cover["file"]]
            table.writerow([cover["file"], decision.pupil or "", decision.confidence, int(decision.verdict == "auto"),
                            " ".join(candidate.pupil for candidate in decision.candidates)])
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{len(covers)} covers, {reader.name}: {1000 * pace.measured / len(covers):.0f} ms CPU a copy to read "
          f"({1000 * pace.quiet / len(covers):.0f} in a quiet minute: see benchmarks/machine.py), "
          f"{1000 * (matched - read) / len(covers):.1f} to match; {memory:.0f} MB at most")


def score(folder: Path, out: Path) -> dict[str, float]:
    """Compare predictions with the truth: shares of the covers of known pupils, and counts of what must not be."""
    truth = {row["file"]: row for row in rows(folder / "truth.csv")}
    found: Counter = Counter()
    groups: dict[str, Counter] = defaultdict(Counter)
    for row in rows(out):
        true, accepted = truth[row["file"]], row["accepted"] == "1"
        found["all"] += 1
        found["accepted"] += accepted
        if not true["id"]:
            found["strangers"] += 1
            found["strangers accepted"] += accepted
            continue
        right = row["id"] == true["id"]
        if accepted and not right:
            print(f"  WRONG {row['file']}: {row['id']} at {row['confidence']}, {true['id']} would be right")
        found["known"] += 1
        found["top1"] += right
        found["top5"] += true["id"] in row["top5"].split()
        found["wrong"] += accepted and not right
        for group in (true["layout"], true["source"], true["pen"]):
            groups[group]["known"] += 1
            groups[group]["right"] += right
            groups[group]["accepted"] += accepted
    shares = {"top-1": found["top1"] / found["known"], "top-5": found["top5"] / found["known"],
              "accepted": found["accepted"] / found["all"], "wrong": found["wrong"],
              "strangers": found["strangers accepted"]}
    print(f"top-1 {shares['top-1']:.1%}, top-5 {shares['top-5']:.1%} of {found['known']}; accepted "
          f"{shares['accepted']:.1%} of {found['all']}; wrong {found['wrong']}; strangers accepted "
          f"{found['strangers accepted']} of {found['strangers']}")
    for group, counts in sorted(groups.items()):
        print(f"  {group}: top-1 {counts['right'] / counts['known']:.1%}, accepted "
              f"{counts['accepted'] / counts['known']:.1%} of {counts['known']}")
    return shares


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("set", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--reader", choices=READERS, default="ppocr")
    parser.add_argument("--no-blank", action="store_true")
    parser.add_argument("--threshold", type=float, default=DEFAULT_THRESHOLD)
    parser.add_argument("--score", action="store_true")
    given = parser.parse_args()
    as_in_a_child()
    reader = READERS[given.reader]()
    if reason := reader.available():
        sys.exit(str(reason.interpolate()))
    cv2.setNumThreads(1)
    blank = not given.no_blank and (given.set / "blank").is_dir() and (given.set / "layouts.json").is_file()
    predict(given.set, given.out, reader, blank, given.threshold)
    if given.score:
        score(given.set, given.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
