"""Who may: small questions about a person and what they want to touch.

Each takes ``(identity, context)``; identity is None for a stranger.  The context is what the route loaded:
``context.exam`` and ``context.copy`` are None where there is none.
"""

from ..models import ExamRole, Role


def anyone(identity, context) -> bool:
    """Everybody, signed in or not."""
    return True


def signed_in(identity, context) -> bool:
    return identity is not None


def admin(identity, context) -> bool:
    return identity is not None and Role.ADMIN in identity.roles


def secretary(identity, context) -> bool:
    return identity is not None and Role.SECRETARY in identity.roles


def teacher(identity, context) -> bool:
    return identity is not None and Role.TEACHER in identity.roles


def exam_coordinator(identity, context) -> bool:
    return _has(identity, context, ExamRole.COORDINATOR)


def exam_secretary(identity, context) -> bool:
    return _has(identity, context, ExamRole.SECRETARY)


def exam_grader(identity, context) -> bool:
    return _has(identity, context, ExamRole.GRADER)


def job_owner(identity, context) -> bool:
    """Whoever started the background job."""
    job = getattr(context, "job", None)
    return identity is not None and job is not None and job.created_by == identity.id


def named_exam(identity, context) -> bool:
    """The exam is not anonymous."""
    return context.exam is not None and not context.exam.anonymous


def _has(identity, context, role: ExamRole) -> bool:
    exam = getattr(context, "exam", None)
    return identity is not None and exam is not None and role in identity.exam_roles(exam.id)
