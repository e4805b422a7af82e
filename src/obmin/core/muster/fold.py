"""Folding events into one state: the same for every order, every repetition, on every machine."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from obmin.core.errors import NotAllowed, NotFound
from obmin.core.muster.events import MARKS, Event, Kind, Manifest, Resolution, digest, resolution_digest

_MARKS: Final = frozenset(MARKS)


@dataclass(frozen=True, slots=True)
class Chain:
    """One tablet's chain as far as it arrived.

    `gaps` are the numbers that are missing below the highest seen; `forked` those that came in two
    versions; `broken` those whose link to the event before does not hold; `after_close` those that came
    behind a close. `closed` is true where the last event is the only close.
    """

    name: str
    last: int = 0
    closed: bool = False
    gaps: tuple[int, ...] = ()
    forked: tuple[int, ...] = ()
    broken: tuple[int, ...] = ()
    after_close: tuple[int, ...] = ()
    settled: bool = False

    @property
    def sound(self) -> bool:
        """Whether nothing of this chain can be missing any more, or two people answer for what is."""
        faults = self.gaps or self.forked or self.broken or self.after_close
        return self.settled or (self.closed and not faults)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is known of one person. `verdict` is empty while nothing, or no one thing, is known.

    `claims` are the digests of what stands: the last mark of each chain and each resolution, less what a
    resolution has settled. More than one word among them is a conflict.
    """

    line: str
    verdict: Kind | None
    claims: tuple[str, ...] = ()
    said: tuple[Kind, ...] = ()

    @property
    def conflict(self) -> bool:
        return self.verdict is None and bool(self.claims)


@dataclass(frozen=True)
class Muster:
    """The state of a muster. `strangers` are people who stood there and are on no line of the manifest;
    `foreign` are digests of events of another muster, which count for nothing here; `unnamed` those of a
    chain that the manifest does not name, and `bad_undos` undos of what is not theirs: both keep it open."""

    manifest: Manifest
    outcomes: Mapping[str, Outcome]
    strangers: Mapping[str, Outcome]
    chains: Mapping[str, Chain]
    foreign: tuple[str, ...]
    unnamed: tuple[str, ...]
    bad_undos: tuple[str, ...]
    chain_events: Mapping[str, tuple[str, ...]]

    @cached_property
    def conflicts(self) -> tuple[str, ...]:
        """Lines on which something is said in two ways, and people on no list whom nobody decided on."""
        lines = [line for line, outcome in self.outcomes.items() if outcome.conflict]
        others = [line for line, outcome in self.strangers.items() if outcome.verdict is not Kind.ABSENT]
        return tuple(sorted(lines + others))

    @cached_property
    def open(self) -> tuple[str, ...]:
        """Lines of which nothing is known yet."""
        return tuple(sorted(line for line, o in self.outcomes.items() if o.verdict is None and not o.conflict))

    @property
    def final(self) -> bool:
        """Whether the count can be signed: every line is settled and every chain ended whole."""
        sound = bool(self.chains) and all(chain.sound for chain in self.chains.values())
        return sound and not (self.conflicts or self.open or self.unnamed or self.bad_undos)

    def lines(self, verdict: Kind) -> frozenset[str]:
        """The lines of the manifest on which `verdict` holds without conflict."""
        return frozenset(line for line, outcome in self.outcomes.items() if outcome.verdict is verdict)

    def counts(self) -> dict[str, int]:
        """People by what holds of them, from sets of lines, never from adding events up."""
        marks = {kind.value: len(self.lines(kind)) for kind in MARKS}
        conflicts = sum(outcome.conflict for outcome in self.outcomes.values())
        return marks | {"open": len(self.open), "conflict": conflicts, "all": len(self.outcomes)}

    def reasons(self) -> list[str]:
        """In words, each thing that keeps the muster from being final."""
        found = [f"Line {line} is said in two ways." for line in self.conflicts if line in self.outcomes]
        found += [
            f"{line} is on no list; nobody has decided." for line in self.conflicts if line in self.strangers
        ]
        found += [f"Nothing is known of line {line}." for line in self.open]
        for name, chain in sorted(self.chains.items()):
            found += _chain_reasons(name, chain)
        found += [f"Event {one[:12]} is of a tablet that nobody named." for one in self.unnamed]
        found += [f"Event {one[:12]} takes back what it cannot." for one in self.bad_undos]
        return found if self.chains else [*found, "No tablet is named."]


