"""How scores are written on paper, by language."""

from collections.abc import Callable
from decimal import Decimal

Number = Callable[[Decimal], str]


def decimal_point(value: Decimal) -> str:
    """12.50 -> "12.5"."""
    text = f"{value:f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"


def decimal_comma(value: Decimal) -> str:
    """12.50 -> "12,5", as in French."""
    return decimal_point(value).replace(".", ",")


def number_style(language: str) -> Number:
    """How a language writes numbers: with the decimal comma, but for English."""
    return decimal_point if language == "en" else decimal_comma
