"""The same market driven by Mesa's own ``batch_run``, with the same outcomes."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from mesa import DataCollector
from mesa.batchrunner import batch_run

from simulation.calendar import N_MONTHS
from simulation.inputs import England, read_england
from simulation.market import Market
from simulation.plan import Plan

OUTCOMES = ("css_operating", "providers_active", "spend_per_head", "hhi_local")
"""What both store of a run, at its end."""


@lru_cache(maxsize=1)
def england() -> England:
    """Return the data, read once for each process."""
    return read_england()


class BatchMarket(Market):
    """A market as ``batch_run`` wants it: made from keywords, with a collector, and stopping by itself.

    Args:
        seed: Seed of the run.
    """

    def __init__(self, seed: int) -> None:
        super().__init__(england(), Plan(), seed)
        self.datacollector = DataCollector(model_reporters={name: _reporter(name) for name in OUTCOMES})

    def step(self) -> None:
        """Do a month and collect its outcomes."""
        super().step()
        self.datacollector.collect(self)
        self.running = self.month < N_MONTHS


def _reporter(name: str) -> Callable[[Market], float]:
    return lambda market: float(market.columns["outcomes"][0, market.month - 1][name])


def run_batch(runs: int, processes: int) -> list[dict[str, Any]]:
    """Run some seeds through ``batch_run`` and return what it collected of each run's end."""
    return batch_run(
        BatchMarket,
        {"seed": range(1, runs + 1)},
        number_processes=processes,
        max_steps=N_MONTHS,
        display_progress=False,
    )
