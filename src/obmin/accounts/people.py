"""Accounts and their roles: appointing, resolving an actor, one-time links of training homes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import Q, QuerySet

from obmin.accounts import sessions
from obmin.accounts.models import Account, Agency, Appointment, Lead, SignInLink
from obmin.audit import clock
from obmin.audit.perform import perform
from obmin.core.access import DUTIES, Actor, Role, clash
from obmin.core.errors import NotAllowed, NotFound


@dataclass(frozen=True, slots=True)
class Officer:
    """Somebody to appoint. `name` in its own script, `name_latin` as romanised; `places` of bound duties."""

    id: str
    name: str
    name_latin: str
    agency: str
    roles: tuple[Role, ...]
    places: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AgencyName:
    code: str
    name_en: str
    name_uk: str


SYSTEM = Actor.of("system", frozenset({Role.ADMINISTRATOR}), party="")


def begin(
    *,
    agencies: Iterable[AgencyName],
    leads: Mapping[str, str],
    officers: Iterable[Officer],
    request: str = "begin",
) -> None:
    """Begins an instance: its agencies, which of them leads each stage, and its first officers."""
    with perform("instance.begin", actor=SYSTEM, request=request) as gate:
        Agency.objects.bulk_create(
            [Agency(code=a.code, name_en=a.name_en, name_uk=a.name_uk) for a in agencies]
        )
        Lead.objects.bulk_create([Lead(stage=stage, agency_id=agency) for stage, agency in leads.items()])
        for officer in officers:
            apart(officer.roles)
            account = Account.objects.create(
                id=officer.id, name=officer.name, name_latin=officer.name_latin, agency_id=officer.agency
            )
            Appointment.objects.bulk_create(
                [
                    Appointment(
                        account=account,
                        role=role.value,
                        since=gate.now,
                        places=sorted(officer.places) if DUTIES[role].place else [],
                    )
                    for role in officer.roles
                ]
            )
        gate.fact("officers", Account.objects.count())


def actor(account: Account | str, *, at: datetime | None = None, touched: datetime | None = None) -> Actor:
    """What this account may do at the moment `at` (now), its key last touched at `touched` (real time)."""
    found = (
        account if isinstance(account, Account) else Account.objects.filter(pk=account, is_active=True).first()
    )
    if found is None:
        raise NotFound("There is no such account.")
    held = list(in_force(at or clock.now()).filter(account=found).values_list("role", "places"))
    return Actor.of(
        found.pk,
        frozenset(Role(role) for role, _places in held),
        party=settings.OBMIN.party,
        agency=found.agency_id,
        fresh=settings.OBMIN.training or sessions.fresh(touched),
        posts=frozenset((Role(role), place) for role, places in held for place in places),
    )


def apart(roles: Iterable[Role]) -> None:
    """Raises `NotAllowed` where one person would hold two duties that are kept apart."""
    if pair := clash(frozenset(roles)):
        one, other = pair
        raise NotAllowed(f"One person does not hold both: {one.value}, {other.value}.", code="duties-clash")


def holder(role: Role) -> Actor:
    """The first account, by id, that holds a role now."""
    held = in_force(clock.now()).filter(role=role.value, account__is_active=True)
    found = held.order_by("account_id").select_related("account").first()
    if found is None:
        raise NotFound(f"Nobody holds the role {role.value}.")
    return actor(found.account)


def in_force(moment: datetime) -> QuerySet[Appointment]:
    """The appointments that are held at a moment."""
    return Appointment.objects.filter(Q(until=None) | Q(until__gt=moment), since__lte=moment)


def issue_link(account: Account) -> str:
    """A token that signs `account` in once. Only training homes have such links."""
    if not settings.OBMIN.training:
        raise NotAllowed("One-time links exist in training homes only.")
    used = SignInLink.objects.filter(account=account, used_at__isnull=False).count()
    token: str = settings.OBMIN.derive("link", account.pk, str(used))[:16].hex()
    SignInLink.objects.get_or_create(digest=digest(token), defaults={"account": account})
    return token


def digest(token: str) -> str:
    """What is kept of a one-time token: its SHA-256, hex."""
    return hashlib.sha256(token.encode()).hexdigest()
