"""``korrigo exam run`` with input that cannot be used: one line that says what, and nothing half done."""

import pikepdf
import pytest
import sqlalchemy as sa

from korrigo.models import Exam


@pytest.fixture
def files(tmp_path, small_scan, data):
    """Files that can be used, and files that cannot."""
    with pikepdf.open(small_scan) as pdf:
        pdf.save(tmp_path / "locked.pdf", encryption=pikepdf.Encryption(owner="owner", user="user"))
    for name, content in (("letter.pdf", "Dear colleague"), ("empty.csv", ""), ("bad.json", "{"),
                          ("marks.csv", "number;1a;99z\n2624000;2;3\n"), ("words.csv", "number;1a\n2624000;two\n"),
                          ("many.csv", "number;1a\n2624000;33\n")):
        (tmp_path / name).write_text(content)
    (tmp_path / "scan.pdf").symlink_to(small_scan)
    for name in ("roster.csv", "scheme.json"):
        (tmp_path / name).symlink_to(data / "batches" / "class-a4" / name)
    return tmp_path


SCAN, ROSTER, SCHEME = ("--scan", "scan.pdf"), ("--roster", "roster.csv"), ("--scheme", "scheme.json")
WRONG = {
    "no such scan": (("--scan", "nothing.pdf"), "nothing.pdf"),
    "a folder": (("--scan", "."), "no file ."),
    "no such roster": ((*SCAN, "--roster", "nothing.csv"), "nothing.csv"),
    "no PDF": (("--scan", "letter.pdf"), "PDF"),
    "a PDF with a password": (("--scan", "locked.pdf"), "PDF"),
    "an empty roster": ((*SCAN, "--roster", "empty.csv"), "empty.csv"),
    "a total that is no number": ((*SCAN, "--total", "many"), "total"),
    "a total that is not finite": ((*SCAN, "--total", "NaN"), "total"),
    "no pages": ((*SCAN, "--pages", "0"), "pages"),
    "a broken scheme": ((*SCAN, *ROSTER, "--scheme", "bad.json"), "bad.json"),
    "an unknown question": ((*SCAN, *ROSTER, *SCHEME, "--marks", "marks.csv"), "99z"),
    "marks without a scheme": ((*SCAN, *ROSTER, "--marks", "words.csv"), "words.csv"),
    "more points than the question has": ((*SCAN, *ROSTER, *SCHEME, "--marks", "many.csv"), "line 2"),
    "points that are no number": ((*SCAN, *ROSTER, *SCHEME, "--marks", "words.csv"), "words.csv"),
}


@pytest.fixture
def ini_of_all(ini, korrigo):
    file = ini("korrigo.plugins = import ocr grading export", "korrigo.ocr.reader = none")
    korrigo("db", "upgrade", file=file)
    return file


@pytest.mark.parametrize("what", WRONG)
def test_input_that_cannot_be_used_is_refused_in_one_line_and_nothing_is_written(
        korrigo, ini_of_all, files, monkeypatch, what):
    options, word = WRONG[what]
    monkeypatch.chdir(files)
    code, printed, said = korrigo("exam", "run", "--out", "out", *options, file=ini_of_all)
    assert (code, printed) == (2, "")
    told = [line for line in said.splitlines() if line.startswith("korrigo: ")]
    assert len(told) == 1 and word in told[0]
    assert not (files / "out").exists()
    engine = sa.create_engine(f"sqlite:///{files / 'site.db'}")
    with engine.connect() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(Exam)) == 0
    engine.dispose()


def test_results_are_not_written_over_a_file(korrigo, ini_of_all, files, monkeypatch):
    monkeypatch.chdir(files)
    code, _printed, said = korrigo("exam", "run", "--out", "empty.csv", *SCAN, file=ini_of_all)
    assert code == 2
    assert "empty.csv" in said
