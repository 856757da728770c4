"""How a rule is compiled: one decorator, and one cache that never goes stale.

A rule edited in one file must not leave a caller in another on its old code, so the cache lies in a folder
named by a hash of the sources and of the versions that compile them.
"""

import hashlib
from collections.abc import Callable
from pathlib import Path
from types import FunctionType
from typing import Any

import numba
import numpy as np
from numba import njit
from platformdirs import user_cache_path

SOURCES = Path(__file__).resolve().parent
INTERPRETED = bool(numba.config.DISABLE_JIT)  # type: ignore[attr-defined]
"""True under NUMBA_DISABLE_JIT=1: the rules then run as plain Python, for a debugger."""


def source_hash() -> str:
    """Return a short hash of the compiled sources, and of the versions of numba and numpy."""
    digest = hashlib.sha256(f"{numba.__version__} {np.__version__}".encode())
    for path in sorted([*SOURCES.rglob("*.py"), *(SOURCES.parent / "simulation").glob("*.py")]):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def cache_folder() -> Path:
    """Return the folder of the compiled rules: NUMBA_CACHE_DIR, or one of the user's cache folders."""
    told = numba.config.CACHE_DIR  # type: ignore[attr-defined]
    root = Path(told) if told else user_cache_path("csmarket")
    return root / source_hash()


CACHE = cache_folder()
numba.config.CACHE_DIR = str(CACHE)  # type: ignore[attr-defined]
numba.config.SLP_VECTORIZE = 1  # type: ignore[attr-defined]  # loops over eight lines are unrolled, then run in vectors

rule = njit(cache=True, nogil=True, error_model="numpy")
"""Compile a function: kept between sessions, free of the interpreter's lock, division by zero as in numpy."""

part = njit(cache=True, nogil=True, error_model="numpy", forceinline=True)
"""Compile a function likewise, and write it out in each rule that calls it: for what is asked at every offer."""


RULE: Callable[..., Any]
"""The rule that an act calls; ``_of`` gives each its own."""


def verb(function: Callable[..., Any]) -> Callable[..., None]:
    """Return what an agent does as Python calls it: with the array that holds the market, and the agent's row."""

    def act(market: Any, row: int) -> None:
        RULE(market[0], row)  # noqa: F821

    return rule(_of(function, act))


def together(function: Callable[..., Any]) -> Callable[..., None]:
    """Return what the market does as Python calls it: with the array that holds it."""

    def act(market: Any) -> None:
        RULE(market[0])  # noqa: F821

    return rule(_of(function, act))


def _of(function: Callable[..., Any], act: Callable[..., None]) -> Callable[..., None]:
    """Return an act whose RULE is a rule, under a name of its own.

    The cache tells functions apart by name and by what they close over, and a compiled function never looks the same
    in two processes: as a global, and with the rule in the name, the act is found again.
    """
    bound = FunctionType(act.__code__, {"RULE": function})
    bound.__module__ = __name__
    bound.__qualname__ = f"{act.__qualname__}.{function.__module__}.{function.__name__}"
    return bound
