"""Acts on the contact sheet: each can be undone, none works on a sheet that has changed or a copy that is closed."""

import threading

import pytest
import sqlalchemy as sa
from exam_builder import boot, build
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from korrigo_import.models import Batch, FindingRow
from korrigo_import.services import Stapling
from korrigo_import.services.stapling import Act, Stale

from korrigo.api import Copies, Copy, CopyState, Exam, Exams, Fate, Identification, MoveRefused, Side, Student


class Sheet:
    """The contact sheet of an exam as one browser has it: what was loaded, brought up to date by every answer."""

    def __init__(self, browser, exam: str):
        self.browser, self.url = browser, f"/import/exams/{exam}/pages"
        self.take(self.load())

    def load(self) -> dict:
        """The sheet as it is now, which this browser does not see before it asks."""
        return boot(self.browser.get(self.url))

    def take(self, answer: dict) -> dict:
        """What the script does with an answer."""
        if answer.get("whole"):
            self.copies, self.loose, self.findings = {}, {}, []
        for gone in answer.get("removed", ()):
            self.copies.pop(gone, None)
        for side in answer.get("placed", ()):
            self.loose.pop(side, None)
        self.copies |= {copy["id"]: copy for copy in answer["copies"]}
        self.loose |= {side["id"]: side for side in answer["loose"]}
        self.order = [copy for copy, _state in answer["rows"]] if "rows" in answer else self.order
        self.findings = answer.get("findings", self.findings)
        self.version, self.counts = answer["version"], answer["counts"]
        return answer

    def act(self, kind: str, *, status: int = 200, version: int | None = None, **more) -> dict:
        data = {"act": kind, "version": self.version if version is None else version, **more}
        answer = self.browser.send(f"{self.url}/act", data, status=status).json
        return self.take(answer) if status in (200, 412) else answer

    def undo(self, token: str, status: int = 200) -> dict:
        answer = self.browser.send(f"{self.url}/undo", {"token": token, "version": self.version}, status=status).json
        return self.take(answer) if status == 200 else answer

    def look(self) -> dict:
        """Ask what happened since."""
        return self.take(self.browser.get(f"{self.url}/changes?since={self.version}&sides={self.counts['sides']}").json)

    def rows(self) -> list[list[str]]:
        """The pages of every copy as this browser has them."""
        return [[side["id"] for side in self.copies[copy]["sides"]] for copy in self.order]

    @property
    def up_to_date(self) -> bool:
        """What this browser has is what there is."""
        now = self.load()
        states = dict(now["rows"])
        mine = {copy["id"]: {**copy, "state": states[copy["id"]]} for copy in self.copies.values()}
        return (self.order == [copy for copy, _state in now["rows"]] and self.findings == now["findings"]
                and mine == {copy["id"]: copy for copy in now["copies"]}
                and self.loose == {side["id"]: side for side in now["loose"]} and self.counts == now["counts"])


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
    assert sheet.up_to_date
    joined = sheet.act("join", sides=[first[2]])
    assert joined["removed"] == [new["id"]]
    assert sheet.rows() == [first, second]
    sheet.undo(joined["undo"])
    assert sheet.rows() == [first[:2], first[2:], second]
    sheet.undo(cut["undo"])
    assert sheet.rows() == [first, second]
    assert sheet.up_to_date


def test_sides_are_moved_before_a_position_and_to_a_new_copy(sheet, made):
    first, second = map(list, made.sides)
    sheet.act("move", sides=[second[3], second[0]], copy=made.copies[0], position=2)
    assert sheet.rows() == [[first[0], second[0], second[3], *first[1:]], second[1:3]]
    sheet.act("move", sides=[first[3]])
    assert sheet.rows()[1] == [first[3]]
    positions = [side["position"] for copy in sheet.order for side in sheet.copies[copy]["sides"]]
    assert positions == [1, 2, 3, 4, 5, 1, 1, 2]
    assert sheet.up_to_date


def test_a_turn_changes_the_picture_and_its_address(sheet, made):
    side = made.sides[0][0]
    before = sheet.load()["copies"][0]["sides"][0]
    answer = sheet.act("turn", sides=[side], by=90)
    after = answer["copies"][0]["sides"][0]
    assert [copy["id"] for copy in answer["copies"]] == [made.copies[0]]
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
    assert [shown["position"] for shown in sheet.copies[made.copies[0]]["sides"]] == [1, 2, 3]
    back = sheet.undo(done["undo"])
    assert (back["loose"], back["placed"], back["counts"]["copy"]) == ([], [side], 8)
    assert sheet.rows() == [list(row) for row in made.sides]
    again = sheet.undo(back["redo"])
    assert list(sheet.loose) == [side]
    sheet.undo(again["redo"])
    assert sheet.up_to_date


