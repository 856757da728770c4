"""Maps of the CCGs, in equal tiles or in their real outlines: what is shared by all that can be mapped."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import RegularPolygon

from outputs.charts.chart import Chart, Material
from outputs.charts.house import LABEL_SIZE, NOTE_SIZE, colour, ink_on
from outputs.charts.page import MARGIN, Page, Words, text_width
from outputs.charts.study import Study
from outputs.charts.words import month_name, number
from outputs.map import Outlines, Tiles, draw_outlines, draw_tiles, outlines, tiles

SNAPSHOTS = ("2013-04", "2014-04", "2015-04", "2016-12")
LETTER_SIZE = 6.0
KEY_HEIGHT = 0.24
LONG_KEY = 9
"""Above this many entries a key stands in columns."""
PLACE = ("ods_code", "name", "region", "tile_x", "tile_y")


@dataclass(frozen=True)
class Look:
    """How one group of CCGs looks in a map and its key.

    Args:
        letter: In its tiles.
        words: In the key.
        fill: Its colour.
        hatch: Its hatching on real outlines, where a reader without colours could not tell it from others.
    """

    letter: str
    words: str
    fill: str
    hatch: str = ""


@dataclass(frozen=True)
class Subject:
    """What a map shows of each CCG. The functions see the map's table: a row a CCG and date, with its ``group``.

    Args:
        name: Its id.
        shows: What it shows, in a sentence.
        measure: Returns the table, with ``month``, ``ods_code`` and ``group``.
        looks: Returns how each group looks, in the order of the key.
        describe: Returns the words; alt text is closed and the note is added to here.
        needs: The columns that it reads, by table.
        counted: Whether the counts of CCGs in each group stand under each map.
        labels: Returns words to write at CCGs' middles, by ODS code, for one map.
    """

    name: str
    shows: str
    measure: Callable[[Material], pd.DataFrame]
    looks: Callable[[pd.DataFrame], Mapping[Any, Look]]
    describe: Callable[[pd.DataFrame, Study], Words]
    needs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    counted: bool = True
    labels: Callable[[pd.DataFrame], Mapping[str, str]] = lambda table: {}


def map_chart(subject: Subject, name: str, real: bool) -> Chart:
    """Return a chart of a subject, on the real outlines or on tiles."""
    kind = "on the real map" if real else "a tile for each CCG"
    return Chart(
        name,
        f"{subject.shows}, {kind}.",
        partial(_measure, subject),
        partial(_describe, subject, name, real),
        partial(_draw, subject, real),
        needs=subject.needs,
        size=(7.2, 8.6),
        wide=9.6,
        square=6.6,
    )


def snapshots_of(months: Iterable[pd.Timestamp], wanted: Sequence[str] = SNAPSHOTS) -> list[pd.Timestamp]:
    """Return which of the dates wanted are among a table's snapshots."""
    there = set(pd.DatetimeIndex(months))
    return [month for month in pd.DatetimeIndex(wanted) if month in there]


def dates(months: Sequence[pd.Timestamp]) -> str:
    """Return from when to when the maps are, in words."""
    first, last = month_name(months[0]), month_name(months[-1])
    return {1: first, 2: f"{first} and {last}"}.get(len(months), f"{first} to {last}")


def counts_of(table: pd.DataFrame, groups: Sequence[str]) -> pd.DataFrame:
    """Return how many CCGs are in each group: a row a group, a column a date."""
    counts = table.groupby(["group", "month"]).size().unstack(fill_value=0)
    return counts.reindex(groups, fill_value=0)


def _measure(subject: Subject, given: Material) -> pd.DataFrame:
    """Return the subject's table with where each CCG lies."""
    ccgs = given.england.ccgs
    place = pd.DataFrame({column: np.asarray(getattr(ccgs, column)) for column in PLACE})
    table = subject.measure(given)
    joined = table.assign(ods_code=table["ods_code"].astype(str)).merge(place, on="ods_code", how="left")
    first = ["month", *PLACE]
    return joined[[*first, *(column for column in joined if column not in first)]]


