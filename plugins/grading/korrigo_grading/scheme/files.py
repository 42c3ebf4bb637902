"""Schemes as files, by the end of their names."""

import json
from decimal import Decimal

from korrigo.api import Sentence as _

from .model import Scheme, SchemeError
from .table import parse_csv
from .text import parse_json


def from_file(data: bytes, filename: str, total: Decimal | None = None) -> Scheme:
    """The scheme of a JSON or CSV file.  Raises :class:`SchemeError`."""
    try:
        text = data.decode("utf-8-sig")
        return parse_json(json.loads(text)) if filename.endswith(".json") else parse_csv(text, total)
    except ValueError as error:
        if isinstance(error, SchemeError):
            raise
        raise SchemeError([_("${file} cannot be read: ${why}.", file=filename, why=str(error))]) from error
