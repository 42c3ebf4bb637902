"""Scans and rosters in: batches, sides, copies, the contact sheet."""

from korrigo.api import PdfRefused, Plugin, Setting
from korrigo.api import Sentence as _


def includeme(config):
    from .importers.archives import ZipImporter
    from .importers.directive import add_korrigo_importer
    from .importers.images import ImageImporter
    from .importers.pdf import PdfImporter
    from .recipes.directive import add_korrigo_recipe
    from .services import SERVICES
    from .step import ImportStep
    from .watching import folder_check

    config.add_directive("add_korrigo_importer", add_korrigo_importer)
    config.add_directive("add_korrigo_recipe", add_korrigo_recipe)
    for importer in (PdfImporter(), ImageImporter(), ZipImporter()):
        config.add_korrigo_importer(importer)
    for service in SERVICES:
        config.add_korrigo_service(service)
    config.add_korrigo_job("import.scan", "korrigo_import.jobs.scan", title=_("Reading a scan"), hard_limit=900,
                           failed="korrigo_import.jobs.scan_failed", fatal=(PdfRefused,))
    config.add_korrigo_job("import.watch", "korrigo_import.watching.watch", title=_("Looking into the scan folder"),
                           hard_limit=600)
    if config.registry.settings["korrigo.import.watch"]:
        config.add_korrigo_periodic("import.watch", kind="import.watch", cron="* * * * *")
    config.add_korrigo_check("scan-folder", folder_check)
    config.add_korrigo_job("import.tidy", "korrigo_import.jobs.tidy", title=_("Throwing away old lists of pupils"))
    config.add_korrigo_periodic("import.tidy", kind="import.tidy", cron="30 2 * * *")
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
    settings=(
        Setting("korrigo.import.watch", "str", "",
                _("Folder that copiers scan to, looked into every minute; empty for none.")),
        Setting("korrigo.import.rosters", "rate", "10/hour", _("Imports of lists of pupils by one person.")),
        Setting("korrigo.import.lists", "rate", "60/hour",
                _("Lists of pupils that one person sends to look at before they are imported.")),
    ),
    models="korrigo_import.models",
    migrations="korrigo_import:migrations",
)
