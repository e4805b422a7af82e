"""Stages 4 and 5 in the story: lists are composed, cross twice, and are locked and signed by both."""

from __future__ import annotations

from datetime import date
from typing import Final

from obmin.accounts import people as accounts
from obmin.audit.perform import done
from obmin.core.access import Role
from obmin.core.errors import Altered
from obmin.core.rounds import Kind
from obmin.demo.scenes.tracing import EXCHANGE, numbered, post, recognise, take, write_story
from obmin.demo.setting import share
from obmin.demo.side import Counts, Side, moment
from obmin.negotiation import fitting, lists, rounds
from obmin.negotiation.models import Draft, Exchange, ListLine, TheirOffer
from obmin.people import register
from obmin.people.models import Register

ON: Final = date(2025, 5, 23)
PROPOSAL: Final = {1: 3, 2: 5}  # the number of the round in which each list crosses
FREEZE: Final = 7


def compose(side: Side) -> Counts:
    """The first list, once their reply has shown their value for the lot."""
    exchange = Exchange.objects.get(pk=EXCHANGE)
    take(side, exchange, Kind.REPLY, 2)
    if done(request := side.request("compose", "1")) is None:
        lists.compose(exchange, actor=accounts.holder(Role.LISTS), on=ON, request=request, at=moment(20, 10))
    return _counted(exchange.drafts.get(number=1))


def revise(side: Side) -> Counts:
    """One person on the list says no in private. They are taken off, and the list is composed again."""
    exchange = Exchange.objects.get(pk=EXCHANGE)
    first = exchange.drafts.get(number=1)
    lines = list(first.lines.filter(direct=False).order_by("line"))
    changed = lines[share(f"{side.party}/declines", len(lines))]
    if done(request := side.request("declines")) is None:
        register.record_interviews(
            [(changed.person_id, "refuses", "2025-05-21")],
            actor=accounts.holder(Role.INTERVIEWER),
            request=request,
            at=moment(21, 9),
        )
    if done(request := side.request("compose", "2")) is None:
        kept = {line.person_id: line.phase for line in lines if line.pk != changed.pk}
        lists.compose(
            exchange, actor=accounts.holder(Role.LISTS), on=ON, kept=kept, request=request, at=moment(21, 10)
        )
    return {f"second-{name}": count for name, count in _counted(exchange.drafts.get(number=2)).items()}


def propose(side: Side, lap: int) -> Counts:
    """Our list goes out."""
    exchange = Exchange.objects.get(pk=EXCHANGE)
    number = PROPOSAL[lap]
    if lap > 1:
        take(side, exchange, Kind.REPLY, number - 1)
    if done(request := side.request("propose", str(lap))) is None:
        rounds.send(
            exchange,
            Kind.PROPOSAL,
            actor=accounts.holder(Role.NEGOTIATOR),
            second=accounts.holder(Role.APPROVER),
            expires=moment(22, 18),
            lines=rounds.offered_lines,
            draft=lists.latest(exchange),
            request=request,
            at=moment(19 + lap, 12),
        )
    post(side, number)
    named = ListLine.objects.filter(draft__exchange=exchange).values_list("line", "person_id")
    write_story(side, "offered", numbered(list(named)))
    return {f"round-{number}-sent": ListLine.objects.filter(draft__rounds_sent__number=number).count()}


def check(side: Side, lap: int) -> Counts:
    """Their list comes in: it is held against the terms and against those whom we look for, and answered."""
    exchange = Exchange.objects.get(pk=EXCHANGE)
    number = PROPOSAL[lap]
    theirs = take(side, exchange, Kind.PROPOSAL, number)
    assert theirs is not None
    counts = recognise(side, theirs, Register.SOUGHT, f"offered-{lap}")
    if done(request := side.request("fit", str(lap))) is None:
        fitting.fit(exchange.rounds.get(number=number), actor=accounts.holder(Role.NEGOTIATOR), request=request)
    if done(request := side.request("answer", str(lap))) is None:
        offers = TheirOffer.objects.filter(round__exchange=exchange, round__number=number).select_related(
            "line"
        )
        rounds.send(
            exchange,
            Kind.REPLY,
            actor=accounts.holder(Role.NEGOTIATOR),
            second=accounts.holder(Role.APPROVER),
            expires=moment(22, 18),
            answers=rounds.answer(list(offers)),
            request=request,
            at=moment(19 + lap, 15),
        )
    post(side, number + 1)
    return counts


def freeze(side: Side) -> Counts:
    """Both lists are locked and signed."""
    exchange = Exchange.objects.get(pk=EXCHANGE)
    take(side, exchange, Kind.REPLY, FREEZE - 1)
    if done(request := side.request("freeze")) is None:
        rounds.send(
            exchange,
            Kind.FREEZE,
            actor=accounts.holder(Role.NEGOTIATOR),
            second=accounts.holder(Role.APPROVER),
            expires=moment(26, 18),
            request=request,
            at=moment(21, 18),
        )
    post(side, FREEZE)
    return {"frozen": 1}


def frozen(side: Side) -> Counts:
    """Their signature under the same two lists has come in."""
    exchange = Exchange.objects.get(pk=EXCHANGE)
    take(side, exchange, Kind.FREEZE, FREEZE)
    if exchange.drafts.filter(state="FROZEN").count() != 1:
        raise Altered("The lists are not locked.")
    return {"packages": sum(r.packages.count() for r in exchange.rounds.all())}


def _counted(draft: Draft) -> Counts:
    lines = draft.lines.all()
    return {
        "counted": lines.filter(direct=False).count(),
        "direct": lines.filter(direct=True).count(),
        "left-out": draft.left_out.count(),
    }
