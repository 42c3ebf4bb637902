"""What is burnt out of the pictures that graders of an anonymous exam see."""

from hypothesis import given
from hypothesis import strategies as st
from korrigo_import.scan.facts import SideFacts
from korrigo_import.services.filing import MARGIN, SLIP, identity_zone


def headers(*bottoms: int) -> list[SideFacts]:
    return [SideFacts(page, "full", 210.0, 297.0, form_box=(100, 60, 950, bottom))
            for page, bottom in enumerate(bottoms, 1)]


def test_without_a_header_there_is_no_zone():
    assert identity_zone([]) is None
    assert identity_zone([SideFacts(1, "full", 210.0, 297.0)]) is None


def test_the_zone_reaches_below_the_lowest_header():
    assert identity_zone(headers(430, 421, 440)) == [0, 0, 1000, 440 + MARGIN]


def test_ruled_lines_taken_for_a_part_of_the_form_do_not_hide_what_the_pupil_wrote():
    assert identity_zone(headers(430, 421, 440, 571, 433)) == [0, 0, 1000, 440 + MARGIN]


@given(st.integers(100, 600), st.lists(st.integers(-SLIP // 2, SLIP // 2), min_size=1, max_size=40))
def test_every_sheet_that_has_slipped_a_little_is_covered(usual, slips):
    bottoms = [usual + slip for slip in slips]
    assert identity_zone(headers(*bottoms))[3] > max(bottoms)
