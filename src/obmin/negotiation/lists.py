"""Stage 4, composing: the exact list that we offer, with a reason for each person in and out."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

import polars as pl
from django.conf import settings
from django.db.models import F

from obmin.audit.perform import perform
from obmin.core import compose as composing
from obmin.core.access import Actor
from obmin.core.errors import Incomplete
from obmin.files import packages
from obmin.negotiation import keys, terms
from obmin.negotiation.models import Draft, Exchange, LeftOut, ListLine
from obmin.people import queries
from obmin.people.rows import insert


def frozen_register() -> tuple[pl.DataFrame, str]:
    """Everybody in our hands as the composer sees them, and the hash that binds that view."""
    frame = queries.held_frame().sort("id")
    return frame, hashlib.sha256(frame.write_csv().encode()).hexdigest()


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
) -> Draft:
    """Composes the next draft of our list under the terms in force, and has it proved before it is kept.

    Ties fall by a hash of the register as it stands, which nobody chooses. `bans` and `locks` are person
    keys that an officer took off or put on, with a reason that stands in the journal; `kept` (person key
    to phase) is an earlier list to stay as close to as the clauses allow.
    """
    with perform("lists.compose", actor=actor, subject=exchange, request=request, at=at) as gate:
        adopted = terms.current(exchange)
        agreement = terms.agreement(adopted)
        register, bound = frozen_register()
        versions = dict(zip(register["id"], register["_version"], strict=True))
        result = composing.compose(
            agreement,
            register.filter(pl.col("_state").is_in(["REGISTERED", "INTERNED", "HOSPITAL"])).drop(
                "_state", "_version"
            ),
            party=settings.OBMIN.party,
            policy=composing.default_policy(),
            seed=bytes.fromhex(bound),
            on=on,
            bans=tuple(bans),
            locks=tuple(locks),
            kept=kept,
            version=adopted.number,
        )
        if not result.proven:
            broken = ", ".join(v.clause for v in result.verdicts if not v.ok)
            raise Incomplete(
                f"The list is not proven and was not kept: {broken or 'a level is not proven best'}."
            )
        number = exchange.drafts.count() + 1
        draft = Draft(
            exchange=exchange,
            terms=adopted,
            number=number,
            proof=result.proof,
            sealed=_sealed(result.sealed_reasons),
            at=gate.now,
        )
        lines = _lines(result, agreement.version(adopted.number).phases[0].id)
        known = dict(ListLine.objects.filter(draft__exchange=exchange).values_list("person_id", "line"))
        draft.sha256 = hashlib.sha256(repr(lines).encode()).hexdigest()
        draft.save()
        insert(
            ListLine,
            (
                "key",
                "version",
                "line",
                "draft",
                "person",
                "record_version",
                "direct",
                "phase",
                "position",
                "clause",
                "reason",
                "state",
            ),
            [
                (
                    gate.new_id(),
                    1,
                    known.get(person) or gate.new_id(),
                    draft.pk,
                    person,
                    versions[person],
                    direct,
                    phase,
                    position,
                    clause,
                    reason,
                    "CHECKED",
                )
                for person, direct, phase, position, clause, reason in lines
            ],
        )
        insert(
            LeftOut,
            ("draft", "person", "reason"),
            [(draft.pk, row["id"], row["reason"]) for row in result.out.to_dicts()],
        )
        gate.fact("draft", number)
        gate.fact("register", bound)
        gate.fact("sha256", draft.sha256)
        gate.outcome = str(draft.pk)
    return draft


def take_off(line: ListLine, *, actor: Actor, reason: str, seen: int | None = None, request: str = "") -> None:
    """Takes one person off a list that has not been sent. The next draft does without them."""
    with perform("lists.take-off", actor=actor, subject=line, seen=seen, reason=reason, request=request):
        pass  # the state is all that changes


def latest(exchange: Exchange) -> Draft | None:
    return exchange.drafts.order_by("-number").first()


def _sealed(reasons: pl.DataFrame) -> bytes:
    """Grounds of will, health and court, for the legal and medical officers alone."""
    return packages.seal(reasons.write_csv().encode(), [packages.recipient_of(keys.identity("medical"))])


def _lines(result: Any, first_phase: str) -> list[tuple[str, bool, str, int, str, str]]:
    counted = [
        (row["id"], False, row["phase"], row["position"], row["clause"], row["reason"])
        for row in result.lines.to_dicts()
    ]
    direct = [
        (row["id"], True, first_phase, position, "", row["reason"])
        for position, row in enumerate(result.direct.to_dicts(), start=1)
    ]
    return counted + direct


def withdrawn(exchange: Exchange) -> list[str]:
    """The people taken off an earlier draft by hand: they stay off."""
    lines = ListLine.objects.filter(draft__exchange=exchange, state="WITHDRAWN")
    return sorted(set(lines.values_list("person_id", flat=True)))


def newer_records(draft: Draft) -> int:
    """How many people's records have changed since the draft was composed on them."""
    return draft.lines.exclude(state="WITHDRAWN").exclude(person__version=F("record_version")).count()
