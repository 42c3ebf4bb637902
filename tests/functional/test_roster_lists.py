"""A list of pupils: sent, looked at, corrected, imported, reported, without any script."""

import csv
import datetime as dt
import io

import pytest
import sqlalchemy as sa
from korrigo_import.models import RosterColumns, RosterList
from korrigo_import.services import Lists

from korrigo.api import Exam, Exams, ExamStudent, Student
from korrigo.models import AuditEntry

TITLES = "Nom;Prénom;Né(e) le;Classe;N° candidat"
THREE = f"{TITLES}\nDupont;Jean;01/02/2008;TG1;17\nDurand;Léa;03/04/2008;TG1;18\nPetit;Zoé;05/06/2008;TG2;19\n"


@pytest.fixture
def exam(sign_in, scope):
    sign_in("sec", "secretary")
    with scope() as request:
        return request.find_service(Exams).create(title="Mock exam").id


@pytest.fixture
def pupils(scope, exam):
    """``pupils()``: (name, birth date, class, number, absent) of those expected, in the order of the roster."""
    def look():
        with scope() as request:
            return [(student.name, student.birth_date, student.class_name, student.number, row.absent)
                    for student, row in request.find_service(Exams).roster(request.db.get(Exam, exam))]
    return look


@pytest.fixture
def names(pupils):
    return lambda: [name for name, *_more in pupils()]


def test_nothing_is_written_before_the_list_was_seen(browser, exam, names):
    page = browser.send_list(exam, THREE.encode("cp1252"))
    for shown in ("3 new", "roster.csv", "Windows (Western)", "semicolon", "Durand", "Import these 3 pupils"):
        assert shown in page.text
    assert names() == []
    report = browser.import_list(page)
    assert "3 lines taken: 3 new pupils" in report.text
    assert names() == ["Dupont Jean", "Durand Léa", "Petit Zoé"]


def test_the_same_list_again_changes_nothing(browser, exam, pupils):
    browser.import_list(browser.send_list(exam, THREE.encode()))
    before = pupils()
    page = browser.send_list(exam, THREE.upper().encode())
    assert "3 the same" in page.text
    browser.import_list(page)
    assert pupils() == before


def test_rows_can_be_pasted_from_a_spreadsheet(browser, exam, names):
    browser.post(f"/import/exams/{exam}/roster", {"rows": "Nom\tPrénom\nDupont\tJean\n"}, status=303)
    browser.import_list(browser.get(f"/import/exams/{exam}/roster/list"))
    assert names() == ["Dupont Jean"]


def test_a_corrected_column_is_followed_and_remembered_for_the_next_file(browser, exam, names, scope):
    odd = "A;B;C\nJean;Dupont;TG1\nLéa;Durand;TG2\n"
    page = browser.send_list(exam, odd.encode())
    assert page.status_int == 422
    assert "Say which column holds them" in page.text
    form = page.forms["preview"]
    form["column-0"], form["column-1"], form["column-2"] = "first_name", "last_name", "class_name"
    form.submit(status=303)
    page = browser.get(f"/import/exams/{exam}/roster/list")
    assert "2 new" in page.text
    browser.import_list(page)
    assert names() == ["Dupont Jean", "Durand Léa"]
    again = browser.send_list(exam, odd.replace("Léa;Durand", "Zoé;Petit").encode())
    assert again.status_int == 200
    assert "Petit" in again.text and "1 new" in again.text and "1 the same" in again.text
    with scope() as request:
        assert request.db.scalar(sa.select(sa.func.count()).select_from(RosterColumns)) == 1


def test_a_column_that_was_changed_and_not_looked_at_is_shown_before_it_is_imported(browser, exam, names):
    page = browser.send_list(exam, THREE.encode())
    form = page.forms["preview"]
    form["column-3"] = ""
    again = browser.post(f"{page.request.path}/apply", form.submit_fields())
    assert "Look at what follows from it" in again.text
    assert names() == []
    browser.import_list(browser.get(page.request.path))
    assert len(names()) == 3


@pytest.mark.parametrize(("field", "said", "shown"), [
    ("delimiter", ",", "No column with the pupils"), ("encoding", "utf-16", "cannot be read as UTF-16"),
    ("titles", "no", "4 new"), ("dates", "month", "Dupont")])
def test_what_was_found_can_be_said_otherwise_and_back(browser, exam, field, said, shown):
    page = browser.send_list(exam, THREE.encode())
    found = page.forms["preview"][field].value
    for value, words in ((said, shown), (found, "3 new")):
        form = page.forms["preview"]
        form[field].force_value(value)
        form.submit(status=303)
        page = browser.get(f"/import/exams/{exam}/roster/list", status="*")
        assert words in page.text


