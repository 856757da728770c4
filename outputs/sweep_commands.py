"""The commands of experiments, declared: sweep, compare and what is made of their results. Light imports only."""

from typing import Any

import click

from outputs.options import format_option, quiet_option

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


last_month_option = click.option(
    "--month", metavar="DATE", help="The month, one that is stored.  [default: the last that is]"
)
at_least_option = click.option("--at-least", metavar="VALUE", type=float, help="Least value.")
at_most_option = click.option("--at-most", metavar="VALUE", type=float, help="Greatest value.")
one_outcome_option = click.option("--outcome", metavar="NAME", required=True, help="The outcome.")


@click.command(short_help="What moves an outcome, from a sweep.")
@click.argument("folder")
@outcome_option
@last_month_option
@format_option
def sensitivity(**options: Any) -> int:
    """Say how much each factor of the sweep in FOLDER moves each outcome, with intervals and the noise beside them."""
    from outputs.analysing import show_sensitivity

    return show_sensitivity(options)


@click.command(short_help="Rules for where an outcome falls in a range.")
@click.argument("folder")
@one_outcome_option
@at_least_option
@at_most_option
@last_month_option
@format_option
def discover(**options: Any) -> int:
    """Say in plain words in which part of the space of the sweep in FOLDER an outcome falls in a range."""
    from outputs.analysing import show_rules

    return show_rules(options)


@click.command(short_help="How policies stand up to what is not known.")
@click.argument("folder")
@one_outcome_option
@click.option("--better", type=click.Choice(("lower", "higher")), required=True, help="Which way is better.")
@click.option(
    "--policy",
    "policies",
    metavar="FACTOR",
    multiple=True,
    help="What makes a policy; may be repeated.  [default: the scenario, or with one scenario the levers]",
)
@at_least_option
@at_most_option
@last_month_option
@format_option
def regret(**options: Any) -> int:
    """Say how much each policy of the sweep in FOLDER would be regretted, and how often it does well enough."""
    from outputs.analysing import show_regret

    return show_regret(options)


@click.command(short_help="Policies that are cheap and plural.")
@click.argument("folder")
@click.option("--cost", metavar="NAME", default="spend_per_head", show_default=True, help="Less is better.")
@click.option(
    "--plurality",
    metavar="NAME",
    default="providers_active",
    show_default=True,
    help="More is better; less where it is an index of concentration.",
)
@click.option("--every", is_flag=True, help="Show the policies that another beats on both, too.")
@last_month_option
@format_option
def frontier(**options: Any) -> int:
    """Say which policies of the sweep in FOLDER no other beats on cost and on plurality at once."""
    from outputs.analysing import show_frontier

    return show_frontier(options)


@click.command(short_help="The benchmark, beside its peers.")
@click.option("--full", is_flag=True, help="Also a hundred Englands and a hundred thousand runs (half an hour).")
@click.option("--json", "as_json", is_flag=True, help="Print every figure as JSON.")
@format_option
def bench(**options: Any) -> int:
    """Measure runs a second beside mesa.batch_run and plain objects, growth and memory; ratios come first.

    It wants a checkout, as its peers stand in benchmarks/.
    """
    from outputs.benchmarking import run_bench

    return run_bench(options)


COMMANDS = (sweep, compare, sensitivity, discover, regret, frontier, bench)
"""In the order in which help lists them."""
