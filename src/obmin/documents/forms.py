"""The papers that Obmin prints, as plain data. Nothing here reads a clock, a database or a file.

Health, will and court are in none of the lists: a reader sees that a person goes and in which count, never
why. Forms B and E are the Third Geneva Convention's own (Annex IV); E alone names a wound or an illness, and
goes to the person examined and to the two Powers (Annex II Art. 11).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Literal

Language = Literal["en", "uk"]


class Kind(StrEnum):
    LIST = "list"
    MANIFEST = "manifest"
    TRANSFER_ACT = "transfer-act"
    CERTIFICATE = "repatriation-certificate"
    CAPTURE_CARD = "capture-card"


@dataclass(frozen=True, slots=True)
class Made:
    """When and by whom a paper was printed, and which filter it shows; `training`: nobody on it is real."""

    at: datetime
    by: str
    scope: str = ""
    training: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One person on a list, a manifest or an act. Dates are ISO, whole or partial; empty is unknown.

    `code`: the opaque code of the person's card. `mark`: a code of the wording file (`state.…`).
    `counted`: inside the agreed number; people under Art. 110 travel outside it.
    """

    number: int
    name: str
    romanised: str = ""
    birth_date: str = ""
    rank: str = ""
    track: str = ""
    mark: str = ""
    ground: str = ""
    place: str = ""
    vehicle: str = ""
    code: str = ""
    phase: str = ""
    counted: bool = True


@dataclass(frozen=True, slots=True)
class PeopleList:
    """A list as composed or frozen. `fingerprint`: SHA-256 in hex of what the list says."""

    title: str
    about: str
    rows: tuple[Row, ...]
    fingerprint: str
    made: Made


@dataclass(frozen=True, slots=True)
class Crossing:
    """Who hands over to whom, where and when. Parties are codes of the wording file or as written."""

    exchange: str
    phase: str
    giver: str
    taker: str
    place: str
    on: date


@dataclass(frozen=True, slots=True)
class Manifest:
    """The complete list before departure (Art. 46), frozen before anybody boards."""

    crossing: Crossing
    rows: tuple[Row, ...]
    fingerprint: str
    made: Made


@dataclass(frozen=True, slots=True)
class TransferAct:
    """The act with its annexed nominal list. `rows`: those received; `exceptions`: those who were not.

    `fingerprint`: SHA-256 in hex of the act's signed bytes. `signed`: which parties' signatures hold under it.
    """

    crossing: Crossing
    rows: tuple[Row, ...]
    exceptions: tuple[Row, ...]
    intermediary: str
    fingerprint: str
    signed: tuple[str, ...]
    made: Made


@dataclass(frozen=True, slots=True)
class Certificate:
    """Form E: what the Mixed Medical Commission decided about one person.

    `decision`: `A` direct repatriation, `B` a neutral country, `NC` the next commission looks again.
    """

    on: date
    camp: str
    hospital: str
    surname: str
    given: str
    birth_date: str
    rank: str
    army_number: str
    prisoner_number: str
    finding: str
    decision: Literal["A", "B", "NC"]


@dataclass(frozen=True, slots=True)
class Certificates:
    certificates: tuple[Certificate, ...]
    made: Made


HEALTH = ("good", "not-wounded", "recovered", "convalescent", "sick", "slightly-wounded", "seriously-wounded")


@dataclass(frozen=True, slots=True)
class CaptureCard:
    """Form B: the card to the Central Agency. It has no room for remarks, and this class has none either.

    One of `captured_on` and `coming_from` is set. `health` is one of `HEALTH`, or empty: ticked by hand.
    """

    power: str
    surname: str
    given: str
    father: str
    birth_date: str
    birth_place: str
    rank: str
    service_number: str
    kin_address: str
    captured_on: str
    coming_from: str
    health: str
    prisoner_number: str
    camp: str
    on: date


@dataclass(frozen=True, slots=True)
class CaptureCards:
    cards: tuple[CaptureCard, ...]
    made: Made


Form = PeopleList | Manifest | TransferAct | Certificates | CaptureCards
