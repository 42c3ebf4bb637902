"""The commands of those who run a server: what they do, print and refuse."""

import re
import sys

import pytest
import sqlalchemy as sa

from korrigo import settings
from korrigo.cli.bootstrap import registry_of
from korrigo.cli.demo import load_demo
from korrigo.db import migrate, scope
from korrigo.models import AuditEntry, Job, JobState, User
from korrigo.pipeline import BadInput


def test_every_setting_is_printed_as_an_ini_that_can_be_read(korrigo, ini, tmp_path):
    code, printed, _said = korrigo("config", "doc")
    assert code == 0
    assert all(f"\n{setting.key} = " in f"\n{printed}" for setting in settings.CORE)
    own = tmp_path / "own.ini"
    own.write_text(f"[app:main]\nuse = egg:korrigo\n{printed}\n")
    assert korrigo("config", "undeclared", file=own) == (0, "", "")


def test_a_sound_file_is_said_to_be_sound(korrigo, ini):
    assert korrigo("config", "validate")[:2] == (0, f"{ini()}: sound\n")


def test_a_typo_is_shown_with_what_was_meant(korrigo, ini):
    for act in ("validate", "undeclared"):
        code, printed, _said = korrigo("config", act, file=ini("korrigo.job.lease = 5 s"))
        assert code == 1
        assert "korrigo.job.lease" in printed and "korrigo.jobs.lease" in printed


@pytest.mark.parametrize("line", [
    "korrigo.secret = short", "korrigo.jobs.workers = two", "korrigo.environment = production",
    "korrigo.plugins = nothing", "korrigo.languages =", "korrigo.timezone = Mars/Base", "korrigo.limits.signin = lots",
    "korrigo.limits.store = ftp://x", "sqlalchemy.url = nonsense", "sqlalchemy.url = mongodb://x/y",
])
def test_a_file_that_cannot_be_used_is_refused_in_one_line_that_names_the_key(korrigo, ini, line):
    for words in (("config", "validate"), ("db", "status")):
        code, printed, said = korrigo(*words, file=ini(line))
        assert (code, printed) == (2, "")
        assert said.startswith("korrigo: ") and said.count("\n") == 1
        key = line.partition(" ")[0]
        assert key in said or key == "korrigo.environment"


def test_a_wrong_address_of_the_queue_is_refused(korrigo, ini):
    code, _printed, said = korrigo("config", "validate",
                                   file=ini("korrigo.queue = redis", "korrigo.queue.url = localhost"))
    assert code == 2
    assert "korrigo.queue.url" in said


@pytest.mark.parametrize("content", ["", "hello\n", "[server:main]\nx = 1\n", None, b"\xff\xfe\x00"])
def test_a_file_that_is_no_ini_is_refused_with_its_name(korrigo, tmp_path, content):
    file = tmp_path / "other.ini"
    if content is not None:
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
    code, printed, said = korrigo("db", "status", file=file)
    assert (code, printed) == (2, "")
    assert "other.ini" in said and said.count("\n") == 1


def test_a_folder_is_no_ini(korrigo, tmp_path):
    code, _printed, said = korrigo("config", "doc", file=tmp_path)
    assert code == 2
    assert said.count("\n") == 1


def test_a_database_that_does_not_answer_is_said_to_do_so(korrigo, ini):
    gone = ini("sqlalchemy.url = postgresql+psycopg://nobody@127.0.0.1:1/nothing")
    for words in (("db", "upgrade"), ("user", "add", "a@b", "Ann"), ("job", "list")):
        code, printed, said = korrigo(*words, file=gone)
        assert (code, printed) == (1, "")
        assert said.startswith("korrigo: ") and said.count("\n") == 1


def test_a_database_is_made_and_its_state_told(korrigo):
    assert korrigo("db", "status")[0] == 1
    code, printed, _said = korrigo("db", "upgrade")
    assert code == 0
    assert korrigo("db", "status")[:2] == (0, printed)
    assert printed.startswith("core") and len(printed.splitlines()) == 1
    assert korrigo("db", "upgrade")[1] == printed


def test_a_database_that_is_behind_is_refused_with_what_to_type(korrigo):
    code, _printed, said = korrigo("user", "add", "ann@example.org", "Ann")
    assert code == 2
    assert "korrigo db upgrade" in said


def test_tables_of_a_plugin_are_not_dropped_by_accident(korrigo, ini):
    assert korrigo("db", "remove", "nothing")[0] == 2
    some = ini("korrigo.plugins = grading")
    assert korrigo("db", "upgrade", file=some)[0] == 0
    code, printed, said = korrigo("db", "remove", "grading", file=some)
    assert code == 2
    assert "grading_op" in printed and "--yes" in said
    assert korrigo("db", "status", file=some)[0] == 0
    assert korrigo("db", "remove", "grading", "--yes", file=some)[0] == 0
    assert korrigo("db", "status", file=some)[0] == 1


