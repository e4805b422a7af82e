"""Does an agreement make sense? Every name resolves, numbers agree, days are in order, triggers can come."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from obmin.core.errors import Problem
from obmin.core.terms.model import (
    HELD,
    RECEIVED,
    Act,
    Agreement,
    All,
    Amount,
    Clause,
    Count,
    Every,
    Flow,
    Form,
    Is,
    Judged,
    Linear,
    Moment,
    Not,
    Order,
    Predicate,
    Priority,
    Relation,
    Total,
    Version,
    Window,
    Within,
)
from obmin.core.terms.predicates import bound_kind, bound_value, leaves
from obmin.core.terms.standard import EVENTS


@dataclass
class Report:
    """Collects problems of one version at their places."""

    agreement: Agreement
    version: Version
    position: int
    problems: list[Problem] = field(default_factory=list)

    def at(self, path: str, found: str, expected: str) -> None:
        line, column = self.agreement.place_of(path)
        problem = Problem(self.agreement.file, line, column, found, expected)
        if problem not in self.problems:
            self.problems.append(problem)

    def clause(self, clause: Clause, key: str, found: str, expected: str) -> None:
        self.at(f"{clause.path}.{key}" if key else clause.path, f"clause {clause.id}: {found}", expected)


def key_of(form: Form) -> str:
    """The key under which a form stands in the file."""
    match form:
        case Count():
            return "count"
        case Total():
            return "total"
        case Every():
            return "none" if isinstance(form.that, Not) else "every"
        case Act():
            return form.modality.value
        case Order():
            return "order"
        case Priority():
            return "priority"


def forms(clause: Clause) -> Iterator[tuple[str, Form]]:
    """The form of a clause and of each reading, with its key in the file."""
    if clause.form is not None:
        yield key_of(clause.form), clause.form
    for position, reading in enumerate(clause.readings):
        yield f"readings.{position}.{key_of(reading.form)}", reading.form


def flow_of(form: Form) -> Flow | None:
    match form:
        case Count(flow=flow) | Every(flow=flow) | Priority(flow=flow):
            return flow
        case Act(for_each=flow):
            return flow
        case _:
            return None


def meaning(agreement: Agreement) -> list[Problem]:
    """Every contradiction and every name that leads nowhere."""
    found: list[Problem] = []
    for position, version in enumerate(agreement.versions):
        report = Report(agreement, version, position)
        _whole(report)
        for clause in version.clauses:
            _clause(report, clause)
        _phases(report)
        _circles(report)
        _rivals(report)
        _names(report)
        found += report.problems
    return list(dict.fromkeys(found))


def _whole(r: Report) -> None:
    a, v = r.agreement, r.version
    path = f"versions.{r.position}"
    if not v.clauses:
        r.at(f"{path}.clauses", "no clause", "at least one clause")
    if a.historic and not a.historic_reason.en:
        r.at(
            "historic",
            "historic without a reason",
            "historic_because: what today's law or the file cannot carry",
        )
    if v.agreed < a.concluded:
        r.at(f"{path}.agreed", f"agreed {v.agreed}", f"a day not before {a.concluded}, when it was concluded")
    if r.position and v.agreed < a.versions[r.position - 1].agreed:
        r.at(f"{path}.agreed", f"agreed {v.agreed}", "a day not before the version before")
    codes = [p.code for p in (*a.parties, *a.actors)]
    for position, code in enumerate(codes):
        if code in codes[:position]:
            which = (
                f"parties.{position}" if position < len(a.parties) else f"actors.{position - len(a.parties)}"
            )
            r.at(f"{which}.code", f"the code {code} a second time", "a code of its own for each")
    for position, flow in enumerate(v.beside):
        _flow(r, f"{path}.beside.{position}", "beside", flow)
    for population in a.populations:
        _population(r, population.id)


def _population(r: Report, name: str) -> None:
    population = r.agreement.population(name)
    path = f"populations.{name}"
    if population.as_of is None:
        r.at(path, f"the population {name} without a snapshot", "as_of: the day on which it is counted")
    _known_codes(r, path, name, (*population.held_by, *population.confirmed_by))
    if population.as_of is not None:
        _moment(r, f"{path}.as_of", name, population.as_of)


# -- names ---------------------------------------------------------------------------------------------


def _known_codes(r: Report, path: str, what: str, codes: Sequence[str]) -> None:
    known = {p.code for p in (*r.agreement.parties, *r.agreement.actors)}
    for code in codes:
        if code not in known:
            r.at(path, f"{what}: {code}", "the code of a party or actor (" + ", ".join(sorted(known)) + ")")


def _known_event(r: Report, path: str, what: str, event: str, *, clauses: bool) -> None:
    declared = {e for e, _ in r.agreement.events} | set(EVENTS)
    if clauses:
        declared |= {c.id for c in r.version.clauses}
    if event not in declared:
        kind = "an event under events, or a clause" if clauses else "an event under events"
        r.at(path, f"{what}: {event}", kind)


def _moment(r: Report, path: str, what: str, moment: Moment) -> None:
    if moment.after is not None:
        _known_event(r, path, what, moment.after, clauses=True)


def _window(r: Report, path: str, what: str, window: Window) -> None:
    for moment in (window.start, window.end):
        if moment is not None:
            _moment(r, path, what, moment)
    start, end = window.start, window.end
    if start is None or end is None:
        return
    if start.day is not None and end.day is not None and start.day > end.day:
        r.at(
            path, f"{what}: from {start.day} until {end.day}", "an end that does not come before the beginning"
        )
    same = start.after is not None and start.after == end.after
    if same and start.days * 24 + start.hours > end.days * 24 + end.hours:
        r.at(
            path,
            f"{what}: the end comes before the beginning",
            "an end that does not come before the beginning",
        )


def _clause(r: Report, c: Clause) -> None:
    if c.id in {e for e, _ in r.agreement.events}:
        r.clause(c, "id", "has the name of an event", "a name of its own")
    _window(r, f"{c.path}.window", f"clause {c.id}", c.window)
    for key, events in (("if", c.given), ("unless", c.unless), ("sealed_until", c.sealed)):
        for event in events:
            _known_event(r, f"{c.path}.{key}", f"clause {c.id}", event, clauses=False)
    for event in sorted(set(c.given) & set(c.unless)):
        r.clause(c, "unless", f"binds if and unless {event}", "a clause that can bind: it never would")
    _known_codes(r, f"{c.path}.owed_by", f"clause {c.id}", c.owed_by)
    for position, reading in enumerate(c.readings):
        _known_codes(r, f"{c.path}.readings.{position}.by", f"clause {c.id}", (reading.by,))
    for key, form in forms(c):
        _form(r, c, f"{c.path}.{key}", form)


def _form(r: Report, c: Clause, path: str, form: Form) -> None:
    what = f"clause {c.id}"
    flow = flow_of(form)
    if flow is not None:
        _flow(r, path, what, flow)
    match form:
        case Count():
            _count(r, c, path, form)
        case Total():
            _total(r, c, path, form)
        case Every(that=that):
            _predicate(r, f"{path}.that", what, that)
        case Act():
            _known_event(r, f"{path}.event", what, form.event, clauses=False)
            _known_codes(r, f"{path}.by", what, form.actors)
            _known_codes(r, f"{path}.toward", what, form.toward)
        case Order():
            for name in (*form.first, *form.then):
                _known_event(r, path, what, name, clauses=True)
            for name in sorted(set(form.first) & set(form.then)):
                r.at(f"{path}.then", f"{what}: {name} against itself", "two different things")
        case Priority():
            for position, sort_key in enumerate(form.keys):
                if sort_key.who is not None:
                    _predicate(r, f"{path}.keys.{position}", what, sort_key.who)


def _flow(r: Report, path: str, what: str, flow: Flow) -> None:
    _known_codes(r, f"{path}.from", what, flow.holders)
    _known_codes(r, f"{path}.to", what, flow.receivers)
    if flow.event not in (RECEIVED, HELD):
        _known_event(r, f"{path}.event", what, flow.event, clauses=False)
    if flow.event == RECEIVED and len(flow.receivers) == 1 and flow.holders == flow.receivers:
        code = flow.receivers[0]
        r.at(f"{path}.to", f"{what}: from {code} to {code}", "a receiver other than the holder")
    _predicate(r, f"{path}.who", what, flow.who)


def _predicate(r: Report, path: str, what: str, pred: Predicate) -> None:
    for leaf in leaves(pred):
        inner = leaf.of if isinstance(leaf, Judged) else leaf
        if isinstance(inner, Within) and inner.low is not None and inner.high is not None:
            low, high = _ordinal(inner.column, inner.low), _ordinal(inner.column, inner.high)
            if low > high or (low == high and not (inner.low_in and inner.high_in)):
                r.at(
                    path,
                    f"{what}: {inner.column} from {inner.low} to {inner.high}",
                    "bounds between which somebody fits",
                )
    _clash(r, path, what, pred)


def _ordinal(column: str, bound: str) -> float:
    return bound_value(column, bound) if bound_kind(column, bound) else 0.0


def _clash(r: Report, path: str, what: str, pred: Predicate) -> None:
    """The same column must have two values at once."""
    inner = pred.of if isinstance(pred, Judged) else pred
    if not isinstance(inner, All):
        return
    seen: dict[str, set[str]] = {}
    for part in inner.of:
        if isinstance(part, Is):
            both = seen.get(part.column, set(part.values)) & set(part.values)
            if not both:
                r.at(
                    path,
                    f"{what}: {part.column} twice with nothing in common",
                    "conditions that somebody can meet",
                )
            seen[part.column] = both


# -- numbers -------------------------------------------------------------------------------------------


def _bounds(amount: Amount) -> tuple[Fraction | None, Fraction | None]:
    low = amount.low.number if amount.low is not None else None
    high = amount.high.number if amount.high is not None else None
    return low, high


def _amount(r: Report, path: str, what: str, amount: Amount) -> None:
    low, high = _bounds(amount)
    if low is not None and high is not None and low > high:
        r.at(path, f"{what}: at least {low} and at most {high}", "a floor that is not above the ceiling")
    for bound in (amount.low, amount.high):
        for term in bound.terms if isinstance(bound, Linear) else ():
            _counts(r, path, what, (term.of,))
    if amount.judge is not None:
        _known_codes(r, f"{path}.judge", what, (amount.judge,))


def _counts(r: Report, path: str, what: str, names: Sequence[str]) -> None:
    known = {c.id: c for c in r.version.clauses}
    for name in names:
        if name not in known or not isinstance(known[name].form, Count | Total):
            r.at(path, f"{what}: {name}", "the id of a clause that counts")


def _count(r: Report, c: Clause, path: str, count: Count) -> None:
    what = f"clause {c.id}"
    _amount(r, path, what, count.amount)
    if count.amount.population is not None and count.amount.population not in {
        p.id for p in r.agreement.populations
    }:
        r.at(
            f"{path}.all",
            f"{what}: all {count.amount.population}",
            "a population under populations, with a snapshot",
        )
    if count.value is not None and count.value not in {t.id for t in r.agreement.tables}:
        r.at(f"{path}.value", f"{what}: the table {count.value}", "a table under tables")
    for event in count.excuses:
        _known_event(r, f"{path}.excused_by", what, event, clauses=False)
    _known_codes(r, path, what, (*count.selected_by, *count.approved_by))
    high = _bounds(count.amount)[1]
    if count.flow.named and high is not None and len(count.flow.named) > high and not count.value:
        r.at(
            f"{path}.named",
            f"{what}: {len(count.flow.named)} names for at most {high}",
            "no more names than people",
        )
    _by_phase(r, path, what, count.amount, count.by_phase, c.window)


def _by_phase(
    r: Report, path: str, what: str, whole: Amount, by_phase: Sequence[tuple[str, Amount]], window: Window
) -> None:
    known = {p.id: p for p in r.version.phases}
    low = high = Fraction(0)
    bounded = True
    for name, amount in by_phase:
        if name not in known:
            r.at(f"{path}.phases.{name}", f"{what}: the phase {name}", "a phase of this version")
            return
        _amount(r, f"{path}.phases.{name}", what, amount)
        least, most = _bounds(amount)
        low += least or 0
        bounded = bounded and most is not None
        high += most or 0
        _inside(r, f"{path}.phases.{name}", what, known[name].window, window, name)
    least, most = _bounds(whole)
    if not by_phase:
        return
    if most is not None and low > most:
        r.at(
            f"{path}.phases",
            f"{what}: the phases add up to {low}",
            f"no more than {most}, the amount of the whole",
        )
    everyone = {n for n, _ in by_phase} == set(known)
    if least is not None and bounded and everyone and high < least:
        r.at(f"{path}.phases", f"{what}: the phases add up to {high}", f"{least}, the amount of the whole")


def _inside(r: Report, path: str, what: str, phase: Window, window: Window, name: str) -> None:
    start = phase.start.day if phase.start is not None else None
    end = phase.end.day if phase.end is not None else None
    first = window.start.day if window.start is not None else None
    last = window.end.day if window.end is not None else None
    if (start and last and start > last) or (end and first and end < first):
        r.at(path, f"{what}: phase {name} lies outside the window of the clause", "a phase within the window")


def _total(r: Report, c: Clause, path: str, total: Total) -> None:
    what = f"clause {c.id}"
    _counts(r, f"{path}.of", what, total.of)
    _amount(r, path, what, total.amount)
    _by_phase(r, path, what, total.amount, total.by_phase, c.window)
    parts = [p.form for p in r.version.clauses if p.id in total.of]
    for phase, amount in [(None, total.amount), *total.by_phase]:
        spans = [_bounds(a) for p in parts if (a := _part_amount(p, phase)) is not None]
        if len(spans) != len(total.of):
            continue
        least, most = _bounds(amount)
        low = sum((s[0] or Fraction(0) for s in spans), Fraction(0))
        high = (
            None if any(s[1] is None for s in spans) else sum((s[1] or Fraction(0) for s in spans), Fraction(0))
        )
        where = f" in phase {phase}" if phase else ""
        if (most is not None and low > most) or (least is not None and high is not None and high < least):
            shown = f"{low}" if low == high else f"{low} to {high if high is not None else 'any number'}"
            wanted = f"{least}" if least == most else f"{least or 0} to {most or 'any number'}"
            spot = f"{path}.phases.{phase}" if phase else path
            r.at(spot, f"{what}: the parts{where} add up to {shown}", f"parts that add up to {wanted}")


def _part_amount(form: Form | None, phase: str | None) -> Amount | None:
    if not isinstance(form, Count | Total):
        return None
    if phase is None:
        return form.amount
    return next((a for name, a in form.by_phase if name == phase), None)


# -- days, circles, rivals --------------------------------------------------------------------------------


def _phases(r: Report) -> None:
    seen: set[str] = set()
    before: date | None = None
    owner = next(i for i in range(r.position, -1, -1) if i == 0 or f"versions.{i}.phases" in r.agreement.places)
    for position, phase in enumerate(r.version.phases):
        path = f"versions.{owner}.phases.{position}"
        if phase.id in seen:
            r.at(path, f"phase {phase.id} a second time", "each id once")
        seen.add(phase.id)
        _window(r, path, f"phase {phase.id}", phase.window)
        start = phase.window.start.day if phase.window.start is not None else None
        if start is not None:
            if start < r.agreement.concluded:
                r.at(
                    path,
                    f"phase {phase.id} begins {start}",
                    f"not before the agreement of {r.agreement.concluded}",
                )
            if before is not None and start < before:
                r.at(
                    path,
                    f"phase {phase.id} begins {start}, before the phase above",
                    "phases in the order of their days",
                )
            before = start


def _waits_for(r: Report) -> dict[str, set[str]]:
    """Clause -> the clauses that must be met before it can be due or measured."""
    known = {c.id for c in r.version.clauses}
    waits: dict[str, set[str]] = {}
    for c in r.version.clauses:
        on = {m.after for m in (c.window.start, c.window.end) if m is not None and m.after in known}
        if isinstance(c.form, Count):
            on |= {t.of for b in (c.form.amount.low, c.form.amount.high) if b for t in b.terms if t.of in known}
        if isinstance(c.form, Total):
            on |= set(c.form.of) & known
        if isinstance(c.form, Order) and c.form.relation is Relation.BEFORE:
            for name in set(c.form.then) & known:
                waits.setdefault(name, set()).update(set(c.form.first) & known - {name})
        waits.setdefault(c.id, set()).update(x for x in on if x)
    return waits


def _circles(r: Report) -> None:
    """Two clauses that each wait for the other never begin."""
    waits = _waits_for(r)
    known = {c.id: c for c in r.version.clauses}
    done: set[str] = set()
    for start in waits:
        seen: list[str] = []
        stack = [(start, 0)]
        while stack:
            name, depth = stack.pop()
            del seen[depth:]
            if name in seen:
                ring = seen[seen.index(name) :]
                if not set(ring) & done and name in known:
                    r.clause(
                        known[name],
                        "",
                        "waits for itself through " + ", ".join(ring),
                        "a trigger that can come",
                    )
                done |= set(ring)
                continue
            if name in done:
                continue
            seen.append(name)
            stack += [(n, depth + 1) for n in sorted(waits.get(name, ()))]
        done.add(start)


def _rivals(r: Report) -> None:
    """Two counts of the same people in the same time that no handover can meet together."""
    seen: list[tuple[Clause, Count]] = []
    for c in r.version.clauses:
        if not isinstance(c.form, Count) or c.given or c.unless or c.form.per_day or c.form.value:
            continue
        for other, count in seen:
            if (other.window, count.flow) != (c.window, c.form.flow):
                continue
            low, high = _bounds(c.form.amount)
            low2, high2 = _bounds(count.amount)
            apart = (low is not None and high2 is not None and low > high2) or (
                low2 is not None and high is not None and low2 > high
            )
            if apart:
                r.clause(c, key_of(c.form), f"contradicts clause {other.id}", "one number for the same people")
        seen.append((c, c.form))


def _names(r: Report) -> None:
    """A person who must come and must not."""
    barred: dict[str, str] = {}
    for c in r.version.clauses:
        if isinstance(c.form, Every) and isinstance(c.form.that, Not):
            for leaf in leaves(c.form.that.of):
                if isinstance(leaf, Is) and leaf.column in ("id", "name"):
                    barred |= dict.fromkeys(leaf.values, c.id)
    for c in r.version.clauses:
        if isinstance(c.form, Count) and (low := _bounds(c.form.amount)[0]) is not None and low > 0:
            both = [n for n in c.form.flow.named if n in barred]
            if both:
                found = f"{both[0]} must come, and clause {barred[both[0]]} bars the same person"
                r.clause(c, "count.named", found, "one or the other")
