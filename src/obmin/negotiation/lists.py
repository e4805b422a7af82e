"""Stage 4, composing: the exact list that we offer, with a reason for each person in and out."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Final

import polars as pl
from django.conf import settings
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from obmin.accounts import people as accounts
from obmin.audit.models import Entry
from obmin.audit.perform import Gate, named, perform
from obmin.core import compose as composing
from obmin.core.access import Actor
from obmin.core.compose import Composition
from obmin.core.errors import Incomplete, Refused, WrongState
from obmin.files import packages
from obmin.negotiation import keys, lots, orders, terms
from obmin.negotiation.models import Draft, Exchange, LeftOut, ListLine, Terms
from obmin.people import queries
from obmin.people.records import SYSTEM
from obmin.vault import cells
from obmin.vault.rows import insert

IN_OUR_HANDS: Final = ("REGISTERED", "INTERNED", "HOSPITAL")


def frozen_register() -> tuple[pl.DataFrame, str]:
    """Everybody in our hands as the composer sees them, and the hash that binds that view."""
    frame = queries.held_frame().sort("id")
    return frame, hashlib.sha256(frame.write_csv().encode()).hexdigest()


def frozen_hash() -> str:
    """The hash alone of the register as it stands."""
    return frozen_register()[1]


def compose(
    exchange: Exchange,
    *,
    actor: Actor,
    on: date,
    bans: Iterable[str] = (),
    locks: Iterable[str] = (),
    kept: Mapping[str, str] | None = None,
    request: str = "",
    at: datetime | None = None,
    by: Callable[..., Composition] = composing.compose,
) -> Draft:
    """Composes the next draft of our list under the terms in force, and has it proved before it is kept.

    Ties fall by the lot that both sides bound themselves to (`lots.seed`), or, where nobody did, by a hash of
    the register as it stands: nobody chooses either. Orders that stand are obeyed; `bans` and `locks` are
    further person keys. `kept` (person key to phase) is an earlier list to stay as close to as the clauses
    allow. `by` does the composing: here, or in a process of its own.
    """
    with perform("lists.compose", actor=actor, subject=exchange, request=request, at=at) as gate:
        newest = latest(exchange)
        if newest is not None and newest.state in orders.CLOSED:
            said = _("Draft %(n)s is locked for signing. Open it again first.")
            raise WrongState(said % {"n": newest.number})
        standing = orders.standing(exchange)
        ordered, banned = orders.for_composing(standing)
        adopted = terms.current(exchange)
        register, hashed = frozen_register()
        seed = lots.seed(exchange, hashed)
        result = by(
            terms.agreement(adopted),
            register.filter(pl.col("_state").is_in(IN_OUR_HANDS)).drop("_state", "_version"),
            party=settings.OBMIN.party,
            policy=composing.default_policy(),
            seed=seed,
            on=on,
            bans=(*banned, *bans),
            locks=(*ordered, *locks),
            kept=kept,
            version=adopted.number,
        )
        if not result.proven:
            broken = ", ".join(v.clause for v in result.verdicts if not v.ok)
            why = broken or "a level is not proven best"
            raise Incomplete(f"The list is not proven and was not kept: {why}.")
        result.proof["orders"] = sorted(order.pk for order in standing)
        draft = _keep(gate, exchange, adopted, result, dict(register.select("id", "_version").iter_rows()))
        gate.fact("orders", len(standing))
        gate.fact("draft", draft.number)
        gate.fact("register", hashed)
        gate.fact("lot", seed.key.hex())
        gate.fact("sha256", draft.sha256)
        gate.outcome = str(draft.pk)
    return draft


def _keep(
    gate: Gate, exchange: Exchange, adopted: Terms, result: Composition, versions: Mapping[str, int]
) -> Draft:
    """Writes a composition as a draft. Whoever was on an earlier one keeps the line id that they had."""
    lines = _lines(result, terms.in_force(exchange).phases[0].id)
    draft = Draft(
        exchange=exchange,
        terms=adopted,
        number=exchange.drafts.count() + 1,
        sha256=hashlib.sha256(repr(lines).encode()).hexdigest(),
        proof=result.proof,
        at=gate.now,
    )
    cells.fill(draft, result.sealed_reasons.write_csv().encode())
    draft.save()
    known = dict(ListLine.objects.filter(draft__exchange=exchange).values_list("person_id", "line"))
    fixed = ("key", "version", "line", "draft", "person", "record_version", "state")
    insert(
        ListLine,
        (*fixed, "direct", "phase", "position", "clause", "reason"),
        [
            (
                gate.new_id(),
                1,
                known.get(person) or gate.new_id(),
                draft.pk,
                person,
                versions[person],
                "CHECKED",
                *rest,
            )
            for person, *rest in lines
        ],
    )
    out = [(draft.pk, row["id"], row["reason"]) for row in result.out.iter_rows(named=True)]
    insert(LeftOut, ("draft", "person", "reason"), out)
    return draft


def take_off(line: ListLine, *, actor: Actor, reason: str, seen: int | None = None, request: str = "") -> None:
    """Takes one person off a list that has not been sent, at once. An order keeps them off later drafts."""
    with perform(
        "lists.take-off", actor=actor, subject=line, seen=seen, reason=reason, request=request
    ) as gate:
        exchange = line.draft.exchange
        if line.draft.state in orders.CLOSED:
            said = _("Draft %(n)s is locked for signing. Open it again first.")
            raise WrongState(said % {"n": line.draft.number})
        if orders.standing_of(exchange, [line.person_id]):
            raise Refused(_("An order stands about this person. Lift it first."), code="not-ordered")
        orders.give(gate, exchange, line.person, orders.Kind.BAN, reason)


def latest(exchange: Exchange) -> Draft | None:
    return exchange.drafts.order_by("-number").first()


def grounds(draft: Draft) -> bytes:
    """Grounds of will, health and court, sealed to the legal and medical officers alone."""
    told: bytes = cells.value(draft, SYSTEM)
    return packages.seal(told, [packages.recipient_of(keys.identity("medical"))])


def _lines(result: Composition, first_phase: str) -> list[tuple[str, bool, str, int, str, str]]:
    counted = [
        (row["id"], False, row["phase"], row["position"], row["clause"], row["reason"])
        for row in result.lines.to_dicts()
    ]
    direct = [
        (row["id"], True, first_phase, position, "", row["reason"])
        for position, row in enumerate(result.direct.to_dicts(), start=1)
    ]
    return counted + direct


def close(
    draft: Draft, *, actor: Actor, seen: int | None = None, request: str = "", at: datetime | None = None
) -> None:
    """Locks the newest draft for signing: nothing is ordered, composed or taken off until it is opened."""
    with perform("lists.close", actor=actor, subject=draft, seen=seen, request=request, at=at) as gate:
        if unready := not_ready(draft):
            raise Incomplete(" ".join(unready))
        gate.fact("sha256", draft.sha256)


def reopen(
    draft: Draft, *, actor: Actor, reason: str, seen: int | None = None, request: str = "",
    at: datetime | None = None,
) -> None:  # fmt: skip
    """Opens a locked draft for changes again; a signature on it is void."""
    with perform(
        "lists.reopen", actor=actor, subject=draft, seen=seen, reason=reason, request=request, at=at
    ) as gate:
        gate.fact("sha256", draft.sha256)


def sign(
    draft: Draft, *, actor: Actor, seen: int | None = None, request: str = "", at: datetime | None = None
) -> None:
    """Signs a locked draft, as somebody else than the officer who locked it and who is the act's second."""
    locker = closed_by(draft)
    second = replace(accounts.actor(locker), fresh=True) if locker else None
    with perform(
        "lists.sign", actor=actor, second=second, subject=draft, seen=seen, request=request, at=at
    ) as gate:
        if unready := not_ready(draft):
            raise Incomplete(" ".join(unready))
        gate.fact("sha256", draft.sha256)


