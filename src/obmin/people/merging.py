"""Two records of one register, one human? People say it; two of them merge; nothing is merged by a score.

A judgement is a row that is never deleted. Which records are one is computed from the judgements that stand
(`core.merging`) and kept beside each record as the one that it was merged into. Both records stay whole, so
that undoing a merge brings everything back to where it was.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

import polars as pl
from django.apps import apps
from django.db.models import Exists, Min, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_noop as _

from obmin.accounts import people as accounts
from obmin.audit.perform import Gate, perform
from obmin.core.access import Actor
from obmin.core.errors import Incomplete, WrongState
from obmin.core.merging import Answer, Said, clash, partition
from obmin.engines.linkage import reconcile
from obmin.jobs.work import Tell
from obmin.people import evidence, queries
from obmin.people.judged import Judgement, Suspicion
from obmin.people.models import IdentityClaim, Person, Register
from obmin.vault.rows import insert, update

STANDS: Final = ("ASKED", "STANDS", "MERGED", "SPLIT_ASKED")
MERGED: Final = ("MERGED", "SPLIT_ASKED")
MOST: Final = 1_000  # suspected pairs that one look through a register writes down


def judge(
    one: Person,
    other: Person,
    answer: Answer,
    *,
    actor: Actor,
    reason: str,
    request: str = "",
    at: datetime | None = None,
) -> Judgement:
    """Says of two records whether they are one person. "Same" asks for a merge, which somebody else makes.

    Raises `WrongState` where a judgement that stands says otherwise, with the chain of those that do.
    """
    with perform("register.judge", actor=actor, reason=reason, request=request, at=at) as gate:
        one, other = sorted((one, other), key=lambda person: person.pk)
        if one.pk == other.pk or one.register != other.register:
            raise WrongState("Two records of one register are compared, and no record with itself.")
        if said := standing([one.pk, other.pk]).filter(one=one, other=other).first():
            raise WrongState(f"{said.by} said {said.answer} of these two. Take that back first.")
        new = Said("", one.pk, other.pk, answer)
        _possible(new)
        judgement = Judgement.objects.create(
            key=gate.new_id(),
            one=one,
            other=other,
            answer=answer.value,
            state="ASKED" if answer is Answer.SAME else "STANDS",
            by=actor.id,
            at=gate.now,
        )
        gate.subject = judgement
        gate.fact("one", one.pk)
        gate.fact("other", other.pk)
        gate.fact("answer", answer.value)
    return judgement


def merge(
    judgement: Judgement,
    *,
    actor: Actor,
    seen: int | None = None,
    request: str = "",
    at: datetime | None = None,
) -> str:
    """Merges, as somebody else than whoever asked for it. Returns the key of the record that stays."""
    with perform(
        "register.merge", actor=actor, second=_asker(judgement.by), subject=judgement, seen=seen,
        request=request, at=at,
    ) as gate:  # fmt: skip
        said = Said(judgement.pk, judgement.one_id, judgement.other_id, Answer.SAME)
        into = _settled(gate, said, _possible(said))
        gate.fact("one", judgement.one_id)
        gate.fact("other", judgement.other_id)
        gate.outcome = into.get(judgement.one_id, judgement.one_id)
    return gate.outcome


def undo(
    judgement: Judgement,
    *,
    actor: Actor,
    reason: str,
    seen: int | None = None,
    request: str = "",
    at: datetime | None = None,
) -> None:
    """Takes back a judgement that has merged nothing, or the wish to undo one that has."""
    with perform(
        "register.undo", actor=actor, subject=judgement, seen=seen, reason=reason, request=request, at=at
    ) as gate:
        if judgement.state == "SPLIT_ASKED":
            gate.ends = "MERGED"
            Judgement.objects.filter(pk=judgement.pk).update(split_by="")


def ask_split(
    judgement: Judgement,
    *,
    actor: Actor,
    reason: str,
    seen: int | None = None,
    request: str = "",
    at: datetime | None = None,
) -> None:
    """Asks that a merge be undone; somebody else undoes it."""
    with perform(
        "register.ask-split", actor=actor, subject=judgement, seen=seen, reason=reason, request=request, at=at
    ):
        Judgement.objects.filter(pk=judgement.pk).update(split_by=actor.id)


def split(
    judgement: Judgement,
    *,
    actor: Actor,
    seen: int | None = None,
    request: str = "",
    at: datetime | None = None,
) -> None:
    """Undoes a merge, as somebody else than whoever asked for that. Both records are as they were."""
    judgement.refresh_from_db()
    with perform(
        "register.split", actor=actor, second=_asker(judgement.split_by), subject=judgement, seen=seen,
        request=request, at=at,
    ) as gate:  # fmt: skip
        said = Said(judgement.pk, judgement.one_id, judgement.other_id, Answer.SAME)
        rest = [one for one in _around(said.pair) if one.key != said.key]
        parted = Person.objects.filter(pk__in=_moved(said, rest)).exclude(into=None)
        _free(key for pair in parted.values_list("key", "into_id") for key in pair)
        _settled(gate, said, rest)
        gate.fact("one", judgement.one_id)
        gate.fact("other", judgement.other_id)


def computed() -> dict[str, str]:
    """What each merged record was merged into, from the judgements that stand. The records say the same."""
    return _partition(_said())


def standing(keys: Iterable[str]) -> QuerySet[Judgement]:
    """The judgements that stand about any of these records, newest first."""
    about = Q(one__in=list(keys)) | Q(other__in=list(keys))
    return Judgement.objects.filter(about, state__in=STANDS).order_by("-at", "key")


def on_lists(keys: Iterable[str]) -> frozenset[str]:
    """Who of these is bound by something that is under way: by models that say so (`binding`)."""
    wanted, found = list(keys), set()
    for model in apps.get_models():
        if binding := getattr(model, "binding", None):
            found.update(binding(wanted))
    return frozenset(found)


def suspect(register: Register, *, actor: Actor, request: str = "", tell: Tell | None = None) -> int:
    """Looks through a register for pairs that may be one person and writes them down as questions.

    Returns how many are new. Whatever was written down or judged before is not asked again.
    """
    frame = queries.held_frame() if register is Register.HELD else queries.sought_frame()
    tell = tell or (lambda _step, _done, _total: None)
    found = _doubles(frame.drop("_state", "_version"), tell)
    with perform("register.suspect", actor=actor, request=request) as gate:
        known = set(Suspicion.objects.filter(register=register).values_list("one_id", "other_id"))
        known |= set(Judgement.objects.filter(state__in=STANDS).values_list("one_id", "other_id"))
        fresh = [row for row in found if (row[0], row[1]) not in known][:MOST]
        insert(
            Suspicion,
            ("key", "register", "one", "other", "millibits", "ppm", "at"),
            [(gate.new_id(), register.value, *row, gate.now) for row in fresh],
        )
        gate.fact("pairs", len(fresh))
    return len(fresh)


def job(account: str, *, tell: Tell, request: str, register: str) -> str:
    """The worker's way to `suspect`: the address of the questions."""
    suspect(Register(register), actor=accounts.actor(account), request=request, tell=tell)
    return reverse("duplicates", args=[register])


