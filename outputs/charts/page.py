"""The sheet of one chart: headline and subtitle at the top, footer at the bottom, panels between."""

import re
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path

from outputs.charts.house import LINE_SPACING, NOTE_SIZE, SUBTITLE_SIZE, TITLE_SIZE, colour, style

POINTS = 72.0
MARGIN = 0.15
"""Empty edge of a sheet (inches)."""
SAFE = 0.985
"""How much of the room words are let fill, as pictures' letters may be a little wider than measured."""
MONTH_AND_YEAR = re.compile(r"([A-Z][a-z]+) (\d{4})")


@dataclass(frozen=True)
class Words:
    """What one chart says in words, made from the numbers that it draws.

    Args:
        title: The finding, with a number.
        subtitle: Measure, unit, place, dates.
        alt: What a reader who cannot see it needs (at most 250 characters).
        note: How to read it.
    """

    title: str
    subtitle: str
    alt: str
    note: str


class Page:
    """A sheet with room for panels between what is written above and below.

    Args:
        words: What it says.
        source: Where the numbers come from.
        size: Width and height (inches).
    """

    def __init__(self, words: Words, source: str, size: tuple[float, float]) -> None:
        self.figure = Figure(figsize=size)
        FigureCanvasAgg(self.figure)
        self.origin = (0.0, 0.0)
        self.width, self.height = size
        self.top = self.height - MARGIN
        self.bottom = MARGIN
        self.write_above(words.title, TITLE_SIZE, weight="bold")
        self.write_above(words.subtitle, SUBTITLE_SIZE, "quiet")
        self._write_below(f"{words.note}\n{source}")

    def write_above(self, text: str, size: float, role: str = "ink", weight: str = "normal") -> None:
        """Write a paragraph at the top of the free room and take that room away."""
        lines = balanced(text, self.width - 2 * MARGIN, size, weight)
        self._write("\n".join(lines), self.top, size, role, weight)
        self.top -= len(lines) * line_height(size) + 0.05

    def panel(self, left: float, right: float, above: float = 0.1, below: float = 0.3) -> Axes:
        """Return axes in the free room, as far from its edges as stated (inches)."""
        low, high = self.bottom + below, self.top - above
        return self._axes(left, low, self.width - left - right, high - low)

    def part(self, left: float, bottom: float, width: float, height: float) -> "Page":
        """Return a part of the sheet, at a place on it (inches), as a page of its own without words."""
        part: Page = object.__new__(Page)
        part.figure, part.width, part.height = self.figure, width, height
        part.origin = (self.origin[0] + left, self.origin[1] + bottom)
        part.top, part.bottom = height, 0.0
        return part

    def panels(self, n: int, columns: int, left: float, right: float, gap: tuple[float, float]) -> list[Axes]:
        """Return axes in a grid that fills the free room, row by row.

        Args:
            n: How many.
            columns: How many side by side.
            left: Room to the left of all (inches).
            right: Room to the right of each panel (inches).
            gap: Room above and below each panel (inches).
        """
        rows, (above, below) = -(-n // columns), gap
        width, height = (self.width - left - MARGIN) / columns, (self.top - self.bottom) / rows
        return [
            self._axes(
                left + (i % columns) * width,
                self.bottom + (rows - 1 - i // columns) * height + below,
                width - right,
                height - above - below,
            )
            for i in range(n)
        ]

    def _axes(self, left: float, bottom: float, width: float, height: float) -> Axes:
        """Return axes at a place on the sheet (inches)."""
        whole, tall = self.figure.get_size_inches()
        x, y = self.origin
        return self.figure.add_axes(((x + left) / whole, (y + bottom) / tall, width / whole, height / tall))

    def _write_below(self, text: str) -> None:
        """Write the footer at the bottom of the free room and take that room away."""
        lines = [line for part in text.split("\n") for line in wrapped(part, self.width - 2 * MARGIN, NOTE_SIZE)]
        self.bottom += len(lines) * line_height(NOTE_SIZE)
        self._write("\n".join(lines), self.bottom, NOTE_SIZE, "quiet")

    def _write(self, text: str, top: float, size: float, role: str, weight: str = "normal") -> None:
        """Put left-aligned text under a height (inches from the bottom)."""
        self.figure.text(
            (self.origin[0] + MARGIN) / self.figure.get_figwidth(),
            (self.origin[1] + top) / self.figure.get_figheight(),
            text,
            size=size,
            color=colour(role),
            weight=weight,
            va="top",
            linespacing=LINE_SPACING,
        )


def line_height(size: float) -> float:
    """Return the height (inches) of a line of type of a size (points)."""
    return size * LINE_SPACING / POINTS


def text_width(text: str, size: float, weight: str = "normal") -> float:
    """Return how wide (inches) text is in the type that is drawn in: the sum of its words and the spaces between."""
    kind = (style().family, size, weight)
    space = _width_in("n n", *kind) - _width_in("nn", *kind)
    words = text.split(" ")
    return sum(_width_in(word, *kind) for word in words if word) + (len(words) - 1) * space


@lru_cache(maxsize=8192)
def _width_in(text: str, family: str, size: float, weight: str) -> float:
    font = FontProperties(family=family, size=size, weight=weight)
    width, _, _ = text_to_path.get_text_width_height_descent(text, font, ismath=False)
    return float(width) / POINTS


def wrapped(text: str, width: float, size: float, weight: str = "normal") -> list[str]:
    """Return text as lines no wider than stated (inches); a longer single word keeps a line of its own.

    No line ends between a month and its year, nor at a no-break space.
    """
    lines: list[str] = []
    width *= SAFE
    for word in re.split(r"[ \n\t]+", MONTH_AND_YEAR.sub("\\1\u00a0\\2", text.strip())):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and text_width(longer, size, weight) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return [line.replace("\u00a0", " ") for line in lines]


def balanced(text: str, width: float, size: float, weight: str = "normal") -> list[str]:
    """Return text in as few lines as fit the width (inches): broken after a semicolon, or with no short last line."""
    lines = wrapped(text, width, size, weight)
    clauses = text.replace("; ", ";\n", 1).split("\n")
    if len(lines) == len(clauses) and max(text_width(clause, size, weight) for clause in clauses) <= SAFE * width:
        return clauses
    for share in np.arange(0.95, 0.5, -0.05):
        narrower = wrapped(text, share * width, size, weight)
        if len(narrower) > len(lines):
            break
        lines = narrower
    return lines
