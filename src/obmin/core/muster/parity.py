"""Two directions, two sides: who may cross now, and whether both sides saw the same people cross."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from obmin.core.muster.events import Kind
from obmin.core.muster.fold import Muster

_EXCUSED = (Kind.DECLINED, Kind.UNFIT, Kind.DIED)


class Simultaneity(StrEnum):
    TOGETHER = "together"  # nobody crosses before all of both directions are mustered
    BATCHES = "batches"  # batch by batch, each level before the next
    FREE = "free"  # each direction for itself


@dataclass(frozen=True, slots=True)
class Rule:
    """How the agreement lets the two directions cross; `parity` is a clause of it, never a default."""

    simultaneity: Simultaneity
    parity: bool = False


class Level(StrEnum):
    EQUAL = "equal"
    EXCUSED = "excused"  # the difference is of people who declined, are unfit or died
    SHORT = "short"


@dataclass(frozen=True, slots=True)
class Balance:
    """One track of counted people, in two directions. Direct cases are never in it."""

    track: str
    out: int
    inward: int
    out_excused: int
    inward_excused: int

    @property
    def level(self) -> Level:
        if self.out == self.inward:
            return Level.EQUAL
        excused = self.out_excused if self.out < self.inward else self.inward_excused
        return Level.EXCUSED if excused >= abs(self.out - self.inward) else Level.SHORT


@dataclass(frozen=True, slots=True)
class Crossing:
    """Whether the next people may cross, who they are, and if not, why not.

    Direct cases who are here may always cross: they wait for nobody and nobody waits for them.
    """

    allowed: bool
    reasons: tuple[str, ...]
    out: tuple[str, ...]
    inward: tuple[str, ...]
    batch: int | None


@dataclass(frozen=True, slots=True)
class Receipt:
    """The sender's and the receiver's word on the same people."""

    crossed: tuple[str, ...]
    only_sent: tuple[str, ...]
    only_received: tuple[str, ...]
    both_final: bool

    @property
    def agrees(self) -> bool:
        return self.both_final and not self.only_sent and not self.only_received


def parity(out: Muster, inward: Muster, batches: Iterable[int] | None = None) -> tuple[Balance, ...]:
    """The balance of each track over all batches, or over those named."""
    chosen = None if batches is None else set(batches)
    tracks = sorted({p.track for m in (out, inward) for p in m.manifest.places if p.counted})
    return tuple(
        Balance(
            track,
            len(_counted(out, track, chosen) & out.lines(Kind.HERE)),
            len(_counted(inward, track, chosen) & inward.lines(Kind.HERE)),
            len(_counted(out, track, chosen) & _excused(out)),
            len(_counted(inward, track, chosen) & _excused(inward)),
        )
        for track in tracks
    )


def crossing(out: Muster, inward: Muster, rule: Rule, crossed: Iterable[str] = ()) -> Crossing:
    """Who may cross next, given who has crossed already.

    Only people who are here without conflict cross. A conflict, an unknown person or someone on no list
    stops the batch concerned (all, where all cross together); a lost event of a tablet stops nobody who is
    certain, but keeps the muster from being final.
    """
    gone = frozenset(crossed)
    batch = _next_batch(out, inward, gone) if rule.simultaneity is Simultaneity.BATCHES else None
    chosen = None if batch is None else {batch}
    reasons: list[str] = []
    if rule.simultaneity is not Simultaneity.FREE:
        for muster, word in ((out, "going out"), (inward, "coming in")):
            reasons += _unsettled(muster, word, chosen)
        if rule.parity:
            upto = None if batch is None else range(batch + 1)
            reasons += [
                f"{b.track}: {b.out} going out, {b.inward} coming in, and nothing excuses the difference."
                for b in parity(out, inward, upto)
                if b.level is Level.SHORT
            ]
    people = [_ready(muster, chosen, gone, direct_only=bool(reasons)) for muster in (out, inward)]
    return Crossing(not reasons, tuple(reasons), people[0], people[1], batch)


def compare(sent: Muster, received: Muster) -> Receipt:
    """What the sending and the receiving side recorded of the same lines."""
    left, arrived = sent.lines(Kind.HERE), received.lines(Kind.HERE)
    return Receipt(
        crossed=tuple(sorted(left & arrived)),
        only_sent=tuple(sorted(left - arrived)),
        only_received=tuple(sorted(arrived - left)),
        both_final=sent.final and received.final,
    )


def _counted(muster: Muster, track: str, batches: set[int] | None) -> frozenset[str]:
    return frozenset(
        p.line
        for p in muster.manifest.places
        if p.counted and p.track == track and (batches is None or p.batch in batches)
    )


def _excused(muster: Muster) -> frozenset[str]:
    return frozenset[str]().union(*(muster.lines(kind) for kind in _EXCUSED))


def _next_batch(out: Muster, inward: Muster, gone: frozenset[str]) -> int | None:
    waiting = [
        place.batch
        for muster in (out, inward)
        for place in muster.manifest.places
        if place.counted and place.line not in gone and muster.outcomes[place.line].verdict in (None, Kind.HERE)
    ]
    return min(waiting, default=None)


def _unsettled(muster: Muster, word: str, batches: set[int] | None) -> list[str]:
    lines = {p.line for p in muster.manifest.places if p.counted and (batches is None or p.batch in batches)}
    known: dict[str, list[str]] = {
        "said in two ways": [line for line in muster.conflicts if line in lines],
        "not yet known": [line for line in muster.open if line in lines],
    }
    found = [f"{len(rows)} {word}: {text}." for text, rows in known.items() if rows]
    strangers = [line for line in muster.conflicts if line in muster.strangers]
    return [*found, f"{len(strangers)} {word}: on no list."] if strangers else found


def _ready(
    muster: Muster, batches: set[int] | None, gone: frozenset[str], *, direct_only: bool
) -> tuple[str, ...]:
    here = muster.lines(Kind.HERE) - gone
    return tuple(
        sorted(
            p.line
            for p in muster.manifest.places
            if p.line in here
            and (not p.counted or (not direct_only and (batches is None or p.batch in batches)))
        )
    )
