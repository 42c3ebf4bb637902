"""Sentences for people: English as texts, another language when shown, whole again from a column."""

import copy
import pickle
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from translationstring import TranslationStringFactory

from korrigo.pages.protocol import read_answer
from korrigo.sentences import PACKED, Sentence, Told, message_of, pack, said, unpack

INNER = Sentence("page ${n} is torn", n=3)
OUTER = Sentence("Copy ${serial}: ${why}.", serial=12, why=INNER)
FRENCH = {"page ${n} is torn": "la page ${n} est déchirée", "Copy ${serial}: ${why}.": "Copie ${serial} : ${why}."}


def french(message):
    return message.interpolate(FRENCH.get(str(message), str(message)))


class Refused(Told, ValueError):
    pass


def test_a_sentence_is_english_wherever_a_text_is_wanted():
    assert OUTER == "Copy 12: page 3 is torn." and f"{OUTER}" == "Copy 12: page 3 is torn."
    assert str(Refused(OUTER)) == OUTER


def test_a_sentence_and_those_in_it_are_said_in_another_language():
    assert said(OUTER, french) == "Copie 12 : la page 3 est déchirée."
    assert said(Refused(OUTER), french) == "Copie 12 : la page 3 est déchirée."
    assert said(Sentence("Copy ${serial}: ${why}.", serial=1, why=Refused(INNER)), french).endswith("déchirée.")


def test_points_in_a_sentence_are_written_as_the_language_writes_them():
    sentence = Sentence("${value} is too much", value=Decimal("2.5"))
    assert said(sentence, french, lambda value: str(value).replace(".", ",")) == "2,5 is too much"


def test_other_texts_are_said_as_they_are():
    assert said("100 % ${n} {n} %(n)s", french) == "100 % ${n} {n} %(n)s"
    assert message_of(KeyError("nothing")) == "'nothing'"


def test_a_translation_string_of_code_without_sentences_becomes_one():
    made = Sentence.of(TranslationStringFactory("korrigo")("page ${n} is torn", mapping={"n": 3}))
    assert (made, made.msgid, said(made, french)) == (INNER, INNER.msgid, "la page 3 est déchirée")
    assert message_of(RuntimeError(TranslationStringFactory("korrigo")("${n}", mapping={"n": 3}))) == "3"


@pytest.mark.parametrize("again", [
    lambda sentence: unpack(pack(sentence)),
    lambda sentence: pickle.loads(pickle.dumps(sentence)),
    lambda sentence: read_answer(pickle.dumps(sentence)),
    copy.deepcopy,
], ids=["packed", "pickled", "from a child", "copied"])
def test_a_sentence_comes_back_whole(again):
    made = again(OUTER)
    assert made == OUTER and said(made, french) == "Copie 12 : la page 3 est déchirée."


@given(st.text(), st.sampled_from([("", ""), (PACKED, ""), (f'{PACKED}"', '"}')]))
def test_any_other_text_comes_back_as_it_was_packed(text, around):
    text = text.join(around)
    assert unpack(pack(text)) == text


@given(st.text(), st.text())
def test_what_stands_in_a_sentence_comes_back_whatever_it_is(one, other):
    sentence = Sentence("${one} and ${other}", one=one, other=other)
    assert unpack(pack(sentence)) == sentence == f"{one} and {other}"
