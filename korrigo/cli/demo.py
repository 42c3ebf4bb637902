"""The demonstration: one exam of invented pupils, taken through everything."""

import secrets
import time
from pathlib import Path

import sqlalchemy as sa

from ..db import migrate, scope
from ..jobs.drain import wait
from ..models import Exam, ExamRole, Role, User
from ..pipeline import NEEDS_PERSON, BadInput
from ..services import Accounts, Exams
from .bootstrap import registry_of
from .exam import private_registry, run_parser, run_with
from .serve import keep_worker, serve_pages
from .user import signin_url

TITLE = "Bac blanc de mathématiques"

PEOPLE = (
    ("admin@korrigo.example", "Anne Administratrice", Role.ADMIN, ExamRole.COORDINATOR),
    ("secretariat@korrigo.example", "Sacha Secrétariat", Role.SECRETARY, ExamRole.SECRETARY),
    ("correcteur1@korrigo.example", "Camille Correctrice", Role.TEACHER, ExamRole.GRADER),
    ("correcteur2@korrigo.example", "Dominique Correcteur", Role.TEACHER, ExamRole.GRADER),
)


def add(commands, name):
    parser = commands.add_parser(name, help="run the demonstration exam and keep its results")
    _folders(parser)
    parser.add_argument("--out", type=Path, default=Path("var/demo"), help="folder for the results")
    parser.set_defaults(run=demo)


def add_up(commands, name):
    parser = commands.add_parser(name, help="set up, load the demonstration when there is no exam, and serve")
    _folders(parser)
    parser.set_defaults(run=up)


def _folders(parser):
    parser.add_argument("--data", type=Path, default=Path("tests/data/batches/class-a4"),
                        help="folder with scan.pdf, roster.csv, scheme.json and marks.csv")


def demo(arguments) -> int:
    """The main job, in a private place: exit code 0 also when some copies are left for a person."""
    import tempfile

    with tempfile.TemporaryDirectory(prefix="korrigo-", ignore_cleanup_errors=True) as folder:
        registry = private_registry(Path(folder))
        code = run_with(registry, demo_options(registry, arguments.data, arguments.out))
    return 0 if code == NEEDS_PERSON else code


def up(arguments) -> int:
    """What ``make run`` does.  The second time it only starts what is there."""
    registry = registry_of(arguments.ini, check=False)
    if any(item.behind for item in migrate.status(registry["engine"], registry["korrigo plugins"])):
        migrate.upgrade(registry["engine"], registry["korrigo plugins"])
    keep_worker(arguments.ini)
    with registry["engine"].connect() as connection:
        empty = not connection.scalar(sa.select(sa.exists(sa.select(Exam.id))))
    if empty:
        started = time.monotonic()
        load_demo(registry, arguments.data)
        print(f"The demonstration exam is ready ({time.monotonic() - started:.0f} s).")
    print_links(registry)
    registry["engine"].dispose()
    serve_pages(arguments.ini)
    return 0


def load_demo(registry, data: Path) -> None:
    """The demonstration through real background jobs; half of the copies are left to grade.  People who are there from
    a start that was cut short are not made again."""
    out = registry.settings["korrigo.data"] / "demo"
    options = demo_options(registry, data, out)
    with scope(registry) as request:
        accounts = request.find_service(Accounts)
        users = [accounts.by_email(email) or accounts.create(email, name, [role])
                 for email, name, role, _exam_role in PEOPLE]
        owner, ids = users[0].id, [user.id for user in users]
    if hasattr(options, "marks"):
        options.marks = _first_half(options.marks, out)
    run_with(registry, options, user_id=owner, run_jobs=wait)
    with scope(registry, user=owner) as request:
        exam = request.db.scalar(sa.select(Exam).order_by(Exam.created.desc()))
        exams = request.find_service(Exams)
        for user_id, (*_account, role) in zip(ids, PEOPLE, strict=True):
            exams.set_role(exam, user_id, role)


def demo_options(registry, data: Path, out: Path):
    """The options of ``exam run`` for the demonstration, as far as the enabled plugins know them."""
    parser = run_parser(registry)
    known = {option for action in parser._actions for option in action.option_strings}
    words = ["--out", str(out), "--title", TITLE]
    for option, name in (("--scan", "scan.pdf"), ("--roster", "roster.csv"), ("--scheme", "scheme.json"),
                         ("--marks", "marks.csv")):
        file = data / name
        if option in known:
            if not file.exists():
                raise BadInput(f"the demonstration needs {file}. Name its folder with --data.")
            words += [option, str(file)]
    return parser.parse_args(words)


def _first_half(marks: Path, out: Path) -> Path:
    """The marks of the first half of the pupils."""
    head, *rows = marks.read_text(encoding="utf-8").splitlines()
    out.mkdir(parents=True, exist_ok=True)
    half = out / f"marks-{secrets.token_hex(4)}.csv"
    half.write_text("\n".join([head, *rows[:len(rows) // 2]]) + "\n", encoding="utf-8")
    return half


def print_links(registry) -> None:
    """One-time sign-in links of the demonstration's people."""
    with scope(registry) as request:
        accounts = request.find_service(Accounts)
        links = []
        for email, _name, role, _exam_role in PEOPLE:
            user = request.db.scalar(sa.select(User).where(User.email == email))
            if user is not None and not user.password_hash:
                links.append((user.name, role, signin_url(request, accounts.make_link(user))))
    print(f"\nKorrigo: {registry.settings['korrigo.url']}")
    if links:
        print("Each link signs in once:")
        for name, role, link in links:
            print(f"  {name:24s} ({role})  {link}")
    print("Stop with Ctrl+C.\n", flush=True)
