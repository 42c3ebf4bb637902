"""The life of a copy: what may follow what, whose copy it is, and its number."""

import threading

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from korrigo.directives import table
from korrigo.events import CopyIdentified, CopyMoved
from korrigo.models import AuditEntry, Copy, CopyState, Exam, Identification, Student
from korrigo.services import SUBSCRIBERS, Copies
from korrigo.services.copies import (
    ACTED,
    CODE_ALPHABET,
    CODE_LENGTH,
    NEEDS_REASON,
    STATES,
    TRANSITIONS,
    AlreadyTaken,
    TransitionRefused,
    new_code,
)

#: The whole table, written a second time by hand: act -> {state before: state after}.
ALLOWED = {
    "release": {"staging": "ready"},
    "recall": {"ready": "staging"},
    "begin": {"ready": "grading"},
    "finalise": {"ready": "finalising", "grading": "finalising"},
    "finish": {"finalising": "graded"},
    "fail": {"finalising": "failed"},
    "retry": {"failed": "finalising"},
    "reopen": {"graded": "grading", "failed": "grading"},
}


@pytest.fixture
def events(registry):
    """Every event that was told."""
    seen = []
    for kind in (CopyMoved, CopyIdentified):
        table(registry, SUBSCRIBERS)[kind.__name__] = kind, seen.append
    return seen


def test_the_table_is_the_one_that_people_rely_on():
    assert {act: {origin: target for origin in origins} for act, (origins, target) in TRANSITIONS.items()} == ALLOWED
    assert NEEDS_REASON == {"reopen"}


@pytest.mark.parametrize("act", sorted(TRANSITIONS))
def test_an_act_is_done_from_its_states_and_refused_from_all_others(scope, pile, events, act):
    with scope() as request:
        copies = request.find_service(Copies)
        for copy, state in zip(pile(request, *[0] * len(CopyState)).copies, CopyState, strict=True):
            copy.state = state
            request.db.flush()
            version, acts = copy.version, request.audit.last(f"copy:{copy.id}")
            target = ALLOWED[act].get(state)
            events.clear()
            if target:
                copies.move(copy, act, reason="because")
                assert (copy.state, copy.version) == (target, version + 1)
                entry = request.db.get(AuditEntry, request.audit.last(f"copy:{copy.id}"))
                assert (entry.action, entry.details) == (
                    f"copy.{act}", {"before": state, "after": target, "reason": "because"})
                assert events == [CopyMoved(copy.id, copy.exam_id, state, target, act)]
            else:
                with pytest.raises(TransitionRefused) as refused:
                    copies.move(copy, act, reason="because")
                assert str(refused.value) == f"Copy {copy.serial} ({STATES[state]}) cannot be {ACTED[act]} now."
                assert (copy.state, copy.version) == (state, version)
                assert request.audit.last(f"copy:{copy.id}") == acts
                assert events == []


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25, deadline=None)
@given(acts=st.lists(st.sampled_from(sorted(TRANSITIONS)), max_size=12))
def test_no_sequence_of_acts_leaves_the_table(scope, pile, acts):
    with scope() as request:
        copies, copy = request.find_service(Copies), pile(request, 0).copies[0]
        expected, done = "staging", 0
        for act in acts:
            target = ALLOWED[act].get(expected)
            try:
                copies.move(copy, act, reason="because")
            except TransitionRefused:
                assert target is None
            else:
                assert target is not None
                expected, done = target, done + 1
            assert copy.state == expected
        assert copy.version == 1 + done
        assert request.audit.verify() is None


def test_many_copies_are_moved_by_one_act_with_an_entry_and_an_event_each(scope, pile, events):
    with scope() as request:
        copies, many = request.find_service(Copies), pile(request, *[0] * 5).copies
        copies.move_all(many, "release")
        assert {copy.state for copy in many} == {CopyState.READY}
        assert [event.copy_id for event in events] == [copy.id for copy in many]
        assert all(request.audit.since(f"copy:{copy.id}", 0)[-1] == (
            "copy.release", {"before": "staging", "after": "ready", "reason": ""}) for copy in many)
        assert request.audit.verify() is None


