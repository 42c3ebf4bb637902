"""The index of a PDF: plain scans by their bytes, the rest for the renderer, bad files refused by name."""

import subprocess

import pdf_writer
import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pdf_writer import A4, GRAY8, PdfWriter, jpeg

from korrigo.pages.content import IDENTITY, multiply, only_picture
from korrigo.pages.errors import PdfRefused
from korrigo.pages.index import PdfLimits, index_pdf, normalise
from korrigo.pages.jpeg import Frame, read_frame, segments, without_exif
from korrigo.pages.sandbox import Limits


def test_a_plain_scan_is_found_by_its_bytes(class_a4, tmp_path):
    index = index_pdf(class_a4)
    assert [page.number for page in index.pages] == list(range(1, 97))
    assert {page.kind for page in index.pages} == {"jpeg"}
    assert not index.repaired
    command = ["pdfimages", "-all", "-f", "5", "-l", "7", class_a4, tmp_path / "image"]
    subprocess.run(command, check=True)
    data = class_a4.read_bytes()
    for page, extracted in zip(index.pages[4:7], sorted(tmp_path.iterdir()), strict=True):
        assert data[page.jpeg.start :][: page.jpeg.length] == extracted.read_bytes()
        assert (page.jpeg.width, page.jpeg.height) == (1654, 2339)
        assert (round(page.width_mm), round(page.height_mm), page.rotation) == (210, 297, 0)


def test_the_size_of_a_page_is_told_as_it_is_shown(mock_a3):
    index = index_pdf(mock_a3)
    assert {(round(page.width_mm), round(page.height_mm), page.rotation) for page in index.pages} == {(420, 297, 270)}
    assert {page.kind for page in index.pages} == {"other"}, "ink over a background needs the renderer"


BILEVEL = b"/Width 32 /Height 40 /BitsPerComponent 1 "


@pytest.mark.parametrize(("kind", "about"), [
    ("bilevel", BILEVEL + b"/ColorSpace /DeviceGray"), ("bilevel", b"/Width 32 /Height 40 /ImageMask true"),
    ("other", BILEVEL + b"/ColorSpace [/Indexed /DeviceRGB 1 <FF000000FF00>]"),
])
def test_a_page_of_black_and_white_is_known_as_such(tmp_path, kind, about):
    assert one_page(tmp_path, lambda writer: writer.picture_page(about, b"\xaa" * 160)) == kind


def one_page(tmp_path, draw) -> str:
    """The kind of the page that ``draw(writer)`` writes."""
    writer = PdfWriter(tmp_path / "page.pdf")
    draw(writer)
    (page,) = index_pdf(writer.save()).pages
    return page.kind


PLAIN_PICTURE = b"/Width 400 /Height 560 /Filter /DCTDecode " + GRAY8
WHOLE = b"q 595.28 0 0 841.89 0 0 cm /Im Do Q"


@pytest.mark.parametrize(
    ("kind", "content", "about", "extra"),
    [
        ("jpeg", WHOLE, b"", b""),
        ("jpeg", b"q 595.28 0 0 841.89 0 0 cm q 1 0 0 1 0 0 cm /Im Do Q Q", b"", b""),
        ("jpeg", WHOLE + b" BT 3 Tr (hidden) Tj ET", b"", b""),
        ("jpeg", WHOLE, b"", b"/Rotate 90"),
        ("other", WHOLE + b" BT 0 Tr (seen) Tj ET", b"", b""),
        ("other", WHOLE + b" BT (seen) Tj ET", b"", b""),
        ("other", WHOLE + b" 0 0 9 9 re f", b"", b""),
        ("other", WHOLE + b" " + WHOLE, b"", b""),
        ("other", b"q 300 0 0 841.89 0 0 cm /Im Do Q", b"", b""),
        ("other", b"q 595.28 0 0 841.89 40 0 cm /Im Do Q", b"", b""),
        ("other", b"q -595.28 0 0 841.89 595.28 0 cm /Im Do Q", b"", b""),
        ("other", b"q 0 595.28 841.89 0 0 0 cm /Im Do Q", b"", b""),
        ("other", WHOLE, b"/Decode [1 0]", b""),
        ("other", WHOLE, b"/Mask [0 10]", b""),
        ("other", WHOLE, b"", b"/CropBox [0 0 300 400]"),
        ("other", WHOLE, b"", b"/Annots [<< /Type /Annot /Subtype /Square /Rect [0 0 9 9] >>]"),
        ("other", b"", b"", b""),
    ],
)
def test_only_a_picture_that_fills_the_page_alone_stands_for_it(tmp_path, kind, content, about, extra):
    def draw(writer):
        writer.page(content, {"Im": writer.image(PLAIN_PICTURE + about, jpeg())}, extra=extra)

    assert one_page(tmp_path, draw) == kind


