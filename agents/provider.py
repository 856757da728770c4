"""Suppliers outside the NHS: private firms, general and special, voluntary bodies and councils."""

from agents.columns import FREE_STANDING, IDLE, N_LINES, NOBODY, State
from agents.compiled import rule
from agents.dates import now
from agents.framework import fee_share
from agents.rules.cost import unit_cost
from agents.rules.entry import entrant_price, expected_return
from agents.rules.staffing import staff_needed
from agents.supplier import LEAST_VOLUME, bundle_price, expect_volume, learn_quality, line_cost, sells, vat_rate

INTRODUCTION = 24
QUARTER = 3
ENTRY_STAKE = 0.5
"""Most of its capital that a provider puts into entering (share; assumed, A-18)."""


@rule
def set_prices(state: State, provider: int) -> None:
    """Post prices: expected cost and a margin, less for the bold while new in the market, with any fee and VAT."""
    row, policy = state.suppliers[provider], state.policy[now(state)]
    new = not sells(state, provider) or state.board[0].month - row.entered < INTRODUCTION
    discount = policy.entry_discount * row.optimism if new else 0.0
    vat, fee = vat_rate(state, provider), fee_share(state, provider)
    for line in range(N_LINES):
        if row.can[line]:
            heads = max(row.expected_heads[line] + policy.entry_other_business, LEAST_VOLUME)
            cost = unit_cost(state.lines[line].fixed, state.lines[line].variable, heads, row.efficiency)
            cost += terms_cost(state, provider, line) / max(row.expected_heads[line], LEAST_VOLUME)
            row.price[line] = entrant_price(cost, policy.entry_margin, discount, vat) * (1.0 + fee)
    row.bundle_price = bundle_price(state, provider)


@rule
def terms_cost(state: State, provider: int, line: int) -> float:
    """Return what staff who keep NHS terms add to a line's cost (GBP a year). Source: K-11, K-46."""
    policy = state.policy[now(state)]
    pay = policy.redundancy_salary * (1.0 + policy.redundancy_on_cost)
    return state.suppliers[provider].on_nhs_terms[line] * pay * policy.tupe_terms_cost


@rule
def weigh_entry(state: State, provider: int) -> None:
    """Once a quarter, leave what no longer pays, and look for what most exceeds the cost of entering it."""
    row, policy, board = state.suppliers[provider], state.policy[now(state)], state.board[0]
    row.wanted_region = NOBODY
    if (row.status != FREE_STANDING and row.status != IDLE) or board.month % QUARTER != 0 or row.leaving:
        return
    if row.status == FREE_STANDING and board.month - row.entered >= INTRODUCTION:
        withdraw(state, provider)
    if policy.entry_barrier - row.reserves > ENTRY_STAKE * policy.entry_capital:
        return
    best = policy.entry_barrier
    for region in range(row.first_region, row.end_region):
        for line in range(N_LINES):
            if row.can[line] and not state.offered[region, provider, line]:
                worth = row.optimism * return_of(state, provider, region, line)
                if worth > best:
                    best, row.wanted_region, row.wanted_line = worth, region, line


@rule
def withdraw(state: State, provider: int) -> None:
    """Stop offering, in the regions where it is not worth the bidding, the lines in which a provider serves nobody."""
    row, kept = state.suppliers[provider], 0
    for region in range(row.first_region, row.end_region):
        offered = state.offered[region, provider]
        for line in range(N_LINES):
            if offered[line]:
                idle = row.heads[line] <= 0.0
                offered[line] = not (idle and return_of(state, provider, region, line) < 0.0)
                kept += offered[line]
    row.gives_up = kept == 0 and row.customers == 0


@rule
def return_of(state: State, provider: int, region: int, line: int) -> float:
    """Return what entering a region's line is worth to a provider (GBP), at its margin over added cost."""
    row, policy = state.suppliers[provider], state.policy[now(state)]
    work = state.regions[region].due[line] * state.lines[line].contestable
    vat = vat_rate(state, provider)
    margin = 1.0 - state.lines[line].variable / row.efficiency * (1.0 + vat) / row.price[line]
    return expected_return(work, row.win_chance, margin, policy.entry_hurdle, policy.entry_bidding_cost)


@rule
def count_markets(state: State, provider: int) -> int:
    """Return in how many markets, each a line in a region, a provider sells."""
    row, total = state.suppliers[provider], 0
    for region in range(row.first_region, row.end_region):
        for line in range(N_LINES):
            total += state.offered[region, provider, line]
    return total


@rule
def leave_markets(state: State, provider: int) -> None:
    """Stop offering any line in any region."""
    row = state.suppliers[provider]
    for region in range(row.first_region, row.end_region):
        state.offered[region, provider, :] = 0


@rule
def deliver(state: State, provider: int) -> None:
    """Staff the provider to its work, bear a month's cost, and let quality, expected volume and capital follow."""
    if not sells(state, provider):
        return
    row, policy, board = state.suppliers[provider], state.policy[now(state)], state.board[0]
    cost = policy.entry_bidding_cost * count_markets(state, provider)
    for line in range(N_LINES):
        yearly = line_cost(state, provider, line, row.heads[line])
        needed = staff_needed(state.lines[line].fte_per_gbp, yearly)
        board.fte_left += max(0.0, row.fte[line] - needed)
        board.fte_hired += max(0.0, needed - row.fte[line])
        row.fte[line] = needed
        row.on_nhs_terms[line] = min(row.on_nhs_terms[line] * (1.0 - policy.staffing_turnover / 12.0), needed)
        learn_quality(state, provider, line, needed, 0.0)
        cost += yearly + terms_cost(state, provider, line)
    row.cost = cost / 12.0
    expect_volume(state, provider, policy.cost_volume_learning)
    row.reserves += row.receipts - row.cost + row.charges
    row.charges = 0.0
