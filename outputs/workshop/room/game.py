"""A game: its record, its log and its table. Nothing here knows of the web."""

import secrets
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from outputs.workshop.room.codes import holds, mark_of, new_code, new_token
from outputs.workshop.room.log import Entry, Log
from outputs.workshop.room.looking import board_view, ccg_view, neighbours_view, unit_view
from outputs.workshop.room.record import DEFAULT_LINES, Record, without_name
from outputs.workshop.room.seasons import SEASONS, WINTER
from outputs.workshop.room.table import Run, Table
from scenarios.scenario import load_scenario
from simulation.inputs import England

LOG = "room.jsonl"
MARKET_MOVES = frozenset({"set", "closed", "undone", "finished"})
"""Entries after which the market has to be brought to another place."""


class Game:
    """A room's game, kept in a folder.

    Args:
        folder: Where its log lies.
        england: The data.
        now: A clock (seconds).

    Attributes:
        record: What has happened so far.
        token: The facilitator's secret of this start.
    """

    def __init__(self, folder: Path, england: England, now: Callable[[], float] = time.monotonic) -> None:
        self.log, self.england, self.now = Log(folder / LOG), england, now
        self.record, self.token, self.moving = Record(), new_token(), False
        self._since, self._views = now(), dict[str, Any]()
        for entry in self.log.read():
            self.record.take(entry)
        self._open_door()
        self.table = self._new_table()
        self.run: Run | None = None

    # ---- What has been decided ----

    def take(self, entries: list[Entry]) -> None:
        """Let entries that are on the disk count."""
        for entry in entries:
            self.record.take(entry)
            if entry["what"] in ("joined", "moved", *MARKET_MOVES):
                self._views.clear()
        self._since = self.now()

    def write(self, entries: list[Entry]) -> None:
        """Write entries to the log; a name that is erased goes from all that was written before."""
        if any(entry["what"] == "erased" for entry in entries):
            self.log.rewrite(without_name)
        self.log.append(entries)

    def bring(self) -> Run:
        """Bring the market to where the record stands, and return its run; this can take a second."""
        settings = self.record.settings
        if (self.table.seed, self.table.first) != (settings["seed"], self.record.first):
            self.table.close()
            self.table = self._new_table()
        self.run = self.table.bring_to(self.record.all_played)
        self._views.clear()
        return self.run

    def entry(self, what: str, **told: Any) -> Entry:
        """Return an entry with the time and what is left on the clock."""
        return {"what": what, "at": round(time.time(), 3), "left": round(self.seconds_left(), 1), **told}

    # ---- What is so ----

    def seconds_left(self) -> float:
        """Return what is left on the clock (seconds); it stops at 0, and nothing closes by itself."""
        if self.record.season is None:
            return 0.0
        return max(0.0, self.record.seconds - (self.now() - self._since))

    def is_host(self, token: object) -> bool:
        """Say whether a secret is the facilitator's."""
        return sum(holds(token, mark) for mark in self.record.host_marks) > 0

    def seats(self) -> list[str]:
        """Return the seats of CCGs, those to be taken first at the front; then those of other roles."""
        settings = self.record.settings
        near = self.table.who.around(settings["around"])
        roles = [f"unit:{unit}" for unit in self._units_near(near)] if settings["directors"] else []
        return [*(f"ccg:{code}" for code in near), *roles, *(["board"] if settings["board"] else [])]

    def view(self, seat: str) -> dict[str, Any]:
        """Return what a seat sees of the market."""
        seen: dict[str, Any] = self.kept(seat, lambda: self._seen(seat))
        return seen

    def kept(self, name: str, work: Callable[[], Any]) -> Any:
        """Return what was worked out already since the market moved, or work it out."""
        if name not in self._views:
            self._views[name] = work()
        return self._views[name]

    def neighbours(self, seat: str) -> list[dict[str, Any]]:
        """Return what the neighbours of a CCG's seat have and say."""
        code = seat.partition(":")[2]
        return neighbours_view(
            self.market(), self.table.who, code, self.record.settings["lines"], self.record.sheets, self.played_ccgs()
        )

    def played_ccgs(self) -> set[str]:
        """Return the ODS codes of the CCGs that have a person."""
        return {seat.partition(":")[2] for seat in self.record.seated() if seat.startswith("ccg:")}

    def market(self) -> Run:
        """Return the room's run where the record stands."""
        return self.run if self.run is not None else self.bring()

    def close(self) -> None:
        """Let go of the markets."""
        self.table.close()

    def anew(self) -> None:
        """Put the log of this room aside and open another room, with the same settings and another code."""
        settings = {**self.record.settings, "seed": secrets.randbelow(100_000) + 1}
        aside = self.log.path.with_name(f"room-{self.record.code.lower()}.jsonl")
        self.log.path.replace(aside)
        marks, self.record = self.record.host_marks, Record()
        self._write_first(settings, mark_of(self.token))
        self.record.host_marks = marks
        self._views.clear()
        self.bring()

    def _seen(self, seat: str) -> dict[str, Any]:
        run, who, record = self.market(), self.table.who, self.record
        season = SEASONS[min(record.first + len(record.all_played), len(SEASONS) - 1)]
        kind, _, name = seat.partition(":")
        if kind == "ccg":
            return ccg_view(run, who, name, record.settings["lines"], self.played_ccgs())
        return unit_view(run, who, name) if kind == "unit" else board_view(run, season.april, season.checkpoint)

    def _units_near(self, codes: list[str]) -> list[str]:
        """Return the units in the market, those nearest to the first CCGs at the front."""
        run, who, found = self.market(), self.table.who, []
        for code in codes:
            home = int(run.market.columns["ccgs"][0, who.ccg_row[code]]["home"])
            if 0 <= home < len(who.units) and who.units[home] not in found:
                found.append(who.units[home])
        return found

    def _new_table(self) -> Table:
        settings = self.record.settings
        return Table(self.england, load_scenario(settings["scenario"]), settings["seed"], self.record.first)

    def _open_door(self) -> None:
        if not self.record.code:
            self._write_first(first_settings(), mark_of(self.token))
            return
        entries = [self.entry("keyed", host=mark_of(self.token))]
        self.write(entries)
        self.take(entries)

    def _write_first(self, settings: Mapping[str, Any], mark: str) -> None:
        entries = [self.entry("opened", code=new_code(), host=mark, settings=dict(settings))]
        self.write(entries)
        self.take(entries)


def first_settings() -> dict[str, Any]:
    """Return the settings of a new room."""
    return {
        "seed": secrets.randbelow(100_000) + 1,
        "scenario": "baseline",
        "first": WINTER,
        "last": WINTER + 2,
        "lines": list(DEFAULT_LINES),
        "seconds": 480,
        "around": "04L",
        "directors": False,
        "board": False,
    }
