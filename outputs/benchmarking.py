"""`csmarket bench`: measure, and show ratios first."""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from outputs.progress import note
from outputs.tables import show
from simulation.faults import InputError

ROOT = Path(__file__).parent.parent
DONE = 0


def run_bench(options: Mapping[str, Any]) -> int:
    """Do what `csmarket bench` was told, and return its exit code.

    Raises:
        InputError: This is no checkout, so that the peers are not there.
    """
    if not (ROOT / "benchmarks" / "bench.py").is_file():
        raise InputError(["bench wants a checkout: its peers stand in benchmarks/, which is not installed"])
    if str(ROOT) not in sys.path:
        sys.path.insert(0, str(ROOT))
    from benchmarks.bench import measured  # type: ignore[import-not-found, unused-ignore]

    found = measured(full=options["full"], tell=note)
    if options["as_json"]:
        sys.stdout.write(json.dumps(found, indent=2) + "\n")
    else:
        show([{"ratio": name, "times": f"{value:.2f}"} for name, value in found["ratios"].items()], options["form"])
        show([{"figure": name, "value": value} for name, value in figures(found)], options["form"])
    return DONE


def figures(found: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the figures behind the ratios, with their units in their names."""
    speeds = [
        (f"runs a second, {name.replace('_', ' ')}", f"{value:.1f}") for name, value in found["runs_per_second"].items()
    ]
    core = [(f"ms a month's core, {name}", f"{value:.2f}") for name, value in found["core_ms_a_month"].items()]
    growth = [(f"ms a CCG and run, {count} x England", f"{value:.4f}") for count, value in found["ms_a_ccg"].items()]
    offers = [("offers scored a run", f"{found['offers_a_run']:,.0f}"), ("ns an offer", f"{found['ns_an_offer']:.1f}")]
    sweeps = [
        (f"{int(runs):,} runs on two workers: {name}", f"{cost[key]:,.{digits}f}")
        for runs, cost in found["sweeps"].items()
        for key, name, digits in (("wall_seconds", "seconds", 1), ("peak_mb", "peak MB", 0))
    ]
    return [*speeds, *core, *offers, *growth, *sweeps]
