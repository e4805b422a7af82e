"""Which pairs of two registers are worth a look: one relational expression over keys.

The expression is plain SQL, so that the same text runs on DuckDB and on Spark. A key that too many pairs
share says nothing and is dropped; each pair is found once, in order.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import duckdb
import numpy as np
import polars as pl
from numpy.typing import NDArray

from obmin.core.matching.compare import compare
from obmin.core.matching.keys import LARGEST, keys
from obmin.core.matching.levels import Ints, Levels
from obmin.core.matching.parts import Lexicon
from obmin.core.matching.people import Both

CANDIDATES: Final = """
with crowd_a as (select k, count(*) as n from keys_a group by k),
     crowd_b as (select k, count(*) as n from keys_b group by k),
     worth as (
         select a.k from crowd_a as a join crowd_b as b on a.k = b.k where a.n * b.n <= {largest}
     )
select distinct a.i, b.j
from keys_a as a join worth as w on a.k = w.k join keys_b as b on a.k = b.k
"""
ALL_PAIRS: Final = 1_500_000  # below this many pairs every one is looked at

Pairs = tuple[NDArray[np.int64], NDArray[np.int64]]


@dataclass(frozen=True, slots=True)
class Compared:
    """Row numbers of pairs, in order, and the level of each pair in each described field."""

    i: Ints
    j: Ints
    levels: dict[str, Levels]


def compared(both: Both, words: Lexicon) -> Compared:
    """The pairs worth a look, found by DuckDB and compared here."""
    left, right = len(both.left), len(both.right)
    if left * right <= ALL_PAIRS:
        i, j = every_pair(left, right)
    else:
        i, j = candidates(*keys(both), largest=LARGEST)
    return Compared(i, j, compare(words, both, i, j))


def candidates(keys_a: pl.DataFrame, keys_b: pl.DataFrame, *, largest: int) -> Pairs:
    """Row numbers (i, j) of the pairs that share a key no more than `largest` pairs share, sorted.

    `keys_a` has columns k (text) and i, `keys_b` k and j. Nothing is fetched: extensions are switched off.
    """
    connection = duckdb.connect(
        config={
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "temp_directory": "",  # keys of names never lie on a disk: too little memory is an error
            "threads": "2",
        }
    )
    try:
        connection.register("keys_a", keys_a.to_arrow())
        connection.register("keys_b", keys_b.to_arrow())
        found = connection.execute(CANDIDATES.format(largest=int(largest)) + "order by i, j").fetchnumpy()
    finally:
        connection.close()
    return np.asarray(found["i"], dtype=np.int64), np.asarray(found["j"], dtype=np.int64)


def every_pair(left: int, right: int) -> Pairs:
    """All pairs of `left` and `right` rows, in the order of `candidates`."""
    return (
        np.repeat(np.arange(left, dtype=np.int64), right),
        np.tile(np.arange(right, dtype=np.int64), left),
    )
