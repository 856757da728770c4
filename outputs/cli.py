"""The command line: ``csmarket``. Heavy imports wait until a command needs them, so that help comes at once."""

import gc
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from io import TextIOWrapper
from typing import Any, NoReturn

import click

from outputs.chart_commands import chart, repeat, report, workbook
from outputs.evidence_commands import evidence, explain, fit
from outputs.options import format_option
from outputs.sweep_commands import COMMANDS as SWEEP_COMMANDS
from outputs.tables import show
from outputs.workshop_commands import workshop
from simulation.faults import NO_ROOM, InputError, name_fault
from simulation.version import VERSION

DONE, FAILED, WRONG_INPUT, WRITE_FAILED, INTERRUPTED = 0, 1, 2, 74, 130
HELP = {"help_option_names": ["-h", "--help"], "max_content_width": 100}
SELDOM = 100_000
"""New objects after which garbage is looked for."""


def main() -> NoReturn:
    """Run the command line and leave with its exit code.

    The libraries make many objects that stay: to look through them for garbage as often as Python does, and once more
    at the end, takes a fifth of the time of a short command.
    """
    gc.set_threshold(SELDOM)
    status = status_of(sys.argv[1:])
    gc.freeze()
    sys.exit(status)


def status_of(arguments: Sequence[str]) -> int:
    """Do what a command line says and return its exit code; a user's fault is told without a traceback."""
    _never_fail_on_letters()
    try:
        status = _invoked(arguments)
        sys.stdout.flush()
    except BrokenPipeError:
        _leave_stdout()
        return DONE
    except InputError as error:
        return _refuse(error.faults)
    except KeyboardInterrupt:
        return _say("Interrupted.", INTERRUPTED)
    except OSError as error:
        if fault := name_fault(error):
            return _refuse([fault])
        if error.errno not in NO_ROOM:
            raise
        _leave_stdout()
        return _say(f"A write failed: {error.strerror or error}.", WRITE_FAILED)
    return status


def _invoked(arguments: Sequence[str]) -> int:
    """Return the exit code of a command that Click parses and calls."""
    try:
        with csmarket.make_context("csmarket", list(arguments)) as context:
            return csmarket.invoke(context) or DONE
    except click.exceptions.Exit as leave:
        return leave.exit_code
    except click.exceptions.Abort:
        return _say("Interrupted.", INTERRUPTED)
    except click.ClickException as error:
        error.show()
        return WRONG_INPUT


# ---- The group ---------------------------------------------------------------------------------------------


class InOrder(click.Group):
    """A group that lists its commands in the order in which they stand here."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the commands."""
        return list(self.commands)


@click.group(cls=InOrder, context_settings=HELP)
@click.version_option(VERSION, prog_name="csmarket", message="%(prog)s %(version)s")
def csmarket() -> None:
    """Explore the market for commissioning support in the English NHS, 2012 to 2016."""


@csmarket.command(short_help="Run one scenario many times.")
@click.argument("scenario", default="baseline")
@click.option("--runs", metavar="N", default="200", show_default=True, help="How many runs.")
@click.option(
    "--seed", metavar="N", default="1", show_default=True, help="Seed of the first run; each next run takes the next."
)
@click.option("--out", metavar="FOLDER", help="Where results go.  [default: runs/<scenario>]")
@click.option(
    "--set", "settings", metavar="KEY=VALUE", multiple=True, help="Set a parameter for the whole run; may be repeated."
)
@click.option(
    "--engine",
    type=click.Choice(("compiled", "mesa")),
    default="compiled",
    show_default=True,
    help="What runs the rules; the results are the same.",
)
@click.option("--workers", metavar="N", help="Threads that compute at once.  [default: one a core]")
@click.option("--event-runs", metavar="N", default="20", show_default=True, help="For how many runs events are kept.")
@click.option(
    "--uncertainty",
    metavar="none|plausible|FOLDER",
    default="none",
    show_default=True,
    help="Whether uncertain parameters vary between runs: as the evidence allows, or as in a FOLDER of csmarket fit.",
)
@click.option("--no-charts", is_flag=True, help="Draw no charts.")
@click.option("--quiet", is_flag=True, help="Say only what is wrong.")
@click.option(
    "--json",
    "as_json",
    is_flag=True,
    help="Print the whole summary to standard output as JSON, and all else to standard error.",
)
@click.option("--force", is_flag=True, help="Replace results that are in the way.")
def run(**options: Any) -> int:
    """Run SCENARIO (a library name or a path; the baseline if none is named) and summarise it.

    Tables and charts go to a folder. Give the same command again and it finds its results, or carries on.
    """
    from outputs.running import run_scenario

    return run_scenario(options)