def closed_by(draft: Draft) -> str:
    """The account that locked the draft last; empty where nobody has."""
    acts = Entry.objects.filter(subject=named(draft), act="lists.close")
    return acts.order_by("-index").values_list("actor", flat=True).first() or ""


def not_ready(draft: Draft) -> list[str]:
    """What stands between a draft and a signature, in words."""
    found = []
    if latest(draft.exchange) != draft:
        found.append(_("There is a newer draft."))
    if draft.terms_id != terms.current(draft.exchange).pk:
        found.append(_("It was composed under earlier terms: compose again."))
    if changed := newer_records(draft):
        found.append(
            ngettext(
                "%(n)s record has changed since: compose again.",
                "%(n)s records have changed since: compose again.",
                changed,
            )
            % {"n": changed}
        )
    if changed := newer_orders(draft):
        found.append(
            ngettext(
                "%(n)s order was given or lifted since: compose again.",
                "%(n)s orders were given or lifted since: compose again.",
                changed,
            )
            % {"n": changed}
        )
    return found


def newer_orders(draft: Draft) -> int:
    """How many orders were given or lifted since the draft was composed."""
    now = {order.pk for order in orders.standing(draft.exchange)}
    return len(now ^ set(draft.proof.get("orders", ())))


def kept(draft: Draft) -> dict[str, str]:
    """A draft's people and their days, for a list that is to stay as close to it as it can."""
    lines = draft.lines.filter(direct=False).exclude(state="WITHDRAWN")
    return dict(lines.values_list("person_id", "phase"))


def newer_records(draft: Draft) -> int:
    """How many people's records have changed since the draft was composed on them."""
    return draft.lines.exclude(state="WITHDRAWN").exclude(person__version=F("record_version")).count()