def _describe(subject: Subject, name: str, real: bool, table: pd.DataFrame, study: Study) -> Words:
    """Return the subject's words, with what kind of map it is."""
    words = subject.describe(table, study)
    kind = "Map" if real else "Tile map"
    regions = ", ".join(sorted(table["region"].unique()))
    lines = "London is shown larger too." if real else f"Lines part the regions: {regions}."
    place = "" if real else ", a tile for each CCG"
    return Words(
        title=words.title,
        subtitle=f"{words.subtitle}{place}, England, {dates(sorted(table['month'].unique()))}",
        alt=f"{kind}s: {words.alt} Table: {name}.csv.",
        note=f"{words.note} {lines}",
    )


# ---- Drawing -----------------------------------------------------------------------------------------------


def _draw(subject: Subject, real: bool, page: Page, table: pd.DataFrame, study: Study) -> None:
    """Draw a map for each date in a grid, the key above or to the left, and the counts under each map.

    Where maps of all dates would be small, the first and the last are drawn.
    """
    looks = subject.looks(table)
    months = sorted(table["month"].unique())
    left = _draw_key(page, looks, real)
    shape = outlines() if real else _tiles(table[table["month"] == months[0]])
    counted = len(looks) if subject.counted else 0
    places = _grid(page, left, len(months), shape.ratio, counted)
    if len(months) > len(ENDS) and places[0].height < LEAST_HEIGHT:
        months = [months[end] for end in ENDS]
        places = _grid(page, left, len(months), shape.ratio, counted)
    for place, month in zip(places, months, strict=True):
        rows = table[table["month"] == month]
        axes = bare_axes(page, place.left, place.bottom, place.width, place.height)
        fills = [looks[group].fill for group in rows["group"]]
        if isinstance(shape, Outlines):
            hatches = [looks[group].hatch for group in rows["group"]]
            draw_outlines(axes, shape, rows["ods_code"].tolist(), fills, hatches, subject.labels(rows))
        else:
            letters = [looks[group].letter for group in rows["group"]]
            tile = 72 * min(place.width / shape.width, place.height * shape.ratio / shape.width)
            draw_tiles(axes, shape, fills, letters, min(LETTER_SIZE / tile, 0.6))
        axes.set_title(month_name(month), size=LABEL_SIZE + 1, weight="bold", pad=2)
        if subject.counted:
            _draw_counts(page, place, rows["group"].value_counts(), looks, real)


@dataclass(frozen=True)
class Place:
    """Where one map stands on the sheet (inches)."""

    left: float
    bottom: float
    width: float
    height: float


TITLE, GAP, LINE, COLUMN = 0.24, 0.12, 0.2, 0.55
"""Room for a map's title, between maps, for a line of counts and for one count (inches)."""
NEARLY = 0.85
LEAST_HEIGHT = 2.3
"""Inches under which a map is too small to find a CCG in."""
ENDS = (0, -1)


