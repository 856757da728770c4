"""`csmarket evidence`: a table of targets against what the model gives, with a verdict each."""

import math
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from outputs.progress import COMPILING, note, number_option, tried
from outputs.tables import Row, show
from scenarios.evidence import Finding, findings
from scenarios.scenario import load_scenario, parse_settings
from simulation.engine import is_compiled
from simulation.faults import InputError

DONE, FAILED = 0, 1
DIGITS = 4
ROUNDING = 1e-9
"""Under this a number is 0."""


def show_evidence(options: Mapping[str, Any]) -> int:
    """Do what `csmarket evidence` was told, and return its exit code: 1 when a pattern or limit fails.

    Raises:
        InputError: Something is wrong with the options or the scenario; all faults at once.
    """
    faults: list[str] = []
    settings = tried(lambda: parse_settings(options["settings"]), faults) or {}
    tried(lambda: load_scenario(options["scenario"], settings), faults)
    runs, seed, workers = (
        number_option(name, options[name], f"--{name}", faults) for name in ("runs", "seed", "workers")
    )
    if faults:
        raise InputError(faults)
    if not is_compiled():
        note(COMPILING)
    found = findings(options["scenario"], settings, runs=runs, first_seed=seed, workers=workers)
    show([row_of(finding) for finding in found], options["form"])
    return _verdict(found, runs, told=options["form"] == "table")


def row_of(finding: Finding) -> Row:
    """Return one line of the table."""
    low, high = finding.middle
    return {
        "pattern": finding.group,
        "what": finding.what,
        "unit": finding.unit,
        "source": finding.source,
        "target": finding.target.words,
        "mean": _rounded(finding.mean),
        "p05": _rounded(low),
        "p95": _rounded(high),
        "mc_error": _rounded(finding.mc_error),
        "verdict": "holds" if finding.holds else "fails",
    }


def _verdict(found: Sequence[Finding], runs: int, *, told: bool) -> int:
    """Return the exit code, and under a table say what it rests on."""
    failed = sum(not finding.holds for finding in found)
    if told:
        verdict = f"{failed} of {len(found)} fail" if failed else f"All {len(found)} hold"
        sys.stdout.write(f"{verdict}. Means of {runs:,} runs; limits of at most 20 experiments each.\n")
    return FAILED if failed else DONE


def _rounded(value: float) -> float | str:
    """Return a number with the digits that a reader wants; one that does not exist is ``none``."""
    if math.isnan(value):
        return "none"
    return float(f"{value:.{DIGITS}g}") if abs(value) > ROUNDING else 0.0
