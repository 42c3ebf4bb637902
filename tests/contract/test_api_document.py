"""The API is described by what it is: every operation, exactly those of the plugins that are on."""

import re

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, Verbosity, given, settings
from hypothesis import strategies as st
from korrigo_export.exporters import exporters
from korrigo_export.services import ExportFiles
from openapi_spec_validator import OpenAPIV31SpecValidator
from schemathesis import GenerationMode
from schemathesis.specs.openapi import checks
from sites import NAMES, build_in

from korrigo.directives import table
from korrigo.models import Exam, User
from korrigo.security.permissions import CATEGORY as PERMISSIONS
from korrigo.security.permissions import NOBODY
from korrigo.security.scopes import scopes
from korrigo.services import Tokens
from korrigo.testing.sites import Site, needed
from korrigo.web.api.operations import ROOT, operations

#: A plugin without operations.
WITHOUT = {"example_grader"}
SETS = [(), *dict.fromkeys(needed(name) for name in NAMES), NAMES]
#: What every answer is held against.
CHECKS = [schemathesis.checks.not_a_server_error, checks.status_code_conformance, checks.content_type_conformance,
          checks.response_headers_conformance, checks.response_schema_conformance]
#: What is not done by chance: a copy with every score, a name or a version that is known, a sound scheme.
HARD = {"POST /copies/{copy}/finalise", "POST /exams/{exam}/exports", "PUT /copies/{copy}/pupil",
        "PUT /exams/{exam}/scheme"}
#: What schemathesis may spend on one operation.
EXAMPLES = 10


schemathesis.openapi.media_type("application/pdf", st.binary(max_size=200).map(lambda data: b"%PDF-1.7\n" + data))
schemathesis.openapi.media_type("text/csv", st.text(max_size=200).map(lambda text: f"Nom;Classe\n{text}".encode()))


def read_to_the_end(app):
    """What a server does and schemathesis does not: take the whole answer and close it."""
    def run(environ, start_response):
        parts = app(environ, start_response)
        try:
            return [b"".join(parts)]
        finally:
            getattr(parts, "close", lambda: None)()
            environ["wsgi.input"].close()       # large bodies lie in temporary files

    return run


def document(site) -> dict:
    return site.app.get(f"{ROOT}/openapi.json", headers={"Accept-Language": "en"}).json


def described(site) -> dict[tuple[str, str], dict]:
    """(method, path) -> the operation in the document."""
    return {(method.upper(), path): operation for path, item in document(site)["paths"].items()
            for method, operation in item.items()}


@pytest.mark.parametrize("names", SETS, ids=" ".join)
def test_the_document_is_sound_and_holds_exactly_what_is_on(contract_site, names):
    here = contract_site(*names)
    OpenAPIV31SpecValidator(document(here)).validate()
    assert set(described(here)) == {(operation.method, operation.path) for operation in operations(here.registry)}
    assert {tag for operation in described(here).values() for tag in operation["tags"]} == {"core", *names} - WITHOUT


@pytest.mark.parametrize("name", sorted(set(NAMES) - WITHOUT))
def test_every_plugin_adds_operations_and_without_it_they_are_gone(contract_whole, contract_off, name):
    own = {(operation.method, operation.path) for operation in operations(contract_whole.registry)
           if operation.plugin == name}
    assert own
    assert own & set(described(contract_off(name))) == set()


def test_every_operation_says_what_it_needs_and_what_it_answers(contract_whole):
    found = operations(contract_whole.registry)
    assert len(found) == 23
    for operation in found:
        assert operation.scopes and set(operation.scopes) <= set(scopes(contract_whole.registry)), operation.name
        assert operation.permission in table(contract_whole.registry, PERMISSIONS), operation.name
        assert operation.permission not in (NOBODY, "public"), operation.name
        assert operation.reply is not None and operation.summary and operation.description, operation.name
        assert operation.plugin in ("", *NAMES)
    assert len({operation.name for operation in found}) == len(found)


def test_every_scope_is_asked_for_and_says_what_it_gives(contract_whole):
    asked = {name for operation in operations(contract_whole.registry) for name in operation.scopes}
    assert asked == set(scopes(contract_whole.registry))
    for scope in scopes(contract_whole.registry).values():
        assert str(scope.title)[0].isupper()
        assert set(scope.guards) <= set(table(contract_whole.registry, PERMISSIONS))


def test_every_route_below_the_api_is_an_operation_or_the_document(contract_whole):
    names = {operation.name for operation in operations(contract_whole.registry)}
    routes = {route["name"] for route in contract_whole.introspected("routes") if route["pattern"].startswith("/api/")}
    assert routes == {*names, "api.openapi"}
    for view in contract_whole.introspected("views"):
        if view["route_name"]:
            assert (view["require_csrf"] is False) == (view["route_name"] in names)


def test_the_page_shows_every_operation_and_every_model_that_it_names(contract_whole):
    contract_whole.sign_in("admin", "admin")
    page = contract_whole.app.get("/api").text
    for operation in operations(contract_whole.registry):
        assert f'id="{operation.name}"' in page and operation.path in page
    anchors = set(re.findall(r'id="(model-\w+)"', page))
    assert set(re.findall(r'href="#(model-\w+)"', page)) <= anchors and len(anchors) > 20
    assert '<a href="/api"' in contract_whole.app.get("/admin/plugins").text
    assert 'href="/api"' in contract_whole.app.get("/profile").text


@pytest.mark.slow
def test_whatever_a_program_sends_is_answered_as_the_document_says(tmp_path, small_scan):
    """Schemathesis against the application: no 5xx, documented statuses, media types, headers and bodies."""
    here = Site(tmp_path, NAMES)
    made = build_in(here, small_scan)
    user_id = here.sign_in("root", "admin")
    with here.scope() as request:
        exam = request.db.get(Exam, made.exam)
        job = request.jobs.add("core.tidy", exam_id=exam.id).id
        file = request.find_service(ExportFiles).ask(exam, exporters(here.registry)["csv"]).id
        _token, secret = request.find_service(Tokens).make(
            request.db.get(User, user_id), "schemathesis", scopes(here.registry))
    here.registry["limits"].enabled = False
    schema = schemathesis.openapi.from_wsgi(f"{ROOT}/openapi.json", read_to_the_end(here.app.app))
    known = {"exam": made.exam, "copy": made.copies[0], "job": job, "file": file}
    asked = []

    @settings(max_examples=EXAMPLES, deadline=None, database=None, derandomize=True, verbosity=Verbosity.quiet,
              phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    def ask(case):
        case.path_parameters = {name: known[name] for name in case.path_parameters or {}}
        response = case.call(headers={"Authorization": f"Bearer {secret}"})
        case.validate_response(response, checks=CHECKS)
        asked.append((case.operation.label, response.status_code))

    for found in schema.get_all_operations():
        for mode in GenerationMode:
            given(case=found.ok().as_strategy(generation_mode=mode))(ask)()
    done = {label for label, status in asked if status < 300}
    here.close()
    assert {found.ok().label for found in schema.get_all_operations()} - done <= HARD
