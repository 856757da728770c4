"""What leaving a source costs: the staff attached to the work, their redundancy, and fixed cost left behind."""

from agents.columns import (
    BUY,
    MAKE,
    N_LINES,
    N_NESTS,
    NEST_MAKE,
    NEST_NHS,
    NEST_OUTSIDE,
    NEST_SHARE,
    NHS,
    NOBODY,
    Options,
    State,
)
from agents.compiled import rule
from agents.dates import now
from agents.rules.redundancy import left_behind_share
from agents.supplier import is_of_nhs
from agents.team import is_own_team


@rule
def nest_of(state: State, kind: int, supplier: int) -> int:
    """Return the nest of a source."""
    if kind != BUY:
        return NEST_MAKE if kind == MAKE else NEST_SHARE
    return NEST_NHS if state.suppliers[supplier].sector == NHS else NEST_OUTSIDE


@rule
def is_present(state: State, ccg: int, line: int, kind: int, supplier: int) -> bool:
    """Say whether a source is the one that serves the CCG now; its own team is the same with a neighbour in it."""
    agreements = state.agreements[ccg]
    own_now = is_own_team(agreements.kind[line], agreements.supplier[line], ccg)
    own_then = is_own_team(kind, supplier, ccg)
    if own_now or own_then:
        return own_now and own_then
    return agreements.kind[line] == kind and agreements.supplier[line] == supplier


@rule
def attached_fte(state: State, ccg: int, line: int) -> float:
    """Return the staff attached to a CCG's agreement: its people's part of the team that serves it (FTE)."""
    agreements, row = state.agreements[ccg], state.ccgs[ccg]
    if agreements.kind[line] == BUY:
        seller = state.suppliers[agreements.supplier[line]]
        return seller.fte[line] * row.population / max(seller.heads[line], row.population)
    host = ccg if agreements.kind[line] == MAKE else agreements.supplier[line]
    team = state.ccgs[host]
    return team.fte[line] * row.population / max(team.heads[line], row.population)


@rule
def transferred_share(state: State, line: int, nest: int) -> float:
    """Return the share of attached staff who transfer under TUPE with work that moves to a nest."""
    policy = state.policy[now(state)]
    share = policy.tupe_to_in_house
    if nest == NEST_NHS:
        share = policy.tupe_to_nhs
    elif nest == NEST_OUTSIDE:
        share = policy.tupe_to_outside_nhs
    return share * policy.tupe_transfer_share * state.lines[line].tupe_share


@rule
def redeployed_share(state: State, ccg: int, line: int) -> float:
    """Return the share of attached staff who do not transfer for whom whoever does the line has another post."""
    agreements, policy = state.agreements[ccg], state.policy[now(state)]
    if agreements.kind[line] != BUY:
        return 0.0
    return policy.redundancy_redeployed_share * state.suppliers[agreements.supplier[line]].redeploys


@rule
def redundant_share(state: State, line: int, redeployed: float, nest: int) -> float:
    """Return the share of attached staff who would be redundant if a line moved to a nest."""
    return left_behind_share(transferred_share(state, line, nest), redeployed, state.board[0].left_in_notice)


@rule
def ccg_redundancy_share(state: State, bought: bool, nest: int) -> float:
    """Return the CCG's part of the redundancy bill: all of it for its own staff, else as policy has it."""
    policy = state.policy[now(state)]
    if not bought:
        return 1.0
    if nest == NEST_NHS:
        return policy.redundancy_ccg_share_other_css
    return policy.redundancy_ccg_share_outside_nhs if nest == NEST_OUTSIDE else policy.redundancy_ccg_share_in_house


@rule
def stranded_cost(state: State, ccg: int, line: int) -> float:
    """Return the non-pay fixed cost that a CCG's leaving strands with its supplier until it lapses (GBP)."""
    agreements, policy = state.agreements[ccg], state.policy[now(state)]
    if agreements.kind[line] != BUY:
        return 0.0
    heads = max(state.suppliers[agreements.supplier[line]].heads[line], state.ccgs[ccg].population)
    yearly = state.lines[line].fixed * policy.cost_nonpay_share * state.ccgs[ccg].population / heads
    return yearly * policy.stranded_months / 12.0


@rule
def is_nhs_work(state: State, ccg: int, line: int) -> bool:
    """Say whether a unit or a CCG's own team does a line: redundancy with a provider is the provider's own affair."""
    agreements = state.agreements[ccg]
    return agreements.kind[line] != BUY or is_of_nhs(state, agreements.supplier[line])


@rule
def cost_moving(state: State, ccg: int, line: int, options: Options, k: int) -> None:
    """Fill a line's cost of moving to each nest, spread over an agreement (GBP a head a year), at its place.

    It holds the CCG's share of redundancy and of stranded cost, its own effort of procurement, and the business
    case for work taken in house.
    """
    bought, redeployed = state.agreements[ccg].kind[line] == BUY, redeployed_share(state, ccg, line)
    policy, share = state.policy[now(state)], state.lines[line].need_share
    attached = attached_fte(state, ccg, line) if is_nhs_work(state, ccg, line) else 0.0
    attached *= state.board[0].redundancy_payment
    people_years = state.ccgs[ccg].population * policy.agreement_months / 12.0
    own_effort = stranded_cost(state, ccg, line) * policy.stranded_ccg_share_in_house
    own_effort += policy.in_house_business_case_cost * share
    for nest in range(N_NESTS):
        total = attached * redundant_share(state, line, redeployed, nest) * ccg_redundancy_share(state, bought, nest)
        if nest == NEST_NHS or nest == NEST_OUTSIDE:
            total += policy.choice_procurement_cost * share
        elif bought:
            total += own_effort
        options.moving[nest, k] = total / people_years


@rule
def give_notice(state: State, provider: int) -> None:
    """End a provider's agreements at its notice, and call off those that it has signed but not begun."""
    row, last = state.suppliers[provider], state.board[0].month + int(state.policy[now(state)].agreement_notice)
    for place in range(state.regions[row.first_region].first_ccg, state.regions[row.end_region - 1].end_ccg):
        end_agreements(state, state.by_region[place], provider, last)


@rule
def end_agreements(state: State, ccg: int, provider: int, last: int) -> None:
    """End a CCG's agreements with a provider by a month, and call off those that have not begun."""
    agreements = state.agreements[ccg]
    for line in range(N_LINES):
        if agreements.supplier[line] == provider and agreements.kind[line] == BUY:
            agreements.end[line] = min(agreements.end[line], last)
        follows = agreements.next_supplier[line] == provider and agreements.next_kind[line] == BUY
        if follows and agreements.next_start[line] != NOBODY:
            agreements.next_start[line] = NOBODY
            state.ccgs[ccg].signed -= 1
