"""Write the tables of docs/what_moves_the_market.md from a study's results.

``python docs/how/write_sensitivity_page.py [FOLDER]``; the folder is ``runs/main_factors`` unless told.
"""

import sys
from pathlib import Path

import pandas as pd

from scenarios.factor import DUMMY
from scenarios.sensitivity import FIRST, LUCK, NOISE, TOTAL, sensitivity
from scenarios.sweep_results import SweepResults, open_sweep
from simulation.faults import plain
from simulation.outcomes import OUTCOMES

PAGE = Path(__file__).parent.parent / "what_moves_the_market.md"
MARK = "<!-- from here on written by docs/how/write_sensitivity_page.py -->\n"
FULL = 1024
"""Base points of the study as its design has them."""

WORTH_SHOWING = 0.02
"""Total order from which a factor stands in a table."""


def tables(results: SweepResults) -> str:
    """Return what the page says of a study: what was run, then a table an outcome."""
    found = sensitivity(results, month=results.months[-1])
    blocks = [_what_was_run(results), _overview(found)]
    blocks += [_table(str(outcome), rows) for outcome, rows in found.groupby("outcome", sort=False)]
    return "\n".join(blocks)


def _what_was_run(results: SweepResults) -> str:
    manifest = results.manifest
    ranges = "".join(
        f"| `{factor['name']}` | {plain(factor['low'])} to {plain(factor['high'])} |\n"
        for factor in manifest["design"]["factors"]
    )
    small = manifest["design"]["points"] < FULL
    note = "\nThis is a small run, which shows the form: its intervals are wide.\n" if small else ""
    return (
        f"## What was run\n\n{manifest['design']['points']:,} base points, {manifest['points']:,} points, "
        f"{manifest['runs']:,} runs, seeds {manifest['seeds'][0]} to {manifest['seeds'][1]} at every point, "
        f"version {manifest['version']}. Outcomes are of {results.months[-1][:7]}, as means over seeds.\n\n"
        f"| factor | range |\n|---|---|\n{ranges}{note}"
    )


def _overview(found: pd.DataFrame) -> str:
    """Return a table of total orders, a row a factor and a column an outcome; those within the noise are left blank."""
    total = found[(found["measure"] == TOTAL) & ~found["factor"].isin(NOISE)]
    cells = total.assign(cell=[f"{row.value:.2f}" if row.clear else "" for row in total.itertuples()])
    wide = cells.pivot(index="factor", columns="outcome", values="cell")
    wide = wide.reindex(index=list(dict.fromkeys(total["factor"])), columns=list(dict.fromkeys(total["outcome"])))
    lines = [
        "| factor | " + " | ".join(f"`{name}`" for name in wide.columns) + " |",
        "|---" * (1 + wide.shape[1]) + "|",
    ]
    lines += [
        f"| `{factor}` | " + " | ".join(row) + " |" for factor, row in zip(wide.index, wide.to_numpy(), strict=True)
    ]
    return "## Total order, all outcomes\n\nBlank: not clear of the noise.\n\n" + "\n".join(lines) + "\n"


def _table(outcome: str, rows: pd.DataFrame) -> str:
    total, first = (rows[rows["measure"] == measure].set_index("factor") for measure in (TOTAL, FIRST))
    named = total.drop(index=list(NOISE), errors="ignore").sort_values("value", ascending=False)
    shown = named[named["value"] >= WORTH_SHOWING]
    lines = [f"| `{name}` | {_cell(total.loc[name])} | {_cell(first.loc[name])} |" for name in shown.index]
    lines.append(f"| dummy | | {_cell(first.loc[DUMMY])} |")
    lines.append(f"| luck | {total.loc[LUCK, 'value']:.2f} | |")
    heading = f"## {outcome.replace('_', ' ').capitalize()}\n\n{OUTCOMES[outcome].definition}\n"
    sums = (
        f"First orders sum to {first.loc[named.index, 'value'].sum():.2f}: the rest of the variance is interaction.\n"
    )
    return f"{heading}\n| factor | total order | first order |\n|---|---|---|\n" + "\n".join(lines) + f"\n\n{sums}"


def _cell(row: pd.Series) -> str:
    return f"{row['value']:z.2f} ({row['low']:z.2f} to {row['high']:z.2f})"


def main() -> None:
    """Write the tables under the mark of the page."""
    results = open_sweep(sys.argv[1] if len(sys.argv) > 1 else "runs/main_factors")
    prose = PAGE.read_text(encoding="utf-8").partition(MARK)[0]
    PAGE.write_text(prose + MARK + "\n" + tables(results), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
