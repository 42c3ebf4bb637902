"""The extension points of this plugin: an importer reads one kind of file that schools send, a recipe makes copies of
a pile."""

from dataclasses import dataclass

from zope.interface import Attribute, Interface


@dataclass(frozen=True)
class Unpacked:
    """A file that an importer made: ``file`` is its name in the folder, ``name`` what people call it."""

    file: str
    name: str


@dataclass(frozen=True)
class PileSide:
    """One side of a pile, as a recipe sees it: ``mark`` is what the recipe saw on its picture, ``has_header`` whether
    the exam's own header stands there, ``twin`` the place in the pile of an earlier scan of the same sheet."""

    pdf_page: int
    region: str
    mark: str
    has_header: bool
    blank: bool
    twin: int | None


class IRecipe(Interface):
    """Makes copies of a pile: by printed separators, by page codes, by whatever a school puts on its paper.

    It is asked in child processes, to which it is pickled (a class at the top of a module, with plain values).
    """

    name = Attribute("Short name, small letters, digits and hyphens.")
    title = Attribute("What people call piles that were made this way: translatable.")

    def look(gray, dpi: float) -> str:
        """What it sees on one side: up to 400 characters that are kept beside the side, nothing for most.

        ``gray``: grey levels of the side as it was scanned, ``uint8`` of shape (height, width), 0 is black, at ``dpi``
        of 100 to 200.  Asked for every side of every file: it takes milliseconds.
        """

    def guess(sides: list[PileSide]) -> float:
        """How sure it is (0 to 1) that a pile was made this way; the surest makes the copies."""

    def copies(sides: list[PileSide]) -> list[list[int]]:
        """The places in the pile (from 0) of the sides of each copy, in reading order.  A side that is in none is left
        out and goes to the bin, from which people can take it back.  How each side is turned is found out as usual."""


class IImporter(Interface):
    """Reads one kind of file.

    ``unpack`` meets files of strangers: it runs in a child process with limits of memory and time, to which the
    importer is pickled (a class at the top of a module, with plain values).
    """

    name = Attribute("Short name, letters, digits and hyphens.")
    title = Attribute("What people call such files, in the plural: translatable.")
    endings = Attribute("Tuple of the file endings that are offered for choice, small, with the dot.")
    makes = Attribute("``itself``: the file is a PDF.  ``pages``: one PDF is made of it, whose pages are its pages.  "
                      "``files``: each file in it is received as if it had been sent alone.")

    def recognises(head: bytes, filename: str) -> bool:
        """Whether this is such a file, by its first 8 KiB; the name is a hint only."""

    def unpack(path, folder, name: str) -> list[Unpacked]:
        """Write what the file at ``path`` holds into ``folder``, in its order; ``name`` is what people call the file.

        Raises ``korrigo.api.PdfRefused`` with a sentence when nothing of it can be used.
        """
