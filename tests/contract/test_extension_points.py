"""Every directive has a test that names it, and does what it says for somebody else's plugin."""

import re
from decimal import Decimal
from pathlib import Path

import pytest
from korrigo_export.exporters import exporters
from korrigo_export.interfaces import IExporter
from korrigo_grading.interfaces import Answer, IGrader, ScoreProposal
from korrigo_grading.proposing import NoProposal, propose
from korrigo_grading.scheme import Question, new_question_id
from korrigo_import.importers.directive import endings, importer_for
from korrigo_import.interfaces import IImporter
from korrigo_ocr.interfaces import LARGEST, IEvidence, IReader
from korrigo_ocr.readers import chosen
from korrigo_ocr.sources import gathered
from pyramid.exceptions import ConfigurationConflictError, ConfigurationError
from sites import NAMES, PLUGINS
from webtest import TestApp
from zope.interface import implementer

from korrigo import config as contents
from korrigo.api import PdfRefused
from korrigo.config import configure
from korrigo.db import scope
from korrigo.plugins import Plugin
from korrigo.testing.sites import settings

TESTS = Path(__file__).resolve().parents[1]
#: What every directive is called.
DIRECTIVE = re.compile(r"(?:add|set)_korrigo_[a-z]+")


@pytest.fixture(scope="module")
def directives(tmp_path_factory) -> set[str]:
    """The names of all directives that the core and the plugins make."""
    found: set[str] = set()

    class Spy(contents.Configurator):
        def add_directive(self, name, *args, **more):
            found.add(name)
            super().add_directive(name, *args, **more)

    folder = tmp_path_factory.mktemp("directives")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(contents, "Configurator", Spy)
        configure(settings(folder, NAMES), here=str(folder), check=False).registry["engine"].dispose()
    return {name for name in found if "korrigo" in name}


def test_every_directive_is_called_as_directives_are(directives):
    assert len(directives) > 10
    assert all(DIRECTIVE.fullmatch(name) for name in directives)


def test_every_directive_has_a_test_that_names_it(directives):
    named = set(DIRECTIVE.findall("\n".join(file.read_text() for file in TESTS.rglob("test_*.py"))))
    assert directives - named == set()


@implementer(IReader)
class Reader:
    """Reads nothing."""

    name = "nothing"

    def available(self):
        return None

    def read(self, image, kind="name"):
        raise NotImplementedError

    def read_many(self, images, kind="name"):
        return []

    def score(self, image, candidates, kind="name"):
        return []


@implementer(IEvidence)
class Seats:
    """Knows who sat where, too well."""

    name = "seats"

    def log_ratios(self, request, exam_id, copies, pupils):
        return {"a": {"p": 99.0, "gone": 5.0}, "elsewhere": {"p": 3.0}, "b": {"p": -2.0}}


@implementer(IGrader)
class Grader:
    """Gives half of the points."""

    name, title, reads, form = "half", "Half", (), None

    def propose(self, answer, question, config):
        return ScoreProposal(question.points / 2, 0.5, "Half of it.")


@implementer(IImporter)
class Importer:
    """Every file whose name ends in .any."""

    name, title, endings, makes = "any", "Anything", (".any",), "pages"

    def recognises(self, head, filename):
        return filename.endswith(".any")

    def unpack(self, path, folder, name):
        return []


@implementer(IExporter)
class Exporter:
    """Writes the title."""

    name, title, description = "title", "Title", "The title."
    media_type, extension, wants_graded = "text/plain", ".txt", False

    def write(self, material, out):
        out.write_text(material.table.title)


def stranger(includeme, *requires: str) -> Plugin:
    return Plugin("strange", "Somebody's", includeme, requires=requires)


def configured(folder: Path, includeme, *plugins: Plugin, **more):
    """An application of all plugins and somebody else's."""
    config = configure({**settings(folder, ()), **more}, here=str(folder), check=False,
                       plugins=[*plugins, stranger(includeme)])
    config.registry["engine"].dispose()
    return config


def test_a_reader_is_the_one_that_the_settings_name(tmp_path):
    registry = configured(tmp_path, lambda config: config.add_korrigo_reader(Reader()), PLUGINS["ocr"],
                          **{"korrigo.ocr.reader": "nothing"}).registry
    assert chosen(registry).name == "nothing"


def test_evidence_beside_the_header_is_bounded_and_only_of_the_copies_and_pupils_that_are_asked_about(tmp_path):
    registry = configured(tmp_path, lambda config: config.add_korrigo_evidence(Seats()), PLUGINS["ocr"]).registry
    with scope(registry) as request:
        assert gathered(request, "exam", ["a", "b"], ["p"]) == {"a": {"p": LARGEST}, "b": {"p": -2.0}}


def test_an_importer_is_asked_about_files_and_offered_for_choice(tmp_path):
    registry = configured(tmp_path, lambda config: config.add_korrigo_importer(Importer()), PLUGINS["import"]).registry
    (tmp_path / "some.any").write_bytes(b"anything")
    assert importer_for(registry, tmp_path / "some.any", "some.any").name == "any"
    assert ".any" in endings(registry)
    with pytest.raises(PdfRefused, match="any, images, pdf, zip"):
        importer_for(registry, tmp_path / "some.any", "some.other")


