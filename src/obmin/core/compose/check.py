"""Independent proof of a list: from the agreement and the register, person by person, in plain Python.

It imports nothing of what compiles or solves. Each clause that speaks of the party's list and each invariant
gets a verdict with its arithmetic.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Final

import polars as pl

from obmin.core.compose.judge import Person, days_of, judge, span
from obmin.core.person import FIT_TO_TRAVEL, Will, judicially_held
from obmin.core.terms.model import (
    Agreement,
    Amount,
    Clause,
    Count,
    Every,
    Flow,
    Hostilities,
    Key,
    Population,
    Priority,
    Total,
    Version,
)

LIVING: Final = frozenset({"military", "civilian", "retained", "undetermined"})
CapTuple = tuple[int, str | None, str | None, str, bool, str]


@dataclass(frozen=True, slots=True)
class Verdict:
    """`clause` is a clause id or an invariant (`I-1` …, `groups`, `lock …`); `arithmetic` says how it came."""

    clause: str
    ok: bool
    arithmetic: str


@dataclass(frozen=True, slots=True)
class _Line:
    id: str
    phase: str
    to: str
    person: Person


@dataclass(frozen=True, slots=True)
class _Case:
    """All that the verdicts look at."""

    agreement: Agreement
    version: Version
    party: str
    on: date
    people: Mapping[str, Person]
    lines: Sequence[_Line]
    direct: Sequence[str]
    bans: frozenset[str]
    request: bool = False

    def counts(self, flow: Flow, line: _Line) -> bool:
        """Whether a line counts in a flow: never a direct case, never anybody beside the agreement."""
        if flow.receivers and line.to and line.to not in flow.receivers:
            return False
        return self.meant(flow, line.person) is True and not self.beside(line.person)

    def meant(self, flow: Flow, person: Person) -> bool | None:
        """Whether a person is of the flow, by track, name and predicate."""
        if flow.tracks and person.get("category") not in {t.value for t in flow.tracks}:
            return False
        if flow.named and person.get("id") not in flow.named and person.get("name") not in flow.named:
            return False
        return judge(flow.who, person, self.on)

    def beside(self, person: Person) -> bool:
        if person.get("health") == "direct":
            return True
        return any(self.meant(flow, person) is True for flow in self.version.beside)

    def speaks(self, flow: Flow) -> bool:
        """Whether a flow is about people whom the party hands over."""
        if flow.event != "received" or flow.outside or {t.value for t in flow.tracks} & {"remains", "things"}:
            return False
        return not flow.holders or self.party in flow.holders

    def binding(self) -> Iterator[Clause]:
        for clause in self.version.clauses:
            if not clause.given and not clause.unless:
                yield clause

    def may_go(self, person: Person) -> bool:
        """Passed by the guards: consent, fitness, court."""
        return self.consents(person) and self.fit(person) and not self.held(person)

    def consents(self, person: Person) -> bool:
        if self.request:
            return person.get("will") not in (Will.REFUSES, Will.UNDECIDED)
        return person.get("will") == Will.CONSENTS

    def fit(self, person: Person) -> bool:
        if self.request:
            return person.get("fitness") not in ("unfit", "exam-refused")
        if person.get("fitness") not in FIT_TO_TRAVEL:
            return False
        until = days_of(person.get("fitness_until"))
        return until is None or until[0] >= self.on

    def held(self, person: Person) -> bool:
        leave, own = person.get("dp_consent"), person.get("own_consent")
        if self.request:  # whatever nobody has refused may yet be given
            leave, own = ("given" if c != "refused" else c for c in (leave, own))
        return judicially_held(person.get("judicial"), leave, own)

    def open_to(self, person: Person) -> bool:
        """Could stand on the list: guards, officers, exclusions, and some count asks for them."""
        if not self.may_go(person) or person.get("id") in self.bans or self.beside(person):
            return False
        asked = False
        for clause in self.binding():
            form = clause.form
            if isinstance(form, Count) and self.speaks(form.flow) and self.meant(form.flow, person) is True:
                asked = True
            if isinstance(form, Every) and self.speaks(form.flow) and not self._keeps(form, person):
                return False
        return asked

    def _keeps(self, form: Every, person: Person) -> bool:
        return self.meant(form.flow, person) is False or judge(form.that, person, self.on) is True


def check(
    agreement: Agreement,
    register: pl.DataFrame,
    lines: pl.DataFrame | Iterable[Sequence[str]],
    direct: Iterable[str],
    party: str,
    on: date,
    *,
    version: int | None = None,
    request: bool = False,
    bans: Iterable[str] = (),
    locks: Iterable[tuple[str, str]] = (),
    caps: Iterable[CapTuple] = (),
) -> tuple[Verdict, ...]:
    """A verdict for each clause and each invariant.

    lines   (id, phase) or (id, phase, to) of everybody who counts, or a frame with those columns
    direct  ids of the direct cases that go outside the count
    request  the list asks `party` for people: unknown will and fitness are left to it
    """
    people: dict[str, Person] = {}
    twice: Counter[str] = Counter()
    for row in register.iter_rows(named=True):
        twice[row["id"]] += 1
        people[row["id"]] = row
    if isinstance(lines, pl.DataFrame):
        lines = lines.select([c for c in ("id", "phase", "to") if c in lines.columns]).rows()
    read = [_Line(x[0], x[1] or "", (x[2] or "") if len(x) > 2 else "", people.get(x[0], {})) for x in lines]
    case = _Case(
        agreement, agreement.version(version), party, on, people, read, list(direct), frozenset(bans), request
    )
    found = [*_lawful(case), *_guards(case, twice), *_direct(case), *_tracks(case), *_groups(case)]
    for clause in case.binding():
        found += _clause(case, clause)
    found += [*_officers(case, locks), *_caps(case, caps)]
    return tuple(found)


# -- invariants -----------------------------------------------------------------------------------------


def _none(clause: str, wrong: Sequence[str], of: int, what: str) -> Verdict:
    return Verdict(clause, not wrong, f"{len(wrong)} of {of} {what}")


def _lawful(case: _Case) -> Iterator[Verdict]:
    if case.agreement.historic:
        yield Verdict("historic", False, "a historic agreement is never composed")
    if case.agreement.hostilities is Hostilities.CEASED:
        limits = [
            c.id
            for c in case.binding()
            if isinstance(c.form, Count) and case.speaks(c.form.flow) and c.form.amount.high is not None
        ]
        yield _none(
            "I-4", limits, len(case.version.clauses), "clauses hold people back after hostilities ceased"
        )


def _guards(case: _Case, twice: Counter[str]) -> Iterator[Verdict]:
    going = [*(line.id for line in case.lines), *case.direct]
    number = len(going)

    def those(wrong: Callable[[Person], bool]) -> list[str]:
        return [who for who in going if wrong(case.people.get(who, {}))]

    strangers = [who for who in going if who not in case.people]
    yield _none("register", strangers, number, "are not in the register")
    yield _none("I-1", those(lambda p: not case.consents(p)), number, "have not consented")
    yield _none("I-5", those(lambda p: not case.fit(p)), number, "are not fit to travel")
    yield _none("I-6", those(case.held), number, "are held by a court without the consents")
    lines = Counter(going)
    more = [who for who, n in lines.items() if n > 1 or twice[who] > 1]
    yield _none("I-10", more, number, "stand on more than one line")


def _direct(case: _Case) -> Iterator[Verdict]:
    put_forward = set(case.direct)
    due = [who for who, p in case.people.items() if p.get("health") == "direct" and case.may_go(p)]
    left = [who for who in due if who not in put_forward]
    yield _none("I-2", left, len(due), "direct cases that may travel are left out")
    counted = [x.id for x in case.lines if x.person.get("health") == "direct"]
    others = [who for who in case.direct if case.people.get(who, {}).get("health") != "direct"]
    yield _none("I-3", counted + others, len(case.lines), "lines count a direct case, or call one what is none")


def _tracks(case: _Case) -> Iterator[Verdict]:
    """Each line is asked for by a count of its own track alone; no count takes two tracks together."""
    flows = [c.form.flow for c in case.binding() if isinstance(c.form, Count) and case.speaks(c.form.flow)]
    own = [f for f in flows if len({t.value for t in f.tracks} & LIVING) == 1 and len(f.tracks) == 1]
    lost = [x.id for x in case.lines if not any(case.counts(f, x) for f in own)]
    yield _none("I-9", lost, len(case.lines), "lines are asked for by no clause of their own track")


def _groups(case: _Case) -> Iterator[Verdict]:
    where = {line.id: (line.phase, line.to) for line in case.lines}
    groups: dict[str, list[str]] = {}
    for who, person in case.people.items():
        if person.get("group") and (who in where or case.open_to(person)):
            groups.setdefault(str(person["group"]), []).append(who)
    torn = [name for name, members in groups.items() if len({where.get(m) for m in members}) > 1]
    yield _none("groups", torn, len(groups), "groups are not kept together")


def _officers(case: _Case, locks: Iterable[tuple[str, str]]) -> Iterator[Verdict]:
    listed = {line.id: line.phase for line in case.lines}
    if case.bans:
        yield _none("bans", sorted(case.bans & listed.keys()), len(case.bans), "people taken off are listed")
    wanted = list(locks)
    if wanted:
        lost = [who for who, phase in wanted if who not in listed or (phase and listed[who] != phase)]
        yield _none("locks", lost, len(wanted), "locked people are not where they were locked")


def _caps(case: _Case, caps: Iterable[CapTuple]) -> Iterator[Verdict]:
    for most, column, value, phase, per_phase, name in caps:
        heads: Counter[tuple[str, str]] = Counter()
        for line in case.lines:
            cell = (line.person.get(column) or "") if column else ""
            if (phase and line.phase != phase) or (
                column and (not cell or (value is not None and cell != value))
            ):
                continue
            heads[cell, line.phase if per_phase else phase] += 1
        top = max(heads.values(), default=0)
        yield Verdict(name, top <= most, f"at most {top} ≤ {most}")


# -- clauses ----------------------------------------------------------------------------------------------


def _clause(case: _Case, clause: Clause) -> Iterator[Verdict]:
    form = clause.form
    if isinstance(form, Count) and case.speaks(form.flow):
        yield _count(case, clause.id, form)
    elif isinstance(form, Every) and case.speaks(form.flow):
        wrong = [x.id for x in case.lines if not case.beside(x.person) and not case._keeps(form, x.person)]
        yield _none(clause.id, wrong, len(case.lines), "lines are, or may be, against it")
    elif isinstance(form, Total):
        yield from _total(case, clause.id, form)
    elif isinstance(form, Priority) and case.speaks(form.flow):
        yield _priority(case, clause.id, form)


def _measured(case: _Case, form: Count, phase: str = "") -> Fraction:
    lines = [x for x in case.lines if (not phase or x.phase == phase) and case.counts(form.flow, x)]
    if form.value is None:
        return Fraction(len(lines))
    table = case.agreement.table(form.value)
    worth = dict(table.values)
    able = [x.person for x in lines if x.person.get("health") == "none"]
    return sum((worth.get(p.get(table.column) or "", table.other) or Fraction(0) for p in able), Fraction(0))


def _against(amount: Amount, have: Fraction) -> tuple[bool, str]:
    if amount.about is not None:
        return have == int(amount.about), f"{have} for about {int(amount.about)}"
    low = amount.low.number if amount.low is not None else None
    high = amount.high.number if amount.high is not None else None
    ok = (low is None or have >= low) and (high is None or have <= high)
    if low is not None and low == high:
        return ok, f"{have} {'=' if ok else '≠'} {low}"
    wanted = " to ".join(str(b) for b in (low, high) if b is not None)
    side = "at least " if high is None else "at most " if low is None else ""
    return ok, f"{have} for {side}{wanted}" if wanted else f"{have}"


def _count(case: _Case, id: str, form: Count) -> Verdict:
    if form.per_day:
        days = [p.id for p in case.version.phases] or [""]
        parts = [_against(form.amount, _measured(case, form, day)) for day in days]
        return Verdict(id, all(ok for ok, _ in parts), "; ".join(said for _, said in parts))
    ok, said = _against(form.amount, _measured(case, form))
    if form.amount.population is not None:
        ok, said = _everybody(case, form, case.agreement.population(form.amount.population))
    parts = [(ok, said)]
    for phase, amount in form.by_phase:
        kept, words = _against(amount, _measured(case, form, phase))
        parts.append((kept, f"{phase}: {words}"))
    named = [n for n in form.flow.named if not any(n in (x.id, x.person.get("name")) for x in case.lines)]
    if named and form.amount.exactly == len(form.flow.named):
        parts.append((False, f"{len(named)} of those named are not listed"))
    return Verdict(id, all(ok for ok, _ in parts), "; ".join(said for _, said in parts))


def _everybody(case: _Case, form: Count, population: Population) -> tuple[bool, str]:
    flow = Flow(tracks=population.tracks, who=population.who)
    of = [
        who
        for who, p in case.people.items()
        if case.meant(flow, p) is True and case.meant(form.flow, p) is True
    ]
    listed = {x.id for x in case.lines}
    left = [who for who in of if who not in listed and case.open_to(case.people[who])]
    return not left, f"{len(of)} declared, {len(listed & set(of))} listed, {len(left)} left out who could go"


def _total(case: _Case, id: str, form: Total) -> Iterator[Verdict]:
    parts: list[Count] = []
    for clause in case.binding():
        if clause.id in form.of and isinstance(clause.form, Count) and case.speaks(clause.form.flow):
            parts.append(clause.form)
    if len(parts) != len(form.of) or any(p.value is not None for p in parts):
        return
    found = [_against(form.amount, sum((_measured(case, p) for p in parts), Fraction(0)))]
    for phase, amount in form.by_phase:
        ok, said = _against(amount, sum((_measured(case, p, phase) for p in parts), Fraction(0)))
        found.append((ok, f"{phase}: {said}"))
    yield Verdict(id, all(ok for ok, _ in found), "; ".join(said for _, said in found))


def _priority(case: _Case, id: str, form: Priority) -> Verdict:
    """Nobody who could have gone and was left behind stood before one who went."""
    listed = {x.id for x in case.lines}
    went: list[tuple[float, ...]] = []
    left: list[tuple[float, ...]] = []
    for name, person in case.people.items():
        if case.meant(form.flow, person) is not True:
            continue
        if name in listed:
            went.append(_rank(case, form.keys, person))
        elif case.open_to(person):
            left.append(_rank(case, form.keys, person))
    last = max(went, default=None)
    overtaken = sum(1 for rank in left if last is not None and rank < last)
    return Verdict(id, overtaken == 0, f"{overtaken} of {len(left)} left behind stood before the last who goes")


def _rank(case: _Case, keys: Sequence[Key], person: Person) -> tuple[float, ...]:
    return tuple(_one(case, key, person) for key in keys)


def _one(case: _Case, key: Key, person: Person) -> float:
    if key.who is not None:
        return 0.0 if judge(key.who, person, case.on) is True else 1.0
    column = key.column or ""
    dated = column in ("birth_date", "captured_on", "fitness_until", "will_on")
    found = span(column, person, case.on, dated)
    if found is None:
        return float("inf")
    low, high = found
    # of what a vague date can mean, the earliest day counts
    value = high if column in ("age", "captive_days") else low
    return -value if key.descending else value
