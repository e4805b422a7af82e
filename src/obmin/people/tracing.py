"""Stage 2, tracing: their list against ours, across alphabets. The engine proposes; people decide.

Nothing here merges two records. A pair is judged by a person, with a reason, and can be judged anew.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from obmin.audit.perform import Gate, perform
from obmin.core import record
from obmin.core.access import Actor
from obmin.core.errors import Incomplete, WrongState
from obmin.core.evidence import Says
from obmin.core.tracing import batch
from obmin.core.tracing.batch import Answer, Run, Way
from obmin.core.tracing.grounds import given, words
from obmin.engines.linkage import Reconciliation, reconcile
from obmin.people import evidence, queries, records
from obmin.people.judged import Said
from obmin.people.models import Matching, Pairing, Register, TheirLine, TheirList
from obmin.people.register import full_name
from obmin.vault.rows import insert_sealed, update

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
    """Writes the pairs that the engine found as open questions, and draws the sample of the clear ones.

    A pair that an earlier run proposed stays that run's. A pair that was in doubt on an earlier list of
    theirs is not clear, whatever the engine says now.
    """
    ours, line = ("sought_id", "held_id") if register is Register.SOUGHT else ("held_id", "sought_id")
    with perform("tracing.propose", actor=actor, request=request, at=at) as gate:
        known = set(Pairing.objects.filter(line__list=theirs).values_list("person_id", "line_id"))
        levels = _levels(found)
        rows = [row for row in found.matches.iter_rows(named=True) if (row[ours], int(row[line])) not in known]
        clear = _clear(theirs, [(row[ours], int(row[line])) for row in rows if row["decision"] == "match"])
        run = gate.new_id()
        drawn = batch.drawn(run, clear)
        Matching.objects.create(
            key=run,
            list=theirs,
            register=register.value,
            parameters=dict(found.parameters),
            proposed=len(rows),
            clear=len(clear),
            at=gate.now,
        )
        pairs = [
            (
                f"{pair[0]}:{pair[1]}",
                record.Evidence(row["reason"], *levels.get((row["sought_id"], row["held_id"]), ({}, {}))),
                (
                    1,
                    *pair,
                    round(row["weight"] * 1000),
                    _ppm(row["probability"]),
                    run,
                    pair in clear,
                    pair in drawn,
                    "OPEN",
                    "",
                    None,
                ),
            )
            for row in rows
            for pair in [(row[ours], int(row[line]))]
        ]
        columns = (
            "version", "person", "line", "millibits", "ppm", "run", "clear", "drawn", "state", "judged_by",
            "judged_at",
        )  # fmt: skip
        insert_sealed(Pairing, columns, pairs)
        gate.fact("pairs", len(pairs))
        gate.fact("clear", len(clear))
        gate.outcome = run
    return Proposed(run, len(pairs), len(clear))


def _clear(theirs: TheirList, called: Sequence[tuple[str, int]]) -> frozenset[tuple[str, int]]:
    """Of the pairs that the engine calls clear those that were in no doubt when the line came before."""
    lines = dict(theirs.lines.values_list("pk", "line"))
    times = Counter(line for _person, line in called)
    before = Pairing.objects.filter(line__list__kind=theirs.kind, line__list__party=theirs.party, clear=False)
    doubted = set(before.exclude(state=Answer.SAME).values_list("person_id", "line__line"))
    return frozenset(
        (person, line) for person, line in called if times[line] == 1 and (person, lines[line]) not in doubted
    )


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
    reason: str = "",
    grounds: Sequence[str] = (),
    rests_on: Sequence[str] = (),
    seen: int | None = None,
    request: str = "",
    at: datetime | None = None,
) -> None:
    """Says whether the two are one person: SAME, NOT_SAME or UNSURE. Any answer can be given anew.

    `grounds` are ready reasons, `rests_on` the fields whose agreement or difference decided it; the journal
    keeps both. A doubt about a pair of an open run that the engine calls clear stops that run.
    """
    ready = given(grounds)
    with perform(
        "tracing.judge",
        actor=actor,
        subject=pairing,
        seen=seen,
        reason=words(ready, reason),
        request=request,
        at=at,
    ) as gate:
        if judgement not in set(Answer):
            raise Incomplete(f"The answer is one of {', '.join(Answer)}.")
        run = Matching.objects.get(pk=pairing.run_id)
        told = _Told(Answer(judgement), Way.ALONE, record.Said(reason.strip(), ready, tuple(rests_on)))
        of_run = pairing.clear and run.state == Run.OPEN
        _settle(gate, [pairing], told)
        gate.fact("judgement", judgement)
        if ready:
            gate.fact("grounds", ", ".join(ready))
        if rests_on:
            gate.fact("rests on", ", ".join(rests_on))
        if of_run and told.answer is not Answer.SAME:
            _stop(gate, [run.pk])
        elif of_run:  # whoever has the sample open looks at it anew
            update(Matching, ("version",), [(run.version + 1, run.pk)])


def judge_clear(
    matching: Matching,
    read: Mapping[int, str],
    *,
    actor: Actor,
    reason: str,
    seen: int | None = None,
    request: str = "",
    at: datetime | None = None,
) -> Run:
    """Keeps a reader's answers on the sample of a run, and confirms the rest of its clear pairs or stops it.

    `read` are the answers, by pair. If one is not SAME all of them are kept, the run is stopped, and what is
    left of it is judged one by one. If all are SAME and the whole sample was read the rest is SAME, too.
    Raises `Incomplete` where the sample was not read whole, and nothing in it was doubted.
    """
    with perform(
        "tracing.judge-batch", actor=actor, subject=matching, seen=seen, reason=reason, request=request, at=at
    ) as gate:
        asked = {pair.pk: pair for pair in sample(matching)}
        clear = list(queries.clear_pairs(matching))
        against = {pair.pk for pair in clear if pair.line.person_id not in (None, pair.person_id)}
        outcome = batch.read(asked, read, against)
        for answer in Answer:
            told = _Told(answer, Way.SAMPLE, record.Said(reason.strip()))
            pairs = [asked[pk] for pk, said in read.items() if said == answer]
            barred = {pair.pk for pair in pairs if answer is Answer.SAME and pair.pk in against}
            _settle(gate, [pair for pair in pairs if pair.pk not in barred], told)
            _keep(gate, [asked[pk] for pk in barred], told)
        rest = [pair for pair in clear if pair.pk not in asked]
        gate.fact("sample", len(read))
        if outcome is Run.STOPPED:
            _stop(gate, [matching.pk], but=matching)
        else:
            _settle(gate, rest, _Told(Answer.SAME, Way.TOGETHER, record.Said()))
            gate.fact("pairs", len(rest))
            update(Matching, ("judged_by", "judged_at"), [(actor.id, gate.now, matching.pk)])
        gate.ends = gate.outcome = outcome.value
    return outcome


def sample(matching: Matching) -> list[Pairing]:
    """The pairs of a run's sample that nobody has answered; it was drawn when they were proposed."""
    return list(queries.clear_pairs(matching).filter(drawn=True))


