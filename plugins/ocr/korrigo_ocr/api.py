"""Operations for programs: whose copies they are, as proposed and as decided."""

from typing import Annotated

import sqlalchemy as sa
from pydantic import Field

from korrigo.api import (
    AlreadyTaken,
    Copy,
    Exams,
    Given,
    Id,
    Problem,
    Reply,
    Student,
    copy_context,
    exam_context,
)
from korrigo.api import Sentence as _

from .models import Proposal
from .services import Desk


class Candidate(Reply):
    """A pupil whose copy it may be, with a share of one."""

    student: Annotated[str, Field(serialization_alias="pupil")]
    confidence: float


class CopyIdentity(Reply):
    """Whose copy it is: ``identification`` is none, auto, manual or unknown.

    ``version`` goes with a decision.  ``read`` is what was read on the header: a name, so that it needs the scope
    ``pupils:read`` too.
    """

    id: str
    serial: int
    version: int
    identification: str
    pupil: str | None
    verdict: str
    candidates: list[Candidate]
    read: str | None


class Expected(Reply):
    """A pupil of the roster; without the scope ``pupils:read`` only the id."""

    id: str
    absent: bool
    name: str | None
    number: str | None
    class_name: str | None


class IdentificationReply(Reply):
    copies: list[CopyIdentity]
    pupils: list[Expected]


class PupilGiven(Given):
    """A pupil; or nobody, ``unknown`` or not yet.  ``version``: that of the copy when this was decided."""

    pupil: Id | None = None
    unknown: bool = False
    version: Annotated[int, Field(ge=0)]


def see_identification(context, request) -> IdentificationReply:
    """Every copy with what is proposed and decided, and the pupils who are expected."""
    names = bool(request.has_permission("exam:names"))
    rows = request.db.execute(
        sa.select(Copy, Proposal).outerjoin(Proposal, Proposal.copy_id == Copy.id)
        .where(Copy.exam_id == context.exam.id).order_by(Copy.serial))
    expected = request.find_service(Exams).roster(context.exam)
    return IdentificationReply(
        copies=[described(copy, proposal, names) for copy, proposal in rows],
        pupils=[Expected(id=student.id, absent=row.absent, name=student.name if names else None,
                         number=student.number if names else None, class_name=student.class_name if names else None)
                for student, row in expected])


def set_pupil(context, request) -> CopyIdentity:
    """Say whose copy it is.  409 when somebody has decided meanwhile, or the pupil has another copy."""
    copy, given = context.copy, request.given.body
    if given.version != copy.version:
        raise Problem(409, _("This copy was changed meanwhile; its version is ${n}.", n=copy.version))
    student = request.db.get(Student, given.pupil) if given.pupil else None
    if given.pupil and student is None:
        raise Problem(422, _("There is no such pupil."))
    try:
        request.find_service(Desk).decide(copy, student, unknown=given.unknown)
    except AlreadyTaken as error:
        raise Problem(409, error) from error
    names = bool(request.has_permission("exam:names"))
    return described(copy, request.db.get(Proposal, copy.id), names)


def described(copy: Copy, proposal: Proposal | None, names: bool) -> CopyIdentity:
    return CopyIdentity(
        id=copy.id, serial=copy.serial, version=copy.version, identification=copy.identification,
        pupil=copy.student_id, verdict=proposal.verdict if proposal else "none",
        candidates=[Candidate(**item) for item in proposal.candidates] if proposal else [],
        read=(proposal.text if proposal else "") if names else None)


def includeme(config):
    config.add_korrigo_scope("ocr:read", _("See whose copies they are, by ids"))
    config.add_korrigo_scope("ocr:write", _("Say whose copies they are"))
    office = {"permission": "exam:office"}
    config.add_korrigo_api("GET", "/exams/{exam}/identification", see_identification, scope="ocr:read",
                           factory=exam_context, summary=_("See whose copies they are"), reply=IdentificationReply,
                           **office)
    config.add_korrigo_api("PUT", "/copies/{copy}/pupil", set_pupil, scope="ocr:write", factory=copy_context,
                           summary=_("Say whose copy it is"), body=PupilGiven, reply=CopyIdentity, **office)
