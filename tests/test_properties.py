"""What holds whatever the numbers are."""

from itertools import combinations, product

import numpy as np
import pytest
from balances import faults
from hypothesis import given, settings
from hypothesis import strategies as st
from numba import njit
from scipy.linalg import hadamard
from small_market import run, small_england

from agents import columns
from agents.columns import N_LINES, N_NESTS, NOBODY
from agents.rules import sourcing
from agents.rules.cost import unit_cost
from agents.rules.experience import quality_target, satisfaction_target
from agents.rules.redundancy import left_behind_share, redundancy_payment, share_left
from agents.rules.sourcing import MOST_WEIGHT
from agents.rules.viability import grade, plan_score
from simulation.buyers import with_larger_ccgs
from simulation.parameters import DECLARED

settings.register_profile("reproducible", derandomize=True, deadline=None, max_examples=100)
settings.load_profile("reproducible")

SHARES = st.floats(0, 1)
POUNDS = st.integers(16, 2048).map(lambda n: n / 64)
WORTHS = st.integers(-512, 512).map(lambda n: n / 64)
"""Pounds by the sixty-fourth, so that sums are exact and ties are met."""
POINTS = 500
"""Points drawn from the whole box of parameters."""
LEVERS = [name for name, declaration in DECLARED.items() if declaration.role == "lever"]


@njit
def choose(table: np.ndarray, k: int, weight: float) -> tuple[int, int]:
    """Return the option chosen for a line, and the best of the other nests."""
    sourcing.choose_all(table[0], weight)
    return table[0].chosen[k], table[0].next_best[k]


@njit
def list_draws(table: np.ndarray) -> None:
    """List the draws of luck that each line takes."""
    sourcing.list_draws(table[0], 1.0)


@njit
def weight_that_fits(table: np.ndarray, budget: float) -> float:
    """Choose within a budget and return the weight of price that it takes."""
    return sourcing.choose_within(table[0], budget)


@njit
def total_price(table: np.ndarray, weight: float) -> float:
    """Choose at a weight of price and return the price of all that is chosen."""
    return sourcing.choose_all(table[0], weight)


def choice(nests, price, worth=0.0, within=0.0, between=0.0):
    """Return the option chosen for the first line."""
    return choose(options_of(nests, price, worth, within, between), 0, 1.0)[0]


def options_of(nests, price, worth=0.0, within=0.0, between=0.0):
    """Return what a CCG considers, nest by nest; the numbers are the same for each line."""
    n, within = len(nests), np.broadcast_to(within, len(nests))
    table = np.zeros(1, columns.OPTIONS)
    record = table[0]
    record["due"], record["n_due"], record["lines"] = 1, N_LINES, range(N_LINES)
    record["n"], record["nest"][:n], record["first"] = n, nests, np.searchsorted(nests, range(N_NESTS + 1))
    list_draws(table)
    for nest, luck in enumerate(np.broadcast_to(between, N_NESTS)):
        first, end = record["first"][nest : nest + 2]
        if first < end:
            draw = record["draw_of"][nest]
            record["luck"][draw] = luck
            record["luck"][draw + 1 : draw + 1 + end - first] = within[first:end, None]
    record["price"][:n], record["worth"][:n] = np.reshape(price, (n, 1)), np.broadcast_to(worth, n)[:, None]
    return table


@st.composite
def considered(draw):
    """Draw the nests, prices, worths and luck of 2 to 9 options, and the luck of the nests."""
    n = draw(st.integers(2, 9))
    nests = sorted(draw(st.lists(st.integers(0, 3), min_size=n, max_size=n)))
    several = [draw(st.lists(kind, min_size=n, max_size=n)) for kind in (POUNDS, WORTHS, WORTHS)]
    between = np.array(draw(st.lists(WORTHS, min_size=4, max_size=4)))
    return nests, *several, between


@given(considered())
def test_dearer_never_wins_on_price_alone(case):
    nests, price, *_ = case
    chosen = choice(nests, price)
    assert price[chosen] == min(price)


