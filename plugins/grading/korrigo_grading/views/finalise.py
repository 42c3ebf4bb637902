"""Finalising: what is missing, graded PDFs on their way, failures with a retry, reopening with a reason."""

import sqlalchemy as sa
from pyramid.httpexceptions import HTTPFound, HTTPNotFound
from pyramid.response import FileIter, Response

from korrigo.api import Copy, CopyState, Student, TransitionRefused, answer, copy_context, exam_context

from ..scheme import totals
from ..services import NotFinished, Papers, Schemes
from ..services.summary import scores_of_exam

OPEN = (CopyState.READY, CopyState.GRADING)


def page(context, request):
    """Every copy with its state, total and what it lacks.  Four queries, whatever the number of copies."""
    exam = context.exam
    scheme = request.find_service(Schemes).get(exam)
    scores = scores_of_exam(request.db, exam.id)
    rows = []
    for copy, student in request.db.execute(
            sa.select(Copy, Student).outerjoin(Student, Student.id == Copy.student_id)
            .where(Copy.exam_id == exam.id).order_by(Copy.serial)):
        result = totals(scheme, scores.get(copy.id, {})) if scheme else None
        rows.append({"copy": copy, "student": student, "total": result.total if result else None,
                     "missing": [question.label for question in result.missing] if result else None,
                     "may_finalise": bool(result and not result.missing and copy.state in OPEN)})
    return {"exam": exam, "scheme": scheme, "rows": rows, "CopyState": CopyState,
            "ready": sum(row["may_finalise"] for row in rows)}


def finalise_all(context, request):
    """Finalise every copy that has all its scores."""
    papers, exam = request.find_service(Papers), context.exam
    for copy in request.db.scalars(sa.select(Copy).where(Copy.exam_id == exam.id, Copy.state.in_(OPEN))
                                   .order_by(Copy.serial)).all():
        try:
            papers.finalise(copy, exam)
        except (NotFinished, TransitionRefused):
            continue
    return HTTPFound(request.route_path("grading.finalise", exam=exam.id))


def finalise_one(context, request):
    try:
        request.find_service(Papers).finalise(context.copy, context.exam)
    except (NotFinished, TransitionRefused) as error:
        return answer(request, 409, error)
    return HTTPFound(request.route_path("grading.finalise", exam=context.exam.id))


def retry(context, request):
    try:
        request.find_service(Papers).retry(context.copy)
    except TransitionRefused as error:
        return answer(request, 409, error)
    return HTTPFound(request.route_path("grading.finalise", exam=context.exam.id))


def reopen(context, request):
    try:
        request.find_service(Papers).reopen(context.copy, request.POST.get("reason", "")[:500])
    except TransitionRefused as error:
        return answer(request, 409, error)
    return HTTPFound(request.route_path("grading.finalise", exam=context.exam.id))


def download(context, request):
    """The graded PDF of a copy.  Whoever takes it is written down."""
    papers, copy = request.find_service(Papers), context.copy
    paper = papers.current(copy.id)
    if paper is None:
        raise HTTPNotFound()
    papers.audit.record("grading.downloaded", f"copy:{copy.id}", sha256=paper.blob_id)
    with papers.blobs.path(paper.blob_id) as path:
        opened = open(path, "rb")
    response = Response(app_iter=FileIter(opened), content_type="application/pdf", request=request)
    response.content_disposition = f'attachment; filename="copie_{copy.code}.pdf"'
    return response


def includeme(config):
    copy = "/copies/{copy:[0-9a-f]{32}}"
    config.add_route("grading.finalise", "/exams/{exam:[0-9a-f]{32}}/finalise", factory=exam_context)
    config.add_view(page, route_name="grading.finalise", request_method="GET", permission="exam:office",
                    renderer="korrigo_grading:templates/finalise.jinja2")
    config.add_view(finalise_all, route_name="grading.finalise", request_method="POST",
                    permission="grading:finalise")
    for name, view in (("finalise_one", finalise_one), ("retry", retry), ("reopen", reopen), ("download", download)):
        route = f"grading.{name}"
        config.add_route(route, f"{copy}/{name}", factory=copy_context)
        config.add_view(view, route_name=route, request_method="POST", permission="grading:finalise")
