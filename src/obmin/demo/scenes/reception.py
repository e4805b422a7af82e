"""Stage 6 in the story: sealed medical summaries cross, the reception is planned, the word to go is given."""

from __future__ import annotations

import json

from obmin.accounts import people as accounts
from obmin.audit.perform import done
from obmin.core.access import Role
from obmin.demo import world
from obmin.demo.scenes.tracing import EXCHANGE
from obmin.demo.side import Counts, Side, moment
from obmin.negotiation.models import Exchange
from obmin.reception import plan, summaries
from obmin.reception.models import Plan


def send_summaries(side: Side) -> Counts:
    """Our doctors tell theirs what each person on our list needs on arrival; nobody else can open it."""
    exchange = Exchange.objects.get(pk=EXCHANGE)
    if done(request := side.request("summaries")) is None:
        summaries.release(
            exchange,
            side.instance.folder("outbox"),
            actor=accounts.holder(Role.MEDICAL),
            second=accounts.holder(Role.APPROVER),
            request=request,
            at=moment(21, 19),
        )
    return {}


def prepare(side: Side) -> Counts:
    """What we receive with, and who goes where."""
    exchange = Exchange.objects.get(pk=EXCHANGE)
    planner, doctor = accounts.holder(Role.PLANNER), accounts.holder(Role.MEDICAL)
    people = json.loads((side.shared / "story" / "story.json").read_text(encoding="utf-8"))["people"]
    if done(request := side.request("resources")) is None:
        plan.record_resources(
            world.reception(side.party, people), actor=planner, request=request, at=moment(20, 8)
        )
    if done(request := side.request("take-summaries")) is None:
        rows = summaries.read(exchange, side.instance.folder("inbox"))
        plan.take_summaries(exchange, rows, actor=doctor, request=request, at=moment(21, 20))
    if done(request := side.request("plan")) is None:
        side.progress("places and trips", 0.3)
        plan.plan(exchange, actor=planner, request=request, at=moment(22, 8))
    found = Plan.objects.get(exchange=exchange, number=1)
    if done(request := side.request("confirm-plan")) is None:
        plan.confirm(found, actor=planner, second=doctor, request=request, at=moment(22, 9))
    return {"places": found.assignments.count(), "trips": len(found.proof["trips"])}


def go(side: Side) -> Counts:
    """Guarantees, readiness, and two keys."""
    exchange = Exchange.objects.get(pk=EXCHANGE)
    planner = accounts.holder(Role.PLANNER)
    for giver in (side.party, side.other, "NTR"):
        if done(request := side.request("guarantee", giver)) is None:
            plan.record_guarantee(exchange, giver, actor=planner, request=request, at=moment(22, 12))
    if done(request := side.request("ready")) is None:
        plan.declare_ready(exchange, actor=planner, request=request, at=moment(22, 15))
    if done(request := side.request("go")) is None:
        plan.go(
            exchange,
            actor=accounts.holder(Role.APPROVER),
            second=accounts.holder(Role.LEGAL),
            request=request,
            at=moment(22, 18),
        )
    return {"guarantees": exchange.guarantees.count()}
