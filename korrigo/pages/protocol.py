"""What the caller of the sandbox, its fork server and the children say to each other.

A question (function and arguments) is an ordinary pickle: it comes from the caller, who is trusted.  An answer comes
from a process that has read an untrusted file, so it is unpickled with a short list of types (``read_answer``).
"""

import builtins
import dataclasses
import datetime
import decimal
import enum
import io
import json
import pathlib
import pickle  # noqa: S403  answers are read by AnswerReader alone
import sys
import uuid
from dataclasses import dataclass
from typing import Any

from ..sentences import Sentence
from .errors import PageError


@dataclass(frozen=True)
class Limits:
    """What one child may use; the kernel enforces the first, second and fourth, the fork server the third."""

    memory_mb: int = 1536
    """Address space, beside what is preloaded."""
    cpu_s: float = 20
    """Processor time (rounded up to whole seconds)."""
    wall_s: float = 60
    """Time on the clock."""
    file_mb: int = 64
    """Longest file it may write."""


@dataclass(frozen=True)
class Order:
    """Sent to the fork server with two descriptors: the child's channel and the pipe for the ``Ending``."""

    modules: tuple[str, ...]
    """Imported by the fork server once, so that every child finds them ready."""
    path: tuple[str, ...]
    """``sys.path`` of the caller."""
    limits: Limits


@dataclass(frozen=True)
class Ending:
    """How a child ended, told by the fork server (never by the child)."""

    exit: int
    """Exit code, or minus the signal that ended it."""
    cpu_s: float
    memory_mb: float
    """Peak of resident memory."""
    overdue: bool
    """The fork server ended it, because its time on the clock was over."""

    def to_bytes(self) -> bytes:
        return json.dumps(dataclasses.asdict(self)).encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> "Ending":
        return cls(**json.loads(data))


PLAIN = {
    object, set, frozenset, bytearray, complex, range, slice,
    decimal.Decimal, uuid.UUID, datetime.date, datetime.time, datetime.datetime, datetime.timedelta, datetime.timezone,
    pathlib.Path, pathlib.PurePath, pathlib.PosixPath, pathlib.PurePosixPath, Sentence,
}  # fmt: skip
NUMPY = {
    ("numpy", "ndarray"),
    ("numpy", "dtype"),
    ("numpy._core.multiarray", "_reconstruct"),
    ("numpy._core.multiarray", "scalar"),
    ("numpy._core.numeric", "_frombuffer"),
}


class AnswerReader(pickle.Unpickler):
    """Unpickles values only: plain types, numpy arrays, and the dataclasses, enums, named tuples and ``PageError``s of
    modules which the reading process has itself imported.  No function can be named, so none can be called."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) in NUMPY:
            return super().find_class(module, name)
        if module in sys.modules and "." not in name:
            found = getattr(sys.modules[module], name, None)
            if isinstance(found, type) and (found in PLAIN or _is_value_type(found)):
                return found
        raise pickle.UnpicklingError(f"an answer may not hold {module}.{name}")


def _is_value_type(found: type) -> bool:
    if found.__module__ == builtins.__name__:
        return False
    return (
        dataclasses.is_dataclass(found)
        or issubclass(found, (enum.Enum, PageError))
        or (issubclass(found, tuple) and hasattr(found, "_fields"))
    )


def read_answer(data: bytes) -> Any:
    """The value in ``data``; ``pickle.UnpicklingError`` when it holds anything but values."""
    return AnswerReader(io.BytesIO(data)).load()
