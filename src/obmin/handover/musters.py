"""Stage 7, handover: manifests, what the tablets recorded, and the act that both sides sign.

Nobody is received by a plan: REPATRIATED and RETURNED arise only from an act signed by both, name by name.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from django.conf import settings

from obmin.audit.perform import Gate, perform
from obmin.core import muster as core
from obmin.core.access import Actor
from obmin.core.errors import Altered, Incomplete, NotFound, WrongState
from obmin.files import packages
from obmin.handover import clearance
from obmin.handover.models import Event, ManifestLine, Muster, TransferAct
from obmin.negotiation import keys, terms
from obmin.negotiation.models import Exchange, ListLine, TheirOffer
from obmin.negotiation.queries import arriving
from obmin.people.custody import went_home
from obmin.people.models import Person
from obmin.reception.models import Plan
from obmin.vault.rows import insert, update

FORMAT: Final = "obmin-act/1"
CHAINS: Final = 4  # tablets at a muster
NOT_AVAILABLE: Final = "not_available"
_AS_TOLD: Final = {"unfit": "unfit", "UNFIT": "unfit", "died": "died", "DIED": "died"}


def clear(
    exchange: Exchange,
    phase: str,
    *,
    actor: Actor,
    second: Actor,
    request: str = "",
    at: datetime | None = None,
) -> int:
    """Asks of all who leave in this phase: in our hands, will, fitness, court; again, until the manifest.

    Who is no longer clear is left behind under a neutral code; the reason stays where it belongs. Whose last
    private interview is too old to board on is neither cleared nor left behind: they have to be asked.
    """
    with perform(
        "handover.clear", actor=actor, subject=exchange, second=second, request=request, at=at
    ) as gate:
        if exchange.musters.filter(phase=phase, direction="out").exists():
            raise WrongState(
                "The manifest of this day is issued; what changes now is recorded at the crossing."
            )
        verdicts = clearance.verdicts(exchange, phase)
        update(ListLine, ("state",), verdicts)
        cleared = sum(1 for state, _ in verdicts if state == "CLEARED")
        gate.fact("cleared", cleared)
        gate.fact("left-behind", sum(1 for state, _ in verdicts if state not in ("CLEARED", "FROZEN")))
    return cleared


def issue(
    exchange: Exchange,
    phase: str,
    direction: str,
    *,
    crossing: str,
    actor: Actor,
    request: str = "",
    at: datetime | None = None,
) -> Muster:
    """Freezes the complete list of one day and direction before anybody leaves (Art. 46)."""
    with perform("handover.issue", actor=actor, subject=exchange, request=request, at=at) as gate:
        day = clearance.day_of(exchange, phase)
        if direction not in ("out", "in"):
            raise Incomplete("A manifest is of people going out or coming in.")
        if exchange.musters.filter(phase=phase, direction=direction).exists():
            raise WrongState("This manifest is issued; it is issued once.")
        if direction == "out":
            clearance.require(exchange, phase)
        muster = Muster.objects.create(
            key=f"{exchange.pk}-{phase}-{direction}",
            exchange=exchange,
            phase=phase,
            direction=direction,
            crossing=crossing,
            on=day,
        )
        rows = _departures(exchange, phase) if direction == "out" else _arrivals(exchange, phase)
        names = ("line", "track", "counted", "vehicle", "ours", "theirs")
        insert(
            ManifestLine,
            ("muster", "number", "code", "outcome", *names),
            [
                (muster.pk, number, gate.new_secret().hex()[:8].upper(), "", *(row[name] for name in names))
                for number, row in enumerate(rows, start=1)
            ],
        )
        gate.fact("people", len(rows))
        gate.fact("manifest", core.manifest_digest(manifest(muster)))
        gate.outcome = muster.key
    return muster


def merge(
    muster: Muster,
    events: Iterable[Mapping[str, Any]],
    *,
    actor: Actor,
    request: str = "",
    at: datetime | None = None,
) -> int:
    """Takes in what tablets recorded, in any order and as often as it comes; returns how many were new."""
    read = {core.digest(event): event for event in (core.event_from_data(dict(data)) for data in events)}
    with perform("handover.merge", actor=actor, subject=muster, request=request, at=at) as gate:
        if foreign := sum(1 for event in read.values() if event.muster != muster.pk):
            raise Incomplete(f"{foreign} events are of another muster: none was taken in.", code="other-muster")
        known = set(muster.events.values_list("digest", flat=True))
        new = [
            (digest, muster.pk, event.chain, event.sequence, core.to_data(event), gate.now)
            for digest, event in sorted(read.items())
            if digest not in known
        ]
        insert(Event, ("digest", "muster", "chain", "sequence", "body", "arrived"), new)
        folded = status(muster)
        verdicts = {line: outcome.verdict or "" for line, outcome in folded.outcomes.items()}
        rows = muster.lines.values_list("line", "outcome", "pk")
        update(
            ManifestLine, ("outcome",), [(str(verdicts[ln]), pk) for ln, was, pk in rows if verdicts[ln] != was]
        )
        if not new:
            gate.ends = muster.state  # a tablet sends until it is answered: a repeat opens nothing again
        gate.fact("new", len(new))
        gate.fact("here", len(folded.lines(core.Kind.HERE)))
    return len(new)


def close(
    muster: Muster, *, actor: Actor, second: Actor, request: str = "", at: datetime | None = None
) -> None:
    """Closes the day: nothing open, nothing lost, nothing said in two ways. The sender signs the act."""
    with perform("handover.close", actor=actor, subject=muster, second=second, request=request, at=at) as gate:
        folded = status(muster)
        if not folded.final:
            raise Incomplete(" ".join(folded.reasons()[:5]))
        gate.fact("here", len(folded.lines(core.Kind.HERE)))
        if muster.direction == "out":
            body = _act_body(muster, folded)
            values = {
                "body": body,
                "sha256": hashlib.sha256(body).hexdigest(),
                "sender_signature": packages.sign(body, keys.signing("acts"), comment=f"obmin act {muster.pk}"),
            }
            # a day that late events opened again is closed again: one act, the newest
            TransferAct.objects.update_or_create(muster=muster, defaults=values)
            gate.fact("act", hashlib.sha256(body).hexdigest())


def countersign(
    muster: Muster,
    body: bytes,
    signature: str,
    *,
    actor: Actor,
    second: Actor,
    request: str = "",
    at: datetime | None = None,
) -> TransferAct:
    """As the receiver: their act names exactly those whom we received, or nothing is signed."""
    with perform("handover.sign", actor=actor, subject=muster, second=second, request=request, at=at) as gate:
        if muster.direction != "in":
            raise WrongState("An act of ours is signed by the other side.")
        packages.verify(body, signature, keys.theirs(muster.exchange.other, "acts"))
        _hold_act(muster, packages.parse(body), status(muster).lines(core.Kind.HERE))
        act = TransferAct.objects.create(
            muster=muster,
            body=body,
            sha256=hashlib.sha256(body).hexdigest(),
            sender_signature=signature,
            receiver_signature=packages.sign(body, keys.signing("acts"), comment=f"obmin act {muster.pk}"),
        )
        received = TheirOffer.objects.filter(manifests__muster=muster, manifests__outcome="here")
        found = list(received.exclude(line__person=None).values_list("line__person_id", flat=True))
        received.update(state="RECEIVED")
        _move(gate, found, "RETURNED")
        gate.fact("act", act.sha256)
    return act


def take_countersignature(
    muster: Muster,
    signature: str,
    *,
    actor: Actor,
    second: Actor,
    request: str = "",
    at: datetime | None = None,
) -> None:
    """As the sender: their signature stands under our act, so these people have gone home."""
    with perform("handover.sign", actor=actor, subject=muster, second=second, request=request, at=at) as gate:
        if muster.direction != "out":
            raise WrongState("An act of theirs is countersigned, not sent back to us.")
        act = act_of(muster)
        packages.verify(bytes(act.body), signature, keys.theirs(muster.exchange.other, "acts"))
        TransferAct.objects.filter(pk=act.pk).update(receiver_signature=signature)
        lines = ListLine.objects.filter(manifests__muster=muster, manifests__outcome="here")
        gone = list(lines.values_list("person_id", flat=True))
        lines.update(state="RECEIVED")
        _move(gate, gone, "REPATRIATED")
        went_home(gate, gone, muster.on.isoformat(), f"act {muster.pk}, {act.sha256[:16]}")
        gate.fact("act", act.sha256)


def complete(exchange: Exchange, *, actor: Actor, request: str = "", at: datetime | None = None) -> None:
    """The last act of the last day is signed by both."""
    with perform("handover.complete", actor=actor, subject=exchange, request=request, at=at) as gate:
        phases = terms.in_force(exchange).phases
        signed = exchange.musters.filter(state="SIGNED").count()
        if signed != 2 * len(phases):
            raise Incomplete(f"{2 * len(phases) - signed} acts are not signed by both sides.")
        gate.fact("acts", signed)


def reconcile(
    exchange: Exchange, *, actor: Actor, second: Actor, request: str = "", at: datetime | None = None
) -> None:
    """List, manifest and act name the same people, or the difference is a recorded exception."""
    with perform(
        "handover.reconcile", actor=actor, subject=exchange, second=second, request=request, at=at
    ) as gate:
        for muster in exchange.musters.select_related("act"):
            told = packages.parse(bytes(muster.act.body))
            named = set(told["here"])
            manifest_here = set(muster.lines.filter(outcome="here").values_list("line", flat=True))
            if named != manifest_here:
                raise Incomplete(f"{muster.pk}: act and manifest differ in {len(named ^ manifest_here)} lines.")
            listed = _listed(exchange, muster.phase, muster.direction)
            if lost := listed - named - set(told["exceptions"]):
                raise Incomplete(f"{muster.pk}: {len(lost)} lines of the list are neither here nor excepted.")
            gate.fact(f"{muster.phase}-{muster.direction}", len(named))


def status(muster: Muster) -> core.Muster:
    """Where the muster stands, folded from every event that has come."""
    events = [core.event_from_data(body) for body in muster.events.values_list("body", flat=True)]
    return core.fold(manifest(muster), events)


def manifest(muster: Muster) -> core.Manifest:
    """The day's manifest as the tablets have it: random lines, no names."""
    rows = muster.lines.order_by("number").values_list("line", "track", "counted")
    places = tuple(core.Place(line, track, int(counted)) for line, track, counted in rows)
    return core.Manifest(muster.pk, places, tuple(f"tablet-{n}" for n in range(1, CHAINS + 1)))


