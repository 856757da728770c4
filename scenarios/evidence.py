"""Hold the model against what was known by mid-2012: measure the patterns and the limits in runs, and judge them."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from scenarios.limits import LIMITS, Lab
from scenarios.patterns import PATTERNS, Pattern, Target
from scenarios.scenario import load_scenario
from simulation.engine import filled, run_until, start
from simulation.inputs import England, read_england
from simulation.opening import blank_market
from simulation.parameters import Value
from simulation.plan import Plan

LIMIT_RUNS = 20
"""Most runs of each experiment with a known answer."""
CHUNK_RUNS = 10


@dataclass(frozen=True)
class Finding:
    """What the model gives for one pattern or limit, beside what it should.

    Args:
        group: P1 to P11, or L1 and on for a limit.
        what: What is measured.
        unit: Its unit.
        source: Keys of the evidence, or ``limit``.
        target: What was reported, or is known.
        values: What each run gives.
    """

    group: str
    what: str
    unit: str
    source: str
    target: Target
    values: NDArray[np.float64]

    @property
    def mean(self) -> float:
        """The mean of the runs."""
        return float(self.values.mean())

    @property
    def mc_error(self) -> float:
        """How far the mean may be off for want of runs (one standard error; 0 for one run)."""
        return float(self.values.std(ddof=1) / np.sqrt(self.values.size)) if self.values.size > 1 else 0.0

    @property
    def middle(self) -> tuple[float, float]:
        """Where nine runs in ten lie."""
        low, high = np.percentile(self.values, (5, 95))
        return float(low), float(high)

    @property
    def holds(self) -> bool:
        """Whether the mean agrees with the target."""
        return self.target.holds(self.mean)


def findings(
    name_or_path: str | Path,
    settings: Mapping[str, Value] | None = None,
    *,
    runs: int = 200,
    first_seed: int = 1,
    workers: int = 1,
) -> list[Finding]:
    """Measure every pattern and limit in runs of a scenario.

    Args:
        name_or_path: The scenario.
        settings: Values for the whole run.
        runs: How many runs (1 or more).
        first_seed: Seed of the first.
        workers: Threads that compute at once.

    Raises:
        InputError: Something is wrong with the scenario or a setting.
    """
    england, plan = read_england(), load_scenario(name_or_path, settings).plan
    seeds = range(first_seed, first_seed + runs)
    values = measured(england, plan, seeds, workers=workers)
    lab = Lab(england, name_or_path, settings or {}, seeds[:LIMIT_RUNS])
    return [*map(_pattern_finding, PATTERNS, values.T), *(_limit_findings(lab, workers))]


def measured(
    england: England, plan: Plan, seeds: Sequence[int], patterns: Sequence[Pattern] = PATTERNS, *, workers: int = 1
) -> NDArray[np.float64]:
    """Return what each run gives for each pattern, [run, pattern]; the number of workers changes nothing."""
    chunks = [seeds[at : at + CHUNK_RUNS] for at in range(0, len(seeds), CHUNK_RUNS)]
    if workers == 1:
        return measure_runs(england, plan, seeds, patterns)
    with ThreadPoolExecutor(workers) as pool:
        return np.vstack(list(pool.map(lambda chunk: measure_runs(england, plan, chunk, patterns), chunks)))


def measure_runs(
    england: England, plan: Plan, seeds: Sequence[int], patterns: Sequence[Pattern] = PATTERNS
) -> NDArray[np.float64]:
    """Return what each run gives for each pattern, [run, pattern], in the calling thread."""
    blank = blank_market(england, plan)
    values = np.empty((len(seeds), len(patterns)))
    stops = sorted({pattern.month for pattern in patterns})
    for run, seed in enumerate(seeds):
        market = filled(blank)
        start(market, seed, True)
        for month in stops:
            run_until(market, month + 1)
            for place, pattern in enumerate(patterns):
                if pattern.month == month:
                    values[run, place] = pattern.measure(market)
    return values


def _pattern_finding(pattern: Pattern, values: NDArray[np.float64]) -> Finding:
    return Finding(pattern.group, pattern.what, pattern.unit, pattern.source, pattern.target, values)


def _limit_findings(lab: Lab, workers: int) -> list[Finding]:
    with ThreadPoolExecutor(workers) as pool:
        values = list(pool.map(lambda limit: limit.experiment(lab), LIMITS))
    return [
        Finding(f"L{number}", limit.what, limit.unit, "limit", limit.target, found)
        for number, (limit, found) in enumerate(zip(LIMITS, values, strict=True), start=1)
    ]
