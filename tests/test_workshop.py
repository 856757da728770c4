"""Does the workshop's server answer pages, refuse nonsense, and tell what the model says?"""

import asyncio
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest
from command import ROOT, csmarket
from starlette.testclient import TestClient, WebSocketTestSession
from starlette.websockets import WebSocketDisconnect
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect
from workshop_server import workshop

from outputs.serving import network_addresses
from outputs.workshop.application import build_application
from outputs.workshop.desk import Desk
from outputs.workshop.live.ensembles import Ensembles
from outputs.workshop.live.levers import POLICY, POLICY_NAMES
from outputs.workshop.live.shown import SHOWN
from outputs.workshop.room.routes import Room
from scenarios.api import run
from scenarios.live import LiveModel, LiveRun, Question, question
from scenarios.runs import SOURCES
from simulation.inputs import read_england
from simulation.parameters import DECLARED

STATIC = ROOT / "outputs" / "workshop" / "static"
PAGES = ("/", "/model.json", "/static/live.js", "/static/vendor/d3.min.js", "/static/nothing.js", "/nowhere")
BASE = {"preset": "baseline", "set": {}}
MOST_BYTES = 300_000


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """Return a client of a workshop that runs."""
    desk = Desk(tmp_path_factory.mktemp("rooms"), hosts=("127.0.0.1", "testserver"))
    with TestClient(build_application(desk, Room(desk))) as one:
        yield one


def asking(number: int = 1, **parts: Any) -> dict[str, Any]:
    """Return a request, with some parts replaced."""
    usual = {
        "v": 1,
        "id": number,
        "kind": "show",
        "scenario": BASE,
        "base": BASE,
        "seed": 1,
        "outcome": "css_operating",
    }
    return usual | parts


def answers(socket: WebSocketTestSession, number: int, stage: int) -> list[dict[str, Any]]:
    """Return what comes until a request has been answered with so many runs."""
    found = []
    while not found or found[-1]["id"] != number or found[-1]["body"].get("stage") != stage:
        found.append(socket.receive_json())
        assert found[-1]["kind"] == "shown", found[-1]
    return found


# ---- What browsers are told --------------------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES)
def test_every_reply_says_what_a_browser_may_do(page: str, client: TestClient) -> None:
    headers = client.get(page).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy and "script-src 'self'" in policy and "style-src 'self'" in policy
    assert "unsafe" not in policy and "http" not in policy
    assert headers["x-content-type-options"] == "nosniff" and headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize("page", sorted(STATIC.glob("*.html")), ids=lambda path: path.name)
