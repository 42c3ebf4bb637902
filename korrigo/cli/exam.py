"""``korrigo exam run``: a whole exam from scan to files without a browser."""

import argparse
import contextlib
import datetime as dt
import secrets
import tempfile
from pathlib import Path

from ..config import configure
from ..contained import contained
from ..db import migrate, scope
from ..jobs.handlers import KINDS
from ..models import Paper
from ..pipeline import NEEDS_PERSON, OK, BadInput, ExamRun
from ..plugins import installed
from ..services import Exams
from ..services.exams import ExamInUse
from ..web.exams import ExamForm
from ..web.forms import read
from ..web.nav import STEPS, ordered_steps
from .bootstrap import quiet_logging, registry_of
from .progress import Progress


def add(commands, name):
    parser = commands.add_parser(name, help="run a whole exam without a browser")
    acts = parser.add_subparsers(metavar="ACT", required=True)
    run = acts.add_parser("run", help="import, identify, apply marks, finalise, export", add_help=False)
    run.set_defaults(run=run_exam, extra=())


def run_parser(registry) -> argparse.ArgumentParser:
    """The options of ``exam run``: our own and those of the steps of the enabled plugins."""
    parser = argparse.ArgumentParser(
        prog="korrigo exam run",
        description="Takes one exam from scan to files. Without -c the work is done in a private place and only "
                    "the results are kept.",
        epilog="Exit codes: 0 all done, 2 bad input, 3 done but some copies need a person (listed).")
    parser.add_argument("--out", type=Path, required=True, help="folder for the results")
    parser.add_argument("--title", default="", help="title of the exam (default: the name of the results folder)")
    parser.add_argument("--total", default="20", help="marks are out of this many points")
    parser.add_argument("--paper", choices=[*Paper, "guess"], default="guess", help="shape of the pupils' paper")
    parser.add_argument("--pages", type=int, default=None, help="pages of a complete copy")
    for name, step in ordered_steps(registry):
        with contained(registry, STEPS, name):
            step.arguments(parser)
    return parser


def run_exam(arguments) -> int:
    with contextlib.ExitStack() as stack:
        if arguments.ini_given:
            registry = registry_of(arguments.ini)
        else:
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="korrigo-", ignore_cleanup_errors=True))
            registry = private_registry(Path(folder))
        return run_with(registry, run_parser(registry).parse_args(list(arguments.extra)))


def run_with(registry, options, *, user_id: str | None = None, **run_options) -> int:
    """Make an exam, run every step, write the results, print the summary; the exit code."""
    form, errors = read(ExamForm, {
        "title": options.title or options.out.resolve().name, "total": options.total, "held_on": dt.date.today(),
        "paper": Paper.A4 if options.paper == "guess" else options.paper, "pages_per_copy": options.pages,
        "anonymous": True})
    if form is None:
        raise BadInput("; ".join(f"{name}: {why}" for name, why in errors.items()))
    for name, step in ordered_steps(registry):
        with contained(registry, STEPS, name, but=(BadInput,)):
            step.check(options)
    try:
        options.out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadInput(f"the results cannot be written to {options.out}: {error.strerror}") from None
    with scope(registry, user=user_id) as request:
        exam_id = request.find_service(Exams).create(**form.model_dump()).id
    progress = Progress({name: kind.title for name, kind in registry.get(KINDS, {}).items()})
    run = ExamRun(registry, exam_id, options, options.out, watch=progress, user_id=user_id, **run_options)
    try:
        run.go()
    except BadInput:
        leave_nothing(run)
        raise
    finally:
        progress.end()
    summarise(run)
    return NEEDS_PERSON if run.people else OK


def leave_nothing(run: ExamRun) -> None:
    """Take back what was begun with input that cannot be used.  An exam that has copies by now is kept."""
    with contextlib.suppress(OSError):
        run.out.rmdir()
    with contextlib.suppress(ExamInUse), run.scope() as request:
        request.find_service(Exams).delete(run.exam(request))


def summarise(run: ExamRun) -> None:
    """The table at the end, and what is left for a person."""
    width = max((len(label) for label, _value in run.figures), default=0)
    for label, value in run.figures:
        print(f"{label:<{width}}  {value}")
    if run.people:
        print(f"\nA person is needed for {len(run.people)}:")
        for line in run.people:
            print(f"  - {line}")
    print(f"\nResults: {run.out}")


def private_registry(folder: Path):
    """An application of its own with every installed plugin, on a database that nobody else sees."""
    quiet_logging()
    registry = configure({
        "korrigo.plugins": " ".join(sorted(installed())), "korrigo.secret": secrets.token_hex(32),
        "korrigo.queue": "none", "korrigo.data": str(folder / "data"),
        "sqlalchemy.url": f"sqlite:///{folder / 'korrigo.db'}",
    }, here=str(folder), check=False).registry
    migrate.upgrade(registry["engine"], registry["korrigo plugins"])
    return registry
