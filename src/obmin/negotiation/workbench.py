"""The lists workbench: everybody whom a draft could have, on it and left out, filtered by the database.

A page never holds more than it shows. Names are sealed, so that sorting by name and searching in names is the
keeper's; all else is the database's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from functools import cached_property
from itertools import chain
from typing import Any, Final
from urllib.parse import urlencode

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from obmin.audit.perform import perform
from obmin.core.access import Actor, Area
from obmin.core.errors import NotAllowed
from obmin.negotiation import orders, words
from obmin.negotiation.models import Draft, Exchange, LeftOut, ListLine, Order, View
from obmin.people.models import Person, Register
from obmin.vault.process import keeper

MOST: Final = 20_000  # people whom words can mean
SORTS: Final = {
    "place": ("direct", "phase", "position"),
    "state": ("state", "direct", "phase", "position"),
    "clause": ("clause", "direct", "phase", "position"),
    "name": (),  # the keeper's
}


@dataclass(frozen=True, slots=True)
class Ask:
    """What an address asks for. Each field is a parameter of the same name; what is empty asks for nothing."""

    show: str = ""  # on, out, direct
    phase: str = ""
    track: str = ""
    clause: str = ""
    state: str = ""  # of a line, as it is told
    order: str = ""  # lock, ban, move, any
    why: str = ""  # which sentence says why somebody is left out
    q: str = ""
    picked: str = ""  # a kept view with people
    sort: str = ""

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Ask:
        return cls(**{each.name: query.get(each.name, "")[:200] for each in fields(cls)})

    def address(self, **changes: str) -> str:
        """The query of the same address with some parameters changed."""
        changed = replace(self, **changes)
        found = {each.name: getattr(changed, each.name) for each in fields(changed)}
        return urlencode({name: value for name, value in found.items() if value})

    @property
    def kept(self) -> str:
        """The part of the address that may be kept under a name: never words, which are mostly names."""
        return self.address(q="", picked="")

    @property
    def filters(self) -> bool:
        return any(getattr(self, each.name) for each in fields(self) if each.name != "sort")


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody whom a draft lists, or leaves out with a reason; with the order that stands about them."""

    person: Person
    reason: str
    line: ListLine | None = None
    order: Order | None = None


@dataclass
class Candidates(Sequence[Candidate]):
    """The people of a draft whom an address asks for, as many as the reader's duties open, in its order."""

    draft: Draft
    ask: Ask
    actor: Actor
    _total: int | None = field(default=None, init=False)

    def __len__(self) -> int:
        if self._total is None:
            self._total = len(self._names) if self._by_name else self._listed + self._out.count()
        return self._total

    def __getitem__(self, at: Any) -> Any:
        if not isinstance(at, slice):
            return self[at : at + 1][0]
        start, stop, _step = at.indices(len(self))
        keys = self.keys(start, stop)
        return with_places(self.draft, keys)

    def keys(self, start: int, stop: int) -> list[str]:
        """Person keys of a stretch."""
        if self._by_name:
            return self._names[start:stop]
        on = list(self._lines[start : min(stop, self._listed)].values_list("person_id", flat=True))
        rest = max(start - self._listed, 0), max(stop - self._listed, 0)
        return on + list(self._out[rest[0] : rest[1]].values_list("person_id", flat=True))

    @cached_property
    def _by_name(self) -> bool:
        return self.ask.sort.lstrip("-") == "name"

    @cached_property
    def _listed(self) -> int:
        return self._lines.count()

    @cached_property
    def _names(self) -> list[str]:
        keys = list(
            chain(
                self._lines.values_list("person_id", flat=True), self._out.values_list("person_id", flat=True)
            )
        )
        found, _total = keeper().arrange(Register.HELD.value, (), keys, 0, len(keys))
        return found[::-1] if self.ask.sort.startswith("-") else found

    @cached_property
    def _among(self) -> Q:
        """Whom words, a pasted set and orders leave."""
        found = Q()
        if wanted := self.ask.q.split():
            keys, _total = keeper().arrange(Register.HELD.value, wanted, None, 0, MOST)
            found &= Q(person__in=keys)
        if self.ask.picked:
            found &= Q(person__in=_people(self.draft.exchange, self.ask.picked, self.actor))
        if self.ask.track:
            found &= Q(person__category=self.ask.track)
        if self.ask.order:
            standing = self.draft.exchange.orders.filter(state="STANDS")
            if self.ask.order != "any":
                standing = standing.filter(kind=self.ask.order)
            found &= Q(person__in=standing.values("person"))
        return found

    @cached_property
    def _lines(self) -> QuerySet[ListLine]:
        ask = self.ask
        rows = self.draft.lines.filter(self._among)
        if ask.show == "out" or ask.why:
            return rows.none()
        if ask.phase:
            rows = rows.filter(phase=ask.phase, direct=False)
        if ask.show == "direct":
            rows = rows.filter(direct=True)
        if ask.clause:
            rows = rows.filter(clause=ask.clause)
        if ask.state:
            rows = rows.filter(state__in=told_as(ask.state, self.actor))
        order = SORTS.get(ask.sort.lstrip("-")) or SORTS["place"]
        return rows.order_by(*(f"-{name}" if ask.sort.startswith("-") else name for name in order))

    @cached_property
    def _out(self) -> QuerySet[LeftOut]:
        ask = self.ask
        rows = LeftOut.objects.filter(self._among, draft=self.draft)
        if (
            not self.actor.sees(Area.LISTS, "left_out")
            or ask.show in ("on", "direct")
            or ask.phase
            or ask.state
        ):
            return rows.none()
        if ask.clause:
            rows = rows.filter(reason__startswith=f"{ask.clause}: ")
        if ask.why:
            said = {text for text in _reasons(self.draft) if words.key_of(text) == ask.why}
            rows = rows.filter(reason__in=said)
        return rows.order_by("-reason" if ask.sort.startswith("-") else "reason", "person_id")


