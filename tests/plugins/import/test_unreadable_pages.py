"""A page that cannot be looked at keeps its place and becomes a finding."""

from korrigo_import.scan.plan import Finding, Plan, PlannedSide, with_unreadable
from korrigo_import.survey import Seen, facts_of


def test_a_side_that_cannot_be_looked_at_keeps_its_place_and_is_open():
    sides = tuple(PlannedSide(page, "full", "copy", 1, page, 0) for page in (1, 2))
    blank = Finding("blank", 1, "full", 1, 1.0, "Blank.", applied=True)
    plan = with_unreadable(Plan(sides, (blank,)), {(2, "full"): "This page cannot be read: it is too large."})
    assert plan.sides == sides and plan.findings[0] == blank
    [_blank, found] = plan.findings
    assert (found.kind, found.pdf_page, found.copy, found.applied, found.level) == (
        "unreadable", 2, 1, False, "warning")
    assert found.message == "This page cannot be read: it is too large."


def test_a_side_that_cannot_be_looked_at_is_not_taken_for_blank():
    assert facts_of(Seen(2, "full", error="too large"), 210, 297).blank < -6
