"""``korrigo job``: what is waiting, running and failed."""

import sqlalchemy as sa

from ..db import scope
from ..models import Job, JobState
from ..pipeline import BadInput
from .bootstrap import registry_of


def add(commands, name):
    parser = commands.add_parser(name, help="background jobs")
    acts = parser.add_subparsers(metavar="ACT", required=True)
    acts.add_parser("list", help="jobs that are waiting, running or failed").set_defaults(run=list_jobs)
    helps = {"retry": "run a failed job again", "cancel": "stop a job", "forget": "put a failed job away"}
    for act, text in helps.items():
        one = acts.add_parser(act, help=text)
        one.add_argument("job")
        one.set_defaults(run=act_on, act=act)


def list_jobs(arguments) -> int:
    registry = registry_of(arguments.ini)
    with registry["engine"].connect() as connection:
        rows = connection.execute(
            sa.select(Job.__table__).where(Job.state.in_([JobState.QUEUED, JobState.RUNNING, JobState.DEAD]))
            .order_by(Job.created)).all()
    for job in rows:
        print(f"{job.id} {job.state:8s} {job.kind:20s} {job.done}/{job.total} {job.unit} "
              f"attempt {job.attempts}/{job.max_attempts} {job.message}")
    return 0


def act_on(arguments) -> int:
    registry = registry_of(arguments.ini)
    with scope(registry) as request:
        job = request.db.get(Job, arguments.job)
        if job is None:
            raise BadInput(f"there is no job {arguments.job}.")
        if not getattr(request.jobs, arguments.act)(job):
            raise BadInput(f"the job is {job.state}: it cannot be told to {arguments.act}.")
        request.audit.record(f"job.{arguments.act}", f"job:{job.id}", kind=job.kind)
    return 0
