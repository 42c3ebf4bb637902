"""The marks on the page: each kind in its place, its colour and its words."""

from pathlib import Path

import numpy as np
import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from korrigo_grading.paper.draw import draw_marks
from korrigo_grading.paper.errors import GradedPdfError
from korrigo_grading.paper.model import Annotation
from korrigo_grading.paper.write import write_graded
from paper_samples import ScanFile, copy_of, mark, reddish, render, sides, text_of
from pikepdf import Dictionary

from korrigo.typeset.canvas import Canvas, ink_path, numbers
from korrigo.typeset.fonts import Fonts, FontShelf

WIDTH = 1000
"""One pixel is one page unit."""


@pytest.fixture
def drawn(tmp_path: Path):
    """Draws marks on an empty page of 240 x 340 points and returns its picture and its text."""

    def draw(*marks: Annotation) -> tuple[np.ndarray, str]:
        scan = ScanFile()
        scan.page(Dictionary(), b"")
        out = tmp_path / "graded.pdf"
        write_graded(copy_of(sides(scan.save(tmp_path / "scan.pdf"), 1), *marks), out)
        return render(out, 1, WIDTH), text_of(out, 1)

    return draw


def frame(painted: np.ndarray) -> tuple[int, int, int, int]:
    """The smallest box round what is painted: left, top, right, bottom."""
    ys, xs = np.nonzero(painted)
    return xs.min(), ys.min(), xs.max(), ys.max()


@pytest.mark.parametrize(("marked", "box"), [
    (mark("ink", p=[[100, 100], [400, 300]], w=4), (98, 98, 402, 302)),
    (mark("ink", p=[[300, 700]], w=30), (285, 685, 315, 715)),
    (mark("box", x=200, y=300, w=250, h=120), (199, 299, 451, 421)),
    (mark("line", x=100, y=900, x2=500, y2=900), (99, 899, 501, 901)),
    (mark("line", x=100, y=900, x2=500, y2=900, arrow=True), (99, 892, 501, 908)),
    (mark("stamp", x=600, y=800, t="✓", size=100), (600, 724, 676, 798)),
    (mark("stamp", x=600, y=800, t="✗", size=100), (602, 728, 668, 800)),
    (mark("remark", x=300, y=400, n="", t=""), (287, 387, 313, 413)),
])  # fmt: skip
def test_a_mark_lies_where_its_page_units_say(drawn, marked, box):
    picture, _ = drawn(marked)
    assert frame(reddish(picture)) == pytest.approx(box, abs=3)


def test_ink_goes_through_the_mid_points_of_its_stroke(drawn):
    """A quadratic curve from mid-point to mid-point: it passes by the corner, not through it."""
    picture, _ = drawn(mark("ink", p=[[100, 100], [100, 500], [500, 500], [500, 900]], w=3))
    red = reddish(picture)
    assert red[498:503, 298:303].any()  # the mid-point of the second and third points
    assert not red[485:515, 85:115].any()  # the corner itself
    assert red[345:355, 100:400].any()


def test_a_highlight_colours_the_paper_and_leaves_the_writing_dark(tmp_path):
    scan = ScanFile()
    scan.page(Dictionary(), b"0 g 24 200 100 20 re f")
    out = tmp_path / "graded.pdf"
    copy = copy_of(sides(scan.save(tmp_path / "scan.pdf"), 1), mark("hi", x=50, y=450, w=800, h=200))
    write_graded(copy, out)
    picture = render(out, 1, WIDTH)
    red, green, blue = picture[600, 700]
    assert red > 240 and green > 200 and blue < 160
    assert picture[540, 300].max() < 20


@pytest.mark.parametrize("text", ["½ point", "Sœur, cœur, façade : « 5 € »", "∀n∈ℕ, √2 ≤ uₙ", "Ελλάδα", "\\(piège)"])
@pytest.mark.parametrize("kind", ["text", "comment", "error", "bonus", "remark", "stamp"])
def test_words_can_be_searched(drawn, kind, text):
    _, found = drawn(mark(kind, x=60, y=500, t=text, n="3"))
    assert text.replace(" ", "") in found.replace(" ", "").replace("\xa0", "")


def test_text_starts_at_its_baseline_and_breaks_at_newlines(drawn):
    picture, found = drawn(mark("text", x=100, y=500, t="HHH\nHHH\nHHH", size=40))
    left, top, _, bottom = frame(reddish(picture))
    assert (left, top, bottom) == pytest.approx((103, 471, 600), abs=3)
    assert found.split() == ["HHH"] * 3


@pytest.mark.parametrize("kind", ["text", "remark", "comment"])
@pytest.mark.parametrize(("x", "y"), [(900, 300), (985, 700), (500, 1410), (990, 1410)])
def test_words_stay_on_the_page(drawn, kind, x, y):
    words = "Une remarque assez longue pour ne pas tenir dans la marge de droite"
    picture, found = drawn(mark(kind, x=x, y=y, t=words, n="3", c="#c1121f"))
    assert found.replace("\r\n", " ").split()[-len(words.split()) :] == words.split()
    painted = picture.min(axis=2) < 200
    assert not painted[:, -4:].any() or kind == "remark"  # the disc of a remark stays where it was put
    assert not painted[-4:, : x - 20].any()


