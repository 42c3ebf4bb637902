"""Graded PDFs: what is in the file, and where it lies on the page."""

from dataclasses import replace
from decimal import Decimal
from hashlib import sha256
from pathlib import Path

import numpy as np
import pikepdf
import pytest
from korrigo_grading.paper.check import check_graded
from korrigo_grading.paper.errors import GradedPdfError
from korrigo_grading.paper.model import PaperSide
from korrigo_grading.paper.numbers import decimal_point
from korrigo_grading.paper.write import GradedWriter, write_graded
from paper_samples import (
    CLASS_A4,
    MESSY_A4,
    MOCK_A3,
    SUMMARY,
    ScanFile,
    copy_of,
    jpeg,
    mark,
    page_picture,
    pictures_in,
    reddish,
    render,
    sides,
    text_of,
)
from pikepdf import Array, Dictionary, Name, String
from PIL import Image


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "graded.pdf"


def test_a_copy_becomes_a_summary_and_its_pages_with_their_pictures_untouched(out):
    copy = copy_of(sides(CLASS_A4, 5, 6, 7, 8), mark("stamp", x=100, y=300, t="✓"))
    receipt = write_graded(copy, out)
    check_graded(out, copy, receipt)
    assert (receipt.pages, receipt.summary_pages) == (5, 1)
    assert receipt.bytes == out.stat().st_size
    assert receipt.sha256 == sha256(out.read_bytes()).hexdigest()
    with pikepdf.open(CLASS_A4) as scan:
        own = [image.read_raw_bytes() for k in range(4, 8) for image in scan.pages[k].Resources.XObject.values()]
    assert sorted(pictures_in(out)) == sorted(own)


def test_the_summary_can_be_the_last_page(out):
    copy = copy_of(sides(CLASS_A4, 1))
    receipt = write_graded(copy, out, summary="last")
    assert "Éléonore" in text_of(out, 1) and "Éléonore" not in text_of(out, 0)
    check_graded(out, copy, receipt, summary_first=False)


def test_the_same_copy_gives_the_same_bytes(out, tmp_path):
    copy = copy_of(sides(MESSY_A4, 9, 10), mark("text", x=100, y=300, t="∀n∈ℕ"), mark("hi", x=1, y=2, w=30, h=40))
    first = write_graded(copy, out)
    second = write_graded(copy, tmp_path / "again.pdf")
    assert first == second and out.read_bytes() == (tmp_path / "again.pdf").read_bytes()


def test_a_pile_written_with_reopened_scans_equals_copies_written_alone(out, tmp_path):
    with GradedWriter(reopen_every=1) as writer:
        for first in (1, 5):
            copy = copy_of(sides(CLASS_A4, first, first + 1))
            assert writer.write(copy, out) == write_graded(copy, tmp_path / "alone.pdf")


FOUR_TURNS = (0, 90, 180, 270)
THREE_REGIONS = ("full", "left", "right")


