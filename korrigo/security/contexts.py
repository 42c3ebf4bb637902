"""What a route is about: its exam, copy, side or job, loaded once and asked by the permission table."""

from pyramid.httpexceptions import HTTPNotFound

from ..models import Copy, Exam, Job, Side


class Context:
    """Nothing in particular."""

    exam: Exam | None = None
    copy: Copy | None = None
    side: Side | None = None
    job: Job | None = None

    def __init__(self, request):
        self.request = request


def exam_context(request) -> Context:
    """For routes with ``{exam}``."""
    context = Context(request)
    context.exam = _get(request, Exam, request.matchdict["exam"])
    return context


def copy_context(request) -> Context:
    """For routes with ``{copy}``."""
    context = Context(request)
    context.copy = _get(request, Copy, request.matchdict["copy"])
    context.exam = request.db.get(Exam, context.copy.exam_id)
    return context


def side_context(request) -> Context:
    """For routes with ``{side}``."""
    context = Context(request)
    context.side = _get(request, Side, request.matchdict["side"])
    context.exam = request.db.get(Exam, context.side.exam_id)
    return context


def job_context(request) -> Context:
    """For routes with ``{job}``."""
    context = Context(request)
    context.job = _get(request, Job, request.matchdict["job"])
    if context.job.exam_id:
        context.exam = request.db.get(Exam, context.job.exam_id)
    return context


def _get(request, model, key: str):
    found = request.db.get(model, key)
    if found is None:
        raise HTTPNotFound()
    return found
