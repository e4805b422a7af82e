"""Whatever is agreed and ordered: a proven list, or what clashes; and the same list by every way to it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import polars as pl
import pytest

from obmin.core import compose as composing
from obmin.core.compose import Composition, pins
from obmin.core.compose.clash import NoListPossible
from obmin.core.terms.model import Agreement
from tests.core.compose.compose_cases import ON, SEED, crowd, terms

EXTRA = """\
actors:
  - {code: CCC, name: {en: C}, signs: false}
tables: {ranks: {column: rank_code, values: {OR-1: 1, OR-2: 1.5, OF-1: 4}, other: 2}}
"""
WHO = (
    "",
    "",
    "{sex: '2'}",
    "{any: [{age: {below: 30}}, {health: [wounded, sick]}]}",
    "{captive_days: {above: 400}}",
)


def agreed(r: np.random.Generator, people: int) -> Agreement:
    """Counts of several kinds over some days, an exclusion, a precedence, a sum: each of them now and then."""
    phases = int(r.integers(0, 4))

    def asks(clause: str, track: str, most: int, to: str = "BBB", more: str = "") -> str:
        n = int(r.integers(0, most))
        amount = (f"exactly: {n}", f"at_least: {n // 2}, at_most: {n}", f"at_most: {n}", f"at_least: {n // 3}")
        said, who = amount[r.integers(4)], WHO[r.integers(len(WHO))]
        if phases and "exactly" in said and r.random() < 0.4:
            more += f", phases: {{P1: {int(r.integers(0, n + 1))}}}"
        elif phases and r.random() < 0.15:
            more += ", per_day: true"
        inner = f"from: AAA, to: {to}, track: {track}, {f'who: {who}, ' if who else ''}{said}{more}"
        return f"- {{id: {clause}, says: {{en: x}}, count: {{{inner}}}}}"

    clauses = [asks("A", "military", people // 4, more=", value: ranks" if r.random() < 0.1 else "")]
    clauses.append(asks("B", "civilian", max(2, people // 20)))
    longest = "keys: [{column: captive_days, first: highest}]"
    for clause, chance in (
        (asks("C", "military", people // 8, "CCC"), 0.3),
        (asks("D", "retained", 3), 0.3),
        ("- {id: X, says: {en: x}, none: {from: AAA, that: {rank_code: OF-1}}}", 0.3),
        (f"- {{id: O, says: {{en: x}}, priority: {{from: AAA, to: BBB, track: military, {longest}}}}}", 0.3),
        (
            f"- {{id: S, says: {{en: x}}, total: {{of: [A, B], at_most: {int(r.integers(1, people // 3))}}}}}",
            0.2,
        ),
    ):
        if r.random() < chance:
            clauses.append(clause)
    return terms("\n".join(clauses), phases=phases, extra=EXTRA)


def composed(agreement: Agreement, people: pl.DataFrame, **more: Any) -> Composition | NoListPossible:
    given = {"party": "AAA", "policy": composing.default_policy(), "seed": SEED, "on": ON}
    try:
        return composing.compose(agreement, people, **(given | more))
    except NoListPossible as none:
        return none


def written(found: Composition | NoListPossible) -> tuple[Any, ...]:
    if isinstance(found, NoListPossible):
        return (str(found),)
    frames = (found.lines, found.direct, found.out, found.sealed_reasons)
    return (*(frame.write_csv() for frame in frames), found.proof)


@pytest.mark.faults
def test_a_proven_list_or_what_clashes(
    faults_count: Callable[[int, int], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pins, "WORTH", 0)
    monkeypatch.setattr(pins, "POOL", 10)
    lists = 0
    for seed in range(faults_count(14, 300)):
        r = np.random.default_rng(seed)
        held = crowd(int(r.integers(20, 220)), seed=seed, clean=bool(r.random() < 0.4))
        agreement = agreed(r, held.height)
        bans = [str(who) for who in r.choice(held["id"].to_list(), int(r.integers(0, 3)), replace=False)]
        bus = composing.Cap(int(r.integers(1, 25)), "facility", id="bus", per_phase=bool(r.random() < 0.5))
        caps = (bus,) if r.random() < 0.4 else ()

        compose = partial(composed, agreement, caps=caps, bans=bans)
        found = compose(held)
        assert written(compose(held.sample(fraction=1.0, shuffle=True, seed=seed))) == written(found), seed
        if isinstance(found, NoListPossible):
            continue
        lists += 1
        assert found.proven, seed
        more = (*caps, composing.Cap(int(r.integers(2, 30)), "unit", id="unit"))
        assert written(compose(held, caps=more, before=found)) == written(compose(held, caps=more)), seed
        if found.lines.height:
            gone = str(r.choice(found.lines["id"].to_list()))
            kept = dict(found.lines.select("id", "phase").iter_rows())
            again = compose(held, bans=[*bans, gone], kept=kept)
            assert isinstance(again, NoListPossible) or again.proven, seed
    assert lists > 5
