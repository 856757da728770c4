"""The NHS Commissioning Board: what it does at the start and at the end of a month."""

from agents.checkpoints import hold_checkpoint
from agents.columns import MERGED, NOBODY, State
from agents.compiled import rule
from agents.dates import APRIL_2013
from agents.events import JOINED, NO_PLACE, SAVING, TOO_SMALL, note_unit
from agents.failing import end_the_unviable, let_providers_leave
from agents.framework import award_places, lacks_place
from agents.hosting import end_hosting, form_bodies, take_hosts
from agents.leaders import place_leaders
from agents.lineage import absorb, follow_heirs
from agents.size import by_size, size_of
from agents.supplier import is_unit


@rule
def set_standing(state: State) -> None:
    """Do what is due at the start of a month: hosting begins or ends, places are awarded, at-scale bodies open."""
    take_hosts(state)
    end_hosting(state)
    award_places(state)
    form_bodies(state)


@rule
def oversee(state: State) -> None:
    """Do the board's work at the end of a month, in this order."""
    agree_mergers(state)
    hold_checkpoint(state)
    place_leaders(state)
    end_the_unviable(state)
    let_providers_leave(state)


@rule
def agree_mergers(state: State) -> None:
    """Join the units that want a partner, the smallest first; the larger of a pair goes on and keeps its id."""
    wanted = 0
    for unit in range(state.n_units):
        wanted += state.suppliers[unit].suitor != NOBODY
    if wanted == 0:
        return
    order = by_size(state)
    for place in range(order.size - 1, -1, -1):
        unit = order[place]
        suitor = state.suppliers[unit].suitor
        if suitor == NOBODY or not is_unit(state, unit) or not is_unit(state, suitor):
            continue
        heir, gone = (suitor, unit) if size_of(state, suitor) >= size_of(state, unit) else (unit, suitor)
        reason = NO_PLACE if lacks_place(state, unit) else SAVING
        reason = TOO_SMALL if state.board[0].month < APRIL_2013 else reason
        note_unit(state, JOINED, reason, gone, heir, size_of(state, gone))
        absorb(state, heir, gone, MERGED)
        state.suppliers[heir].suitor = NOBODY
    follow_heirs(state)
