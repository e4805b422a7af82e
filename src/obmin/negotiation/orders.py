"""What officers order about single people: lock, ban, move, substitute; and lifting it again.

An order changes no draft. It stands with its reason until somebody lifts it, and every draft that is composed
meanwhile obeys it. What cannot be ordered is told by one function, `obstacle`, for the act, the greyed button
and a sheet that came back alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from obmin.audit.perform import Gate, perform
from obmin.core.access import Actor
from obmin.core.compose import Ban, Lock
from obmin.core.errors import Refused, WrongState
from obmin.negotiation import terms, words
from obmin.negotiation.models import Draft, Exchange, LeftOut, ListLine, Order
from obmin.people.models import Person
from obmin.people.records import SYSTEM
from obmin.vault import cells

HELD_BACK: Final = ("not-available", "not-fit-now")  # reasons that no officer can order away
CLOSED: Final = ("LOCKED", "SIGNED")
WHICH_DAY: Final = gettext_lazy("Say on which day.")


class Kind(StrEnum):
    LOCK = "lock"
    BAN = "ban"
    MOVE = "move"


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody stands in a draft: on a day of the list, beside it, or left out with a reason."""

    phase: str = ""
    direct: bool = False
    listed: bool = False
    reason: str = ""
    order: Order | None = None


@dataclass(frozen=True, slots=True)
class Now:
    """What orders are held against: the newest draft, the days that there are, where people stand."""

    draft: Draft
    phases: tuple[str, ...]
    places: Mapping[str, Place]

    @classmethod
    def of(cls, exchange: Exchange, people: Iterable[str]) -> Now:
        draft = exchange.drafts.order_by("-number").first()
        if draft is None:
            raise WrongState(_("Nothing has been composed yet."))
        wanted = list(dict.fromkeys(people))
        standing = {order.person_id: order for order in standing_of(exchange, wanted)}
        places: dict[str, Place] = {}
        for key, reason in LeftOut.objects.filter(draft=draft, person__in=wanted).values_list(
            "person_id", "reason"
        ):
            places[key] = Place(reason=reason, order=standing.get(key))
        for line in ListLine.objects.filter(draft=draft, person__in=wanted):
            places[line.person_id] = Place(
                line.phase, line.direct, line.state != "WITHDRAWN", line.reason, standing.get(line.person_id)
            )
        return cls(draft, tuple(p.id for p in terms.in_force(exchange).phases), places)


def obstacle(now: Now, person: str, kind: Kind, phase: str = "") -> str:
    """Why this cannot be ordered, in the reader's language; empty where it can."""
    place = now.places.get(person)
    if now.draft.state in CLOSED:
        return _("Draft %(n)s is locked for signing. Open it again first.") % {"n": now.draft.number}
    if place is None:
        return _("Draft %(n)s does not know this person. Compose again.") % {"n": now.draft.number}
    if place.order is not None:
        return _("An order stands about this person. Lift it first.")
    if place.direct:
        return _("Goes home outside every count: no order is needed, and none can stop it.")
    if phase and phase not in now.phases:
        return _("The terms have no day %(day)s.") % {"day": phase}
    match kind:
        case Kind.LOCK if words.key_of(place.reason) in HELD_BACK and not place.listed:
            return _("Not available. No order can put this person on the list.")
        case Kind.MOVE if not place.listed:
            return _("Not on the list. Put the person on, with a day.")
        case Kind.MOVE if not phase:
            return str(WHICH_DAY)
        case Kind.MOVE if phase == place.phase:
            return _("Stands on that day already.")
    return ""


def no_pair(now: Now, off: str, on: str) -> str:
    """Why two people cannot change places; empty where they can."""
    if off == on or not now.places[off].listed or now.places[on].listed:
        return _("One person on the list gives the place to one who is left out.")
    return ""


def lock(
    exchange: Exchange, person: Person, phase: str = "", *, actor: Actor, reason: str, request: str = "",
    at: datetime | None = None,
) -> Order:  # fmt: skip
    """Puts somebody on every list from now on; whoever stands on the list keeps the day."""
    with perform("lists.lock", actor=actor, subject=exchange, reason=reason, request=request, at=at) as gate:
        now = Now.of(exchange, [person.pk])
        _admit(now, person, Kind.LOCK, phase)
        return _give(gate, exchange, person, Kind.LOCK, phase or now.places[person.pk].phase, reason)


def ban(
    exchange: Exchange,
    person: Person,
    *,
    actor: Actor,
    reason: str,
    request: str = "",
    at: datetime | None = None,
) -> Order:
    """Keeps somebody off every list from now on."""
    with perform("lists.ban", actor=actor, subject=exchange, reason=reason, request=request, at=at) as gate:
        _admit(Now.of(exchange, [person.pk]), person, Kind.BAN)
        return _give(gate, exchange, person, Kind.BAN, "", reason)


