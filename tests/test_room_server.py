"""The room over real sockets: a whole game of forty, a hostile room, and a server that is stopped in mid-season."""

import json
import socket
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from room_server import WAIT, Screen, Server, cheapest_sheet, host, phone, serving
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

EVIL: Any = "http://evil.example"
PAGES = ("/room", "/room/host", "/room/screen", "/room/debrief", "/room/pack")
TAKEN_AWAY = ("/room/debrief.json", "/room/log.json", "/room/room.csv")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with serving(tmp_path / "room") as served:
        yield served


def ask(server: Server, path: str, **headers: str) -> tuple[int, Any, bytes]:
    """Return the status, headers and body of a page."""
    request = urllib.request.Request(f"http://{server.address}{path}", headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=WAIT) as reply:
            return reply.status, reply.headers, reply.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read()


def ready(server: Server) -> Screen:
    """Return the facilitator's page once the market is there."""
    screen = host(server)
    screen.until(phase="lobby")
    return screen


# ---- A whole game -------------------------------------------------------------------------------------------


def test_forty_play_three_seasons_and_read_their_debrief(server: Server) -> None:
    desk = ready(server)
    phones = [phone(server, f"Player {k}") for k in range(40)]
    assert len({one.state["me"]["seat"] for one in phones}) == 40
    for season in (1, 2, 3):
        assert desk.tell("open")["do"] == "done"
        for one in phones:
            one.until(phase="open", played=season - 1)
            answer = one.tell("choose", season=season, sheet=cheapest_sheet(one.state["view"]))
            assert answer["do"] == "done", answer
        assert desk.until(n_done=40)["phase"] == "open"
        assert desk.tell("close", season=season)["do"] == "done"
        for one in phones:
            assert one.until(phase="lobby", played=season)["last"]["lines"] is not None
    assert desk.tell("finish")["do"] == "done"
    status, _, body = ask(server, "/room/debrief.json", authorization=f"Bearer {server.token}")
    told = json.loads(body)
    assert status == 200 and told["n_played"] == 40 and told["until"] == "Dec 2016" and len(told["seats"]) == 40
    assert {len(series[run]) for series in told["series"] for run in ("room", "alone")} == {60}
    assert told["figures"]["room"] != told["figures"]["alone"]
    assert ask(server, "/room/room.csv", authorization=f"Bearer {server.token}")[2].count(b"\n") > 3 * 40
    assert phones[0].until(phase="finished")


def test_a_server_stopped_in_mid_season_is_carried_on_and_a_phone_keeps_its_seat(tmp_path: Path) -> None:
    with serving(tmp_path) as first:
        desk, one = ready(first), phone(first, "Ann")
        desk.tell("open")
        one.until(phase="open")
        sheet = cheapest_sheet(one.state["view"])
        one.tell("choose", season=1, sheet=sheet)
        token, seat, secret = one.token, one.state["me"]["seat"], first.token
    with serving(tmp_path) as second:
        again = phone(second, token=token)
        state = again.until(phase="open", sheet=sheet)
        assert state["me"]["seat"] == seat and state["me"]["name"] == "Ann" and state["me"]["n"] == 1
        old = Screen(second, secret)
        old.send(do="hello", **{"as": "host"}, token=secret)
        assert old.hear("state", "refused")["do"] == "state"


def test_a_phone_that_comes_back_has_its_seat_and_one_that_never_joined_has_none(server: Server) -> None:
    ready(server)
    one = phone(server, "Ann")
    one.close()
    assert phone(server, token=one.token).state["me"]["seat"] == one.state["me"]["seat"]
    stranger = Screen(server)
    stranger.send(do="hello", token=stranger.token)
    assert not stranger.hear("welcome")["joined"]
    stranger.send(do="choose", n=1, season=1, sheet={"lines": {}})
    assert stranger.hear("refused")


# ---- A hostile room -----------------------------------------------------------------------------------------


def test_codes_cannot_be_guessed_and_a_seated_phone_is_not_kept_out_by_the_guesser(server: Server) -> None:
    ready(server)
    seated = phone(server, "Ann")
    guesser = Screen(server)
    guesser.send(do="hello", token=guesser.token)
    guesser.hear("welcome")
    answers = []
    for n in range(30):
        guesser.send(do="join", n=n, code=f"AAAA-{n:04d}", name="x")
        answers.append(guesser.hear("refused")["why"][0])
    assert "not the room's code" in answers[0] and "Too many wrong codes" in answers[-1]
    guesser.close()
    assert phone(server, token=seated.token).state["me"]["name"] == "Ann"
    assert len(server.game.record.players) == 1


