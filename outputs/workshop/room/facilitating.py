"""What the facilitator may do."""

from collections.abc import Callable, Mapping
from typing import Any

from outputs.workshop.room.game import Game
from outputs.workshop.room.log import Entry
from outputs.workshop.room.names import apart, clean_name
from outputs.workshop.room.playing import check_season, seat_for, sheet_of
from outputs.workshop.room.refusal import Refused
from outputs.workshop.room.seasons import LAST

SWITCHES = ("lock", "hide", "freeze")
LONGEST_CLOCK = 3600
MOST_LINES = 5
Message = Mapping[str, Any]


def decide(game: Game, message: Message) -> list[Entry]:
    """Return the entries of a command of the facilitator.

    Raises:
        Refused: It is not allowed.
    """
    command = COMMANDS.get(str(message.get("do")))
    if command is None:
        raise Refused("There is no such command.")
    return command(game, message)


def _set(game: Game, message: Message) -> list[Entry]:
    if game.record.begun:
        raise Refused("The game has begun: settings stay as they are. Open a new room to change them.")
    given = message.get("settings")
    if not isinstance(given, Mapping):
        raise Refused("Settings must be a table of names and values.")
    kept = {name: value for name, value in given.items() if _is_allowed(game, name, value)}
    faults = [_fault(name, value) for name, value in given.items() if name not in kept]
    first, last = (kept.get(name, game.record.settings[name]) for name in ("first", "last"))
    if not faults and first > last:
        faults.append("The last season cannot come before the first.")
    if faults:
        raise Refused(faults)
    return [game.entry("set", settings=kept)]


def _whole(low: int, high: int) -> Callable[[Game, Any], bool]:
    return lambda _, value: isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


def _are_lines(game: Game, value: Any) -> bool:
    known = game.table.who.line_row
    usable = isinstance(value, list) and 1 <= len(value) <= MOST_LINES
    return usable and all(isinstance(line, str) and line in known for line in value) and len(set(value)) == len(value)


def _is_ccg(game: Game, value: Any) -> bool:
    return isinstance(value, str) and value in game.table.who.ccg_row


def _is_switch(_: Game, value: Any) -> bool:
    return isinstance(value, bool)


_ALLOWED: Mapping[str, tuple[str, Callable[[Game, Any], bool]]] = {
    "seed": ("a whole number from 1 to 1,000,000,000", _whole(1, 10**9)),
    "first": (f"the number of a season, 0 to {LAST}", _whole(0, LAST)),
    "last": (f"the number of a season, 0 to {LAST}", _whole(0, LAST)),
    "seconds": (f"a whole number from 30 to {LONGEST_CLOCK}", _whole(30, LONGEST_CLOCK)),
    "lines": (f"1 to {MOST_LINES} different lines of the market", _are_lines),
    "around": ("the ODS code of a CCG", _is_ccg),
    "directors": ("true or false", _is_switch),
    "board": ("true or false", _is_switch),
}
"""What each setting must be, in words and as a check."""


def _is_allowed(game: Game, name: str, value: Any) -> bool:
    return name in _ALLOWED and _ALLOWED[name][1](game, value)


def _fault(name: str, value: Any) -> str:
    if name not in _ALLOWED:
        return f"There is no setting {name[:20]!r}: there are {', '.join(_ALLOWED)}."
    return f"{name} = {str(value)[:20]!r} is not allowed: it must be {_ALLOWED[name][0]}."


def _begin(game: Game, message: Message) -> list[Entry]:
    season = game.record.next_season
    if season is None:
        raise Refused("There is no season to open.")
    return [{**game.entry("began", season=season), "left": float(game.record.settings["seconds"])}]


def _extend(game: Game, message: Message) -> list[Entry]:
    seconds: Any = message.get("seconds")
    if game.record.season is None:
        raise Refused("No season is open.")
    if not _whole(1, LONGEST_CLOCK)(game, seconds):
        raise Refused(f"The clock can be extended by 1 to {LONGEST_CLOCK} seconds.")
    left = min(float(LONGEST_CLOCK), game.seconds_left() + seconds)
    return [{**game.entry("extended"), "left": left}]


def _close(game: Game, message: Message) -> list[Entry]:
    if game.record.season is None or message.get("season", game.record.season) != game.record.season:
        raise Refused("This season is not open.")
    return [game.entry("closed", season=game.record.season)]


def _undo(game: Game, message: Message) -> list[Entry]:
    if not game.record.begun:
        raise Refused("There is nothing to undo.")
    return [game.entry("undone")]


def _finish(game: Game, message: Message) -> list[Entry]:
    record = game.record
    if record.finished or not record.begun:
        raise Refused("There is no game to finish.")
    closing = [game.entry("closed", season=record.season)] if record.season is not None else []
    return [*closing, game.entry("finished")]


def _switch(game: Game, message: Message) -> list[Entry]:
    switch, on = message.get("switch"), message.get("on")
    if switch not in SWITCHES or not isinstance(on, bool):
        raise Refused("There is no such switch.")
    return [game.entry("switched", switch=switch, on=on)]


def _rename(game: Game, message: Message) -> list[Entry]:
    player = _player(game, message)
    name = clean_name(message.get("name"))
    if not name:
        raise Refused("A name must have a letter in it.")
    others = {other.name for other in game.record.players.values() if other.id != player}
    return [game.entry("renamed", player=player, name=apart(name, others))]


def _move(game: Game, message: Message) -> list[Entry]:
    return [game.entry("moved", player=_player(game, message), seat=seat_for(game, message.get("seat")))]


def _erase(game: Game, message: Message) -> list[Entry]:
    return [game.entry("erased")]


def _enter(game: Game, message: Message) -> list[Entry]:
    """Type in what a table voted."""
    seat = message.get("seat")
    check_season(game, message)
    if not isinstance(seat, str) or seat not in game.seats():
        raise Refused("There is no such seat.")
    return [game.entry("chose", seat=seat, sheet=sheet_of(game, seat, message))]


def _player(game: Game, message: Message) -> str:
    player = message.get("player")
    if not isinstance(player, str) or player not in game.record.players:
        raise Refused("There is no such player.")
    return player


COMMANDS: Mapping[str, Callable[[Game, Message], list[Entry]]] = {
    "set": _set, "open": _begin, "extend": _extend, "close": _close, "undo": _undo, "finish": _finish,
    "switch": _switch, "rename": _rename, "move": _move, "erase": _erase, "enter": _enter,
}  # fmt: skip
