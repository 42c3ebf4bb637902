"""Rosters: from a school's file to pupils, row by row, with a reason for each row that is refused.

``read_roster`` reads CSV of any usual encoding, delimiter and column titles, workbooks, and SIECLE's XML; a
``Reading`` holds what a person said about the file.  ``match_key`` and ``match`` find the same pupils in the next file;
``refused_csv`` writes back the rows to be corrected.  No database, no web.
"""

from .decode import ENCODINGS
from .headings import FIELDS, guess_mapping
from .keys import match_key
from .matching import Known, Match, match
from .names import SplitName, possible_cuts, split_name
from .read import LARGEST, open_table, read_roster, understand
from .refused import refused_csv
from .table import DELIMITERS
from .values import Reading, Record, RefusedRow, RosterError, RosterFile, RosterRow, Table

__all__ = ["DELIMITERS", "ENCODINGS", "FIELDS", "LARGEST", "Known", "Match", "Reading", "Record", "RefusedRow",
           "RosterError", "RosterFile", "RosterRow", "SplitName", "Table", "guess_mapping", "match", "match_key",
           "open_table", "possible_cuts", "read_roster", "refused_csv", "split_name", "understand"]
