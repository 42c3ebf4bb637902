"""Background jobs, seen by those they concern: progress, cancel, retry."""

import sqlalchemy as sa
from pyramid.httpexceptions import HTTPFound
from pyramid.response import Response

from ..jobs.handlers import KINDS
from ..models import Exam, Job, JobState
from ..security.contexts import job_context
from .language import say
from .polling import polled

TABS = {
    "look": (JobState.DEAD,),
    "running": (JobState.RUNNING,),
    "waiting": (JobState.QUEUED,),
    "done": (JobState.DONE, JobState.CANCELLED),
}
PAGE = 50


def describe(request, job: Job) -> dict:
    """A job as pages and scripts see it; the traceback is for administrators."""
    kind = request.registry.get(KINDS, {}).get(job.kind)
    shown = {
        "id": job.id, "kind": job.kind, "title": say(request, kind.title) if kind else job.kind,
        "state": str(job.state), "done": job.done, "total": job.total, "unit": job.unit, "stage": job.stage,
        "message": say(request, job.message), "attempts": job.attempts, "max_attempts": job.max_attempts,
        "created": job.created.isoformat(), "started": job.started.isoformat() if job.started else None,
        "finished": job.finished.isoformat() if job.finished else None, "result": job.result,
        "url": request.route_path("job", job=job.id),
    }
    if request.has_permission("admin"):
        shown["error"] = job.error
    return shown


def job_state(context, request):
    """Poll me: 304 while nothing has moved."""
    return polled(request, describe(request, context.job))


def act(context, request):
    """Cancel, retry or forget."""
    job, what = context.job, request.matchdict["act"]
    done = getattr(request.jobs, what)(job)
    if done:
        request.audit.record(f"job.{what}", f"job:{job.id}", kind=job.kind)
    if request.accept and "text/html" not in request.accept:
        request.db.refresh(job)
        return Response(json_body={"ok": done, "state": str(job.state)})
    return HTTPFound(request.referer if request.referer and request.referer.startswith(request.host_url)
                     else request.route_path("home"))


def mine(request):
    """The jobs tray: what this person started and what is alive."""
    rows = request.db.scalars(
        sa.select(Job).where(Job.created_by == request.identity.id,
                             Job.state.in_([JobState.QUEUED, JobState.RUNNING, JobState.DEAD]))
        .order_by(Job.created.desc()).limit(20))
    return {"jobs": [describe(request, job) for job in rows]}


def all_jobs(request):
    """Every job, for administrators: failures first."""
    tab = request.params.get("tab", "look")
    states = TABS.get(tab, TABS["look"])
    rows = request.db.execute(
        sa.select(Job, Exam.title).outerjoin(Exam, Exam.id == Job.exam_id).where(Job.state.in_(states))
        .order_by(Job.created.desc()).limit(PAGE)).all()
    counts = dict(request.db.execute(sa.select(Job.state, sa.func.count()).group_by(Job.state)).all())
    return {"tab": tab, "counts": {name: sum(counts.get(state, 0) for state in states)
                                   for name, states in TABS.items()},
            "jobs": [{**describe(request, job), "exam": title, "created_at": job.created} for job, title in rows]}


def includeme(config):
    config.add_route("job", "/jobs/{job:[0-9a-f]{32}}", factory=job_context)
    config.add_view(job_state, route_name="job", request_method="GET", permission="job:view")
    config.add_route("job.act", "/jobs/{job:[0-9a-f]{32}}/{act:(cancel|retry|forget)}", factory=job_context)
    config.add_view(act, route_name="job.act", request_method="POST", permission="job:view")
    config.add_route("jobs.mine", "/jobs/mine")
    config.add_view(mine, route_name="jobs.mine", request_method="GET", permission="home", renderer="json")
    config.add_route("jobs", "/admin/jobs")
    config.add_view(all_jobs, route_name="jobs", request_method="GET", permission="admin",
                    renderer="korrigo:templates/jobs.jinja2")
