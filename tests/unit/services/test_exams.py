"""Exams, those who work on them, and the pupils who are expected."""

import datetime as dt
from decimal import Decimal

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from korrigo.models import AuditEntry, Copy, Exam, ExamMember, ExamRole, ExamStudent, Identification, Role, Student
from korrigo.services import Accounts, Copies, Exams, Students
from korrigo.services.exams import ExamInUse


def members(request, exam) -> set[tuple[str, str]]:
    return {(row.user_id, row.role) for row in request.db.execute(
        sa.select(ExamMember.user_id, ExamMember.role).where(ExamMember.exam_id == exam.id))}


def test_whoever_makes_an_exam_coordinates_it(scope):
    with scope() as request:
        ann = request.find_service(Accounts).create("ann@example.org", "Ann", [Role.TEACHER]).id
    with scope(user=ann) as request:
        exam = request.find_service(Exams).create(title="T")
        request.db.flush()
        assert exam.created_by == ann
        assert members(request, exam) == {(ann, ExamRole.COORDINATOR)}
    with scope() as request:
        assert members(request, request.find_service(Exams).create(title="By a command")) == set()


def test_what_really_changed_goes_to_the_journal(scope):
    with scope() as request:
        exams = request.find_service(Exams)
        exam = exams.create(title="T", total=Decimal(20))
        exams.change(exam, title="T", total=Decimal("20.000"))
        assert request.audit.last(f"exam:{exam.id}") == 1
        exams.change(exam, title="New", held_on=dt.date(2026, 6, 1), total=Decimal(20))
        entry = request.db.get(AuditEntry, request.audit.last(f"exam:{exam.id}"))
        assert entry.details == {"before": {"title": "T", "held_on": "None"},
                                 "after": {"title": "New", "held_on": "2026-06-01"}}


def test_an_empty_exam_can_be_deleted(scope):
    with scope() as request:
        exams = request.find_service(Exams)
        exam = exams.create(title="T")
        student, _ = request.find_service(Students).upsert("k", last_name="Pupil")
        exams.expect(exam, [student])
        exams.delete(exam)
        exam_id = exam.id
    with scope() as request:
        assert request.db.get(Exam, exam_id) is None
        assert request.db.scalar(sa.select(sa.func.count()).select_from(ExamStudent)) == 0
        assert request.db.scalar(sa.select(Student.last_name)) == "Pupil"


@pytest.mark.parametrize("sizes, loose", [((0,), 0), ((2,), 0), ((), 1)], ids=["copy", "pages", "loose page"])
def test_an_exam_with_copies_or_pages_is_kept(scope, pile, sizes, loose):
    with scope() as request:
        exam = pile(request, *sizes, loose=loose).exam
        with pytest.raises(ExamInUse, match="“A mock exam” has copies or scanned pages"):
            request.find_service(Exams).delete(exam)
        exam_id = exam.id
    with scope() as request:
        assert request.db.get(Exam, exam_id) is not None


def test_the_database_itself_keeps_an_exam_that_has_copies(scope, pile):
    with pytest.raises(sa.exc.IntegrityError), scope() as request:
        request.db.execute(sa.delete(Exam).where(Exam.id == pile(request, 1).exam.id))


def test_one_person_may_have_several_roles_and_each_once(scope):
    with scope() as request:
        ann = request.find_service(Accounts).create("ann@example.org", "Ann", [Role.TEACHER]).id
        exams = request.find_service(Exams)
        exam = exams.create(title="T")
        for role in (ExamRole.GRADER, ExamRole.GRADER, ExamRole.SECRETARY):
            exams.set_role(exam, ann, role)
        request.db.flush()
        assert members(request, exam) == {(ann, "grader"), (ann, "secretary")}


def test_pupils_are_expected_once_and_in_the_order_of_the_roster(scope, pile):
    with scope() as request:
        made, exams = pile(request), request.find_service(Exams)
        a, b, c = (made.student(name) for name in "abc")
        assert exams.expect(made.exam, [b, a, b]) == 2
        assert exams.expect(made.exam, [a, c]) == 1
        assert [student.last_name for student, _row in exams.roster(made.exam)] == ["b", "a", "c"]
        assert [row.rank for _student, row in exams.roster(made.exam)] == [0, 1, 2]


