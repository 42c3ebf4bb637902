"""Navigation as data: plugins say label, route and permission; the core draws menus, tabs and steppers."""

import graphlib
from dataclasses import dataclass

from ..contained import contained
from ..directives import register, table, verified
from ..interfaces import IExamStep, StepState
from ..sentences import Sentence as _

STEPS = "korrigo steps"
NAV = "korrigo nav"

AREAS = ("main", "exam", "admin")


@dataclass(frozen=True)
class Link:
    """One entry of a menu."""

    label: object
    url: str
    current: bool
    icon: str


def add_korrigo_nav(config, area, *, label, route, icon, permission, order=100):
    """A link in the main bar, in an exam's tabs (the route has ``{exam}``) or in administration."""
    if area not in AREAS:
        raise ValueError(f"a menu is one of {', '.join(AREAS)}, not {area!r}")
    entry = (order, label, route, icon, permission)
    register(config, NAV, (area, route), entry,
             lambda: table(config.registry, NAV).__setitem__((area, route), entry), label=str(label))


def links(request, area: str, **values) -> list[Link]:
    """The links of an area that this person may follow."""
    here = request.matched_route.name if request.matched_route else ""
    entries = [(entry, key) for key, entry in table(request.registry, NAV).items() if key[0] == area]
    found = []
    for (_order, label, route, icon, permission), key in sorted(entries, key=lambda item: item[0][0]):
        with contained(request.registry, NAV, key):
            if request.has_permission(permission):
                found.append(Link(label, request.route_path(route, **values), here.startswith(route), icon))
    return found


def add_korrigo_step(config, name, step):
    """A step of the exam; see :class:`korrigo.interfaces.IExamStep`."""
    step = verified(config, IExamStep, step, f"the step {name!r}")
    register(config, STEPS, name, step, lambda: table(config.registry, STEPS).__setitem__(name, step),
             title=str(step.title))


def ordered_steps(registry) -> list[tuple[str, object]]:
    """The steps in the order of the exam's way."""
    steps = table(registry, STEPS)
    graph = graphlib.TopologicalSorter(
        {name: [other for other in step.after if other in steps] for name, step in steps.items()})
    return [(name, steps[name]) for name in graph.static_order()]


def step_states(request, exam) -> list[dict]:
    """What the stepper shows: ``{name, label, state, detail, url}`` for each step."""
    shown = []
    for name, step in ordered_steps(request.registry):
        state = None
        with contained(request.registry, STEPS, name, request=request) as outcome:
            state = step.state(request, exam)
        if outcome.error:
            state = StepState("trouble", _("A plugin could not be shown."))
        if state is not None:
            shown.append({"name": name, "label": step.title, "state": state.state, "detail": state.detail,
                          "url": state.url})
    return shown


def includeme(config):
    config.add_directive("add_korrigo_nav", add_korrigo_nav)
    config.add_directive("add_korrigo_step", add_korrigo_step)
