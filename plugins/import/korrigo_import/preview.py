"""What the page of a list shows: how the file was read, what it would do, and what a person may say about it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .roster import FIELDS, Known, Match, Reading, RefusedRow, RosterRow, Table, possible_cuts
from .services.rosters import Plan

#: So many rows of a kind are listed; the others are counted.
MOST = 200
SAMPLE = 5
UNDERSTOOD = 12

#: Fields of a pupil whose change is shown, in this order.
_SHOWN = ("last_name", "first_name", "birth_date", "number", "class_name", "email")


@dataclass(frozen=True)
class Column:
    """A column of the file: its title, what it is taken for ("" when it is not used) and its first cells."""

    title: str
    field: str
    sample: tuple[str, ...]


@dataclass(frozen=True)
class Cut:
    """A name that can be cut in several ways: (words of the last name, last, first), the proposed one first."""

    line: int
    full_name: str
    ways: tuple[tuple[int, str, str], ...]
    chosen: int
    confirmed: bool


@dataclass(frozen=True)
class Change:
    line: int
    name: str
    fields: tuple[tuple[str, Any, Any], ...]


@dataclass(frozen=True)
class Preview:
    """What a plan shows of itself.  ``hidden``: ids of pupils of whom only the name and the class may be shown."""

    plan: Plan
    reading: Reading
    decisions: Mapping[int, str]
    hidden: frozenset[str]

    @property
    def counts(self) -> dict[str, int]:
        outcomes = ("created", "changed", "same", "ask")
        counts = {outcome: len(self.plan.with_outcome(outcome)) for outcome in outcomes}
        return counts | {"taken": len(self.plan.taken), "unused": len(self.plan.unused()),
                         "doubtful": len(self.plan.doubtful), "missing": len(self.plan.missing)}

    @property
    def columns(self) -> list[Column]:
        return columns_of(self.plan.roster.table, self.plan.roster.mapping)

    @property
    def understood(self) -> list[Match]:
        return list(self.plan.matches[:UNDERSTOOD])

    @property
    def cuts(self) -> list[Cut]:
        """Names to look at: those that are doubtful, and those that were cut by hand."""
        doubtful = {row.line for row in self.plan.doubtful}
        rows = [one.row for one in self.plan.matches
                if one.row.line in doubtful or one.row.full_name in self.reading.cuts]
        return [self._cut(row) for row in rows[:MOST]]

    def _cut(self, row: RosterRow) -> Cut:
        roster = self.plan.roster
        ways = tuple(possible_cuts(row.full_name, roster.names, roster.lexicon))
        chosen = self.reading.cuts.get(row.full_name, ways[0][0])
        return Cut(row.line, row.full_name, ways, chosen, row.full_name in self.reading.cuts)

    @property
    def questions(self) -> list[Match]:
        """Rows of which a person says, or has said, which pupil they are."""
        asked = [one for one in self.plan.matches if one.outcome == "ask" or (one.why and one.outcome != "unknown")]
        return asked[:MOST]

    @property
    def changes(self) -> list[Change]:
        changed = self.plan.with_outcome("changed")[:MOST]
        return [Change(one.row.line, one.pupil.name, self._fields(one)) for one in changed]

    def _fields(self, one: Match) -> tuple[tuple[str, Any, Any], ...]:
        old_is_shown = one.pupil.id not in self.hidden
        return tuple((FIELDS[field], one.changes[field][0] if old_is_shown or field.endswith("name") else None,
                      one.changes[field][1]) for field in _SHOWN if field in one.changes)

    @property
    def unused(self) -> list[RefusedRow]:
        """Rows that are not used, but for those about which the page asks."""
        asked = {one.row.line for one in self.plan.with_outcome("ask")}
        return [row for row in self.plan.unused() if row.line not in asked][:MOST]

    def shows(self, pupil: Known) -> bool:
        """Whether a pupil's birth date and number may be shown."""
        return pupil.id not in self.hidden


def hidden_of(plan: Plan, sees_all: bool) -> frozenset[str]:
    """Pupils of whom somebody who does not see the whole school only sees what tells them apart."""
    if sees_all:
        return frozenset()
    met = (pupil for one in plan.matches for pupil in (one.pupil, *one.candidates) if pupil)
    return frozenset(pupil.id for pupil in met if not pupil.expected)


def columns_of(table: Table, mapping: Mapping[str, str]) -> list[Column]:
    fields = {title: field for field, title in mapping.items()}
    return [Column(title, fields.get(title, ""), tuple(
        "".join(record.cells[place:place + 1]) for record in table.records[:SAMPLE]))
        for place, title in enumerate(table.columns)]