@pytest.mark.parametrize(
    ("kind", "data", "about"),
    [
        ("jpeg", jpeg(progressive=True), PLAIN_PICTURE),
        ("jpeg", jpeg(mode="RGB"), PLAIN_PICTURE.replace(b"Gray", b"RGB")),
        ("jpeg", jpeg(), PLAIN_PICTURE.replace(b"/DCTDecode", b"[/DCTDecode]")),
        ("other", jpeg(mode="CMYK"), PLAIN_PICTURE.replace(b"Gray", b"CMYK")),
        ("other", jpeg(), PLAIN_PICTURE.replace(b"Gray", b"RGB")),
        ("other", jpeg((401, 560)), PLAIN_PICTURE),
        ("other", jpeg()[:-40], PLAIN_PICTURE),
        ("other", b"no picture at all", PLAIN_PICTURE),
    ],
)
def test_only_a_sound_jpeg_of_the_size_the_pdf_says_is_passed_on(tmp_path, kind, data, about):
    assert one_page(tmp_path, lambda writer: writer.picture_page(about, data)) == kind


def test_one_bad_page_does_not_lose_the_bundle(tmp_path):
    writer = PdfWriter(tmp_path / "bundle.pdf")
    writer.jpeg_page(jpeg())
    writer.pages.append(writer.add(b"<< /Type /Page /Parent 2 0 R /MediaBox [(what) 0 0 0] >>"))
    content = max(writer.objects) + 1
    writer.add(b"<< /Length %d 0 R >>\nstream\nq Q\nendstream" % content)
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R >>" % content
    writer.pages.append(writer.add(page))
    writer.jpeg_page(jpeg(), box=(20.0, 20.0))
    writer.jpeg_page(jpeg())
    kinds = [page.kind for page in index_pdf(writer.save()).pages]
    assert len(kinds) == 5
    assert (kinds[0], kinds[3], kinds[4]) == ("jpeg", "unreadable", "jpeg")
    assert "jpeg" not in kinds[1:3]


REFUSED = {
    "html": ("not-a-pdf", lambda path: path.write_bytes(b"<html>error 500</html>" * 99)),
    "nothing": ("empty", lambda path: path.write_bytes(b"")),
    "no page": ("empty", lambda path: PdfWriter(path).save()),
    "rubbish": ("damaged", lambda path: path.write_bytes(b"%PDF-1.7\n" + bytes(range(256)) * 999)),
    "cyclic tree": ("damaged", pdf_writer.cyclic_tree),
    "billion pages": ("damaged", pdf_writer.billion_pages),
    "huge page": ("damaged", pdf_writer.huge_page),
    "image bomb": ("damaged", pdf_writer.image_bomb),
    "jpeg bomb": ("damaged", pdf_writer.jpeg_bomb),
    "many pages": ("too-many-pages", lambda path: pdf_writer.numbered(path, 11)),
    "long file": ("too-large", lambda path: path.write_bytes(b"%PDF-1.7\n" + bytes(3 << 20))),
}


@pytest.mark.parametrize("what", REFUSED)
def test_a_bad_file_is_refused_with_a_code(tmp_path, what):
    code, make = REFUSED[what]
    path = tmp_path / "bad.pdf"
    make(path)
    with pytest.raises(PdfRefused) as caught:
        index_pdf(path, limits=PdfLimits(max_pages=10, max_mb=2) if code.startswith("too") else None)
    assert caught.value.code == code
    assert code in PdfRefused.CODES
    assert str(tmp_path) not in str(caught.value)


def test_a_file_that_takes_too_long_is_refused(tmp_path):
    path = pdf_writer.numbered(tmp_path / "long.pdf", 2000)
    hurried = PdfLimits(child=Limits(wall_s=0.01))
    with pytest.raises(PdfRefused, match="longer than 0.01 s") as caught:
        index_pdf(path, limits=hurried)
    assert caught.value.code == "damaged"


@pytest.fixture
def locked(plain, tmp_path):
    def lock(user: str):
        with pikepdf.open(plain) as pdf:
            pdf.save(tmp_path / "locked.pdf", encryption=pikepdf.Encryption(user=user, owner="own", R=6))
        return tmp_path / "locked.pdf"

    return lock


