"""The French catalogues of every package: complete, well set, and compiled."""

import ast
import functools
import re
import sys
from pathlib import Path

import pytest

from korrigo import messages
from korrigo.sentences import Told

sys.path.insert(0, str(Path(__file__).parent.parent))
from messages import packages  # noqa: E402

PACKAGES = packages()
every_package = pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.name)

PLACEHOLDER = re.compile(r"\$\{\w+\}|%\(\w+\)s|(?<!\$)\{\w+\}")
NARROW = "\N{NARROW NO-BREAK SPACE}"


def strings(message) -> list[tuple[str, str]]:
    """(source, translation) for each form of a message."""
    return [(message.id, message.string)] if isinstance(message.id, str) else list(
        zip(message.id, message.string, strict=True))


def entries(package):
    """The entries of a catalogue without its header."""
    return [message for message in messages.stored(package) if message.id]


@every_package
def test_the_catalogue_holds_the_messages_of_the_sources_and_no_others(package):
    assert {message.id for message in entries(package)} == set(messages.wanted(package))


@every_package
def test_the_catalogue_is_what_the_tool_would_write(package):
    assert messages.file_of(package).read_bytes() == messages.as_po(messages.updated(package))


@every_package
def test_the_compiled_catalogue_is_that_of_the_texts(package):
    assert messages.file_of(package, ".mo").read_bytes() == messages.as_mo(messages.updated(package))


@every_package
def test_nothing_is_left_to_translate(package):
    assert [message.id for message in entries(package)
            if message.fuzzy or not all(translated.strip() for _source, translated in strings(message))] == []
    assert not messages.stored(package).obsolete


@every_package
def test_a_translation_has_the_placeholders_of_its_source(package):
    assert [(source, translated) for message in entries(package) for source, translated in strings(message)
            if set(PLACEHOLDER.findall(source)) != set(PLACEHOLDER.findall(translated))] == []


@every_package
def test_french_is_set_as_french_is(package):
    """A narrow no-break space before : ; ? ! and inside « », an apostrophe that is one."""
    wrong = re.compile(rf"[^{NARROW}][;?!](?:\s|$)|[^{NARROW}]:(?:\s|$)|«[^{NARROW}]|[^{NARROW}]»|\w'\w")
    assert [translated for message in entries(package) for _source, translated in strings(message)
            if wrong.search(translated)] == []


def test_a_message_of_several_packages_is_the_same_in_french():
    """Catalogues of one domain are poured together: the last one would win."""
    seen, differ = {}, []
    for package in PACKAGES:
        for message in entries(package):
            if seen.setdefault(message.id, message.string) != message.string:
                differ.append(message.id)
    assert differ == []


@functools.cache
def told_classes() -> set[str]:
    """The names of the errors that people read."""
    for package in PACKAGES:
        for file in package.rglob("*.py"):
            if "migrations" not in file.parts and re.search(r"^class \w+\(.*\bTold\b", file.read_text(), re.MULTILINE):
                __import__(".".join(file.relative_to(package.parent).with_suffix("").parts))
    found, waiting = set(), [Told]
    while waiting:
        found.add((kind := waiting.pop()).__name__)
        waiting += kind.__subclasses__()
    return found


@every_package
def test_an_error_that_people_read_is_made_of_a_sentence(package):
    """``raise MoveRefused("…")`` would be English in every language."""
    told, plain = told_classes(), []
    for file in sorted(package.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in told and node.args:
                said = node.args[-1].elts[0] if isinstance(node.args[-1], ast.List) else node.args[-1]
                if isinstance(said, ast.JoinedStr | ast.Constant | ast.BinOp):
                    plain.append(f"{file.relative_to(package.parent)}:{node.lineno}")
    assert plain == []
