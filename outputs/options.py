"""Options that several commands share."""

import click

from outputs.tables import FORMATS

format_option = click.option(
    "--format", "form", type=click.Choice(FORMATS), default="table", show_default=True, help="How to show it."
)
quiet_option = click.option("--quiet", is_flag=True, help="Say only what is wrong.")
style_option = click.option("--style", "style_file", metavar="FILE", help="Colours and fonts of your own (TOML).")
run_shown_option = click.option(
    "--run", "run_number", metavar="N", help="The run that charts of one run show.  [default: nearest the middle]"
)