def test_many_copies_are_moved_all_or_none(scope, pile, events):
    with scope() as request:
        copies, many = request.find_service(Copies), pile(request, *[0] * 4).copies
        many[2].state = CopyState.GRADED
        request.db.flush()
        with pytest.raises(TransitionRefused, match=f"Copy {many[2].serial} "):
            copies.move_all(many, "release")
        assert [copy.state for copy in many] == ["staging", "staging", "graded", "staging"]
        assert events == []


def test_releasing_many_copies_costs_as_many_statements_as_releasing_one(scope, pile):
    statements = []
    with scope() as request:
        copies, many = request.find_service(Copies), pile(request, *[0] * 40).copies
        sa.event.listen(request.db.get_bind(), "before_cursor_execute", lambda *args: statements.append(args[2]))
        copies.move_all(many[:1], "release")
        one = len(statements)
        copies.move_all(many[1:], "release")
        assert len(statements) - one == one


def test_a_graded_copy_is_not_reopened_without_a_reason(scope, pile):
    with scope() as request:
        copies, copy = request.find_service(Copies), pile(request, 0).copies[0]
        copy.state = CopyState.GRADED
        for reason in ("", "  "):
            with pytest.raises(TransitionRefused, match="say why"):
                copies.move(copy, "reopen", reason=reason)
        assert copy.state == CopyState.GRADED


def test_a_failure_is_kept_and_counted_until_the_copy_is_tried_again(scope, pile):
    with scope() as request:
        copies, copy = request.find_service(Copies), pile(request, 0).copies[0]
        for act in ("release", "finalise"):
            copies.move(copy, act)
        copies.move(copy, "fail", reason="the disk is full")
        assert (copy.failure, copy.attempts) == ("the disk is full", 1)
        copies.move(copy, "retry")
        assert (copy.failure, copy.attempts) == ("", 1)
        copies.move(copy, "fail", reason="again")
        assert (copy.failure, copy.attempts) == ("again", 2)


def test_an_unknown_act_is_an_error_of_the_program(scope, pile):
    with scope() as request, pytest.raises(KeyError):
        request.find_service(Copies).move(pile(request, 0).copies[0], "explode")


def test_of_two_people_who_act_at_once_one_is_refused(scope, pile):
    with scope() as request:
        copy_id = pile(request, 0).copies[0].id
    outcomes = []
    together = threading.Barrier(4)

    def release():
        together.wait()
        try:
            with scope() as request:
                request.find_service(Copies).move(request.db.get(Copy, copy_id), "release")
            outcomes.append("done")
        except TransitionRefused:
            outcomes.append("refused")

    run_together(release, 4)
    assert sorted(outcomes) == ["done", "refused", "refused", "refused"]


