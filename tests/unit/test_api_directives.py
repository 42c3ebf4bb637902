"""The directives of the API: what is refused where it is written, what conflicts, what the introspector knows."""

import itertools
import secrets

import pydantic
import pytest
from pyramid.exceptions import ConfigurationConflictError, ConfigurationError

from korrigo.config import configure
from korrigo.plugins import Plugin
from korrigo.web.api.operations import operations


class Reply(pydantic.BaseModel):
    pass


def view(context, request):
    """Does nothing, well."""
    return Reply()


def short(context):
    return None


NUMBERS = itertools.count()
GOOD = {"scope": "exams:read", "permission": "exam:view", "summary": "Nothing", "reply": Reply}


@pytest.fixture
def configured(tmp_path):
    """``configured(includeme, ...)``: an application whose plugins are these."""
    engines = []

    def make(*includemes):
        settings = {"korrigo.environment": "test", "korrigo.secret": secrets.token_hex(32), "korrigo.queue": "none",
                    "korrigo.data": str(tmp_path / "data"), "sqlalchemy.url": f"sqlite:///{tmp_path / 'korrigo.db'}"}
        plugins = [Plugin(name, name.title(), includeme) for name, includeme in zip(("one", "two"), includemes,
                                                                                    strict=False)]
        config = configure(settings, here=str(tmp_path), check=False, plugins=plugins)
        engines.append(config.registry["engine"])
        return config

    yield make
    for engine in engines:
        engine.dispose()


def adding(method="GET", path="/things/{thing}", what=view, **more):
    def includeme(config):
        config.add_korrigo_api(method, path, what, **{**GOOD, **more})

    includeme.__name__ = f"include_{next(NUMBERS)}"     # Pyramid includes what has one name once
    return includeme


def test_an_operation_of_a_plugin_is_named_after_it_and_is_not_below_its_pages(configured):
    config = configured(adding())
    operation = operations(config.registry)[-1]
    assert (operation.name, operation.plugin, operation.description) == ("one.api.view", "one", "Does nothing, well.")
    route = config.introspector.get("routes", "one.api.view")
    assert route["pattern"] == "/api/v1/things/{thing:[0-9a-f]{32}}"
    shown = config.introspector.get("korrigo api", "GET /things/{thing}")
    assert (shown["value"], shown["package"]) == (operation, __name__)


def test_pages_that_come_after_an_operation_stay_below_the_plugin(configured):
    def includeme(config):
        adding()(config)
        config.add_route("one.page", "/page")

    assert configured(includeme).introspector.get("routes", "one.page")["pattern"] == "one/page"


def test_two_plugins_with_one_operation_are_a_conflict_whatever_they_call_its_parameter(configured):
    with pytest.raises(ConfigurationConflictError):
        configured(adding(), adding(path="/things/{other}"))
    assert len(operations(configured(adding(), adding("PUT")).registry)) == len(operations(configured().registry)) + 2


def test_an_operation_of_the_core_is_not_replaced_in_silence(configured):
    with pytest.raises(ConfigurationError, match="there is one already"):
        configured(adding(path="/exams/{any}"))


@pytest.mark.parametrize("wrong, why", [
    ({"method": "LOOK"}, "a method is one of"), ({"path": "things"}, "a path is of words"),
    ({"path": "/things/"}, "a path is of words"), ({"scope": ""}, "needs a scope"), ({"scope": ()}, "needs a scope"),
    ({"permission": ""}, "needs a permission"), ({"summary": " "}, "needs a summary"),
    ({"reply": dict}, "reply is no pydantic model"), ({"reply": None}, "204 goes with no reply"),
    ({"status": 204}, "204 goes with no reply"), ({"status": 404}, "between 200 and 299"),
    ({"query": dict}, "query is no pydantic model"), ({"body": Reply}, "GET has no body"),
    ({"method": "POST", "body": dict}, "body is no pydantic model"),
    ({"method": "POST", "body": Reply, "media_type": "text/csv"}, "a body that has a model is JSON"),
    ({"what": short}, "takes a context and a request"),
    ({"scope": "school:read"}, "a scope that nobody has added: 'school:read'"),
    ({"permission": "school:burn"}, "a permission that nobody has added: 'school:burn'")])
def test_an_operation_that_lacks_something_is_refused_with_the_reason(configured, wrong, why):
    with pytest.raises(ConfigurationError, match=f"(?s)GET|POST|LOOK.*{why}") as refused:
        configured(adding(**wrong))
    assert why in str(refused.value)


def test_a_scope_of_a_plugin_carries_its_name_and_has_a_title(configured):
    config = configured(lambda config: config.add_korrigo_scope("one:read", "Read it", guards=("exam:names",)),
                        adding())
    assert config.registry["korrigo scopes"]["one:read"].guards == ("exam:names",)
    assert config.introspector.get("korrigo scopes", "one:read")["title"] == "Read it"
    for name, title in (("two:read", "Read"), ("one", "Read"), ("one:READ", "Read"), ("one:read", "")):
        with pytest.raises(ConfigurationError, match="the scope"):
            configured(lambda config, name=name, title=title: config.add_korrigo_scope(name, title))


def test_a_scope_may_be_added_after_the_operation_that_asks_for_it(configured):
    def includeme(config):
        adding(scope="one:read")(config)
        config.add_korrigo_scope("one:read", "Read it")

    assert operations(configured(includeme).registry)[-1].scopes == ("one:read",)
