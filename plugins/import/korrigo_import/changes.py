"""What happened to an exam's pages since somebody looked, read from the journal: every act names what it touched."""

from collections.abc import Set
from dataclasses import dataclass

from korrigo.api import Audit, Exam

#: Acts on findings alone.
DECISIONS = frozenset({"import.accepted", "import.dismissed", "import.valid", "import.undone"})


@dataclass(frozen=True)
class Changes:
    """``copies`` and loose ``sides`` that were touched; whether ``findings`` were; ``everything``: one cannot tell."""

    copies: Set[str] = frozenset()
    sides: Set[str] = frozenset()
    findings: bool = False
    everything: bool = False


def changes_since(audit: Audit, exam: Exam, version: int) -> Changes:
    """What happened after a version of the sheet (see :meth:`Stapling.version`).  One query."""
    copies, sides, findings = set(), set(), False
    for action, details in audit.since(f"exam:{exam.id}", version):
        part = action.partition(".")[0]
        if part == "sides" or action in DECISIONS:
            copies |= set(details.get("copies", ()))
            sides |= set(details.get("loose", ()))
            findings = findings or action in DECISIONS
        elif part in ("import", "exam"):
            return Changes(everything=True)
    return Changes(copies, sides, findings)
