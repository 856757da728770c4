"""The commands that show stored results again: ``chart``, ``report``, ``repeat``. Heavy imports wait until called."""

from typing import Any

import click

from outputs.options import quiet_option, run_shown_option, style_option

FORMATS = ("svg", "png", "pdf")
SIZES = ("page", "slide", "square")


@click.command(short_help="Draw charts of stored results.")
@click.argument("folder", metavar="DIR", required=False)
@click.argument("charts", metavar="[CHART]...", nargs=-1)
@click.option("--list", "listing", is_flag=True, help="List the charts there are, or those that DIR can have.")
@click.option("--out", metavar="FOLDER", help="Where files go.  [default: DIR/charts]")
@click.option(
    "--format", "formats", type=click.Choice(FORMATS), multiple=True, help="May be repeated.  [default: svg and png]"
)
@click.option("--size", "sizes", type=click.Choice(SIZES), multiple=True, help="May be repeated.  [default: page]")
@style_option
@click.option("--title", metavar="TEXT", help="A title in place of the one computed; for one CHART.")
@run_shown_option
@click.option(
    "--outcome", metavar="NAME", help="The outcome that charts of one outcome show.  [default: css_operating]"
)
@click.option("--across", metavar="PARAMETER", help="The parameter along the bottom of heat_map.")
@click.option("--up", metavar="PARAMETER", help="The parameter up the side of heat_map.")
@click.option("--at-least", metavar="VALUE", type=float, help="Least value of the outcome that discovery looks for.")
@click.option(
    "--at-most",
    metavar="VALUE",
    type=float,
    help="Greatest value of it.  [default: the quarter of points with most]",
)
@quiet_option
def chart(**options: Any) -> int:
    """Draw every chart that DIR can have, or the CHARTs named, with a CSV of what is drawn and a JSON of what is said.

    DIR is a folder that csmarket run, compare or sweep has written.
    """
    from outputs.charting import chart_folder

    return chart_folder(options)


@click.command(short_help="Write one self-contained report of stored results.")
@click.argument("folder", metavar="DIR")
@click.option("--out", metavar="FILE", help="Where it goes.  [default: DIR/report.html, or DIR/report.md]")
@click.option("--format", "form", type=click.Choice(("html", "markdown")), default="html", show_default=True)
@click.option("--xlsx", is_flag=True, help="Write DIR/tables.xlsx too, a workbook of the tables.")
@style_option
@run_shown_option
@quiet_option
def report(**options: Any) -> int:
    """Write a report of DIR that opens without a network: answer, figures, charts, assumptions, how to repeat it.

    DIR is a folder that csmarket run, compare or sweep has written.
    """
    from outputs.reporting import report_folder

    return report_folder(options)


@click.command(short_help="Write the tables of stored results as an Excel workbook.")
@click.argument("folder", metavar="DIR")
@click.option("--out", metavar="FILE", help="Where it goes.  [default: DIR/tables.xlsx]")
@quiet_option
def workbook(**options: Any) -> int:
    """Write an Excel workbook of DIR: key figures, the tables that fit a sheet, what each column means.

    DIR is a folder that csmarket run, compare or sweep has written.
    """
    from outputs.reporting import write_workbook

    return write_workbook(options)


@click.command(short_help="Run stored results again and say whether they are identical.")
@click.argument("folder", metavar="DIR")
@click.option("--out", metavar="FOLDER", help="Keep the new results there.  [default: they are thrown away]")
@click.option("--workers", metavar="N", help="Threads that compute at once.  [default: one a core]")
@quiet_option
def repeat(**options: Any) -> int:
    """Run DIR again from what its manifest says, and compare every table with what is stored.

    DIR is a finished folder of csmarket run, compare or sweep.

    The exit code is 0 if they are identical and 1 if not.
    """
    from outputs.repeating import repeat_folder

    return repeat_folder(options)
