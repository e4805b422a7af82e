"""Words near a word among very many: compiled loops. Decides nothing; ranks.

A word is a set of pairs of neighbouring sounds, of all its sounds and of its consonants. The words whose sets
differ least from the asked one's are proposed (q-gram distance: Ukkonen 1992); what turns the one into the
other is then counted exactly, in sounds and, within a script, in letters.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

from obmin.core.names.sounds import DROP, LONGEST, SOUNDS, SWAP, Ints, Readings

_CLASSES: Final = {"o": "a", "e": "i", "S": "s", "C": "s", "c": "s", "Z": "z", "x": "g"}
_CLASS: Final = np.asarray(
    [0, *(1 + SOUNDS.index(_CLASSES.get(sound, sound)) for sound in SOUNDS)], dtype=np.uint8
)
_VOWEL: Final = np.asarray([False, *(sound in "aeiou" for sound in SOUNDS)])
_SET: Final = 1024  # pairs of sounds; those of consonants alone follow
_UNLIKE: Final = 9.0  # more steps than any two words are apart that are of use


class Letters(NamedTuple):
    """Words as written: a letter a byte, 24 at most, how many, and the script (the letters' Unicode block)."""

    codes: NDArray[np.uint8]
    counts: NDArray[np.uint8]
    script: NDArray[np.uint8]


class Lexicon(NamedTuple):
    """Words to look among: their readings, letters, and for each pair of sounds the words that have it."""

    sounds: NDArray[np.uint8]
    lengths: NDArray[np.uint8]
    readings: NDArray[np.int32]  # those of word w are rows readings[w] to readings[w + 1]
    codes: NDArray[np.uint8]
    counts: NDArray[np.uint8]
    script: NDArray[np.uint8]
    own: NDArray[np.int16]  # what a word's own pairs tell together
    pairs: NDArray[np.int64]  # the words of pair p are having[pairs[p]:pairs[p + 1]]
    having: NDArray[np.int32]
    telling: NDArray[np.int16]  # how much a pair tells: half bits of its rarity


class Costs(NamedTuple):
    """What steps cost, where a letter that is another's is 1 and a sound nobody confuses is 1."""

    swap: NDArray[np.float32]  # of two sounds
    drop: NDArray[np.float32]  # of a sound there or not
    bare: NDArray[np.float32]  # the same where one of the two scripts seldom writes vowels
    slip: float  # of a letter, within a script
    turn: float  # of two neighbours turned round
    alien: float  # of another script
    loose: float  # of a letter that differs where the sound does not


COSTS: Final = Costs(
    SWAP, DROP, np.where(_VOWEL, 0.2, DROP).astype(np.float32), slip=0.8, turn=0.7, alien=0.1, loose=0.1
)


class Asked(NamedTuple):
    """One word asked for: its readings and its letters."""

    sounds: NDArray[np.uint8]
    lengths: NDArray[np.uint8]
    codes: NDArray[np.uint8]
    size: int
    script: int


def letters(words: Sequence[str]) -> Letters:
    """Words of one script each, without marks, as bytes; the low byte of a letter is its place in its block."""
    codes = np.zeros((len(words), LONGEST), dtype=np.uint8)
    counts = np.zeros(len(words), dtype=np.uint8)
    script = np.zeros(len(words), dtype=np.uint8)
    for row, word in enumerate(words):
        raw = np.frombuffer(word.encode("utf-16-le")[: 2 * LONGEST], dtype=np.uint8)
        codes[row, : len(raw) // 2] = raw[::2]
        counts[row] = len(raw) // 2
        script[row] = raw[1] if len(raw) else 0
    return Letters(codes, counts, script)


def lexicon(spoken: Readings, written: Letters) -> Lexicon:
    """Words by readings and letters, in the same order, ready to be looked among."""
    starts, lengths = spoken.starts.astype(np.int32), spoken.lengths.astype(np.uint8)
    words = len(starts) - 1
    tally = _tally(spoken.sounds, lengths, starts)
    pairs = np.concatenate(([0], np.cumsum(tally))).astype(np.int64)
    having = _having(spoken.sounds, lengths, starts, pairs)
    telling = np.round(2 * np.log2(1.0 + words / np.maximum(tally, 1))).astype(np.int16)
    own = _own(spoken.sounds, lengths, starts, telling)
    return Lexicon(spoken.sounds, lengths, starts, *written, own, pairs, having, telling)


def asked(spoken: Readings, written: Letters) -> Asked:
    """A word asked for: the first of `written`, with all readings of `spoken`."""
    lengths = spoken.lengths.astype(np.uint8)
    return Asked(spoken.sounds, lengths, written.codes[0], int(written.counts[0]), int(written.script[0]))


def nearest(book: Lexicon, word: Asked, count: int, most: float) -> tuple[Ints, NDArray[np.float64]]:
    """Of about `count` proposed words those within `most` steps, with the steps; the nearest first."""
    found, steps = _nearest(book, word, count, most, COSTS)
    order = np.lexsort((found, steps))
    return found[order], steps[order]


@numba.njit(cache=True)
def _pairs(sounds: Any, length: Any, found: Any, count: Any) -> Any:
    """Adds the pairs of a reading to those in `found`, each once; gives how many there are."""
    first = count
    before, consonant = 0, 0
    for at in range(length + 1):
        now = int(_CLASS[sounds[at]]) if at < length else 0
        code = before * 32 + now
        if at < length and now == before:
            continue
        fresh = True
        for other in range(count):
            fresh = fresh and found[other] != code
        if fresh:
            found[count] = code
            count += 1
        if at == length or at == 0 or not _VOWEL[sounds[at]]:
            if now != consonant or at == length:
                code = _SET + consonant * 32 + now
                fresh = True
                for other in range(count):
                    fresh = fresh and found[other] != code
                if fresh:
                    found[count] = code
                    count += 1
            consonant = now
        before = now
    return count if count > first else first


@numba.njit(cache=True)
def _tally(sounds: Any, lengths: Any, starts: Any) -> Any:
    found = np.zeros(2 * _SET, dtype=np.int64)
    mine = np.zeros(1024, dtype=np.int64)
    for word in range(starts.shape[0] - 1):
        count = 0
        for row in range(starts[word], min(starts[word + 1], starts[word] + 16)):
            count = _pairs(sounds[row], lengths[row], mine, count)
        for at in range(count):
            found[mine[at]] += 1
    return found


@numba.njit(cache=True)
def _having(sounds: Any, lengths: Any, starts: Any, pairs: Any) -> Any:
    found = np.zeros(pairs[-1], dtype=np.int32)
    place = pairs.copy()
    mine = np.zeros(1024, dtype=np.int64)
    for word in range(starts.shape[0] - 1):
        count = 0
        for row in range(starts[word], min(starts[word + 1], starts[word] + 16)):
            count = _pairs(sounds[row], lengths[row], mine, count)
        for at in range(count):
            found[place[mine[at]]] = word
            place[mine[at]] += 1
    return found


@numba.njit(cache=True)
def _own(sounds: Any, lengths: Any, starts: Any, telling: Any) -> Any:
    found = np.zeros(starts.shape[0] - 1, dtype=np.int16)
    mine = np.zeros(1024, dtype=np.int64)
    for word in range(starts.shape[0] - 1):
        total = 0
        for row in range(starts[word], starts[word + 1]):
            for at in range(_pairs(sounds[row], lengths[row], mine, 0)):
                total += telling[mine[at]]
        found[word] = total // max(1, starts[word + 1] - starts[word])
    return found


@numba.njit(cache=True)
def _nearest(book: Any, word: Any, count: Any, most: Any, costs: Any) -> Any:
    mine = np.zeros(1024, dtype=np.int64)
    pairs, told = 0, 0
    for row in range(min(word.lengths.shape[0], 16)):
        pairs = _pairs(word.sounds[row], word.lengths[row], mine, pairs)
    value = -book.own
    for at in range(pairs):
        tells = 2 * book.telling[mine[at]]
        told += tells // 2
        for place in range(book.pairs[mine[at]], book.pairs[mine[at] + 1]):
            value[book.having[place]] += tells
    low = -told // 2
    tally = np.zeros(4096, dtype=np.int64)
    for other in range(value.shape[0]):
        if value[other] > low:
            tally[min(value[other] - low, 4095)] += 1
    bar, above = 4095, 0
    while bar > 1 and above + tally[bar] <= count:
        above += tally[bar]
        bar -= 1
    if above == 0:
        above = tally[bar]
        bar -= 1
    found = np.zeros(above, dtype=np.int64)
    steps = np.zeros(above, dtype=np.float64)
    rows = np.zeros((3, LONGEST + 1), dtype=np.float32)
    many = 0
    for other in range(value.shape[0]):
        if value[other] > low + bar and many < above:
            far = apart(
                book, other, word.sounds, word.lengths, 0, word.lengths.shape[0], word.codes, word.size,
                word.script, rows, most, costs,
            )  # fmt: skip
            if far <= most:
                found[many] = other
                steps[many] = far
                many += 1
    return found[:many], steps[:many]


@numba.njit(cache=True)
def apart(
    book: Any, other: Any, sounds: Any, lengths: Any, first: Any, last: Any, codes: Any, count: Any,
    script: Any, rows: Any, most: Any, costs: Any,
) -> Any:  # fmt: skip
    """The fewest steps from a word asked for to word `other`: in letters, or in sounds and a little more."""
    best, extra = _UNLIKE, costs.alien
    if script == book.script[other] and count > 0 and book.counts[other] > 0:
        best = _slips(codes, count, book.codes[other], book.counts[other], rows, most, costs)
        if best == 0.0:
            return best
        extra = costs.loose * min(best, 3.0)
    drop = costs.bare if _vowelless(script) != _vowelless(book.script[other]) else costs.drop
    for one in range(first, last):
        for two in range(book.readings[other], book.readings[other + 1]):
            bar = min(best, most) - extra
            cost = _distance(
                sounds[one], lengths[one], book.sounds[two], book.lengths[two], rows, bar, drop, costs
            )
            if cost + extra < best:
                best = cost + extra
    return best


@numba.njit(cache=True)
def _vowelless(script: Any) -> Any:
    return script == 5 or script == 6  # Hebrew, Arabic


@numba.njit(cache=True)
def _slips(a: Any, la: Any, b: Any, lb: Any, rows: Any, most: Any, costs: Any) -> Any:
    """Letters to put in, leave out, exchange or turn round; `_UNLIKE` beyond `most`."""
    if costs.slip * abs(np.int64(la) - np.int64(lb)) > most:
        return _UNLIKE
    before, last, now = rows[0], rows[1], rows[2]
    for y in range(lb + 1):
        last[y] = y * costs.slip
    for x in range(la):
        now[0] = (x + 1) * costs.slip
        least = now[0]
        for y in range(lb):
            best = min(
                last[y] + (costs.slip if a[x] != b[y] else 0.0), last[y + 1] + costs.slip, now[y] + costs.slip
            )
            if x > 0 and y > 0 and a[x] == b[y - 1] and a[x - 1] == b[y]:
                best = min(best, before[y - 1] + costs.turn)
            now[y + 1] = best
            least = min(least, best)
        if least > most:
            return _UNLIKE
        before, last, now = last, now, before
    return float(last[lb])


@numba.njit(cache=True)
def _distance(a: Any, la: Any, b: Any, lb: Any, rows: Any, most: Any, drops: Any, costs: Any) -> Any:
    """The cheapest way from one reading to another by the costs of sounds; `_UNLIKE` beyond `most`."""
    if la == 0 or lb == 0 or 0.3 * abs(np.int64(la) - np.int64(lb)) > most:
        return _UNLIKE
    before, last, now = rows[0], rows[1], rows[2]
    last[0] = 0.0
    for y in range(lb):
        last[y + 1] = last[y] + drops[b[y]]
    for x in range(la):
        drop = drops[a[x]]
        now[0] = last[0] + drop
        least = now[0]
        for y in range(lb):
            best = min(last[y] + costs.swap[a[x], b[y]], last[y + 1] + drop, now[y] + drops[b[y]])
            if x > 0 and y > 0 and a[x] == b[y - 1] and a[x - 1] == b[y]:
                best = min(best, before[y - 1] + costs.turn)
            now[y + 1] = best
            least = min(least, best)
        if least > most:
            return _UNLIKE
        before, last, now = last, now, before
    return float(last[lb])
