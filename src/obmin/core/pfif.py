"""People and notes as tracing services exchange them: PFIF 1.4 (People Finder Interchange Format, 2012).

Which fields a record has, what may stand in each, what of somebody sought a service is told, and what of a
service's person a list of ours would say. The XML is `files.pfif`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Final

from obmin.core.record import Identity

NAMESPACE: Final = "http://zesty.ca/pfif/1.4"


class Kind(StrEnum):
    PERSON = "person"
    NOTE = "note"


FIELDS: Final[Mapping[Kind, tuple[str, ...]]] = {  # in the order of the specification
    Kind.PERSON: (
        "person_record_id", "entry_date", "expiry_date", "author_name", "author_email", "author_phone",
        "source_name", "source_date", "source_url", "full_name", "given_name", "family_name", "alternate_names",
        "description", "sex", "date_of_birth", "age", "home_street", "home_neighborhood", "home_city",
        "home_state", "home_postal_code", "home_country", "photo_url", "profile_urls",
    ),
    Kind.NOTE: (
        "note_record_id", "person_record_id", "linked_person_record_id", "entry_date", "author_name",
        "author_email", "author_phone", "source_date", "author_made_contact", "status",
        "email_of_found_person", "phone_of_found_person", "last_known_location", "text", "photo_url",
    ),
}  # fmt: skip
REQUIRED: Final[Mapping[Kind, tuple[str, ...]]] = {
    Kind.PERSON: ("person_record_id", "source_date", "full_name"),
    Kind.NOTE: ("note_record_id", "person_record_id", "author_name", "source_date", "text"),
}
OWN_ID: Final[Mapping[Kind, str]] = {Kind.PERSON: "person_record_id", Kind.NOTE: "note_record_id"}
PLACEHOLDER: Final = frozenset({"person_record_id", "entry_date", "expiry_date", "source_date"})
SEXES: Final = ("male", "female", "other")


class Status(StrEnum):
    """What a note says of the person."""

    SOUGHT = "information_sought"
    AUTHOR = "is_note_author"
    ALIVE = "believed_alive"
    MISSING = "believed_missing"
    DEAD = "believed_dead"


_LABEL: Final = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_DOMAIN: Final = re.compile(rf"(?=.{{1,253}}$){_LABEL}(\.{_LABEL})+", re.IGNORECASE | re.ASCII)
_MOMENT: Final = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d+)?Z", re.ASCII)
_BORN: Final = re.compile(r"\d{4}(-\d\d(-\d\d)?)?", re.ASCII)
_AGE: Final = re.compile(r"(\d{1,3})(?:-(\d{1,3}))?", re.ASCII)
_URL: Final = re.compile(r"https?://[^\s/]+(/\S*)?", re.IGNORECASE)
_ID: Final = "a domain, a slash and an identifier, such as example.org/person.1"
_WHEN: Final = "a moment in UTC: yyyy-mm-ddThh:mm:ssZ"
_EXPECTED: Final[Mapping[str, str]] = {
    "person_record_id": _ID, "note_record_id": _ID, "linked_person_record_id": _ID, "entry_date": _WHEN,
    "expiry_date": _WHEN, "source_date": _WHEN, "sex": ", ".join(SEXES), "status": ", ".join(Status),
    "date_of_birth": "a date: yyyy-mm-dd, yyyy-mm or yyyy", "age": "years: 34 or 30-40",
    "author_made_contact": "true or false", "author_email": "an e-mail address",
    "email_of_found_person": "an e-mail address", "home_country": "two capitals: ISO 3166-1 alpha-2",
    "photo_url": "an address: https://…", "source_url": "an address: https://…",
    "profile_urls": "an address a line: https://…",
}  # fmt: skip
# Signs that XML 1.0 cannot write at all, not even escaped (section 2.2, Char).
UNWRITABLE: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong in a record: its field, what was found, what was expected; `grave`: nobody can rely on
    the record before it is put right."""

    field: str
    found: str
    expected: str
    grave: bool = True


