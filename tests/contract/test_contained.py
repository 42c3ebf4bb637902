"""Somebody else's plugin raises in each of its hooks: it is named in the log, and nothing else breaks."""

import argparse
from types import SimpleNamespace

import pytest
import sqlalchemy as sa
from korrigo_export.interfaces import IExporter
from korrigo_grading.interfaces import IGrader
from korrigo_import.interfaces import IImporter
from korrigo_ocr.interfaces import IEvidence, IReader
from sites import NAMES
from webtest import TestApp
from zope.interface import implementer

from korrigo.config import configure
from korrigo.db import migrate, scope
from korrigo.events import CopyMoved
from korrigo.interfaces import IExamStep
from korrigo.models import Copy, CopyState, Exam, ExamRole, Job, JobState
from korrigo.pipeline import ExamRun
from korrigo.plugins import Plugin, PluginError, resolve
from korrigo.security.permissions import permits
from korrigo.services import Accounts, Copies, Exams
from korrigo.testing.sites import settings


class Oops(Exception):
    """What somebody else's plugin raises."""


def broken(*args, **more):
    raise Oops("somebody else's fault")


@implementer(IExamStep)
class Step:
    title, after = "Broken", ()

    def state(self, request, exam):
        request.db.execute(sa.text("SELECT * FROM no_such_table"))

    def arguments(self, parser):
        broken()

    def check(self, options):
        broken()

    def run(self, run):
        broken()

    def report(self, run):
        broken()


@implementer(IGrader)
class Grader:
    name, title, reads, form = "broken", "Broken", (), None

    def propose(self, answer, question, config):
        broken()


@implementer(IExporter)
class Exporter:
    name, title, description = "broken", "Broken", "Breaks."
    media_type, extension, wants_graded = "text/plain", ".txt", False

    def write(self, material, out):
        broken()


@implementer(IReader)
class Reader:
    name = "broken"

    def available(self):
        return None

    def read(self, image, kind="name"):
        broken()

    def read_many(self, images, kind="name"):
        broken()

    def score(self, image, candidates, kind="name"):
        broken()


@implementer(IEvidence)
class Evidence:
    name = "broken"

    def log_ratios(self, request, exam_id, copies, pupils):
        request.db.execute(sa.text("SELECT * FROM no_such_table"))


@implementer(IImporter)
class Importer:
    """Raises when it is asked, and when it has to unpack what is called so."""

    name, title, endings, makes = "broken", "Broken", (".broken",), "pages"

    def recognises(self, head, filename):
        broken()

    def unpack(self, path, folder, name):
        broken()


def broken_slot(request, **context):
    request.db.execute(sa.text("SELECT * FROM no_such_table"))


def broken_check(registry):
    broken()


def broken_subscriber(event):
    event.request.db.add(Exam(title="Written by a subscriber that raised"))
    event.request.db.flush()
    broken()


def includeme(config):
    config.add_korrigo_slot("page.head", broken_slot)
    config.add_korrigo_slot("dashboard.cards", broken_slot)
    config.add_korrigo_step("broken", Step())
    config.add_korrigo_nav("main", label="Broken", route="no.such.route", icon="plus", permission="home")
    config.add_korrigo_check("broken", broken_check)
    config.add_korrigo_subscriber(CopyMoved, broken_subscriber)
    config.add_korrigo_permission("broken", "Broken", ([broken],))
    config.add_korrigo_job("broken.job", broken, title="Broken", max_attempts=1)
    config.add_korrigo_grader(Grader())
    config.add_korrigo_exporter(Exporter())
    config.add_korrigo_reader(Reader())
    config.add_korrigo_evidence(Evidence())
    config.add_korrigo_importer(Importer())


@pytest.fixture
def place(tmp_path, small_scan):
    """An application of all plugins and the broken one, with an exam, and somebody who coordinates it."""
    stranger = Plugin("strange", "Somebody's", includeme, requires=("export", "ocr"))
    config = configure({**settings(tmp_path, (), reader="broken"), "korrigo.queue": "immediate"}, here=str(tmp_path),
                       check=False, plugins=[*resolve(NAMES), stranger])
    registry = config.registry
    migrate.upgrade(registry["engine"], registry["korrigo plugins"])
    with scope(registry) as request:
        from exam_builder import build

        user = request.find_service(Accounts).create("ada@example.org", "Ada", ["admin"])
        made = build(request, small_scan, copies=2)
        request.find_service(Exams).set_role(request.db.get(Exam, made.exam), user.id, ExamRole.COORDINATOR)
        token = request.find_service(Accounts).make_link(user)
        user_id = user.id
    app = TestApp(config.make_wsgi_app())
    app.get(f"/signin/{token}").forms[0].submit(status=302)
    yield SimpleNamespace(registry=registry, app=app, made=made, user=user_id, folder=tmp_path)
    registry["engine"].dispose()