def test_a_blank_side_stays_in_its_copy_and_can_be_a_page_again(sheet, made):
    side = made.sides[0][3]
    assert sheet.act("fate", sides=[side], fate="blank")["counts"]["blank"] == 1
    assert sheet.rows() == [list(row) for row in made.sides]
    assert sheet.act("fate", sides=[side], fate="copy")["counts"]["blank"] == 0


def test_an_act_on_pages_that_have_changed_is_refused_with_what_changed(sheet, made, browser):
    other = Sheet(browser, made.exam)
    sheet.act("cut", sides=[made.sides[0][2]])
    now = other.act("turn", sides=[made.sides[0][1]], status=412)
    assert {copy["id"] for copy in now["copies"]} == {made.copies[0], sheet.order[1]}
    assert other.up_to_date
    assert {side["turned"] for copy in other.copies.values() for side in copy["sides"]} == {0}
    other.act("turn", sides=[made.sides[0][1]])


def test_two_people_at_work_on_one_sheet_lose_nothing_and_hinder_each_other_only_where_they_meet(sheet, made, browser):
    other = Sheet(browser, made.exam)
    sheet.act("turn", sides=[made.sides[0][0]], by=180)
    out = other.act("fate", sides=[made.sides[1][3]], fate="discarded")
    assert other.up_to_date
    sheet.act("move", sides=[made.sides[1][3]], copy=made.copies[0], status=412)
    assert sheet.up_to_date
    sheet.act("move", sides=[made.sides[1][3]], copy=made.copies[0])
    assert other.undo(out["undo"], status=409)["detail"]
    other.look()
    assert other.up_to_date
    assert other.rows() == [[*made.sides[0], made.sides[1][3]], list(made.sides[1][:3])]
    assert other.copies[made.copies[0]]["sides"][0]["turned"] == 180


def test_a_copy_is_not_joined_to_another_one_than_the_person_saw_before_it(sheet, made, browser):
    other = Sheet(browser, made.exam)
    sheet.act("cut", sides=[made.sides[0][2]])
    other.act("join", sides=[made.sides[1][0]], status=412)
    assert other.up_to_date
    other.act("join", sides=[made.sides[1][0]])
    assert other.rows() == [list(made.sides[0][:2]), [*made.sides[0][2:], *made.sides[1]]]


def test_what_one_did_can_be_undone_after_the_page_was_loaded_again(sheet, made, sign_in):
    done = [sheet.act("turn", sides=[side])["undo"] for side in made.sides[0][:3]]
    redo = sheet.undo(done[2])["redo"]
    assert (sheet.load()["undo"], sheet.load()["redo"]) == (done[:2], [redo])
    sign_in("colleague", "secretary")
    assert (sheet.load()["undo"], sheet.load()["redo"]) == ([], [])


def test_the_third_last_act_is_undone_when_the_later_ones_did_not_build_upon_it(sheet, made):
    first = sheet.act("cut", sides=[made.sides[0][2]])
    sheet.act("turn", sides=[made.sides[0][3]])
    sheet.act("fate", sides=[made.sides[1][1]], fate="discarded")
    sheet.undo(first["undo"])
    assert sheet.rows() == [list(made.sides[0]), [made.sides[1][0], *made.sides[1][2:]]]
    assert sheet.copies[made.copies[0]]["sides"][3]["turned"] == 90


def test_a_turn_is_undone_although_the_page_is_elsewhere_by_now(sheet, made):
    turned = sheet.act("turn", sides=[made.sides[0][3]])
    sheet.act("move", sides=[made.sides[0][3]], copy=made.copies[1], position=1)
    sheet.undo(turned["undo"])
    assert sheet.rows() == [list(made.sides[0][:3]), [made.sides[0][3], *made.sides[1]]]
    assert sheet.copies[made.copies[1]]["sides"][0]["turned"] == 0


def test_a_redo_finds_its_copy_again_though_its_number_was_given_away(sheet, made):
    cut = sheet.act("cut", sides=[made.sides[0][2]])
    new = sheet.order[1]
    back = sheet.undo(cut["undo"])
    sheet.act("cut", sides=[made.sides[1][2]])
    again = sheet.undo(back["redo"])
    assert [copy["serial"] for copy in again["copies"] if copy["id"] == new] == [4]
    assert sheet.up_to_date


def test_pages_keep_the_order_of_the_sheet_when_they_are_moved_together(sheet, made, scope):
    with scope() as request:
        stapling, exam = request.find_service(Stapling), request.db.get(Exam, made.exam)
        stapling.act(exam, Act("move", (made.sides[0][3],), made.copies[0], 1), stapling.version(exam))
    sheet.look()
    sheet.act("move", sides=[made.sides[0][0], made.sides[0][3], made.sides[1][0]], copy=made.copies[1], position=2)
    assert sheet.rows()[1] == [made.sides[0][3], made.sides[0][0], made.sides[1][0], *made.sides[1][1:]]


