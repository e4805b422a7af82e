"""Learns the letter transducers from pairs of names: `python -m obmin.core.names.learn DIR [SCRIPT…]`.

DIR holds names_ru_latin.tsv.gz and the like: native word, Latin word, count. Expectation-maximisation over all
ways to cut the two words into chunks; no random start, so the same pairs give the same table.
"""

from __future__ import annotations

import gzip
import io
import itertools
import sys
import unicodedata
from collections import Counter
from pathlib import Path
from typing import Any, Final

import numba
import numpy as np
from numpy.typing import NDArray

from obmin.core.names.letters import (
    CHUNKS,
    LATIN,
    Floats,
    Ints,
    bare,
    latin,
    latin_chunk,
    latin_codes,
    native_codes,
)

TABLES: Final = {"cyrillic": "names_ru_latin", "arabic": "names_ar_latin", "hebrew": "names_he_latin"}
# Letters that the pairs lack but whose sound in them another letter has: Ukrainian beside Russian.
SOUNDS_AS: Final = {"cyrillic": {"і": "и", "ї": "йи", "є": "е", "ґ": "г", "ў": "в", "ј": "й"}}
ROUNDS: Final = 12
RAREST_LETTER: Final = 40
LEAST: Final = 0.002  # chances below it are not kept
_HERE: Final = Path(__file__).parent / "data"


def pairs(path: Path) -> list[tuple[str, str, float]]:
    """Native word, Latin word, weight: the root of the count, so that common names do not drown the rest."""
    found: dict[tuple[str, str], float] = {}
    for line in gzip.decompress(path.read_bytes()).decode("utf-8").splitlines():
        native, other, count = line.split("\t")
        key = (unicodedata.normalize("NFKC", bare(native)), latin(other))
        if all(key) and max(map(len, key)) <= 20:
            found[key] = found.get(key, 0.0) + float(count) ** 0.5
    return [(native, other, weight) for (native, other), weight in sorted(found.items())]


def learn(examples: list[tuple[str, str, float]], rounds: int = ROUNDS) -> dict[str, NDArray[Any]]:
    """The arrays of a table of letters (see `letters.Letters`), ready to be packed."""
    tally = Counter(letter for native, _, _ in examples for letter in native)
    alphabet = "".join(
        sorted(letter for letter, count in tally.items() if count >= RAREST_LETTER and letter.isalpha())
    )
    rows, sizes = native_codes([native for native, _, _ in examples], alphabet)
    others, other_sizes = latin_codes([other for _, other, _ in examples])
    weight = np.asarray([each for _, _, each in examples])
    kinds = (len(alphabet) + 1) * (len(alphabet) + 2)
    column_of, columns = _columns(others, other_sizes)
    chance = _start(rows, sizes, others, other_sizes, weight, column_of, (kinds, len(columns)))
    ways, letin = np.asarray([0.6, 0.3, 0.1]), np.full(LATIN, 1.0 / LATIN)
    for _ in range(rounds):
        counts, way_counts, letin_counts = _expect(
            rows, sizes, others, other_sizes, weight, chance, column_of, ways, letin
        )
        counts[counts < 0.05] = 0.0
        totals = counts.sum(axis=1, keepdims=True)
        chance = (counts / np.maximum(totals + 2.0, 1e-9)).astype(np.float32)
        ways = way_counts / way_counts.sum()
        letin = (letin_counts + 0.5) / (letin_counts.sum() + 0.5 * LATIN)
    chance[chance < LEAST] = 0.0
    row, column = np.nonzero(chance)
    used = np.unique(column)
    return {
        "native": np.asarray([ord(letter) for letter in alphabet], dtype=np.uint16),
        "columns": columns[used].astype(np.uint16),
        "row": row.astype(np.uint16),
        "column": np.searchsorted(used, column).astype(np.uint16),
        "bits": np.clip(np.round(-16.0 * np.log2(chance[row, column])), 0, 255).astype(np.uint8),
        "ways": ways,
        "letin": letin,
        "usual": _usual(others, other_sizes, weight),
    }


def _columns(others: NDArray[np.int64], sizes: Ints) -> tuple[NDArray[np.int32], Ints]:
    """The Latin chunks that occur often enough to be worth a column."""
    seen = np.zeros(CHUNKS, dtype=np.int64)
    _count_chunks(others, sizes, seen)
    seen[0] = 1 << 30
    columns = np.flatnonzero(seen >= 8)
    column_of = np.full(CHUNKS, -1, dtype=np.int32)
    column_of[columns] = np.arange(len(columns), dtype=np.int32)
    return column_of, columns


@numba.njit(cache=True)
def _count_chunks(others: Any, sizes: Any, seen: Any) -> None:
    for row in range(others.shape[0]):
        for start in range(sizes[row]):
            for size in range(1, min(3, sizes[row] - start) + 1):
                seen[latin_chunk(others[row], start, size)] += 1


def _start(
    rows: NDArray[np.int64], sizes: Ints, others: NDArray[np.int64], other_sizes: Ints, weight: Floats,
    column_of: NDArray[np.int32], shape: tuple[int, int],
) -> NDArray[np.float32]:  # fmt: skip
    """First chances: how often chunks stand at about the same place of both words."""
    counts = np.zeros(shape, dtype=np.float32)
    _beside(rows, sizes, others, other_sizes, weight, column_of, counts)
    return np.asarray(counts / np.maximum(counts.sum(axis=1, keepdims=True), 1e-9), dtype=np.float32)


