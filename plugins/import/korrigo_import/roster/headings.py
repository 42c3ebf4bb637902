"""Which column is what: the titles that schools' programs write, in French and in English."""

import re
import unicodedata
from collections.abc import Mapping, Sequence

#: Field -> titles, folded, the more telling ones first: "Nom d'usage" wins over "Nom de naissance".
_TITLES: Mapping[str, tuple[str, ...]] = {
    "full_name": ("eleve", "eleves", "nomprenom", "nometprenom", "nomprenoms", "nometprenoms", "nomcomplet",
                  "nomprenomeleve", "prenomnom", "candidat", "candidats", "candidate", "etudiant", "etudiants",
                  "student", "students", "pupil", "pupils", "fullname", "name", "names"),
    "last_name": ("nomdefamille", "nomusage", "nomdusage", "nom", "noms", "nomeleve", "nomdeleleve",
                  "nomdenaissance", "nomdefamilleeleve", "lastname", "surname", "familyname", "last"),
    "first_name": ("prenom", "prenoms", "prenomusuel", "prenomdusage", "prenom1", "1erprenom", "premierprenom",
                   "prenomeleve", "prenomdeleleve", "firstname", "firstnames", "givenname", "givennames",
                   "forename", "first"),
    "birth_date": ("neele", "nele", "nee", "neeele", "datedenaissance", "datenaissance", "datenaiss", "naissance",
                   "ddn", "datedenaiss", "birthdate", "dateofbirth", "birthday", "dob", "born"),
    "number": ("ncandidat", "nocandidat", "numcandidat", "numerocandidat", "numerodecandidat", "ndecandidat",
               "candidatenumber", "numeroetudiant", "numeroeleve", "netudiant", "neleve", "matricule", "ninterne",
               "numerointerne", "studentnumber", "studentid", "idnumber", "numero", "num", "no", "n", "number",
               "sid"),
    "ine": ("ine", "nine", "noine", "numeroine", "codeine", "idnational", "identifiantnational", "ineine"),
    "class_name": ("classe", "classes", "division", "divisions", "classederattachement", "libelleclasse",
                   "codestructure", "structure", "class", "classname", "form"),
    "email": ("adresseemail", "email", "emails", "mail", "courriel", "adressemail", "adressecourriel",
              "adresseelectronique", "emaileleve", "maileleve", "emailaddress"),
}

FIELDS = tuple(_TITLES)
"""The fields that a column can be."""

NAME_FIELDS = ("full_name", "last_name")
"""A roster has at least one of these."""


def fold_title(title: str) -> str:
    """A title as it is compared: small letters and digits, no accents, signs or spaces."""
    plain = unicodedata.normalize("NFKD", title.casefold())
    return re.sub(r"[^a-z0-9]", "", plain)


def guess_mapping(columns: Sequence[str]) -> dict[str, str]:
    """Field -> title for the columns that are recognised.

    When last names have their own column, a column "Élève" beside it is no name: many programs put an internal
    number there.
    """
    folded = [fold_title(column) for column in columns]
    mapping = {}
    for field, titles in _TITLES.items():
        found = next((columns[folded.index(title)] for title in titles if title in folded), None)
        if found is not None:
            mapping[field] = found
    if "last_name" in mapping and "first_name" in mapping:
        mapping.pop("full_name", None)
    elif "full_name" in mapping:
        mapping.pop("last_name", None)
        mapping.pop("first_name", None)
    return mapping


def distinct(titles: Sequence[str]) -> tuple[str, ...]:
    """Titles that each say one column: empty ones get a number, repeated ones a "(2)"."""
    seen: dict[str, int] = {}
    result = []
    for place, title in enumerate(titles, 1):
        name = " ".join(title.split()) or f"column {place}"
        seen[name] = seen.get(name, 0) + 1
        result.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return tuple(result)
