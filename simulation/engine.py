"""One run, compiled end to end: the nine phases of ``month``, month by month, free of the interpreter's lock."""

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from agents.columns import Array
from agents.compiled import INTERPRETED, rule
from simulation.calendar import N_MONTHS, SNAPSHOTS
from simulation.history import History
from simulation.inputs import England
from simulation.main_source import fill_main_sources
from simulation.month import advance
from simulation.opening import blank_market, fill, open_market, zeros
from simulation.plan import Plan


@rule
def start(market: Array, seed: int, keeps_events: bool) -> None:
    """Open a blank market with a seed's luck."""
    open_market(market[0], seed, keeps_events)


@rule
def run_until(market: Array, until: int) -> None:
    """Run a market up to but not including a month."""
    advance(market[0], until)


@rule
def note_main_sources(market: Array, found: Array) -> None:
    """Fill the main source of each CCG as the market stands (see ``simulation.main_source``)."""
    fill_main_sources(market[0], found)


def run_seeds(england: England, plan: Plan, seeds: Sequence[int], *, event_seeds: int = 0) -> Iterator[History]:
    """Run a plan once for each seed.

    Args:
        england: The data.
        plan: Parameters and dated changes.
        seeds: One a run.
        event_seeds: For how many of the first seeds events are kept.

    Yields:
        The history of each run, in order.
    """
    blank = blank_market(england, plan)
    for place, seed in enumerate(seeds):
        yield run_one(filled(blank), seed, place < event_seeds)


def run_one(market: Array, seed: int, keeps_events: bool) -> History:
    """Run a blank market for one seed, with its snapshots."""
    start(market, seed, keeps_events)
    history = History.blank(market, seed)
    for place, month in enumerate(SNAPSHOTS):
        run_until(market, month + 1)
        history.take(market, place)
    run_until(market, N_MONTHS)
    return history.close(market)


class _Memory(threading.local):
    """The memory of a thread's market."""

    market: Array | None = None


_MEMORY = _Memory()


def filled(blank: Array) -> Array:
    """Return the calling thread's own market, brought to a blank one; the next call brings it to another."""
    if _MEMORY.market is None or _MEMORY.market.dtype != blank.dtype:
        _MEMORY.market = zeros(blank.dtype)
    fill(_MEMORY.market, blank)
    return attributed(_MEMORY.market)


def attributed(market: Array) -> Array:
    """Return a market as the rules read it: plain Python needs fields as attributes, compiled code does not."""
    return market.view(np.recarray) if INTERPRETED else market


def is_compiled() -> bool:
    """Say whether the rules are in the cache, so that a run starts at once."""
    return INTERPRETED or any(Path(str(run_until.stats.cache_path)).glob("engine.run_until*.nbi"))
