"""What a reconciliation found, as tables to work through: in doubt, clear, without a pair, the evidence."""

from __future__ import annotations

import polars as pl

from obmin.core.matching.people import COLUMNS
from obmin.engines.linkage import Reconciliation

SIDE_BY_SIDE = tuple(name for name in COLUMNS if name != "id")


def tables(sought: pl.DataFrame, held: pl.DataFrame, found: Reconciliation) -> list[tuple[str, pl.DataFrame]]:
    """Sheets by name: pairs in doubt (the likeliest first), clear pairs, rows of either list without a pair.

    In a pair the two lists stand side by side, column by column: `sought name`, `held name`, and so on.
    Every row of both lists stands once: in a pair, or among the rows without one.
    """
    left, right = (_side(frame, mark) for frame, mark in ((sought, "sought"), (held, "held")))
    pairs = found.matches.with_columns(pl.col("weight", "probability").cast(pl.String))
    pairs = pairs.join(left, on="sought_id", how="left", maintain_order="left")
    pairs = pairs.join(right, on="held_id", how="left", maintain_order="left")
    shown = [
        f"{mark} {name}"
        for name in SIDE_BY_SIDE
        for mark in ("sought", "held")
        if f"sought {name}" in pairs.columns or f"held {name}" in pairs.columns
    ]
    pairs = pairs.select(
        "sought_id", "held_id", *(name for name in shown if name in pairs.columns),
        "weight", "probability", "reason", "decision",
    )  # fmt: skip
    of = {kind: pairs.filter(pl.col("decision") == kind).drop("decision") for kind in ("review", "match")}
    evidence = found.evidence.with_columns(pl.col("bits").cast(pl.String))
    return [
        ("In doubt", of["review"]),
        ("Clear", of["match"]),
        ("Sought, no pair", _alone(sought, found.matches["sought_id"])),
        ("Held, no pair", _alone(held, found.matches["held_id"])),
        ("Evidence", evidence),
    ]


def _side(frame: pl.DataFrame, mark: str) -> pl.DataFrame:
    columns = [name for name in SIDE_BY_SIDE if name in frame.columns]
    return frame.select(
        pl.col("id").cast(pl.String).alias(f"{mark}_id"),
        *(pl.col(name).cast(pl.String).alias(f"{mark} {name}") for name in columns),
    )


def _alone(frame: pl.DataFrame, paired: pl.Series) -> pl.DataFrame:
    return frame.cast(pl.String).filter(~pl.col("id").is_in(paired.implode()))
