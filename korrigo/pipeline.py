"""A whole exam by one command: the steps of the enabled plugins, one after the other, with the same services."""

from argparse import Namespace
from collections.abc import Callable
from pathlib import Path

import sqlalchemy as sa

from .contained import contained
from .db import scope
from .jobs.drain import drain
from .jobs.handlers import KINDS
from .models import Exam, Job, JobState
from .web.nav import STEPS, ordered_steps

#: Exit codes of commands.
OK, FAILED, BAD_INPUT, NEEDS_PERSON = 0, 1, 2, 3


class BadInput(Exception):
    """What was given cannot be used; the message says what, where and what to do."""


class ExamRun:
    """What a step of ``korrigo exam run`` works with.

    ``options`` holds the command's options, ``out`` is the folder of results.  ``watch(jobs)`` is shown the
    live jobs while they run; ``run_jobs(registry, watch)`` runs them or waits for workers that do.  What only a
    person can decide is collected in ``people``.
    """

    def __init__(self, registry, exam_id: str, options: Namespace, out: Path, *, watch: Callable,
                 run_jobs: Callable = drain, user_id: str | None = None):
        self.registry, self.exam_id, self.options, self.out = registry, exam_id, options, out
        self.watch, self.run_jobs, self.user_id = watch, run_jobs, user_id
        self.people: list[str] = []
        self.figures: list[tuple[str, str]] = []

    def scope(self):
        """``with run.scope() as request``: one transaction."""
        return scope(self.registry, user=self.user_id)

    def exam(self, request) -> Exam:
        return request.db.get(Exam, self.exam_id)

    def tell(self, label: str, value) -> None:
        """A line of the summary."""
        self.figures.append((label, str(value)))

    def needs_person(self, what: str) -> None:
        """Something that the run left for somebody to decide."""
        self.people.append(what)

    def work(self) -> None:
        """Do all jobs that are waiting; raise :class:`BadInput` when one has failed for good."""
        self.run_jobs(self.registry, self.watch)
        with self.registry["engine"].connect() as connection:
            dead = connection.execute(
                sa.select(Job.kind, Job.message)
                .where(Job.exam_id == self.exam_id, Job.state == JobState.DEAD).order_by(Job.finished)).all()
        if dead:
            kinds = self.registry[KINDS]
            raise BadInput("; ".join(f"{kinds[job.kind].title}: {job.message}" for job in dead))

    def go(self) -> None:
        """Every step, then every step's report."""
        steps = ordered_steps(self.registry)
        for act in ("run", "report"):
            for name, step in steps:
                with contained(self.registry, STEPS, name, but=(BadInput,)) as outcome:
                    getattr(step, act)(self)
                if outcome.error:
                    self.needs_person(f"the step {name} failed: {outcome.error}")
