"""The documents: what they say exists, what is generated is fresh, and what they show runs.

As a program it brings the generated tables up to date: ``python tests/test_documents.py``.
"""

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from command import COMMAND, ROOT, called, environment

from simulation.parameters import DECLARED
from simulation.version import VERSION

DOCS = ROOT / "docs"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])
GENERATED = {
    "parameters": """# Parameters

Every parameter, as `csmarket parameters --format markdown` prints it. A scenario or `--set` may change each within its
range. A *lever* is set by policy, an *uncertainty* is not known, a *constant* is not meant to vary.
Sources: [evidence](evidence.md) (K), [assumptions](assumptions.md) (A).

""",
    "outcomes": """# Outcomes

What is recorded every month, as `csmarket outcomes --format markdown` prints it.
Files and other columns: [results](results.md).

""",
}
SHOWN = [page for page in (ROOT / "README.md", DOCS / "results.md", DOCS / "charts.md") if page.exists()]
FILE_ENDINGS = {"py", "csv", "toml", "parquet", "md", "json", "geojson", "cff", "cfg"}
MACHINE = re.compile(r"(?<![\w.:/])/(?:work|tmp|home|root|Users|usr|opt)/")
SERVERS = ("workshop",)
"""Commands that wait for somebody: only their help is asked for."""
VERDICTS = ("evidence",)
"""Commands whose exit code may also be 1, as few runs decide little."""


def named(page: Path) -> str:
    """Return a page's name for the list of tests."""
    return page.relative_to(ROOT).as_posix()


def printed(table: str) -> str:
    """Return what a command prints of a reference table."""
    command = [*COMMAND, table, "--format", "markdown"]
    done = subprocess.run(command, env=environment(), capture_output=True, text=True, check=True, encoding="utf-8")
    return done.stdout


def prose(page: Path) -> str:
    """Return a page without its blocks of code."""
    return re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)


# ---- Generated tables --------------------------------------------------------------------------------------


@pytest.mark.parametrize("table", GENERATED)
def test_a_generated_table_is_fresh(table: str) -> None:
    page = DOCS / f"{table}.md"
    fresh = page.read_text(encoding="utf-8") == GENERATED[table] + printed(table)
    assert fresh, f"docs/{table}.md is out of date: python tests/test_documents.py writes it anew"


# ---- Keys --------------------------------------------------------------------------------------------------


def keys_declared(page: str) -> list[str]:
    """Return the keys to which a register gives a row or a heading."""
    return re.findall(r"^(?:\| |#+ )([KA]-\d\d)\b", (DOCS / page).read_text(encoding="utf-8"), re.MULTILINE)


def sources() -> Iterator[Path]:
    """Yield the files in which keys are cited."""
    for folder in ("agents", "simulation", "scenarios", "outputs", "docs"):
        for ending in ("py", "csv", "toml", "md"):
            yield from (ROOT / folder).rglob(f"*.{ending}")
    yield from ROOT.glob("*.md")


@pytest.mark.parametrize("page", ["evidence.md", "assumptions.md"])
def test_a_key_is_declared_once(page: str) -> None:
    keys = keys_declared(page)
    assert sorted(set(keys)) == sorted(keys)


def test_every_key_that_is_cited_is_declared() -> None:
    known = {*keys_declared("evidence.md"), *keys_declared("assumptions.md")}
    unknown = [
        f"{named(path)}: {key}"
        for path in sources()
        for key in set(re.findall(r"\b[KA]-\d\d\b", path.read_text(encoding="utf-8")))
        if key not in known
    ]
    assert not sorted(unknown)


def test_every_assumption_names_the_parameters_that_cite_it() -> None:
    sections = re.split(r"^## (?=A-\d\d)", (DOCS / "assumptions.md").read_text(encoding="utf-8"), flags=re.MULTILINE)
    by_key = {section[:4]: section for section in sections[1:]}
    missing = [
        f"{key}: {name}"
        for name, declared in DECLARED.items()
        for key in re.findall(r"A-\d\d", declared.source)
        if f"`{name}`" not in by_key.get(key, "")
    ]
    assert not missing


# ---- Names -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_parameter_that_a_page_names_exists(page: Path) -> None:
    groups = {name.partition(".")[0] for name in DECLARED}
    dotted = re.findall(r"`([a-z_]+)\.([a-z_]+)`", prose(page))
    unknown = [
        f"{group}.{own}"
        for group, own in dotted
        if group in groups and own not in FILE_ENDINGS and f"{group}.{own}" not in DECLARED
    ]
    assert not unknown


def test_the_odd_knows_every_group_that_it_names_and_every_parameter() -> None:
    text = (DOCS / "odd.md").read_text(encoding="utf-8")
    dotted = {f"{a}.{b}" for a, b in re.findall(r"`([a-z_]+)\.([a-z_]+)`", text) if b not in FILE_ENDINGS}
    assert not dotted - DECLARED.keys() - {"group.name", "month.advance", "state.policy"}
    assert not sorted(DECLARED.keys() - dotted), "these parameters have no place in docs/odd.md"


