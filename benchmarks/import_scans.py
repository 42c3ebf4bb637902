"""What an import costs: CPU milliseconds a page, memory and disk, for the kinds of scan that copiers make.

    python benchmarks/import_scans.py [--most] [kind ...]

Every measurement is its own process, with a sandbox and children as in a worker; all of them are counted.  The cost
of a start is taken out by importing a few pages of the same file first.  ``shown``: received, checked and laid out, so
that pages can be seen.  ``whole``: thumbnails, blank, orientation, skew, headers and copies, too.  Beside it what Plom
0.22.4 needed on two such cores for the same kind of input: to split a bundle into pictures with thumbnails, and to read
the codes that tell its pages.  ``--most`` fails above the targets.
"""

import argparse
import io
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pikepdf
from machine import DATA, pictures, yardstick
from pikepdf import Array, Dictionary, Name, Stream
from PIL import Image

FEW = 8
REPEATS = 5
#: kind -> (what it is, CPU ms a page at most: shown, whole; Plom's).
KINDS = {
    "grey200": ("grey A4, 200 dpi, one JPEG a page", 3, 20, "155-180"),
    "colour300": ("colour A4, 300 dpi, one JPEG a page", 3, 30, "155-180"),
    "bilevel300": ("black and white A4, 300 dpi, G4", 3, 50, "4 960-5 400 (rendered)"),
    "text200": ("grey A4 with a visible text layer", 3, 80, "4 960-5 400 (rendered)"),
    "layers-a3": ("A3 of two layers, 300 dpi mask; a page is half a sheet", 3, 80, "4 960-5 400 (rendered)"),
}


def paged(out: Path, images) -> None:
    """A PDF of pages ``(stream dictionary, data, content after the picture)``."""
    with pikepdf.new() as pdf:
        font = pdf.make_indirect(Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica))
        for entries, data, more in images:
            image = pdf.make_indirect(Stream(pdf, data, Type=Name.XObject, Subtype=Name.Image, **entries))
            content = b"q 595.28 0 0 841.89 0 0 cm /Im0 Do Q " + more
            pdf.pages.append(pikepdf.Page(pdf.make_indirect(Dictionary(
                Type=Name.Page, MediaBox=Array([0, 0, 595.28, 841.89]),
                Resources=Dictionary(XObject=Dictionary(Im0=image), Font=Dictionary(F0=font)),
                Contents=pdf.make_indirect(Stream(pdf, content))))))
        pdf.save(out)


def jpeg_page(data: bytes, more: bytes = b""):
    image = Image.open(io.BytesIO(data))
    space = Name.DeviceGray if image.mode == "L" else Name.DeviceRGB
    return ({"Width": image.width, "Height": image.height, "BitsPerComponent": 8, "ColorSpace": space,
             "Filter": Name.DCTDecode}, data, more)