def waiting(register: Register) -> QuerySet[Suspicion]:
    """Suspected pairs of records that stand for themselves and of which nobody has said anything."""
    judged = Judgement.objects.filter(state__in=STANDS, one=OuterRef("one"), other=OuterRef("other"))
    found = Suspicion.objects.filter(~Exists(judged), register=register, one__into=None, other__into=None)
    return found.order_by("-millibits", "key")


def asked(actor: Actor) -> QuerySet[Judgement]:
    """Merges, and undoings of merges, that somebody else asked for and that wait for a second person."""
    mine = Q(state="ASKED", by=actor.id) | Q(state="SPLIT_ASKED", split_by=actor.id)
    return Judgement.objects.filter(state__in=("ASKED", "SPLIT_ASKED")).exclude(mine).order_by("at", "key")


def asked_by(actor: Actor) -> QuerySet[Judgement]:
    """Merges, and undoings of merges, that this person asked for and that wait for a second one."""
    mine = Q(state="ASKED", by=actor.id) | Q(state="SPLIT_ASKED", split_by=actor.id)
    return Judgement.objects.filter(mine).order_by("at", "key")


def _doubles(frame: pl.DataFrame, tell: Tell) -> list[tuple[str, str, int, int]]:
    """Pairs of a register with itself, the likeliest first: (one, other, millibits, ppm); `one` < `other`.

    The engine pairs each record with one other, so that itself must not be there to be found: the register
    is halved again and again by a bit of each record's place, and each half is held against the other. Any
    two records differ in some bit, so that any two meet.
    """
    frame = frame.with_row_index("_at")
    best: dict[tuple[str, str], tuple[int, int]] = {}
    rounds = max(1, (len(frame) - 1).bit_length()) if len(frame) > 1 else 0
    for bit in range(rounds):
        tell(_("Holding the register against itself"), bit, rounds)
        upper = (pl.col("_at") // 2**bit) % 2 == 1
        above, below = frame.filter(upper).drop("_at"), frame.filter(~upper).drop("_at")
        for row in reconcile(above, below).matches.iter_rows(named=True):
            one, other = sorted((row["sought_id"], row["held_id"]))
            told = (round(row["weight"] * 1000), max(0, min(1_000_000, round(row["probability"] * 1_000_000))))
            best[one, other] = max(told, best.get((one, other), told))
    return sorted(((one, other, *told) for (one, other), told in best.items()), key=lambda row: (-row[2], row))


def _possible(new: Said) -> list[Said]:
    """Raises `WrongState` where what stands forbids it. Returns what the merges of the two would rest on."""
    others = [said for said in _around(new.pair, (*MERGED, "STANDS", "ASKED")) if said.key != new.key]
    if chain := clash(others, new):
        told = "; ".join(f"{said.one} {said.answer.value} {said.other}" for said in chain)
        raise WrongState(f"This cannot stand beside what was said already: {told}.", code="contradicted")
    merges = [*_around(new.pair), new]
    if new.answer is Answer.SAME:
        _free(_moved(new, merges))
    return merges


def _free(people: Iterable[str]) -> None:
    """Raises `WrongState` where one of these is on a list that is under way: it counts them as they are."""
    if bound := on_lists(people):
        raise WrongState(
            f"{sorted(bound)[0]} is on a list that is under way. Take the person off it first.",
            code="on-a-list",
        )


def _moved(about: Said, said: Sequence[Said]) -> dict[str, str | None]:
    """Whose record would be merged into another than now, if this were all that is said of them; into which."""
    into = _partition(said)
    keys = {key for one in said for key in one.pair} | about.pair
    before = dict(Person.objects.filter(pk__in=keys).values_list("key", "into_id"))
    return {key: into.get(key) for key in sorted(keys) if into.get(key) != before[key]}


def _settled(gate: Gate, about: Said, said: Sequence[Said]) -> dict[str, str]:
    """Brings the records around a judgement to what is said of them. Returns what each was merged into."""
    into, moved = _partition(said), _moved(about, said)
    before = dict(Person.objects.filter(pk__in=moved).values_list("key", "into_id"))
    touched = set(moved) | {found for key in moved for found in (into.get(key), before.get(key)) if found}
    versions = dict(Person.objects.filter(pk__in=touched).values_list("key", "version"))
    update(Person, ("into", "version"), [(into.get(key), versions[key] + 1, key) for key in sorted(touched)])
    gate.fact("moved", len(moved))
    evidence.settle_again(gate, touched)
    return into


def _partition(said: Sequence[Said]) -> dict[str, str]:
    """Of records that are one, the one that was on the register first stays, whatever happens to it later."""
    keys = {key for one in said for key in one.pair}
    claims = IdentityClaim.objects.filter(person__in=keys).order_by().values_list("person")
    first = dict(claims.annotate(first=Min("intake__at")))
    return partition(said, lambda key: (key not in first, first.get(key)))


def _said(states: Iterable[str] = MERGED) -> list[Said]:
    rows = Judgement.objects.filter(state__in=list(states)).values_list("key", "one_id", "other_id", "answer")
    return [Said(key, one, other, Answer(answer)) for key, one, other, answer in rows]


def _around(pair: Iterable[str], states: Iterable[str] = MERGED) -> list[Said]:
    """What is said of two records and of all that are, step by step, said to be the same as one of them."""
    wanted, found = list(states), dict[str, Said]()
    seen: set[str] = set()
    while here := set(pair) - seen:
        seen |= here
        about = Q(one__in=here) | Q(other__in=here)
        rows = Judgement.objects.filter(about, state__in=wanted)
        told = [
            Said(key, a, b, Answer(c))
            for key, a, b, c in rows.values_list("key", "one_id", "other_id", "answer")
        ]
        found |= {said.key: said for said in told}
        pair = {key for said in told if said.answer is Answer.SAME for key in said.pair}
    return list(found.values())


def _asker(account: str) -> Actor | None:
    """Who asked, with the duties that they hold now."""
    if not account:
        raise Incomplete("Nobody has asked for this.")
    return replace(accounts.actor(account), fresh=True)