def fold(manifest: Manifest, events: Iterable[Event], resolutions: Iterable[Resolution] = ()) -> Muster:
    """The state that these events and resolutions amount to.

    Order and repetition do not matter. Resolutions with fewer than two different signers, or of another
    muster, count for nothing.
    """
    seen = {digest(event): event for event in events}
    ours = {d: e for d, e in seen.items() if e.muster == manifest.muster and e.chain in manifest.chains}
    by_chain: dict[str, dict[int, list[str]]] = {name: defaultdict(list) for name in manifest.chains}
    for one in sorted(ours):
        by_chain[ours[one].chain][ours[one].sequence].append(one)
    valid = {
        resolution_digest(r): r
        for r in resolutions
        if r.muster == manifest.muster
        and len({*r.signers} - {""}) >= 2
        and (r.verdict is None or r.verdict in _MARKS)
    }
    chain_events = {
        name: tuple(one for sequence in sorted(rows) for one in rows[sequence])
        for name, rows in by_chain.items()
    }
    chains = {name: _chain(name, by_chain[name], ours, chain_events[name], valid.values()) for name in by_chain}
    undone, bad = _undone(ours)
    claims = _claims(ours, undone, valid)
    listed = {place.line for place in manifest.places}
    return Muster(
        manifest=manifest,
        outcomes={line: _outcome(line, claims.get(line, {}), valid) for line in sorted(listed)},
        strangers={
            line: _outcome(line, found, valid) for line, found in sorted(claims.items()) if line not in listed
        },
        chains=chains,
        foreign=tuple(sorted(one for one, event in seen.items() if event.muster != manifest.muster)),
        unnamed=tuple(
            sorted(
                one for one, e in seen.items() if e.muster == manifest.muster and e.chain not in manifest.chains
            )
        ),
        bad_undos=tuple(one for one in bad if not chains[ours[one].chain].settled),
        chain_events=chain_events,
    )


def resolve(
    muster: Muster, line: str, verdict: Kind, *, id: str, signers: Sequence[str], at: str = ""
) -> Resolution:
    """A resolution of all that is claimed of `line` now. Two different people sign.

    Raises `NotAllowed` for fewer, or for a verdict that is no mark; `NotFound` for an unknown line. A claim
    that comes in later was not looked at, and opens the line again if it says something else.
    """
    if len({*signers} - {""}) < 2:
        raise NotAllowed("A resolution needs two different people.", code="second-person")
    if verdict not in _MARKS:
        raise NotAllowed(f"{verdict} decides nothing about a person.", code="bad-verdict")
    outcome = muster.outcomes.get(line) or muster.strangers.get(line)
    if outcome is None:
        raise NotFound(f"Line {line} is not on the manifest, and nobody recorded it.")
    return Resolution(id, muster.manifest.muster, line, verdict, outcome.claims, tuple(sorted(signers)), at)


def settle_chain(muster: Muster, chain: str, *, id: str, signers: Sequence[str], at: str = "") -> Resolution:
    """Two people answer for a chain as it stands (a tablet was lost; the paper tally was read instead).

    Any event of that chain that comes in later opens it again.
    """
    if len({*signers} - {""}) < 2:
        raise NotAllowed("A resolution needs two different people.", code="second-person")
    if chain not in muster.chains:
        raise NotFound(f"The manifest names no tablet {chain}.")
    bound = (_bound(muster.chain_events[chain]),)
    return Resolution(id, muster.manifest.muster, chain, None, bound, tuple(sorted(signers)), at)


