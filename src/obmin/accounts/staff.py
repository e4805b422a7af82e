"""Who works here: accounts are opened, appointed and let in again by two people, ended by one.

An administrator asks; another authorised person confirms within a day. Opening an account and letting
somebody in again also give a one-time code in two halves: the asker holds the first, the confirmer the second.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from django.db.models import Q

from obmin.accounts import codes, keyring
from obmin.accounts.models import ASKED, Account, Agency, Appointment, Proposal
from obmin.accounts.people import actor as resolve
from obmin.accounts.people import apart, in_force
from obmin.audit import clock
from obmin.audit.perform import Gate, perform
from obmin.core.access import DUTIES, Actor, Role
from obmin.core.acts import ACTS
from obmin.core.errors import Incomplete, NotAllowed, NotFound, WrongState

STANDS: Final = timedelta(hours=24)  # how long something asked for may be confirmed
KEPT: Final = (Role.ADMINISTRATOR, Role.PROTECTION)  # duties that never fall empty


class Kind(StrEnum):
    CREATE = "create"
    APPOINT = "appoint"
    RECOVER = "recover"


ACT: Final = {
    Kind.CREATE: "accounts.create",
    Kind.APPOINT: "accounts.appoint",
    Kind.RECOVER: "accounts.recover",
}


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for. Names and agency for a new account; `roles` for a new one and for an appointment.

    `places` are the sites or crossings of those duties among them that are bound to a place.
    """

    kind: Kind
    account: str
    reason: str
    name: str = ""
    name_latin: str = ""
    agency: str = ""
    roles: tuple[Role, ...] = field(default=())
    places: tuple[str, ...] = field(default=())
    until: datetime | None = None


def ask(wish: Wish, *, actor: Actor) -> tuple[Proposal, str]:
    """Asks for a change; returns what was asked and the asker's half of the code ("" for an appointment)."""
    with perform("accounts.ask", actor=actor, reason=wish.reason) as gate:
        asks = ACTS[ACT[wish.kind]].second
        if not actor.roles & asks:
            raise NotAllowed(f"This is asked by: {', '.join(sorted(asks))}.")
        _possible(wish, actor)
        half = codes.new_half(gate) if wish.kind is not Kind.APPOINT else ""
        gate.subject = asked = Proposal.objects.create(
            id=gate.new_id(),
            kind=wish.kind.value,
            account=wish.account,
            details={
                "name": wish.name,
                "name_latin": wish.name_latin,
                "agency": wish.agency,
                "roles": sorted(role.value for role in wish.roles),
                "places": sorted(wish.places),
                "until": wish.until.isoformat() if wish.until else "",
            },
            reason=wish.reason,
            asked_by=actor.id,
            asked_at=gate.now,
            half=codes.half_digest(half) if half else "",
        )
        gate.fact("kind", wish.kind.value)
    return asked, half


def confirm(asked: Proposal, *, actor: Actor, seen: int | None = None) -> str:
    """The second person confirms: it is done. Returns their half of the code, "" for an appointment.

    The act is theirs; the asker, who touched a key when asking, stands in it as the other person.
    """
    wish = read(asked)
    asker = resolve(asked.asked_by)
    account = None if wish.kind is Kind.CREATE else _account(wish.account)
    half = ""
    with perform(ACT[wish.kind], actor=actor, second=asker, subject=account, reason=wish.reason) as gate:
        _use(asked, seen, gate)
        if actor.id == wish.account:
            raise NotAllowed("Somebody else confirms what is asked for you.", code="second-same")
        _possible(wish, asker)
        gate.fact("account", wish.account)
        if account is None:
            gate.subject = account = Account.objects.create(
                id=wish.account, name=wish.name, name_latin=wish.name_latin, agency_id=wish.agency
            )
        _appoint(gate, account, wish)
        if wish.kind is Kind.RECOVER:
            gate.fact("keys", keyring.end(gate, account, why="lost"))
        if asked.half:
            half = codes.issue(gate, account, asked.half)
    return half


def drop(asked: Proposal, *, actor: Actor) -> None:
    """What was asked for is not wanted any more, or the second person says no."""
    with perform("accounts.drop", actor=actor, subject=asked):
        pass


