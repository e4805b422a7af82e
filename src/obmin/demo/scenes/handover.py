"""Stage 7 in the story: three days at the crossing, four tablets a muster, and acts that both sides sign.

The tablets lose, repeat and reorder what they send, and record until what was lost has come again.
"""

from __future__ import annotations

import hashlib
from datetime import date, datetime, timedelta

from django.conf import settings

from obmin.accounts import people as accounts
from obmin.audit.perform import done
from obmin.core import muster as core
from obmin.core.access import Role
from obmin.demo import world
from obmin.demo.scenes.tracing import EXCHANGE
from obmin.demo.side import Counts, Side, moment
from obmin.handover import acts, musters
from obmin.handover.models import Muster
from obmin.negotiation import terms
from obmin.negotiation.models import Exchange
from obmin.negotiation.queries import leaving
from obmin.people import records, register
from obmin.people.models import Medical


def day(side: Side, number: int) -> Counts:
    """One day: who leaves is asked again, both manifests are issued, tablets record, the day closes."""
    exchange = Exchange.objects.get(pk=EXCHANGE)
    phase = terms.in_force(exchange).phases[number - 1]
    assert phase.day is not None
    officer = accounts.holder(Role.HANDOVER)
    second = accounts.holder(Role.APPROVER)
    _ask_again(side, exchange, phase.id, phase.day)
    if done(request := side.request("clear", phase.id)) is None:
        musters.clear(
            exchange,
            phase.id,
            actor=officer,
            second=accounts.holder(Role.INTERVIEWER),
            request=request,
            at=_at(phase.day, 6),
        )
    counts: Counts = {}
    for direction in ("out", "in"):
        if done(request := side.request("issue", phase.id, direction)) is None:
            crossing = world.reception(side.party).crossing_en
            musters.issue(
                exchange,
                phase.id,
                direction,
                crossing=crossing,
                actor=officer,
                request=request,
                at=_at(phase.day, 7),
            )
        muster = Muster.objects.get(exchange=exchange, phase=phase.id, direction=direction)
        for wave, events in enumerate(_sent(muster)):
            if done(request := side.request("merge", muster.pk, str(wave))) is None:
                musters.merge(muster, events, actor=officer, request=request, at=_at(phase.day, 12 + wave))
        muster.refresh_from_db()
        if done(request := side.request("close", muster.pk)) is None:
            musters.close(muster, actor=officer, second=second, request=request, at=_at(phase.day, 17))
        counts[f"{phase.id}-{direction}"] = muster.lines.filter(outcome="here").count()
    acts.post(
        Muster.objects.get(exchange=exchange, phase=phase.id, direction="out"), side.instance.folder("outbox")
    )
    return counts


def _ask_again(side: Side, exchange: Exchange, phase: str, on: date) -> None:
    """Before boarding each person is asked once more, in private, and looked at by a doctor."""
    lines = leaving(exchange).filter(phase=phase).order_by("person_id")
    until = (on + timedelta(days=3)).isoformat()
    if done(request := side.request("boarding-interviews", phase)) is None:
        answers = [(line.person_id, "consents", on.isoformat()) for line in lines]
        register.record_interviews(
            answers, actor=accounts.holder(Role.INTERVIEWER), request=request, at=_at(on, 4)
        )
    if done(request := side.request("boarding-examinations", phase)) is None:
        known = records.opened(Medical, (line.person_id for line in lines))
        found = [
            (line.person_id, (m := known[line.person_id]).health, m.fitness, until, m.finding, on.isoformat())
            for line in lines
        ]
        register.record_examinations(found, actor=accounts.holder(Role.MEDICAL), request=request, at=_at(on, 5))


def sign(side: Side, number: int) -> Counts:
    """Their act of the day is countersigned, and goes back."""
    exchange = Exchange.objects.get(pk=EXCHANGE)
    phase = terms.in_force(exchange).phases[number - 1]
    officer, second = accounts.holder(Role.HANDOVER), accounts.holder(Role.APPROVER)
    inward = Muster.objects.get(exchange=exchange, phase=phase.id, direction="in")
    if done(request := side.request("countersign", inward.pk)) is None:
        body, signature = acts.letter(inward, side.instance.folder("inbox"))
        musters.countersign(inward, body, signature, actor=officer, second=second, request=request)
    acts.post(inward, side.instance.folder("outbox"))
    return {}


def signed(side: Side, number: int) -> Counts:
    """Our act has come back with their signature: these people have gone home."""
    exchange = Exchange.objects.get(pk=EXCHANGE)
    phase = terms.in_force(exchange).phases[number - 1]
    officer, second = accounts.holder(Role.HANDOVER), accounts.holder(Role.APPROVER)
    out = Muster.objects.get(exchange=exchange, phase=phase.id, direction="out")
    if done(request := side.request("signed", out.pk)) is None:
        _, signature = acts.letter(out, side.instance.folder("inbox"))
        musters.take_countersignature(out, signature, actor=officer, second=second, request=request)
    return {f"{phase.id}-signed": 2}


def reconcile(side: Side) -> Counts:
    """Every act is signed by both; list, manifest and act name the same people."""
    exchange = Exchange.objects.get(pk=EXCHANGE)
    officer, second = accounts.holder(Role.HANDOVER), accounts.holder(Role.APPROVER)
    if done(request := side.request("complete")) is None:
        musters.complete(exchange, actor=officer, request=request)
    if done(request := side.request("reconcile")) is None:
        musters.reconcile(exchange, actor=officer, second=second, request=request)
    return {"acts": exchange.musters.filter(state="SIGNED").count()}


def _sent(muster: Muster) -> list[list[dict[str, str | int]]]:
    """What reaches the centre from four tablets: first with losses, repeats and out of order, then the rest."""
    chains: list[list[core.Event]] = []
    lines = [place.line for place in musters.manifest(muster).places]
    for number, chain in enumerate(musters.manifest(muster).chains):
        events: list[core.Event] = []
        for count, line in enumerate(lines[number :: musters.CHAINS], start=1):
            last = events[-1] if events else None
            if count % 97 == 0:  # a thumb slips, and takes it back
                wrong = core.follow(
                    last,
                    id=f"{chain}-{len(events)}",
                    kind=core.Kind.ABSENT,
                    muster=muster.pk,
                    chain=chain,
                    line=line,
                )
                back = core.follow(
                    wrong, id=f"{chain}-{len(events) + 1}", kind=core.Kind.UNDO, target=core.digest(wrong)
                )
                events += [wrong, back]
                last = back
            events.append(
                core.follow(
                    last,
                    id=f"{chain}-{len(events)}",
                    kind=core.Kind.HERE,
                    muster=muster.pk,
                    chain=chain,
                    line=line,
                )
            )
        last = events[-1] if events else None
        events.append(
            core.follow(last, id=f"{chain}-{len(events)}", kind=core.Kind.CLOSE, muster=muster.pk, chain=chain)
        )
        chains.append(events)
    every = [core.to_data(event) for events in chains for event in events]
    shuffled = sorted(
        every,
        key=lambda e: hashlib.sha256(f"{settings.OBMIN.party}{e['chain']}{e['sequence']}".encode()).digest(),
    )
    lost, repeated = shuffled[::9], shuffled[::7]
    first = [event for number, event in enumerate(shuffled) if number % 9] + repeated
    return [[e for e in first if e not in lost], lost + repeated]


def _at(on: date, hour: int) -> datetime:
    return moment(on.day, hour, month=on.month)
