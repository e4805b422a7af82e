"""Invented people and terms for the composer's tests."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from obmin.core.terms import load
from obmin.core.terms.model import Agreement

ON = dt.date(2025, 5, 23)
SEED = b"a seed that nobody chose"
ISTANBUL = Path(__file__).parents[3] / "agreements" / "istanbul-2025-05-16.yaml"
HEAD = """
agreement: invented
title: {en: "Invented"}
concluded: 2025-05-16
hostilities: HOSTILITIES
parties:
  - {code: AAA, name: {en: A}}
  - {code: BBB, name: {en: B}}
"""


def istanbul() -> Agreement:
    return load(ISTANBUL.read_text(encoding="utf-8"), file=ISTANBUL.name)


def terms(clauses: str, *, phases: int = 0, extra: str = "", hostilities: str = "active") -> Agreement:
    """An agreement with the given clauses (YAML list items, not indented)."""
    text = HEAD.replace("HOSTILITIES", hostilities) + extra
    text += "versions:\n  - version: 1\n    agreed: 2025-05-16\n"
    if phases:
        text += "    phases:\n"
        text += "".join(f"      - {{id: P{n}, day: 2025-05-{22 + n}}}\n" for n in range(1, phases + 1))
    text += "    clauses:\n" + "".join(f"      {line}\n" for line in clauses.strip().splitlines())
    return load(text, file="invented.yaml")


def count(clause: str, amount: str = "exactly: 5", track: str = "military", more: str = "") -> str:
    return f"- {{id: {clause}, says: {{en: x}}, count: {{from: AAA, to: BBB, track: {track}, {amount}{more}}}}}"


def person(id: str, **cells: str | None) -> dict[str, str | None]:
    """Somebody who may go, unless the cells say otherwise."""
    usual: dict[str, str | None] = {
        "id": id,
        "name": f"Name {id}",
        "category": "military",
        "health": "none",
        "fitness": "seated",
        "fitness_until": None,
        "judicial": "none",
        "dp_consent": None,
        "own_consent": None,
        "will": "consents",
        "captured_on": "2023-01-01",
        "birth_date": "1990-01-01",
        "sex": "1",
        "rank_code": "OR-2",
        "facility": "F1",
        "unit": "U1",
        "group": None,
        "tags": "x",
    }
    return usual | cells


def register(*people: dict[str, str | None]) -> pl.DataFrame:
    schema = dict.fromkeys(person("x"), pl.Utf8)
    return pl.DataFrame([person("x") | p for p in people], schema=schema, orient="row")


def crowd(n: int, seed: int = 1, *, clean: bool = False) -> pl.DataFrame:
    """`n` invented people; with `clean` no guard holds anybody back."""
    r = np.random.default_rng(seed)

    def pick(values: list[Any], p: list[float] | None = None) -> list[Any]:
        return [values[i] for i in r.choice(len(values), n, p=p)]

    days = r.integers(0, 1100, n)
    groups = [f"g{i // 25}" if u < 0.06 else None for i, u in zip(r.permutation(n), r.random(n), strict=True)]
    columns: dict[str, list[Any]] = {
        "category": pick(["military", "civilian", "retained"], [0.85, 0.12, 0.03]),
        "health": pick(["none", "wounded", "sick", "direct", "neutral"], [0.8, 0.09, 0.06, 0.03, 0.02]),
        "fitness": pick(["seated", "assisted", "unfit", "unknown"], [0.8, 0.1, 0.06, 0.04]),
        "will": pick(["consents", "refuses", "undecided", "unknown"], [0.85, 0.06, 0.05, 0.04]),
        "judicial": pick(["none", "convicted", "pending", "disciplinary"], [0.9, 0.04, 0.03, 0.03]),
        "dp_consent": pick(["given", "none"]),
        "own_consent": pick(["given", "none"]),
        "captured_on": [(dt.date(2022, 3, 1) + dt.timedelta(int(d))).isoformat() for d in days],
        "birth_date": [f"{year}-05-05" for year in pick(list(range(1960, 2007)))],
        "sex": pick(["1", "2"], [0.9, 0.1]),
        "facility": pick([f"F{k}" for k in range(8)]),
        "unit": pick([f"U{k}" for k in range(20)]),
        "group": groups,
        "rank_code": pick(["OR-1", "OR-2", "OR-5", "OF-1", None]),
    }
    people = [person(f"p{i:06d}", **{c: v[i] for c, v in columns.items()}) for i in range(n)]
    frame = register(*people)
    if clean:
        frame = frame.with_columns(
            will=pl.lit("consents"), fitness=pl.lit("seated"), judicial=pl.lit("none"), health=pl.lit("none")
        )
    return frame
