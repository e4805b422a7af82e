"""The engine proposes, people decide: nothing is merged by a score, every answer can be given anew."""

from __future__ import annotations

from datetime import UTC, datetime

import polars as pl
import pytest

from obmin.audit.perform import perform
from obmin.core.access import Actor, Role
from obmin.core.errors import Incomplete, NotAllowed, WrongState
from obmin.engines.linkage import Reconciliation
from obmin.negotiation.models import Exchange
from obmin.people import register, tracing
from obmin.people.models import Matching, Pairing, Person, Register, TheirLine, TheirList
from tests.people.known import numbered

pytestmark = pytest.mark.django_db

REGISTRAR = Actor.of("r", frozenset({Role.REGISTRAR}), party="UKR")
TRACER = Actor.of("t", frozenset({Role.TRACING}), party="UKR")


def laid_out(people: int = 30) -> tuple[TheirList, Reconciliation]:
    """Our sought people and a list of theirs, and what an engine might say of them."""
    frame = pl.DataFrame(
        {"id": [str(n) for n in range(people)], "surname": [f"Вигаданий{n}" for n in range(people)]}
    )
    register.import_list(frame, actor=REGISTRAR, register=Register.SOUGHT, power="UKR", source="kin")
    exchange = Exchange.objects.create(
        key="2025-05", name_en="", name_uk="", other="RUS", state="TERMS_AGREED", opened_at=datetime.now(UTC)
    )
    with perform("rounds.receive", actor=TRACER, subject=exchange) as gate:
        lines = [{"id": f"line-{n:04d}", "name": f"Vyhadanyi {n}"} for n in range(people)]
        theirs = tracing.take_in(gate, lines, kind="offered", party="RUS", round=3, sha256="0" * 64)
    keys = list(numbered().values())
    rows = list(theirs.lines.order_by("number").values_list("pk", flat=True))
    matches = pl.DataFrame(
        {
            "sought_id": keys,
            "held_id": [str(pk) for pk in rows],
            "weight": [25.0] * people,
            "probability": [0.999999] * people,
            "decision": ["match"] * (people - 5) + ["review"] * 5,
            "reason": ["name"] * people,
        }
    )
    return theirs, Reconciliation(matches, {"prior": 1})


def proposed() -> tuple[TheirList, Matching]:
    theirs, found = laid_out()
    tracing.propose(theirs, found, Register.SOUGHT, actor=TRACER)
    return theirs, Matching.objects.get()


def test_the_highest_score_joins_nobody() -> None:
    theirs, matching = proposed()
    assert (matching.proposed, matching.clear) == (30, 25)
    assert not theirs.lines.exclude(person=None).exists()
    assert set(Person.objects.values_list("state", flat=True)) == {"OPEN"}


def test_proposing_again_asks_no_question_twice() -> None:
    theirs, found = laid_out()
    for _ in range(2):
        tracing.propose(theirs, found, Register.SOUGHT, actor=TRACER)
    assert Pairing.objects.count() == 30


def test_a_judgement_joins_and_the_opposite_parts_again() -> None:
    theirs, _ = proposed()
    pair = Pairing.objects.filter(clear=False)[0]
    tracing.judge(pair, "SAME", actor=TRACER, reason="A letter in his own hand")
    assert theirs.lines.get(pk=pair.line_id).person_id == pair.person_id
    assert Person.objects.get(pk=pair.person_id).state == "CAPTIVE_CONFIRMED"
    tracing.judge(pair, "NOT_SAME", actor=TRACER, reason="It was his cousin's letter")
    assert theirs.lines.get(pk=pair.line_id).person_id is None


def test_a_judgement_needs_a_reason_and_the_duty() -> None:
    proposed()
    pair = Pairing.objects.all()[0]
    with pytest.raises(NotAllowed):
        tracing.judge(pair, "SAME", actor=TRACER, reason="")
    with pytest.raises(NotAllowed):
        tracing.judge(pair, "SAME", actor=REGISTRAR, reason="I think so")
    with pytest.raises(Incomplete):
        tracing.judge(pair, "PERHAPS", actor=TRACER, reason="?")


def test_a_line_of_theirs_is_one_person_of_ours() -> None:
    proposed()
    first = Pairing.objects.all()[0]
    other = Person.objects.exclude(pk=first.person_id)[0]
    rival = Pairing.objects.create(
        person=other, line=first.line, run=first.run, millibits=1, ppm=1, clear=False
    )
    tracing.judge(first, "SAME", actor=TRACER, reason="His mother knew him")
    with pytest.raises(WrongState):
        tracing.judge(rival, "SAME", actor=TRACER, reason="So did another")
    assert TheirLine.objects.get(pk=first.line_id).person_id == first.person_id
