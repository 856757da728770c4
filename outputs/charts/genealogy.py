"""Chart of the units' genealogy in one run: who joined whom, was taken over, stopped, closed or sold, and when."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import PathPatch
from matplotlib.path import Path

from outputs.charts.bands import position
from outputs.charts.chart import Chart, Material
from outputs.charts.flags import time_axis
from outputs.charts.house import LABEL_SIZE, NOTE_SIZE, colour
from outputs.charts.labels import EndLabel, label_ends
from outputs.charts.one_run import events_kept, rule_words, run_shown
from outputs.charts.page import Page, Words, text_width
from outputs.charts.study import Study
from outputs.charts.words import number, plural
from simulation.calendar import N_MONTHS

JOINS = ("merger", "takeover")
ENDS = ("stop", "closure")
SOLD = "sale"
KINDS = {
    "merger": "merger",
    "takeover": "takeover",
    "stop": "stopped at a checkpoint",
    "closure": "closed",
    SOLD: "sold",
}
LINKED = {"merger": 1.3, "takeover": 1.3}
REASONS = {
    "too_small": "too small",
    "saving": "saves fixed cost",
    "second_failure": "failed again",
    "below_mark": "below the mark",
    "fixed_cost": "fixed cost too high",
    "debt": "debt",
    "no_place": "no framework place",
    "no_customers": "no customers",
    "hosting_ended": "hosting ended",
}


def measure(given: Material) -> pd.DataFrame:
    """Return a row a unit: its lane, how, when and why it ended in the run shown, and who carries it on."""
    run = run_shown(given, wants_events=True)
    table = lineage(given, run)
    table["lane"] = table["unit"].map({unit: lane for lane, unit in enumerate(lanes(table))})
    return table.sort_values("lane", ignore_index=True).assign(
        run_shown=run, run_chosen=given.choice.run is not None, runs_with_events=events_kept(given)
    )


def lineage(given: Material, run: int) -> pd.DataFrame:
    """Return a row a unit: ``name``, ``end`` (empty where it still operates), ``month``, ``heir`` and ``reason``."""
    units, events = given.results.units, given.results.events
    mine = units[units["run"] == run]
    last = mine[mine["month"] == mine["month"].max()]
    table = pd.DataFrame({"unit": last["unit"].astype(str), "name": last["name"].astype(str)})
    told = events[(events["run"] == run) & events["event"].isin([*JOINS, *ENDS])].drop_duplicates("who", keep="last")
    told = told.assign(unit=told["who"].astype(str), end=told["event"].astype(str), heir=told["whom"].astype(str))
    told["reason"] = told["reason"].astype(str)
    table = table.merge(told[["unit", "end", "month", "heir", "reason"]], on="unit", how="left")
    sold = last[last["form"].astype(str) == SOLD]["unit"].astype(str)
    when = events[(events["run"] == run) & (events["event"] == "form")].assign(who=lambda rows: rows["who"].astype(str))
    when = when.drop_duplicates("who").set_index("who")["month"]
    places = table["unit"].isin(sold) & table["end"].isna()
    table.loc[places, "month"] = table.loc[places, "unit"].map(when)
    table.loc[places, ["end", "reason"]] = [SOLD, "hosting_ended"]
    return table.reset_index(drop=True)


def lanes(table: pd.DataFrame) -> list[str]:
    """Return the units in the order of their lanes: those who join lie beside their heir, the latest nearest."""
    heirs = table[table["end"].isin(JOINS)].sort_values("month", ascending=False)
    joined: dict[str, list[str]] = {}
    for row in heirs.itertuples():
        joined.setdefault(row.heir, []).append(row.unit)

    def family(unit: str) -> list[str]:
        below: list[list[str]] = []
        above: list[list[str]] = []
        for i, other in enumerate(joined.get(unit, [])):
            (below if i % 2 else above).append(family(other))
        up = [one for part in reversed(above) for one in part]
        return [*up, unit, *(one for part in below for one in part)]

    roots = table[~table["end"].isin(JOINS)].sort_values("name", key=lambda names: names.str.casefold())
    return [unit for root in roots["unit"] for unit in family(root)]


def describe(table: pd.DataFrame, study: Study) -> Words:
    """Return how many proposed units are left, and what became of the rest."""
    counts = table["end"].value_counts()
    left = int(table["end"].isna().sum())
    joined, over, stopped, closed, sold = (int(counts.get(end, 0)) for end in KINDS)
    parts = [(joined, "merged"), (over, "taken over"), (stopped, "stopped"), (closed, "closed"), (sold, "sold")]
    fates = ", ".join(f"{number(count)} {word}" for count, word in parts if count)
    finding = (
        f"In one run, {left} of {plural(len(table), 'proposed unit')} are left in December 2016; "
        f"{fates or 'none ended'}"
    )
    early = int((table["month"] < pd.Timestamp("2013-04-01")).sum())
    run, chosen, kept = (table[column].iloc[0] for column in ("run_shown", "run_chosen", "runs_with_events"))
    return Words(
        title=finding,
        subtitle="Genealogy of NHS commissioning support units, from 41 proposals to December 2016, England; a "
        "lane for each"
        if len(table) == 41
        else "Genealogy of NHS commissioning support units to December 2016, England; a lane for each proposal",
        alt=f"Lanes that join. {finding}. {early} ended before April 2013. Table: genealogy.csv.",
        note=f"{rule_words(int(run), bool(chosen), study.runs, int(kept))} Thick: still operating. A lane that "
        f"bends joins its "
        "heir. The cross: stopped or closed, work to a caretaker. The square: sold. Another run gives another tree.",
    )


def draw(page: Page, table: pd.DataFrame, study: Study) -> None:
    """Draw a lane a unit, named at its start where there is room and at its end if it lives on."""
    spacing = 72 * (page.top - page.bottom - 0.55) / len(table)
    size = min(LABEL_SIZE - 0.5, spacing / 1.12)
    named = size >= 4.6
    left = _room(table["name"], size) if named else 0.2
    survivors = table[table["end"].isna()]
    right = _room(survivors["name"], NOTE_SIZE) if len(survivors) else 0.3
    axes = page.panel(left, right, above=0.12, below=0.28)
    time_axis(axes)
    axes.set(ylim=(len(table) - 0.4, -0.6))
    axes.set_yticks([])
    axes.grid(False)
    places = dict(zip(table["unit"], table["lane"], strict=True))
    for row in table.itertuples():
        _draw_lane(axes, row, places)
        if named:
            axes.annotate(
                short_name(row.name),
                (0, row.lane),
                (-4, 0),
                textcoords="offset points",
                size=size,
                ha="right",
                va="center_baseline",
                color=colour("ink" if pd.isna(row.end) else "quiet"),
                annotation_clip=False,
            )
    label_ends(
        axes,
        N_MONTHS,
        [
            EndLabel(short_name(row.name), row.lane, colour("model"), "bold", NOTE_SIZE)
            for row in survivors.itertuples()
        ],
    )


def _draw_lane(axes: Axes, row: Any, places: dict[str, int]) -> None:
    """Draw one unit's lane until its end, and how it ends."""
    end, lane = row.end, row.lane
    alive = pd.isna(end)
    stop = N_MONTHS if alive else float(position([row.month])[0]) + 0.5
    axes.plot(
        [0, stop], [lane, lane], color=colour("model"), linewidth=3.0 if alive else 1.3, solid_capstyle="butt", zorder=2
    )
    if alive:
        return
    if end in JOINS:
        axes.add_patch(
            PathPatch(
                _bend(stop, lane, places[row.heir]),
                fill=False,
                edgecolor=colour("model"),
                linewidth=LINKED[end],
                linestyle="-" if end == "merger" else (0, (2, 1)),
                zorder=1.8,
            )
        )
        return
    marker, size = ("s", 5) if end == SOLD else ("X", 6)
    axes.plot(
        stop,
        lane,
        marker,
        color=colour("accent"),
        markersize=size,
        markeredgecolor=colour("paper"),
        markeredgewidth=0.6,
        zorder=3,
    )


