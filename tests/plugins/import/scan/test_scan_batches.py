"""Whole batches: every side with its right fate, every trouble found, no false alarm."""

from collections import defaultdict

from korrigo_import.scan.recipes import Recipe
from korrigo_import.scan.understand import understand
from scan_pictures import truth_of
from scan_pile import assemble, guess_recipe


def test_an_ordinary_class_is_assembled_without_a_single_alarm(facts_of):
    facts = facts_of("class-a4")
    guess = guess_recipe(facts)
    assert guess.recipe == Recipe("a4", 4)
    assert guess.confidence > 0.9
    plan = assemble(facts, guess.recipe)
    expected = [(s.pdf_page, s.fate, s.copy, s.position, s.turned) for s in truth_of("class-a4")]
    assert [(s.pdf_page, s.fate, s.copy, s.position, s.turned) for s in plan.sides] == expected
    assert [finding for finding in plan.findings if finding.level != "notice"] == []


def test_an_ordinary_class_is_assembled_the_same_without_a_page_count(facts_of):
    plan = assemble(facts_of("class-a4"), Recipe("by-header"))
    expected = [(s.copy, s.position, s.turned) for s in truth_of("class-a4")]
    assert [(s.copy, s.position, s.turned) for s in plan.sides] == expected
    assert [finding for finding in plan.findings if finding.level != "notice"] == []


def test_folded_sheets_are_one_unit_each_with_their_pages_in_order(facts_of):
    facts = facts_of("mock-a3")
    guess = guess_recipe(facts)
    assert guess.recipe.kind == "a3-folded"
    plan = assemble(facts, guess.recipe)
    assert plan.sheet_headers
    truth = truth_of("mock-a3")
    for side, true in zip(plan.sides, truth, strict=True):
        assert (side.pdf_page, side.region) == (true.pdf_page, true.region)
        assert side.position == (true.position - 1) % 4 + 1
        assert (side.turned, side.copy) == (true.turned, (true.pdf_page + 1) // 2)
    assert [finding for finding in plan.findings if finding.level != "notice"] == []


def test_the_copies_of_a_messy_pile_are_told_apart(facts_of):
    plan = assemble(facts_of("messy-a4"), guess_recipe(facts_of("messy-a4")).recipe)
    truth = truth_of("messy-a4")
    copies = defaultdict(set)
    for side, true in zip(plan.sides, truth, strict=True):
        assert (side.fate, side.turned) == (true.fate, true.turned), f"page {true.pdf_page}"
        if true.note != "page 3 missing":  # which page is missing cannot be seen without reading
            assert side.position == true.position, f"page {true.pdf_page}"
        copies[true.copy].add(side.copy)
    assert all(len(found) == 1 for found in copies.values())
    assert len({min(found, key=str) for found in copies.values()}) == len(copies)


def test_every_trouble_of_a_messy_pile_is_found_and_nothing_else(facts_of):
    plan = assemble(facts_of("messy-a4"), Recipe("a4", 4))
    found = {(finding.kind, finding.pdf_page): finding for finding in plan.findings}
    assert set(found) == {
        ("reversed_copy", 12),
        ("missing_page", 15),
        ("blank", 26),
        ("duplicate", 32),
        ("duplicate", 33),
        ("faint", 36),
        ("foreign", 39),
        ("upside_down", 44),
        ("extra_page", 47),
        ("blank", 48),
        ("blank", 53),
        ("odd_count", None),
    }
    assert found["duplicate", 32].proposal["twin_pdf_page"] == 28
    assert found["duplicate", 33].proposal["twin_pdf_page"] == 29
    assert found["upside_down", 44].proposal == {"turned": 180}
    assert found["missing_page", 15].proposal == {"expected": 4, "found": 3}
    assert found["extra_page", 47].proposal["pdf_pages"] == [47, 48]
    changes = [f for f in plan.findings if f.kind in ("reversed_copy", "duplicate", "foreign", "upside_down")]
    assert all(finding.applied for finding in changes)


def test_a_pile_that_is_scanned_again_is_told_page_by_page_and_a_different_one_is_not(facts_of):
    """Every written page of a class is another pupil's: none is taken for one of the other half."""
    pile = facts_of("class-a4")
    first, second = pile[:48], pile[48:]
    before = [(side, "monday.pdf") for side in first]
    assert understand(second, before=before).plan.findings == ()
    again = understand(first, before=before).plan
    told = [finding for finding in again.findings if finding.kind == "duplicate"]
    assert len(told) == len([side for side in again.sides if side.fate == "copy"])
    assert all(not finding.applied and finding.proposal == {"fate": "duplicate"} for finding in told)
    assert told[0].message == "This page was scanned before: it is page 1 of monday.pdf."
