"""A fact card: one sheet that says what a scenario changes and what comes of it."""

from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes

from outputs.charts import redundancy, shares, units
from outputs.charts.chart import Chart, Material
from outputs.charts.experiments import setting_words
from outputs.charts.house import LABEL_SIZE, NOTE_SIZE, SUBTITLE_SIZE, colour
from outputs.charts.page import MARGIN, Page, Words, line_height, wrapped
from outputs.charts.readings import END, MAIN_OUTCOMES, START, reading
from outputs.charts.study import Study
from outputs.charts.words import alt_text, plural, sentence, span
from outputs.reference import change_rows_of

CHARTS = {
    "units": ("NHS units operating", units),
    "shares": ("Share of spend by source", shares),
    "redundancy": ("Redundancy cost to date", redundancy),
}
"""The small charts, with what stands above each."""
FIGURES, CHANGES = "figures", "changes"
FEW = ("css_operating", "private_share", "in_house_share", "spend_per_head", "redundancy_cost_to_date",
       "not_satisfied_share")  # fmt: skip
"""The figures that a sheet without the room of a page shows."""
MOST_CHANGES = 6
MOST_LINE = 0.3
"""Height of a line of figures where there is room (inches)."""
WIDE_ENOUGH = 4.2
"""Width of the figures (inches) from which there is room for where they began."""
LINE = line_height(LABEL_SIZE) + 0.03


def measure(given: Material) -> pd.DataFrame:
    """Return key figures, what the scenario changes and the tables of the small charts, each in columns of its own."""
    tables = {name: chart.measure(given) for name, (_, chart) in CHARTS.items()}
    tables["redundancy"] = tables["redundancy"].query("panel != 'dots'")
    parts = [_prefixed(table, name) for name, table in tables.items()]
    return pd.concat([_figures(given), _changes(given), *parts], ignore_index=True)


