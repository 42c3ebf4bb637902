"""The work of import, one class a subject."""

from .batches import AlreadyReceived, Batches
from .filing import Filing
from .rosters import Rosters
from .stapling import Stapling
from .uploads import Uploads
from .watching import WatchedFolder

SERVICES = (Batches, Filing, Rosters, Stapling, Uploads, WatchedFolder)

__all__ = ["SERVICES", "AlreadyReceived", "Batches", "Filing", "Rosters", "Stapling", "Uploads", "WatchedFolder"]
