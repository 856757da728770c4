"""Money, staff and people balance every month, in every scenario of the library."""

import numpy as np
import pytest
from balances import APRIL_2013, agreements, counts, money, not_finite, people_served, shares, staff, units
from small_market import england, scenario_runs

from scenarios.scenario import list_scenarios

CHECKS = {
    "every number is finite": not_finite,
    "what CCGs pay is received once, and redundancy is paid once": money,
    "shares sum to 1": shares,
    "every unit proposed is operating, stopped, merged, closed or sold": units,
    "staff change by those hired, those who left and those made redundant": staff,
    "counts are whole and what is to date never falls": counts,
    "every CCG has one agreement a line with a source that is there": agreements,
    "the people served are England's": people_served,
}


@pytest.mark.parametrize("scenario", list_scenarios())
@pytest.mark.parametrize("sentence", CHECKS)
def test_it_balances(sentence, scenario):
    faults = [fault for history in scenario_runs(scenario, 1, 3) for fault in CHECKS[sentence](england(), history)]
    assert faults == []


@pytest.mark.parametrize("scenario", list_scenarios())
def test_forty_one_units_are_proposed(scenario):
    assert [history.outcomes["css_operating"][0] for history in scenario_runs(scenario, 1, 3)] == [41, 41, 41]


@pytest.mark.parametrize("scenario", list_scenarios())
def test_the_price_index_is_1_in_april_2013(scenario):
    assert [history.outcomes["price_index"][APRIL_2013] for history in scenario_runs(scenario, 1, 3)] == [1, 1, 1]


@pytest.mark.parametrize("scenario", list_scenarios())
def test_suppliers_outside_the_nhs_are_private_and_others(scenario):
    for history in scenario_runs(scenario, 1, 3):
        out = history.outcomes
        assert np.allclose(out["outside_nhs_share"], out["private_share"] + out["other_supplier_share"], rtol=1e-12)


@pytest.mark.parametrize("scenario", list_scenarios())
def test_what_suppliers_receive_is_income_of_nhs_units_and_of_others(scenario):
    for history in scenario_runs(scenario, 1, 3):
        live = history.outcomes[APRIL_2013:]
        assert (live["css_income"] / 12 <= live["supplier_receipts"] * (1 + 1e-9)).all()


@pytest.mark.parametrize("scenario", list_scenarios())
def test_spend_by_line_sums_to_spend(scenario):
    people = england().ccgs.population.sum()
    for history in scenario_runs(scenario, 1, 3):
        by_line = history.line_outcomes["spend"].sum(axis=1)
        assert np.allclose(by_line, history.outcomes["spend_per_head"] * people, rtol=1e-9)


@pytest.mark.parametrize("scenario", list_scenarios())
def test_staff_counted_by_employer_are_the_staff_of_the_agents(scenario):
    from simulation.calendar import SNAPSHOTS

    for history in scenario_runs(scenario, 1, 3):
        out = history.outcomes[list(SNAPSHOTS)]
        stock = history.suppliers["fte"].sum(axis=(1, 2)) + history.ccgs["fte"].sum(axis=(1, 2))
        assert np.allclose(out["fte_css"] + out["fte_providers"] + out["fte_ccg"], stock, rtol=1e-9)
