"""rapidfuzz: token sort ratio of romanised names among those born in one year or of unknown date."""

from __future__ import annotations

import sys

import numpy as np
import polars as pl
from _cases import run
from _peers import one_to_one, prepared
from rapidfuzz import fuzz, process

BAR = 85.0  # what its users commonly take


def tool(sought: pl.DataFrame, held: pl.DataFrame) -> pl.DataFrame:
    ours, theirs = prepared(sought), prepared(held)
    years = theirs["year"].to_list()
    found = []
    for (year,), block in ours.partition_by("year", as_dict=True).items():
        near = theirs if year is None else theirs.filter(pl.Series([each in {None, year} for each in years]))
        if near.is_empty():
            continue
        names = [[name or "" for name in side["full"]] for side in (block, near)]
        scores = process.cdist(*names, scorer=fuzz.token_sort_ratio, dtype=np.float32, score_cutoff=60)
        left, right = np.nonzero(scores)
        best = {"sought_id": block["id"].gather(left), "held_id": near["id"].gather(right)}
        found.append(pl.DataFrame(best).with_columns(score=pl.Series(scores[left, right])))
    return one_to_one(pl.concat(found), BAR)


if __name__ == "__main__":
    sys.exit(run(tool, lambda case: "100,000" not in case))