def _bend(x: float, lane: float, heir: float) -> Path:
    """Return a curve from the end of a lane into the heir's."""
    across = 1.6
    points = [(x, lane), (x + across, lane), (x, heir), (x + across, heir)]
    return Path(points, [Path.MOVETO, *[Path.CURVE4] * 3])


def short_name(name: str) -> str:
    """Return a unit's name in short."""
    return (
        name.replace(" and ", " & ")
        .replace("North Somerset, South Gloucestershire", "N Somerset, S Glos")
        .replace("Hampshire, Isle of Wight & Portsmouth", "Hants, IoW & Portsmouth")
        .replace("Bath & North East Somerset", "Bath & NE Somerset")
    )


def _room(names: Sequence[str], size: float) -> float:
    """Return how much room names take (inches)."""
    widths = [text_width(short_name(str(name)), size, "bold") for name in names]
    return 0.28 + float(np.max(widths, initial=0.1))


GENEALOGY = Chart(
    "genealogy",
    "Who came from which proposal, merged, was taken over, stopped, closed or sold, in one run.",
    measure,
    describe,
    draw,
    needs={
        "events": ("run", "month", "event", "who", "whom", "reason"),
        "units": ("run", "unit", "name", "month", "form"),
        "outcomes": ("run", "month"),
    },
    size=(7.2, 8.2),
    wide=11.0,
    square=6.6,
)
