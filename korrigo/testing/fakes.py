"""Stand-ins for what surrounds a plugin."""

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any


@dataclass
class Provided:
    """The entry point of a plugin that no distribution holds.  What it ``holds`` may be an error of its import."""

    name: str
    holds: Any
    value: str = "somewhere:plugin"
    dist: SimpleNamespace = field(default_factory=lambda: SimpleNamespace(name="korrigo-fake", version="0"))

    def load(self):
        if isinstance(self.holds, Exception):
            raise self.holds
        return self.holds
