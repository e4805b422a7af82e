"""The gate: the only way to write. One act, one transaction, one journal entry.

    with perform("lists.take-off", actor=actor, subject=entry, seen=3, reason="…") as gate:
        ...change rows...

On entry it takes the write lock, makes sure that no row was changed by anything else, re-reads the subject,
asks the table of acts, and compares the version that the user saw. When the body ends it moves the state,
works the rows that were touched into the journal's head, appends to the journal and commits. When it is
refused, nothing is kept but a journal entry that says so, written after the rollback.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.db import transaction

from obmin.audit import alarms, clock, journal, rows
from obmin.audit.models import Entry, Recorded
from obmin.core.access import Actor, decide
from obmin.core.acts import ACTS, Act
from obmin.core.errors import NotAllowed, Refused, Stale, WrongState

HEAD_ALTERED: Final = "head-altered"

# What is let through although rows were changed past the gate: or nobody could come in to look at them.
DESPITE: Final = frozenset({"instance.sign-in", "accounts.touch", "alarms.acknowledge", "rows.keep"})


@dataclass(slots=True)
class Gate:
    """An open act. `now` is its moment; `fact` puts numbers, codes and hashes (never names) on record."""

    act: Act
    actor: Actor
    now: datetime
    subject: Recorded | None  # the body sets it where the act makes a new thing
    request: str
    found: Recorded | None = None
    entry: int = 0  # the place in the journal that this act will have
    facts: dict[str, str | int] = field(default_factory=dict)
    outcome: str = ""
    ends: str | None = None  # the state that the subject is left in, where the body decides it
    anew: bool = False  # the sums of all tables are taken anew, as they stand
    _drawn: int = 0

    def new_id(self) -> str:
        """A random key of 16 hex digits; in training the same act of the same story draws the same."""
        return self.new_secret()[:8].hex()

    def new_secret(self) -> bytes:
        """32 random bytes, repeatable in training."""
        self._drawn += 1
        out: bytes = settings.OBMIN.derive(self.act.name, self.request, str(self._drawn))
        return out

    def fact(self, name: str, value: str | int) -> None:
        self.facts[name] = value


@contextmanager
def perform(
    name: str,
    *,
    actor: Actor,
    subject: Recorded | None = None,
    seen: int | None = None,
    reason: str = "",
    second: Actor | None = None,
    request: str = "",
    at: datetime | None = None,
) -> Iterator[Gate]:
    """Opens the act `name`. `request` names this very attempt, so that a repeat is known as one."""
    act = ACTS[name]
    try:
        with transaction.atomic():
            tree = journal.head()
            rows.set_apart() if name in DESPITE else rows.admit()
            gate = Gate(
                act,
                actor,
                clock.next_moment(tree.moment, at),
                subject,
                request or f"{name}/{tree.size}",
                found=subject,
                entry=tree.size,
            )
            if request and done(request) is not None:
                raise WrongState("This was done before; it is not done twice.", code="done-before")
            before = _admit(gate, second, seen, reason)
            yield gate
            after = _move(gate, before)
            journal.append(
                tree,
                gate.new_secret(),
                {
                    "act": name,
                    "actor": actor.id,
                    "after": after,
                    "at": gate.now.isoformat(),
                    "before": before,
                    "facts": dict(gate.facts),
                    "outcome": gate.outcome,
                    "reason": _bound(reason),
                    "request": gate.request,
                    "second": second.id if second else "",
                    "subject": named(gate.subject),
                },
                nonce=gate.new_secret(),
                anew=gate.anew,
                outcome=gate.outcome,
                request=request or None,
                remark=reason,
            )
    except Refused as refusal:
        if refusal.code != HEAD_ALTERED:  # nothing is added to a journal that was altered
            _record_refusal(act, actor, subject, refusal)
        raise


def done(request: str) -> str | None:
    """What an earlier act with this request came to, or `None` if there was none."""
    return Entry.objects.filter(request=request).values_list("outcome", flat=True).first()


def named(subject: Recorded | None) -> str:
    """How the journal names a thing: its kind and key."""
    return "" if subject is None else f"{subject._meta.label_lower}:{subject.pk}"


def _admit(gate: Gate, second: Actor | None, seen: int | None, reason: str) -> str:
    subject = gate.subject
    if subject is not None:
        subject.refresh_from_db(from_queryset=type(subject)._default_manager.select_for_update())
        if seen is not None and subject.version != seen:
            raise Stale("Somebody changed this since you opened it. Look at it again, then decide.")
    state = str(getattr(subject, "state", "")) if subject is not None else ""
    decision = decide(gate.act, gate.actor, state=state, second=second, reason=reason)
    if not decision.allowed:
        kind = WrongState if decision.code == "wrong-state" else NotAllowed
        raise kind(decision.reason, code=decision.code)
    return state


def _move(gate: Gate, before: str) -> str:
    subject = gate.subject
    if subject is None:
        return before
    if subject is not gate.found:  # made by this very act
        return str(getattr(subject, "state", ""))
    after = gate.ends or gate.act.ends or str(getattr(subject, "state", ""))
    values: dict[str, Any] = {"version": subject.version + 1}
    if hasattr(subject, "state"):
        values["state"] = after
    changed = type(subject)._default_manager.filter(pk=subject.pk, version=subject.version).update(**values)
    if not changed:
        raise Stale("Somebody changed this at the same moment. Look at it again, then decide.")
    for name, value in values.items():
        setattr(subject, name, value)
    return after


def _bound(reason: str) -> str:
    """A reason may name a person: the journal keeps its hash, the subject's own custody its text."""
    return hashlib.sha256(reason.encode()).hexdigest() if reason else ""


def _record_refusal(act: Act, actor: Actor, subject: Recorded | None, refusal: Refused) -> None:
    with transaction.atomic():
        tree = journal.head()
        moment = clock.next_moment(tree.moment, None)
        salt = settings.OBMIN.derive("refusal", act.name, str(tree.size))
        body = {
            "act": act.name,
            "actor": actor.id,
            "at": moment.isoformat(),
            "refused": refusal.code,
            "subject": named(subject),
        }
        journal.append(tree, salt, body)
    if refusal.code == rows.PAST_THE_GATE:
        alarms.raise_(alarms.Kind.PAST_THE_GATE)
