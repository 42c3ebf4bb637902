"""The public face of Korrigo: all that a plugin may import.

What is not named here is private and may change without a word.  ``PLUGIN_API`` says which version this is.
"""

from .contained import contained
from .db import scope
from .db.base import Base, Points, SentenceText, UtcDateTime, id_column, new_id, now, reference
from .deprecated import KorrigoDeprecation, deprecated, deprecated_names
from .directives import register, table, verified
from .events import CopyAssembled, CopyIdentified, CopyMoved, Event, MoveRefused, SidesMoved
from .interfaces import IBlobStore, IExamStep, IHealthCheck, ISlot, StepState
from .jobs.run import Cancelled, JobContext
from .models import (
    Blob,
    Copy,
    CopyState,
    Exam,
    ExamMember,
    ExamRole,
    ExamStudent,
    Fate,
    Identification,
    Job,
    JobState,
    Paper,
    Region,
    Role,
    Side,
    Student,
    User,
)
from .pages import sandbox
from .pages.errors import PageError, PageUnreadable, PdfRefused
from .pages.index import PageIndex, PdfIndex, index_pdf, normalise
from .pages.picture import LIBRARIES, Picture, View, open_document, render_many
from .pages.pictures import style
from .pipeline import BadInput, ExamRun
from .plugins import Plugin
from .security.contexts import Context, copy_context, exam_context, job_context, side_context
from .security.permissions import OFFICE
from .security.predicates import admin, exam_coordinator, exam_grader, exam_secretary, secretary, signed_in, teacher
from .sentences import Sentence, Told, message_of, pack, said, unpack
from .services import Accounts, Audit, Blobs, Copies, Exams, Sides, Students
from .services.audit import record_apart
from .services.copies import TRANSITIONS, AlreadyTaken, Decision, TransitionRefused
from .services.exams import Expectation
from .services.sides import Snapshot
from .settings import Setting
from .texts import safe_cell, safe_filename, script_json
from .typeset.canvas import MULTIPLY, Canvas, circle, ink_path, polyline, rectangle
from .typeset.fonts import Fonts, FontShelf
from .typeset.sheets import A4_HEIGHT, A4_WIDTH, pdf_of_sheets
from .version import PLUGIN_API
from .web.api.door import wrong_fields
from .web.errors import Problem, answer
from .web.form_fields import FormField, fields_of, submitted
from .web.forms import DecimalText, Form, Given, Id, Optional, Reply, Title, json_object, read
from .web.jobs import describe as describe_job
from .web.language import say, school_localizer, write_number
from .web.polling import polled
from .web.templating import write_when
