"""What files are called, for whoever wants to know whose they are."""

import sqlalchemy as sa

from korrigo.api import Side

from .models import Batch


def files_of_one_copy(db, exam_id: str) -> dict[str, str]:
    """Copy id -> the name of its file, of the files of an exam that hold one copy each."""
    rows = db.execute(
        sa.select(Batch.filename, sa.func.min(Side.copy_id))
        .join(Side, sa.and_(Side.exam_id == Batch.exam_id, Side.blob_id == Batch.pages_blob_id))
        .where(Batch.exam_id == exam_id, Side.copy_id.is_not(None)).group_by(Batch.id, Batch.filename)
        .having(sa.func.count(Side.copy_id.distinct()) == 1))
    return {copy: name for name, copy in rows}
