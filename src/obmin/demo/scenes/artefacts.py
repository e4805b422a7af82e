"""What the story leaves on the disk, written from the database when everything is done."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl

from obmin.audit import journal
from obmin.core import terms as language
from obmin.core.errors import Incomplete
from obmin.demo.scenes.neutral import take_cosigned
from obmin.demo.scenes.tracing import EXCHANGE
from obmin.demo.side import Counts, Side
from obmin.files import packages
from obmin.files.tables import write_table
from obmin.files.whole import write_bytes, write_text
from obmin.handover.models import ManifestLine, Muster
from obmin.negotiation import terms
from obmin.negotiation.models import Draft, Exchange
from obmin.reception.models import Plan


def write(side: Side) -> Counts:
    """Every artefact of one side; and the verdict on the terms, from what was carried out."""
    exchange = Exchange.objects.get(pk=EXCHANGE)
    take_cosigned(side)
    for draft in exchange.drafts.order_by("number"):
        _list(side, draft)
    carried = _carried_out(side, exchange)
    write_table(carried, side.shared / "handover" / side.party / "carried-out.csv")
    adopted = terms.current(exchange)
    found = language.verify(terms.agreement(adopted), carried, version=adopted.number)
    if not found.kept:
        raise Incomplete("; ".join(f"{f.clause}: {f.text.en}" for f in found.findings if f.verdict != "kept"))
    _acts(side, exchange)
    _plan(side, exchange)
    journal.export(side.out / "journal.txt")
    return {"clauses-kept": len(found.clauses), "carried-out": carried.height}


def _list(side: Side, draft: Draft) -> None:
    folder = side.out / "lists" / str(draft.number)
    lines = draft.lines.exclude(state="WITHDRAWN").order_by("phase", "position")
    counted = lines.filter(direct=False).values_list("person_id", "phase", "position", "clause", "reason")
    write_table(_frame(("id", "phase", "position", "clause", "reason"), counted), folder / "list.csv")
    direct = lines.filter(direct=True).order_by("person_id").values_list("person_id", "reason")
    write_table(_frame(("id", "reason"), direct), folder / "direct.csv")
    out = draft.left_out.order_by("person_id").values_list("person_id", "reason")
    write_table(_frame(("id", "reason"), out), folder / "out.csv")
    write_text(
        folder / "proof.json", json.dumps(draft.proof, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    )
    packages.lay(folder / "reasons.age", bytes(draft.sealed))


def _carried_out(side: Side, exchange: Exchange) -> pl.DataFrame:
    """Everybody received, in both directions, from acts that both sides signed."""
    rows = []
    lines = ManifestLine.objects.filter(muster__exchange=exchange, muster__state="SIGNED", outcome="here")
    for line in lines.select_related("muster").order_by("muster__on", "muster__direction", "line"):
        out = line.muster.direction == "out"
        giver, taker = (side.party, side.other) if out else (side.other, side.party)
        health = None if line.counted else "direct"
        rows.append(
            (line.line, giver, taker, line.muster.on.isoformat(), line.muster.phase, line.track, health)
        )
    return _frame(("id", "from", "to", "date", "phase", "category", "health"), rows)


def _acts(side: Side, exchange: Exchange) -> None:
    folder = side.shared / "handover" / side.party
    for muster in Muster.objects.filter(exchange=exchange).select_related("act"):
        write_bytes(folder / f"act-{muster.phase}-{muster.direction}.json", bytes(muster.act.body))
        write_text(
            folder / f"act-{muster.phase}-{muster.direction}.sender.minisig", muster.act.sender_signature
        )
        write_text(
            folder / f"act-{muster.phase}-{muster.direction}.receiver.minisig", muster.act.receiver_signature
        )


def _plan(side: Side, exchange: Exchange) -> None:
    folder: Path = side.shared / "reception" / side.party
    plan = Plan.objects.filter(exchange=exchange, state="CONFIRMED").order_by("-number")[0]
    rows = plan.assignments.order_by("offer__line__line").values_list(
        "offer__line__line", "site_id", "kind", "trip"
    )
    write_table(_frame(("line", "site", "kind", "trip"), rows), folder / "places.csv")
    write_text(
        folder / "proof.json", json.dumps(plan.proof, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    )


def _frame(columns: tuple[str, ...], rows: object) -> pl.DataFrame:
    kept = [tuple(None if value is None else str(value) for value in row) for row in rows]  # type: ignore[attr-defined]
    return pl.DataFrame(kept, schema=dict.fromkeys(columns, pl.String), orient="row")
