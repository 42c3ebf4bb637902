"""Tables of probabilities as they are kept: small enough for a database, exact enough to decide by."""

from __future__ import annotations

import base64
import zlib
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar, Self

import numpy as np
from numpy.typing import NDArray

_LEVELS_PER_NAT = 16


@dataclass(frozen=True)
class LogTable:
    """Natural logs of probabilities, (rows, ``columns``), kept to a sixteenth of a nat and down to -15.9."""

    levels: bytes

    columns: ClassVar[int]

    @classmethod
    def of(cls, log_probs: NDArray[np.floating]) -> Self:
        """Raises ValueError when the table has another number of columns."""
        if log_probs.ndim != 2 or log_probs.shape[1] != cls.columns:
            raise ValueError(f"a table of {cls.__name__} has {cls.columns} columns; got {log_probs.shape}")
        levels = np.clip(np.rint(-log_probs * _LEVELS_PER_NAT), 0, 255).astype(np.uint8)
        return cls(levels.tobytes())

    @cached_property
    def log_probs(self) -> NDArray[np.float64]:
        """(rows, ``columns``)."""
        return np.frombuffer(self.levels, np.uint8).reshape(-1, self.columns) / -float(_LEVELS_PER_NAT)

    def to_text(self) -> str:
        """ASCII, a kilobyte at most for a name; ``from_text`` gives the table back."""
        return base64.b64encode(zlib.compress(self.levels, 6)).decode("ascii")

    @classmethod
    def from_text(cls, text: str) -> Self:
        """Raises ValueError when the text is not what ``to_text`` wrote."""
        try:
            levels = zlib.decompress(base64.b64decode(text, validate=True))
        except zlib.error as error:
            raise ValueError(f"no table: {error}") from error
        if len(levels) % cls.columns:
            raise ValueError("no table: a row is incomplete")
        return cls(levels)
