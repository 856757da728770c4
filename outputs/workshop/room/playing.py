"""What a player may do: join, sit down, choose."""

from collections.abc import Mapping
from typing import Any

from outputs.workshop.room.codes import same_code
from outputs.workshop.room.game import Game
from outputs.workshop.room.log import Entry
from outputs.workshop.room.names import apart, clean_name
from outputs.workshop.room.refusal import Refused
from outputs.workshop.room.sheets import read_sheet

MOST_PLAYERS = 250
MOST_IN_A_SEAT = 3
ANY, WATCH = "any", "watch"


class WrongCode(Refused):
    """The code is not the room's."""


def decide(game: Game, who: str, message: Mapping[str, Any]) -> list[Entry]:
    """Return the entries of a player's command.

    Args:
        game: The game.
        who: Id of the player, or the mark of a phone that has not joined.
        message: The command.

    Raises:
        Refused: It is not allowed.
    """
    command = {"join": _join, "sit": _sit, "choose": _choose}.get(str(message.get("do")))
    if command is None:
        raise Refused("Players cannot do this.")
    return command(game, who, message)


def _join(game: Game, mark: str, message: Mapping[str, Any]) -> list[Entry]:
    record = game.record
    if not same_code(message.get("code"), record.code):
        raise WrongCode("This is not the room's code: it is on the wall, eight signs.")
    if record.by_mark(mark) is not None or mark in record.players:
        return []
    if record.locked:
        raise Refused("The facilitator has closed the door: ask to be let in.")
    if len(record.players) >= MOST_PLAYERS:
        raise Refused(f"The room is full: it holds {MOST_PLAYERS} people.")
    seat = seat_for(game, message.get("seat", ANY))
    number = len(record.players) + 1
    name = clean_name(message.get("name")) or f"Player {number}"
    name = apart(name, {player.name for player in record.players.values()})
    return [game.entry("joined", player=f"p{number}", mark=mark, name=name, seat=seat)]


def _sit(game: Game, who: str, message: Mapping[str, Any]) -> list[Entry]:
    player = game.record.players.get(who)
    if player is None:
        raise Refused("Join the room first.")
    if player.seat:
        raise Refused("You have a seat: the facilitator can move you.")
    if game.record.locked:
        raise Refused("The facilitator has closed the door: ask for a seat.")
    seat = seat_for(game, message.get("seat", ANY))
    return [game.entry("moved", player=who, seat=seat)] if seat else []


def seat_for(game: Game, wanted: object) -> str:
    """Return the seat that somebody gets: the next free CCG, the one that they named, or none for who watches.

    Raises:
        Refused: There is no such seat, or it is full.
    """
    taken = game.record.seated()
    if wanted == WATCH:
        return ""
    if wanted == ANY:
        return next((seat for seat in game.seats() if seat.startswith("ccg:") and seat not in taken), "")
    if not game.table.who.is_seat(wanted) or wanted not in game.seats():
        raise Refused("There is no such seat.")
    assert isinstance(wanted, str)
    if len(taken.get(wanted, ())) >= MOST_IN_A_SEAT:
        raise Refused(f"This seat is full: {MOST_IN_A_SEAT} people may share one.")
    return wanted


def _choose(game: Game, who: str, message: Mapping[str, Any]) -> list[Entry]:
    player = game.record.players.get(who)
    if player is None or not player.seat:
        raise Refused("You watch: take a seat first.")
    number = message.get("n")
    if not isinstance(number, int) or isinstance(number, bool) or not 0 < number < 2**53:
        raise Refused("A message must have a number.")
    if number <= player.heard:
        return []
    if message.get("seat", player.seat) != player.seat:
        raise Refused("You can choose for your own seat only.")
    check_season(game, message)
    if game.record.frozen:
        raise Refused("Screens are frozen for a moment.")
    return [game.entry("chose", player=who, seat=player.seat, sheet=sheet_of(game, player.seat, message), n=number)]


def check_season(game: Game, message: Mapping[str, Any]) -> None:
    """Refuse choices for a season that is not open.

    Raises:
        Refused: It is not.
    """
    if game.record.season is None or message.get("season") != game.record.season:
        raise Refused("This season is not open for choices.")


def sheet_of(game: Game, seat: str, message: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the sheet that a message holds for a seat; None takes it back.

    Raises:
        Refused: The sheet is not allowed.
    """
    return None if message.get("sheet") is None else read_sheet(message["sheet"], game.view(seat))
