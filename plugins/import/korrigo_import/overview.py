"""The gate as its page shows it: figures, lots, and findings with a picture and what can be done."""

from collections.abc import Collection, Iterator

import sqlalchemy as sa

from korrigo.api import Sentence as _
from korrigo.api import Student, say, unpack

from . import wording
from .models import BatchState, FindingRow, FindingState, HandOver
from .services.gate import Loaded
from .tally import COLUMNS, CopyCount, CopyLine

#: So many names are listed; where more are missing something else is wrong than a pupil who was away.
NAMES = 12


def figures(request, loaded: Loaded) -> dict:
    """What stands above the findings."""
    tally = loaded.tally
    wanted = tally.without_copy | tally.absent_with_copy
    names = names_of(request, wanted) if 0 < len(wanted) <= NAMES else {}
    return {
        "exam": loaded.exam, "tally": tally, "lots": [lot for lot in tally.lots if lot.batch is not None],
        "files": {batch.id: batch for batch, _name in loaded.batches.values()},
        "beside": next((lot for lot in tally.lots if lot.batch is None), None), "columns": COLUMNS,
        "words": wording.COLUMNS, "hand_over": loaded.hand_over, "choices": HandOver,
        "signoffs": signoffs(loaded), "unsettled": list(unsettled(loaded)), "recipe": wording.recipe,
        "sheets": any(lot.batch and lot.batch.sheets for lot in tally.lots),
        "missing": sorted(names[pupil] for pupil in tally.without_copy if pupil in names),
        "surprising": sorted(names[pupil] for pupil in tally.absent_with_copy if pupil in names),
    }


def signoffs(loaded: Loaded) -> list[dict]:
    """Who has signed, newest first; ``now``: for the lot as it is."""
    versions = {lot.batch.id: lot.version for lot in loaded.tally.lots if lot.batch is not None}
    return [{"row": row, "file": loaded.batches[row.batch_id][0].filename, "open": [unpack(why) for why in row.open],
             "now": versions[row.batch_id] == row.version}
            for row in loaded.signoffs]


def names_of(request, ids: Collection[str]) -> dict[str, str]:
    """The names of pupils, for those who may read them."""
    if not request.has_permission("exam:names"):
        return {}
    return {pupil.id: pupil.name for pupil in request.db.scalars(sa.select(Student).where(Student.id.in_(ids)))}


def findings(request, loaded: Loaded, only: Collection[str] | None = None) -> list[dict]:
    """The findings, those of a whole file first, then in the order of the scan.

    ``only``: leave out what the program has settled by itself, but for these.  A copy whose number of pages nothing
    explains is shown like a finding; saying that it is right makes one.
    """
    shown = [_finding(request, loaded, row, name) for row, name in loaded.findings
             if only is None or row.state != FindingState.APPLIED or row.id in only]
    return shown + [_count(request, loaded, copy) for lot in loaded.tally.lots for copy in lot.unexplained]


def _finding(request, loaded: Loaded, row: FindingRow, decided_by: str | None) -> dict:
    side = loaded.sides.get(row.side_id)
    copy = loaded.copies.get(side.copy_id if side and side.copy_id else row.copy_id)
    proposal = wording.proposal(row)
    return {
        "id": row.id, "kind": row.kind, "title": say(request, wording.kind(row.kind)), "state": row.state,
        "message": say(request, row.message), "sure": say(request, wording.sure(row.confidence)),
        "certain": bool(proposal) and row.confidence >= wording.SURE, "proposal": say(request, proposal),
        "did": say(request, wording.done(row)) if row.state == FindingState.APPLIED else "",
        "file": loaded.batches[row.batch_id][0].filename, "copy": copy.serial if copy else None,
        "order": side.ordinal if side else -1, **_place(request, loaded, side, copy),
        "by": decided_by or "", "undo": row.undo_id,
    }


def _count(request, loaded: Loaded, copy: CopyCount) -> dict:
    """A copy with an unexplained number of pages."""
    side = loaded.sides[copy.sides[0].id]
    name = "missing_page" if copy.pages < loaded.tally.expected_pages else "extra_page"
    return {
        "id": f"copy-{copy.line.id}", "of_copy": copy.line.id, "kind": name,
        "title": say(request, wording.kind(name)), "state": FindingState.OPEN, "sure": say(request, wording.sure(1.0)),
        "message": say(request, _("Pages: ${found}; expected: ${expected}.", found=copy.pages,
                                  expected=loaded.tally.expected_pages)),
        "certain": False, "proposal": "", "did": "", "copy": copy.line.serial, "order": side.ordinal,
        "file": "", **_place(request, loaded, side, copy.line), "by": "", "undo": None,
    }


def _place(request, loaded: Loaded, side, copy: CopyLine | None) -> dict:
    """Where it is, and the pictures of it."""
    anchor = f"side-{side.id}" if side else f"copy-{copy.id}" if copy else None
    return {
        "page": side.position if side else None, "scan": side.pdf_page if side else None,
        "half": say(request, wording.REGIONS[side.region]) if side else "",
        "thumb": request.pictures.url(loaded.exam, side, "thumb") if side else None,
        "large": request.pictures.url(loaded.exam, side, "work") if side else None,
        "url": request.route_path("import.pages", exam=loaded.exam.id, _anchor=anchor),
    }


def unsettled(loaded: Loaded) -> Iterator:
    """The lots for which somebody may have to sign: not green, or not signed where that is asked of every lot."""
    for lot in loaded.tally.lots:
        if lot.batch is None or lot.batch.state == BatchState.RECEIVED or lot.signed_as_it_is:
            continue
        if lot.reasons or loaded.hand_over == HandOver.SIGNED:
            yield lot
