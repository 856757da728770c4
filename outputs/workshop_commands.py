"""The command that serves the workshop."""

from typing import Any

import click


@click.command(short_help="The live page, and a game for a room of phones.")
@click.option("--room", is_flag=True, help="Let the network connect: phones join by the address or the QR code.")
@click.option("--port", metavar="N", default="8123", show_default=True, help="Where it listens.")
@click.option(
    "--out", metavar="FOLDER", default="runs/workshop", show_default=True, help="Where the logs of rooms are kept."
)
@click.option("--no-browser", is_flag=True, help="Open no browser.")
def workshop(**options: Any) -> int:
    """Serve the live page of the market on this machine, until Ctrl-C.

    Nothing is fetched from the internet. With --room the network may connect: the address is printed with a QR code.
    """
    from outputs.serving import serve_workshop

    return serve_workshop(options)
