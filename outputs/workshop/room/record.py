"""The room's record: what has happened so far, as the log tells it. The same entries always make the same record."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from outputs.workshop.room.seasons import LAST, WINTER

DEFAULT_LINES = ("business_intelligence", "back_office", "it", "redesign")


@dataclass
class Player:
    """Somebody with a phone.

    Args:
        id: Such as ``p3``.
        mark: By which the secret of the phone is known.
        name: What they call themselves.
        seat: Such as ``ccg:99P``, ``unit:derbyshire`` or ``board``; empty for one who watches.
        heard: Number of the last message that was done.
    """

    id: str
    mark: str
    name: str
    seat: str
    heard: int = 0


@dataclass
class Record:
    """A room as it stands.

    Attributes:
        code: By which phones join.
        host_marks: By which the facilitator's secrets are known: one a start of the server.
        settings: Seed, scenario, first and last season, lines in play, seconds, where seats lie, which roles there are.
        players: By id.
        played: The seasons that were closed, each with its sheets.
        season: The season that is open, or None.
        sheets: What seats say for it.
        seconds: Seconds of the clock left when the last entry was written.
        locked, hidden, frozen: Whether nobody may join, names are hidden, screens are frozen.
        finished: Whether the game is over.
        entries: How many entries made this.
    """

    code: str = ""
    host_marks: list[str] = field(default_factory=list)
    settings: dict[str, Any] = field(default_factory=dict)
    players: dict[str, Player] = field(default_factory=dict)
    played: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    season: int | None = None
    sheets: dict[str, Any] = field(default_factory=dict)
    seconds: float = 0.0
    locked: bool = False
    hidden: bool = False
    frozen: bool = False
    finished: bool = False
    entries: int = 0

    def take(self, entry: Mapping[str, Any]) -> None:
        """Take one entry of the log."""
        getattr(self, f"_on_{entry['what']}")(entry)
        self.seconds = entry.get("left", self.seconds)
        self.entries += 1

    @property
    def first(self) -> int:
        """Number of the first season."""
        return int(self.settings.get("first", WINTER))

    @property
    def last(self) -> int:
        """Number of the last season that people play."""
        return int(self.settings.get("last", LAST))

    @property
    def next_season(self) -> int | None:
        """The season that could open next, or None where there is none."""
        coming = self.first + len(self.played)
        return None if self.finished or self.season is not None or coming > self.last else coming

    @property
    def begun(self) -> bool:
        """Whether a season has opened."""
        return bool(self.played) or self.season is not None

    @property
    def all_played(self) -> list[tuple[int, dict[str, Any]]]:
        """What was played; when the game is over, with the seasons that the model alone plays to the end."""
        rest = range(self.first + len(self.played), LAST + 1) if self.finished else ()
        return [*self.played, *((season, {}) for season in rest)]

    def seated(self) -> dict[str, list[Player]]:
        """Return who sits in each seat that is taken."""
        seats: dict[str, list[Player]] = {}
        for player in self.players.values():
            if player.seat:
                seats.setdefault(player.seat, []).append(player)
        return seats

    def by_mark(self, mark: str) -> Player | None:
        """Return the player whose phone has a secret, or None."""
        return next((player for player in self.players.values() if mark and player.mark == mark), None)

    def name_of(self, player: Player) -> str:
        """Return how a player is shown: hidden or erased names read as a number."""
        return player.name if player.name and not self.hidden else f"Player {player.id[1:]}"

    def _on_opened(self, entry: Mapping[str, Any]) -> None:
        self.code, self.host_marks, self.settings = entry["code"], [entry["host"]], dict(entry["settings"])

    def _on_keyed(self, entry: Mapping[str, Any]) -> None:
        self.host_marks.append(entry["host"])

    def _on_set(self, entry: Mapping[str, Any]) -> None:
        self.settings |= entry["settings"]

    def _on_joined(self, entry: Mapping[str, Any]) -> None:
        self.players[entry["player"]] = Player(entry["player"], entry["mark"], entry["name"], entry["seat"])

    def _on_moved(self, entry: Mapping[str, Any]) -> None:
        self.players[entry["player"]].seat = entry["seat"]

    def _on_renamed(self, entry: Mapping[str, Any]) -> None:
        self.players[entry["player"]].name = entry["name"]

    def _on_erased(self, entry: Mapping[str, Any]) -> None:
        for player in self.players.values():
            player.name = ""

    def _on_switched(self, entry: Mapping[str, Any]) -> None:
        setattr(self, {"lock": "locked", "hide": "hidden", "freeze": "frozen"}[entry["switch"]], entry["on"])

    def _on_began(self, entry: Mapping[str, Any]) -> None:
        self.season, self.sheets, self.frozen = entry["season"], {}, False

    def _on_extended(self, entry: Mapping[str, Any]) -> None:
        """Only the clock changes, and ``left`` says to what."""

    def _on_chose(self, entry: Mapping[str, Any]) -> None:
        if entry.get("player"):
            self.players[entry["player"]].heard = entry["n"]
        if entry["sheet"] is None:
            self.sheets.pop(entry["seat"], None)
        else:
            self.sheets[entry["seat"]] = entry["sheet"]

    def _on_closed(self, entry: Mapping[str, Any]) -> None:
        assert self.season is not None
        self.played.append((self.season, self.sheets))
        self.season, self.sheets = None, {}

    def _on_undone(self, entry: Mapping[str, Any]) -> None:
        if self.finished:
            self.finished = False
        elif self.season is not None:
            self.season, self.sheets = None, {}
        elif self.played:
            self.season, self.sheets = self.played.pop()

    def _on_finished(self, entry: Mapping[str, Any]) -> None:
        self.finished, self.season, self.sheets = True, None, {}


def without_name(entry: dict[str, Any]) -> dict[str, Any]:
    """Return an entry of the log without the name that it may hold."""
    return {**entry, "name": ""} if "name" in entry else entry
