"""The month's core, compiled: the same offers, choice and delivery as ``plain_market`` writes in objects."""

import time
from collections.abc import Callable
from typing import Any

from agents import ccg, css, provider
from agents.choice import review_all
from agents.columns import State
from agents.compiled import rule, together
from agents.considering import note_standing
from agents.supplier import is_of_nhs
from benchmarks.plain_market import PlainMarket
from simulation.engine import attributed, run_until, start
from simulation.inputs import England, read_england
from simulation.opening import blank_market
from simulation.parameters import Parameters, Value
from simulation.plan import Plan
from simulation.tally import count_heads, count_money, count_quality

MONTH, SEED = 24, 1
"""January 2014: the market is open, and most lines have a choice."""

COMPILED_REPEATS, PLAIN_REPEATS = 20, 3


@rule
def core_month(state: State) -> None:
    """Post prices, let every CCG review every line, count who serves whom, and let CCGs judge."""
    for supplier in range(state.n_suppliers):
        if is_of_nhs(state, supplier):
            css.set_prices(state, supplier)
        else:
            provider.set_prices(state, supplier)
    note_standing(state)
    for row in range(state.n_ccgs):
        review_all(state, row)
    count_heads(state)
    count_money(state)
    count_quality(state)
    for row in range(state.n_ccgs):
        ccg.judge_support(state, row)


do_core = together(core_month)


def market_of(england: England, month: int = MONTH, seed: int = SEED, changes: dict[str, Value] | None = None) -> Any:
    """Return a market as it stands at the start of a month."""
    market = attributed(blank_market(england, Plan(Parameters().changed(changes or {}))))
    start(market, seed, False)
    run_until(market, month)
    return market


def compiled_core_seconds() -> float:
    """Return the least time of the compiled core for England."""
    market = market_of(read_england())
    used = market.copy()
    do_core(used)

    def prepare() -> None:
        used[...] = market

    return _least(prepare, lambda: do_core(used), COMPILED_REPEATS)


def plain_core_seconds() -> float:
    """Return the least time of the core in plain objects for England, with a generator's luck."""
    plain = PlainMarket(market_of(read_england())[0], keyed=False)
    plain.step()
    return _least(lambda: None, plain.step, PLAIN_REPEATS)


def _least(prepare: Callable[[], None], act: Callable[[], object], repeats: int) -> float:
    times = []
    for _ in range(repeats):
        prepare()
        began = time.perf_counter()
        act()
        times.append(time.perf_counter() - began)
    return min(times)
