"""The game without the web: people's choices in the market, the log, undo, names, and what is refused."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from room_server import cheapest_sheet
from small_market import england, values_of

from agents.columns import BUY
from outputs.workshop.room.codes import LETTERS, mark_of, new_code, same_code
from outputs.workshop.room.commands import do
from outputs.workshop.room.debrief import debrief, room_csv
from outputs.workshop.room.game import LOG, Game
from outputs.workshop.room.names import apart, clean_name
from outputs.workshop.room.rates import Rate
from outputs.workshop.room.record import DEFAULT_LINES
from outputs.workshop.room.refusal import Refused
from outputs.workshop.room.seasons import LAST, SEASONS, WINTER

MARK = mark_of("0" * 32)


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        """Return the seconds that it shows."""
        return self.seconds


def new_game(folder: Path, **settings: Any) -> Game:
    """Return a game on the luck of seed 7, with the market at its start."""
    game = Game(folder, england(), Clock())
    do(game, "host", {"do": "set", "settings": {"seed": 7, **settings}})
    return game


def join(game: Game, number: int = 1, **message: Any) -> str:
    """Let somebody join, and return their id."""
    mark = mark_of(f"{number:032x}")
    do(game, mark, {"do": "join", "code": game.record.code, "name": f"Ann {number}", **message})
    player = game.record.by_mark(mark)
    assert player is not None
    return player.id


def choose(game: Game, player: str, sheet: Any, n: int) -> None:
    """Let a player send a sheet for the season that is open."""
    do(game, player, {"do": "choose", "n": n, "season": game.record.season, "sheet": sheet})


def play_cheapest(game: Game, players: list[str], seasons: int) -> None:
    """Play some seasons in which everybody takes the cheapest."""
    for _ in range(seasons):
        do(game, "host", {"do": "open"})
        for player in players:
            here = game.record.players[player]
            choose(game, player, cheapest_sheet(game.view(here.seat)), here.heard + 1)
        do(game, "host", {"do": "close"})


def states(game: Game) -> dict[str, bytes]:
    """Return what the room's market has left so far, as bytes."""
    stage = game.market().stages[-1]
    return {name: values_of(getattr(stage, name)) for name in ("ccgs", "suppliers", "agreements", "outcomes", "events")}


# ---- People in the market ------------------------------------------------------------------------------------


def test_a_room_in_which_nobody_speaks_is_the_market_of_the_model(tmp_path: Path) -> None:
    from scenarios.scenario import load_scenario
    from simulation.market import Market

    game = new_game(tmp_path)
    join(game)
    for _ in range(3):
        do(game, "host", {"do": "open"})
        do(game, "host", {"do": "close"})
    do(game, "host", {"do": "finish"})
    alone = Market(england(), load_scenario("baseline").plan, 7, keeps_events=True).run()
    assert values_of(game.market().stages[-1].outcomes) == values_of(alone.outcomes)
    assert values_of(game.market().stages[-1].events) == values_of(alone.events)


def renewed(before: Any, after: Any) -> bool:
    """Say whether what a CCG bought was agreed again with the same supplier."""
    return bool(before["kind"] == BUY and before["supplier"] == after["supplier"] and after["start"] > before["start"])


def test_a_setting_that_is_not_allowed_is_named_with_what_is(tmp_path: Path) -> None:
    game = new_game(tmp_path)
    with pytest.raises(Refused) as refused:
        do(game, "host", {"do": "set", "settings": {"seconds": 5, "log": "x", "board": 1, "seed": 8}})
    assert refused.value.reasons == (
        "seconds = '5' is not allowed: it must be a whole number from 30 to 3600.",
        "There is no setting 'log': there are seed, first, last, seconds, lines, around, directors, board.",
        "board = '1' is not allowed: it must be true or false.",
    )
    assert game.record.settings["seed"] == 7


def test_a_person_who_keeps_what_the_model_keeps_changes_nothing_in_the_market(tmp_path: Path) -> None:
    game = new_game(tmp_path, first=2, last=2)
    before, alone, who = game.market().stages[0], game.table.alone(1).stages[1], game.table.who
    lines = [who.line_row[line] for line in DEFAULT_LINES]
    row, line = next(
        (row, line)
        for row in range(len(who.ccgs))
        for line in lines
        if renewed(before.agreement(row, line), alone.agreement(row, line))
    )
    player = join(game, seat=f"ccg:{who.ccgs[row]}")
    do(game, "host", {"do": "open"})
    stays = who.source(BUY, before.agreement(row, line)["supplier"])
    choose(game, player, {"lines": {who.lines[line]: stays}}, 1)
    do(game, "host", {"do": "close"})
    assert values_of(game.market().stages[1].agreements) == values_of(alone.agreements)
    assert values_of(game.market().stages[1].outcomes) == values_of(alone.outcomes)


