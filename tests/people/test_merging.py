"""Two records are one human only when people say so: two of them; and everything can be taken back."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from obmin.accounts import people as accounts
from obmin.audit.models import Entry
from obmin.core.access import Actor, Role
from obmin.core.errors import NotAllowed, Refused, WrongState
from obmin.core.merging import Answer
from obmin.engines.linkage import Reconciliation
from obmin.negotiation import lists
from obmin.people import erasure, merging, queries, records, register
from obmin.people.judged import Judgement, Suspicion
from obmin.people.models import Identity, Person, Register, Wish
from tests.negotiation import exchange as scene
from tests.people.known import numbered

pytestmark = pytest.mark.django_db

FIRST, SECOND = (Actor.of(name, frozenset({Role.REGISTRAR}), party="UKR", fresh=True) for name in ("r1", "r2"))
INTERVIEWER = Actor.of("i", frozenset({Role.INTERVIEWER}), party="UKR", agency="NEUTRAL")
WHY = "The same tattoo on both photographs"


@pytest.fixture(autouse=True)
def officers() -> None:
    duty = (Role.REGISTRAR,)
    accounts.begin(
        agencies=[accounts.AgencyName("HQ", "HQ", "HQ")],
        leads={},
        officers=[accounts.Officer(name, name, name, "HQ", duty) for name in ("r1", "r2")],
    )


def bring_in(*names: str, source: str = "camp", which: Register = Register.HELD) -> list[Person]:
    """People by surname; each a record of their own, older than those after it."""
    for number, name in enumerate(names):
        row = {
            "id": f"{number}",
            "surname": name,
            "given": "Ілля",
            "birth_date": "1987-05-14",
            "category": "military",
        }
        register.import_list(
            pl.DataFrame([row]), actor=FIRST, register=which, power="RUS", source=f"{source}-{name}"
        )
    known = numbered()
    return [Person.objects.get(pk=known[f"{source}-{name}/{number}"]) for number, name in enumerate(names)]


def merged(one: Person, other: Person) -> Judgement:
    found = merging.judge(one, other, Answer.SAME, actor=FIRST, reason=WHY)
    merging.merge(found, actor=SECOND)
    return found


def state() -> list[tuple[str, str, str, str | None]]:
    """All that a merge could touch, but the count of changes."""
    return list(Person.objects.order_by("key").values_list("key", "register", "state", "into_id"))


def test_a_merge_takes_two_people_and_keeps_both_records() -> None:
    one, other = bring_in("Вигаданенко", "Вигаданенков")
    before = dict(Identity.objects.values_list("pk", "sealed"))
    asked = merging.judge(one, other, Answer.SAME, actor=FIRST, reason=WHY)
    assert not Person.objects.exclude(into=None).exists()
    with pytest.raises(NotAllowed, match="somebody else"):
        merging.merge(asked, actor=FIRST)
    assert merging.merge(asked, actor=SECOND) == one.pk  # the older record stays
    other.refresh_from_db()
    assert other.into_id == one.pk
    assert dict(Identity.objects.values_list("pk", "sealed")) == before
    assert [row["id"] for row in queries.held_frame().to_dicts()] == [one.pk]
    with pytest.raises(WrongState, match="merged"):
        register.correct(other, "unit", "x", actor=FIRST, reason=WHY)


def test_what_two_undo_is_as_it_was() -> None:
    one, other = bring_in("Вигаданенко", "Вигаданенков")
    before, frame = state(), queries.held_frame().drop("_version")
    found = merged(one, other)
    with pytest.raises(WrongState):  # one person takes no merge back
        merging.undo(found, actor=FIRST, reason=WHY)
    merging.ask_split(found, actor=SECOND, reason=WHY)
    found.refresh_from_db()
    with pytest.raises(NotAllowed, match="somebody else"):
        merging.split(found, actor=SECOND)
    merging.split(found, actor=FIRST)
    assert state() == before
    assert queries.held_frame().drop("_version").equals(frame)
    assert Judgement.objects.get().state == "UNDONE"  # never deleted
    merged(one, other)  # and can be said anew


def test_a_contradiction_is_refused_with_the_chain_that_causes_it() -> None:
    a, b, c = bring_in("Вигаданенко", "Вигаданенков", "Вигаданчук")
    merged(a, b)
    merging.judge(b, c, Answer.NOT_SAME, actor=FIRST, reason=WHY)
    with pytest.raises(WrongState) as refused:
        merging.judge(a, c, Answer.SAME, actor=FIRST, reason=WHY)
    assert refused.value.code == "contradicted"
    assert all(person.pk in refused.value.message for person in (a, b, c))
    assert "NOT_SAME" in refused.value.message


def test_two_registers_never_mix() -> None:
    (held,), (sought,) = bring_in("Вигаданенко"), bring_in("Вигаданенко", source="kin", which=Register.SOUGHT)
    with pytest.raises(WrongState, match="one register"):
        merging.judge(held, sought, Answer.SAME, actor=FIRST, reason=WHY)


def test_what_one_record_refuses_binds_the_human() -> None:
    """I-1: a refusal that stands in the record which was left behind still keeps the person off every list."""
    one, other = bring_in("Вигаданенко", "Вигаданенков")
    register.record_interviews([(one.pk, "consents", "2025-05-01")], actor=INTERVIEWER)
    register.record_interviews([(other.pk, "refuses", "2025-05-02")], actor=INTERVIEWER)
    found = merged(one, other)
    assert records.opened(Wish, [one.pk])[one.pk].will == "refuses"
    assert queries.held_frame()["will"].to_list() == ["refuses"]
    register.record_interviews(
        [(one.pk, "consents", "2025-05-20")], actor=INTERVIEWER
    )  # asked again, in private
    assert queries.held_frame()["will"].to_list() == ["consents"]
    merging.ask_split(found, actor=FIRST, reason=WHY)
    merging.split(found, actor=SECOND)
    assert sorted(queries.held_frame()["will"]) == ["consents", "refuses"]


def test_whoever_is_on_a_list_is_not_merged_away() -> None:
    """I-10: one human, one active entry."""
    story = scene.begin()
    story.compose()
    draft = story.exchange.drafts.get()
    listed = list(draft.lines.order_by("person__since", "person_id").select_related("person")[:2])
    one, other = (line.person for line in listed)
    with pytest.raises(WrongState) as refused:
        merging.judge(one, other, Answer.SAME, actor=FIRST, reason=WHY)
    assert refused.value.code == "on-a-list"
    behind = next(line for line in listed if line.person_id in refused.value.message)
    lists.take_off(behind, actor=scene.officer(Role.LISTS), reason="Twice on the list")
    asked = merging.judge(one, other, Answer.SAME, actor=FIRST, reason=WHY)
    for standing in ("CHECKED", "WITHDRAWN"):  # on it again meanwhile, and off it at last
        type(behind).objects.filter(pk=behind.pk).update(state=standing)
        if standing == "CHECKED":
            with pytest.raises(WrongState):  # asked again when it is done
                merging.merge(asked, actor=SECOND)
        else:
            assert merging.merge(asked, actor=SECOND) != behind.person_id


def test_nothing_is_merged_by_a_score(monkeypatch: pytest.MonkeyPatch) -> None:
    """The engine is sure to the last bit, of everybody; what comes of it are questions, and no row more."""
    people = bring_in("Вигаданенко", "Вигаданенков", "Вигаданчук")
    before = state()

    def certain(sought: pl.DataFrame, held: pl.DataFrame, **_: object) -> Reconciliation:
        rows = [
            {
                "sought_id": a,
                "held_id": b,
                "weight": 99.0,
                "probability": 1.0,
                "decision": "match",
                "reason": "",
            }
            for a, b in zip(sought["id"], held["id"], strict=False)
        ]
        return Reconciliation(pl.DataFrame(rows), {})

    monkeypatch.setattr(merging, "reconcile", certain)
    assert merging.suspect(Register.HELD, actor=FIRST) > 0
    assert state() == before
    assert not Judgement.objects.exists()
    assert set(Suspicion.objects.values_list("ppm", flat=True)) == {1_000_000}
    one, other = Suspicion.objects.values_list("one", "other").first() or ("", "")
    merging.judge(
        Person.objects.get(pk=one), Person.objects.get(pk=other), Answer.UNSURE, actor=FIRST, reason=WHY
    )
    assert state() == before
    assert (one, other) not in merging.waiting(Register.HELD).values_list("one", "other")
    acts = set(Entry.objects.values_list("act", flat=True))
    assert "register.merge" not in acts
    assert len(people) == 3


def test_the_engine_finds_one_person_written_twice() -> None:
    one, other, *_ = bring_in(
        "Вигаданенко", "Вигаданенко ", "Неіснуйко", "Придуманчук", "Химерчук", "Небилиця", "Байкар", "Казкар"
    )
    merging.suspect(Register.HELD, actor=FIRST)
    assert tuple(sorted((one.pk, other.pk))) in Suspicion.objects.values_list("one", "other")
    asked = merging.waiting(Register.HELD).count()
    assert merging.suspect(Register.HELD, actor=FIRST) == 0  # asked once
    assert merging.waiting(Register.HELD).count() == asked


def test_who_is_forgotten_is_forgotten_whole() -> None:
    one, other = bring_in("Вигаданенко", "Вигаданенков")
    merged(one, other)
    officer, lawyer = (
        Actor.of(role.value, frozenset({role}), party="UKR", fresh=True)
        for role in (Role.PROTECTION, Role.LEGAL)
    )
    erasure.erase(one, actor=officer, second=lawyer, reason="asked for")
    assert records.identities([one.pk, other.pk]) == {}


@given(st.lists(st.tuples(st.sampled_from("jmusk"), st.integers(0, 9), st.sampled_from(Answer)), max_size=14))
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_records_always_say_what_the_judgements_come_to(
    db: None, steps: Sequence[tuple[str, int, Answer]]
) -> None:
    """Whatever is said, merged, taken back and undone, in any order; refusals leave nothing."""
    from django.db import transaction

    with transaction.atomic():
        people = bring_in("А", "Б", "В", "Г")
        for step, at, answer in steps:
            made = list(Judgement.objects.order_by("key"))
            try:
                if step == "j" or not made:
                    pair = people[at % 4], people[(at + 1 + at // 4) % 4]
                    merging.judge(*pair, answer, actor=FIRST, reason=WHY)
                elif step == "m":
                    merging.merge(made[at % len(made)], actor=SECOND)
                elif step == "u":
                    merging.undo(made[at % len(made)], actor=SECOND, reason=WHY)
                elif step == "s":
                    merging.ask_split(made[at % len(made)], actor=FIRST, reason=WHY)
                else:
                    merging.split(made[at % len(made)], actor=SECOND)
            except Refused:
                pass
            stored = dict(Person.objects.exclude(into=None).values_list("key", "into_id"))
            assert stored == merging.computed()
            for told in Judgement.objects.filter(answer="NOT_SAME", state="STANDS"):
                heads = {stored.get(key, key) for key in (told.one_id, told.other_id)}
                assert len(heads) == 2
        transaction.set_rollback(True)
