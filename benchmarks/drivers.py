"""Time a run of England, compiled and through Mesa's agents, in one process; ratios first."""

import time
from collections.abc import Callable
from statistics import median

from simulation.engine import run_seeds
from simulation.inputs import read_england
from simulation.market import Market
from simulation.plan import Plan

RUNS = 30
MESA_RUNS = 5


def seconds(act: Callable[[int], object], runs: int) -> list[float]:
    """Return the time of each of a number of runs, after one that is not counted."""
    act(0)
    times = []
    for seed in range(1, runs + 1):
        start = time.perf_counter()
        act(seed)
        times.append(time.perf_counter() - start)
    return times


def main() -> None:
    """Print the table of drivers."""
    england, plan = read_england(), Plan()
    histories = run_seeds(england, plan, range(RUNS + 1))
    compiled = seconds(lambda _: next(histories), RUNS)
    mesa = seconds(lambda seed: Market(england, plan, seed).run(), MESA_RUNS)
    print(f"Mesa over compiled: {median(mesa) / median(compiled):.1f} times (medians of one process)")
    print("driver     runs   median ms   least ms")
    for name, times in (("compiled", compiled), ("mesa", mesa)):
        print(f"{name:9s} {len(times):5d} {1e3 * median(times):11.1f} {1e3 * min(times):10.1f}")


if __name__ == "__main__":
    main()
