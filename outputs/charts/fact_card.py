"""A fact card: one sheet that says what a scenario changes and what comes of it."""

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
MOST_CHANGES = 6
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
        alt=alt_text([f"Fact card of {study.scenario}.", f"{sentence(finding)}.", "Three small charts."], "fact_card"),
        note=f"{study.spread_note(study.runs > 1)} Money is £ of 2012/13.",
    )


def draw(page: Page, table: pd.DataFrame, study: Study) -> None:
    """Draw the figures and the small charts, one under the other or two beside two."""
    columns = 1 if page.height > page.width else 2
    rows = 4 // columns
    tall = _text_height(table) if columns == 1 else (page.top - page.bottom) / 2
    rest = (page.top - page.bottom - tall) / (rows - 1)
    wide = page.width / columns
    _draw_text(page.part(0, page.top - tall, wide, tall), table, study)
    for place, (name, (heading, chart)) in enumerate(CHARTS.items(), start=1):
        row, column = ORDER[columns][place - 1]
        height = tall if row == 0 else rest
        bottom = page.top - tall - row * rest if row else page.top - tall
        part = page.part(column * wide, bottom, wide, height)
        part.top -= 0.08
        part.write_above(heading, SUBTITLE_SIZE, weight="bold")
        chart.draw(part, _part(table, name), study)


ORDER = {1: ((1, 0), (2, 0), (3, 0)), 2: ((0, 1), (1, 0), (1, 1))}
"""Row and column of each small chart, by the number of columns."""


def _text_height(table: pd.DataFrame) -> float:
    """Return the height that figures and changes take (inches)."""
    return LINE * (len(_part(table, FIGURES)) + 2 + min(len(_part(table, CHANGES)), MOST_CHANGES + 1) + 1) + 0.1


def _draw_text(part: Page, table: pd.DataFrame, study: Study) -> None:
    """Draw the key figures, and under them what the scenario changes."""
    axes = part.panel(MARGIN, MARGIN, above=0.0, below=0.0)
    width, height = part.width - 2 * MARGIN, part.height
    axes.set(xlim=(0, width), ylim=(0, height))
    axes.set_axis_off()
    y = height - 0.6 * LINE
    right = [width - 1.95, width - 1.15, width]
    heads = ["April 2013", "Dec 2016", "9 in 10 runs" if study.runs > 1 else ""]
    _write(axes, y, "Means", heads, right, "quiet")
    for row in _part(table, FIGURES).itertuples():
        y -= LINE
        read = reading(row.outcome)
        lies = span(read.show_mean(row.p05), read.show_mean(row.p95)) if study.runs > 1 else ""
        told = [read.show_mean(row.april_2013), read.show_mean(row.december_2016), lies]
        _write(axes, y, sentence(read.words), told, right)
        axes.plot([0, width], [y - LINE / 2] * 2, color=colour("grid"), linewidth=0.6)
    changes = _part(table, CHANGES)["words"].tolist()
    if changes:
        y -= 1.3 * LINE
        axes.text(0, y, "What differs from the defaults", size=LABEL_SIZE, color=colour("quiet"), va="center")
    for words in changes[:MOST_CHANGES]:
        y -= LINE
        lines = wrapped(words, width, NOTE_SIZE)
        axes.text(0, y, lines[0] + (" ..." if len(lines) > 1 else ""), size=NOTE_SIZE, va="center")
    if len(changes) > MOST_CHANGES:
        axes.text(0, y - LINE, f"and {len(changes) - MOST_CHANGES} more (fact_card.csv)", size=NOTE_SIZE, va="center")


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
    wide=11.6,
    square=10.0,
)
