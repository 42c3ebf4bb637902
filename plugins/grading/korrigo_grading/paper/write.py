"""Writing graded PDFs: the scan untouched underneath, the marks over it as vectors, the summary before or after."""

import contextlib
import hashlib
import os
import zlib
from collections import defaultdict
from pathlib import Path
from types import TracebackType
from typing import Literal

import pikepdf
from pikepdf import Array, Dictionary, Name

from korrigo.api import A4_HEIGHT, A4_WIDTH, MULTIPLY, Canvas, Fonts, FontShelf
from korrigo.api import Sentence as _

from .draw import PAGE_WIDTH, draw_marks
from .errors import GradedPdfError
from .model import Annotation, GradedCopy, Receipt
from .numbers import Number, decimal_comma
from .scans import Picture, Scans, Underlay
from .summary import draw_summary

HIGHLIGHT_OPACITY = 0.5
COMPRESSION = 3


class GradedWriter:
    """Writes the copies of a pile; a context manager, for it keeps the scans open from one copy to the next.

    :param summary: whether the summary is the first or the last page.
    :param number: how points are printed.
    :param picture: draws a half that cannot be separated otherwise (see ``scans.Picture``); without it such a copy
        is refused.
    :param reopen_every: scans are reopened after so many pages: it bounds the memory.
    """

    def __init__(
        self, *, summary: Literal["first", "last"] = "first", number: Number = decimal_comma,
        picture: Picture | None = None, reopen_every: int = 60,
    ):  # fmt: skip
        self._summary_first = summary == "first"
        self._number = number
        self._scans = Scans(reopen_every, picture)
        self._shelf = FontShelf()

    def __enter__(self) -> "GradedWriter":
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None):
        self._scans.close()

    def write(self, copy: GradedCopy, out: Path) -> Receipt:
        """Write one copy; ``out`` appears complete or not at all. The same copy gives the same bytes.

        :raises GradedPdfError: codes ``empty-copy``, ``annotation``, ``source-unreadable``, ``page-missing``,
            ``half-not-separable``.
        :raises OSError: when the file cannot be written.
        """
        marks = _marks_by_page(copy)
        with pikepdf.new() as pdf:
            fonts = Fonts(self._shelf)
            shared = pdf.make_indirect(Dictionary(ExtGState=Dictionary({f"/{MULTIPLY}": Dictionary(
                BM=Name.Multiply, ca=HIGHLIGHT_OPACITY)})))  # fmt: skip
            underlays = self._underlays(pdf, copy)
            sides = [_marked_page(pdf, underlay, marks[k], fonts, shared) for k, underlay in enumerate(underlays)]
            summary = [_summary_page(pdf, content, shared)
                       for content in draw_summary(copy.summary, fonts, self._number)]
            shared.Font = fonts.objects(pdf)
            for page in (summary + sides) if self._summary_first else (sides + summary):
                pdf.pages.append(pikepdf.Page(page))
            pdf.docinfo["/Title"] = copy.summary.title
            size, sha256 = _save(pdf, Path(out))
        self._scans.rest()
        return Receipt(len(sides) + len(summary), len(summary), size, sha256, tuple(u.images for u in underlays))

    def _underlays(self, pdf: pikepdf.Pdf, copy: GradedCopy) -> list[Underlay]:
        """The sides of the copy. A half brings the other half along only when both belong to the copy."""
        regions = defaultdict(set)
        for side in copy.sides:
            regions[side.source, side.pdf_page].add(side.region)
        return [
            self._scans.underlay(pdf, side, alone=regions[side.source, side.pdf_page] in ({"left"}, {"right"}))
            for side in copy.sides
        ]


def write_graded(
    copy: GradedCopy, out: Path, *, summary: Literal["first", "last"] = "first",
    number: Number = decimal_comma, picture: Picture | None = None,
) -> Receipt:  # fmt: skip
    """Write one graded PDF. For a whole pile, a ``GradedWriter`` is faster. Errors: those of its ``write``."""
    with GradedWriter(summary=summary, number=number, picture=picture) as writer:
        return writer.write(copy, out)


def _marks_by_page(copy: GradedCopy) -> dict[int, list[Annotation]]:
    if not copy.sides:
        raise GradedPdfError(
            "empty-copy", _("This copy has no page. Nothing was written; check how it was stapled."))
    marks = defaultdict(list)
    for annotation in copy.annotations:
        if not 0 <= annotation.page < len(copy.sides):
            raise GradedPdfError(
                "annotation",
                _("A mark of kind ${kind} lies on page ${page} of a copy that has ${n}. Nothing was written; give the "
                  "copy its page back or delete the mark.",
                  kind=repr(annotation.kind), page=annotation.page + 1, n=len(copy.sides)),
            )
        marks[annotation.page].append(annotation)
    return marks


def _stream(pdf: pikepdf.Pdf, content: bytes, **keys: object) -> pikepdf.Stream:
    return pdf.make_stream(zlib.compress(content, COMPRESSION), Filter=Name.FlateDecode, **keys)


def _marked_page(
    pdf: pikepdf.Pdf, side: Underlay, annotations: list[Annotation], fonts: Fonts, shared: pikepdf.Object
) -> pikepdf.Object:
    """A page of the new PDF: the side, and over it a form in page units, turned over so that y runs down."""
    scale = side.width / PAGE_WIDTH
    drawn = Dictionary(Scan=side.form)
    content = "q /Scan Do Q"
    if annotations:
        height = side.height / scale
        canvas = Canvas(fonts)
        draw_marks(canvas, annotations, height)
        drawn.Marks = _stream(
            pdf, canvas.data, Type=Name.XObject, Subtype=Name.Form, Resources=shared,
            BBox=Array([0, 0, PAGE_WIDTH, round(height, 4)]),
        )  # fmt: skip
        content += f" q {scale:.6f} 0 0 {-scale:.6f} 0 {side.height:.4f} cm /Marks Do Q"
    page = Dictionary(
        Type=Name.Page, MediaBox=Array([0, 0, round(side.width, 4), round(side.height, 4)]),
        Contents=pdf.make_stream(content.encode()), Resources=Dictionary(XObject=drawn),
    )  # fmt: skip
    if side.user_unit != 1:
        page.UserUnit = side.user_unit
    return pdf.make_indirect(page)


def _summary_page(pdf: pikepdf.Pdf, content: bytes, shared: pikepdf.Object) -> pikepdf.Object:
    return pdf.make_indirect(Dictionary(
        Type=Name.Page, MediaBox=Array([0, 0, A4_WIDTH, A4_HEIGHT]), Resources=shared,
        Contents=_stream(pdf, f"1 0 0 -1 0 {A4_HEIGHT} cm\n".encode() + content),
    ))  # fmt: skip


def _save(pdf: pikepdf.Pdf, out: Path) -> tuple[int, str]:
    """Write beside ``out``, then rename: (bytes, SHA-256). Streams are left as they are in the scan."""
    draft = out.with_name(f".{out.name}.{os.getpid()}.part")
    try:
        pdf.save(
            draft, min_version="1.7", deterministic_id=True, compress_streams=False,
            stream_decode_level=pikepdf.StreamDecodeLevel.none,
            object_stream_mode=pikepdf.ObjectStreamMode.disable,
        )  # fmt: skip
        with draft.open("rb") as written:
            sha256 = hashlib.file_digest(written, "sha256").hexdigest()
            size = os.fstat(written.fileno()).st_size
        draft.replace(out)
    finally:
        with contextlib.suppress(FileNotFoundError):
            draft.unlink()
    return size, sha256