# ---- Links and paths ---------------------------------------------------------------------------------------


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", prose(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_relative_link_resolves(page: Path) -> None:
    dead = []
    for link in re.findall(r"\]\(([^)\s]+)\)", prose(page)):
        if re.match(r"[a-z]+:", link):
            continue
        file, _, anchor = link.partition("#")
        target = (page.parent / file).resolve() if file else page
        if not target.exists() or (anchor and target.suffix == ".md" and anchor not in anchors(target)):
            dead.append(link)
    assert not dead


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_no_page_names_a_path_of_one_machine(page: Path) -> None:
    assert not MACHINE.findall(page.read_text(encoding="utf-8"))


def test_the_citation_is_of_this_version() -> None:
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert re.findall(r"^version: (.+)$", citation, re.MULTILINE) == [VERSION]


def test_the_changelog_has_this_version_with_its_results() -> None:
    releases = re.split(r"^## \[", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    this = [release for release in releases if release.startswith(f"{VERSION}]")]
    assert len(this) == 1
    assert "### Results" in this[0]


# ---- What is shown runs ------------------------------------------------------------------------------------


def blocks(page: Path) -> list[tuple[str, str]]:
    """Return a page's blocks of shell and Python, in order, with their language."""
    found = re.findall(r"^```(sh|python)\n(.*?)^```", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    return [(language, text) for language, text in found]


def commands(text: str) -> list[list[str]]:
    """Return the csmarket commands of a block of shell, with few runs where they run anything."""
    lines = [line for line in text.replace("\\\n", " ").splitlines() if line.startswith("csmarket")]
    return [small(shlex.split(line, comments=True)[1:]) for line in lines]


def small(arguments: list[str]) -> list[str]:
    """Return a command's arguments with two runs, or its help where it would wait for somebody.

    A run draws no charts, and charts are drawn in one format: tests of their own draw them all. The folder stays as
    shown, as later blocks may read it: everything happens in a temporary one.
    """
    if arguments and arguments[0] in SERVERS:
        return [arguments[0], "--help"]
    if arguments[:1] == ["run"]:
        arguments = [*arguments, "--no-charts"]
    if arguments[:1] == ["chart"] and not {"--format", "--list"} & set(arguments):
        arguments = [*arguments, "--format", "svg"]
    if "--runs" in arguments:
        arguments[arguments.index("--runs") + 1] = "2"
    elif arguments and arguments[0] in ("run", *VERDICTS):
        arguments = [*arguments, "--runs", "2"]
    return arguments


def said(arguments: list[str], folder: Path) -> None:
    """Run a program in a folder, and fail with what it said if it fails."""
    done = subprocess.run(
        arguments, cwd=folder, env=environment(), capture_output=True, text=True, encoding="utf-8", timeout=600
    )
    assert done.returncode == 0 and "Traceback" not in done.stderr, f"{arguments}\n{done.stdout}\n{done.stderr}"


def obeyed(arguments: list[str], folder: Path) -> None:
    """Run a command in a folder, and fail with what it said if its exit code is not as it should be."""
    done = called(*arguments, cwd=folder)
    allowed = (0, 1) if arguments[0] in VERDICTS else (0,)
    assert done.returncode in allowed and "Traceback" not in done.stderr, f"{arguments}\n{done.stdout}\n{done.stderr}"


@pytest.mark.parametrize("page", SHOWN, ids=named)
def test_the_commands_and_programs_of_a_page_run_in_order(page: Path, tmp_path: Path) -> None:
    for language, text in blocks(page):
        if language == "python":
            said([sys.executable, "-c", re.sub(r"\bruns=[\d_]+", "runs=2", text)], tmp_path)
        else:
            for arguments in commands(text):
                obeyed(arguments, tmp_path)


def test_a_command_with_too_many_runs_is_made_small() -> None:
    text = 'csmarket run mine.toml --runs 200 --set "choice.noise=2"  # slow\nls\ncsmarket run\ncsmarket -h\n'
    assert commands(text) == [
        ["run", "mine.toml", "--runs", "2", "--set", "choice.noise=2", "--no-charts"],
        ["run", "--no-charts", "--runs", "2"],
        ["-h"],
    ]


def test_a_command_that_fails_is_told(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="no_such_scenario"):
        obeyed(["run", "no_such_scenario"], tmp_path)


def test_a_program_that_fails_is_told(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="boom"):
        said([sys.executable, "-c", "raise SystemExit('boom')"], tmp_path)


if __name__ == "__main__":
    for table, heading in GENERATED.items():
        (DOCS / f"{table}.md").write_text(heading + printed(table), encoding="utf-8", newline="\n")
