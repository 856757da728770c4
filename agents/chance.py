"""Luck: every draw is a pure function of the seed, of what it decides, of who decides, and of the how-manieth time.

No generator is shared and nothing depends on order, so one agent more changes nobody else's luck, and two
scenarios with the same seed differ only by what the scenario changed. Keys are 64-bit numbers; each part that
is folded in passes through the finaliser of SplitMix64 (Steele, Lea and Flood 2014).
"""

import hashlib

import numpy as np

from agents.compiled import rule
from agents.elementary import log, normal_quantile

# What a draw decides. The numbers are part of the results: never reuse or change one.
CAPABILITY, RATING, RELATIONS, TASTE_QUALITY, TASTE_PRESENCE, TASTE_KNOWN, TASTE_IN_HOUSE = range(1, 8)
SOURCE_LUCK, VIEW = 8, 40  # 9 was the fresh part of a choice's luck
TIME_TO_LOOK, OWN_LINE, WILLING, LENGTH, LONG, LET_THROUGH, QUEUE, TURN = range(12, 20)
LEADER, ACTING_LEADER, QUALITY, EFFICIENCY, VIGOUR, EARLY, OWN_WILL, JUDGEMENT, AGREED, FORM = range(20, 30)
OPENING, OPTIMISM, HOME_REGION, PREPARATION, PREPARATION_MONTH = range(30, 35)
SURVEYED, AUTHORISED, SHARED_POST, LEADER_LEAVES, PREPARER = range(35, 40)

SHIFT_A, SHIFT_B, SHIFT_C, SHIFT_DOUBLE = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(12)
FACTOR_A, FACTOR_B = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
GOLDEN = np.uint64(0x9E3779B97F4A7C15)
BITS_OF_1 = np.uint64(0x3FF0000000000000)
BELOW_1 = 1.0 - 2.0**-53
EULER = 0.5772156649015329


def permanent_id(name: str) -> int:
    """Return the number by which an agent's luck is keyed: the same for a name on any machine."""
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "little") >> 1


@rule
def stir(z: np.uint64) -> np.uint64:
    """Return 64 bits that depend on every bit of ``z``. Source: SplitMix64's finaliser."""
    z = (z ^ (z >> SHIFT_A)) * FACTOR_A
    z = (z ^ (z >> SHIFT_B)) * FACTOR_B
    return z ^ (z >> SHIFT_C)


@rule
def fold(key: np.uint64, part: int) -> np.uint64:
    """Return the key of a draw made more particular by one more part, a whole number from 0."""
    return stir((key ^ np.uint64(part)) * FACTOR_B + GOLDEN)


@rule
def draws_key(seed: int, purpose: int, who: int) -> np.uint64:
    """Return the key of all draws of one purpose by one agent, from which that of each is folded."""
    return fold(fold(stir(np.uint64(seed) + GOLDEN), purpose), who)


@rule
def draw_key(seed: int, purpose: int, who: int, n: int) -> np.uint64:
    """Return the key of the ``n``-th draw (from 0) of one purpose by one agent."""
    return fold(draws_key(seed, purpose, who), n)


@rule
def uniform(key: np.uint64) -> float:
    """Return a number strictly between 0 and 1: the middle of one of 2**52 equal steps."""
    bits = np.uint64((key >> SHIFT_DOUBLE) | BITS_OF_1)
    return bits.view(np.float64) - BELOW_1


@rule
def gumbel(key: np.uint64) -> float:
    """Return a Gumbel number of scale 1 and mean 0: the unexplained part of a choice (McFadden 1974)."""
    return -log(-log(uniform(key))) - EULER


@rule
def normal(key: np.uint64) -> float:
    """Return a standard normal number."""
    return normal_quantile(uniform(key))
