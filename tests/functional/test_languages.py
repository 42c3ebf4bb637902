"""Pages, refusals, findings and printed words in the reader's language: French in a French browser, else English."""

import re

import pytest
import sqlalchemy as sa
from exam_builder import boot
from korrigo_grading.services import Papers
from korrigo_import.models import Batch, FindingRow

from korrigo.api import Copies, Copy, Exam, Sentence, User

NARROW = "\N{NARROW NO-BREAK SPACE}"
FRENCH, ENGLISH = {"Accept-Language": "fr-FR,fr;q=0.9"}, {"Accept-Language": "en-GB,en;q=0.9"}
both = pytest.mark.parametrize("headers, french", [(FRENCH, True), (ENGLISH, False)], ids=["French", "English"])


@pytest.fixture
def korrigo_settings(korrigo_settings, request):
    """The school's languages, when a test says them."""
    return {**korrigo_settings, "korrigo.languages": getattr(request, "param", "en fr")}


@pytest.fixture
def made(sign_in, built):
    sign_in("sec", "secretary")
    return built(copies=2)


def shown(html: str) -> str:
    """The words of a page, on one line."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", html.replace(NARROW, "_")))


@both
def test_the_sign_in_page(app, headers, french):
    page = app.get("/signin", headers=headers)
    assert f'<html lang="{"fr" if french else "en"}">' in page.text
    words = shown(page.text)
    assert ("Se connecter" in words, "Sign in" in words) == (french, not french)
    assert ("Pas de compte ou de mot de passe_?" in words) == french
    form = page.forms[0]
    form["email"], form["password"] = "nobody@example.org", "wrong"
    refused = shown(form.submit(headers=headers, status=422).text)
    assert ("ne vont pas ensemble" in refused, "do not belong together" in refused) == (french, not french)


@both
def test_a_sign_in_link_that_was_used(app, headers, french):
    refused = app.get("/signin/used", headers=headers).forms[0].submit(headers=headers, status=404)
    assert ("Ce lien a déjà servi" if french else "This link was used") in shown(refused.text)


@both
def test_the_page_of_an_exam_with_its_steps(browser, made, headers, french):
    words = shown(browser.get(f"/exams/{made.exam}", headers=headers).text)
    for ours, theirs in (("Barème", "Marking scheme"), ("Identification", "Identification"), ("à corriger", "to grade"),
                         ("Élèves attendus", "Roster"), ("Exports", "Export ")):
        assert (ours if french else theirs) in words, (ours, theirs)


@both
def test_a_wrong_form(browser, made, headers, french):
    page = browser.app.post("/exams/new", {"title": "", "total": "x", "paper": "a5"},
                            headers={**browser.token, **headers}, status=422)
    words = shown(page.text)
    for ours, theirs in (("Titre_: À remplir.", "Title: This is missing."),
                         ("Noté sur_: Ce n’est pas un nombre.", "Marked out of: This is not a number.")):
        assert (ours if french else theirs) in words


@both
def test_an_upload_that_is_refused(browser, made, headers, french):
    answer = browser.app.post_json(f"/import/exams/{made.exam}/uploads", {"name": "pile.pdf", "size": 1 << 40},
                                   headers={**browser.token, **headers}, status=413).json
    assert answer["title"] == ("Ce fichier est trop volumineux" if french else "This file is too large")
    assert ("Numérisez le paquet en plusieurs fichiers." if french else "Scan the pile in several files.") in (
        answer["detail"])


@both
def test_a_file_that_is_no_pdf_its_job_and_the_list_of_files(browser, made, headers, french):
    received = browser.upload(made.exam, "letter.pdf", b"Dear colleague,\n" * 100)
    batch = browser.get(received["batch"]["url"], headers=headers).json
    said = "Ce fichier n’est pas un PDF" if french else "This file is not a PDF"
    assert batch["message"].startswith(said) and batch["job"]["message"].startswith(said)
    assert batch["job"]["title"] == ("Lecture d’un fichier numérisé" if french else "Reading a scan")
    assert said in shown(browser.get(f"/import/exams/{made.exam}/scans", headers=headers).text)


@both
def test_a_roster_row_that_is_refused(browser, made, headers, french):
    browser.send_list(made.exam, "Nom;Prénom;Né(e) le\nDupont;Jean;31/02/2008\n".encode())
    page = browser.get(f"/import/exams/{made.exam}/roster/list", headers=headers)
    assert ("La date de naissance «_31/02/2008_» n’existe pas" if french else
            "The birth date “31/02/2008” does not exist") in shown(page.text)


@both
def test_a_finding_and_a_refusal_on_the_contact_sheet(browser, made, scope, headers, french):
    with scope() as request:
        batch = request.db.scalar(sa.select(Batch).where(Batch.exam_id == made.exam))
        request.db.add(FindingRow(
            exam_id=made.exam, batch_id=batch.id, side_id=made.sides[0][1], kind="duplicate", confidence=0.9,
            message=Sentence("This page was scanned twice: it is page ${page} again.", page=1)))
    sheet = boot(browser.get(f"/import/exams/{made.exam}/pages", headers=headers))
    assert sheet["findings"][0]["message"] == (
        f"Cette page a été numérisée deux fois{NARROW}: c’est à nouveau la page 1." if french else
        "This page was scanned twice: it is page 1 again.")
    answer = browser.app.post_json(
        f"/import/exams/{made.exam}/pages/act", {"act": "cut", "sides": [made.sides[0][0]],
                                                 "version": sheet["version"]},
        headers={**browser.token, **headers}, status=422).json
    assert answer["detail"] == ("La copie commence déjà ici." if french else "the copy begins here already")


@both
def test_what_a_plugin_says_is_counted_as_the_language_counts(browser, made, headers, french):
    words = shown(browser.get(f"/import/exams/{made.exam}/roster", headers=headers).text)
    assert ("3 élèves attendus" if french else "3 pupils expected") in words


@both
def test_a_scheme_with_problems_keeps_its_points_in_the_language(browser, made, sign_in, headers, french):
    sign_in("root", "admin")
    page = browser.app.post(f"/grading/exams/{made.exam}/scheme", {"lines": "1;A;0,3\n"},
                            headers={**browser.token, **headers}, status=422)
    assert ("Question 1_: 0,3 points ne font pas un multiple du pas 0,25." if french else
            "Question 1: its 0.3 points are no multiple of its step 0.25.") in shown(page.text)


@both
def test_a_percent_sign_and_markup_in_a_message_are_shown_as_they_are(browser, made, scope, headers, french):
    with scope() as request:
        copy = request.db.get(Copy, made.copies[0])
        copies = request.find_service(Copies)
        copies.move(copy, "finalise")
        copies.move(copy, "fail", reason=Sentence("The graded PDF could not be made: ${why}.", why="<b>100 %(n)s</b>"))
    html = browser.get(f"/grading/exams/{made.exam}/finalise", headers=headers).text
    assert "&lt;b&gt;100 %(n)s&lt;/b&gt;" in html and "<b>100" not in html
    assert ("Le PDF annoté n’a pas pu être fait" if french else "The graded PDF could not be made") in html


@pytest.mark.parametrize("health", [(FRENCH, "les travaux sont faits aussitôt"), (ENGLISH, "jobs run at once")])
def test_the_page_of_health(browser, sign_in, health):
    sign_in("root", "admin")
    headers, word = health
    assert word in shown(browser.get("/admin/health", headers=headers).text)
    assert word in browser.get("/readyz", headers=headers).json["details"].values()


@pytest.mark.parametrize("korrigo_settings, language, copy, page", [
    ("fr en", "en", "Copie", "Page {page} sur {pages}"), ("en fr", "fr", "Copy", "Page {page} of {pages}"),
], indirect=["korrigo_settings"])
def test_a_graded_pdf_speaks_the_language_of_the_school_whoever_finalises(
        scope, sign_in, built, small_scan, language, copy, page):
    user_id, made = sign_in("sec", "secretary"), built(copies=1)
    with scope() as request:
        request.db.get(User, user_id).language = language
    with scope(user=user_id) as request:
        papers = request.find_service(Papers)
        paths = dict.fromkeys(papers.sources(made.copies[0]), small_scan)
        printed = papers.content(request.db.get(Copy, made.copies[0]), request.db.get(Exam, made.exam), paths)
    assert (printed.copy.summary.labels["copy"], printed.copy.summary.labels["page"]) == (copy, page)


@both
def test_what_marks_lack_is_said_where_they_are_taken_away(browser, made, headers, french):
    words = shown(browser.get(f"/export/exams/{made.exam}", headers=headers).text)
    for ours, theirs in (("2 copies sont sans nom_: leurs notes", "2 copies have no name: their marks"),
                         ("3 élèves sont sans copie.", "3 pupils have no copy.")):
        assert (ours if french else theirs) in words
