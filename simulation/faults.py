"""The one error that says a user's input is wrong, and what the operating system says that amounts to it."""

import errno
from collections.abc import Iterable
from pathlib import Path

NO_ROOM = (errno.ENOSPC, errno.EFBIG, errno.EDQUOT, errno.EIO)
"""Why a write may fail that is no fault of the input."""
REFUSED = (errno.ENAMETOOLONG, errno.ELOOP, errno.EACCES, errno.EPERM, errno.EROFS)
"""Why a file or folder may not be looked at."""
MOST_LETTERS = 60


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


def plain(value: float) -> str:
    """Return a number as a message says it, without powers of ten: ``2,000,000``."""
    return f"{value:,.10g}"


def name_fault(error: OSError) -> str | None:
    """Return the fault of a file or folder at which the operating system lets nobody look, or None for other errors.

    Of a path in which a name is too long, the start of that name is told.
    """
    if error.errno not in REFUSED or error.filename is None:
        return None
    told = str(error.filename)
    if error.errno == errno.ENAMETOOLONG:
        told = f"{max(Path(told).parts, key=len)[:MOST_LETTERS]}..."
    return f"{told}: the operating system refuses this file or folder ({error.strerror}): name another"
