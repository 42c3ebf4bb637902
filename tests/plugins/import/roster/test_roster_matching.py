"""Which pupil of the school a row is: twins, namesakes, corrected spellings, numbers that come and go."""

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from korrigo_import.roster import Known, RosterRow, match, match_key
from korrigo_import.roster.matching import changes_of

BORN, OTHER = dt.date(2008, 2, 1), dt.date(2007, 5, 6)


def row(last="Dupont", first="Jean", line=2, **more) -> RosterRow:
    return RosterRow(line, last, first, f"{last} {first}", **{"birth_date": BORN, **more})


def known(last="Dupont", first="Jean", id="jean", **more) -> Known:
    return Known(id, last, first, **{"birth_date": BORN, **more})


def outcomes(rows, pupils, decisions=None):
    return [(one.outcome, one.pupil.id if one.pupil else None) for one in match(rows, pupils, decisions)]


@pytest.mark.parametrize(("written", "stored", "outcome"), [
    pytest.param(row(), known(), "same", id="the same name and birth date"),
    pytest.param(row("DUPONT", "JEAN"), known(), "same", id="capitals"),
    pytest.param(row("DU PONT", "Jean"), known("Du Pont"), "same", id="capitals of the last name alone"),
    pytest.param(row("Du", "Pont Jean"), known("Du Pont"), "changed", id="cut elsewhere"),
    pytest.param(row("Du", "Pont Jean", split_doubtful=True), known("Du Pont"), "same", id="a proposed cut"),
    pytest.param(row(birth_date=OTHER), known(), "created", id="a namesake"),
    pytest.param(row(first="Léa"), known(), "created", id="a twin of another name"),
    pytest.param(row(first="Léa"), known(first="Léo"), "ask", id="a twin of nearly the same name"),
    pytest.param(row("Dupond"), known(), "ask", id="a corrected spelling"),
    pytest.param(row("Jean", "Dupont"), known(), "ask", id="first and last name changed places"),
    pytest.param(row("Dupond", number="17"), known("Dupont", number="17"), "changed", id="a spelling and a number"),
    pytest.param(row(first="Léa", number="17"), known(number="17"), "ask", id="the number of a twin"),
    pytest.param(row(first="Léa", number="17", birth_date=OTHER), known(number="17"), "created",
                 id="the number of somebody else"),
    pytest.param(row(number="17", birth_date=OTHER), known(number="17"), "ask", id="a corrected birth date"),
    pytest.param(row(number="17"), known(), "changed", id="a number that was not there before"),
    pytest.param(row(ine="123456789AB"), known(), "same", id="an INE that was not there before"),
    pytest.param(row("Durand", ine="123456789AB"), known(match_key="ine:123456789AB"), "changed", id="another name"),
    pytest.param(row("X", "Y", ine="123456789AB", birth_date=OTHER), known(match_key="ine:123456789AB"), "ask",
                 id="the INE of a stranger"),
    pytest.param(row(ine="123456789AB"), known(match_key="ine:999999999ZZ"), "ask", id="another INE"),
    pytest.param(row(birth_date=None), known(), "ask", id="no birth date in the list"),
    pytest.param(row(birth_date=None, class_name="TG1"), known(class_name="TG1"), "same", id="but the class"),
    pytest.param(row(birth_date=None), known(expected=True), "same", id="but expected already"),
    pytest.param(row(), known(birth_date=None), "ask", id="no birth date in the school"),
    pytest.param(row(), known(birth_date=None, expected=True), "changed", id="a birth date for whom is expected"),
    pytest.param(row("Dupont", birth_name="Martin"), known("Martin"), "changed", id="a name in use"),
    pytest.param(row(class_name="", email=""), known(class_name="TG1", email="a@example.org"), "same", id="less"),
])
def test_a_row_is_found_asked_about_or_new(written, stored, outcome):
    assert outcomes([written], [stored]) == [(outcome, "jean" if outcome in ("same", "changed") else None)]


def test_who_has_a_row_of_their_own_is_no_candidate_of_another():
    assert outcomes([row(first="Léa"), row(first="Léo", line=3)], [known(first="Léo")]) == [
        ("created", None), ("same", "jean")]


def test_namesakes_of_one_birth_date_are_told_apart_by_number_or_class_or_not_at_all():
    two = [known(id="a", class_name="TG1", number="1"), known(id="b", class_name="TG2", number="2")]
    assert outcomes([row(class_name="TG2")], two) == [("same", "b")]
    assert outcomes([row(number="1")], two) == [("same", "a")]
    assert outcomes([row()], two) == [("ask", None)]


