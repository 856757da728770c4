"""The commands that change a game, from the facilitator and from players: decided first, then written and counted."""

from collections.abc import Mapping
from typing import Any

from outputs.workshop.room import facilitating, playing
from outputs.workshop.room.game import MARKET_MOVES, Game
from outputs.workshop.room.log import Entry
from outputs.workshop.room.refusal import Refused


def decide(game: Game, who: str, message: Mapping[str, Any]) -> list[Entry]:
    """Return the entries that a command would write; nothing has happened yet.

    Args:
        game: The game.
        who: ``host``, or the id of a player, or the mark of a phone that has not joined.
        message: The command.

    Raises:
        Refused: It is not allowed.
    """
    if game.moving:
        raise Refused("The market is moving: wait a moment.")
    return facilitating.decide(game, message) if who == "host" else playing.decide(game, who, message)


def do(game: Game, who: str, message: Mapping[str, Any]) -> None:
    """Do a command whole: decide, write, count, and bring the market along.

    Raises:
        Refused: It is not allowed; nothing has changed.
    """
    entries = decide(game, who, message)
    game.write(entries)
    game.take(entries)
    if any(entry["what"] in MARKET_MOVES for entry in entries):
        game.bring()
