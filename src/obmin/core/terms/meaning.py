"""Does an agreement make sense? Every name resolves, numbers agree, days are in order, triggers can come."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from obmin.core.errors import Problem
from obmin.core.terms.consistency import consistency
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
    Order,
    Predicate,
    Priority,
    Total,
    Window,
    Within,
)
from obmin.core.terms.predicates import bound_kind, bound_value, leaves
from obmin.core.terms.report import Report, bounds, flow_of, forms
from obmin.core.terms.standard import EVENTS


def meaning(agreement: Agreement) -> list[Problem]:
    """Every contradiction and every name that leads nowhere."""
    found: list[Problem] = []
    for position, version in enumerate(agreement.versions):
        report = Report(agreement, version, position)
        _whole(report)
        for clause in version.clauses:
            _clause(report, clause)
        consistency(report)
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
    _talks(r)
    for position, flow in enumerate(v.beside):
        _flow(r, f"{path}.beside.{position}", "beside", flow)
    for position, phase in enumerate(v.phases):
        window_problems(r, f"{r.phases_path}.{position}", f"phase {phase.id}", phase.window)
    for population in a.populations:
        _population(r, population.id)


def _talks(r: Report) -> None:
    for number, talk in enumerate(r.agreement.talks):
        for key, said in (("proposals", talk.proposals), ("claims", talk.claims)):
            for position, one in enumerate(said):
                _known_codes(r, f"talks.{number}.{key}.{position}.by", "talks", (one.by,))


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


def window_problems(r: Report, path: str, what: str, window: Window) -> None:
    for key, moment in (("from", window.start), ("until", window.end)):
        if moment is not None:
            _moment(r, f"{path}.{key}", what, moment)
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
    window_problems(r, f"{c.path}.window", f"clause {c.id}", c.window)
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


def _amount(r: Report, path: str, what: str, amount: Amount) -> None:
    low, high = bounds(amount)
    if low is not None and high is not None and low > high:
        r.at(path, f"{what}: at least {low} and at most {high}", "a floor that is not above the ceiling")
    keys = ("exactly", "exactly") if amount.low == amount.high else ("at_least", "at_most")
    for key, bound in zip(keys, (amount.low, amount.high), strict=True):
        for term in bound.terms if isinstance(bound, Linear) else ():
            _counts(r, f"{path}.{key}", what, (term.of,))
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
    high = bounds(count.amount)[1]
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
        least, most = bounds(amount)
        low += least or 0
        bounded = bounded and most is not None
        high += most or 0
        _inside(r, f"{path}.phases.{name}", what, known[name].window, window, name)
    least, most = bounds(whole)
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
        spans = [bounds(a) for p in parts if (a := _part_amount(p, phase)) is not None]
        if len(spans) != len(total.of):
            continue
        least, most = bounds(amount)
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
