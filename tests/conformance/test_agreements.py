"""Every agreement in `agreements/` is read, found lawful or marked as history, and judged by one evaluator.

Beside each file stand what was carried out (`outcomes/ID.csv`) and the verdicts expected of it
(`outcomes/ID.expected.yaml`), with an argument wherever they differ from what the sources recorded.
"""

from __future__ import annotations

import re
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from ruamel.yaml import YAML

from obmin.core.errors import Refused
from obmin.core.terms import Agreement, Verdict, check, diff, explain, load, offer, timeline_svg, verify

HERE = Path(__file__).parents[2] / "agreements"
FILES = sorted(HERE.glob("*.yaml"))
IDS = [f.stem for f in FILES]


@cache
def agreement(name: str) -> Agreement:
    file = HERE / f"{name}.yaml"
    return load(file.read_text(encoding="utf-8"), file=file.name)


@cache
def expected(name: str) -> dict[str, Any]:
    return YAML(typ="safe", pure=True).load(
        (HERE / "outcomes" / f"{name}.expected.yaml").read_text(encoding="utf-8")
    )


def outcome(name: str) -> pl.DataFrame:
    return pl.read_csv(HERE / "outcomes" / f"{name}.csv", infer_schema=False)


def agreed(clause: str) -> str:
    """T4-east is one part of the clause T4 as it was agreed."""
    return re.match(r"[A-Z]+\d+", clause).group(0)  # type: ignore[union-attr]


def verdicts(name: str, table: pl.DataFrame, as_of: date | None = None) -> dict[str, str]:
    found = verify(agreement(name), table, as_of)
    return {c: found.of(c).value for c in found.clauses}


@pytest.mark.parametrize("name", IDS)
def test_checks(name: str) -> None:
    assert check(agreement(name)) == []
    assert agreement(name).id == name


@pytest.mark.parametrize("name", IDS)
def test_verdicts(name: str) -> None:
    assert verdicts(name, outcome(name)) == expected(name)["verdicts"]


@pytest.mark.parametrize("name", IDS)
def test_verdicts_per_reading_and_account(name: str) -> None:
    found = verify(agreement(name), outcome(name))
    for account in expected(name).get("accounts", []):
        each = found.each(account["clause"])
        wanted = (account.get("reading", ""), account.get("claim", ""))
        matching = {
            v for (reading, claim), v in each.items() if reading == wanted[0] and wanted[1] in ("", claim)
        }
        assert matching == {Verdict(account["verdict"])}, (account, each)


@pytest.mark.parametrize("name", IDS)
def test_agrees_with_what_was_recorded_or_says_why_not(name: str) -> None:
    """Recorded as kept: nothing is broken. Recorded as not met: the clause is broken, or the file argues."""
    told = expected(name)
    argued = told.get("argued", {})
    broken = {agreed(c) for c, v in told["verdicts"].items() if v == Verdict.BROKEN}
    unmet = set(told["not_met"])
    assert unmet - broken <= argued.keys(), "recorded as not met, and neither broken nor argued"
    assert broken - unmet <= argued.keys(), "broken, and neither recorded as not met nor argued"
    assert broken or unmet or told["recorded"] in ("kept", "open") or "whole" in argued


@pytest.mark.parametrize("name", IDS)
def test_as_of_a_day(name: str) -> None:
    for moment in expected(name).get("as_of", []):
        found = verdicts(name, outcome(name), date.fromisoformat(moment["day"]))
        assert {c: found[c] for c in moment["verdicts"]} == moment["verdicts"], moment


@pytest.mark.parametrize("name", IDS)
def test_a_wrong_person_or_day_flips_the_verdicts_it_should_and_no_other(name: str) -> None:
    table = outcome(name)
    before = verdicts(name, table)
    for mutation in expected(name).get("mutations", []):
        changed = table.with_row_index("_r")
        for column in ("count", "date", "category", "event"):
            if column in mutation:
                here = pl.col("_r") == mutation["row"]
                changed = changed.with_columns(
                    pl.when(here).then(pl.lit(str(mutation[column]))).otherwise(pl.col(column)).alias(column)
                )
        assert not changed.drop("_r").equals(table), f"{mutation} changes nothing"
        after = verdicts(name, changed.drop("_r"))
        assert {c: v for c, v in after.items() if v != before[c]} == mutation["flips"], mutation


@pytest.mark.parametrize("name", IDS)
def test_the_sums_noted_beside_an_outcome_add_up(name: str) -> None:
    """Only the notes themselves; `test_closing` closes histories by the evaluator."""
    for sum_ in expected(name).get("closes", []):
        left, right = sum_.split("=")
        assert sum(eval(part) for part in left.split("+")) == int(right)


@pytest.mark.parametrize("name", IDS)
def test_history_is_never_composed(name: str) -> None:
    a = agreement(name)
    if a.historic:
        for party in a.parties:
            with pytest.raises(Refused) as refused:
                offer(a, party.code)
            assert refused.value.code == "historic"


@pytest.mark.parametrize("name", IDS)
@pytest.mark.parametrize("language", ["en", "uk"])
def test_speaks_plainly_and_draws(name: str, language: str) -> None:
    a = agreement(name)
    text = explain(a, language)
    for clause in a.version().clauses:
        assert f"{clause.id}. {clause.says.in_language(language)}" in text
        assert clause.says.uk, f"clause {clause.id} has no words in Ukrainian"
    picture = timeline_svg(a, language)
    assert picture.startswith("<svg")
    assert "style=" not in picture
    assert "<script" not in picture


@pytest.mark.parametrize("name", IDS)
def test_a_version_does_not_differ_from_itself(name: str) -> None:
    assert diff(agreement(name), agreement(name)) == []


def test_nearly_every_clause_is_said() -> None:
    """Of the clauses agreed at most 3 in 100 have a part that stands unsaid, each with its reason."""
    agreed_in_all = sum(expected(n)["clauses_agreed"] for n in IDS)
    unsaid: set[tuple[str, str]] = set()
    for name in IDS:
        clauses = agreement(name).versions[0].clauses
        assert len({agreed(c.id) for c in clauses}) == expected(name)["clauses_agreed"], name
        for clause in clauses:
            if clause.form is None:
                assert len(clause.unsaid.en.split()) >= 8, "a reason is a sentence"
                assert clause.unsaid.uk
                unsaid.add((name, agreed(clause.id)))
    assert agreed_in_all >= 200
    assert len(unsaid) == 3
    assert len(unsaid) <= 0.03 * agreed_in_all


def test_no_code_names_an_agreement() -> None:
    source = Path(__file__).parents[2] / "src" / "obmin" / "core" / "terms"
    for file in sorted(source.glob("*.py")):
        text = file.read_text(encoding="utf-8").lower()
        for name in (*IDS, "istanbul", "dix-hill", "glienicke"):
            assert name not in text, (file.name, name)