@numba.njit(cache=True)
def _beside(
    rows: Any, sizes: Any, others: Any, other_sizes: Any, weight: Any, column_of: Any, counts: Any
) -> None:
    for pair in range(rows.shape[0]):
        n, m = sizes[pair], other_sizes[pair]
        end = rows[pair, 0]
        for i in range(n):
            for wide in range(1, min(2, n - i) + 1):
                row = rows[pair, i] if wide == 1 else (end + 1) * (1 + rows[pair, i]) + rows[pair, i + 1]
                inner = wide - (rows[pair, i] == end) - (wide == 2 and rows[pair, i + 1] == end)
                for j in range(m + 1):
                    for long in range(min(3, m - j) + 1):
                        off = abs((i - 1 + wide / 2) / max(n - 2, 1) - (j + long / 2) / max(m, 1))
                        column = column_of[latin_chunk(others[pair], j, long)]
                        if column >= 0 and off < 0.35 and (inner > 0 or long == 0):
                            counts[row, column] += (
                                weight[pair] * np.exp(-8.0 * off) * (0.3 ** abs(long - inner))
                            )


@numba.njit(cache=True)
def _expect(  # noqa: C901
    rows: Any,
    sizes: Any,
    others: Any,
    other_sizes: Any,
    weight: Any,
    chance: Any,
    column_of: Any,
    ways: Any,
    letin: Any,
) -> Any:
    counts = np.zeros(chance.shape, dtype=np.float64)
    way_counts = np.full(3, 1.0)
    letin_counts = np.zeros(26)
    before = np.zeros((rows.shape[1] + 1, others.shape[1] + 1))
    after = np.zeros((rows.shape[1] + 1, others.shape[1] + 1))
    for pair in range(rows.shape[0]):
        n, m = sizes[pair], other_sizes[pair]
        if n == 0 or m == 0:
            continue
        native, other = rows[pair], others[pair]
        end = native[0]
        before[: n + 1, : m + 1] = 0.0
        after[: n + 1, : m + 1] = 0.0
        before[0, 0] = 1.0
        after[n, m] = 1.0
        for i in range(n + 1):
            for j in range(m + 1):
                if before[i, j] == 0.0:
                    continue
                if j < m:
                    before[i, j + 1] += before[i, j] * ways[2] * letin[other[j]]
                for wide in range(1, min(2, n - i) + 1):
                    row = native[i] if wide == 1 else (end + 1) * (1 + native[i]) + native[i + 1]
                    for long in range(min(3, m - j) + 1):
                        column = column_of[latin_chunk(other, j, long)]
                        if column >= 0:
                            before[i + wide, j + long] += before[i, j] * ways[wide - 1] * chance[row, column]
        whole = before[n, m]
        if whole <= 0.0:
            continue
        for i in range(n, -1, -1):
            for j in range(m, -1, -1):
                if j < m:
                    through = ways[2] * letin[other[j]] * after[i, j + 1]
                    after[i, j] += through
                    share = weight[pair] * before[i, j] * through / whole
                    way_counts[2] += share
                    letin_counts[other[j]] += share
                for wide in range(1, min(2, n - i) + 1):
                    row = native[i] if wide == 1 else (end + 1) * (1 + native[i]) + native[i + 1]
                    for long in range(min(3, m - j) + 1):
                        column = column_of[latin_chunk(other, j, long)]
                        if column >= 0 and chance[row, column] > 0.0:
                            through = ways[wide - 1] * chance[row, column] * after[i + wide, j + long]
                            after[i, j] += through
                            share = weight[pair] * before[i, j] * through / whole
                            counts[row, column] += share
                            way_counts[wide - 1] += share
    return counts, way_counts, letin_counts


def _usual(others: NDArray[np.int64], sizes: Ints, weight: Floats) -> Floats:
    """How often one letter follows another in Latin names, ends included."""
    counts = np.full((LATIN + 1, LATIN + 1), 0.5)
    for row, size, each in zip(others, sizes, weight, strict=True):
        codes = [LATIN, *row[:size].tolist(), LATIN]
        for one, other in itertools.pairwise(codes):
            counts[one, other] += each
    return np.asarray(counts / counts.sum(axis=1, keepdims=True))


def pack(table: dict[str, NDArray[Any]]) -> bytes:
    """The bytes of a table; the same table gives the same bytes."""
    held = io.BytesIO()
    np.savez_compressed(held, **table)  # type: ignore[arg-type]
    return held.getvalue()


def main(directory: Path, scripts: list[str]) -> None:
    for script in scripts or list(TABLES):
        examples = pairs(directory / f"{TABLES[script]}.tsv.gz")
        for letter, like in SOUNDS_AS.get(script, {}).items():
            part = [
                (native.replace(like, letter, 1), other, weight * 0.2)
                for native, other, weight in examples
                if like in native
            ]
            examples += part[:: max(1, len(part) // 3000)]
        (_HERE / f"letters-{script}.npz").write_bytes(pack(learn(examples)))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
