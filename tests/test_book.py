"""The book of who serves whom is changed with each agreement; counted afresh it says the same."""

import numpy as np
import pytest
from small_market import england

from agents.compiled import together
from agents.seller import open_book
from scenarios.scenario import list_scenarios, load_scenario
from simulation.engine import run_until, start
from simulation.opening import blank_market

KEPT = ("seller", "users", "heads", "served", "customers")
recount = together(open_book)


@pytest.mark.parametrize("scenario", list_scenarios())
def test_a_recount_changes_nothing_in_any_month(scenario):
    market = blank_market(england(), load_scenario(scenario).plan)
    start(market, 5, False)
    for month in range(1, 61):
        run_until(market, month)
        kept = {name: market["book"][0][name].copy() for name in KEPT}
        recount(market)
        assert [name for name in KEPT if not np.array_equal(market["book"][0][name], kept[name])] == [], month
