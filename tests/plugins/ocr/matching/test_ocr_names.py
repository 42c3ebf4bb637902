"""Names folded and cut."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from korrigo_ocr.matching.names import ALPHABET, first_name_variants, fold, last_name_variants, splits


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("Éléonore", "ELEONORE"),
        ("Lecœur", "LECOEUR"),
        ("Strauß", "STRAUSS"),
        ("D'Almeida", "DALMEIDA"),
        ("Ben-Achour", "BENACHOUR"),
        ("BEN ACHOUR", "BENACHOUR"),
        ("Łukasz Ørsted", "LUKASZORSTED"),
        ("n° 2624-031", "N2624031"),
        ("...", ""),
    ],
)
def test_names_are_folded(written, folded):
    assert fold(written) == folded


@given(st.text())
def test_folding_twice_changes_nothing_and_leaves_plain_letters(text):
    once = fold(text)
    assert fold(once) == once
    assert set(once) <= set(ALPHABET)


def test_one_of_several_first_names_may_stand_alone():
    assert first_name_variants("Lucie Maxime") == (("LUCIEMAXIME", 0.0), ("LUCIE", -1.6))
    assert first_name_variants("Marie-Claire")[0][0] == "MARIECLAIRE"
    assert first_name_variants("") == ()


def test_a_particle_may_be_left_out():
    assert [name for name, _ in last_name_variants("Ben Amor")] == ["BENAMOR", "AMOR"]
    assert [name for name, _ in last_name_variants("Martin")] == ["MARTIN"]


def test_the_likeliest_cut_of_a_full_name_comes_first():
    assert splits("DUPRÉ ÉLÉONORE") == (("DUPRÉ", "ÉLÉONORE"),)
    assert splits("BEN AMOR SALMA")[0] == ("BEN AMOR", "SALMA")
    assert splits("LAURENT LINH HAJER")[0] == ("LAURENT", "LINH HAJER")
    assert splits("LE SONIA")[0] == ("LE", "SONIA")
    assert splits("MADONNA") == (("MADONNA", ""),)
    assert splits("  ") == ()


@given(st.lists(st.text("ABC", min_size=1, max_size=4), min_size=2, max_size=5))
def test_every_cut_keeps_all_words_and_each_comes_once(words):
    name = " ".join(words)
    cuts = splits(name)
    assert len(cuts) == len(words) - 1
    assert len({len(last.split()) for last, _ in cuts}) == len(cuts)
    assert all(f"{last} {first}" == name for last, first in cuts)
