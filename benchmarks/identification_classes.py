"""How often a class is decided wrongly: ``python benchmarks/identification_classes.py SET``.

Draws classes from a set of covers (see ``identify.py``), with all that makes deciding hard: pupils who are absent,
copies of pupils who are not on the roster, half of these with a sister who is, and among the pupils twins (one name and
birth date), sisters (one name), and namesakes (both names).  The evidence is what the reader really saw on the covers.
Prints the rates of acceptance and of wrong acceptance with their 95 % intervals (E. B. Wilson, 1927).
"""

import argparse
import dataclasses
import math
import random
import sys
from collections import Counter, defaultdict
from datetime import timedelta
from pathlib import Path

import cv2
from identify import READERS, evidence_of, roster, rows
from korrigo_ocr.matching.decide import DEFAULT_THRESHOLD, identify
from korrigo_ocr.matching.enough import Enough, read_next
from korrigo_ocr.matching.roster import RosterIndex
from korrigo_ocr.matching.values import CopyEvidence, FieldName, Pupil
from machine import Pace, as_in_a_child

COPIES, ABSENT, STRANGERS, TWINS, SISTERS, NAMESAKES = 28, 3, 2, 1, 2, 1


def interval(count: int, of: int) -> str:
    """A share with its 95 % interval."""
    if not of:
        return "nothing to count"
    z, share = 1.96, count / of
    middle = (share + z * z / (2 * of)) / (1 + z * z / of)
    half = z * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of)) / (1 + z * z / of)
    low, high = max(0.0, middle - half), min(1.0, middle + half)
    return f"{share:.2%} ({low:.2%} to {high:.2%}; {count} of {of})"


def relative(pupil: Pupil, kind: str, pool: list[Pupil], draw: random.Random) -> Pupil:
    """Somebody who is easily taken for a pupil."""
    other = draw.choice([one for one in pool if one.id != pupil.id])
    first = pupil.first if kind == "namesake" else other.first
    day = pupil.birth_date if kind == "twin" else other.birth_date
    if kind == "namesake" and day == pupil.birth_date and day:
        day += timedelta(days=100)
    number = str(int(pupil.number) + draw.randint(1, 9)) if pupil.number.isdigit() else pupil.number
    return dataclasses.replace(pupil, id=f"{pupil.id}-{kind}", first=first, birth_date=day, number=number)


def draw_class(covers: list[tuple[CopyEvidence, str]], pupils: dict[str, Pupil], draw: random.Random
               ) -> tuple[list[CopyEvidence], list[Pupil], dict[str, str]]:
    """(evidence, the class's roster, copy -> true pupil or "" for a stranger)."""
    chosen = draw.sample(covers, COPIES)
    strangers = {true for _said, true in chosen[:STRANGERS]}
    pool = list(pupils.values())
    mine = [pupils[true] for _said, true in chosen if true not in strangers]
    absent = draw.sample([pupil for pupil in pool if pupil.id not in {true for _said, true in chosen}], ABSENT)
    relatives = [relative(pupils[true], "sister", pool, draw) for true in sorted(strangers)[: STRANGERS // 2]]
    kinds = ["twin"] * TWINS + ["sister"] * SISTERS + ["namesake"] * NAMESAKES
    for pupil, kind in zip(draw.sample(mine, len(kinds)), kinds, strict=True):
        relatives.append(relative(pupil, kind, pool, draw))
    truth = {said.copy: "" if true in strangers else true for said, true in chosen}
    return [said for said, _true in chosen], [*mine, *absent, *relatives], truth


def as_far_as_needed(whole: CopyEvidence, enough: Enough) -> CopyEvidence:
    """What would have been read of a cover among these pupils."""
    fields = {field.name: field for field in whole.fields}
    read: list[FieldName] = []
    while left := {name: field.digits is not None for name, field in fields.items() if name not in read}:
        read += read_next(left, read)
        partly = CopyEvidence(whole.copy, tuple(fields[name] for name in fields if name in read),
                              tuple(name for name in fields if name not in read))
        if enough(partly):
            return partly
    return whole


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("set", type=Path)
    parser.add_argument("--classes", type=int, default=200)
    parser.add_argument("--reader", choices=READERS, default="ppocr")
    parser.add_argument("--threshold", type=float, default=DEFAULT_THRESHOLD)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    as_in_a_child()
    cv2.setNumThreads(1)
    truth = rows(given.set / "truth.csv")
    by_roster = defaultdict(list)
    whole = evidence_of(given.set, truth, READERS[given.reader](), True, Pace(), whole=True)
    for row, said in zip(truth, whole, strict=True):
        if row["id"]:
            by_roster[row["roster"]].append((said, row["id"]))
    rosters = {name: {pupil.id: pupil for pupil in roster(given.set / name)} for name in by_roster}
    draw, counts = random.Random(given.seed), Counter()
    for number in range(given.classes):
        name = sorted(by_roster)[number % len(by_roster)]
        evidence, pupils, true = draw_class(by_roster[name], rosters[name], draw)
        enough = Enough(RosterIndex(pupils))
        evidence = [as_far_as_needed(said, enough) for said in evidence]
        counts["covers"] += len(evidence)
        counts["not to the end"] += sum(bool(said.unread) for said in evidence)
        for decision in identify(evidence, pupils, threshold=given.threshold).decisions:
            accepted, stranger = decision.verdict == "auto", not true[decision.copy]
            counts["strangers" if stranger else "known"] += 1
            counts["strangers accepted" if stranger else "accepted"] += accepted
            counts["wrong"] += accepted and not stranger and decision.pupil != true[decision.copy]
            counts["first"] += not stranger and decision.pupil == true[decision.copy]
    print(f"{given.classes} classes of {COPIES} copies, {given.reader}, from confidence {given.threshold:g}")
    for what, count, of in (("accepted by itself", "accepted", "known"), ("wrong among these", "wrong", "accepted"),
                            ("not read to the end", "not to the end", "covers"),
                            ("right pupil first", "first", "known"), ("strangers accepted", "strangers accepted",
                                                                      "strangers")):
        print(f"  {what:20s} {interval(counts[count], counts[of])}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
