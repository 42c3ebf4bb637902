"""Exams made by services, without reading any page, and a browser that remembers its token."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from korrigo_grading.scheme import parse_lines
from korrigo_grading.services import Schemes
from korrigo_import.models import Batch, BatchState

from korrigo.api import Blob, Exam, ExamRole, Exams
from korrigo.testing.exams import MadeExam, make_exam

#: Two exercises, five questions, 20 points.
LINES = "1;Analysis;\n1a;Derivative;4\n1b;Variations;5\n2;Sequences;5\n3;Space;4\n4;Chance;2\n"


@dataclass(frozen=True)
class Built(MadeExam):
    """An exam with questions; ``leaves`` are those with points, by label."""

    leaves: dict[str, str]


def build(request, scan: Path, *, scheme: bool = True, batch: bool = True, graders: tuple[str, ...] = (),
          title: str = "Mock exam", **options) -> Built:
    """An exam whose copies are numbered pages of ``scan``; all copies are ready for grading.

    Without ``scheme`` (of grading) and ``batch`` (of import) nothing but the core is needed.
    """
    made = make_exam(request, scan, title=title, **options)
    exam, blob = request.db.get(Exam, made.exam), request.db.get(Blob, made.blob)
    if batch:
        request.db.add(Batch(exam_id=exam.id, blob_id=blob.id, pages_blob_id=blob.id, filename=f"{title}.pdf",
                             size=blob.size, state=BatchState.READY, pages=sum(map(len, made.sides))))
    leaves = set_scheme(request, exam) if scheme else {}
    for user_id in graders:
        request.find_service(Exams).set_role(exam, user_id, ExamRole.GRADER)
    return Built(**vars(made), leaves=leaves)


def set_scheme(request, exam: Exam, lines: str = LINES) -> dict[str, str]:
    schemes = request.find_service(Schemes)
    schemes.set(exam, parse_lines(lines, exam.total))
    return {question.label: key for key, question in schemes.leaves(exam).items()}


BOOT = re.compile(r'<script type="application/json" id="boot">(.*?)</script>', re.DOTALL)


def boot(response) -> dict:
    """What a page gives its script."""
    return json.loads(BOOT.search(response.text)[1])


class Browser:
    """A WebTest application as one signed-in person uses it; every byte that was received is kept in ``seen``."""

    def __init__(self, app):
        self.app, self.seen = app, []

    @property
    def token(self) -> dict[str, str]:
        return {"X-CSRF-Token": self.app.get("/session").json["csrf"]}

    def get(self, url: str, **options):
        return self._keep(self.app.get(url, **options))

    def post(self, url: str, data=None, **options):
        """A form, as a page sends it."""
        return self._keep(self.app.post(url, data or {}, headers=self.token, **options))

    def send(self, url: str, data, **options):
        """JSON, as a script sends it."""
        return self._keep(self.app.post_json(url, data, headers=self.token, **options))

    def upload(self, exam: str, name: str, data: bytes, piece: int = 1 << 20):
        """A whole file in pieces; the answer to the last one."""
        url = self.send(f"/import/exams/{exam}/uploads", {"name": name, "size": len(data)}).json["url"]
        for start in range(0, len(data), piece):
            answer = self.patch(url, start, data[start:start + piece])
        return answer.json

    def send_list(self, exam: str, data: bytes, name: str = "roster.csv", purpose: str = "roster"):
        """A list of pupils; the page that shows what it would do."""
        self.post(f"/import/exams/{exam}/roster", {"purpose": purpose}, upload_files=[("file", name, data)],
                  status=303)
        return self.get(f"/import/exams/{exam}/roster/list", status="*")

    def import_list(self, page, **said):
        """Press the page's main button, with what was filled in besides; the report."""
        fields = [pair for pair in page.forms["preview"].submit_fields() if pair[0] not in said]
        fields += [(name, value) for name, values in said.items()
                   for value in ([values] if isinstance(values, str) else values)]
        self.post(f"{page.request.path}/apply", fields, status=303)
        return self.get(page.request.path)

    def patch(self, url: str, offset: int, data: bytes, **options):
        return self._keep(self.app.patch(url, data, headers={
            **self.token, "Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream",
            "Accept": "application/json"}, **options))

    def _keep(self, response):
        self.seen.append((response.request.path_qs, response.body))
        environ = response.request.environ
        environ["wsgi.input"].close()   # large bodies lie in temporary files
        environ.get("webob._parsed_post_vars", ({},))[0].clear()
        return response


def traces(pieces: list[tuple[str, bytes]], secrets: list[str]) -> list[tuple[str, str]]:
    """Where a secret shows in what was received: as it is, as JSON writes it, as an address writes it."""
    found = []
    for url, body in pieces:
        text = body.decode("utf-8", "replace").casefold()
        for secret in secrets:
            written = {secret, json.dumps(secret)[1:-1], quote(secret)}
            if any(form.casefold() in text for form in written):
                found.append((url, secret))
    return found
