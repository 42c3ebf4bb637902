"""What happens, told to whoever listens: ``config.add_korrigo_subscriber(CopyIdentified, function)``.

Events are values with ids, fired after the flush and before the commit, inside the transaction.  ``request`` is the
one (of a browser, a job or a command) in which it happened: a subscriber works in its transaction.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from .sentences import Told


class MoveRefused(Told, ValueError):
    """The act would break the pile, or lose what belongs to its sides; nothing was changed."""


@dataclass
class Event:
    """The base of all events.

    What a subscriber raises is logged and its work undone, and the event has happened all the same; unless the class
    names ``refusals``: then a subscriber refuses the act by raising one of them, and any other error refuses it too.
    """

    refusals: ClassVar[tuple[type[Exception], ...]] = ()

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


@dataclass
class SidesMoved(Event):
    """Sides are about to be elsewhere, or shown otherwise: in another copy, at another place of theirs, out of any,
    turned, blank or not.  The rows say so already; copies that are left without sides are still there, and go
    afterwards.

    A subscriber takes what belongs to a side along with it, and what belongs to a copy that goes to where its sides
    are (:meth:`heir`).  It raises :class:`MoveRefused` when that would lose something.  What it needs to take all that
    back it leaves in ``notes`` (JSON, under its plugin's name): an act that undoes this one brings them in ``undone``.
    What the person who acts should know it adds to ``told``.
    """

    refusals: ClassVar[tuple[type[Exception], ...]] = (MoveRefused,)

    exam_id: str
    #: Copy id -> ids of its sides in reading order, for every copy that is touched.
    before: Mapping[str, tuple[str, ...]]
    after: Mapping[str, tuple[str, ...]]
    turned: frozenset[str] = frozenset()
    undone: Mapping[str, Any] = field(default_factory=dict)
    notes: dict[str, Any] = field(default_factory=dict)
    told: list[str] = field(default_factory=list)

    @property
    def emptied(self) -> tuple[str, ...]:
        """The copies that go."""
        return tuple(copy for copy, sides in self.before.items() if sides and not self.after.get(copy))

    def heir(self, copy_id: str) -> str | None:
        """The one copy that has all sides of a copy that goes, or None."""
        place = {side: copy for copy, sides in self.after.items() for side in sides}
        heirs = {place.get(side) for side in self.before[copy_id]}
        return heirs.pop() if len(heirs) == 1 else None
