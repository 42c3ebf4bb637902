"""Cells that no spreadsheet takes for formulas, names that every disk takes, JSON that stays in its script element."""

import json
import re
import unicodedata

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def safe_cell(text: str) -> str:
    """A text that a spreadsheet shows and never computes.  Numbers of our own do not pass through here."""
    return f"'{text}" if text.startswith(FORMULA) else text


def safe_filename(text: str, fallback: str = "korrigo") -> str:
    """Letters, digits, dashes and underscores of the text, without accents; at most 80 characters."""
    plain = unicodedata.normalize("NFKD", text.replace("œ", "oe").replace("Œ", "OE"))
    plain = "".join(char for char in plain if not unicodedata.combining(char))
    return re.sub(r"[^A-Za-z0-9]+", "_", plain).strip("_")[:80] or fallback


def script_json(value) -> str:
    """JSON for a ``<script>`` element of a page: no text in it can end the element."""
    return json.dumps(value).replace("<", "\\u003c")
