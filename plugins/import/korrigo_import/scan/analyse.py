"""One look at the picture of one side."""

import numpy as np
from numpy.typing import NDArray

from korrigo_import.scan import header, ink, likeness, turn
from korrigo_import.scan.facts import Region, SideFacts
from korrigo_import.scan.raster import PX_PER_MM, px

A4_WIDTH_MM = 210.0


def analyse(
    gray: NDArray[np.uint8], pdf_page: int, region: Region = "full", *, dpi: float | None = None
) -> SideFacts:
    """Measure one side.

    :param gray: grey picture (height, width), uint8, upright after the PDF's /Rotate, already cut for the
        regions ``left`` and ``right``; 100 to 150 dpi is plenty.
    :param dpi: resolution of ``gray``; without it the shorter edge counts as A4 (210 mm).
    :raises ValueError: when ``gray`` is not such a picture.
    """
    if gray.ndim != 2 or gray.dtype != np.uint8 or min(gray.shape) < 16:
        raise ValueError(
            "A side must be a grey picture (height, width) of 8 bits, at least 16 pixels a side."
        )
    quarter = 90 if gray.shape[1] > 1.15 * gray.shape[0] else 0
    if quarter:
        gray = np.ascontiguousarray(np.rot90(gray, -1))
    mm_per_px = 25.4 / dpi if dpi else A4_WIDTH_MM / min(gray.shape)
    height_mm, width_mm = (round(length * mm_per_px, 1) for length in gray.shape)
    drawing = ink.draw(gray, width_mm)
    form = header.strongest_form(drawing)
    share = len(drawing.places) / drawing.ink.size
    lines = turn.text_lines(drawing.ink)
    margin = None if drawing.margin is None else round(1000 * drawing.margin / drawing.shape[1], 1)
    return SideFacts(
        pdf_page=pdf_page,
        region=region,
        width_mm=width_mm,
        height_mm=height_mm,
        quarter=quarter,
        ink=round(share, 5),
        pen=round(ink.pen_darkness(drawing), 3),
        sharpness=round(ink.sharpness(drawing), 3),
        skew=drawing.skew,
        blank=round(blank_log_odds(drawing), 2),
        upright=round(turn.clues(drawing, lines).log_odds(), 2),
        margin_x=margin,
        ruling_mm=drawing.ruling_mm,
        printed=round(turn.printed(drawing, lines), 3),
        form=form.strength,
        form_turned=form.turned,
        form_box=form.box,
        discs=header.discs(drawing),
        ink_map=likeness.pack(likeness.map_of(drawing.ink, width_mm, height_mm)),
        line_map=likeness.pack(likeness.map_of(drawing.lines, width_mm, height_mm)),
    )


def blank_log_odds(drawing: ink.Drawing) -> float:
    """Log-odds that nobody wrote on a side.

    Counted in square millimetres of strokes larger than dust; one short word covers about 15 mm².
    """
    _, _, width, height, area = drawing.strokes.T
    strokes = float(area[np.maximum(width, height) >= px(1.25)].sum()) / PX_PER_MM**2
    return float(np.clip(3.0 * np.log(10.0 / (strokes + 0.5)), -12.0, 9.0))


def split_fold(gray: NDArray[np.uint8]) -> int:
    """The column at which to cut an opened A3 sheet in two: the fold's shadow if one shows, else the middle.

    The shadow is looked for within 3 % of the middle; anything less than a clear upright stripe over most of
    the height is not a fold.
    """
    height, width = gray.shape
    middle, reach = width // 2, max(4, round(0.03 * width))
    band = gray[height // 20 : -height // 20 or None, middle - reach : middle + reach]
    levels = np.median(band, axis=0)
    plain = float(np.median(levels))
    stripe = int(np.argmin(levels))
    steady = float((band[:, stripe] < plain - 6).mean())
    if plain - float(levels[stripe]) < 8 or steady < 0.7:
        return middle
    return middle - reach + stripe