def test_a_page_has_no_script_or_style_within_it(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert not re.findall(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)", text)
    assert not re.findall(r"(?:src|href)=\"(?!/|data:,)[^#]", text)


def test_only_files_of_a_fixed_list_are_served(client: TestClient) -> None:
    for name in ("../desk.py", "%2e%2e/desk.py", "vendor/../../desk.py", "/etc/passwd", "..%5cdesk.py", "live.html/"):
        assert client.get(f"/static/{name}").status_code == 404, name


def test_a_browser_that_has_a_file_is_not_sent_it_again(client: TestClient) -> None:
    mark = client.get("/static/base.css").headers["etag"]
    assert client.get("/static/base.css", headers={"if-none-match": mark}).status_code == 304


def test_the_whole_page_is_small_over_the_wire(client: TestClient) -> None:
    page = client.get("/").text
    modules = set(re.findall(r"from \"\./([a-z]+\.js)\"", (STATIC / "live.js").read_text(encoding="utf-8")))
    wanted = [
        "/",
        "/model.json",
        *re.findall(r"(?:src|href)=\"(/[^\"]+)\"", page),
        *(f"/static/{one}" for one in modules),
    ]
    replies = [client.get(one) for one in wanted]
    assert all(reply.status_code == 200 for reply in replies)
    assert sum(int(reply.headers["content-length"]) for reply in replies) < MOST_BYTES


def test_drawing_libraries_are_as_published_with_their_licences() -> None:
    for name, says in (("d3.min.js", "d3js.org"), ("plot.umd.min.js", "@observablehq/plot")):
        assert says in (STATIC / "vendor" / name).read_text(encoding="utf-8")[:80]
        licence = STATIC / "vendor" / f"{name.split('.')[0]}.LICENSE.txt"
        assert "Permission to use, copy, modify" in licence.read_text(encoding="utf-8")


def test_another_sites_page_cannot_connect(client: TestClient) -> None:
    with (
        pytest.raises(WebSocketDisconnect),
        client.websocket_connect("/live", headers={"origin": "http://evil.example"}),
    ):
        pass


def test_a_request_under_another_name_is_refused(client: TestClient) -> None:
    assert client.get("/", headers={"host": "evil.example"}).status_code == 421


# ---- What the page needs once ------------------------------------------------------------------------------


def test_every_lever_stands_once_as_policy_or_assumption(client: TestClient) -> None:
    told = client.get("/model.json").json()
    policy, assumed = (
        [one["name"] for group in told[part] for one in group["levers"]] for part in ("policy", "assumptions")
    )
    assert set(policy) == POLICY_NAMES and not set(policy) & set(assumed)
    assert len(set(policy + assumed)) == len(policy + assumed)
    assert set(policy + assumed) == {name for name, one in DECLARED.items() if one.role != "constant"}


@pytest.mark.parametrize("lever", [lever for _, levers in POLICY for lever in levers], ids=lambda one: one.name)
def test_every_lever_of_policy_has_names_for_all_its_values(lever: Any) -> None:
    declared = DECLARED[lever.name]
    if isinstance(declared.default, bool) or declared.words:
        assert len(lever.words) == (len(declared.words) or 2)
        return
    ends = [upto for upto, _ in lever.bands]
    high = lever.high or declared.high
    assert ends == sorted(ends) and ends[-1] == high <= declared.high
    steps = (float(declared.default) - declared.low) / lever.step
    assert abs(steps - round(steps)) < 0.51, "the planned value is near a step"


# ---- What the socket tells ---------------------------------------------------------------------------------


def test_answers_grow_from_one_run_to_two_hundred_and_are_the_models(client: TestClient) -> None:
    scenario = {"preset": "open_door", "set": {"allowance.per_head": 21}}
    with client.websocket_connect("/live") as socket:
        socket.send_json(asking(scenario=scenario))
        found = answers(socket, 1, 200)
    assert [one["body"]["stage"] for one in found] == [1, 20, 200]
    told = found[-1]["body"]["scenario"]
    from scenarios.scenario import load_scenario

    stored = run(load_scenario("open_door", {"allowance.per_head": 21}), runs=3).outcomes
    for shown in SHOWN:
        mine = [path[-1] for path in told["paths"][shown.name][:3]]
        theirs = stored[stored["month"] == stored["month"].max()][shown.name].to_numpy() * shown.scale
        assert mine == pytest.approx(theirs, rel=2e-3, abs=1e-6), shown.name
    shares = [told["mean"][f"{source}_share"] for source in (*SOURCES[:3], "other_supplier", *SOURCES[4:])]
    assert np.sum(shares, axis=0) == pytest.approx(100, abs=0.2)
    low, _, middle, _, high = (np.array(one) for one in told["bands"]["css_operating"])
    assert (low <= middle).all() and (middle <= high).all()


@pytest.mark.parametrize("preset", ["baseline", "in_house_wave", "open_door"])
def test_the_map_of_a_run_shows_the_main_sources_of_its_stored_table(preset: str) -> None:
    from outputs.charts.leaders import leaders
    from scenarios.scenario import load_scenario

    shown = LiveModel(read_england()).run(question(preset, {}), 1).main_sources
    stored = leaders(run(load_scenario(preset), runs=1).sourcing, read_england().ccgs.ods_code)
    assert shown.tolist() == stored.place[:, 0].tolist()
    assert len(set(shown.ravel())) >= 5


def test_a_scenario_beside_itself_does_not_differ(client: TestClient) -> None:
    with client.websocket_connect("/live") as socket:
        socket.send_json(asking())
        gap = answers(socket, 1, 200)[-1]["body"]["difference"]
    assert not any(any(values) for part in gap.values() for values in part.values())


def test_the_latest_request_wins(client: TestClient) -> None:
    with client.websocket_connect("/live") as socket:
        for number in range(1, 9):
            scenario = {"preset": "baseline", "set": {"allowance.per_head": 20 + number / 4}}
            socket.send_json(asking(number, scenario=scenario))
        found = answers(socket, 8, 200)
    assert not [one for one in found if one["id"] < 8 and one["body"]["stage"] == 200]


class Failing(LiveModel):
    """A model that cannot run some seeds."""

    broken: frozenset[int] = frozenset()

    def run(self, asked: Question, seed: int, *, keeps_events: bool = False) -> LiveRun:
        """Run a question, or fail."""
        if seed in self.broken:
            raise RuntimeError(f"seed {seed}")
        return super().run(asked, seed, keeps_events=keeps_events)


def test_a_run_that_fails_is_told_to_all_who_wait_and_tried_again_when_asked() -> None:
    model = Failing(read_england())

    async def ask() -> tuple[list[Any], Any]:
        ensembles = Ensembles(model, 2)
        one = ensembles.find(question("baseline", {}), 1)
        model.broken = frozenset({15})
        failed = await asyncio.gather(*(ensembles.reach(one, 20) for _ in range(3)), return_exceptions=True)
        model.broken = frozenset()
        await ensembles.reach(one, 20)
        ensembles.close()
        return failed, one

    failed, one = asyncio.run(ask())
    assert [str(error) for error in failed] == ["seed 15"] * 3
    assert one.stage == 20 and one.begun == 20


def test_runs_for_the_first_stage_of_a_new_question_come_before_the_rest_of_an_older_one() -> None:
    async def ask() -> int:
        ensembles = Ensembles(LiveModel(read_england()), 1)
        older, newer = (ensembles.find(question("baseline", {"allowance.per_head": at}), 1) for at in (20.0, 21.0))
        with ensembles.wanting([older], [1, 20, 200]) as reached:
            await reached(1)
            await ensembles.reach(newer, 1)
            begun = older.begun
        ensembles.close()
        return begun

    assert asyncio.run(ask()) < 200


def test_a_changed_assumption_shows_the_baseline_under_it_too(client: TestClient) -> None:
    scenario = {"preset": "baseline", "set": {"cost.fixed_scale": 1.5, "allowance.per_head": 22}}
    with client.websocket_connect("/live") as socket:
        socket.send_json(asking(scenario=scenario))
        first = socket.receive_json()["body"]
        socket.send_json(asking(2, scenario={"preset": "baseline", "set": {"cost.fixed_scale": 1.5}}))
        while (second := socket.receive_json())["id"] != 2:
            pass
    assert first["assumed"]["line"]["spend_per_head"] == second["body"]["scenario"]["line"]["spend_per_head"]


def test_why_names_levers_whose_parts_add_up_and_events(client: TestClient) -> None:
    scenario = {"preset": "baseline", "set": {"hosting.ends": 28, "allowance.per_head": 21}}
    with client.websocket_connect("/live") as socket:
        socket.send_json(asking(7, kind="why", scenario=scenario))
        told = socket.receive_json()
    body = told["body"]
    assert told["kind"] == "because" and [name for name, _ in body["levers"]["alone"]] == [
        "allowance.per_head",
        "hosting.ends",
    ]
    parts = sum(step for _, step in body["levers"]["alone"]) + body["levers"]["together"]
    assert parts == pytest.approx(body["levers"]["total"], abs=1e-9)
    with client.websocket_connect("/live") as socket:
        socket.send_json(asking(scenario={"preset": "baseline", "set": {"allowance.per_head": 21}}))
        gap = answers(socket, 1, 20)[-1]["body"]["difference"]
    assert body["levers"]["alone"][0][1] == pytest.approx(gap["mean"]["css_operating"][-1], abs=1e-3)
    assert body["events"]["month"] is not None and body["events"]["scenario"]
    assert all(line.endswith(".") for line in body["events"]["scenario"] + body["events"]["base"])


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ("nonsense", "not JSON"),
        ("[" * 5000, "not JSON"),
        (json.dumps([1, 2]), "v = 1"),
        (json.dumps(asking() | {"v": 9}), "v = 1"),
        (json.dumps(asking(id=-1)), "id = -1"),
        (json.dumps(asking(id=True)), "id = True"),
        (json.dumps(asking(seed=1.5)), "seed = 1.5"),
        (json.dumps(asking(kind="../room")), "kind ="),
        (json.dumps(asking(outcome=["x"])), "outcome ="),
        (json.dumps(asking(scenario=None)), "scenario must hold"),
        (json.dumps(asking(scenario={"preset": "../../etc/passwd", "set": {}})), "no scenario in the library"),
        (json.dumps(asking(scenario={"preset": "x" * 9000, "set": {}})), "no scenario in the library"),
        (json.dumps(asking(scenario={"preset": "baseline", "set": {"allowance.per_head": 999}})), "0 to 50"),
        (json.dumps(asking(scenario={"preset": "baseline", "set": {"allowance.per_head": "25"}})), "'25'"),
        (json.dumps(asking(base={"preset": "baseline", "set": {"allowance.per_head": [1]}})), "base: allowance"),
        (json.dumps(asking(scenario={"preset": "baseline", "set": {"allowance.per_head": float("nan")}})), "nan"),
        (json.dumps(asking(scenario={"preset": "baseline", "set": {"__class__": 1}})), "no parameter __class__"),
        (json.dumps(asking(scenario={"preset": "baseline", "set": {str(i): i for i in range(500)}})), "at most 150"),
    ],
)  # fmt: skip
def test_nonsense_is_refused_in_words_and_the_next_request_answered(
    message: str, words: str, client: TestClient
) -> None:
    with client.websocket_connect("/live") as socket:
        socket.send_text(message)
        refusal = socket.receive_json()
        assert refusal["kind"] == "refused" and words in " ".join(refusal["body"])
        assert all(len(fault) < 500 for fault in refusal["body"])
        socket.send_json(asking(5))
        assert socket.receive_json()["id"] == 5


