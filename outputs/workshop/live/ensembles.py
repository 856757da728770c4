"""Ensembles of runs, computed while somebody waits for them: the most urgent run first, none that nobody wants."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
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


class Ensemble:
    """The runs of one question on seeds that follow each other, as far as they are computed.

    Args:
        asked: The question.
        first_seed: Seed of the first run.
        n_ccgs: CCGs on the map.

    Attributes:
        values: What the page shows, in its units: [run, month, outcome].
        leads: Main source of each CCG: [run, snapshot, ccg].
        told: What was said of it already, by what it is about.
    """

    def __init__(self, asked: Question, first_seed: int, n_ccgs: int) -> None:
        self.asked, self.first_seed = asked, first_seed
        self.values: NDArray[np.float32] = np.empty((STAGES[-1], N_MONTHS, len(SHOWN)), np.float32)
        self.leads: NDArray[np.int8] = np.empty((STAGES[-1], len(SNAPSHOTS), n_ccgs), np.int8)
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
        self.leads[place] = run.leads
        self._done[place] = True


@dataclass(eq=False)
class Want:
    """Somebody who waits for the first runs of an ensemble."""

    ensemble: Ensemble
    runs: int
    met: "asyncio.Future[None]" = field(repr=False)

    @property
    def is_open(self) -> bool:
        """Whether runs are still to begin."""
        return self.ensemble.begun < self.runs


class Ensembles:
    """Computes ensembles in threads and keeps the latest; it lives in one event loop.

    Runs begin one by one, so a new question waits for no more than the runs that are being computed, and what
    nobody waits for any longer is left as far as it is.

    Args:
        model: Runs questions.
        workers: Threads.
    """

    def __init__(self, model: LiveModel, workers: int) -> None:
        self._model = model
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="runs")
        self._idle = workers
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
        if ensemble.has(runs):
            return
        want = Want(ensemble, runs, asyncio.get_running_loop().create_future())
        self._wants.append(want)
        self._begin()
        try:
            await want.met
        finally:
            self._wants.remove(want)

    async def apart(self, work: Callable[[], Any]) -> Any:
        """Do other work of the model in one of the threads, and return what it returns."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, work)

    def close(self) -> None:
        """End the threads."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _begin(self) -> None:
        """Give idle threads the most urgent runs: those of the smallest stage, of the one who has waited longest."""
        while self._idle:
            want = min((want for want in self._wants if want.is_open), key=lambda want: want.runs, default=None)
            if want is None:
                return
            self._idle -= 1
            place = want.ensemble.begun
            want.ensemble.begun += 1
            asyncio.get_running_loop().create_task(self._run(want.ensemble, place))

    async def _run(self, ensemble: Ensemble, place: int) -> None:
        """Compute one run, tell who waited for it, and let the next begin."""
        try:
            run = await self.apart(lambda: self._model.run(ensemble.asked, ensemble.first_seed + place))
            ensemble.keep(place, run)
            self._tell(ensemble)
        except Exception as error:
            ensemble.begun = min(ensemble.begun, place)
            self._fail(ensemble, error)
        finally:
            self._idle += 1
            self._begin()

    def _tell(self, ensemble: Ensemble) -> None:
        for want in self._wants:
            if want.ensemble is ensemble and not want.met.done() and ensemble.has(want.runs):
                want.met.set_result(None)

    def _fail(self, ensemble: Ensemble, error: Exception) -> None:
        for want in self._wants:
            if want.ensemble is ensemble and not want.met.done():
                want.met.set_exception(error)
