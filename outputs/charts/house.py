"""The house style: colours, letters, words and type that every chart shares. A style file changes colours and type."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cache

from matplotlib.font_manager import fontManager
from matplotlib.style import context

TITLE_SIZE = 12.5
SUBTITLE_SIZE = 8.5
LABEL_SIZE = 8.0
NOTE_SIZE = 6.8
LINE_SPACING = 1.32
"""Height of a line of type, as a multiple of its size."""

INKS = {
    "ink": "#1A1A1A",
    "quiet": "#4D4D4D",
    "record": "#3D3D3D",
    "model": "#12436D",
    "baseline": "#666666",
    "accent": "#A33F0A",
}
"""Colours of words and lines: usual words, lesser words, what was known, the model, the baseline, a warning."""
GROUNDS = {
    "paper": "#FFFFFF",
    "grid": "#DEDEDE",
    "rule": "#8C8C8C",
    "pole": "#B3B3B3",
    "nothing": "#E3E3E3",
    "zone": "#F7E3D8",
    "more": "#2073BC",
    "less": "#F46A25",
}
"""Colours of what is not read as words: paper, lines, empty tiles, marked zones, more and less than the baseline."""
USUAL_FONTS = ("DejaVu Sans", "Verdana", "Arial")
LADDER = ("#DCE9F5", "#6BACE6", "#2073BC", "#12436D")
"""From little to much."""


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
HATCHES = {"private": "/////", "other": "xxxxx", "shared": "....."}
"""Hatching of sources on maps without letters, where in grey they would look like others."""
SOURCE_NOTE = "Home: the NHS unit of the CCG's own area. Other suppliers: voluntary and council."


@dataclass(frozen=True)
class Style:
    """A house's own colours and type.

    Args:
        name: What it is called, in a chart's description.
        colours: Colours (#RRGGBB) by role (a key of ``INKS``, ``GROUNDS`` or ``SOURCES``, or ``<source>_ink``) that
            take the place of the usual ones.
        fonts: Font families, the first that is there is used.
        ladder: Four colours from little to much.
    """

    name: str = "house"
    colours: Mapping[str, str] = field(default_factory=dict)
    fonts: tuple[str, ...] = USUAL_FONTS
    ladder: tuple[str, ...] = LADDER

    def colour(self, role: str) -> str:
        """Return the colour of a role."""
        return self.colours.get(role) or USUAL[role]

    @property
    def family(self) -> str:
        """The first of its font families that is installed."""
        known = installed()
        return next((family for family in self.fonts if family in known), USUAL_FONTS[0])


@cache
def installed() -> frozenset[str]:
    """Return the names of the font families that are installed."""
    return frozenset(font.name for font in fontManager.ttflist)


USUAL: dict[str, str] = {
    **INKS,
    **GROUNDS,
    **{name: source.fill for name, source in SOURCES.items()},
    **{f"{name}_ink": source.ink for name, source in SOURCES.items()},
}
"""The colour of every role."""
HOUSE = Style()
_style: ContextVar[Style] = ContextVar("style", default=HOUSE)


def style() -> Style:
    """Return the style that is drawn in."""
    return _style.get()


def colour(role: str) -> str:
    """Return the colour of a role in the style that is drawn in."""
    return style().colour(role)


def fill_of(source: str) -> str:
    """Return the colour of a source's areas and tiles; of nothing where it is no source."""
    return colour(source if source in SOURCES else "nothing")


def ink_of(source: str) -> str:
    """Return the colour of words about a source."""
    return colour(f"{source}_ink")


@contextmanager
def house_style(drawn_in: Style | None = None) -> Iterator[None]:
    """Draw in a style, whatever the reader's own settings are, and put those back afterwards.

    Args:
        drawn_in: The style; the one in force where none is given.
    """
    token = _style.set(drawn_in or style())
    try:
        with context(["default", _settings(style())]):
            yield
    finally:
        _style.reset(token)


def _settings(drawn: Style) -> dict[str, object]:
    """Return matplotlib's settings for a style."""
    paper, rule, quiet = (drawn.colour(role) for role in ("paper", "rule", "quiet"))
    return {
        "font.family": ["sans-serif"],
        "font.sans-serif": list(drawn.fonts),
        "font.size": LABEL_SIZE,
        "text.color": drawn.colour("ink"),
        "text.parse_math": False,
        "axes.edgecolor": rule,
        "axes.facecolor": paper,
        "axes.linewidth": 0.8,
        "axes.axisbelow": True,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.spines.left": False,
        "axes.grid": True,
        "axes.grid.axis": "y",
        "axes.labelcolor": quiet,
        "grid.color": drawn.colour("grid"),
        "grid.linewidth": 0.8,
        "xtick.color": rule,
        "xtick.labelcolor": quiet,
        "ytick.labelcolor": quiet,
        "ytick.major.size": 0,
        "svg.fonttype": "none",
        "svg.hashsalt": "csmarket",
        "pdf.fonttype": 42,
        "hatch.linewidth": 0.7,
        "figure.facecolor": paper,
        "savefig.facecolor": paper,
    }


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