def upright_picture(scan: Path, side: PaperSide, width: int) -> np.ndarray:
    """The side as a renderer and plain turning of its pixels show it: another way than by matrices."""
    whole = render(scan, side.pdf_page - 1, width=1200)
    middle = whole.shape[1] // 2
    region = {"full": whole, "left": whole[:, :middle], "right": whole[:, middle:]}[side.region]
    turned = np.rot90(region, -side.turned // 90)
    height = round(width * turned.shape[0] / turned.shape[1])
    return np.asarray(Image.fromarray(turned.astype(np.uint8)).resize((width, height), Image.Resampling.BOX))


@pytest.mark.parametrize("turned", FOUR_TURNS)
@pytest.mark.parametrize("region", THREE_REGIONS)
def test_every_region_and_turn_reads_upright_with_the_marks_in_their_place(out, region, turned):
    other = {"left": ("right",), "right": ("left",), "full": ()}[region]
    own = PaperSide(MOCK_A3, 1, region, turned)
    copy = copy_of((own, *(PaperSide(MOCK_A3, 1, half) for half in other)), mark("box", x=200, y=150, w=300, h=100))
    check_graded(out, copy, write_graded(copy, out))
    with_marks = render(out, 1, width=400)
    expected = upright_picture(MOCK_A3, own, 400).astype(int)
    height = min(len(expected), len(with_marks))
    difference = np.abs(expected[:height] - with_marks[:height]).mean(axis=2)
    red = reddish(with_marks)
    assert abs(len(expected) - len(with_marks)) <= 1
    assert difference[~red[:height]].mean() < 9
    ys, xs = np.nonzero(red)
    assert (xs.min(), xs.max(), ys.min(), ys.max()) == pytest.approx((80, 200, 60, 100), abs=2)


@pytest.mark.parametrize("rotate", FOUR_TURNS)
@pytest.mark.parametrize("turned", FOUR_TURNS)
def test_rotate_and_turned_add_up_on_a_page_with_crop_box_and_odd_origin(out, tmp_path, rotate, turned):
    scan = ScanFile()
    page = scan.page(
        Dictionary(Im=scan.picture(page_picture(1))), b"q 240 0 0 340 70 -30 cm /Im Do Q",
        box=(50, -50, 330, 330), CropBox=Array([70, -30, 310, 310]), Rotate=rotate)
    assert page.Rotate == rotate
    source = scan.save(tmp_path / "scan.pdf")
    side = PaperSide(source, 1, "full", turned)
    write_graded(copy_of([side], mark("ink", p=[[500, 20]], w=20)), out)
    found, expected = render(out, 1, 300), upright_picture(source, side, 300)
    assert abs(len(found) - len(expected)) <= 1
    height = min(len(found), len(expected))
    red = reddish(found)[:height]
    assert np.abs(found[:height] - expected[:height].astype(int)).mean(axis=2)[~red].mean() < 9
    ys, xs = np.nonzero(red)
    assert (xs.mean(), ys.mean()) == pytest.approx((150, 6), abs=1)


def test_two_halves_of_one_copy_share_their_picture(out):
    copy = copy_of([PaperSide(MOCK_A3, 1, "right"), PaperSide(MOCK_A3, 1, "left")])
    write_graded(copy, out)
    with pikepdf.open(MOCK_A3) as scan:
        own = [image.read_raw_bytes() for image in scan.pages[0].Resources.XObject.values()]
    assert sorted(pictures_in(out)) == sorted(own)


@pytest.mark.parametrize("region", ["left", "right"])
def test_the_half_of_another_pupil_is_not_in_the_file(out, region):
    side = PaperSide(MOCK_A3, 1, region)
    copy = copy_of([side])
    check_graded(out, copy, write_graded(copy, out))
    with pikepdf.open(MOCK_A3) as scan:
        whole = {(int(im.Width), int(im.Height)) for im in scan.pages[0].Resources.XObject.values()}
    with pikepdf.open(out) as graded:
        sizes = {
            (int(im.Width), int(im.Height)) for im in graded.objects
            if isinstance(im, pikepdf.Stream) and im.get("/Subtype") == Name.Image
        }  # fmt: skip
        assert len(graded.pages) == 2
    # /Rotate 270: the halves lie one above the other in the stored picture
    grid = 16
    assert len(sizes) == 2
    assert all(any(w == width and h <= height / 2 + grid for width, height in whole) for w, h in sizes)
    found, expected = render(out, 1, 700), upright_picture(MOCK_A3, side, 700)
    height = min(len(found), len(expected))
    assert np.abs(found[:height] - expected[:height].astype(int)).mean() < 6


def test_the_pixels_beside_a_cut_are_white_not_the_neighbours(out, tmp_path):
    """The cut lies on the grid of the JPEG; what is between the grid and the middle belongs to the neighbour."""
    scan = ScanFile()
    picture = page_picture(1, (250, 200), "L")
    picture.paste(0, (0, 0, 125, 200))  # the left half is black
    scan.page(Dictionary(Im=scan.picture(picture)), b"q 250 0 0 200 0 0 cm /Im Do Q", box=(0, 0, 250, 200))
    write_graded(copy_of([PaperSide(scan.save(tmp_path / "scan.pdf"), 1, "right")]), out)
    with pikepdf.open(out) as graded:
        image = next(i for i in graded.objects if isinstance(i, pikepdf.Stream) and i.get("/Subtype") == Name.Image)
        stored = np.asarray(pikepdf.PdfImage(image).as_pil_image().convert("L"))
    assert 125 <= stored.shape[1] <= 125 + 16
    assert stored[:, : stored.shape[1] - 125].min() > 200


def test_recognised_text_of_the_other_half_is_not_in_the_file(out, tmp_path):
    scan = ScanFile()
    content = b"q 240 0 0 340 0 0 cm /Im Do Q BT 3 Tr /F 9 Tf 10 10 Td (neighbour) Tj ET"
    page = scan.page(Dictionary(Im=scan.picture(page_picture(1))), content)
    page.Resources.Font = Dictionary(F=Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica))
    source = scan.save(tmp_path / "scan.pdf")
    write_graded(copy_of([PaperSide(source, 1, "right")]), out)
    assert "neighbour" not in text_of(out, 1)
    write_graded(copy_of([PaperSide(source, 1)]), out)
    assert "neighbour" in text_of(out, 1)


