"""The printed captions of identity fields: recognising them among the words of a header."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein

from ..matching.names import fold
from .forms import FieldName
from .geometry import Box

_CAPTIONS: tuple[tuple[FieldName, tuple[str, ...]], ...] = (
    ("birth_date", ("DATE DE NAISSANCE", "NÉ(E) LE", "NÉE LE", "NÉ LE", "DATE OF BIRTH", "NAISSANCE")),
    ("first", ("PRÉNOM(S)", "PRÉNOM", "PRÉNOMS", "FIRST NAME", "GIVEN NAME", "FORENAME")),
    ("last", ("NOM DE FAMILLE", "NOM DE NAISSANCE", "NOM", "LAST NAME", "SURNAME", "FAMILY NAME")),
    ("number", ("N° CANDIDAT", "N° DE CANDIDAT", "NUMÉRO DE CANDIDAT", "NUMÉRO CANDIDAT", "NUMÉRO",
                "N° INSCRIPTION", "N° D'INSCRIPTION", "N° ÉLÈVE", "MATRICULE", "CANDIDATE NUMBER", "CANDIDAT")),
    ("class_name", ("CLASSE", "CLASS", "DIVISION")),
)  # fmt: skip

_TOLERANCE = 0.2
_SEGMENT_GAP = 22.0


@dataclass(frozen=True)
class Word:
    """A printed word: text and box (page units)."""

    text: str
    box: Box


@dataclass(frozen=True)
class Caption:
    """A recognised caption of a field, the box of its words in page units."""

    name: FieldName
    box: Box


def captions_among(words: Sequence[Word]) -> list[Caption]:
    """The captions found among the words of a header, from the top down.

    Words are put in rows, rows are cut at wide gaps, and each piece is compared with the known captions at its
    beginning: "NOM (en capitales)" is a caption, "Lycée du NOM" is none.
    """
    found = []
    for segment in _segments(words):
        name = _name_of(segment)
        if name is not None:
            found.append(Caption(name, Box.around([word.box for word in segment])))
    return sorted(found, key=lambda c: (c.box.y, c.box.x))


def _name_of(segment: Sequence[Word]) -> FieldName | None:
    """The field whose caption best matches the beginning of the segment, longest caption first."""
    text = fold(" ".join(word.text for word in segment))
    best: tuple[int, FieldName] | None = None
    for name, captions in _CAPTIONS:
        for caption in map(fold, captions):
            start = text[: len(caption)]
            allowed = int(_TOLERANCE * len(caption))
            near = Levenshtein.distance(start, caption, score_cutoff=allowed) <= allowed
            if near and (best is None or len(caption) > best[0]):
                best = (len(caption), name)
    return best[1] if best else None


def _segments(words: Sequence[Word]) -> list[list[Word]]:
    """Rows of words, cut where two neighbours stand far apart or where a caption ended with a colon."""
    rows: list[list[Word]] = []
    for word in sorted(words, key=lambda w: w.box.middle):
        if rows and abs(rows[-1][-1].box.middle - word.box.middle) < 0.6 * max(word.box.height, 6):
            rows[-1].append(word)
        else:
            rows.append([word])
    segments = []
    for row in rows:
        row.sort(key=lambda w: w.box.x)
        current = [row[0]]
        for word in row[1:]:
            if word.box.x - current[-1].box.right > _SEGMENT_GAP or current[-1].text.endswith(":"):
                segments.append(current)
                current = []
            current.append(word)
        segments.append(current)
    return segments
