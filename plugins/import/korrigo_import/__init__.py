"""Scans and rosters in: batches, sides, copies, the contact sheet."""

from korrigo.api import PdfRefused, Plugin
from korrigo.api import Sentence as _


def includeme(config):
    from .services import SERVICES
    from .step import ImportStep

    for service in SERVICES:
        config.add_korrigo_service(service)
    config.add_korrigo_job("import.scan", "korrigo_import.jobs.scan", title=_("Reading a scan"), hard_limit=900,
                           failed="korrigo_import.jobs.scan_failed", fatal=(PdfRefused,))
    config.add_korrigo_step("import", ImportStep())
    config.add_korrigo_static()
    for order, (label, route, icon) in enumerate((
            (_("Scans"), "import.uploads", "upload"), (_("Pages"), "import.pages", "pages"),
            (_("Check"), "import.gate", "done"), (_("Roster"), "import.roster", "users"))):
        config.add_korrigo_nav("exam", label=label, route=route, icon=icon, permission="exam:office",
                               order=10 + order)
    config.include(".views")
    config.include(".api")


plugin = Plugin(
    name="import",
    title=_("Exam import"),
    description=_("Scans and rosters in: batches, sides, copies, the contact sheet."),
    includeme=includeme,
    models="korrigo_import.models",
    migrations="korrigo_import:migrations",
)
