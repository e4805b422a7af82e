"""How likely a word in Latin letters is, given a word in another script: a transducer of letters.

A word is spelt chunk by chunk: one or two native letters (the ends of the word count as letters) become up
to three Latin ones, and now and then a Latin letter comes in of itself. The chances were learned from pairs of
names, without any rule of a language: a script is added by pairs of names, not by code.
Tables: data/letters-*.npz, built by `python -m obmin.core.names.learn`.
"""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any, Final

import numba
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SCRIPTS: Final = {"Cyrl": "cyrillic", "Arab": "arabic", "Hebr": "hebrew"}
LONGEST: Final = 22
LATIN: Final = 26
CHUNKS: Final = 1 + LATIN + LATIN**2 + LATIN**3  # Latin chunks of none to three letters
GAIN: Final = ((-1.5, 0.0, 0.8, 1.4, 2.2, 2.9), (0.0, 0.5, 0.72, 0.86, 0.97, 1.0))
COST: Final = ((1.2, 2.2, 3.2, 4.5, 7.0), (1.0, 0.95, 0.87, 0.76, 0.5))
FLOOR: Final = 2.0**-11  # chance of what was never seen: slips of the pen
_PLAIN: Final = str.maketrans(
    {"ł": "l", "đ": "d", "ø": "o", "æ": "e", "œ": "e", "ß": "s", "ı": "i", "þ": "t", "ð": "d"}
)
_WRITTEN_OUT: Final = str.maketrans(
    {"щ": "шч", "أ": "ا", "إ": "ا", "آ": "ا", "ى": "ي", "ی": "ي", "ک": "ك", "ـ": None}
)


@dataclass(frozen=True, slots=True)
class Letters:
    """What was learned for one script.

    `native` are its letters; `chance[n, c]` that native chunk n becomes Latin chunk `columns[c]`; `ways` the
    chances of spelling by one letter, by two, and of letting one in; `letin[x]` which; `usual[x, y]` that y
    follows x in Latin names, row and column 26 the ends.
    """

    native: str
    columns: Ints
    column_of: NDArray[np.int32]  # of each Latin chunk, -1 where it was never seen
    chance: NDArray[np.float32]
    ways: Floats
    letin: Floats
    usual: Floats


@lru_cache(maxsize=8)
def letters(script: str) -> Letters | None:
    """The table of a script by its ISO 15924 code; None where none was learned."""
    if script not in SCRIPTS:
        return None
    packed = resources.files("obmin.core.names").joinpath(f"data/letters-{SCRIPTS[script]}.npz")
    with np.load(io.BytesIO(packed.read_bytes()), allow_pickle=False) as held:
        columns = held["columns"].astype(np.int64)
        native = "".join(chr(code) for code in held["native"])
        chance = np.zeros(((len(native) + 1) * (len(native) + 2), len(columns)), dtype=np.float32)
        chance[held["row"], held["column"]] = np.exp2(-held["bits"].astype(np.float32) / 16.0)
        column_of = np.full(CHUNKS, -1, dtype=np.int32)
        column_of[columns] = np.arange(len(columns), dtype=np.int32)
        return Letters(native, columns, column_of, chance, held["ways"], held["letin"], held["usual"])


def bare(word: str) -> str:
    """A native word as the transducer reads it: small letters, marks off, щ as шч."""
    return unicodedata.normalize("NFC", _unmarked(word.lower())).translate(_WRITTEN_OUT)


def latin(word: str) -> str:
    """A Latin word as the transducer reads it: a to z."""
    plain = unicodedata.normalize("NFKD", word.lower().translate(_PLAIN))
    return "".join(letter for letter in plain if "a" <= letter <= "z")


def _unmarked(word: str) -> str:
    """Without vowel points; й, ї and ё keep what makes them letters."""
    return "".join(x for x in unicodedata.normalize("NFC", word) if not unicodedata.category(x).startswith("M"))


def native_codes(words: Sequence[str], alphabet: str) -> tuple[NDArray[np.int64], Ints]:
    """Words as rows of letter numbers, the ends of the word (the number after the last letter) around them."""
    number = {letter: at for at, letter in enumerate(alphabet)}
    end = len(alphabet)
    rows = np.full((len(words), LONGEST + 2), end, dtype=np.int64)
    sizes = np.zeros(len(words), dtype=np.int64)
    for row, word in enumerate(words):
        codes = [number[letter] for letter in bare(word) if letter in number][:LONGEST]
        rows[row, 1 : len(codes) + 1] = codes
        sizes[row] = len(codes) + 2 if codes else 0
    return rows, sizes


def latin_codes(words: Sequence[str]) -> tuple[NDArray[np.int64], Ints]:
    """Words as rows of letter numbers 0 to 25."""
    rows = np.zeros((len(words), LONGEST), dtype=np.int64)
    sizes = np.zeros(len(words), dtype=np.int64)
    for row, word in enumerate(words):
        codes = [ord(letter) - 97 for letter in latin(word)][:LONGEST]
        rows[row, : len(codes)] = codes
        sizes[row] = len(codes)
    return rows, sizes


def bits(table: Letters, words: Sequence[str], a: Ints, b: Ints) -> tuple[Floats, Floats]:
    """For each pair (words[a] native, words[b] Latin), in bits for each letter of the Latin word:

    how much likelier it is, knowing the native one, and how unlikely it is, knowing it. Minus and plus
    infinity where one of them has no letter that is known.
    """
    natives, a = np.unique(a, return_inverse=True)
    others, b = np.unique(b, return_inverse=True)
    rows, sizes = native_codes([words[each] for each in natives], table.native)
    latin_rows, latin_sizes = latin_codes([words[each] for each in others])
    chances = _forward(
        rows, sizes, latin_rows, latin_sizes, a, b, table.chance, table.column_of, table.ways, table.letin
    )
    usual = np.asarray(_usual(latin_rows, latin_sizes, table.usual))
    with np.errstate(divide="ignore"):
        cost = -np.log2(chances)
    cost[(sizes[a] == 0) | (latin_sizes[b] == 0)] = np.inf
    length = np.maximum(latin_sizes[b], 4)
    return np.asarray((-cost - usual[b]) / length), np.asarray(cost / length)


