"""Ensembles of runs, computed while somebody waits for them: the most urgent run first, none that nobody wants."""

import asyncio
import threading
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from outputs.workshop.live.shown import SHOWN
from scenarios.live import LiveModel, LiveRun, Question
from simulation.calendar import N_MONTHS, SNAPSHOTS
from simulation.outcomes import OUTCOMES

STAGES = (1, 20, 200)
"""Runs after which there is something to show."""
MOST_KEPT = 32
"""Ensembles in memory: some 1.5 MB each."""
COLUMNS = [list(OUTCOMES).index(shown.name) for shown in SHOWN]
SCALES = np.array([shown.scale for shown in SHOWN])
Reached = Callable[[int], Awaitable[None]]


class Ensemble:
    """The runs of one question on seeds that follow each other, as far as they are computed.

    Args:
        asked: The question.
        first_seed: Seed of the first run.
        n_ccgs: CCGs on the map.

    Attributes:
        values: What the page shows, in its units: [run, month, outcome].
        main_sources: Of each CCG: [run, snapshot, ccg].
        told: What was said of it already, by what it is about.
    """

    def __init__(self, asked: Question, first_seed: int, n_ccgs: int) -> None:
        self.asked, self.first_seed = asked, first_seed
        self.values: NDArray[np.float32] = np.empty((STAGES[-1], N_MONTHS, len(SHOWN)), np.float32)
        self.main_sources: NDArray[np.int8] = np.empty((STAGES[-1], len(SNAPSHOTS), n_ccgs), np.int8)
        self.begun = 0
        self.told: dict[object, Any] = {}
        self._done: NDArray[np.bool_] = np.zeros(STAGES[-1], bool)

    @property
    def stage(self) -> int:
        """The largest stage that is complete, or 0."""
        return max((stage for stage in STAGES if self.has(stage)), default=0)

    def has(self, runs: int) -> bool:
        """Say whether the first so many runs are complete."""
        return bool(self._done[:runs].all())

    def keep(self, place: int, run: LiveRun) -> None:
        """Keep one run."""
        self.values[place] = run.outcomes[:, COLUMNS] * SCALES
        self.main_sources[place] = run.main_sources
        self._done[place] = True


@dataclass(eq=False)
class Want:
    """Somebody who waits for the first runs of an ensemble.

    Args:
        ensemble: The ensemble.
        runs: So many of its runs.
        over: Is done when they are complete, or have failed.
        error: What a run raised.
    """

    ensemble: Ensemble
    runs: int
    over: "asyncio.Future[None]" = field(repr=False)
    error: Exception | None = None

    @property
    def is_open(self) -> bool:
        """Whether runs are still to begin."""
        return self.ensemble.begun < self.runs

    def end(self) -> None:
        """Tell who waits; called in the loop of the one who does."""
        if not self.over.done():
            self.over.set_result(None)

    async def reached(self) -> None:
        """Wait.

        Raises:
            Exception: What a run raised.
        """
        await self.over
        if self.error:
            raise self.error