def test_names_in_one_cell_are_looked_at_and_corrected(browser, exam, scope, names):
    rows = "Élèves\nDUPONT JEAN\nLE GOFF MARIE\nDURAND MARTIN PAUL\n"
    page = browser.send_list(exam, rows.encode())
    assert "2 names to look at" in page.text
    form = page.forms["preview"]
    assert form["cut-4"].value == "=1"
    form["cut-4"] = "2"
    form.submit(status=303)
    page = browser.get(f"/import/exams/{exam}/roster/list")
    assert "1 name to look at" in page.text
    browser.import_list(page)

    def stored():
        with scope() as request:
            return {(one.last_name, one.first_name, one.split_doubtful)
                    for one in request.db.scalars(sa.select(Student))}
    assert stored() == {("DUPONT", "JEAN", False), ("LE GOFF", "MARIE", True), ("DURAND MARTIN", "PAUL", False)}
    page = browser.send_list(exam, rows.encode())
    assert "3 the same" in page.text and "1 name to look at" in page.text
    browser.import_list(page, seen="1")
    assert stored() == {("DUPONT", "JEAN", False), ("LE GOFF", "MARIE", False), ("DURAND MARTIN", "PAUL", False)}


def test_a_twin_is_a_pupil_of_their_own_and_a_likeness_is_asked_about(browser, exam, names):
    browser.import_list(browser.send_list(exam, f"{TITLES}\nDupont;Léo;01/02/2008;TG1;\n".encode()))
    page = browser.send_list(exam, f"{TITLES}\nDupont;Léa;01/02/2008;TG1;\nDupont;Léo;01/02/2008;TG1;\n".encode())
    assert "1 new" in page.text and "to decide" not in page.text
    page = browser.send_list(exam, f"{TITLES}\nDupont;Léa;01/02/2008;TG1;\n".encode())
    assert "a corrected spelling, or a twin?" in page.text
    browser.import_list(page)
    assert names() == ["Dupont Léo"], "a line without an answer is not imported"
    page = browser.send_list(exam, f"{TITLES}\nDupont;Léa;01/02/2008;TG1;\n".encode())
    browser.import_list(page, **{"decide-2": "new"})
    assert names() == ["Dupont Léo", "Dupont Léa"]


def test_a_corrected_spelling_is_the_same_pupil_once_somebody_says_so(browser, exam, pupils):
    browser.import_list(browser.send_list(exam, f"{TITLES}\nDupond;Jean;01/02/2008;TG1;\n".encode()))
    page = browser.send_list(exam, f"{TITLES}\nDupont;Jean;01/02/2008;TG1;17\n".encode())
    form = page.forms["preview"]
    form["decide-2"] = next(value for value, _chosen, _text in form["decide-2"].options if len(value) == 32)
    form.submit(status=303)
    page = browser.get(f"/import/exams/{exam}/roster/list")
    assert "<del>Dupond</del>" in page.text
    browser.import_list(page)
    assert pupils() == [("Dupont Jean", dt.date(2008, 2, 1), "TG1", "17", False)]


def test_lines_that_are_not_used_come_back_as_a_file_to_correct(browser, exam, names):
    page = browser.send_list(exam, f"{TITLES}\nDupont;Jean;31/02/2008;TG1;\n=Dur;Léa;01/02/2008;TG1;\n;;;;9\n".encode())
    browser.import_list(page)
    assert names() == ["=Dur Léa"]
    file = browser.get(f"/import/exams/{exam}/roster/list/unused.csv")
    rows = list(csv.reader(io.StringIO(file.body.decode("utf-8-sig")), delimiter=";"))
    assert [row[-1] for row in rows] == ["Motif / Reason", *(row[-1] for row in rows[1:])] and len(rows) == 3
    assert "does not exist" in rows[1][-1]
    corrected = file.body.decode("utf-8-sig").replace("31/02", "28/02").encode("utf-8-sig")
    browser.import_list(browser.send_list(exam, corrected))
    assert names() == ["=Dur Léa", "Dupont Jean"]


def test_pupils_who_are_not_in_the_list_stay_unless_they_are_ticked_and_come_back(browser, exam, names, pupils, scope):
    browser.import_list(browser.send_list(exam, THREE.encode()))
    with scope() as request:
        ids = {one.last_name: one.id for one in request.db.scalars(sa.select(Student))}
    browser.post(f"/import/exams/{exam}/roster/absence", {"student": ids["Petit"], "absent": "1"}, status=302)
    shorter = f"{TITLES}\nDupont;Jean;01/02/2008;TG1;17\n".encode()
    page = browser.send_list(exam, shorter)
    assert "2 not in the list" in page.text
    browser.import_list(page)
    assert len(names()) == 3
    browser.import_list(browser.send_list(exam, shorter), gone=[ids["Petit"], ids["Dupont"], "f" * 32])
    assert names() == ["Dupont Jean", "Durand Léa"], "whoever is in the list stays, whatever is ticked"
    assert "1 pupil is no longer expected" in browser.get(f"/import/exams/{exam}/roster").text
    browser.post(f"/import/exams/{exam}/roster/remove/undo", status=302)
    assert pupils()[2] == ("Petit Zoé", dt.date(2008, 6, 5), "TG2", "19", True)


