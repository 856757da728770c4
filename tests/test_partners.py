"""The unit that one looks to join is the one that a look at every unit would find."""

import numpy as np
import pytest
from small_market import england, plan_with

from agents.columns import NOBODY
from agents.compiled import verb
from agents.css import review_unit
from agents.dates import MARCH_2012
from simulation.engine import start
from simulation.opening import OTHER_REGION, blank_market

review = verb(review_unit)


def seen_from(units, unit, wanted):
    """Return how far each unit seems to one that looks for a partner (km): farther where the two would be too few."""
    far = np.hypot(units["x"] - units["x"][unit], units["y"] - units["y"][unit])
    far[units["region"] != units["region"][unit]] *= OTHER_REGION
    short = np.maximum(0.0, wanted - units["home_population"][unit] - units["home_population"])
    far *= 1.0 + short / wanted
    far[unit] = np.inf
    return far


def reviewed(wanted):
    """Return the units in March 2012 once each has looked for a partner, and the rows of those that found one."""
    market = blank_market(england(), plan_with({"formation.minimum_population": wanted}))
    start(market, 1, False)
    market["board"]["month"] = MARCH_2012
    units = market["suppliers"][0, : int(market["n_units"][0])]
    for unit in range(len(units)):
        review(market, unit)
    return units, np.flatnonzero(units["suitor"] != NOBODY)


@pytest.mark.parametrize("wanted", [1_000_000.0, 2_000_000.0])
def test_a_proposal_that_is_too_small_looks_to_the_unit_that_seems_nearest(wanted):
    units, looking = reviewed(wanted)
    assert len(looking) >= 5
    assert units["suitor"][looking].tolist() == [seen_from(units, unit, wanted).argmin() for unit in looking]


def test_it_may_look_past_the_nearest_to_one_with_which_it_is_large_enough():
    units, looking = reviewed(2_000_000.0)
    assert units["suitor"][looking].tolist() != [seen_from(units, unit, 1.0).argmin() for unit in looking]
