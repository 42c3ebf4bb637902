"""Every directive checks at once, names who called it, and is seen by the introspector."""

import sys

import pytest
from pyramid.exceptions import ConfigurationError
from zope.interface import implementer

from korrigo.config import configure
from korrigo.directives import added_by
from korrigo.interfaces import IExamStep, ISlot, StepState
from korrigo.models import Exam
from korrigo.plugins import Plugin
from korrigo.security.contexts import Context
from korrigo.web.nav import step_states
from korrigo.web.slots import fill

SETTINGS = {"korrigo.secret": "a secret for tests, long enough for anybody", "korrigo.environment": "test",
            "korrigo.queue": "none", "sqlalchemy.url": "sqlite://"}


@pytest.fixture(scope="module")
def config(tmp_path_factory):
    """An application to which nothing is added for good: every test is refused."""
    return configure(SETTINGS, here=str(tmp_path_factory.mktemp("core")), check=False, plugins=[])


def configured(includeme, tmp_path):
    return configure(SETTINGS, here=str(tmp_path), check=False, plugins=[Plugin("x", "X", includeme)])


@implementer(IExamStep)
class Step:
    """A step that does nothing."""

    title, after = "Step", ()

    def state(self, request, exam):
        return StepState("done")

    def arguments(self, parser):
        """No options."""

    def check(self, options):
        pass

    def run(self, run):
        """Nothing to do."""

    def report(self, run):
        """Nothing to tell."""


class ShortStep(Step):
    def state(self, request):
        return StepState("done")


@implementer(IExamStep)
class Titleless:
    after = ()
    state, arguments, run, report = Step.state, Step.arguments, Step.run, Step.report


def slot(request, **context):
    return "here"


def narrow_slot():
    return "here"


def check(registry):
    return "ok"


def wide_check(registry, more):
    return "ok"


def work(context):
    """A job without work."""


def command(parser):
    parser.set_defaults(run=lambda arguments: 0)


class Service:
    @classmethod
    def of(cls, request):
        return cls()


def everything(config):
    config.add_korrigo_permission("x:look", "Look", (["korrigo.security.predicates.admin"],))
    config.add_korrigo_job("x.work", work, title="Work")
    config.add_korrigo_periodic("x.nightly", kind="x.work", cron="0 3 * * *")
    config.add_korrigo_slot("exam.side", slot)
    config.add_korrigo_step("x", Step())
    config.add_korrigo_nav("main", label="X", route="home", icon="x", permission="home")
    config.add_korrigo_check("x", check)
    config.add_korrigo_cli("x", command)
    config.add_korrigo_service(Service)


def test_whatever_a_directive_adds_is_seen_with_the_package_that_added_it(tmp_path):
    registry = configured(everything, tmp_path).registry
    added = added_by(registry, "test_directives")
    assert {category: [item["name"] for item in items] for category, items in added.items()} == {
        "korrigo checks": ["x"],
        "korrigo commands": ["x"],
        "korrigo jobs": ["x.work"],
        "korrigo nav": [("main", "home")],
        "korrigo periodic": ["x.nightly"],
        "korrigo permissions": ["x:look"],
        "korrigo services": ["test_directives.Service"],
        "korrigo slots": [("exam.side", "test_directives")],
        "korrigo steps": ["x"],
    }
    for category, items in added.items():
        for item in items:
            assert item["name"] in registry[category]


def test_what_a_package_adds_in_a_part_of_it_is_shown_as_its_own(tmp_path):
    def includeme(config):
        config.with_package("korrigo.web").add_korrigo_check("inner", check)

    registry = configured(includeme, tmp_path).registry
    shown = [[item["name"] for item in added_by(registry, package).get("korrigo checks", ())]
             for package in ("korrigo", "korrigo.web", "korrigo.we")]
    assert ["inner" in names for names in shown] == [True, True, False]


@pytest.mark.parametrize("add, words", [
    (lambda config: config.add_korrigo_step("x", ShortStep()), ("the step 'x' of test_directives", "state")),
    (lambda config: config.add_korrigo_step("x", Titleless()), ("the step 'x' of test_directives", "title")),
    (lambda config: config.add_korrigo_step("x", object()), ("the step 'x' of test_directives",)),
    (lambda config: config.add_korrigo_slot("exam.side", narrow_slot), ("the slot 'exam.side' of test_directives",)),
    (lambda config: config.add_korrigo_check("x", wide_check), ("the check 'x' of test_directives",)),
    (lambda config: config.add_korrigo_check("x", narrow_slot), ("the check 'x' of test_directives",)),
    (lambda config: config.add_korrigo_permission("x:y", "Y", ()), ("'x:y' needs at least one row",)),
    (lambda config: config.add_korrigo_permission("x:y", "Y", ([],)), ("'x:y' needs at least one row",)),
    (lambda config: config.add_korrigo_job("x.work", work, title="W", hard_limit=0), ("'x.work'", "hard limit")),
    (lambda config: config.add_korrigo_job("x.work", work, title="W", hard_limit=None), ("'x.work'", "hard limit")),
    (lambda config: config.add_korrigo_periodic("x.n", kind="x.work", cron="0 3 * *"), ("'x.n'", "five fields")),
    (lambda config: config.add_korrigo_nav("side", label="X", route="x", icon="x", permission="home"),
     ("main, exam, admin", "'side'")),
])
def test_a_directive_refuses_at_once_what_does_not_fit(config, add, words):
    with pytest.raises((ConfigurationError, ValueError)) as error:
        add(config.with_package(sys.modules[__name__]))
    for word in words:
        assert word in str(error.value)


def test_a_dotted_name_stands_for_what_it_names(tmp_path):
    registry = configured(lambda config: config.add_korrigo_check("x", "test_directives.check"), tmp_path).registry
    assert registry["korrigo checks"]["x"] is check


def test_a_function_need_not_declare_an_interface_that_is_one_call():
    assert not ISlot.providedBy(slot)


def test_a_step_that_raises_is_shown_as_trouble_and_the_others_live(scope, registry):
    class Broken(Step):
        def state(self, request, exam):
            raise RuntimeError("no more steps")

    registry["korrigo steps"] = {"broken": Broken(), "sound": Step()}
    with scope() as request:
        states = {step["name"]: step["state"] for step in step_states(request, Exam(title="T"))}
    assert states == {"broken": "trouble", "sound": "done"}


def test_a_slot_that_raises_is_replaced_by_a_note(scope, registry):
    def broken(request, **context):
        raise RuntimeError("no more slots")

    registry["korrigo slots"] = {("here", "one"): (1, None, broken), ("here", "two"): (2, None, slot),
                                 ("here", "three"): (3, "admin", slot), ("there", "four"): (1, None, slot)}
    with scope() as request:
        request.context = Context(request)
        shown = fill(request, "here")
    assert shown.count("A plugin could not be shown.") == 1
    assert shown.endswith("here") and shown.count("here") == 1
