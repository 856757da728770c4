"""Measure: runs a second beside peers, nanoseconds a scored offer, growth with the market, memory."""

import multiprocessing
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from benchmarks.batch_peer import OUTCOMES, run_batch
from benchmarks.englands import copies_of
from scenarios.design_file import load_design
from scenarios.sweep import SweepJob, carry_out_sweep
from simulation.calendar import N_MONTHS
from simulation.engine import attributed, run_until, start
from simulation.inputs import read_england
from simulation.market import Market
from simulation.opening import blank_market, fill, zeros
from simulation.plan import Plan

ROOT = Path(__file__).parent.parent
COMPILED_RUNS, MESA_RUNS, OFFER_RUNS, TURNS = 1_000, 50, 3, 20
"""Runs that are timed, of each kind."""

LENGTHS = (2, 1_000, 100_000)
"""Runs of the sweeps that are timed: the first is all set-up; without ``full`` the last is a tenth as long."""

REPEATS = 3
"""Times each is done; the best counts, as others share the machine."""

Told = Callable[[str], None]


def measured(*, full: bool, tell: Told = lambda words: None) -> dict[str, Any]:
    """Return every figure by name.

    Args:
        full: Whether a hundred Englands and a hundred thousand runs are measured too.
        tell: Is told what is being measured.
    """
    tell("Compiled, through Mesa, and mesa.batch_run on the same market; one worker and two...")
    speeds = runs_a_second()
    tell("The month's core, compiled and as plain objects...")
    core = core_seconds()
    tell("Scored offers, and more than one England...")
    offers, seconds = offers_of_a_run(), 1.0 / speeds["compiled_1"]
    growth = growth_of((1, 10, 100) if full else (1, 10))
    tell("Memory and time of short and long sweeps...")
    few, many, most = LENGTHS if full else (*LENGTHS[:2], LENGTHS[2] // 10)
    sweeps = {runs: sweep_cost(runs) for runs in (few, many, most)}
    return {
        "ratios": {
            "two workers over one, compiled": speeds["compiled_2"] / speeds["compiled_1"],
            "two workers over one, Mesa": speeds["mesa_2"] / speeds["mesa_1"],
            "compiled over Mesa, one worker": speeds["compiled_1"] / speeds["mesa_1"],
            "compiled over mesa.batch_run, two workers": speeds["compiled_2"] / speeds["batch_run_2"],
            "our Mesa driver over mesa.batch_run, two workers": speeds["mesa_2"] / speeds["batch_run_2"],
            "compiled over plain Mesa objects, the month's core": core["plain"] / core["compiled"],
            "cost of a CCG, ten Englands over one": growth[10] / growth[1],
            **({"cost of a CCG, a hundred Englands over one": growth[100] / growth[1]} if full else {}),
            f"cost of a run beyond set-up, {most:,} runs over {many:,}": _beyond(few, most, sweeps)
            / _beyond(few, many, sweeps),
            f"peak memory, {most:,} runs over {many:,}": sweeps[most]["peak_mb"] / sweeps[many]["peak_mb"],
        },
        "runs_per_second": speeds,
        "core_ms_a_month": {name: 1e3 * value for name, value in core.items()},
        "offers_a_run": offers,
        "ns_an_offer": 1e9 * seconds / offers,
        "ms_a_ccg": {str(count): value for count, value in growth.items()},
        "sweeps": {str(runs): cost for runs, cost in sweeps.items()},
    }


def runs_a_second() -> dict[str, float]:
    """Return the speed of each way to drive the market, the best of some turns.

    A sweep in threads is timed whole, with its store. Of two processes what a short piece of work takes is left out,
    as most of it is their start.
    """
    few, many = MESA_RUNS, 5 * MESA_RUNS
    acts: dict[str, Callable[[], object]] = {
        "compiled_1": partial(_sweep, COMPILED_RUNS, workers=1, mesa=False),
        "compiled_2": partial(_sweep, COMPILED_RUNS, workers=2, mesa=False),
        "mesa_1": partial(_sweep, MESA_RUNS, workers=1, mesa=True),
        "mesa_2_few": partial(_sweep, few, workers=2, mesa=True),
        "mesa_2_many": partial(_sweep, many, workers=2, mesa=True),
        "batch_run_2_few": partial(run_batch, few, 2),
        "batch_run_2_many": partial(run_batch, many, 2),
    }
    least = {name: min(times) for name, times in _in_turn(acts, REPEATS).items()}
    return {
        "compiled_1": COMPILED_RUNS / least["compiled_1"],
        "compiled_2": COMPILED_RUNS / least["compiled_2"],
        "mesa_1": MESA_RUNS / least["mesa_1"],
        "mesa_2": (many - few) / (least["mesa_2_many"] - least["mesa_2_few"]),
        "batch_run_2": (many - few) / (least["batch_run_2_many"] - least["batch_run_2_few"]),
    }


def _in_turn(acts: Mapping[Any, Callable[[], object]], turns: int) -> dict[Any, list[float]]:
    """Return the times (seconds) of some acts, taken in turn: a machine that others share has its moods."""
    times: dict[Any, list[float]] = {name: [] for name in acts}
    for _ in range(turns):
        for name, act in acts.items():
            times[name].append(_timed(act))
    return times


def _sweep(runs: int, *, workers: int, mesa: bool) -> None:
    with TemporaryDirectory() as folder:
        carry_out_sweep(SweepJob(load_design(_design(runs)), Path(folder) / "out", workers=workers, mesa=mesa))


def _design(runs: int) -> dict[str, Any]:
    return {
        "method": "latin_hypercube",
        "points": runs,
        "outcomes": list(OUTCOMES),
        "vary": {"choice.noise": [3.0, 4.0]},
    }


def core_seconds() -> dict[str, float]:
    """Return the time (seconds) of offers, choice and delivery of one month, compiled and as plain objects."""
    from benchmarks.core import compiled_core_seconds, plain_core_seconds

    return {"compiled": compiled_core_seconds(), "plain": plain_core_seconds()}


def offers_of_a_run() -> float:
    """Return how many offers are scored in a run: options considered times lines under review."""
    counts = [_offers(seed) for seed in range(1, OFFER_RUNS + 1)]
    return float(np.mean(counts))


def _offers(seed: int) -> int:
    market = Market(read_england(), Plan(), seed)
    state, counted = market.columns, 0
    options, ccgs = state["options"][0, 0], state["ccgs"][0]

    def count(verb: str) -> None:
        nonlocal counted
        for ccg in market.ccgs:
            before = ccgs["n_rounds"][ccg.row]
            getattr(ccg, verb)()
            if ccgs["n_rounds"][ccg.row] != before:
                counted += int(options["n"]) * int(options["due"].sum())

    market.state_intentions = lambda: count("state_intention")  # type: ignore[method-assign]
    market.choose_sources = lambda: count("choose_sources")  # type: ignore[method-assign]
    market.run()
    return counted


def growth_of(counts: tuple[int, ...]) -> dict[int, float]:
    """Return the median time of a run a CCG (ms) for some numbers of Englands.

    They run in a process of their own: memory that other work has used and left in pieces comes in small pages, which
    slows a large market.
    """
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as fresh:
        return fresh.submit(_growth, counts).result()


def _growth(counts: tuple[int, ...]) -> dict[int, float]:
    acts = {count: partial(_few_runs, _run_of(count), max(counts) // count) for count in counts}
    ccgs = max(counts) * len(read_england().ccgs.ods_code)
    return {count: 1e3 * median(times) / ccgs for count, times in _in_turn(acts, TURNS).items()}


def _few_runs(act: Callable[[int], None], runs: int) -> None:
    for seed in range(1, runs + 1):
        act(seed)


def _run_of(count: int) -> Callable[[int], None]:
    """Return what runs some Englands with a seed, once it has been compiled."""
    england = copies_of(read_england(), count)
    blank = blank_market(england, Plan())
    market = attributed(zeros(blank.dtype))

    def act(seed: int) -> None:
        fill(market, blank)
        start(market, seed, False)
        run_until(market, N_MONTHS)

    act(0)
    return act


def _timed(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def sweep_cost(runs: int) -> dict[str, float]:
    """Return what a sweep costs in a process of its own: CPU seconds, wall seconds, peak memory (MB)."""
    with TemporaryDirectory() as folder:
        design = Path(folder) / "design.toml"
        lines = ['method = "latin_hypercube"', f"points = {runs}", f"outcomes = {list(OUTCOMES)}", "[vary]"]
        design.write_text("\n".join([*lines, '"choice.noise" = [3.0, 4.0]']).replace("'", '"'), encoding="utf-8")
        command = [sys.executable, "-m", "outputs.cli", "sweep", str(design), "--out", f"{folder}/out", "--quiet"]
        began = time.perf_counter()
        with subprocess.Popen([*command, "--workers", "2"], cwd=ROOT) as process:
            ended, peak = 0, 0.0
            while not ended:
                peak = _peak_mb(process.pid) or peak
                time.sleep(0.05)
                ended, status, used = os.wait4(process.pid, os.WNOHANG)
            process.returncode = os.waitstatus_to_exitcode(status)
        wall = time.perf_counter() - began
    cpu = used.ru_utime + used.ru_stime
    return {"cpu_seconds": cpu, "wall_seconds": wall, "peak_mb": peak or used.ru_maxrss / 1024.0}


def _beyond(few: int, many: int, sweeps: dict[int, dict[str, float]]) -> float:
    """Return the CPU seconds that each run of a long sweep adds to a short one, which is all set-up."""
    return (sweeps[many]["cpu_seconds"] - sweeps[few]["cpu_seconds"]) / (many - few)


def _peak_mb(process: int) -> float:
    """Return the most memory (MB) that a process has had since its program began, or 0 where Linux does not say.

    What ``wait4`` gives counts the memory of the parent too, from before the program began.
    """
    try:
        lines = Path(f"/proc/{process}/status").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024.0 for line in lines if line.startswith("VmHWM:")), 0.0)
