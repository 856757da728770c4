"""How the room says no."""

from collections.abc import Iterable


class Refused(Exception):  # noqa: N818 - what the reader of the code would call it
    """A command is not allowed; the room is as it was.

    Args:
        reasons: One sentence a fault, for the person who sent it (at least one).
    """

    def __init__(self, reasons: str | Iterable[str]) -> None:
        self.reasons = (reasons,) if isinstance(reasons, str) else tuple(reasons)
        super().__init__(" ".join(self.reasons))
