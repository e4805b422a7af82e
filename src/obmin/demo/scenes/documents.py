"""The story's papers: the frozen list, and for each day and direction the manifest and the act.

Written from the database when everything is done. Each paper bears the moment at which it would have been
printed, so that the same story leaves the same bytes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime, time

from obmin.accounts import people as accounts
from obmin.accounts.models import Account
from obmin.core.access import Role
from obmin.core.record import Identity
from obmin.core.terms import Agreement
from obmin.demo.scenes.tracing import EXCHANGE
from obmin.demo.side import Counts, Side
from obmin.documents.forms import Crossing, Kind, Language, Made, Manifest, PeopleList, Row
from obmin.documents.forms import TransferAct as Act
from obmin.documents.typeset import render, shown, words
from obmin.documents.workbooks import workbook
from obmin.files.whole import write_bytes
from obmin.handover.models import ManifestLine, Muster
from obmin.negotiation import terms
from obmin.negotiation.models import Draft, Exchange
from obmin.people import records

WITNESSES = frozenset({"mediator", "guarantor", "carrier", "witness"})


def write(side: Side) -> Counts:
    """Every paper of one side, in the language of its officers, into its folder of documents."""
    exchange = Exchange.objects.get(pk=EXCHANGE)
    folder = side.shared / "documents" / side.party
    language: Language = "uk" if side.party == "UKR" else "en"
    draft = exchange.drafts.filter(state="FROZEN").order_by("number").last()
    musters = list(
        Muster.objects.filter(exchange=exchange).select_related("act").order_by("on", "direction", "pk")
    )
    counts = {"lists": 0, "manifests": 0, "acts": 0}
    forms: list[tuple[str, Kind, PeopleList | Manifest | Act]] = []
    if draft is not None:
        forms.append(("list", Kind.LIST, people_list(draft, _made(side, draft.at, Role.LISTS), language)))
        counts["lists"] += 1
    for muster in musters:
        rows = manifest_rows(muster)
        name = f"{muster.phase}-{muster.direction}"
        at = datetime.combine(muster.on, time(7), UTC)
        forms.append((f"manifest-{name}", Kind.MANIFEST, manifest(side, muster, rows, at)))
        counts["manifests"] += 1
        if muster.state == "SIGNED":
            forms.append((f"act-{name}", Kind.TRANSFER_ACT, transfer_act(side, muster, rows, language)))
            counts["acts"] += 1
    for place, (name, kind, form) in enumerate(forms):
        write_bytes(folder / f"{name}.pdf", render(kind, form, language))
        write_bytes(folder / f"{name}.xlsx", workbook(form, language))
        side.progress("documents", (place + 1) / len(forms))
    return counts


def people_list(draft: Draft, made: Made, language: Language) -> PeopleList:
    """A list of ours with the clause that each person stands under: never why a person is outside the count."""
    say = words(language)
    lines = list(
        draft.lines.exclude(state="WITHDRAWN")
        .select_related("person")
        .order_by("direct", "phase", "position", "line")
    )
    known = records.identities(line.person_id for line in lines)
    rows = tuple(
        _row(number, known[line.person_id], line.person.category, mark=line.state, ground=line.clause,
             phase=line.phase, counted=not line.direct)
        for number, line in enumerate(lines, start=1)
    )  # fmt: skip
    name = draft.exchange.name_uk if language == "uk" else draft.exchange.name_en
    about = (
        f"{name}. {say['terms-version']} {draft.terms.number}. {say['frozen']} {shown(str(draft.at.date()))}."
    )
    return PeopleList(f"{say['list']} {draft.exchange_id}/{draft.number}", about, rows, draft.sha256, made)


def manifest(side: Side, muster: Muster, rows: tuple[Row, ...], at: datetime) -> Manifest:
    """The manifest as it was issued, before anybody boarded; its fingerprint is of its lines."""
    listed = [[row.number, row.code, row.track, row.counted] for row in rows]
    body = json.dumps([muster.pk, listed], separators=(",", ":")).encode()
    made = _made(side, at, Role.HANDOVER)
    return Manifest(_crossing(side, muster), rows, hashlib.sha256(body).hexdigest(), made)


def transfer_act(side: Side, muster: Muster, rows: tuple[Row, ...], language: Language) -> Act:
    """The act as both signed it: who is named in its bytes was received, and nobody else."""
    act, crossing = muster.act, _crossing(side, muster)
    told = json.loads(bytes(act.body))
    here, exceptions = set(told["here"]), told["exceptions"]
    lines = [line for (line,) in muster.lines.order_by("number").values_list("line")]
    by_line = dict(zip(lines, rows, strict=True))
    holds = ((crossing.giver, act.sender_signature), (crossing.taker, act.receiver_signature))
    return Act(
        crossing,
        tuple(row for line, row in by_line.items() if line in here),
        tuple(_marked(row, exceptions[line]) for line, row in by_line.items() if line in exceptions),
        _intermediary(terms.agreement(terms.current(muster.exchange)), language),
        act.sha256,
        tuple(party for party, signature in holds if signature),
        _made(side, datetime.combine(muster.on, time(18), UTC), Role.HANDOVER),
    )


def manifest_rows(muster: Muster) -> tuple[Row, ...]:
    """Everybody on a manifest, in its order. Who could not be matched stands as the other side wrote them."""
    lines = list(muster.lines.order_by("number").select_related("ours", "theirs__line"))
    whose = [_person(line) for line in lines]
    known = records.identities(key for key in whose if key)
    strange = [line.theirs.line for line, key in zip(lines, whose, strict=True) if not key and line.theirs]
    words = dict(zip((line.pk for line in strange), records.their_words(strange), strict=True))
    rows = []
    for line, key in zip(lines, whose, strict=True):
        if key:
            identity = known[key]
        else:
            assert line.theirs is not None
            told = words[line.theirs.line_id]
            identity = Identity(name=told.name, **_as_they_wrote(told.fields))
        rows.append(
            _row(line.number, identity, line.track, vehicle=line.vehicle, code=line.code, phase=muster.phase,
                 counted=line.counted)
        )  # fmt: skip
    return tuple(rows)


def _person(line: ManifestLine) -> str | None:
    if line.ours is not None:
        return line.ours.person_id
    return line.theirs.line.person_id if line.theirs else None


def _as_they_wrote(fields: Mapping[str, str]) -> dict[str, str]:
    return {key: fields.get(key, "") for key in ("birth_date", "rank")}


def _row(number: int, identity: Identity, track: str, **rest: str | bool) -> Row:
    return Row(
        number=number,
        name=identity.name,
        romanised=identity.romanised,
        birth_date=identity.birth_date,
        rank=identity.rank,
        track=track,
        **rest,  # type: ignore[arg-type]
    )


def _marked(row: Row, mark: str) -> Row:
    return Row(row.number, row.name, row.romanised, row.birth_date, row.rank, row.track, mark=mark)


def _crossing(side: Side, muster: Muster) -> Crossing:
    giver, taker = (side.party, side.other) if muster.direction == "out" else (side.other, side.party)
    return Crossing(muster.exchange_id, muster.phase, giver, taker, muster.crossing, muster.on)


def _intermediary(agreement: Agreement, language: Language) -> str:
    """Whom the agreement names to stand by, if anybody; the place to sign stays empty otherwise."""
    found = next((a for a in agreement.actors if WITNESSES & set(a.roles)), None)
    return "" if found is None else found.name.uk if language == "uk" else found.name.en


def _made(side: Side, at: datetime, role: Role) -> Made:
    account = Account.objects.get(pk=accounts.holder(role).id)
    return Made(at, account.name if side.party == "UKR" else account.name_latin, training=True)