def _chain(
    name: str,
    rows: Mapping[int, Sequence[str]],
    events: Mapping[str, Event],
    digests: Sequence[str],
    resolutions: Iterable[Resolution],
) -> Chain:
    last = max(rows, default=0)
    closes = [number for number in rows if any(events[one].kind is Kind.CLOSE for one in rows[number])]
    first_close = min(closes, default=last)
    broken = [
        number
        for number in sorted(rows)
        for one in rows[number]
        if not _linked(events[one].previous, rows.get(number - 1, ()), number)
    ]
    bound = _bound(digests)
    return Chain(
        name=name,
        last=last,
        closed=bool(closes) and first_close == last,
        gaps=tuple(number for number in range(1, last) if number not in rows),
        forked=tuple(sorted(number for number in rows if len(rows[number]) > 1)),
        broken=tuple(sorted(set(broken))),
        after_close=tuple(sorted(number for number in rows if number > first_close)),
        settled=any(r.verdict is None and r.subject == name and r.settles == (bound,) for r in resolutions),
    )


def _linked(previous: str, before: Sequence[str], number: int) -> bool:
    if number == 1:
        return previous == ""
    return previous in before if before else bool(previous)


def _undone(events: Mapping[str, Event]) -> tuple[frozenset[str], tuple[str, ...]]:
    """What is taken back, and the undos that take back what is not theirs to take."""
    undone: set[str] = set()
    bad: list[str] = []
    for one, event in sorted(events.items()):
        if event.kind is not Kind.UNDO:
            continue
        target = events.get(event.target)
        if target is None:  # not arrived yet: its number shows as a gap of this chain, or it never was
            bad.append(one)
        elif target.chain == event.chain and target.sequence < event.sequence and target.kind in _MARKS:
            undone.add(event.target)
        else:
            bad.append(one)
    return frozenset(undone), tuple(bad)


def _claims(
    events: Mapping[str, Event], undone: frozenset[str], resolutions: Mapping[str, Resolution]
) -> dict[str, dict[str, Kind]]:
    """By line: the last mark of each chain that was not taken back, and what was resolved."""
    last: dict[tuple[str, str], int] = {}
    marks = [(one, e) for one, e in events.items() if e.kind in _MARKS and one not in undone]
    for _, event in marks:
        key = (event.line, event.chain)
        last[key] = max(last.get(key, 0), event.sequence)
    claims: dict[str, dict[str, Kind]] = defaultdict(dict)
    for one, event in marks:
        if event.sequence == last[event.line, event.chain]:
            claims[event.line][one] = event.kind
    for one, resolution in resolutions.items():
        if resolution.verdict is not None:
            claims[resolution.subject][one] = resolution.verdict
    return claims


def _outcome(line: str, claims: Mapping[str, Kind], resolutions: Mapping[str, Resolution]) -> Outcome:
    settled = {
        claim
        for r in resolutions.values()
        if r.verdict is not None and r.subject == line
        for claim in r.settles
    }
    standing = {one: kind for one, kind in claims.items() if one not in settled}
    said = set(standing.values())
    if claims and not standing:  # two resolutions that settle each other: nothing is decided
        return Outcome(line, None, tuple(sorted(claims)), tuple(sorted(set(claims.values()))))
    verdict = next(iter(said)) if len(said) == 1 else None
    return Outcome(line, verdict, tuple(sorted(standing)), tuple(sorted(said)))


def _bound(digests: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(sorted(digests)).encode()).hexdigest()


def _chain_reasons(name: str, chain: Chain) -> list[str]:
    if chain.sound:
        return []
    found = [f"Tablet {name}: {word} {number}." for word, numbers in _words(chain) for number in numbers]
    return found if chain.closed or chain.after_close else [*found, f"Tablet {name} has not closed."]


def _words(chain: Chain) -> list[tuple[str, tuple[int, ...]]]:
    return [
        ("missing is event", chain.gaps),
        ("two versions came of event", chain.forked),
        ("the link does not hold at event", chain.broken),
        ("after its close came event", chain.after_close),
    ]
