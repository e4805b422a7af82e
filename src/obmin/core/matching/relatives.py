"""Who two records may be, if not one person: strangers, as random pairs are; brothers and sisters; namesakes.

Random pairs show too few of the last two to be counted among them, and each is like one person in more than
one field at once. How many there are is learned with the weights.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from obmin.core.matching.levels import DATE_SAME, NAME_ALIKE, Floats, Levels

USUAL: Final = 0.002  # share of a list that is thought to have one on the other list, of either kind
FEW: Final = 5.0  # pairs that what is usual counts for
TWINS: Final = 0.1  # share of brothers and sisters that is born on one day
FATHERS: Final = 0.3  # share of namesakes whose fathers are namesakes too
NAMED_ALIKE: Final = 0.02  # how much rarer among brothers given names are that agree than among strangers
_ASKED: Final = frozenset({"surname", "given", "patronymic", "birth date"})


@dataclass(frozen=True, slots=True)
class Relatives:
    """How many pairs are siblings, and which share twins; how many namesakes, and which share by father too."""

    siblings: float
    namesakes: float
    twins: float = TWINS
    fathers: float = FATHERS


@dataclass(frozen=True, slots=True)
class Odds:
    """Of each pair, the odds of being brothers or sisters, and namesakes, against two strangers."""

    siblings: Floats
    namesakes: Floats

    @property
    def bits(self) -> Floats:
        """By how much a pair weighs less, since it need not be strangers if it is not one person."""
        return np.asarray(np.log2(1.0 + self.siblings + self.namesakes))


def usual(sizes: tuple[int, int]) -> Relatives:
    """What is thought of two lists of these sizes before they are looked at."""
    return Relatives(USUAL * min(sizes), USUAL * min(sizes))


def odds(
    levels: Mapping[str, Levels],
    bits: Mapping[str, Floats],
    u: Mapping[str, Floats],
    rare: Mapping[str, Floats],
    sizes: tuple[int, int],
    known: Relatives,
) -> Odds:
    """What each pair may be; nothing, where the lists do not have what relatives are known by.

    Brothers and sisters share surname and patronymic as one person's two records do, twins the date as well,
    and have each a given name of their own. Namesakes share surname and given name, some the patronymic. All
    else agrees as between strangers.
    """
    if not bits.keys() >= _ASKED:
        return Odds(np.zeros(1), np.zeros(1))
    surname, given, patronymic = (
        np.exp2(np.clip(np.append(bits[name], 0.0)[levels[name]] + rare.get(name, 0.0), -30.0, 30.0))
        for name in ("surname", "given", "patronymic")
    )
    born = np.append(np.full(DATE_SAME, 1.0 - known.twins), [known.twins / u["birth date"][DATE_SAME], 1.0])
    siblings = surname * patronymic * born[levels["birth date"]]
    siblings = np.where(levels["given"] >= NAME_ALIKE, siblings * NAMED_ALIKE, siblings)
    namesakes = surname * given * (1.0 - known.fathers + known.fathers * patronymic)
    pairs = float(sizes[0]) * sizes[1]
    return Odds(siblings * (known.siblings / pairs), namesakes * (known.namesakes / pairs))


def learned(levels: Mapping[str, Levels], found: Odds, chance: Floats, sizes: tuple[int, int]) -> Relatives:
    """What the pairs show, each with its `chance` of being one person."""
    before = usual(sizes)
    if len(found.siblings) != len(chance):
        return before
    none = (1.0 - chance) / (1.0 + found.siblings + found.namesakes)
    kin, named = found.siblings * none, found.namesakes * none
    dated, fathered = levels["birth date"] >= 0, levels["patronymic"] >= 0
    twins = float(np.sum(kin[levels["birth date"] == DATE_SAME]))
    fathers = float(np.sum(named[levels["patronymic"] >= NAME_ALIKE]))
    least = min(before.siblings, FEW)
    return Relatives(
        float(np.sum(kin)) + least,
        float(np.sum(named)) + least,
        (twins + TWINS * FEW) / (float(np.sum(kin[dated])) + FEW),
        (fathers + FATHERS * FEW) / (float(np.sum(named[fathered])) + FEW),
    )
