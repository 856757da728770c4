"""The sizes of sheet that a chart is drawn on: a page, a slide, a square."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Sheet:
    """A size of sheet. Type keeps its size on the drawing, which is then enlarged to the sheet's own width.

    Args:
        name: What it is called.
        ending: What its files' names end with, before the dot.
        inches: Width of the finished sheet; 0 where the drawing keeps its own.
        ratio: Height over width; 0 where the drawing keeps its own.
        dots: Dots per inch of the finished sheet, as PNG.
    """

    name: str
    ending: str
    inches: float
    ratio: float
    dots: float

    def drawing(self, size: tuple[float, float], width: float) -> tuple[float, float]:
        """Return the size to draw at (inches).

        Args:
            size: The chart's own size (inches).
            width: The width that it wants to be drawn at for this sheet (inches).
        """
        return (width, width * self.ratio) if self.ratio else size

    def enlarged(self, width: float) -> float:
        """Return how many times a drawing of this width (inches) is enlarged."""
        return self.inches / width if self.inches else 1.0


PAGE = Sheet("page", "", inches=0.0, ratio=0.0, dots=200.0)
SLIDE = Sheet("slide", "-slide", inches=40 / 3, ratio=9 / 16, dots=144.0)
SQUARE = Sheet("square", "-square", inches=7.5, ratio=1.0, dots=216.0)
SHEETS = {sheet.name: sheet for sheet in (PAGE, SLIDE, SQUARE)}
"""A slide has type of about 23 points for its headline; a square is 1,620 dots wide."""
