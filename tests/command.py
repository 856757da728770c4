"""Call the command line as a user does: in a process of its own."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

COMMAND = [sys.executable, "-m", "outputs.cli"]
ROOT = Path(__file__).parent.parent


def csmarket(*arguments: object, cwd: Path, **more: Any) -> "subprocess.CompletedProcess[str]":
    """Run `csmarket` in a folder and return what it said and its exit code."""
    options: dict[str, Any] = {"capture_output": True, "text": True, "timeout": 120, "encoding": "utf-8"}
    return subprocess.run([*COMMAND, *map(str, arguments)], cwd=cwd, env=environment(), **(options | more))


def environment() -> dict[str, str]:
    """Return an environment in which this checkout is what is imported, and a terminal's width does not matter."""
    return {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "100"}
