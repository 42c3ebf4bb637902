"""The work of grading, one class a subject."""

from .leases import Leases
from .ops import Closed, Edit, Ops
from .papers import NotFinished, Papers
from .queue import Queue
from .schemes import Schemes

SERVICES = (Leases, Ops, Papers, Queue, Schemes)

__all__ = ["SERVICES", "Closed", "Edit", "Leases", "NotFinished", "Ops", "Papers", "Queue", "Schemes"]
