"""On paired seeds, each lever moves its outcome the way that it should, by more than chance."""

import numpy as np
import pytest
from small_market import APRIL_2013, DECEMBER_2016, JUNE_2012, england, outcome, run, scenario_runs

from scenarios.scenario import list_scenarios, load_scenario
from simulation.calendar import month_of

SEEDS = range(1, 41)
NESTS = ("outside_nhs", "other_css", "in_house")
UP, DOWN = 1, -1

LEVERS = {
    "dearer redundancy for CCGs means fewer switches": (
        {f"redundancy.ccg_share_{nest}": 0 for nest in NESTS}, {f"redundancy.ccg_share_{nest}": 1 for nest in NESTS},
        "switches_to_date", DECEMBER_2016, DOWN,
    ),
    "VAT keeps work from private suppliers": (
        {"entry.vat_wedge": 0.0}, {"entry.vat_wedge": 0.2}, "private_share", DECEMBER_2016, DOWN,
    ),
    "a dear entry means fewer suppliers outside the NHS": (
        {"entry.barrier": 50_000}, {"entry.barrier": 5_000_000}, "providers_active", DECEMBER_2016, DOWN,
    ),
    "a smaller allowance means less spending": (
        {"allowance.per_head": 25}, {"allowance.per_head": 18}, "spend_per_head", DECEMBER_2016, DOWN,
    ),
    "a smaller allowance leaves more need unmet": (
        {"allowance.per_head": 25}, {"allowance.per_head": 18}, "unmet_need_share", DECEMBER_2016, UP,
    ),
    "dear leaving keeps work at the home unit": (
        {f"redundancy.ccg_share_{nest}": 0 for nest in NESTS}, {f"redundancy.ccg_share_{nest}": 1 for nest in NESTS},
        "home_css_share", DECEMBER_2016, UP,
    ),
    "an allowance under 12 pounds leaves need unmet": (
        {"allowance.per_head": 14}, {"allowance.per_head": 10}, "unmet_need_share", DECEMBER_2016, UP,
    ),
    "the fewer transfer, the more are redundant": (
        {"tupe.transfer_share": 1}, {"tupe.transfer_share": 0.3}, "fte_redundant_to_date", DECEMBER_2016, UP,
    ),
    "a larger least size leaves fewer units": (
        {"checkpoint.minimum_population": 500_000}, {"checkpoint.minimum_population": 2_500_000}, "css_operating",
        APRIL_2013, DOWN,
    ),
    "pressure leaves more without a choice": (
        {"choice.pressure": 0}, {"choice.pressure": 4}, "no_choice_share", JUNE_2012, UP,
    ),
    "a soft budget costs the board": (
        {"hosting.soft_budget": 0}, {"hosting.soft_budget": 1}, "board_support_to_date", DECEMBER_2016, UP,
    ),
    "a soft budget keeps units open where money is tight": (
        {"allowance.per_head": 21, "hosting.soft_budget": 0}, {"allowance.per_head": 21, "hosting.soft_budget": 1},
        "css_closed_to_date", DECEMBER_2016, DOWN,
    ),
    "later hosting keeps units open where money is tight": (
        {"allowance.per_head": 21, "hosting.ends": 20}, {"allowance.per_head": 21, "hosting.ends": 60},
        "css_closed_to_date", DECEMBER_2016, DOWN,
    ),
    "a framework leaves fewer units": (
        {"framework.in_force": False}, {"framework.in_force": True}, "css_operating", DECEMBER_2016, DOWN,
    ),
    "fewer places leave fewer units": (
        {"framework.in_force": True, "framework.places": 15, "framework.minimum_population": 500_000},
        {"framework.in_force": True, "framework.places": 4, "framework.minimum_population": 500_000},
        "css_operating", DECEMBER_2016, DOWN,
    ),
    "paying for what is stranded keeps work from coming in house": (
        {"stranded.ccg_share_in_house": 0}, {"stranded.ccg_share_in_house": 1}, "in_house_share", DECEMBER_2016, DOWN,
    ),
    "larger CCGs do more themselves": (
        {"ccg.minimum_population": 0}, {"ccg.minimum_population": 750_000}, "in_house_share", DECEMBER_2016, UP,
    ),
    "a higher pass mark leaves fewer units": (
        {"checkpoint.pass_mark": 0.5}, {"checkpoint.pass_mark": 0.65}, "css_operating", APRIL_2013, DOWN,
    ),
    "pressure keeps work at the home unit": (
        {"choice.pressure": 0}, {"choice.pressure": 6}, "home_css_share", APRIL_2013, UP,
    ),
    "a dear business case keeps work from coming in house": (
        {"in_house.business_case_cost": 0}, {"in_house.business_case_cost": 1_000_000}, "in_house_share", DECEMBER_2016,
        DOWN,
    ),
    "longer agreements change hands less often": (
        {"agreement.months": 12}, {"agreement.months": 48}, "switches_to_date", DECEMBER_2016, DOWN,
    ),
    "larger fixed costs make support dearer": (
        {"cost.fixed_scale": 0.7}, {"cost.fixed_scale": 1.5}, "spend_per_head", APRIL_2013, UP,
    ),
    "a taste for one's own hands brings work in house": (
        {"in_house.taste": 0}, {"in_house.taste": 5}, "in_house_share", DECEMBER_2016, UP,
    ),
    "a lower pay cap makes redundancy cheaper": (
        {"redundancy.salary_cap": 1_000_000}, {"redundancy.salary_cap": 20_000}, "redundancy_cost_to_date",
        DECEMBER_2016, DOWN,
    ),
}  # fmt: skip


@pytest.mark.parametrize("sentence", LEVERS)
def test_a_lever_moves_its_outcome(sentence):
    before, after, name, month, way = LEVERS[sentence]
    one, other = (outcome(run(england(), SEEDS, changes), name, month) for changes in (before, after))
    assert_moved(one, other, way)


def assert_moved(one, other, way):
    """Say that paired values moved one way, by more than chance."""
    moves = (other - one) * way
    assert moves.mean() > 3 * moves.std(ddof=1) / np.sqrt(len(moves)), f"{one.mean():.4g} to {other.mean():.4g}"


@pytest.mark.parametrize("name", [name for name in list_scenarios() if name != "baseline"])
def test_a_scenario_of_the_library_moves_its_headline_as_its_file_says(name):
    headline = load_scenario(name).headline
    month = month_of(headline.at)
    one, other = (outcome(scenario_runs(which, 1, 40), headline.outcome, month) for which in ("baseline", name))
    assert_moved(one, other, UP if headline.than_baseline == "higher" else DOWN)


def test_a_national_body_for_the_at_scale_lines_makes_their_sellers_fewer():
    before, after = (run(england(), SEEDS, {"at_scale.form": form}) for form in ("units", "national"))
    for line in np.flatnonzero(england().lines.at_scale):
        one, other = ([h.line_outcomes["hhi_national"][DECEMBER_2016, line] for h in runs] for runs in (before, after))
        assert_moved(np.array(one), np.array(other), UP)
