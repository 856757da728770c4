"""What the page is told of ensembles, as text that is ready to send."""

import json
from typing import Any

import numpy as np
from numpy.typing import NDArray

from outputs.workshop.live.ensembles import Ensemble
from outputs.workshop.live.shown import BY_NAME
from scenarios.live import policy_dates
from scenarios.main_source import NO_SPEND
from scenarios.runs import SOURCES
from simulation.calendar import SNAPSHOTS

LETTERS = "HNPVIS-"
"""Of the sources in their order, and of no spend."""
LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
PATHS = 10
"""Runs of which each line is told: possible histories."""
DIGITS = 4


def told(ensemble: Ensemble, stage: int) -> str:
    """Return what the first runs of an ensemble say, as JSON; made once.

    ``policy`` holds the dates of policy, ``line`` is the first run, ``map`` a letter a CCG; from the second stage
    ``bands`` holds quantiles, ``mean`` and ``paths`` more, and ``often`` in how many runs a CCG has the source of the
    map: all by outcome and month, or by snapshot.
    """
    if stage not in ensemble.told:
        said = _one_run(ensemble) if stage == 1 else _many_runs(ensemble, stage)
        ensemble.told[stage] = json.dumps({"policy": policy_dates(ensemble.asked), **said})
    return str(ensemble.told[stage])


def _one_run(ensemble: Ensemble) -> dict[str, Any]:
    return {
        "line": _by_name(ensemble.values[0].T),
        "map": [_letters(sources) for sources in ensemble.main_sources[0]],
    }


def _many_runs(ensemble: Ensemble, stage: int) -> dict[str, Any]:
    values = ensemble.values[:stage]
    found, often = most_often(ensemble.main_sources[:stage])
    return {
        "line": _by_name(values[0].T),
        "bands": _by_name(quantiles(values).transpose(2, 0, 1)),
        "mean": _by_name(values.mean(axis=0).T),
        "paths": _by_name(values[:PATHS].transpose(2, 0, 1)),
        "map": [_letters(row) for row in found],
        "often": often.tolist(),
    }


def difference(scenario: Ensemble, base: Ensemble, stage: int) -> str:
    """Return what a scenario changes on the same luck, as JSON: by outcome and snapshot.

    ``mean`` is the mean difference, ``low`` and ``high`` hold nine differences in ten, ``more`` and ``less`` count
    runs.
    """
    months = list(SNAPSHOTS)
    differences = scenario.values[:stage, months].astype(float) - base.values[:stage, months]
    ordered = quantiles(differences)
    parts = {
        "mean": differences.mean(axis=0),
        "low": ordered[0],
        "high": ordered[-1],
        "more": (differences > 0).sum(axis=0),
        "less": (differences < 0).sum(axis=0),
    }
    return json.dumps({name: _by_name(part.T) for name, part in parts.items()})


def quantiles(values: NDArray[Any]) -> NDArray[Any]:
    """Return the quantiles of ``LEVELS`` over the first axis, each the nearest value that a run has."""
    ordered = np.sort(values, axis=0)
    return ordered[[round(level * (len(values) - 1)) for level in LEVELS]]


def most_often(main_sources: NDArray[np.int8]) -> tuple[NDArray[np.int8], NDArray[np.int64]]:
    """Return the source that most runs have, and in how many of them: [snapshot, ccg]."""
    places = [*range(len(SOURCES)), NO_SPEND]
    counts = np.stack([(main_sources == place).sum(axis=0) for place in places])
    first = counts.argmax(axis=0)
    return np.array(places, np.int8)[first], counts.max(axis=0)


def _letters(sources: NDArray[np.int8]) -> str:
    return "".join(LETTERS[place] for place in sources.tolist())


def _by_name(values: NDArray[Any]) -> dict[str, Any]:
    """Return rows by the name of their outcome, with the digits that a reader could want."""
    return dict(zip(BY_NAME, (values if values.dtype.kind == "i" else _short(values)).tolist(), strict=True))


def _short(values: NDArray[Any]) -> NDArray[np.float64]:
    """Return numbers to four significant digits."""
    exact = values.astype(float)
    size = np.where(exact == 0.0, 1.0, np.abs(exact))
    steps = 10.0 ** (np.floor(np.log10(size)) - (DIGITS - 1))
    return np.round(np.round(exact / steps) * steps, 9)
