"""Call the command line as a user does: in a process of its own, or in this one, which spares the imports."""

import io
import os
import signal
import subprocess
import sys
import warnings
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import pytest

COMMAND = [sys.executable, "-m", "outputs.cli"]
ROOT = Path(__file__).parent.parent


def csmarket(*arguments: object, cwd: Path, **more: Any) -> "subprocess.CompletedProcess[str]":
    """Run `csmarket` in a folder and return what it said and its exit code."""
    options: dict[str, Any] = {"capture_output": True, "text": True, "timeout": 600, "encoding": "utf-8"}
    return subprocess.run([*COMMAND, *map(str, arguments)], cwd=cwd, env=environment(), **(options | more))


def begun(*arguments: object, cwd: Path) -> "subprocess.Popen[str]":
    """Begin `csmarket` in a folder; Ctrl-C reaches it even where the tests themselves were begun with it shut off."""
    heed = None if sys.platform == "win32" else lambda: signal.signal(signal.SIGINT, signal.SIG_DFL)
    words = [*COMMAND, *map(str, arguments)]
    return subprocess.Popen(words, cwd=cwd, env=environment(), stderr=subprocess.PIPE, text=True, preexec_fn=heed)


def called(*arguments: object, cwd: Path) -> "subprocess.CompletedProcess[str]":
    """Run `csmarket` in a folder, in this process, and return what it said and its exit code."""
    from outputs.cli import status_of

    words, out, err = [str(argument) for argument in arguments], io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err), warnings.catch_warnings():
        patch.chdir(cwd)
        patch.setenv("COLUMNS", "100")
        patch.setattr(sys, "argv", ["csmarket", *words])
        warnings.simplefilter("default")
        status = status_of(words)
    return subprocess.CompletedProcess(words, status, out.getvalue(), err.getvalue())


def environment() -> dict[str, str]:
    """Return an environment in which this checkout is what is imported, and a terminal's width does not matter."""
    return {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "100"}
