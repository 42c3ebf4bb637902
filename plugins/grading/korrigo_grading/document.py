"""A copy as the grading screen knows it.  It says nothing that an anonymous exam hides."""

import sqlalchemy as sa

from korrigo.api import Copy, CopyState, Exam, Fate, Sides, Student, User, say
from korrigo.api import Sentence as _

from .graders import graders
from .models import Proposal
from .scheme import Scheme
from .services import Ops, Proposals

READ_ONLY = {
    CopyState.STAGING: _("This copy is still being assembled."),
    CopyState.FINALISING: _("The graded PDF of this copy is being made."),
    CopyState.GRADED: _("This copy is finalised. Reopen it to change it."),
    CopyState.FAILED: _("The graded PDF of this copy could not be made."),
}


def describe(request, exam: Exam, copy: Copy) -> dict:
    """The document of a copy: pages, targets with revisions, whether it may be written on."""
    ops = request.find_service(Ops)
    may_see_names = request.has_permission("exam:names")
    student = request.db.get(Student, copy.student_id) if may_see_names and copy.student_id else None
    readonly = READ_ONLY.get(copy.state)
    title = say(request, _("Copy ${number}", number=copy.serial if may_see_names else copy.code))
    targets = ops.targets(copy.id)
    rows = request.find_service(Proposals).of_copy(copy.id)
    names = _names(request, {target.user_id for target in targets.values()})
    return {
        "id": copy.id, "serial": copy.serial if may_see_names else None, "title": title,
        "name": student.name if student else None, "state": copy.state,
        "readonly": say(request, readonly) if readonly else None, "version": ops.version(copy.id),
        "pages": [page(request, exam, side, n) for n, side in
                  enumerate(request.find_service(Sides).of_copy(copy.id))],
        "targets": {key: {"rev": target.rev, "value": target.value, "by": names.get(target.user_id, ""),
                          "at": target.at.isoformat()}
                    for key, target in targets.items()},
        "proposals": {question: proposal(request, row) for question, row in rows.items()},
    }


def proposal(request, row: Proposal | None) -> dict | None:
    """What a grader proposes, or why it cannot (``points`` is None then)."""
    if row is None:
        return None
    return {"points": None if row.points is None else float(row.points), "confidence": row.confidence,
            "reason": say(request, row.reason), "marks": row.marks}


def page(request, exam: Exam, side, n: int) -> dict:
    """One page: pictures at three sizes, and its size in pixels at 150 dpi."""
    width, height = side.width_mm, side.height_mm
    if side.turned % 180:
        width, height = height, width
    urls = {name: request.pictures.url(exam, side, size)
            for name, size in (("url", "work"), ("zoom", "zoom"), ("thumb", "thumb"))}
    return {"n": n, "side": side.id, "w": 1240, "h": round(1240 * height / width), "blank": side.fate == Fate.BLANK,
            **urls}


def questions(request, scheme: Scheme | None) -> list[dict]:
    """The scheme in display order; points as plain numbers.  ``typed``: a grader reads the answer that one types."""
    if scheme is None:
        return []
    shown, known = [], graders(request.registry)
    for question, depth in scheme.flatten():
        leaf = not question.children
        grader = known.get(question.grader)
        shown.append({
            "id": question.id, "label": question.label, "title": question.title, "depth": depth, "leaf": leaf,
            "max": float(question.points) if leaf else None, "step": float(question.step), "bonus": question.bonus,
            "sum": not leaf, "typed": leaf and grader is not None and "typed" in grader.reads,
            "criteria": [{"id": item.id, "text": item.text, "points": float(item.points)}
                         for item in question.criteria]})
    return shown


def with_names(request, results: list[dict]) -> list[dict]:
    """Results of ops as the screen takes them: who wrote the current value by name, refusals in words."""
    names = _names(request, {result["current"]["by"] for result in results if result.get("current")})
    shown = [{**result, "why": say(request, result["why"])} if "why" in result else result for result in results]
    return [{**result, "current": {**result["current"], "by": names.get(result["current"]["by"], "")}}
            if result.get("current") else result for result in shown]


def _names(request, ids: set[str | None]) -> dict[str, str]:
    """User id -> name, for those who wrote; colleagues are no secret."""
    return dict(request.db.execute(sa.select(User.id, User.name).where(User.id.in_(ids - {None}))).all())