def visible_text(scan: ScanFile) -> None:
    page = scan.page(Dictionary(), b"BT /F 9 Tf 10 10 Td (neighbour) Tj ET")
    page.Resources.Font = Dictionary(F=Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica))


def drawn_path(scan: ScanFile) -> None:
    scan.page(Dictionary(), b"10 10 m 200 300 l S")


def nested_form(scan: ScanFile) -> None:
    form = scan.pdf.make_stream(b"0 0 9 9 re f", Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, 240, 340]))
    scan.page(Dictionary(Im=form), b"/Im Do")


def slanted_picture(scan: ScanFile) -> None:
    scan.page(Dictionary(Im=scan.picture(page_picture(1))), b"q 240 6 -6 340 0 0 cm /Im Do Q")


@pytest.mark.parametrize("hard", [visible_text, drawn_path, nested_form, slanted_picture])
def test_a_half_that_cannot_be_cut_is_refused_or_taken_as_a_picture(out, tmp_path, hard):
    scan = ScanFile()
    hard(scan)
    side = PaperSide(scan.save(tmp_path / "scan.pdf"), 1, "left")
    copy = copy_of([side])
    with pytest.raises(GradedPdfError) as refused:
        write_graded(copy, out)
    assert refused.value.code == "half-not-separable"
    assert not out.exists()
    photograph = page_picture(5, (120, 340), "RGB")
    asked = []
    receipt = write_graded(copy, out, picture=lambda which: asked.append(which) or jpeg(photograph))
    check_graded(out, copy, receipt)
    assert asked == [side] and "neighbour" not in text_of(out, 1)
    assert np.abs(render(out, 1, 120) - np.asarray(photograph).astype(int)).mean() < 8


def test_pages_that_share_their_resources_bring_their_own_picture_alone(out, tmp_path):
    scan = ScanFile()
    form = scan.pdf.make_stream(
        b"/Deep Do", Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, 1, 1]),
        Resources=Dictionary(XObject=Dictionary({
            f"/{name}": scan.picture(page_picture(10 + k)) for k, name in enumerate(("Deep", "Unused"))})))
    shared = scan.pdf.make_indirect(Dictionary({
        **{f"/Im{k}": scan.picture(page_picture(k)) for k in range(3)}, "/Fm": form}))
    for k in range(3):
        extra = b" q 20 0 0 20 0 0 cm /Fm Do Q" if k == 1 else b""
        scan.page(shared, b"q 240 0 0 340 0 0 cm /Im%d Do Q" % k + extra)
    own = [shared["/Im1"].read_raw_bytes(), form.Resources.XObject.Deep.read_raw_bytes()]
    source = scan.save(tmp_path / "scan.pdf")
    copy = copy_of(sides(source, 2))
    check_graded(out, copy, write_graded(copy, out))
    assert sorted(pictures_in(out)) == sorted(own)


def test_resources_inherited_from_the_page_tree_are_found(out, tmp_path):
    scan = ScanFile()
    page = scan.page(Dictionary(Im=scan.picture(page_picture(1))))
    scan.pdf.Root.Pages.Resources = page.Resources
    del page.Resources
    source = scan.save(tmp_path / "scan.pdf")
    write_graded(copy_of(sides(source, 1)), out)
    assert len(pictures_in(out)) == 1 and render(out, 1).min() < 60


def test_what_a_page_carries_beside_its_looks_stays_behind(out, tmp_path):
    scan = ScanFile()
    image = scan.picture(page_picture(1))
    image.Metadata = scan.pdf.make_stream(b"<x>secret-of-the-picture</x>")
    script = Dictionary(S=Name.JavaScript, JS=String("app.alert('secret-script')"))
    link = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=Array([0, 0, 9, 9]), A=Dictionary(
        S=Name.URI, URI=String("https://example.org/secret-link")))
    scan.page(
        Dictionary(Im=image), Annots=Array([link]), AA=Dictionary(O=script),
        Metadata=scan.pdf.make_stream(b"<x>secret-of-the-page</x>"),
        PieceInfo=Dictionary(X=Dictionary(Private=String("secret-piece"))))
    scan.pdf.Root.OpenAction = script
    scan.pdf.attachments["secret.txt"] = b"secret-attachment"
    scan.pdf.docinfo["/Author"] = "secret-author"
    source = scan.save(tmp_path / "scan.pdf")
    copy = copy_of(sides(source, 1))
    check_graded(out, copy, write_graded(copy, out))
    with pikepdf.open(out) as graded:
        assert dict(graded.docinfo) == {"/Title": SUMMARY.title}
        graded.save(tmp_path / "plain.pdf", stream_decode_level=pikepdf.StreamDecodeLevel.generalized)
    plain = (tmp_path / "plain.pdf").read_bytes()
    assert b"secret" not in plain
    assert b"secret" in source.read_bytes()


