"""Which column is what: the titles that schools' programs write, in French and in English."""

import re
import unicodedata
from collections.abc import Mapping, Sequence

from korrigo.api import Sentence as _

#: Field -> titles, folded, the more telling ones first.
_TITLES: Mapping[str, tuple[str, ...]] = {
    "full_name": ("eleve", "eleves", "nomprenom", "nometprenom", "nomprenoms", "nometprenoms", "nomcomplet",
                  "nomprenomeleve", "prenomnom", "prenometnom", "candidat", "candidats", "candidate", "etudiant",
                  "etudiants", "student", "students", "pupil", "pupils", "fullname", "name", "names"),
    "last_name": ("nomdefamille", "nom", "noms", "nomeleve", "nomdeleleve", "nomdefamilleeleve", "nomdenaissance",
                  "nomcandidat", "lastname", "surname", "familyname", "last"),
    "usage_name": ("nomusage", "nomdusage", "nomusageeleve", "nomdepouse", "nommarital", "usagename",
                   "preferredlastname"),
    "first_name": ("prenom", "prenomusuel", "prenomdusage", "prenom1", "1erprenom", "premierprenom", "prenomeleve",
                   "prenomdeleleve", "prenomcandidat", "prenoms", "firstname", "firstnames", "givenname", "givennames",
                   "forename", "first"),
    "other_names": ("prenom2", "prenom3", "2emeprenom", "deuxiemeprenom", "autresprenoms", "autreprenom",
                    "middlename", "middlenames", "prenoms"),
    "birth_date": ("neele", "nele", "nee", "neeele", "datedenaissance", "datenaissance", "datenaiss", "naissance",
                   "ddn", "datedenaiss", "birthdate", "dateofbirth", "birthday", "dob", "born"),
    "number": ("ncandidat", "nocandidat", "numcandidat", "numerocandidat", "numerodecandidat", "ndecandidat",
               "candidatenumber", "numeroetudiant", "numeroeleve", "netudiant", "neleve", "matricule", "ninterne",
               "nointerne", "numerointerne", "elenoet", "studentnumber", "studentid", "idnumber", "numero", "num",
               "no", "n", "number", "sid"),
    "ine": ("ine", "nine", "noine", "numeroine", "codeine", "idnational", "identifiantnational", "nnational",
            "ineine"),
    "class_name": ("classe", "classes", "division", "divisions", "classederattachement", "libelleclasse",
                   "codestructure", "structure", "class", "classname", "form"),
    "email": ("adresseemail", "email", "emails", "mail", "mel", "courriel", "adressemail", "adressecourriel",
              "adresseelectronique", "emaileleve", "maileleve", "emailaddress"),
    "left_on": ("datedesortie", "datesortie", "sortie", "sortile", "exitdate", "lefton"),
}

#: The fields that a column can be, as people read them.
FIELDS: Mapping[str, str] = {
    "last_name": _("last name"), "first_name": _("first name"), "full_name": _("whole name in one cell"),
    "birth_date": _("birth date"), "number": _("number"), "class_name": _("class"), "email": _("e-mail"),
    "ine": _("national number (INE)"), "usage_name": _("name in use"), "other_names": _("second first names"),
    "left_on": _("date of leaving"),
}

NAME_FIELDS = ("full_name", "last_name")
"""A roster has at least one of these."""

#: Titles of whole names that begin with the first name.
_FIRST_NAME_FIRST = ("prenomnom", "prenometnom")


def fold_title(title: str) -> str:
    """A title as it is compared: small letters and digits, no accents, signs or spaces."""
    plain = unicodedata.normalize("NFKD", title.casefold())
    return re.sub(r"[^a-z0-9]", "", plain)


def guess_mapping(columns: Sequence[str]) -> dict[str, str]:
    """Field -> title for the columns that are recognised; no column is two fields.

    When last names have their own column, a column "Élève" beside it is no name: many programs put an internal
    number there.
    """
    places: dict[str, int] = {}
    for place, column in enumerate(columns):
        places.setdefault(fold_title(column), place)
    found: dict[str, int] = {}
    for field, titles in _TITLES.items():
        free = (places[title] for title in titles if title in places and places[title] not in found.values())
        if (place := next(free, None)) is not None:
            found[field] = place
    if "last_name" not in found and "full_name" not in found and "usage_name" in found:
        found["last_name"] = found.pop("usage_name")
    if "last_name" in found and "first_name" in found:
        found.pop("full_name", None)
    elif "full_name" in found:
        for field in ("last_name", "first_name", "usage_name"):
            found.pop(field, None)
    return {field: columns[place] for field, place in found.items()}


def begins_with(title: str) -> str:
    """What whole names under this title begin with: "first" when it says so, else ""."""
    return "first" if fold_title(title) in _FIRST_NAME_FIRST else ""


def distinct(titles: Sequence[str]) -> tuple[str, ...]:
    """Titles that each say one column: empty ones get a number, repeated ones a "(2)"."""
    seen: set[str] = set()
    result = []
    for place, title in enumerate(titles, 1):
        wanted = name = " ".join(title.split()) or f"column {place}"
        more = 1
        while name in seen:
            more += 1
            name = f"{wanted} ({more})"
        seen.add(name)
        result.append(name)
    return tuple(result)
