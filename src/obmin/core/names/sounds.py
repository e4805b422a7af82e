"""How near two words of a name sound: the cheapest way to turn one reading into another.

Sounds that clerks confuse cost little to exchange (o for a, s for sh, g for kh), consonants that nobody
confuses cost a whole step. Compiled, because it runs on every distinct pair of words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numba
import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

SOUNDS: Final = "abvgdeziklmnoprstufxcCSZ"
_NUMBER: Final = {sound: at for at, sound in enumerate(SOUNDS, start=1)}
_NEAR: Final = (
    (0.35, ("ao", "ei", "ea", "iu", "ou", "ae", "oe", "eo", "ia", "ua")),
    (0.30, ("sS", "sC", "sc", "SC", "cC", "cS", "zZ", "gx", "kx", "zs", "Zs", "ZS", "zc", "ZC", "kg", "xc")),
    (0.45, ("bp", "dt", "vf", "vu", "fu", "bv", "xf", "ks", "pf", "mn", "gi", "Zi", "Ci", "iv", "dZ")),
)  # fmt: skip
LONGEST: Final = 24


def _costs() -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    swap = np.ones((len(SOUNDS) + 1, len(SOUNDS) + 1), dtype=np.float32)
    np.fill_diagonal(swap, 0.0)
    for cost, pairs in _NEAR:
        for pair in pairs:
            a, b = _NUMBER[pair[0]], _NUMBER[pair[1]]
            swap[a, b] = swap[b, a] = min(cost, float(swap[a, b]))
    drop = np.ones(len(SOUNDS) + 1, dtype=np.float32)
    for sound, cost in (("i", 0.3), ("e", 0.5), ("a", 0.6), ("o", 0.6), ("u", 0.55), ("x", 0.6), ("S", 0.8)):
        drop[_NUMBER[sound]] = cost
    return swap, drop


SWAP, DROP = _costs()


@dataclass(frozen=True, slots=True)
class Readings:
    """The readings of a list of words: those of word w are rows starts[w] to starts[w + 1] of `sounds`."""

    sounds: NDArray[np.uint8]
    lengths: Ints
    starts: Ints


def pack(words: Sequence[Sequence[str]]) -> Readings:
    """Readings as arrays; a sound that is not of the alphabet is left out, a long word is cut at 24 sounds."""
    counts = [len(readings) for readings in words]
    sounds = np.zeros((sum(counts), LONGEST), dtype=np.uint8)
    lengths = np.zeros(len(sounds), dtype=np.int64)
    at = 0
    for readings in words:
        for reading in readings:
            codes = [_NUMBER[sound] for sound in reading if sound in _NUMBER][:LONGEST]
            sounds[at, : len(codes)] = codes
            lengths[at] = len(codes)
            at += 1
    return Readings(sounds, lengths, np.concatenate(([0], np.cumsum(counts))).astype(np.int64))


@dataclass(frozen=True, slots=True)
class Spelt:
    """Spellings of a list of words, letter by letter: those of word w are rows starts[w] to starts[w + 1]."""

    letters: NDArray[np.uint8]
    lengths: Ints
    starts: Ints


def spelt(words: Sequence[Sequence[str]]) -> Spelt:
    """Spellings in ASCII letters as arrays; a long word is cut at 24 letters."""
    flat = [text.encode("ascii", "replace")[:LONGEST] for texts in words for text in texts]
    letters = np.zeros((len(flat), LONGEST), dtype=np.uint8)
    for row, text in enumerate(flat):
        letters[row, : len(text)] = np.frombuffer(text, dtype=np.uint8)
    starts = np.concatenate(([0], np.cumsum([len(texts) for texts in words]))).astype(np.int64)
    return Spelt(letters, np.asarray([len(text) for text in flat], dtype=np.int64), starts)


def alike(words: Spelt, left: Ints, right: Ints) -> Floats:
    """For each pair of words, by number, the best likeness of their spellings: one less the share of letters
    to insert, drop, exchange or turn round. What is below a half is given as 0.

    Source: optimal string alignment; Damerau (1964).
    """
    return np.asarray(_alike(words.letters, words.lengths, words.starts, left, right))


@numba.njit(cache=True)
def _alike(letters, lengths, starts, left, right):  # type: ignore[no-untyped-def]
    found = np.zeros(left.shape[0], dtype=np.float64)
    rows = np.zeros((3, letters.shape[1] + 1), dtype=np.int64)
    for pair in range(left.shape[0]):
        best = 0.0
        for one in range(starts[left[pair]], starts[left[pair] + 1]):
            for other in range(starts[right[pair]], starts[right[pair] + 1]):
                la, lb = lengths[one], lengths[other]
                longest = max(la, lb)
                if longest == 0 or best == 1.0:
                    continue
                most = int((1.0 - max(best, 0.5)) * longest)  # steps beyond which it is of no use
                if abs(la - lb) > most:
                    continue
                steps = _steps(letters[one], la, letters[other], lb, rows, most)
                if steps <= most:
                    best = max(best, 1.0 - steps / longest)
        found[pair] = best
    return found


@numba.njit(cache=True)
def _steps(a, la, b, lb, rows, most):  # type: ignore[no-untyped-def]
    before, last, now = rows[0], rows[1], rows[2]
    for y in range(lb + 1):
        last[y] = y
    for x in range(la):
        now[0] = x + 1
        least = now[0]
        for y in range(lb):
            best = min(last[y] + (a[x] != b[y]), last[y + 1] + 1, now[y] + 1)
            if x > 0 and y > 0 and a[x] == b[y - 1] and a[x - 1] == b[y]:
                best = min(best, before[y - 1] + 1)
            now[y + 1] = best
            least = min(least, best)
        if least > most:
            return most + 1
        before, last, now = last, now, before
    return last[lb]
