"""Stage 2, tracing: their list against ours, across alphabets. The engine proposes; people decide.

Nothing here merges two records. A pair is judged by a person, with a reason, and can be judged anew.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import polars as pl

from obmin.audit.perform import Gate, perform
from obmin.core import record
from obmin.core.access import Actor
from obmin.core.errors import Incomplete, WrongState
from obmin.core.evidence import Says
from obmin.engines.linkage import Reconciliation, reconcile
from obmin.people import evidence, queries, records
from obmin.people.models import Matching, Pairing, Register, TheirLine, TheirList
from obmin.people.register import full_name
from obmin.vault.rows import insert_sealed, update

JUDGEMENTS: Final = ("SAME", "NOT_SAME", "UNSURE")
SAMPLE: Final = 20  # clear pairs that somebody reads before the rest may be confirmed at once

Progress = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class Proposed:
    """What a run of the engine proposed: pairs in all, and those it calls clear."""

    matching: str
    pairs: int
    clear: int


def take_in(
    gate: Gate, lines: Sequence[Mapping[str, str]], *, kind: str, party: str, round: int, sha256: str
) -> TheirList:
    """Takes in a list of the other side inside an open act: `id` is their random line id, the rest as sent.

    A line that stood on an earlier list of theirs, unchanged, keeps the person whom we found for it.
    """
    theirs = TheirList.objects.create(
        key=gate.new_id(), kind=kind, party=party, round=round, sha256=sha256, at=gate.now
    )
    earlier = TheirLine.objects.filter(list__kind=kind, list__party=party).exclude(person=None)
    before = list(earlier)
    known = {
        line.line: (line.person_id, words.fields)
        for line, words in zip(before, records.their_words(before), strict=True)
    }
    rows = []
    for number, line in enumerate(lines, start=1):
        fields = {name: value for name, value in line.items() if name != "id" and value not in ("", None)}
        person, written = known.get(line["id"], (None, None))
        same = written is not None and written.get("name") == fields.get("name")
        told = record.Theirs(full_name(line), fields)
        columns = (1, line["id"], theirs.pk, number, person if same else None, "")
        rows.append((f"{theirs.pk}:{line['id']}", told, columns))
    insert_sealed(TheirLine, ("version", "line", "list", "number", "person", "answer"), rows)
    gate.fact("lines", len(rows))
    return theirs


def compare(theirs: TheirList, register: Register, *, progress: Progress | None = None) -> Reconciliation:
    """Compares their list with one of our registers. Reads only; what it finds is written by `propose`."""
    rows = list(theirs.lines.filter(person=None).order_by("number"))
    lines = pl.DataFrame(
        [
            {**words.fields, "id": str(row.pk)}
            for row, words in zip(rows, records.their_words(rows), strict=True)
        ],
        infer_schema_length=None,
    ).with_columns(pl.all().cast(pl.String))
    ours = queries.sought_frame() if register is Register.SOUGHT else queries.held_frame()
    sought, held = (ours, lines) if register is Register.SOUGHT else (lines, ours)
    return reconcile(sought, held, progress=progress)


def propose(
    theirs: TheirList,
    found: Reconciliation,
    register: Register,
    *,
    actor: Actor,
    request: str = "",
    at: datetime | None = None,
) -> Proposed:
    """Writes the pairs that the engine found as open questions."""
    ours, line = ("sought_id", "held_id") if register is Register.SOUGHT else ("held_id", "sought_id")
    with perform("tracing.propose", actor=actor, request=request, at=at) as gate:
        known = set(Pairing.objects.filter(line__list=theirs).values_list("person_id", "line_id"))
        levels = _levels(found)
        pairs = [
            (
                f"{row[ours]}:{int(row[line])}",
                record.Evidence(row["reason"], *levels.get((row["sought_id"], row["held_id"]), ({}, {}))),
                (
                    1,
                    row[ours],
                    int(row[line]),
                    round(row["weight"] * 1000),
                    _ppm(row["probability"]),
                    row["decision"] == "match",
                    "OPEN",
                    "",
                    None,
                ),
            )
            for row in found.matches.iter_rows(named=True)
            if (row[ours], int(row[line])) not in known
        ]
        columns = (
            "version", "person", "line", "millibits", "ppm", "clear", "state", "judged_by", "judged_at"
        )  # fmt: skip
        insert_sealed(Pairing, columns, pairs)
        clear = sum(1 for _, _, values in pairs if values[5])
        matching = Matching.objects.create(
            key=gate.new_id(),
            list=theirs,
            register=register.value,
            parameters=dict(found.parameters),
            proposed=len(pairs),
            clear=clear,
            at=gate.now,
        )
        gate.fact("pairs", len(pairs))
        gate.fact("clear", clear)
        gate.outcome = matching.key
    return Proposed(matching.key, len(pairs), clear)


def _levels(found: Reconciliation) -> dict[tuple[str, str], tuple[dict[str, str], dict[str, int]]]:
    """By pair, each field's level of agreement and its bits × 1,000."""
    by: dict[tuple[str, str], tuple[dict[str, str], dict[str, int]]] = {}
    for sought, held, name, level, bits in found.evidence.iter_rows():
        of = by.setdefault((sought, held), ({}, {}))
        of[0][name], of[1][name] = level, round(bits * 1000)
    return by


