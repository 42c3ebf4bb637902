"""Is a page nothing but one picture?  Answered from its content stream, as operators and operands."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

Matrix = tuple[float, float, float, float, float, float]
Box = tuple[float, float, float, float]

IDENTITY: Matrix = (1, 0, 0, 1, 0, 0)
TOLERANCE = 0.01
"""Of the page's size: how far the picture may be from filling the page."""
INVISIBLE_TEXT = 3
"""Text rendering mode of the layer that "searchable PDF" copiers write (ISO 32000-1, 9.3.6)."""
PAINTS_NOTHING = frozenset("gs ri i g G rg RG w J j M d BDC BMC EMC BT ET Tf Td TD Tm T* Tc Tw Tz TL Ts".split())
SHOWS_TEXT = frozenset(("Tj", "TJ", "'", '"'))


@dataclass
class Canvas:
    """The graphics state that matters, and the one picture found."""

    matrix: Matrix = IDENTITY
    text_mode: int = 0
    saved: list[tuple[Matrix, int]] = field(default_factory=list)
    drawn: tuple[str, Matrix] | None = None

    def apply(self, operator: str, operands: Sequence) -> bool:
        """False when the operator may paint anything but the first picture."""
        if operator == "q":
            self.saved.append((self.matrix, self.text_mode))
        elif operator == "Q":
            self.matrix, self.text_mode = self.saved.pop() if self.saved else (self.matrix, self.text_mode)
        elif operator == "cm":
            self.matrix = multiply(tuple(float(value) for value in operands), self.matrix)
        elif operator == "Tr":
            self.text_mode = int(operands[0])
        elif operator == "Do" and self.drawn is None:
            self.drawn = str(operands[0]), self.matrix
        elif operator in SHOWS_TEXT:
            return self.text_mode == INVISIBLE_TEXT
        else:
            return operator in PAINTS_NOTHING
        return True


def only_picture(instructions: Iterable[tuple[Sequence, object]], box: Box) -> str | None:
    """The resource name of the picture, when the instructions draw one object upright over the whole page box and
    paint nothing else; else ``None``: the page needs the renderer."""
    canvas = Canvas()
    for operands, operator in instructions:
        if not canvas.apply(str(operator), operands):
            return None
    if canvas.drawn is None:
        return None
    name, matrix = canvas.drawn
    return name if _fills(matrix, box) else None


def multiply(first: Matrix, second: Matrix) -> Matrix:
    """``first`` applied before ``second`` (ISO 32000-1, 8.3.4)."""
    a, b, c, d, e, f = first
    g, h, i, j, k, m = second
    return (a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + m)


def _fills(matrix: Matrix, box: Box) -> bool:
    a, b, c, d, e, f = matrix
    left, bottom, right, top = box
    width, height = right - left, top - bottom
    return (
        abs(b) < TOLERANCE * height / 10
        and abs(c) < TOLERANCE * width / 10
        and abs(a - width) < TOLERANCE * width
        and abs(d - height) < TOLERANCE * height
        and abs(e - left) < TOLERANCE * width
        and abs(f - bottom) < TOLERANCE * height
    )
