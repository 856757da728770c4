"""The one error that says a user's input is wrong."""

from collections.abc import Iterable


class InputError(ValueError):
    """The input is wrong, in one or more ways.

    Each fault is one sentence that names where it is, the value, what is allowed and what to do.
    The command line prints them all and ends with exit code 2.

    Args:
        faults: The sentences, one a fault (at least one).
    """

    def __init__(self, faults: Iterable[str]) -> None:
        self.faults: tuple[str, ...] = tuple(faults)
        super().__init__("\n".join(self.faults))
