"""The figures that every contestant is judged by, from its scored pairs."""

from __future__ import annotations

import numpy as np
import polars as pl


def figures(pairs: pl.DataFrame, truth: pl.DataFrame) -> dict[str, float]:
    """F1 as given and at the best bar, recall at precision .999, and how far stated chances are off.

    `pairs`: sought_id, held_id, score, and `match` (bool, what the tool calls a match by default);
    `probability` where the tool states one.
    """
    marked = pairs.join(truth.with_columns(true=True), on=["sought_id", "held_id"], how="left").with_columns(
        pl.col("true").fill_null(False)
    )
    total = truth.height
    chosen = marked.filter(pl.col("match"))
    found = {"f1_default": _f1(int(chosen["true"].sum()), chosen.height, total)}
    found["precision_default"] = float(chosen["true"].sum()) / max(chosen.height, 1)
    found["recall_default"] = float(chosen["true"].sum()) / total
    ranked = marked.sort(["score", "sought_id", "held_id"], descending=[True, False, False])
    hits = np.cumsum(ranked["true"].to_numpy().astype(np.int64))
    counts = np.arange(1, len(hits) + 1)
    if len(hits):
        found["f1_best"] = float(np.max(2 * hits / (counts + total)))
        sure = hits >= 0.999 * counts
        found["recall_at_999"] = float(np.max(np.where(sure, hits, 0))) / total
    found["recall_of_proposed"] = float(marked["true"].sum()) / total
    if "probability" in marked.columns and marked.height:
        found["calibration_error"] = calibration(marked["probability"].to_numpy(), marked["true"].to_numpy())
    return {name: round(value, 4) for name, value in found.items()}


def calibration(stated: np.ndarray, true: np.ndarray) -> float:
    """Mean distance between the stated chance and the share that is true, over ten bins of it."""
    bins = np.minimum((stated * 10).astype(np.int64), 9)
    error = 0.0
    for bin_ in range(10):
        inside = bins == bin_
        if inside.any():
            error += float(inside.mean()) * abs(float(stated[inside].mean()) - float(true[inside].mean()))
    return error


def _f1(hits: int, chosen: int, total: int) -> float:
    return 2 * hits / max(chosen + total, 1)
