"""Splink on DuckDB as its documentation advises: romanised columns, term frequencies, EM on two blocks."""

from __future__ import annotations

import importlib
import logging
import sys
from pathlib import Path

import polars as pl

# This file bears the library's name; its own folder must not be looked in for it.
_HERE = str(Path(__file__).resolve().parent)
sys.path.remove(_HERE)
library = importlib.import_module("splink")
cl = importlib.import_module("splink.comparison_library")
cll = importlib.import_module("splink.comparison_level_library")
backend = importlib.import_module("splink.backends.duckdb")
sys.path.insert(0, _HERE)

from _cases import run  # noqa: E402
from _peers import extra, one_to_one, prepared  # noqa: E402

BAR = 0.5
SEED = 7
COMPARED = ("patronymic", "service_number", "sex", "rank_code", "unit", "region")


def _names(column: str) -> object:
    return cl.JaroWinklerAtThresholds(column, [0.95, 0.88, 0.8, 0.7]).configure(term_frequency_adjustments=True)


def _born() -> object:
    full = "length(birth_date_l) = 10 and length(birth_date_r) = 10"
    swapped = (
        "substr(birth_date_l, 1, 4) = substr(birth_date_r, 1, 4) and substr(birth_date_l, 6, 2) = "
        "substr(birth_date_r, 9, 2) and substr(birth_date_l, 9, 2) = substr(birth_date_r, 6, 2)"
    )
    levels = [
        cll.NullLevel("birth_date"),
        cll.CustomLevel(f"birth_date_l = birth_date_r and {full}", "same day"),
        cll.CustomLevel(f"{full} and ({swapped})", "day and month swapped"),
        cll.CustomLevel(f"{full} and damerau_levenshtein(birth_date_l, birth_date_r) <= 1", "one digit"),
        cll.CustomLevel("year_l = year_r", "same year"),
        cll.CustomLevel("abs(try_cast(year_l as int) - try_cast(year_r as int)) <= 1", "next year"),
        cll.ElseLevel(),
    ]
    return cl.CustomComparison(levels, output_column_name="birth_date")


def _comparison(column: str) -> object:
    if column == "patronymic":
        return _names(column)
    if column == "service_number":
        return cl.LevenshteinAtThresholds(column, [1, 2])
    if column in {"sex", "rank_code", "unit", "postcode", "captured_on"}:
        return cl.ExactMatch(column)
    return cl.JaroWinklerAtThresholds(column, [0.9, 0.75])


def _blocks(ours: pl.DataFrame) -> list[str]:
    def same(*texts: str) -> str:
        return " and ".join(f"l.{text} = r.{text}" for text in texts)

    head = "substr(l.surname, 1, {0}) = substr(r.surname, 1, {0})"
    rules = [
        "l.birth_date = r.birth_date and length(l.birth_date) = 10",
        same("service_number"),
        same("surname", "given"),
        same("full"),
        head.format(3) + " and l.year = r.year",
        head.format(4) + " and substr(l.given, 1, 3) = substr(r.given, 1, 3)",
        same("given", "patronymic", "year"),
        "substr(l.birth_date, 6) = substr(r.birth_date, 6) and substr(l.given, 1, 2) = substr(r.given, 1, 2)",
    ]
    if ours.height > 20_000:
        rules[5] = same("surname") + " and substr(l.given, 1, 2) = substr(r.given, 1, 2)"
    return ["1 = 1"] if ours.height <= 1_000 else rules


def _training(ours: pl.DataFrame, theirs: pl.DataFrame, *, dates: bool) -> list[str]:
    """Two blocks with pairs in them: the date; the surname, or its first letters where scripts hardly agree."""
    name = "l.surname = r.surname"
    if ours.join(theirs, on="surname").height < 200:
        name = "substr(l.surname, 1, 1) = substr(r.surname, 1, 1)" + (" and l.year = r.year" if dates else "")
    return ["l.birth_date = r.birth_date", name] if dates else [name]


def tool(sought: pl.DataFrame, held: pl.DataFrame) -> pl.DataFrame:
    logging.getLogger("splink").setLevel(logging.ERROR)
    ours, theirs = prepared(sought), prepared(held)

    def known(name: str) -> bool:
        return all(name in side.columns and side[name].null_count() < side.height for side in (ours, theirs))

    others = dict.fromkeys([*COMPARED, *extra(ours, theirs)])
    comparisons = [_names("surname"), _names("given"), cl.JaroWinklerAtThresholds("full", [0.95, 0.88, 0.8])]
    comparisons += [_born()] if known("birth_date") else []
    comparisons += [_comparison(column) for column in others if known(column)]
    settings = library.SettingsCreator(
        link_type="link_only",
        unique_id_column_name="id",
        comparisons=comparisons,
        blocking_rules_to_generate_predictions=_blocks(ours),
        probability_two_random_records_match=0.5 / max(ours.height, theirs.height),
        retain_matching_columns=False,
    )
    api, named = backend.DuckDBAPI(), ((ours, "a"), (theirs, "b"))
    frames = [api.register(side.to_arrow(), dataset_display_name=name) for side, name in named]
    linker = library.Linker(frames, settings)
    sure = ["l.surname = r.surname and l.given = r.given and l.birth_date = r.birth_date"]
    sure += ["l.full = r.full and l.birth_date = r.birth_date"] if known("birth_date") else ["l.full = r.full"]
    if ours.join(
        theirs, on=["full", "birth_date"], nulls_equal=not known("birth_date")
    ).height:  # without one sure pair its estimate would be none at all
        linker.training.estimate_probability_two_random_records_match(sure, recall=0.4)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=SEED)
    for block in _training(ours, theirs, dates=known("birth_date")):
        linker.training.estimate_parameters_using_expectation_maximisation(block)
    scored = pl.from_arrow(linker.inference.predict(threshold_match_probability=0.001).as_pyarrow_table())
    assert isinstance(scored, pl.DataFrame)
    turned = pl.col("source_dataset_l") == "b"
    pairs = scored.select(
        sought_id=pl.when(turned).then("id_r").otherwise("id_l"),
        held_id=pl.when(turned).then("id_l").otherwise("id_r"),
        score="match_weight",
        probability="match_probability",
    )
    return one_to_one(pairs, 0.0).with_columns(match=pl.col("probability") >= BAR)


if __name__ == "__main__":
    sys.exit(run(tool))