@pytest.mark.parametrize("command", ["open", "close", "undo", "finish", "erase", "anew", "enter", "set"])
def test_a_phone_cannot_call_the_facilitators_commands(command: str, server: Server) -> None:
    ready(server)
    one = phone(server, "Ann")
    entries = server.game.record.entries
    assert one.tell(command, seat="ccg:04L", season=1, sheet={"lines": {}}, settings={"seed": 1})["do"] == "refused"
    assert server.game.record.entries == entries


def test_a_wrong_secret_opens_nothing(server: Server) -> None:
    for kind in ("host", "screen"):
        liar = Screen(server)
        liar.send(do="hello", **{"as": kind}, token="0" * 32)
        assert "secret" in liar.hear("refused")["why"][0]
    for path in TAKEN_AWAY:
        for headers in ({}, {"authorization": "Bearer " + "0" * 32}, {"authorization": f"Basic {server.token}"}):
            assert ask(server, path, **headers)[0] == 403


@pytest.mark.parametrize(
    "text",
    ["", "null", "[]", "{", '"hello"', "[" * 5000, '{"do": 5}', '{"do": "hello", "token": 5}', "x" * 9000,
     '{"do":"__init__"}',
     '{"do": "choose", "n": 1e400}', "\u0000", '{"do": "join", "code": {"a": 1}}'],
    ids=range(13),
)  # fmt: skip
def test_a_message_that_makes_no_sense_is_refused_and_the_room_goes_on(text: str, server: Server) -> None:
    ready(server)
    one = phone(server, "Ann")
    one.socket.send(text)
    assert one.hear("refused")["why"]
    assert one.tell("choose", season=1, sheet={"lines": {}})["why"] == ["This season is not open for choices."]


def test_an_oversized_message_closes_its_own_socket_alone(server: Server) -> None:
    ready(server)
    one, other = phone(server, "Ann"), phone(server, "Ben")
    one.socket.send("x" * 100_000)
    with pytest.raises(ConnectionClosed):
        one.hear("never")
    assert other.tell("choose", season=1, sheet={"lines": {}})["do"] == "refused"


def test_two_hundred_connections_from_one_address_keep_nobody_else_out(server: Server) -> None:
    ready(server)
    refused = 0
    with ExitStack() as kept:
        for _ in range(200):
            try:
                kept.enter_context(connect(f"ws://{server.address}/room/socket", source_address=("127.0.0.1", 0)))
            except (InvalidStatus, ConnectionClosed):
                refused += 1
        assert refused >= 130
        assert phone(server, "Ann", source="127.0.0.2").state["me"]["name"] == "Ann"


def test_markup_in_a_name_travels_as_text_and_a_long_one_is_cut(server: Server) -> None:
    desk = ready(server)
    phone(server, "<img src=x onerror=alert(1)>" + "a" * 7000)
    players = desk.state["players"] or desk.hear("state")["players"]
    assert players[0]["name"] == "<img src=x onerror=alert"


def test_another_sites_page_cannot_open_a_socket(server: Server) -> None:
    with pytest.raises(InvalidStatus), connect(f"ws://{server.address}/room/socket", origin=EVIL):
        pass


@pytest.mark.parametrize(
    "path", ["/static/../setup.cfg", "/static/%2e%2e/desk.py", "/room/..%2f..%2fsetup.cfg", "/room/room.jsonl"]
)
def test_no_file_is_read_at_a_clients_wish(path: str, server: Server) -> None:
    with socket.create_connection(tuple(server.address.split(":"))) as line:  # type: ignore[arg-type]
        line.sendall(f"GET {path} HTTP/1.1\r\nHost: {server.address}\r\nConnection: close\r\n\r\n".encode())
        assert b" 404 " in line.recv(100)


def test_nothing_is_written_beside_the_rooms_own_log(server: Server) -> None:
    desk = ready(server)
    phone(server, "../../x")
    desk.tell("open")
    assert [path.name for path in server.desk.folder.iterdir()] == ["room.jsonl"]


@pytest.mark.parametrize("path", PAGES)
def test_every_page_has_strict_headers(path: str, server: Server) -> None:
    status, headers, body = ask(server, path)
    assert status == 200 and "script-src 'self'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"] and headers["x-content-type-options"] == "nosniff"
    assert b"<script>" not in body and b"style=" not in body and b"http://" not in body


def test_a_phones_page_is_under_25_kilobytes_in_all(server: Server) -> None:
    paths = ("/room", "/static/base.css", "/static/room.css", "/static/room.js", "/static/room_wire.js")
    assert sum(len(ask(server, path, **{"accept-encoding": "gzip"})[2]) for path in paths) < 25_000