def test_what_people_choose_is_signed_and_their_neighbours_see_it(tmp_path: Path) -> None:
    game = new_game(tmp_path)
    first = join(game)
    seat = game.record.players[first].seat
    near = game.table.who.ccgs[game.table.who.beside[game.table.who.ccg_row[seat[4:]]][0]]
    do(game, "host", {"do": "open"})
    sheet = cheapest_sheet(game.view(seat))
    choose(game, first, sheet, 1)
    told = next(one for one in game.neighbours(f"ccg:{near}") if one["played"])
    assert set(told["says"]) == set(sheet["lines"])
    do(game, "host", {"do": "close"})
    lines = [line["came"] for line in debrief(game)["seats"][0]["said"][0]["lines"]]
    assert lines and all(came.startswith(("in force since Apr 2013", "signed", "not let through")) for came in lines)


def test_neighbours_who_choose_each_other_share_and_the_larger_hosts(tmp_path: Path) -> None:
    game = new_game(tmp_path, lines=["redesign"])
    a, b = join(game, 1), join(game, 2)
    seats = [game.record.players[player].seat for player in (a, b)]
    do(game, "host", {"do": "open"})
    for n, (player, other) in enumerate(((a, seats[1]), (b, seats[0])), start=1):
        choose(game, player, {"lines": {"redesign": f"share:{other[4:]}"}}, n)
    do(game, "host", {"do": "close"})
    who, stage = game.table.who, game.market().stages[-1]
    rows = [who.ccg_row[seat[4:]] for seat in seats]
    host = max(rows, key=lambda row: stage.ccgs[row]["population"])
    line = who.line_row["redesign"]
    agreed = [stage.agreement(row, line) for row in rows]
    assert [(agreement["kind"], agreement["supplier"]) for agreement in agreed] == [(1, host)] * 2


def test_a_director_and_the_board_move_what_they_say_they_move(tmp_path: Path) -> None:
    game = new_game(tmp_path, directors=True, board=True)
    unit = next(seat for seat in game.seats() if seat.startswith("unit:"))
    director, board = join(game, 1, seat=unit), join(game, 2, seat="board")
    do(game, "host", {"do": "open"})
    choose(game, director, {"price": 0.1, "staff": -0.2, "merger": "no"}, 1)
    choose(game, board, {"allowance": 20, "pass_mark": None}, 1)
    do(game, "host", {"do": "close"})
    row = game.table.who.supplier_row[unit[5:]]
    played, alone = game.market().stages[1], game.table.alone(1).stages[1]
    assert played.suppliers[row]["price"].sum() > 1.05 * alone.suppliers[row]["price"].sum()
    assert played.suppliers[row]["fte"].sum() < alone.suppliers[row]["fte"].sum()
    assert (played.ccgs["allowance"] < alone.ccgs["allowance"]).all()


def test_each_pound_of_a_directors_redundancies_is_paid_and_staff_balance(tmp_path: Path) -> None:
    game = new_game(tmp_path, directors=True, first=2, last=2)
    unit = next(seat for seat in game.seats() if seat.startswith("unit:"))
    director = join(game, 1, seat=unit)
    do(game, "host", {"do": "open"})
    choose(game, director, {"price": 0, "staff": -0.2, "merger": "model"}, 1)
    do(game, "host", {"do": "close"})
    played, alone = game.market().stages[1].outcomes[-1], game.table.alone(1).stages[1].outcomes[-1]
    payers = [f"redundancy_cost_{who}_to_date" for who in ("ccg", "css", "board")]
    assert sum(float(played[name]) for name in payers) == pytest.approx(float(played["redundancy_cost_to_date"]))
    assert played["redundancy_cost_css_to_date"] > alone["redundancy_cost_css_to_date"]


# ---- Undo, carrying on, the log -----------------------------------------------------------------------------


def test_undo_opens_the_season_again_with_its_sheets_and_the_same_market(tmp_path: Path) -> None:
    game = new_game(tmp_path)
    players = [join(game, k) for k in (1, 2)]
    play_cheapest(game, players, 1)
    before, sheets = states(game), dict(game.record.played[0][1])
    do(game, "host", {"do": "undo"})
    assert game.record.season == WINTER and game.record.sheets == sheets
    do(game, "host", {"do": "close"})
    assert states(game) == before


