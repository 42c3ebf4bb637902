"""The extension point of this plugin: an importer reads one kind of file that schools send."""

from dataclasses import dataclass

from zope.interface import Attribute, Interface


@dataclass(frozen=True)
class Unpacked:
    """A file that an importer made: ``file`` is its name in the folder, ``name`` what people call it."""

    file: str
    name: str


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