def test_all_faults_of_a_request_are_told_at_once(client: TestClient) -> None:
    bad = {"preset": "nowhere", "set": {"allowance.per_head": -1}}
    with client.websocket_connect("/live") as socket:
        socket.send_json(asking(seed="x", scenario=bad))
        faults = socket.receive_json()["body"]
    assert len(faults) == 3


def test_bytes_close_the_socket_and_nothing_else(client: TestClient) -> None:
    with client.websocket_connect("/live") as socket:
        socket.send_bytes(b"\x00\xff")
        assert socket.receive()["type"] == "websocket.close"
    assert client.get("/").status_code == 200


# ---- The command -------------------------------------------------------------------------------------------


def test_a_message_that_is_too_long_closes_its_socket_and_the_server_lives(tmp_path: Path) -> None:
    with workshop(tmp_path) as (address, server):
        live = address.replace("http", "ws") + "/live"
        with connect(live) as socket, pytest.raises(ConnectionClosed):
            socket.send("x" * 100_000)
            socket.recv()
        with connect(live) as socket:
            socket.send(json.dumps(asking()))
            assert json.loads(socket.recv())["kind"] == "shown"
            peers = {one.raddr.ip for one in psutil.Process(server.pid).net_connections() if one.raddr}
    assert peers <= {"127.0.0.1"}
    assert not (tmp_path / "rooms").exists()


