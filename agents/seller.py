"""Who serves a line: suppliers and CCGs' own teams numbered alike, so that both are counted without asking which.

A seller is the row of a supplier, or the number of suppliers plus the row of the CCG that hosts a team.
"""

from agents.columns import BUY, MAKE, State
from agents.compiled import rule


@rule
def seller_of(state: State, ccg: int, kind: int, supplier: int) -> int:
    """Return the seller behind a source of a CCG."""
    host = ccg if kind == MAKE else supplier
    return supplier if kind == BUY else state.n_suppliers + host


@rule
def quality_from(state: State, seller: int, line: int) -> float:
    """Return the quality (0 to 1) of a line as a seller delivers it."""
    suppliers = state.n_suppliers
    bought = state.suppliers[min(seller, suppliers - 1)].quality[line]
    made = state.ccgs[max(seller - suppliers, 0)].quality
    return bought if seller < suppliers else made


@rule
def delivered_quality(state: State, ccg: int, line: int) -> float:
    """Return the quality (0 to 1) of a line as it is delivered to a CCG."""
    agreement = state.agreements[ccg, line]
    return quality_from(state, seller_of(state, ccg, agreement.kind, agreement.supplier), line)
