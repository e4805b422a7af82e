"""What a tablet records, and the manifest that it records against."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Final

from obmin.core.chain import canonical
from obmin.core.errors import Problem, Unreadable


class Kind(StrEnum):
    HERE = "here"
    ABSENT = "absent"
    DECLINED = "declined"
    UNFIT = "unfit"
    DIED = "died"
    NOT_ON_LIST = "not_on_list"
    UNDO = "undo"  # takes back a mark of the same tablet
    NOTE = "note"
    CLOSE = "close"  # ends the chain


MARKS: Final = (Kind.HERE, Kind.ABSENT, Kind.DECLINED, Kind.UNFIT, Kind.DIED, Kind.NOT_ON_LIST)


@dataclass(frozen=True, slots=True)
class Place:
    """A person on the manifest. `line` is random; `counted` is 0 for Art. 110 direct cases, who enter no
    parity; `batch` orders the crossing (0 goes first)."""

    line: str
    track: str = "military"
    counted: int = 1
    batch: int = 0


@dataclass(frozen=True, slots=True)
class Manifest:
    """Who is to cross on one day in one direction, frozen, and which tablets' chains will tell of it."""

    muster: str
    places: tuple[Place, ...]
    chains: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Event:
    """One thing recorded by one tablet.

    `chain` names the tablet's chain, `sequence` counts from 1 in it, `previous` is the digest of the event
    before ("" for the first). `line` is the person's line on the manifest, or the tablet's own mark for
    someone who is on none. `target` is the digest of the event that an undo takes back. `code` is a
    neutral word for a note. `at` is what the tablet's clock said: shown, never trusted.
    """

    id: str
    muster: str
    chain: str
    sequence: int
    previous: str
    kind: Kind
    line: str = ""
    target: str = ""
    code: str = ""
    at: str = ""


@dataclass(frozen=True, slots=True)
class Resolution:
    """What two people decided after looking at exactly the claims in `settles` (digests).

    For a line, `subject` is the line and `verdict` what holds. For a chain (a lost tablet, two versions)
    `subject` is the chain, `verdict` is empty and `settles` binds all of its events known then.
    """

    id: str
    muster: str
    subject: str
    verdict: Kind | None
    settles: tuple[str, ...]
    signers: tuple[str, ...]
    at: str = ""


def to_data(event: Event) -> dict[str, str | int]:
    """An event as text and integers: what the tablet hashes and signs."""
    return {field.name: getattr(event, field.name) for field in fields(Event)} | {"kind": event.kind.value}


def digest(event: Event) -> str:
    """SHA-256 (hex) of the event's canonical JSON: its identity, and the link to the next."""
    return hashlib.sha256(canonical(to_data(event)).encode()).hexdigest()


def resolution_digest(resolution: Resolution) -> str:
    body = {
        "at": resolution.at,
        "id": resolution.id,
        "muster": resolution.muster,
        "settles": sorted(resolution.settles),
        "signers": sorted(resolution.signers),
        "subject": resolution.subject,
        "verdict": resolution.verdict.value if resolution.verdict else "",
    }
    return hashlib.sha256(canonical(body).encode()).hexdigest()


def manifest_digest(manifest: Manifest) -> str:
    """SHA-256 (hex) over who is to cross, whatever the order; chains may be added during the day."""
    places = sorted(manifest.places, key=lambda place: place.line)
    body = {
        "muster": manifest.muster,
        "places": [{"batch": p.batch, "counted": p.counted, "line": p.line, "track": p.track} for p in places],
    }
    return hashlib.sha256(canonical(body).encode()).hexdigest()


def follow(last: Event | None, *, id: str, kind: Kind, muster: str = "", chain: str = "", **more: str) -> Event:
    """The next event of a chain; the first names `muster` and `chain`, later ones take them over.

    `more` are `line`, `target`, `code` and `at`.
    """
    if last is None:
        return Event(id, muster, chain, 1, "", kind, **more)
    return Event(id, last.muster, last.chain, last.sequence + 1, digest(last), kind, **more)


_RULES: Final = {
    "id": (re.compile(r"[0-9A-Za-z._:-]{1,60}"), "an id of the tablet's own"),
    "muster": (re.compile(r"[0-9A-Za-z._:/-]{1,60}"), "the key of the muster"),
    "chain": (re.compile(r"[0-9A-Za-z._:/-]{1,40}"), "the name of the tablet's chain"),
    "previous": (re.compile(r"(?:[0-9a-f]{64})?"), "the SHA-256 of the event before, or nothing"),
    "kind": (re.compile("|".join(Kind)), "one of " + ", ".join(Kind)),
    "line": (re.compile(r"[0-9A-Za-z._:-]{0,60}"), "a line of the manifest, or nothing"),
    "target": (re.compile(r"(?:[0-9a-f]{64})?"), "the SHA-256 of the event taken back, or nothing"),
    "code": (re.compile(r"[0-9a-z._-]{0,40}"), "a code word, or nothing"),
    "at": (re.compile(r"[0-9T:.+Z-]{0,40}"), "a moment, or nothing"),
}


def event_from_data(data: object, file: str = "event") -> Event:
    """An event from parsed JSON; raises `Unreadable` with every problem found."""
    if not isinstance(data, dict):
        raise Unreadable(Problem(file, None, None, type(data).__name__, "an object"))
    problems: list[Problem] = []
    known = {field.name for field in fields(Event)}
    for name in sorted(known ^ set(data), key=str):
        missing = name in known
        problems.append(
            Problem(
                file,
                None,
                str(name),
                "nothing" if missing else "a value",
                "a value" if missing else "no such key",
            )
        )
    for name, (pattern, expected) in _RULES.items():
        value = data.get(name, "")
        if name in data and not (isinstance(value, str) and pattern.fullmatch(value)):
            problems.append(Problem(file, None, name, repr(value)[:60], expected))
    sequence = data.get("sequence", 1)
    if not isinstance(sequence, int) or isinstance(sequence, bool) or not 1 <= sequence <= 1_000_000:
        problems.append(Problem(file, None, "sequence", repr(sequence)[:60], "a whole number from 1"))
    if problems:
        raise Unreadable(problems)
    return Event(**{**data, "kind": Kind(data["kind"])})
