"""What happens, told to whoever listens: ``config.add_korrigo_subscriber(CopyIdentified, function)``.

Events are values with ids, fired after the flush and before the commit, inside the transaction.  ``request`` is the
one (of a browser, a job or a command) in which it happened: a subscriber works in its transaction.
"""

from dataclasses import dataclass, field
from typing import Any


@dataclass
class Event:
    """The base of all events."""

    request: Any = field(default=None, init=False, compare=False, repr=False)


@dataclass
class CopyAssembled(Event):
    """The sides of a copy changed."""

    copy_id: str
    exam_id: str


@dataclass
class CopyIdentified(Event):
    """It was said whose copy it is; ``student_id`` is None when nobody knows (any more)."""

    copy_id: str
    exam_id: str
    student_id: str | None
    how: str


@dataclass
class CopyMoved(Event):
    """A copy went from one state to another by an act of the transition table."""

    copy_id: str
    exam_id: str
    before: str
    after: str
    act: str
