"""What a run says in about a dozen lines: means and where nine in ten runs lie, at the dates that matter."""

import json
import math
from dataclasses import dataclass
from datetime import date
from typing import IO, Any

from rich.box import SIMPLE_HEAD
from rich.table import Table

from outputs.tables import rendered
from scenarios.results import Results

DATES = ("2012-01-01", "2012-06-01", "2013-04-01", "2016-12-01")
LATE = DATES[2:]


@dataclass(frozen=True)
class Headline:
    """One line of the summary.

    Args:
        label: What it is, in words, with its unit.
        outcome: The outcome column.
        scale: Factor from the column's unit to the one shown.
        decimals: How many decimals a reader wants.
        dates: First days of the months shown.
    """

    label: str
    outcome: str
    scale: float = 1.0
    decimals: int = 0
    dates: tuple[str, ...] = LATE


HEADLINES = (
    Headline("NHS units operating", "css_operating", dates=DATES),
    Headline("Private and other suppliers active", "providers_active"),
    Headline("Home unit, % of spend", "home_css_share", 100),
    Headline("Other NHS units, % of spend", "other_css_share", 100),
    Headline("Private suppliers, % of spend", "private_share", 100, 1),
    Headline("In house, % of spend", "in_house_share", 100),
    Headline("Shared teams, % of spend", "shared_share", 100),
    Headline("Spend, £ per head per year", "spend_per_head", 1, 2),
    Headline("Redundancy to date, £ million", "redundancy_cost_to_date", 1e-6),
    Headline("Switches of supplier to date", "switches_to_date"),
    Headline("CCGs not satisfied, %", "not_satisfied_share", 100),
    Headline("Unmet need, %", "unmet_need_share", 100, 1),
    Headline("Concentration (HHI), national", "hhi_national", 1, 2),
    Headline("Concentration (HHI), local", "hhi_local", 1, 2),
)


def headline_text(results: Results, stream: IO[str]) -> str:
    """Return the summary of a run, as a stream can show it."""
    return rendered(_table(results), stream) + _caption(results.manifest) + "\n"


def summary_json(results: Results) -> str:
    """Return the whole summary as JSON: what was run, and a record per outcome and month."""
    manifest = results.manifest
    records = results.summary.assign(month=results.summary["month"].dt.strftime("%Y-%m-%d")).to_dict("records")
    content = {
        "scenario": manifest["scenario"]["name"],
        "runs": manifest["runs"],
        "first_seed": manifest["first_seed"],
        "version": manifest["version"],
        "folder": results.folder.as_posix(),
        "summary": [{name: _none_for_nan(value) for name, value in record.items()} for record in records],
    }
    return json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def cells(results: Results) -> list[tuple[str, ...]]:
    """Return the summary's lines: a label, then what is said at each of ``DATES`` (empty where nothing is)."""
    numbers = results.summary.set_index(["outcome", "month"]).sort_index()
    one_run = results.manifest["runs"] == 1
    return [
        (
            line.label,
            *(_cell(line, numbers.loc[(line.outcome, day)], one_run) if day in line.dates else "" for day in DATES),
        )
        for line in HEADLINES
    ]


def _table(results: Results) -> Table:
    scenario = results.manifest["scenario"]
    table = Table(
        title=f"{scenario['title']} ({scenario['name']})", title_justify="left", box=SIMPLE_HEAD, pad_edge=False
    )
    table.add_column("")
    for day in DATES:
        table.add_column(f"{date.fromisoformat(day):%B %Y}", justify="right")
    for row in cells(results):
        table.add_row(*row)
    return table


def _caption(manifest: dict[str, Any]) -> str:
    first, last = manifest["seeds"]
    if first == last:
        return f"One run, seed {first}. Money is £ of 2012/13. Before April 2013 shares are intentions."
    runs = f"Means of {manifest['runs']:,} runs, seeds {first} to {last}; in brackets, where nine runs in ten lie."
    return f"{runs}{_varied(manifest)} Money is £ of 2012/13."


def _varied(manifest: dict[str, Any]) -> str:
    """Say where runs differ in more than luck."""
    if manifest["uncertainty"] == "none":
        return ""
    return f" Uncertain parameters vary between runs ({manifest['plausible_set']['draws']:,} plausible draws)."


def _cell(line: Headline, numbers: Any, one_run: bool) -> str:
    mean, low, high = (_said(line, float(numbers[name])) for name in ("mean", "p05", "p95"))
    return mean if one_run or mean == low == high else f"{mean} ({low} to {high})"


def _said(line: Headline, value: float) -> str:
    return "none" if math.isnan(value) else f"{value * line.scale + 0.0:,.{line.decimals}f}"


def _none_for_nan(value: Any) -> Any:
    return None if isinstance(value, float) and math.isnan(value) else value
