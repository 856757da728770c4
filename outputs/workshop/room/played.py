"""Agents that a person plays: each does what its person said, and what the model would do where nothing was said.

All compiled rules of the game lie in this file, so that none of them can keep a stale copy of another.
"""

from typing import Any

import numpy as np

from agents.choice import review_all, usual_length, weigh, write_source
from agents.columns import (
    BODY,
    BUY,
    FREE_STANDING,
    MAKE,
    MOST_OPTIONS,
    N_LINES,
    N_NESTS,
    NOBODY,
    SHARE,
    Array,
    State,
)
from agents.compiled import rule, verb
from agents.considering import add_option, consider, heir_of, note_standing
from agents.css import make_redundant, wants_merger
from agents.dates import APRIL_2013, JANUARY_2013, now
from agents.framework import is_barred
from agents.in_mesa import Board, Ccg, Css
from agents.leaving import (
    attached_fte,
    ccg_redundancy_share,
    is_nhs_work,
    is_present,
    redeployed_share,
    redundant_share,
    stranded_cost,
)
from agents.supplier import body_for, bundle_price, is_unit
from agents.team import hosts, team_heads, team_partners, team_price
from agents.terms import quality_seen

OPEN, IF_AGREED = 1, 2
"""How a source is open for a line: to be had, or only if the neighbour makes the line or chooses to share it too."""

OUTLOOK = np.dtype(
    [
        ("n", np.int64),  # sources
        ("kind", np.int8, (MOST_OPTIONS,)),
        ("supplier", np.int16, (MOST_OPTIONS,)),
        ("nest", np.int8, (MOST_OPTIONS,)),
        ("open", np.int8, (MOST_OPTIONS, N_LINES)),  # 0, OPEN or IF_AGREED
        ("price", np.float64, (MOST_OPTIONS, N_LINES)),  # GBP a head a year, with the management of the agreement
        ("quality", np.float64, (MOST_OPTIONS, N_LINES)),  # 0 to 1, as the CCG expects it
        ("attached", np.float64, (N_LINES,)),  # FTE behind the present agreement
        ("redundant", np.float64, (N_LINES, N_NESTS)),  # FTE, were the line to move to a nest
        ("bill", np.float64, (N_LINES, N_NESTS)),  # GBP: their redundancy, whoever pays
        ("own_part", np.float64, (N_LINES, N_NESTS)),  # GBP of it, of stranded cost and business case that the CCG pays
    ],
    align=True,
)
"""What a CCG sees when a person looks around for it."""


@rule
def look(market: Array, ccg: int, outlook: Array) -> None:
    """Fill an OUTLOOK [1] with what a CCG could have for each line, had it all the time to look; change nothing."""
    state, seen = market[0], outlook[0]
    row, options = state.ccgs[ccg], state.options[0]
    had_time = row.looks_around
    row.looks_around = 1
    note_standing(state)
    consider(state, ccg, options)
    options.due[:] = 1
    weigh(state, ccg, options)
    weighed = options.n
    for k in range(row.n_neighbours):
        add_option(state, options, SHARE, row.neighbours[k])
    seen.n = options.n
    for c in range(options.n):
        seen.kind[c], seen.supplier[c], seen.nest[c] = options.kind[c], options.supplier[c], options.nest[c]
    for line in range(N_LINES):
        see_line(state, ccg, line, options, weighed, seen)
        see_bills(state, ccg, line, seen)
    row.looks_around = had_time


@rule
def see_line(state: State, ccg: int, line: int, options: Any, weighed: int, seen: Any) -> None:
    """Fill what each source asks for a line; neighbours beyond the ``weighed`` options might be willing."""
    free = body_for(state, ccg, line) == NOBODY
    seen.open[:, line] = 0
    for c in range(weighed):
        if options.price[c, line] < np.inf:
            seen.open[c, line], seen.price[c, line] = OPEN, options.price[c, line]
            seen.quality[c, line] = quality_seen(state, options, c, line)
    for c in range(options.n if free else 0):
        if options.kind[c] == SHARE and seen.open[c, line] == 0:
            host = options.supplier[c]
            heads, partners = team_heads(state, ccg, line, SHARE, host), team_partners(state, ccg, line, SHARE, host)
            seen.open[c, line] = OPEN if hosts(state, host, line) else IF_AGREED
            seen.price[c, line] = team_price(state, host, line, heads, partners)
            seen.quality[c, line] = state.ccgs[host].quality


