"""Opened double sheets in duplex: recto [P4|P1] on one PDF page, verso [P2|P3] on the next."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from korrigo_import.scan.settle import SideView

Halves = dict[str, int]
"""Region -> index of the side in the pile, for one PDF page."""


@dataclass(frozen=True)
class Sheet:
    """One folded sheet: ``sides`` maps its pages 1 to 4 to indexes in the pile (a lost face leaves a gap)."""

    sides: dict[int, int]
    turned: int
    has_header: bool
    complete: bool


def sheets_of(views: Sequence[SideView]) -> list[Sheet]:
    """The sheets of a pile in which every PDF page is cut into left and right."""
    pages: dict[int, Halves] = defaultdict(dict)
    for index, view in enumerate(views):
        pages[view.facts.pdf_page][view.facts.region] = index
    faces = [pages[number] for number in sorted(pages)]
    sheets = []
    place = 0
    fronts_first = _fronts_first(views, faces)
    while place < len(faces):
        pair = faces[place : place + 2]
        headed = [_headed(views, face) for face in pair]
        if len(pair) == 2 and not all(headed) and not _strays(views, faces, place, fronts_first):
            front, back = pair if headed[0] or (fronts_first and not headed[1]) else pair[::-1]
            sheets.append(_sheet(views, front, back))
            place += 2
        else:
            lonely_front = headed[0] or fronts_first
            sheets.append(_sheet(views, pair[0], {}) if lonely_front else _sheet(views, {}, pair[0]))
            place += 1
    return sheets


def _headed(views: Sequence[SideView], face: Halves) -> bool:
    return any(views[index].has_header for index in face.values())


def _fronts_first(views: Sequence[SideView], faces: Sequence[Halves]) -> bool:
    """Whether the copier gave the side with the header first (true when nothing tells)."""
    even = sum(_headed(views, face) for face in faces[0::2])
    odd = sum(_headed(views, face) for face in faces[1::2])
    return even >= odd


def _strays(views: Sequence[SideView], faces: Sequence[Halves], place: int, fronts_first: bool) -> bool:
    """Whether the face at ``place`` lost its other side, so that what follows is in step again without it.

    Seen by a header where a verso should be, followed by a face without one.
    """
    if not fronts_first or _headed(views, faces[place]) or not _headed(views, faces[place + 1]):
        return False
    rest = [_headed(views, face) for face in faces[place + 1 :]]
    return sum(rest[0::2]) > sum(rest[1::2])


def _sheet(views: Sequence[SideView], front: Halves, back: Halves) -> Sheet:
    """Number the four pages of a sheet; a sheet on its head shows page 1 on the left."""
    indexes = [*front.values(), *back.values()]
    header = next((views[i] for i in front.values() if views[i].has_header), None)
    if header is not None:
        upside_down = header.header_turned == 180
    else:
        upside_down = sum(views[i].upright for i in indexes if not views[i].is_blank) < -6.0
    left, right = ("right", "left") if upside_down else ("left", "right")
    places = {4: front.get(left), 1: front.get(right), 2: back.get(left), 3: back.get(right)}
    sides = {page: index for page, index in sorted(places.items()) if index is not None}
    return Sheet(sides, 180 if upside_down else 0, header is not None, len(sides) == 4)
