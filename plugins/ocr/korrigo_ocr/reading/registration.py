"""Laying a scanned cover over a reference form.

Three ways, from the surest to the poorest: the corner discs of the platform's own sheets; the printed features of
the header (ORB keypoints, RANSAC); the skew alone. Whatever the way, the result is judged by how much of the form's
print is found under it, and the best one wins.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from .geometry import PAGE_WIDTH, SCALE, Box, Grey, to_working
from .ink import ink_strength

Method = Literal["discs", "features", "skew"]
Affine = NDArray[np.float64]

HEADER_HEIGHT = 640.0
"""Units from the top that may hold the printed header: the upper 45 % of an A4 page."""

GOOD_QUALITY = 0.55
"""From this share of print found under the form a registration can be relied on."""

_DISC = (7.0, 34.0)
_CORNER = (150.0, 130.0)
_FEATURE_SCALE = 0.75
_MAX_SCALE_ERROR = 0.06
_MAX_ROTATION = math.radians(7)
_FEATURES = 700
_LEVELS = 4
"""Of ORB's scales: a scan is hardly larger or smaller than its form."""
_MATCHES = 250
_MIN_INLIERS = 12


@dataclass(frozen=True)
class Registration:
    """Where a form lies on a cover.

    ``matrix`` is affine and takes page units of the form to page units of the cover. ``quality`` is the share of the
    form's print found there, 0 to 1.
    """

    matrix: tuple[tuple[float, float, float], tuple[float, float, float]]
    method: Method
    quality: float

    def box(self, box: Box) -> Box:
        """The upright box, in the cover's units, around a box of the form."""
        corners = np.array([[box.x, box.y], [box.right, box.y], [box.x, box.bottom], [box.right, box.bottom]])
        points = cv2.transform(corners[None], np.array(self.matrix))[0]
        low, high = points.min(0), points.max(0)
        return Box(float(low[0]), float(low[1]), *(float(v) for v in high - low))


