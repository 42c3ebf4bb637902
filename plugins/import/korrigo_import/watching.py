"""The job that looks into the folder that copiers scan to, and the check that it can."""

import os
from pathlib import Path

from korrigo.api import JobContext, Told
from korrigo.api import Sentence as _

from .services import WatchedFolder


class NoFolder(Told, RuntimeError):
    """The folder that the settings name cannot be used; the message says why."""


def watch(context: JobContext) -> None:
    """Receive what copiers have put into the folders of exams.  What was received is put away once that is certain."""
    with context.transaction() as request:
        due = request.find_service(WatchedFolder).due()
    for done, (start, path) in enumerate(due):
        context.report(done, len(due), unit="files")
        with context.transaction() as request:
            watched = request.find_service(WatchedFolder)
            received = watched.receive(start, path)
        if received:
            watched.put_away(path)


def folder_check(registry) -> str:
    """The health check: files can be taken from the folder."""
    folder = registry.settings["korrigo.import.watch"]
    if not folder:
        return _("off: scans are sent by hand")
    if not Path(folder).is_dir() or not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        raise NoFolder(_("korrigo.import.watch = ${folder}: there is no such folder, or it cannot be written to.",
                         folder=folder))
    return folder
