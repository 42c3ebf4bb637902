"""Marking schemes, the grading screen, graders, graded PDFs."""

from korrigo.api import OFFICE, CopyAssembled, Plugin, SidesMoved, admin, exam_coordinator, exam_grader
from korrigo.api import Sentence as _


def includeme(config):
    from .events import SchemeChanged
    from .graders import GRADERS, add_korrigo_grader
    from .paper.errors import GradedPdfError
    from .services import SERVICES, papers, proposals
    from .step import GradeStep, SchemeStep
    from .subscribers import ask_graders, follow_sides

    config.add_directive("add_korrigo_grader", add_korrigo_grader)
    for grader in GRADERS:
        config.add_korrigo_grader(grader)
    for service in SERVICES:
        config.add_korrigo_service(service)
    config.add_korrigo_permission("grading:grade", _("Write on copies"), ([exam_grader], [exam_coordinator], [admin]))
    config.add_korrigo_permission("grading:scheme", _("Change the marking scheme"), ([exam_coordinator], [admin]))
    config.add_korrigo_permission("grading:finalise", _("Finalise and reopen copies, take graded PDFs"), OFFICE)
    config.add_korrigo_job(papers.JOB, "korrigo_grading.jobs.finalise", title=_("Making a graded PDF"),
                           failed="korrigo_grading.jobs.finalise_failed", fatal=(GradedPdfError,))
    config.add_korrigo_job(proposals.JOB, "korrigo_grading.jobs.propose_scores", title=_("Asking graders for scores"),
                           hard_limit=900)
    config.add_korrigo_subscriber(CopyAssembled, ask_graders)
    config.add_korrigo_subscriber(SchemeChanged, ask_graders)
    config.add_korrigo_subscriber(SidesMoved, follow_sides)
    config.add_korrigo_step("scheme", SchemeStep())
    config.add_korrigo_step("grade", GradeStep())
    config.add_korrigo_static()
    for order, (label, route, icon, permission) in enumerate((
            (_("Marking scheme"), "grading.scheme", "sheet", "exam:office"),
            (_("Grading"), "grading.screen", "pen", "grading:grade"),
            (_("Finalising"), "grading.finalise", "check", "exam:office"))):
        config.add_korrigo_nav("exam", label=label, route=route, icon=icon, permission=permission, order=30 + order)
    config.include(".views")
    config.include(".api")


plugin = Plugin(
    name="grading",
    title=_("Grading"),
    description=_("Marking schemes, the grading screen, graders, graded PDFs."),
    includeme=includeme,
    after=("import", "ocr"),
    models="korrigo_grading.models",
    migrations="korrigo_grading:migrations",
)
