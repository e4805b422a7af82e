"""How fast the tree grows for those outside: by the same number of leaves at each interval.

A checkpoint is due at fixed times, not when there is something to say. If fewer entries than `INTERVAL`
came since the last one, fillers make up the difference. If more came, only the first `INTERVAL` of them
are covered now and the others wait for the next checkpoint. Size and time of a checkpoint therefore say
nothing about the work done.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

INTERVAL: Final = 1024  # leaves; larger than the acts of a busy interval, 32 kB of fillers in an idle one


@dataclass(frozen=True, slots=True)
class Closing:
    """What the next checkpoint covers: `size` leaves, after `fillers` new ones; `waiting` stay for later."""

    size: int
    fillers: int
    waiting: int


def closing(grown: int, closed: int, interval: int = INTERVAL) -> Closing:
    """The next checkpoint of a tree that holds `grown` leaves, of which `closed` are covered already.

    >>> closing(grown=1030, closed=1024)
    Closing(size=2048, fillers=1018, waiting=0)
    >>> closing(grown=2100, closed=1024)
    Closing(size=2048, fillers=0, waiting=52)
    """
    size = closed + interval
    return Closing(size, max(0, size - grown), max(0, grown - size))
