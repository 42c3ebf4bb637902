"""Sentences and numbers in somebody's language."""

from decimal import Decimal

from pyramid.i18n import make_localizer
from pyramid.interfaces import ITranslationDirectories

from ..sentences import said


def say(request, message) -> str:
    """A sentence, a translation string or what an error says, in the reader's language; other texts as they are.

    Not markup: what somebody wrote may stand in it, and templates escape it.
    """
    language = request.locale_name
    return said(message, request.localizer.translate, lambda value: write_number(value, language))


def school_localizer(registry):
    """The localizer of the school's first language: for what is printed, whoever asked for it."""
    directories = registry.queryUtility(ITranslationDirectories, default=[])
    return make_localizer(registry.settings["korrigo.languages"][0], directories)


def write_number(value, language: str) -> str:
    """A number without useless zeros, with the decimal comma where it belongs; a dash for None."""
    if value is None:
        return "–"
    if isinstance(value, float):
        value = Decimal(repr(value))
    text = format(Decimal(value).normalize(), "f")
    return text if language == "en" else text.replace(".", ",")
