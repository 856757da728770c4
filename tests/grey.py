"""What a reader without colours sees of a drawing: which looks in a panel only colour tells apart.

What is translucent is left out: bands belong to their line, ribbons to the named areas between which they run.
"""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import Collection
from matplotlib.colors import same_color, to_hex, to_rgba
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.text import Annotation, Text
from matplotlib.transforms import Bbox

LEAST = 8.5
"""Difference of lightness (0 to 100) from which two greys beside each other can be told apart."""


@dataclass(frozen=True)
class Look:
    """How something looks: its colour, the texture that stays without colour, and whether words name it."""

    colour: str
    texture: tuple[object, ...]
    named: bool


def alike(one: str, two: str) -> bool:
    """Say whether two colours look alike in grey, either to the eye (L*) or as printers and screens mix grey (luma)."""
    return min(abs(a - b) for a, b in zip(_greys(one), _greys(two), strict=True)) < LEAST


def _greys(colour: str) -> tuple[float, float]:
    """Return the lightness of a colour as L* and as luma (both 0 black to 100 white)."""
    channels = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    light = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    seen = float(light @ [0.2126, 0.7152, 0.0722])
    lightness = 116 * (seen ** (1 / 3) if seen > 0.008856 else 7.787 * seen + 16 / 116) - 16
    return lightness, float(100 * channels @ [0.299, 0.587, 0.114])


def confused(figure: Figure, furniture: set[str]) -> list[str]:
    """Return the pairs of looks in each panel that a reader without colours would take for one another.

    Args:
        figure: The drawing; it must have been drawn once.
        furniture: Colours of what is no series (#RRGGBB): paper, grid, rules and usual words.
    """
    found = []
    for place, axes in enumerate(figure.axes):
        looks = {look.colour: look for look in _looks(axes) if look.colour not in furniture}
        named = {look.colour for look in _looks(axes) if look.named}
        textures = {one: {look.texture for look in _looks(axes) if look.colour == one} for one in looks}
        for one, two in itertools.combinations(looks, 2):
            if alike(one, two) and not {one, two} <= named and textures[one] & textures[two]:
                found.append(f"panel {place}: {one} and {two}")
    return found


def _looks(axes: Axes) -> Iterator[Look]:
    """Yield the look of everything that is drawn in a panel."""
    texts = [text for text in axes.findobj(Text) if text.get_text().strip()]
    for line in axes.lines:
        if line.get_visible() and len(line.get_xydata()):
            yield Look(_seen(line.get_color(), line.get_alpha()), _line_texture(line), _is_named(line, texts))
    for part in axes.collections:
        yield from _collection_looks(part, texts)
    for patch in axes.patches:
        yield from _patch_looks(patch, texts)


def _line_texture(line: Line2D) -> tuple[object, ...]:
    hollow = line.get_fillstyle() == "none" or same_color(line.get_markerfacecolor(), "white")
    return ("line", str(line._dash_pattern), line.get_linestyle(), line.get_marker(), hollow)  # type: ignore[attr-defined]


def _is_named(line: Line2D, texts: list[Text]) -> bool:
    """Say whether words in the line's colour, or pinned to its end, stand in the panel."""
    inks = [text for text in texts if same_color(text.get_color(), line.get_color())]
    end = line.get_xydata()[-1, 1]
    pinned = [text for text in texts if isinstance(text, Annotation) and np.allclose(text.xy[1], end)]
    return bool(inks or pinned)


def _collection_looks(part: Collection, texts: list[Text]) -> Iterator[Look]:
    faces = part.get_facecolor()
    paths = part.get_paths()
    for i, face in enumerate(faces):
        if face[3] == 1.0:
            box = paths[i % len(paths)].get_extents(part.get_transform()) if paths else part.get_window_extent()
            yield Look(_seen(face), ("fill", part.get_hatch()), _holds_words(box, texts))


def _patch_looks(patch: Patch, texts: list[Text]) -> Iterator[Look]:
    named = _holds_words(patch.get_window_extent(), texts)
    face, edge = patch.get_facecolor(), patch.get_edgecolor()
    if patch.get_fill() and face[3] == 1.0:
        yield Look(_seen(face), ("fill", patch.get_hatch()), named)
    elif face[3] == 0 and edge[3] > 0 and patch.get_linewidth() > 0:
        yield Look(_seen(edge), ("frame", str(patch.get_linestyle())), named)


def _holds_words(box: Bbox, texts: list[Text]) -> bool:
    """Say whether words stand in a shape or are pinned to it."""
    around = box.padded(2)
    for text in texts:
        at = text.get_transform().transform(text.get_position())
        if isinstance(text, Annotation) and text.axes is not None and text.xycoords == "data":
            at = text.axes.transData.transform(text.xy)
        if around.contains(*at):
            return True
    return False


def _seen(colour: object, alpha: float | None = None) -> str:
    """Return a colour as it looks on white."""
    red, green, blue, opaque = to_rgba(colour, alpha)  # type: ignore[arg-type]
    return to_hex(tuple(1 - opaque * (1 - part) for part in (red, green, blue))).upper()
