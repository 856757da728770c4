"""Run a very small market for some months and write its outcomes' bytes: ``python tests/plain_run.py MONTHS FILE``.

In a process of its own it can run as plain Python, with NUMBA_DISABLE_JIT=1.
"""

import sys
from pathlib import Path

from small_market import plan_with, small_england, values_of

from agents.compiled import INTERPRETED
from simulation.engine import attributed, run_until, start
from simulation.opening import blank_market

SEED = 4


def outcomes_of(months: int) -> bytes:
    """Return what the first months of a run of four CCGs leave behind, as bytes."""
    market = attributed(blank_market(small_england(["Derbyshire PCT Cluster"], ["generalist-01"]), plan_with()))
    start(market, SEED, False)
    run_until(market, months)
    return values_of(market["outcomes"][0, :months]) + values_of(market["agreements"][0, :4])


if __name__ == "__main__":
    print("plain" if INTERPRETED else "compiled")
    Path(sys.argv[2]).write_bytes(outcomes_of(int(sys.argv[1])))