def test_a_game_is_carried_on_from_its_log_in_mid_season_with_nothing_lost(tmp_path: Path) -> None:
    game = new_game(tmp_path)
    players = [join(game, k) for k in (1, 2)]
    play_cheapest(game, players, 1)
    do(game, "host", {"do": "open"})
    choose(game, players[0], {"lines": {}}, 2)
    again = Game(tmp_path, england(), Clock())
    assert again.record.sheets == game.record.sheets and again.record.players == game.record.players
    assert states(again) == states(game)
    assert again.is_host(again.token) and again.is_host(game.token)


def test_a_torn_last_line_counts_as_not_written(tmp_path: Path) -> None:
    game = new_game(tmp_path)
    join(game)
    with (tmp_path / LOG).open("ab") as file:
        file.write(b'{"what": "joined", "player": "p2", "na')
    again = Game(tmp_path, england())
    assert list(again.record.players) == ["p1"]
    assert all(json.loads(line) for line in (tmp_path / LOG).read_bytes().splitlines())


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_what_was_acknowledged_is_on_the_disk_when_the_server_is_killed(tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from outputs.workshop.room.log import Log\n"
        "log = Log(Path(sys.argv[1]))\n"
        "for n in range(10**9):\n    log.append([{'n': n}]); print(n, flush=True)\n"
    )
    path = tmp_path / LOG
    root = Path(__file__).parent.parent
    with subprocess.Popen(
        [sys.executable, "-c", script, str(path)], stdout=subprocess.PIPE, text=True, cwd=root
    ) as made:
        assert made.stdout is not None
        told = [int(made.stdout.readline()) for _ in range(20)]
        os.kill(made.pid, signal.SIGKILL)
        told += [int(line) for line in made.stdout.read().splitlines()]
    from outputs.workshop.room.log import Log

    assert [entry["n"] for entry in Log(path).read()][: len(told)] == told


def test_erased_names_are_gone_from_the_log_the_debrief_and_the_csv(tmp_path: Path) -> None:
    game = new_game(tmp_path)
    player = join(game, name="Boudicca")
    do(game, "host", {"do": "rename", "player": player, "name": "Cartimandua"})
    play_cheapest(game, [player], 1)
    assert "Cartimandua" in room_csv(game)
    do(game, "host", {"do": "erase"})
    everything = (tmp_path / LOG).read_text() + room_csv(game) + json.dumps(debrief(game))
    assert "Boudicca" not in everything and "Cartimandua" not in everything and "Player 1" in room_csv(game)
    again = Game(tmp_path, england())
    assert list(again.record.players) == [player] and not again.record.players[player].name


def test_the_log_holds_no_secret(tmp_path: Path) -> None:
    game = new_game(tmp_path)
    join(game, 9)
    text = (tmp_path / LOG).read_text()
    assert game.token not in text and f"{9:032x}" not in text


def test_a_new_room_puts_the_old_log_aside_and_has_another_code(tmp_path: Path) -> None:
    game = new_game(tmp_path)
    join(game)
    before = game.record.code
    game.anew()
    assert game.record.code != before and game.record.players == {} and game.is_host(game.token)
    assert (tmp_path / f"room-{before.lower()}.jsonl").is_file()


# ---- Clock --------------------------------------------------------------------------------------------------


def test_a_laptop_that_slept_for_ten_minutes_closes_nothing_and_loses_nothing(tmp_path: Path) -> None:
    game = new_game(tmp_path, seconds=300)
    player = join(game)
    do(game, "host", {"do": "open"})
    game.now.seconds += 600  # type: ignore[attr-defined]
    assert game.seconds_left() == 0.0 and game.record.season == WINTER
    choose(game, player, {"lines": {}}, 1)
    do(game, "host", {"do": "extend", "seconds": 60})
    assert game.seconds_left() == 60.0


def test_the_clock_goes_on_from_where_it_stood_after_a_restart(tmp_path: Path) -> None:
    game = new_game(tmp_path, seconds=300)
    do(game, "host", {"do": "open"})
    game.now.seconds += 100  # type: ignore[attr-defined]
    do(game, "host", {"do": "switch", "switch": "lock", "on": True})
    assert Game(tmp_path, england(), Clock()).seconds_left() == pytest.approx(200.0)


