"""What is known of a person, by secrecy class: each is sealed, read and erased apart from the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the person is, as this register now writes it. How each source wrote it is in the claims."""

    name: str = ""
    romanised: str = ""
    surname: str = ""
    given: str = ""
    patronymic: str = ""
    birth_date: str = ""
    sex: str = "0"
    citizenship: str = ""
    service_number: str = ""
    rank: str = ""
    rank_code: str = ""
    unit: str = ""
    branch: str = ""
    number: str = ""  # the source's own: a claim


@dataclass(frozen=True, slots=True)
class Claims:
    """The parts of a name, and numbers, as one source wrote them, by kind. Never overwritten.

    `unsaid` says of what is missing why: `not-asked`, `declined` or `unknown`. `basis` is what the identity
    rests on: `stated`, `document`, `other-means`.
    """

    values: Mapping[str, str] = field(default_factory=dict)
    unsaid: Mapping[str, str] | None = None
    basis: str | None = None


@dataclass(frozen=True, slots=True)
class Custody:
    """Where and since when the person is held, or was last seen."""

    captured_on: str = ""
    facility: str = ""
    region: str = ""
    tags: str = ""


@dataclass(frozen=True, slots=True)
class Family:
    """People to be kept together share a group."""

    group: str = ""


@dataclass(frozen=True, slots=True)
class Medical:
    """Eligibility and fitness; `basis` is `claim` (can exclude, never clear) or `act` (a doctor's)."""

    health: str = "unknown"
    fitness: str = "unknown"
    fitness_until: str = ""
    finding: str = ""  # what the receiving doctor must prepare for
    basis: str = "claim"
    by: str = ""
    on: str = ""


@dataclass(frozen=True, slots=True)
class Wish:
    """The person's own will, from a private interview. Reasons stay with the interviewer."""

    will: str = "unknown"
    on: str = ""
    basis: str = "claim"
    by: str = ""


@dataclass(frozen=True, slots=True)
class Court:
    """What the judiciary holds against the person, and whose consent stands on paper."""

    judicial: str = "none"
    dp_consent: str = "none"
    own_consent: str = "none"
    basis: str = "claim"
    by: str = ""


@dataclass(frozen=True, slots=True)
class Theirs:
    """A line as the other side wrote it: the name, and the other columns as sent."""

    name: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for a pair and against it: in words, and by field (level of agreement, bits × 1,000)."""

    text: str = ""
    levels: Mapping[str, str] = field(default_factory=dict)
    millibits: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Said:
    """What an answer on a pair rests on: words, ready reasons by their names, fields of the two records."""

    words: str = ""
    grounds: Sequence[str] = ()
    rests_on: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Testimony:
    """One piece of evidence of somebody sought: what it says, whose it is, how it is graded, on which day."""

    says: str = ""
    kind: str = ""
    reliability: str = ""
    credibility: str = ""
    origin: str = ""  # who saw or said it first
    on: str = ""
    document: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class Referred:
    """What a tracing service was told of a person: fields of PFIF."""

    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ServiceNote:
    """A note of a tracing service as it came: fields of PFIF, and others by their name."""

    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Summary:
    """What the sending doctor tells the receiving one about a person who comes home."""

    sex: str = "0"
    health: str = "unknown"
    fitness: str = "unknown"
    finding: str = ""


@dataclass(frozen=True, slots=True)
class Searched:
    """What was searched before somebody was written down as new; `shown` are keys, best first.

    `ticket` tells this search from every other.
    """

    words: str = ""
    ticket: str = ""
    shown: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Correction:
    """One field of an identity, before and after."""

    field: str = ""
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Happening:
    """An event of custody: when (ISO 8601), where, by which paper; of a death the report of examination."""

    on: str = ""
    place: str = ""
    region: str = ""
    document: str = ""
    examination: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks after somebody: a relative, or a unit that reports them missing."""

    name: str = ""
    kin: str = ""
    contact: str = ""
    through: str = ""  # relative, unit


@dataclass(frozen=True, slots=True)
class Telling:
    """What those who ask were told, when (ISO 8601), in which words, and which paper confirms it."""

    on: str = ""
    fact: str = ""  # of core.asking.Fact
    words: str = ""
    document: str = ""


@dataclass(frozen=True, slots=True)
class Intake:
    """What the source of a list is called, in an officer's own words."""

    source: str = ""


@dataclass(frozen=True, slots=True)
class SourceColumns:
    """What each head of a source's lists means: a column of the register table, or nothing."""

    columns: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Upload:
    """How a list lies in its file, and what its columns mean. `row` is that of the head, from 0; -1: none."""

    file: str = ""
    sheet: str = ""
    encoding: str = ""
    sign: str = ""
    row: int = -1
    written: Sequence[str] = ()
    columns: Sequence[str] = ()
    others: Sequence[str] = ()  # sheets that were not read
    source: str = ""
    has: Sequence[str] = ()  # columns that any row has, once it was read


@dataclass(frozen=True, slots=True)
class Parked:
    """A row as read, what stood in the cells that were put right, and what was found in it.

    Each finding is its weight, code, column, cell and what it adds (`core.intake.Finding`).
    """

    values: Mapping[str, str] = field(default_factory=dict)
    written: Mapping[str, str] = field(default_factory=dict)
    findings: Sequence[Sequence[str]] = ()


@dataclass(frozen=True, slots=True)
class Notified:
    """What a notice told, by item of Article 122; what the person did not say is not there."""

    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Inspection:
    """What a monthly inspection found: when (ISO 8601), the weight in kg, what the doctor wrote."""

    on: str = ""
    weight: str = ""
    finding: str = ""
