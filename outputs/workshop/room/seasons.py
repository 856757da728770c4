"""The seasons of a game: each is a stretch of the market's months, before which people choose."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Season:
    """One contract season.

    Args:
        name: What it is called.
        task: What is decided in it, in a sentence or two.
        first: First month of it (0 is January 2012).
        end: First month after it.
        april: The month from which an allowance that the board sets holds, or None where it can set none.
        checkpoint: Whether a checkpoint lies in it.
    """

    name: str
    task: str
    first: int
    end: int
    april: int | None
    checkpoint: bool = False


SEASONS = (
    Season(
        "Autumn 2012", "Say what you intend to use from April 2013. It binds nobody, but the units' checkpoint in "
        "October counts it.", 6, 12, None, True,
    ),
    Season(
        "Winter 2012/13", "Sign for April 2013, the day on which CCGs go live. The trusts, which end that day, still "
        "pay for redundancies. Moves away from the home unit are let through case by case.", 12, 24, 15, True,
    ),
    Season(
        "2014", "The first agreements run out. You may keep, move at the end of an agreement, or leave earlier with "
        "six months' notice. From now on redundancies are booked to you, your unit and the board.", 24, 36, 27,
    ),
    Season(
        "2015", "A year before units are to stand alone. Keep, move, or share with a neighbour.", 36, 48, 39,
    ),
    Season(
        "2016", "In April units stand alone, and failure is real.", 48, 60, 51,
    ),
)  # fmt: skip
WINTER, LAST = 1, len(SEASONS) - 1
