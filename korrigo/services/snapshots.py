"""What an act on sides touched, before and after: enough to undo it, and to see that later acts built upon it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from ..models import Copy, Side
from ..sentences import pack


@dataclass(frozen=True)
class SideState:
    """Where a side is and how it is shown; its reason is packed."""

    id: str
    copy_id: str | None
    position: int | None
    fate: str
    turned: int
    reason: str

    @classmethod
    def of(cls, side: Side) -> "SideState":
        return cls(side.id, side.copy_id, side.position, side.fate, side.turned, pack(side.reason))

    @property
    def seat(self) -> tuple[str | None, int | None]:
        return self.copy_id, self.position


@dataclass(frozen=True)
class CopyRow:
    """A copy that an act left empty, as it was before."""

    id: str
    serial: int
    code: str
    state: str
    student_id: str | None
    identification: str

    @classmethod
    def of(cls, copy: Copy) -> "CopyRow":
        return cls(copy.id, copy.serial, copy.code, copy.state, copy.student_id, copy.identification)


@dataclass(frozen=True)
class Whose:
    """A copy that got its pupil by an act: ``(student_id, identification)`` before and after."""

    copy_id: str
    before: tuple[str | None, str]
    after: tuple[str | None, str]


@dataclass(frozen=True)
class Snapshot:
    """What an act touched: JSON by ``as_json``.

    ``before`` and ``after`` go side by side.  When seats changed they hold all sides of the copies concerned.
    ``notes`` are what subscribers of ``SidesMoved`` left; ``told`` is for whoever acted, and is not kept.
    """

    act: str
    before: tuple[SideState, ...]
    after: tuple[SideState, ...]
    removed: tuple[CopyRow, ...] = ()
    whose: tuple[Whose, ...] = ()
    notes: Mapping[str, Any] = field(default_factory=dict)
    told: tuple[str, ...] = ()

    @property
    def seated(self) -> bool:
        """Sides changed their places."""
        return any(then.seat != now.seat for then, now in zip(self.before, self.after, strict=True))

    @property
    def copies(self) -> set[str]:
        """The copies that sides are in, before or after."""
        return {state.copy_id for state in (*self.before, *self.after)} - {None}

    def as_json(self) -> dict:
        return {name: value for name, value in asdict(self).items() if name != "told"}

    @classmethod
    def from_json(cls, data: dict) -> "Snapshot":
        def states(name: str) -> tuple[SideState, ...]:
            return tuple(SideState(**item) for item in data[name])

        whose = (Whose(item["copy_id"], tuple(item["before"]), tuple(item["after"])) for item in data["whose"])
        return cls(data["act"], states("before"), states("after"), tuple(CopyRow(**item) for item in data["removed"]),
                   tuple(whose), data["notes"])
