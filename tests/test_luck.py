"""The two tests of luck: the same seed gives the same history, and what is added changes nobody else's luck."""

from dataclasses import replace

import numpy as np
import pytest
from small_market import (
    FAR_CLUSTER,
    FEW_PROVIDERS,
    THREE_CLUSTERS,
    arrays,
    england,
    plan_with,
    run,
    small_england,
    values_of,
    with_ccgs,
)

from agents.columns import SHARE
from agents.in_mesa import Ccg, Css, Provider
from simulation.engine import run_seeds
from simulation.market import Market
from simulation.parameters import Parameters
from simulation.plan import DatedChange, Plan

SEEDS = (1, 2, 3)
DRAWN_FOR_A_CCG = (
    "key", "population", "capability", "efficiency", "relations", "rating", "taste_quality", "taste_presence",
    "taste_known", "taste_in_house", "own_line", "turn", "looks_around", "home", "n_reviews",
)  # fmt: skip
DRAWN_FOR_A_SUPPLIER = ("key", "leadership", "efficiency", "start_quality", "optimism", "win_chance", "home_population")
INTENDED = ("next_kind", "next_supplier", "next_price", "next_months")


def opened(market, seed=1):
    """Return a market on the first day of January 2012, with the seed's luck."""
    return Market(market, plan_with(), seed).columns


def without_provider(history, row):
    """Return a history without one supplier, from whom nobody buys."""
    return replace(history, suppliers=np.delete(history.suppliers, row, axis=1))


def test_the_same_seed_gives_the_same_history():
    market = small_england()
    first, again = run(market, [3, 4, 3], events=True)[0], run(market, [3], events=True)[0]
    assert arrays(first) == arrays(again)


def test_a_run_does_not_depend_on_the_runs_before_it():
    market = small_england()
    assert arrays(run(market, [1, 2, 3])[2]) == arrays(run(market, [3])[0])


def test_another_seed_gives_another_history():
    one, other = run(small_england(), [1, 2])
    assert arrays(one)["outcomes"] != arrays(other)["outcomes"]


def with_idle_provider():
    """Return the small market with one more potential provider at the end that can sell nothing."""
    market = small_england()
    old = market.providers
    more = replace(
        old,
        provider=(*old.provider, "nobody-01"),
        kind=(*old.kind, "specialist"),
        lines=np.vstack([old.lines, np.zeros_like(old.lines[:1])]),
        shas=(*old.shas, old.shas[0]),
    )
    return replace(market, providers=more)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_provider_that_can_sell_nothing_changes_no_ccg_and_no_other_supplier(seed):
    without, having = run(small_england(), [seed])[0], run(with_idle_provider(), [seed])[0]
    having = without_provider(having, -1)
    for table in ("ccgs", "suppliers", "agreements", "line_outcomes"):
        assert arrays(having)[table] == arrays(without)[table], table


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_one_more_provider_changes_the_first_luck_of_nobody_else(seed):
    fewer = opened(small_england(), seed)
    more = opened(small_england(providers=("generalist-03", *FEW_PROVIDERS)), seed)
    old, n = [0, 1, 2, 4, 5, 6, 7, 8], 13
    for name in DRAWN_FOR_A_SUPPLIER:
        assert more["suppliers"][0, old][name].tobytes() == fewer["suppliers"][0, :8][name].tobytes(), name
    for name in DRAWN_FOR_A_CCG:
        assert more["ccgs"][0, :n][name].tobytes() == fewer["ccgs"][0, :n][name].tobytes(), name
    assert more["near"][0, :, :n].tobytes() == fewer["near"][0, :, :n].tobytes()
    assert more["offered"][0][:, old].tobytes() == fewer["offered"][0][:, :8].tobytes()
    assert more["trust"][0][old, :n].tobytes() == fewer["trust"][0, :8, :n].tobytes()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_one_more_ccg_far_away_changes_nobody_elses_luck_nor_first_intention(seed):
    fewer = run(small_england(), [seed])[0]
    market = small_england((*THREE_CLUSTERS, FAR_CLUSTER))
    more, far = run(market, [seed])[0], market.ccgs.pct_cluster.index(FAR_CLUSTER)
    ccgs, agreed = np.delete(more.ccgs[0], far), np.delete(more.agreements[0], far, axis=0)
    for name in DRAWN_FOR_A_CCG:
        assert ccgs[name].tobytes() == fewer.ccgs[0][name].tobytes(), name
    for name in DRAWN_FOR_A_SUPPLIER:
        assert more.suppliers[0][name].tobytes() == fewer.suppliers[0][name].tobytes(), name
    bought = agreed["next_kind"] != SHARE
    for name in INTENDED:
        assert agreed[name][bought].tobytes() == fewer.agreements[0][name][bought].tobytes(), name


LATE_CHANGES = {
    "the allowance": ("allowance.per_head", 18.0),
    "the noise of choices": ("choice.noise", 0.0),
    "the cost of entry": ("entry.barrier", 0.0),
    "the length of agreements": ("agreement.months", 60.0),
    "the redundancy that CCGs pay": ("redundancy.ccg_share_other_css", 0.0),
    "the surplus asked for": ("cost.surplus_target", 0.05),
}