@given(considered(), st.integers(0, 8), POUNDS)
def test_a_higher_price_never_makes_an_option_the_choice(case, which, more):
    nests, price, worth, within, between = case
    which %= len(nests)
    before = choice(nests, price, worth, within, between)
    dearer = [amount + more * (place == which) for place, amount in enumerate(price)]
    after = choice(nests, dearer, worth, within, between)
    assert before == which or after != which


@given(considered(), st.integers(0, 8))
def test_a_source_listed_twice_moves_no_choice(case, which):
    nests, price, worth, within, between = case
    which %= len(nests)
    twice = [np.insert(values, which, values[which]) for values in (nests, price, worth, within)]
    once = choice(nests, price, worth, within, between)
    again = choice(*twice, between)
    assert again - (again > which) == once


@given(considered(), st.integers(0, 3), POUNDS)
def test_luck_within_a_nest_decides_nothing_between_nests(case, nest, more):
    nests, price, worth, within, between = case
    luckier = [luck + more * (one == nest) for one, luck in zip(nests, within, strict=True)]
    before = choice(nests, price, worth, within, between)
    after = choice(nests, price, worth, luckier, between)
    assert nests[after] == nests[before]


@given(considered())
def test_the_next_best_is_what_would_be_chosen_were_the_nest_of_the_choice_shut(case):
    nests, price, worth, within, between = case
    chosen, following = choose(options_of(nests, price, worth, within, between), 0, 1.0)
    others = [place for place, nest in enumerate(nests) if nest != nests[chosen]]
    left = [np.take(values, others) for values in (nests, price, worth, within)]
    assert following == (others[choice(*left, between)] if others else NOBODY)


@given(considered(), st.floats(1, 200))
def test_price_weighs_as_much_as_it_must_for_the_mix_to_fit(case, budget):
    table = options_of(*case[:4], case[4])
    weight = weight_that_fits(table, budget)
    assert 1.0 <= weight <= MOST_WEIGHT
    if total_price(table, 1.0) <= budget:
        assert weight == 1.0
    elif total_price(table, MOST_WEIGHT) <= budget:
        assert total_price(table, weight) <= budget
    else:
        assert weight == MOST_WEIGHT


@given(considered())
def test_what_is_cheapest_fits_a_budget_for_the_cheapest(case):
    nests, price, *_ = case
    table = options_of(nests, price)
    assert total_price(table, weight_that_fits(table, N_LINES * min(price) * 1.001)) <= N_LINES * min(price) * 1.001


@given(SHARES, SHARES, SHARES, SHARES)
def test_the_share_left_behind_is_a_share_and_falls_as_more_transfer(transferred, more, redeployed, left):
    low, high = sorted((transferred, more))
    assert 0.0 <= left_behind_share(high, redeployed, left) <= left_behind_share(low, redeployed, left) <= 1.0


@given(SHARES, st.integers(0, 60))
def test_the_share_that_leaves_is_a_share_and_grows_with_time(turnover, months):
    assert 0.0 <= share_left(turnover, float(months)) <= share_left(turnover, months + 1.0) <= 1.0


@given(st.floats(0, 45), st.floats(0, 10), st.floats(1e4, 2e5), st.floats(0, 24), st.floats(2e4, 1e6))
def test_longer_service_never_pays_less(years, longer, salary, months, pay_cap):
    paid = redundancy_payment(years, salary, months, pay_cap)
    assert 0.0 <= paid <= redundancy_payment(years + longer, salary, months, pay_cap) <= 2 * salary


@given(SHARES, SHARES, POUNDS, POUNDS, st.floats(-1, 1))
def test_satisfaction_grows_with_quality_and_falls_with_price(quality, better, price, dearer, relations):
    low, high = sorted((quality, better))
    cheap, dear = sorted((price, dearer))
    one = satisfaction_target(low, dear, 16.0, relations)
    assert one <= satisfaction_target(high, dear, 16.0, relations) <= satisfaction_target(high, cheap, 16.0, relations)


