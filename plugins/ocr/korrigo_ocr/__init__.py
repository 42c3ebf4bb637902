"""Whose copy it is: readers, closed-list matching, the identification desk."""

from korrigo.api import CopyAssembled, Plugin, Setting
from korrigo.api import Sentence as _


def includeme(config):
    from .filenames import FileNames
    from .readers import Ppocr, Tesseract, add_korrigo_reader, reader_check
    from .services import SERVICES
    from .sources import add_korrigo_evidence
    from .step import IdentifyStep
    from .subscribers import read_headers

    config.add_directive("add_korrigo_reader", add_korrigo_reader)
    config.add_directive("add_korrigo_evidence", add_korrigo_evidence)
    config.add_korrigo_reader(Ppocr())
    config.add_korrigo_reader(Tesseract())
    config.add_korrigo_evidence(FileNames())
    for service in SERVICES:
        config.add_korrigo_service(service)
    config.add_korrigo_job("ocr.identify", "korrigo_ocr.jobs.identify", title=_("Finding names"), hard_limit=900)
    config.add_korrigo_job("ocr.draw", "korrigo_ocr.jobs.draw", title=_("Finding names anew"), hard_limit=900)
    config.add_korrigo_job("ocr.try", "korrigo_ocr.jobs.try_on", title=_("Trying drawn fields"), hard_limit=120)
    config.add_korrigo_subscriber(CopyAssembled, read_headers)
    config.add_korrigo_step("identify", IdentifyStep())
    config.add_korrigo_check("reader", reader_check)
    config.add_korrigo_static()
    config.add_korrigo_nav("exam", label=_("Identification"), route="ocr.desk", icon="user",
                           permission="exam:office", order=20)
    config.include(".views")
    config.include(".fields")
    config.include(".api")


plugin = Plugin(
    name="ocr",
    title=_("Identification"),
    description=_("Whose copy it is: readers, closed-list matching, the identification desk."),
    includeme=includeme,
    after=("import",),
    models="korrigo_ocr.models",
    migrations="korrigo_ocr:migrations",
    settings=(
        Setting("korrigo.ocr.reader", "str", "auto",
                _("The engine that reads names: auto (the best that is installed), its name, or none to find them by "
                  "hand.")),
        Setting("korrigo.ocr.threshold", "float", 8.0,
                _("Confidence (natural log-odds) from which a name is accepted without a person.")),
        Setting("korrigo.ocr.automatic", "bool", True, _("Accept certain names; false proposes all of them.")),
    ),
)
