"""On paired seeds, each lever moves its outcome the way that it should, by more than chance."""

import numpy as np
import pytest
from small_market import APRIL_2013, DECEMBER_2016, england, outcome, run

SEEDS = range(1, 21)
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
    moves = (other - one) * way
    assert moves.mean() > 3 * moves.std(ddof=1) / np.sqrt(len(moves)), f"{one.mean():.4g} to {other.mean():.4g}"
