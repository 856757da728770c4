"""The levers: which are policy and which assumption, how they are named in a room, and their named bands."""

from dataclasses import dataclass
from typing import Any

from outputs.workshop.live.shown import SHOWN
from scenarios.live import scenario_of
from scenarios.scenario import list_scenarios
from simulation.calendar import SNAPSHOTS, first_day
from simulation.inputs import England
from simulation.parameters import DECLARED, Declaration
from simulation.version import VERSION

Bands = tuple[tuple[float, str], ...]
"""Up to which value (included) a band reaches, and its name."""
STEPS_OF_A_SLIDER = 100
PAID: Bands = ((0.0, "nothing"), (0.34, "a small part"), (0.66, "about half"), (0.99, "most of it"), (1.0, "all of it"))


@dataclass(frozen=True)
class Lever:
    """One lever of policy, as a room reads it.

    Args:
        name: The parameter.
        label: What it is called.
        step: What one press of an arrow changes.
        bands: Names of its values, from low to high.
        high: Where the slider ends, where the parameter's own end is too far for a slider.
        words: What its words, or false and true, are called.
    """

    name: str
    label: str
    step: float = 0.0
    bands: Bands = ()
    high: float | None = None
    words: tuple[str, ...] = ()


POLICY: tuple[tuple[str, tuple[Lever, ...]], ...] = (
    ("Money", (
        Lever("allowance.per_head", "Management allowance", 0.25,
              ((17.9, "severe cut"), (22.4, "deep cut"), (24.75, "cut"), (25.25, "as planned"), (30, "rise"),
               (50, "large rise"))),
    )),
    ("Who pays for redundancy", (
        Lever("redundancy.ccg_share_outside_nhs", "CCG pays, going outside the NHS", 0.05, PAID),
        Lever("redundancy.ccg_share_other_css", "CCG pays, going to another unit", 0.05, PAID),
        Lever("redundancy.ccg_share_in_house", "CCG pays, going in house", 0.05, PAID),
        Lever("redundancy.board_share_of_rest", "Board pays of the rest", 0.05, PAID),
        Lever("redundancy.salary_cap", "Pay that counts, at most", 20_000,
              ((50_000, "tight cap"), (90_000, "cap"), (200_000, "loose cap"), (1_000_000, "hardly a cap"))),
        Lever("tupe.transfer_share", "Staff who move with their work", 0.05,
              ((0.34, "few"), (0.66, "about half"), (0.99, "most"), (1.0, "as the rules say"))),
        Lever("stranded.ccg_share_in_house", "Stranded cost paid by a CCG that leaves", 0.05, PAID),
    )),
    ("Checkpoints", (
        Lever("checkpoint.in_force", "The board tests the units", words=("no", "yes")),
        Lever("checkpoint.pass_mark", "Pass mark", 0.01,
              ((0.45, "lenient"), (0.6, "mild"), (0.67, "as planned"), (0.75, "strict"), (1.0, "very strict"))),
        Lever("checkpoint.minimum_population", "People served for full marks", 100_000,
              ((699_999, "small units pass"), (1_300_000, "as planned"), (2_500_000, "large units only"),
               (5_000_000, "very large only"))),
    )),
    ("Hosting by the board", (
        Lever("hosting.ends", "Units stand alone from", 1,
              ((0, "never"), (16, "April 2013, at once"), (40, "early"), (52, "as planned"), (60, "late"))),
        Lever("hosting.charge", "Charge for hosting", 0.1,
              ((0, "free"), (0.4, "low"), (0.6, "as planned"), (2, "high"))),
        Lever("hosting.soft_budget", "Losses that the board covers", 0.05,
              ((0, "none"), (0.34, "a small part"), (0.66, "about half"), (0.99, "most"), (1, "all"))),
        Lever("hosting.form", "What units become",
              words=("their own choice", "NHS bodies", "social enterprises", "owned by their customers", "sold")),
    )),
    ("A framework", (
        Lever("framework.in_force", "A place is needed to sell everything", words=("no", "yes")),
        Lever("framework.places", "Places", 1, ((8, "few"), (15, "some"), (30, "many"))),
        Lever("framework.minimum_population", "People served to hold one", 250_000,
              ((999_999, "small suppliers too"), (3_000_000, "large suppliers"), (10_000_000, "giants only"))),
    )),
    ("Other suppliers", (
        Lever("entry.barrier", "Cost of setting up", 25_000,
              ((100_000, "open door"), (400_000, "as assumed"), (1_000_000, "high"), (2_000_000, "forbidding")),
              2_000_000),
        Lever("entry.vat_wedge", "VAT that a CCG cannot recover", 0.005,
              ((0, "none"), (0.04, "low"), (0.09, "as it is"), (0.2, "high"))),
    )),
    ("Choice and agreements", (
        Lever("choice.free", "Any supplier for April 2013", words=("case by case", "yes")),
        Lever("choice.pressure", "Pressure to use the home unit", 0.25,
              ((0, "none"), (1, "some"), (3, "as assumed"), (6, "strong"), (10, "overwhelming"))),
        Lever("agreement.months", "Length of agreements", 1,
              ((11, "short"), (24, "as planned"), (36, "long"), (60, "very long"))),
        Lever("in_house.business_case_cost", "Cost of a case to go in house", 10_000,
              ((0, "none needed"), (60_000, "a hurdle"), (200_000, "a wall"), (500_000, "forbidding")), 500_000),
    )),
    ("Shape of the market", (
        Lever("at_scale.form", "Who does the four at-scale lines",
              words=("any supplier", "one national body", "ten networks")),
        Lever("ccg.minimum_population", "Least people in a CCG", 50_000,
              ((0, "as proposed"), (250_000, "the smallest join"), (749_999, "fewer, larger CCGs"),
               (1_500_000, "as the BMA asked, or more"))),
    )),
)  # fmt: skip
"""Levers of policy, in the order of the page. Whatever else may vary is an assumption."""
POLICY_NAMES = frozenset(lever.name for _, levers in POLICY for lever in levers)
GROUPS = {
    "economy": "Economy", "allowance": "Allowance", "cost": "What support costs", "in_house": "Making it in house",
    "choice": "How CCGs choose", "agreement": "Agreements", "redundancy": "Redundancy", "tupe": "Transfer of staff",
    "stranded": "Stranded cost", "staffing": "Staffing", "experience": "Experience", "formation": "Forming units",
    "checkpoint": "Checkpoints", "leaders": "Leaders", "merging": "Mergers", "hosting": "Hosting",
    "framework": "Framework", "entry": "Other suppliers", "at_scale": "At-scale lines", "ccg": "CCGs",
    "authorisation": "Authorisation", "preparation": "Preparation", "bargaining": "Bargaining",
}  # fmt: skip
"""What the groups of parameters are called."""