@pytest.mark.parametrize("what", LATE_CHANGES)
def test_a_late_policy_leaves_every_month_before_it_as_it_was(what):
    name, value = LATE_CHANGES[what]
    month = 45
    dated = Plan(Parameters(), (DatedChange(month, name, value),))
    before, after = run(england(), [5])[0], next(run_seeds(england(), dated, [5]))
    assert values_of(after.outcomes[:month]) == values_of(before.outcomes[:month])
    assert values_of(after.line_outcomes[:month]) == values_of(before.line_outcomes[:month])
    assert values_of(after.outcomes) != values_of(before.outcomes)


def reordered(market, seed):
    """Return a market with its CCGs in another order."""
    return with_ccgs(market, np.random.default_rng(seed).permutation(len(market.ccgs.ods_code)).tolist())


def by_code(market, history, snapshot=0):
    """Return a snapshot's CCGs and agreements in the order of their codes, hosts by code."""
    order = np.argsort(market.ccgs.ods_code)
    agreed = history.agreements[snapshot].copy()
    for name, kind in (("supplier", "kind"), ("next_supplier", "next_kind")):
        place = np.argsort(order)
        shared = agreed[kind] == SHARE
        agreed[name][shared] = place[agreed[name][shared]]
    return history.ccgs[snapshot][order], agreed[order]


@pytest.mark.parametrize("seed", SEEDS)
def test_the_order_of_the_ccgs_changes_neither_their_attributes_nor_their_first_intentions(seed):
    market, shuffled = england(), reordered(england(), seed)
    ccgs, agreed = by_code(market, run(market, [seed])[0])
    same, agreed_too = by_code(shuffled, run(shuffled, [seed])[0])
    for name in DRAWN_FOR_A_CCG:
        assert same[name].tobytes() == ccgs[name].tobytes(), name
    for name in ("next_kind", "next_supplier", "next_months"):
        assert agreed_too[name].tolist() == agreed[name].tolist(), name


@pytest.mark.parametrize("seed", SEEDS)
def test_the_order_of_the_ccgs_changes_no_agreement_to_the_end(seed):
    market, shuffled = england(), reordered(england(), seed)
    agreed = by_code(market, run(market, [seed])[0], -1)[1]
    agreed_too = by_code(shuffled, run(shuffled, [seed])[0], -1)[1]
    for name in ("kind", "supplier", "start", "end"):
        assert agreed_too[name].tolist() == agreed[name].tolist(), name


class Shuffled(Market):
    """A market whose agents act in a new order in each phase."""

    def post_offers(self) -> None:
        """2. Prices and entries, providers first."""
        self._count_work_due(self.columns)
        self.providers.shuffle_do("set_prices")
        self.providers.shuffle_do("weigh_entry")
        self.units.shuffle_do("set_prices")
        self._open_entries(self.columns)

    def state_intentions(self) -> None:
        """3. Intentions."""
        self.ccgs.shuffle_do("state_intention")

    def choose_sources(self) -> None:
        """4. Choices."""
        self.ccgs.shuffle_do("choose_sources")

    def deliver(self) -> None:
        """7. Delivery, providers first."""
        self._tally(self.columns)
        self.providers.shuffle_do("deliver")
        self.units.shuffle_do("deliver")
        self.ccgs.shuffle_do("staff_team")
        self._count_quality(self.columns)
        self.ccgs.shuffle_do("judge_support")

    def oversee(self) -> None:
        """8. Reviews of units, then the board."""
        self.units.shuffle_do("review_unit")
        self.board.oversee()


SUMMED_IN_TURN = (
    "fte_left_to_date", "fte_hired_to_date", "fte_redundant_to_date", "fte_redundant_pct_to_date",
    "redundancy_cost_to_date", "redundancy_cost_css_to_date", "redundancy_cost_board_to_date",
    "redundancy_cost_pct_to_date", "board_support_to_date",
)  # fmt: skip
"""What agents add to one sum as they act; the order of a sum moves its last bits."""


@pytest.mark.parametrize("seed", [1, 2])
def test_the_order_in_which_agents_act_changes_nothing_that_they_do(seed):
    plan = plan_with()
    ordered = Market(small_england(), plan, seed).run()
    shuffled = Shuffled(small_england(), plan, seed).run()
    for table in ("ccgs", "suppliers", "agreements", "line_outcomes"):
        assert arrays(shuffled)[table] == arrays(ordered)[table], table
    for name in ordered.outcomes.dtype.names:
        mine, theirs = shuffled.outcomes[name], ordered.outcomes[name]
        rounding = 1e-12 if name in SUMMED_IN_TURN else 0.0
        assert np.allclose(mine, theirs, rtol=rounding, atol=0.0), name


def test_agents_are_of_the_three_kinds_that_are_shuffled():
    kinds = {type(agent) for agent in Shuffled(small_england(), plan_with(), 1).agents}
    assert {Ccg, Css, Provider} < kinds