def judge(
    pairing: Pairing,
    judgement: str,
    *,
    actor: Actor,
    reason: str,
    rests_on: Sequence[str] = (),
    seen: int | None = None,
    request: str = "",
    at: datetime | None = None,
) -> None:
    """Says whether the two are one person: SAME, NOT_SAME or UNSURE. Any answer can be given anew.

    `rests_on` names the fields whose agreement or difference decided it; the journal keeps them.
    """
    with perform(
        "tracing.judge", actor=actor, subject=pairing, seen=seen, reason=reason, request=request, at=at
    ) as gate:
        if judgement not in JUDGEMENTS:
            raise Incomplete(f"The answer is one of {', '.join(JUDGEMENTS)}.")
        _settle(gate, [pairing], judgement)
        gate.fact("judgement", judgement)
        if rests_on:
            gate.fact("rests on", ", ".join(rests_on))


def judge_clear(
    matching: Matching,
    read: Mapping[int, str],
    *,
    actor: Actor,
    reason: str,
    request: str = "",
    at: datetime | None = None,
) -> int:
    """Confirms the clear pairs of a run at once, after a drawn sample of them was read one by one.

    `read` are the reader's answers on the sample, by pair. One answer but SAME stops the batch: then the
    clear pairs are no longer clear. Returns the number of pairs confirmed.
    """
    with perform("tracing.judge-batch", actor=actor, reason=reason, request=request, at=at) as gate:
        missing = [pair.pk for pair in sample(matching) if pair.pk not in read]
        if missing:
            raise Incomplete(f"{len(missing)} pairs of the sample have not been read.")
        if doubts := [pk for pk, answer in read.items() if answer != "SAME"]:
            raise WrongState(f"{len(doubts)} pairs of the sample are not clear: the rest is judged one by one.")
        pairs = list(queries.clear_pairs(matching))
        _settle(gate, pairs, "SAME")
        gate.fact("pairs", len(pairs))
        gate.fact("sample", len(read))
    return len(pairs)


def sample(matching: Matching) -> list[Pairing]:
    """The clear pairs that somebody reads first: drawn by a hash of the run and the pair, so by nobody."""
    pairs = list(queries.clear_pairs(matching))
    return sorted(
        pairs, key=lambda p: hashlib.sha256(f"{matching.pk}/{p.person_id}/{p.line_id}".encode()).digest()
    )[:SAMPLE]


def _settle(gate: Gate, pairs: Sequence[Pairing], judgement: str) -> None:
    lines = TheirLine.objects.select_related("list").in_bulk([pair.line_id for pair in pairs])
    same = judgement == "SAME"
    joined = []
    for pair in pairs:
        other = lines[pair.line_id].person_id
        if same and other not in (None, pair.person_id):
            raise WrongState("This line of theirs is already another person of ours. Undo that answer first.")
        if same or other == pair.person_id:
            joined.append((pair.person_id if same else None, pair.line_id))
        pair.state = judgement
    update(TheirLine, ("person",), joined)
    update(
        Pairing,
        ("state", "judged_by", "judged_at"),
        [(judgement, gate.actor.id, gate.now, pair.pk) for pair in pairs],
    )
    if same:
        evidence.hear(gate, [_listed(pair.person_id, lines[pair.line_id]) for pair in pairs])
    elif joined:
        evidence.unhear(gate, [_cause(line) for _, line in joined])


def _listed(person: str, line: TheirLine) -> evidence.Told:
    """Whom the other side lists, and we recognise, is in their hands by their own writing."""
    theirs = line.list
    said = evidence.written(theirs.party, Says.HELD, theirs.at, f"{theirs.key}, {line.number}")
    return evidence.Told(person, said, _cause(line.pk))


def _cause(line: int) -> str:
    return f"line:{line}"


def _ppm(probability: float) -> int:
    return max(0, min(1_000_000, round(probability * 1_000_000)))
