"""The pages on sweeps and the tutorial: every design, command and program that they show runs.

As a program it executes the tutorial and stores what it shows: ``python tests/test_sweep_documents.py``.
"""

import importlib.util
import re
import sys
from pathlib import Path

import nbformat
import pytest
from command import ROOT, environment
from nbclient import NotebookClient
from test_documents import MACHINE, commands, obeyed, said

from scenarios.api import load_design, sweep
from scenarios.discovery import LEAST_POINTS

DOCS = ROOT / "docs"
TUTORIAL = DOCS / "tutorial.ipynb"
PAGES = ("sweeps.md", "analyses.md")
BLOCK = re.compile(r"^```(sh|python|toml)\n(.*?)^```", re.MULTILINE | re.DOTALL)


SEARCHED = "# space.toml"
"""The design whose results are searched for what leads to an outcome, which takes many points."""


def small(text: str) -> str:
    """Return a design or program that asks for few points and runs, with all else as it is shown."""
    points = LEAST_POINTS if text.startswith(SEARCHED) else 6
    text = re.sub(r"^points = \d+", f"points = {points}", text, flags=re.MULTILINE)
    return re.sub(r"\bruns=\d+", "runs=2", text)


def carry_out(pages: tuple[str, ...], folder: Path) -> None:
    """Do what some pages show, in order: a block whose first line is a comment with a file's name is that file."""
    for page in pages:
        for language, text in BLOCK.findall((DOCS / page).read_text(encoding="utf-8")):
            text = small(text)
            if named := re.match(r"# (\w+\.(?:toml|py))\n", text):
                (folder / named[1]).write_text(text)
            elif language == "python":
                said([sys.executable, "-c", text], folder)
            else:
                for arguments in commands(text):
                    obeyed(arguments, folder)


def test_what_the_pages_on_sweeps_show_runs_in_order(tmp_path: Path) -> None:
    carry_out(PAGES, tmp_path)
    assert {path.name for path in (tmp_path / "runs").iterdir()} >= {"study", "space", "loyal"}


def executed() -> "nbformat.NotebookNode":
    notebook = nbformat.read(TUTORIAL, as_version=4)
    kernel = {"env": environment()}
    NotebookClient(notebook, timeout=600, resources={"metadata": {"path": str(DOCS)}}).execute(**kernel)
    return notebook


def results_of(notebook: "nbformat.NotebookNode") -> list[str]:
    """Return what each cell of code shows as text."""
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    return ["".join(out.get("data", {}).get("text/plain", "") for out in cell.outputs) for cell in cells]


def test_the_tutorial_runs_and_was_stored_with_its_results() -> None:
    fresh = results_of(executed())
    stored = results_of(nbformat.read(TUTORIAL, as_version=4))
    assert [bool(text) for text in fresh] == [bool(text) for text in stored]
    assert sum(map(bool, fresh)) == 7


def test_the_tutorial_holds_no_path_of_one_machine_and_no_complaint() -> None:
    text = TUTORIAL.read_text(encoding="utf-8")
    assert not MACHINE.findall(text)
    assert "Warning" not in text


@pytest.mark.parametrize("page", [*PAGES, "tutorial.ipynb"])
def test_the_pages_name_only_keys_of_a_design_that_exist(page: str) -> None:
    from scenarios.design_file import KEYS

    shown = re.findall(r"^(\w+) = ", (DOCS / page).read_text(encoding="utf-8"), re.MULTILINE)
    listed = re.findall(
        r"^\| `(\w+)`", (DOCS / "sweeps.md").read_text(encoding="utf-8").split("| method |")[0], re.MULTILINE
    )
    programs = {"results", "quick", "outcomes", "design", "last", "comparison", "model"}
    assert set(shown) <= {*KEYS, *programs}
    assert set(KEYS) - {"vary", "first_seed"} <= set(listed)


def test_the_study_is_large_enough_and_its_page_is_written_from_results(tmp_path: Path) -> None:
    study = DOCS / "studies" / "main_factors.toml"
    assert load_design(study).runs >= 50_000
    small_study = tmp_path / "main_factors.toml"
    text = study.read_text(encoding="utf-8")
    small_study.write_text(text.replace("points = 1024", "points = 8").replace("seeds = 4", "seeds = 2"))
    results = sweep(small_study, tmp_path / "out")
    specification = importlib.util.spec_from_file_location("page", DOCS / "how" / "write_sensitivity_page.py")
    assert specification is not None
    assert specification.loader is not None
    page = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(page)
    written = page.tables(results)
    assert "8 base points, 144 points, 288 runs" in written
    assert "This is a small run" in written
    stored = (DOCS / "what_moves_the_market.md").read_text(encoding="utf-8")
    assert re.findall("^## .*", written, re.MULTILINE) == re.findall("^## .*", stored, re.MULTILINE)


if __name__ == "__main__":
    notebook = executed()
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        if cell.cell_type == "code":
            cell.outputs = [output for output in cell.outputs if output.output_type != "stream"]
    nbformat.write(notebook, TUTORIAL)
