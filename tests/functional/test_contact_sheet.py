"""Acts on the contact sheet: each can be undone, none works on a sheet that has changed or a copy that is closed."""

import pytest
import sqlalchemy as sa
from exam_builder import boot, build
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from korrigo_import.models import Batch, FindingRow
from korrigo_import.services import Stapling
from korrigo_import.services.stapling import Act

from korrigo.api import Copies, Copy, CopyState, Exam, Fate, Identification, MoveRefused, Side, Student


class Sheet:
    """The contact sheet of an exam, as its script sees it."""

    def __init__(self, browser, exam: str):
        self.browser, self.exam = browser, exam

    def load(self) -> dict:
        return boot(self.browser.get(f"/import/exams/{self.exam}/pages"))

    def act(self, kind: str, *, status: int = 200, version: int | None = None, **more) -> dict:
        version = self.load()["version"] if version is None else version
        return self.browser.send(f"/import/exams/{self.exam}/pages/act", {"act": kind, "version": version, **more},
                                 status=status).json

    def undo(self, token: str, status: int = 200) -> dict:
        return self.browser.send(f"/import/exams/{self.exam}/pages/undo", {"token": token}, status=status).json

    def rows(self) -> list[list[str]]:
        return [[side["id"] for side in copy["sides"]] for copy in self.load()["copies"]]


@pytest.fixture
def made(sign_in, built):
    sign_in("sec", "secretary")
    return built(copies=2)


@pytest.fixture
def sheet(browser, made):
    return Sheet(browser, made.exam)


def test_a_copy_is_cut_and_joined_again(sheet, made):
    first, second = map(list, made.sides)
    cut = sheet.act("cut", sides=[first[2]])
    assert sheet.rows() == [first[:2], first[2:], second]
    new = next(copy for copy in cut["copies"] if copy["sides"][0]["id"] == first[2])
    joined = sheet.act("join", sides=[first[2]])
    assert joined["removed"] == [new["id"]]
    assert sheet.rows() == [first, second]
    sheet.undo(joined["undo"])
    assert sheet.rows() == [first[:2], first[2:], second]
    sheet.undo(cut["undo"])
    assert sheet.rows() == [first, second]


def test_sides_are_moved_before_a_position_and_to_a_new_copy(sheet, made):
    first, second = map(list, made.sides)
    sheet.act("move", sides=[second[3], second[0]], copy=made.copies[0], position=2)
    assert sheet.rows() == [[first[0], second[0], second[3], *first[1:]], second[1:3]]
    sheet.act("move", sides=[first[3]])
    assert sheet.rows()[1] == [first[3]]


def test_a_turn_changes_the_picture_and_its_address(sheet, made):
    side = made.sides[0][0]
    before = sheet.load()["copies"][0]["sides"][0]
    after = sheet.act("turn", sides=[side], by=90)["copies"][0]["sides"][0]
    assert (before["turned"], after["turned"]) == (0, 90)
    assert (after["w"], after["h"]) == (before["h"], before["w"])
    assert before["thumb"] != after["thumb"]
    pictures = [sheet.browser.get(shown["thumb"]).body for shown in (before, after)]
    assert pictures[1].startswith(b"\xff\xd8")


@pytest.mark.parametrize("fate", ["duplicate", "foreign", "waiting", "discarded"])
def test_a_side_leaves_its_copy_for_another_fate_and_comes_back(sheet, made, fate):
    side = made.sides[0][1]
    done = sheet.act("fate", sides=[side], fate=fate)
    assert [(loose["id"], loose["fate"]) for loose in done["loose"]] == [(side, fate)]
    assert (done["counts"][fate], done["counts"]["copy"]) == (1, 7)
    back = sheet.undo(done["undo"])
    assert (back["loose"], back["counts"]["copy"]) == ([], 8)
    assert sheet.rows() == [list(row) for row in made.sides]


def test_a_blank_side_stays_in_its_copy_and_can_be_a_page_again(sheet, made):
    side = made.sides[0][3]
    assert sheet.act("fate", sides=[side], fate="blank")["counts"]["blank"] == 1
    assert sheet.rows() == [list(row) for row in made.sides]
    assert sheet.act("fate", sides=[side], fate="copy")["counts"]["blank"] == 0


