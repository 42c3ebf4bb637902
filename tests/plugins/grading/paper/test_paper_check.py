"""The second look: each thing that must not be in a graded PDF is found by the independent reader."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pikepdf
import pytest
from korrigo_grading.paper.check import check_graded
from korrigo_grading.paper.errors import GradedPdfError
from korrigo_grading.paper.model import GradedCopy, Receipt
from korrigo_grading.paper.write import write_graded
from paper_samples import CLASS_A4, ScanFile, copy_of, mark, page_picture, sides
from pikepdf import Array, Dictionary, Name, String


@pytest.fixture
def graded(tmp_path: Path) -> tuple[Path, GradedCopy, Receipt]:
    scan = ScanFile()
    for k in range(3):
        scan.page(Dictionary(Im=scan.picture(page_picture(k))))
    source = scan.save(tmp_path / "scan.pdf")
    copy = copy_of(sides(source, 1, 2), mark("stamp", x=100, y=300, t="✓"))
    out = tmp_path / "graded.pdf"
    return out, copy, write_graded(copy, out)


def lose_a_page(pdf: pikepdf.Pdf) -> None:
    del pdf.pages[2]


def repeat_a_page(pdf: pikepdf.Pdf) -> None:
    pdf.pages.append(pdf.pages[1])


def swap_pages(pdf: pikepdf.Pdf) -> None:
    pdf.pages.reverse()
    pdf.pages.insert(0, pdf.pages[2])
    del pdf.pages[3]


def foreign_picture(pdf: pikepdf.Pdf) -> None:
    other = ScanFile()
    picture = other.picture(page_picture(2))
    pdf.pages[1].Resources.XObject.Scan.Resources.XObject.Other = pdf.copy_foreign(picture)


def picture_of_the_next_page(pdf: pikepdf.Pdf) -> None:
    first, second = (pdf.pages[k].Resources.XObject.Scan.Resources.XObject for k in (1, 2))
    first.Other = second.Im


def foreign_picture_on_no_page(pdf: pikepdf.Pdf) -> None:
    other = ScanFile()
    pdf.Root.Perms = Dictionary(X=pdf.copy_foreign(other.picture(page_picture(2))))


def blank_summary(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].Contents = pdf.make_stream(b"")


def script_on_opening(pdf: pikepdf.Pdf) -> None:
    pdf.Root.OpenAction = Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"))


def annotation(pdf: pikepdf.Pdf) -> None:
    pdf.pages[1].obj.Annots = Array([])


def attachment(pdf: pikepdf.Pdf) -> None:
    pdf.attachments["list.csv"] = b"names"


@pytest.mark.parametrize(("tamper", "code"), [
    (lose_a_page, "page-count"), (repeat_a_page, "page-count"), (swap_pages, "missing-image"),
    (foreign_picture, "foreign-image"), (picture_of_the_next_page, "foreign-image"),
    (foreign_picture_on_no_page, "foreign-image"), (blank_summary, "text-missing"),
    (script_on_opening, "active-content"), (annotation, "active-content"),
    (attachment, "active-content"),
])  # fmt: skip
def test_a_tampered_file_is_refused_for_the_right_reason(
    graded: tuple[Path, GradedCopy, Receipt], tamper: Callable[[pikepdf.Pdf], None], code: str
):
    out, copy, receipt = graded
    check_graded(out, copy, receipt)
    with pikepdf.open(out, allow_overwriting_input=True) as pdf:
        tamper(pdf)
        pdf.save(out)
    with pytest.raises(GradedPdfError) as refused:
        check_graded(out, copy, receipt)
    assert refused.value.code == code
    assert out.name in str(refused.value)


def test_the_summary_of_another_pupil_is_refused(graded):
    out, copy, receipt = graded
    with pytest.raises(GradedPdfError) as refused:
        check_graded(out, replace(copy, summary=replace(copy.summary, pupil="Somebody Else")), receipt)
    assert refused.value.code == "text-missing"


@pytest.mark.parametrize("keep", [0, 40, 0.5, 0.9])
def test_a_file_cut_short_is_refused(graded, keep):
    out, copy, receipt = graded
    data = out.read_bytes()
    out.write_bytes(data[: keep if keep > 1 else int(keep * len(data))])
    with pytest.raises(GradedPdfError) as refused:
        check_graded(out, copy, receipt)
    assert refused.value.code == "unreadable"


def test_an_absent_file_is_refused(graded, tmp_path):
    with pytest.raises(GradedPdfError) as refused:
        check_graded(tmp_path / "gone.pdf", *graded[1:])
    assert refused.value.code == "unreadable"


def test_an_encrypted_file_is_refused(graded):
    out, copy, receipt = graded
    with pikepdf.open(out, allow_overwriting_input=True) as pdf:
        pdf.save(out, encryption=pikepdf.Encryption(owner="o", user=""))
    with pytest.raises(GradedPdfError) as refused:
        check_graded(out, copy, receipt)
    assert refused.value.code == "unreadable"


def test_a_copy_from_a_real_scan_passes(tmp_path):
    copy = copy_of(sides(CLASS_A4, 1, 2, 3, 4))
    check_graded(tmp_path / "g.pdf", copy, write_graded(copy, tmp_path / "g.pdf"))
