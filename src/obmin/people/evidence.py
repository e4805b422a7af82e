"""Evidence of those whom we look for: written down with its grade, withdrawn with a reason, never deleted.

What stands decides what is known of the person (`core.evidence`). The other side's written words become
evidence as they come in; what was taken in by mistake is withdrawn, and what is known goes back with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from itertools import islice
from typing import Final

from django.db.models import Q

from obmin.audit.perform import Gate, perform
from obmin.core import evidence as core
from obmin.core import record
from obmin.core.access import Actor
from obmin.core.custody import written_date
from obmin.core.errors import Incomplete, WrongState
from obmin.core.evidence import CREDIBILITY, RELIABILITY, Heard, Kind, Says, Settled
from obmin.people.models import Person, Register, Testimony
from obmin.people.records import SYSTEM, TOGETHER
from obmin.vault import cells
from obmin.vault.rows import insert_sealed, update

FIELDS: Final = tuple(each.name for each in fields(record.Testimony))
WRITTEN: Final = ("C", "2")  # a party's own list: against its interest, yet its own word
ENDING: Final = {Kind.REMAINS: Says.DEAD}  # what such a source can say, and nothing else


@dataclass(frozen=True, slots=True)
class Told:
    """One piece of evidence of one person, and what brought it here."""

    person: str
    said: record.Testimony
    cause: str = ""


def add(
    person: Person,
    told: Mapping[str, str],
    *,
    actor: Actor,
    seen: int | None = None,
    request: str = "",
    at: datetime | None = None,
) -> Settled:
    """Writes down one piece of evidence and moves the person to what all of it comes to.

    `told` are the fields of `core.record.Testimony`. Raises `Incomplete` where a grade, day or source lacks.
    """
    with perform("tracing.testify", actor=actor, subject=person, seen=seen, request=request, at=at) as gate:
        if person.register != Register.SOUGHT or person.into_id is not None:
            raise WrongState("Evidence is written down of somebody whom we look for.")
        said = _read(told)
        settled = _write(gate, [Told(person.pk, said)])[person.pk]
        if core.may_move(person.state):
            gate.ends = settled.state
        gate.fact("says", said.says)
        gate.fact("source", said.kind)
        gate.fact("grade", said.reliability + said.credibility)
    return settled


def withdraw(
    testimony: Testimony, *, actor: Actor, reason: str, request: str = "", at: datetime | None = None
) -> Settled:
    """Withdraws a piece of evidence; the person goes back to what the rest comes to."""
    person = testimony.person.into or testimony.person
    with perform(
        "tracing.withdraw", actor=actor, subject=person, reason=reason, request=request, at=at
    ) as gate:
        found = Testimony.objects.filter(pk=testimony.pk, withdrawn_at=None)
        if not found.exists():
            raise WrongState("This evidence was withdrawn before.")
        update(Testimony, ("withdrawn_by", "withdrawn_at"), [(actor.id, gate.now, testimony.pk)])
        settled = come_to([person.pk])[person.pk]
        if core.may_move(person.state):
            gate.ends = settled.state
        gate.fact("evidence", testimony.pk)
    return settled


def hear(gate: Gate, told: Sequence[Told]) -> None:
    """Writes evidence of many inside an open act, and moves them."""
    people = Person.objects.filter(register=Register.SOUGHT)
    sought = {
        key
        for some in _stretches(one.person for one in told)
        for key in people.filter(pk__in=some).values_list("key", flat=True)
    }
    _move(gate, _write(gate, [one for one in told if one.person in sought]))


def unhear(gate: Gate, causes: Iterable[str]) -> None:
    """Withdraws what came of `causes` inside an open act, and moves back whom it was about."""
    rows = Testimony.objects.filter(cause__in=list(causes), withdrawn_at=None)
    keys = {row.pk: _head(row.person) for row in rows.select_related("person")}
    update(Testimony, ("withdrawn_by", "withdrawn_at"), [(gate.actor.id, gate.now, key) for key in keys])
    _move(gate, come_to(keys.values()))


def settle_again(gate: Gate, people: Iterable[str]) -> None:
    """Moves people anew inside an open act that changed what counts for which record, if anything was heard."""
    keys = list(people)
    if Testimony.objects.filter(Q(person__in=keys) | Q(person__into__in=keys)).exists():
        _move(gate, come_to(Person.objects.filter(pk__in=keys, into=None).values_list("key", flat=True)))


def come_to(people: Iterable[str]) -> dict[str, Settled]:
    """What the standing evidence of each person comes to."""
    heard: dict[str, list[Heard]] = {key: [] for key in people}
    for keys in _stretches(list(heard)):
        of = Q(person__in=keys) | Q(person__into__in=keys)  # what was heard of a record counts where it went
        rows = list(Testimony.objects.filter(of, withdrawn_at=None).select_related("person"))
        for row, said in zip(rows, cells.opened(rows, SYSTEM), strict=True):
            if said is not None:
                heard[_head(row.person)].append(_heard(said))
    return {key: core.settle(found) for key, found in heard.items()}


def of(person: Person) -> Iterator[tuple[Testimony, record.Testimony]]:
    """All that was ever heard of a person, the latest day first; what was erased is left out."""
    rows = list(Testimony.objects.filter(Q(person=person) | Q(person__into=person)).order_by("at", "key"))
    pairs = [
        (row, said) for row, said in zip(rows, cells.opened(rows, SYSTEM), strict=True) if said is not None
    ]
    return iter(sorted(pairs, key=lambda pair: pair[1].on, reverse=True))


def written(party: str, says: Says, on: datetime, document: str) -> record.Testimony:
    """What the other side says in writing."""
    return record.Testimony(says, Kind.PARTY, *WRITTEN, party, on.date().isoformat(), document)


def _write(gate: Gate, told: Sequence[Told]) -> dict[str, Settled]:
    merged, earlier = dict[str, str](), set[str]()
    for some in _stretches(one.person for one in told):
        gone = Person.objects.filter(pk__in=some).exclude(into=None)
        merged |= dict(gone.values_list("key", "into_id"))
    rows, people = [], {merged.get(one.person, one.person): one for one in told}
    for some in _stretches(people):
        of = Q(person__in=some) | Q(person__into__in=some)
        heard = Testimony.objects.filter(of, withdrawn_at=None).values_list("person", "person__into")
        earlier |= {into or key for key, into in heard.distinct()}
    for one in told:
        key = gate.new_id()
        rows.append((key, one.said, (key, one.person, one.cause, gate.actor.id, gate.now, "", None)))
    columns = ("key", "person", "cause", "by", "at", "withdrawn_by", "withdrawn_at")
    insert_sealed(Testimony, columns, rows)
    known = come_to(people.keys() & earlier if len(people) == len(told) else people)
    return {key: known.get(key) or core.settle([_heard(one.said)]) for key, one in people.items()}


def _move(gate: Gate, settled: Mapping[str, Settled]) -> None:
    stored = {
        key: (state, version)
        for some in _stretches(settled)
        for key, register, state, version in Person.objects.filter(pk__in=some).values_list(
            "key", "register", "state", "version"
        )
        if register == Register.SOUGHT and state in core.COMPUTED
    }
    update(
        Person,
        ("state", "version", "since"),
        [
            (found.state, stored[key][1] + 1, gate.now, key)
            for key, found in settled.items()
            if key in stored and stored[key][0] != found.state
        ],
    )


def _stretches(keys: Iterable[str]) -> Iterator[list[str]]:
    """Each key once, as many together as one question takes."""
    waiting = iter(dict.fromkeys(keys))
    while found := list(islice(waiting, TOGETHER)):
        yield found


def _head(person: Person) -> str:
    """The record that a person's evidence counts for: their own, or the one it was merged into."""
    return str(person.into_id or person.pk)


