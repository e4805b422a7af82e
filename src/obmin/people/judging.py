"""What becomes of each row of a list, held against its own list and against the register as it stands."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from obmin.core import intake as lists
from obmin.core import record
from obmin.core.intake import Finding, Index, Known, Line, Verdict, Weight
from obmin.people import records
from obmin.people.models import Parked, Person, Register
from obmin.people.records import TOGETHER
from obmin.people.register import AS_WRITTEN, Marked, known_by, marked

OF_REGISTER: Final = frozenset({"on-register", "other-person"})  # findings that the register has a part in
OF_LIST: Final = frozenset({"row-again", "repeats", "id-again"})  # and those of rows of one list


@dataclass(slots=True)
class Ground:
    """The people of a register as rows are held against them; brought up to date by `anew`, act after act.

    `own` gives the editions (`Identity.edition`) of people whom the very list brought that is being judged: its
    rows were held against each other already, and how it is portioned decides nothing.
    """

    register: Register
    own: Callable[[], Sequence[int]] = tuple
    intake: str = ""  # of the very list, once it has one: what it parked itself does not count
    _index: Index = field(default_factory=Index)
    _edition: int = -1
    _into: dict[str, str] = field(default_factory=dict)
    _stale: bool = True

    def anew(self) -> None:
        """From now on rows are held against what the register has become."""
        self._stale = True

    def near(self, here: Known) -> list[Finding]:
        """Who on the register the row may be."""
        if self._stale:
            self._read()
        keys = dict.fromkeys(self._into.get(other.key, other.key) for other in self._index.near(here))
        return [Finding(Weight.DOUBT, "on-register", more=key) for key in keys]

    def waiting(self, rows: Sequence[Marked]) -> set[str]:
        """The marks of those rows that other lists brought and that wait, or were decided, already."""
        marks = [row.seen for row in rows]
        found: set[str] = set()
        for at in range(0, len(marks), TOGETHER):
            parked = Parked.objects.filter(register=self.register, mark__in=marks[at : at + TOGETHER])
            found.update(parked.exclude(intake=self.intake).values_list("mark", flat=True))
        return found

    def known(self, rows: Sequence[Marked]) -> dict[str, tuple[str, str]]:
        """Whose rows these are, by the mark of their number: their key, and the mark of the row."""
        found = known_by(self.register, [row.mark for row in rows])
        if own := self.own():
            mine = Person.objects.filter(register=self.register, identity__edition__in=own)
            ours = set(mine.values_list("pk", flat=True))
            found = {mark: held for mark, held in found.items() if held[0] not in ours}
        return found

    def _read(self) -> None:
        for key, edition, who in records.written_since(self.register, self._edition, self.own()):
            if who:
                self._index.add(lists.known(key, who))
            else:
                self._index.drop(key)
            self._edition = max(self._edition, edition)
        merged = Person.objects.filter(register=self.register).exclude(into=None)
        self._into = dict(merged.values_list("key", "into_id"))
        self._stale = False


def judged(lines: Sequence[Line], register: Register, source: str) -> list[Line]:
    """The same lines, each with what becomes of it in this register, and whom it may be."""
    return Judging(lines, source, Ground(register)).all()


class Judging:
    """Rows of a list before their judgement, and what is said of them wherever the register does not count."""

    def __init__(self, lines: Sequence[Line], source: str, ground: Ground) -> None:
        self.lines = [_bare(line) for line in lines]
        self.people = [line for line in self.lines if line.passed is None]
        self.rows = marked(source, [as_row(line) for line in self.people])
        self.ground = ground
        self._again: dict[int, Finding] | None = None

    def all(self) -> list[Line]:
        """Every line of the list, each with what becomes of it."""
        found = {line.number: line for line in self.portion(slice(None))}
        return [found.get(line.number, line) for line in self.lines]

    def portion(self, portion: slice) -> list[Line]:
        """Some of the people of the list, each with what becomes of the row as the register stands now."""
        people, rows, ground = self.people[portion], self.rows[portion], self.ground
        ground.anew()
        known, waiting = ground.known(rows), ground.waiting(rows)
        changed = [known[row.mark][0] for row in rows if row.mark in known and known[row.mark][1] != row.seen]
        before = {key: _known(key, who) for key, who in records.identities(changed).items()}
        fresh = any(row.mark not in known and row.seen not in waiting for row in rows)
        again = self.again() if fresh or changed else {}
        return [
            _judged(line, row, known, waiting, again.get(line.number), before, ground)
            for line, row in zip(people, rows, strict=True)
        ]

    def again(self) -> dict[int, Finding]:
        """For rows that stand in the list once more: what to say of them."""
        if self._again is None:
            self._again = lists.doubles(self.lines)
            first: dict[str, int] = {}
            for line, row in zip(self.people, self.rows, strict=True):
                if (before := first.setdefault(row.mark, line.number)) != line.number:
                    self._again.setdefault(line.number, Finding(Weight.DOUBT, "row-again", more=str(before)))
        return self._again


def _judged(
    line: Line,
    row: Marked,
    known: Mapping[str, tuple[str, str]],
    waiting: set[str],
    again: Finding | None,
    before: Mapping[str, Known],
    ground: Ground,
) -> Line:
    findings = (*line.findings, again) if again else line.findings
    line = replace(line, findings=findings)
    if line.weight is Weight.REFUSE:
        return replace(line, verdict=Verdict.REFUSED)
    key, seen = known.get(row.mark, ("", ""))
    if row.seen in waiting or seen == row.seen or (again and again.code == "repeats"):
        return replace(line, verdict=Verdict.SAME)
    here = lists.known(str(line.number), line.values)
    if key and (held := before.get(key)) and lists.contradicts(here, held):
        own = str(line.values.get("id") or line.values.get("service_number", ""))
        return _doubtful(line, [Finding(Weight.DOUBT, "other-person", found=own, more=key)])
    if line.weight is Weight.DOUBT:
        return _doubtful(line, [] if key else ground.near(here))
    if key:
        return replace(line, verdict=Verdict.CHANGED)
    if near := ground.near(here):
        return _doubtful(line, near)
    return replace(line, verdict=Verdict.NEW)


def _doubtful(line: Line, more: Iterable[Finding]) -> Line:
    return replace(line, findings=(*line.findings, *more), verdict=Verdict.DOUBTFUL)


def _bare(line: Line) -> Line:
    """A line without what an earlier judgement said of it."""
    kept = tuple(one for one in line.findings if one.code not in OF_REGISTER | OF_LIST)
    return replace(line, findings=kept, verdict=Verdict.NEW)


def meant_by(findings: Iterable[Finding]) -> frozenset[str]:
    """The keys of people of the register whom findings speak of."""
    return frozenset(one.more for one in findings if one.code in OF_REGISTER)


def as_row(line: Line) -> dict[str, str]:
    """A line as the register takes it: its values, what stood in the cells, and a number of its own.

    Without a number in the list the person's own number serves, or the name and the date of birth.
    """
    values = dict(line.values)
    own = values.get("id") or values.get("service_number")
    if not own and not any(values.get(name) for name in ("surname", "given", "patronymic", "name")):
        own = f"line {line.number}"
    if not own:
        parts = (values.get(name, "") for name in ("surname", "given", "patronymic", "name", "birth_date"))
        own = " ".join(" ".join(parts).casefold().split())
    values["id"] = own
    if group := {column: text for column, text in line.written.items() if column in values}:
        values |= {f"{AS_WRITTEN}{column}": text for column, text in group.items()}
    return values


def _known(key: str, who: record.Identity) -> Known:
    names = ("surname", "given", "patronymic", "name", "birth_date", "service_number")
    return lists.known(key, {name: getattr(who, name) for name in names})
