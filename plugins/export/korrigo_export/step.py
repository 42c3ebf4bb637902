"""Export as the last step of the exam."""

import sqlalchemy as sa
from pyramid.i18n import TranslationStringFactory
from zope.interface import implementer

from korrigo.api import Copy, CopyState, IExamStep, StepState

from .exporters import exporters
from .interfaces import Material
from .services import Gathering

_ = TranslationStringFactory("korrigo")


@implementer(IExamStep)
class ExportStep:
    """Marks and graded copies out."""

    title = _("Export")
    after = ("grade",)

    def state(self, request, exam) -> StepState | None:
        if not request.has_permission("exam:office"):
            return None
        graded = request.db.scalar(sa.select(sa.func.count()).where(Copy.exam_id == exam.id,
                                                                    Copy.state == CopyState.GRADED))
        url = request.route_path("export.centre", exam=exam.id)
        return StepState("done" if graded else "empty", str(graded) if graded else "", url)

    def arguments(self, parser) -> None:
        pass

    def check(self, options) -> None:
        pass

    def run(self, run) -> None:
        pass

    def report(self, run) -> None:
        """Write ``marks.csv`` and ``pronote.csv``."""
        with run.scope() as request:
            material = Material(request.find_service(Gathering).table(run.exam(request)), ())
        for name, file in (("csv", "marks.csv"), ("pronote", "pronote.csv")):
            exporters(run.registry)[name].write(material, run.out / file)
