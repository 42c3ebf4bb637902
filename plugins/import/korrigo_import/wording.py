"""Findings and fates in words: what was seen, how sure it is, what the program proposes or has done."""

from korrigo.api import Fate, Region
from korrigo.api import Sentence as _

from .models import BatchState, FindingRow, FindingState
from .tally import UNREADABLE

#: A proposal that is as sure as this may be accepted together with others; below the second it is a guess.
SURE, PROBABLE = 0.95, 0.7

KINDS: dict[str, str] = {
    "blank": _("Blank page"), "faint": _("Faint writing"), "blurred": _("Blurred picture"),
    "upside_down": _("Upside down"), "reversed_copy": _("Back to front"), "duplicate": _("Scanned twice"),
    "foreign": _("Not exam paper"), "missing_page": _("Missing page"), "extra_page": _("Extra page"),
    "odd_count": _("Odd number of pages"), "header_missing": _("No header"), "unreadable": _("Unreadable page"),
    "doubtful_cut": _("Doubtful beginning of a copy"), "left_out": _("In no copy"),
}
#: How many there are of each.
COLUMNS: dict[str, str] = {
    Fate.COPY: _("in copies"), Fate.BLANK: _("blank ones"), Fate.DUPLICATE: _("second scans"),
    Fate.FOREIGN: _("foreign ones"), Fate.DISCARDED: _("in the bin"), Fate.WAITING: _("laid aside"),
    UNREADABLE: _("unreadable ones"),
}
#: What one page is.
FATE: dict[str, str] = {
    Fate.COPY: _("in a copy"), Fate.BLANK: _("blank"), Fate.DUPLICATE: _("twice"), Fate.FOREIGN: _("foreign"),
    Fate.DISCARDED: _("bin"), Fate.WAITING: _("waiting"), UNREADABLE: _("unreadable"),
}
STATES: dict[str, str] = {
    FindingState.OPEN: _("open"), FindingState.APPLIED: _("noted by the program"), FindingState.ACCEPTED: _("accepted"),
    FindingState.DISMISSED: _("dismissed"),
}
FILES: dict[str, str] = {
    BatchState.RECEIVED: _("being read"), BatchState.READY: _("read"), BatchState.REFUSED: _("refused"),
}
REGIONS: dict[str, str] = {Region.FULL: "", Region.LEFT: _("left half"), Region.RIGHT: _("right half")}
PAPERS: dict[str, str] = {
    "a4": _("A4 sheets"), "a3-folded": _("A3 folded"), "by-header": _("a copy begins at each header"),
    "one-copy": _("one copy"),
}
FATES: dict[str, str] = {
    Fate.BLANK: _("mark the page as blank"), Fate.DUPLICATE: _("leave the second scan out"),
    Fate.FOREIGN: _("leave the page out of the copy"), Fate.DISCARDED: _("put the page into the bin"),
    Fate.WAITING: _("lay the page aside"),
}
DONE: dict[str, str] = {
    "blank": _("counted as blank"), "upside_down": _("turned upright"), "reversed_copy": _("put in order"),
    "duplicate": _("the second scan was left out"), "foreign": _("left out of the copy"),
    "extra_page": _("kept in the copy"), "left_out": _("put into the bin"),
}


def kind(name: str) -> str:
    return KINDS.get(name, name)


def sure(confidence: float) -> str:
    """A confidence (0..1) in a word."""
    if confidence >= SURE:
        return _("certain")
    return _("probable") if confidence >= PROBABLE else _("a guess")


def proposal(finding: FindingRow) -> str:
    """What happens when it is accepted; empty when accepting only says that it is so."""
    asked = finding.proposal or {}
    if finding.side_id is None:
        return ""
    if "turned" in asked:
        return _("turn the page")
    if asked.get("cut") or asked.get("cut_before"):
        return _("begin a copy here")
    return FATES.get(asked.get("fate", ""), "")


def done(finding: FindingRow) -> str:
    """What the program did by itself."""
    return DONE.get(finding.kind, "")


def recipe(values: dict) -> str:
    """How a file was made, as far as that is known."""
    paper = PAPERS.get(values.get("kind", ""), values.get("kind", ""))
    if paper and values.get("pages_per_copy"):
        return _("${paper}, pages a copy: ${n}", paper=paper, n=values["pages_per_copy"])
    return paper