def test_an_act_on_a_sheet_that_has_changed_is_refused_with_the_sheet_as_it_is(sheet, made):
    old = sheet.load()["version"]
    sheet.act("cut", sides=[made.sides[0][2]])
    now = sheet.act("cut", sides=[made.sides[1][2]], version=old, status=412)
    assert now["version"] != old
    assert len(now["copies"]) == 3
    assert len(sheet.rows()) == 3


@pytest.mark.parametrize("act", [
    {"act": "cut", "sides": []}, {"act": "turn", "sides": []}, {"act": "move", "sides": []},
    {"act": "cut", "sides": ["f" * 32]}, {"act": "accept"}, {"act": "accept", "finding": "f" * 32},
    {"act": "move", "copy": "f" * 32}, {"act": "fly"}, {"act": "turn", "by": 45}, {"act": "fate", "fate": "eaten"},
    {"act": "join"}, {"act": "valid"}, {"act": "move", "position": 0},
])
def test_what_cannot_be_done_is_refused_and_changes_nothing(sheet, made, act):
    act = {"sides": [made.sides[0][0]] if act["act"] not in ("join", "valid") else [], **act}
    before = sheet.load()
    sheet.act(act.pop("act"), **act, status=422)
    assert sheet.load() == before


def test_the_first_copy_cannot_be_cut_at_its_beginning_or_joined_to_nothing(sheet, made):
    before = sheet.load()
    for kind in ("cut", "join"):
        assert sheet.act(kind, sides=[made.sides[0][0]], status=422)["detail"]
    assert sheet.load() == before


def test_a_finding_is_accepted_and_the_acceptance_undone(sheet, made, scope):
    with scope() as request:
        batch = request.db.scalar(sa.select(Batch).where(Batch.exam_id == made.exam))
        finding = FindingRow(exam_id=made.exam, batch_id=batch.id, side_id=made.sides[1][0], kind="turned",
                             message="This page stands on its head.", confidence=0.9, proposal={"turned": 180})
        request.db.add(finding)
        request.db.flush()
        finding_id = finding.id
    assert sheet.load()["counts"]["look"] == 1
    done = sheet.act("accept", finding=finding_id)
    assert done["counts"]["look"] == 0
    assert done["copies"][0]["sides"][0]["turned"] == 180
    back = sheet.undo(done["undo"])
    assert (back["counts"]["look"], back["copies"][0]["sides"][0]["turned"]) == (1, 0)
    sheet.undo(done["undo"], status=409)
    dismissed = sheet.act("dismiss", finding=finding_id)
    assert dismissed["counts"]["look"] == 0
    close(scope, made.copies[1])
    sheet.undo(dismissed["undo"])
    assert "finalised" in sheet.act("accept", finding=finding_id, status=422)["detail"]


def test_a_finding_about_the_whole_pile_stands_on_the_sheet_until_it_is_dismissed(sheet, made, scope):
    with scope() as request:
        batch = request.db.scalar(sa.select(Batch).where(Batch.exam_id == made.exam))
        request.db.add(FindingRow(exam_id=made.exam, batch_id=batch.id, kind="odd_count", message="9 pages.",
                                  confidence=1.0))
    [finding] = sheet.load()["pile"]
    assert sheet.act("dismiss", finding=finding["id"])["pile"] == []


def close(scope, copy_id: str) -> None:
    with scope() as request:
        request.find_service(Copies).move(request.db.get(Copy, copy_id), "finalise")


def test_the_pages_of_a_closed_copy_stay_where_they_are_even_by_undo(sheet, made, scope):
    done = sheet.act("turn", sides=[made.sides[0][0]])
    close(scope, made.copies[0])
    assert "finalised" in sheet.act("turn", sides=[made.sides[0][0]], status=422)["detail"]
    assert "finalised" in sheet.act("move", sides=[made.sides[1][0]], copy=made.copies[0], status=422)["detail"]
    assert "finalised" in sheet.act("join", sides=[made.sides[1][0]], status=422)["detail"]
    assert "finalised" in sheet.undo(done["undo"], status=409)["detail"]
    assert sheet.load()["copies"][0]["sides"][0]["turned"] == 90