@given(SHARES, SHARES, st.floats(0, 3), st.floats(0, 3))
def test_more_staff_never_make_quality_worse(start, ability, staff, more):
    low, high = sorted((staff, more))
    assert quality_target(start, ability, low) <= quality_target(start, ability, high)


@given(st.floats(0, 1e7), st.floats(0, 50), st.floats(1e4, 1e7), st.floats(1e4, 1e7), st.floats(0.5, 1.5))
def test_a_larger_scale_is_never_dearer(fixed, variable, heads, more, efficiency):
    few, many = sorted((heads, more))
    assert unit_cost(fixed, variable, many, efficiency) <= unit_cost(fixed, variable, few, efficiency)


@given(st.floats(0, 1e7), st.floats(1, 5e6), st.floats(0, 1e8), st.floats(0, 1e8))
def test_a_plan_scores_between_0_and_1(served, minimum, income, cost):
    assert 0.0 <= plan_score(served, minimum, income, cost) <= 1.0


@given(st.floats(-1, 2), st.floats(-1, 2), SHARES, st.floats(0.02, 0.5))
def test_a_higher_score_never_has_a_lower_grade(score, other, mark, margin):
    low, high = sorted((score, other))
    assert grade(high, mark, margin) <= grade(low, mark, margin)


def ends_of(declaration):
    """Return the ends of a parameter's range, or all its words."""
    if isinstance(declaration.default, bool):
        return (False, True)
    return declaration.words or (declaration.low, declaration.high)


@pytest.mark.parametrize("name", DECLARED)
def test_at_both_ends_of_a_parameter_the_market_runs_and_balances(name):
    for value in ends_of(DECLARED[name]):
        assert faults_with({name: value}, 1) == [], value


def faults_with(changes, seed):
    """Return what does not balance in a run of a small market with some changes, its CCGs as large as these ask."""
    market = small_england()
    sized = with_larger_ccgs(market, changes.get("ccg.minimum_population", 0.0))
    return faults(sized, run(market, [seed], changes)[0])


def anywhere(declaration, luck):
    """Return a value of a parameter by luck from 0 to 1."""
    if isinstance(declaration.default, bool):
        return bool(luck < 0.5)
    if declaration.words:
        return declaration.words[int(luck * len(declaration.words))]
    value = declaration.low + luck * (declaration.high - declaration.low)
    return float(round(value)) if declaration.whole else value


def by_twos(names):
    """Return changes in which every two of the levers meet at each of their ends, in 64 rows.

    A column of a Hadamard matrix is independent of others where its number is no sum, bit by bit, of theirs. Levers
    of several words take the columns 1, 2, 4, 8 and 16, as many as number their words; the others those from 32.
    """
    bits, for_words, for_ends = hadamard(64) < 0, iter((1, 2, 4, 8, 16)), iter(range(32, 64))
    rows = [{} for _ in bits]
    for name in names:
        values = ends_of(DECLARED[name])
        columns = for_words if len(values) > 2 else for_ends
        taken = [next(columns) for _ in range((len(values) - 1).bit_length())]
        for row, place in zip(rows, bits[:, taken] @ [2**k for k in range(len(taken))], strict=True):
            row[name] = values[place % len(values)]
    return rows


BY_TWOS = by_twos(LEVERS)


def test_every_two_levers_meet_at_each_of_their_ends():
    for one, other in combinations(LEVERS, 2):
        met = {(row[one], row[other]) for row in BY_TWOS}
        assert met == set(product(ends_of(DECLARED[one]), ends_of(DECLARED[other]))), (one, other)


@pytest.mark.parametrize("place", range(len(BY_TWOS)))
def test_levers_at_their_ends_two_by_two_the_market_runs_and_balances(place):
    assert faults_with(BY_TWOS[place], place) == []


@pytest.mark.parametrize("point", range(POINTS))
def test_anywhere_in_the_box_of_parameters_the_market_runs_and_balances(point):
    luck = np.random.default_rng(point).random(len(DECLARED))
    changes = {name: anywhere(one, part) for (name, one), part in zip(DECLARED.items(), luck, strict=True)}
    assert faults_with(changes, point) == []
