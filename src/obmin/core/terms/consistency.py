"""Do the clauses of a version fit together: days in order, no circles, no rivals, nobody in and out at once."""

from __future__ import annotations

from datetime import date

from obmin.core.terms.model import Act, Clause, Count, Every, Is, Modality, Not, Order, Relation, Total
from obmin.core.terms.predicates import leaves
from obmin.core.terms.report import Report, bounds, key_of


def consistency(r: Report) -> None:
    """Report what no single clause shows."""
    _phases(r)
    _circles(r)
    _dead_triggers(r)
    _rivals(r)
    _names(r)


def _phases(r: Report) -> None:
    seen: set[str] = set()
    before: date | None = None
    for position, phase in enumerate(r.version.phases):
        path = f"{r.phases_path}.{position}"
        if phase.id in seen:
            r.at(path, f"phase {phase.id} a second time", "each id once")
        seen.add(phase.id)
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
            low, high = bounds(c.form.amount)
            low2, high2 = bounds(count.amount)
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
        if isinstance(c.form, Count) and (low := bounds(c.form.amount)[0]) is not None and low > 0:
            both = [n for n in c.form.flow.named if n in barred]
            if both:
                found = f"{both[0]} must come, and clause {barred[both[0]]} bars the same person"
                r.clause(c, "count.named", found, "one or the other")


def _dead_triggers(r: Report) -> None:
    """A deadline counted from what another clause forbids never starts."""
    forbidden = {
        c.form.event: c.id
        for c in r.version.clauses
        if isinstance(c.form, Act) and c.form.modality is Modality.NEVER and c.window.end is None
    }
    for c in r.version.clauses:
        for moment in (c.window.start, c.window.end):
            if moment is not None and moment.after in forbidden:
                found = f"waits for {moment.after}, which clause {forbidden[moment.after]} forbids"
                r.clause(c, "window", found, "a trigger that can come")
