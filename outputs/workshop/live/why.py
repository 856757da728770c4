"""Why did it change: which lever brings how much, and the events behind the largest step of the difference."""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from agents.dates import APRIL_2013
from outputs.sentences import headline, sentence
from outputs.workshop.live.ensembles import COLUMNS, Ensembles
from outputs.workshop.live.request import Request
from outputs.workshop.live.shown import BY_NAME, SHOWN, Shown
from scenarios.explain import Moment
from scenarios.live import LiveModel, LiveRun, Question, scenario_of
from simulation.calendar import first_day
from simulation.inputs import England
from simulation.parameters import DECLARED

RUNS = 20
"""Runs in which each lever is moved alone."""
MOST_LEVERS = 8
MOST_EVENTS = 6
FEW = 2
"""Most events of a kind that are told one by one."""


async def why(asked: Request, model: LiveModel, ensembles: Ensembles) -> dict[str, Any]:
    """Return what is behind the change of one outcome: shares of levers, and events of the run with the first seed."""
    shown = BY_NAME[asked.outcome]
    return {
        "outcome": shown.name,
        "levers": await _levers(asked, ensembles, shown),
        "events": await ensembles.apart(lambda: _events(asked, model, shown)),
    }


async def _levers(asked: Request, ensembles: Ensembles, shown: Shown) -> dict[str, Any]:
    """Return what each lever that differs does alone to the outcome at the end, on the base's luck."""
    differing = levers_between(asked.base, asked.scenario)
    if asked.base.preset != asked.scenario.preset or not 1 < len(differing) <= MOST_LEVERS:
        return {"differing": len(differing), "alone": [], "runs": RUNS}
    base = ensembles.find(asked.base, asked.seed)
    whole = ensembles.find(asked.scenario, asked.seed)
    column = SHOWN.index(shown)
    await ensembles.reach(base, RUNS)
    await ensembles.reach(whole, RUNS)

    def change(to: Any) -> float:
        return float((to.values[:RUNS, -1, column] - base.values[:RUNS, -1, column]).mean())

    alone = []
    for name in differing:
        value = asked.scenario.values.get(name, scenario_of(asked.base.preset).plan.parameters.value(name))
        ensemble = ensembles.find(asked.base.with_values({name: value}), asked.seed)
        await ensembles.reach(ensemble, RUNS)
        alone.append([name, change(ensemble)])
    total = change(whole)
    return {"differing": len(differing), "alone": alone, "total": total, "runs": RUNS,
            "together": total - sum(step for _, step in alone)}  # fmt: skip


def levers_between(base: Question, scenario: Question) -> list[str]:
    """Return the parameters that were set to other values, in the order of the reference."""
    before, after = base.values, scenario.values
    return [name for name in DECLARED if before.get(name) != after.get(name)]


def _events(asked: Request, model: LiveModel, shown: Shown) -> dict[str, Any]:
    """Return the month of the largest step in the difference of one run, and what happened then in one run only."""
    base, scenario = (model.run(one, asked.seed, keeps_events=True) for one in (asked.base, asked.scenario))
    column = COLUMNS[SHOWN.index(shown)]
    difference = (scenario.outcomes[:, column] - base.outcomes[:, column]) * shown.scale
    steps = np.diff(difference, prepend=0.0)
    if not steps.any():
        return {"seed": asked.seed, "month": None, "step": 0.0, "scenario": [], "base": []}
    month = int(np.abs(steps).argmax())
    name = _naming(model.england)
    return {
        "seed": asked.seed,
        "month": month,
        "step": float(steps[month]),
        "scenario": only_in(scenario, base, month, shown.causes, name),
        "base": only_in(base, scenario, month, shown.causes, name),
    }


def only_in(
    run: LiveRun, other: LiveRun, month: int, kinds: Sequence[str], name: Callable[[str], str]
) -> list[str]:
    """Return in sentences what happened in one run and not in another, in a month or the one before, largest first."""
    theirs = Counter(_key(moment) for moment in _near(other, month, kinds))
    own: dict[Hashable, list[Moment]] = {}
    for moment in _near(run, month, kinds):
        if theirs[_key(moment)] > 0:
            theirs[_key(moment)] -= 1
        else:
            own.setdefault((kinds.index(moment.event), moment.reason), []).append(moment)
    groups = sorted(own.items(), key=lambda pair: (pair[0][0], -len(pair[1])))  # type: ignore[index]
    told = [_told(group, name) for _, group in groups]
    return told[:MOST_EVENTS]


def _near(run: LiveRun, month: int, kinds: Sequence[str]) -> Iterable[Moment]:
    first = max(0, month - 1) if month != APRIL_2013 else month - 1
    days = {first_day(place) for place in range(first, month + 1)}
    return [moment for moment in run.moments if moment.event in kinds and moment.month.date() in days]


def _key(moment: Moment) -> Hashable:
    return moment.event, moment.who, moment.whom, moment.ccgs, moment.lines


def _told(group: Sequence[Moment], name: Callable[[str], str]) -> str:
    """Return events of a kind and cause: one by one where they are few."""
    if len(group) <= FEW:
        return " ".join(sentence(moment, name) for moment in group)
    return headline(group, name)


def _naming(england: England) -> Callable[[str], str]:
    """Return how ids read."""
    known: Mapping[str, str] = {
        **dict(zip(england.clusters.unit, england.clusters.unit_name, strict=True)),
        **dict(zip(england.ccgs.ods_code, england.ccgs.name, strict=True)),
        **dict(zip(england.lines.line, england.lines.name, strict=True)),
    }
    return lambda name: known.get(name) or name
