"""Pictures of sides: the right part of the right page, upright, at the size, with nothing below the masks."""

import io
import subprocess
from dataclasses import replace

import numpy
import pdf_writer
import pikepdf
import pytest
import sandbox_functions as functions
from hypothesis import given, settings
from hypothesis import strategies as st
from pdf_writer import GRAY8, PdfWriter, jpeg
from PIL import Image, ImageDraw

from korrigo.pages import picture as picture_module
from korrigo.pages import sandbox
from korrigo.pages.document import MASK_COLOUR, Document
from korrigo.pages.errors import PageUnreadable, PdfRefused
from korrigo.pages.picture import LIBRARIES, Picture, Style, View, render, render_many, render_styled
from korrigo.pages.pictures import style


def opened(picture: Picture) -> Image.Image:
    image = Image.open(io.BytesIO(picture.data))
    assert image.size == (picture.width, picture.height)
    assert Image.MIME[image.format] == picture.media_type
    return image


def levels(picture: Picture) -> numpy.ndarray:
    return numpy.asarray(opened(picture).convert("L"), dtype=float)


def poppler(path, page: int, dpi: int, folder) -> Image.Image:
    """The whole page as an independent program draws it."""
    command = ["pdftoppm", "-png", "-gray", "-singlefile", "-f", str(page), "-l", str(page), "-r", str(dpi)]
    subprocess.run([*command, str(path), str(folder / "page")], check=True)
    return Image.open(folder / "page.png").convert("L")


def likeness(one: numpy.ndarray, other: numpy.ndarray) -> float:
    """Correlation of two pictures at half their size (programs differ in how they filter); they may differ by a row or
    a column."""
    height, width = numpy.minimum(one.shape, other.shape) // 2
    halved = [levels[: 2 * height, : 2 * width].reshape(height, 2, width, 2).mean((1, 3)) for levels in (one, other)]
    return numpy.corrcoef(halved[0].ravel(), halved[1].ravel())[0, 1]


def test_a_plain_scan_is_passed_on_byte_for_byte(class_a4, tmp_path):
    picture = render(class_a4, View(5))
    subprocess.run(["pdfimages", "-all", "-f", "5", "-l", "5", class_a4, tmp_path / "image"], check=True)
    (extracted,) = tmp_path.iterdir()
    assert picture.data == extracted.read_bytes()
    assert (picture.width, picture.height, picture.media_type) == (1654, 2339, "image/jpeg")
    assert render(class_a4, View(5), width=1654).data == picture.data
    assert render(class_a4, View(5), dpi=200).data == picture.data
    assert render(class_a4, View(5), width=3000).data == picture.data, "a scan is not enlarged"


