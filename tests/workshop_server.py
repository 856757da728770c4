"""A workshop's server in a process of its own, and what a test wants of it."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from command import COMMAND, environment


@contextmanager
def workshop(folder: Path, *arguments: str) -> Iterator[tuple[str, "subprocess.Popen[str]"]]:
    """Serve the workshop on a port that is free, and yield its address and process once it answers."""
    command = [*COMMAND, "workshop", "--port", "0", "--no-browser", "--out", str(folder / "rooms"), *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment(), encoding="utf-8") as server:
        assert server.stdout is not None
        try:
            said = server.stdout.readline()
            assert "live page is at" in said, said
            yield said.split(" is at ")[1].split(" ")[0].rstrip("/"), server
        finally:
            server.terminate()
