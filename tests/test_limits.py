"""Cases whose answer is known before the model is run."""

import numpy as np
from small_market import APRIL_2013, DECEMBER_2016, england, outcome, run, scenario_runs, small_england

from agents.events import CLOSED, DEBT

SEEDS = range(1, 11)


def baseline():
    """Return the runs of the baseline for the same seeds."""
    return scenario_runs("baseline", 1, 20)[: len(SEEDS)]


def test_without_an_allowance_all_need_is_unmet():
    for history in run(england(), SEEDS, {"allowance.per_head": 0}):
        assert np.allclose(history.outcomes["unmet_need_share"][APRIL_2013:], 1.0, rtol=1e-12)


def test_without_an_allowance_nothing_is_paid_for_support():
    for history in run(england(), SEEDS, {"allowance.per_head": 0}):
        assert (history.outcomes["supplier_receipts"][APRIL_2013:] == 0.0).all()


def test_with_plenty_hardly_any_need_is_unmet():
    for history in run(england(), SEEDS, {"allowance.per_head": 50}):
        assert (history.outcomes["unmet_need_share"] < 1e-4).all()


def test_hosted_for_ever_on_a_soft_budget_no_unit_fails_for_debt():
    for history in run(england(), SEEDS, {"hosting.ends": 0, "hosting.soft_budget": 1}, events=True):
        closures = history.events[history.events["event"] == CLOSED]
        assert not (closures["reason"] == DEBT).any()


def test_hosted_for_ever_no_unit_stands_alone():
    for history in run(england(), SEEDS, {"hosting.ends": 0}):
        assert (history.outcomes["css_free_standing"] == 0).all()
        assert (history.outcomes["css_sold_to_date"] == 0).all()


def test_when_all_units_are_sold_no_nhs_unit_is_left():
    for history in run(england(), SEEDS, {"hosting.ends": 40, "hosting.form": "sale"}):
        assert history.outcomes["css_operating"][DECEMBER_2016] == 0
        assert history.outcomes["home_css_share"][DECEMBER_2016] == 0
        assert history.outcomes["other_css_share"][DECEMBER_2016] == 0


def test_without_redundancy_cost_and_trust_more_agreements_change_hands():
    free = {"redundancy.cap_months": 0, "choice.taste_known": 0}
    switches = outcome(run(england(), SEEDS, free), "switches_to_date")
    assert switches.mean() > outcome(baseline(), "switches_to_date").mean()


def test_without_pay_for_redundancy_it_costs_nothing():
    for history in run(england(), SEEDS, {"redundancy.cap_months": 0}):
        assert (history.outcomes["redundancy_cost_to_date"] == 0).all()


def test_one_unit_without_rivals_sells_all_that_is_bought():
    alone = small_england(["Derbyshire PCT Cluster"], providers=())
    for history in run(alone, SEEDS, {"choice.noise": 0, "checkpoint.in_force": False, "in_house.taste": -5}):
        out = history.outcomes[APRIL_2013:]
        bought = out["home_css_share"] > 0
        assert bought.any()
        assert np.allclose(out["hhi_national"][bought], 1.0) and np.allclose(out["hhi_local"][bought], 1.0)


def test_small_units_survive_where_fixed_costs_are_low():
    low, high = (run(england(), SEEDS, {"cost.fixed_scale": scale}) for scale in (0.5, 2.2))
    assert outcome(low, "css_closed_to_date").mean() < outcome(high, "css_closed_to_date").mean()


def test_where_no_checkpoint_is_in_force_no_unit_is_stopped():
    for history in run(england(), SEEDS, {"checkpoint.in_force": False}):
        assert (history.outcomes["css_stopped_to_date"] == 0).all()
        assert (history.outcomes["css_rapid_management"] == 0).all()


def test_where_no_staff_transfer_more_are_redundant():
    stay = run(england(), SEEDS, {"tupe.transfer_share": 0})
    assert (outcome(stay, "fte_redundant_to_date") > outcome(baseline(), "fte_redundant_to_date")).all()


def test_where_entry_costs_a_fortune_nobody_enters():
    for history in run(england(), SEEDS, {"entry.barrier": 20_000_000}):
        assert (history.outcomes["provider_entries_to_date"] == 0).all()


def test_without_suppliers_outside_the_nhs_their_share_is_0_until_units_are_sold():
    for history in run(small_england(providers=()), SEEDS, {"hosting.ends": 0}):
        assert (history.outcomes["outside_nhs_share"] == 0).all()
        assert (history.outcomes["vat"] == 0).all()


def test_where_nobody_is_willing_no_team_is_shared():
    for history in run(england(), SEEDS, {"in_house.willing_share": 0}):
        assert (history.outcomes["shared_share"] == 0).all()


def test_where_the_board_pays_no_ccg_pays_for_the_staff_of_a_unit():
    board_pays = {f"redundancy.ccg_share_{nest}": 0 for nest in ("outside_nhs", "other_css", "in_house")}
    for history in run(england(), SEEDS, board_pays | {"redundancy.board_share_of_rest": 1, "hosting.ends": 0}):
        assert (history.outcomes["redundancy_cost_css_to_date"] == 0).all()


def test_without_a_wedge_nobody_pays_vat():
    for history in run(england(), SEEDS, {"entry.vat_wedge": 0}):
        assert (history.outcomes["vat"] == 0).all()
