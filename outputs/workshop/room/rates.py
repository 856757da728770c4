"""How often somebody may do something: a bucket that fills slowly, one a person or address."""

from collections.abc import Callable

MOST_KEPT = 4096


class Rate:
    """Lets each key do something ``burst`` times at once, then ``a_second`` times a second.

    Args:
        burst: How often at once.
        a_second: How often a second after that.
        now: The clock (seconds).
    """

    def __init__(self, burst: float, a_second: float, now: Callable[[], float]) -> None:
        self.burst, self.a_second, self.now = burst, a_second, now
        self._left: dict[str, tuple[float, float]] = {}

    def allows(self, key: str) -> bool:
        """Count one try of a key, and say whether it may."""
        left = self._filled(key)
        self._left.pop(key, None)
        while len(self._left) >= MOST_KEPT:
            del self._left[next(iter(self._left))]
        self._left[key] = (max(0.0, left - 1.0), self.now())
        return left >= 1.0

    def is_open(self, key: str) -> bool:
        """Say whether a key may, without counting."""
        return self._filled(key) >= 1.0

    def _filled(self, key: str) -> float:
        left, since = self._left.get(key, (self.burst, self.now()))
        return min(self.burst, left + (self.now() - since) * self.a_second)