@dataclass(frozen=True, slots=True)
class Record:
    """A person or a note. `fields` are those of PFIF 1.4 that have anything, without space around them;
    `others` are elements that the specification does not know, those of another namespace as `{namespace}name`;
    `line` is where it begins in its file; `sound`: nothing grave is wrong with it."""

    kind: Kind
    fields: Mapping[str, str]
    others: Mapping[str, str] = field(default_factory=dict)
    line: int = 0
    sound: bool = True

    @property
    def id(self) -> str:
        return self.fields.get(OWN_ID[self.kind], "")

    @property
    def placeholder(self) -> bool:
        """Whether it is what stays of a record that expired: its content is gone, and is to go everywhere."""
        here = set(self.fields)
        return self.kind is Kind.PERSON and "expiry_date" in here and here <= PLACEHOLDER

    def expired(self, now: datetime) -> bool:
        """Whether its content may no longer be used at `now`."""
        until = moment(self.fields.get("expiry_date", ""))
        return self.placeholder or (until is not None and until <= now)


def faults(record: Record) -> Iterator[Fault]:
    """Everything that is wrong in one record by itself."""
    for name in REQUIRED[record.kind]:
        if not record.fields.get(name) and not (record.placeholder and name == "full_name"):
            yield Fault(name, "nothing", _EXPECTED.get(name, "a text"))
    for name, text in record.fields.items():
        if not _holds(name, text):
            yield Fault(name, f"“{text[:60]}”", _EXPECTED[name])
    for name in record.others:
        if not name.startswith("{"):  # of another namespace: an extension, which may stand there
            yield Fault(
                name, "a field that PFIF 1.4 does not have", f"one of: {', '.join(FIELDS[record.kind])}"
            )


def _holds(name: str, text: str) -> bool:
    match name:
        case "person_record_id" | "note_record_id" | "linked_person_record_id":
            domain, slash, local = text.partition("/")
            return bool(slash and local.strip() and is_domain(domain))
        case "entry_date" | "expiry_date" | "source_date":
            return moment(text) is not None
        case "date_of_birth":
            return bool(_BORN.fullmatch(text)) and _is_date(text)
        case "age":
            found = _AGE.fullmatch(text)
            return bool(found) and (found[2] is None or int(found[1]) <= int(found[2]))  # type: ignore[index]
        case "sex":
            return text in SEXES
        case "status":
            return text in list(Status)
        case "author_made_contact":
            return text in ("true", "false")
        case "author_email" | "email_of_found_person":
            return bool(re.fullmatch(r"[^\s@]+@[^\s@]+", text))
        case "home_country":
            return bool(re.fullmatch("[A-Z]{2}", text))
        case "photo_url" | "source_url":
            return bool(_URL.fullmatch(text))
        case "profile_urls":
            return all(_URL.fullmatch(line.strip()) for line in text.splitlines() if line.strip())
    return True


def is_domain(text: str) -> bool:
    """Whether records can be named under it: a domain of two labels or more (RFC 1123, section 2.1)."""
    return bool(_DOMAIN.fullmatch(text))


def moment(text: str) -> datetime | None:
    """A moment as PFIF writes it, to the second; `None` where it is none."""
    found = _MOMENT.fullmatch(text)
    try:
        return datetime.fromisoformat(found[1]).replace(tzinfo=UTC) if found else None
    except ValueError:
        return None


def written(when: datetime) -> str:
    """A moment as PFIF writes it."""
    return f"{when.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(f"{text}-01-01"[:10])
    except ValueError:
        return False
    return True


# Out: what a tracing service is told.

SEARCHED: Final = frozenset({"OPEN", "CAPTIVE_UNCONFIRMED", "DEATH_REPORTED"})
_SEX: Final = {"1": "male", "2": "female", "m": "male", "f": "female"}
SOUGHT_TEXT: Final = "Information about this person is sought."


class Out(StrEnum):
    """Why somebody sought is left out of what a service is told."""

    ERASED = "erased"
    NOT_OPENED = "not-opened"  # reported; a registrar has not opened the search
    FOUND = "found"  # confirmed, returned, identified or closed: there is nothing to ask
    NAMELESS = "nameless"


