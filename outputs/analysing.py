"""What is made of a finished sweep: sensitivity, rules, regret and the frontier, as tables."""

import sys
from collections.abc import Mapping, Sequence
from typing import Any

from outputs.comparing import LABELS
from outputs.tables import Row, rendered, show
from scenarios.discovery import discover, range_words
from scenarios.robustness import frontier, regret
from scenarios.sensitivity import MAIN, NOISE, sensitivity
from scenarios.sweep_results import open_sweep
from simulation.outcomes import OUTCOMES

DONE, FAILED = 0, 1
DIGITS = 4


def _rows(table: Any) -> list[Row]:
    """Return a table as rows of plain values."""
    return [{str(name): _plain(value) for name, value in row.items()} for row in table.to_dict("records")]


def _plain(value: Any) -> object:
    if hasattr(value, "isoformat"):
        return value.isoformat()[:10] if value == value else ""
    value = value.item() if hasattr(value, "item") else value
    return "" if value != value else value


def _said(value: Any) -> str:
    """Return a number as a reader wants it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if not isinstance(value, float):
        return f"{value:,}" if isinstance(value, int) else str(value)
    return "" if value != value else f"{value:,.0f}" if abs(value) >= 10**DIGITS else f"{value:.{DIGITS}g}"


def _show(table: Any, form: str, title: str, note: str = "") -> None:
    """Print a table: for readers with a title and a note, for programs as it is."""
    rows = _rows(table)
    if form != "table":
        show(rows, form)
        return
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    shown = Table(title=title, title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
    for name in table.columns:
        shown.add_column(
            str(name).replace("_", " "), justify="left" if _is_text(rows, name) else "right", overflow="fold"
        )
    for row in rows:
        shown.add_row(*(_said(value) for value in row.values()))
    sys.stdout.write(rendered(shown, sys.stdout) + note)


def _is_text(rows: Sequence[Row], name: str) -> bool:
    return any(isinstance(row[name], str) and row[name] for row in rows)


# ---- Sensitivity -----------------------------------------------------------------------------------------------


def show_sensitivity(options: Mapping[str, Any]) -> int:
    """Show how much each factor moves each outcome, and return the exit code."""
    results = open_sweep(options["folder"])
    here = results.manifest["design"]["outcomes"]
    outcomes = list(options["outcomes"] or [name for name in LABELS if name in here] or here)
    table = sensitivity(results, outcomes, options["month"])
    if options["form"] != "table":
        show(_rows(table), options["form"])
        return DONE
    for (scenario, outcome), rows in table.groupby(["scenario", "outcome"], sort=False, observed=True):
        title = f"{outcome} ({OUTCOMES[str(outcome)].unit}), {scenario}, {rows['points'].iloc[0]:,} points"
        _show(_by_factor(rows), "table", title)
    still = [name for name in outcomes if name not in set(table["outcome"])] if len(table) else outcomes
    told = f"Does not vary: {', '.join(still)}.\n" if still else ""
    sys.stdout.write(told + NOTES[results.method if results.method in NOTES else "slices"])
    return DONE


NOTES = {
    "sobol": "Shares of the variance between points, with 95% intervals: total order with all interactions, first\n"
    "order alone. What is not clear of the dummy and of luck is noise.\n",
    "morris": "Mean change of the outcome over a factor's whole range (mu*, absolute; mu, signed) and its spread\n"
    "(sigma), with 95% intervals. What is not clear of luck is noise.\n",
    "one_at_a_time": "How far the outcome swings over a factor's values, all else as the scenario has it.\n",
    "slices": "The share of the variance between points that a factor explains alone, and PAWN (0 to 1: how far it "
    "shifts the\noutcome's distribution), with 95% intervals. What is not clear of the dummy and of luck is noise.\n",
}


def _by_factor(rows: Any) -> Any:
    """Return one outcome's measures with a row a factor, the strongest first, and the noise at the end."""
    import pandas as pd

    measures = list(dict.fromkeys(rows["measure"]))
    main = next(name for name in measures if name in MAIN)
    strong = rows[rows["measure"] == main]
    noise = strong["factor"].isin(NOISE)
    order = pd.concat([strong[~noise].sort_values("value", ascending=False), strong[noise]])["factor"]
    cells: dict[str, list[str]] = {"factor": list(order)}
    for measure in measures:
        by_factor = rows[rows["measure"] == measure].set_index("factor")
        cells[measure] = [_estimate(by_factor.loc[name]) if name in by_factor.index else "" for name in order]
    clear = strong.set_index("factor")["clear"]
    cells["clear"] = ["" if name in NOISE else "yes" if clear[name] else "no" for name in order]
    return pd.DataFrame(cells)


def _estimate(row: Any) -> str:
    if row["value"] != row["value"]:
        return ""
    if row["low"] == row["high"]:
        return _short(row["value"])
    return f"{_short(row['value'])} ({_short(row['low'])} to {_short(row['high'])})"


def _short(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:z.3f}" if abs(value) < 10 else f"{value:.1f}"


# ---- Rules -----------------------------------------------------------------------------------------------------


def show_rules(options: Mapping[str, Any]) -> int:
    """Show where an outcome falls in a range, and return the exit code: failed where no rule holds."""
    results = open_sweep(options["folder"])
    outcome = options["outcome"]
    ends = {"at_least": options["at_least"], "at_most": options["at_most"]}
    table = discover(results, outcome, options["month"], **ends)
    if options["form"] != "table":
        show(_rows(table), options["form"]) if len(table) else None
    elif len(table):
        shown = table.drop(columns=["coverage_found", "density_found"])
        title = f"Where {range_words(outcome, **ends)}"
        _show(shown, "table", title, RULES_NOTE)
    if not len(table) or not table["holds"].any():
        sys.stderr.write("No rule holds on the points that were held out: no part of the space stands out.\n")
        return FAILED
    return DONE


RULES_NOTE = (
    "Coverage: the part of all such points that the rule holds. Density: the part of the rule's points that are such,\n"
    "against the base rate anywhere. Both on points held out from the search; a rule holds where luck is no excuse.\n"
)


# ---- Policies --------------------------------------------------------------------------------------------------


def show_regret(options: Mapping[str, Any]) -> int:
    """Show how much each policy would be regretted, and return the exit code."""
    results = open_sweep(options["folder"])
    outcome = options["outcome"]
    ends = {"at_least": options["at_least"], "at_most": options["at_most"]}
    table = regret(results, outcome, options["month"], better=options["better"], policies=options["policies"], **ends)
    asked = any(end is not None for end in ends.values())
    enough = f" Enough is {range_words(outcome, **ends)}." if asked else ""
    note = f"Regret: by how much another policy would have done better in the same state of the world.{enough}\n"
    _show(table, options["form"], f"{outcome} ({OUTCOMES[outcome].unit}), {options['better']} is better", note)
    return DONE


def show_frontier(options: Mapping[str, Any]) -> int:
    """Show what policies cost and how plural a market they leave, and return the exit code."""
    results = open_sweep(options["folder"])
    cost, plurality = options["cost"], options["plurality"]
    table = frontier(results, options["month"], cost=cost, plurality=plurality)
    if not options["every"]:
        table = table[table["on_frontier"]]
    _show(
        table,
        options["form"],
        f"{cost} against {plurality}",
        "On the frontier: no other costs less and is as plural.\n",
    )
    return DONE