def act_of(muster: Muster) -> TransferAct:
    found = TransferAct.objects.filter(muster=muster).first()
    if found is None:
        raise NotFound("There is no act of this day yet.")
    return found


def _act_body(muster: Muster, folded: core.Muster) -> bytes:
    """The act as the other side gets it: who crossed, and everybody else of the locked list of that day under a
    code that tells a refusal, a court's word and an absence not apart."""
    stayed = clearance.leaving(muster.exchange, muster.phase).exclude(manifests__muster=muster)
    others = {line: _AS_TOLD.get(state, NOT_AVAILABLE) for line, state in stayed.values_list("line", "state")}
    others |= {
        line: _AS_TOLD.get(outcome.verdict.value, NOT_AVAILABLE)
        for line, outcome in folded.outcomes.items()
        if outcome.verdict is not None and outcome.verdict is not core.Kind.HERE
    }
    return packages.canonical(
        {
            "exchange": muster.exchange_id,
            "exceptions": others,
            "format": FORMAT,
            "from": settings.OBMIN.party,
            "here": sorted(folded.lines(core.Kind.HERE)),
            "on": muster.on.isoformat(),
            "phase": muster.phase,
            "to": muster.exchange.other,
        }
    )


def _hold_act(muster: Muster, told: Mapping[str, Any], here: frozenset[str]) -> None:
    """Holds their act against what we recorded: this day, these two sides, these people and nobody else."""
    expected = {
        "exchange": muster.exchange_id,
        "format": FORMAT,
        "from": muster.exchange.other,
        "on": muster.on.isoformat(),
        "phase": muster.phase,
        "to": settings.OBMIN.party,
    }
    if wrong := sorted(name for name, value in expected.items() if told.get(name) != value):
        raise Altered(f"The act is of another day or other sides: {', '.join(wrong)}.", code="act-differs")
    named, excepted = told.get("here"), told.get("exceptions")
    readable = isinstance(named, list) and all(isinstance(line, str) for line in named)
    if not readable or not isinstance(excepted, dict):
        raise Altered("The act does not say who crossed and who did not.", code="act-differs")
    if apart := len(set(named or ()) ^ here):
        raise Altered(f"The act names other people than we received: {apart} lines differ.", code="act-differs")
    awaited = set(muster.lines.values_list("line", flat=True)) - here
    if apart := len(set(excepted) ^ awaited):
        raise Altered(
            f"The act excepts other people than we awaited: {apart} lines differ.", code="act-differs"
        )