def test_plugins_are_listed_whether_they_are_on_or_not(korrigo, ini):
    code, printed, _said = korrigo("plugin", "list", "-v", file=ini("korrigo.plugins = grading"))
    assert code == 0
    states = dict(re.findall(r"^(\w+) +\S+ +(enabled|installed)", printed, re.MULTILINE))
    assert states == {"grading": "enabled", "import": "installed", "ocr": "installed", "export": "installed",
                      "example_grader": "installed"}
    assert "grading.finalise" in printed


def test_an_account_is_made_once_and_its_link_signs_in(korrigo, site):
    code, printed, _said = korrigo("user", "add", "Ann@Example.org", "Ann", "--role", "admin")
    assert code == 0
    assert re.fullmatch(r"http://localhost/signin/[\w-]{43}\n", printed)
    code, _printed, said = korrigo("user", "add", "ann@example.org", "Ann")
    assert code == 2
    assert "user link" in said
    code, again, _said = korrigo("user", "link", "ann@example.org")
    assert code == 0 and again != printed
    with scope(site) as request:
        [user] = request.db.scalars(sa.select(User))
        assert (user.email, user.roles, user.password_hash) == ("ann@example.org", ["admin"], None)
        assert {entry.action for entry in request.db.scalars(sa.select(AuditEntry))} == {
            "account.created", "account.link_made"}


def test_nobody_is_made_of_a_wrong_role_or_address(korrigo, site):
    assert korrigo("user", "add", "ann@example.org", "Ann", "--role", "king")[0] == 2
    assert korrigo("user", "add", "ann", "Ann")[0] == 2
    assert korrigo("user", "link", "ann@example.org")[0] == 2
    with scope(site) as request:
        assert request.db.scalar(sa.select(sa.func.count()).select_from(User)) == 0


def put(site, **values) -> str:
    with scope(site) as request:
        job = request.jobs.add("core.tidy")
        for name, value in values.items():
            setattr(job, name, value)
        return job.id


def state(site, job: str) -> str:
    with site["engine"].connect() as connection:
        return connection.scalar(sa.select(Job.state).where(Job.id == job))


def test_jobs_are_listed_retried_cancelled_and_forgotten(korrigo, site):
    assert korrigo("job", "list") == (0, "", "")
    dead, other = put(site, state=JobState.DEAD, message="no disk"), put(site, state=JobState.DEAD)
    waiting = put(site)
    printed = korrigo("job", "list")[1]
    assert [line.split()[0] for line in printed.splitlines()] == [dead, other, waiting]
    assert "no disk" in printed
    for act, job, then in (("retry", dead, "queued"), ("forget", other, "cancelled"), ("cancel", waiting, "cancelled")):
        assert korrigo("job", act, job) == (0, "", "")
        assert state(site, job) == then
    code, _printed, said = korrigo("job", "retry", waiting)
    assert code == 2 and "cancelled" in said
    assert korrigo("job", "forget", "nothing")[0] == 2
    assert len(korrigo("job", "list")[1].splitlines()) == 1


def test_the_doctor_says_what_is_sound_and_what_to_do(korrigo):
    def doctor() -> dict[str, str]:
        code, printed, _said = korrigo("doctor")
        assert code == 1
        return {line.split()[1]: line for line in printed.splitlines()}

    lines = doctor()
    assert lines["database"].startswith("ok") and lines["disk"].startswith("ok")
    assert lines["migrations"].startswith("FAIL") and "korrigo db upgrade" in lines["migrations"]
    korrigo("db", "upgrade")
    lines = doctor()
    assert lines["migrations"].startswith("ok")
    assert lines["worker"].startswith("FAIL") and "korrigo worker" in lines["worker"]


def test_a_server_that_has_all_it_needs_is_sound(korrigo, ini):
    whole = ini("korrigo.queue = immediate")
    korrigo("db", "upgrade", file=whole)
    assert korrigo("doctor", file=whole)[0] == 0


@pytest.mark.parametrize("words", [("fly",), ("db",), ("db", "fly"), ("db", "status", "--fast"), ("job", "retry")])
def test_what_is_no_command_is_refused(korrigo, words):
    assert korrigo(*words)[0] == 2


def test_without_a_command_the_commands_are_told(korrigo):
    code, printed, _said = korrigo()
    assert code == 0
    assert all(name in printed for name in ("config", "db", "doctor", "exam", "job", "plugin", "serve", "user"))


