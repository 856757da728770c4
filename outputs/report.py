"""What a report of stored results holds, whatever it is written as."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib.resources import files
from typing import Any

import numpy as np
import pandas as pd

from outputs.answer import answer, paired_sums
from outputs.charts.chart import Chart, Material
from outputs.charts.draw import CHARTS, columns_lacking, kind_of
from outputs.charts.experiments import setting_words, unit_of
from outputs.charts.files import Making, csv_of, svg_of
from outputs.charts.page import Words
from outputs.charts.readings import READINGS, START, reading
from outputs.charts.sheet import PAGE, SQUARE
from outputs.charts.study import Study, study_of
from outputs.charts.words import interval, plural, sentence, signed
from outputs.experiment import Experiment
from outputs.headlines import HEADLINES, cells
from outputs.reference import change_rows_of
from outputs.tables import Row, text_of
from scenarios.compare import CONFIDENCE
from scenarios.results import Results
from simulation.faults import InputError
from simulation.outcomes import OUTCOMES

SET_BY = {True: "policy", False: "not known"}
UNCLEAR = "no clear difference"
MOST_ROWS = 60
"""A chart's table is shown whole up to this many rows."""
OF_RUN = (
    ("What happens", ("units", "shares", "main_sources", "flows", "redundancy", "histories")),
    ("How CCGs fare", ("allowance", "satisfaction", "concentration", "market_age")),
    ("Where", ("tile_map", "map_change")),
    ("Which units", ("genealogy", "fates")),
)
OF_COMPARISON = (
    (
        "Against the base",
        ("comparison", "comparison:private_share", "comparison:spend_per_head", "comparison:redundancy_cost_to_date"),
    ),
    ("What each change brings", ("drivers", "drivers:spend_per_head")),
    ("Cost and choice", ("frontier", "market_age")),
)
OF_SWEEP = (
    ("Over the whole sweep", ("sweep_place", "heat_map", "frontier")),
    ("What it depends on", ("sensitivity", "discovery")),
)
SECTIONS = {"run": OF_RUN, "compare": OF_COMPARISON, "sweep": OF_SWEEP}
TOO_LARGE = ("map", "map_change", "map_unit", "map_spend", "map_satisfaction", "tile_map", "genealogy", "fates")
"""Charts that come in one size only, so that the report stays small."""
CANNOT = (
    "It is no forecast. It says what follows from rules and values that can be read, not what happened or will happen.",
    "Nothing that the market did after September 2012 was used, so no figure is fitted to how the story went on.",
    "{ranges}. What we do not know about the rules, and about values held fixed, is not in them.",
    "It speaks of England. A map shows where a pattern lies; what one named CCG or unit does in it is luck as much "
    "as cause.",
    "Several mechanisms stand in simple form. The model's description (docs/odd.md, section 8) lists each and what "
    "is missing.",
    "Quality is the quality of support as delivered, not of care, and satisfaction is what the model's CCGs would say.",
)


OF_RUNS = "Ranges are the spread of the model over {varied}"
RANGES = {
    "run": OF_RUNS,
    "compare": "Intervals say how far {varied} may have moved a mean over the runs, not where a single run may end",
    "sweep": OF_RUNS,
}


@dataclass(frozen=True)
class Picture:
    """One chart in a report.

    Args:
        chart: The chart's name.
        words: What it says.
        source: Where the numbers come from.
        svg: The drawing for a page.
        small: The drawing for a small screen; empty where there is one only.
        csv: All that is drawn.
        columns: Heads of the table shown.
        rows: Its rows, in words.
        of_rows: How many rows the CSV has.
    """

    chart: str
    words: Words
    source: str
    svg: bytes
    small: bytes
    csv: bytes
    columns: list[str]
    rows: list[list[str]]
    of_rows: int


@dataclass(frozen=True)
class Report:
    """All that a report says.

    Args:
        title: Its title.
        question: The question, or questions, asked.
        because: Why they are asked.
        answer: Three sentences.
        figures: Key figures, a row each, with their columns' heads as keys.
        figures_note: How to read them.
        sections: Heading and pictures of each section of charts.
        left_out: Charts that could not be drawn, with the reason.
        differences: For each scenario, the values that differ from the defaults.
        varies: What a sweep varies, and over which values.
        assumptions: The register of assumptions, with grades.
        cannot: What the model cannot say.
        repeat: Names and values that let anyone repeat it.
        command: The command that repeats it.
        partial: How far unfinished results are; empty where they are finished.
    """

    title: str
    question: list[str]
    because: list[str]
    answer: list[str]
    figures: list[Row]
    figures_note: str
    sections: list[tuple[str, list[Picture]]]
    left_out: dict[str, str]
    differences: list[tuple[str, list[Row]]]
    varies: list[Row]
    assumptions: list[dict[str, str]]
    cannot: list[str]
    repeat: list[tuple[str, str]]
    command: str
    partial: str = ""
    outcomes: list[Row] = field(default_factory=list)


