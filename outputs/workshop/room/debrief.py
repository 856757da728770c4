"""The debrief: the room's market beside the same luck played by the agents alone."""

import csv
import io
from typing import TYPE_CHECKING, Any

from outputs.workshop.room.looking import month_name
from outputs.workshop.room.outcome import ccg_figures, lines_of
from outputs.workshop.room.seasons import SEASONS
from outputs.workshop.room.table import Run, Stage
from outputs.workshop.room.who import Who

if TYPE_CHECKING:
    from outputs.workshop.room.game import Game

SERIES = (
    ("css_operating", "NHS units operating", "units"),
    ("in_house_share", "Made by CCGs' own teams", "share of spend"),
    ("outside_nhs_share", "Bought outside the NHS", "share of spend"),
    ("spend_per_head", "What CCGs pay for support", "£ a head a year"),
    ("redundancy_cost_to_date", "Redundancy since April 2013", "£"),
    ("not_satisfied_share", "CCGs that are not satisfied", "share of CCGs"),
)
FORMULA = ("=", "+", "-", "@", "\t")


def debrief(game: "Game") -> dict[str, Any]:
    """Return what the debrief shows; this can run the market for a second.

    Returns:
        ``series`` of England and ``figures`` of the CCGs that people played, each for the room and for the agents
        alone; ``seats`` with what each asked, what came, and what the agents had instead.
    """
    record, who, played = game.record, game.table.who, game.record.all_played
    room, alone = game.market(), game.table.alone(len(played))
    runs = {"room": room, "alone": alone}
    if any("board" in sheets for _, sheets in played):
        runs["policy"] = game.table.under_policy(played)
    end = len(played)
    spoke = _seats_that_spoke(game)
    rows = sorted(who.ccg_row[seat[4:]] for seat in spoke)
    start = room.stages[0].month
    return {
        "season": SEASONS[played[-1][0]].name if played else "",
        "until": month_name(room.stages[end].month - 1),
        "first_month": start,
        "seed": record.settings["seed"],
        "n_played": len(rows),
        "series": [_series(runs, end, *what) for what in SERIES],
        "figures": {name: ccg_figures(run.stages[end], rows, start) for name, run in runs.items()} if rows else {},
        "seats": sorted((_seat(game, room, alone, seat) for seat in spoke), key=lambda one: str(one["name"])),
        "months": [month_name(SEASONS[season].first) for season, _ in played],
    }


def _series(runs: dict[str, Run], end: int, name: str, title: str, unit: str) -> dict[str, Any]:
    values = {key: run.stages[end].outcomes[name].round(6).tolist() for key, run in runs.items()}
    return {"name": name, "title": title, "unit": unit, **values}


def _seats_that_spoke(game: "Game") -> list[str]:
    return sorted({seat for _, sheets in game.record.all_played for seat in sheets if seat.startswith("ccg:")})


def _seat(game: "Game", room: Run, alone: Run, seat: str) -> dict[str, Any]:
    who, record = game.table.who, game.record
    row, start, end = who.ccg_row[seat[4:]], room.stages[0].month, len(record.all_played)
    people = [record.name_of(player) for player in record.seated().get(seat, [])]
    said = [
        {"season": SEASONS[season].name, "lines": lines_of(who, seat[4:], season, sheets[seat], room.stages[k + 1])}
        for k, (season, sheets) in enumerate(record.all_played)
        if seat in sheets
    ]
    return {
        "seat": seat,
        "name": who.seat_name(seat),
        "people": people,
        "room": ccg_figures(room.stages[end], [row], start),
        "alone": ccg_figures(alone.stages[end], [row], start),
        "said": said,
        "sources": [
            {
                "name": who.line_names[k],
                "room": _had(who, room.stages[end], row, k),
                "alone": _had(who, alone.stages[end], row, k),
            }
            for k in (who.line_row[line] for line in record.settings["lines"])
        ],
    }


def _had(who: Who, stage: Stage, row: int, line: int) -> str:
    agreement = stage.agreement(row, line)
    return who.told(agreement["kind"], agreement["supplier"], row)


def room_csv(game: "Game") -> str:
    """Return the room as CSV: a row for each seat, season and line that somebody spoke about."""
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow(["season", "seat", "name", "people", "line", "asked", "came", "agents_alone"])
    record, who = game.record, game.table.who
    room, alone = game.market(), game.table.alone(len(record.all_played))
    seated = record.seated()
    for k, (season, sheets) in enumerate(record.all_played):
        for seat in sorted(sheets):
            people = "; ".join(record.name_of(player) for player in seated.get(seat, []))
            head = [SEASONS[season].name, seat, who.seat_name(seat), people]
            if not seat.startswith("ccg:"):
                said = ", ".join(f"{name} {value}" for name, value in sheets[seat].items() if value is not None)
                table.writerow(safe([*head, "", said, "", ""]))
                continue
            row = who.ccg_row[seat[4:]]
            for line in lines_of(who, seat[4:], season, sheets[seat], room.stages[k + 1]):
                without = _had(who, alone.stages[k + 1], row, who.line_row[line["line"]])
                table.writerow(safe([*head, line["line"], line["asked"], line["came"], without]))
    return out.getvalue()


def safe(cells: list[str]) -> list[str]:
    """Return cells that no spreadsheet takes for a formula."""
    return [f"'{cell}" if cell.startswith(FORMULA) else cell for cell in cells]
