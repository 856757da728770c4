"""`csmarket chart`: read its options, draw, say what was drawn and what was not, and why."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from outputs.charts.chart import Chart, Choice, Material
from outputs.charts.draw import CHARTS, Drawn, charts_for, draw_charts, kind_of, named
from outputs.charts.files import Making
from outputs.charts.house import Style
from outputs.charts.sheet import SHEETS
from outputs.charts.words import plural
from outputs.experiment import Experiment
from outputs.progress import tried
from outputs.stored import open_stored
from outputs.style_file import read_style
from outputs.tables import show
from scenarios.folder import CHARTS as CHARTS_FOLDER
from scenarios.folder import refuse_unwritable
from scenarios.results import Results
from scenarios.writing import WriteError
from simulation.faults import InputError
from simulation.inputs import read_england

DONE, WRITE_FAILED = 0, 74


def chart_folder(options: Mapping[str, Any]) -> int:
    """Do what `csmarket chart` was told, and return its exit code.

    Raises:
        InputError: The input is wrong; nothing was written.
    """
    if options["listing"]:
        return _list(options["folder"])
    if options["folder"] is None:
        raise InputError(["DIR is missing: name a results folder, or --list the charts"])
    results = open_stored(options["folder"])
    charts, how, choice = _asked(results, options)
    out = Path(options["out"] or Path(options["folder"]) / CHARTS_FOLDER)
    given = Material(results, read_england(), choice)
    try:
        refuse_unwritable(out)
        drawn = draw_charts(given, out, charts, how, strict=bool(options["charts"]))
    except InputError:
        with suppress(OSError):
            out.rmdir()
        raise
    except (WriteError, OSError) as error:
        print(f"{error if isinstance(error, WriteError) else WriteError(out, error)}.", file=sys.stderr)
        return WRITE_FAILED
    if not options["quiet"]:
        _tell(drawn, results, out)
    return DONE


def _asked(results: Results | Experiment, options: Mapping[str, Any]) -> tuple[Sequence[Chart], Making, Choice]:
    """Return which charts are wanted, how, and what they show.

    Raises:
        InputError: A chart, the style file, a choice or the use of ``--title`` is wrong; all faults at once.
    """
    faults: list[str] = []
    kind, style, charts = kind_of(results), Style(), list[Chart]()
    try:
        charts = named(options["charts"], kind) if options["charts"] else charts_for(kind)
    except InputError as error:
        faults.extend(error.faults)
    try:
        style = read_style(options["style_file"]) if options["style_file"] else style
    except InputError as error:
        faults.extend(error.faults)
    if options["title"] is not None and (len(options["charts"]) != 1 or not options["title"].strip()):
        faults.append(f"--title = {options['title']!r} is not allowed: it needs words, and one CHART that it is for")
    choice = tried(lambda: choice_of(options, results), faults)
    if faults or choice is None:
        raise InputError(faults)
    sheets = tuple(SHEETS[name] for name in SHEETS if name in (options["sizes"] or ("page",)))
    formats = tuple(dict.fromkeys(options["formats"])) or ("svg", "png")
    return charts, Making(formats, sheets, style, options["title"]), choice


def choice_of(options: Mapping[str, Any], results: Results | Experiment) -> Choice:
    """Return what the reader chose.

    Raises:
        InputError: The folder has no such run, outcome or parameter; all faults at once.
    """
    text, run = options["run_number"], None
    faults = list(_faults_of_experiment(options, results) if isinstance(results, Experiment) else ())
    if text is not None:
        with suppress(ValueError):
            run = int(text)
        if run is None or run < 1:
            faults.append(f"--run = {text!r} is not allowed: it must be a whole number from 1")
        elif isinstance(results, Results) and run > results.manifest["runs"]:
            runs = results.manifest["runs"]
            faults.append(f"--run = {run} is not allowed: there is no such run; choose from 1 to {runs}")
    if faults:
        raise InputError(faults)
    names = ("outcome", "across", "up", "at_least", "at_most")
    return Choice(run, **{name: options.get(name) for name in names})


def _faults_of_experiment(options: Mapping[str, Any], results: Experiment) -> Iterator[str]:
    """Yield what is wrong with the outcome and the parameters chosen."""
    outcome, across, up = (options.get(name) for name in ("outcome", "across", "up"))
    if outcome is not None and outcome not in results.columns:
        yield f"--outcome = {outcome!r} is not stored here: choose one of {', '.join(results.columns)}"
    there = f"choose from {', '.join(results.factors)}" if results.factors else "nothing varies"
    for option, value in (("--across", across), ("--up", up)):
        if value is not None and value not in results.factors:
            yield f"{option} = {value!r} does not vary here: {there}"
    if across is not None and across == up:
        yield f"--across and --up are both {across}: name two parameters"


def _list(folder: str | None) -> int:
    """Print the charts there are, or those that a folder can have."""
    charts = CHARTS if folder is None else charts_for(kind_of(open_stored(folder)))
    show([{"chart": chart.name, "of": ", ".join(chart.kinds), "shows": chart.shows} for chart in charts], "table")
    return DONE


def _tell(drawn: Drawn, results: Results | Experiment, out: Path) -> None:
    """Say what was drawn, what was not and why, and how far unfinished results are."""
    if isinstance(results, Experiment) and results.partial:
        print(f"The results are unfinished: {results.partial}. Charts are marked as partial.", file=sys.stderr)
    for name, reason in drawn.left_out.items():
        print(f"{name} is not drawn: {reason}.", file=sys.stderr)
    count = sum(path.suffix == ".json" for path in drawn.files)
    print(f"{plural(count, 'chart')} in {plural(len(drawn.files), 'file')}: {out.as_posix()}.")
