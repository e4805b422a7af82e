"""Stage 3, terms: the agreement as this instance holds it, version by version."""

from __future__ import annotations

import hashlib
from datetime import datetime
from functools import lru_cache

from django.conf import settings

from obmin.audit.perform import perform
from obmin.core import terms as language
from obmin.core.access import Actor
from obmin.core.errors import Incomplete, NotFound, Unreadable, WrongState
from obmin.core.terms import Agreement, Offer
from obmin.core.terms.model import Version
from obmin.negotiation.models import Exchange, Terms


def open_exchange(
    key: str,
    *,
    actor: Actor,
    name_en: str,
    name_uk: str,
    other: str,
    request: str = "",
    at: datetime | None = None,
) -> Exchange:
    """Opens the workspace of one exchange with the party `other`."""
    with perform("terms.open", actor=actor, request=request, at=at) as gate:
        exchange = Exchange.objects.create(
            key=key, name_en=name_en, name_uk=name_uk, other=other, state="DRAFT", opened_at=gate.now
        )
        gate.subject = exchange
        gate.outcome = exchange.key
    return exchange


def adopt(
    exchange: Exchange,
    yaml: str,
    number: int,
    *,
    actor: Actor,
    second: Actor,
    request: str = "",
    at: datetime | None = None,
) -> Terms:
    """Adopts version `number` of an agreement file: well-formed and lawful, or not at all."""
    with perform("terms.adopt", actor=actor, subject=exchange, second=second, request=request, at=at) as gate:
        agreement = language.load(yaml, file=f"{exchange.key}.yaml")
        if problems := language.check(agreement):
            raise Unreadable(problems)
        for party in (settings.OBMIN.party, exchange.other):
            if party not in {one.code for one in agreement.parties}:
                raise Incomplete(f"{party} is no party to {agreement.id}.")
        _comes_next(exchange, number)
        agreement.version(number)
        adopted = Terms.objects.create(
            exchange=exchange,
            number=number,
            yaml=yaml,
            sha256=hashlib.sha256(f"{number}\n{yaml}".encode()).hexdigest(),
            at=gate.now,
        )
        gate.fact("version", number)
        gate.fact("sha256", adopted.sha256)
    return adopted


def _comes_next(exchange: Exchange, number: int) -> None:
    """Terms only go forward, and not past a signature under lists that rest on them."""
    last = exchange.terms.order_by("-number").first()
    if last is not None and number <= last.number:
        raise WrongState(f"Version {last.number} is in force; {number} is no later one.")
    if exchange.rounds.filter(kind="freeze").exists():
        raise WrongState("A signature stands under lists that rest on the terms in force.")


def current(exchange: Exchange) -> Terms:
    """The terms in force."""
    found = exchange.terms.order_by("-number").first()
    if found is None:
        raise NotFound("No terms have been adopted yet.")
    return found


def in_force(exchange: Exchange) -> Version:
    """The version in force, with its clauses and phases."""
    adopted = current(exchange)
    return agreement(adopted).version(adopted.number)


def offer(exchange: Exchange, party: str) -> Offer:
    """What the list that `party` offers must satisfy, under the version in force."""
    adopted = current(exchange)
    return language.offer(agreement(adopted), party, adopted.number)


def agreement(terms: Terms) -> Agreement:
    """The agreement that a stored version holds."""
    return _read(terms.yaml, f"{terms.exchange_id}.yaml")


@lru_cache(maxsize=16)
def _read(yaml: str, file: str) -> Agreement:
    return language.load(yaml, file=file)
