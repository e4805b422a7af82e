"""Stages 8 and 9 in the story: a case for each returnee, families told, and one bulletin."""

from __future__ import annotations

from typing import Final

from obmin.accounts import people as accounts
from obmin.accounts.models import Appointment
from obmin.audit.perform import done
from obmin.bulletins import notices
from obmin.bulletins.models import Bulletin
from obmin.care import cases
from obmin.care.models import Case
from obmin.core.access import Role
from obmin.demo.scenes.tracing import EXCHANGE
from obmin.demo.side import Counts, Side, moment
from obmin.negotiation import terms
from obmin.negotiation.models import Exchange

FIRST_HOURS: Final = (
    ("triage", Role.MEDICAL, 19),
    ("refeeding", Role.MEDICAL, 19),
    ("kit", Role.CASE, 20),
    ("identity", Role.CASE, 20),
    ("family-told", Role.FAMILY, 21),
)
TITLE: Final = ("{total} people have come home", "{total} людей повернулися додому")
TEXT: Final = (
    "Over three days {total} people have come home under the agreement reached in Istanbul. They are being "
    "looked after by doctors and psychologists. Each family has been called. Whoever looks for somebody can "
    "call 1648 at any hour.",
    "За три дні додому повернулися {total} людей за домовленістю, досягнутою у Стамбулі. Ними опікуються "
    "лікарі та психологи. Кожній родині зателефонували. Хто шукає близьку людину, може телефонувати 1648 "
    "у будь-який час.",
)


def welcome(side: Side) -> Counts:
    """Cases, phase by phase, and what happens in the first hours."""
    exchange = Exchange.objects.get(pk=EXCHANGE)
    for phase in terms.in_force(exchange).phases:
        assert phase.day is not None
        day, month = phase.day.day, phase.day.month
        if done(request := side.request("cases", phase.id)) is None:
            cases.open_cases(
                exchange,
                phase.id,
                actor=accounts.holder(Role.CASE),
                request=request,
                at=moment(day, 18, month=month),
            )
        opened = list(
            Case.objects.filter(exchange=exchange, offer__manifests__muster__phase=phase.id).order_by("pk")
        )
        for code, role, hour in FIRST_HOURS:
            if done(request := side.request("step", phase.id, code)) is None:
                cases.record_round(
                    opened,
                    code,
                    actor=accounts.holder(role),
                    request=request,
                    at=moment(day, hour, month=month),
                )
    return {"cases": Case.objects.filter(exchange=exchange).count()}


def tell(side: Side) -> Counts:
    """One bulletin: drafted, read by two others, published."""
    exchange = Exchange.objects.get(pk=EXCHANGE)
    press = accounts.holder(Role.PRESS)
    if done(request := side.request("bulletin")) is None:
        counted = exchange.musters.filter(direction="in", lines__counted=True, lines__outcome="here").count()
        notices.draft(
            exchange,
            title_en=TITLE[0].format(total=counted),
            title_uk=TITLE[1].format(total=counted),
            text_en=TEXT[0].format(total=counted),
            text_uk=TEXT[1].format(total=counted),
            actor=press,
            request=request,
            at=moment(26, 9),
        )
    bulletin = Bulletin.objects.get(exchange=exchange, number=1)
    approvers = (
        Appointment.objects.filter(role=Role.APPROVER.value).order_by("account_id").select_related("account")
    )
    for number, appointment in enumerate(approvers[:2], start=1):
        if done(request := side.request("approve", str(number))) is None:
            notices.approve(
                bulletin, actor=accounts.actor(appointment.account), request=request, at=moment(26, 9 + number)
            )
    if done(request := side.request("publish")) is None:
        notices.publish(bulletin, actor=press, request=request, at=moment(26, 12))
    return {"bulletins": Bulletin.objects.filter(state="PUBLISHED").count()}