# ---- Who may do what ----------------------------------------------------------------------------------------


def test_a_latecomer_watches_or_takes_a_seat_that_the_model_plays(tmp_path: Path) -> None:
    game = new_game(tmp_path)
    join(game)
    do(game, "host", {"do": "open"})
    late = join(game, 2, seat="watch")
    assert not game.record.players[late].seat
    with pytest.raises(Refused, match="watch"):
        choose(game, late, {"lines": {}}, 1)
    do(game, late, {"do": "sit", "seat": "any"})
    choose(game, late, cheapest_sheet(game.view(game.record.players[late].seat)), 1)
    assert game.record.players[late].seat in game.record.sheets


def test_pairs_share_a_seat_and_a_fourth_is_refused(tmp_path: Path) -> None:
    game = new_game(tmp_path)
    seat = game.record.players[join(game)].seat
    for number in (2, 3):
        join(game, number, seat=seat)
    with pytest.raises(Refused, match="full"):
        join(game, 4, seat=seat)


def test_joining_twice_with_one_phone_makes_one_player(tmp_path: Path) -> None:
    game = new_game(tmp_path)
    assert join(game) == join(game) and len(game.record.players) == 1


def test_a_message_that_comes_again_or_late_changes_nothing(tmp_path: Path) -> None:
    game = new_game(tmp_path)
    player = join(game)
    do(game, "host", {"do": "open"})
    first, second = {"lines": {"it": "make"}}, {"lines": {}}
    choose(game, player, second, 5)
    for n in (5, 4, 1):
        choose(game, player, first, n)
    assert game.record.sheets[game.record.players[player].seat] == second


REFUSED_OF_PLAYERS: dict[str, dict[str, Any]] = {
    "a command of the facilitator": {"do": "close"},
    "another's seat": {"seat": "ccg:00C"},
    "another season": {"season": 4},
    "no number": {"n": None},
    "a number that is none": {"n": True},
    "a sheet that is a list": {"sheet": []},
    "a line that is not in play": {"sheet": {"lines": {"cases": "make"}}},
    "a source that nobody offers": {"sheet": {"lines": {"it": "buy:../../etc/passwd"}}},
    "a source of another type": {"sheet": {"lines": {"it": {"$gt": ""}}}},
    "a key too many": {"sheet": {"lines": {}, "price": 0.1}},
}


@pytest.mark.parametrize("change", REFUSED_OF_PLAYERS.values(), ids=REFUSED_OF_PLAYERS)
def test_a_player_cannot_send(change: dict[str, Any], tmp_path: Path) -> None:
    game = new_game(tmp_path)
    player = join(game)
    do(game, "host", {"do": "open"})
    entries = game.record.entries
    with pytest.raises(Refused):
        do(game, player, {"do": "choose", "n": 1, "season": WINTER, "sheet": {"lines": {}}, **change})
    assert game.record.entries == entries and not game.record.sheets


@pytest.mark.parametrize("value", [0.16, -0.16, 1e308, float("nan"), float("inf"), "0.1", True, [0.1]], ids=repr)
def test_a_lever_outside_its_range_is_refused(value: Any, tmp_path: Path) -> None:
    game = new_game(tmp_path, directors=True)
    player = join(game, seat=next(seat for seat in game.seats() if seat.startswith("unit:")))
    do(game, "host", {"do": "open"})
    with pytest.raises(Refused, match="price"):
        choose(game, player, {"price": value, "staff": 0, "merger": "model"}, 1)


def test_a_mix_over_the_allowance_is_refused_with_both_amounts(tmp_path: Path) -> None:
    game = new_game(tmp_path)
    player = join(game)
    do(game, "host", {"do": "open"})
    view = game.view(game.record.players[player].seat)
    dearest = {line["id"]: max(line["sources"], key=lambda one: one["price"])["id"] for line in view["lines"]}
    with pytest.raises(Refused, match=rf"£\d+\.\d\d a head, and the allowance leaves £{view['room']:.2f}"):
        choose(game, player, {"lines": dearest}, 1)


def test_frozen_screens_and_a_locked_door_hold(tmp_path: Path) -> None:
    game = new_game(tmp_path)
    player = join(game)
    do(game, "host", {"do": "open"})
    for switch in ("freeze", "lock"):
        do(game, "host", {"do": "switch", "switch": switch, "on": True})
    with pytest.raises(Refused, match="frozen"):
        choose(game, player, {"lines": {}}, 1)
    with pytest.raises(Refused, match="door"):
        join(game, 2)


