"""Sheets of one copy joined."""

from korrigo_ocr.matching.sheets import group_sheets
from korrigo_ocr.matching.values import CopyEvidence
from ocr_builders import PUPILS, cover, cover_of

ORDER = [0, 1, 1, 2, 3, 3, 3, 4, 5]


def joined(joins):
    return [join.to_previous for join in joins]


def test_sheets_of_one_pupil_are_joined_and_sisters_kept_apart():
    sheets = [cover_of(str(i), PUPILS[j]) for i, j in enumerate(ORDER)]
    joins = group_sheets(sheets, PUPILS)
    assert joined(joins) == [False, False, True, False, False, True, True, False, False]
    assert all(join.certain() for join in joins)


def test_without_a_roster_the_sheets_are_compared_with_each_other():
    sheets = [cover_of(str(i), PUPILS[j]) for i, j in enumerate(ORDER)]
    assert joined(group_sheets(sheets, [])) == [False, False, True, False, False, True, True, False, False]


def test_a_sheet_without_a_name_is_joined_for_a_person_to_look_at():
    sheets = [cover_of("0", PUPILS[0]), CopyEvidence("1"), cover_of("2", PUPILS[2])]
    joins = group_sheets(sheets, PUPILS)
    assert joined(joins) == [False, True, False]
    assert not joins[1].certain()


def test_one_misread_sheet_between_two_of_a_pupil_is_joined():
    sheets = [cover_of("0", PUPILS[3]), cover("1", "BCN ACHQVR", "FRAICOS XAVER"), cover_of("2", PUPILS[3])]
    assert joined(group_sheets(sheets, PUPILS)) == [False, True, True]


def test_no_sheet_gives_no_join():
    assert group_sheets([], PUPILS) == ()
