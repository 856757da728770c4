"""Chart of what becomes of each proposed unit, as frequencies over runs."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from outputs.charts.chart import Chart, Material
from outputs.charts.genealogy import short_name
from outputs.charts.house import LABEL_SIZE, colour, ink_on
from outputs.charts.maps import bare_axes
from outputs.charts.page import Page, Words, text_width
from outputs.charts.study import Study
from outputs.charts.words import alt_text, number, percent, plural, sentence


@dataclass(frozen=True)
class Fate:
    """How one fate looks and reads.

    Args:
        words: In the key.
        fill: Its colour (#RRGGBB) or the role that has one.
        hatch: Its hatching, by which it is known in grey.
    """

    words: str
    fill: str
    hatch: str = ""

    @property
    def colour(self) -> str:
        """Its colour in the style that is drawn in."""
        return self.fill if self.fill.startswith("#") else colour(self.fill)


FATES = {
    "operating": Fate("still operating", "model"),
    "sold": Fate("sold", "#A285D1", "..."),
    "merged": Fate("merged or taken over", "#6BACE6"),
    "closed": Fate("closed", "#F7B08A", "////"),
    "stopped": Fate("stopped at a checkpoint", "accent", "xxx"),
}
BY_STATUS = {"merged": "merged", "taken_over": "merged", "stopped": "stopped", "closed": "closed", "exited": "closed"}
LEAST_SHOWN = 0.26
"""Inches that a share must be wide to be written in."""


def measure(given: Material) -> pd.DataFrame:
    """Return in what share of runs each proposed unit has met each fate by December 2016."""
    units = given.results.units
    last = units[units["month"] == units["month"].max()]
    fate = last["status"].astype(str).map(BY_STATUS).fillna("operating")
    fate = fate.mask((last["form"].astype(str) == "sale") & (fate == "operating"), "sold")
    counts = pd.crosstab([last["unit"].astype(str), last["name"].astype(str)], fate)
    shares = counts.reindex(columns=list(FATES), fill_value=0).div(counts.sum(axis=1), axis=0)
    order = shares.assign(alive=shares["operating"] + shares["sold"]).sort_values(
        ["alive", "operating", "merged"], ascending=False, kind="stable"
    )
    return order.drop(columns="alive").rename_axis(["unit", "name"]).reset_index()


def describe(table: pd.DataFrame, study: Study) -> Words:
    """Return how many units are mostly left, and how many never."""
    alive = table["operating"]
    if study.runs == 1:
        finding = f"{number(alive.sum())} of {plural(len(table), 'proposed unit')} still operate in December 2016"
    else:
        mostly, never = int((alive > 0.5).sum()), int((alive == 0).sum())
        finding = (
            f"{number(mostly)} of {plural(len(table), 'proposed unit')} still operate in December 2016 in most runs"
        )
        finding += f"; {number(never)} in none" if never else "; each does in some run"
    best = table.iloc[0]
    means = table[list(FATES)].mean()
    shown = "; ".join(f"{fate.words} {percent(means[name])}" for name, fate in FATES.items())
    return Words(
        title=study.told(finding),
        subtitle="What becomes of each proposed NHS unit by December 2016, England; "
        + ("one run" if study.runs == 1 else f"share of {study.runs} runs"),
        alt=alt_text(
            [
                f"Stacked bars of {len(table)} units. {sentence(finding)}.",
                f"Most often left: {short_name(best['name'])}, {percent(best['operating'])}.",
                f"Means: {shown}.",
            ],
            "fates",
        ),
        note="A unit that joins a larger one counts as merged even where its staff and customers go on with the heir. "
        "Chance decides between runs; a share is not a forecast.",
    )


def draw(page: Page, table: pd.DataFrame, study: Study) -> None:
    """Draw a bar a unit, in two columns of bars where the sheet is wide and low."""
    columns = 2 if page.width / (page.top - page.bottom) > 1.6 else 1
    _draw_key(page)
    rows = -(-len(table) // columns)
    spacing = 72 * (page.top - page.bottom - 0.1) / rows
    size = min(LABEL_SIZE - 0.5, spacing / 1.12)
    room = max(text_width(short_name(name), size) for name in table["name"]) + 0.12
    width = page.width / columns
    for i in range(columns):
        part = table.iloc[i * rows : (i + 1) * rows]
        axes = page.panel(0.15 + i * width + room, page.width - (i + 1) * width + 0.15, above=0.02, below=0.05)
        _draw_bars(axes, part, rows, size)


def _draw_bars(axes: Axes, part: pd.DataFrame, rows: int, size: float) -> None:
    """Draw some units' bars, with the larger shares written in."""
    y = np.arange(len(part), dtype=float)
    left = np.zeros(len(part))
    inches = axes.get_window_extent().width / axes.figure.dpi
    for name, fate in FATES.items():
        widths = part[name].to_numpy()
        bars = {"y": y, "width": widths, "height": 0.82, "left": left}
        axes.barh(**bars, color=fate.colour, hatch=fate.hatch, edgecolor=ink_on(fate.colour), linewidth=0)
        axes.barh(**bars, facecolor="none", edgecolor=colour("paper"), linewidth=0.8)
        for place, width, start in zip(y, widths, left, strict=True):
            if width * inches >= LEAST_SHOWN:
                axes.text(
                    start + width / 2,
                    place,
                    percent(width),
                    size=min(size, 6.2),
                    color=ink_on(fate.colour),
                    ha="center",
                    va="center_baseline",
                    bbox={"facecolor": fate.colour, "linewidth": 0, "pad": 1.2} if fate.hatch else None,
                )
        left = left + widths
    axes.set(xlim=(0, 1), ylim=(rows - 0.45, -0.55))
    axes.set_yticks(y, labels=[short_name(name) for name in part["name"]])
    axes.tick_params(axis="y", labelsize=size, labelcolor=colour("ink"))
    axes.set_xticks([])
    axes.grid(False)
    axes.spines["bottom"].set_visible(False)


def _draw_key(page: Page) -> None:
    """Draw what the fills stand for, in the order of the bars."""
    height, x = 0.26, 0.0
    page.top -= height
    axes = bare_axes(page, 0.15, page.top, page.width - 0.3, height)
    rooms = [0.34 + text_width(fate.words, LABEL_SIZE) for fate in FATES.values()]
    shrink = min(1.0, (page.width - 0.3) / sum(rooms))
    for fate, room in zip(FATES.values(), rooms, strict=True):
        place, side = (x, height / 2 - 0.065), 0.13
        axes.add_patch(
            Rectangle(
                place, side, side, facecolor=fate.colour, hatch=fate.hatch, edgecolor=ink_on(fate.colour), linewidth=0
            )
        )
        axes.text(x + 0.18, height / 2, fate.words, size=LABEL_SIZE * shrink, va="center_baseline")
        x += room * shrink


FATES_OF_UNITS = Chart(
    "fates",
    "What becomes of each proposed unit by December 2016, as frequencies over runs.",
    measure,
    describe,
    draw,
    needs={"units": ("run", "unit", "name", "month", "status", "form")},
    size=(7.2, 8.2),
    wide=9.0,
    square=6.6,
)
