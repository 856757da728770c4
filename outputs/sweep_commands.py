"""The commands of experiments, declared: sweep, compare and what is made of their results. Light imports only."""

from typing import Any

import click

from outputs.tables import FORMATS

format_option = click.option(
    "--format", "form", type=click.Choice(FORMATS), default="table", show_default=True, help="How to show it."
)
quiet_option = click.option("--quiet", is_flag=True, help="Say only what is wrong.")
force_option = click.option("--force", is_flag=True, help="Replace results that are in the way.")
workers_option = click.option("--workers", metavar="N", help="How many compute at once.  [default: one a core]")
cluster_option = click.option(
    "--cluster",
    metavar="ADDRESS",
    help="Compute on a Dask cluster: tcp://host:port, or local:N for N processes started here.",
)
outcome_option = click.option(
    "--outcome",
    "outcomes",
    metavar="NAME",
    multiple=True,
    help="An outcome; may be repeated.  [default: the headlines]",
)
month_option = click.option("--month", metavar="DATE", default="2016-12", show_default=True, help="The month.")


@click.command(short_help="Run a designed experiment.")
@click.argument("design")
@click.option("--out", metavar="FOLDER", help="Where results go.  [default: runs/<design>]")
@workers_option
@cluster_option
@click.option(
    "--model",
    "models",
    metavar="MODULE:CLASS",
    multiple=True,
    help="A subclass of Ccg, Css, Provider or Market of your own, run through Mesa; may be repeated.",
)
@click.option(
    "--engine", type=click.Choice(("compiled", "mesa")), default="compiled", show_default=True, help="What runs it."
)
@click.option("--dry-run", is_flag=True, help="Check the design, say what it will take, and run nothing.")
@quiet_option
@force_option
def sweep(**options: Any) -> int:
    """Run DESIGN, a TOML file that says which points of levers and uncertainties are run (docs/sweeps.md).

    Stopped at any moment, the same command carries on.
    """
    from outputs.sweeping import run_sweep

    return run_sweep(options)


@click.command(short_help="Compare scenarios on the same luck.")
@click.argument("base")
@click.argument("others", nargs=-1)
@click.option("--runs", metavar="N", default="200", show_default=True, help="How many runs of each.")
@click.option("--seed", metavar="N", default="1", show_default=True, help="Seed of the first run.")
@click.option("--out", metavar="FOLDER", help="Where results go.  [default: runs/<others>_against_<base>]")
@outcome_option
@month_option
@click.option("--no-drivers", is_flag=True, help="Do not run each change of a scenario alone.")
@workers_option
@cluster_option
@format_option
@quiet_option
@force_option
def compare(**options: Any) -> int:
    """Run BASE and OTHERS (library names or paths) on the same seeds, and show what differs.

    Where a scenario makes several changes, each is run alone too, to show what it brings and what only all together do.
    """
    from outputs.comparing import run_comparison

    return run_comparison(options)


COMMANDS = (sweep, compare)
"""In the order in which help lists them."""