def left_out(state: str, who: Identity | None) -> Out | None:
    """Whether a service may be told of somebody in this state: `None` where it may."""
    if who is None:
        return Out.ERASED
    if state == "REPORTED":
        return Out.NOT_OPENED
    if state not in SEARCHED:
        return Out.FOUND
    return None if _plain(who.name) else Out.NAMELESS


@dataclass(frozen=True, slots=True)
class Teller:
    """Who tells: the domain of the records, the instance's name, when, and until when it may be kept."""

    domain: str
    name: str
    now: datetime
    until: datetime


def told(local: str, who: Identity, teller: Teller) -> tuple[Record, Record]:
    """What a service is told of somebody sought: the person, and the note that information is sought.

    Names in each script, sex and birth date, and nothing else: no number, unit or rank, no place, nobody's
    contact, not what we believe of them. `local` is their identifier for services, not our key.
    """
    when, own = written(teller.now), f"{teller.domain}/{local}"
    person = {
        "person_record_id": own,
        "entry_date": when,
        "expiry_date": written(teller.until),
        "author_name": teller.name,
        "source_name": teller.name,
        "source_date": when,
        "full_name": _plain(who.name),
        "given_name": _plain(who.given),
        "family_name": _plain(who.surname),
        "alternate_names": "" if who.romanised == who.name else _plain(who.romanised),
        "sex": _SEX.get(who.sex, ""),
        "date_of_birth": who.birth_date if _holds("date_of_birth", who.birth_date) else "",
    }
    told_of = _record(Kind.PERSON, person)
    return told_of, note_of(told_of)


def note_of(person: Record) -> Record:
    """The note that information on a person of ours is sought."""
    known = person.fields
    note = {
        "note_record_id": f"{person.id}.sought",
        "person_record_id": person.id,
        "entry_date": known["entry_date"],
        "author_name": known["author_name"],
        "source_date": known["source_date"],
        "status": Status.SOUGHT.value,
        "text": SOUGHT_TEXT,
    }
    return _record(Kind.NOTE, note)


def withdrawn(local: str, teller: Teller) -> Record:
    """What takes a person back from services: a placeholder that expires at once."""
    when = written(teller.now)
    named = {"person_record_id": f"{teller.domain}/{local}"}
    return _record(Kind.PERSON, named | dict.fromkeys(("entry_date", "expiry_date", "source_date"), when))


def _record(kind: Kind, values: Mapping[str, str]) -> Record:
    return Record(kind, {name: values[name] for name in FIELDS[kind] if values.get(name)})


def _plain(text: str) -> str:
    """A text in signs that XML can write, on one line."""
    return " ".join(UNWRITABLE.sub("", text).split())


# In: what a list of ours would say.

COLUMNS: Final[Mapping[str, str]] = {  # of a list, and the field that fills each
    "id": "person_record_id",
    "surname": "family_name",
    "given": "given_name",
    "name": "full_name",
    "birth_date": "date_of_birth",
    "sex": "sex",
}
_MEANS: Final = frozenset(
    {*PLACEHOLDER, "full_name", "given_name", "family_name", "sex", "date_of_birth", "age"}
)  # what `row` reads, or what tells one record from another


def row(person: Record) -> dict[str, str]:
    """A service's person as cells of a list. Who has an age and no birth date is born in one of two years, or
    more: the cell says so, and reads as doubtful."""
    known = person.fields
    parts = bool(known.get("family_name") and known.get("given_name"))
    return {
        "id": person.id,
        "surname": known["family_name"] if parts else "",
        "given": known["given_name"] if parts else "",
        "name": known.get("full_name", ""),
        "birth_date": known.get("date_of_birth") or _born(known),
        "sex": known.get("sex", ""),
    }


def without_column(person: Record) -> tuple[str, ...]:
    """The fields of a service's person that no column of a list has; they stay in the file."""
    return (*(name for name in person.fields if name not in _MEANS), *person.others)


def _born(known: Mapping[str, str]) -> str:
    found, on = _AGE.fullmatch(known.get("age", "")), moment(known.get("source_date", ""))
    if found is None or on is None:
        return ""
    least, most = int(found[1]), int(found[2] or found[1])
    return f"{(on + timedelta(days=1)).year - most - 1}-{on.year - least}"
