"""This product, as it comes."""

from __future__ import annotations

import sys

import polars as pl
from _cases import run

from obmin.engines.linkage import reconcile


def tool(sought: pl.DataFrame, held: pl.DataFrame) -> pl.DataFrame:
    found = reconcile(sought, held).matches
    return found.with_columns(score=pl.col("weight"), match=pl.col("decision") == "match")


if __name__ == "__main__":
    sys.exit(run(tool))
