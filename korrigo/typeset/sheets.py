"""A PDF of A4 pages with nothing but text and lines."""

from __future__ import annotations

import io
import zlib
from collections.abc import Sequence

from .fonts import Fonts

#: Points.
A4_WIDTH, A4_HEIGHT = 595.28, 841.89


def pdf_of_sheets(contents: Sequence[bytes], fonts: Fonts, *, title: str, language: str) -> bytes:
    """The file of A4 pages whose content streams (points, y downwards) were made with ``fonts``.

    The same contents give the same bytes.
    """
    import pikepdf
    from pikepdf import Array, Dictionary, Name

    out = io.BytesIO()
    with pikepdf.new() as pdf:
        shared = pdf.make_indirect(Dictionary(Font=fonts.objects(pdf)))
        for content in contents:
            stream = zlib.compress(b"1 0 0 -1 0 %.2f cm\n" % A4_HEIGHT + content)
            pdf.pages.append(pikepdf.Page(pdf.make_indirect(Dictionary(
                Type=Name.Page, MediaBox=Array([0, 0, A4_WIDTH, A4_HEIGHT]), Resources=shared,
                Contents=pdf.make_stream(stream, Filter=Name.FlateDecode)))))
        pdf.docinfo["/Title"] = title
        pdf.Root.Lang = pikepdf.String(language)
        pdf.save(out, min_version="1.7", deterministic_id=True)
    return out.getvalue()
