"""Chart of what CCGs say of their support, by who mainly supplies it."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from outputs.charts.chart import Chart, Material
from outputs.charts.house import LABEL_SIZE, SOURCE_NOTE, SOURCES, colour, ink_on
from outputs.charts.page import Page, Words
from outputs.charts.study import Study
from outputs.charts.words import number, percent

ANSWERS = {"not": "not satisfied", "quite": "quite satisfied", "very": "very satisfied"}
FILLS = {"not": "less", "quite": "#BBD6EF", "very": "model"}
LEAST_SHOWN = 0.07
LEAST_CCGS = 1.0
ALL = "all CCGs"


def measure(given: Material) -> pd.DataFrame:
    """Return the shares of CCGs that give each answer in December 2016, by main source, pooled over runs."""
    ccgs, codes = given.results.ccgs, given.england.ccgs.ods_code
    month = ccgs["month"].max()
    last = ccgs[ccgs["month"] == month]
    led = given.leaders.at([month])[0]
    said = last.pivot(index="run", columns="ods_code", values="satisfaction").sort_index()[list(codes)].to_numpy()
    names = np.array([*SOURCES, "none"])
    pooled = pd.DataFrame({"source": names[led].ravel(), "said": said.ravel().astype(str)})
    counts = (
        pooled.groupby(["source", "said"]).size().unstack(fill_value=0).reindex(columns=list(ANSWERS), fill_value=0)
    )
    counts.loc["all"] = counts.sum()
    n_runs = len(led)
    counts = counts[(counts.sum(axis=1) / n_runs >= LEAST_CCGS) & (counts.index != "none")]
    shares = counts.div(counts.sum(axis=1), axis=0).assign(ccgs=counts.sum(axis=1) / n_runs)
    return shares.sort_values("not", kind="stable").rename_axis("source").reset_index()


def describe(table: pd.DataFrame, study: Study) -> Words:
    """Return the most and the least satisfied group."""
    groups = table[table["source"] != "all"]
    best, worst = groups.iloc[0], groups.iloc[-1]
    every = percent(table.loc[table["source"] == "all", "not"].iloc[0])
    finding = f"{every} of CCGs are not satisfied with their support in December 2016"
    if len(groups) > 1 and percent(best["not"]) != percent(worst["not"]):
        finding += f"; most often with {_name(worst['source'])}, {percent(worst['not'])}, least with "
        finding += f"{_name(best['source'])}, {percent(best['not'])}"
    good = (
        f"very satisfied: {_name(best['source'])} {percent(best['very'])}, {_name(worst['source'])} "
        f"{percent(worst['very'])}"
    )
    return Words(
        title=study.told(finding),
        subtitle="What CCGs say of their support, by main source by spend, share of CCGs, England, December 2016; "
        + ("one run" if study.runs == 1 else f"{study.runs} runs pooled"),
        alt=f"Bars split at satisfied. {finding[0].upper()}{finding[1:]}. {good[0].upper()}{good[1:]}. Table: "
        f"satisfaction.csv.",
        note=f"Sorted; groups of under one CCG a run are left out. {SOURCE_NOTE}",
    )


def draw(page: Page, table: pd.DataFrame, study: Study) -> None:
    """Draw a bar a group: not satisfied to the left of the line, quite and very to its right."""
    axes = page.panel(left=1.7, right=0.2, above=0.28, below=0.12)
    rows = table.iloc[::-1].reset_index(drop=True)
    y = np.arange(len(rows), dtype=float)
    left = -rows["not"].to_numpy()
    ends = {"not": left, "quite": np.zeros(len(rows)), "very": rows["quite"].to_numpy()}
    for answer, start in ends.items():
        fill = FILLS[answer] if FILLS[answer].startswith("#") else colour(FILLS[answer])
        widths = rows[answer].to_numpy()
        axes.barh(y, widths, 0.68, left=start, color=fill, edgecolor=colour("paper"), linewidth=1.2)
        for place, width, begin in zip(y, widths, start, strict=True):
            if width >= LEAST_SHOWN:
                axes.text(
                    begin + width / 2,
                    place,
                    percent(width),
                    size=LABEL_SIZE,
                    color=ink_on(fill),
                    ha="center",
                    va="center",
                )
    axes.axvline(0, color=colour("ink"), linewidth=1.0)
    low, high = -float(rows["not"].max()) - 0.03, float((rows["quite"] + rows["very"]).max()) + 0.03
    axes.set(xlim=(low, high), ylim=(-0.6, len(rows) - 0.3))
    axes.set_yticks(y, labels=[f"{_label(row.source)}\n{number(round(row.ccgs))} CCGs" for row in rows.itertuples()])
    for tick, source in zip(axes.get_yticklabels(), rows["source"], strict=True):
        tick.set(weight="bold" if source == "all" else "normal", color=colour("ink"), size=LABEL_SIZE)
    axes.grid(False)
    axes.spines["bottom"].set_visible(False)
    axes.set_xticks([])
    _name_answers(axes, high)


def _name_answers(axes: Axes, high: float) -> None:
    """Write the answers above the bars: the one that is not good to the left of the line, the others to its right."""
    style: dict[str, Any] = {
        "transform": axes.get_xaxis_transform(),
        "size": LABEL_SIZE,
        "weight": "bold",
        "va": "bottom",
    }
    axes.text(-0.01, 1.01, ANSWERS["not"], color=colour("accent"), ha="right", **style)
    axes.text(0.01, 1.01, ANSWERS["quite"], color="#1B64A5", ha="left", **style)
    axes.text(high, 1.01, ANSWERS["very"], color=colour("model"), ha="right", **style)


def _label(source: str) -> str:
    return ALL if source == "all" else SOURCES[source].words


def _name(source: str) -> str:
    return {"home_css": "the home NHS unit", "shared": "shared teams", "in_house": "teams in house"}.get(
        source, SOURCES[source].words
    )


SATISFACTION = Chart(
    "satisfaction",
    "What CCGs say of their support in December 2016, by who mainly supplies it.",
    measure,
    describe,
    draw,
    needs={
        "ccgs": ("run", "ods_code", "month", "satisfaction"),
        "sourcing": ("run", "ods_code", "month", "source", "price_per_head"),
    },
    size=(7.2, 4.2),
)