@dataclass(frozen=True, slots=True)
class _Told:
    """One answer on some pairs."""

    answer: Answer
    way: Way
    said: record.Said


def _settle(gate: Gate, pairs: Sequence[Pairing], told: _Told) -> None:
    lines = TheirLine.objects.select_related("list").in_bulk([pair.line_id for pair in pairs])
    same = told.answer is Answer.SAME
    joined = []
    for pair in pairs:
        other = lines[pair.line_id].person_id
        if same and other not in (None, pair.person_id):
            raise WrongState("This line of theirs is already another person of ours. Undo that answer first.")
        if same or other == pair.person_id:
            joined.append((pair.person_id if same else None, pair.line_id))
        pair.state, pair.clear = told.answer.value, pair.clear and same
        pair.version += told.way is not Way.ALONE  # that one is the subject of its act, and moved by the gate
    update(TheirLine, ("person",), joined)
    moved = ("state", "clear", "version", "judged_by", "judged_at")
    by = gate.actor.id, gate.now
    update(Pairing, moved, [(pair.state, pair.clear, pair.version, *by, pair.pk) for pair in pairs])
    _keep(gate, pairs, told)
    if same:
        evidence.hear(gate, [_listed(pair.person_id, lines[pair.line_id]) for pair in pairs])
        _stop(gate, _contradicted(joined))
    elif joined:
        evidence.unhear(gate, [_cause(line) for _, line in joined])
        parted = {line for _, line in joined}
        carried = [_carried(pair, lines[pair.line_id]) for pair in pairs if pair.line_id in parted]
        update(TheirLine, ("person",), [(None, line) for found in carried for line in found])


def _carried(pair: Pairing, line: TheirLine) -> list[int]:
    """The same line on other lists of theirs, recognised because it came again and not by an answer there."""
    again = TheirLine.objects.filter(line=line.line, list__kind=line.list.kind, list__party=line.list.party)
    others = again.filter(person=pair.person_id).exclude(pk=line.pk)
    return list(others.exclude(pairings__person=pair.person_id).values_list("pk", flat=True))


def _keep(gate: Gate, pairs: Sequence[Pairing], told: _Told) -> None:
    """Writes down what was said, pair by pair."""
    by = gate.actor.id, gate.now
    rows = []
    for pair in pairs:
        key = gate.new_id()
        rows.append((key, told.said, (key, pair.pk, told.answer.value, told.way.value, *by)))
    insert_sealed(Said, ("key", "pairing", "answer", "way", "by", "at"), rows)


def _contradicted(joined: Sequence[tuple[str | None, int]]) -> set[str]:
    """Open runs that call a pair clear whose line was now taken for another person: that is a doubt, too."""
    whose = {line: person for person, line in joined}
    open_ = Pairing.objects.filter(run__state=Run.OPEN, state="OPEN", clear=True)
    pairs = open_.filter(line__in=list(whose)) if len(whose) == 1 else open_
    return {
        run
        for run, person, line in pairs.values_list("run_id", "person_id", "line_id")
        if line in whose and whose[line] != person
    }


def _stop(gate: Gate, runs: Iterable[str], *, but: Matching | None = None) -> None:
    """What is left of these runs is clear no more, for good: each pair waits to be judged by itself.

    `but` is a run that is the subject of the act, and moved by the gate.
    """
    back = 0
    found = list(Matching.objects.filter(pk__in=list(runs), state=Run.OPEN))
    for run in found:
        back += Pairing.objects.filter(run=run, state="OPEN", clear=True).update(clear=False)
        update(Matching, ("judged_by", "judged_at"), [(gate.actor.id, gate.now, run.pk)])
        if run != but:
            update(Matching, ("state", "version"), [(Run.STOPPED.value, run.version + 1, run.pk)])
    if found:
        gate.fact("no longer clear", back + int(gate.facts.get("no longer clear", 0)))


def _listed(person: str, line: TheirLine) -> evidence.Told:
    """Whom the other side lists, and we recognise, is in their hands by their own writing."""
    theirs = line.list
    said = evidence.written(theirs.party, Says.HELD, theirs.at, f"{theirs.key}, {line.number}")
    return evidence.Told(person, said, _cause(line.pk))


def _cause(line: int) -> str:
    return f"line:{line}"


def _ppm(probability: float) -> int:
    return max(0, min(1_000_000, round(probability * 1_000_000)))
