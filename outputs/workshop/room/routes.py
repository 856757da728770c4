"""Where the game plugs into the workshop."""

from starlette.routing import BaseRoute

from outputs.workshop.desk import Desk


def routes(desk: Desk) -> list[BaseRoute]:
    """Return the game's pages and sockets, all of them under ``/room``.

    Args:
        desk: What the workshop's parts share.
    """
    return []
