"""What one run leaves behind: outcomes, snapshots and events, as arrays."""

from dataclasses import dataclass

import numpy as np

from agents.columns import AGREEMENTS, CCG, SUPPLIER, Array
from simulation.calendar import SNAPSHOTS


def copy(to: Array, source: Array) -> None:
    """Copy records of one type as bytes: field by field takes ten times as long."""
    to.view(np.uint8)[...] = source.view(np.uint8)


@dataclass
class History:
    """One run, copied out of the market that made it.

    Args:
        seed: Its seed.
        outcomes: OUTCOME, [month].
        line_outcomes: Spend and concentration, [month, line].
        ccgs: CCG, [snapshot, ccg].
        suppliers: SUPPLIER, [snapshot, supplier].
        agreements: AGREEMENTS, [snapshot, ccg].
        events: EVENT, [event]; empty where they were not kept.
    """

    seed: int
    outcomes: Array
    line_outcomes: Array
    ccgs: Array
    suppliers: Array
    agreements: Array
    events: Array

    @classmethod
    def blank(cls, market: Array, seed: int) -> "History":
        """Return a history with room for a market's snapshots."""
        n, m, kept = int(market["n_ccgs"][0]), int(market["n_suppliers"][0]), len(SNAPSHOTS)
        return cls(
            seed,
            market["outcomes"][0],
            market["line_outcomes"][0],
            np.zeros((kept, n), CCG),
            np.zeros((kept, m), SUPPLIER),
            np.zeros((kept, n), AGREEMENTS),
            market["events"][0][:0],
        )

    def take(self, market: Array, place: int) -> None:
        """Copy the agents as they stand, as one of the snapshots."""
        n, m = self.ccgs.shape[1], self.suppliers.shape[1]
        copy(self.ccgs[place], market["ccgs"][0, :n])
        copy(self.suppliers[place], market["suppliers"][0, :m])
        copy(self.agreements[place], market["agreements"][0, :n])

    def close(self, market: Array) -> "History":
        """Copy the outcomes and the events at the end of the run.

        Raises:
            RuntimeError: More happened than there is room to log.
        """
        self.outcomes = market["outcomes"][0].copy()
        self.line_outcomes = market["line_outcomes"][0].copy()
        self.events = events_of(market)
        return self


def events_of(market: Array) -> Array:
    """Return a copy of what a market has logged so far: EVENT, [event]; nothing where events are not kept.

    Raises:
        RuntimeError: More happened than there is room to log.
    """
    board, room = market["board"][0, 0], market["events"].shape[1]
    count = int(board["n_events"])
    if count > room:
        raise RuntimeError(f"seed {board['seed']}: {count:,} events are more than the log holds ({room:,})")
    return market["events"][0, :count].copy()
