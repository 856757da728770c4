"""The reference tables: parameters, outcomes and service lines, each from where it is declared."""

from collections.abc import Mapping
from typing import Any

from click import wrap_text

from outputs.tables import Row
from scenarios.scenario import Scenario, list_scenarios, load_scenario
from simulation.faults import plain
from simulation.parameters import DECLARED, Declaration, Value

LINE_WIDTH = 90
"""Characters a line of running text."""


def parameter_rows() -> list[Row]:
    """Return a row a parameter."""
    return [
        {
            "parameter": declared.name,
            "default": declared.default,
            "range": _range(declared),
            "unit": declared.unit,
            "role": declared.role,
            "meaning": declared.meaning,
            "source": declared.source,
        }
        for declared in DECLARED.values()
    ]


def _range(declared: Declaration) -> str:
    """Return what a value may be, in a cell."""
    if declared.words:
        return ", ".join(declared.words)
    if isinstance(declared.default, bool):
        return "true, false"
    return f"{plain(declared.low)} to {plain(declared.high)}"


def outcome_rows() -> list[Row]:
    """Return a row an outcome."""
    from simulation.outcomes import OUTCOMES

    return [
        {"outcome": outcome.name, "unit": outcome.unit, "definition": outcome.definition}
        for outcome in OUTCOMES.values()
    ]


def line_rows() -> list[Row]:
    """Return a row a service line."""
    from simulation.inputs import read_england

    lines = read_england().lines
    return [
        {
            "line": lines.line[place],
            "name": lines.name[place],
            "at_scale": bool(lines.at_scale[place]),
            "fixed_cost_gbp": float(lines.fixed_cost[place]),
            "variable_cost_gbp_per_head": float(lines.variable_cost[place]),
            "local_weight": float(lines.local_weight[place]),
            "contestable": float(lines.contestable[place]),
            "fte_per_gbp_m": float(lines.fte_per_gbp_m[place]),
            "tupe_share": float(lines.tupe_share[place]),
            "source": lines.source[place],
        }
        for place in range(len(lines.line))
    ]


def scenario_rows() -> list[Row]:
    """Return a row a scenario of the library."""
    rows: list[Row] = []
    for name in list_scenarios():
        scenario = load_scenario(name)
        rows.append({"scenario": name, "title": scenario.title, "question": scenario.question})
    return rows


def change_rows(scenario: Scenario) -> list[Row]:
    """Return a row for each value that differs from the baseline, then for each dated change, then for each dropped."""
    start = [_change("2012-01-01", name, value) for name, value in scenario.changes.items()]
    dated = [
        _change(policy.day.isoformat(), name, value, policy.name or "")
        for policy in scenario.policies
        for name, value in policy.changes.items()
    ]
    gone = [_change(d.day.isoformat(), d.name, d.value, "dropped: set for the whole run") for d in scenario.dropped]
    return [*start, *dated, *gone]


def change_rows_of(told: Mapping[str, Any]) -> list[Row]:
    """Return the rows of ``change_rows`` for a scenario in a manifest; parameters unknown here are left out."""
    start = [_change("2012-01-01", name, value) for name, value in told["changes"].items() if name in DECLARED]
    dated = [
        _change(policy["from"], name, value, policy.get("name") or "")
        for policy in told.get("policy", [])
        for name, value in policy["changes"].items()
        if name in DECLARED
    ]
    return [*start, *dated]


def scenario_words(scenario: Scenario) -> str:
    """Return a scenario's words, for a terminal."""
    because = wrap_text(scenario.because, width=LINE_WIDTH)
    changed = "" if scenario.changes or scenario.policies or scenario.dropped else "\nEvery value is the default.\n"
    head = f"{scenario.name} ({scenario.source})\n{scenario.title}\n\n{scenario.question}\n\n{because}\n"
    return head + changed


def _change(day: str, name: str, value: Value, note: str = "") -> Row:
    declared = DECLARED[name]
    return {
        "from": day,
        "parameter": name,
        "value": value,
        "default": declared.default,
        "unit": declared.unit,
        "policy": note,
    }
