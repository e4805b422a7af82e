"""Reconciles two registers: who on the one may be whom on the other, in any script. It proposes; people decide.

Readings of names give keys, keys give candidate pairs by one join, pairs are compared field by field,
weights are learned without labels, and nobody is proposed twice. docs/adr/0010-linkage.md has the method.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Final

import numpy as np
import polars as pl

from obmin.core.matching import relatives, weights
from obmin.core.matching.assign import assign, margin
from obmin.core.matching.columns import (
    SAME,
    Column,
    as_field,
    beside,
    columns,
    compare_column,
    split_field,
    split_levels,
    value_share,
)
from obmin.core.matching.compare import FIELDS, compare, shares
from obmin.core.matching.levels import NAME_COARSE, NAME_SAME, UNKNOWN, Floats, Ints, Levels
from obmin.core.matching.parts import Lexicon, lexicon
from obmin.core.matching.people import DESCRIBED, ROLES, Both, prepare
from obmin.core.matching.reasons import reason
from obmin.core.matching.weights import Field
from obmin.engines import candidates
from obmin.engines.candidates import Compared, Pairs

MATCH: Final = 0.50  # probability from which a pair is called a match
REVIEW: Final = 0.05  # probability from which a pair is shown at all
CLEAR: Final = 1.0  # bits by which a match must be ahead of any rival pair
RANDOM_PAIRS: Final = 200_000
KIN: Final = Field("kin", ("may be brother or sister", "may be a namesake"), (0.5, 0.5), (0.5, 0.5))
NOTICED: Final = 0.01  # bits from which that is said of a pair
ENGINES: Final = ("duckdb", "spark")  # what finds and compares pairs; what is made of them is the same
SCHEMA: Final = {
    "sought_id": pl.String,
    "held_id": pl.String,
    "weight": pl.Float64,
    "probability": pl.Float64,
    "decision": pl.String,
    "reason": pl.String,
}
EVIDENCE: Final = {
    "sought_id": pl.String,
    "held_id": pl.String,
    "field": pl.String,
    "level": pl.String,
    "bits": pl.Float64,
}
Progress = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """Proposed pairs, nobody twice, the clearest first; and how they were found.

    `matches` has the columns of SCHEMA: weight in bits, decision `match` or `review`. `evidence` has those of
    EVIDENCE: for each pair of `matches`, in their order, each field that both rows have, the level at which it
    agrees and what that weighs in bits. `parameters` holds text and integers only (weights in thousandths).
    """

    matches: pl.DataFrame
    parameters: dict[str, Any]
    evidence: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=EVIDENCE))


@dataclass(frozen=True, slots=True)
class _Scored:
    fields: tuple[Field, ...]
    i: Ints
    j: Ints
    levels: dict[str, Levels]
    rare: dict[str, Floats]
    weight: Floats
    chance: Floats
    model: weights.Model


def reconcile(
    sought: pl.DataFrame, held: pl.DataFrame, *, engine: str = "duckdb", progress: Progress | None = None
) -> Reconciliation:
    """Matches of two register tables. The result does not depend on the order of rows or on threads.

    Columns that are absent or empty are left out of account; lists too short or too bare to learn from are
    judged by the weights shipped with the program, and `parameters["weights"]` says so.

    Raises:
        ValueError: there is no such engine.
    """
    if engine not in ENGINES:
        raise ValueError(f"no engine {engine!r}: expected one of {', '.join(ENGINES)}")
    tell = progress or _silent
    tell("reading names", 0.0)
    both = prepare(sought, held)
    others = columns(both.frames[0], both.frames[1], DESCRIBED)
    if not len(both.left) or not len(both.right):
        return Reconciliation(
            pl.DataFrame(schema=SCHEMA), {"engine": engine, "weights": "none", "candidates": 0}
        )
    tell("finding candidates", 0.3)
    words = lexicon(both)
    found = _engine(engine)(both, words)
    tell("weighing", 0.5)
    scored = _score(both, others, words, found)
    tell("assigning", 0.9)
    matches, pairs = _matches(both, scored)
    tell("done", 1.0)
    return Reconciliation(matches, _parameters(engine, scored), _evidence(matches, scored, pairs))


def _silent(_step: str, _share: float) -> None:
    """Nobody wants to know how far it is."""


def _engine(name: str) -> Callable[[Both, Lexicon], Compared]:
    if name == "duckdb":
        return candidates.compared
    from obmin.engines import spark  # not everybody has it installed

    return spark.compared


def _score(both: Both, others: tuple[Column, ...], words: Lexicon, found: Compared) -> _Scored:
    sizes = (len(both.left), len(both.right))
    i, j, levels = found.i, found.j, dict(found.levels)
    draw = np.random.Generator(np.random.PCG64(20260101))
    drawn = (draw.integers(0, sizes[0], RANDOM_PAIRS), draw.integers(0, sizes[1], RANDOM_PAIRS))
    at_random = compare(words, both, drawn[0], drawn[1])
    fields = _with_columns(others, (at_random, drawn), (levels, (i, j)))
    chances = {each.name: weights.random_chances(each, at_random[each.name]) for each in fields}
    scored = _weigh(both, others, fields, (i, j), levels, chances)
    if len(i) == sizes[0] * sizes[1]:  # of so few, true pairs are too many among random ones
        worth = 1.0 - scored.chance
        chances = {each.name: weights.random_chances(each, levels[each.name], worth) for each in fields}
        scored = _weigh(both, others, fields, (i, j), levels, chances)
    return scored


def _weigh(
    both: Both,
    others: tuple[Column, ...],
    fields: tuple[Field, ...],
    pairs: Pairs,
    levels: dict[str, Levels],
    u: dict[str, Floats],
) -> _Scored:
    """The pairs weighed, by the chances `u` of levels among random pairs."""
    sizes, (i, j) = (len(both.left), len(both.right)), pairs
    sames = np.asarray([NAME_COARSE, NAME_SAME], dtype=np.int8)
    rare = {}
    for role in ROLES:
        share = shares(both, role, i, j, float(u[role][sames].sum()))
        rare[role] = weights.rarity(levels[role], share, u[role], sames)
    fields = tuple(
        replace(each, m=tuple(u[each.name]), u=tuple(u[each.name])) if each not in FIELDS else each
        for each in fields
    )
    model = weights.learn(fields, levels, u, rare, pairs, sizes)
    if others and model.learned:
        for column in others:
            same = np.flatnonzero(levels[column.name] == SAME)
            chances = (model.m[column.name][SAME], u[column.name][SAME])
            bits = np.zeros(len(i))
            bits[same] = weights.value_rarity(chances, value_share(column, i[same], j[same]))
            rare[column.name] = bits
        model = weights.learn(fields, levels, u, rare, pairs, sizes)
    kin = relatives.odds(levels, model.bits, u, rare, sizes, model.relatives)
    rare[KIN.name] = np.broadcast_to(-kin.bits, len(i))
    weight = weights.total(fields, levels, model.bits, rare, len(i))
    chance = weights.true_chance(weight, pairs, sizes, model.expected)
    model = replace(model, bits={**model.bits, KIN.name: np.zeros(2)})
    levels = {**levels, KIN.name: _kin(kin, len(i))}
    return _Scored((*fields, KIN), i, j, levels, rare, weight, chance, model)


def _with_columns(
    others: tuple[Column, ...],
    at_random: tuple[dict[str, Levels], Pairs],
    of_pairs: tuple[dict[str, Levels], Pairs],
) -> tuple[Field, ...]:
    """FIELDS and the columns nobody described, whose levels are added to both."""
    for levels, (i, j) in (at_random, of_pairs):
        levels |= {column.name: compare_column(column, i, j) for column in others}
    plain = {field.name: field for field in (*FIELDS, *map(as_field, others))}
    codes = [plain[name] for name in ("rank", "unit", "region", *(column.name for column in others))]
    tied = {name: by for name, by in beside(codes, at_random[0]).items() if plain[name] not in FIELDS}
    fields = dict(plain)
    agreed = [dict(levels) for levels, _ in (at_random, of_pairs)]
    for name, by in tied.items():
        fields[name] = split_field(plain[name], plain[by])
        for (levels, _), before in zip((at_random, of_pairs), agreed, strict=True):
            levels[name] = split_levels(plain[name], before[name], plain[by], before[by])
    return tuple(fields.values())


def _kin(odds: relatives.Odds, pairs: int) -> Levels:
    """What a pair may be, if not one person, where that lowers its weight."""
    level = np.where(odds.bits >= NOTICED, np.where(odds.namesakes > odds.siblings, 1, 0), UNKNOWN)
    return np.broadcast_to(level, pairs).astype(np.int8)


def _matches(both: Both, scored: _Scored) -> tuple[pl.DataFrame, Ints]:
    """The proposed pairs, and the place of each among the candidates."""
    sizes = (len(both.left), len(both.right))
    worth = np.flatnonzero(scored.chance >= REVIEW / 5)
    i, j, weight = scored.i[worth], scored.j[worth], scored.weight[worth]
    behind = margin(i, j, weight, sizes)
    floor = float(weight.min()) - 1.0 if len(weight) else 0.0
    taken = assign(i, j, weight - floor, sizes)
    rows = []
    for at in np.flatnonzero(taken & (weight > 0.0) & (scored.chance[worth] >= REVIEW)):
        pair = int(worth[at])
        chance = float(scored.chance[pair])
        clear = chance >= MATCH and behind[at] >= CLEAR
        rows.append(
            (
                both.left.ids[i[at]],
                both.right.ids[j[at]],
                round(float(weight[at]), 3),
                round(chance, 6),
                "match" if clear else "review",
                reason(scored.fields, *_agreement(scored, pair), float(behind[at])),
                pair,
            )
        )
    frame = pl.DataFrame(rows, schema={**SCHEMA, "pair": pl.Int64}, orient="row")
    frame = frame.sort(["weight", "sought_id", "held_id"], descending=[True, False, False])
    return frame.drop("pair"), frame["pair"].to_numpy()


def _agreement(scored: _Scored, pair: int) -> tuple[dict[str, int], dict[str, float]]:
    """The level of a pair in each field, and what it weighs in bits, rarity of names included."""
    level = {each.name: int(scored.levels[each.name][pair]) for each in scored.fields}
    bits = {name: float(scored.model.bits[name][at]) if at >= 0 else 0.0 for name, at in level.items()}
    for name, rare in scored.rare.items():
        bits[name] += float(rare[pair])
    return level, bits


def _evidence(matches: pl.DataFrame, scored: _Scored, pairs: Ints) -> pl.DataFrame:
    rows = []
    for sought, held, pair in zip(matches["sought_id"], matches["held_id"], pairs.tolist(), strict=True):
        level, bits = _agreement(scored, pair)
        rows += [
            (sought, held, each.name, each.levels[level[each.name]], round(bits[each.name], 3))
            for each in scored.fields
            if level[each.name] >= 0
        ]
    return pl.DataFrame(rows, schema=EVIDENCE, orient="row")


def _parameters(engine: str, scored: _Scored) -> dict[str, Any]:
    model = scored.model
    return {
        "engine": engine,
        "weights": "learned from these lists"
        if model.learned
        else "shipped with the program: too little to learn from",
        "candidates": len(scored.i),
        "expected": round(model.expected),
        "rounds": model.rounds,
        "match_ppm": round(MATCH * 1_000_000),
        "review_ppm": round(REVIEW * 1_000_000),
        "clear_millibits": round(CLEAR * 1000),
        "millibits": {
            each.name: {
                level: round(float(bits) * 1000)
                for level, bits in zip(each.levels, model.bits[each.name], strict=True)
            }
            for each in scored.fields
        },
    }