class HeaderPicture:
    """The header of a form or of a cover with what is needed to lay one over the other, computed once.

    ``picture`` is grey, upright, of any resolution; only its upper part is kept, at working scale.
    """

    def __init__(self, picture: Grey) -> None:
        self.picture = header_of(to_working(picture))

    @cached_property
    def discs(self) -> NDArray[np.float64]:
        """Centres of the corner discs, (n, 2) page units."""
        return find_discs(self.picture)

    @cached_property
    def features(self) -> tuple[NDArray[np.float32], NDArray[np.uint8] | None]:
        """Places (n, 2) in page units and ORB descriptors of the print."""
        return _features(self.picture)

    @cached_property
    def print_map(self) -> NDArray[np.float32]:
        """Soft map of the printed ink at a quarter of the working scale."""
        half = cv2.resize(self.picture, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
        return _soft(ink_strength(half, 0.5))


def header_of(cover: Grey) -> Grey:
    """The part of a working picture that may hold the header."""
    return cover[: int(HEADER_HEIGHT * SCALE)]


def register(cover: HeaderPicture, form: HeaderPicture) -> Registration:
    """Find ``form`` on an upright cover; never fails, but ``quality`` may be low."""
    best: Registration | None = None
    for method, estimate in (("discs", _by_discs), ("features", _by_features), ("skew", _by_skew)):
        matrix = estimate(cover, form)
        if matrix is None:
            continue
        found = Registration(_rows(matrix), method, _agreement(cover.print_map, matrix, form.print_map))
        if best is None or found.quality > best.quality:
            best = found
        if best.quality >= GOOD_QUALITY:
            break
    if best is None:
        raise AssertionError("registration by skew always gives a result")
    return best


def lay_under(cover: Grey, registration: Registration, height: int) -> Grey:
    """The header of ``cover`` moved onto the form: a working picture (height, 1654)."""
    return cut(cover, registration, Box(0, 0, PAGE_WIDTH, height / SCALE))


def cut(cover: Grey, registration: Registration, box: Box) -> Grey:
    """The part of a cover under a box of the form, upright, at working scale; paper white beyond the edge."""
    working = to_working(cover)
    matrix = np.array(registration.matrix)
    origin = matrix[:, :2] @ np.array([box.x, box.y]) + matrix[:, 2]
    inverse = np.column_stack([matrix[:, :2], origin * SCALE])
    size = (max(1, round(box.width * SCALE)), max(1, round(box.height * SCALE)))
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return cv2.warpAffine(
        working, inverse, size, flags=flags, borderMode=cv2.BORDER_CONSTANT, borderValue=255
    )


def find_discs(picture: Grey) -> NDArray[np.float64]:
    """Centres of the printed corner discs in the header of a working picture, (n, 2) page units, left to right."""
    found = []
    for left in (True, False):
        width, height = int(_CORNER[0] * SCALE), int(_CORNER[1] * SCALE)
        x0 = 0 if left else picture.shape[1] - width
        centre = _disc_in(picture[:height, x0 : x0 + width])
        if centre is not None:
            found.append(((centre[0] + x0) / SCALE, centre[1] / SCALE))
    return np.array(found, dtype=np.float64).reshape(-1, 2)


def skew_of(picture: Grey) -> float:
    """Skew of the printed and ruled lines of a working picture, radians, clockwise positive, within 3.5 degrees."""
    small = cv2.resize(picture, None, fx=0.3, fy=0.3, interpolation=cv2.INTER_AREA).astype(np.float32)
    edges = np.minimum(np.abs(cv2.Sobel(small, cv2.CV_32F, 0, 1)), 60)
    height, width = edges.shape

    def sharpness(angle: float) -> float:
        turn = cv2.getRotationMatrix2D((width / 2, height / 2), math.degrees(angle), 1)
        rows = cv2.warpAffine(edges, turn, (width, height))[10:-10, 30:-30].sum(1)
        return float(np.var(rows))

    coarse = max(np.radians(np.arange(-3.5, 3.51, 0.5)), key=sharpness)
    return float(max(coarse + np.radians(np.arange(-0.5, 0.51, 0.1)), key=sharpness))


def _disc_in(corner: Grey) -> tuple[float, float] | None:
    """Centre (pixels) of the roundest dark blob of a disc's size in a corner of the page."""
    paper = float(np.percentile(corner, 70))
    dark = (corner < paper * 0.55).astype(np.uint8)
    count, _, stats, centres = cv2.connectedComponentsWithStats(dark)
    best: tuple[float, tuple[float, float]] | None = None
    for i in range(1, count):
        x, y, w, h, area = (int(v) for v in stats[i])
        size = (w + h) / 2 / SCALE
        touches = x == 0 or y == 0 or x + w == corner.shape[1] or y + h == corner.shape[0]
        if touches or not _DISC[0] <= size <= _DISC[1] or not 0.8 < w / h < 1.25:
            continue
        roundness_error = abs(area / (w * h) - math.pi / 4)
        if roundness_error < 0.08 and (best is None or area > best[0]):
            best = (area, (float(centres[i][0]), float(centres[i][1])))
    return None if best is None else best[1]


def _by_discs(cover: HeaderPicture, form: HeaderPicture) -> Affine | None:
    """Similarity through the two upper discs, when both pictures show both of them."""
    if len(form.discs) != 2 or len(cover.discs) != 2:
        return None
    source, target = form.discs.astype(np.float32), cover.discs.astype(np.float32)
    return _plausible(cv2.estimateAffinePartial2D(source, target)[0])


def _by_features(cover: HeaderPicture, form: HeaderPicture) -> Affine | None:
    """Similarity that most matched print features agree on."""
    places, descriptors = form.features
    here, own = cover.features
    if descriptors is None or own is None:
        return None
    of_form, of_cover = _mutual(descriptors, own)
    if len(of_form) < _MIN_INLIERS:
        return None
    source, target = places[of_form[:_MATCHES]], here[of_cover[:_MATCHES]]
    cv2.setRNGSeed(0)  # RANSAC draws from a global generator: the same cover must give the same result
    matrix, inliers = cv2.estimateAffinePartial2D(
        source, target, method=cv2.RANSAC, ransacReprojThreshold=1.7
    )
    if inliers is None or int(inliers.sum()) < _MIN_INLIERS:
        return None
    return _plausible(matrix)


def _by_skew(cover: HeaderPicture, form: HeaderPicture) -> Affine:
    """Rotation by the skew about the page's centre, then the shift that best matches the print."""
    angle = skew_of(cover.picture)
    cos, sin = math.cos(angle), math.sin(angle)
    centre = np.array([PAGE_WIDTH / 2, cover.picture.shape[0] / SCALE / 2])
    turn = np.array([[cos, -sin], [sin, cos]])
    matrix = np.column_stack([turn, centre - turn @ centre])
    reference = form.print_map
    laid = _warp_soft(cover.print_map, matrix, reference.shape)
    (dx, dy), _ = cv2.phaseCorrelate(
        reference, laid, cv2.createHanningWindow(reference.shape[::-1], cv2.CV_32F)
    )
    shift = np.clip(np.array([dx, dy]) * 4 / SCALE, -60, 60)
    return np.column_stack([turn, matrix[:, 2] + turn @ shift])


def _plausible(matrix: Affine | None) -> Affine | None:
    """The matrix, unless it stretches or turns the page more than a scanner does."""
    if matrix is None:
        return None
    stretch = math.hypot(matrix[0, 0], matrix[1, 0])
    rotation = math.atan2(matrix[1, 0], matrix[0, 0])
    fits = abs(stretch - 1) <= _MAX_SCALE_ERROR and abs(rotation) <= _MAX_ROTATION
    return matrix if fits else None


def _features(picture: Grey) -> tuple[NDArray[np.float32], NDArray[np.uint8] | None]:
    small = cv2.resize(picture, None, fx=_FEATURE_SCALE, fy=_FEATURE_SCALE, interpolation=cv2.INTER_AREA)
    orb = cv2.ORB_create(_FEATURES, nlevels=_LEVELS, fastThreshold=12)
    keypoints, descriptors = orb.detectAndCompute(small, None)
    places = np.array([k.pt for k in keypoints], dtype=np.float32).reshape(-1, 2)
    return places / np.float32(_FEATURE_SCALE * SCALE), descriptors


def _mutual(first: NDArray[np.uint8], second: NDArray[np.uint8]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Rows of two tables of descriptors that are each other's nearest, nearest pairs first.

    The bits that two descriptors share are one product of matrices, which takes a quarter of the time of counting.
    """
    ours, theirs = (np.unpackbits(table, axis=1).astype(np.float32) * 2 - 1 for table in (first, second))
    alike = ours @ theirs.T
    nearest = alike.argmax(axis=1)
    mutual = np.flatnonzero(alike.argmax(axis=0)[nearest] == np.arange(len(nearest)))
    mutual = mutual[np.argsort(-alike[mutual, nearest[mutual]], kind="stable")]
    return mutual, nearest[mutual]


def _soft(ink: NDArray[np.float32]) -> NDArray[np.float32]:
    """Ink at half the working scale -> at a quarter, blurred so that an error of one unit still agrees.

    What touches the left, right or upper edge is the scanner's lid, not print, and is left out.
    """
    small = cv2.resize(ink, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    _, labels = cv2.connectedComponents((small > 0.15).astype(np.uint8), connectivity=8)
    lid = np.unique(np.concatenate([labels[:2].ravel(), labels[:, :2].ravel(), labels[:, -2:].ravel()]))
    touching = np.isin(labels, lid[lid > 0]).astype(np.uint8)
    small[cv2.dilate(touching, np.ones((5, 5), np.uint8)) > 0] = 0
    return cv2.GaussianBlur(small, (0, 0), 1.0)


def _warp_soft(soft: NDArray[np.float32], matrix: Affine, shape: tuple[int, ...]) -> NDArray[np.float32]:
    quarter = np.column_stack([matrix[:, :2], matrix[:, 2] * SCALE / 4])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return cv2.warpAffine(soft, quarter, (shape[1], shape[0]), flags=flags)


def _agreement(soft: NDArray[np.float32], matrix: Affine, reference: NDArray[np.float32]) -> float:
    """Correlation of the two inks where the form is printed; what pupils wrote elsewhere does not count."""
    printed = cv2.dilate((reference > 0.12).astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    if int(printed.sum()) < 50:
        return 0.0
    a = reference[printed]
    b = np.minimum(_warp_soft(soft, matrix, reference.shape)[printed], a.max())
    a, b = a - a.mean(), b - b.mean()
    norm = math.sqrt(float((a * a).sum()) * float((b * b).sum()))
    return max(0.0, float((a * b).sum()) / norm) if norm > 0 else 0.0


def _rows(matrix: Affine) -> tuple[tuple[float, float, float], tuple[float, float, float]]:
    rows = [tuple(round(float(v), 8) for v in row) for row in matrix]
    return rows[0], rows[1]
