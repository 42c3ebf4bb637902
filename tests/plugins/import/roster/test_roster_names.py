"""A whole name in one cell, cut into last and first name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from korrigo_import.roster import possible_cuts, split_name
from korrigo_import.roster.names import Lexicon, cut_name, tidy


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


PARTS = st.lists(st.sampled_from("DE LA LE EL BEN D’ALMEIDA N'GUESSAN DUPONT-MARTIN JEAN ZOÉ Marie van -".split()),
                 min_size=1, max_size=7).map(" ".join)


@given(PARTS, st.sampled_from(["last", "first"]))
def test_a_person_chooses_among_cuts_that_keep_every_word_the_proposal_first(name, begins):
    ways = possible_cuts(name, begins)
    proposed = split_name(name, begins)
    if proposed.doubtful:
        assert ways[0][1:] == (proposed.last_name, proposed.first_name)
    assert len({n for n, *_parts in ways}) == len(ways) <= 6
    for n, last, first in ways:
        assert cut_name(name, n, begins) == (last, first)
        assert sorted(f"{last} {first}".split()) == sorted(tidy(name).split())
        assert not tidy(name) or len(last.split()) == n


def test_the_certain_names_of_a_file_teach_the_doubtful_ones():
    lexicon = Lexicon.of(["MARTIN LÉA", "DURAND PAUL", "PETIT JEAN"])
    assert split_name("DURAND MARTIN PAUL", "last", lexicon).last_name == "DURAND MARTIN"
    assert split_name("DURAND JEAN PAUL", "last", lexicon).last_name == "DURAND"
    assert split_name("DURAND MARTIN PAUL").last_name == "DURAND"


@pytest.mark.parametrize(("name", "last", "first"), [
    ("Jean Dupont", "Dupont", "Jean"), ("Marie Le Goff", "Le Goff", "Marie"), ("Anne de La Tour", "de La Tour", "Anne"),
    ("JEAN VAN DER BERG", "VAN DER BERG", "JEAN"), ("Dupont, Jean", "Dupont", "Jean")])
def test_names_may_begin_with_the_first_name(name, last, first):
    found = split_name(name, "first")
    assert (found.last_name, found.first_name) == (last, first)
