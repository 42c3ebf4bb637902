"""The permission table: review it row by row.

A permission is granted when one of its rows is true; a row is true when all its predicates are.  What is not
in the table is granted to nobody.
"""

from pyramid.exceptions import ConfigurationError

from ..contained import contained
from ..directives import register, table
from ..sentences import Sentence as _
from .predicates import (
    admin,
    anyone,
    exam_coordinator,
    exam_grader,
    exam_secretary,
    job_owner,
    named_exam,
    secretary,
    signed_in,
    teacher,
)

CATEGORY = "korrigo permissions"

#: What a view that forgot its permission asks for: nobody has it.
NOBODY = "korrigo:nobody"

OFFICE = ([admin], [secretary], [exam_coordinator], [exam_secretary])

CORE = {
    "public": (_("Sign in, health"), ([anyone],)),
    "home": (_("One's own start page, profile and sessions"), ([signed_in],)),
    "exam:create": (_("Make an exam"), ([admin], [secretary], [teacher])),
    "exam:view": (_("See that an exam exists and how far it is"), (*OFFICE, [exam_grader])),
    "exam:edit": (_("Change an exam and who works on it"), ([admin], [secretary], [exam_coordinator])),
    "exam:names": (_("See whose copies they are"), (*OFFICE, [exam_grader, named_exam])),
    "exam:office": (_("Import, assemble, identify, finalise, export"), OFFICE),
    "picture:view": (_("See pictures of pages (without names for graders of anonymous exams)"),
                     (*OFFICE, [exam_grader])),
    "students:view": (_("See the school's pupils"), ([admin], [secretary])),
    "job:view": (_("Follow, cancel and retry a background job"), ([admin], [job_owner], *OFFICE[1:])),
    "admin": (_("Accounts, plugins, jobs, journal, health in detail"), ([admin],)),
}


def add_korrigo_permission(config, name, title, rows):
    """Add a row to the table.  ``rows``: lists of predicates ``(identity, context) -> bool``; or of ands."""
    rows = tuple([config.maybe_dotted(predicate) for predicate in row] for row in rows)
    if not rows or not all(rows):
        raise ConfigurationError(f"the permission {name!r} needs at least one row of predicates")
    register(config, CATEGORY, name, rows, lambda: table(config.registry, CATEGORY).__setitem__(name, rows),
             title=title)


def permits(registry, identity, context, permission: str) -> bool:
    """Whether one of the permission's rows is true."""
    rows = registry.get(CATEGORY, {}).get(permission, ())
    with contained(registry, CATEGORY, permission):
        return any(all(predicate(identity, context) for predicate in row) for row in rows)
    return False        # a predicate raised: who cannot be judged may not


def includeme(config):
    config.add_directive("add_korrigo_permission", add_korrigo_permission)
    for name, (title, rows) in CORE.items():
        config.add_korrigo_permission(name, title, rows)
