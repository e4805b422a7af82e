"""People by words near those asked for: compiled loops. Decides nothing; ranks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

from obmin.core.names.nearness import COSTS, Asked, Lexicon, apart
from obmin.core.names.sounds import LONGEST, Ints

UNKNOWN: Final = 65535  # a gain not yet counted
HUNDRED: Final = 100.0  # gains are kept in hundredths of a bit


class Crowd(NamedTuple):
    """People by their words: a row a person, -1 beyond the last word; born yyyymmdd, 0 unknown."""

    people: NDArray[np.int32]
    birth: NDArray[np.int32]
    starts: NDArray[np.int64]  # the bearers of word w are bearer[starts[w]:starts[w + 1]]
    bearer: NDArray[np.int32]


def tally(
    crowd: Crowd, words: Sequence[NDArray[np.int64]], gains: Sequence[NDArray[np.float64]], whole: float,
    most: int,
) -> NDArray[np.uint8]:  # fmt: skip
    """What each person's words gain, 250 being `whole`; of a word asked for about `most` bearers are counted.

    `words[k]` are the words near word k of the question, the likeliest first, `gains[k]` their bits.
    """
    found = np.zeros(len(crowd.people), dtype=np.uint8)
    for near, bits in zip(words, gains, strict=True):
        _count(crowd, near, np.round(bits * (250.0 / whole)).astype(np.int64), most, found)
    return found


def choose(crowd: Crowd, sums: NDArray[np.uint8], born: int, count: int) -> Ints:
    """About `count` people of the greatest sums, and those born on the day asked for, by row."""
    return np.asarray(_choose(crowd, sums, born, count))


def rate(
    book: Lexicon, crowd: Crowd, rows: Ints, words: Sequence[Asked], table: NDArray[np.uint16],
    bits: NDArray[np.float64], step: float, most: float, miss: float, born: int,
) -> NDArray[np.float64]:  # fmt: skip
    """The score of each of `rows`, 0 to 1.

    `table[k, w]` is what word k of the question gains by word w, in hundredths of a bit, `UNKNOWN` where nobody
    has counted yet (it is filled in); `bits[k]` what it gains at best, `step` what a step costs, words more
    than `most` steps apart gain nothing, `miss` is what a word of the
    question keeps if the person has no word left for it.
    """
    found = np.zeros(len(rows), dtype=np.float64)
    if words:
        packed = _packed(words)
        _rate(book, crowd, rows, packed, table, bits, step, most, miss, found, COSTS)
    if born:
        _add_births(crowd, rows, born, found)
    return found


class _Packed(NamedTuple):
    sounds: NDArray[np.uint8]
    lengths: NDArray[np.uint8]
    starts: NDArray[np.int64]
    codes: NDArray[np.uint8]
    counts: NDArray[np.int64]
    script: NDArray[np.int64]


def _packed(words: Sequence[Asked]) -> _Packed:
    return _Packed(
        np.concatenate([word.sounds for word in words]),
        np.concatenate([word.lengths for word in words]),
        np.concatenate(([0], np.cumsum([len(word.lengths) for word in words]))).astype(np.int64),
        np.stack([word.codes for word in words]),
        np.asarray([word.size for word in words], dtype=np.int64),
        np.asarray([word.script for word in words], dtype=np.int64),
    )


@numba.njit(cache=True)
def _count(crowd: Any, words: Any, points: Any, most: Any, found: Any) -> Any:
    done = 0
    for at in range(words.shape[0]):
        word, more = words[at], points[at]
        done += crowd.starts[word + 1] - crowd.starts[word]
        if done > most and at > 0:
            break
        for place in range(crowd.starts[word], crowd.starts[word + 1]):
            row = crowd.bearer[place]
            found[row] = min(255, found[row] + more)


@numba.njit(cache=True)
def _choose(crowd: Any, sums: Any, born: Any, count: Any) -> Any:
    day = born if born % 100 else -1
    low = max(1, int(sums.max()) // 3)
    tally = np.zeros(512, dtype=np.int64)
    for row in range(sums.shape[0]):
        if sums[row] >= low:
            more = int(60 * _born(born, crowd.birth[row])) if born > 0 else 0
            tally[sums[row] + more] += 1
    bar, above = 511, 0
    while bar >= low and above + tally[bar] <= count:
        above += tally[bar]
        bar -= 1
    alike = count if above < 10 else 0  # of too many who are alike, the first
    found = np.zeros(above + alike + 1000, dtype=np.int64)
    many, more_days = 0, 1000
    for row in range(sums.shape[0]):
        value = 0
        if sums[row] >= low:
            value = sums[row] + (int(60 * _born(born, crowd.birth[row])) if born > 0 else 0)
        if value > bar:
            found[many] = row
            many += 1
        elif value == bar and value >= low and alike > 0:
            found[many] = row
            many += 1
            alike -= 1
        elif crowd.birth[row] == day and more_days > 0:
            found[many] = row
            many += 1
            more_days -= 1
    return found[:many]


@numba.njit(cache=True)
def _rate(
    book: Any,
    crowd: Any,
    rows: Any,
    words: Any,
    table: Any,
    bits: Any,
    step: Any,
    most: Any,
    miss: Any,
    found: Any,
    costs: Any,
) -> Any:
    asked = bits.shape[0]
    width = crowd.people.shape[1]
    memory = np.zeros((3, LONGEST + 1), dtype=np.float32)
    gain = np.zeros((asked, width))
    whole = bits.sum()
    for at in range(rows.shape[0]):
        mine = crowd.people[rows[at]]
        known = 0
        while known < width and mine[known] >= 0:
            known += 1
        unknown = False
        for word in range(asked):
            for place in range(known):
                kept = table[word, mine[place]]
                gain[word, place] = -1.0 if kept == UNKNOWN else kept / HUNDRED
                unknown = unknown or kept == UNKNOWN
        score, used, met, place_of = _paired(gain, asked, known)
        if unknown and met < asked and used < known:
            for word in range(asked):
                for place in range(known):
                    if (
                        gain[word, place] < 0
                        and (place_of >> word) & 1 == 0
                        and (place_of >> (8 + place)) & 1 == 0
                    ):
                        far = apart(
                            book, mine[place], words.sounds, words.lengths, words.starts[word],
                            words.starts[word + 1], words.codes[word], words.counts[word], words.script[word],
                            memory, min(most, bits[word] / step), costs,
                        )  # fmt: skip
                        gain[word, place] = max(0.0, bits[word] - step * far)
                        table[word, mine[place]] = np.uint16(min(HUNDRED * gain[word, place], 60000.0))
            score, used, met, place_of = _paired(gain, asked, known)
        score += miss * max(0, (asked - met) - (known - used))
        score -= 0.1 * max(0, known - used)
        found[at] = max(score, 0.0) / whole if met > 0 else 0.0


@numba.njit(cache=True)
def _paired(gain: Any, asked: Any, known: Any) -> Any:
    """Each word asked for with the word it gains most by, the greatest gain first, each word once."""
    score, used, taken = 0.0, 0, 0
    for _ in range(min(asked, known)):
        best, one, two = 0.0, -1, -1
        for word in range(asked):
            if (taken >> word) & 1:
                continue
            for place in range(known):
                if not (taken >> (8 + place)) & 1 and gain[word, place] > best:
                    best, one, two = gain[word, place], word, place
        if one < 0:
            break
        score += best
        used += 1
        taken |= (1 << one) | (1 << (8 + two))
    return score, used, used, taken


@numba.njit(cache=True)
def _add_births(crowd: Any, rows: Any, born: Any, found: Any) -> Any:
    for at in range(rows.shape[0]):
        found[at] = 0.8 * found[at] + 0.2 * _born(born, crowd.birth[rows[at]])


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
