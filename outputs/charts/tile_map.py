"""Chart of each CCG's main source of support, one tile a CCG and one map a snapshot."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from numpy.typing import NDArray

from outputs.charts.chart import Chart
from outputs.charts.house import LABEL_SIZE, NOTHING, SOURCE_NOTE, SOURCES, ink_on
from outputs.charts.page import MARGIN, Page, Words, text_width
from outputs.charts.study import Study
from outputs.charts.words import counter_move, month_name, number, percent, plural
from outputs.map import draw_tiles, middles, region_borders
from scenarios.results import Results
from simulation.inputs import England

SNAPSHOTS = ("2013-04", "2014-04", "2015-04", "2016-12")
NO_SPEND = "none"
LETTER_SIZE = 6.0
NAMES_HEIGHT, COUNTS_HEIGHT = 0.32, 0.45
"""Room for the names above the maps and for the counts under them (inches)."""


def measure(results: Results, england: England) -> pd.DataFrame:
    """Return each CCG's main source at each snapshot, and in how many runs it is that."""
    ccgs, sourcing = england.ccgs, results.sourcing
    months = [month for month in pd.DatetimeIndex(SNAPSHOTS) if (sourcing["month"] == month).any()]
    columns = ("ods_code", "name", "region", "tile_x", "tile_y")
    tiles = pd.DataFrame({column: np.asarray(getattr(ccgs, column)) for column in columns})
    led = runs_led(sourcing, ccgs.ods_code, months)
    return pd.concat(
        [_led_in(month, tiles, counts) for month, counts in zip(months, led, strict=True)], ignore_index=True
    )


def runs_led(sourcing: pd.DataFrame, ods_codes: Sequence[str], months: Sequence[pd.Timestamp]) -> NDArray[np.int64]:
    """Return in how many runs each source is a CCG's largest by spend: an array of (month, CCG, source).

    Spend is price per head, as all of a CCG's lines have the same heads. Of two equal sources the earlier in the
    house order leads. A run in which a CCG spends nothing counts for no source.

    Args:
        sourcing: A row a run, CCG, line and snapshot.
        ods_codes: The CCGs.
        months: The snapshots wanted.
    """
    rows = sourcing[sourcing["month"].isin(months)]
    runs = np.unique(rows["run"])
    shape = (len(months), len(runs), len(ods_codes), len(SOURCES))
    keys = [rows["month"], rows["run"], rows["ods_code"], rows["source"]]
    places = [_places(key, names) for key, names in zip(keys, [months, runs, ods_codes, list(SOURCES)], strict=True)]
    cells = np.ravel_multi_index(places, shape)
    spend = np.bincount(cells, weights=rows["price_per_head"], minlength=int(np.prod(shape))).reshape(shape)
    leader = np.where(spend.any(axis=3), spend.round(9).argmax(axis=3), -1)
    led: NDArray[np.int64] = np.stack([(leader == source).sum(axis=1) for source in range(len(SOURCES))], axis=2)
    return led


def describe(table: pd.DataFrame, study: Study) -> Words:
    """Return for how many CCGs the home unit is the main source, and who gains or loses against it."""
    counts = _counts(table)
    months = counts.columns
    headline = study.told(_finding(counts, often="" if study.runs == 1 else "most often "))
    shown = "; ".join(f"{SOURCES[str(s)].words} {_path(counts.loc[s])}" for s in SOURCES)
    when = " and ".join(month_name(month) for month in dict.fromkeys((months[0], months[-1])))
    return Words(
        title=headline,
        subtitle=f"Main source of commissioning support by spend, a tile for each CCG, England, {_dates(months)}",
        alt=f"Tile maps: CCGs by main source, {when}: {shown}. Table: tile_map.csv.",
        note=f"{_agreement(table, study)} Lines part the regions: {_regions(table)}. {SOURCE_NOTE}",
    )


def draw(page: Page, table: pd.DataFrame, study: Study) -> None:
    """Draw a map for each snapshot, with the names above all and the counts under each."""
    counts = _counts(table)
    _draw_names(page, list(counts.index))
    width = (page.width - 2 * MARGIN) / len(counts.columns)
    tiles = table[table["month"] == counts.columns[0]]
    place = tiles["tile_x"].to_numpy(), tiles["tile_y"].to_numpy()
    middle, borders = middles(*place), region_borders(*place, tiles["region"].tolist())
    for i, month in enumerate(counts.columns):
        left, right = MARGIN + i * width, MARGIN + (len(counts.columns) - 1 - i) * width
        sources = table.loc[table["month"] == month, "source"]
        axes = page.panel(left + 0.05, right + 0.05, above=0.25, below=COUNTS_HEIGHT)
        draw_tiles(axes, middle, [_fill(s) for s in sources], [_letter(s) for s in sources], borders, LETTER_SIZE)
        axes.set_title(month_name(month), size=LABEL_SIZE + 1, weight="bold", pad=3)
        _draw_counts(page, left, width, counts[month])


