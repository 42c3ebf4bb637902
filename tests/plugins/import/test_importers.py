"""What schools send beside PDFs: pictures and archives, made into pages without losing anything."""

import io
import zipfile
from pathlib import Path

import pypdf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from korrigo_import.importers.archives import ZipImporter, natural
from korrigo_import.importers.images import ImageImporter, format_of, write_pages
from korrigo_import.importers.paper import page_size
from korrigo_import.importers.pdf import PdfImporter
from PIL import Image

from korrigo.api import PdfRefused, index_pdf


def drawing(mode: str = "L", size=(827, 1169)) -> Image.Image:
    """Something to recognise: dark at the top left."""
    image = Image.new(mode, size, "white")
    image.paste("black", (0, 0, size[0] // 4, size[1] // 8))
    return image


def saved(folder: Path, name: str, image: Image.Image, **options) -> Path:
    path = folder / name
    image.save(path, **options)
    return path


def unpacked(importer, path: Path, folder: Path):
    folder.mkdir(exist_ok=True)
    return importer.unpack(path, folder, path.name)


def test_a_jpeg_keeps_its_bytes_and_the_size_that_the_scanner_says(tmp_path):
    path = saved(tmp_path, "scan.jpg", drawing(), quality=80, dpi=(100, 100))
    [found] = unpacked(ImageImporter(), path, tmp_path / "out")
    [page] = index_pdf(tmp_path / "out" / found.file).pages
    made = (tmp_path / "out" / found.file).read_bytes()
    assert made[page.jpeg.start:page.jpeg.start + page.jpeg.length] == path.read_bytes()
    assert (page.kind, round(page.width_mm), round(page.height_mm)) == ("jpeg", 210, 297)


@pytest.mark.parametrize(("orientation", "turned"), [(1, 0), (3, 180), (6, 90), (8, 270)])
def test_a_photograph_stands_as_the_camera_was_held(tmp_path, orientation, turned):
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = saved(tmp_path, "photo.jpg", drawing("RGB", (1200, 900)), exif=exif, dpi=(72, 72))
    [found] = unpacked(ImageImporter(), path, tmp_path / "out")
    [page] = index_pdf(tmp_path / "out" / found.file).pages
    assert page.rotation == turned
    assert (page.width_mm < page.height_mm) == (turned in (90, 270))
    assert max(page.width_mm, page.height_mm) == pytest.approx(280, abs=1)     # as large as fits on A4


def test_a_mirrored_photograph_is_drawn_anew_and_upright(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 2
    path = saved(tmp_path, "mirror.jpg", drawing("L", (800, 1000)), exif=exif, quality=95)
    [found] = unpacked(ImageImporter(), path, tmp_path / "out")
    [image] = pypdf.PdfReader(tmp_path / "out" / found.file).pages[0].images
    shown = image.image.convert("L")
    assert shown.getpixel((790, 10)) < 60 and shown.getpixel((10, 10)) > 200


def test_each_page_of_a_tiff_is_a_page_and_black_and_white_loses_nothing(tmp_path):
    pages = [drawing("1"), drawing("1").transpose(Image.Transpose.ROTATE_180), drawing("L")]
    path = saved(tmp_path, "pile.tif", pages[0], save_all=True, append_images=pages[1:], dpi=(100, 100))
    [found] = unpacked(ImageImporter(), path, tmp_path / "out")
    shown = [next(iter(page.images)).image for page in pypdf.PdfReader(tmp_path / "out" / found.file).pages]
    assert len(shown) == 3
    for image, original in zip(shown[:2], pages[:2], strict=True):
        assert image.convert("1").tobytes() == original.tobytes()


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16", "CMYK"])
def test_a_picture_of_any_kind_becomes_a_page_that_looks_like_it(tmp_path, mode):
    image = drawing("L", (400, 560))
    if mode == "I;16":
        image = image.convert("I").point(lambda value: value * 257)
    image = image.convert(mode)
    path = saved(tmp_path, "it.tif" if mode == "CMYK" else "it.png", image)
    [found] = unpacked(ImageImporter(), path, tmp_path / "out")
    shown = next(iter(pypdf.PdfReader(tmp_path / "out" / found.file).pages[0].images)).image.convert("L")
    assert shown.getpixel((20, 20)) < 40 and shown.getpixel((390, 550)) > 215


@given(st.integers(1, 5000), st.integers(1, 5000), st.none() | st.floats(allow_nan=True) | st.integers(1, 2000))
def test_a_page_has_the_shape_of_its_picture_and_fits_where_its_size_is_not_said(width, height, dots):
    image = Image.new("1", (1, 1))
    image._size = width, height
    image.info["dpi"] = (dots, dots) if dots is not None else ()
    across, down = page_size(image)
    assert across / down == pytest.approx(width / height, rel=0.01)
    if dots is None or not 90 <= dots <= 1250:
        assert max(across, down) <= 842 and min(across, down) <= 596


@pytest.mark.parametrize("content", [
    b"\xff\xd8\xff", b"\xff\xd8\xff\xe0" + b"x" * 500, b"\x89PNG\r\n\x1a\n" + b"\0" * 100, b"II*\0" + b"\xff" * 100])
def test_a_damaged_picture_is_refused_by_its_name(tmp_path, content):
    path = tmp_path / "damaged.jpg"
    path.write_bytes(content)
    with pytest.raises(PdfRefused, match="damaged.jpg") as refused:
        write_pages([(path, path.name)], tmp_path / "out.pdf")
    assert refused.value.code == "damaged"


def test_a_picture_that_is_cut_short_is_refused(tmp_path):
    path = saved(tmp_path, "cut.jpg", drawing(), quality=80)
    path.write_bytes(path.read_bytes()[:2000])
    with pytest.raises(PdfRefused, match="cut.jpg"):
        write_pages([(path, path.name)], tmp_path / "out.pdf")


def test_a_picture_of_too_many_pixels_is_refused_without_being_decoded(tmp_path):
    path = saved(tmp_path, "huge.png", Image.new("1", (20_000, 20_000)))
    with pytest.raises(PdfRefused, match="million pixels"):
        write_pages([(path, path.name)], tmp_path / "out.pdf")


def test_a_heic_picture_is_refused_with_a_way_out_where_its_library_is_missing(tmp_path):
    path = tmp_path / "photo.heic"
    path.write_bytes(b"\0\0\0\x18ftypheic" + b"\0" * 100)
    assert format_of(path.read_bytes()) == "HEIF"
    with pytest.raises(PdfRefused, match="JPEG"):
        write_pages([(path, path.name)], tmp_path / "out.pdf")


def archive(folder: Path, files: dict[str, bytes]) -> Path:
    path = folder / "class.zip"
    with zipfile.ZipFile(path, "w") as out:
        for name, data in files.items():
            out.writestr(name, data)
    return path


def jpeg(size=(100, 140)) -> bytes:
    data = io.BytesIO()
    drawing("L", size).save(data, "JPEG")
    return data.getvalue()


def test_an_archive_gives_its_pdfs_one_by_one_and_the_pictures_of_a_folder_as_one_pile(tmp_path):
    pdf = b"%PDF-1.4 and so on"
    path = archive(tmp_path, {
        "class/Durand Paul.pdf": pdf, "class/page 10.jpg": jpeg((100, 150)), "class/page 2.jpg": jpeg((100, 120)),
        "read me.txt": b"Hello", "__MACOSX/class/._page 2.jpg": b"x", ".DS_Store": b"x"})
    found = unpacked(ZipImporter(), path, tmp_path / "out")
    assert [(bool(each.file), each.name) for each in found] == [
        (True, "Durand Paul.pdf"), (False, "read me.txt"), (True, "class")]
    assert (tmp_path / "out" / found[0].file).read_bytes() == pdf
    heights = [round(page.height_mm / page.width_mm, 1)
               for page in index_pdf(tmp_path / "out" / found[2].file).pages]
    assert heights == [1.2, 1.5]     # page 2 before page 10


def test_an_archive_cannot_write_outside_of_its_folder(tmp_path):
    path = archive(tmp_path, {"../../evil.pdf": b"%PDF-1.4", "/etc/evil.pdf": b"%PDF-1.4", "a\\b.pdf": b"%PDF-1.4"})
    found = unpacked(ZipImporter(), path, tmp_path / "out")
    assert sorted(each.name for each in found) == ["b.pdf", "evil.pdf", "evil.pdf"]
    assert sorted(file.parent for file in tmp_path.rglob("0000*")) == [tmp_path / "out"] * 3


def test_an_archive_that_grows_beyond_measure_or_lies_about_it_is_refused(tmp_path, monkeypatch):
    path = archive(tmp_path, {"bomb.pdf": b"%PDF-" + b"\0" * 5_000_000})
    monkeypatch.setattr("korrigo_import.importers.archives.LARGEST", 4_000_000)
    with pytest.raises(PdfRefused) as refused:
        unpacked(ZipImporter(), path, tmp_path / "out")
    assert refused.value.code == "too-large"
    monkeypatch.undo()
    with zipfile.ZipFile(tmp_path / "lie.zip", "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr("bomb.pdf", b"%PDF-" + b"\0" * 5_000_000)
    data = (tmp_path / "lie.zip").read_bytes()
    size = (5_000_005).to_bytes(4, "little")
    (tmp_path / "lie.zip").write_bytes(data.replace(size, (100).to_bytes(4, "little")))
    with pytest.raises(PdfRefused, match="damaged"):
        unpacked(ZipImporter(), tmp_path / "lie.zip", tmp_path / "out")


@pytest.mark.parametrize(("content", "words"), [
    (b"PK\x03\x04 nothing", "damaged"), (b"PK\x05\x06" + b"\0" * 18, "no PDF and no picture")])
def test_an_archive_that_holds_nothing_says_so(tmp_path, content, words):
    (tmp_path / "it.zip").write_bytes(content)
    with pytest.raises(PdfRefused, match=words):
        unpacked(ZipImporter(), tmp_path / "it.zip", tmp_path / "out")


@given(st.lists(st.text(max_size=12), max_size=6))
def test_any_names_can_be_put_in_their_natural_order(names):
    assert sorted(names, key=natural) == sorted(sorted(names, key=natural), key=natural)


@pytest.mark.parametrize(("head", "kind"), [
    (b"%PDF-1.7", "pdf"), (b"\x1b%-12345X@PJL\r\n%PDF-1.4", "pdf"), (b"PK\x03\x04..stored%PDF-1.4", "zip"),
    (b"\xff\xd8\xff\xe0", "images"), (b"MM\0*", "images"), (b"<html>", None), (b"\xd0\xcf\x11\xe0", None)])
def test_one_importer_at_most_recognises_a_file(head, kind):
    found = [each.name for each in (PdfImporter(), ImageImporter(), ZipImporter()) if each.recognises(head, "x")]
    assert found == ([kind] if kind else [])
