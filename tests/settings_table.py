"""``make settings``: the table of settings in the guide for administrators, from what is declared."""

from pathlib import Path

from korrigo.config import declared
from korrigo.plugins import resolve

PAGE = Path(__file__).resolve().parent.parent / "docs" / "admin.md"
BEGIN, END = "<!-- settings: make settings -->\n", "<!-- end of settings -->\n"
#: The plugins that a school is given.
OURS = ("import", "ocr", "grading", "export")


def table() -> str:
    """One row a setting, as ``korrigo config doc`` explains it."""
    rows = ["| key | default | what |", "|---|---|---|"]
    for setting in declared(resolve(OURS)):
        choices = f" One of: {', '.join(setting.choices)}." if setting.choices else ""
        default = f"`{setting.shown(setting.default)}`" if setting.default not in ("", None) else ""
        rows.append(f"| `{setting.key}` | {default} | {setting.doc}{choices} |")
    return "\n".join(rows) + "\n"


def parts() -> tuple[str, str, str]:
    """The page before the table, the table, the page behind it."""
    before, _begin, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    written, _end, after = rest.partition(END)
    return before, written, after


if __name__ == "__main__":
    head, _table, tail = parts()
    PAGE.write_text(f"{head}{BEGIN}{table()}{END}{tail}", encoding="utf-8")
