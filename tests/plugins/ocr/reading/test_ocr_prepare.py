"""Fields cleaned: what a hand wrote stays, what was printed goes."""

import cv2
import numpy as np
import pytest
from korrigo_ocr.reading.forms import Field
from korrigo_ocr.reading.geometry import SCALE, Box
from korrigo_ocr.reading.ink import ink_strength, remove_dotted_rule, remove_rules, written_ink
from korrigo_ocr.reading.prepare import LINE_PICTURE_HEIGHT, prepare
from korrigo_ocr.reading.registration import Registration

IN_PLACE = Registration(((1.0, 0.0, 0.0), (0.0, 1.0, 0.0)), "discs", 1.0)


def paper(height=700, shade=235, noise=3):
    """White paper with scanner noise, at working scale."""
    grain = np.random.default_rng(4).normal(0, noise, (height, 1654))
    return np.clip(shade + grain, 0, 255).astype(np.uint8)


def write(page, text, x, y, grey=60):
    cv2.putText(page, text, (x, y), cv2.FONT_HERSHEY_SIMPLEX, 1.4, (grey,), 2, cv2.LINE_AA)


def frame(page, box, grey=20):
    p = box.scaled(SCALE)
    cv2.rectangle(page, (int(p.x), int(p.y)), (int(p.right), int(p.bottom)), (grey,), 3)


def darkness(line):
    return float((line < 128).mean())


@pytest.mark.parametrize("grey", [60, 195])
def test_ink_in_a_frame_is_kept_without_the_frame_even_faint_pencil(grey):
    box = Box(100, 100, 400, 50)
    page = paper()
    frame(page, box)
    bare = prepare(page, IN_PLACE, Field("last", box, "frame"))
    write(page, "MARTIN", 220, 228, grey)
    written = prepare(page, IN_PLACE, Field("last", box, "frame"))
    assert bare is None
    assert written is not None
    assert written.line.shape[0] == LINE_PICTURE_HEIGHT
    assert 3 < written.line.shape[1] / LINE_PICTURE_HEIGHT < 5
    assert darkness(written.line) > 0.05


def test_a_fold_shadow_is_no_writing():
    box = Box(100, 100, 400, 50)
    page = paper()
    page[190:215] = (page[190:215] * 0.75).astype(np.uint8)
    assert prepare(page, IN_PLACE, Field("last", box, "line")) is None


def test_strokes_that_cross_a_rule_survive_its_removal():
    mask = np.zeros((80, 300), np.uint8)
    mask[40:43] = 1
    mask[25:58, 150:154] = 1
    cleaned = remove_rules(mask)
    assert cleaned[41, 151] == 1
    assert cleaned[41, :140].sum() == 0


def test_a_dotted_rule_goes_and_the_dot_of_an_i_stays():
    mask = np.zeros((60, 300), np.uint8)
    for x in range(5, 295, 8):
        mask[50:53, x : x + 3] = 1
    mask[12:15, 100:103] = 1
    cleaned = remove_dotted_rule(mask)
    assert cleaned[48:].sum() == 0
    assert cleaned[13, 101] == 1


def test_digit_cells_are_cut_even_when_the_grid_is_off():
    cells = tuple(Box(100 + 34 * i, 100, 34, 42) for i in range(5))
    field = Field("number", Box.around(list(cells)), "digits", cells)
    page = paper()
    for i, cell in enumerate(cells):
        moved = Box(cell.x + 4, cell.y - 3, cell.width, cell.height)
        frame(page, moved)
        if i != 3:
            write(page, "2", int(moved.x * SCALE) + 15, int(moved.bottom * SCALE) - 18)
    prepared = prepare(page, IN_PLACE, field)
    assert [cell is not None for cell in prepared.cells] == [True, True, True, False, True]
    assert len(prepared.written_cells()) == 4


def test_ink_does_not_depend_on_the_shade_of_the_paper():
    light, dark = paper(120, 240, 0), paper(120, 160, 0)
    for page in (light, dark):
        cv2.line(page, (50, 60), (130, 60), int(page[0, 0] * 0.3), 4)
    assert np.allclose(ink_strength(light)[60, 60:120], ink_strength(dark)[60, 60:120], atol=0.03)
    assert written_ink(ink_strength(light)).any()