def _listed(exchange: Exchange, phase: str, direction: str) -> set[str]:
    """The lines of the locked list of one day and direction."""
    if direction == "out":
        return set(clearance.leaving(exchange, phase).values_list("line", flat=True))
    return {row["line"] for row in _arrivals(exchange, phase)}


def _departures(exchange: Exchange, phase: str) -> list[dict[str, Any]]:
    lines = (
        clearance.leaving(exchange, phase)
        .filter(state="CLEARED")
        .order_by("direct", "position")
        .select_related("person")
    )
    return [
        {
            "line": x.line,
            "track": x.person.category,
            "counted": not x.direct,
            "vehicle": "",
            "ours": x.pk,
            "theirs": None,
        }
        for x in lines
    ]


def _arrivals(exchange: Exchange, phase: str) -> list[dict[str, Any]]:
    first = terms.in_force(exchange).phases[0].id
    wanted = (phase, "") if phase == first else (phase,)
    plan = Plan.objects.filter(exchange=exchange, state="CONFIRMED").order_by("-number").first()
    trips = dict(plan.assignments.values_list("offer_id", "trip")) if plan else {}
    offers = arriving(exchange).filter(phase__in=wanted).order_by("direct", "line__line").select_related("line")
    return [
        {
            "line": x.line.line,
            "track": x.category,
            "counted": not x.direct,
            "vehicle": trips.get(x.pk, ""),
            "ours": None,
            "theirs": x.pk,
        }
        for x in offers
    ]


def _move(gate: Gate, people: list[str], state: str) -> None:
    """Moves people by an act that names them; each record's version grows, so that older views show as old."""
    versions = dict(Person.objects.in_bulk(people))
    update(
        Person, ("state", "version", "since"), [(state, versions[k].version + 1, gate.now, k) for k in people]
    )
    gate.fact("people", len(people))
