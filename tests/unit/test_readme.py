"""What the documents promise is proved where they say."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
#: A path in backticks, with the name of a test behind it or not.
PROOF = re.compile(r"`((?:tests|benchmarks)/[\w./-]+?)(?:::(\w+))?`")


def proofs(page: Path) -> list[tuple[str, str]]:
    return PROOF.findall(page.read_text(encoding="utf-8"))


def test_the_readme_names_its_proofs():
    assert len(proofs(ROOT / "README.md")) > 5


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_proof_that_a_page_names_is_there(page):
    for path, test in proofs(page):
        assert (ROOT / path).exists(), path
        if (ROOT / path).is_dir():
            assert any((ROOT / path).rglob("test_*.py")), path
        if test:
            assert f"def {test}(" in (ROOT / path).read_text(encoding="utf-8"), test
