"""What the server does by itself: files that nobody needs any more."""

import logging

from .sentences import Sentence as _
from .services import Blobs

log = logging.getLogger(__name__)


def tidy(context) -> None:
    """Remove files that a transaction which was undone left behind, and pictures beyond the cache's size."""
    with context.transaction() as request:
        blobs = request.find_service(Blobs)
        orphans = blobs.orphans()
        for blob_id in orphans:
            blobs.store.delete(blob_id)
    freed = context.registry["pictures"].cache.trim()
    log.info("tidied: %d orphaned files, %d bytes of pictures", len(orphans), freed)


def includeme(config):
    config.add_korrigo_job("core.tidy", tidy, title=_("Tidying up"))
    config.add_korrigo_periodic("core.tidy", kind="core.tidy", cron="0 2 * * *")
