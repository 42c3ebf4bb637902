"""The tables of the core: the nouns that every plugin shares."""

from ..db.base import Base, Points, UtcDateTime, id_column, new_id, now, reference
from .audit import AuditEntry
from .blob import Blob
from .copy import Copy, CopyState, Fate, Identification, Region, Side
from .exam import Exam, ExamMember, ExamRole, ExamStudent, Paper
from .job import Job, JobState
from .student import Student
from .user import ApiToken, AuthSession, Role, SigninLink, User
from .worker import WorkerSeen

__all__ = [
    "ApiToken", "AuditEntry", "AuthSession", "Base", "Blob", "Copy", "CopyState", "Exam", "ExamMember", "ExamRole",
    "ExamStudent", "Fate", "Identification", "Job", "JobState", "Paper", "Points", "Region", "Role", "Side",
    "SigninLink", "Student", "User", "UtcDateTime", "WorkerSeen", "id_column", "new_id", "now", "reference",
]