def report_of(given: Material, how: Making | None) -> Report:
    """Return the report of stored results.

    Args:
        given: The results, and what the reader chose.
        how: The style of the charts; no charts where there is none.
    """
    results, study, kind = given.results, study_of(given.results), kind_of(given.results)
    left_out: dict[str, str] = {}
    sections = [
        (heading, list(_pictures(given, study, names, how, left_out))) for heading, names in SECTIONS[kind] if how
    ]
    scenarios = _scenarios(results)
    figures, note = _figures(given)
    return Report(
        title=_title(results, scenarios),
        question=[_question(one, len(scenarios)) for one in scenarios if one.get("question")],
        because=[one["because"] for one in scenarios if one.get("because")],
        answer=answer(given),
        figures=figures,
        figures_note=note,
        sections=[(heading, pictures) for heading, pictures in sections if pictures],
        left_out=left_out,
        differences=[(f"{one['title']} ({one['name']})", _changes(one)) for one in scenarios],
        varies=list(_varies(results)),
        assumptions=assumptions(),
        cannot=[words.format(ranges=RANGES[kind].format(varied=study.varied)) for words in CANNOT],
        repeat=list(_repeat(results)),
        command=f"csmarket repeat {given.results.folder.as_posix()}",
        partial=study.partial,
        outcomes=[{"outcome": one.name, "unit": one.unit, "definition": one.definition} for one in OUTCOMES.values()],
    )


def _question(scenario: Mapping[str, Any], scenarios: int) -> str:
    """Return a scenario's question, after its title where there are several."""
    return str(scenario["question"]) if scenarios == 1 else f"{scenario['title']}: {scenario['question']}"


def _changes(scenario: Mapping[str, Any]) -> list[Row]:
    """Return what differs from the defaults, as a reader wants it; the policy's name only where one has a name."""
    rows = [
        {
            "from": f"{pd.Timestamp(str(row['from'])):%b\N{NO-BREAK SPACE}%Y}",
            "parameter": row["parameter"],
            "value": setting_words(row["value"]),
            "default": setting_words(row["default"]),
            "unit": str(row["unit"]).replace("GBP", "£"),
            "policy": str(row["policy"]).replace("_", " "),
        }
        for row in change_rows_of(scenario)
    ]
    named = any(row["policy"] for row in rows)
    return [{name: value for name, value in row.items() if named or name != "policy"} for row in rows]


def _varies(results: Results | Experiment) -> Iterator[Row]:
    """Yield a row for each parameter that a sweep varies."""
    for factor in results.manifest["design"]["factors"] if isinstance(results, Experiment) else ():
        ends = f"{setting_words(factor.get('low'))} to {setting_words(factor.get('high'))}"
        values = ", ".join(setting_words(value) for value in factor.get("values", ()))
        unit = unit_of(factor["name"])
        yield {"parameter": factor["name"], "values": values or ends, "unit": unit, "set by": SET_BY[factor["lever"]]}


