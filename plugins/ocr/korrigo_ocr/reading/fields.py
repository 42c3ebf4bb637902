"""The identity fields of a printed, empty header: captions read, and matched with what is ruled beside or under."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import cv2
import numpy as np

from .forms import DIGIT_FIELDS, FIELD_NAMES, Field, FieldStyle
from .geometry import PAGE_WIDTH, SCALE, Box, Grey
from .ink import ink_strength
from .labels import Caption, Word, captions_among
from .rules import Frame, PrintedRules, printed_rules
from .tesseract import TesseractReader, recognise

_LAYOUTS = (11, 6)
_ENLARGED = 1.5
_LEAST_CONFIDENCE = 0.3
_UNDER = 32.0
_BESIDE = 70.0
_GROUP_GAP = 30.0
_LINE_ROOM = 46.0
_BELOW_LINE = 12.0
_CAPTION_GAP = 2.0
_DEFAULT_WIDTH = 420.0


def fields_of(picture: Grey) -> tuple[Field, ...]:
    """The fields of an empty header at working scale; one of each name at most."""
    rules = printed_rules(ink_strength(picture))
    captions: list[Caption] = []
    for words in _words(picture, rules):
        known = {caption.name for caption in captions}
        captions += [caption for caption in captions_among(words) if caption.name not in known]
    found: dict[str, Field] = {}
    for caption in captions:
        found.setdefault(caption.name, _field(caption, rules, captions))
    return tuple(sorted(found.values(), key=lambda field: FIELD_NAMES.index(field.name)))


def _words(picture: Grey, rules: PrintedRules) -> list[list[Word]]:
    """The printed words as sparse text and as a block: each finds captions that the other misses.

    Rules are painted over first, since Tesseract takes combs for letters.
    """
    clean = picture.copy()
    clean[cv2.dilate(rules.mask, np.ones((5, 5), np.uint8)) > 0] = int(np.percentile(picture, 80))
    large = cv2.resize(clean, None, fx=_ENLARGED, fy=_ENLARGED, interpolation=cv2.INTER_CUBIC)
    scale = 1 / (SCALE * _ENLARGED)
    language = TesseractReader().language()
    return [
        [
            Word(word.text, word.box.scaled(scale))
            for word in recognise([large], language, layout)
            if word.confidence >= _LEAST_CONFIDENCE
        ]
        for layout in _LAYOUTS
    ]


def _field(caption: Caption, rules: PrintedRules, captions: Sequence[Caption]) -> Field:
    """The field of one caption: the nearest frame or line, or bare room to its right."""
    frames = [
        Frame(f.box.scaled(1 / SCALE), tuple(c.scaled(1 / SCALE) for c in f.cells)) for f in rules.frames
    ]
    near = min(
        (
            (distance, frame)
            for frame in frames
            if (distance := _frame_distance(caption.box, frame.box)) is not None
        ),
        key=lambda item: item[0],
        default=None,
    )
    line = _line_of(caption, [box.scaled(1 / SCALE) for box in rules.lines])
    if near is not None and (line is None or near[0] <= line[0]):
        return _framed(caption, near[1], frames, captions)
    if line is not None:
        return _lined(caption, line[1], captions)
    return _lined(caption, None, captions)


def _frame_distance(caption: Box, frame: Box) -> float | None:
    """How far a frame is from its caption, None when it cannot be the caption's: under it, or to its right."""
    # Tesseract's box of a caption sometimes reaches into the frame below it.
    below = frame.y - caption.bottom
    if -0.75 * caption.height <= below <= _UNDER and frame.x - 25 <= caption.x < frame.right:
        return abs(below) + 0.2 * abs(frame.x - caption.x)
    right = frame.x - caption.right
    if -6 <= right <= _BESIDE and frame.y - 6 < caption.middle < frame.bottom + 6:
        return abs(right)
    return None


def _line_of(caption: Caption, lines: Iterable[Box]) -> tuple[float, Box] | None:
    """The line to write on, with its distance: to the right at the foot of the caption, or under it."""
    best: tuple[float, Box] | None = None
    for line in lines:
        right, under = line.x - caption.box.right, line.middle - caption.box.bottom
        if -15 <= right <= _BESIDE and -12 <= under <= 22:
            distance = abs(right) + abs(under)
        elif 15 < under <= _LINE_ROOM + 10 and line.x - 25 <= caption.box.x < line.right:
            distance = under + 20
        else:
            continue
        if best is None or distance < best[0]:
            best = (distance, line)
    return best


def _framed(caption: Caption, frame: Frame, frames: Sequence[Frame], captions: Sequence[Caption]) -> Field:
    """The field made by a frame and, for cells, the frames that follow it on the same row (a date's groups)."""
    group = [frame]
    if caption.name in DIGIT_FIELDS or len(frame.cells) > 1:
        for other in sorted(frames, key=lambda f: f.box.x):
            if _continues(group[-1].box, other.box) and not _has_own_caption(other.box, caption, captions):
                group.append(other)
    cells = [cell for part in group for cell in part.cells]
    box = Box.around([part.box for part in group])
    if len(cells) < 2:
        return Field(caption.name, box, "frame", (), caption.box)
    style: FieldStyle = "digits" if caption.name in DIGIT_FIELDS else "comb"
    return Field(caption.name, box, style, tuple(cells), caption.box)


def _continues(box: Box, other: Box) -> bool:
    same_row = abs(other.y - box.y) < 8 and abs(other.height - box.height) < 8
    return same_row and 0 <= other.x - box.right <= _GROUP_GAP


def _has_own_caption(box: Box, caption: Caption, captions: Sequence[Caption]) -> bool:
    return any(c is not caption and _frame_distance(c.box, box) is not None for c in captions)


def _lined(caption: Caption, line: Box | None, captions: Sequence[Caption]) -> Field:
    """The room above a line; without a line, the room right of the caption up to the next one."""
    if line is None:
        start, foot = caption.box.right + _CAPTION_GAP, caption.box.bottom
        after = [c.box.x for c in captions if c.box.x > start and abs(c.box.middle - caption.box.middle) < 15]
        end = min([*after, start + _DEFAULT_WIDTH, PAGE_WIDTH - 20])
    else:
        beside = line.middle - caption.box.bottom <= 22 and line.right > caption.box.right
        start = max(line.x, caption.box.right + _CAPTION_GAP) if beside else line.x
        foot, end = line.middle, line.right
    above = [
        c.box.bottom for c in captions if c.box.bottom < foot - 25 and c.box.x < end and c.box.right > start
    ]
    top = max([foot - _LINE_ROOM, *(bottom - 4 for bottom in above)])
    box = Box(start, top, max(20.0, end - start), foot + _BELOW_LINE - top)
    return Field(caption.name, box, "line", (), caption.box)