def test_a_pupil_whose_copy_is_there_stays_expected(browser, sign_in, built, scope):
    from korrigo.api import Copies, Copy, Identification

    sign_in("sec", "secretary")
    made = built(copies=1, pupils=2)
    with scope() as request:
        request.find_service(Copies).identify(request.db.get(Copy, made.copies[0]),
                                              request.db.get(Student, made.students[0]), Identification.MANUAL)
    page = browser.send_list(made.exam, THREE.encode())
    assert "has a copy, stays expected" in page.text
    browser.import_list(page, gone=list(made.students))
    with scope() as request:
        expected = set(request.db.scalars(sa.select(ExamStudent.student_id)))
    assert made.students[0] in expected and made.students[1] not in expected


def test_a_list_of_absents_marks_them_and_makes_nobody(browser, exam, pupils):
    browser.import_list(browser.send_list(exam, THREE.encode()))
    page = browser.send_list(exam, "Élève\nDURAND LEA\nINCONNU PAUL\n".encode(), purpose="absences")
    assert "not expected at this exam" in page.text
    report = browser.import_list(page)
    assert "1 pupil was noted as absent" in report.text
    assert [(name, absent) for name, *_more, absent in pupils()] == [
        ("Dupont Jean", False), ("Durand Léa", True), ("Petit Zoé", False)]


def test_an_imported_list_is_not_imported_twice(browser, exam, names, scope):
    page = browser.send_list(exam, THREE.encode())
    browser.import_list(page)
    with scope() as request:
        before = request.db.scalar(sa.select(sa.func.count()).select_from(AuditEntry))
    fields = page.forms["preview"].submit_fields()
    browser.post(f"{page.request.path}/apply", fields, status=303)
    with scope() as request:
        assert request.db.scalar(sa.select(sa.func.count()).select_from(AuditEntry)) == before


def test_a_list_that_was_put_away_is_gone_and_said_to_be(browser, exam, names):
    page = browser.send_list(exam, THREE.encode())
    browser.post(f"{page.request.path}/drop", status=303)
    assert "no longer here" in browser.post(f"{page.request.path}/apply", status=409).text
    assert names() == []


def test_a_list_is_kept_for_a_day_one_a_person(browser, exam, scope):
    for _twice in range(2):
        browser.send_list(exam, THREE.encode())
    with scope() as request:
        sent = request.db.scalars(sa.select(RosterList)).one()
        assert request.find_service(Lists).tidy() == 0
        sent.created -= dt.timedelta(days=1, minutes=1)
    browser.get(f"/import/exams/{exam}/roster/list", status=303)
    with scope() as request:
        assert request.find_service(Lists).tidy() == 1


def test_nobody_sees_the_list_of_another(browser, exam, sign_in):
    browser.send_list(exam, THREE.encode())
    sign_in("root", "admin")
    browser.get(f"/import/exams/{exam}/roster/list", status=303)


@pytest.mark.parametrize(("content", "words"), [
    (b"", "empty"), (b"PK\x03\x04", "workbook"), (b"%PDF-1.7", "a PDF"), (b"<html><table>", "web page"),
    (b"A;B\n", "no pupils under it"), (b"x" * (10 << 20) + b"y", "more than 10 MB")],
    ids=["empty", "workbook", "PDF", "web page", "titles alone", "too large"])
def test_a_file_that_is_no_list_says_why(browser, exam, content, words):
    answer = browser.post(f"/import/exams/{exam}/roster", upload_files=[("file", "r.csv", content)], status=422)
    assert words in answer.text and "Nothing was changed" in answer.text


def test_no_file_and_an_unknown_pupil_are_said_in_words(browser, exam):
    assert "Choose a file" in browser.post(f"/import/exams/{exam}/roster", status=422).text
    browser.post(f"/import/exams/{exam}/roster/absence", {"student": "f" * 32, "absent": "1"}, status=404)


def test_what_a_file_holds_is_shown_as_text(browser, exam):
    page = browser.send_list(exam, f"{TITLES}\n<b>Durand</b>;Ève;31/02/2008;;\n<i>Dupont</i>;Jean;;;\n".encode())
    assert "<b>Durand" not in page.text and "<i>Dupont" not in page.text and "&lt;i&gt;Dupont" in page.text


def test_imports_are_limited_by_person(browser, exam, registry):
    registry["limits"].settings["korrigo.import.rosters"] = "1/hour"
    browser.import_list(browser.send_list(exam, THREE.encode()))
    page = browser.send_list(exam, THREE.encode())
    answer = browser.post(f"{page.request.path}/apply", page.forms["preview"].submit_fields(), status=429)
    assert int(answer.headers["Retry-After"]) > 0


def test_a_coordinator_does_not_learn_birth_dates_of_pupils_of_other_exams(browser, exam, sign_in, scope):
    browser.import_list(browser.send_list(exam, THREE.encode()))
    sign_in("prof", "teacher")
    browser.post("/exams/new", {"title": "Mine", "total": "20", "paper": "a4"})
    with scope() as request:
        mine = request.db.scalar(sa.select(Exam.id).where(Exam.title == "Mine"))
    page = browser.send_list(mine, "Nom;Prénom\nDupont;Jean\n".encode())
    assert "It is Dupont Jean" in page.text
    assert "2008" not in page.text
