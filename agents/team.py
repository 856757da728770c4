"""A CCG's own team, alone or shared with neighbours: who hosts, whom it serves and what it costs."""

from agents.columns import BUY, MAKE, SHARE, State
from agents.compiled import rule
from agents.dates import APRIL_2013, now
from agents.rules.cost import shared_cost, unit_cost


@rule
def team_is_open(state: State, ccg: int, line: int, kind: int, host: int) -> bool:
    """Say whether a CCG may make a line, or join its host, at this review."""
    row, agreements = state.ccgs[ccg], state.agreements[ccg]
    if kind == MAKE:
        return row.looks_around == 1 or row.own_line[line] == 1 or agreements.kind[line] != BUY
    if agreements.kind[line] == SHARE and agreements.supplier[line] == host:
        return True
    return row.looks_around == 1 and hosts(state, host, line)


@rule
def hosts(state: State, ccg: int, line: int) -> bool:
    """Say whether a CCG makes a line itself, or before April 2013 intends to, so that another may join it."""
    agreements = state.agreements[ccg]
    early = state.board[0].month < APRIL_2013
    kind = agreements.next_kind[line] if early else agreements.kind[line]
    supplier = agreements.next_supplier[line] if early else agreements.supplier[line]
    return is_own_team(kind, supplier, ccg)


@rule
def is_own_team(kind: int, supplier: int, ccg: int) -> bool:
    """Say whether a source is a CCG's own team, alone or as host of others."""
    return kind == MAKE or (kind == SHARE and supplier == ccg)


@rule
def team_heads(state: State, ccg: int, line: int, kind: int, host: int) -> float:
    """Return the people whom a CCG's own team, or a host's with the CCG in it, would serve."""
    if kind == MAKE:
        return max(state.ccgs[ccg].population, state.ccgs[ccg].heads[line])
    agreements = state.agreements[ccg]
    joined = agreements.kind[line] == SHARE and agreements.supplier[line] == host
    base = max(state.ccgs[host].population, state.ccgs[host].heads[line])
    return base if joined else base + state.ccgs[ccg].population


@rule
def team_partners(state: State, ccg: int, line: int, kind: int, host: int) -> int:
    """Return how many CCGs a CCG's own team, or a host's with the CCG in it, would serve."""
    if kind == MAKE:
        return 1
    agreements = state.agreements[ccg]
    joined = agreements.kind[line] == SHARE and agreements.supplier[line] == host
    now = max(1, state.book[0].users[state.n_suppliers + host, line])
    return now if joined else now + 1


@rule
def team_price(state: State, host: int, line: int, heads: float, partners: int) -> float:
    """Return what a CCG's team costs for a line, GBP a head a year of the people whom it serves."""
    cost = team_cost(state, host, line, heads)
    return shared_cost(cost, partners, state.policy[now(state)].in_house_coordination_charge)


@rule
def team_cost(state: State, host: int, line: int, heads: float) -> float:
    """Return what a CCG's team costs for a line at a scale, GBP a head a year, without coordination of partners."""
    return unit_cost(state.lines[line].fixed, state.lines[line].variable, heads, state.ccgs[host].efficiency)