def test_every_page_of_an_exam_lives_with_broken_slots_steps_and_links(place, caplog):
    for path in ("/", f"/exams/{place.made.exam}", f"/import/exams/{place.made.exam}/pages",
                 f"/grading/exams/{place.made.exam}/scheme", "/admin/plugins"):
        place.app.get(path, status=200)
    said = {(record.args[0], record.args[2]) for record in caplog.records if record.msg.startswith("the %s %s of %s")}
    assert {("slot", __name__), ("step", __name__), ("nav", __name__)} <= said
    assert "A plugin could not be shown." in place.app.get("/").text


def test_a_broken_check_is_said_where_checks_are(place):
    answer = place.app.get("/readyz", status=503).json
    assert (answer["checks"]["broken"], answer["checks"]["database"]) == (False, True)
    place.app.get("/admin/health", status=200).mustcontain("fault")


def test_what_a_broken_subscriber_did_is_undone_and_the_copy_moves_all_the_same(place, caplog):
    with scope(place.registry) as request:
        copy = request.db.get(Copy, place.made.copies[0])
        request.find_service(Copies).move(copy, "begin")
    with scope(place.registry) as request:
        assert request.db.get(Copy, place.made.copies[0]).state == CopyState.GRADING
        assert request.db.scalars(sa.select(Exam.title)).all() == ["Mock exam"]
    assert "subscriber" in caplog.text


def test_a_broken_predicate_grants_nothing(place, caplog):
    with scope(place.registry, user=place.user) as request:
        assert not permits(place.registry, request.identity, None, "broken")
        assert permits(place.registry, request.identity, None, "home")
    assert "permission" in caplog.text


def test_a_broken_job_is_buried_with_its_failure(place):
    with scope(place.registry, user=place.user) as request:
        job_id = request.jobs.add("broken.job").id
    with scope(place.registry) as request:
        job = request.db.get(Job, job_id)
        assert (job.state, job.message) == (JobState.DEAD, "somebody else's fault")
    place.app.get("/admin/jobs", status=200).mustcontain("fault")


def test_a_broken_exporter_fails_alone(place):
    token = place.app.get("/session").json["csrf"]
    for name in ("broken", "csv"):
        place.app.post(f"/export/exams/{place.made.exam}", {"exporter": name}, headers={"X-CSRF-Token": token},
                       status=302)
    page = place.app.get(f"/export/exams/{place.made.exam}", status=200)
    assert page.text.count("Download</button>") == 1


def test_a_broken_importer_refuses_its_files_and_others_are_read(place, caplog, small_scan):
    from exam_builder import Browser

    browser = Browser(place.app)
    exam = browser.post("/exams/new", {"title": "Another"}, status=302).location.rpartition("/")[2]
    broken_file = browser.upload(exam, "it.broken", b"Anything at all.")
    found = browser.get(broken_file["batch"]["url"]).json
    assert (found["state"], found["refusal"]) == ("refused", "failed")
    assert "The importer broken failed" in found["message"]
    sound = browser.upload(exam, "pile.pdf", small_scan.read_bytes())
    assert browser.get(sound["batch"]["url"]).json["pages"] == 8
    assert "somebody else's fault" in caplog.text


def test_a_broken_reader_leaves_the_names_to_the_desk(place, caplog):
    with scope(place.registry, user=place.user) as request:
        job_id = request.jobs.add("ocr.identify", exam_id=place.made.exam).id
    with scope(place.registry) as request:
        assert request.db.get(Job, job_id).state == JobState.DONE
    assert "the evidence broken of test_contained raised" in caplog.text
    place.app.get(f"/ocr/exams/{place.made.exam}/desk", status=200)


def test_a_broken_step_of_a_run_is_left_for_a_person_and_the_others_go_on(place, caplog):
    run = ExamRun(place.registry, place.made.exam, argparse.Namespace(scan=[], roster=None, scheme=None, marks=None),
                  place.folder, watch=lambda jobs: None, run_jobs=lambda registry, watch: None)
    run.go()
    assert [line for line in run.people if "broken" in line] == ["the step broken failed: somebody else's fault"] * 2
    assert (place.folder / "sides.csv").exists()
    assert (place.folder / "marks.csv").exists()


@pytest.mark.parametrize("where", ["includeme", "ready"])
def test_a_plugin_that_raises_at_the_start_stops_it_and_is_named(tmp_path, where):
    plugin = Plugin("strange", "Somebody's", broken if where == "includeme" else lambda config: None,
                    ready=broken if where == "ready" else None)
    with pytest.raises(PluginError, match="'strange'.*somebody else's fault.*korrigo.plugins"):
        configure(settings(tmp_path, ()), here=str(tmp_path), check=False, plugins=[plugin])


