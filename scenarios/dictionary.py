"""The data dictionary: what each column of each table means, and the Frictionless data package that says so."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from scenarios.folder import DATAPACKAGE, MANIFEST, SUMMARY, read_manifest
from scenarios.writing import write_json
from simulation.outcomes import OUTCOMES

PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
SNAPSHOT = "Snapshots: January 2012, each April, December 2016, each at the end of the month."


@dataclass(frozen=True)
class Column:
    """One column.

    Args:
        name: Its name.
        kind: ``integer``, ``number``, ``string`` or ``date``.
        meaning: What it holds.
        unit: Its unit, empty where it has none.
    """

    name: str
    kind: str
    meaning: str
    unit: str = ""


RUN = Column("run", "integer", "The run, from 1 for the first seed.")
MONTH = Column("month", "date", "The month, by its first day.")
CODE = Column("ods_code", "string", "The CCG, by its ODS code.")
LINE = Column("line", "string", "The service line.")
SUMMED = (
    Column("mean", "number", "Mean over runs.", "of the outcome"),
    Column(
        "mc_error",
        "number",
        "Monte Carlo error of the mean: standard deviation / square root of runs; 0 for one run.",
        "of the outcome",
    ),
    *(
        Column(f"p{percent:02d}", "number", f"Percentile {percent} over runs.", "of the outcome")
        for percent in (5, 25, 50, 75, 95)
    ),
)

TABLES: dict[str, tuple[Column, ...]] = {
    "outcomes": (
        Column("scenario", "string", "The scenario's name."),
        RUN,
        Column("seed", "integer", "The run's seed."),
        MONTH,
        *(Column(one.name, "number", one.definition, one.unit) for one in OUTCOMES.values()),
    ),
    "summary": (Column("outcome", "string", "The outcome's name."), MONTH, *SUMMED),
    "units": (
        RUN,
        Column("unit", "string", "Id of a unit proposed in January 2012."),
        Column("name", "string", "Its name."),
        MONTH,
        Column("status", "string", "What it is: proposed, hosted, free standing, merged, stopped and so on."),
        Column("form", "string", "What it became when hosting ended; none before."),
        Column("heads_served", "number", "People of CCGs that buy any line from it.", "people"),
        Column("customers", "integer", "CCGs that buy any line from it.", "CCGs"),
        Column("fte", "number", "Its staff.", "FTE"),
        Column("price_per_head", "number", "Posted price of its whole bundle.", "GBP per head per year"),
        Column("quality", "number", "Mean quality over lines.", "0 to 1"),
        Column("reserves", "number", "Its reserves; negative is debt.", "GBP"),
        Column("predecessors", "string", "Ids of units that it carries on, with blanks between."),
    ),
    "ccgs": (
        RUN,
        CODE,
        MONTH,
        Column("home_unit", "string", "Id of its home unit; empty where there is none."),
        Column(
            "spend_per_head", "number", "What it pays for support, charges and core apart.", "GBP per head per year"
        ),
        Column("allowance_per_head", "number", "The allowance in force.", "GBP per head per year"),
        Column("core_cost", "number", "Its own governance.", "GBP per year"),
        Column("satisfaction", "string", "What it says of its support: very, quite or not (satisfied)."),
        Column("satisfaction_score", "number", "What lies behind that.", "0 to 1"),
        Column("main_reason", "string", "The main reason at the last review of the whole bundle."),
        Column("unmet_need_share", "number", "Support agreed that the allowance does not pay for.", "share"),
    ),
    "sourcing": (
        RUN,
        CODE,
        LINE,
        MONTH,
        Column("source", "string", "Who does the line: home_css, other_css, private, other, in_house or shared."),
        Column("supplier", "string", "Id of unit or provider; when shared, ODS code of the host; empty in house."),
        Column(
            "price_per_head", "number", "Price as agreed, with VAT that cannot be reclaimed.", "GBP per head per year"
        ),
    ),
    "lines": (
        RUN,
        MONTH,
        LINE,
        Column("spend", "number", "Spend on the line, all sources.", "GBP per year"),
        Column("hhi_national", "number", "Concentration of what is bought, over suppliers.", "index, 0 to 1"),
        Column("hhi_local", "number", "Mean of the same over area teams, by what they buy.", "index, 0 to 1"),
    ),
    "events": (
        RUN,
        MONTH,
        Column("event", "string", "What happened."),
        Column("who", "string", "Id of the supplier that it happened to or that did it."),
        Column("whom", "string", "Id of the other supplier that has a part."),
        CODE,
        LINE,
        Column("amount", "number", "How much, in the event's own unit."),
        Column("reason", "string", "Why."),
    ),
}
"""The columns of each table of a results folder of `run`. A table may hold more; those are listed without a meaning."""

KINDS = (
    (pa.types.is_integer, "integer"),
    (pa.types.is_floating, "number"),
    (pa.types.is_boolean, "boolean"),
    (pa.types.is_temporal, "date"),
)


def write_datapackage(folder: Path) -> None:
    """Write the data package of a finished results folder beside its tables.

    Raises:
        WriteError: The operating system refused.
    """
    write_json(folder / DATAPACKAGE, datapackage_of(folder, read_manifest(folder) or {}))


def datapackage_of(folder: Path, manifest: Mapping[str, Any]) -> dict[str, Any]:
    """Return the data package of a results folder: its files, and what their columns mean."""
    scenario = manifest.get("scenario", {})
    files = manifest.get("files", {})
    return {
        "$schema": PROFILE,
        "name": str(scenario.get("name", "results")).lower().replace("_", "-"),
        "title": f"csmarket {manifest.get('version')}: {scenario.get('title', '')}",
        "description": f"{scenario.get('question', '')} {manifest.get('runs')} runs. {MANIFEST} says how they were "
        f"made.",
        "version": str(manifest.get("version")),
        "licenses": [{"name": "MIT", "title": "MIT licence"}],
        "resources": [_resource(folder, name, files[name]) for name in sorted(files)],
    }


def _resource(folder: Path, file: str, told: Mapping[str, Any]) -> dict[str, Any]:
    """Return one table's entry."""
    name, _, ending = file.partition(".")
    media = "text/csv" if ending == "csv" else "application/vnd.apache.parquet"
    columns = {column.name: column for column in TABLES.get(name, ())}
    return {
        "name": name,
        "path": file,
        "format": ending,
        "mediatype": media,
        "encoding": "utf-8",
        "bytes": told["bytes"],
        "hash": f"sha256:{told['sha256']}",
        "schema": {"fields": [_field(column, kind, columns) for column, kind in _stored(folder / file, columns)]},
    }


def _stored(path: Path, columns: Mapping[str, Column]) -> list[tuple[str, str]]:
    """Return the columns that a file holds, with their types."""
    if path.name == SUMMARY:
        return [(column.name, column.kind) for column in columns.values()]
    return [
        (one.name, next((kind for is_one, kind in KINDS if is_one(one.type)), "string"))
        for one in pq.ParquetFile(path).schema_arrow
    ]


def _field(name: str, kind: str, columns: Mapping[str, Column]) -> dict[str, str]:
    told = columns.get(name)
    known = {"description": told.meaning, "unit": told.unit} if told else {}
    return {"name": name, "type": kind} | {key: value for key, value in known.items() if value}
