"""`csmarket workshop`: check its options, warm up, say where it is, serve until it is stopped."""

import errno
import importlib.util
import ipaddress
import socket
import sys
import threading
import webbrowser
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from outputs.progress import COMPILING, note
from simulation.faults import InputError

DONE = 0
HERE, EVERYWHERE = "127.0.0.1", "0.0.0.0"
LOWEST_PORT, HIGHEST_PORT = 1024, 65535
ANY_PORT = 0
NEEDED = ("starlette", "uvicorn", "websockets", "segno", "psutil")
LONGEST_MESSAGE = 16_384
"""Bytes of one message over a WebSocket; a longer one closes it."""
MOST_CONNECTIONS = 400
"""Connections at once; more are told that the server is busy."""


def serve_workshop(options: Mapping[str, Any]) -> int:
    """Do what `csmarket workshop` was told, and return its exit code.

    Raises:
        InputError: The input is wrong, the port is taken, or the extra is not installed; nothing was served.
    """
    port = _checked(options)
    listening = _listen(EVERYWHERE if options["room"] else HERE, port)
    port = listening.getsockname()[1]
    with listening:
        _warm_up()
        addresses = network_addresses() if options["room"] else []
        desk = _desk(options, port, addresses)
        room = _room(desk)
        _tell(desk, room, [f"http://{address}:{port}" for address in addresses])
        if not options["no_browser"]:
            threading.Timer(0.5, webbrowser.open, [f"http://{HERE}:{port}/"]).start()
        _serve(desk, room, listening)
    return DONE


def _checked(options: Mapping[str, Any]) -> int:
    """Return the port, or say all that is wrong."""
    faults = []
    lacking = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    if lacking:
        faults.append(
            f"the workshop needs {', '.join(lacking)}, not installed here: "
            "pip install 'csmarket[workshop]', or in a checkout pip install -e '.[workshop]'"
        )
    text = str(options["port"])
    if not text.isdecimal() or not (int(text) == ANY_PORT or LOWEST_PORT <= int(text) <= HIGHEST_PORT):
        faults.append(
            f"--port = {text!r} is not allowed: it must be a whole number from {LOWEST_PORT} to {HIGHEST_PORT}, "
            "or 0 for any that is free"
        )
    out = Path(options["out"])
    if out.exists() and not out.is_dir():
        faults.append(f"--out = {str(out)!r} is a file: name a folder")
    if faults:
        raise InputError(faults)
    return int(text)


def _listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens.

    Raises:
        InputError: The port is taken.
    """
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    if sys.platform != "win32":
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen()
    except OSError as error:
        listening.close()
        if error.errno not in (errno.EADDRINUSE, errno.EACCES):
            raise
        raise InputError([f"--port = {port} is taken by another program: name another, as --port {port + 1}"]) from None
    return listening


def network_addresses() -> list[str]:
    """Return this machine's addresses on its networks (IPv4), those of private networks first."""
    return sorted(_addresses(), key=lambda address: not ipaddress.ip_address(address).is_private)


def _addresses() -> Iterator[str]:
    import psutil

    standing = psutil.net_if_stats()
    for name, entries in psutil.net_if_addrs().items():
        for entry in entries:
            usable = entry.family == socket.AF_INET and name in standing and standing[name].isup
            if usable and not ipaddress.ip_address(entry.address).is_loopback:
                yield entry.address


def _warm_up() -> None:
    """Run once, so that the first visitor does not wait for the rules to be compiled or loaded."""
    from scenarios.live import LiveModel, question
    from simulation.engine import is_compiled
    from simulation.inputs import read_england

    note("Warming up..." if is_compiled() else COMPILING)
    LiveModel(read_england()).run(question("baseline", {}), 1, keeps_events=True)


def _desk(options: Mapping[str, Any], port: int, addresses: list[str]) -> Any:
    from outputs.workshop.desk import Desk

    name = socket.gethostname().lower()
    hosts = (HERE, "localhost", *addresses, *((name, f"{name}.local") if options["room"] else ()))
    address = f"http://{addresses[0] if addresses else HERE}:{port}"
    return Desk(Path(options["out"]), address, options["room"], hosts)


def _room(desk: Any) -> Any:
    from outputs.workshop.room.routes import Room

    return Room(desk)


def _tell(desk: Any, room: Any, addresses: list[str]) -> None:
    """Say where the workshop is, with a QR code for phones."""
    own = f"http://{HERE}:{desk.address.rpartition(':')[2]}"
    print(f"The live page is at {own}/ (Ctrl-C stops it).", flush=True)
    if not desk.for_room:
        return
    code, link = room.invitation
    print(f"The room's code is {code}. The facilitator opens {own}{link} (keep it to yourself).", flush=True)
    if not addresses:
        note("This machine is on no network: join one, then start again, so that phones can connect.")
        return
    import segno

    print(f"On this network phones open {' or '.join(addresses)}, then the room.")
    print("Anyone on the network can open these pages: use a network that you trust.\n")
    segno.make(f"{desk.address}/room", micro=False).terminal(compact=True)
    sys.stdout.flush()


def _serve(desk: Any, room: Any, listening: socket.socket) -> None:
    import uvicorn

    from outputs.workshop.application import build_application

    config = uvicorn.Config(
        build_application(desk, room), log_level="warning", ws_max_size=LONGEST_MESSAGE, server_header=False,
        limit_concurrency=MOST_CONNECTIONS, timeout_graceful_shutdown=2, access_log=False,
    )  # fmt: skip
    uvicorn.Server(config).run(sockets=[listening])