def _heard(said: record.Testimony) -> Heard:
    return Heard(Says(said.says), Kind(said.kind), said.reliability, said.credibility, said.origin, said.on)


def _read(told: Mapping[str, str]) -> record.Testimony:
    if unknown := set(told) - set(FIELDS):
        raise Incomplete(f"Evidence has no {sorted(unknown)[0]}.")
    given = {name: value.strip() for name, value in told.items()}
    if given.get("says") not in list(Says) or given.get("kind") not in list(Kind):
        raise Incomplete("Say what it says, and where it comes from.")
    if given.get("reliability") not in list(RELIABILITY) or given.get("credibility") not in list(CREDIBILITY):
        raise Incomplete("Grade it: the source from A to F, this report from 1 to 6.")
    if not given.get("origin"):
        raise Incomplete("Say who saw or said it first: two are independent only if that differs.")
    says = ENDING.get(Kind(given["kind"]))
    if says is not None and given["says"] != says:
        raise Incomplete("Remains that were identified say that somebody is dead, and nothing else.")
    if Kind(given["kind"]) in (Kind.REMAINS, Kind.COURT, Kind.AGENCY, Kind.PARTY) and not given.get("document"):
        raise Incomplete("Name the document: its kind, number and date.")
    return record.Testimony(**given | {"on": written_date(given.get("on", ""))})
