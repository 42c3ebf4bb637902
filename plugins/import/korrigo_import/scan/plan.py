"""The result of understanding a pile: the fate of every side, and what a person should see."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from korrigo_import.scan.facts import Region
from korrigo_import.scan.recipes import Guess

Fate = Literal["copy", "blank", "duplicate", "foreign", "waiting", "discarded"]
FindingKind = Literal[
    "blank",
    "faint",
    "blurred",
    "upside_down",
    "reversed_copy",
    "duplicate",
    "foreign",
    "missing_page",
    "extra_page",
    "odd_count",
    "header_missing",
    "unreadable",
    "doubtful_cut",
    "left_out",
]
Level = Literal["notice", "warning"]


@dataclass(frozen=True)
class PlannedSide:
    """What becomes of one side.

    ``copy`` (1-based, in the order of the pile) and ``position`` (1-based) are set for the pages of a copy
    (fates ``copy`` and ``blank``). A duplicate names the copy and position of its twin, a foreign side the copy
    it lay in (position None): neither is a page of that copy. A loose blank has neither.
    """

    pdf_page: int
    region: Region
    fate: Fate
    copy: int | None
    position: int | None
    turned: int


@dataclass(frozen=True)
class Finding:
    """Something that a person should see.

    ``applied`` tells whether the plan already follows the ``proposal``. A *notice* can be left unread, a
    *warning* keeps the scan gate from turning green. ``pdf_page`` is None for a finding about the whole pile.
    """

    kind: FindingKind
    pdf_page: int | None
    region: Region | None
    copy: int | None
    confidence: float
    message: str
    level: Level = "warning"
    applied: bool = False
    proposal: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Plan:
    """Every side once, in the order of the pile, and the findings.

    ``sheet_headers``: every sheet carries the identity form, so that a copy here is one sheet and the sheets
    of one pupil are to be joined after identification.
    """

    sides: tuple[PlannedSide, ...]
    findings: tuple[Finding, ...]
    sheet_headers: bool = False


@dataclass(frozen=True)
class Understood:
    """A whole pile.  ``headers`` tells of each side, in order, whether the identity form stands there, ``failures``
    what recipes of plugins raised (name -> traceback)."""

    guess: Guess
    plan: Plan
    headers: tuple[bool, ...]
    failures: dict[str, str] = field(default_factory=dict)


def with_unreadable(plan: Plan, why: Mapping[tuple[int, Region], str]) -> Plan:
    """The plan with a finding for each side that could not be looked at: (pdf_page, region) -> a sentence.

    Such a side stays where its place in the pile puts it; whether it can be done without is for a person to say.
    """
    findings = tuple(
        Finding("unreadable", side.pdf_page, side.region, side.copy, 1.0, why[side.pdf_page, side.region],
                proposal={"rescan": True})
        for side in plan.sides if (side.pdf_page, side.region) in why
    )  # fmt: skip
    return replace(plan, findings=plan.findings + findings)