@rule
def see_bills(state: State, ccg: int, line: int, seen: Any) -> None:
    """Fill what moving a line would cost, by where it moves: staff, their redundancy, and the CCG's own part."""
    bought, redeployed = state.agreements[ccg].kind[line] == BUY, redeployed_share(state, ccg, line)
    policy, month = state.policy[now(state)], state.board[0].month
    attached = attached_fte(state, ccg, line)
    counted = attached if is_nhs_work(state, ccg, line) else 0.0
    seen.attached[line] = attached
    for nest in range(N_NESTS):
        redundant = counted * redundant_share(state, line, redeployed, nest)
        bill = redundant * state.board[0].redundancy_payment
        seen.redundant[line, nest], seen.bill[line, nest], seen.own_part[line, nest] = redundant, bill, 0.0
        if month >= APRIL_2013:
            own = bill * ccg_redundancy_share(state, bought, nest)
            if bought and nest < 2:
                own += stranded_cost(state, ccg, line) * policy.stranded_ccg_share_in_house
                own += policy.in_house_business_case_cost * state.lines[line].need_share
            seen.own_part[line, nest] = own


@rule
def can_be_had(state: State, ccg: int, line: int, kind: int, supplier: int) -> bool:
    """Say whether a source may be chosen for a line at all."""
    body = body_for(state, ccg, line)
    if kind != BUY:
        return body == NOBODY and (kind == MAKE or supplier != ccg)
    seller = state.suppliers[supplier]
    if body != NOBODY and supplier != body:
        return False
    on_offer = seller.status <= FREE_STANDING and state.offered[state.ccgs[ccg].region, supplier, line] == 1
    return on_offer and (seller.kind == BODY or not is_barred(state, supplier))


@rule
def overrule(market: Array, ccg: int, line: int, kind: int, supplier: int, now: bool) -> None:
    """Put a person's source in the place of what the model chose; where nothing was due, choose it if it is time.

    A unit that has merged stands for its heir. What can't be had leaves the model's choice as it is.
    """
    state = market[0]
    agreements = state.agreements[ccg]
    wanted = heir_of(state, supplier) if kind == BUY else supplier
    if not can_be_had(state, ccg, line, kind, wanted):
        return
    if agreements.choice_kind[line] != NOBODY:
        write_source(state, ccg, line, kind, wanted)
    elif now and agreements.next_start[line] == NOBODY and not is_present(state, ccg, line, kind, wanted):
        write_source(state, ccg, line, kind, wanted)
        agreements.choice_months[line] = usual_length(state, ccg)
        state.ccgs[ccg].n_reviews[line] += 1
        state.ccgs[ccg].chose = 1


@rule
def review_whole(state: State, ccg: int) -> None:
    """Review every line at once."""
    review_all(state, ccg)


@rule
def mark_up(market: Array, unit: int, factor: float) -> None:
    """Multiply a unit's posted prices."""
    row = market[0].suppliers[unit]
    for line in range(N_LINES):
        row.price[line] *= factor
    row.bundle_price = bundle_price(market[0], unit)


@rule
def change_staff(market: Array, unit: int, share: float) -> None:
    """Hire a share of a unit's staff, or where it is negative make that share redundant at the unit's cost."""
    state = market[0]
    row, total = state.suppliers[unit], 0.0
    if not is_unit(state, unit):
        return
    for line in range(N_LINES):
        change = row.fte[line] * share
        row.fte[line] += change
        total += change
    if total > 0.0:
        state.board[0].fte_hired += total
    elif total < 0.0:
        make_redundant(state, unit, -total, -share)