def move(
    exchange: Exchange, person: Person, phase: str, *, actor: Actor, reason: str, request: str = "",
    at: datetime | None = None,
) -> Order:  # fmt: skip
    """Puts somebody who is on the list on another day."""
    with perform("lists.move", actor=actor, subject=exchange, reason=reason, request=request, at=at) as gate:
        _admit(Now.of(exchange, [person.pk]), person, Kind.MOVE, phase)
        return _give(gate, exchange, person, Kind.MOVE, phase, reason)


def substitute(
    exchange: Exchange, off: Person, on: Person, *, actor: Actor, reason: str, request: str = "",
    at: datetime | None = None,
) -> tuple[Order, Order]:  # fmt: skip
    """Takes one person off and puts another on, on the same day. The two orders are lifted together."""
    with perform(
        "lists.substitute", actor=actor, subject=exchange, reason=reason, request=request, at=at
    ) as gate:
        now = Now.of(exchange, [off.pk, on.pk])
        _admit(now, off, Kind.BAN)
        _admit(now, on, Kind.LOCK)
        if why := no_pair(now, off.pk, on.pk):
            raise Refused(why, code="not-ordered")
        first = _give(gate, exchange, off, Kind.BAN, "", reason)
        second = _give(gate, exchange, on, Kind.LOCK, now.places[off.pk].phase, reason, pair=first.pk)
        Order.objects.filter(pk=first.pk).update(pair=second.pk)
        first.pair = second.pk
        gate.subject = first
        gate.fact("pair", second.pk)
    return first, second


def lift(
    order: Order, *, actor: Actor, reason: str, seen: int | None = None, request: str = "",
    at: datetime | None = None,
) -> None:  # fmt: skip
    """Ends an order, and with it the other half of a substitution."""
    with perform(
        "lists.lift", actor=actor, subject=order, seen=seen, reason=reason, request=request, at=at
    ) as gate:
        newest = order.exchange.drafts.order_by("-number").first()
        if newest is not None and newest.state in CLOSED:
            said = _("Draft %(n)s is locked for signing. Open it again first.")
            raise WrongState(said % {"n": newest.number})
        gate.fact("kind", order.kind)
        if order.pair:
            other = Order.objects.get(pk=order.pair)
            Order.objects.filter(pk=other.pk, state="STANDS").update(state="LIFTED", version=other.version + 1)
            gate.fact("pair", order.pair)


def give(gate: Gate, exchange: Exchange, person: Person, kind: Kind, reason: str) -> Order:
    """An order as part of another act, which is open and has its own subject."""
    subject = gate.subject
    order = _give(gate, exchange, person, kind, "", reason)
    gate.subject = subject
    return order


def standing(exchange: Exchange) -> list[Order]:
    """The orders in force, the oldest first."""
    return list(exchange.orders.filter(state="STANDS").order_by("at", "pk"))


def standing_of(exchange: Exchange, people: Sequence[str]) -> list[Order]:
    return list(exchange.orders.filter(state="STANDS", person__in=people))


def reasons(found: Sequence[Order]) -> dict[str, str]:
    """What was said on giving each order, by key; of what was erased nothing."""
    told = cells.opened(found, SYSTEM)
    return {order.pk: said.decode() if said else "" for order, said in zip(found, told, strict=True)}


def for_composing(found: Sequence[Order]) -> tuple[list[Lock], list[Ban]]:
    """Orders as the composer takes them."""
    said = reasons(found)
    locks = [Lock(o.person_id, o.phase, said[o.pk]) for o in found if o.kind != Kind.BAN]
    return locks, [Ban(o.person_id, said[o.pk]) for o in found if o.kind == Kind.BAN]


def _admit(now: Now, person: Person, kind: Kind, phase: str = "") -> None:
    if why := obstacle(now, person.pk, kind, phase):
        raise Refused(why, code="not-ordered")


def _give(
    gate: Gate, exchange: Exchange, person: Person, kind: Kind, phase: str, reason: str, *, pair: str = ""
) -> Order:
    order = Order(
        key=gate.new_id(),
        exchange=exchange,
        person=person,
        kind=kind.value,
        phase=phase,
        pair=pair,
        by=gate.actor.id,
        at=gate.now,
    )
    cells.fill(order, reason.encode())
    order.save(force_insert=True)
    gate.subject = order
    gate.fact("kind", kind.value)
    if phase:
        gate.fact("phase", phase)
    gate.outcome = order.pk
    return order
