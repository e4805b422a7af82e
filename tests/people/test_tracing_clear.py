"""Clear pairs: the sample is read whole, every answer is kept, and no pair is joined unread after a doubt."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import polars as pl
import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from obmin.audit.models import Entry
from obmin.audit.perform import perform
from obmin.core.errors import Incomplete, Refused, Stale, WrongState
from obmin.core.tracing import batch
from obmin.core.tracing.batch import Answer, Run, Way
from obmin.engines.linkage import Reconciliation
from obmin.people import queries, records, tracing
from obmin.people.judged import Said
from obmin.people.models import Matching, Pairing, Register, TheirLine, TheirList
from obmin.vault import cells
from tests.people.test_tracing import TRACER, laid_out, proposed

pytestmark = pytest.mark.django_db


def all_same(matching: Matching) -> dict[int, str]:
    return {pair.pk: "SAME" for pair in tracing.sample(matching)}


def confirm(matching: Matching, read: dict[int, str], **told: Any) -> Run:
    return tracing.judge_clear(matching, read, actor=TRACER, reason="Read", **told)


def joined() -> int:
    return TheirLine.objects.exclude(person=None).count()


def waiting() -> tuple[int, int]:
    """Pairs in the queue of those in doubt, and pairs that wait together."""
    return queries.open_pairs(TRACER).count(), sum(n for _run, n in queries.clear_runs(TRACER))


def test_the_rest_waits_for_the_whole_sample() -> None:
    _theirs, matching = proposed()
    read = all_same(matching)
    assert len(read) == batch.SAMPLE
    with pytest.raises(Incomplete):
        confirm(matching, dict(list(read.items())[1:]))
    assert (joined(), waiting()) == (0, (5, 25))
    assert confirm(matching, read) is Run.CONFIRMED
    assert (joined(), waiting()) == (25, (5, 0))
    ways = [(each.way, each.answer) for each in Said.objects.all()]
    assert ways.count((Way.SAMPLE, "SAME")) == batch.SAMPLE
    assert ways.count((Way.TOGETHER, "SAME")) == 5
    with pytest.raises(WrongState):
        confirm(matching, {})


def test_a_doubt_is_kept_with_what_was_said_beside_it_and_stops_the_run_for_good() -> None:
    _theirs, matching = proposed()
    first, second, *_rest = read = all_same(matching)
    read[first] = "NOT_SAME"
    assert confirm(matching, read) is Run.STOPPED
    assert Pairing.objects.get(pk=first).state == "NOT_SAME"
    assert joined() == len(read) - 1  # those that were read and are the same
    assert waiting() == (10, 0)  # five of the run that nobody read, and the five that were in doubt before
    said = Said.objects.get(pairing=second)
    assert (said.answer, said.way, said.by, said.at is not None) == ("SAME", "SAMPLE", "t", True)
    [words] = cells.opened([said], records.SYSTEM)
    assert words.words == "Read"
    entry = json.loads(Entry.objects.filter(act="tracing.judge-batch").latest("index").body)
    assert (entry["after"], entry["facts"]["no longer clear"]) == ("STOPPED", 5)
    with pytest.raises(WrongState):
        confirm(matching, {})
    tracing.judge(Pairing.objects.get(pk=first), "SAME", actor=TRACER, reason="It was he after all")
    with pytest.raises(WrongState):
        confirm(matching, {})
    assert waiting() == (10, 0)


def test_a_doubt_counts_although_the_rest_of_the_sample_was_not_read() -> None:
    _theirs, matching = proposed()
    first = tracing.sample(matching)[0]
    assert confirm(matching, {first.pk: "UNSURE"}) is Run.STOPPED
    assert (joined(), waiting()) == (0, (30, 0))


def test_a_pair_judged_by_itself_is_its_answer_in_the_sample_and_its_doubt_stops_the_run() -> None:
    _theirs, matching = proposed()
    one, other, *_ = drawn = tracing.sample(matching)
    tracing.judge(one, "SAME", actor=TRACER, reason="A photograph")
    left = tracing.sample(matching)
    assert {pair.pk for pair in left} == {pair.pk for pair in drawn} - {one.pk}  # nobody is drawn instead
    with pytest.raises(Stale):
        confirm(matching, all_same(matching), seen=1)  # this reader's page still asks about it
    with pytest.raises(WrongState):
        confirm(matching, all_same(matching) | {one.pk: "SAME"})
    tracing.judge(other, "UNSURE", actor=TRACER, reason="Another town")
    assert (joined(), waiting()) == (1, (29, 0))
    with pytest.raises(WrongState):
        confirm(matching, {})


def test_of_two_readers_the_second_looks_again() -> None:
    _theirs, matching = proposed()
    mine, theirs = Matching.objects.get(), Matching.objects.get()
    first = next(iter(all_same(matching)))
    assert confirm(mine, all_same(matching) | {first: "UNSURE"}, seen=1) is Run.STOPPED
    with pytest.raises(Stale):
        confirm(theirs, dict.fromkeys(all_same(matching), "SAME"), seen=1)
    pair = Pairing.objects.exclude(pk=first).filter(state="SAME")[0]
    with pytest.raises(Stale):  # the pair's own page was opened before it was answered in the sample
        tracing.judge(pair, "NOT_SAME", actor=TRACER, reason="x", seen=1)


def again(theirs: TheirList, found: Reconciliation, *more: dict[str, Any]) -> Matching:
    """A later run over the same list, with further pairs."""
    rows = pl.concat([found.matches, pl.DataFrame(more)]) if more else found.matches
    made = tracing.propose(theirs, Reconciliation(rows, {"prior": 1}), Register.SOUGHT, actor=TRACER)
    return Matching.objects.get(pk=made.matching)


def come_again(theirs: TheirList, found: Reconciliation) -> Matching:
    """The same lines on a list of the next round, and what the engine says of those that are nobody yet."""
    with perform("tracing.propose", actor=TRACER) as gate:
        words = zip(theirs.lines.all(), records.their_words(list(theirs.lines.all())), strict=True)
        lines = [{"id": line.line, "name": said.name} for line, said in words]
        other = tracing.take_in(gate, lines, kind="offered", party="RUS", round=4, sha256="1" * 64)
    new = dict(other.lines.filter(person=None).values_list("line", "pk"))
    old = {str(pk): line for pk, line in theirs.lines.values_list("pk", "line")}
    held = pl.col("held_id").replace_strict({pk: str(new.get(line, "")) for pk, line in old.items()})
    rows = found.matches.with_columns(held).filter(pl.col("held_id") != "")
    return again(other, Reconciliation(rows, {"prior": 1}))


def test_a_later_run_has_only_its_own_pairs() -> None:
    theirs, found = laid_out()
    few = Reconciliation(found.matches.head(21), {"prior": 1})
    first = again(theirs, few)
    second = again(theirs, found)
    assert waiting() == (5, 25)  # each pair once
    assert [n for _run, n in queries.clear_runs(TRACER)] == [21, 4]
    assert [len(tracing.sample(run)) for run in (first, second)] == [20, 4]
    assert not set(queries.clear_pairs(first)) & set(queries.clear_pairs(second))
    assert confirm(first, {tracing.sample(first)[0].pk: "UNSURE"}) is Run.STOPPED
    again(theirs, found)
    assert waiting() == (26, 4)  # what the doubt put in the queue no run brings back
    assert confirm(second, all_same(second)) is Run.CONFIRMED
    assert joined() == 4


def test_what_was_in_doubt_on_one_list_is_not_clear_on_the_next() -> None:
    theirs, matching = proposed()
    found = Reconciliation(rows_of(matching), {"prior": 1})
    first = tracing.sample(matching)[0]
    confirm(matching, {first.pk: "NOT_SAME"})
    later = come_again(theirs, found)
    assert later.clear == 0


def test_an_answer_taken_back_is_taken_back_on_later_lists_too() -> None:
    theirs, matching = proposed()
    pair, other = tracing.sample(matching)[:2]
    for one in (pair, other):
        tracing.judge(one, "SAME", actor=TRACER, reason="Known")
    come_again(theirs, Reconciliation(rows_of(matching), {"prior": 1}))
    assert TheirLine.objects.filter(person=pair.person_id).count() == 2  # it came again, and is still he
    pair.refresh_from_db()
    tracing.judge(pair, "NOT_SAME", actor=TRACER, reason="Another father")
    assert not TheirLine.objects.filter(person=pair.person_id).exists()
    assert TheirLine.objects.filter(person=other.person_id).count() == 2


def test_a_line_taken_for_somebody_else_is_a_doubt_about_its_clear_pair() -> None:
    _theirs, matching = proposed()
    one, other = tracing.sample(matching)[:2]
    rival = Pairing.objects.create(
        person=other.person, line=one.line, run=matching, millibits=1, ppm=1, clear=False
    )
    tracing.judge(rival, "SAME", actor=TRACER, reason="His own letter")
    matching.refresh_from_db()
    assert (matching.state, joined()) == ("STOPPED", 1)


def test_an_answer_against_another_is_kept_and_decides_nothing() -> None:
    _theirs, matching = proposed()
    one, other = tracing.sample(matching)[:2]
    TheirLine.objects.filter(pk=one.line_id).update(person=other.person)  # somebody said so of this line
    assert confirm(matching, all_same(matching)) is Run.STOPPED
    one.refresh_from_db()
    assert (one.state, one.clear, one.said.get().answer) == ("OPEN", False, "SAME")
    assert TheirLine.objects.get(pk=one.line_id).person == other.person


def rows_of(matching: Matching) -> pl.DataFrame:
    """What the engine said, as it would say it again: this time of all that they are clear."""
    pairs = list(matching.pairings.order_by("pk"))
    return pl.DataFrame(
        {
            "sought_id": [pair.person_id for pair in pairs],
            "held_id": [str(pair.line_id) for pair in pairs],
            "weight": [25.0] * len(pairs),
            "probability": [0.999999] * len(pairs),
            "decision": ["match"] * len(pairs),
            "reason": ["name"] * len(pairs),
        }
    )


ANSWER = st.sampled_from([*Answer])
STEP = st.one_of(
    st.tuples(st.just("sample"), st.lists(st.integers(0, 19), max_size=1), st.sampled_from([0, 0, 1]), ANSWER),
    st.tuples(st.just("alone"), st.integers(0, 29), st.just(0), ANSWER),
    st.tuples(st.sampled_from(["again", "round"]), st.just(0), st.just(0), st.just(Answer.SAME)),
)


def do(step: tuple[Any, ...], theirs: TheirList, found: Reconciliation) -> None:
    kind, where, unread, answer = step
    if kind == "alone":
        pair = Pairing.objects.order_by("pk")[where]
        tracing.judge(pair, answer, actor=TRACER, reason="Looked at")
    elif kind == "sample":
        for matching in Matching.objects.order_by("at", "key"):
            read = all_same(matching)
            for n in [n for n in where if n < len(read)]:
                read[list(read)[n]] = answer
            confirm(matching, dict(list(read.items())[unread:]))
    elif kind == "again":
        again(theirs, found)
    else:
        come_again(theirs, found)


def holds(called: set[str]) -> None:
    """What is true at any time of pairs joined unread, of every doubt, and of every open pair.

    `called` are those of ours whom the engine called clear, in whatever run.
    """
    for run in Matching.objects.all():
        said = list(Said.objects.filter(pairing__run=run).select_related("pairing").order_by("at"))
        unread = [each for each in said if each.way == Way.TOGETHER]
        if unread:
            before = [each for each in said if each.at <= unread[0].at]
            doubts = [each for each in before if each.answer != "SAME"]
            assert not [each for each in doubts if each.pairing.person_id in called]
            read = {each.pairing_id for each in before if each.way != Way.TOGETHER}
            assert set(run.pairings.filter(drawn=True).values_list("pk", flat=True)) <= read
        for pair in run.pairings.filter(state="SAME"):
            latest = [each for each in said if each.pairing_id == pair.pk][-1]
            assert latest.answer == "SAME"
    alone = set(queries.open_pairs(TRACER).values_list("pk", flat=True))
    clear = [pair.pk for run, _n in queries.clear_runs(TRACER) for pair in queries.clear_pairs(run)]
    assert len(clear) == len(set(clear))
    assert not alone & set(clear)
    open_ = set(Pairing.objects.filter(state="OPEN").values_list("pk", flat=True))
    assert open_ <= alone | set(clear)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEP, min_size=1, max_size=4))
def test_no_sequence_of_answers_joins_a_pair_unread_after_a_doubt(
    case: tuple[TheirList, Reconciliation], steps: list[tuple[Any, ...]]
) -> None:
    called = set(case[1].matches.filter(decision="match")["sought_id"])
    with transaction.atomic():
        for step in [*steps, ("sample", [], 0, Answer.SAME)]:
            with contextlib.suppress(Refused):  # then nothing was kept
                do(step, *case)
            holds(called)
        transaction.set_rollback(True)


@pytest.fixture
def case() -> tuple[TheirList, Reconciliation]:
    theirs, found = laid_out()
    tracing.propose(theirs, found, Register.SOUGHT, actor=TRACER)
    return theirs, found
