"""Orders asked for many at once: chosen in the grid, pasted, or written into a sheet that came back.

Each is an act of its own: it is done whole or refused with a reason, and each is accounted for.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Final

from django.utils.translation import gettext as _

from obmin.core.access import Actor
from obmin.core.errors import Incomplete, Refused
from obmin.negotiation import orders
from obmin.negotiation.models import Exchange, Order
from obmin.negotiation.orders import Kind, Now
from obmin.people.models import Person

MOST: Final = 500  # orders asked for at once
SUBSTITUTE: Final = "substitute"


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for about `person`: a kind of order or `substitute` by `other`; `row` of a sheet, or 0."""

    person: str
    kind: str
    phase: str = ""
    reason: str = ""
    other: str = ""
    row: int = 0

    def text(self) -> str:
        """As it travels in a form."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def read(cls, text: str) -> Wish:
        """What a form brought back. Raises Refused for anything else."""
        try:
            wish = cls(**json.loads(text))
            known = wish.kind in (*Kind, SUBSTITUTE) and isinstance(wish.row, int)
            if known and all(isinstance(v, str) for v in (wish.person, wish.phase, wish.reason, wish.other)):
                return wish
        except (ValueError, TypeError):
            pass
        raise Refused("No such order can be asked for.", code="bad-request")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a wish: the order, or why not."""

    wish: Wish
    order: Order | None = None
    why: str = ""


def checked(exchange: Exchange, wishes: Sequence[Wish]) -> list[Outcome]:
    """Each wish with what stands against it, if anything. Nothing is changed."""
    if len(wishes) > MOST:
        raise Incomplete(_("At most %(n)s orders at once.") % {"n": MOST})
    now = Now.of(exchange, [key for wish in wishes for key in (wish.person, wish.other) if key])
    seen: set[str] = set()
    found = []
    for wish in wishes:
        touched = {wish.person, wish.other} - {""}
        why = _("This person is named twice.") if touched & seen else _obstacle(now, wish)
        seen |= touched
        found.append(Outcome(wish, why=why))
    return found


def carry_out(exchange: Exchange, wishes: Iterable[Wish], *, actor: Actor, reason: str) -> list[Outcome]:
    """Gives each order that may be given, as an act with its own reason or the common one."""
    found = []
    asked = list(wishes)
    people = Person.objects.in_bulk([key for wish in asked for key in (wish.person, wish.other) if key])
    for before in checked(exchange, asked):
        wish = replace(before.wish, reason=before.wish.reason.strip() or reason.strip())
        if before.why:
            found.append(replace(before, wish=wish))
            continue
        try:
            found.append(Outcome(wish, _give(exchange, people, wish, actor)))
        except Refused as refusal:
            found.append(Outcome(wish, why=refusal.message))
    return found


def _give(exchange: Exchange, people: dict[str, Person], wish: Wish, actor: Actor) -> Order:
    person = people[wish.person]
    match wish.kind:
        case Kind.LOCK:
            return orders.lock(exchange, person, wish.phase, actor=actor, reason=wish.reason)
        case Kind.BAN:
            return orders.ban(exchange, person, actor=actor, reason=wish.reason)
        case Kind.MOVE:
            return orders.move(exchange, person, wish.phase, actor=actor, reason=wish.reason)
    return orders.substitute(exchange, person, people[wish.other], actor=actor, reason=wish.reason)[0]


def _obstacle(now: Now, wish: Wish) -> str:
    if wish.kind != SUBSTITUTE:
        return orders.obstacle(now, wish.person, Kind(wish.kind), wish.phase)
    why = orders.obstacle(now, wish.person, Kind.BAN) or orders.obstacle(now, wish.other, Kind.LOCK)
    return why or orders.no_pair(now, wish.person, wish.other)
