"""Tracing services: what they are told of people whom we look for, in PFIF 1.4. Switched off by default.

    referral = ask(Asked("Central Tracing Agency", "Agreement 12", 90), actor=tracer, reason="…")
    release(referral, actor=protection)  # a second person lets it go
    body = file(referral)

Only people whose search is open are told of, and of them only what `core.pfif.told` says. What services tell
is `pfif_in`.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain
from typing import Final

from django.conf import settings

from obmin.accounts import people as accounts
from obmin.audit.perform import Gate, perform
from obmin.core import pfif as core
from obmin.core import record
from obmin.core.access import Actor
from obmin.core.errors import Incomplete, WrongState
from obmin.core.pfif import Kind, Out, Record, Teller
from obmin.files import instance as instances
from obmin.files import pfif as files
from obmin.people.models import Identity, Person, Register
from obmin.people.records import SYSTEM, opened
from obmin.people.referrals import Alias, Referral, Referred
from obmin.vault import cells
from obmin.vault.rows import insert, insert_sealed, update

LONGEST: Final = 366  # days for which a service may keep what it is told


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for: for which service, under which agreement with it, for how many days, and whom; nobody
    named: everybody whose search is open."""

    service: str
    agreement: str
    days: int
    people: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Chosen:
    """Keys of those who may be told of, how many are left out and why, how many wait for another file."""

    keys: tuple[str, ...]
    left_out: dict[str, int]
    waiting: int = 0


def switched_on() -> bool:
    """Whether this instance speaks with tracing services at all."""
    return bool(settings.OBMIN.pfif)


def domain() -> str:
    """The domain of our records; refused where that is switched off."""
    if not switched_on():
        raise WrongState(
            'PFIF is switched off here. To switch it on, write pfif = "tracing.example.org", or another domain'
            f" of yours, into {instances.FILE} of the instance's home, and start it again.",
            code="pfif-off",
        )
    return str(settings.OBMIN.pfif)


def ask(asked: Asked, *, actor: Actor, reason: str, request: str = "", at: datetime | None = None) -> Referral:
    """Asks that a service be told; nothing leaves before a second person lets it go."""
    with perform("tracing.pfif-ask", actor=actor, reason=reason, request=request, at=at) as gate:
        domain()
        if not asked.service.strip() or not asked.agreement.strip():
            raise Incomplete("Name the service, and the agreement under which it may know.")
        if not 1 <= asked.days <= LONGEST:
            raise Incomplete(f"Say for how many days it may be kept: from 1 to {LONGEST}.")
        sought = Person.objects.filter(register=Register.SOUGHT, pk__in=asked.people)
        if unknown := sorted(set(asked.people) - set(sought.values_list("pk", flat=True))):
            raise Incomplete(f"{unknown[0]} is no record of somebody whom we look for.", code="not-sought")
        found = whom(asked.people)
        if not found.keys and not taken_back(gate.now):
            raise Incomplete("There is nobody whom a service may be told of.", code="nobody")
        referral = Referral.objects.create(
            key=gate.new_id(),
            service=asked.service.strip()[:120],
            agreement=asked.agreement.strip()[:120],
            days=asked.days,
            people=sorted(set(asked.people)),
            at=gate.now,
            by=actor.id,
        )
        gate.subject, gate.outcome = referral, referral.pk
        gate.fact("people", len(found.keys))
        gate.fact("days", asked.days)
    return referral


def drop(referral: Referral, *, actor: Actor, reason: str, seen: int | None = None, request: str = "") -> None:
    """Puts away what was asked for and did not go out."""
    with perform("tracing.pfif-drop", actor=actor, subject=referral, reason=reason, seen=seen, request=request):
        pass


