"""What the story leaves on the disk, written from the database when everything is done.

All of it is first laid out beside, then each file takes its place. One that lies there already must be the
same: so a second run verifies the first, and never covers up that somebody changed a file.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import polars as pl

from obmin.audit import journal
from obmin.bulletins import newsroom
from obmin.core import chain
from obmin.core import terms as language
from obmin.core.errors import Altered
from obmin.demo.scenes.neutral import take_cosigned
from obmin.demo.scenes.tracing import EXCHANGE
from obmin.demo.side import Counts, Side
from obmin.files import journal as journal_file
from obmin.files import packages
from obmin.files.tables import write_table
from obmin.files.whole import write_bytes, write_text
from obmin.handover.models import ManifestLine, Muster
from obmin.negotiation import keys, lists, rounds, terms
from obmin.negotiation.models import Draft, Exchange, Package
from obmin.reception.models import Plan
from obmin.vault.secrets import secret


def write(side: Side) -> Counts:
    """Every artefact of one side; and the verdict on the terms, from what was carried out."""
    exchange = Exchange.objects.get(pk=EXCHANGE)
    take_cosigned(side)
    with _laid_out(side) as new:
        own = new / side.out.relative_to(side.shared)
        for draft in exchange.drafts.order_by("number"):
            _list(own / "lists" / str(draft.number), draft)
        carried = _carried_out(side, exchange)
        write_table(carried, new / "handover" / side.party / "carried-out.csv")
        clauses = _kept(exchange, carried)
        _acts(new / "handover" / side.party, exchange)
        _plan(new / "reception" / side.party, exchange)
        _packages(new / "rounds", exchange, side.party)
        newsroom.write(new / "bulletins" / side.party)
        journal.export(own / "journal.txt")
        origin, seed = journal.origin(), secret("journal")
        found = journal_file.verify_export(own / "journal.txt", {origin: chain.public_key(seed)})
    return {"clauses-kept": clauses, "carried-out": carried.height, "journal-leaves": found.leaves}


@contextmanager
def _laid_out(side: Side) -> Iterator[Path]:
    """A folder like `side.shared` to write into; what is in it then takes its place there, file by file."""
    new = side.out / ".artefacts.new"
    shutil.rmtree(new, ignore_errors=True)
    try:
        yield new
        changed = []
        for path in sorted(path for path in new.rglob("*") if path.is_file()):
            place = side.shared / path.relative_to(new)
            if not place.exists():
                place.parent.mkdir(parents=True, exist_ok=True)
                path.replace(place)
            elif _content(place) != _content(path):
                changed.append(str(place.relative_to(side.shared)))
        if changed:
            raise Altered(f"Not as the instance has it: {', '.join(changed)}.")
    finally:
        shutil.rmtree(new, ignore_errors=True)


def _content(path: Path) -> bytes:
    """What a file says: a sealed one is other bytes each time that it is sealed."""
    if path.suffix != ".age":
        return path.read_bytes()
    return packages.unseal(path.read_bytes(), keys.identity("medical"))


def _kept(exchange: Exchange, carried: pl.DataFrame) -> int:
    adopted = terms.current(exchange)
    found = language.verify(terms.agreement(adopted), carried, version=adopted.number)
    if not found.kept:
        broken = [f"{f.clause}: {f.text.en}" for f in found.findings if f.verdict != "kept"]
        raise Altered("The agreement was not kept. " + "; ".join(broken), code="not-kept")
    return len(found.clauses)


def _packages(folder: Path, exchange: Exchange, party: str) -> None:
    for package in Package.objects.filter(round__exchange=exchange, sender=party):
        write_bytes(folder / f"{package.name}.json", rounds.body_of(package))
        write_text(folder / f"{package.name}.json.minisig", package.signature)


def _list(folder: Path, draft: Draft) -> None:
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
    packages.lay(folder / "reasons.age", lists.grounds(draft))


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


def _acts(folder: Path, exchange: Exchange) -> None:
    for muster in Muster.objects.filter(exchange=exchange).select_related("act"):
        write_bytes(folder / f"act-{muster.phase}-{muster.direction}.json", bytes(muster.act.body))
        write_text(
            folder / f"act-{muster.phase}-{muster.direction}.sender.minisig", muster.act.sender_signature
        )
        write_text(
            folder / f"act-{muster.phase}-{muster.direction}.receiver.minisig", muster.act.receiver_signature
        )


def _plan(folder: Path, exchange: Exchange) -> None:
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
