"""Fellegi-Sunter weights by expectation-maximisation, without labels.

For each field, m is the chance of each level among true pairs and u among random pairs. u is counted on
random pairs; m is learned on the candidates, where a pair's chance of being true is held down by every
other pair of the same two people (at most one of them can be true). Weights shipped with the program
enter as prior counts, so a list too short or too bare to learn from is judged by them alone.

Source: Fellegi and Sunter, A Theory for Record Linkage, JASA 64 (1969); Winkler on name frequency (1989).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from obmin.core.matching import relatives
from obmin.core.matching.levels import Floats, Ints, Levels
from obmin.core.matching.relatives import Relatives

PRIOR_STRENGTH: Final = 30.0  # how many true pairs the shipped weights count for, in each field
ENOUGH: Final = 40.0  # expected true pairs below which nothing is learned
ROUNDS: Final = 30
MOST_BITS: Final = 24.0
SPARE: Final = 0.01  # share of a list that is always thought to have no counterpart
NEGLIGIBLE: Final = 1e-7  # odds below which a pair is nobody's rival
MESSAGES: Final = 15
LEAST_M: Final = (
    0.004  # the rarest that learning may call a level among true pairs: every field has gross errors
)


@dataclass(frozen=True, slots=True)
class Field:
    """A compared field: its levels by name and the shipped chances of each, among true and random pairs.

    The levels may fall into equal `blocks`, one for each state of another field; chances are those in a block.
    """

    name: str
    levels: tuple[str, ...]
    m: tuple[float, ...]
    u: tuple[float, ...]
    blocks: int = 1


@dataclass(frozen=True, slots=True)
class Model:
    """m, weights in bits by field and level, the expected number of true pairs, and how it was learned."""

    m: Mapping[str, Floats]
    bits: Mapping[str, Floats]
    expected: float
    relatives: Relatives
    learned: bool
    rounds: int


def random_chances(field: Field, levels: Levels, worth: Floats | None = None) -> Floats:
    """u of each level: counted among random pairs, with the shipped chances as 200 pairs' worth.

    `worth` is what each pair counts for: its chance of being no true pair, where that is known.
    """
    seen = levels >= 0
    counts = np.bincount(
        levels[seen], weights=None if worth is None else worth[seen], minlength=len(field.levels)
    )
    return _shares(counts.astype(np.float64), np.asarray(field.u), field.blocks, (200.0, 5.0))


def _shares(counts: Floats, prior: Floats, blocks: int, strength: tuple[float, float]) -> Floats:
    """The share of each level in its block; `prior` is worth so many pairs, first block and others."""
    known = counts.reshape(blocks, -1)
    usual = prior.reshape(blocks, -1)
    usual = usual / usual.sum(axis=1, keepdims=True)
    worth = np.full((blocks, 1), strength[1])
    worth[0] = strength[0]
    return np.asarray((known + worth * usual) / (known.sum(axis=1, keepdims=True) + worth)).ravel()


def learn(
    fields: Sequence[Field],
    levels: Mapping[str, Levels],
    u: Mapping[str, Floats],
    rare: Mapping[str, Floats],
    pairs: tuple[Ints, Ints],
    sizes: tuple[int, int],
) -> Model:
    """The model of the candidate `pairs` of two lists of `sizes`.

    `levels` has the level of each pair by field, `rare` the bits that the rarity of its values adds to each.
    """
    m = {field.name: field.blocks * np.asarray(field.m) / sum(field.m) for field in fields}
    shipped = dict(m)
    expected = 0.5 * min(sizes)
    kin = relatives.usual(sizes)
    before = -1.0
    done = 0
    for done in range(1, ROUNDS + 1):  # noqa: B007
        bits = _bits(m, u)
        others = relatives.odds(levels, bits, u, rare, sizes, kin)
        weight = total(fields, levels, bits, rare, len(pairs[0])) - others.bits
        chance = true_chance(weight, pairs, sizes, expected)
        expected = max(float(np.sum(chance)), 0.5)
        if expected < ENOUGH:
            break
        kin = relatives.learned(levels, others, chance, sizes)
        for field in fields:
            known = levels[field.name] >= 0
            at = levels[field.name][known]
            counts = np.bincount(at, weights=chance[known], minlength=len(field.levels))
            share = _shares(
                np.asarray(counts, dtype=np.float64),
                shipped[field.name],
                field.blocks,
                (PRIOR_STRENGTH, PRIOR_STRENGTH),
            )
            m[field.name] = np.maximum(share, np.minimum(LEAST_M, shipped[field.name]))
        if abs(expected - before) < 1e-5 * expected:
            break
        before = expected
    learned = expected >= ENOUGH
    final = m if learned else shipped
    return Model(final, _bits(final, u), expected, kin, learned, done)


def total(
    fields: Sequence[Field],
    levels: Mapping[str, Levels],
    bits: Mapping[str, Floats],
    rare: Mapping[str, Floats],
    pairs: int,
) -> Floats:
    """The weight of each of so many pairs in bits."""
    weight = np.asarray(np.sum([*rare.values(), np.zeros(pairs)], axis=0))
    for field in fields:
        weight += np.append(bits[field.name], 0.0)[levels[field.name]]  # level -1 takes the 0 at the end
    return weight


def true_chance(weight: Floats, pairs: tuple[Ints, Ints], sizes: tuple[int, int], expected: float) -> Floats:
    """The chance of each pair of being true, if each person has at most one counterpart.

    A pair weighs against the case that neither of its two has a counterpart, so the prior odds count only
    those people of whom none is expected. Rivals are weighed by messages between the people of both lists: a
    rival that is itself wanted elsewhere is none.

    Source: Sadinle, JASA 112 (2017), prior of matchings; Chertkov et al., PNAS 107 (2010), messages.
    """
    free = [size - min(expected, size) + 1.0 + SPARE * size for size in sizes]
    odds = np.exp2(np.clip(weight, -60.0, 90.0)) * (max(expected, 1.0) / (free[0] * free[1]))
    near = np.flatnonzero(odds > NEGLIGIBLE)
    i, j, odd = pairs[0][near], pairs[1][near], odds[near]
    left, right = np.ones(len(near)), np.ones(len(near))  # chances that either is free, but for this pair
    for _ in range(MESSAGES):
        before = left
        right = 1.0 / (1.0 + _others(odd * left, j, sizes[1]))
        left = 1.0 / (1.0 + _others(odd * right, i, sizes[0]))
        if np.max(np.abs(left - before), initial=0.0) < 1e-4:
            break
    odds[near] = odd * left * right
    return np.asarray(odds / (1.0 + odds))


def _others(amount: Floats, who: Ints, people: int) -> Floats:
    """For each pair the sum of `amount` over the other pairs of the same person."""
    return np.maximum(np.bincount(who, weights=amount, minlength=people)[who] - amount, 0.0)


def rarity(level: Levels, share: Floats, u: Floats, at: NDArray[np.int8]) -> Floats:
    """Bits to add where two names are the same: a rare name says more, a common one less.

    `share` is the share of the bearers of the name; `at` names the levels at which it counts.
    """
    return np.where(np.isin(level, at), np.clip(np.log2(u[at].sum() / np.maximum(share, 1e-7)), -8.0, 8.0), 0.0)


def value_rarity(chances: tuple[float, float], share: Floats) -> Floats:
    """Bits to add where two values are the same, by the share of the bearers of each.

    `chances` are m and u of the agreement. If a share a of true pairs agrees because it is one person, and the
    others by chance, a value that p bear weighs a/p + 1 - a; a column that agrees by chance alone, nothing.
    """
    m, u = chances
    a = min(max((m - u) / max(1.0 - u, 1e-9), 0.0), 1.0)
    value, usual = a / np.maximum(share, 1e-7) + 1.0 - a, a / max(u, 1e-7) + 1.0 - a
    return np.asarray(np.clip(np.log2(value / usual), -8.0, 8.0))


def _bits(m: Mapping[str, Floats], u: Mapping[str, Floats]) -> dict[str, Floats]:
    return {name: np.clip(np.log2(m[name] / u[name]), -MOST_BITS, MOST_BITS) for name in m}
