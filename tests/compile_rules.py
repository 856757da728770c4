"""Compile the rules into their cache: ``python tests/compile_rules.py``.

In a process of its own, so that what a compile takes of memory is given back.
"""

import numpy as np
from small_market import england, plan_with

from simulation.engine import attributed, note_main_sources, run_until, start
from simulation.market import Market
from simulation.opening import blank_market


def compile_rules() -> None:
    """Compile what tests share: the month as both drivers run it, and the benchmark's core of it."""
    from benchmarks.core import do_core

    market = attributed(blank_market(england(), plan_with()))
    start(market, 1, True)
    do_core(market.copy())
    Market(england(), plan_with(), 1).run()
    note_main_sources(market, np.empty(market["n_ccgs"][0], np.int8))
    run_until(market, 1)  # the last: where it is in the cache, all is


if __name__ == "__main__":
    compile_rules()
