"""Open a results folder of any kind, for those who draw and tell."""

from pathlib import Path

from outputs.experiment import Experiment, open_experiment
from scenarios.folder import MADE_BY, MANIFEST, read_manifest
from scenarios.results import Results, open_results
from scenarios.sweep_results import SWEEPERS
from simulation.faults import InputError

COMMANDS = (MADE_BY, *SWEEPERS)


def open_stored(folder: str | Path) -> Results | Experiment:
    """Open a folder of `csmarket run`, `compare` or `sweep`; an experiment may be unfinished.

    Raises:
        InputError: It is no results folder, a run is not finished, or another version of the model made it.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise InputError([f"{folder}: there is no such folder: name one that {_listed()} has written"])
    manifest = read_manifest(folder) or {}
    made_by = manifest.get("made_by")
    if made_by in SWEEPERS:
        return open_experiment(folder)
    if made_by == MADE_BY:
        return open_results(folder)
    raise InputError(
        [f"{folder}: is no results folder (it has no {MANIFEST} of {_listed()}): name one that they have written"]
    )


def _listed() -> str:
    return ", ".join(f"'{command}'" for command in COMMANDS[:-1]) + f" or '{COMMANDS[-1]}'"
