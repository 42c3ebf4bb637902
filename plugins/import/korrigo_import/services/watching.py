"""A folder that copiers scan to: one folder in it for each exam, and a place for what nobody has claimed."""

import logging
import os
import re
import stat
import time
from pathlib import Path

from korrigo.api import Audit, Exam, safe_filename

from .batches import AlreadyReceived, Batches
from .uploads import clean_name

log = logging.getLogger(__name__)

#: A file that was written to less than so many seconds ago may still be on its way.
QUIET_S = 15
#: Where a file goes that was received, beside where it lay.
DONE = "received"
#: What programs call files that they have not finished.
UNFINISHED = (".part", ".tmp", ".crdownload", ".filepart")
JOB = "import.watch"
#: The end of the name of an exam's folder: the first letters of its id.
OF_EXAM = re.compile(r"-([0-9a-f]{8})$")


class WatchedFolder:
    """``root`` is None where the settings name no folder: then there is nothing to watch."""

    def __init__(self, db, batches: Batches, audit: Audit, jobs, root: Path | None):
        self.db, self.batches, self.audit, self.jobs, self.root = db, batches, audit, jobs, root

    @classmethod
    def of(cls, request) -> "WatchedFolder":
        folder = request.registry.settings["korrigo.import.watch"]
        return cls(request.db, request.find_service(Batches), request.audit, request.jobs,
                   Path(folder) if folder else None)

    def folder(self, exam: Exam) -> Path | None:
        """Where the scans of an exam go; its name can be told on the copier's panel."""
        return self.root / f"{safe_filename(exam.title, 'exam')[:40]}-{exam.id[:8]}" if self.root else None

    def open(self, exam: Exam) -> None:
        """Make the folder of an exam, if it is not there; one that was made under an older title is kept."""
        folder = self.folder(exam)
        if folder is not None and not self._of(exam):
            folder.mkdir(parents=True, exist_ok=True)
            self.audit.record("import.folder", f"exam:{exam.id}", folder=folder.name)

    def is_open(self, exam: Exam) -> Path | None:
        """The folder of an exam that is there."""
        return next(iter(self._of(exam)), None)

    def unclaimed(self) -> list[str]:
        """The names of files that lie beside the exams' folders."""
        return [path.name for path in self._files(self.root)] if self.root else []

    def claim(self, exam: Exam, name: str) -> None:
        """Give an unclaimed file to an exam: the next look receives it.  ``LookupError`` when it is not there."""
        if name not in self.unclaimed():
            raise LookupError(name)
        self.open(exam)
        (self.root / name).rename(free(self._of(exam)[0], name))
        self.audit.record("import.claimed", f"exam:{exam.id}", filename=name)
        self.jobs.add(JOB, unique_key=JOB)

    def due(self) -> list[tuple[str, Path]]:
        """(first letters of the exam's id, file) of what lies in the exams' folders, complete and not yet received."""
        if not self.root:
            return []
        folders = [(match[1], path) for path in _listed(self.root)
                   if (match := OF_EXAM.search(path.name)) and path.is_dir() and not path.is_symlink()]
        return [(start, path) for start, folder in folders for path in self._files(folder)]

    def receive(self, start: str, path: Path) -> bool:
        """Receive a file for the exam whose id begins so; False when there is no such exam."""
        exams = self.db.query(Exam).filter(Exam.id.startswith(start, autoescape=True)).limit(2).all()
        if len(exams) != 1:
            return False
        try:
            self.batches.receive(exams[0], path, clean_name(path.name))
        except AlreadyReceived as error:
            log.info("%s was received before as %s", path.name, error.batch.filename)
        return True

    def put_away(self, path: Path) -> None:
        """Once it is certain that a file was received: out of the way, and kept for the school to delete."""
        done = path.parent / DONE
        done.mkdir(exist_ok=True)
        path.rename(free(done, path.name))

    def _of(self, exam: Exam) -> list[Path]:
        end = f"-{exam.id[:8]}"
        return [path for path in _listed(self.root) if path.name.endswith(end) and path.is_dir()] if self.root else []

    def _files(self, folder: Path) -> list[Path]:
        """Regular files that nobody is writing to, by age."""
        found = []
        for path in _listed(folder):
            status = path.lstat()
            finished = not path.name.startswith((".", "~")) and path.suffix.lower() not in UNFINISHED
            quiet = time.time() - status.st_mtime > QUIET_S
            if stat.S_ISREG(status.st_mode) and status.st_size and finished and quiet:
                found.append((status.st_mtime, path))
        return [path for _modified, path in sorted(found)]


def _listed(folder: Path | None) -> list[Path]:
    try:
        return [Path(entry.path) for entry in os.scandir(folder)]
    except FileNotFoundError:
        return []


def free(folder: Path, name: str) -> Path:
    """A place in a folder where nothing lies."""
    path, number = folder / name, 1
    while path.exists():
        number += 1
        path = folder / f"{Path(name).stem} ({number}){Path(name).suffix}"
    return path