class Ensembles:
    """Computes ensembles in threads and keeps the latest.

    A thread takes one run after the other, the most urgent first, so a new question waits for no more than the runs
    that are being computed, and what nobody waits for any longer is left as far as it is. All but the runs happens in
    one event loop.

    Args:
        model: Runs questions.
        workers: Threads.
    """

    def __init__(self, model: LiveModel, workers: int) -> None:
        self._model = model
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="runs")
        self._beside = ThreadPoolExecutor(1, thread_name_prefix="beside")
        self._idle = workers
        self._turn = threading.Lock()
        self._wants: list[Want] = []
        self._kept: OrderedDict[tuple[Question, int], Ensemble] = OrderedDict()

    def find(self, asked: Question, first_seed: int) -> Ensemble:
        """Return the ensemble of a question, which is empty where it is new."""
        key = (asked, first_seed)
        if key not in self._kept:
            self._kept[key] = Ensemble(asked, first_seed, len(self._model.england.ccgs.ods_code))
            self._forget()
        self._kept.move_to_end(key)
        return self._kept[key]

    def _forget(self) -> None:
        """Let go of what was not asked for longest, as far as nobody waits for it."""
        awaited = {id(want.ensemble) for want in self._wants}
        for key in list(self._kept)[:-1]:
            if len(self._kept) <= MOST_KEPT:
                return
            if id(self._kept[key]) not in awaited:
                del self._kept[key]

    async def reach(self, ensemble: Ensemble, runs: int) -> None:
        """Wait until an ensemble has its first so many runs.

        Raises:
            Exception: What a run raised.
        """
        with self.wanting([ensemble], [runs]) as reached:
            await reached(runs)

    @contextmanager
    def wanting(self, ensembles: Sequence[Ensemble], stages: Sequence[int]) -> Iterator[Reached]:
        """Have ensembles computed as far as the last stage, and yield what waits until all have reached one."""
        loop = asyncio.get_running_loop()
        wants = [Want(ensemble, runs, loop.create_future()) for runs in stages for ensemble in ensembles]

        async def reached(stage: int) -> None:
            for want in wants:
                if want.runs == stage:
                    await want.reached()

        self._begin(wants)
        try:
            yield reached
        finally:
            self._leave(wants)

    async def apart(self, work: Callable[[], Any]) -> Any:
        """Do other work of the model in a thread of its own, and return what it returns."""
        return await asyncio.get_running_loop().run_in_executor(self._beside, work)

    def close(self) -> None:
        """End the threads after the runs at hand."""
        with self._turn:
            self._wants.clear()
        for pool in (self._pool, self._beside):
            pool.shutdown(wait=False, cancel_futures=True)

    def _begin(self, wants: Sequence[Want]) -> None:
        """Take wants up, and send idle threads to work for them."""
        with self._turn:
            for want in wants:
                if want.ensemble.has(want.runs):
                    want.end()
                else:
                    self._wants.append(want)
            called, self._idle = self._idle, 0
        for _ in range(called):
            self._pool.submit(self._work)

    def _leave(self, wants: Sequence[Want]) -> None:
        """Wait for them no longer."""
        with self._turn:
            self._wants = [want for want in self._wants if want not in wants]

    def _work(self) -> None:
        """Compute one run after the other in a thread, until none is wanted."""
        while (taken := self._take()) is not None:
            ensemble, place = taken
            try:
                ensemble.keep(place, self._model.run(ensemble.asked, ensemble.first_seed + place))
                self._settle(ensemble)
            except Exception as error:
                self._fail(ensemble, place, error)

    def _take(self) -> tuple[Ensemble, int] | None:
        """Return the most urgent run: of the smallest stage, of the one who has waited longest; or None, and rest."""
        with self._turn:
            want = min((want for want in self._wants if want.is_open), key=lambda want: want.runs, default=None)
            if want is None:
                self._idle += 1
                return None
            want.ensemble.begun += 1
            return want.ensemble, want.ensemble.begun - 1

    def _settle(self, ensemble: Ensemble) -> None:
        """Tell those whose runs are complete."""
        with self._turn:
            self._end([want for want in self._wants if want.ensemble is ensemble and ensemble.has(want.runs)])

    def _fail(self, ensemble: Ensemble, place: int, error: Exception) -> None:
        """Tell all who wait for an ensemble, and let its run be tried again when somebody asks."""
        with self._turn:
            ensemble.begun = min(ensemble.begun, place)
            failed = [want for want in self._wants if want.ensemble is ensemble]
            for want in failed:
                want.error = error
            self._end(failed)

    def _end(self, over: Sequence[Want]) -> None:
        """End some wants, in a thread that has the turn."""
        if over:
            self._wants = [want for want in self._wants if want not in over]
        for want in over:
            want.over.get_loop().call_soon_threadsafe(want.end)
