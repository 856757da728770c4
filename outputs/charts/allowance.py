"""Chart of how much of its allowance each CCG spends, by size."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from outputs.charts.chart import Chart, Material
from outputs.charts.house import LABEL_SIZE, colour
from outputs.charts.page import Page, Words
from outputs.charts.study import Study
from outputs.charts.words import number, percent, plural, sentence

SIZES = (
    (0, 150_000, "under 150,000"),
    (150_000, 250_000, "150,000 to 250,000"),
    (250_000, 400_000, "250,000 to 400,000"),
    (400_000, np.inf, "400,000 or more"),
)
"""Bands of people and their names."""
NEARLY = 0.95
"""From this share on a CCG spends nearly all of its allowance."""


def measure(given: Material) -> pd.DataFrame:
    """Return each CCG's mean spend over runs on support and core, as a share of its allowance, in December 2016."""
    ccgs = given.results.ccgs
    last = ccgs[ccgs["month"] == ccgs["month"].max()]
    people = pd.Series(given.england.ccgs.population, index=list(given.england.ccgs.ods_code), name="people")
    codes = last["ods_code"].astype(str)
    heads = codes.map(people).astype(float)
    spent = (last["spend_per_head"] + last["core_cost"] / heads) / last["allowance_per_head"].replace(0.0, np.nan)
    share = spent.fillna(0.0).groupby(codes).mean()
    table = pd.DataFrame({"people": people, "spent_share": share}).rename_axis("ods_code").reset_index()
    band = np.searchsorted([low for low, _, _ in SIZES], table["people"], side="right") - 1
    return table.assign(size=[SIZES[place][2] for place in band], band=band).sort_values(
        ["band", "spent_share", "ods_code"], ignore_index=True
    )


def describe(table: pd.DataFrame, study: Study) -> Words:
    """Return what the median CCG spends, small and large, and how many spend all."""
    medians = table.groupby("band")["spent_share"].median()
    small, large = percent(medians.iloc[0]), percent(medians.iloc[-1])
    full = int((table["spent_share"] >= NEARLY).sum())
    verb = "spends" if full < 2 else "spend"
    nearly = f"{number(full) if full else 'none'} of {plural(len(table), 'CCG')} {verb} {percent(NEARLY)} or more"
    if small == large:
        finding = f"the smallest and the largest CCGs spend {small} of their allowance in December 2016; {nearly}"
    else:
        finding = (
            f"the median CCG {SIZES[medians.index[0]][2]} people spends {small} of its allowance in December 2016 and "
        )
        finding += f"the median of {SIZES[medians.index[-1]][2]} {large}; {nearly}"
    middle = "; ".join(f"{SIZES[band][2]} {percent(share)}" for band, share in medians.items())
    return Words(
        title=study.told(finding.replace("CCG under", "CCG of under")),
        subtitle="Spend on support and core as a share of the running-cost allowance, a dot for each CCG by "
        "people, England, "
        f"December 2016; {study.over_runs('mean')}",
        alt=f"Dots by size of CCG. {sentence(nearly)}. Medians: {middle}. Table: allowance.csv.",
        note="Short lines are medians; the dashed line is the whole allowance. One-off charges and the management of "
        "agreements are apart, so a CCG below the line need not have money left.",
    )


def draw(page: Page, table: pd.DataFrame, study: Study) -> None:
    """Draw the dots side by side where they would cover each other."""
    axes = page.panel(left=0.5, right=0.2, above=0.25, below=0.42)
    low = np.floor(table["spent_share"].min() * 20) / 20
    high = max(1.03, float(table["spent_share"].max()) + 0.03)
    bands = sorted(table["band"].unique())
    axes.set(xlim=(-0.6, len(bands) - 0.4), ylim=(low - 0.03, high))
    ticks = np.arange(max(low, 0.0), high, 0.05 if high - low < 0.4 else 0.1)
    axes.set_yticks(ticks, labels=[percent(tick) for tick in ticks])
    axes.axhline(1.0, color=colour("accent"), linewidth=1.0, linestyle=(0, (4, 2)))
    axes.text(-0.58, 1.004, "all of the allowance", size=LABEL_SIZE, color=colour("accent"), va="bottom")
    names = []
    for place, band in enumerate(bands):
        rows = table[table["band"] == band]
        _draw_swarm(axes, place, rows["spent_share"].to_numpy())
        names.append(f"{rows['size'].iloc[0]}\npeople, {plural(len(rows), 'CCG')}")
    axes.set_xticks(range(len(bands)), labels=names)
    axes.tick_params(axis="x", length=0)


def _draw_swarm(axes: Axes, place: int, shares: np.ndarray) -> None:
    """Draw one band's dots in rows, its median and the median's value."""
    box = axes.get_window_extent()
    low, high = axes.get_ylim()
    diameter = 5.0 * axes.figure.dpi / 72
    step = (high - low) * diameter / box.height
    across = diameter * np.diff(axes.get_xlim())[0] / box.width
    row = np.floor((shares - low) / step).astype(int)
    x = np.empty(len(shares))
    for one in np.unique(row):
        inside = np.flatnonzero(row == one)
        x[inside] = place + (np.arange(len(inside)) - (len(inside) - 1) / 2) * min(across, 0.84 / len(inside))
    axes.plot(x, shares, "o", color=colour("model"), markersize=4.2, markeredgewidth=0, alpha=0.75)
    middle = float(np.median(shares))
    axes.plot([place - 0.4, place + 0.4], [middle, middle], color=colour("ink"), linewidth=1.8)
    axes.annotate(
        percent(middle),
        (place + 0.42, middle),
        (0, -3 if middle > NEARLY else 3),
        textcoords="offset points",
        size=LABEL_SIZE,
        weight="bold",
        ha="right",
        va="top" if middle > NEARLY else "bottom",
        bbox={"facecolor": colour("paper"), "edgecolor": "none", "pad": 0.6, "alpha": 0.85},
    )


ALLOWANCE = Chart(
    "allowance",
    "How much of its allowance each CCG spends in December 2016, by size.",
    measure,
    describe,
    draw,
    needs={"ccgs": ("ods_code", "month", "spend_per_head", "core_cost", "allowance_per_head")},
)
