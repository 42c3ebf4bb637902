"""Sentences for people: English as they stand, in the reader's language where they are shown.

A :class:`Sentence` is a text like any other, in English, so that commands, logs and the journal need know nothing of
it.  It remembers what it was made of: ``said`` makes it again in another language, ``pack`` keeps it in a column.
"""

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from translationstring import TranslationString

DOMAIN = "korrigo"

#: How a sentence begins that was packed.
PACKED = '{"msgid": '


class Sentence(str):
    """``Sentence("Copy ${serial} is graded", serial=3)``, imported as ``_``: "Copy 3 is graded".

    A value may be another sentence, or an error that was made of one.  No value makes a plural: write "Pages: ${n}".
    """

    __slots__ = ("msgid", "values")

    def __new__(cls, msgid: str, /, **values: Any):
        values = {name: message_of(value) if isinstance(value, Exception) else value for name, value in values.items()}
        self = super().__new__(cls, TranslationString(msgid, mapping=values).interpolate())
        self.msgid, self.values = msgid, values
        return self

    @classmethod
    def of(cls, message: str) -> str:
        """The sentence of a translation string, for code that must not import this module; other texts as they are."""
        return cls(str(message), **(message.mapping or {})) if isinstance(message, TranslationString) else message

    def __getnewargs_ex__(self):
        return (self.msgid,), self.values

    def __getstate__(self):
        return None


class Told(Exception):
    """An error that people read: its last argument is the message, a :class:`Sentence`."""

    @property
    def message(self) -> str:
        return self.args[-1]

    def __str__(self) -> str:
        return str(self.message)


def message_of(error: Exception) -> str:
    """What an error says: a sentence when it was made of one."""
    message = error.message if isinstance(error, Told) else error.args[-1] if error.args else ""
    return Sentence.of(message) if isinstance(message, Sentence | TranslationString) else str(error)


def said(message: Any, translate: Callable[[str], str], number: Callable[[Decimal], str] = str) -> str:
    """A sentence, or what an error says, by a localizer's ``translate``; any other text as it is."""
    if isinstance(message, Exception):
        message = message_of(message)
    if isinstance(message, Sentence):
        values = {name: said(value, translate, number) for name, value in message.values.items()}
        return str(translate(TranslationString(message.msgid, DOMAIN, mapping=values)))
    if isinstance(message, TranslationString):
        return str(translate(message))
    return number(message) if isinstance(message, Decimal) else str(message)


def pack(message: str) -> str:
    """A sentence as JSON, from which :func:`unpack` makes it again; any other text as it is."""
    message = Sentence.of(message)
    return json.dumps(_plain(message), ensure_ascii=False) if isinstance(message, Sentence) else message


def unpack(text: str) -> str:
    if not text.startswith(PACKED):
        return text
    try:
        return _sentence(json.loads(text))
    except (ValueError, KeyError, TypeError, AttributeError):
        return text


def _plain(value: Any) -> Any:
    if isinstance(value, Sentence):
        return {"msgid": value.msgid, "values": {name: _plain(item) for name, item in value.values.items()}}
    return value if isinstance(value, int | float) else str(value)


def _sentence(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    return Sentence(value["msgid"], **{name: _sentence(item) for name, item in value["values"].items()})
