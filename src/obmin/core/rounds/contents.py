"""What a package of a round says, as typed data and as the text and integers that are signed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final

from obmin.core.errors import Problem, Unreadable

FORMAT: Final = "obmin-round/1"


class Kind(StrEnum):
    WANTED = "wanted"
    PROPOSAL = "proposal"
    REPLY = "reply"
    FREEZE = "freeze"


class Code(StrEnum):
    """What a side answers to a line. A refusal to go home is only ever told as NOT_AVAILABLE."""

    HELD_CONFIRMED = "HELD_CONFIRMED"
    NOT_HELD = "NOT_HELD"
    UNKNOWN = "UNKNOWN"
    DEAD = "DEAD"
    RELEASED = "RELEASED"
    HELD_NOT_OFFERED = "HELD_NOT_OFFERED"
    HELD_JUDICIAL = "HELD_JUDICIAL"
    NOT_AVAILABLE = "NOT_AVAILABLE"
    ACCEPTED = "ACCEPTED"
    OBJECTED = "OBJECTED"


@dataclass(frozen=True, slots=True)
class Line:
    """A person on a list. `counted` is 0 for Art. 110 direct cases, who stand outside every count."""

    id: str
    name: str
    birth_date: str = ""
    service_number: str = ""
    rank: str = ""
    category: str = ""
    phase: int = 0
    clause: str = ""
    counted: int = 1


@dataclass(frozen=True, slots=True)
class Answer:
    """What a side says to a line of the other's list; an objection names the clause it rests on."""

    line: str
    code: Code
    clause: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """One package of the round before: SHA-256 of its contents and of its signature file, in hex."""

    contents: str
    signature: str


@dataclass(frozen=True, slots=True)
class Contents:
    """What one side says in one round. `previous` is empty in round 1; `agreed` is set in a freeze only.

    `lot` is what it carries for the lot (`lots`): 32 bytes in hex, or nothing.
    """

    exchange: str
    round: int
    kind: Kind
    sender: str
    receiver: str
    terms: str
    expires: datetime
    previous: Mapping[str, Link]
    lines: tuple[Line, ...] = ()
    answers: tuple[Answer, ...] = ()
    agreed: str = ""
    lot: str = ""


def line_data(line: Line) -> dict[str, str | int]:
    """A line as text and integers; unknown values are empty text, never left out."""
    return {field.name: getattr(line, field.name) for field in fields(Line)}


def to_data(contents: Contents) -> dict[str, Any]:
    """Contents as canonical JSON takes them. Every key is always there, so that equal shapes look equal."""
    return {
        "agreed": contents.agreed,
        "answers": [{"clause": a.clause, "code": a.code.value, "line": a.line} for a in contents.answers],
        "exchange": contents.exchange,
        "expires": contents.expires.isoformat(),
        "format": FORMAT,
        "from": contents.sender,
        "kind": contents.kind.value,
        "lines": [line_data(line) for line in contents.lines],
        "lot": contents.lot,
        "previous": {
            party: {"contents": link.contents, "signature": link.signature}
            for party, link in contents.previous.items()
        },
        "round": contents.round,
        "terms": contents.terms,
        "to": contents.receiver,
    }


def from_data(data: object, file: str = "package") -> Contents:
    """Contents from parsed JSON. Raises `Unreadable` with every problem: unknown or missing keys, wrong
    kinds of value, codes and dates that cannot be read. Nothing that the format does not know passes."""
    reader = _Reader(file, [])
    top = reader.keys(data, "", _TOP)
    if top.get("format") != FORMAT:
        reader.problem("format", top.get("format"), FORMAT)
    contents = Contents(
        exchange=reader.text(top, "exchange", _NAME),
        round=reader.number(top, "round", 1, 10_000),
        kind=Kind(reader.text(top, "kind", _one_of(Kind)) or Kind.WANTED),
        sender=reader.text(top, "from", _PARTY),
        receiver=reader.text(top, "to", _PARTY),
        terms=reader.text(top, "terms", _HASH),
        expires=reader.moment(top, "expires"),
        previous=_read_previous(reader, top.get("previous")),
        lines=tuple(_read_line(reader, f"lines[{n}]", row) for n, row in reader.rows(top, "lines")),
        answers=tuple(_read_answer(reader, f"answers[{n}]", row) for n, row in reader.rows(top, "answers")),
        agreed=reader.text(top, "agreed", _HASH_OR_NONE),
        lot=reader.text(top, "lot", _LOT),
    )
    if reader.problems:
        raise Unreadable(reader.problems)
    return contents


def _read_previous(reader: _Reader, data: object) -> dict[str, Link]:
    if not isinstance(data, dict):
        reader.problem("previous", data, "an object")
        return {}
    links: dict[str, Link] = {}
    for party, row in data.items():
        at = f"previous.{party}"
        found = reader.keys(row, at, ("contents", "signature"))
        links[str(party)] = Link(
            reader.text(found, "contents", _HASH, at), reader.text(found, "signature", _HASH, at)
        )
    return links


