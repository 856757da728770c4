"""The board's hosting of units from April 2013, its end, and the form that each unit then takes."""

from agents.chance import FORM, draw_key, uniform
from agents.columns import (
    BODY,
    BY_NATIONAL_BODY,
    BY_NETWORK,
    CUSTOMER_OWNED,
    FREE_STANDING,
    HOSTED,
    IDLE,
    N_LINES,
    NHS_BODY,
    NOBODY,
    PRIVATE,
    SALE,
    SOCIAL_ENTERPRISE,
    State,
)
from agents.compiled import rule
from agents.dates import APRIL_2013, now
from agents.events import FORMED, HOSTING_ENDED, note_unit
from agents.supplier import is_unit

FORM_SHARES = (0.4, 0.65, 0.85)
"""Cumulative shares of units that choose to be an NHS body, a social enterprise, customer-owned; the rest are sold
(assumed: no form was decided, K-11; A-16)."""


@rule
def take_hosts(state: State) -> None:
    """In April 2013 take every unit that is left under the board's hosting."""
    if state.board[0].month == APRIL_2013:
        for unit in range(state.n_units):
            if is_unit(state, unit):
                state.suppliers[unit].status = HOSTED


@rule
def end_hosting(state: State) -> None:
    """Let units stand alone, each in its form, once hosting ends; at-scale bodies stay NHS bodies."""
    board, ends = state.board[0], int(state.policy[now(state)].hosting_ends)
    if board.hosting_over or ends == 0 or board.month < max(APRIL_2013, ends - 1):
        return
    board.hosting_over = 1
    for supplier in range(state.n_suppliers):
        row = state.suppliers[supplier]
        if is_unit(state, supplier):
            take_form(state, supplier)
        elif row.kind == BODY and row.status == HOSTED:
            row.status, row.form = FREE_STANDING, NHS_BODY


@rule
def take_form(state: State, unit: int) -> None:
    """Give a unit the form that policy has, or else the one that it chooses; one that is sold leaves the NHS."""
    row = state.suppliers[unit]
    row.form = int(state.policy[now(state)].hosting_form)
    if row.form == 0:
        luck = uniform(draw_key(state.board[0].seed, FORM, row.key, 0))
        row.form = chosen_form(luck, row.reserves >= 0.0)
    row.status = FREE_STANDING
    if row.form == SALE:
        row.sector = PRIVATE
    note_unit(state, FORMED, HOSTING_ENDED, unit, NOBODY, row.reserves)


@rule
def chosen_form(luck: float, solvent: bool) -> int:
    """Return the form that a unit takes, by luck from 0 to 1; customers do not take on one with debts: it is sold.

    Source:
        K-11; A-16.
    """
    if luck < FORM_SHARES[0]:
        return NHS_BODY
    if luck < FORM_SHARES[1]:
        return SOCIAL_ENTERPRISE
    return CUSTOMER_OWNED if luck < FORM_SHARES[2] and solvent else SALE


@rule
def form_bodies(state: State) -> None:
    """Open the at-scale bodies that policy asks for and let the others take on nothing more. Source: K-40, K-41."""
    board, form = state.board[0], int(state.policy[now(state)].at_scale_form)
    for region in range(state.n_regions):
        state.regions[region].body = NOBODY
    for supplier in range(state.n_units, state.n_suppliers):
        row = state.suppliers[supplier]
        if row.kind != BODY:
            continue
        asked = form == BY_NATIONAL_BODY if row.region == NOBODY else form == BY_NETWORK
        if asked and row.status == IDLE:
            row.status = FREE_STANDING if board.hosting_over else HOSTED
        for region in range(row.first_region, row.end_region):
            if asked:
                state.regions[region].body = supplier
            for line in range(N_LINES):
                state.offered[region, supplier, line] = asked and row.can[line]
