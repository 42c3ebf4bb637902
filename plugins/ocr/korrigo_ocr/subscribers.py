"""What identification does when others have done something."""

import sqlalchemy as sa

from korrigo.api import CopyAssembled, Side


def read_headers(event: CopyAssembled) -> None:
    """New pages: read their headers.  One job for all copies of one transaction."""
    request = event.request
    headers = request.db.scalar(sa.select(sa.func.count()).where(Side.exam_id == event.exam_id, Side.header))
    request.jobs.add("ocr.identify", unique_key=f"ocr.identify:{event.exam_id}:{headers}", exam_id=event.exam_id)
