"""Who computes the chunks of some work: this thread, more threads, processes, or a cluster."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ThreadPoolExecutor, wait
from itertools import islice
from typing import Any, Protocol

WAITING_EACH = 2
"""Chunks handed out for each worker, so that none waits for work and little lies in memory."""
GLANCE = 0.5
"""Seconds between two looks at the keyboard."""

Tables = Mapping[str, Any]


class Piece(Protocol):
    """What a crew asks of a chunk."""

    @property
    def runs(self) -> Sequence[int]:
        """The numbers of its runs."""

    def write(self, tables: Tables) -> int:
        """Store its tables and return how many runs are complete by that."""


Crew = Callable[[Sequence[Any], Callable[[Sequence[int]], Tables]], Iterator[int]]
"""Computes and stores pieces of work; yields the number of runs of each as it is complete."""


def threads(workers: int) -> Crew:
    """Return a crew of threads, which compute and write; of one, everything happens in the calling thread."""

    def carry_out(pieces: Sequence[Piece], compute: Callable[[Sequence[int]], Tables]) -> Iterator[int]:
        def work(piece: Piece) -> int:
            return piece.write(compute(piece.runs))

        if workers == 1:
            yield from map(work, pieces)
            return
        with ThreadPoolExecutor(workers) as pool:
            for _, runs in as_done(pool, pieces, lambda piece: (work, piece), workers):
                yield runs.result()

    return carry_out


def as_done(
    pool: Executor, pieces: Sequence[Piece], task: Callable[[Piece], tuple[Any, ...]], workers: int
) -> Iterator[tuple[Piece, "Future[Any]"]]:
    """Hand out pieces to a pool, a few at a time, and yield each with its future as it is done.

    Args:
        pool: Who computes.
        pieces: The pieces of work.
        task: Gives what is submitted for a piece: a function and its arguments.
        workers: How many compute at once.
    """
    waiting = iter(pieces)
    pending = {pool.submit(*task(piece)): piece for piece in islice(waiting, WAITING_EACH * workers)}
    try:
        while pending:
            done, _ = wait(pending, timeout=GLANCE, return_when=FIRST_COMPLETED)
            for piece in islice(waiting, len(done)):
                pending[pool.submit(*task(piece))] = piece
            for future in done:
                yield pending.pop(future), future
    finally:
        for future in pending:
            future.cancel()
