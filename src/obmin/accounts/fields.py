"""What of a grid or a summary a reader's duties open: the rest is absent, not starred."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from obmin.core.access import Actor, Area
from obmin.web import parts


def only(grid: parts.Grid, actor: Actor, area: Area, fields: Sequence[str]) -> parts.Grid:
    """The grid without the columns that `actor` may not see. `fields`: each column’s, "" for none."""
    kept = [not field or actor.sees(area, field) for field in fields]
    return replace(
        grid,
        columns=_kept(grid.columns, kept),
        rows=[replace(row, cells=_kept(row.cells, kept)) for row in grid.rows],
    )


def facts(found: Iterable[tuple[str, parts.Fact]], actor: Actor, area: Area) -> list[parts.Fact]:
    """Those facts whose field `actor` may see."""
    return [fact for field, fact in found if actor.sees(area, field)]


def _kept(values: Sequence[Any], kept: Sequence[bool]) -> list[Any]:
    return [value for value, keep in zip(values, kept, strict=True) if keep]