def _prefixed(table: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return a table with its part in the first column and before each other column's name."""
    prefixed = table.add_prefix(f"{name}.")
    prefixed.insert(0, "part", name)
    return prefixed


def _part(table: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return one part as it was measured."""
    columns = [column for column in table if str(column).startswith(f"{name}.")]
    rows = table.loc[table["part"] == name, columns]
    return rows.rename(columns=lambda column: str(column).removeprefix(f"{name}.")).reset_index(drop=True)


def _figures(given: Material) -> pd.DataFrame:
    """Return means of the main outcomes at both ends, and where nine runs in ten end."""
    numbers = given.results.summary.set_index(["outcome", "month"]).sort_index()
    rows = [
        {
            "outcome": outcome,
            "april_2013": numbers.loc[(outcome, START), "mean"],
            "december_2016": numbers.loc[(outcome, END), "mean"],
            "p05": numbers.loc[(outcome, END), "p05"],
            "p95": numbers.loc[(outcome, END), "p95"],
        }
        for outcome in MAIN_OUTCOMES
    ]
    return _prefixed(pd.DataFrame(rows), FIGURES)


def _changes(given: Material) -> pd.DataFrame:
    """Return what differs from the defaults, in words."""
    rows = [
        {
            "words": f"{row['parameter']} = {setting_words(row['value'])}"
            + (f" {row['unit']}".replace("GBP", "£") if row["unit"] else "")
            + (f" from {pd.Timestamp(str(row['from'])):%B %Y}" if row["from"] != "2012-01-01" else "")
        }
        for row in change_rows_of(given.results.manifest["scenario"])
    ]
    return _prefixed(pd.DataFrame(rows, columns=["words"]), CHANGES)


def describe(table: pd.DataFrame, study: Study) -> Words:
    """Return the scenario with the three numbers that say most."""
    end = _part(table, FIGURES).set_index("outcome")["december_2016"]
    told = [
        f"{reading('css_operating').show_mean(end['css_operating'])} NHS units",
        f"{reading('private_share').show_mean(end['private_share'])} of spend private",
        f"{reading('spend_per_head').show_mean(end['spend_per_head'])} a head",
    ]
    finding = f"by December 2016 {', '.join(told)}"
    changes = len(_part(table, CHANGES))
    changed = f"{plural(changes, 'value')} changed" if changes else "every value the default"
    return Words(
        title=study.told(finding),
        subtitle=f"{study.scenario_title}: scenario {study.scenario}, {changed}; England, {study.over_runs('mean')}",
        alt=alt_text([f"Fact card of {study.scenario}.", f"{sentence(finding)}.", "Small charts."], "fact_card"),
        note=f"{study.spread_note(study.runs > 1)} Money is £ of 2012/13.",
    )


def draw(page: Page, table: pd.DataFrame, study: Study) -> None:
    """Draw figures and small charts: all of them on a page; fewer figures and the first chart on a lower sheet."""
    tall = page.top - page.bottom
    if tall > page.width:
        height = _text_height(table, MAIN_OUTCOMES)
        _draw_text(page.part(0, page.top - height, page.width, height), table, study, MAIN_OUTCOMES)
        rest = (tall - height) / len(CHARTS)
        for place, name in enumerate(CHARTS, start=1):
            _draw_chart(name, page.part(0, page.top - height - place * rest, page.width, rest), table, study)
        return
    beside = page.width > 1.5 * page.height
    wide, height = (0.49 * page.width, tall) if beside else (page.width, _text_height(table, FEW))
    _draw_text(page.part(0, page.top - height, wide, height), table, study, FEW)
    left, top = (wide, page.top) if beside else (0, page.top - height)
    _draw_chart(next(iter(CHARTS)), page.part(left, page.bottom, page.width - left, top - page.bottom), table, study)


def _draw_chart(name: str, part: Page, table: pd.DataFrame, study: Study) -> None:
    """Draw a small chart under its heading."""
    heading, chart = CHARTS[name]
    part.top -= 0.08
    part.write_above(heading, SUBTITLE_SIZE, weight="bold")
    chart.draw(part, _part(table, name), study)


def _text_height(table: pd.DataFrame, outcomes: Sequence[str]) -> float:
    """Return the height that figures and changes take (inches)."""
    return LINE * _lines(table, outcomes) + 0.1


def _lines(table: pd.DataFrame, outcomes: Sequence[str]) -> float:
    """Return how many lines they take."""
    changes = min(len(_part(table, CHANGES)), MOST_CHANGES + 1)
    return len(outcomes) + 1.7 + (1.3 + changes if changes else 0)


def _draw_text(part: Page, table: pd.DataFrame, study: Study, outcomes: Sequence[str]) -> None:
    """Draw the key figures of some outcomes, and under them what the scenario changes.

    A narrow part leaves out where figures began.
    """
    axes = part.panel(MARGIN, MARGIN, above=0.0, below=0.0)
    width, height = part.width - 2 * MARGIN, part.height
    axes.set(xlim=(0, width), ylim=(0, height))
    axes.set_axis_off()
    line = min(MOST_LINE, height / _lines(table, outcomes))
    y = height - 0.6 * line
    first = 0 if width > WIDE_ENOUGH else 1
    right = [width - 1.95, width - 1.15, width][first:]
    heads = ["April 2013", "Dec 2016", "9 in 10 runs" if study.runs > 1 else ""][first:]
    _write(axes, y, "Means", heads, right, "quiet")
    figures = _part(table, FIGURES)
    for row in figures[figures["outcome"].isin(outcomes)].itertuples():
        y -= line
        read = reading(row.outcome)
        lies = span(read.show_mean(row.p05), read.show_mean(row.p95)) if study.runs > 1 else ""
        told = [read.show_mean(row.april_2013), read.show_mean(row.december_2016), lies]
        _write(axes, y, sentence(read.words), told[first:], right)
        axes.plot([0, width], [y - line / 2] * 2, color=colour("grid"), linewidth=0.6)
    changes = _part(table, CHANGES)["words"].tolist()
    if changes:
        y -= 1.3 * line
        axes.text(0, y, "What differs from the defaults", size=LABEL_SIZE, color=colour("quiet"), va="center")
    for words in changes[:MOST_CHANGES]:
        y -= line
        lines = wrapped(words, width, NOTE_SIZE)
        axes.text(0, y, lines[0] + (" ..." if len(lines) > 1 else ""), size=NOTE_SIZE, va="center")
    if len(changes) > MOST_CHANGES:
        axes.text(0, y - line, f"and {len(changes) - MOST_CHANGES} more (fact_card.csv)", size=NOTE_SIZE, va="center")


def _write(axes: Axes, y: float, label: str, cells: list[str], right: list[float], role: str = "ink") -> None:
    """Write one line of the key figures."""
    axes.text(0, y, label, size=LABEL_SIZE, color=colour(role), va="center")
    for cell, x in zip(cells, right, strict=True):
        axes.text(x, y, cell, size=LABEL_SIZE, color=colour(role), va="center", ha="right")


FACT_CARD = Chart(
    "fact_card",
    "One sheet for a scenario: key figures, what it changes, units, shares and redundancy cost.",
    measure,
    describe,
    draw,
    needs={"outcomes": (*shares.COLUMNS, "css_operating", "redundancy_cost_to_date")},
    size=(7.2, 10.2),
    wide=7.8,
    square=6.6,
)
