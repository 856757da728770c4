"""The table at which a room plays: its market, brought to wherever the room's record stands, by playing it again."""

import json
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import mesa
import numpy as np

from agents.columns import MAKE, NOBODY, Array
from agents.events import MADE_REDUNDANT
from outputs.workshop.room.market import NOTHING, BoardSheet, DirectorSheet, RoomMarket, Sheets
from outputs.workshop.room.played import OUTLOOK, look
from outputs.workshop.room.seasons import SEASONS, WINTER
from outputs.workshop.room.who import Who
from scenarios.scenario import Scenario, load_scenario
from simulation.buyers import with_larger_ccgs
from simulation.inputs import England

Sheet = Mapping[str, Any]
Played = tuple[int, Mapping[str, Sheet]]
"""A season that has been played: its number, and the sheet of each seat."""


@dataclass(frozen=True)
class Stage:
    """How a market stood at the start of a season.

    Args:
        month: The first month that is still to come.
        ccgs, suppliers, agreements: The agents' rows.
        outcomes: OUTCOME, [month], up to there.
        events: EVENT, [event], up to there.
    """

    month: int
    ccgs: Array
    suppliers: Array
    agreements: Array
    outcomes: Array
    events: Array
    _redundancy: dict[int, Array] = field(default_factory=dict, init=False, repr=False)

    def agreement(self, row: int, line: int) -> dict[str, Any]:
        """Return one agreement of a CCG in Python's own numbers."""
        return by_line(self.agreements[row])[line]

    def redundancy(self, since: int) -> Array:
        """Return what each CCG's moves have cost in redundancy since a month (GBP): [ccg]."""
        if since not in self._redundancy:
            events = self.events
            caused = events[
                (events["event"] == MADE_REDUNDANT) & (events["month"] >= since) & (events["ccg"] != NOBODY)
            ]
            self._redundancy[since] = np.bincount(caused["ccg"], caused["amount"], len(self.ccgs))
        return self._redundancy[since]


def by_line(agreements: Any) -> list[dict[str, Any]]:
    """Return a CCG's agreements, line by line, in Python's own numbers, which are read one by one far faster."""
    names = agreements.dtype.names
    lines = zip(*(agreements[name].tolist() for name in names), strict=True)
    return [dict(zip(names, line, strict=True)) for line in lines]


def stage_of(market: RoomMarket) -> Stage:
    """Return how a market stands."""
    columns = market.columns
    n, m = int(columns["n_ccgs"][0]), int(columns["n_suppliers"][0])
    count = min(int(columns["board"][0, 0]["n_events"]), columns["events"].shape[1])
    return Stage(
        market.month,
        columns["ccgs"][0, :n].copy(),
        columns["suppliers"][0, :m].copy(),
        columns["agreements"][0, :n].copy(),
        columns["outcomes"][0, : market.month].copy(),
        columns["events"][0, :count].copy(),
    )


class Run:
    """A market with its stages: one at the start of each season that was reached."""

    def __init__(self, england: England, scenario: Scenario, seed: int, first: int) -> None:
        self.market = RoomMarket(england, scenario.plan, seed)
        self.market.play_until(SEASONS[first].first)
        self.played: list[str] = []
        self.stages = [stage_of(self.market)]

    def play(self, season: int, sheets: Sheets, key: str) -> None:
        """Play a season."""
        self.market.play(SEASONS[season], sheets)
        self.played.append(key)
        self.stages.append(stage_of(self.market))

    def end(self) -> None:
        """Let go of the market, which Mesa's table of agents would keep alive."""
        mesa.Agent._ids.pop(self.market, None)


class Table:
    """The room's market, the same luck played by the agents alone, and what ids mean.

    Args:
        england: The data.
        scenario: What is played.
        seed: Seed of the luck.
        first: Number of the first season.
    """

    def __init__(self, england: England, scenario: Scenario, seed: int, first: int) -> None:
        self.england, self.scenario, self.seed, self.first = england, scenario, seed, first
        self.who = Who(with_larger_ccgs(england, scenario.plan.parameters.ccg.minimum_population))
        self._busy = threading.Lock()
        self._runs: dict[str, Run] = {}

    def bring_to(self, played: Sequence[Played]) -> Run:
        """Return the room's run at the end of the seasons that were played; what is there already is kept."""
        with self._busy:
            return self._brought("room", played)

    def alone(self, seasons: int) -> Run:
        """Return the run of the agents alone on the same luck, over as many seasons at least."""
        with self._busy:
            return self._brought("alone", [(self.first + k, {}) for k in range(seasons)], longer=True)

    def under_policy(self, played: Sequence[Played]) -> Run:
        """Return the run of the agents alone under the policy that the board's player set."""
        kept = [(season, {k: v for k, v in sheets.items() if k == "board"}) for season, sheets in played]
        with self._busy:
            return self._brought("policy", kept)

    def _brought(self, name: str, played: Sequence[Played], *, longer: bool = False) -> Run:
        keys = [json.dumps([season, sheets], sort_keys=True) for season, sheets in played]
        run = self._runs.get(name)
        ahead = run is not None and run.played[: len(keys)] == keys and (longer or len(run.played) == len(keys))
        if run is not None and ahead:
            return run
        if run is None or run.played != keys[: len(run.played)]:
            if run is not None:
                run.end()
            run = self._runs[name] = Run(self.england, self.scenario, self.seed, self.first)
        for place in range(len(run.played), len(keys)):
            run.play(played[place][0], self.read(*played[place]), keys[place])
        return run

    def read(self, season: int, sheets: Mapping[str, Sheet]) -> Sheets:
        """Return the sheets of a season by row."""
        who, ccgs, units, board = self.who, {}, {}, None
        for seat, sheet in sheets.items():
            kind, _, name = seat.partition(":")
            if kind == "ccg":
                lines = {who.line_row[line]: who.read_source(source) for line, source in sheet["lines"].items()}
                if lines:
                    ccgs[who.ccg_row[name]] = lines
            elif kind == "unit":
                partner = who.supplier_row.get(sheet["merger"], NOBODY)
                units[who.supplier_row[name]] = DirectorSheet(
                    sheet["price"], sheet["staff"], partner, sheet["merger"] == "model"
                )
            elif SEASONS[season].april is not None:
                board = BoardSheet(sheet["allowance"], sheet["pass_mark"], SEASONS[season].april or 0)
            else:
                board = BoardSheet(None, sheet["pass_mark"])
        return Sheets(ccgs, units, board) if ccgs or units or board else NOTHING

    def close(self) -> None:
        """Let go of the markets."""
        with self._busy:
            for run in self._runs.values():
                run.end()
            self._runs.clear()


def warm_up(england: England) -> None:
    """Play a season in which every kind of seat speaks, and look around once, so that all rules are compiled."""
    run = Run(england, load_scenario("baseline"), 1, WINTER)
    try:
        look(run.market.columns, 0, np.zeros(1, OUTLOOK))
        everybody = Sheets(
            {0: {0: (MAKE, NOBODY)}},
            {0: DirectorSheet(0.01, -0.01, 1, False), 1: DirectorSheet(free=False), 2: DirectorSheet(0.0, 0.01)},
            BoardSheet(25.0, 0.6, SEASONS[WINTER].end),
        )
        run.play(WINTER, everybody, "")
    finally:
        run.end()
