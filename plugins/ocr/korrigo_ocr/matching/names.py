"""Names as they are compared: folded, with the variants that pupils write and rosters leave open."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

_LIGATURES = str.maketrans(
    {"œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE", "ß": "ss", "ẞ": "SS", "ø": "o", "Ø": "O", "ı": "i", "ł": "l",
     "Ł": "L", "đ": "d", "Đ": "D", "ð": "d", "þ": "th"}
)  # fmt: skip

_PARTICLES = frozenset({"DE", "DU", "DES", "D", "LE", "LA", "LES", "EL", "AL", "BEN", "VAN", "VON", "DA", "DOS",
                        "DI", "DEL", "SAINT", "STE", "ST"})  # fmt: skip


@lru_cache(maxsize=50_000)
def fold(text: str) -> str:
    """Capitals A-Z and digits only: accents off, ligatures opened, spaces, hyphens and apostrophes dropped.

    "Ben Ali", "BEN-ALI" and "Benali" are the same name, since a scan does not tell them apart.
    """
    plain = unicodedata.normalize("NFKD", text.translate(_LIGATURES)).upper()
    return "".join(c for c in plain if c in ALPHABET)


def words_of(name: str) -> list[str]:
    """The folded words of a name, cut at spaces and hyphens; never empty words."""
    return [word for word in map(fold, name.replace("-", " ").split()) if word]


def first_name_variants(first: str) -> tuple[tuple[str, float], ...]:
    """What a pupil called so may write: (folded, log-probability up to a constant).

    The whole first name, or the first one of several: who is registered as "Lucie Maxime" often writes "Lucie".
    """
    words = words_of(first)
    whole = "".join(words)
    if len(words) < 2:
        return ((whole, 0.0),) if whole else ()
    return ((whole, 0.0), (words[0], -1.6))


def last_name_variants(last: str) -> tuple[tuple[str, float], ...]:
    """What a pupil called so may write: the whole name, or it without its particle or second half, rarely."""
    words = words_of(last)
    whole = "".join(words)
    if len(words) < 2:
        return ((whole, 0.0),) if whole else ()
    without = "".join(words[1:]) if words[0] in _PARTICLES else words[0]
    return ((whole, 0.0), (without, -3.0))


def splits(full_name: str) -> tuple[tuple[str, str], ...]:
    """All ways to cut "LAST FIRST" written in one cell into (last, first), the likeliest first.

    A last name is one word unless it starts with particles, which cannot stand alone at its end: "BEN AMOR SALMA"
    gives (BEN AMOR, SALMA) before (BEN AMOR SALMA cut elsewhere). One word alone is a last name.
    """
    words = full_name.split()
    if len(words) < 2:
        return ((full_name.strip(), ""),) if words else ()
    likeliest = 1
    while likeliest < len(words) - 1 and fold(words[likeliest - 1]) in _PARTICLES:
        likeliest += 1
    order = sorted(range(1, len(words)), key=lambda cut: (abs(cut - likeliest), cut))
    return tuple((" ".join(words[:cut]), " ".join(words[cut:])) for cut in order)
