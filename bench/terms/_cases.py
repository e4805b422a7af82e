"""The cases of this folder: the terms of May 2025 with ever more people received, and the longest file."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl

AGREEMENTS = Path(__file__).resolve().parents[2] / "agreements"
SIZES = tuple(int(n) for n in os.environ.get("OBMIN_BENCH_SIZES", "2000,100000,1000000").split(","))
TURNS = 5
MOVES = (
    ("2025-05-23", "military", 270),
    ("2025-05-23", "civilian", 120),
    ("2025-05-24", "military", 307),
    ("2025-05-25", "military", 303),
)


def text() -> str:
    return (AGREEMENTS / "istanbul-2025-05-16.yaml").read_text(encoding="utf-8")


def longest() -> str:
    return max((f.read_text(encoding="utf-8") for f in AGREEMENTS.glob("*.yaml")), key=len)


def carried_out(size: int) -> pl.DataFrame:
    """`size` people, half each way, in the shares of the four moves; every cell is text."""
    frames = []
    r = np.random.default_rng(1)
    for holder, receiver in (("RUS", "UKR"), ("UKR", "RUS")):
        for number, (day, track, share) in enumerate(MOVES):
            n = size // 2 * share // 1000
            key = pl.Series([f"{holder}-{number}-{i:06d}" for i in range(n)])
            born = pl.Series(r.integers(1960, 2006, n).astype(str)) + "-05-05"
            one = pl.DataFrame({"id": key, "birth_date": born})
            same = {"from": holder, "to": receiver, "date": day, "category": track, "health": "none"}
            frames.append(one.with_columns(pl.lit(v).alias(k) for k, v in same.items()))
    return pl.concat(frames)


def agreed(size: int) -> dict[tuple[str, str, str], int]:
    """How many of these people come on each day, by holder, track and day."""
    return {(h, track, day): size // 2 * n // 1000 for h in ("RUS", "UKR") for day, track, n in MOVES}


def seconds(work: Callable[[], object]) -> float:
    """The quickest of some turns: others share the machine."""
    found = []
    for _ in range(TURNS):
        began = time.perf_counter()
        work()
        found.append(time.perf_counter() - began)
    return round(min(found), 5)


def tell(documents: list[dict[str, object]]) -> None:
    json.dump(documents, sys.stdout)