@pytest.mark.parametrize(("wrong", "words"), [({"makes": "coffee"}, "makes 'coffee'"), ({"endings": ".any"}, "tuple"),
                                              ({"endings": ("any",)}, "tuple")])
def test_an_importer_that_says_nonsense_is_refused_at_the_start(tmp_path, wrong, words):
    importer = Importer()
    vars(importer).update(wrong)
    with pytest.raises(ConfigurationError, match=words):
        configured(tmp_path, lambda config: config.add_korrigo_importer(importer), PLUGINS["import"])


def test_a_grader_proposes_and_one_that_raises_is_named_in_the_log_and_in_its_place(tmp_path, caplog):
    class Broken(Grader):
        name = "broken"

        def propose(self, answer, question, config):
            raise ZeroDivisionError

    class Generous(Grader):
        name = "generous"

        def propose(self, answer, question, config):
            return ScoreProposal(question.points * 2, 1.0, "Why not.")

    def includeme(config):
        for grader in (Grader(), Broken(), Generous()):
            config.add_korrigo_grader(grader)

    registry = configured(tmp_path, includeme, PLUGINS["grading"]).registry
    half, broken, generous, gone = [
        propose(registry, Answer("copy"), Question(new_question_id(), "1", points=Decimal(4), grader=name))
        for name in ("half", "broken", "generous", "gone")]
    assert half.points == 2
    assert all(isinstance(proposal, NoProposal) for proposal in (broken, generous, gone))
    assert [record.args for record in caplog.records] == [
        ("grader", "broken", __name__), ("grader", "generous", __name__)]


@pytest.mark.parametrize("wrong", [{"reads": "typed"}, {"reads": ("thoughts",)}, {"form": dict}])
def test_a_grader_that_says_nothing_sensible_of_itself_is_refused(tmp_path, wrong):
    grader = type("Wrong", (Grader,), wrong)()
    with pytest.raises(ConfigurationError, match="half"):
        configured(tmp_path, lambda config: config.add_korrigo_grader(grader), PLUGINS["grading"])


def test_an_exporter_is_offered_beside_the_others(tmp_path):
    registry = configured(tmp_path, lambda config: config.add_korrigo_exporter(Exporter()), PLUGINS["grading"],
                          PLUGINS["export"]).registry
    assert list(exporters(registry))[-1] == "title"


@pytest.mark.parametrize(("directive", "good", "needs"), [
    ("add_korrigo_reader", Reader, ("ocr",)), ("add_korrigo_evidence", Seats, ("ocr",)),
    ("add_korrigo_grader", Grader, ("grading",)),
    ("add_korrigo_exporter", Exporter, ("grading", "export"))])
def test_what_does_not_fit_or_is_there_already_is_refused(tmp_path, directive, good, needs):
    plugins = [PLUGINS[name] for name in needs]
    with pytest.raises(ConfigurationError, match="test_extension_points"):
        configured(tmp_path, lambda config: getattr(config, directive)(object()), *plugins)

    def one(config):
        getattr(config, directive)(good())

    def two(config):
        getattr(config, directive)(good())

    def both(config):
        config.include(one)
        config.include(two)

    with pytest.raises(ConfigurationConflictError):
        configured(tmp_path, both, *plugins)


def test_static_files_of_a_package_are_served_under_its_name_and_nothing_beside_them(tmp_path):
    config = configured(tmp_path, lambda config: config.add_korrigo_static("korrigo_grading"))
    app = TestApp(config.make_wsgi_app())
    folder, version = config.registry["korrigo static"]["korrigo_grading"]
    assert app.get(f"/static/korrigo_grading/{version}/grade.css").content_type == "text/css"
    for path in ("../__init__.py", "..%2f__init__.py", "%2e%2e/__init__.py", "/etc/passwd", "", "nothing.css"):
        app.get(f"/static/korrigo_grading/{version}/{path}", status=404)
    app.get(f"/static/korrigo_ocr/{version}/desk.css", status=404)
    assert (folder / "grade.css").is_file()


def test_a_script_is_loaded_on_the_pages_of_its_kind_under_its_versioned_address(tmp_path):
    def includeme(config):
        config.add_korrigo_static("korrigo_grading")
        config.add_korrigo_script("page", "korrigo_grading/chip.js")
        config.add_korrigo_script("grade", "korrigo_grading/grade.js")

    app = TestApp(configured(tmp_path, includeme).make_wsgi_app())
    page = app.get("/signin")
    [url] = re.findall(r'<script type="module" src="(/static/korrigo_grading/[^"]*)"', page.text)
    assert url.endswith("/chip.js")
    assert app.get(url).content_type == "text/javascript"


@pytest.mark.parametrize(("kind", "path"),
                         [("everywhere", "korrigo_grading/chip.js"), ("page", "korrigo_grading/chip")])
def test_a_script_for_no_kind_of_page_or_that_is_none_is_refused(tmp_path, kind, path):
    with pytest.raises(ConfigurationError, match="script"):
        configured(tmp_path, lambda config: config.add_korrigo_script(kind, path))


def test_every_directive_has_a_heading_in_the_guide(directives):
    guide = (TESTS.parent / "docs" / "plugin-authors.md").read_text(encoding="utf-8")
    headings = set(re.findall(r"^### (\w+)$", guide, re.MULTILINE))
    assert directives == headings