def release(
    referral: Referral,
    *,
    actor: Actor,
    seen: int | None = None,
    request: str = "",
    at: datetime | None = None,
) -> None:
    """Lets it go: somebody else than whoever asked, who is the act's second. What is said is as of now."""
    second = accounts.actor(referral.by)
    with perform(
        "tracing.pfif-out", actor=actor, second=second, subject=referral, seen=seen, request=request, at=at
    ) as gate:
        own, found = domain(), whom(referral.people)
        who: dict[str, record.Identity] = opened(Identity, found.keys)
        left = Counter(found.left_out)
        nameless = [key for key in found.keys if core.left_out("OPEN", who.get(key))]
        if nameless:
            left[Out.NAMELESS.value] += len(nameless)
        until = gate.now + timedelta(days=referral.days)
        teller = Teller(own, settings.OBMIN.name, gate.now, until)
        aliases = _aliases(gate, sorted(set(found.keys) - set(nameless)), until)
        back = taken_back(gate.now)
        rows = [
            (f"{referral.pk}:{key}", record.Referred(dict(core.told(alias, who[key], teller)[0].fields)),
             (referral.pk, key))
            for key, alias in aliases.items()
        ]  # fmt: skip
        insert_sealed(Referred, ("referral", "person"), rows)
        changes = {"told": len(rows), "withdrawn": back, "left_out": dict(left), "waiting": found.waiting}
        changes |= {"until": until, "released_at": gate.now, "released_by": actor.id, "domain": own}
        Referral.objects.filter(pk=referral.pk).update(**changes)
        for name, value in changes.items():
            setattr(referral, name, value)
        sha256 = hashlib.sha256(file(referral)).hexdigest()
        Referral.objects.filter(pk=referral.pk).update(sha256=sha256)
        for name, number in {"told": len(rows), "taken-back": len(back), **left}.items():
            gate.fact(name, number)
        gate.fact("sha256", sha256)


def file(referral: Referral) -> bytes:
    """A file as it was let go, without whoever was erased since."""
    if referral.until is None or referral.released_at is None:
        raise WrongState("Nobody has let this file go yet.")
    rows = list(Referred.objects.filter(referral=referral).order_by("person"))
    teller = Teller(referral.domain, settings.OBMIN.name, referral.released_at, referral.until)
    told = [held for held in cells.opened(rows, SYSTEM) if held is not None]
    people = sorted((Record(Kind.PERSON, held.fields) for held in told), key=lambda person: person.id)
    pairs = chain.from_iterable((person, core.note_of(person)) for person in people)
    return files.write([*pairs, *(core.withdrawn(local, teller) for local in referral.withdrawn)])


def whom(people: Sequence[str] = ()) -> Chosen:
    """Who would be told of, at most as many as one file has: first those of whom nobody was told yet."""
    every = Person.objects.filter(register=Register.SOUGHT, into=None)
    wanted = set(people)
    states = {key: state for key, state in every.values_list("key", "state") if not wanted or key in wanted}
    gone = set(Identity.objects.filter(wrapped=b"").values_list("pk", flat=True))
    why = {
        key: core.left_out(state, None if key in gone else record.Identity(name="?"))
        for key, state in states.items()
    }
    until = dict(Alias.objects.values_list("person_id", "until"))
    may = sorted((key for key in states if why[key] is None), key=lambda key: (_time(until.get(key)), key))
    left = Counter(one.value for one in why.values() if one is not None)
    return Chosen(tuple(may[: files.MOST]), dict(sorted(left.items())), max(0, len(may) - files.MOST))


def _time(until: datetime | None) -> float:
    return until.timestamp() if until else 0.0


def taken_back(now: datetime) -> list[str]:
    """Identifiers of those whom services may still keep though nothing is asked any more: each file says so."""
    kept = Alias.objects.filter(until__gt=now)
    gone = Identity.objects.filter(wrapped=b"").values("pk")
    open_ = Person.objects.filter(state__in=core.SEARCHED, into=None).exclude(pk__in=gone)
    return list(kept.exclude(person__in=open_).order_by("key").values_list("key", flat=True)[: files.MOST])


def _aliases(gate: Gate, keys: Sequence[str], until: datetime) -> dict[str, str]:
    """The identifier of each person for services: the one they have, or a random one from now on."""
    known = dict(Alias.objects.values_list("person_id", "key"))
    fresh = {key: gate.new_id() for key in keys if key not in known}
    insert(Alias, ("key", "person", "until"), [(alias, key, until) for key, alias in fresh.items()])
    later = set(Alias.objects.filter(until__lt=until).values_list("key", flat=True))
    update(Alias, ("until",), [(until, known[key]) for key in keys if known.get(key) in later])
    return {key: known.get(key) or fresh[key] for key in keys}
