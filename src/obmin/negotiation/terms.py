"""Stage 3, terms: the agreement as this instance holds it, version by version, and drafts of the next.

A draft is a file of its own: whoever edits terms in force writes the next version, and what was agreed stays.
It may be unfinished, so that clauses that hang together can be changed one after the other; it never holds a
clause that breaks the law. Two people adopt it: the negotiator who proposes it and the legal officer.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from functools import lru_cache

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from obmin.accounts import people as accounts
from obmin.audit.models import Entry
from obmin.audit.perform import Gate, named, perform
from obmin.core import terms as language
from obmin.core.access import Actor
from obmin.core.errors import Incomplete, NotAllowed, NotFound, Refused, Stale, Unreadable, WrongState
from obmin.core.terms import Agreement, Offer
from obmin.core.terms.amend import amended
from obmin.core.terms.law import law
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
    draft: Terms | None = None,
    request: str = "",
    at: datetime | None = None,
) -> Terms:
    """Adopts version `number` of an agreement file: well-formed and lawful, or not at all.

    A `draft` that holds the file is put away by the same act.
    """
    with perform("terms.adopt", actor=actor, subject=exchange, second=second, request=request, at=at) as gate:
        found = language.load(yaml, file=file_of(exchange))
        if problems := language.check(found):
            raise Unreadable(problems)
        _between_us(exchange, found)
        _comes_next(exchange, number)
        if found.version(number).agreed > timezone.localdate(gate.now):
            day = found.version(number).agreed.isoformat()
            raise Incomplete(
                _("It says that it is agreed on %(day)s, and that day has not come.") % {"day": day}
            )
        adopted = Terms.objects.create(
            exchange=exchange, number=number, yaml=yaml, sha256=_fingerprint(number, yaml), at=gate.now
        )
        if draft is not None:
            Terms.objects.filter(pk=draft.pk).update(state="DROPPED", version=draft.version + 1)
        gate.fact("version", number)
        gate.fact("sha256", adopted.sha256)
    return adopted


def file_of(exchange: Exchange) -> str:
    """The name under which problems speak of the file."""
    return f"{exchange.key}.yaml"


def _fingerprint(number: int, yaml: str) -> str:
    return hashlib.sha256(f"{number}\n{yaml}".encode()).hexdigest()


def _between_us(exchange: Exchange, found: Agreement) -> None:
    """Both sides are parties, it can be carried out, and what was agreed before stands as it stood."""
    for party in (settings.OBMIN.party, exchange.other):
        if party not in {one.code for one in found.parties}:
            raise Incomplete(
                _("%(party)s is no party to %(agreement)s.") % {"party": party, "agreement": found.id}
            )
    if found.historic:
        raise Refused(
            _("It is kept as history: nothing can be composed or carried out under it."), code="historic"
        )
    for earlier in exchange.terms:
        known = {version.number for version in found.versions}
        number = earlier.number
        if number not in known or language.diff(agreement(earlier), found, number, number):
            said = _("Version %(n)s was agreed in other words: what was agreed is changed by a later version.")
            raise WrongState(said % {"n": number})


def _comes_next(exchange: Exchange, number: int) -> None:
    """Terms only go forward, and not past a signature under lists that rest on them."""
    last = exchange.terms.order_by("-number").first()
    if last is not None and number <= last.number:
        said = _("Version %(last)s is in force; %(number)s is no later one.")
        raise WrongState(said % {"last": last.number, "number": number})
    if exchange.rounds.filter(kind="freeze").exists():
        raise WrongState(_("A signature stands under lists that rest on the terms in force."))


# -- drafts


def begin(exchange: Exchange, *, actor: Actor, request: str = "", at: datetime | None = None) -> Terms:
    """A draft of the next version, in which nothing is changed yet."""
    with perform("terms.draft", actor=actor, request=request, at=at) as gate:
        day = timezone.localdate(gate.now)
        return _begun(gate, exchange, amended(current(exchange).yaml, day, file=file_of(exchange)))


def take_in(
    exchange: Exchange, yaml: str, *, actor: Actor, request: str = "", at: datetime | None = None
) -> Terms:
    """A draft from a file that came from elsewhere. Raises Unreadable as `sound`."""
    with perform("terms.draft", actor=actor, request=request, at=at) as gate:
        return _begun(gate, exchange, yaml)


def _begun(gate: Gate, exchange: Exchange, yaml: str) -> Terms:
    found = sound(yaml, file_of(exchange))
    _between_us(exchange, found)
    number = found.versions[-1].number
    _comes_next(exchange, number)
    fingerprint = _fingerprint(number, yaml)
    gate.subject = draft = Terms.objects.create(
        exchange=exchange, number=number, yaml=yaml, sha256=fingerprint, state="DRAFT", at=gate.now
    )
    gate.fact("sha256", fingerprint)
    return draft


def write(
    draft: Terms, yaml: str, *, actor: Actor, seen: int, request: str = "", at: datetime | None = None
) -> None:
    """Writes a draft anew; one that was proposed is a draft again. Raises Unreadable as `sound`."""
    _own(draft)
    with perform("terms.edit", actor=actor, subject=draft, seen=seen, request=request, at=at) as gate:
        found = sound(yaml, file_of(draft.exchange))
        _between_us(draft.exchange, found)
        number = found.versions[-1].number
        _comes_next(draft.exchange, number)
        Terms.objects.filter(pk=draft.pk).update(
            yaml=yaml, number=number, sha256=_fingerprint(number, yaml), at=gate.now
        )
        gate.fact("sha256", _fingerprint(number, yaml))
    draft.refresh_from_db()


def propose(
    draft: Terms,
    *,
    actor: Actor,
    seen: int,
    facts: Mapping[str, str] | None = None,
    request: str = "",
    at: datetime | None = None,
) -> None:
    """Puts a draft before the legal officer. Raises Unreadable with whatever still has to be put right.

    `facts`: what the change breaks in the lists that stand (`terms_rechecked.breaks`).
    """
    _own(draft)
    with perform("terms.propose", actor=actor, subject=draft, seen=seen, request=request, at=at) as gate:
        if problems := language.check_text(draft.yaml, file=file_of(draft.exchange)):
            raise Unreadable(problems)
        gate.fact("sha256", draft.sha256)
        for name, value in (facts or {}).items():
            gate.fact(name, value)


def drop(draft: Terms, *, actor: Actor, seen: int, request: str = "", at: datetime | None = None) -> None:
    """Puts a draft away; it stays on record."""
    _own(draft)
    with perform("terms.drop", actor=actor, subject=draft, seen=seen, request=request, at=at) as gate:
        gate.fact("sha256", draft.sha256)


def adopt_proposed(draft: Terms, *, second: Actor, seen: int) -> Terms:
    """Adopts a draft: the negotiator, who touched a key when proposing it, acts; `second` confirms.

    `second` is there and touches a key of their own.
    """
    _own(draft)
    if draft.version != seen:
        raise Stale(_("Somebody changed this since you opened it. Look at it again, then decide."))
    if draft.state != "PROPOSED":
        raise WrongState(_("It has not been proposed."))
    if not second.fresh:
        raise NotAllowed(_("Touch your security key: this act binds."), code="touch-missing")
    actor = replace(accounts.actor(proposed_by(draft)), fresh=True)
    return adopt(draft.exchange, draft.yaml, draft.number, actor=actor, second=second, draft=draft)


def proposed_by(draft: Terms) -> str:
    """The account that proposed it last; empty where nobody has."""
    acts = Entry.objects.filter(subject=named(draft), act="terms.propose")
    return acts.order_by("-index").values_list("actor", flat=True).first() or ""


def _own(draft: Terms) -> None:
    if draft.state == "AGREED":
        raise WrongState(_("What was agreed is never changed. Begin a draft of the next version."))


def drafts(exchange: Exchange) -> QuerySet[Terms]:
    """The drafts that are worked on, the oldest first."""
    return exchange.all_terms.filter(state__in=("DRAFT", "PROPOSED")).order_by("pk")


def sound(yaml: str, file: str) -> Agreement:
    """The agreement of an unfinished file. Raises Unreadable where it has no form or breaks the law."""
    found = language.load(yaml, file=file)
    if problems := law(found):
        raise Unreadable(problems)
    return found


# -- what is in force


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
