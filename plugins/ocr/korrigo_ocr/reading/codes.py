"""Codes that are printed or stuck on a header: QR, Data Matrix, Code 128, Code 39, read by zxing-cpp where it is there.

A code carries its own check: what is read is right.  Whether it means a pupil is decided when it is compared with the
list of pupils; one that means something else, the exam or the page, says nothing there.
"""

from __future__ import annotations

from ..engines import codes_missing
from ..interfaces import Reading
from ..matching.values import CODE_READER, FieldEvidence
from .geometry import Grey

FORMATS = ("QRCode", "DataMatrix", "Code128", "Code39")
MOST = 4
"""Codes of one header that are looked at."""
LONGEST = 200
"""Characters of a code; longer ones are no number of a pupil."""


def codes_on(picture: Grey) -> tuple[str, ...]:
    """What the codes on an upright picture of 150 dpi or more say; nothing without the library."""
    if codes_missing() is not None:
        return ()
    import zxingcpp

    formats = zxingcpp.BarcodeFormats([getattr(zxingcpp.BarcodeFormat, name) for name in FORMATS])
    found = zxingcpp.read_barcodes(picture, formats=formats, try_rotate=False, try_invert=False, try_downscale=False)
    return tuple(code.text for code in found[:MOST] if code.valid and 0 < len(code.text) <= LONGEST)


def code_evidence(picture: Grey) -> FieldEvidence | None:
    """The evidence of a header's codes; None when there are none."""
    codes = codes_on(picture)
    return FieldEvidence("number", CODE_READER, tuple(Reading(text, 1.0) for text in codes)) if codes else None
