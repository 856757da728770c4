"""The house style: colours, letters, words and type that every chart shares."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from matplotlib.style import context

TITLE_SIZE = 12.5
SUBTITLE_SIZE = 8.5
LABEL_SIZE = 8.0
NOTE_SIZE = 6.8
LINE_SPACING = 1.32
"""Height of a line of type, as a multiple of its size."""

INK = "#1A1A1A"
QUIET_INK = "#4D4D4D"
GRID = "#DEDEDE"
RULE = "#8C8C8C"
POLE = "#B3B3B3"
PAPER = "#FFFFFF"
RECORD = "#3D3D3D"
MODEL = "#12436D"
NOTHING = "#E3E3E3"


@dataclass(frozen=True)
class SourceStyle:
    """How one source of support looks and what it is called, in every chart.

    Args:
        letter: The letter in its tiles.
        words: Its name in labels and headlines.
        fill: Colour of areas and tiles.
        ink: Colour of words about it on white.
    """

    letter: str
    words: str
    fill: str
    ink: str


SOURCES: dict[str, SourceStyle] = {
    "home_css": SourceStyle("H", "home NHS unit", "#12436D", "#12436D"),
    "other_css": SourceStyle("N", "other NHS units", "#2073BC", "#1B64A5"),
    "private": SourceStyle("P", "private suppliers", "#F46A25", "#A33F0A"),
    "other": SourceStyle("V", "other suppliers", "#6D5A78", "#5A4866"),
    "in_house": SourceStyle("I", "in house", "#28A197", "#17665F"),
    "shared": SourceStyle("S", "shared", "#A285D1", "#5E3F97"),
}
"""The sources, in the fixed order that breaks ties."""
SOURCE_NOTE = "Home: the NHS unit of the CCG's own area. Other suppliers: voluntary and council."

_TYPE = {
    "font.family": ["sans-serif"],
    "font.sans-serif": ["DejaVu Sans", "Verdana", "Arial"],
    "font.size": LABEL_SIZE,
    "text.color": INK,
    "text.parse_math": False,
}
_AXES = {
    "axes.edgecolor": RULE,
    "axes.linewidth": 0.8,
    "axes.axisbelow": True,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "grid.color": GRID,
    "grid.linewidth": 0.8,
    "xtick.color": RULE,
    "xtick.labelcolor": QUIET_INK,
    "ytick.labelcolor": QUIET_INK,
    "ytick.major.size": 0,
}
_FILES = {"svg.fonttype": "none", "svg.hashsalt": "csmarket", "figure.facecolor": PAPER, "savefig.facecolor": PAPER}


@contextmanager
def house_style() -> Iterator[None]:
    """Draw in the house style, whatever the reader's own settings are, and put those back afterwards."""
    with context(["default", _TYPE | _AXES | _FILES]):
        yield


def brightness(colour: str) -> float:
    """Return the relative luminance of a colour (0 black to 1 white), as the web's contrast rule defines it."""
    red, green, blue = (_linear(int(colour[i : i + 2], 16) / 255) for i in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(colour: str, ground: str) -> float:
    """Return the contrast of two colours (1 none to 21 black on white)."""
    dark, light = sorted((brightness(colour), brightness(ground)))
    return (light + 0.05) / (dark + 0.05)


def ink_on(fill: str) -> str:
    """Return black or white, whichever reads better on a fill."""
    return max(("#000000", "#FFFFFF"), key=lambda ink: contrast(ink, fill))


def _linear(part: float) -> float:
    """Return the light behind one sRGB channel (both 0 to 1)."""
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)
