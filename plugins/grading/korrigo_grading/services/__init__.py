"""The work of grading, one class a subject."""

from .leases import Leases
from .merging import Merging
from .moves import Moves
from .ops import Closed, Edit, Ops
from .papers import NotFinished, Papers
from .proposals import Proposals
from .queue import Queue
from .schemes import SchemeMoved, Schemes

SERVICES = (Leases, Merging, Moves, Ops, Papers, Proposals, Queue, Schemes)

__all__ = ["SERVICES", "Closed", "Edit", "Leases", "Merging", "Moves", "NotFinished", "Ops", "Papers",
           "Proposals", "Queue", "SchemeMoved", "Schemes"]
