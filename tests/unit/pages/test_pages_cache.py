"""Pictures are made once, found again, thrown away when there are too many; and the named sizes of a side."""

import contextlib
import io
import multiprocessing
import os
import threading
import time
from pathlib import Path

import numpy as np
import pdf_writer
import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pdf_writer import PdfWriter, jpeg
from PIL import Image, ImageOps

from korrigo.pages import pictures as pictures_module
from korrigo.pages.cache import PictureCache
from korrigo.pages.errors import PageUnreadable
from korrigo.pages.picture import Picture, Style, View, render
from korrigo.pages.pictures import SIZES, Pictures, style


@pytest.fixture
def cache(tmp_path) -> PictureCache:
    return PictureCache(tmp_path / "cache", max_bytes=10_000)


def picture(size: int = 100, first: bytes = b"x") -> Picture:
    return Picture(first * size, 20, 30, "image/jpeg")


def key(number: int = 0) -> str:
    return PictureCache.key("blob", View(number + 1), Style(width=100))


def files(cache: PictureCache) -> list[Path]:
    return sorted(cache.folder.glob("*/*"))


def age(cache: PictureCache, hours: dict[int, float]) -> None:
    for number, age_h in hours.items():
        (file,) = cache.folder.glob(f"*/{key(number)}")
        os.utime(file, (time.time() - age_h * 3600,) * 2)


def test_a_picture_is_found_as_it_was_kept(cache):
    assert cache.get(key()) is None
    kept = Picture(bytes(range(256)) + b"\n{}\n", 20, 30, "image/webp")
    cache.put(key(), kept)
    assert cache.get(key()) == kept


views = st.builds(
    View, st.integers(1, 3), st.sampled_from(["full", "left", "right"]), st.sampled_from([0, 90, 180, 270])
)
boxes = st.sampled_from([(0, 0, 500, 500), (0, 0, 500, 501), (1, 2, 3, 4)])
styles = st.builds(
    Style,
    width=st.sampled_from([None, 248, 1240]),
    clip=st.none() | boxes,
    masks=st.lists(boxes, max_size=2).map(tuple),
    format=st.sampled_from(["jpeg", "webp"]),
)
wanted = st.tuples(st.sampled_from(["one", "two"]), views, styles)


@given(wanted, wanted)
@settings(deadline=None)
def test_different_wishes_have_different_keys(one, other):
    assert (PictureCache.key(*one) == PictureCache.key(*other)) == (one == other)


