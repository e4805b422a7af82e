"""Notices to the National Information Bureau and the Central Tracing Agency (Arts. 70, 122, 123), by when.

    queue(gate, [Told(person, event, key, on)])            # inside the act that wrote the events
    sending = prepare(To.BUREAU, actor=actor)              # everything that waits, with what it says
    sent(sending, "Protecting Power", "No. 12", actor=actor)
    received(sending, "No. 7", actor=actor)

What is owed for which event, and when it is late, is `core.duties`. A notice says the items of Article 122 and
of these only what the person chose to say (Art. 17); never health, will, or what a court holds.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import polars as pl
from django.db.models import F, Max, QuerySet
from django.db.models.functions import Coalesce

from obmin.audit.perform import Gate, perform
from obmin.core import custody, record
from obmin.core.access import Actor
from obmin.core.custody import Event
from obmin.core.duties import Kind, Owed, Standing, To, again, begins, due, inspected_by, owed, standing
from obmin.core.errors import Incomplete, WrongState
from obmin.files import packages, workbooks
from obmin.people.models import (
    Custody,
    CustodyEvent,
    Identity,
    Inspection,
    Notice,
    Notified,
    Person,
    Register,
    Sending,
)
from obmin.people.records import SYSTEM, TOGETHER, opened
from obmin.vault import cells
from obmin.vault.rows import insert, insert_sealed
from obmin.vault.secrets import secret

ITEMS: Final = (  # Article 122, as far as a register has them, and the event
    "notice", "on", "place", "document", "power", "surname", "given", "patronymic", "name", "romanised",
    "birth_date", "rank", "service_number", "mail",
)  # fmt: skip
_WEIGHT: Final = re.compile(r"[0-9]{2,3}(\.[0-9]{1,2})?", re.ASCII)
AT_ONCE: Final = 10_000  # notices of one sending
FOLDED: Final = owed(Event.CAPTURE)  # what one row without a recipient stands for
_COLUMNS: Final = ("version", "person", "kind", "to", "event", "since", "due", "state")


@dataclass(frozen=True, slots=True)
class Told:
    """An event that was just written: of whom, which, under which key, on which day as far as is known."""

    person: str
    event: Event
    key: str = ""
    on: str = ""


def queue(gate: Gate, happened: Iterable[Told]) -> int:
    """Queues what events owe, inside the act that wrote them. Returns how many notices."""
    rows = []
    for one in happened:
        since = begins(one.on, gate.now)
        for notice in owed(one.event):
            late = due(notice, since)
            rows.append((1, one.person, notice.kind.value, notice.to.value, one.key, since, late, "QUEUED"))
    insert(Notice, _COLUMNS, rows)
    return len(rows)


def of_list(gate: Gate, keys: Iterable[str]) -> int:
    """Queues what is owed for people whom a list brought on the register: the clock begins with the list.

    One row stands for all that a capture owes, folded (`to` is empty), until something of it is sent: a list
    may have a hundred thousand people.
    """
    late = due(FOLDED[0], gate.now)
    kind = Kind.CAPTURE.value
    rows = [(1, key, kind, "", "", gate.now, late, "QUEUED") for key in keys]
    insert(Notice, _COLUMNS, rows)
    return len(rows)


def prepare(to: To, *, actor: Actor, request: str = "", at: datetime | None = None) -> Sending:
    """Puts everything together that waits for one recipient, the oldest first, and keeps what it says."""
    with perform("register.prepare-notices", actor=actor, request=request, at=at) as gate:
        _unfold(gate)
        waiting = list(_waiting(to).order_by("due", "pk")[:AT_ONCE])
        if not waiting:
            raise Incomplete("Nothing waits to be sent to them.", code="nothing-waits")
        said = _said(waiting)
        rows = [(str(one.pk), said[one.pk], (one.pk, one.person_id)) for one in waiting if one.pk in said]
        if not rows:
            raise Incomplete("Whoever these notices are of was erased: withdraw them.", code="nothing-waits")
        insert_sealed(Notified, ("notice", "person"), rows)
        body = workbooks.workbook([("Notices", _frame([held for _, held, _ in rows]))])
        key = gate.new_id()
        signature = packages.sign(body, packages.signing_key(secret("acts")), comment=f"obmin notices {key}")
        found = Sending.objects.create(
            key=key,
            to=to.value,
            notices=len(rows),
            sha256=hashlib.sha256(body).hexdigest(),
            signature=signature,
            at=gate.now,
            by=actor.id,
        )
        _each(row[2][0] for row in rows).update(sending=found)
        gate.subject, gate.outcome = found, key
        gate.fact("notices", len(rows))
        gate.fact("sha256", found.sha256)
    return found


def drop(sending: Sending, *, actor: Actor, reason: str, seen: int | None = None, request: str = "") -> None:
    """Puts a sending away that never went out; its notices wait again, and say what is known then."""
    with perform(
        "register.drop-notices", actor=actor, subject=sending, reason=reason, seen=seen, request=request
    ):
        Notified.objects.filter(notice__sending=sending).delete()
        sending.of.update(sending=None)


def sent(
    sending: Sending,
    how: str,
    reference: str,
    *,
    actor: Actor,
    seen: int | None = None,
    request: str = "",
    at: datetime | None = None,
) -> None:
    """Records that a sending went out, by which way, under which reference; what recurs is queued anew."""
    with perform(
        "register.send-notices", actor=actor, subject=sending, seen=seen, request=request, at=at
    ) as gate:
        if not how.strip() or not reference.strip():
            raise Incomplete("Say by which way it was sent, and under which reference.", code="no-reference")
        Sending.objects.filter(pk=sending.pk).update(how=how, reference=reference, sent_at=gate.now)
        sending.of.filter(state="QUEUED").update(state="SENT", version=F("version") + 1)
        recur = sending.of.filter(kind=Kind.HEALTH.value).values_list("person", "person__state", "event")
        rows = [
            (1, key, Kind.HEALTH.value, sending.to, event, gate.now, late, "QUEUED")
            for key, state, event in recur
            if (late := again(Kind.HEALTH, state, gate.now))
        ]
        insert(Notice, _COLUMNS, rows)
        gate.fact("notices", sending.notices)


def received(
    sending: Sending,
    receipt: str,
    *,
    actor: Actor,
    seen: int | None = None,
    request: str = "",
    at: datetime | None = None,
) -> None:
    """Records that the recipient confirmed a sending, under which reference of theirs."""
    with perform(
        "register.acknowledge", actor=actor, subject=sending, seen=seen, request=request, at=at
    ) as gate:
        if not receipt.strip():
            raise Incomplete("Name the reference of their answer.", code="no-reference")
        Sending.objects.filter(pk=sending.pk).update(receipt=receipt, received_at=gate.now)
        sending.of.filter(state="SENT").update(state="ACKNOWLEDGED", version=F("version") + 1)


def withdraw(notice: Notice, *, actor: Actor, reason: str, seen: int | None = None, request: str = "") -> None:
    """Withdraws a notice that waits, with the reason: it rests on an error, or was sent on paper."""
    with perform("register.withdraw", actor=actor, subject=notice, reason=reason, seen=seen, request=request):
        if notice.sending_id is not None:
            raise WrongState("It stands in a sending that is prepared: put that one away first.")


def of_nobody(gate: Gate, people: Sequence[str]) -> None:
    """Withdraws what waits of people whom an import brought and took back, inside that act."""
    for at in range(0, len(people), TOGETHER):
        Notice.objects.filter(person__in=people[at : at + TOGETHER], state="QUEUED").update(state="WITHDRAWN")
    gate.fact("withdrawn-of", len(people))


def record_inspections(
    found: Sequence[tuple[str, record.Inspection]],
    *,
    actor: Actor,
    request: str = "",
    at: datetime | None = None,
) -> None:
    """Records monthly inspections with the weight: (person key, what was found)."""
    with perform("register.inspect", actor=actor, request=request, at=at) as gate:
        rows = []
        for key, told in found:
            if not _WEIGHT.fullmatch(told.weight) or not 20 <= float(told.weight) <= 300:
                raise Incomplete("Write the weight in kilograms, from 20 to 300.", code="no-weight")
            on = custody.written_date(told.on)
            own = gate.new_id()
            rows.append((own, record.Inspection(on, told.weight, told.finding), (own, key, gate.now, actor.id)))
        insert_sealed(Inspection, ("key", "person", "at", "by"), rows)
        gate.fact("people", len(rows))


def uninspected(now: datetime) -> QuerySet[Person]:
    """People in our hands whose monthly inspection is late at `now`, longest without one first."""
    here = Person.objects.filter(register=Register.HELD, into=None, state__in=custody.HERE)
    last = here.annotate(last=Coalesce(Max("inspections__at"), F("since")))
    month = next(day for d in range(28, 32) if inspected_by(day := now - timedelta(days=d)) <= now)
    return last.filter(last__lte=month).order_by("last", "key")


def waiting(_actor: Actor, now: datetime) -> Counter[Standing]:
    """How many notices wait to be sent, by how their deadlines stand."""
    found: Counter[Standing] = Counter()
    for kind, to, since, late in _open().values_list("kind", "to", "since", "due").iterator():
        for each in [Owed(Kind(kind), To(to))] if to else FOLDED:
            found[standing(each.kind, late if to else due(each, since), now)] += 1
    return found


def board(now: datetime, kind: str = "") -> list[tuple[Notice, Standing]]:
    """Every notice that waits, the most urgent first, with how its deadline stands."""
    found = _open().filter(kind=kind) if kind else _open()
    rows = [(one, standing(Kind(one.kind), one.due, now)) for one in found.order_by("due", "pk")]
    order = {each: at for at, each in enumerate(Standing)}
    return sorted(rows, key=lambda row: order[row[1]])


def sheet(sending: Sending) -> bytes:
    """The workbook of a sending, as it was signed; whoever was erased since is missing from it."""
    return workbooks.workbook([("Notices", _frame(list(said(sending).values())))])


def said(sending: Sending) -> dict[int, record.Notified]:
    """What a sending says, by notice, in its order; without whoever was erased."""
    rows = list(Notified.objects.filter(notice__sending=sending).order_by("notice__due", "notice"))
    return {
        row.pk: held for row, held in zip(rows, cells.opened(rows, SYSTEM), strict=True) if held is not None
    }


def _open() -> QuerySet[Notice]:
    return Notice.objects.filter(state="QUEUED", person__into=None)


def _waiting(to: To) -> QuerySet[Notice]:
    return _open().filter(to=to.value, sending=None).select_related("person")


def _unfold(_gate: Gate) -> None:
    """Makes a row of each notice of those whom lists brought, as many as one sending can have."""
    first, *others = FOLDED
    found = list(_open().filter(to="").order_by("due", "pk")[:AT_ONCE])
    insert(
        Notice,
        _COLUMNS,
        [
            (1, one.person_id, each.kind.value, each.to.value, "", one.since, due(each, one.since), "QUEUED")
            for one in found
            for each in others
        ],
    )
    _each(one.pk for one in found).update(to=first.to.value)


def _each(keys: Iterable[int]) -> QuerySet[Notice]:
    return Notice.objects.filter(pk__in=list(keys))


def _said(notices: Sequence[Notice]) -> dict[int, record.Notified]:
    """What each notice says now, by its key; nothing of whoever was erased."""
    people = [one.person_id for one in notices]
    who: dict[str, record.Identity] = opened(Identity, people)
    where: dict[str, record.Custody] = opened(Custody, people)
    events = [one.event for one in notices if one.event]
    rows = [
        row
        for at in range(0, len(events), TOGETHER)
        for row in CustodyEvent.objects.filter(pk__in=events[at : at + TOGETHER])
    ]
    told = dict(zip([row.pk for row in rows], cells.opened(rows, SYSTEM), strict=True))
    return {
        one.pk: record.Notified(_items(one, who[one.person_id], where.get(one.person_id), told.get(one.event)))
        for one in notices
        if one.person_id in who
    }


def _items(
    notice: Notice, who: record.Identity, held: record.Custody | None, told: record.Happening | None
) -> dict[str, str]:
    held = held or record.Custody()
    happened = told or record.Happening(on=held.captured_on)
    values = {
        "notice": notice.kind,
        "on": happened.on,
        "place": happened.place,
        "document": happened.document,
        "power": notice.person.power,
        "surname": who.surname,
        "given": who.given,
        "patronymic": who.patronymic,
        "name": who.name,
        "romanised": who.romanised,
        "birth_date": who.birth_date,
        "rank": who.rank,
        "service_number": who.service_number,
        "mail": held.facility,
        "captured_on": held.captured_on,
    }
    return {name: value for name, value in values.items() if value}


def _frame(said: Sequence[record.Notified]) -> pl.DataFrame:
    rows = [[one.values.get(name) for name in ITEMS] for one in said if one.values["notice"] != Kind.CARD]
    return pl.DataFrame(rows, schema=dict.fromkeys(ITEMS, pl.String), orient="row")
