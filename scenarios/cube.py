"""Places in the unit cube, [point, factor]: Latin hypercube and Sobol of SciPy, Morris of SALib.

These libraries take a second to load, so a process of its own may draw while this one does something else. It runs
this file, which therefore imports nothing of ours.
"""

import gc
import io
import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Shares = NDArray[np.float64]


def latin_hypercube(width: int, points: int, seed: int, levels: int) -> Shares:
    """Return a Latin hypercube: one point in each slice of each factor."""
    from scipy.stats import qmc

    return np.asarray(qmc.LatinHypercube(width, rng=seed).random(points))


def saltelli(width: int, points: int, seed: int, levels: int) -> Shares:
    """Return Saltelli's design (2010): for each base point A, A with one factor from B for each factor, then B."""
    from scipy.stats import qmc

    base = np.asarray(qmc.Sobol(2 * width, rng=seed).random(points))
    a, b = base[:, :width], base[:, width:]
    block = np.repeat(a[:, None, :], width + 2, axis=1)
    for place in range(width):
        block[:, place + 1, place] = b[:, place]
    block[:, -1] = b
    return block.reshape(-1, width)


def morris(width: int, points: int, seed: int, levels: int) -> Shares:
    """Return Morris' trajectories, each of ``width`` + 1 points."""
    from SALib.sample import morris as trajectories

    # SALib takes seed 0 for none.
    return np.asarray(trajectories.sample(unit_problem(width), points, num_levels=levels, seed=seed + 1))


def unit_problem(width: int) -> dict[str, Any]:
    """Return SALib's description of a unit cube."""
    names = [f"x{place}" for place in range(width)]
    return {"num_vars": width, "names": names, "bounds": [[0.0, 1.0]] * width}


SHARES: dict[str, Callable[[int, int, int, int], Shares]] = {
    "latin_hypercube": latin_hypercube,
    "sobol": saltelli,
    "morris": morris,
}
"""By method: what draws ``width``, ``points``, ``seed`` and ``levels``."""


def drawn(method: str, numbers: tuple[int, int, int, int], meanwhile: Callable[[], None] | None = None) -> Shares:
    """Draw the places of a design.

    Args:
        method: One of ``SHARES``.
        numbers: Width, points, seed and levels.
        meanwhile: What to do while another process draws; None to draw in this one.
    """
    places = _drawn_beside(method, numbers, meanwhile) if meanwhile else None
    return SHARES[method](*numbers) if places is None else places


def _drawn_beside(method: str, numbers: tuple[int, ...], meanwhile: Callable[[], None]) -> Shares | None:
    """Return what another process draws, or None where it cannot."""
    command = [sys.executable, "-P", __file__, method, *map(str, numbers)]
    # BLAS, which is not called, would otherwise start a thread a core, and these wait at full speed.
    one_core = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    try:
        child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=one_core)
    except OSError:
        return None
    with child:
        meanwhile()
        told, _ = child.communicate()
    return np.load(io.BytesIO(told)) if child.returncode == 0 else None


if __name__ == "__main__":
    gc.disable()
    np.save(sys.stdout.buffer, SHARES[sys.argv[1]](*map(int, sys.argv[2:])))
    sys.stdout.flush()
    gc.freeze()