def test_a_locked_file_opens_with_its_password_only(locked, tmp_path):
    path = locked("secret")
    for password in (None, "wrong"):
        with pytest.raises(PdfRefused) as caught:
            index_pdf(path, password=password)
        assert caught.value.code == "password"
    assert index_pdf(path, password="secret").repaired
    index = normalise(path, tmp_path / "out.pdf", password="secret")
    assert [page.kind for page in index.pages] == ["jpeg"] * 3
    assert not index.repaired


def test_a_file_that_only_forbids_printing_is_rewritten(locked, plain, tmp_path):
    path = locked("")
    assert index_pdf(path).repaired
    out = tmp_path / "out.pdf"
    index = normalise(path, out)
    assert not index.repaired
    before, after = index_pdf(plain).pages[1].jpeg, index.pages[1].jpeg
    assert out.read_bytes()[after.start :][: after.length] == plain.read_bytes()[before.start :][: before.length]


def test_a_lost_table_is_rebuilt(class_a4, tmp_path):
    data = class_a4.read_bytes()
    path, out = tmp_path / "lost.pdf", tmp_path / "out.pdf"
    path.write_bytes(data[: data.rindex(b"xref\n0 ")] + b"xref\nrubbish")
    index = index_pdf(path)
    assert index.repaired and len(index.pages) == 96
    index = normalise(path, out)
    assert not index.repaired
    assert [page.kind for page in index.pages] == ["jpeg"] * 96


def test_the_pages_that_a_cut_file_has_lost_are_told(class_a4, tmp_path):
    """They are not blank pages, neither before nor after the repair."""
    data = class_a4.read_bytes()
    path, out = tmp_path / "cut.pdf", tmp_path / "out.pdf"
    path.write_bytes(data[: len(data) // 2])
    whole = sum(page.jpeg.start + page.jpeg.length <= len(data) // 2 for page in index_pdf(class_a4).pages)
    for index in (index_pdf(path), normalise(path, out)):
        kinds = [page.kind for page in index.pages]
        assert kinds[:whole] == ["jpeg"] * whole
        assert kinds[whole + 1 :] == ["unreadable"] * (95 - whole)
    assert "missing" in index.pages[-1].error


def test_a_refused_file_leaves_no_copy(tmp_path):
    path, out = pdf_writer.cyclic_tree(tmp_path / "bad.pdf"), tmp_path / "out.pdf"
    with pytest.raises(PdfRefused):
        normalise(path, out)
    assert not out.exists()


def test_a_jpeg_without_its_exif_has_the_same_pixels():
    from PIL import Image

    exif = Image.Exif()
    exif[0x0112] = 6
    data = jpeg(exif=exif)
    assert b"Exif" in data
    assert without_exif(data) == jpeg()
    assert read_frame(data) == read_frame(jpeg()) == Frame(400, 560, 1, 8)


SCAN = jpeg()


@given(st.binary(max_size=200), st.integers(0, 600))
@settings(deadline=None)
def test_any_bytes_are_read_as_a_jpeg_without_harm(rubbish, cut):
    for data in (rubbish, b"\xff\xd8" + rubbish, SCAN[:cut] + rubbish):
        last = 2
        for segment in segments(data):
            assert segment.start == last < segment.end
            last = segment.end
        read_frame(data)
        kept = without_exif(data)
        assert len(kept) <= len(data) and without_exif(kept) == kept


matrices = st.tuples(*[st.integers(-9, 9)] * 6)


@given(matrices, matrices, matrices)
@settings(deadline=None)
def test_matrices_multiply_as_in_a_pdf(a, b, c):
    assert multiply(multiply(a, b), c) == multiply(a, multiply(b, c))
    assert multiply(a, IDENTITY) == multiply(IDENTITY, a) == a


@given(st.floats(0.9, 1.1), st.floats(0.9, 1.1), st.floats(-50, 50), st.floats(-50, 50))
@settings(deadline=None)
def test_a_picture_fills_the_page_within_a_hundredth(across, down, left, bottom):
    width, height = A4
    matrix = (width * across, 0, 0, height * down, left, bottom)
    found = only_picture([(matrix, "cm"), (["/Im"], "Do")], (0, 0, width, height))
    near = abs(across - 1) < 0.01 and abs(down - 1) < 0.01 and abs(left) < 0.01 * width and abs(bottom) < 0.01 * height
    assert (found == "/Im") == near
