"""The messages of a package, and its French catalogue brought up to date and compiled.

Translations are kept, messages that are gone are dropped, new ones wait with an empty translation (a test finds them).
The same sources give the same files: no dates, no line numbers, messages in the order of the files.
"""

import functools
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_file
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

LANGUAGE = "fr"
CORE = Path(__file__).resolve().parent
METHODS = {".py": "python", ".jinja2": "jinja2"}
#: As ``korrigo.web.templating`` sets Jinja2.
JINJA = {"trim_blocks": "true", "lstrip_blocks": "true", "newstyle_gettext": "true", "silent": "false"}


class Words(Catalog):
    """A catalogue whose header holds what readers of the file need, and nothing that changes by itself."""

    @property
    def mime_headers(self) -> list[tuple[str, str]]:
        return [("Language", LANGUAGE), ("Plural-Forms", self.plural_forms), ("MIME-Version", "1.0"),
                ("Content-Type", "text/plain; charset=utf-8"), ("Content-Transfer-Encoding", "8bit")]


def file_of(package: Path, ending: str = ".po") -> Path:
    return package / "locale" / LANGUAGE / "LC_MESSAGES" / f"korrigo{ending}"


@functools.cache
def extracted(package: Path) -> list[tuple[str, str | tuple[str, str]]]:
    """(file, message) for every message in the sources of a package; one with a plural is a pair."""
    messages = []
    for file in sorted(path for path in package.rglob("*") if path.suffix in METHODS):
        found = extract_from_file(METHODS[file.suffix], file, keywords=DEFAULT_KEYWORDS,
                                  options=JINJA if file.suffix == ".jinja2" else {"encoding": "utf-8"})
        messages += [(file.relative_to(package.parent).as_posix(), message) for _line, message, *_more in found]
    return messages


def wanted(package: Path) -> dict[str | tuple[str, str], list[str]]:
    """Each message of a package with its files.  What the core says already, a plugin need not translate again."""
    known = {message for _file, message in extracted(CORE)} if package != CORE else set()
    messages: dict[str | tuple[str, str], list[str]] = {}
    for file, message in extracted(package):
        if message not in known and file not in messages.setdefault(message, []):
            messages[message].append(file)
    return messages


def stored(package: Path) -> Catalog:
    """The catalogue of a package as it is on disk."""
    file = file_of(package)
    if not file.exists():
        return Catalog(locale=LANGUAGE)
    with open(file, "rb") as opened:
        return read_po(opened, locale=LANGUAGE)


def updated(package: Path) -> Words:
    """The catalogue of a package with the messages of its sources and the translations that it has."""
    old, new = stored(package), Words(locale=LANGUAGE, header_comment=f"# {package.name}, français", fuzzy=False)
    for message, files in wanted(package).items():
        known: Message | None = old.get(message if isinstance(message, str) else message[0])
        kept = known.string if known is not None and known.id == message else ""
        new.add(message, kept, locations=[(file, None) for file in files])
    return new


def as_po(catalogue: Catalog) -> bytes:
    out = BytesIO()
    write_po(out, catalogue, width=120, include_lineno=False, ignore_obsolete=True)
    return out.getvalue()


def as_mo(catalogue: Catalog) -> bytes:
    out = BytesIO()
    write_mo(out, catalogue)
    return out.getvalue()


def update(package: Path) -> list[str]:
    """Write the catalogue of a package, as text and compiled; the messages that are still to translate."""
    catalogue = updated(package)
    file_of(package).parent.mkdir(parents=True, exist_ok=True)
    file_of(package).write_bytes(as_po(catalogue))
    file_of(package, ".mo").write_bytes(as_mo(catalogue))
    return untranslated(catalogue)


def untranslated(catalogue: Catalog) -> list[str]:
    """The messages of a catalogue that nobody has translated, or only in part."""
    return [message.id for message in catalogue
            if message.id and not all(text.strip() for text in _strings(message))]


def _strings(message: Message) -> tuple[str, ...]:
    return message.string if isinstance(message.string, tuple) else (message.string,)
