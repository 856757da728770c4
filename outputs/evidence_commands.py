"""Commands that hold the model against what was known by mid-2012."""

from typing import Any

import click

from outputs.options import format_option


@click.command(short_help="The patterns of mid-2012: target against model.")
@click.option("--scenario", metavar="NAME", default="baseline", show_default=True, help="A library name or a path.")
@click.option("--runs", metavar="N", default="200", show_default=True, help="How many runs.")
@click.option("--seed", metavar="N", default="1", show_default=True, help="Seed of the first run.")
@click.option(
    "--set", "settings", metavar="KEY=VALUE", multiple=True, help="Set a parameter for the whole run; may be repeated."
)
@click.option("--workers", metavar="N", help="Threads that compute at once.  [default: one a core]")
@format_option
def evidence(**options: Any) -> int:
    """Measure in many runs what was known by mid-2012, and the limits whose answer is known.

    Each pattern has a target with its tolerance, the mean of the runs, where nine runs in ten lie, the Monte Carlo
    error of the mean, and a verdict. The exit code is 1 when one fails.
    """
    from outputs.evidence import show_evidence

    return show_evidence(options)


@click.command(short_help="Fit the uncertain parameters to those patterns.")
@click.option("--out", metavar="FOLDER", default="runs/fit", show_default=True, help="Where everything goes.")
@click.option("--seed", metavar="N", default="1", show_default=True, help="Seed of the design and the search.")
@click.option(
    "--points", metavar="N", default="400", show_default=True, help="Points a wave; the first has twice that."
)
@click.option("--waves", metavar="N", default="10", show_default=True, help="Most waves.")
@click.option("--runs", metavar="N", default="24", show_default=True, help="Runs a point.")
@click.option("--draws", metavar="N", default="250", show_default=True, help="How many plausible draws are wanted.")
@click.option("--workers", metavar="N", help="Threads that compute at once.  [default: one a core]")
@click.option("--force", is_flag=True, help="Replace another fit that is in the way.")
@format_option
def fit(**options: Any) -> int:
    """Fit the uncertain parameters to what was known by mid-2012, by history matching with emulators.

    It leaves a best point, a set of plausible draws for --uncertainty, and says which parameters the evidence leaves
    free. It takes some ten minutes on two cores. Give the same command again and it carries on. The exit code is 1
    when too few draws agree with all patterns.
    """
    from outputs.fit import run_fit

    return run_fit(options)


@click.command(short_help="What happened in one run, and why.")
@click.argument("folder")
@click.option("--run", metavar="N", default="1", show_default=True, help="Which run.")
@click.option("--unit", metavar="ID", help="Tell the story of one unit or provider, by its id or name.")
@click.option("--ccg", metavar="CODE", help="Tell the story of one CCG, by its ODS code or name.")
def explain(**options: Any) -> None:
    """Tell the story of one run of a results FOLDER from its events, in sentences with numbers.

    Without --unit and --ccg it tells the market's turning points. Events are kept for the first runs: --event-runs of
    csmarket run says for how many.
    """
    from outputs.explain import show_story

    show_story(options)
