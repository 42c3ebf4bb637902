"""Counting: every side in exactly one column of exactly one lot, every copy in one lot, sums that agree."""

import dataclasses

from hypothesis import given
from hypothesis import strategies as st
from korrigo_import.models import BatchState, FindingState
from korrigo_import.tally import (
    COLUMNS,
    UNREADABLE,
    BatchLine,
    CopyLine,
    FindingLine,
    Pupils,
    SideLine,
    tally,
)

from korrigo.api import CopyState, Fate, Identification

IN_COPY = (Fate.COPY, Fate.BLANK)
LOOSE = (Fate.BLANK, Fate.DUPLICATE, Fate.FOREIGN, Fate.DISCARDED, Fate.WAITING)
BATCHES = [BatchLine("b1", "1" * 64, BatchState.READY), BatchLine("b2", "2" * 64, BatchState.READY)]


@st.composite
def piles(draw):
    """Sides of two files and of none, in copies or loose, with findings about some."""
    sides, copies = [], [CopyLine(f"c{n}", n, f"CODE{n}") for n in range(1, 5)]
    for ordinal in range(draw(st.integers(0, 24))):
        copy = draw(st.sampled_from([None, "c1", "c2", "c3"]))
        fate = draw(st.sampled_from(IN_COPY if copy else LOOSE))
        sides.append(SideLine(f"s{ordinal}", draw(st.sampled_from(["b1", "b2", None])), (ordinal + 1, "full"), ordinal,
                              fate, 0, copy, ordinal + 1 if copy else None))
    findings = [FindingLine(f"f{n}", draw(st.sampled_from(["b1", "b2"])),
                            draw(st.sampled_from([UNREADABLE, "blank", "extra_page"])),
                            draw(st.sampled_from(list(FindingState))), f"s{draw(st.integers(0, 24))}")
                for n in range(draw(st.integers(0, 6)))]
    return sides, copies, findings, draw(st.sampled_from([None, 1, 4]))


@given(piles())
def test_every_side_is_in_one_column_of_one_lot_and_sums_agree(pile):
    sides, copies, findings, pages = pile
    counted = tally(BATCHES, sides, copies, findings, Pupils(), pages)
    assert sorted(side.id for lot in counted.lots for side in lot.sides) == sorted(side.id for side in sides)
    assert set(counted.column_of) == {side.id for side in sides}
    assert set(counted.column_of.values()) <= set(COLUMNS)
    assert sum(counted.columns.values()) == counted.sides == len(sides)
    for lot in counted.lots:
        assert sum(lot.columns.values()) == len(lot.sides)
        assert {side.batch for side in lot.sides} <= {lot.batch.id if lot.batch else None}
    for column in COLUMNS:
        assert counted.columns[column] == sum(name == column for name in counted.column_of.values())
    for side in sides:
        assert counted.column_of[side.id] in (side.fate, UNREADABLE)


@given(piles())
def test_every_copy_with_sides_is_in_one_lot_with_all_of_them(pile):
    sides, copies, findings, pages = pile
    counted = tally(BATCHES, sides, copies, findings, Pupils(), pages)
    found = [copy for lot in counted.lots for copy in lot.copies]
    assert sorted(copy.line.id for copy in found) == sorted({side.copy for side in sides if side.copy})
    assert [copy.line.serial for copy in counted.copies] == sorted(copy.line.serial for copy in found)
    for copy in found:
        assert {side.id for side in copy.sides} == {side.id for side in sides if side.copy == copy.line.id}
        assert copy.odd == (pages is not None and copy.pages != pages)


@given(piles())
def test_a_lot_is_green_exactly_when_nothing_of_it_is_open(pile):
    sides, copies, findings, pages = pile
    for lot in tally(BATCHES, sides, copies, findings, Pupils(), pages).lots:
        open_findings = [row for row in findings if lot.batch and row.batch == lot.batch.id and row.state == "open"]
        assert lot.green == (not open_findings and not lot.columns[Fate.WAITING] and not lot.unexplained)


@given(piles(), st.data())
def test_the_version_of_a_lot_changes_with_each_of_its_sides_and_findings_and_with_nothing_else(pile, data):
    sides, copies, findings, pages = pile
    before = tally(BATCHES, sides, copies, findings, Pupils(), pages)
    versions = {lot.batch and lot.batch.id: lot.version for lot in before.lots}
    renumbered = [dataclasses.replace(copy, serial=10 - copy.serial, state=CopyState.GRADING) for copy in copies]
    same = tally(BATCHES, sides[::-1], renumbered, findings[::-1], Pupils(frozenset("x")), pages)
    assert {lot.batch and lot.batch.id: lot.version for lot in same.lots} == versions
    if sides:
        changed = data.draw(st.sampled_from(sides))
        other = [dataclasses.replace(side, turned=180) if side == changed else side for side in sides]
        after = {lot.batch and lot.batch.id: lot.version
                 for lot in tally(BATCHES, other, copies, findings, Pupils(), pages).lots}
        assert {key for key in versions if after[key] != versions[key]} == {changed.batch}