def end(account: Account, *, actor: Actor, reason: str, role: Role | None = None) -> None:
    """Ends a duty from now on, or the whole account with its keys. One person can do this: it only takes away.

    The session of the account ends with it, whatever it was doing.
    """
    with perform("accounts.end", actor=actor, subject=account, reason=reason) as gate:
        held = in_force(gate.now).filter(account=account)
        ending = held.filter(role=role.value) if role else held
        if not ending.exists() and role:
            raise NotFound("This duty is not held.")
        for one in KEPT:
            if ending.filter(role=one.value).exists() and not _others(gate.now, one, account):
                raise Incomplete("Nobody else holds this duty. Appoint somebody first.", code="last-of-duty")
        gate.fact("account", account.pk)
        gate.fact("duties", ending.update(until=gate.now))
        if role is None:
            Account.objects.filter(pk=account.pk).update(is_active=False)
            gate.fact("keys", keyring.end(gate, account, why="ended"))


def waiting(moment: datetime) -> list[Proposal]:
    """What was asked for and may still be confirmed, oldest first."""
    return list(Proposal.objects.filter(state=ASKED, asked_at__gt=moment - STANDS).order_by("asked_at", "id"))


def for_me(actor: Actor, moment: datetime) -> list[Proposal]:
    """What waits for this person's own confirmation."""
    return [
        one
        for one in waiting(moment)
        if actor.id not in (one.asked_by, one.account) and actor.roles & ACTS[ACT[Kind(one.kind)]].roles
    ]


def read(asked: Proposal) -> Wish:
    """A proposal as it was asked for."""
    details: dict[str, Any] = asked.details
    until = datetime.fromisoformat(details["until"]) if details["until"] else None
    roles = tuple(Role(role) for role in details["roles"])
    return Wish(
        Kind(asked.kind),
        asked.account,
        asked.reason,
        details["name"],
        details["name_latin"],
        details["agency"],
        roles,
        tuple(details["places"]),
        until,
    )


def _possible(wish: Wish, asker: Actor) -> None:
    known = Account.objects.filter(pk=wish.account).first()
    if wish.kind is Kind.CREATE:
        if known is not None:
            raise WrongState("There is an account of this name already.", code="account-known")
        if not (wish.account and wish.name.strip() and wish.name_latin.strip() and wish.roles):
            raise Incomplete("An account has an id, two names and a duty.", code="account-incomplete")
        if not Agency.objects.filter(pk=wish.agency).exists():
            raise NotFound("There is no such agency.")
    elif known is None or not known.is_active:
        raise NotFound("There is no such account.")
    if asker.id == wish.account:
        raise NotAllowed("Somebody else asks this for you.", code="own-account")
    if wish.kind is Kind.APPOINT and not wish.roles:
        raise Incomplete("Name the duty.", code="duty-missing")
    if any(DUTIES[role].place for role in wish.roles) and not wish.places:
        raise Incomplete("This duty is held at a place: name its site or crossing.", code="place-missing")
    if wish.until is not None and wish.until <= clock.now():
        raise Incomplete("The end of a duty lies ahead.", code="until-past")
    held = resolve(known).roles if known is not None else frozenset()
    apart(held | frozenset(wish.roles))


def _use(asked: Proposal, seen: int | None, gate: Gate) -> None:
    """Takes the proposal, once: whoever comes second finds it taken."""
    if gate.now - asked.asked_at > STANDS:
        raise WrongState("This was asked for too long ago. Ask for it again.", code="asked-long-ago")
    standing = Proposal.objects.filter(
        pk=asked.pk, state=ASKED, version=asked.version if seen is None else seen
    )
    if not standing.update(state="DONE", version=asked.version + 1):
        raise WrongState("This was confirmed or dropped already.", code="wrong-state")


def _appoint(gate: Gate, account: Account, wish: Wish) -> None:
    held = set(in_force(gate.now).filter(account=account).values_list("role", flat=True))
    Appointment.objects.bulk_create(
        [
            Appointment(
                account=account,
                role=role.value,
                since=gate.now,
                until=wish.until,
                places=sorted(wish.places) if DUTIES[role].place else [],
            )
            for role in wish.roles
            if role.value not in held
        ]
    )
    gate.fact("roles", ", ".join(sorted(role.value for role in wish.roles)))


def _others(moment: datetime, role: Role, account: Account) -> bool:
    held: Q = Q(role=role.value, account__is_active=True)
    return in_force(moment).filter(held).exclude(account=account).exists()


def _account(key: str) -> Account:
    found = Account.objects.filter(pk=key, is_active=True).first()
    if found is None:
        raise NotFound("There is no such account.")
    return found
