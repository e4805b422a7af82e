"""recordlinkage: Jaro-Winkler and exact comparisons at .85, ECM classifier without labels."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import polars as pl

# This file bears the library's name; its own folder must not be looked in for it.
_HERE = str(Path(__file__).resolve().parent)
sys.path.remove(_HERE)
library = importlib.import_module("recordlinkage")
sys.path.insert(0, _HERE)

from _cases import run  # noqa: E402
from _peers import CORE, candidates, extra, one_to_one, prepared  # noqa: E402

LETTERS = ("surname", "given", "patronymic", "full")
BAR = 0.5


def tool(sought: pl.DataFrame, held: pl.DataFrame) -> pl.DataFrame:
    ours, theirs = prepared(sought), prepared(held)
    pairs = candidates(ours, theirs)
    pandas = importlib.import_module("pandas")
    index = pandas.MultiIndex.from_arrays([pairs["sought_id"].to_list(), pairs["held_id"].to_list()])
    compare = library.Compare()
    for name in (*LETTERS, *(each for each in CORE if each not in LETTERS), "year", *extra(ours, theirs)):
        if ours[name].null_count() == ours.height or theirs[name].null_count() == theirs.height:
            continue
        if name in LETTERS:
            compare.string(name, name, method="jarowinkler", threshold=0.85, label=name)
        else:
            compare.exact(name, name, label=name)
    sides = [
        pandas.DataFrame({name: table[name].to_list() for name in table.columns}).set_index("id")
        for table in (ours, theirs)
    ]
    vectors = compare.compute(index, *sides).astype(int)
    model = library.ECMClassifier()
    model.fit_predict(vectors)
    chances = model.prob(vectors)
    scored = pairs.with_columns(score=pl.Series(chances.to_numpy()), probability=pl.Series(chances.to_numpy()))
    return one_to_one(scored.filter(pl.col("score") > 1e-6), BAR)


if __name__ == "__main__":
    sys.exit(run(tool, lambda case: "100,000" not in case))
