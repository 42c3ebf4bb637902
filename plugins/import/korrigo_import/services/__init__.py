"""The work of import, one class a subject."""

from .attendance import Attendance
from .batches import AlreadyReceived, Batches
from .filing import Filing
from .findings import Findings
from .gate import Gate
from .handing import HandingOver, SignRefused
from .lists import ListGone, Lists
from .receipts import Receipts
from .rosters import Rosters
from .stapling import Stapling
from .uploads import Uploads
from .watching import WatchedFolder

SERVICES = (Attendance, Batches, Filing, Findings, Gate, HandingOver, Lists, Receipts, Rosters, Stapling, Uploads,
            WatchedFolder)

__all__ = ["SERVICES", "AlreadyReceived", "Attendance", "Batches", "Filing", "Findings", "Gate", "HandingOver",
           "ListGone", "Lists", "Receipts", "Rosters", "SignRefused", "Stapling", "Uploads", "WatchedFolder"]
