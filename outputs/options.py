"""Options that several commands share."""

import click

from outputs.tables import FORMATS

format_option = click.option(
    "--format", "form", type=click.Choice(FORMATS), default="table", show_default=True, help="How to show it."
)
