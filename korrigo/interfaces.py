"""The extension points of the core.  Values that cross them are frozen; plugins never get a class to inherit."""

from dataclasses import dataclass

from zope.interface import Attribute, Interface

from .storage.interfaces import IBlobStore

__all__ = ["IBlobStore", "IExamStep", "IHealthCheck", "ISlot", "StepState"]


@dataclass(frozen=True)
class StepState:
    """How far an exam is in one step.

    ``state``: empty (nothing yet), todo, busy (jobs are at work), trouble (somebody must look) or done.
    ``detail`` is a short figure such as "118/120"; ``url`` is where one goes on.
    """

    state: str
    detail: str = ""
    url: str = ""


class IExamStep(Interface):
    """One arrow of an exam's way from scan to files: a place in the stepper, and a part of ``korrigo exam run``."""

    title = Attribute("A translatable title.")
    after = Attribute("Names of steps that come before this one when they are there.")

    def state(request, exam):
        """A :class:`StepState`, or None when the step does not concern this exam or person.  Reads only."""

    def arguments(parser):
        """Add the options that this step reads to an ``argparse`` parser."""

    def check(options):
        """Look at the options before anything is done; raise ``BadInput`` for what cannot be used."""

    def run(run):
        """Do the step for ``run.exam_id`` (:class:`korrigo.pipeline.ExamRun`), jobs included."""

    def report(run):
        """Once every step has run: write this step's files into ``run.out`` and tell its figures."""


class ISlot(Interface):
    """Fills a named place in a page."""

    def __call__(request, **context):
        """Markup, or None for nothing here."""


class IHealthCheck(Interface):
    """Answers whether something this server needs is there."""

    def __call__(registry):
        """Raise with a sentence that says what is wrong and what to do, or return a word of detail."""