def colour300(data: bytes):
    image = Image.open(io.BytesIO(data)).convert("RGB")
    image, out = image.resize((image.width * 3 // 2, image.height * 3 // 2), Image.Resampling.BICUBIC), io.BytesIO()
    image.save(out, "JPEG", quality=75)
    return jpeg_page(out.getvalue())


def bilevel300(data: bytes):
    image = Image.open(io.BytesIO(data))
    image = image.resize((image.width * 3 // 2, image.height * 3 // 2), Image.Resampling.BICUBIC)
    image, out = image.point(lambda value: 255 * (value > 150)).convert("1"), io.BytesIO()
    image.save(out, "TIFF", compression="group4", tiffinfo={278: image.height})
    tags = Image.open(out).tag_v2
    [start], [length] = tags[273], tags[279]
    white = bool(tags[262] == 0)
    return ({"Width": image.width, "Height": image.height, "BitsPerComponent": 1, "ColorSpace": Name.DeviceGray,
             "Filter": Name.CCITTFaxDecode, "DecodeParms": Dictionary(
                 K=-1, Columns=image.width, Rows=image.height, BlackIs1=not white)},
            out.getvalue()[start:start + length], b"")


def make(kind: str, out: Path, pages: int) -> None:
    match kind:
        case "grey200":
            paged(out, map(jpeg_page, pictures(pages)))
        case "colour300":
            paged(out, map(colour300, pictures(pages)))
        case "bilevel300":
            paged(out, map(bilevel300, pictures(pages)))
        case "text200":
            paged(out, (jpeg_page(data, b"BT /F0 9 Tf 300 20 Td (Page read by the copier) Tj ET")
                        for data in pictures(pages)))
        case "layers-a3":
            with pikepdf.open(DATA / "mock-a3" / "scan.pdf") as pile:
                del pile.pages[pages:]
                pile.remove_unreferenced_resources()
                pile.save(out)


def measured(folder: Path, scan: Path, stage: str) -> dict:
    """Import a scan in a process of its own: its report, CPU seconds of it and of all its children, peak memory."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run([sys.executable, __file__, "--child", stage, str(folder), str(scan)], check=True,
                          stdout=subprocess.PIPE, text=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {**json.loads(done.stdout), "cpu": cpu}


def child(stage: str, folder: Path, scan: Path) -> None:
    """In the measured process."""
    from korrigo import quiet  # noqa: F401

    # isort: split
    import sqlalchemy as sa
    from korrigo_import.models import Batch
    from korrigo_import.preparing import prepare
    from korrigo_import.services import Batches

    from korrigo.jobs.run import JobContext, run_job
    from korrigo.models import Job
    from korrigo.services import Exams
    from korrigo.testing.sites import Site

    site = Site(folder, ("import",), queue="none")
    disk, begun = used(folder), time.monotonic()
    with site.scope() as request:
        exam = request.find_service(Exams).create(title="Measured")
        batch = request.find_service(Batches).receive(exam, scan, scan.name)
        batch_id, job_id = batch.id, batch.job_id
    if stage == "shown":
        with site.scope() as request:
            context = JobContext(site.registry, request.db.execute(
                sa.select(*Job.__table__.columns).where(Job.id == job_id)).one(), "measured")
        _blob, index = prepare(context, batch_id)
        with site.scope() as request:
            request.find_service(Batches).lay_out(request.db.get(Batch, batch_id), index.pages)
    else:
        assert run_job(site.registry, job_id, inline=True)
        with site.scope() as request:
            assert request.db.get(Batch, batch_id).state == "ready"
    print(json.dumps({"wall": time.monotonic() - begun, "disk": used(folder) - disk,
                      "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))
    site.close()


def used(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and ".db" not in path.name)


def cost(kind: str, pages: int, stage: str, folder: Path) -> tuple[float, dict]:
    """(CPU ms a page, the run over all pages), the best of a few."""
    size = pages if kind != "layers-a3" else pages // 2
    few, many = folder / f"{kind}-few.pdf", folder / f"{kind}.pdf"
    if not many.exists():
        make(kind, few, FEW if kind != "layers-a3" else FEW // 2)
        make(kind, many, size)
    runs = {few: [], many: []}
    for _again in range(REPEATS):     # in turn: a machine has slow and quick minutes
        for scan, found in runs.items():
            found.append(measured(Path(tempfile.mkdtemp(dir=folder)), scan, stage))
    least = {scan: min(run["cpu"] for run in found) for scan, found in runs.items()}
    best = min(runs[many], key=lambda run: run["wall"])
    return 1000 * (least[many] - least[few]) / (pages - FEW), {**best, "size": many.stat().st_size}


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("kinds", nargs="*", default=list(KINDS))
    parser.add_argument("--pages", type=int, default=96, help="at most 96, and 68 of A3")
    parser.add_argument("--most", action="store_true")
    given = parser.parse_args()
    over = []
    print(f"{os.cpu_count()} cores; CPU ms a page, wall seconds and the rest for {given.pages} pages")
    for kind in given.kinds:
        before = yardstick()
        what, most_shown, most_whole, plom = KINDS[kind]
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            shown, _run = cost(kind, given.pages, "shown", folder)
            whole, run = cost(kind, given.pages, "whole", folder)
            shutil.rmtree(folder, ignore_errors=True)
        share = 100 * (run["disk"] / run["size"] - 1)
        print(f"{kind:11} {what} (yardstick {before:.1f}-{yardstick():.1f})\n"
              f"    shown {shown:6.2f} (at most {most_shown})   whole {whole:6.1f} (at most "
              f"{most_whole}; Plom {plom})   wall {run['wall']:5.1f} s   worker {run['memory']:.0f} MB   "
              f"disk beyond the upload {share:.0f} %")
        over += [kind] if shown > most_shown or whole > most_whole else []
    if over:
        print("above the targets:", ", ".join(over))
    return int(bool(over and given.most))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        child(sys.argv[2], Path(sys.argv[3]), Path(sys.argv[4]))
    else:
        sys.exit(main())
