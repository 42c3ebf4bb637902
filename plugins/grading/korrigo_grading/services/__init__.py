"""The work of grading, one class a subject."""

from .leases import Leases
from .ops import Closed, Edit, Ops
from .papers import NotFinished, Papers
from .proposals import Proposals
from .queue import Queue
from .schemes import SchemeMoved, Schemes

SERVICES = (Leases, Ops, Papers, Proposals, Queue, Schemes)

__all__ = ["SERVICES", "Closed", "Edit", "Leases", "NotFinished", "Ops", "Papers", "Proposals", "Queue",
           "SchemeMoved", "Schemes"]