def test_the_exif_of_a_scan_does_not_turn_it(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6
    writer = PdfWriter(tmp_path / "page.pdf")
    writer.jpeg_page(jpeg(exif=exif))
    picture = render(writer.save(), View(1))
    assert b"Exif" not in picture.data
    numpy.testing.assert_array_equal(levels(picture), numpy.asarray(Image.open(io.BytesIO(jpeg())), dtype=float))


def test_what_a_scan_says_about_itself_is_not_sent(tmp_path):
    data = io.BytesIO()
    Image.new("L", (400, 560), 200).save(data, "JPEG", comment=b"DUPONT Marie.jpg", xmp=b"<x>Marie</x>")
    writer = PdfWriter(tmp_path / "page.pdf")
    writer.jpeg_page(data.getvalue())
    picture = render(writer.save(), View(1))
    assert b"Marie" in data.getvalue() and b"Marie" not in picture.data
    assert Image.open(io.BytesIO(picture.data)).size == (400, 560)


@pytest.mark.parametrize(("width", "height"), [(248, 351), (827, 1170), (1240, 1754)])
def test_a_scan_is_drawn_at_the_width_asked_for(class_a4, tmp_path, width, height):
    picture = render(class_a4, View(2), width=width)
    assert (picture.width, picture.height) == (width, height)
    scan = poppler(class_a4, 2, 200, tmp_path).resize((width, height), Image.Resampling.BOX)
    assert likeness(levels(picture), numpy.asarray(scan, dtype=float)) > 0.97


@pytest.mark.parametrize("page", [2, 33])
def test_the_halves_of_a_sheet_are_upright_and_its_own(mock_a3, tmp_path, page):
    whole = poppler(mock_a3, page, 75, tmp_path)
    assert abs(whole.width - 1240) <= 1
    whole = numpy.asarray(whole.resize((496, 351), Image.Resampling.BOX), dtype=float)
    left, right = render_many(mock_a3, [View(page, "left"), View(page, "right")], width=248)
    assert (left.width, left.height) == (248, 351)
    assert likeness(levels(left), whole[:, :248]) > 0.95
    assert likeness(levels(right), whole[:, 248:]) > 0.95
    assert likeness(levels(left), whole[:, 248:]) < 0.6


@pytest.fixture(scope="module")
def drawn_both_ways(tmp_path_factory):
    """The same scan as a JPEG that is decoded (page 1 to 4, by /Rotate) and as one for the renderer (page 5 to 8)."""
    writer = PdfWriter(tmp_path_factory.mktemp("ways") / "ways.pdf")
    for about in (b"", b"/Decode [0 1] "):
        for rotation in (0, 90, 180, 270):
            writer.jpeg_page(jpeg(), box=(400.0, 560.0), extra=b"/Rotate %d" % rotation, about=about + GRAY8)
    return writer.save()


@pytest.mark.parametrize("turned", [0, 90, 180, 270])
@pytest.mark.parametrize("region", ["full", "left", "right"])
def test_every_rotation_region_and_turn_is_drawn_as_told(drawn_both_ways, region, turned):
    scan = Image.open(io.BytesIO(jpeg()))
    views = [View(page, region, turned) for page in range(1, 9)]
    for view, picture in zip(views, render_many(drawn_both_ways, views, dpi=40), strict=True):
        expected = scan.rotate(-90 * ((view.page - 1) % 4), expand=True)
        middle = expected.width // 2
        expected = {
            "full": expected,
            "left": expected.crop((0, 0, middle, expected.height)),
            "right": expected.crop((middle, 0, expected.width, expected.height)),
        }[region].rotate(-turned, expand=True)
        expected = expected.resize((picture.width, picture.height), Image.Resampling.BOX)
        assert likeness(levels(picture), numpy.asarray(expected, dtype=float)) > 0.97, view


def test_a_clip_is_cut_out_at_the_scale_of_the_whole_side(class_a4):
    whole, part = render(class_a4, View(3), width=1000), render(class_a4, View(3), width=1000, clip=(100, 50, 600, 350))
    assert (part.width, part.height) == (500, 300)
    assert likeness(levels(part), levels(whole)[50:350, 100:600]) > 0.98


@pytest.mark.parametrize(("width", "got"), [(300, 310), (240, 310), (220, 220), (600, 620)])
def test_what_the_decoder_gives_is_not_scaled_when_it_is_nearly_what_was_asked_for(tmp_path, width, got):
    writer = PdfWriter(tmp_path / "large.pdf")
    writer.jpeg_page(jpeg((2480, 3508)), (2480, 3508))
    [picture] = render_styled(writer.save(), [View(1)], Style(width=width, larger=True))
    assert (picture.width, picture.height) == pytest.approx((got, got * 3508 / 2480), abs=1)
    [exact] = render_styled(writer.path, [View(1)], Style(width=width))
    assert exact.width == width


def test_a_clip_outside_the_side_is_refused(plain):
    with pytest.raises(PageUnreadable, match="outside"):
        render(plain, View(1), clip=(0, 1500, 1000, 1600))


def test_no_picture_is_longer_than_the_limit(drawn_both_ways):
    picture = render(drawn_both_ways, View(5), dpi=900)
    assert (picture.width, picture.height) == (1858, 2600)
    part = render(drawn_both_ways, View(5), width=2400, clip=(0, 0, 1000, 100))
    assert (part.width, part.height) == (2400, 240), "a part may be drawn larger than the whole"


@pytest.mark.parametrize("format", ["jpeg", "webp", "png"])
def test_the_formats_are_what_they_say(plain, format):
    assert opened(render(plain, View(1), width=200, format=format)).format == format.upper()


@pytest.mark.parametrize("turned", [0, 90, 180, 270])
@pytest.mark.parametrize("how", [{"width": 124}, {"width": 400}, {}, {"width": 300, "clip": (50, 20, 700, 600)}])
def test_below_a_mask_there_is_nothing(tmp_path, turned, how):
    """Two scans that differ below the mask only (it follows their blocks) give the same picture, to the byte."""
    mask, views = (200, 100, 600, 300), [View(1, turned=turned), View(2, turned=turned)]
    height = 1400 if turned in (0, 180) else 1000 * 400 / 560
    scans = [Image.new("L", (400, 560), 240), Image.new("L", (400, 560), 240)]
    scale = (400 if turned in (0, 180) else 560) / 1000
    upright = Image.new("L", (1000, round(height)), 0)
    upright.paste(255, tuple(mask))
    noise = Image.effect_noise((400, 560), 200)
    inside = upright.resize((round(1000 * scale), round(height * scale)), Image.Resampling.BOX)
    scans[1].paste(noise, mask=inside.point(lambda level: 255 * (level == 255)).rotate(turned, expand=True))
    writer = PdfWriter(tmp_path / "masked.pdf")
    for scan in scans:
        data = io.BytesIO()
        scan.save(data, "JPEG", quality=100)
        writer.jpeg_page(data.getvalue())
    path = writer.save()
    bare = render_many(path, views, format="png", **how)
    assert bare[0].data != bare[1].data
    masked = render_many(path, views, format="png", masks=[mask], **how)
    assert masked[0].data == masked[1].data
    image = opened(masked[1])
    left, top = how.get("clip", (0, 0))[:2]
    pixels = image.width / (how["clip"][2] - left if "clip" in how else 1000)
    x0, y0, x1, y1 = ((value - start) * pixels for value, start in zip(mask, (left, top) * 2, strict=True))
    zone = numpy.asarray(image)[int(max(0, y0)) : int(y1), int(max(0, x0)) : int(x1)]
    assert zone.size > 500
    assert (zone == MASK_COLOUR).all()


def test_the_masked_zone_of_a_real_scan_is_one_colour(class_a4):
    picture = render(class_a4, View(1), width=1240, masks=[(80, 90, 900, 300)], format="png")
    zone = numpy.asarray(opened(picture))[112:372, 100:1116]
    assert (zone == MASK_COLOUR).all()
    jpeg_zone = numpy.asarray(opened(render(class_a4, View(1), width=1240, masks=[(80, 90, 900, 300)])), dtype=int)
    assert numpy.abs(jpeg_zone[128:360, 112:1104] - MASK_COLOUR).max() <= 3


def test_grey_levels_are_those_of_the_scan(class_a4):
    scan = numpy.asarray(Image.open(io.BytesIO(render(class_a4, View(4)).data)))
    exact = sandbox.run(functions.gray, class_a4, View(4), 200, preload=LIBRARIES)
    assert (exact.dtype, exact.shape) == (numpy.uint8, (2339, 1654))
    numpy.testing.assert_array_equal(exact, scan)
    small = sandbox.run(functions.gray, class_a4, View(4, turned=180), 150, preload=LIBRARIES)
    assert small.shape == (1754, 1240)
    assert abs(small.mean() - scan.mean()) < 1


def test_both_halves_cost_one_rendering(mock_a3):
    (left, right), rendered = sandbox.run(functions.both_halves, mock_a3, 1, 75, preload=LIBRARIES)
    assert rendered == 1
    assert left.shape == right.shape == (877, 620)
    assert not numpy.array_equal(left, right)


@pytest.mark.parametrize(("dpi", "width"), [(150, 1654), (90, 827), (100, 827), (400, 1654)])
def test_grey_levels_that_are_not_scaled_have_the_size_that_the_decoder_gives_cheaply(class_a4, dpi, width):
    levels = sandbox.run(functions.gray_as_decoded, class_a4, View(1), dpi, preload=LIBRARIES)
    assert levels.shape[1] == width


def test_a_half_sheet_that_is_not_scaled_is_still_one_half(mock_a3):
    levels = sandbox.run(functions.gray_as_decoded, mock_a3, View(1, "right"), 75, preload=LIBRARIES)
    assert levels.shape == (877, 620)


def test_the_thumbnail_of_an_analysed_side_costs_no_decoding(class_a4):
    thumb, decoded = sandbox.run(functions.gray_then_thumb, class_a4, View(1), preload=LIBRARIES)
    assert decoded == 1
    assert thumb.width == 248


def test_the_thumbnail_of_a_black_and_white_page_has_four_greys_and_a_third_of_the_bytes(tmp_path):
    writer = PdfWriter(tmp_path / "fax.pdf")
    width, height = 1656, 2338
    with Image.new("1", (width, height), 1) as page:
        pencil = ImageDraw.Draw(page)
        for line in range(100, height - 100, 60):
            pencil.text((120, line), "Tout nombre pair est une somme de deux premiers. " * 2, fill=0, font_size=30)
        about = b"/Width %d /Height %d /BitsPerComponent 1 /ColorSpace /DeviceGray" % (width, height)
        writer.picture_page(about, page.tobytes())
    path = writer.save()
    [light] = render_styled(path, [View(1)], style("thumb"))
    [heavy] = render_styled(path, [View(1)], replace(style("thumb"), light=False))
    assert (light.media_type, heavy.media_type) == ("image/png", "image/jpeg")
    assert (light.width, light.height) == (heavy.width, heavy.height)
    assert len(light.data) < len(heavy.data) / 2
    greys = levels(light), levels(heavy)
    assert set(numpy.unique(greys[0])) <= {0, 85, 170, 255}
    assert numpy.abs(greys[0] - greys[1]).mean() < 30
    [masked] = render_styled(path, [View(1)], style("thumb", masks=[(0, 0, 500, 200)]))
    assert masked.media_type == "image/jpeg"


@pytest.fixture
def small_child(monkeypatch):
    """Reach the limits sooner."""
    monkeypatch.setattr(picture_module, "MEMORY_MB", 700)
    monkeypatch.setattr(picture_module, "CPU_S", (1, 0))


@pytest.mark.parametrize(
    "make", [pdf_writer.content_bomb, pdf_writer.exponential_forms]
)
def test_a_page_that_eats_the_child_is_unreadable(tmp_path, small_child, make):
    """Which limit it meets first is up to the machine; that there is one is not."""
    with pytest.raises(PageUnreadable, match="needed more than .* of (memory|processor time)") as caught:
        render(make(tmp_path / "bomb.pdf"), View(1), width=1240)
    assert caught.value.page == 1


def test_one_bad_page_does_not_lose_its_neighbours(tmp_path, small_child, monkeypatch):
    monkeypatch.setattr(picture_module, "CPU_S", (20, 0))      # memory is what it meets first, on a busy machine too
    writer = PdfWriter(tmp_path / "mixed.pdf")
    writer.jpeg_page(jpeg())
    pdf_writer.rectangles(writer)
    writer.jpeg_page(jpeg(), box=(14_400_000.0, 14_400_000.0))
    writer.jpeg_page(jpeg())
    drawn = render_many(writer.save(), [View(page) for page in (1, 2, 3, 4, 5)], width=100)
    assert [type(picture) for picture in drawn] == [Picture, PageUnreadable, PageUnreadable, Picture, PageUnreadable]
    assert drawn[1].page == 2 and "memory" in drawn[1].why
    assert drawn[2].page == 3 and "measures" in drawn[2].why


def test_a_jpeg_that_breaks_off_is_drawn_as_far_as_it_goes(tmp_path):
    whole = jpeg((800, 1120))
    writer = PdfWriter(tmp_path / "broken.pdf")
    writer.jpeg_page(whole[: len(whole) // 2] + b"\xff\xd9", (800, 1120))
    image = levels(render(writer.save(), View(1), width=400))
    assert image[:200].std() > 5


def test_a_damaged_or_encrypted_file_is_drawn_all_the_same(class_a4, plain, tmp_path):
    """Though slowly: ``normalise`` is there for that."""
    damaged, locked = tmp_path / "damaged.pdf", tmp_path / "locked.pdf"
    data = plain.read_bytes()
    damaged.write_bytes(data[: data.rindex(b"xref\n0 ")] + b"xref\nrubbish")
    with pikepdf.open(plain) as pdf:
        pdf.save(locked, encryption=pikepdf.Encryption(user="", owner="own", R=6))
    expected = levels(render(plain, View(2), width=200))
    for path in (damaged, locked):
        assert likeness(levels(render(path, View(2), width=200)), expected) > 0.98


def test_a_file_that_is_no_pdf_is_refused(tmp_path):
    path = tmp_path / "page.html"
    path.write_bytes(b"<html>")
    with pytest.raises(PdfRefused, match="not a PDF"):
        render(path, View(1))


@pytest.mark.parametrize("wrong", [{"page": 0}, {"page": 1, "region": "top"}, {"page": 1, "turned": 45}])
def test_a_view_is_a_side_of_a_page(wrong):
    with pytest.raises(ValueError, match="no side"):
        View(**wrong)


@pytest.mark.parametrize(
    "wrong",
    [{"format": "bmp"}, {"dpi": 100, "width": 10}, {"width": 0}, {"clip": (5, 5, 5, 9)}, {"masks": ((9, 0, 1, 1),)}],
)
def test_a_style_that_cannot_be_drawn_is_refused(wrong):
    with pytest.raises(ValueError, match="dpi|format|rectangle"):
        Style(**wrong)


@given(
    width=st.integers(1, 4000),
    region=st.sampled_from(["full", "left", "right"]),
    turned=st.sampled_from([0, 90, 180, 270]),
    page=st.sampled_from([1, 2, 5, 6]),
    enlarge=st.booleans(),
)
@settings(deadline=None)
def test_a_layout_keeps_the_width_asked_for_within_the_limits(drawn_both_ways, width, region, turned, page, enlarge):
    with Document(drawn_both_ways) as document:
        layout = document._layout(View(page, region, turned), Style(width=width), enlarge)
    across, down = layout.side
    assert 1 <= across <= 2600 and 1 <= down <= 2600
    scan = page <= 4 and not enlarge
    halved = 0.5 if region != "full" else 1
    sizes = [(400, 560), (560, 400)][page % 2 == 0]
    own = (sizes[0] * halved, sizes[1]) if turned in (0, 180) else (sizes[1], sizes[0] * halved)
    if width <= own[0] or (not scan and max(width, width * own[1] / own[0]) <= 2600):
        assert abs(across - width) <= 1
    if scan:
        assert across <= own[0] + 1
    assert abs(down - across * own[1] / own[0]) <= 1 + own[1] / own[0]
    assert layout.part == (0, 0, across, down)
