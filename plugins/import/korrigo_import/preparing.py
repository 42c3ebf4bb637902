"""From a received file to a PDF that sides can point into, or to the files that were in it."""

import logging
import tempfile
from pathlib import Path

from korrigo.api import JobContext, PageError, PdfIndex, PdfRefused, index_pdf, normalise, sandbox
from korrigo.api import Sentence as _

from .importers.directive import importer_for
from .interfaces import IImporter, Unpacked
from .models import Batch
from .services import Batches

log = logging.getLogger(__name__)

#: Of the child that unpacks a file: a pile of photographs takes a while, a bomb shall not take longer.
LIMITS = sandbox.Limits(memory_mb=1536, cpu_s=240, wall_s=480, file_mb=2048)


def prepare(context: JobContext, batch_id: str) -> tuple[str, PdfIndex] | None:
    """The blob that holds the pages of a batch, and its index; None for a container, whose files were received.

    Raises ``PdfRefused``.  Repeating it changes nothing.
    """
    with context.transaction() as request:
        batch = request.db.get(Batch, batch_id)
        blob_id, pages_blob_id, name, password = batch.blob_id, batch.pages_blob_id, batch.filename, batch.password
    with context.blob_path(blob_id) as path:
        importer = importer_for(context.registry, path, name)
        if importer.makes != "itself" and pages_blob_id == blob_id:
            with tempfile.TemporaryDirectory(prefix="korrigo-unpack-") as folder:
                unpacked = _unpack(importer, path, Path(folder), name)
                if importer.makes == "files":
                    _receive(context, batch_id, Path(folder), unpacked)
                    return None
                pages_blob_id = _keep(context, batch_id, Path(folder, unpacked[0].file))
            password = ""
    return _index(context, batch_id, pages_blob_id, password)


def _index(context: JobContext, batch_id: str, blob_id: str, password: str) -> tuple[str, PdfIndex]:
    """The index of the file, and the blob that it is of: a damaged or encrypted file is mended first and kept too."""
    with context.blob_path(blob_id) as path:
        index = index_pdf(path, password=password or None)
        if not index.repaired:
            return blob_id, index
        with tempfile.TemporaryDirectory(prefix="korrigo-mend-") as folder:
            out = Path(folder, "mended.pdf")
            index = normalise(path, out, password=password or None)
            return _keep(context, batch_id, out), index


def _unpack(importer: IImporter, path: Path, folder: Path, name: str) -> list[Unpacked]:
    try:
        unpacked = sandbox.run(unpack_in_child, importer, path, folder, name, limits=LIMITS)
    except sandbox.SandboxFailure as error:
        log.error("the importer %s raised on a file: %s\n%s", importer.name, error, error.trace)
        raise PdfRefused("failed", _("The importer ${name} failed on this file. It is kept: tell whoever looks after "
                                     "this server.", name=importer.name)) from error
    except sandbox.SandboxLimit as limit:
        raise PdfRefused("damaged", _("This file cannot be opened: ${why}. Scan it again, or send it in parts.",
                                      why=limit)) from limit
    if not any((folder / found.file).is_file() for found in unpacked if found.file):
        raise PdfRefused("empty", _("Nothing was found in this file."))
    return unpacked


def unpack_in_child(importer: IImporter, path: Path, folder: Path, name: str) -> list[Unpacked]:
    """In the child."""
    try:
        return list(importer.unpack(path, folder, name))
    except PageError:
        raise
    except MemoryError as error:
        raise PdfRefused("too-large", _("This file needs more memory than it may. Send it in parts.")) from error


def _keep(context: JobContext, batch_id: str, path: Path) -> str:
    with context.transaction() as request:
        batch = request.db.get(Batch, batch_id)
        request.find_service(Batches).keep_pages(batch, path)
        return batch.pages_blob_id


def _receive(context: JobContext, batch_id: str, folder: Path, unpacked: list[Unpacked]) -> None:
    with context.transaction() as request:
        batch = request.db.get(Batch, batch_id)
        request.find_service(Batches).unpacked(batch, [
            (folder / found.file if found.file else None, found.name) for found in unpacked])
