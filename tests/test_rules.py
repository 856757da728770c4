"""Does each rule do what its sentence says? A table a rule, with an English name a row."""

import math

import numpy as np
import pytest

from agents.columns import CUSTOMER_OWNED, GRADE_A, GRADE_B, GRADE_C, NHS_BODY, OPTIONS, SALE, SOCIAL_ENTERPRISE
from agents.hosting import chosen_form
from agents.rules.cost import shared_cost, unit_cost
from agents.rules.entry import YEARS_OF_RETURN, entrant_price, expected_return
from agents.rules.experience import clipped, moved, quality_target, satisfaction_target
from agents.rules.merging import merger_gain
from agents.rules.redundancy import (
    SERVICE_SHARES,
    SERVICE_YEARS,
    left_behind_share,
    mean_payment,
    redundancy_payment,
    share_left,
)
from agents.rules.sourcing import line_gains, worth_of
from agents.rules.staffing import hires, monthly_turnover, shed, staff_needed, vacancies_share
from agents.rules.viability import checkpoint_score, fixed_cost_share, grade, plan_score
from simulation.concentration import index_of
from simulation.opening import rating
from simulation.recording import answer

MILLION = 1e6


def worth(local_weight: float, relations: float, pressure: float, own_hands: float) -> float:
    """Return what a source is worth for a line of a tenth of the need and a fifth of what is worth doing oneself."""
    row = np.zeros(1, OPTIONS)
    row["need_share"], row["hands_share"], row["local_weight"] = 0.1, 0.2, local_weight
    return float(worth_of((9.0, 0.5, *line_gains(row[0], 0, 4.0, 2.0, relations, pressure, own_hands))))


