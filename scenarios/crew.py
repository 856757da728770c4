"""Who computes the chunks of some work: this thread, more threads, processes, or a cluster."""

import importlib
import logging
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from itertools import islice
from typing import Any, Protocol

from scenarios.work import MOST_WORKERS
from simulation.faults import InputError

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


Done = Generator[int, None, None]
"""The number of runs of each piece of work as it is complete; closed early, it hands out no more."""

Crew = Callable[[Sequence[Any], Callable[[Sequence[int]], Tables]], Done]
"""Computes and stores pieces of work."""


def threads(workers: int) -> Crew:
    """Return a crew of threads, which compute and write; of one, everything happens in the calling thread."""

    def carry_out(pieces: Sequence[Piece], compute: Callable[[Sequence[int]], Tables]) -> Done:
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


# ---- Other processes and machines ------------------------------------------------------------------------------

Task = Callable[[Sequence[int]], Callable[[], Tables]]
"""Gives what computes some runs, as a function that can be sent elsewhere."""

MOST_DEATHS = 3
"""How often in a row workers may die before a chunk is finished."""

CONNECT_SECONDS, WORKER_SECONDS = 5, 20


class WorkersDiedError(Exception):
    """Workers died again and again; what is complete stays."""

    def __init__(self) -> None:
        super().__init__(
            f"Workers died {MOST_DEATHS} times in a row before a chunk was done (is there too little memory?)."
        )


def processes(workers: int, task: Task) -> Crew:
    """Return a crew of processes, which compute; this one writes. Where one dies, its chunks are computed again."""

    def pool() -> ProcessPoolExecutor:
        context = multiprocessing.get_context("spawn")
        return ProcessPoolExecutor(workers, context, initializer=_begin, initargs=(os.getpid(),))

    return _elsewhere(pool, task, workers, BrokenProcessPool)


def _elsewhere(pool: Callable[[], Executor], task: Task, workers: int, death: type[Exception]) -> Crew:
    """Return a crew whose members are not in this process."""

    def carry_out(pieces: Sequence[Piece], compute: object) -> Done:
        left = {id(piece): piece for piece in pieces}
        deaths = 0
        while left:
            try:
                with pool() as executor:
                    for piece, future in as_done(executor, list(left.values()), lambda p: (task(p.runs),), workers):
                        runs = piece.write(future.result())
                        del left[id(piece)]
                        deaths = 0
                        yield runs
            except death:
                deaths += 1
                if deaths == MOST_DEATHS:
                    raise WorkersDiedError from None

    return carry_out


def _begin(parent: int) -> None:
    """Leave the keyboard to the parent, and end this process when that is gone, however it ended."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1.0)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


@contextmanager
def cluster(address: str, task: Task, check: Callable[[], str]) -> Iterator[Crew]:
    """Give a crew on a Dask cluster; its workers compute and this process writes, so that they need no shared disk.

    Args:
        address: ``tcp://host:port`` of a scheduler, or ``local:N`` for N processes started here.
        task: Gives what computes some runs.
        check: Must give the same on every worker as here: a hash of the rules.

    Raises:
        InputError: The extra is not installed, nobody answers there, or the workers hold another version.
    """
    with _client(address) as client:
        workers = _alike(client, address, check)
        from distributed import KilledWorker

        yield _elsewhere(lambda: client.get_executor(retries=MOST_DEATHS), task, workers, KilledWorker)


@contextmanager
def _client(address: str) -> Iterator[Any]:
    """Give a client of a cluster, which goes away with what was started here."""
    try:
        distributed: Any = importlib.import_module("distributed")
    except ImportError:
        raise InputError(["--cluster wants the extra 'cluster': pip install 'csmarket[cluster]'"]) from None
    count = _local_workers(address)
    if count:
        logging.getLogger("distributed").setLevel(logging.CRITICAL)
        with (
            distributed.LocalCluster(
                count, threads_per_worker=1, dashboard_address=None, silence_logs=logging.CRITICAL
            ) as started,
            distributed.Client(started) as client,
        ):
            yield client
        return
    try:
        client = distributed.Client(address, timeout=CONNECT_SECONDS)
    except (OSError, TimeoutError, ValueError) as error:
        told = f"--cluster {address}: no cluster answers there ({type(error).__name__})"
        raise InputError([f"{told}: start one with 'dask scheduler', or use local:N"]) from None
    with client:
        yield client


def _local_workers(address: str) -> int:
    """Return N of ``local:N``, and 0 for the address of a scheduler.

    Raises:
        InputError: It is neither.
    """
    kind, _, rest = address.partition(":")
    if kind in ("tcp", "tls") and rest.startswith("//"):
        return 0
    if kind == "local" and rest.isdigit() and 1 <= int(rest) <= MOST_WORKERS:
        return int(rest)
    raise InputError([f"--cluster {address!r} is not allowed: it must be tcp://host:port, or local:N for N processes"])


def _alike(client: Any, address: str, check: Callable[[], str]) -> int:
    """Return the number of a cluster's workers, all of which hold the same rules as this process."""
    try:
        client.wait_for_workers(1, timeout=WORKER_SECONDS)
        found = client.run(check)
    except (TimeoutError, OSError):
        raise InputError([f"--cluster {address}: the cluster has no workers: start some with 'dask worker'"]) from None
    except ImportError as error:
        told = f"--cluster {address}: a worker cannot import csmarket ({error})"
        raise InputError([f"{told}: install the same version on all of them"]) from None
    if other := [worker for worker, rules in found.items() if rules != check()]:
        told = f"--cluster {address}: {other[0]} holds another version of the rules"
        raise InputError([f"{told}: install the same version on all of them"])
    return len(found)