def test_a_remark_shows_its_number_and_its_words_beside(drawn):
    picture, found = drawn(mark("remark", x=300, y=400, n="12", t="unité manquante", ref="c1"))
    assert "12" in found and "unité manquante" in found
    red = reddish(picture)
    assert red[400, 289] and red[390:415, 322:500].any()
    assert (picture[385:415, 287:313].min(axis=2) > 230).any()  # the number is white


@pytest.mark.parametrize(("kind", "channel"), [("comment", 2), ("error", 0), ("bonus", 1)])
def test_comments_errors_and_bonuses_have_their_colours(drawn, kind, channel):
    picture, _ = drawn(mark(kind, x=200, y=300, w=300, h=80, t="HHHH"))
    painted = picture[picture.min(axis=2) < 130]
    assert len(painted) and (painted.argmax(axis=1) == channel).mean() > 0.95
    assert (picture[340, 199:202].min(axis=1) < 200).any()  # its box


def test_an_unknown_kind_is_drawn_as_a_dashed_box(drawn):
    picture, _ = drawn(mark("hologram", x=200, y=300, w=400, h=200, depth=7))
    painted = picture.max(axis=2) < 200
    assert frame(painted) == pytest.approx((199, 299, 601, 501), abs=2)
    edge = painted[299:302, 200:600].any(axis=0)
    assert 0.4 < edge.mean() < 0.9


@pytest.mark.parametrize("bad", [
    mark("ink"), mark("ink", p=[]), mark("ink", p=[[1]]), mark("ink", p=[[1, "2"]]), mark("ink", p=7),
    mark("ink", p=[[float("nan"), 1]]), mark("ink", p=[[1, float("inf")], [2, 2]]), mark("ink", p=[[1, 2]], w=None),
    mark("box", x=1, y=2, w=3), mark("box", x=1, y=2, w=3, h=1e30), mark("line", x=1, y=2, x2="3", y2=4),
    mark("text", x=1, y=2), mark("text", x=1, y=2, t=3), mark("text", x=1, y=2, t="a", size=0),
    mark("text", x=1, y=2, t="a", size=-5), mark("text", x=1, y=2, t="a", c="red; S"),
    mark("hi", x=1, y=2, w=3, h=4, c=5), mark("stamp", x=None, y=2, t="✓"), mark("stamp", x=1, y=2, t=["✓"]),
], ids=repr)  # fmt: skip
def test_a_mark_that_cannot_be_drawn_is_named(drawn, bad):
    with pytest.raises(GradedPdfError) as error:
        drawn(bad)
    assert error.value.code == "annotation"
    assert repr(bad.kind) in str(error.value) and "page 1" in str(error.value)


coordinate = st.floats(-2000, 3000, allow_nan=False)
stroke = st.lists(st.tuples(coordinate, coordinate), min_size=1, max_size=40)


@given(stroke)
def test_an_ink_path_starts_and_ends_with_its_stroke(points):
    words = ink_path(points).split()
    assert [float(v) for v in words[:2]] == pytest.approx(points[0], abs=0.051)
    end = points[-1] if len(points) > 1 else (points[0][0] + 0.1, points[0][1])
    assert [float(v) for v in words[-3:-1]] == pytest.approx(end, abs=0.051)
    assert words.count("c") == max(0, len(points) - 2)


@given(st.lists(st.tuples(coordinate, coordinate), min_size=3, max_size=20))
def test_each_cubic_curve_of_an_ink_path_is_the_quadratic_one_of_the_screen(points):
    curves = [part.split() for part in ink_path(points).split("c")[:-1]]
    start = np.array(points[0])
    for k, curve in enumerate(curves, 1):
        handle, end = np.array(points[k]), (np.array(points[k]) + np.array(points[k + 1])) / 2
        first, second, last = np.array(curve[-6:], dtype=float).reshape(3, 2)
        for t in (0.25, 0.5, 0.75):
            u = 1 - t
            screen = u * u * start + 2 * u * t * handle + t * t * end
            paper = u**3 * start + 3 * u * u * t * first + 3 * u * t * t * second + t**3 * last
            assert paper == pytest.approx(screen, abs=0.06)
        start = end


@given(st.floats())
def test_a_number_is_written_plainly_or_refused(value):
    try:
        written = numbers(value)
    except ValueError:
        assert not abs(value) <= 100_000
    else:
        assert float(written) == pytest.approx(value, abs=0.0051) and "e" not in written


SHELF = FontShelf()


@given(st.lists(st.text(max_size=30), max_size=5), st.integers(-500, 1500), st.integers(-500, 2000))
def test_any_words_anywhere_make_a_content_stream_that_a_reader_understands(words, x, y):
    canvas = Canvas(Fonts(SHELF))
    draw_marks(canvas, [mark("text", x=x, y=y, t="\n".join(words))], 1414)
    with pikepdf.new() as pdf:
        operators = [str(i.operator) for i in pikepdf.parse_content_stream(pdf.make_stream(canvas.data))]
    lines = operators.count("Tj")
    assert all(operators.count(o) == lines for o in ("q", "BT", "Tf", "Tm", "ET", "Q"))
    assert set(operators) <= {"q", "BT", "rg", "Tr", "w", "RG", "Tf", "Tm", "Tj", "ET", "Q"}
