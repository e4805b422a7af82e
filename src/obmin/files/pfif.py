"""PFIF 1.4 as XML, in and out. What a record may say is `core.pfif`.

A file comes from outside and is never trusted: a document type declaration, and with it every entity, is
refused as soon as it begins; size, depth, records and the length of a field are bounded; nothing is fetched.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any, Final
from xml.parsers import expat
from xml.sax.saxutils import escape

from obmin.core.errors import Incomplete, Problem, Unreadable
from obmin.core.pfif import FIELDS, NAMESPACE, OWN_ID, UNWRITABLE, Fault, Kind, Record, faults

LARGEST: Final = 24 * 1024 * 1024
MOST: Final = 10_000  # records of one kind
LONGEST: Final = 64 * 1024  # signs of one field
DEEPEST: Final = 8
START: Final = 2_000  # bytes in which the root element is looked for
_BETWEEN: Final = "\x1f"  # what parts namespace and name; it cannot stand in XML
_CHUNK: Final = 64 * 1024


@dataclass(frozen=True, slots=True)
class Document:
    """A file as read: its records in order, notes of a person with that person's id; and what is wrong.

    A record with a problem is among the records, too; if it is grave, the record is not `sound`.
    """

    persons: tuple[Record, ...] = ()
    notes: tuple[Record, ...] = ()
    problems: tuple[Problem, ...] = ()


def looks_like(start: bytes) -> bool:
    """Whether a file that begins so is XML of any version of PFIF, to judge by its root element."""
    return b"zesty.ca/pfif" in start[:START] and b"<" in start[:START]


def read(data: bytes, file: str) -> Document:
    """Every record of a file and everything wrong with it, line by line.

    Raises `Unreadable` where it is no PFIF 1.4 at all: broken XML, a declaration, another version, too much.
    """
    if len(data) > LARGEST:
        raise Unreadable(Problem(file, None, None, f"{len(data)} bytes", f"at most {LARGEST} bytes, in parts"))
    reader = _Reader(file)
    try:
        for at in range(0, max(len(data), 1), _CHUNK):
            reader.parser.Parse(data[at : at + _CHUNK], at + _CHUNK >= len(data))
    except expat.ExpatError as error:
        found = f"{expat.errors.messages[error.code]}, at sign {error.offset + 1}"
        raise Unreadable(Problem(file, error.lineno, None, found, "well-formed XML")) from None
    except (LookupError, ValueError) as error:  # an encoding that nobody knows
        raise Unreadable(Problem(file, 1, None, str(error), "UTF-8")) from None
    return _document(reader, file)


def write(records: Iterable[Record]) -> bytes:
    """Records as a PFIF 1.4 document, in their order. The same records give the same bytes.

    Raises `Incomplete` where a record is not what the checker takes.
    """
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f'<pfif:pfif xmlns:pfif="{NAMESPACE}">']
    for record in records:
        if wrong := next(faults(record), None):
            raise Incomplete(f"{record.id}: {wrong.field}: found {wrong.found}; expected {wrong.expected}")
        lines.append(f"  <pfif:{record.kind}>")
        for name in FIELDS[record.kind]:
            if text := record.fields.get(name):
                lines.append(f"    <pfif:{name}>{_written(record, name, text)}</pfif:{name}>")
        lines.append(f"  </pfif:{record.kind}>")
    return "\n".join([*lines, "</pfif:pfif>", ""]).encode()


def _written(record: Record, name: str, text: str) -> str:
    if found := UNWRITABLE.search(text):
        raise Incomplete(f"{record.id}: {name}: the sign U+{ord(found[0]):04X} cannot be written in XML.")
    if text != text.strip():
        raise Incomplete(f"{record.id}: {name}: space around a value would be lost.")
    return escape(text, {"\r": "&#13;"})


@dataclass(slots=True)
class _Open:
    """An element that is open: its namespace, name and line, what it says, and what a record has so far."""

    space: str
    name: str
    line: int
    text: list[str] = field(default_factory=list)
    length: int = 0
    fields: dict[str, str] = field(default_factory=dict)
    others: dict[str, str] = field(default_factory=dict)
    notes: list[int] = field(default_factory=list)  # places of the notes within a person
    sound: bool = True


class _Reader:
    """Takes elements as they come. Of what is nested deeper than PFIF is, only the text is kept."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.parser: Any = expat.ParserCreate(namespace_separator=_BETWEEN)
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self.doctype
        self.parser.EntityDeclHandler = self.doctype
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.text
        self.open: list[_Open] = []
        self.persons: list[Record] = []
        self.notes: list[Record] = []
        self.problems: list[Problem] = []

    @property
    def line(self) -> int:
        return int(self.parser.CurrentLineNumber)

    def doctype(self, *_given: object) -> None:
        found = "a document type declaration"
        raise Unreadable(Problem(self.file, self.line, None, found, "no declaration: it can hide entities"))

    def start(self, tag: str, _attributes: object) -> None:
        space, _, name = tag.rpartition(_BETWEEN)
        if not self.open and (space, name) != (NAMESPACE, "pfif"):
            found = f"the element {name}" + (f" of {space}" if space else " of no namespace")
            raise Unreadable(Problem(self.file, self.line, None, found, f"pfif of {NAMESPACE}"))
        if len(self.open) >= DEEPEST:
            raise Unreadable(Problem(self.file, self.line, name, "elements too deep", f"at most {DEEPEST}"))
        self.open.append(_Open(space, name, self.line))

    def text(self, text: str) -> None:
        if not self.open:
            return
        here = self.open[-1]
        here.length += len(text)
        if here.length > LONGEST:
            expected = f"at most {LONGEST} signs"
            raise Unreadable(Problem(self.file, here.line, here.name, "a longer text", expected))
        here.text.append(text)

    def end(self, _tag: str) -> None:
        here, outer = self.open.pop(), self.open[-1] if self.open else None
        if outer is None:
            return
        within = _kind(outer)
        if (kind := _kind(here)) and (outer.name == "pfif" or (within is Kind.PERSON and kind is Kind.NOTE)):
            self._record(kind, here, outer)
        elif within is not None:
            self._field(within, here, outer)
        elif len(self.open) == 1 and here.space == NAMESPACE:
            self._tell(here.line, here.name, "an element that PFIF 1.4 does not have", "person or note")

    def _record(self, kind: Kind, here: _Open, outer: _Open) -> None:
        record = Record(kind, here.fields, here.others, here.line, here.sound)
        kept = self.persons if kind is Kind.PERSON else self.notes
        if len(kept) >= MOST:
            found = f"more than {MOST} records of the kind {kind}"
            raise Unreadable(Problem(self.file, here.line, kind, found, "files in parts"))
        kept.append(record)
        if kind is Kind.NOTE and outer.name == "person":
            outer.notes.append(len(kept) - 1)
        for place in here.notes:
            self._of_person(place, record)

    def _of_person(self, place: int, person: Record) -> None:
        """A note that stands within a person is about that person, whether it says so or not."""
        note = self.notes[place]
        said = note.fields.get("person_record_id")
        if said is None and person.id:
            self.notes[place] = replace(note, fields={**note.fields, "person_record_id": person.id})
        elif said != person.id:
            self.notes[place] = replace(note, sound=False)
            self._tell(note.line, "person_record_id", f"“{said}”", f"“{person.id}”, within which it stands")

    def _field(self, kind: Kind, here: _Open, outer: _Open) -> None:
        text = "".join(here.text).strip()
        known = here.space == NAMESPACE and here.name in FIELDS[kind]
        name = here.name if here.space == NAMESPACE else f"{{{here.space}}}{here.name}"
        kept = outer.fields if known else outer.others
        if known and name in kept:
            outer.sound = False
            self._tell(outer.line, name, "it twice in one record", "it once")
        elif text or not known:
            kept[name] = text

    def _tell(self, line: int, column: str, found: str, expected: str) -> None:
        self.problems.append(Problem(self.file, line, column, found, expected))


def _kind(element: _Open) -> Kind | None:
    known = element.space == NAMESPACE and element.name in list(Kind)
    return Kind(element.name) if known else None


def _document(reader: _Reader, file: str) -> Document:
    problems, seen = list(reader.problems), set[tuple[Kind, str]]()

    def judged(record: Record) -> Record:
        found = list(faults(record))
        if record.id and (record.kind, record.id) in seen:
            again = f"“{record.id}” in another record, too"
            found.append(Fault(OWN_ID[record.kind], again, "an identifier of its own"))
        seen.add((record.kind, record.id))
        problems.extend(Problem(file, record.line, one.field, one.found, one.expected) for one in found)
        return replace(record, sound=record.sound and not any(one.grave for one in found))

    persons = tuple(judged(record) for record in reader.persons)
    notes = tuple(judged(record) for record in reader.notes)
    return Document(persons, notes, tuple(sorted(problems, key=lambda problem: problem.row or 0)))
