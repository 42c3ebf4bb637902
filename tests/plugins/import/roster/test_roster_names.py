"""A whole name in one cell, cut into last and first name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from korrigo_import.roster import split_name


@pytest.mark.parametrize(("name", "last", "first"), [
    ("DUPONT Jean", "DUPONT", "Jean"), ("DUPONT MARTIN Jean-Paul", "DUPONT MARTIN", "Jean-Paul"),
    ("DE LA TOUR Anne Sophie", "DE LA TOUR", "Anne Sophie"), ("de LA TOUR Anne", "de LA TOUR", "Anne"),
    ("d'ALMEIDA Damien", "d'ALMEIDA", "Damien"), ("McDONALD Ian", "McDONALD", "Ian"),
    ("N’GUESSAN Aya", "N’GUESSAN", "Aya"), ("Jean DUPONT", "DUPONT", "Jean"),
    ("Marie-Claire DE VILLE", "DE VILLE", "Marie-Claire"), ("Dupont, Jean", "Dupont", "Jean"),
    ("ÉTIENNE Élise", "ÉTIENNE", "Élise"), ("DUPONT - MARTIN Jean", "DUPONT-MARTIN", "Jean"),
])
def test_capitals_or_a_comma_make_the_cut_certain(name, last, first):
    found = split_name(name)
    assert (found.last_name, found.first_name, found.doubtful) == (last, first, False)


@pytest.mark.parametrize(("name", "last", "first"), [
    ("DUPRÉ ÉLÉONORE", "DUPRÉ", "ÉLÉONORE"), ("LE SONIA", "LE", "SONIA"), ("EL TIMÉO", "EL", "TIMÉO"),
    ("LE GOFF MARIE", "LE GOFF", "MARIE"), ("BEN AMOR SALMA", "BEN AMOR", "SALMA"),
    ("EL AMRANI LINA NOUR", "EL AMRANI", "LINA NOUR"), ("DE LA TOUR JEAN", "DE LA TOUR", "JEAN"),
    ("D' ALMEIDA QUENTIN", "D' ALMEIDA", "QUENTIN"), ("N' DIAYE AWA", "N' DIAYE", "AWA"),
    ("VAN DER BERG LOU", "VAN DER BERG", "LOU"), ("DA SILVA INÈS MARIA", "DA SILVA", "INÈS MARIA"),
    ("COSTA DA SILVA MARIA", "COSTA DA SILVA", "MARIA"), ("AÏT EL HADJ SAMI", "AÏT EL HADJ", "SAMI"),
    ("LAURENT LINH HAJER", "LAURENT", "LINH HAJER"), ("BRAHIM EL MEHDI", "BRAHIM", "EL MEHDI"),
    ("DUPONT-MARTIN JEAN-PAUL", "DUPONT-MARTIN", "JEAN-PAUL"), ("Dupont Jean", "Dupont", "Jean"),
])
def test_without_capitals_to_tell_the_cut_is_a_proposal(name, last, first):
    found = split_name(name)
    assert (found.last_name, found.first_name) == (last, first)


@pytest.mark.parametrize(("name", "doubtful"), [
    ("DUPRÉ ÉLÉONORE", False), ("LE SONIA", False), ("Dupont Jean", False), ("DUPONT-MARTIN JEAN-PAUL", False),
    ("LE GOFF MARIE", True), ("Dupont Jean Paul", True), ("LAURENT LINH HAJER", True),
])
def test_two_words_can_be_cut_in_one_way_only(name, doubtful):
    assert split_name(name).doubtful is doubtful


def test_one_word_is_a_last_name_and_doubtful():
    found = split_name("CHER")
    assert (found.last_name, found.first_name, found.doubtful) == ("CHER", "", True)


@given(st.lists(st.text(st.sampled_from("ABCÉabcé"), min_size=1, max_size=6), min_size=2, max_size=6))
def test_no_word_is_lost_and_both_parts_have_one(words):
    found = split_name(" ".join(words))
    assert found.last_name and found.first_name
    assert sorted(f"{found.last_name} {found.first_name}".split()) == sorted(words)


@given(st.lists(st.text(st.sampled_from("ABCÉ"), min_size=2, max_size=6), min_size=1, max_size=3),
       st.lists(st.text(st.sampled_from("abcé"), min_size=2, max_size=6).map(str.capitalize), min_size=1, max_size=3))
def test_capitals_before_small_letters_are_always_the_last_name(last, first):
    found = split_name(" ".join(last + first))
    assert (found.last_name, found.first_name, found.doubtful) == (" ".join(last), " ".join(first), False)