def test_the_facilitator_types_in_votes_for_a_table_without_phones(tmp_path: Path) -> None:
    game = new_game(tmp_path)
    do(game, "host", {"do": "open"})
    seat = game.seats()[3]
    do(game, "host", {"do": "enter", "seat": seat, "season": WINTER, "sheet": cheapest_sheet(game.view(seat))})
    do(game, "host", {"do": "close"})
    assert [one["seat"] for one in debrief(game)["seats"]] == [seat]


def test_a_player_is_moved_to_another_seat_and_chooses_there(tmp_path: Path) -> None:
    game = new_game(tmp_path)
    player = join(game)
    seat = game.seats()[5]
    do(game, "host", {"do": "move", "player": player, "seat": seat})
    do(game, "host", {"do": "open"})
    choose(game, player, {"lines": {}}, 1)
    assert list(game.record.sheets) == [seat]


WRONG_OF_THE_HOST: tuple[dict[str, Any], ...] = (
    {"do": "close"}, {"do": "extend", "seconds": 60}, {"do": "undo"}, {"do": "finish"}, {"do": "nothing"},
    {"do": ["open"]},
    {"do": "switch", "switch": "__class__", "on": True}, {"do": "rename", "player": "p9", "name": "X"},
    {"do": "move", "player": "p1", "seat": "ccg:ZZZ"}, {"do": "rename", "player": "p1", "name": "\u202e\u200b"},
    {"do": "set", "settings": {"seconds": 10**9}}, {"do": "set", "settings": {"lines": ["it", "it"]}},
    {"do": "set", "settings": {"first": 4, "last": 1}}, {"do": "set", "settings": {"log": "/etc/passwd"}},
)  # fmt: skip


@pytest.mark.parametrize("message", WRONG_OF_THE_HOST, ids=json.dumps)
def test_what_the_facilitator_cannot_do_now_is_refused(message: dict[str, Any], tmp_path: Path) -> None:
    game = new_game(tmp_path)
    join(game)
    with pytest.raises(Refused):
        do(game, "host", message)


# ---- Names, codes, rates ------------------------------------------------------------------------------------

NAMES = {
    "  Ann  \n B ": "Ann B", "<script>alert(1)</script>": "<script>alert(1)</script", "👩‍🚀 Zoë": "👩🚀 Zoë",
    "\u202eevil\u200b": "evil", "a" * 10_000: "a" * 24, "\x00\x1b[31m": "[31m", "": "",
    "Z" + "\u0335" * 50: "Z\u0335\u0335",
}  # fmt: skip


@pytest.mark.parametrize(("typed", "shown"), NAMES.items(), ids=[repr(name[:12]) for name in NAMES])
def test_a_name_becomes_one_short_line_that_can_be_seen(typed: str, shown: str) -> None:
    assert clean_name(typed) == shown


def test_names_are_told_apart() -> None:
    assert apart("Ann", {"ann", "Ann 2"}) == "Ann 3"


def test_a_spreadsheet_takes_no_name_for_a_formula(tmp_path: Path) -> None:
    game = new_game(tmp_path)
    player = join(game, name="=HYPERLINK(1)")
    play_cheapest(game, [player], 1)
    assert "'=HYPERLINK(1)" in room_csv(game) and ",=HYPERLINK" not in room_csv(game)


def test_codes_are_many_and_can_be_typed_in_any_way() -> None:
    assert len({new_code() for _ in range(1000)}) == 1000 and len(LETTERS) ** 8 > 5e11
    assert same_code("bcdf ghjk", "BCDF-GHJK") and same_code("BCDF-GHJK", "BCDF-GHJK")
    for wrong in ("BCDF-GHJ", "", None, 5, "BCDF-GHJK" * 1000, "ßÉ"):
        assert not same_code(wrong, "BCDF-GHJK")


def test_a_rate_fills_slowly_and_forgets_the_oldest() -> None:
    clock = Clock()
    rate = Rate(2, 0.5, clock)
    assert [rate.allows("a") for _ in range(3)] == [True, True, False]
    clock.seconds += 2
    assert rate.allows("a") and not rate.allows("a") and rate.allows("b")


def test_seasons_follow_each_other_to_the_end_of_the_market() -> None:
    assert [season.end for season in SEASONS[:-1]] == [season.first for season in SEASONS[1:]]
    assert SEASONS[LAST].end == 60