def test_for_a_room_the_address_is_printed_with_a_code_to_scan(tmp_path: Path) -> None:
    with workshop(tmp_path, "--room") as (address, server):
        assert server.stdout is not None and address.startswith("http://127.0.0.1:")
        assert "The room's code is " in server.stdout.readline()
        if addresses := network_addresses():
            port = address.rpartition(":")[2]
            assert f"phones open http://{addresses[0]}:{port}" in server.stdout.readline()
            assert "\u2588" in "".join(server.stdout.readline() for _ in range(6))


def test_wrong_options_are_refused_all_at_once(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = csmarket("workshop", "--port", "80", "--out", "file", "--no-browser", cwd=tmp_path)
    assert done.returncode == 2 and "--port = '80'" in done.stderr and "--out = 'file'" in done.stderr


def test_a_port_that_is_taken_is_refused(tmp_path: Path) -> None:
    with workshop(tmp_path) as (address, _):
        port = address.rpartition(":")[2]
        done = csmarket("workshop", "--port", port, "--no-browser", cwd=tmp_path)
    assert done.returncode == 2 and f"--port = {port} is taken" in done.stderr


def test_without_the_extra_the_command_says_how_to_get_it(tmp_path: Path) -> None:
    import subprocess

    from command import environment

    without = "import sys; sys.modules['segno'] = None; sys.argv = ['csmarket', 'workshop', '--no-browser'];"
    code = f"{without} from outputs.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=environment(), capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 2 and "segno" in done.stderr and "[workshop]" in done.stderr
