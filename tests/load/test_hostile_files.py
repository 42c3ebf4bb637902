"""Every kind of bad file through the product: a real server, a real worker, and people who go on working beside it."""

import dataclasses
import io
import json
import re
import threading
import time
import zipfile
import zlib

import pdf_writer
import pikepdf
import pytest
import sqlalchemy as sa
from live_server import Browser
from pdf_writer import PdfWriter, jpeg
from PIL import Image

from korrigo.models import Job
from korrigo.services import Exams

pytestmark = [pytest.mark.worker, pytest.mark.timeout(420)]

#: Seconds after which the last of them has ended; each alone is bounded by the limits of its children.
ALL_ENDED = 300
PIECE = 4 << 20
#: What no secretary should read.
GIBBERISH = re.compile(r"Traceback|[({]|Error\b|Exception|0x[0-9a-f]{4}|\bNone\b|object at|[A-Za-z]+\.[a-z_]+\(|/tmp/")


@dataclasses.dataclass(frozen=True)
class Bad:
    """A file, and what becomes of it: the state of its batch, and how many of its sides cannot be read."""

    data: bytes
    state: str
    unreadable: int = 0


def made(folder, make) -> bytes:
    return make(folder / "bad.pdf").read_bytes()


def pages(folder, *add) -> bytes:
    writer = PdfWriter(folder / "bad.pdf")
    for one in add:
        one(writer)
    return writer.save().read_bytes()


def good(writer: PdfWriter) -> None:
    writer.jpeg_page(jpeg())


def page_that_draws_itself(writer: PdfWriter) -> None:
    form = writer.stream(b"/Type /XObject /Subtype /Form /BBox [0 0 595 842] /Resources << /XObject << /F 90 0 R >> >>",
                         b"/F Do " * 10, 90)
    writer.page(b"/F Do", {"F": form or 90})


def giant(writer: PdfWriter) -> None:
    writer.jpeg_page(jpeg(), box=(14_400_000.0, 14_400_000.0))


def many_scans(writer: PdfWriter) -> None:
    """A progressive JPEG whose scans are sent again and again: little to read, much to do."""
    data = jpeg((2000, 2800), progressive=True)
    first = data.index(b"\xff\xda")
    body = data[first:-2]
    writer.jpeg_page(data[:-2] + body * 200 + b"\xff\xd9", (2000, 2800))


def locked() -> bytes:
    out = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(out, encryption=pikepdf.Encryption(user="secret", owner="secret"))
    return out.getvalue()


def busy() -> bytes:
    """One that acts when it is opened, and starts programs."""
    out = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page(page_size=(595, 842))
        pdf.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert('here')")
        pdf.Root.AA = pikepdf.Dictionary(WC=pikepdf.Dictionary(S=pikepdf.Name.Launch, F="/bin/sh"))
        pdf.save(out)
    return out.getvalue()


def deep() -> bytes:
    return b"%PDF-1.7\n1 0 obj\n" + b"[" * 200_000 + b"]" * 200_000 + b"\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF"


def picture_of_many_pixels() -> bytes:
    """60 000 x 60 000 white pixels in a small PNG."""
    def chunk(kind: bytes, body: bytes) -> bytes:
        return len(body).to_bytes(4, "big") + kind + body + zlib.crc32(kind + body).to_bytes(4, "big")

    size = (60_000).to_bytes(4, "big") * 2
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", size + b"\x01\x00\x00\x00\x00")
            + chunk(b"IDAT", pdf_writer.inflating(bytes(7501), 60)) + chunk(b"IEND", b""))


def tiff_that_ends() -> bytes:
    out = io.BytesIO()
    Image.new("L", (800, 1100), 200).save(out, "TIFF")
    return out.getvalue()[:3000]


