"""The resources of a page, reduced to what its content names.

Copiers and joining programs often give all pages one /Resources with the pictures of the whole pile: copied as it is,
it would put the papers of a class into the copy of each pupil.
"""

import re
from collections.abc import Iterator

import pikepdf
from pikepdf import Dictionary, Name

CATEGORIES = ("/XObject", "/Font", "/ExtGState", "/ColorSpace", "/Pattern", "/Shading")
HIDDEN_KEYS = ("/Metadata", "/PieceInfo", "/LastModified", "/StructParent", "/StructParents", "/OPI", "/Alternates",
               "/OC", "/AF", "/Ref", "/Measure", "/PtData")  # fmt: skip
"""What a picture or form may carry beside its looks: data of programs, other versions of itself, files."""

_NAME = re.compile(rb"/([^\s()<>\[\]{}/%]+)")
_ESCAPED = re.compile(rb"#([0-9a-fA-F]{2})")


def names_in(content: bytes) -> set[str]:
    """Every name that a content stream mentions (one inside a string may count too, which is harmless)."""
    names = (_ESCAPED.sub(lambda m: bytes([int(m[1], 16)]), name) for name in _NAME.findall(content))
    return {"/" + name.decode("utf-8", "replace") for name in names}


def own_resources(resources: Dictionary, content: bytes) -> Dictionary:
    """The resources that ``content`` names, as a new dictionary; forms that it draws are reduced in place."""
    return _reduced(resources, names_in(content), set())


def _reduced(resources: Dictionary, names: set[str], seen: set[tuple[int, int]]) -> Dictionary:
    reduced = Dictionary()
    drawn = resources.get("/XObject", Dictionary())
    for name in sorted(names & set(drawn.keys())):
        form = drawn[name]
        if form.get("/Subtype") == Name.Form and form.get("/Resources") is None:
            names = names | names_in(form.read_bytes())  # such a form borrows the resources of its page
    for category in CATEGORIES:
        have = resources.get(category)
        if isinstance(have, Dictionary):
            kept = {name: have[name] for name in sorted(names & set(have.keys()))}
            if kept:
                reduced[category] = Dictionary(kept)
    for stream in _streams(reduced):
        _strip(stream, seen)
    return reduced


def _strip(stream: pikepdf.Stream, seen: set[tuple[int, int]]) -> None:
    if stream.objgen in seen:
        return
    seen.add(stream.objgen)
    for key in HIDDEN_KEYS:
        if key in stream:
            del stream[key]
    if stream.get("/Subtype") == Name.Form and isinstance(stream.get("/Resources"), Dictionary):
        stream.Resources = _reduced(stream.Resources, names_in(stream.read_bytes()), seen)


def _streams(resources: Dictionary) -> Iterator[pikepdf.Stream]:
    for drawn in resources.get("/XObject", Dictionary()).values():
        if isinstance(drawn, pikepdf.Stream):
            yield drawn


def images(resources: Dictionary) -> list[pikepdf.Stream]:
    """The pictures that resources lead to: drawn, in forms, in patterns, and the masks of pictures. Each once."""
    found: dict[tuple[int, int], pikepdf.Stream] = {}
    seen: set[tuple[int, int]] = set()
    waiting: list[pikepdf.Object] = [resources]
    while waiting:
        thing = waiting.pop()
        if thing.is_indirect:
            if thing.objgen in seen:
                continue
            seen.add(thing.objgen)
        if isinstance(thing, pikepdf.Stream) and thing.get("/Subtype") == Name.Image:
            found[thing.objgen] = thing
        if isinstance(thing, pikepdf.Dictionary | pikepdf.Stream):
            waiting += [value for key, value in thing.items() if key != "/Parent" and _holds_more(value)]
        elif isinstance(thing, pikepdf.Array):
            waiting += [value for value in thing if _holds_more(value)]
    return list(found.values())


def _holds_more(value: object) -> bool:
    return isinstance(value, pikepdf.Dictionary | pikepdf.Stream | pikepdf.Array)
