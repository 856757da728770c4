"""What each kind of screen is told: a player's phone, the facilitator's page, the projector."""

from typing import TYPE_CHECKING, Any

from outputs.workshop.room.outcome import figures, lines_of
from outputs.workshop.room.record import Player
from outputs.workshop.room.seasons import SEASONS

if TYPE_CHECKING:
    from outputs.workshop.room.game import Game

FREE_SHOWN = 12


def common(game: "Game") -> dict[str, Any]:
    """Return what every screen is told."""
    record = game.record
    phase = (
        "moving" if game.moving else "finished" if record.finished else "open" if record.season is not None else "lobby"
    )
    number = record.season if record.season is not None else record.next_season
    season = None
    if number is not None:
        season = {
            "id": number, "name": SEASONS[number].name, "task": SEASONS[number].task,
            "number": number - record.first + 1, "of": record.last - record.first + 1,
        }  # fmt: skip
    return {
        "do": "state", "v": 1, "at": record.entries, "phase": phase, "season": season, "frozen": record.frozen,
        "locked": record.locked, "clock": round(game.seconds_left()) if phase == "open" else None,
        "played": len(record.played),
    }  # fmt: skip


def phone(game: "Game", player: Player) -> dict[str, Any]:
    """Return what a player's phone is told."""
    record, seat = game.record, player.seat
    told = common(game) | {
        "me": {"id": player.id, "name": player.name or f"Player {player.id[1:]}", "seat": seat, "n": player.heard},
    }
    if not seat:
        told["free"] = [] if game.moving else _free(game)
        return told
    told["me"]["seat_name"] = game.table.who.seat_name(seat)
    told["me"]["with"] = [record.name_of(one) for one in record.seated()[seat] if one.id != player.id]
    if game.moving:
        return told
    told["sheet"] = record.sheets.get(seat)
    told["last"] = _kept_last(game, seat)
    if not record.finished:
        told["view"] = game.view(seat)
        if seat.startswith("ccg:"):
            told["near"] = game.neighbours(seat)
    return told


def prepare(game: "Game") -> None:
    """Work out what every seat that is taken will be told, ahead of being asked."""
    for seat in game.record.seated():
        _kept_last(game, seat)
        if not game.record.finished:
            game.view(seat)


def _kept_last(game: "Game", seat: str) -> dict[str, Any] | None:
    told: dict[str, Any] | None = game.kept(f"last {seat}", lambda: _last(game, seat))
    return told


def _free(game: "Game") -> list[dict[str, str]]:
    taken, who = game.record.seated(), game.table.who
    free = [seat for seat in game.seats() if seat not in taken]
    roles = [seat for seat in free if not seat.startswith("ccg:")]
    return [{"id": seat, "name": who.seat_name(seat)} for seat in [*free[:FREE_SHOWN], *roles]]


def _last(game: "Game", seat: str) -> dict[str, Any] | None:
    """Return what came of the season before, beside the same luck without people."""
    record, who = game.record, game.table.who
    if not record.played:
        return None
    k = len(record.played) - 1
    season, sheets = record.played[k]
    stages, alone = game.market().stages, game.kept("alone", lambda: game.table.alone(k + 1)).stages
    told: dict[str, Any] = {
        "season": SEASONS[season].name,
        "before": figures(who, seat, stages[k], stages[k]),
        "after": figures(who, seat, stages[k], stages[k + 1]),
        "alone": figures(who, seat, alone[k], alone[k + 1]),
    }
    if seat.startswith("ccg:"):
        told["lines"] = lines_of(who, seat[4:], season, sheets.get(seat, {}), stages[k + 1])
    return told


def projector(game: "Game") -> dict[str, Any]:
    """Return what the screen on the wall is told."""
    record, who = game.record, game.table.who
    seated = record.seated()
    told = common(game) | {
        "code": record.code, "hidden": record.hidden,
        "seats": [
            {"seat": seat, "name": who.seat_name(seat), "people": [record.name_of(one) for one in people],
             "done": seat in record.sheets}
            for seat, people in sorted(seated.items(), key=lambda pair: who.seat_name(pair[0]))
        ],
        "watching": sum(not player.seat for player in record.players.values()),
        "n_done": len(record.sheets),
    }  # fmt: skip
    if not game.moving:
        told["market"] = _market(game)
    return told


def _market(game: "Game") -> dict[str, Any]:
    stages = game.market().stages
    names = ("css_operating", "in_house_share", "outside_nhs_share", "spend_per_head")
    last = stages[-1].outcomes[-1]
    before = stages[-2].outcomes[-1] if len(stages) > 1 else last
    return {name: [round(float(before[name]), 4), round(float(last[name]), 4)] for name in names}


def facilitator(game: "Game") -> dict[str, Any]:
    """Return what the facilitator's page is told."""
    record, who = game.record, game.table.who
    told = projector(game) | {
        "settings": record.settings,
        "seasons": [season.name for season in SEASONS],
        "all_lines": [{"id": line, "name": name} for line, name in zip(who.lines, who.line_names, strict=True)],
        "players": [
            {"id": player.id, "name": record.name_of(player), "seat": player.seat,
             "seat_name": who.seat_name(player.seat) if player.seat else "watches"}
            for player in record.players.values()
        ],
        "places": [] if record.begun else who.places,
        "switches": {"lock": record.locked, "hide": record.hidden, "freeze": record.frozen},
        "can_undo": record.begun,
    }  # fmt: skip
    if not game.moving:
        told["free"] = _free(game)
        told["sheets"] = record.sheets
        if record.season is not None:
            told["grid"] = [_grid_row(game, seat) for seat in _grid_seats(game)]
    return told


def _grid_seats(game: "Game") -> list[str]:
    """Return the CCGs of the grid for votes: those that are taken or spoke, and the next few."""
    busy = {*game.record.seated(), *game.record.sheets}
    free = [seat for seat in game.seats() if seat.startswith("ccg:") and seat not in busy][:8]
    return [*sorted(seat for seat in busy if seat.startswith("ccg:")), *free]


def _grid_row(game: "Game", seat: str) -> dict[str, Any]:
    view = game.view(seat)
    return {
        "seat": seat,
        "name": game.table.who.seat_name(seat),
        "lines": [
            {"id": line["id"], "open": line["open"], "sources": [[one["id"], one["what"]] for one in line["sources"]]}
            for line in view["lines"]
        ],
    }
