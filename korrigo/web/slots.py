"""Named places in pages that plugins fill.  A slot that raises is replaced by a note; the page lives."""

from markupsafe import Markup

from ..contained import contained
from ..directives import register, table, verified
from ..interfaces import ISlot
from ..sentences import Sentence as _
from .language import say

CATEGORY = "korrigo slots"
FAILED = Markup('<p class="note note-warn">{}</p>')


def add_korrigo_slot(config, place, filler, *, order=100, permission=None):
    """Fill ``place`` with what ``filler(request, **context)`` returns; lower orders come first."""
    filler = verified(config, ISlot, filler, f"the slot {place!r}")
    key = (place, config.package.__name__)
    register(config, CATEGORY, key, filler,
             lambda: table(config.registry, CATEGORY).__setitem__(key, (order, permission, filler)), order=order)


def fill(request, place: str, **context) -> Markup:
    """All that fills a place, in order, for what this person may see."""
    parts = []
    fillers = [(order, key, permission, filler)
               for key, (order, permission, filler) in table(request.registry, CATEGORY).items() if key[0] == place]
    for _order, key, permission, filler in sorted(fillers, key=lambda item: item[:2]):
        if permission and not request.has_permission(permission):
            continue
        made = None
        with contained(request.registry, CATEGORY, key, request=request) as outcome:
            made = filler(request, **context)
        if outcome.error:
            made = FAILED.format(say(request, _("A plugin could not be shown.")))
        if made:
            parts.append(made)
    return Markup("").join(parts)


def includeme(config):
    config.add_directive("add_korrigo_slot", add_korrigo_slot)
