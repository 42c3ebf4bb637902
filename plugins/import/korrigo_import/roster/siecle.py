"""SIECLE: the XML in which French secondary schools export their pupils, alone or in a ZIP.

``ElevesSansAdresses.xml`` or ``ElevesAvecAdresses.xml``; the prolog says the encoding.  Only what a roster needs is
read: addresses and parents are left where they are.  A document type is refused, so that no entity is ever expanded,
and the file is parsed in a child with limits.
"""

import datetime as dt
import io
import zipfile
from xml.parsers import expat  # no entities: a document type is refused

from korrigo.api import PageError, sandbox
from korrigo.api import Sentence as _

from .table import under_titles
from .values import Reading, Record, RosterError, Table

#: Column -> elements of a pupil that it is taken from, the first one that is there.
COLUMNS = {
    "Nom de famille": ("NOM_DE_FAMILLE", "NOM"), "Nom d'usage": ("NOM_USAGE",), "Prénom": ("PRENOM",),
    "Prénom 2": ("PRENOM2",), "Date de naissance": ("DATE_NAISS",), "INE": ("ID_NATIONAL", "INE_RNIE", "INE_BEA"),
    "N° interne": ("ELENOET",), "Division": ("DIVISION",), "Mél": ("MEL",), "Date de sortie": ("DATE_SORTIE",),
}
LIMITS = sandbox.Limits(memory_mb=1024, cpu_s=20, wall_s=30, file_mb=0)
#: The largest XML that is taken out of a ZIP.
UNPACKED = 100 << 20
_DEEPEST = 40


class SiecleRefused(PageError):
    """What a child says of XML that it does not read, in a sentence."""

    @classmethod
    def damaged(cls) -> "SiecleRefused":
        return cls(_("This XML file is damaged or cut off. Export it again."))


def read_siecle(data: bytes, reading: Reading, today: dt.date) -> Table:
    """The pupils of an XML file as a table with the titles of SIECLE's own CSV files."""
    try:
        rows = sandbox.run(read_pupils, data, limits=LIMITS)
    except SiecleRefused as refusal:
        raise RosterError(refusal.message) from None
    except sandbox.SandboxLimit as limit:
        raise RosterError(_("This XML file was not read: ${why}.", why=limit.message)) from None
    except sandbox.SandboxError:
        raise RosterError(SiecleRefused.damaged().message) from None
    records = [Record(0, tuple(COLUMNS)), *(Record(line, tuple(cells)) for line, cells in rows)]
    return under_titles(records, reading, today, kind="siecle")


def xml_of_zip(data: bytes) -> bytes | None:
    """The one XML file of a ZIP, as SIECLE packs it; None when the archive is something else.

    Raises RosterError for one that is damaged or far too large.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            files = [file for file in archive.infolist() if not file.is_dir()]
            if len(files) != 1 or not files[0].filename.lower().endswith(".xml"):
                return None
            with archive.open(files[0]) as packed:
                content = packed.read(UNPACKED + 1)
    except (zipfile.BadZipFile, ValueError, NotImplementedError, RuntimeError, EOFError, OSError):
        raise RosterError(_("This workbook or ZIP archive is damaged or protected. Save it again without a password, "
                            "or unpack it and send the file that is in it.")) from None
    if len(content) > UNPACKED:
        raise RosterError(_("What is packed in this archive is too large for a list of pupils."))
    return content


def read_pupils(data: bytes) -> list[tuple[int, list[str]]]:
    """In the child: (line, a cell a column) of each pupil, in the order of the file."""
    pupils = _Pupils()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = pupils.doctype
    parser.StartElementHandler = lambda name, attributes: pupils.start(name, attributes, parser.CurrentLineNumber)
    parser.EndElementHandler = pupils.end
    parser.CharacterDataHandler = pupils.text
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, ValueError, LookupError):
        raise SiecleRefused.damaged() from None
    if not pupils.found:
        raise SiecleRefused(_("This XML file holds no pupils as SIECLE exports them (ELEVES, ELEVE). Export “Élèves "
                              "sans adresses” again, or send the list as CSV."))
    return [(line, [next((pupil[name] for name in names if pupil.get(name)), "") for names in COLUMNS.values()])
            for line, pupil in pupils.found.values()]


class _Pupils:
    """What the parser meets.  ``found``: ELEVE_ID (or a count) -> (line, element -> text)."""

    def __init__(self):
        self.found: dict[str, tuple[int, dict[str, str]]] = {}
        self.path: list[str] = []
        self.words: list[str] = []
        self.pupil: dict[str, str] | None = None
        #: The pupil whose classes and groups are listed, and what is known of the one that is open.
        self.member = ""
        self.structure: dict[str, str] = {}

    def doctype(self, *_what) -> None:
        raise SiecleRefused(_("This XML file declares a document type, which no list of pupils needs: it was not "
                              "read."))

    def start(self, name: str, attributes: dict[str, str], line: int) -> None:
        self.path.append(name)
        if len(self.path) > _DEEPEST:
            raise SiecleRefused.damaged()
        self.words = []
        match self.path[-3:]:
            case [*_above, "ELEVES", "ELEVE"]:
                self.pupil = {"ELENOET": attributes.get("ELENOET", "")}
                self.found.setdefault(attributes.get("ELEVE_ID") or f"#{len(self.found)}", (line, self.pupil))
            case [*_above, "STRUCTURES_ELEVE"]:
                self.member = attributes.get("ELEVE_ID", "")
            case [*_above, "STRUCTURE"]:
                self.structure = {}

    def text(self, words: str) -> None:
        self.words.append(words)

    def end(self, name: str) -> None:
        words, above = "".join(self.words).strip(), self.path[-2:-1]
        self.words = []
        self.path.pop()
        if name == "ELEVE":
            self.pupil = None
        elif above == ["ELEVE"] and self.pupil is not None and words:
            self.pupil.setdefault(name, words)
        elif above == ["STRUCTURE"]:
            self.structure[name] = words
        elif name == "STRUCTURE" and self.structure.get("TYPE_STRUCTURE") == "D" and self.member in self.found:
            self.found[self.member][1].setdefault("DIVISION", self.structure.get("CODE_STRUCTURE", ""))
