"""Words near a word among very many: compiled scans over sounds. Decides nothing; ranks."""

from __future__ import annotations

from typing import Any, Final

import numba
import numpy as np
from numpy.typing import NDArray

from obmin.core.names.sounds import Ints

_BASE: Final = np.uint64(14695981039346656037)
_PRIME: Final = np.uint64(1099511628211)


def signatures(sounds: NDArray[np.uint8], lengths: Ints) -> NDArray[np.uint64]:
    """For each reading a set of its pairs of neighbouring sounds, ends included, folded into 2 × 64 bits."""
    return np.asarray(_signatures(sounds, lengths))


def gap_keys(sounds: NDArray[np.uint8], lengths: Ints) -> tuple[NDArray[np.uint64], Ints]:
    """Keys of each row, whole and with each one sound left out, and the row of each key."""
    keys, rows = _gap_keys(sounds, lengths)
    return np.asarray(keys), np.asarray(rows)


def nearest(
    signs: NDArray[np.uint64], lengths: Ints, sign: NDArray[np.uint64], length: int, count: int
) -> Ints:
    """The `count` rows that share most pairs of sounds with `sign`, of a length that differs by 3 at most."""
    shared = _shared(signs, lengths, sign, length)
    if len(shared) <= count:
        return np.flatnonzero(shared > 0)
    # A stable cut: the greatest bar that at least `count` rows reach, then the first rows at the bar.
    tally = np.bincount(shared, minlength=256)
    above = np.cumsum(tally[::-1])[::-1]
    bar = max(int(np.max(np.flatnonzero(above >= count), initial=1)), 1)
    better = np.flatnonzero(shared > bar)
    return np.concatenate([better, np.flatnonzero(shared == bar)[: 3 * count]])


def bearers(starts: Ints, bearer: NDArray[np.int32], words: Ints, people: int) -> Ints:
    """The bearers of these words, each once, in the order in which they are met; rows are below `people`."""
    return np.asarray(_bearers(starts, bearer, words, np.zeros(people, dtype=np.bool_)))


def rate(
    people: NDArray[np.int32],
    rows: Ints,
    likeness: NDArray[np.float32],
    worth: NDArray[np.float64],
    birth: Ints,
    born: int,
) -> NDArray[np.float64]:
    """The score of each of `rows`, 0 to 1.

    `likeness[k, w]` is that of word k of the question to word w, `worth[k]` its weight, `born` yyyymmdd or 0.
    """
    return np.asarray(_rate(people, rows, likeness, worth, birth, born))


@numba.njit(cache=True)
def _bearers(starts: Any, bearer: Any, words: Any, seen: Any) -> Any:
    most = 0
    for word in words:
        most += starts[word + 1] - starts[word]
    found = np.zeros(most, dtype=np.int64)
    count = 0
    for word in words:
        for at in range(starts[word], starts[word + 1]):
            if not seen[bearer[at]]:
                seen[bearer[at]] = True
                found[count] = bearer[at]
                count += 1
    return found[:count]


@numba.njit(cache=True)
def _signatures(sounds: Any, lengths: Any) -> Any:
    found = np.zeros((sounds.shape[0], 2), dtype=np.uint64)
    for row in range(sounds.shape[0]):
        before = 0
        for at in range(lengths[row] + 1):
            now = int(sounds[row, at]) if at < lengths[row] else 0
            bit = (before * 37 + now * 11 + (before ^ now)) % 128
            found[row, bit // 64] |= np.uint64(1) << np.uint64(bit % 64)
            before = now
    return found


@numba.njit(cache=True)
def _ones(value: Any) -> Any:
    value = value - ((value >> np.uint64(1)) & np.uint64(0x5555555555555555))
    value = (value & np.uint64(0x3333333333333333)) + ((value >> np.uint64(2)) & np.uint64(0x3333333333333333))
    value = (value + (value >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return (value * np.uint64(0x0101010101010101)) >> np.uint64(56)


@numba.njit(cache=True)
def _shared(signs: Any, lengths: Any, sign: Any, length: Any) -> Any:
    found = np.zeros(signs.shape[0], dtype=np.uint8)
    mine = _ones(sign[0]) + _ones(sign[1])
    for row in range(signs.shape[0]):
        if abs(lengths[row] - length) <= 3:
            both = _ones(signs[row, 0] & sign[0]) + _ones(signs[row, 1] & sign[1])
            if both > 0:
                other = _ones(signs[row, 0]) + _ones(signs[row, 1])
                found[row] = np.uint8(200 * 2 * int(both) // (int(mine) + int(other)))
    return found


@numba.njit(cache=True)
def _gap_keys(sounds: Any, lengths: Any) -> Any:
    total = 0
    for row in range(sounds.shape[0]):
        total += 1 + (lengths[row] if lengths[row] >= 3 else 0)
    keys = np.zeros(total, dtype=np.uint64)
    rows = np.zeros(total, dtype=np.int64)
    at = 0
    for row in range(sounds.shape[0]):
        for gap in range(-1, lengths[row] if lengths[row] >= 3 else 0):
            key = _BASE
            for place in range(lengths[row]):
                if place != gap:
                    key = (key ^ np.uint64(sounds[row, place])) * _PRIME
            keys[at] = key
            rows[at] = row
            at += 1
    return keys, rows


@numba.njit(cache=True)
def _rate(people: Any, rows: Any, likeness: Any, worth: Any, birth: Any, born: Any) -> Any:
    found = np.zeros(rows.shape[0], dtype=np.float64)
    asked = likeness.shape[0]
    whole = 0.0
    for word in range(asked):
        whole += worth[word]
    for at in range(rows.shape[0]):
        row = rows[at]
        score = 0.0
        known = 0
        met = 0
        for place in range(people.shape[1]):
            known += people[row, place] >= 0
        for word in range(asked):
            best = 0.0
            for place in range(people.shape[1]):
                if people[row, place] >= 0:
                    best = max(best, likeness[word, people[row, place]])
            if best > 0.0:
                met += 1
            score += worth[word] * max(0.0, (best - 0.4) / 0.6)
        score = score / whole if whole > 0 else 0.0
        if known > met:
            score *= 1.0 - 0.01 * (known - met)
        if born > 0:
            score = 0.8 * score + 0.2 * _born(born, birth[row])
        found[at] = score
    return found


@numba.njit(cache=True)
def _born(asked: Any, has: Any) -> Any:
    if has == 0:
        return 0.45
    if asked == has:
        return 1.0
    year, month, day = asked // 10000, asked // 100 % 100, asked % 100
    other_year, other_month, other_day = has // 10000, has // 100 % 100, has % 100
    if year == other_year:
        if month == 0 or other_month == 0:
            return 0.9
        if month == other_month and (day == 0 or other_day == 0):
            return 0.95
        if month == other_day and day == other_month:
            return 0.8
        return 0.7 if month == other_month or day == other_day else 0.5
    if day > 0 and month == other_month and day == other_day:
        return 0.6
    return 0.25 if abs(year - other_year) == 1 else 0.0
