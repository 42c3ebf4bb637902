"""Finding the same pupil in the next roster."""

from .fold import fold
from .values import RosterRow

INE = "ine:"
#: Letters that a key may have, as pupils are stored.
LONGEST = 300


def match_key(row: RosterRow) -> str:
    """The key under which a pupil is stored: a means to match, never the pupil's identity.

    The INE where there is one: it is national.  A candidate's number is given again in the next exam to somebody
    else, so it counts together with the birth date (or, without one, the name).  Else the whole name, which is the
    same however its cell was cut, with the birth date; without a birth date, with the class.
    """
    name = fold(row.full_name or row.name)
    born = row.birth_date.isoformat() if row.birth_date else ""
    if row.ine:
        return f"{INE}{row.ine}"
    if row.number:
        return f"number:{fold(row.number)}:{born or name}"[:LONGEST]
    return (f"name:{name}:{born}" if born else f"name:{name}:class:{fold(row.class_name)}")[:LONGEST]
