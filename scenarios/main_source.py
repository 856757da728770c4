"""A CCG's main source of support: the one on which it spends most."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

NO_SPEND = -1
"""Main source of a CCG that spends nothing."""


def main_source(spend: NDArray[Any]) -> NDArray[np.int64]:
    """Return the place of the largest spend, or NO_SPEND where there is none; of equals the earlier leads.

    Args:
        spend: GBP a head a year, [..., source].
    """
    places: NDArray[np.int64] = np.where(spend.any(axis=-1), spend.round(9).argmax(axis=-1), NO_SPEND)
    return places
