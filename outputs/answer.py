"""The answer in three sentences, from the numbers alone."""

from collections.abc import Iterator
from typing import Any

import pandas as pd

from outputs.charts.chart import Material
from outputs.charts.comparison import pairs
from outputs.charts.readings import END, MAIN_OUTCOMES, START, reading
from outputs.charts.words import going, index, listed, number, percent, plural, pounds, sentence, span
from outputs.experiment import Experiment
from scenarios.results import Results
from scenarios.sensitivity import MAIN
from simulation.faults import InputError

LEAST_MOVE = 0.05
"""A change of concentration of less than this share of where it began counts as none."""


def answer(given: Material) -> list[str]:
    """Return the answer in three sentences."""
    results = given.results
    if not isinstance(results, Experiment):
        return [_sellers(results), _outside(results), _money(results)]
    return _of_comparison(given) if results.kind == "compare" else _of_sweep(results)


# ---- One scenario ------------------------------------------------------------------------------------------


class Figures:
    """Means and ranges of outcomes, read as a sentence needs them.

    Args:
        results: The stored results.
    """

    def __init__(self, results: Results) -> None:
        self.table = results.summary.set_index(["outcome", "month"]).sort_index()
        self.one_run = results.manifest["runs"] == 1

    def mean(self, outcome: str, month: pd.Timestamp) -> float:
        """Return the mean over runs."""
        return float(self.table.loc[(outcome, month), "mean"])

    def told(self, outcome: str, month: pd.Timestamp) -> str:
        """Return the mean in words, with where nine runs in ten lie in brackets if runs differ."""
        row, show = self.table.loc[(outcome, month)], reading(outcome).show_mean
        low, high = show(row["p05"]), show(row["p95"])
        return show(row["mean"]) if self.one_run or low == high else f"{show(row['mean'])} ({span(low, high)})"


def _sellers(results: Results) -> str:
    """Return whether the market consolidates: units left, and local concentration."""
    figures = Figures(results)
    before, after = (figures.mean("hhi_local", month) for month in (START, END))
    if abs(after - before) < LEAST_MOVE * before:
        move = f"local concentration stays near {index(before)} (HHI, 0 to 10,000)"
    else:
        word = "consolidates" if after > before else "spreads out"
        verb = f"{going(before, after)}s"
        move = (
            f"the market {word} locally: concentration {verb} from {index(before)} (HHI, 0 to 10,000) in April "
            f"2013 to {index(after)}"
        )
    units = (
        f"of {number(figures.mean('css_operating', pd.Timestamp('2012-01-01')))} NHS units "
        f"{figures.told('css_operating', END)} are left"
    )
    return f"{sentence(move)}; {units} in December 2016."


def _outside(results: Results) -> str:
    """Return whether the market marketises: what suppliers outside the NHS have, and what CCGs do themselves."""
    figures = Figures(results)
    own = {month: figures.mean("in_house_share", month) + figures.mean("shared_share", month) for month in (START, END)}
    outside = f"suppliers outside the NHS go from {percent(figures.mean('outside_nhs_share', START))} to "
    outside += f"{figures.told('outside_nhs_share', END)} of spend"
    hands = f"what CCGs do themselves, alone or together, from {percent(own[START])} to {percent(own[END])}"
    home = (
        f"the home unit's share from {percent(figures.mean('home_css_share', START))} to "
        f"{figures.told('home_css_share', END)}"
    )
    return f"{sentence(outside)}, {hands}, and {home}."


def _money(results: Results) -> str:
    """Return what support costs and what CCGs say of it."""
    figures = Figures(results)
    before, after = (pounds(figures.mean("spend_per_head", month)) for month in (START, END))
    spend = (
        f"spend stays at {after} a head a year"
        if before == after
        else f"spend goes from {before} to {after} a head a year"
    )
    redundancy = figures.told("redundancy_cost_to_date", END)
    return (
        f"{sentence(spend)}, redundancy has cost {redundancy} by December 2016, and "
        f"{figures.told('not_satisfied_share', END)} of CCGs are not satisfied."
    )


# ---- Experiments -------------------------------------------------------------------------------------------


