"""`csmarket fit`: fit the uncertain parameters, and say what came of it."""

import json
import sys
from collections.abc import Mapping
from typing import Any

import numpy as np

from outputs.progress import COMPILING, folder_option, note, number_option, stopped, tried
from outputs.tables import Row, show
from scenarios.fit import FREE, MADE_BY, Fitted, fit
from scenarios.plausible import priors
from scenarios.region import CUTOFF
from scenarios.waves import Fit
from scenarios.writing import WriteError
from simulation.engine import is_compiled
from simulation.faults import InputError, plain
from simulation.parameters import DECLARED

DONE, FAILED, WRITE_FAILED, INTERRUPTED = 0, 1, 74, 130
LIMITS = {"points": (20, 100_000), "waves": (1, 100), "runs": (2, 10_000), "draws": (1, 100_000)}
DIGITS = 4


def run_fit(options: Mapping[str, Any]) -> int:
    """Do what `csmarket fit` was told, and return its exit code: 1 where too few draws agree with all patterns.

    Raises:
        InputError: The input is wrong, or something else is in the way; nothing was written.
    """
    job = job_of(options)
    if not is_compiled():
        note(COMPILING)
    try:
        fitted = fit(job, force=options["force"])
    except KeyboardInterrupt:
        return stopped(
            f"Interrupted. What is done stays in {job.folder.as_posix()}: the same command carries on.", INTERRUPTED
        )
    except WriteError as error:
        return stopped(
            f"{error}. What is done stays in {job.folder.as_posix()}: the same command carries on.", WRITE_FAILED
        )
    _show(job, fitted, options["form"])
    return DONE if fitted.enough and not fitted.set_aside else FAILED


def job_of(options: Mapping[str, Any]) -> Fit:
    """Return the fit that the options describe.

    Raises:
        InputError: Something is wrong with them; all faults at once.
    """
    faults: list[str] = []
    numbers = {name: tried(lambda name=name: _within(name, options[name]), faults) or 0 for name in LIMITS}  # type: ignore[misc]
    seed, workers = (number_option(name, options[name], f"--{name}", faults) for name in ("seed", "workers"))
    folder = folder_option(options["out"], None, MADE_BY, faults)
    if faults:
        raise InputError(faults)
    points, waves, runs, draws = (numbers[name] for name in LIMITS)
    return Fit(folder, seed, points, waves, runs, draws, workers, report=note)


def _within(name: str, text: str) -> int:
    low, high = LIMITS[name]
    if text.isdecimal() and low <= int(text) <= high:
        return int(text)
    raise InputError([f"--{name} = {text!r} is not allowed: it must be a whole number from {low:,} to {high:,}"])


# ---- What came of it ---------------------------------------------------------------------------------------


def _show(job: Fit, fitted: Fitted, form: str) -> None:
    tables = {"patterns": pattern_rows(job, fitted), "parameters": parameter_rows(fitted)}
    if form == "json":
        sys.stdout.write(json.dumps(tables, indent=2, ensure_ascii=False) + "\n")
        return
    for rows in tables.values():
        show(rows, form)
        sys.stdout.write("\n")
    if form == "table":
        sys.stdout.write(words(job, fitted))


def pattern_rows(job: Fit, fitted: Fitted) -> list[Row]:
    """Return a row a pattern: its target, and what the best point and the plausible draws give."""
    rows: list[Row] = []
    for place, pattern in enumerate(job.patterns):
        means = fitted.plausible.means[:, place]
        low, high = np.percentile(means, (5, 95)) if means.size else (np.nan, np.nan)
        best = float(fitted.best_means[place])
        rows.append({
            "pattern": pattern.group, "what": pattern.what, "unit": pattern.unit, "target": pattern.target.words,
            "best": _said(best), "draws_p05": _said(low), "draws_p95": _said(high),
            "verdict": "holds" if pattern.target.holds(best) else "fails",
        })  # fmt: skip
    return rows


def parameter_rows(fitted: Fitted) -> list[Row]:
    """Return a row a parameter, those that the evidence narrows most first."""
    values = {
        prior.name: prior.value(places) for prior, places in zip(fitted.priors, fitted.plausible.places.T, strict=True)
    }
    rows: list[Row] = []
    for prior in sorted(priors(), key=lambda prior: fitted.spreads.get(prior.name, 1.0)):
        drawn = values.get(prior.name, np.array([]))
        low, high = np.percentile(drawn, (5, 95)) if drawn.size else (np.nan, np.nan)
        kept = fitted.spreads.get(prior.name, np.nan)
        rows.append({
            "parameter": prior.name, "default": DECLARED[prior.name].default,
            "best": _said(fitted.best.get(prior.name, np.nan)), "prior": f"{plain(prior.low)} to {plain(prior.high)}",
            "draws_p05": _said(low), "draws_p95": _said(high), "spread_kept": _said(round(kept, 2)),
            "evidence": "unknown" if np.isnan(kept) else "leaves it free" if kept >= FREE else "narrows it",
        })  # fmt: skip
    return rows


def words(job: Fit, fitted: Fitted) -> str:
    """Return in sentences how far the fit got, what stands in its way and where everything is."""
    free = sum(kept >= FREE for kept in fitted.spreads.values())
    draws = len(fitted.plausible.places)
    within = f"(implausibility {CUTOFF:g} at most, in real runs)"
    lines = [f"{draws:,} draws agree with the evidence {within}; {job.draws:,} were wanted."]
    if draws:
        lines.append(f"The evidence leaves {free} of {len(fitted.spreads)} uncertain parameters free.")
    if fitted.set_aside:
        lines.append(f"No point came near these, so nothing was fitted to them: {', '.join(fitted.set_aside)}.")
    if fitted.in_the_way:
        told = ", ".join(f"{name} ({n:,})" for name, n in sorted(fitted.in_the_way.items(), key=lambda pair: -pair[1]))
        lines.append(f"Points that agree with all but one pattern miss: {told}.")
    folder = job.folder.as_posix()
    lines.append(f"{folder}/best.toml is the best point, as a scenario whose changes could become the defaults.")
    if draws:
        lines.append(f"csmarket run --uncertainty {folder} uses the draws, {folder}/plausible.csv.")
    return "".join(f"{line}\n" for line in lines)


def _said(value: float) -> float | str:
    return "none" if np.isnan(value) else float(f"{float(value):.{DIGITS}g}")