@rule
def offer_merger(market: Array, unit: int, near: int, spoken: int) -> None:
    """Let a unit want to join another: where that has a director (1) at their word (2), else as the model agrees."""
    state = market[0]
    if not is_unit(state, unit) or near in (NOBODY, unit) or not is_unit(state, near):
        return
    agreed = spoken == 2 or (spoken == 0 and wants_merger(state, unit, near))
    state.suppliers[unit].suitor = near if agreed else NOBODY


@rule
def refuse_merger(market: Array, unit: int) -> None:
    """Let a unit join nobody, and nobody join it."""
    state = market[0]
    state.suppliers[unit].suitor = NOBODY
    for other in range(state.n_suppliers):
        if state.suppliers[other].suitor == unit:
            state.suppliers[other].suitor = NOBODY


class PlayedCcg(Ccg):
    """A CCG that takes its person's source for a line where there is one, and its own choice for the rest."""

    _review_whole = staticmethod(verb(review_whole))

    def state_intention(self) -> None:
        """Say what is intended: what the person said, and for the rest what the model would."""
        super().state_intention()
        self._follow(now=False)

    def choose_sources(self) -> None:
        """Choose what is due, then let the person's sources stand.

        In the winter before April 2013 a CCG with a person chooses in January, so that neighbours who choose to share
        do so together.
        """
        month = self.model.month
        if not self._said() or not JANUARY_2013 <= month < APRIL_2013:
            super().choose_sources()
        elif month == JANUARY_2013:
            self._review_whole(self.model.columns, self.row)
        self._follow(now=month >= APRIL_2013 and month == self.model.first_month)

    def _said(self) -> dict[int, tuple[int, int]]:
        """Return what the person said, by line: the kind of source, and the row of the supplier or host."""
        said: dict[int, tuple[int, int]] = self.model.sheets.ccgs.get(self.row, {})
        return said

    def _follow(self, now: bool) -> None:
        for line, (kind, supplier) in self._said().items():
            overrule(self.model.columns, self.row, line, kind, supplier, now)


class PlayedCss(Css):
    """A unit whose director may set prices above or below the model's, change its staff and speak about mergers."""

    def set_prices(self) -> None:
        """Post the model's prices, with the director's mark-up."""
        super().set_prices()
        if self.row in self.model.sheets.units:
            mark_up(self.model.columns, self.row, 1.0 + self.model.sheets.units[self.row].price)

    def deliver(self) -> None:
        """Deliver; in the first month of a season the director's change of staff comes first."""
        sheet = self.model.sheets.units.get(self.row)
        if sheet is not None and self.model.month == self.model.first_month and sheet.staff:
            change_staff(self.model.columns, self.row, sheet.staff)
        super().deliver()


class PlayedBoard(Board):
    """A board that may set the allowance from April and the checkpoint's pass mark."""

    def set_policy(self) -> None:
        """Write what the person set into the policy of the months to come."""
        sheet, policy = self.model.sheets.board, self.model.columns["policy"][0]
        if sheet is None:
            return
        if sheet.allowance is not None:
            policy["allowance_per_head"][sheet.april :] = sheet.allowance
        if sheet.pass_mark is not None:
            policy["checkpoint_pass_mark"][self.model.month :] = sheet.pass_mark

    def oversee(self) -> None:
        """Hear the directors on mergers; then do the board's work."""
        if self.model.month >= APRIL_2013:
            self._hear_directors()
        super().oversee()

    def _hear_directors(self) -> None:
        units, columns = self.model.sheets.units, self.model.columns
        for row, sheet in units.items():
            if sheet.partner != NOBODY:
                told = units.get(sheet.partner)
                spoken = 0 if told is None or told.free else (2 if told.partner == row else 1)
                offer_merger(columns, row, sheet.partner, spoken)
        for row, sheet in units.items():
            if not sheet.free and sheet.partner == NOBODY:
                refuse_merger(columns, row)
