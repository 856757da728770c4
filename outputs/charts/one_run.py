"""The one run that charts of a single history show: chosen, or the one nearest the middle by a stated rule."""

import pandas as pd

from outputs.charts.chart import Material
from outputs.charts.readings import MAIN_OUTCOMES
from simulation.faults import InputError


def run_shown(given: Material, wants_events: bool = False) -> int:
    """Return the run that a chart of one run shows.

    Args:
        given: The results and what was chosen.
        wants_events: Whether only runs whose events are kept will do.

    Raises:
        InputError: The run chosen is not there, or its events are not kept.
    """
    known = _with_events(given) if wants_events else sorted(given.results.outcomes["run"].unique())
    chosen = given.choice.run
    if chosen is None:
        return nearest_middle(given.results.outcomes, known)
    if chosen not in known:
        what = "its events are not kept" if wants_events else "there is no such run"
        raise InputError([f"--run = {chosen} is not allowed: {what}; choose from {known[0]} to {known[-1]}"])
    return chosen


def nearest_middle(outcomes: pd.DataFrame, runs: list[int]) -> int:
    """Return the run that lies nearest the medians of all runs in the last month.

    Distance is the sum of squared differences in standard deviations, over the outcomes in ``MAIN_OUTCOMES`` that
    are there; of two equally near the first.
    """
    last = outcomes[outcomes["month"] == outcomes["month"].max()].set_index("run").sort_index()
    values = last[[name for name in MAIN_OUTCOMES if name in last]].astype(float)
    apart = (values - values.median()) / values.std(ddof=0).replace(0.0, 1.0).fillna(1.0)
    return int((apart**2).sum(axis=1).loc[runs].round(9).idxmin())


def rule_words(run: int, chosen: bool, runs: int, of_kept: int | None = None) -> str:
    """Return how the run was found, for a note.

    Args:
        run: The run.
        chosen: Whether the reader chose it.
        runs: How many runs there are.
        of_kept: For how many events are kept, where only those would do.
    """
    if runs == 1:
        return "The only run."
    if chosen:
        return f"Run {run} of {runs}, chosen by the reader."
    among = f" of the {of_kept} whose events are kept" if of_kept and of_kept < runs else ""
    over = f"in December 2016 over {len(MAIN_OUTCOMES)} outcomes"
    return f"Run {run}, the one{among} nearest the medians of all {runs} runs {over}."


def _with_events(given: Material) -> list[int]:
    known = sorted(int(run) for run in given.results.events["run"].unique())
    if not known:
        raise InputError(["no events are kept in this folder: run it again with --event-runs 1 or more"])
    return known


def events_kept(given: Material) -> int:
    """Return for how many runs events are kept."""
    return len(_with_events(given))
