"""Finding the same pupil in the next roster."""

import unicodedata

from .values import RosterRow

_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"})


def fold(text: str) -> str:
    """Small letters and digits of any script; accents, spaces, hyphens and apostrophes off, ligatures opened."""
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_LIGATURES))
    return "".join(c for c in plain if c.isalnum())


def match_key(row: RosterRow) -> str:
    """The key by which an upsert finds the pupil again: a means to match, never the pupil's identity.

    The INE where there is one: it is national.  A candidate's number is given again in the next exam to somebody
    else, so it counts together with the birth date (or, without one, the name).  Else the whole name, which is the
    same however its cell was cut, with the birth date; without a birth date, with the class.
    """
    name = fold(row.full_name or f"{row.last_name}{row.first_name}")
    born = row.birth_date.isoformat() if row.birth_date else ""
    if row.ine:
        return f"ine:{row.ine}"
    if row.number:
        return f"number:{fold(row.number)}:{born or name}"
    return f"name:{name}:{born}" if born else f"name:{name}:class:{fold(row.class_name)}"