def likeness(table: Letters, words: Sequence[str], a: Ints, b: Ints) -> Floats:
    """The same as a likeness of 0 to 1, on the scale of the likeness of readings."""
    gain, cost = bits(table, words, a, b)
    return np.minimum(np.interp(gain, *GAIN), np.interp(cost, *COST))


def across(words: Sequence[str], scripts: NDArray[np.str_], first: Ints, second: Ints) -> Floats:
    """Likeness, 0 to 1, of pairs of words by number of which one is in Latin letters; -1 for all other pairs.

    `scripts` has the ISO 15924 code of each word.
    """
    found = np.full(len(first), -1.0)
    for script in SCRIPTS:
        table = letters(script)
        for native, other in ((first, second), (second, first)):
            mixed = np.flatnonzero((scripts[native] == script) & (scripts[other] == "Latn"))
            if table is not None and len(mixed):
                found[mixed] = likeness(table, words, native[mixed], other[mixed])
    return found


def spellings(table: Letters, word: str, count: int = 4) -> tuple[str, ...]:
    """The likeliest Latin spellings of a native word, best first."""
    number = {letter: at for at, letter in enumerate(table.native)}
    end = len(table.native)
    codes = [end, *(number[letter] for letter in bare(word) if letter in number), end]
    if len(codes) <= 2:
        return ()
    beams: list[dict[str, float]] = [{} for _ in range(len(codes) + 1)]
    beams[0][""] = 1.0
    for at in range(len(codes)):
        best = sorted(beams[at].items(), key=lambda each: (-each[1], each[0]))[: 3 * count]
        for wide in (1, 2):
            if at + wide > len(codes):
                continue
            row = table.chance[chunk(codes[at], codes[at + 1] if wide == 2 else -1, end)]
            top = np.argsort(-row, kind="stable")[:6]
            for text, chance in best:
                for column in top[row[top] > 0.02].tolist():
                    further = text + chunk_text(int(table.columns[column]))
                    gained = chance * float(row[column]) * float(table.ways[wide - 1])
                    beams[at + wide][further] = beams[at + wide].get(further, 0.0) + gained
    return tuple(
        text for text, _ in sorted(beams[-1].items(), key=lambda each: (-each[1], each[0]))[:count] if text
    )


def chunk(first: int, second: int, end: int) -> int:
    """The row of a native chunk of one (`second` is -1) or two letters; `end` is the number of the ends."""
    return first if second < 0 else (end + 1) * (1 + first) + second


def chunk_text(code: int) -> str:
    """The Latin letters of a chunk."""
    if code == 0:
        return ""
    size, start = (
        (1, 1)
        if code < 1 + LATIN
        else (2, 1 + LATIN)
        if code < 1 + LATIN + LATIN**2
        else (3, 1 + LATIN + LATIN**2)
    )
    rest, found = code - start, ""
    for _ in range(size):
        found, rest = chr(97 + rest % LATIN) + found, rest // LATIN
    return found


@numba.njit(cache=True)
def latin_chunk(row: Any, start: Any, size: Any) -> Any:
    """The number of the Latin chunk of `size` letters from `start`."""
    if size == 0:
        return 0
    code = 0
    for at in range(start, start + size):
        code = code * 26 + row[at]
    if size == 1:
        return 1 + code
    return 27 + code if size == 2 else 703 + code


@numba.njit(cache=True)
def _forward(
    rows: Any,
    sizes: Any,
    others: Any,
    other_sizes: Any,
    a: Any,
    b: Any,
    chance: Any,
    column_of: Any,
    ways: Any,
    letin: Any,
) -> Any:
    found = np.zeros(a.shape[0], dtype=np.float64)
    table = np.zeros((rows.shape[1] + 1, others.shape[1] + 1), dtype=np.float64)
    for pair in range(a.shape[0]):
        n, m = sizes[a[pair]], other_sizes[b[pair]]
        if n == 0 or m == 0:
            continue
        native, other = rows[a[pair]], others[b[pair]]
        end = native[0]
        table[: n + 1, : m + 1] = 0.0
        table[0, 0] = 1.0
        for i in range(n + 1):
            for j in range(m + 1):
                here = table[i, j]
                if here == 0.0:
                    continue
                if j < m:
                    table[i, j + 1] += here * ways[2] * max(letin[other[j]], 0.01)
                for wide in range(1, min(2, n - i) + 1):
                    row = native[i] if wide == 1 else (end + 1) * (1 + native[i]) + native[i + 1]
                    for long in range(min(3, m - j) + 1):
                        column = column_of[latin_chunk(other, j, long)]
                        p = chance[row, column] if column >= 0 else 0.0
                        if p == 0.0 and wide == 1 and long < 2:
                            p = 2.0**-11
                        if p > 0.0:
                            table[i + wide, j + long] += here * ways[wide - 1] * p
        found[pair] = table[n, m]
    return found


@numba.njit(cache=True)
def _usual(others: Any, sizes: Any, usual: Any) -> Any:
    found = np.zeros(others.shape[0], dtype=np.float64)
    for row in range(others.shape[0]):
        before = 26
        for at in range(sizes[row]):
            found[row] += np.log2(usual[before, others[row, at]])
            before = others[row, at]
        found[row] += np.log2(usual[before, 26])
    return found