def test_a_copy_that_was_cut_off_is_graded_at_once_when_nothing_about_it_is_odd(sheet, made, scope):
    sheet.act("join", sides=[made.sides[1][0]])
    with scope() as request:
        request.db.get(Exam, made.exam).pages_per_copy = 4
    sheet.act("cut", sides=[made.sides[1][0]])
    sheet.act("cut", sides=[made.sides[1][2]])
    assert [state for _copy, state in sheet.load()["rows"]] == ["ready", "ready", "staging"]


def test_a_file_that_comes_in_or_a_change_of_the_exam_brings_the_whole_sheet(sheet, made, scope):
    assert "whole" not in sheet.look()
    with scope() as request:
        request.find_service(Exams).change(request.db.get(Exam, made.exam), pages_per_copy=4)
    assert sheet.look()["expected"] == 4
    with scope() as request:
        side = request.db.get(Side, made.sides[0][0])
        request.db.add(Side(exam_id=made.exam, blob_id=side.blob_id, pdf_page=99, width_mm=210, height_mm=297,
                            ordinal=99, fate=Fate.WAITING))
    assert sheet.look()["whole"]
    assert sheet.up_to_date
    assert not sheet.load()["busy"]
    with scope() as request:
        request.db.scalar(sa.select(Batch).where(Batch.exam_id == made.exam)).state = "received"
    assert sheet.load()["busy"]


def test_a_question_about_no_version_is_refused(sheet):
    sheet.browser.get(f"{sheet.url}/changes?since=soon", status=422)
    assert sheet.browser.send(f"{sheet.url}/undo", {"token": "x", "version": 1}, status=422)


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
    sheet.take(sheet.load())
    done = sheet.act("accept", finding=finding_id)
    assert (done["counts"]["look"], done["findings"]) == (0, [])
    assert done["copies"][0]["sides"][0]["turned"] == 180
    back = sheet.undo(done["undo"])
    assert (back["counts"]["look"], back["copies"][0]["sides"][0]["turned"]) == (1, 0)
    assert [(found["side"], found["does"]) for found in back["findings"]] == [(made.sides[1][0], "turn")]
    again = sheet.undo(back["redo"])
    assert (again["counts"]["look"], again["copies"][0]["sides"][0]["turned"]) == (0, 180)
    sheet.undo(again["redo"])
    assert sheet.up_to_date
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
    [finding] = sheet.take(sheet.load())["findings"]
    assert (finding["side"], finding["copy"]) == (None, None)
    assert sheet.act("dismiss", finding=finding["id"])["findings"] == []


def test_a_copy_that_somebody_finds_right_has_no_findings_any_more(sheet, made, scope):
    with scope() as request:
        batch = request.db.scalar(sa.select(Batch).where(Batch.exam_id == made.exam))
        request.db.add(FindingRow(exam_id=made.exam, batch_id=batch.id, side_id=made.sides[0][2],
                                  copy_id=made.copies[1], kind="faint", confidence=0.8,
                                  message="The writing is faint."))
    sheet.take(sheet.load())
    sheet.act("valid", copy=made.copies[1])
    assert len(sheet.findings) == 1
    done = sheet.act("valid", copy=made.copies[0])
    assert sheet.findings == []
    assert len(sheet.undo(done["undo"])["findings"]) == 1


def test_somebody_who_sees_a_proposal_that_was_settled_since_is_told(sheet, made, browser, scope):
    with scope() as request:
        batch = request.db.scalar(sa.select(Batch).where(Batch.exam_id == made.exam))
        request.db.add(FindingRow(exam_id=made.exam, batch_id=batch.id, side_id=made.sides[0][2], kind="upside_down",
                                  message="It may be upside down.", confidence=0.8, proposal={"turned": 180}))
    sheet.take(sheet.load())
    other = Sheet(browser, made.exam)
    sheet.act("dismiss", finding=sheet.findings[0]["id"])
    other.act("accept", finding=other.findings[0]["id"], status=412)
    assert other.findings == []


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
    back = sheet.undo(done["undo"])
    with scope() as request:
        first, second = (request.db.get(Copy, copy_id) for copy_id in made.copies)
        assert (first.student_id, second.student_id) == (None, made.students[0])
        assert (first.state, second.state) == (CopyState.READY, CopyState.READY)
    again = sheet.undo(back["redo"])
    with scope() as request:
        assert request.db.get(Copy, made.copies[0]).student_id == made.students[0]
        request.find_service(Copies).identify(request.db.get(Copy, made.copies[0]),
                                              request.db.get(Student, made.students[1]), Identification.MANUAL)
    sheet.undo(again["redo"])
    with scope() as request:
        first, second = (request.db.get(Copy, copy_id) for copy_id in made.copies)
        assert (first.student_id, second.student_id) == (made.students[1], made.students[0])


