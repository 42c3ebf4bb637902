"""Decisions for a batch."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from korrigo_ocr.matching.decide import BatchError, identify
from korrigo_ocr.matching.values import CERTAIN, CopyEvidence, Pupil
from ocr_builders import PUPILS, cover, cover_of

NOISE = st.sampled_from(["", "MOREAU", "SALMA", "JULEN", "PREVOST", "262410", "AMlRA", "QUENTIN", "XKCD"])
COVERS = st.lists(st.tuples(NOISE, NOISE, NOISE), max_size=7).map(
    lambda rows: [cover(f"{i}", last, first, "", number) for i, (last, first, number) in enumerate(rows)]
)


def by_copy(batch):
    return {decision.copy: decision for decision in batch.decisions}


def test_clear_covers_are_decided_without_a_person():
    covers = [cover_of(pupil.id.upper(), pupil) for pupil in PUPILS]
    for decision in identify(covers, PUPILS, threshold=8).decisions:
        assert (decision.pupil, decision.verdict) == (decision.copy.lower(), "auto")
        assert decision.candidates[0].pupil == decision.pupil


@settings(deadline=None, max_examples=60)
@given(COVERS)
def test_each_pupil_gets_one_copy_at_most(covers):
    given_to = [d.pupil for d in identify(covers, PUPILS).decisions if d.pupil is not None]
    assert len(given_to) == len(set(given_to))


@settings(deadline=None, max_examples=60)
@given(COVERS, st.randoms(use_true_random=False))
def test_the_order_of_copies_and_pupils_changes_nothing(covers, random):
    shuffled, roster = list(covers), list(PUPILS)
    random.shuffle(shuffled)
    random.shuffle(roster)
    assert by_copy(identify(shuffled, roster)) == by_copy(identify(covers, PUPILS))


@settings(deadline=None, max_examples=60)
@given(COVERS, st.sampled_from("abcdef"))
def test_what_a_person_decided_stays_and_is_free_for_nobody_else(covers, pupil):
    covers = [*covers, cover_of("x", PUPILS[0])]
    decided = by_copy(identify(covers, PUPILS, fixed={"x": pupil}))
    assert (decided["x"].pupil, decided["x"].confidence) == (pupil, CERTAIN)
    assert all(decision.pupil != pupil for copy, decision in decided.items() if copy != "x")


@settings(deadline=None, max_examples=60)
@given(COVERS)
def test_a_stranger_added_to_the_batch_takes_nobody_away(covers):
    stranger = cover("stranger", "ZZYZX", "WQKJH", "", "9090909")
    before, after = identify(covers, PUPILS), by_copy(identify([*covers, stranger], PUPILS))
    assert after.pop("stranger").pupil is None
    assert {copy: d.pupil for copy, d in after.items()} == {d.copy: d.pupil for d in before.decisions}


def test_absent_pupils_are_not_chosen():
    (decision,) = identify([cover_of("1", PUPILS[2])], PUPILS, absent={"c"}).decisions
    assert decision.pupil is None
    assert "c" not in [candidate.pupil for candidate in decision.candidates]


def test_a_missing_pupil_is_not_taken_for_the_sister():
    (decision,) = identify([cover_of("1", PUPILS[0])], PUPILS[1:], threshold=8).decisions
    assert decision.verdict != "auto"


def test_namesakes_are_never_told_apart_by_name_even_when_one_is_taken():
    twice = [*PUPILS, replace(PUPILS[2], id="g", birth_date=date(2008, 2, 2), number="2624107")]
    by_name = cover("1", "PREVOST", "JULIEN")
    decision = by_copy(identify([by_name], twice, fixed={"0": "c"}, threshold=3))["1"]
    assert (decision.pupil, decision.verdict, decision.reason) == ("g", "review", "namesake")
    with_date = cover("1", "PREVOST", "JULIEN", "02/02/2008", "2624107")
    assert identify([with_date], twice, threshold=5).decisions[0].verdict == "auto"


def test_twins_of_like_names_go_to_a_person_when_the_name_is_all_there_is():
    twins = [Pupil("1", "Roux", "Lena", date(2008, 1, 1)), Pupil("2", "Roux", "Lina", date(2008, 1, 1))]
    covers = [cover("x", "ROUX", "LENA", "01/01/2008"), cover("y", "ROUX", "LINA", "01/01/2008")]
    decisions = identify(covers, twins, threshold=4.7).decisions
    assert [d.pupil for d in decisions] == ["1", "2"]
    assert {d.reason for d in decisions} <= {"namesake", "low"}


def test_names_in_each_others_field_are_still_recognised():
    swapped = cover("1", "JULIEN", "PREVOST", "13/10/2007", "2624103")
    assert identify([swapped], PUPILS).decisions[0].pupil == "c"


def test_a_full_name_is_cut_where_the_cover_cuts_it():
    roster = [Pupil("1", full_name="LÓPEZ SIMON LENA"), Pupil("2", full_name="LÓPEZ LINA")]
    decision = identify([cover("x", "LOPEZ SIMON", "LENA")], roster).decisions[0]
    assert decision.pupil == "1"


def test_an_unreadable_cover_is_said_to_be_empty():
    decision = identify([CopyEvidence("1")], PUPILS).decisions[0]
    assert decision.verdict in ("none", "review")
    assert decision.reason == "empty"


def test_an_empty_roster_gives_nobody():
    decision = identify([cover("1", "MOREAU")], []).decisions[0]
    assert (decision.pupil, decision.verdict, decision.candidates) == (None, "none", ())


@pytest.mark.parametrize(
    ("covers", "fixed", "said"),
    [
        ([cover("1"), cover("1")], {}, "same id"),
        ([cover("1"), cover("2")], {"1": "a", "2": "a"}, "two copies each: a"),
    ],
)
def test_clashing_ids_are_refused(covers, fixed, said):
    with pytest.raises(BatchError, match=said):
        identify(covers, PUPILS, fixed=fixed)


def test_what_is_known_beside_the_header_settles_what_it_leaves_open():
    moreau = [cover("1", "Moreau")]
    beside = {"1": {"b": 8.0}, "of another exam": {"a": 9.0}}
    [alone] = identify(moreau, PUPILS).decisions
    [decided] = identify(moreau, PUPILS, beside=beside).decisions
    assert alone.verdict != "auto"
    assert decided.pupil == "b" and decided.confidence > alone.confidence + 5


def copy_of_sheets(*pupils):
    return CopyEvidence.of_sheets("c", [cover_of(str(place), pupil) for place, pupil in enumerate(pupils)])


def test_a_copy_with_a_sheet_of_another_pupil_is_never_decided_without_a_person():
    [decision] = identify([copy_of_sheets(PUPILS[2], PUPILS[2], PUPILS[5])], PUPILS).decisions
    assert (decision.pupil, decision.verdict, decision.reason) == (PUPILS[2].id, "review", "sheets")
    assert decision.strays == (2,)


def test_a_sheet_of_somebody_who_is_not_on_the_list_is_found():
    stranger = Pupil("x", "Zimmermann", "Ottilie", date(2008, 12, 31), "2624118")
    [decision] = identify([copy_of_sheets(PUPILS[4], stranger, PUPILS[4])], PUPILS).decisions
    assert (decision.pupil, decision.reason, decision.strays) == (PUPILS[4].id, "sheets", (1,))


@pytest.mark.parametrize("sheets", [
    [PUPILS[0]], [PUPILS[0], PUPILS[0]], [PUPILS[3], Pupil("x")], [PUPILS[3], Pupil("x", PUPILS[3].last)],
])
def test_sheets_of_one_pupil_and_sheets_that_say_little_are_no_strays(sheets):
    [decision] = identify([copy_of_sheets(*sheets)], PUPILS).decisions
    assert decision.strays == ()
    assert decision.verdict == "auto"
