"""For every test: the rules are compiled once, before the first; and what Mesa keeps of a test is let go after it."""

import subprocess
import sys
from collections.abc import Iterator

import pytest
from command import ROOT, environment

from simulation.engine import is_compiled


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Compile the rules where they are not in the cache, before workers start: else each would, and each command."""
    config = session.config
    if hasattr(config, "workerinput") or config.option.collectonly or is_compiled():
        return
    terminal = config.pluginmanager.get_plugin("terminalreporter")
    if terminal is not None:
        terminal.write_line("compiling the rules, once for all tests: a minute or two ...")
    subprocess.run([sys.executable, ROOT / "tests" / "compile_rules.py"], env=environment(), check=False)


@pytest.fixture(autouse=True)
def _let_go_of_models() -> Iterator[None]:
    """Let Mesa forget the models of a test: it counts the agents of each, and so keeps them all."""
    yield
    if "mesa" in sys.modules:
        sys.modules["mesa"].Agent._ids.clear()
