"""ZIP: PDFs one by one, the pictures of each folder as one pile."""

import re
import shutil
import zipfile
from collections import defaultdict
from pathlib import Path, PurePosixPath

from zope.interface import implementer

from korrigo.api import PdfRefused
from korrigo.api import Sentence as _

from ..interfaces import IImporter, Unpacked
from .images import format_of, write_pages

MOST_FILES = 3000
#: Unpacked, all files together; scans hardly shrink, so what grows more is no scan.
LARGEST = 2 << 30
HIDDEN = re.compile(r"(^|/)(\.(?!\.?/)|__MACOSX/|Thumbs\.db$|desktop\.ini$)")


@implementer(IImporter)
class ZipImporter:
    """Each PDF is a file of its own; what is neither PDF nor picture is told and left."""

    name = "zip"
    title = _("ZIP archives")
    endings = (".zip",)
    makes = "files"

    def recognises(self, head, filename):
        return head.startswith((b"PK\x03\x04", b"PK\x05\x06"))

    def unpack(self, path, folder, name):
        try:
            with zipfile.ZipFile(path) as archive:
                return _unpack(archive, Path(folder), name)
        except (zipfile.BadZipFile, zipfile.LargeZipFile, EOFError, NotImplementedError, OSError, ValueError) as error:
            damaged = _("This ZIP archive is damaged. Make it again, or send the files that are in it.")
            raise PdfRefused("damaged", damaged, str(error)[:200]) from error
        except RuntimeError as error:     # what the library raises for an encrypted file
            raise PdfRefused("password", _("This ZIP archive is locked by a password. Unpack it, and send the files "
                                           "that are in it.")) from error


def _unpack(archive: zipfile.ZipFile, folder: Path, name: str) -> list[Unpacked]:
    members = [member for member in archive.infolist() if not member.is_dir() and not HIDDEN.search(member.filename)]
    if len(members) > MOST_FILES or sum(member.file_size for member in members) > LARGEST:
        raise PdfRefused("too-large", _("This ZIP archive holds more than ${n} files or ${mb} MB. Send it in several "
                                        "parts.", n=MOST_FILES, mb=LARGEST >> 20))
    members.sort(key=lambda member: natural(member.filename))
    files: list[Unpacked] = []
    pictures: dict[str, list[tuple[Path, str]]] = defaultdict(list)
    for number, member in enumerate(members):
        inside = PurePosixPath(member.filename.replace("\\", "/"))
        target = folder / f"{number:05}"
        _write(archive, member, target)
        with open(target, "rb") as file:
            head = file.read(8192)
        if format_of(head):
            pictures[str(inside.parent)].append((target, inside.name))
        elif b"%PDF-" in head:
            files.append(Unpacked(target.name, inside.name))
        else:
            files.append(Unpacked("", str(inside)))
    for pile, (place, some) in enumerate(sorted(pictures.items(), key=lambda item: natural(item[0]))):
        out = folder / f"pile-{pile:05}.pdf"
        write_pages(some, out)
        files.append(Unpacked(out.name, PurePosixPath(place).name or PurePosixPath(name).stem))
    if not any(unpacked.file for unpacked in files):
        raise PdfRefused("empty", _("There is no PDF and no picture in this ZIP archive."))
    return files


def _write(archive: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path) -> None:
    """No more bytes than the archive says: a false size is a bomb."""
    with archive.open(member) as source, open(target, "wb") as out:
        shutil.copyfileobj(_Bounded(source, member.file_size), out, 1 << 20)


class _Bounded:
    def __init__(self, source, left: int):
        self.source, self.left = source, left

    def read(self, size: int) -> bytes:
        data = self.source.read(size)
        self.left -= len(data)
        if self.left < 0:
            raise zipfile.BadZipFile("a file is larger than it says")
        return data


def natural(name: str) -> list[tuple[int, int | str]]:
    """A key that sorts page 2 before page 10."""
    return [(0, int(part)) if part.isdigit() and part.isascii() else (1, part.casefold())
            for part in re.split(r"(\d+)", name)]