def assumptions() -> list[dict[str, str]]:
    """Return the register of assumptions: key, title, statement, grade and what if it is wrong."""
    text = files("outputs").joinpath("data", "assumptions.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


# ---- Scenarios ---------------------------------------------------------------------------------------------


def _scenarios(results: Results | Experiment) -> list[dict[str, Any]]:
    """Return the scenarios in words and numbers."""
    return results.told if isinstance(results, Experiment) else [results.manifest["scenario"]]


def _title(results: Results | Experiment, scenarios: Sequence[Mapping[str, Any]]) -> str:
    titles = [str(one["title"]) for one in scenarios]
    if not isinstance(results, Experiment):
        return titles[0]
    if results.kind == "compare":
        return f"{titles[0]}, against {plural(len(titles) - 1, 'other scenario')}"
    return f"A sweep: {results.manifest['design']['title'] or ', '.join(titles)}"


# ---- Key figures -------------------------------------------------------------------------------------------


def _figures(given: Material) -> tuple[list[Row], str]:
    results = given.results
    if not isinstance(results, Experiment):
        return _of_run(results)
    return _of_comparison(given) if results.kind == "compare" else _of_sweep(results)


def _of_run(results: Results) -> tuple[list[Row], str]:
    """Return the lines of the summary at April 2013 and December 2016."""
    rows: list[Row] = [
        {"": line.label, "January 2012": told[1] or "\N{EN DASH}", f"{START:%B %Y}": told[3], "December 2016": told[4]}
        for line, told in zip(HEADLINES, cells(results), strict=True)
    ]
    runs = results.manifest["runs"]
    if runs == 1:
        return rows, "One run: another seed could give other figures. Money is £ of 2012/13."
    return rows, f"Means of {runs:,} runs; in brackets where nine runs in ten lie. Money is £ of 2012/13."


def _of_comparison(given: Material) -> tuple[list[Row], str]:
    """Return a row an outcome: the base's mean, and each scenario's with its difference."""
    sums, base = paired_sums(given), given.results.scenarios[0]
    rows: list[Row] = []
    for outcome, told in sums.groupby("outcome", sort=False):
        read = reading(str(outcome))
        row: dict[str, object] = {
            "": sentence(read.words),
            base.replace("_", " "): read.show_mean(told["base_mean"].iloc[0]),
        }
        for one in told.itertuples():
            between = interval(one.difference_low, one.difference_high, read.show_change)
            apart = f"{signed(one.difference_mean, read.show_change)} ({between})" if one.clear else UNCLEAR
            row[one.scenario.replace("_", " ")] = f"{read.show_mean(one.scenario_mean)}; {apart}"
        rows.append(row)
    runs, by_luck = plural(int(sums["seeds"].max()), "run"), round((1 - CONFIDENCE) * len(sums))
    note = (
        f"Means of {runs} in the last month; after the semicolon the difference from {base.replace('_', ' ')} on the "
        "same seeds, with the 95% interval of its mean. It is clear where the interval leaves out zero. Money is £ of "
        "2012/13."
    )
    if by_luck:
        note += f" Of {len(sums)} such intervals about {by_luck} would leave out zero by luck alone."
    return rows, note


def _of_sweep(results: Experiment) -> tuple[list[Row], str]:
    names = [name for name in results.columns if name in READINGS] or list(results.columns[:12])
    means = results.last(names).groupby("point")[names].mean()
    rows: list[Row] = []
    for name in names:
        read = reading(name)
        at = (
            [read.show(value) for value in np.percentile(means[name].dropna(), (0, 5, 50, 95, 100))]
            if means[name].notna().any()
            else ["none"] * 5
        )
        rows.append(
            {
                "": f"{read.words[0].upper()}{read.words[1:]}",
                **dict(zip(("least", "5th percentile", "median", "95th percentile", "most"), at, strict=True)),
            }
        )
    return (
        rows,
        f"Over {plural(len(means), 'point')}; each point is the mean of its seeds in the last month stored. Money "
        f"is £ of 2012/13.",
    )


# ---- Charts ------------------------------------------------------------------------------------------------


def _pictures(
    given: Material, study: Study, names: Sequence[str], how: Making, left_out: dict[str, str]
) -> Iterator[Picture]:
    """Yield the charts of one section; what cannot be drawn is noted with the reason."""
    known = {chart.name: chart for chart in CHARTS}
    for place in names:
        name, _, outcome = place.partition(":")
        of_outcome = replace(given, choice=replace(given.choice, outcome=outcome)) if outcome else given
        try:
            if lacking := columns_lacking(known[name], given):
                raise InputError([lacking])
            yield _picture(known[name], of_outcome, study, how, place.replace(":", "_"))
        except InputError as error:
            left_out[place.replace(":", " of ")] = "; ".join(error.faults)


def _picture(chart: Chart, given: Material, study: Study, how: Making, name: str) -> Picture:
    table = chart.measure(given)
    words = chart.describe(table, study)
    words = replace(words, alt=words.alt.replace(f"{chart.name}.csv", f"{name}.csv"))
    small = b"" if chart.name in TOO_LARGE else svg_of(chart, table, study, words, how, SQUARE)
    shown = _shown(table)
    return Picture(
        chart=name,
        words=words,
        source=study.source,
        svg=svg_of(chart, table, study, words, how, PAGE),
        small=small,
        csv=csv_of(table),
        columns=[str(name).replace("_", " ") for name in shown],
        rows=[[_cell(value) for value in row] for row in shown.itertuples(index=False)],
        of_rows=len(table),
    )


def _shown(table: pd.DataFrame) -> pd.DataFrame:
    """Return the part of a chart's table that a page can show: all of it, or the Aprils and the ends, or the top."""
    shown = table.dropna(axis=1, how="all")
    if len(shown) > MOST_ROWS and "month" in shown:
        ends = (shown["month"].min(), shown["month"].max())
        shown = shown[(shown["month"].dt.month == 4) | shown["month"].isin(ends)]
    return shown.head(MOST_ROWS)


def _cell(value: Any) -> str:
    if isinstance(value, pd.Timestamp):
        return f"{value:%b %Y}"
    if pd.isna(value):
        return ""
    if isinstance(value, (float, np.floating)):
        return f"{float(value):,.0f}" if abs(float(value)) >= 1e4 else f"{float(value):.4g}"
    return text_of(value.item() if isinstance(value, np.generic) else value)


# ---- How to repeat it --------------------------------------------------------------------------------------


def _repeat(results: Results | Experiment) -> Iterator[tuple[str, str]]:
    manifest = results.manifest
    yield "Made by", str(manifest.get("command") or manifest.get("made_by"))
    yield "Model", f"csmarket {manifest.get('version')}"
    if commit := manifest.get("commit"):
        yield "Commit", f"{commit['id']}{', with files changed since' if commit.get('changed_since') else ''}"
    yield "Seeds", study_of(results).seeds
    yield "Uncertainty", str(manifest.get("uncertainty", "none"))
    if versions := manifest.get("versions"):
        yield "With", ", ".join(f"{name} {number_}" for name, number_ in versions.items())
    for file, digest in dict(manifest.get("data", {})).items():
        yield f"Data: {file}", f"SHA-256 {digest}"
