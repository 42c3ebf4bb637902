"""What grading tells whoever listens."""

from dataclasses import dataclass

from korrigo.api import Event


@dataclass
class SchemeChanged(Event):
    """An exam has another marking scheme."""

    exam_id: str
    version: int
