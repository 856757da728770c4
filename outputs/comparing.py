"""`csmarket compare`: run scenarios on the same luck and show what differs, and which change brings it."""

import shlex
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from outputs.headlines import HEADLINES, Headline
from outputs.progress import folder_option, number_option, tried
from outputs.sweeping import carried_out, guarded, told_failures
from outputs.tables import Row, rendered, show
from scenarios.compare import INTERACTION, TOTAL, Comparison, comparison_job, loaded
from scenarios.design_file import month_named, outcome_fault
from scenarios.scenario import Scenario
from scenarios.sweep import COMPARE, SweepJob
from simulation.calendar import first_day
from simulation.faults import InputError
from simulation.outcomes import OUTCOMES

MOST_NAMED = 3
LABELS = {line.outcome: line for line in HEADLINES}
WORDS = {TOTAL: "All together", INTERACTION: "Interaction"}


def run_comparison(options: Mapping[str, Any]) -> int:
    """Do what `csmarket compare` was told, and return its exit code.

    Raises:
        InputError: The input is wrong, or something else is in the way; nothing was written.
    """
    job = job_of(options)
    return guarded(job, lambda: _compared(job, options))


def job_of(options: Mapping[str, Any]) -> SweepJob:
    """Return the comparison that the options describe.

    Raises:
        InputError: Something is wrong with them or with a scenario; all faults at once.
    """
    faults: list[str] = []
    scenarios = tried(lambda: loaded(options["base"], *options["others"]), faults)
    labels = {"runs": "--runs", "seed": "--seed", "workers": "--workers"}
    numbers = {name: number_option(name, options[name], label, faults) for name, label in labels.items()}
    faults += [f"--outcome: {fault}" for name in options["outcomes"] if (fault := outcome_fault(name))]
    try:
        month_named(options["month"])
    except ValueError as error:
        faults.append(f"--month: {error}")
    usual = Path("runs") / _name_of(scenarios) if scenarios else None
    folder = folder_option(options["out"], usual, COMPARE, faults)
    if faults or scenarios is None:
        raise InputError(faults)
    return comparison_job(
        scenarios[0],
        scenarios[1:],
        folder=folder,
        runs=numbers["runs"],
        seed=numbers["seed"],
        drivers=not options["no_drivers"],
        workers=numbers["workers"],
        address=options["cluster"],
        command=shlex.join(["csmarket", *sys.argv[1:]]),
    )


def _name_of(scenarios: Sequence[Scenario]) -> str:
    """Return the name of a comparison's folder: of more than a few scenarios the first stands for all."""
    others = [other.name for other in scenarios[1:]]
    if len(others) > MOST_NAMED:
        others = [others[0], f"and_{len(others) - 1}_more"]
    return "_against_".join(["_".join(others), scenarios[0].name])


def _compared(job: SweepJob, options: Mapping[str, Any]) -> int:
    comparison = Comparison(carried_out(job, force=options["force"], quiet=options["quiet"]).folder)
    outcomes = list(options["outcomes"] or LABELS)
    month = first_day(month_named(options["month"])).isoformat()
    if options["form"] == "table" and not options["quiet"]:
        sys.stdout.write(comparison_text(comparison, outcomes, month))
    elif options["form"] != "table":
        show(comparison_rows(comparison, outcomes, month), options["form"])
    return told_failures(comparison)


def comparison_rows(comparison: Comparison, outcomes: Sequence[str], month: str) -> list[Row]:
    """Return a row for each scenario and outcome, then for each of its drivers, in the outcomes' own units."""
    whole = comparison.differences(outcomes, month).assign(month=month, driver=TOTAL).to_dict("records")
    steps = comparison.drivers(outcomes, month)
    parts = [] if steps.empty else steps[steps["driver"] != TOTAL].assign(month=month).to_dict("records")
    names = ("scenario", "outcome", "month", "driver", "base", "other", "difference", "low", "high", "agree", "same",
             "runs", "verdict")  # fmt: skip
    return [{name: row.get(name, "") for name in names} for row in [*whole, *parts]]


def comparison_text(comparison: Comparison, outcomes: Sequence[str], month: str) -> str:
    """Return a table for each scenario, and its waterfall where it makes several changes."""
    differences = comparison.differences(outcomes, month)
    drivers = comparison.drivers(outcomes, month)
    runs = comparison.manifest["seeds"]
    blocks = []
    for other in comparison.others:
        blocks.append(_differences_text(comparison.base, other, month, differences[differences["scenario"] == other]))
        if not drivers.empty and (drivers["scenario"] == other).any():
            blocks.append(_drivers_text(other, drivers[drivers["scenario"] == other]))
    note = (
        f"Seeds {runs[0]} to {runs[1]}, the same for each scenario; differences are paired by seed.\n"
        f"Tables and manifest are in {comparison.folder.as_posix()}.\n"
    )
    return "\n".join([*blocks, note])


def _differences_text(base: str, other: str, month: str, rows: Any) -> str:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(title=f"{other} against {base}, {month[:7]}", title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
    table.add_column("")
    for heading in (base, other, "difference", "95% interval", "runs that agree", ""):
        table.add_column(heading, justify="left" if not heading else "right")
    for row in rows.itertuples():
        line = label_of(row.outcome)
        table.add_row(
            line.label, _said(line, row.base), _said(line, row.other), _signed(line, row.difference),
            f"{_signed(line, row.low)} to {_signed(line, row.high)}", _agreement(row), row.verdict,
        )  # fmt: skip
    return rendered(table, sys.stdout)


def _drivers_text(other: str, rows: Any) -> str:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    names = list(dict.fromkeys(rows["driver"]))
    title = f"What each change of {other} brings alone, and together"
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
    table.add_column("")
    for name in names:
        table.add_column(WORDS.get(name, name), justify="right")
    for outcome, steps in rows.groupby("outcome", sort=False):
        line = label_of(str(outcome))
        by_driver = steps.set_index("driver")["difference"]
        table.add_row(line.label, *(_signed(line, by_driver[name]) for name in names))
    return rendered(table, sys.stdout)


def label_of(outcome: str) -> Headline:
    """Return how an outcome is called and written; its own name and unit where no headline has it."""
    return LABELS.get(outcome) or Headline(f"{outcome}, {OUTCOMES[outcome].unit}", outcome, decimals=3)


def _agreement(row: Any) -> str:
    same = f", {row.same} the same" if row.same and row.same < row.runs else ""
    return f"{row.agree} of {row.runs}{same}"


def _said(line: Headline, value: float) -> str:
    return "none" if value != value else f"{value * line.scale:z,.{_decimals(line)}f}"


def _signed(line: Headline, value: float) -> str:
    """Return a difference with its sign; what rounds to nothing has none."""
    said = _said(line, value)
    return f"+{said}" if value > 0.0 and said.strip("0.") else said


def _decimals(line: Headline) -> int:
    """Return how many decimals a difference wants: one more than a level."""
    return line.decimals + 1
