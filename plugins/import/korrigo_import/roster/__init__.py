"""Rosters: from a school's CSV file to pupils, row by row, with a reason for each row that is refused.

``read_roster`` reads a file of any usual encoding, delimiter and column titles; ``match_key`` finds the same pupil
in the next file; ``refused_csv`` writes back the rows to be corrected.  No database, no web.
"""

from .headings import FIELDS, guess_mapping
from .keys import match_key
from .names import SplitName, split_name
from .read import read_roster
from .refused import refused_csv
from .values import RefusedRow, RosterError, RosterFile, RosterRow

__all__ = ["FIELDS", "RefusedRow", "RosterError", "RosterFile", "RosterRow", "SplitName", "guess_mapping",
           "match_key", "read_roster", "refused_csv", "split_name"]