def test_joining_and_undoing_keeps_who_it_is_and_what_state_it_is_in(sheet, made, scope):
    with scope() as request:
        request.find_service(Copies).identify(request.db.get(Copy, made.copies[1]),
                                              request.db.get(Student, made.students[0]), Identification.MANUAL)
    done = sheet.act("join", sides=[made.sides[1][0]])
    with scope() as request:
        assert request.db.get(Copy, made.copies[0]).student_id == made.students[0]
    sheet.undo(done["undo"])
    with scope() as request:
        first, second = (request.db.get(Copy, copy_id) for copy_id in made.copies)
        assert (first.student_id, second.student_id) == (None, made.students[0])
        assert (first.state, second.state) == (CopyState.READY, CopyState.READY)


ACT = st.tuples(st.sampled_from(["turn", "cut", "join", "move", "new", "fate", "undo"]), st.integers(0, 5),
                st.integers(0, 5), st.sampled_from(list(Fate)))


def places(request, exam_id: str) -> list[tuple]:
    """Where every side is."""
    request.db.expire_all()
    return [(side.id, side.copy_id, side.position, side.fate, side.turned)
            for side in request.db.scalars(sa.select(Side).where(Side.exam_id == exam_id).order_by(Side.ordinal))]


def an_act(request, sides: list[str], kind: str, one: int, other: int, fate: Fate) -> Act:
    if kind == "new":
        return Act("move", (sides[one],))
    if kind == "fate":
        return Act("fate", (sides[one],), fate=fate)
    if kind == "move":
        return Act("move", tuple({sides[one], sides[other]}), request.db.get(Side, sides[other]).copy_id, other)
    return Act(kind, (sides[one],))


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=st.lists(ACT, min_size=1, max_size=8))
def test_any_acts_leave_each_side_one_place_and_are_undone_to_the_beginning(scope, small_scan, acts):
    with scope() as request:
        made = build(request, small_scan, copies=2, pages=3, pupils=0, scheme=False)
        exam, stapling = request.db.get(Exam, made.exam), request.find_service(Stapling)
        sides = [side for row in made.sides for side in row]
        done: list[tuple[str, list]] = []
        for kind, one, other, fate in acts:
            before = places(request, made.exam)
            if kind == "undo":
                if done:
                    token, then = done.pop()
                    stapling.undo(exam, token)
                    assert places(request, made.exam) == then
                continue
            try:
                act = an_act(request, sides, kind, one, other, fate)
                done.append((stapling.act(exam, act, stapling.version(exam)), before))
            except MoveRefused:
                assert places(request, made.exam) == before
            for _side, copy, position, now, turned in places(request, made.exam):
                assert (copy is None) == (position is None)
                assert now != Fate.COPY or copy is not None
                assert turned in (0, 90, 180, 270)
        for token, then in reversed(done):
            stapling.undo(exam, token)
            assert places(request, made.exam) == then


def test_an_older_act_that_later_ones_built_upon_is_not_undone_by_half(sheet, made):
    first = made.sides[0]
    out = sheet.act("fate", sides=[first[1]], fate="waiting")
    sheet.act("move", sides=[made.sides[1][0]], copy=made.copies[0])
    before = sheet.load()
    answer = sheet.undo(out["undo"], status=409)
    assert "undo" in answer["detail"]
    assert sheet.load() == before


def test_a_copy_that_is_being_graded_is_not_emptied(sheet, made, scope):
    with scope() as request:
        request.find_service(Copies).move(request.db.get(Copy, made.copies[1]), "begin")
    before = sheet.load()
    for act in ({"kind": "join", "sides": [made.sides[1][0]]},
                {"kind": "fate", "sides": list(made.sides[1]), "fate": "discarded"}):
        assert "its marks would be lost" in sheet.act(**act, status=422)["detail"]
        assert sheet.load() == before
