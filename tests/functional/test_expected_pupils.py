"""The pupils who are expected at an exam: found, absent, added, corrected, removed."""

import datetime as dt

import pytest
import sqlalchemy as sa

from korrigo.api import Exam, Exams, ExamStudent, Student

ROWS = ("Nom;Prénom;Né(e) le;Classe;N°\nDupont;Jean;01/02/2008;TG1;17\nDurand;Léa;03/04/2008;TG1;18\n"
        "Lefèvre;Zoé;05/06/2008;TG2;19\n")


@pytest.fixture
def exam(browser, sign_in, scope):
    sign_in("sec", "secretary")
    with scope() as request:
        exam = request.find_service(Exams).create(title="Mock exam").id
    browser.import_list(browser.send_list(exam, ROWS.encode()))
    return exam


@pytest.fixture
def roster(browser, exam):
    """``roster("q=dup")``: the names that the page shows."""
    def look(query: str = "") -> list[str]:
        page = browser.get(f"/import/exams/{exam}/roster?{query}")
        return [row.a.text for row in page.html.select("#pupils tbody th")]
    return look


def student(scope, last_name: str):
    """What is stored of a pupil."""
    with scope() as request:
        return request.db.execute(sa.select(Student.id, Student.birth_date, Student.number, Student.class_name)
                                  .where(Student.last_name == last_name)).one()


@pytest.mark.parametrize(("query", "names"), [
    ("", ["Dupont Jean", "Durand Léa", "Lefèvre Zoé"]), ("q=lefevre", ["Lefèvre Zoé"]), ("q=zoe+lef", ["Lefèvre Zoé"]),
    ("q=18", ["Durand Léa"]), ("class=TG1", ["Dupont Jean", "Durand Léa"]), ("class=TG1&q=jean", ["Dupont Jean"]),
    ("away=1", []), ("q=nobody", [])])
def test_pupils_are_found_by_words_and_by_class(roster, query, names):
    assert roster(query) == names


def test_an_absence_is_noted_and_taken_back_and_the_list_stays_filtered(browser, exam, roster, scope):
    jean = student(scope, "Dupont").id
    answer = browser.post(f"/import/exams/{exam}/roster/absence", {"student": jean, "absent": "1", "class": "TG1"},
                          status=302)
    assert answer.location.endswith("/roster?class=TG1")
    assert roster("away=1") == ["Dupont Jean"]
    assert "1 absent" in browser.get(f"/import/exams/{exam}/roster").text
    browser.post(f"/import/exams/{exam}/roster/absence", {"student": jean, "absent": "0"}, status=302)
    assert roster("away=1") == []


def test_a_pupil_is_removed_and_comes_back_in_the_same_place(browser, exam, roster, scope):
    browser.post(f"/import/exams/{exam}/roster/remove", {"student": student(scope, "Durand").id}, status=302)
    assert roster() == ["Dupont Jean", "Lefèvre Zoé"]
    browser.post(f"/import/exams/{exam}/roster/remove/undo", status=302)
    assert roster() == ["Dupont Jean", "Durand Léa", "Lefèvre Zoé"]
    browser.post(f"/import/exams/{exam}/roster/remove/undo", status=302)
    assert len(roster()) == 3


def add(browser, exam, **values):
    form = browser.get(f"/import/exams/{exam}/roster/pupil").forms["pupil"]
    return browser.post(f"/import/exams/{exam}/roster/pupil", {**dict(form.submit_fields()), **values}, status="*")


def test_a_new_pupil_is_added_by_hand(browser, exam, roster, scope):
    assert add(browser, exam, last_name="Nouveau", first_name="Paul", birth_date="7/8/2008").status_int == 303
    assert roster()[-1] == "Nouveau Paul"
    assert student(scope, "Nouveau").birth_date == dt.date(2008, 8, 7)


@pytest.mark.parametrize(("values", "words"), [
    ({}, "last name is missing"), ({"last_name": "42"}, "holds digits"),
    ({"last_name": "A", "birth_date": "31/02/2008"}, "does not exist"),
    ({"last_name": "A", "email": "nobody"}, "no e-mail address")])
def test_what_is_no_pupil_is_refused_in_words_and_what_was_typed_is_kept(browser, exam, roster, values, words):
    answer = add(browser, exam, first_name="Typed", **values)
    assert answer.status_int == 422
    assert words in answer.text and 'value="Typed"' in answer.text
    assert len(roster()) == 3


def test_a_pupil_whom_the_school_may_know_is_asked_about(browser, exam, roster, scope):
    jean = student(scope, "Dupont")
    with scope() as request:
        other = request.find_service(Exams).create(title="Other").id
    question = add(browser, other, last_name="Dupont", first_name="Jean")
    assert question.status_int == 422 and "no birth date tells" in question.text and jean.id in question.text
    assert add(browser, other, last_name="Dupont", first_name="Jean", who=jean.id).status_int == 303
    with scope() as request:
        assert [one.id for one, _row in request.find_service(Exams).roster(request.db.get(Exam, other))] == [jean.id]


def test_a_pupil_is_corrected_and_what_is_emptied_is_empty(browser, exam, scope):
    jean = student(scope, "Dupont")
    url = f"/import/exams/{exam}/roster/pupil/{jean.id}"
    form = browser.get(url).forms["pupil"]
    assert form["birth_date"].value == "01/02/2008"
    values = dict(form.submit_fields()) | {"last_name": "Dupond", "number": ""}
    browser.post(url, values, status=303)
    now = student(scope, "Dupond")
    assert (now.id, now.number, now.class_name) == (jean.id, "", "TG1")
    browser.post(url, {**values, "last_name": ""}, status=422)
    browser.get(f"/import/exams/{exam}/roster/pupil/{'f' * 32}", status=404)


def test_a_pupil_of_another_exam_cannot_be_corrected_from_here(browser, exam, scope):
    with scope() as request:
        request.db.execute(sa.delete(ExamStudent).where(ExamStudent.exam_id == exam))
    jean = student(scope, "Dupont").id
    browser.post(f"/import/exams/{exam}/roster/pupil/{jean}", {"last_name": "X"}, status=404)
