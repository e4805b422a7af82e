"""How far a pair stands ahead of the next best of either of its two."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

MOST: Final = 1000  # from here on a number of times says no more than that it is large


@dataclass(frozen=True, slots=True)
class Margin:
    """The distance in bits, 0 or more; `behind` says whether the next best has the lower weight."""

    bits: float
    behind: bool

    @property
    def times(self) -> int:
        """How many times less (or more) likely the next best is, to two figures: a bit doubles the odds."""
        exact = 2.0 ** min(self.bits, 1000.0)
        return round(exact) if exact < 100 else int(float(f"{exact:.2g}"))

    @property
    def even(self) -> bool:
        """Whether the next best is about as likely."""
        return self.times == 1

    @property
    def beyond(self) -> bool:
        """Whether the number of times is too large to tell anything."""
        return self.times > MOST


def margin(millibits: int, rival: int) -> Margin:
    """Of a pair's weight and its rival's, both in bits × 1,000."""
    return Margin(abs(millibits - rival) / 1000, rival <= millibits)