def test_threads_that_want_the_same_picture_make_it_once(cache):
    made, found = [], []

    def make() -> Picture:
        made.append(1)
        time.sleep(0.1)
        return picture()

    threads = [threading.Thread(target=lambda: found.append(cache.get_or_make(key(), make))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 1
    assert found == [picture()] * 8
    assert not cache._making._locks


def test_threads_that_want_different_pictures_do_not_wait(cache):
    both = threading.Barrier(2, timeout=5)

    def make() -> Picture:
        both.wait()
        return picture()

    threads = [threading.Thread(target=cache.get_or_make, args=(key(number), make)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(files(cache)) == 2


def test_a_failure_is_not_kept(cache):
    def fail() -> Picture:
        raise PageUnreadable(1, "it is torn")

    with pytest.raises(PageUnreadable):
        cache.get_or_make(key(), fail)
    assert cache.get_or_make(key(), picture) == picture()


@pytest.mark.parametrize("damage", [b"", b"{", b"[]\n", b'{"type": "image/jpeg"}\n', b"\xff\xfe\n"])
def test_a_file_that_was_cut_short_is_made_again(cache, damage):
    cache.put(key(), picture())
    (file,) = files(cache)
    file.write_bytes(damage or file.read_bytes()[:-1])
    assert cache.get(key()) is None
    assert cache.get_or_make(key(), picture) == picture()
    assert cache.get(key()) == picture()


def test_trimming_removes_what_was_not_used_for_longest(cache):
    for number in range(6):
        cache.put(key(number), picture(2000))
    age(cache, {0: 1, 1: 60, 2: 50, 3: 40, 4: 2, 5: 3})
    cache.get(key(1))
    removed = cache.trim()
    assert [number for number in range(6) if cache.get(key(number))] == [0, 1, 4, 5]
    assert 4000 < removed < 5000
    assert sum(file.stat().st_size for file in files(cache)) <= 9000
    assert cache.trim() == 0


def test_trimming_removes_what_a_dead_process_was_writing(cache):
    cache.put(key(), picture())
    shelf = files(cache)[0].parent
    old, new = shelf / ".new-old", shelf / ".new-new"
    for file in (old, new):
        file.write_bytes(b"half")
    os.utime(old, (time.time() - 7200,) * 2)
    assert cache.trim() == 4
    assert new.exists() and not old.exists()
    assert cache.get(key())


def test_an_empty_cache_is_trimmed_without_complaint(cache):
    assert cache.trim() == 0


def crowd(folder: Path, seed: int) -> None:
    cache = PictureCache(folder, max_bytes=20_000)
    for turn in range(60):
        number = (turn * 7 + seed) % 20
        whole = picture(1500, bytes([number]))
        if cache.get_or_make(key(number), lambda whole=whole: whole) != whole:
            os._exit(1)
        if turn % 10 == seed:
            cache.trim()


def test_several_processes_share_the_folder(cache):
    context = multiprocessing.get_context("fork")
    processes = [context.Process(target=crowd, args=(cache.folder, seed)) for seed in range(3)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0, 0, 0]
    assert not list(cache.folder.glob("*/.new-*"))


class Store:
    """Blobs in a folder, counting how often each is read."""

    def __init__(self, **blobs: Path):
        self.blobs, self.read = blobs, []

    @contextlib.contextmanager
    def path(self, blob_id: str):
        self.read.append(blob_id)
        yield self.blobs[blob_id]


@pytest.fixture
def store(class_a4, mock_a3, tmp_path) -> Store:
    writer = PdfWriter(tmp_path / "bad.pdf")
    writer.jpeg_page(jpeg(), box=(14_400_000.0, 14_400_000.0))
    return Store(a4=class_a4, a3=mock_a3, bad=writer.save())


@pytest.fixture
def pictures(cache, store) -> Pictures:
    return Pictures(cache, store.path)


@pytest.mark.parametrize("size", SIZES)
def test_a_side_has_the_width_of_its_named_size(pictures, store, size):
    picture = pictures.side("a4", View(1), size, masks=[(0, 0, 10, 10)])
    assert picture.width == (SIZES[size] or 1654)
    assert pictures.side("a4", View(1), size, masks=[(0, 0, 10, 10)]) == picture
    assert store.read == ["a4", "a4"]     # its index, and the page


@pytest.mark.parametrize(("size", "turned"), [
    ("work", 0), ("work", 180), *((size, turned) for size in ("zoom", "full") for turned in (0, 90, 180, 270))])
def test_a_light_scan_is_sent_as_it_is_and_takes_no_place_in_the_cache(pictures, class_a4, cache, size, turned):
    picture = pictures.side("a4", View(2, turned=turned), size)
    shown = ImageOps.exif_transpose(Image.open(io.BytesIO(picture.data)))
    assert shown.size == (picture.width, picture.height) == ((1654, 2339) if turned % 180 == 0 else (2339, 1654))
    drawn = render(class_a4, View(2, turned=turned))
    assert np.array_equal(np.asarray(shown), np.asarray(Image.open(io.BytesIO(original_of(class_a4))).rotate(
        -turned, expand=True)))
    assert (drawn.width, drawn.height) == shown.size
    assert not any(path.is_file() for path in cache.folder.rglob("*") if path.parent.name != "index")


def original_of(scan) -> bytes:
    """The JPEG of its second page."""
    with pikepdf.open(scan) as pdf:
        [image] = pdf.pages[1].resources.XObject.values()
        return image.read_raw_bytes()


def test_the_index_of_a_file_is_read_once_and_found_again_by_another_process(pictures, store, cache):
    for page in (1, 2, 3):
        pictures.side("a4", View(page), "work")
    [kept] = (cache.folder / "index").iterdir()
    store.read.clear()
    again = Pictures(cache, store.path)
    assert again.side("a4", View(4), "work").width == 1654
    assert store.read == ["a4"]
    kept.write_text("[[1,")
    assert Pictures(cache, store.path).side("a4", View(4), "work").width == 1654


def test_a_half_has_the_width_of_its_named_size(pictures):
    assert pictures.side("a3", View(1, "left"), "thumb").width == 248


def test_masks_and_clips_are_kept_apart(pictures, store):
    mask = (0, 0, 500, 200)
    bare = pictures.side("a4", View(1), "thumb")
    masked = pictures.side("a4", View(1), "thumb", masks=[mask])
    cut = pictures.side("a4", View(1), "thumb", clip=mask)
    assert len({bare.data, masked.data, cut.data}) == 3
    assert (cut.width, cut.height) == (124, 50)
    assert len(store.read) == 4     # the index, and three pictures


def test_a_ready_thumbnail_is_kept(pictures, store, class_a4):
    ready = render(class_a4, View(2), width=style("thumb").width)
    pictures.keep("a4", View(2), "thumb", ready)
    assert pictures.side("a4", View(2), "thumb") == ready
    assert store.read == []


def test_missing_thumbnails_are_made_together(pictures, store):
    first = pictures.side("a4", View(1), "thumb")
    views = [View(page) for page in (1, 2, 3)]
    pictures.make_ready("a4", views)
    pictures.make_ready("a4", views)
    assert len(store.read) == 3     # the index, one alone, and the two that were missing
    assert pictures.side("a4", View(1), "thumb") == first
    assert pictures.side("a4", View(3), "thumb").width == 248
    assert len(store.read) == 3


def test_a_page_that_cannot_be_shown_is_not_tried_each_time(pictures, store, monkeypatch):
    for _ in range(2):
        with pytest.raises(PageUnreadable, match="measures"):
            pictures.side("bad", View(1), "thumb")
    assert store.read == ["bad", "bad"]     # its index, and the page
    monkeypatch.setattr(pictures_module, "UNREADABLE_FOR_S", -1)
    with pytest.raises(PageUnreadable):
        pictures.side("bad", View(1), "thumb")
    assert store.read == ["bad", "bad", "bad"]


def test_an_unknown_size_or_file_is_told(pictures):
    with pytest.raises(KeyError):
        pictures.side("a4", View(1), "poster")
    with pytest.raises(KeyError):
        pictures.side("nothing", View(1))


def test_pictures_come_from_any_small_pdf(tmp_path, cache):
    store = Store(plain=pdf_writer.numbered(tmp_path / "plain.pdf", 1))
    assert Pictures(cache, store.path).side("plain", View(1)).width == 400