ACT = st.tuples(st.sampled_from(["turn", "cut", "join", "move", "new", "fate", "undo", "redo", "valid"]),
                st.integers(0, 5), st.integers(0, 5), st.sampled_from(list(Fate)))


def places(request, exam_id: str) -> list[tuple]:
    """Where every side is, in copies by their ids."""
    request.db.expire_all()
    return [(side.id, side.copy_id, side.position, side.fate, side.turned)
            for side in request.db.scalars(sa.select(Side).where(Side.exam_id == exam_id).order_by(Side.ordinal))]


def check(request, exam_id: str) -> None:
    """Every side has one fate and one place; pages of a copy are 1, 2, 3 …; no copy is empty."""
    seats: dict[str, list[int]] = {}
    for _side, copy, position, fate, turned in places(request, exam_id):
        assert (copy is None) == (position is None)
        assert (fate == Fate.COPY) <= (copy is not None)
        assert copy is None or fate in (Fate.COPY, Fate.BLANK)
        assert turned in (0, 90, 180, 270)
        if copy is not None:
            seats.setdefault(copy, []).append(position)
    assert all(sorted(row) == list(range(1, len(row) + 1)) for row in seats.values())
    copies = request.db.execute(sa.select(Copy.id, Copy.serial).where(Copy.exam_id == exam_id)).all()
    assert {copy for copy, _serial in copies} == set(seats)
    assert len({serial for _copy, serial in copies}) == len(copies)


def an_act(request, sides: list[str], kind: str, one: int, other: int, fate: Fate) -> Act:
    if kind == "new":
        return Act("move", (sides[one],))
    if kind == "fate":
        return Act("fate", (sides[one],), fate=fate)
    if kind == "move":
        return Act("move", tuple({sides[one], sides[other]}), request.db.get(Side, sides[other]).copy_id, other or None)
    return Act(kind, (sides[one],))


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=st.lists(ACT, min_size=1, max_size=10))
def test_any_acts_leave_each_side_one_place_and_are_undone_to_the_beginning_and_done_again(scope, small_scan, acts):
    with scope() as request:
        made = build(request, small_scan, copies=2, pages=3, pupils=0, scheme=False)
        exam, stapling = request.db.get(Exam, made.exam), request.find_service(Stapling)
        sides = [side for row in made.sides for side in row]
        done: list[tuple[str, list]] = []       # (token, the places that it leads to)
        undone: list[tuple[str, list]] = []

        def take_back(these: list, those: list) -> None:
            token, then = these.pop()
            now = places(request, made.exam)
            those.append((stapling.undo(exam, token), now))
            assert places(request, made.exam) == then

        for kind, one, other, fate in acts:
            before, version = places(request, made.exam), stapling.version(exam)
            if kind in ("undo", "redo"):
                these, those = (done, undone) if kind == "undo" else (undone, done)
                if these:
                    take_back(these, those)
                    assert stapling.version(exam) > version
                check(request, made.exam)
                continue
            try:
                token = stapling.act(exam, an_act(request, sides, kind, one, other, fate), version)
            except MoveRefused:
                assert places(request, made.exam) == before
                assert stapling.version(exam) == version
            else:
                assert stapling.version(exam) > version
                if token:
                    done.append((token, before))
                    undone.clear()
            check(request, made.exam)
        while done:
            take_back(done, undone)
        while undone:
            take_back(undone, done)
        check(request, made.exam)


def test_an_older_act_that_later_ones_built_upon_is_not_undone_by_half(sheet, made):
    first = made.sides[0]
    out = sheet.act("fate", sides=[first[1]], fate="waiting")
    sheet.act("move", sides=[made.sides[1][0]], copy=made.copies[0])
    before = sheet.load()
    assert "undo the later acts first" in sheet.undo(out["undo"], status=409)["detail"]
    assert sheet.load() == before


def test_of_two_people_who_act_on_one_page_at_once_one_is_told_and_on_two_copies_both_are_done(scope, made):
    with scope() as request:
        version = request.find_service(Stapling).version(request.db.get(Exam, made.exam))
    together, outcomes = threading.Barrier(3), []

    def person(side: str) -> None:
        together.wait()
        with scope() as request:
            try:
                request.find_service(Stapling).act(request.db.get(Exam, made.exam), Act("turn", (side,)), version)
                outcomes.append((side, "done"))
            except Stale:
                outcomes.append((side, "told"))

    threads = [threading.Thread(target=person, args=(side,))
               for side in (made.sides[0][0], made.sides[0][0], made.sides[1][0])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    first, second = made.sides[0][0], made.sides[1][0]
    assert sorted(outcomes) == sorted([(first, "done"), (first, "told"), (second, "done")])
    with scope() as request:
        assert [request.db.get(Side, row[0]).turned for row in made.sides] == [90, 90]
