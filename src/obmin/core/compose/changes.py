"""What differs between two lists: for what-if, for two policies on one register, for versions of a list."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl


@dataclass(frozen=True, slots=True)
class Changes:
    """Ids, sorted: who came onto the list, who left it, and (id, phase before, phase after) of who moved."""

    came: tuple[str, ...]
    left: tuple[str, ...]
    moved: tuple[tuple[str, str, str], ...]

    @property
    def number(self) -> int:
        """How many people are touched."""
        return len(self.came) + len(self.left) + len(self.moved)


def changes(before: pl.DataFrame, after: pl.DataFrame) -> Changes:
    """The differences between two frames of lines (`id`, `phase`)."""
    was = dict(before.select("id", "phase").iter_rows())
    now = dict(after.select("id", "phase").iter_rows())
    return Changes(
        came=tuple(sorted(now.keys() - was.keys())),
        left=tuple(sorted(was.keys() - now.keys())),
        moved=tuple(
            (who, was[who], now[who]) for who in sorted(was.keys() & now.keys()) if was[who] != now[who]
        ),
    )