def catalogue(england: England) -> dict[str, Any]:
    """Return what the page needs once: levers, assumptions, presets, outcomes and the tiles of the map."""
    return {
        "version": VERSION,
        "months": [first_day(month).isoformat() for month in range(60)],
        "snapshots": list(SNAPSHOTS),
        "policy": [{"group": group, "levers": [_policy(lever) for lever in levers]} for group, levers in POLICY],
        "assumptions": _assumptions(),
        "presets": [_preset(name) for name in list_scenarios()],
        "outcomes": [shown.as_dict() for shown in SHOWN],
        "ccgs": _tiles(england),
    }


def _policy(lever: Lever) -> dict[str, Any]:
    declared = DECLARED[lever.name]
    own = {"label": lever.label, "bands": [list(band) for band in lever.bands], "step": lever.step}
    return _declared(declared) | own | {"high": lever.high or declared.high, "called": list(lever.words)}


def _assumptions() -> list[dict[str, Any]]:
    """Return the assumptions, group by group in the order of the reference."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for name, declared in DECLARED.items():
        if name not in POLICY_NAMES and declared.role != "constant":
            group, own = name.split(".")
            label = own.replace("_", " ").capitalize()
            groups.setdefault(GROUPS[group], []).append(_declared(declared) | {"label": label, "bands": []})
    return [{"group": group, "levers": levers} for group, levers in groups.items()]


def _declared(declared: Declaration) -> dict[str, Any]:
    """Return what is declared of a parameter, with a step for its slider."""
    step = 1.0 if declared.whole else (declared.high - declared.low) / STEPS_OF_A_SLIDER
    return {
        "name": declared.name, "default": declared.default, "unit": declared.unit, "low": declared.low,
        "high": declared.high, "most": declared.high, "words": list(declared.words), "whole": declared.whole,
        "meaning": declared.meaning, "source": declared.source, "step": float(f"{step:.3g}"), "called": [],
    }  # fmt: skip


def _preset(name: str) -> dict[str, Any]:
    scenario = scenario_of(name)
    dated = [[change.month, change.name, change.value] for change in scenario.plan.dated]
    words = {"name": name, "title": scenario.title, "question": scenario.question, "because": scenario.because}
    return words | {"changes": dict(scenario.changes), "dated": dated}


def _tiles(england: England) -> dict[str, Any]:
    """Return the CCGs' codes, names, regions and places on the tile map."""
    ccgs = england.ccgs
    return {
        "code": ccgs.ods_code, "name": [name.removeprefix("NHS ") for name in ccgs.name], "region": ccgs.region,
        "x": ccgs.tile_x.tolist(), "y": ccgs.tile_y.tolist(),
    }  # fmt: skip
