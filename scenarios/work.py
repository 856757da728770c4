"""A piece of work: how many runs and workers may be asked for, and who is told how it goes."""

import os
from collections.abc import Callable
from dataclasses import dataclass

MOST_RUNS = 10_000_000
MOST_SEED = 10**15
MOST_WORKERS = 1_024
RANGES = {"runs": (1, MOST_RUNS), "seed": (0, MOST_SEED), "workers": (1, MOST_WORKERS), "event_runs": (0, MOST_RUNS)}


@dataclass(frozen=True)
class Watch:
    """Who is told how a job goes.

    Args:
        on_compiling: Is called before the rules are compiled, which happens once after they change.
        on_runs: Is called with the number of runs that are complete, as they are.
    """

    on_compiling: Callable[[], None] = lambda: None
    on_runs: Callable[[int], None] = lambda done: None


def number_fault(name: str, value: object, label: str | None = None) -> str | None:
    """Say what is wrong with one of a job's numbers, or None when it is allowed.

    Args:
        name: Its name in ``RANGES``.
        value: What was given.
        label: How to call it, where that is not its name.
    """
    low, high = RANGES[name]
    if isinstance(value, int) and not isinstance(value, bool) and low <= value <= high:
        return None
    return f"{label or name} = {value!r} is not allowed: it must be a whole number from {low:,} to {high:,}"


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