def archive(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in files.items():
            packed.writestr(name, data)
    return out.getvalue()


def growing() -> bytes:
    """Three gigabytes of zeros that take three megabytes."""
    out = io.BytesIO()
    with (zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed,
          packed.open("zeros.pdf", "w", force_zip64=True) as inside):
        block = bytes(1 << 24)
        for _block in range(150):
            inside.write(block)
    return out.getvalue()


def bad_files(folder) -> dict[str, Bad]:
    whole = made(folder, lambda path: pdf_writer.numbered(path, 3))
    picture = jpeg((800, 1100))
    return {
        "empty.pdf": Bad(b"", "refused"),
        "noise.pdf": Bad(bytes(range(256)) * 64, "refused"),
        "page.pdf": Bad(b"<!doctype html><title>Scan</title>" + b"<p>sign in</p>" * 50, "refused"),
        "truncated.pdf": Bad(whole[:len(whole) // 2], "ready"),
        "no-table.pdf": Bad(whole[:whole.rindex(b"xref\n0")], "ready"),
        "after-junk.pdf": Bad(bytes(2000) + whole, "ready"),
        "cyclic.pdf": Bad(made(folder, pdf_writer.cyclic_tree), "refused"),
        "billion.pdf": Bad(made(folder, pdf_writer.billion_pages), "refused"),
        "deep.pdf": Bad(deep(), "refused"),
        "no-page.pdf": Bad(pages(folder), "refused"),
        "locked.pdf": Bad(locked(), "refused"),
        "busy.pdf": Bad(busy(), "ready"),
        "giant.pdf": Bad(pages(folder, good, giant, good), "ready", 1),
        "image-bomb.pdf": Bad(made(folder, pdf_writer.image_bomb), "refused"),
        "jpeg-bomb.pdf": Bad(made(folder, pdf_writer.jpeg_bomb), "refused"),
        "content-bomb.pdf": Bad(made(folder, pdf_writer.content_bomb), "ready", 1),
        "forms.pdf": Bad(made(folder, pdf_writer.exponential_forms), "ready", 1),
        "itself.pdf": Bad(pages(folder, good, page_that_draws_itself, good), "ready", 1),
        "rectangles.pdf": Bad(pages(folder, good, pdf_writer.rectangles, good), "ready", 1),
        "many-scans.pdf": Bad(pages(folder, many_scans, good), "ready"),
        "pixels.png": Bad(picture_of_many_pixels(), "refused"),
        "cut.jpg": Bad(picture[:len(picture) // 2], "refused"),
        "cut.tiff": Bad(tiff_that_ends(), "refused"),
        "notes.png": Bad(b"not a picture at all " * 100, "refused"),
        "growing.zip": Bad(growing(), "refused"),
        "outside.zip": Bad(archive({"../../evil.pdf": whole}), "ready"),
        "nothing.zip": Bad(archive({"readme.txt": b"hello"}), "refused"),
        "cut.zip": Bad(archive({"a.pdf": whole})[:300], "refused"),
    }


class Visitor(threading.Thread):
    """Somebody who looks at the exam all the while; keeps what was answered and how long it took."""

    def __init__(self, server, user: str, path: str):
        super().__init__(daemon=True)
        self.browser, self.path = Browser(server, user), path
        self.answers: list[tuple[int, float]] = []
        self.leaves = threading.Event()

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *exception):
        self.leaves.set()
        self.join()
        self.browser.connection.close()

    def run(self) -> None:
        while not self.leaves.wait(0.2):
            begun = time.monotonic()
            status, _headers, _body = self.browser.ask("GET", self.path)
            self.answers.append((status, time.monotonic() - begun))


def send(browser: Browser, exam: str, name: str, data: bytes) -> dict:
    """Send a file as the page does; what the server says of its batch, or of the upload."""
    status, _headers, body = browser.ask("POST", f"/import/exams/{exam}/uploads", {"name": name, "size": len(data)})
    answer = json.loads(body)
    if status >= 400:
        return {"state": "refused", "message": answer.get("detail") or answer.get("message", "")}
    url, offset = answer["url"], 0
    while offset < len(data):
        answer = browser.patch(url, offset, data[offset:offset + PIECE])
        offset = answer["offset"]
    return {"state": "received", **answer["batch"]}


def ended(browser: Browser, batch: dict, seconds: float) -> dict:
    deadline = time.monotonic() + seconds
    while batch["state"] == "received":
        assert time.monotonic() < deadline, f"{batch} does not end"
        time.sleep(0.1)
        batch = json.loads(browser.ask("GET", batch["url"])[2])
    return batch


def test_every_bad_file_ends_in_a_plain_sentence_and_the_site_answers_meanwhile(server, data, tmp_path):
    owner = server.user("owner", "secretary")
    with server.scope(owner) as request:
        exam = request.find_service(Exams).create(title="Hostile").id
    browser = Browser(server, owner)
    files = bad_files(tmp_path)
    with Visitor(server, owner, f"/import/exams/{exam}/pages") as visitor:
        sent = {name: send(browser, exam, name, bad.data) for name, bad in files.items()}
        ends = {name: ended(browser, batch, ALL_ENDED) for name, batch in sent.items()}
        healthy = send(browser, exam, "healthy.pdf", (data / "batches" / "messy-a4" / "scan.pdf").read_bytes())
        healthy = ended(browser, healthy, 60)
    browser.connection.close()

    assert {name: end["state"] for name, end in ends.items()} == {name: bad.state for name, bad in files.items()}
    for name, end in ends.items():
        if end["state"] == "refused":
            assert end["message"] and not GIBBERISH.search(end["message"]), (name, end["message"])
            assert end["message"].rstrip().endswith((".", "!")), (name, end["message"])
    assert (healthy["state"], healthy["pages"]) == ("ready", 53)
    assert {status for status, _took in visitor.answers} == {200} and len(visitor.answers) > 20
    took = sorted(took for _status, took in visitor.answers)
    print(f"\n{len(took)} looks meanwhile: median {took[len(took) // 2]:.3f} s, slowest {took[-1]:.3f} s")
    assert took[-1] < 10
    unreadable = unreadable_sides(server, exam)
    assert {name: len(unreadable.get(name, [])) for name in files if files[name].state == "ready"} == {
        name: bad.unreadable for name, bad in files.items() if bad.state == "ready"}
    assert not [message for some in unreadable.values() for message in some if GIBBERISH.search(message)]
    with server.registry["engine"].connect() as connection:
        assert connection.scalar(sa.select(sa.func.max(Job.attempts))) == 1


def unreadable_sides(server, exam: str) -> dict[str, list[str]]:
    """File name -> what is said of each of its sides that cannot be read."""
    from korrigo_import.models import Batch, FindingRow

    found: dict[str, list[str]] = {}
    with server.scope() as request:
        for name, finding in request.db.execute(
                sa.select(Batch.filename, FindingRow).join(FindingRow, FindingRow.batch_id == Batch.id)
                .where(Batch.exam_id == exam, FindingRow.kind == "unreadable")):
            found.setdefault(name, []).append(str(finding.message))
    return found