def run_together(function, times: int) -> None:
    threads = [threading.Thread(target=function) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_copies_that_are_made_at_once_get_numbers_of_their_own(scope, pile):
    with scope() as request:
        exam_id = pile(request).exam.id
    together = threading.Barrier(4)

    def make():
        together.wait()
        with scope() as request:
            request.find_service(Copies).create(request.db.get(Exam, exam_id))

    run_together(make, 4)
    with scope() as request:
        assert sorted(copy.serial for copy in request.db.query(Copy)) == [1, 2, 3, 4]


def test_two_people_cannot_give_one_pupil_two_copies_at_once(scope, pile):
    with scope() as request:
        made = pile(request, 0, 0, 0, 0)
        copies, student_id = [copy.id for copy in made.copies], made.student().id
    outcomes = []
    together = threading.Barrier(len(copies))

    def decide():
        copy_id = copies.pop()
        together.wait()
        try:
            with scope() as request:
                request.find_service(Copies).identify(
                    request.db.get(Copy, copy_id), request.db.get(Student, student_id), Identification.MANUAL)
            outcomes.append("done")
        except AlreadyTaken:
            outcomes.append("taken")

    run_together(decide, len(copies))
    assert sorted(outcomes) == ["done", "taken", "taken", "taken"]


def test_identifying_is_told_written_down_and_counted(scope, pile, events):
    with scope() as request:
        made, copies = pile(request, 0), request.find_service(Copies)
        copy, student = made.copies[0], made.student()
        before = copies.identify(copy, student, Identification.MANUAL)
        assert (before.student_id, before.identification) == (None, "none")
        assert (copy.student_id, copy.identification, copy.version) == (student.id, "manual", 2)
        assert copy.state == CopyState.STAGING
        assert events == [CopyIdentified(copy.id, copy.exam_id, student.id, "manual")]
        entry = request.db.get(AuditEntry, request.audit.last(f"copy:{copy.id}"))
        assert entry.details == {"before": None, "after": student.id, "how": "manual"}


def test_a_pupil_has_one_copy_in_an_exam_and_the_other_copy_is_named(scope, pile):
    with scope() as request:
        made, copies = pile(request, 0, 0), request.find_service(Copies)
        first, second = made.copies
        student = made.student()
        copies.identify(first, student, Identification.AUTO)
        with pytest.raises(AlreadyTaken, match="copy 1") as error:
            copies.identify(second, student, Identification.MANUAL)
        assert error.value.copy is first
        assert second.student_id is None
        copies.identify(first, student, Identification.MANUAL)
        other = pile(request, 0, title="Another exam").copies[0]
        copies.identify(other, student, Identification.MANUAL)
        assert other.student_id == student.id


@pytest.mark.parametrize("how", list(Identification))
def test_somebody_goes_with_auto_or_manual_and_nobody_with_none_or_unknown(scope, pile, how):
    with scope() as request:
        made, copies = pile(request, 0), request.find_service(Copies)
        copy, student = made.copies[0], made.student()
        fits = student if how in ("auto", "manual") else None
        with pytest.raises(ValueError, match="auto or manual"):
            copies.identify(copy, None if fits else student, how)
        copies.identify(copy, fits, how)
        assert copy.identification == how


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=15, deadline=None)
@given(data=st.data())
def test_decisions_can_be_undone_one_after_another(scope, pile, data):
    with scope() as request:
        made, copies = pile(request, 0, 0, 0), request.find_service(Copies)
        students = [made.student(name) for name in "ab"]
        history = []
        for _ in range(data.draw(st.integers(1, 6))):
            copy = data.draw(st.sampled_from(made.copies))
            student = data.draw(st.sampled_from([None, *students]))
            before = [(item.student_id, item.identification) for item in made.copies]
            how = data.draw(st.sampled_from(["auto", "manual"] if student else ["none", "unknown"]))
            try:
                history.append((copies.identify(copy, student, Identification(how)), before))
            except AlreadyTaken as error:
                assert error.copy is not copy and error.copy.student_id == student.id
            held = [item.student_id for item in made.copies if item.student_id]
            assert len(held) == len(set(held))
        for decision, before in reversed(history):
            copies.undo_identify(request.db.get(Copy, decision.copy_id), decision)
            assert [(item.student_id, item.identification) for item in made.copies] == before


def test_a_code_is_short_readable_and_its_own():
    taken = {new_code(set()) for _ in range(500)}
    assert all(len(code) == CODE_LENGTH and set(code) <= set(CODE_ALPHABET) for code in taken)
    assert not set("0O1IS5Z2") & set(CODE_ALPHABET)
    assert len(taken) > 490


def test_a_code_that_is_taken_is_not_given_again(monkeypatch):
    letters = iter("AAAAABBBBB")
    monkeypatch.setattr("korrigo.services.copies.secrets.choice", lambda alphabet: next(letters))
    assert new_code({"AAAAA"}) == "BBBBB"


def test_copies_are_numbered_in_the_order_of_the_scan(scope, pile):
    with scope() as request:
        made, copies = pile(request, 2, 1, 2), request.find_service(Copies)
        for copy, serial in zip(made.copies, (7, 9, 8), strict=True):
            copy.serial = serial
        request.db.flush()
        assert copies.renumber(made.exam)
        assert [copy.serial for copy in made.copies] == [1, 2, 3]


@pytest.mark.parametrize("state", ["grading", "finalising", "graded", "failed"])
def test_a_number_that_graders_know_is_not_changed(scope, pile, state):
    with scope() as request:
        made, copies = pile(request, 1, 1), request.find_service(Copies)
        made.copies[0].serial, made.copies[1].state = 5, state
        assert not copies.renumber(made.exam)
        assert [copy.serial for copy in made.copies] == [5, 2]
