"""The work of import, one class a subject."""

from .attendance import Attendance
from .batches import AlreadyReceived, Batches
from .filing import Filing
from .lists import ListGone, Lists
from .rosters import Rosters
from .stapling import Stapling
from .uploads import Uploads

SERVICES = (Attendance, Batches, Filing, Lists, Rosters, Stapling, Uploads)

__all__ = ["SERVICES", "AlreadyReceived", "Attendance", "Batches", "Filing", "ListGone", "Lists", "Rosters",
           "Stapling", "Uploads"]
