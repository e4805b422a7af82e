"""nomenklatura logic-v2: people as entities with names, dates and numbers, scored among the candidates."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import polars as pl

# This file bears the library's name; its own folder must not be looked in for it.
_HERE = str(Path(__file__).resolve().parent)
sys.path.remove(_HERE)
algorithm = importlib.import_module("nomenklatura.matching").get_algorithm("logic-v2")
ENTITY = importlib.import_module("followthemoney").EntityProxy
sys.path.insert(0, _HERE)

from _cases import run  # noqa: E402
from _peers import candidates, one_to_one, prepared  # noqa: E402

BAR = 0.7  # the threshold of its documentation
SEX = {"1": "male", "2": "female", "m": "male", "f": "female"}
REACH = {"cyrillic", "arabic", "second cyrillic", "febrl 4", "bulgaria 50, year", "russia 50, year"}


def _entity(row: dict[str, str | None]) -> object:
    """Names as they are recorded: this tool reads other scripts by itself."""
    parts = [row.get(name) for name in ("given", "patronymic", "surname")]
    found = {
        "name": [row.get("name") or " ".join(part for part in parts if part)],
        "firstName": [row.get("given")],
        "fatherName": [row.get("patronymic")],
        "lastName": [row.get("surname")],
        "birthDate": [row.get("birth_date")],
        "gender": [SEX.get(row.get("sex") or "")],
        "idNumber": [row.get("service_number")],
    }
    properties = {name: [value for value in values if value] for name, values in found.items()}
    return ENTITY.from_dict({"id": row["id"], "schema": "Person", "properties": properties}, cleaned=False)


def tool(sought: pl.DataFrame, held: pl.DataFrame) -> pl.DataFrame:
    pairs = candidates(prepared(sought), prepared(held), most=30)
    sides = [{row["id"]: _entity(row) for row in table.to_dicts()} for table in (sought, held)]
    config = algorithm.default_config()
    scores = [
        algorithm.compare(sides[0][one], sides[1][other], config).score for one, other in pairs.iter_rows()
    ]
    scored = pairs.with_columns(score=pl.Series(scores, dtype=pl.Float64)).filter(pl.col("score") > 0.2)
    return one_to_one(scored, BAR)


if __name__ == "__main__":
    sys.exit(run(tool, lambda case: case in REACH))
