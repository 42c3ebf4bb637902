"""A plugin that is on is there; one that is off leaves no trace, and its tables hinder nobody."""

import datetime as dt
import importlib
import itertools
from decimal import Decimal

import pytest
import sqlalchemy as sa
from sites import NAMES, PLUGINS, Walk, methods, package

from korrigo.db.base import Base, Points, SentenceText, UtcDateTime


def nav(site, name: str) -> list[tuple[str, str]]:
    """(area, route) of each link that a plugin puts into a menu."""
    return [item["name"] for item in site.added("korrigo nav", name)]


def test_what_a_plugin_adds_is_on_the_pages_and_answers(whole, made, name):
    whole.sign_in("admin", "admin")
    page = whole.app.get(f"/exams/{made.exam}").text
    routes = {route["name"]: route for route in whole.routes(name)}
    links = [whole.path(routes[route], made) for area, route in nav(whole, name) if area == "exam"]
    assert links
    for link in links:
        assert f'href="{link}"' in page
        whole.app.get(link, status=200)
    assert page.count('class="step"') == len(whole.introspected("korrigo steps"))
    assert whole.added("korrigo steps", name)


def test_without_it_its_addresses_are_empty(whole, off, made, name):
    there, gone = whole, off(name)
    for site in (there, gone):
        site.sign_in("admin", "admin")
    for route in there.routes(name):
        path = there.path(route, made)
        assert gone.route_of(path) is None
        for method in there.methods(route["name"]):
            gone.app.request(path, method=method, status=404)


def test_without_it_no_page_speaks_of_it_and_every_link_leads_somewhere(off, made, name):
    site = off(name)
    site.sign_in("admin", "admin")
    walk = Walk(site)
    assert walk.wrong == []
    assert f"/exams/{made.exam}" in walk.pages
    gone = set(NAMES) - set(site.names)
    for url, response in walk.pages.items():
        if response.content_type == "text/html":
            words = [word for other in gone for word in (f'"/{other}/', f"{package(other)}/")]
            assert [word for word in words if word in response.text] == [], url


def test_without_it_an_exam_is_changed_as_ever(off, made, name):
    site = off(name)
    site.sign_in("admin", "admin")
    page = site.app.get(f"/exams/{made.exam}/edit")
    form = next(form for form in page.forms.values() if "title" in form.fields)
    form["subject"] = f"without {name}"
    assert f"without {name}" in form.submit(status=302).follow(status=200).text


def tables(name: str) -> list[sa.Table]:
    """The tables of a plugin, those that others refer to first."""
    importlib.import_module(PLUGINS[name].models)
    return [table for table in Base.metadata.sorted_tables if table.info.get("plugin") == name]


SAMPLES = ((sa.JSON, {}), (sa.Boolean, True), (sa.Float, 0.5), (sa.Integer, 1), (sa.String, "f"),
           (UtcDateTime, dt.datetime(2026, 1, 1, tzinfo=dt.UTC)), (Points, Decimal(1)), (SentenceText, "f"))


def a_value(column: sa.Column):
    """Something that the column takes."""
    return next(value for kind, value in SAMPLES if isinstance(column.type, kind))


def fill(connection, table: sa.Table, known: dict[str, object]) -> None:
    """One row, whose references lead to rows that are there."""
    row = {}
    for column in table.columns:
        target = next(iter(column.foreign_keys), None)
        row[column.name] = known[target.column.table.name] if target else a_value(column)
    connection.execute(sa.insert(table).values(row))
    known.setdefault(table.name, row[table.primary_key.columns[0].name])


def delete_exam(connection, exam: str) -> None:
    """What a purge does: sides, copies, the exam."""
    for table in ("side", "copy"):
        connection.execute(sa.text(f"DELETE FROM {table} WHERE exam_id = :exam"), {"exam": exam})
    connection.execute(sa.text("DELETE FROM exam WHERE id = :exam"), {"exam": exam})


@pytest.fixture
def connection(off, name):
    """A connection of the application without the plugin; what is done is undone."""
    with off(name).registry["engine"].connect() as connection:
        yield connection
        connection.rollback()


def test_rows_in_its_tables_do_not_keep_an_exam(off, made, name, connection):
    site = off(name)
    user = site.sign_in("admin", "admin")
    blob = connection.scalar(sa.text("SELECT id FROM blob"))
    exam = "e" * 32
    core = Base.metadata.tables
    connection.execute(sa.insert(core["exam"]).values(id=exam, title="Purged", identity_zones=[]))
    connection.execute(sa.insert(core["copy"]).values(id="c" * 32, exam_id=exam, serial=1, code="ABCDE"))
    connection.execute(sa.insert(core["side"]).values(
        id="d" * 32, exam_id=exam, blob_id=blob, pdf_page=1, width_mm=210, height_mm=297, ordinal=0))
    connection.execute(sa.insert(core["job"]).values(id="a" * 32, kind="x", exam_id=exam))
    known = {"exam": exam, "copy": "c" * 32, "side": "d" * 32, "job": "a" * 32, "blob": blob, "user_account": user,
             "student": made.students[0]}
    own = tables(name)
    before = counts(connection, own)
    for table in own:
        fill(connection, table, known)
    assert counts(connection, own) == {table: n + 1 for table, n in before.items()}
    delete_exam(connection, exam)
    assert counts(connection, own) == before
    assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []


def counts(connection, own: list[sa.Table]) -> dict[str, int]:
    return {table.name: connection.scalar(sa.select(sa.func.count()).select_from(table)) for table in own}


def test_whoever_is_off_is_not_loaded_by_another(whole, off, name):
    """Views, jobs and steps of the application are those of the plugins that are on."""
    site = off(name)
    gone = {package(other) for other in set(NAMES) - set(site.names)}
    views = [view["callable"].__module__.partition(".")[0] for view in site.introspected("views")]
    added = [item["package"] for category in site.registry.introspector.categories() if category.startswith("korrigo ")
             for item in site.introspected(category)]
    assert gone & set(itertools.chain(views, added)) == set()
    assert all(methods(view) for view in whole.introspected("views") if view["route_name"])