def _grid(page: Page, left: float, n: int, ratio: float, counted: int) -> list[Place]:
    """Return where maps go, in the fewest columns that make them about as large as they can be.

    Args:
        page: The sheet.
        left: Where the room begins (inches).
        n: How many maps.
        ratio: Width over height of each.
        counted: How many counts stand under each.
    """
    wide, tall = page.width - left - MARGIN, page.top - page.bottom

    def room(columns: int) -> tuple[float, float]:
        width = wide / columns - GAP
        height = tall / math.ceil(n / columns) - TITLE - _counts_height(width, counted) - 0.06
        return width, min(height, width / ratio)

    largest = max(room(columns)[1] for columns in range(1, n + 1))
    best = next(columns for columns in range(1, n + 1) if room(columns)[1] >= NEARLY * largest)
    width, height = room(best)
    under = _counts_height(width, counted)
    rows = math.ceil(n / best)
    spare = max(0.0, tall - rows * (height + TITLE + under + 0.06)) / rows
    row = height + TITLE + under + 0.06 + min(spare, 0.3)
    top = page.top - (tall - rows * row) / 2
    return [
        Place(
            left + (i % best) * wide / best + GAP / 2,
            top - (i // best) * row - TITLE - height,
            width,
            height,
        )
        for i in range(n)
    ]


def _counts_height(width: float, counted: int) -> float:
    """Return the room that counts take under a map of a width (inches)."""
    return LINE * math.ceil(counted / _count_columns(width, counted)) + 0.06 if counted else 0.0


def _count_columns(width: float, counted: int) -> int:
    """Return how many counts stand side by side, in lines of about the same length."""
    most = max(1, int(width / COLUMN))
    lines = math.ceil(counted / most)
    return math.ceil(counted / lines)


def _tiles(rows: pd.DataFrame) -> Tiles:
    return tiles(rows["tile_x"].to_numpy(), rows["tile_y"].to_numpy(), rows["region"].tolist())


def bare_axes(page: Page, left: float, bottom: float, width: float, height: float) -> Axes:
    """Return axes without frame whose units are inches, at a place on the sheet (inches)."""
    axes = page.figure.add_axes((left / page.width, bottom / page.height, width / page.width, height / page.height))
    axes.set_xlim(0, width)
    axes.set_ylim(0, height)
    axes.set_axis_off()
    return axes


def _draw_entry(
    axes: Axes, x: float, y: float, look: Look, words: str, hatch: str = "", size: float = LABEL_SIZE
) -> None:
    """Draw a tile with its letter, and words beside it."""
    hexagon = RegularPolygon(
        (x + 0.09, y),
        6,
        radius=0.095,
        facecolor=look.fill,
        edgecolor=colour("paper"),
        linewidth=0,
        hatch=hatch,
        clip_on=False,
    )
    axes.add_patch(hexagon)
    if not hatch:
        axes.text(x + 0.09, y, look.letter, size=7, color=ink_on(look.fill), ha="center", va="center_baseline")
    axes.text(x + 0.23, y, words, size=size, va="center_baseline")


def _draw_key(page: Page, looks: Mapping[str, Look], real: bool) -> float:
    """Draw the key and take its room away; return where the room for maps begins (inches from the left).

    A long key stands to the left on a wide sheet; else keys stand above, in columns where they are long.
    """
    size = NOTE_SIZE if len(looks) > LONG_KEY else LABEL_SIZE
    step = 0.2 if len(looks) > LONG_KEY else KEY_HEIGHT
    rooms = [0.23 + text_width(look.words, size) + 0.2 for look in looks.values()]
    if len(looks) > LONG_KEY and page.width > 1.4 * page.height:
        return _draw_key_beside(page, looks, max(rooms), real)
    wide = page.width - 2 * MARGIN
    columns = max(1, int(wide / max(rooms))) if len(looks) > LONG_KEY else 0
    lines, x = [list[tuple[float, Look]]()], 0.0
    for look, room in zip(looks.values(), rooms, strict=True):
        if (len(lines[-1]) == columns) if columns else (x + room - 0.2 > wide and lines[-1]):
            lines.append([])
            x = 0.0
        lines[-1].append((x, look))
        x += wide / columns if columns else room
    height = step * len(lines) + 0.06
    page.top -= height
    axes = bare_axes(page, MARGIN, page.top, wide, height)
    for i, line in enumerate(lines):
        for x, look in line:
            _draw_entry(axes, x, height - step * (i + 0.5), look, look.words, look.hatch if real else "", size)
    return MARGIN


def _draw_key_beside(page: Page, looks: Mapping[str, Look], room: float, real: bool) -> float:
    """Draw a long key to the left, as low as it must be, and return where it ends (inches)."""
    tall = page.top - page.bottom
    columns = math.ceil(len(looks) * 0.18 / tall)
    rows = math.ceil(len(looks) / columns)
    step = min(KEY_HEIGHT, tall / rows)
    axes = bare_axes(page, MARGIN, page.bottom, columns * room, tall)
    for i, look in enumerate(looks.values()):
        _draw_entry(
            axes, (i // rows) * room, tall - step * (i % rows + 0.5), look, look.words, look.hatch if real else ""
        )
    return MARGIN + columns * room


def _draw_counts(page: Page, place: Place, counts: pd.Series, looks: Mapping[str, Look], real: bool) -> None:
    """Draw how many CCGs are in each group, under a map."""
    height = _counts_height(place.width, len(looks))
    axes = bare_axes(page, place.left, place.bottom - height, place.width, height)
    columns = _count_columns(place.width, len(looks))
    start = max(0.0, (place.width - columns * COLUMN) / 2)
    for i, (group, look) in enumerate(looks.items()):
        x, y = start + COLUMN * (i % columns), height - 0.04 - LINE * (i // columns + 0.5)
        _draw_entry(axes, x, y, look, number(counts.get(group, 0)), look.hatch if real else "")
