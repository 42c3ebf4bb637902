"""Birth dates as schools' files write them."""

import datetime as dt
import re
from collections.abc import Iterable

from korrigo.api import Sentence as _

_NUMBERS = re.compile(r"(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{4}|\d{2})")
_YEAR_FIRST = re.compile(r"(\d{4})[/.\-](\d{1,2})[/.\-](\d{1,2})|((?:19|20)\d{2})(\d{2})(\d{2})")
_WORDS = re.compile(r"(\d{1,2})(?:er)?[ .\-]+([^\W\d_]{3,})\.?[ .\-]+(\d{4}|\d{2})")
_TIME = re.compile(r"[T ]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?$")

#: How the names of months begin, in French and in English, without accents.
_MONTHS = (("jan",), ("fev", "feb"), ("mar",), ("avr", "apr"), ("mai", "may"), ("juin", "jun"), ("juil", "jul"),
           ("aou", "aug"), ("sep",), ("oct",), ("nov",), ("dec",))
_ACCENTS = str.maketrans("éûèê", "euee")

#: Ages, in years on the day of reading, between which a date can be a pupil's birth date.
_YOUNGEST, _OLDEST = 2, 110
#: A year in two digits is taken for the last one that makes a pupil of at most this age.
_OLDEST_BY_TWO_DIGITS = 70
#: In three of five dates the day is above 12; so much of them must be, for the month to come first.
_SHOWN = 0.3


def read_birth_date(text: str, today: dt.date, order: str = "day") -> dt.date | None:
    """A birth date: dd/mm/yyyy, dd/mm/yy (or with the month first, as ``order`` says), yyyy-mm-dd, yyyymmdd or with
    the month in letters, with or without a time behind; None for an empty cell.

    Raises ValueError with the reason when it is no date or makes no sense as a birth date.
    """
    written = " ".join(text.split())
    if not written:
        return None
    parts = _parts(written, order)
    if parts is None:
        raise ValueError(_("The birth date “${date}” is not written as day/month/year.", date=written))
    year, month, day = _whole_year(parts[0], written, today), *parts[1:]
    try:
        born = dt.date(year, month, day)
    except ValueError:
        expected = _("day/month/year expected") if order == "day" else _("month/day/year expected")
        raise ValueError(_("The birth date “${date}” does not exist (${expected}).", date=written,
                           expected=expected)) from None
    if not _YOUNGEST <= _age(born, today) <= _OLDEST:
        raise ValueError(_("The birth date “${date}” cannot be a pupil's.", date=written))
    return born


def read_day(text: str, order: str = "day") -> dt.date | None:
    """Any day whose year is written in four digits; None for everything else."""
    parts = _parts(" ".join(text.split()), order)
    try:
        return dt.date(int(parts[0]), *parts[1:]) if parts and len(parts[0]) == 4 else None
    except ValueError:
        return None


def guess_order(cells: Iterable[str]) -> str:
    """What the dates of a column begin with: "month" when none of them shows the contrary and so many show it that
    they cannot be slips, else "day"."""
    dates = first = second = 0
    for cell in cells:
        if match := _NUMBERS.fullmatch(_TIME.sub("", " ".join(cell.split()))):
            dates += 1
            first += int(match[1]) > 12
            second += int(match[2]) > 12
    return "month" if not first and second >= max(2, dates * _SHOWN) else "day"


def _parts(written: str, order: str) -> tuple[str, int, int] | None:
    """Year (as written), month and day, whether they exist or not; None when it is no date."""
    date = _TIME.sub("", written)
    if match := _YEAR_FIRST.fullmatch(date):
        year, month, day = (part for part in match.groups() if part)
        return year, int(month), int(day)
    if match := _NUMBERS.fullmatch(date):
        first, second = int(match[1]), int(match[2])
        return (match[3], second, first) if order == "day" else (match[3], first, second)
    if (match := _WORDS.fullmatch(date)) and (month := _month(match[2])):
        return match[3], month, int(match[1])
    return None


def _month(word: str) -> int:
    """The number of a month, 0 when the word is none."""
    plain = word.lower().translate(_ACCENTS)
    return next((place for place, begins in enumerate(_MONTHS, 1) if plain.startswith(begins)), 0)


def _whole_year(digits: str, written: str, today: dt.date) -> int:
    if len(digits) == 4:
        return int(digits)
    century = today.year // 100 * 100
    whole = century + int(digits)
    if whole > today.year - _YOUNGEST:
        whole -= 100
    if today.year - whole > _OLDEST_BY_TWO_DIGITS:
        raise ValueError(_("The birth date “${date}” needs its year in four digits.", date=written))
    return whole


def _age(born: dt.date, today: dt.date) -> int:
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))