def test_pupils_are_expected_no_longer_but_for_those_with_a_copy_and_come_back_as_they_were(scope, pile):
    with scope() as request:
        made, exams = pile(request, 1), request.find_service(Exams)
        a, b, c, d = (made.student(name) for name in "abcd")
        exams.expect(made.exam, [a, b, c])
        exams.set_absent(made.exam, b.id, True)
        copy = request.db.scalar(sa.select(Copy).where(Copy.exam_id == made.exam.id))
        request.find_service(Copies).identify(copy, a, Identification.MANUAL)
        gone = exams.unexpect(made.exam, [a.id, b.id, d.id, "nobody"])
        assert [(row.student_id, row.rank, row.absent) for row in gone] == [(b.id, 1, True)]
        exams.expect(made.exam, [d])
        assert [student.last_name for student, _row in exams.roster(made.exam)] == ["a", "c", "d"]
        assert exams.expect_again(made.exam, gone) == 1
        assert exams.expect_again(made.exam, gone) == 0
        assert [(student.last_name, row.absent) for student, row in exams.roster(made.exam)] == [
            ("a", False), ("b", True), ("c", False), ("d", False)]
        entries = request.db.scalars(sa.select(AuditEntry.action).order_by(AuditEntry.id.desc()).limit(2)).all()
        assert entries == ["exam.expected_again", "exam.unexpected"]


def test_a_pupil_who_left_the_school_does_not_come_back(scope, pile):
    with scope() as request:
        made, exams = pile(request), request.find_service(Exams)
        student = made.student()
        exams.expect(made.exam, [student])
        gone = exams.unexpect(made.exam, [student.id])
        request.db.delete(student)
        request.db.flush()
        assert exams.expect_again(made.exam, gone) == 0


def test_absences_are_written_down_together(scope, pile):
    with scope() as request:
        made, exams = pile(request), request.find_service(Exams)
        a, b, stranger = (made.student(name) for name in "abc")
        exams.expect(made.exam, [a, b])
        exams.set_absent(made.exam, a.id, True)
        before = request.audit.last(f"exam:{made.exam.id}")
        assert exams.set_absences(made.exam, [a.id, b.id, stranger.id]) == 1
        assert exams.set_absences(made.exam, [a.id, b.id]) == 0
        assert all(row.absent for _student, row in exams.roster(made.exam))
        assert request.audit.last(f"exam:{made.exam.id}") == before + 1


def test_an_absence_is_written_down_once(scope, pile):
    with scope() as request:
        made, exams = pile(request), request.find_service(Exams)
        student = made.student()
        with pytest.raises(LookupError, match="not expected"):
            exams.set_absent(made.exam, student.id, True)
        exams.expect(made.exam, [student])
        before = request.audit.last(f"exam:{made.exam.id}")
        exams.set_absent(made.exam, student.id, True)
        exams.set_absent(made.exam, student.id, True)
        assert exams.roster(made.exam)[0][1].absent
        assert request.audit.last(f"exam:{made.exam.id}") == before + 1


def test_a_pupil_is_made_then_found_then_brought_up_to_date(scope):
    with scope() as request:
        students = request.find_service(Students)
        first, did = students.upsert("k", last_name="Durand", class_name="1A", birth_date=dt.date(2008, 1, 2))
        assert did == "created"
        assert students.upsert("k", last_name="Durand") == (first, "same")
        assert students.upsert("k", last_name="Durand", class_name="1B") == (first, "changed")
        assert (first.class_name, first.birth_date) == ("1B", dt.date(2008, 1, 2))
        assert students.upsert("other", last_name="Durand")[0] is not first


def test_a_field_that_no_pupil_has_is_refused(scope):
    with scope() as request, pytest.raises(TypeError, match="not fields of a pupil: created, hobby"):
        request.find_service(Students).upsert("k", last_name="X", hobby="chess", created=None)


rows = st.fixed_dictionaries({"last_name": st.sampled_from(["A", "B"])}, optional={
    "first_name": st.sampled_from(["", "C", "D"]), "number": st.sampled_from(["", "1", "2"]),
    "birth_date": st.sampled_from([None, dt.date(2008, 1, 1)]), "split_doubtful": st.booleans()})


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25, deadline=None)
@given(rosters=st.lists(rows, min_size=1, max_size=5))
def test_a_poorer_roster_loses_nothing(scope, rosters):
    with scope() as request:
        students, known = request.find_service(Students), {}
        request.db.execute(sa.delete(Student))
        for row in rosters:
            student, _did = students.upsert("k", **row)
            known.update({name: value for name, value in row.items() if value not in ("", None)})
            assert {name: getattr(student, name) for name in known} == known
        assert request.db.scalar(sa.select(sa.func.count()).select_from(Student)) == 1