def _places(values: pd.Series, names: Any) -> NDArray[np.int64]:
    """Return where each value stands among names; a value that is not among them is an error."""
    codes, seen = pd.factorize(values)
    place_of = pd.Index(names).get_indexer(pd.Index(np.asarray(seen)))
    if (place_of < 0).any():
        raise ValueError(f"{values.name} = {seen[place_of < 0][0]!r} is not one of the {len(names)} known")
    places: NDArray[np.int64] = place_of[codes]
    return places


def _led_in(month: pd.Timestamp, tiles: pd.DataFrame, led: NDArray[np.int64]) -> pd.DataFrame:
    """Return the tiles of one snapshot with the source that leads in most runs."""
    most = led.max(axis=1)
    source = np.where(most > 0, np.array(list(SOURCES))[led.argmax(axis=1)], NO_SPEND)
    tiles = tiles.assign(source=source, letter=[_letter(s) for s in source], runs_led=most)
    tiles.insert(0, "month", month)
    return tiles


def _counts(table: pd.DataFrame) -> pd.DataFrame:
    """Return how many CCGs each source leads: a row a source, a column a snapshot."""
    counts = table.groupby(["source", "month"]).size().unstack(fill_value=0)
    return counts.reindex([*SOURCES, *counts.index.intersection([NO_SPEND])], fill_value=0)


def _fill(source: str) -> str:
    """Return the colour of a tile."""
    return SOURCES[source].fill if source in SOURCES else NOTHING


def _letter(source: str) -> str:
    """Return the letter of a tile."""
    return SOURCES[source].letter if source in SOURCES else "-"


def _name(source: str) -> str:
    """Return what a source is called in the key."""
    return SOURCES[source].words if source in SOURCES else "no spend"


def _finding(counts: pd.DataFrame, often: str) -> str:
    """Return the headline."""
    first, last = counts.iloc[:, 0], counts.iloc[:, -1]
    home = (
        f"the home NHS unit is {often}the main source for {number(first['home_css'])} of {plural(first.sum(), 'CCG')}"
    )
    if len(counts.columns) == 1:
        return f"{home} in {month_name(counts.columns[0])}"
    first_month, last_month = (month_name(month) for month in counts.columns[[0, -1]])
    against = counter_move(first[list(SOURCES)], last[list(SOURCES)], "home_css", number)
    return f"{home} in {first_month} and for {number(last['home_css'])} in {last_month}{against}"


def _path(row: pd.Series) -> str:
    """Return a source's first and last count."""
    return number(row.iloc[0]) if len(row) == 1 else f"{number(row.iloc[0])}, {number(row.iloc[-1])}"


def _dates(months: pd.Index) -> str:
    """Return the dates of the maps in words."""
    names = [month_name(month) for month in months]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _regions(table: pd.DataFrame) -> str:
    """Return the regions by name."""
    return ", ".join(sorted(table["region"].unique()))


def _agreement(table: pd.DataFrame, study: Study) -> str:
    """Return how sure the tiles are: how often the source shown leads."""
    if study.runs == 1:
        return "One run."
    latest = table[table["month"] == table["month"].max()]
    middle = percent(latest["runs_led"].median() / study.runs)
    return (
        f"A tile shows the source that leads most often in the {study.runs} runs; in the last map it leads in {middle} "
        "of them in the median CCG."
    )


def _bare_axes(page: Page, left: float, bottom: float, width: float, height: float) -> Axes:
    """Return axes without frame whose units are inches, at a place on the sheet (inches)."""
    axes = page.figure.add_axes((left / page.width, bottom / page.height, width / page.width, height / page.height))
    axes.set_xlim(0, width)
    axes.set_ylim(0, height)
    axes.set_axis_off()
    return axes


def _draw_key_entry(axes: Axes, x: float, y: float, source: str, words: str) -> None:
    """Draw a tile with its letter, and words beside it."""
    axes.plot(x + 0.09, y, "h", color=_fill(source), markersize=13, markeredgewidth=0, clip_on=False)
    axes.text(x + 0.09, y, _letter(source), size=7, color=ink_on(_fill(source)), ha="center", va="center_baseline")
    axes.text(x + 0.23, y, words, size=LABEL_SIZE, va="center_baseline")


def _draw_names(page: Page, sources: Sequence[str]) -> None:
    """Draw the key at the top of the free room and take that room away."""
    page.top -= NAMES_HEIGHT
    axes = _bare_axes(page, MARGIN, page.top, page.width - 2 * MARGIN, NAMES_HEIGHT)
    x = 0.0
    for source in sources:
        _draw_key_entry(axes, x, NAMES_HEIGHT / 2, source, _name(source))
        x += 0.23 + text_width(_name(source), LABEL_SIZE) + 0.22


def _draw_counts(page: Page, left: float, width: float, counts: pd.Series) -> None:
    """Draw how many CCGs each source leads, under a map."""
    axes = _bare_axes(page, left, page.bottom + 0.05, width, COUNTS_HEIGHT)
    column, start = 0.6, max(0.0, (width - 3 * 0.6) / 2)
    for i, (source, count) in enumerate(counts.items()):
        x, y = start + column * (i % 3), COUNTS_HEIGHT - 0.13 - 0.2 * (i // 3)
        _draw_key_entry(axes, x, y, str(source), number(count))


TILE_MAP = Chart("tile_map", measure, describe, draw, size=(10.0, 5.4))