def test_content_that_leaves_its_state_open_does_not_move_the_marks(out, tmp_path):
    scan = ScanFile()
    scan.page(Dictionary(Im=scan.picture(page_picture(1))), b"Q q 240 0 0 340 0 0 cm /Im Do 3 0 0 3 9 9 cm q q")
    write_graded(copy_of(sides(scan.save(tmp_path / "scan.pdf"), 1), mark("ink", p=[[500, 500]], w=20)), out)
    ys, xs = np.nonzero(reddish(render(out, 1, 500)))
    assert (xs.mean(), ys.mean()) == pytest.approx((250, 250), abs=1)


def test_a_damaged_or_absent_source_is_named_and_nothing_is_kept(out, tmp_path):
    damaged = tmp_path / "damaged.pdf"
    damaged.write_bytes(b"%PDF-1.7 this is none")
    for source, page, code in (
        (damaged, 1, "source-unreadable"), (tmp_path / "gone.pdf", 1, "source-unreadable"),
        (CLASS_A4, 97, "page-missing"), (CLASS_A4, 0, "page-missing"),
    ):  # fmt: skip
        with pytest.raises(GradedPdfError) as error:
            write_graded(copy_of(sides(source, page)), out)
        assert error.value.code == code and source.name in str(error.value)
    with pytest.raises(GradedPdfError) as error:
        write_graded(copy_of([]), out)
    assert error.value.code == "empty-copy"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["damaged.pdf"]


def test_an_earlier_graded_pdf_survives_a_failure(out, tmp_path, monkeypatch):
    write_graded(copy_of(sides(CLASS_A4, 1)), out)
    before = out.read_bytes()

    def full_disk(*args, **kwargs):
        Path(args[1]).write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pikepdf.Pdf, "save", full_disk)
    with pytest.raises(OSError, match="No space"):
        write_graded(copy_of(sides(CLASS_A4, 2)), out)
    assert out.read_bytes() == before
    assert list(tmp_path.iterdir()) == [out]


def test_who_is_reading_the_earlier_file_reads_it_to_its_end(out):
    write_graded(copy_of(sides(CLASS_A4, 1)), out)
    before = out.read_bytes()
    with out.open("rb") as reading:
        write_graded(copy_of(sides(CLASS_A4, 2)), out)
        assert reading.read() == before != out.read_bytes()


def test_a_mark_beyond_the_last_page_is_not_lost_in_silence(out):
    with pytest.raises(GradedPdfError) as error:
        write_graded(copy_of(sides(CLASS_A4, 1), mark("stamp", page=1, x=1, y=1, t="✓")), out)
    assert error.value.code == "annotation" and not out.exists()


def test_numbers_are_printed_as_asked(out):
    copy = copy_of(sides(CLASS_A4, 1))
    write_graded(copy, out)
    assert "12,75" in text_of(out, 0)
    check_graded(out, copy, write_graded(copy, out, number=decimal_point), number=decimal_point)
    assert "12.75" in text_of(out, 0)


def test_an_anonymous_copy_without_total_is_written_with_its_code(out):
    summary = replace(SUMMARY, pupil=None, total=None, maximum=Decimal("20.000"))
    copy = copy_of(sides(CLASS_A4, 1), summary=summary)
    check_graded(out, copy, write_graded(copy, out))
    assert "2624034" in text_of(out, 0) and "20.0" not in text_of(out, 0)


def test_a_graded_pdf_is_barely_larger_than_its_pages(out):
    ink = [[100 + 9 * k, 500 + 7 * (k % 9)] for k in range(60)]
    marks = [mark("ink", page, p=[[x, y + 50 * n] for x, y in ink]) for page in range(4) for n in range(6)]
    receipt = write_graded(copy_of(sides(CLASS_A4, 1, 2, 3, 4), *marks, mark("text", x=9, y=99, t="∀n∈ℕ")), out)
    scan = sum(len(picture) for picture in pictures_in(out))
    assert receipt.bytes <= scan + 4 * 4000 + 30_000