RULES = {
    # What support costs
    "a unit that serves a million bears a million in fixed cost at a pound a head": (
        unit_cost(MILLION, 2.0, MILLION, 1.0), 3.0),
    "twice the people halve the fixed cost per head": (unit_cost(MILLION, 2.0, 2 * MILLION, 1.0), 2.5),
    "without fixed cost scale does not matter": (unit_cost(0.0, 2.0, 7.0, 1.0), 2.0),
    "a quarter more efficient is a fifth cheaper": (unit_cost(MILLION, 2.0, MILLION, 1.25), 2.4),
    "a team of one needs no coordination": (shared_cost(10.0, 1, 0.03), 10.0),
    "each partner beyond the first adds the charge": (shared_cost(10.0, 3, 0.03), 10.6),
    # Redundancy
    "nobody is paid for less than two years": (redundancy_payment(1.99, 36_000.0, 24.0, MILLION), 0.0),
    "two years pay two months": (redundancy_payment(2.0, 36_000.0, 24.0, MILLION), 6_000.0),
    "only complete years count": (redundancy_payment(3.99, 36_000.0, 24.0, MILLION), 9_000.0),
    "twenty-four years pay two years' salary": (redundancy_payment(24.0, 36_000.0, 24.0, MILLION), 72_000.0),
    "no more months count than the cap": (redundancy_payment(40.0, 36_000.0, 24.0, MILLION), 72_000.0),
    "a shorter cap counts": (redundancy_payment(40.0, 36_000.0, 12.0, MILLION), 36_000.0),
    "pay above the pay cap does not count": (redundancy_payment(12.0, 100_000.0, 24.0, 80_000.0), 80_000.0),
    "pay at the pay cap counts in full": (redundancy_payment(12.0, 80_000.0, 24.0, 80_000.0), 80_000.0),
    "without months there is no mean payment": (mean_payment(38_000.0, 0.0, MILLION), 0.0),
    "when all transfer nobody is left behind": (left_behind_share(1.0, 0.0, 0.0), 0.0),
    "when none transfers, moves or leaves all are left behind": (left_behind_share(0.0, 0.0, 0.0), 1.0),
    "each step takes its part of those who are left": (left_behind_share(0.5, 0.4, 0.1), 0.27),
    "nobody has left after no time": (share_left(0.01, 0.0), 0.0),
    "a tenth a month leaves 81% after two months": (share_left(0.1, 2.0), 0.19),
    "half a month does not count": (share_left(0.1, 2.5), 0.19),
    # Staff
    "20 FTE for each million of cost": (staff_needed(20e-6, 3 * MILLION), 60.0),
    "a year's turnover is spread over its months": (monthly_turnover(0.12, False, 1.5), 0.01),
    "under uncertainty they leave faster": (monthly_turnover(0.12, True, 1.5), 0.015),
    "a quarter of the vacancies is filled": (hires(100.0, 80.0, 0.25), 5.0),
    "without vacancies nobody is hired": (hires(80.0, 100.0, 0.25), 0.0),
    "a part of the surplus is shed": (shed(80.0, 100.0, 0.05), 1.0),
    "without a surplus nobody is shed": (shed(100.0, 80.0, 0.05), 0.0),
    # Quality, satisfaction, trust
    "an ordinary team comes to what its people bring": (quality_target(0.5, 0.5, 1.0), 0.5),
    "an able leader adds to it": (quality_target(0.5, 1.0, 1.0), 0.7),
    "half the staff costs a fifth": (quality_target(0.5, 0.5, 0.5), 0.3),
    "more staff than needed adds nothing": (quality_target(0.5, 0.5, 2.0), 0.5),
    "quality has a top": (quality_target(0.95, 1.0, 1.0), 1.0),
    "quality has a bottom": (quality_target(0.1, 0.0, 0.0), 0.0),
    "at an ordinary price satisfaction is quality": (satisfaction_target(0.6, 15.0, 15.0, 0.0), 0.6),
    "a price a tenth above costs 3 points": (satisfaction_target(0.6, 16.5, 15.0, 0.0), 0.57),
    "a low price satisfies": (satisfaction_target(0.6, 12.0, 15.0, 0.0), 0.66),
    "past relations colour it": (satisfaction_target(0.6, 15.0, 15.0, -0.2), 0.4),
    "nobody is more than satisfied": (satisfaction_target(0.9, 0.0, 15.0, 0.5), 1.0),
    "a value moves its share of the way": (moved(0.2, 0.8, 0.25), 0.35),
    "at speed 1 it arrives": (moved(0.2, 0.8, 1.0), 0.8),
    "at speed 0 it stays": (moved(0.2, 0.8, 0.0), 0.2),
    "what is within 0 and 1 stays": (clipped(0.3), 0.3),
    "what is below 0 becomes 0": (clipped(-0.3), 0.0),
    "what is above 1 becomes 1": (clipped(1.3), 1.0),
    # Viability
    "a large unit that covers its cost scores in full": (plan_score(2 * MILLION, MILLION, 15.0, 15.0), 1.0),
    "half the size loses a quarter": (plan_score(MILLION / 2, MILLION, 15.0, 15.0), 0.75),
    "income 15% under cost loses a quarter": (plan_score(2 * MILLION, MILLION, 17.0, 20.0), 0.75),
    "income 30% under cost loses half": (plan_score(2 * MILLION, MILLION, 14.0, 20.0), 0.5),
    "beyond that nothing more is lost": (plan_score(2 * MILLION, MILLION, 1.0, 20.0), 0.5),
    "income above cost gains nothing": (plan_score(2 * MILLION, MILLION, 30.0, 15.0), 1.0),
    "one whom nobody intends to use scores for size alone": (plan_score(2 * MILLION, MILLION, 0.0, 0.0), 0.5),
    "where no size is asked for size scores in full": (plan_score(0.0, 0.0, 15.0, 15.0), 1.0),
    "the score is the mean of three domains": (checkpoint_score(0.3, 0.6, 0.9, 0.0), 0.6),
    "the panel's judgement adds to it": (checkpoint_score(0.3, 0.6, 0.9, -0.1), 0.5),
    "at the pass mark the grade is A": (grade(0.56, 0.56, 0.14), GRADE_A),
    "just below it is B": (grade(0.5599, 0.56, 0.14), GRADE_B),
    "at the margin it is still B": (grade(0.5, 0.75, 0.25), GRADE_B),
    "below the margin it is C": (grade(0.4999, 0.75, 0.25), GRADE_C),
    "a fixed cost of a quarter of income": (fixed_cost_share(25.0, 100.0), 0.25),
    "without income fixed cost is all": (fixed_cost_share(25.0, 0.0), 1.0),
    # Mergers
    "a merger gains what it saves less what it disrupts": (
        merger_gain(2 * MILLION, 0.6, 2.0, 8 * MILLION, 0.15), 1.2e6),
    "a merger that saves nothing costs its disruption": (merger_gain(0.0, 0.6, 2.0, 8 * MILLION, 0.15), -1.2e6),
    # Entry
    "a margin on cost": (entrant_price(10.0, 0.08, 0.0, 0.0), 10.8),
    "VAT comes on top of margin and discount": (entrant_price(10.0, 0.08, 0.05, 0.07), 10.0 * 1.08 * 0.95 * 1.07),
    "without a hurdle a margin counts for four years": (
        expected_return(MILLION, 0.1, 0.2, 0.0, 0.0), 20_000.0 * YEARS_OF_RETURN),
    "a hurdle discounts it": (expected_return(MILLION, 0.1, 0.2, 0.5, 0.0), 20_000.0 * YEARS_OF_RETURN / 2.0),
    "without work staying costs money": (expected_return(0.0, 0.1, 0.2, 0.0, 5_000.0), -5_000.0 * YEARS_OF_RETURN),
    # Worths
    "a supplier's worth is its part of tastes less the cost of moving": (
        worth(1.0, relations=1.0, pressure=3.0, own_hands=0.0), 0.5),
    "nearness counts by how local a line is": (
        worth(0.5, relations=1.0, pressure=3.0, own_hands=0.0), 0.4),
    "own hands count by the line's share of local need": (
        worth(1.0, relations=0.0, pressure=0.0, own_hands=3.0), 0.7),
    # Words for numbers
    "most CCGs are green": (rating(0.5), 0),
    "some are amber": (rating(0.7), 1),
    "few are red": (rating(0.99), 2),
    "from the upper mark a CCG is very satisfied": (answer(0.7, 0.4, 0.7), 2),
    "from the lower mark it is quite satisfied": (answer(0.4, 0.4, 0.7), 1),
    "below it is not": (answer(0.39, 0.4, 0.7), 0),
    "the first share become NHS bodies": (chosen_form(0.1, True), NHS_BODY),
    "the next become social enterprises": (chosen_form(0.5, True), SOCIAL_ENTERPRISE),
    "the next are owned by their customers": (chosen_form(0.7, True), CUSTOMER_OWNED),
    "the rest are sold": (chosen_form(0.99, True), SALE),
    "customers do not take on debts": (chosen_form(0.7, False), SALE),
    "a unit staffed to its need has posts for all": (vacancies_share(100.0, 100.0, 0.06), 1.0),
    "one with more staff than will leave has none": (vacancies_share(100.0, 120.0, 0.06), 0.0),
    "one where nobody leaves has none": (vacancies_share(100.0, 100.0, 0.0), 0.0),
    "surplus that takes up half of the leavers' posts leaves half": (vacancies_share(94.0, 97.0, 0.06), 0.5),
    # Concentration
    "one seller is a monopoly": (index_of(np.array([0.0, 5.0, 0.0])), 1.0),
    "four equal sellers make a quarter": (index_of(np.full(4, 3.0)), 0.25),
    "where nothing is sold there is no concentration": (index_of(np.zeros(3)), 0.0),
}  # fmt: skip


@pytest.mark.parametrize("sentence", RULES)
def test_a_rule_does_what_its_sentence_says(sentence):
    found, expected = RULES[sentence]
    assert found == pytest.approx(expected, rel=1e-12, abs=1e-12)


def test_lengths_of_service_are_shares_that_sum_to_1():
    assert math.isclose(SERVICE_SHARES.sum(), 1.0) and (SERVICE_SHARES > 0).all()


def test_some_staff_have_served_too_short_to_be_paid():
    assert SERVICE_YEARS[0] < 2.0


@pytest.mark.parametrize("salary", [36_000.0, 38_000.0, 42_000.0])
def test_the_mean_payment_is_what_the_terms_were_known_to_give(salary):
    assert 24_000 <= mean_payment(salary, 24.0, MILLION) <= 40_000