@pytest.fixture
def revisions(tmp_path, monkeypatch):
    """The folder of migrations of a plugin that has none yet."""
    from dataclasses import replace

    from korrigo import plugins
    from korrigo.testing.fakes import Provided

    folder = tmp_path / "korrigo_notes" / "migrations"
    folder.parent.mkdir()
    (folder.parent / "__init__.py").write_text(
        "from korrigo.api import Plugin\n\ndef includeme(config):\n    pass\n\n"
        "plugin = Plugin('notes', 'Notes', includeme, models='korrigo_notes.models', "
        "migrations='korrigo_notes:migrations')\n")
    (folder.parent / "models.py").write_text(
        "import sqlalchemy as sa\nfrom korrigo.api import Base\n\nnote = sa.Table('notes_note', Base.metadata, "
        "sa.Column('id', sa.Integer, primary_key=True), sa.Column('text', sa.String(9), nullable=False), "
        "info={'plugin': 'notes'})\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    import korrigo_notes

    installed = plugins.installed
    entry = Provided("notes", replace(korrigo_notes.plugin))
    monkeypatch.setattr(plugins, "installed", lambda: {**installed(), "notes": entry})
    yield folder
    from korrigo.api import Base

    Base.metadata.remove(Base.metadata.tables["notes_note"])
    for module in ("korrigo_notes.models", "korrigo_notes"):
        sys.modules.pop(module, None)


def test_a_developer_writes_the_migrations_of_a_plugin(korrigo, ini, revisions):
    some = ini("korrigo.plugins = notes")
    assert korrigo("db", "upgrade", file=some)[0] == 0
    code, printed, said = korrigo("db", "revision", "-p", "notes", "-m", "the notes", "--autogenerate", file=some)
    assert (code, said) == (0, "")
    assert str(revisions / "notes_0001_the_notes.py") in printed
    text = (revisions / "notes_0001_the_notes.py").read_text()
    assert "create_table('notes_note'" in text and "drop_table('notes_note')" in text and "exam" not in text
    code, _printed, said = korrigo("db", "revision", "-p", "notes", "-m", "more", "--autogenerate", file=some)
    assert code == 2 and "korrigo db upgrade" in said
    assert korrigo("db", "upgrade", file=some)[0] == 0
    assert korrigo("db", "revision", "-p", "notes", "-m", "nothing", "--autogenerate", file=some)[0] == 0
    text = (revisions / "notes_0002_nothing.py").read_text()
    assert "down_revision = 'notes_0001'" in text and text.count("pass") == 2


def test_a_revision_is_of_an_enabled_plugin_with_migrations(korrigo):
    code, _printed, said = korrigo("db", "revision", "-p", "grading", "-m", "x")
    assert code == 2 and "'grading'" in said


def test_the_settings_of_one_plugin_are_printed_alone(korrigo, ini):
    some = ini("korrigo.plugins = ocr")
    code, printed, _said = korrigo("config", "doc", "ocr", file=some)
    assert code == 0
    assert set(re.findall(r"^([\w.]+) =", printed, re.MULTILINE)) == {
        "korrigo.ocr.reader", "korrigo.ocr.threshold", "korrigo.ocr.automatic"}
    printed = korrigo("config", "doc", "core", file=some)[1]
    assert "korrigo.secret =" in printed and "korrigo.ocr" not in printed
    code, _printed, said = korrigo("config", "doc", "grading", file=some)
    assert code == 2 and "'grading' is not enabled" in said


def test_what_is_used_is_shown_with_where_it_comes_from_and_without_secrets(korrigo, ini, monkeypatch):
    monkeypatch.setenv("KORRIGO_JOBS_LEASE", "90 s")
    monkeypatch.setenv("SQLALCHEMY_URL", "postgresql+psycopg://korrigo:hunter2@db/korrigo")
    monkeypatch.setenv("KORRIGO_PLUGINS", "ocr")
    code, printed, _said = korrigo("config", "show", file=ini("korrigo.jobs.lease = 30 s", "korrigo.upload.max = 2 MB"))
    assert code == 0
    shown = {line.partition(" = ")[0]: line.partition(" = ")[2].split() for line in printed.splitlines()}
    assert shown["korrigo.jobs.lease"] == ["90", "s", "(KORRIGO_JOBS_LEASE)"]
    assert shown["korrigo.upload.max"] == ["2097152", "(ini)"]
    assert shown["korrigo.session.lifetime"] == ["14400", "s", "(default)"]
    assert shown["korrigo.secret"] == ["(hidden)", "(ini)"]
    assert shown["korrigo.ocr.automatic"] == ["true", "(default)"]
    assert "hunter2" not in printed and "x7x7" not in printed and "db/korrigo" in printed


def test_a_demonstration_without_its_files_says_so_before_anybody_is_made(ini, tmp_path):
    registry = registry_of(ini("korrigo.plugins = import"), check=False, logs=False)
    try:
        migrate.upgrade(registry["engine"], registry["korrigo plugins"])
        for _again in range(2):
            with pytest.raises(BadInput, match="--data"):
                load_demo(registry, tmp_path / "nowhere")
        with scope(registry) as request:
            assert request.db.scalar(sa.select(sa.func.count()).select_from(User)) == 0
    finally:
        registry["engine"].dispose()