def with_places(draft: Draft, keys: Sequence[str]) -> list[Candidate]:
    """People by key, in the order given, with their place in the draft; whoever has none is left out."""
    people = Person.objects.in_bulk(keys)
    lines = {line.person_id: line for line in draft.lines.filter(person__in=keys)}
    out = dict(LeftOut.objects.filter(draft=draft, person__in=keys).values_list("person_id", "reason"))
    standing = {order.person_id: order for order in orders.standing_of(draft.exchange, keys)}
    return [
        Candidate(people[key], line.reason if line else out[key], line, standing.get(key))
        for key in keys
        if (line := lines.get(key)) or key in out
    ]


def told_as(state: str, actor: Actor) -> list[str]:
    """The states of lines that a reader is told as `state`."""
    if actor.sees(Area.LISTS, "fit"):
        return [state]
    return {"REFUSED": ["REFUSED", "UNFIT"], "UNFIT": []}.get(state, [state])


@dataclass(frozen=True, slots=True)
class Sums:
    """How many people of a draft each filter would leave."""

    on: int
    direct: int
    out: int
    phases: Mapping[str, int]
    tracks: Mapping[str, int]
    clauses: Mapping[str, int]
    states: Mapping[str, int]
    orders: Mapping[str, int]
    why: Mapping[str, int]


def sums(draft: Draft, actor: Actor) -> Sums:
    """Counts over the whole draft, as far as the reader's duties open it."""
    lines = draft.lines.values_list("direct", "phase", "clause", "state", "person__category")
    found: dict[str, dict[str, int]] = {name: {} for name in ("phases", "tracks", "clauses", "states", "why")}
    on = direct = out = 0
    for beside, phase, clause, state, track, count in lines.annotate(Count("pk")).order_by():
        on += count
        direct += count if beside else 0
        told = "REFUSED" if state == "UNFIT" and not actor.sees(Area.LISTS, "fit") else state
        named = {"clauses": clause, "states": told, "tracks": track, "phases": "" if beside else phase}
        for name, value in named.items():
            if value:
                found[name][value] = found[name].get(value, 0) + count
    if actor.sees(Area.LISTS, "left_out"):
        rows = LeftOut.objects.filter(draft=draft).values_list("reason", "person__category")
        for reason, track, count in rows.annotate(Count("pk")).order_by():
            out += count
            found["tracks"][track] = found["tracks"].get(track, 0) + count
            key = words.key_of(reason)
            found["why"][key] = found["why"].get(key, 0) + count
    standing = draft.exchange.orders.filter(state="STANDS").values_list("kind").annotate(Count("pk")).order_by()
    return Sums(on, direct, out, orders=dict(standing), **found)


# -- views that somebody kept


def keep_view(
    exchange: Exchange, *, actor: Actor, name: str = "", query: str = "", people: Sequence[str] = (),
    shared: bool = False, request: str = "", at: datetime | None = None,
) -> View:  # fmt: skip
    """Keeps a view of the lists under a name, or the people whom somebody pasted under none."""
    with perform("lists.keep-view", actor=actor, request=request, at=at) as gate:
        kept = View.objects.create(
            key=gate.new_id(),
            exchange=exchange,
            account=actor.id,
            shared=shared,
            name=name.strip()[:60],
            query=query[:300],
            people=list(people),
            at=gate.now,
        )
        gate.fact("people", len(kept.people))
        gate.outcome = kept.key
    return kept


def drop_view(view: View, *, actor: Actor, request: str = "", at: datetime | None = None) -> None:
    """Drops a view; only whoever kept it can."""
    with perform("lists.drop-view", actor=actor, request=request, at=at):
        if view.account != actor.id:
            raise NotAllowed(_("Only whoever kept this view can drop it."))
        view.delete()


def views(exchange: Exchange, actor: Actor) -> list[View]:
    """The named views that an officer may open: their own, and those that others share."""
    found = exchange.views.exclude(name="").filter(Q(account=actor.id) | Q(shared=True))
    return list(found.order_by("name", "key"))


def _people(exchange: Exchange, key: str, actor: Actor) -> list[str]:
    seen = exchange.views.filter(Q(account=actor.id) | Q(shared=True))
    found: list[str] | None = seen.filter(pk=key).values_list("people", flat=True).first()
    return found or []


def _reasons(draft: Draft) -> list[str]:
    return list(LeftOut.objects.filter(draft=draft).values_list("reason", flat=True).distinct())