def test_a_name_that_stands_twice_without_anything_else_is_asked_about():
    rows = [row(birth_date=None), row(birth_date=None, line=3, repeats=2)]
    assert outcomes(rows, []) == [("created", None), ("ask", None)]
    assert outcomes(rows, [], {3: "new"}) == [("created", None), ("created", None)]


@pytest.mark.parametrize(("decision", "outcome"), [
    ("jean", ("changed", "jean")), ("new", ("created", None)), ("skip", ("left out", None)),
    ("somebody", ("ask", None)), ("", ("ask", None)), ("lea", ("ask", None))])
def test_a_person_decides_among_the_candidates_only(decision, outcome):
    pupils = [known(), known("Durand", "Léa", id="lea", birth_date=OTHER)]
    assert outcomes([row("Dupond")], pupils, {2: decision}) == [outcome]


def test_one_pupil_is_decided_for_one_row():
    rows = [row("Dupond"), row("Duponte", line=3)]
    assert outcomes(rows, [known()], {2: "jean", 3: "jean"}) == [("changed", "jean"), ("ask", None)]


def test_the_name_of_a_poorer_list_changes_nothing_and_that_of_a_richer_one_does():
    assert changes_of(row("LEFEVRE", "ZOE"), known("Lefèvre", "Zoé")) == {}
    assert set(changes_of(row("Lefèvre", "Zoé"), known("LEFEVRE", "ZOE"))) == {"last_name", "first_name"}


NAMES = st.sampled_from(["Dupont", "Dupond", "Durand", "Le Goff"])
FIRST = st.sampled_from(["Jean", "Jeanne", "Léa", "Léo", ""])
ROW = st.builds(lambda last, first, born, number, group: RosterRow(
    0, last, first, f"{last} {first}".strip(), birth_date=born, number=number, class_name=group),
    NAMES, FIRST, st.sampled_from([None, BORN, OTHER]), st.sampled_from(["", "1", "2", "3"]),
    st.sampled_from(["", "TG1", "TG2"]))
ROWS = st.lists(ROW, max_size=8).map(lambda rows: [replace(one, line=place) for place, one in enumerate(rows, 2)])


def stored(rows: list[RosterRow]) -> list[Known]:
    """The school after these rows were all imported as new pupils."""
    return [Known(f"id{one.line}", one.last_name, one.first_name, one.split_doubtful, one.birth_date, one.number,
                  one.class_name, one.email, match_key(one)) for one in rows]


@settings(deadline=None)
@given(ROWS, ROWS)
def test_no_pupil_is_two_rows_and_every_row_has_one_outcome(rows, before):
    found = match(rows, stored(before))
    assert [one.row for one in found] == rows
    pupils = [one.pupil.id for one in found if one.pupil]
    assert len(pupils) == len(set(pupils))


@settings(deadline=None)
@given(ROWS, ROWS, st.randoms())
def test_the_order_of_the_file_decides_nothing_where_all_rows_are_distinct(rows, before, random):
    keys = {(one.last_name, one.first_name, one.birth_date) for one in rows}
    numbers = [one.number for one in rows if one.number]
    if len(keys) < len(rows) or len(numbers) > len(set(numbers)):
        return
    shuffled = random.sample(rows, len(rows))
    sure = ("same", "changed")

    def told(ones):
        return {one.row.line: one.pupil.id for one in match(ones, stored(before)) if one.outcome in sure
                and one.row.birth_date}
    assert told(rows) == told(shuffled)


@settings(deadline=None)
@given(ROWS)
def test_whoever_has_a_birth_date_is_the_same_in_the_same_list(rows):
    seen, distinct = set(), []
    for one in rows:
        key = (one.last_name, one.first_name, one.birth_date)
        if one.birth_date and key not in seen and all(one.number != other.number or not one.number
                                                      for other in distinct):
            seen.add(key)
            distinct.append(one)
    assert [one.outcome for one in match(distinct, stored(distinct))] == ["same"] * len(distinct)


@settings(deadline=None)
@given(ROWS, ROWS)
def test_pupils_of_two_birth_dates_are_never_taken_for_one_without_being_asked(rows, before):
    for one in match(rows, stored(before)):
        if one.pupil and one.row.birth_date and one.pupil.birth_date:
            assert one.row.birth_date == one.pupil.birth_date


@settings(deadline=None)
@given(ROWS, ROWS)
def test_twins_are_never_taken_for_one_another(rows, before):
    """The same last name and birth date, another first name: never merged unless a person says so."""
    for one in match(rows, stored(before)):
        if one.pupil and one.row.last_name == one.pupil.last_name:
            assert one.row.first_name == one.pupil.first_name
