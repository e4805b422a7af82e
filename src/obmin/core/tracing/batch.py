"""Clear pairs of one run of the engine, confirmed together once a drawn sample of them was read.

The sample is drawn by a hash, so by nobody, when the pairs are proposed, and stays drawn. Whoever reads it
answers pair by pair. One answer but SAME stops the run for good: what is left of it is judged one by one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping
from enum import StrEnum
from typing import Final

from obmin.core.errors import Incomplete, WrongState

SAMPLE: Final = 20  # pairs that somebody reads before the rest may be confirmed


class Answer(StrEnum):
    """What somebody says of a pair."""

    SAME = "SAME"
    NOT_SAME = "NOT_SAME"
    UNSURE = "UNSURE"


class Way(StrEnum):
    """How a pair came to its answer: looked at by itself, read in a sample, confirmed with the rest unread."""

    ALONE = "ALONE"
    SAMPLE = "SAMPLE"
    TOGETHER = "TOGETHER"


class Run(StrEnum):
    """Where the clear pairs of a run stand."""

    OPEN = "OPEN"
    CONFIRMED = "CONFIRMED"
    STOPPED = "STOPPED"


def drawn(run: str, pairs: Iterable[tuple[str, int]], size: int = SAMPLE) -> frozenset[tuple[str, int]]:
    """The sample of a run: the pairs (person, line) whose hashes with the run's key are the smallest."""

    def place(pair: tuple[str, int]) -> bytes:
        return hashlib.sha256(f"{run}/{pair[0]}/{pair[1]}".encode()).digest()

    return frozenset(sorted(pairs, key=place)[:size])


def read(asked: Collection[int], said: Mapping[int, str], contradicted: Collection[int] = ()) -> Run:
    """What the answers on a sample make of its run.

    `asked` are the pairs of the sample that nobody has answered, `contradicted` clear pairs whose line
    somebody took for another person. A doubt is kept whether or not the rest was read; without one all must be.
    """
    if unknown := set(said) - set(asked):
        raise WrongState(f"{len(unknown)} of these pairs are not asked about. Look at the sample again.")
    if wrong := set(said.values()) - set(Answer):
        raise Incomplete(f"The answer is one of {', '.join(Answer)}, not {sorted(wrong)[0]}.")
    if contradicted or any(answer != Answer.SAME for answer in said.values()):
        return Run.STOPPED
    if missing := len(asked) - len(said):
        raise Incomplete(f"{missing} pairs of the sample have not been read.")
    return Run.CONFIRMED
