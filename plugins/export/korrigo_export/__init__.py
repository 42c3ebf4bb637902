"""Marks and graded copies out: CSV, PRONOTE, ZIP."""

from korrigo.api import Plugin
from korrigo.api import Sentence as _


def includeme(config):
    from .exporters import EXPORTERS, add_korrigo_exporter
    from .services import JOB, SERVICES
    from .step import ExportStep

    config.add_directive("add_korrigo_exporter", add_korrigo_exporter)
    for exporter in EXPORTERS:
        config.add_korrigo_exporter(exporter)
    for service in SERVICES:
        config.add_korrigo_service(service)
    config.add_korrigo_job(JOB, "korrigo_export.jobs.make", title=_("Making an export"), hard_limit=900)
    config.add_korrigo_step("export", ExportStep())
    config.add_korrigo_nav("exam", label=_("Export"), route="export.centre", icon="download",
                           permission="exam:office", order=40)
    config.include(".views")
    config.include(".api")


plugin = Plugin(
    name="export",
    title=_("Export"),
    description=_("Marks and graded copies out: CSV, PRONOTE, ZIP of graded PDFs."),
    includeme=includeme,
    requires=("grading",),
    models="korrigo_export.models",
    migrations="korrigo_export:migrations",
)
