"""The work of import, one class a subject."""

from .batches import AlreadyReceived, Batches
from .filing import Filing
from .findings import Findings
from .gate import Gate
from .handing import HandingOver, SignRefused
from .receipts import Receipts
from .rosters import Rosters
from .stapling import Stapling
from .uploads import Uploads
from .watching import WatchedFolder

SERVICES = (Batches, Filing, Findings, Gate, HandingOver, Receipts, Rosters, Stapling, Uploads, WatchedFolder)

__all__ = ["SERVICES", "AlreadyReceived", "Batches", "Filing", "Findings", "Gate", "HandingOver", "Receipts",
           "Rosters", "SignRefused", "Stapling", "Uploads", "WatchedFolder"]