@csmarket.group(cls=InOrder, short_help="The library of scenarios, and files of your own.")
def scenarios() -> None:
    """List, show, check and begin scenarios."""


@scenarios.command("list", short_help="The library: names, titles and questions.")
@format_option
def list_library(form: str) -> None:
    """List the scenarios in the library."""
    from outputs.reference import scenario_rows

    show(scenario_rows(), form)


@scenarios.command("show", short_help="One scenario, resolved.")
@click.argument("name")
@click.option("--set", "settings", metavar="KEY=VALUE", multiple=True, help="Set a parameter; may be repeated.")
@format_option
def show_one(name: str, settings: tuple[str, ...], form: str) -> None:
    """Show a scenario with every value that differs from the baseline, and its dated policies."""
    from outputs.reference import change_rows, scenario_words
    from scenarios.scenario import load_scenario, parse_settings

    scenario = load_scenario(name, parse_settings(settings))
    if form == "table":
        sys.stdout.write(scenario_words(scenario))
    if rows := change_rows(scenario):
        show(rows, form)


@scenarios.command("check", short_help="Check files without running them.")
@click.argument("files", nargs=-1, required=True)
def check(files: tuple[str, ...]) -> None:
    """Check scenario FILES (or library names) and say everything that is wrong with them, at once."""
    from scenarios.scenario import load_scenario

    faults: list[str] = []
    for file in files:
        try:
            load_scenario(file)
        except InputError as error:
            faults.extend(error.faults)
    if faults:
        raise InputError(faults)
    click.echo(f"{len(files)} checked, nothing wrong.")


@scenarios.command("new", short_help="Write a commented scenario to start from.")
@click.argument("name")
def new(name: str) -> None:
    """Write a commented scenario named NAME to start from, as NAME.toml in this folder (or as a path says)."""
    from scenarios.template import write_template

    click.echo(f"Wrote {write_template(name).as_posix()}.")


csmarket.add_command(evidence)
csmarket.add_command(fit)
csmarket.add_command(explain)
for command in SWEEP_COMMANDS:
    csmarket.add_command(command)


# ---- Reference tables --------------------------------------------------------------------------------------


@csmarket.command(short_help="Every parameter: default, range, meaning and source.")
@format_option
def parameters(form: str) -> None:
    """List the parameters, which scenarios and --set may change."""
    from outputs.reference import parameter_rows

    show(parameter_rows(), form)


@csmarket.command(short_help="Every outcome: unit and definition.")
@format_option
def outcomes(form: str) -> None:
    """List the outcomes, which are recorded every month."""
    from outputs.reference import outcome_rows

    show(outcome_rows(), form)


@csmarket.command(short_help="The service lines and what they cost.")
@format_option
def lines(form: str) -> None:
    """List the service lines."""
    from outputs.reference import line_rows

    show(line_rows(), form)


# ---- Stored results, shown again ---------------------------------------------------------------------------

csmarket.add_command(chart)
csmarket.add_command(report)
csmarket.add_command(workbook)
csmarket.add_command(repeat)
csmarket.add_command(workshop)


# ---- What is said when something is wrong ------------------------------------------------------------------


def _refuse(faults: Sequence[str]) -> int:
    """Tell all faults of the input, one a line."""
    heading = "The input is wrong; nothing was run or written:"
    return _say("\n".join([heading, *(f"  - {_printable(fault)}" for fault in faults)]), WRONG_INPUT)


def _say(words: str, status: int) -> int:
    """Tell something on standard error and return an exit code."""
    with suppress(OSError):
        print(words, file=sys.stderr, flush=True)
    return status


def _printable(text: str) -> str:
    """Return a text in which what would steer a terminal is spelt out."""
    return "".join(letter if letter.isprintable() else repr(letter)[1:-1] for letter in text)


def _never_fail_on_letters() -> None:
    """Let a terminal that has no pound sign show a question mark for it."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")


def _leave_stdout() -> None:
    """Give up standard output, so that leaving does not try to write to it again."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    main()
