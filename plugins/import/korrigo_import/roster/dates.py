"""Birth dates as schools' files write them."""

import datetime as dt
import re

from korrigo.api import Sentence as _

_DAY_FIRST = re.compile(r"(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{4}|\d{2})")
_YEAR_FIRST = re.compile(r"(\d{4})[/.\-](\d{1,2})[/.\-](\d{1,2})")
_TIME = re.compile(r"[T ]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?$")

#: Ages, in years on the day of reading, between which a date can be a pupil's birth date.
_YOUNGEST, _OLDEST = 2, 110
#: A year in two digits is taken for the last one that makes a pupil of at most this age.
_OLDEST_BY_TWO_DIGITS = 70


def read_birth_date(text: str, today: dt.date) -> dt.date | None:
    """A birth date: dd/mm/yyyy, dd/mm/yy or yyyy-mm-dd, with or without a time behind; None for an empty cell.

    Raises ValueError with the reason when it is no date or makes no sense as a birth date.
    """
    written = " ".join(text.split())
    if not written:
        return None
    date = _TIME.sub("", written)
    if match := _YEAR_FIRST.fullmatch(date):
        year, month, day = map(int, match.groups())
    elif match := _DAY_FIRST.fullmatch(date):
        day, month = int(match[1]), int(match[2])
        year = int(match[3]) if len(match[3]) == 4 else _whole_year(int(match[3]), written, today)
    else:
        raise ValueError(_("The birth date “${date}” is not written as day/month/year.", date=written))
    try:
        born = dt.date(year, month, day)
    except ValueError:
        raise ValueError(
            _("The birth date “${date}” does not exist (day/month/year expected).", date=written)) from None
    if not _YOUNGEST <= _age(born, today) <= _OLDEST:
        raise ValueError(_("The birth date “${date}” cannot be a pupil's.", date=written))
    return born


def _whole_year(year: int, written: str, today: dt.date) -> int:
    century = today.year // 100 * 100
    whole = century + year if century + year <= today.year - _YOUNGEST else century - 100 + year
    if today.year - whole > _OLDEST_BY_TWO_DIGITS:
        raise ValueError(_("The birth date “${date}” needs its year in four digits.", date=written))
    return whole


def _age(born: dt.date, today: dt.date) -> int:
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))
