"""Why did it change: which lever brings how much, and the events behind the largest step of the difference."""

import asyncio
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from outputs.sentences import headline, sentence
from outputs.workshop.live.ensembles import COLUMNS, Ensemble, Ensembles
from outputs.workshop.live.request import Request
from outputs.workshop.live.shown import BY_NAME, SHOWN, Shown
from scenarios.explain import Moment
from scenarios.live import LiveModel, LiveRun, Question, question
from simulation.calendar import first_day
from simulation.inputs import England
from simulation.parameters import DECLARED

RUNS = 20
"""Runs in which each lever is moved alone."""
MOST_LEVERS = 8
MOST_EVENTS = 6
MOST_MONTHS = 12
"""Largest steps that are looked at for events."""
FEW = 2
"""Most events of a kind that are told one by one."""


async def why(asked: Request, model: LiveModel, ensembles: Ensembles) -> dict[str, Any]:
    """Return what is behind the change of one outcome: the parts of levers, and events of a typical run."""
    shown = BY_NAME[asked.outcome]
    base, whole = (ensembles.find(one, asked.seed) for one in (asked.base, asked.scenario))
    await asyncio.gather(ensembles.reach(base, RUNS), ensembles.reach(whole, RUNS))
    changes = _changes(base, whole, shown)
    seed = asked.seed + typical(changes)
    return {
        "outcome": shown.name,
        "levers": await _levers(asked, ensembles, shown, float(changes.mean())),
        "events": await ensembles.apart(lambda: _events(asked, model, shown, seed)),
    }


def _changes(base: Ensemble, to: Ensemble, shown: Shown) -> NDArray[np.float64]:
    """Return by how much an outcome differs in the last month, run by run."""
    column = SHOWN.index(shown)
    return to.values[:RUNS, -1, column].astype(float) - base.values[:RUNS, -1, column]


def typical(changes: NDArray[np.float64]) -> int:
    """Return the place of the run whose change is nearest the mean; of those that change, where some do."""
    distance = np.abs(changes - changes.mean())
    if changes.any():
        distance = np.where(changes == 0.0, np.inf, distance)
    return int(distance.argmin())


async def _levers(asked: Request, ensembles: Ensembles, shown: Shown, total: float) -> dict[str, Any]:
    """Return what each lever that differs does alone to the outcome at the end, on the base's luck."""
    differing = levers_between(asked.base, asked.scenario)
    if asked.base.preset != asked.scenario.preset or not 1 < len(differing) <= MOST_LEVERS:
        return {"differing": len(differing), "alone": [], "runs": RUNS}
    base = ensembles.find(asked.base, asked.seed)
    alone: list[tuple[str, float]] = []
    for name in differing:
        ensemble = ensembles.find(with_lever(asked, name), asked.seed)
        await ensembles.reach(ensemble, RUNS)
        alone.append((name, float(_changes(base, ensemble, shown).mean())))
    together = total - sum(step for _, step in alone)
    return {"differing": len(differing), "alone": alone, "total": total, "runs": RUNS, "together": together}


def with_lever(asked: Request, name: str) -> Question:
    """Return the base with one lever as the scenario has it: set, or as the preset itself has it."""
    values = {key: value for key, value in asked.base.settings if key != name}
    own = {name: asked.scenario.values[name]} if name in asked.scenario.values else {}
    return question(asked.base.preset, values | own)


def levers_between(base: Question, scenario: Question) -> list[str]:
    """Return the parameters that were set to other values, in the order of the reference."""
    before, after = base.values, scenario.values
    return [name for name in DECLARED if before.get(name) != after.get(name)]


def _events(asked: Request, model: LiveModel, shown: Shown, seed: int) -> dict[str, Any]:
    """Return the month of the largest step in the difference of one run that events explain, and these events."""
    base, scenario = (model.run(one, seed, keeps_events=True) for one in (asked.base, asked.scenario))
    column = COLUMNS[SHOWN.index(shown)]
    difference = (scenario.outcomes[:, column] - base.outcomes[:, column]) * shown.scale
    steps = np.diff(difference, prepend=0.0)
    if not steps.any():
        return {"seed": seed, "month": None, "step": 0.0, "scenario": [], "base": []}
    name = _naming(model.england)
    for month in np.argsort(-np.abs(steps), kind="stable")[:MOST_MONTHS].tolist():
        own, others = (
            only_in(one, other, month, shown.causes, name) for one, other in ((scenario, base), (base, scenario))
        )
        if own or others:
            break
    else:
        month, own, others = int(np.abs(steps).argmax()), [], []
    return {"seed": seed, "month": month, "step": float(steps[month]), "scenario": own, "base": others}


def only_in(run: LiveRun, other: LiveRun, month: int, kinds: Sequence[str], name: Callable[[str], str]) -> list[str]:
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
    days = {first_day(place) for place in range(max(0, month - 1), month + 1)}
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
