"""A plugin that is on is there; one that is off leaves no trace, and its tables hinder nobody."""

import datetime as dt
import importlib
import itertools
from decimal import Decimal

import pytest
import sqlalchemy as sa

from ...db.base import Base, Points, SentenceText, UtcDateTime
from ..sites import manifest, names, package
from ..walk import Walk

#: A value of each kind of column.
SAMPLES = ((sa.JSON, {}), (sa.LargeBinary, b"f"), (sa.Boolean, True), (sa.Float, 0.5), (sa.Integer, 1),
           (sa.Date, dt.date(2026, 1, 1)), (sa.String, "f"), (UtcDateTime, dt.datetime(2026, 1, 1, tzinfo=dt.UTC)),
           (Points, Decimal(1)), (SentenceText, "f"))


def tables(name: str) -> list[sa.Table]:
    """The tables of a plugin, those that others refer to first."""
    if manifest(name).models:
        importlib.import_module(manifest(name).models)
    return [table for table in Base.metadata.sorted_tables if table.info.get("plugin") == name]


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


def counts(connection, own: list[sa.Table]) -> dict[str, int]:
    return {table.name: connection.scalar(sa.select(sa.func.count()).select_from(table)) for table in own}


def is_of_exam(table: sa.Table) -> bool:
    """Whether its rows belong to an exam, directly or by what they belong to; others are of the whole site."""
    owners = [key.column.table for key in table.foreign_keys if key.ondelete == "CASCADE"]
    return any(owner.name in ("exam", "copy", "side") or (owner is not table and is_of_exam(owner)) for owner in owners)


def delete_exam(connection, exam: str) -> None:
    """What a purge does: sides, copies, the exam."""
    core = Base.metadata.tables
    for table in ("side", "copy"):
        connection.execute(sa.delete(core[table]).where(core[table].c.exam_id == exam))
    connection.execute(sa.delete(core["exam"]).where(core["exam"].c.id == exam))


class Absence:
    """It can be switched off."""

    @pytest.fixture
    def without_it(self, contract_off, name):
        """The application without the plugin, on the database of all; an administrator is signed in."""
        site = contract_off(name)
        site.sign_in("admin", "admin")
        return site

    @pytest.fixture
    def connection(self, without_it):
        """A connection of the application without the plugin; what is done is undone."""
        with without_it.registry["engine"].connect() as connection:
            yield connection
            connection.rollback()

    def test_its_links_are_on_the_pages_of_an_exam_and_answer(self, contract_whole, contract_exam, name):
        contract_whole.sign_in("admin", "admin")
        page = contract_whole.app.get(f"/exams/{contract_exam.exam}").text
        routes = {route["name"]: route for route in contract_whole.routes(name)}
        for item in contract_whole.added("korrigo nav", name):
            area, route = item["name"]
            if area == "exam":
                link = contract_whole.path(routes[route], contract_exam)
                assert f'href="{link}"' in page
                contract_whole.app.get(link, status=200)
        assert page.count('class="step"') == len(contract_whole.introspected("korrigo steps"))

    def test_without_it_its_addresses_are_empty(self, contract_whole, without_it, contract_exam, name):
        contract_whole.sign_in("admin", "admin")
        for route in contract_whole.routes(name):
            path = contract_whole.path(route, contract_exam)
            assert without_it.route_of(path) is None
            for method in contract_whole.methods(route["name"]):
                without_it.app.request(path, method=method, status=404)

    def test_without_it_no_page_speaks_of_it_and_every_link_leads_somewhere(self, without_it, contract_exam):
        walk = Walk(without_it)
        assert walk.wrong == []
        assert f"/exams/{contract_exam.exam}" in walk.pages
        gone = set(names()) - set(without_it.names)
        for url, response in walk.pages.items():
            if response.content_type == "text/html":
                words = [word for other in gone for word in (f'"/{other}/', f"{package(other)}/")]
                assert [word for word in words if word in response.text] == [], url

    def test_without_it_an_exam_is_changed_as_ever(self, without_it, contract_exam, name):
        page = without_it.app.get(f"/exams/{contract_exam.exam}/edit")
        form = next(form for form in page.forms.values() if "title" in form.fields)
        form["subject"] = f"without {name}"
        assert f"without {name}" in form.submit(status=302).follow(status=200).text

    def test_without_it_nothing_of_it_is_loaded(self, without_it):
        """Views, jobs and steps of the application are those of the plugins that are on."""
        gone = {package(other) for other in set(names()) - set(without_it.names)}
        views = [view["callable"].__module__.partition(".")[0] for view in without_it.introspected("views")]
        categories = [name for name in without_it.registry.introspector.categories() if name.startswith("korrigo ")]
        added = [item["package"].partition(".")[0] for category in categories
                 for item in without_it.introspected(category)]
        assert gone & set(itertools.chain(views, added)) == set()

    def test_rows_in_its_tables_do_not_keep_an_exam(self, without_it, contract_exam, name, connection):
        user = without_it.sign_in("admin", "admin")
        exam, core = "e" * 32, Base.metadata.tables
        connection.execute(sa.insert(core["exam"]).values(id=exam, title="Purged", identity_zones=[]))
        connection.execute(sa.insert(core["copy"]).values(id="c" * 32, exam_id=exam, serial=1, code="ABCDE"))
        connection.execute(sa.insert(core["side"]).values(
            id="d" * 32, exam_id=exam, blob_id=contract_exam.blob, pdf_page=1, width_mm=210, height_mm=297, ordinal=0))
        connection.execute(sa.insert(core["job"]).values(id="a" * 32, kind="x", exam_id=exam))
        known = {"exam": exam, "copy": "c" * 32, "side": "d" * 32, "job": "a" * 32, "blob": contract_exam.blob,
                 "user_account": user, "student": contract_exam.students[0]}
        own = tables(name)
        before = counts(connection, own)
        for table in own:
            fill(connection, table, known)
        assert counts(connection, own) == {table: n + 1 for table, n in before.items()}
        delete_exam(connection, exam)
        assert counts(connection, own) == {
            table.name: before[table.name] + (not is_of_exam(table)) for table in own}, "what is of an exam goes too"
        assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []
