"""How policies stand up to what is not known: regret, satisficing, and the frontier of cost against plurality.

A policy is a scenario, or a combination of levers; a state of the world is a combination of everything else that a
sweep varies. A policy's regret in a state is by how much another policy would have done better there.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from scenarios.sweep_results import SweepResults
from simulation.faults import InputError

if TYPE_CHECKING:
    import pandas as pd

SCENARIO = "scenario"
COST, PLURALITY = "spend_per_head", "providers_active"
CONCENTRATION = "hhi_"
"""Indices of concentration: less of them is more plural."""

AIMS = ("lower", "higher")


def regret(
    results: SweepResults,
    outcome: str,
    month: object = None,
    *,
    better: str,
    policies: Sequence[str] | None = None,
    at_least: float | None = None,
    at_most: float | None = None,
) -> "pd.DataFrame":
    """Return how much each policy of a sweep would be regretted, and how often it does well enough.

    Args:
        results: A sweep in which each policy meets each state: several scenarios, or a grid of levers.
        outcome: Name of the outcome, as the mean of a point.
        month: The month, as a date or ISO text; the last that is stored unless told.
        better: ``lower`` or ``higher``.
        policies: Columns of the design that make a policy; ``scenario`` where there are several, else the levers.
        at_least: Least value that is good enough.
        at_most: Greatest value that is good enough.

    Returns:
        A row a policy, the least regretted (at most) first: its columns, ``mean`` of the outcome over the states,
        ``regret_mean``, ``regret_p90`` and ``regret_max`` (in the outcome's unit), ``best_share`` (of states in which
        no policy does better), ``states``, and ``enough_share`` (of states in which it is good enough) if asked for.

    Raises:
        InputError: A name or word is wrong, there is one policy, or policies do not meet the same states.
    """
    if better not in AIMS:
        raise InputError([f"better = {better!r} is not allowed: it must be one of {', '.join(AIMS)}"])
    made_of = _policy_columns(results, policies)
    values = _by_policy_and_state(results, outcome, month, made_of)
    sign = 1.0 if better == "lower" else -1.0
    loss = sign * values
    regrets = loss.sub(loss.min(axis=1), axis="index")
    table = values.mean().rename("mean").to_frame()
    table["regret_mean"], table["regret_p90"] = regrets.mean(), regrets.quantile(0.9)
    table["regret_max"], table["best_share"] = regrets.max(), (regrets <= 0.0).mean()
    table["states"] = len(values)
    if at_least is not None or at_most is not None:
        low, high = -np.inf if at_least is None else at_least, np.inf if at_most is None else at_most
        table["enough_share"] = ((values >= low) & (values <= high)).mean()
    return table.sort_values(["regret_max", "regret_mean"], kind="stable").reset_index()


def _policy_columns(results: SweepResults, policies: Sequence[str] | None) -> list[str]:
    """Return the columns of the design that make a policy."""
    several = len(results.manifest["scenarios"]) > 1
    made_of = list(policies or ([SCENARIO] if several else results.levers))
    known = [SCENARIO, *results.factors]
    faults = [f"policies: the design has no {name}: it has {', '.join(known)}" for name in made_of if name not in known]
    if not made_of:
        faults.append(f"{results.folder}: has one scenario and varies no lever, so that there is one policy")
    if faults:
        raise InputError(faults)
    return made_of


def _by_policy_and_state(results: SweepResults, outcome: str, month: object, made_of: Sequence[str]) -> "pd.DataFrame":
    """Return an outcome with a row a state and a column a policy, for the states that every policy meets."""
    points = results.at_points([outcome], month).dropna(subset=[outcome])
    others = [name for name in (SCENARIO, *results.factors) if name not in made_of]
    state: Any = points.groupby(others, observed=True, sort=False, dropna=False).ngroup() if others else 0
    table = points.assign(_state=state).pivot_table(
        index="_state", columns=list(made_of), values=outcome, observed=True, dropna=False
    )
    met = table.dropna(axis=1, how="all").dropna()
    if met.empty or met.shape[1] < 2:
        told = f"{results.folder}: no state of the world meets two or more policies made of {', '.join(made_of)}"
        raise InputError([f"{told}: sweep several scenarios, or a grid of levers and uncertainties"])
    return met


def frontier(
    results: SweepResults, month: object = None, *, cost: str = COST, plurality: str = PLURALITY
) -> "pd.DataFrame":
    """Return what each policy costs and how plural a market it leaves, and which no other beats on both.

    Args:
        results: A sweep.
        month: The month, as a date or ISO text; the last that is stored unless told.
        cost: Outcome of which less is better.
        plurality: Outcome of which more is better; of an index of concentration (``hhi_...``) less.

    Returns:
        A row a policy (a scenario with its levers), the cheapest first: its columns, means of both outcomes over
        everything else, ``points``, and ``on_frontier``.

    Raises:
        InputError: An outcome or month is not stored.
    """
    made_of = [SCENARIO, *results.levers]
    points = results.at_points([cost, plurality], month).dropna(subset=[cost, plurality])
    grouped = points.groupby(made_of, observed=True, sort=False, dropna=False)
    table = grouped[[cost, plurality]].mean().assign(points=grouped.size()).reset_index()
    table = table.sort_values(cost, kind="stable", ignore_index=True)
    sign = -1.0 if plurality.startswith(CONCENTRATION) else 1.0
    return table.assign(on_frontier=_undominated(table[cost].to_numpy(), sign * table[plurality].to_numpy()))


def _undominated(cost: Any, gain: Any) -> Any:
    """Say of each row whether no other costs as little or less and gains more, or costs less and gains as much."""
    order = np.lexsort((-gain, cost))
    flags = np.zeros(len(cost), bool)
    best, at = -np.inf, -np.inf
    for row in order:
        if gain[row] > best or (gain[row] == best and cost[row] == at):
            flags[row], best, at = True, gain[row], cost[row]
    return flags
