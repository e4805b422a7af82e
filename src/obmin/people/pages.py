"""What the register's and tracing's pages show, put together from rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from obmin.audit.models import Entry
from obmin.audit.perform import named
from obmin.core.access import Actor, Area
from obmin.core.acts import ACTS
from obmin.people.models import Pairing, Person, Register
from obmin.web.labels import label

COMPARED = ("surname", "given", "patronymic", "birth_date", "service_number", "rank", "unit", "captured_on", "region")


@dataclass(frozen=True, slots=True)
class Compared:
    """One field of two records, side by side."""

    label: str
    ours: str
    theirs: str
    tone: str  # ok, warn, hold
    word: str


def filtered(people: QuerySet[Person], query: Mapping[str, str]) -> QuerySet[Person]:
    """The people whose record contains each word of the query, in either script, or their number or state."""
    for word in query.get("q", "").split():
        people = people.filter(
            Q(identity__name__icontains=word)
            | Q(identity__romanised__icontains=word)
            | Q(identity__birth_date__startswith=word)
            | Q(identity__service_number__iexact=word)
        )
    if state := query.get("state"):
        people = people.filter(state=state)
    return people


def record(person: Person, actor: Actor) -> dict[str, Any]:
    """A record as this actor may see it: what they may not see is absent, not starred."""
    held = person.register == Register.HELD
    return {
        "person": person,
        "identity": person.identity,
        "custody": person.custody,
        "medical": getattr(person, "medical", None) if held and actor.reads(Area.MEDICAL) else None,
        "court": getattr(person, "court", None) if held and actor.reads(Area.COURT) else None,
        "wish": getattr(person, "wish", None) if held and actor.reads(Area.WILL) else None,
        "claims": person.claims.select_related("intake").order_by("kind", "pk"),
        "pairings": person.pairings.select_related("line__list").order_by("-millibits") if actor.reads(Area.TRACING) else [],
        "history": [
            (entry, ACTS[entry.act].label)
            for entry in Entry.objects.filter(subject=named(person)).order_by("-index")[:20]
            if entry.act in ACTS
        ],
        "may_correct": bool(actor.roles & ACTS["register.correct"].roles),
    }


def comparison(pair: Pairing) -> dict[str, Any]:
    """Two records field by field, with what speaks for and against."""
    ours: dict[str, str] = {
        **{name: getattr(pair.person.identity, name, "") for name in COMPARED},
        "captured_on": pair.person.custody.captured_on,
        "region": pair.person.custody.region,
    }
    theirs = {name: str(pair.line.fields.get(name) or "") for name in COMPARED}
    return {
        "pair": pair,
        "rows": [_compared(name, ours[name], theirs[name]) for name in COMPARED if ours[name] or theirs[name]],
        "bits": pair.millibits / 1000,
        "percent": pair.ppm / 10_000,
    }


def _compared(name: str, ours: str, theirs: str) -> Compared:
    if not ours or not theirs:
        return Compared(label(name), ours, theirs, "hold", "cannot-tell")
    if ours.casefold() == theirs.casefold():
        return Compared(label(name), ours, theirs, "ok", "same")
    return Compared(label(name), ours, theirs, "warn", "differs")