def _of_comparison(given: Material) -> list[str]:
    """Return where the base ends; what clearly differs from it in each scenario; what cannot be told apart."""
    sums = paired_sums(given)
    base = given.results.scenarios[0].replace("_", " ")
    mean = {
        row.outcome: reading(row.outcome).show_mean(row.base_mean)
        for row in sums.drop_duplicates("outcome").itertuples()
    }
    first = (
        f"Under {base}, {mean['css_operating']} NHS units operate in {given.results.last_month:%B %Y} (means of "
        f"{plural(int(sums['seeds'].max()), 'run')}), private suppliers have {mean['private_share']} of spend and "
        f"{mean['in_house_share']} is in house; spend is {mean['spend_per_head']} a head a year, and redundancy has "
        f"cost {mean['redundancy_cost_to_date']}."
    )
    told = list(_what_differs(sums[sums["clear"]]))
    second = (
        f"Against it, on the same seeds, what differs most, on average: {'; '.join(told)}."
        if told
        else "On the same seeds no scenario clearly differs from it."
    )
    return [first, second, _not_clear(sums, base)]


def _not_clear(sums: pd.DataFrame, base: str) -> str:
    """Return which scenarios or outcomes so many runs cannot tell apart from the base."""
    runs = plural(int(sums["seeds"].max()), "run")
    unclear = [name.replace("_", " ") for name, rows in sums.groupby("scenario", sort=False) if not rows["clear"].any()]
    if unclear:
        return f"{sentence(listed(unclear))} cannot be told from {base} in any outcome weighed here, from {runs}."
    steady = [reading(one).words for one, rows in sums.groupby("outcome", sort=False) if not rows["clear"].any()]
    if steady:
        return f"From {runs} it cannot be told whether any scenario moves this: {listed(steady)}."
    count = sums[~sums["clear"]].groupby("scenario", sort=False)["outcome"].agg(list)
    if count.empty:
        return f"Over {runs} every scenario makes a clear difference to every outcome weighed here."
    parts = [
        f"{name.replace('_', ' ')} in {listed([reading(one).words for one in outcomes])}"
        for name, outcomes in count.items()
    ]
    return f"From {runs} no difference can be told: {'; '.join(parts)}."


def paired_sums(given: Material, outcomes: tuple[str, ...] = MAIN_OUTCOMES) -> pd.DataFrame:
    """Return the paired differences at the end, a row a scenario and outcome.

    A difference is ``clear`` where the 95% interval of its mean leaves out zero; ``weight`` is its size in standard
    deviations of the base over seeds.
    """
    names = [name for name in outcomes if name in given.results.columns]
    return pairs(given.results, names)


def _what_differs(clear: pd.DataFrame) -> Iterator[str]:
    """Yield each scenario's two weightiest differences in words."""
    for name, rows in clear.groupby("scenario", sort=False):
        heaviest = rows.reindex(rows["weight"].sort_values(ascending=False, kind="stable").index).head(2)
        yield f"under {name.replace('_', ' ')}, {listed([_difference(row) for row in heaviest.itertuples()])}"


def _difference(row: Any) -> str:
    read, mean = reading(row.outcome), row.difference_mean
    return f"{read.words} {'up' if mean > 0 else 'down'} {read.show_change(abs(mean))}"


def _of_sweep(results: Experiment) -> list[str]:
    """Return how far outcomes spread over the sweep, what they depend on, and how far the sweep is."""
    outcomes = [name for name in MAIN_OUTCOMES if name in results.columns] or list(results.columns[:1])
    means = results.last(outcomes).groupby("point")[outcomes].mean()
    spreads = [
        f"{reading(name).words} from {reading(name).show(means[name].min())} to {reading(name).show(means[name].max())}"
        for name in outcomes[:4]
    ]
    first = f"Over {plural(len(means), 'point')} of the sweep, by the last month stored: {'; '.join(spreads)}."
    second = _dependence(results, outcomes[:3])
    third = (
        f"The sweep is unfinished: {results.partial}."
        if results.partial
        else (f"The sweep is finished: each point was run with {plural(len(results.seeds), 'seed')}.")
    )
    return [first, second, third]


def _dependence(results: Experiment, outcomes: list[str]) -> str:
    """Return the parameter on which each outcome depends most, where that is clear of noise."""
    try:
        tables = [results.indices(name) for name in outcomes]
    except InputError as error:
        return f"What outcomes depend on cannot be said: {'; '.join(error.faults)}."
    heads, weak = [], []
    for name, table in zip(outcomes, tables, strict=True):
        clear = table[table["clear"] & table["measure"].isin(MAIN)] if len(table) else table
        if clear.empty:
            weak.append(reading(name).words)
        else:
            heads.append(f"{reading(name).words} on {clear.sort_values('value', kind='stable')['factor'].iloc[-1]}")
    told = [f"what depends most on what: {listed(heads)}"] if heads else []
    told += [f"nothing that varies clearly moves {listed(weak)}"] if weak else []
    return f"{sentence('; '.join(told))}."
