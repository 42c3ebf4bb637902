"""Widths, line breaks, and the font that is cut to the characters of one copy."""

import io
import unicodedata
from decimal import Decimal
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont
from hypothesis import given
from hypothesis import strategies as st
from korrigo_grading.paper.model import Summary
from korrigo_grading.paper.write import write_graded
from paper_samples import CLASS_A4, copy_of, mark, pictures_in, sides, text_of
from pypdf import PdfReader

from korrigo.typeset import fonts as fonts_module
from korrigo.typeset.fonts import Fonts, FontShelf, embedded_font

SHELF = FontShelf()


def test_plain_text_is_shown_in_helvetica_and_the_rest_in_the_embedded_font():
    fonts = Fonts(SHELF)
    assert fonts.run("Sœur, 5 €").font == "Helv"
    assert fonts.run("Sœur, 5 €", bold=True).font == "HelvB"
    assert fonts.run("∀n∈ℕ").font == "Sans"


def test_french_thin_spaces_and_decomposed_accents_need_no_other_font():
    fonts = Fonts(SHELF)
    assert fonts.run(unicodedata.normalize("NFD", "énoncé")).shown == fonts.run("énoncé").shown
    assert fonts.run("12\u202f%").font == "Helv"


def test_what_no_font_has_is_shown_as_missing_and_what_is_invisible_is_dropped():
    assert SHELF.tidy("a\x00\u200b\u202eb\tc") == "ab c"
    assert SHELF.tidy("漢") == "\ufffd"


@pytest.mark.parametrize("bold", [False, True])
def test_accented_letters_are_as_wide_as_their_letter(bold):
    fonts = Fonts(SHELF)
    for accented, plain in zip("éÈçñÿŠž", "eEcnySz", strict=True):
        assert fonts.width(accented, 10, bold) == fonts.width(plain, 10, bold) > 0


def test_widths_are_those_of_adobes_metrics():
    fonts = Fonts(SHELF)
    assert fonts.width("Hamburgefonstiv", 1000) == 722 + 556 + 833 + 556 + 556 + 333 + 556 + 556 + 278 + 556 + 556 + (
        500 + 278 + 222 + 500)  # fmt: skip
    assert fonts.width("Wij", 1000, bold=True) == 944 + 278 + 278


def test_a_cut_font_keeps_the_outlines_asked_for_and_their_parts():
    font = embedded_font()
    glyph = font.glyph_of[ord("Ḗ")]
    cut = TTFont(io.BytesIO(font.cut([glyph])), checkChecksums=2)
    name = cut.getGlyphName(glyph)
    outline = cut["glyf"][name]
    assert outline.isComposite()
    parts = outline.getComponentNames(cut["glyf"])
    assert all(cut["glyf"][part].numberOfContours != 0 for part in parts)
    drawn = [n for n in cut.getGlyphOrder() if cut["glyf"][n].numberOfContours != 0]
    assert len(drawn) <= 6 and len(cut.getGlyphOrder()) == font.glyphs


def test_the_character_map_and_widths_agree_with_another_reader_of_fonts():
    font = embedded_font()
    other = TTFont(Path(fonts_module.__file__).parent / "fonts" / "KorrigoSans.ttf")
    names = other.getBestCmap()
    assert {code: other.getGlyphID(name) for code, name in names.items()} == font.glyph_of
    for code in map(ord, "aéΩЖ∀√ℕ½✓𝔻"):
        assert font.width(font.glyph_of[code]) == round(other["hmtx"][names[code]][0] * 1000 / font.units_per_em)


def test_only_the_fonts_in_use_are_in_the_file(tmp_path):
    out = tmp_path / "g.pdf"
    plain = copy_of(sides(CLASS_A4, 1), summary=Summary("Devoir", "", "", "Anne", "1", None, Decimal(20)))
    small = write_graded(plain, out).bytes
    assert b"KorrigoSans" not in out.read_bytes()
    large = write_graded(copy_of(plain.sides, mark("text", x=9, y=99, t="∀n∈ℕ"), summary=plain.summary), out).bytes
    assert b"KorrigoSans" in out.read_bytes()
    assert large - small < 12_000 < small == pytest.approx(sum(map(len, pictures_in(out))), rel=0.05)


def test_mathematical_signs_are_found_by_both_readers(tmp_path):
    out = tmp_path / "g.pdf"
    write_graded(copy_of(sides(CLASS_A4, 1), mark("text", x=100, y=300, t="∀n∈ℕ, √2 ≤ uₙ ⇒ ½")), out)
    for found in (text_of(out, 1), PdfReader(out).pages[1].extract_text()):
        assert "∀n∈ℕ,√2≤uₙ⇒½" in "".join(found.split())


words = st.text(st.characters(codec="utf-8", exclude_categories=("Cs",)), max_size=60)


@given(words, st.floats(15, 400), st.booleans())
def test_wrapped_lines_fit_and_lose_nothing(text, room, bold):
    fonts = Fonts(SHELF)
    lines = fonts.wrap(text, room, 11, bold)
    spaceless = [c for c in "".join(lines) if c not in " \u00a0"]
    assert spaceless == [c for c in text if c not in " \u00a0\n"]
    assert all(fonts.width(line, 11, bold) <= room or len(line) == 1 for line in lines)


def test_no_line_starts_with_french_punctuation():
    fonts = Fonts(SHELF)
    for room in range(40, 200, 5):
        assert not any(line.startswith(("!", ":", "»")) for line in fonts.wrap("Vu : « oui » bravo !", room, 11))