def _read_line(reader: _Reader, at: str, row: object) -> Line:
    found = reader.keys(row, at, tuple(field.name for field in fields(Line)))
    return Line(
        id=reader.text(found, "id", _LINE_ID, at),
        name=reader.text(found, "name", _WORDS, at),
        birth_date=reader.text(found, "birth_date", _DATE, at),
        service_number=reader.text(found, "service_number", _WORDS, at),
        rank=reader.text(found, "rank", _WORDS, at),
        category=reader.text(found, "category", _CATEGORY, at),
        phase=reader.number(found, "phase", 0, 1000, at),
        clause=reader.text(found, "clause", _CLAUSE, at),
        counted=reader.number(found, "counted", 0, 1, at),
    )


def _read_answer(reader: _Reader, at: str, row: object) -> Answer:
    found = reader.keys(row, at, ("clause", "code", "line"))
    code = reader.text(found, "code", _one_of(Code), at)
    return Answer(
        line=reader.text(found, "line", _LINE_ID, at),
        code=Code(code or Code.UNKNOWN),
        clause=reader.text(found, "clause", _CLAUSE, at),
    )


def _one_of(codes: type[StrEnum]) -> tuple[re.Pattern[str], str]:
    return re.compile("|".join(codes)), "one of " + ", ".join(codes)


_TOP: Final = (
    "agreed", "answers", "exchange", "expires", "format", "from",
    "kind", "lines", "lot", "previous", "round", "terms", "to",
)  # fmt: skip
_Rule = tuple[re.Pattern[str], str]
_NAME: Final[_Rule] = re.compile(r"[A-Za-z0-9._:-]{1,80}"), "a name of letters, digits, . _ : -"
_PARTY: Final[_Rule] = re.compile(r"[A-Z]{3}"), "an ISO 3166-1 alpha-3 code"
_HASH: Final[_Rule] = re.compile(r"[0-9a-f]{64}"), "a SHA-256 in lower-case hexadecimal"
_HASH_OR_NONE: Final[_Rule] = (
    re.compile(r"(?:[0-9a-f]{64})?"),
    "a SHA-256 in lower-case hexadecimal, or nothing",
)
_LOT: Final[_Rule] = re.compile(r"(?:[0-9a-f]{64})?"), "32 bytes in lower-case hexadecimal, or nothing"
_LINE_ID: Final[_Rule] = re.compile(r"[0-9a-z-]{8,40}"), "a random line id"
_WORDS: Final[_Rule] = re.compile(r"[^\x00-\x1f\x7f]{0,200}"), "at most 200 characters on one line"
_DATE: Final[_Rule] = (
    re.compile(r"(?:\d{4}(?:-\d{2}(?:-\d{2})?)?)?"),
    "an ISO date, whole or partial, or nothing",
)
_CATEGORY: Final[_Rule] = (
    re.compile(r"|military|retained|civilian|undetermined"),
    "military, retained, civilian, undetermined or nothing",
)
_CLAUSE: Final[_Rule] = re.compile(r"[A-Za-z0-9._/-]{0,80}"), "a clause id, or nothing"


@dataclass(frozen=True, slots=True)
class _Reader:
    file: str
    problems: list[Problem]

    def problem(self, place: str, found: object, expected: str) -> None:
        self.problems.append(Problem(self.file, None, place, repr(found)[:60], expected))

    def keys(self, data: object, at: str, names: tuple[str, ...]) -> dict[str, object]:
        if not isinstance(data, dict):
            self.problem(at or "the whole", data, "an object")
            return {}
        for name in sorted(set(data) ^ set(names), key=str):
            known = name in names
            self.problem(
                f"{at}.{name}".lstrip("."),
                "nothing" if known else data[name],
                "a value" if known else "no such key",
            )
        return data

    def text(self, data: dict[str, object], name: str, rule: _Rule, at: str = "") -> str:
        value, (pattern, expected) = data.get(name), rule
        if isinstance(value, str) and pattern.fullmatch(value):
            return value
        if name in data:
            self.problem(f"{at}.{name}".lstrip("."), value, expected)
        return ""

    def number(self, data: dict[str, object], name: str, low: int, high: int, at: str = "") -> int:
        value = data.get(name)
        if isinstance(value, int) and not isinstance(value, bool) and low <= value <= high:
            return value
        if name in data:
            self.problem(f"{at}.{name}".lstrip("."), value, f"a whole number from {low} to {high}")
        return low

    def moment(self, data: dict[str, object], name: str) -> datetime:
        value = data.get(name)
        try:
            moment = datetime.fromisoformat(value) if isinstance(value, str) else None
        except ValueError:
            moment = None
        if moment is not None and moment.tzinfo is not None and moment.isoformat() == value:
            return moment
        self.problem(name, value, "a moment such as 2025-05-18T18:00:00+00:00")
        return datetime.min.replace(tzinfo=UTC)

    def rows(self, data: dict[str, object], name: str) -> list[tuple[int, object]]:
        value = data.get(name)
        if isinstance(value, list):
            return list(enumerate(value))
        if name in data:
            self.problem(name, value, "a list")
        return []
