"""How far two values of a field agree, as small integers: the higher, the closer. -1 is unknown."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Levels = NDArray[np.int8]
Floats = NDArray[np.float64]

UNKNOWN: Final = -1
NAME_LEVELS: Final = ("other", "remote", "initial", "alike", "close", "same but for careless letters", "same")
NAME_SAME: Final = 6
NAME_COARSE: Final = 5
NAME_ALIKE: Final = 3
NAME_INITIAL: Final = 2
DATE_LEVELS: Final = (
    "other", "year within one", "same day and month", "same year", "year only, same", "same year and month",
    "one digit or day and month swapped", "same",
)  # fmt: skip
DATE_SAME: Final = 7
NUMBER_LEVELS: Final = ("other", "one or two digits off", "same")
CODE_LEVELS: Final = ("other", "same")
TEXT_LEVELS: Final = ("other", "alike", "same")
CAPTURE_LEVELS: Final = ("other", "within 40 days", "within 4 days", "same")


def name_levels(fine: Floats, rough: Floats, initial: NDArray[np.bool_]) -> Levels:
    """Levels of name tokens from the similarity (0 to 1) of their best fine and coarse readings."""
    both = np.maximum(fine, rough - 0.02)
    found = np.zeros(len(fine), dtype=np.int8)
    found[both >= 0.60] = 1
    found[initial] = NAME_INITIAL
    found[both >= 0.76] = NAME_ALIKE
    found[both >= 0.86] = 4
    found[rough >= 1.0] = NAME_COARSE
    found[fine >= 1.0] = NAME_SAME
    return found


def date_levels(left: Ints, right: Ints) -> Levels:
    """Levels of two dates as integers yyyymmdd, zeros where month or day is unknown, 0 if all is."""
    ly, lm, ld = left // 10000, left // 100 % 100, left % 100
    ry, rm, rd = right // 10000, right // 100 % 100, right % 100
    whole = (ld > 0) & (rd > 0)
    months = (lm > 0) & (rm > 0)
    found = np.zeros(len(left), dtype=np.int8)
    found[np.abs(ly - ry) == 1] = 1
    found[whole & (lm == rm) & (ld == rd)] = 2
    found[(ly == ry)] = 3
    found[(ly == ry) & ~months] = 4
    found[(ly == ry) & (lm == rm) & months] = 5
    swapped = whole & (ly == ry) & (lm == rd) & (ld == rm)
    found[swapped | (whole & (_digits_off(left, right) == 1))] = 6
    found[whole & (left == right)] = DATE_SAME
    found[(left == 0) | (right == 0)] = UNKNOWN
    return found


def _digits_off(left: Ints, right: Ints) -> Ints:
    off = np.zeros(len(left), dtype=np.int64)
    for power in range(8):
        off += (left // 10**power % 10) != (right // 10**power % 10)
    return off


def capture_levels(left: Ints, right: Ints) -> Levels:
    """Levels of two days of capture, each counted in days from any day; -1 if unknown."""
    apart = np.abs(left - right)
    found = np.zeros(len(left), dtype=np.int8)
    found[apart <= 40] = 1
    found[apart <= 4] = 2
    found[apart == 0] = 3
    found[(left < 0) | (right < 0)] = UNKNOWN
    return found


def code_levels(left: Ints, right: Ints) -> Levels:
    """Levels of two codes as integers; negative is unknown."""
    found = np.where(left == right, 1, 0).astype(np.int8)
    found[(left < 0) | (right < 0)] = UNKNOWN
    return found
