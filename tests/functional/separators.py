"""Recipes as somebody else's plugin adds them, in a module that children can import."""

from korrigo_import.public import IRecipe
from zope.interface import implementer


@implementer(IRecipe)
class Separators:
    """A black sheet lies between two copies."""

    name, title = "black-sheets", "Black sheets between the copies"

    def look(self, gray, dpi):
        return "separator" if gray.mean() < 90 else ""

    def guess(self, sides):
        return 0.99 if any(side.mark for side in sides) else 0.0

    def copies(self, sides):
        copies = [[]]
        for place, side in enumerate(sides):
            if side.mark:
                copies.append([])
            else:
                copies[-1].append(place)
        return [copy for copy in copies if copy]


@implementer(IRecipe)
class Broken:
    """Sure of everything; at one thing it raises or gives nonsense."""

    name, title = "broken", "Broken"

    def __init__(self, at):
        self.at = at

    def look(self, gray, dpi):
        return str(1 / (self.at != "look"))

    def guess(self, sides):
        return 1 / (self.at != "guess")

    def copies(self, sides):
        return {"twice": [[0], [0]], "beyond": [[99]], "empty": [[]], "nothing": []}.get(self.at) or [[1 // 0]]