def sides_of(copy: str, pages: int, first: int = 0) -> list[SideLine]:
    return [SideLine(f"{copy}-{page}", "b1", (first + page, "full"), first + page, Fate.COPY, 0, copy, page)
            for page in range(1, pages + 1)]


def test_a_page_that_nobody_can_read_has_a_column_of_its_own_until_somebody_says_that_it_can_be_read():
    sides = sides_of("c1", 2)
    finding = FindingLine("f", "b1", UNREADABLE, FindingState.OPEN, "c1-1")
    for state, columns in ((FindingState.OPEN, (1, 1)), (FindingState.ACCEPTED, (1, 1)),
                           (FindingState.DISMISSED, (2, 0))):
        lot = tally(BATCHES[:1], sides, [CopyLine("c1", 1, "A")], [dataclasses.replace(finding, state=state)],
                    Pupils(), 2).lots[0]
        assert (lot.columns[Fate.COPY], lot.columns[UNREADABLE]) == columns


def test_another_number_of_pages_is_open_until_a_finding_speaks_of_it():
    sides, copies = sides_of("c1", 3), [CopyLine("c1", 1, "A")]
    assert not tally(BATCHES[:1], sides, copies, [], Pupils(), None).lots[0].odd
    lot = tally(BATCHES[:1], sides, copies, [], Pupils(), 4).lots[0]
    assert (len(lot.unexplained), lot.green) == (1, False)
    settled = FindingLine("f", "b1", "missing_page", FindingState.ACCEPTED, "c1-3")
    lot = tally(BATCHES[:1], sides, copies, [settled], Pupils(), 4).lots[0]
    assert (len(lot.odd), len(lot.unexplained), lot.green) == (1, 0, True)
    sheets = [dataclasses.replace(BATCHES[0], sheets=True)]
    assert tally(sheets, sides, copies, [], Pupils(), 4).lots[0].green


def test_copies_are_counted_against_pupils_who_were_there():
    sides = [*sides_of("c1", 1), *sides_of("c2", 1, first=1)]
    nobody = [CopyLine("c1", 1, "A"), CopyLine("c2", 2, "B")]
    pupils = Pupils(frozenset({"ann", "bob", "cleo", "dan"}), frozenset({"dan"}))
    counted = tally(BATCHES[:1], sides, nobody, [], pupils, None)
    assert (counted.balance, counted.identified, counted.without_copy) == (-1, None, frozenset())
    assert tally(BATCHES[:1], sides, nobody, [], Pupils(), None).balance is None
    ann = CopyLine("c1", 1, "A", identification=Identification.AUTO, student="ann")
    half = tally(BATCHES[:1], sides, [ann, nobody[1]], [], pupils, None)
    assert (half.identified, half.without_copy) == (1, frozenset())
    dan = CopyLine("c2", 2, "B", identification=Identification.MANUAL, student="dan")
    whole = tally(BATCHES[:1], sides, [ann, dan], [], pupils, None)
    assert (whole.identified, whole.without_copy, whole.absent_with_copy) == (2, {"bob", "cleo"}, {"dan"})


def test_a_file_that_is_refused_or_still_read_is_not_green():
    for state in (BatchState.RECEIVED, BatchState.REFUSED):
        lot = tally([BatchLine("b1", "1" * 64, state)], [], [], [], Pupils(), None).lots[0]
        assert (lot.green, len(lot.reasons)) == (False, 1)


def test_a_signature_is_for_the_lot_as_it_was():
    lot = tally(BATCHES[:1], sides_of("c1", 1), [CopyLine("c1", 1, "A")], [], Pupils(), None).lots[0]
    signed = [dataclasses.replace(BATCHES[0], signed=lot.version)]
    now = tally(signed, sides_of("c1", 1), [CopyLine("c1", 1, "A")], [], Pupils(), None).lots[0]
    later = tally(signed, sides_of("c1", 2), [CopyLine("c1", 1, "A")], [], Pupils(), None).lots[0]
    assert [(one.signed, one.signed_as_it_is) for one in (lot, now, later)] == [
        (False, False), (True, True), (True, False)]
