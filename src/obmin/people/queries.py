"""Row sets of the register and of tracing, by name."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final

import polars as pl
from django.db.models import Count, F, Q, QuerySet

from obmin.core.access import Actor, Area
from obmin.people import records
from obmin.people.models import (
    Basis,
    Court,
    Custody,
    Family,
    Identity,
    Matching,
    Medical,
    Pairing,
    Person,
    Register,
    Wish,
)

# What of a claim may be believed: only what excludes (I-26).
_CLAIM_EXCLUDES: Final = {
    "will": frozenset({"refuses"}),
    "fitness": frozenset({"unfit", "exam-refused"}),
    "judicial": frozenset({"pending", "convicted"}),
}
_BELIEVED: Final = (
    "health", "fitness", "fitness_until", "judicial", "dp_consent", "own_consent", "will"
)  # fmt: skip
_BESIDES: Final = ("romanised", "number")  # of an identity, and no columns of a register table


def visible_to(actor: Actor, register: Register) -> QuerySet[Person]:
    """The people of a register whom this actor may see; nobody, where the duty does not need it."""
    return seen_by(actor).filter(register=register, into=None)


def visible_among(actor: Actor, register: Register, keys: Iterable[str]) -> dict[str, Person]:
    """Those of `visible_to` who have one of these keys, by key; nobody else is looked at."""
    if Area(register.value) not in walls(actor):
        return {}
    found = Person.objects.in_bulk(list(keys))  # by nothing but the key: another index would be walked whole
    return {key: one for key, one in found.items() if one.register == register.value and one.into_id is None}


def seen_by(actor: Actor) -> QuerySet[Person]:
    """Every record on either side of the wall that the actor's duties open; those merged into others, too."""
    return Person.objects.filter(register__in=[wall.value for wall in walls(actor)])


def walls(actor: Actor) -> list[Area]:
    """The registers that the actor's duties open: people in our hands, our own people, both or neither."""
    return [wall for wall in (Area.HELD, Area.SOUGHT) if actor.reads(wall)]


def held_frame(keys: Collection[str] | None = None) -> pl.DataFrame:
    """Everybody in our hands, or those of `keys`, as a register table, each value as far as it is established.

    `id` is our own key. A will, a fitness or a court consent that rests on a claim reads as unknown
    (`none`), unless it excludes.
    """
    frame = _frame(Register.HELD, keys)
    for model, basis, renamed in (
        (Medical, "_medical", {}),
        (Court, "_court", {}),
        (Wish, "_will", {"on": "will_on"}),
    ):
        kept = ("key", *renamed, *(c for c in _BELIEVED if c in records.record_fields(model)), "basis")
        found = records.frame(model, Register.HELD, keys).select(kept)
        frame = frame.join(
            found.rename({**renamed, "basis": basis}),
            left_on="id",
            right_on="key",
            how="left",
            maintain_order="left",
        )
    act = Basis.ACT.value

    def believed(column: str, basis: str, unknown: str) -> pl.Expr:
        excludes = pl.col(column).is_in(sorted(_CLAIM_EXCLUDES.get(column, frozenset())))
        return (
            pl.when((pl.col(basis) == act) | excludes)
            .then(pl.col(column))
            .otherwise(pl.lit(unknown))
            .alias(column)
        )

    return frame.with_columns(
        believed("will", "_will", "unknown"),
        believed("fitness", "_medical", "unknown"),
        believed("health", "_medical", "unknown"),
        believed("judicial", "_court", "none"),
        believed("dp_consent", "_court", "none"),
        believed("own_consent", "_court", "none"),
    ).drop("_medical", "_court", "_will")


def sought_frame() -> pl.DataFrame:
    """Everybody whom we look for as a register table; `id` is our own key."""
    return _frame(Register.SOUGHT)


def open_pairs(actor: Actor) -> QuerySet[Pairing]:
    """Pairs that wait for somebody's judgement one by one: the clear ones wait together."""
    if not actor.reads(Area.TRACING):
        return Pairing.objects.none()
    pairs = doubtful().filter(person__in=seen_by(actor))
    return pairs.select_related("person", "line__list").order_by("-millibits", "pk")


def doubtful() -> QuerySet[Pairing]:
    """Pairs that only a person can decide, each by itself."""
    return undecided().filter(clear=False)


def undecided() -> QuerySet[Pairing]:
    """Pairs that nobody has decided. Those whose line is somebody else by now are decided with it."""
    open_ = Pairing.objects.filter(state__in=("OPEN", "UNSURE"))
    return open_.filter(Q(line__person=None) | Q(line__person=F("person")))


def pairs_seen(actor: Actor) -> QuerySet[Pairing]:
    """Every pair of somebody whom the actor may see, whatever was said of it."""
    if not actor.reads(Area.TRACING):
        return Pairing.objects.none()
    return Pairing.objects.filter(person__in=seen_by(actor)).select_related("person", "line__list", "run")


def clear_pairs(matching: Matching) -> QuerySet[Pairing]:
    """The pairs that a run proposed first, that the engine calls clear and that nobody has answered."""
    found = Pairing.objects.filter(run=matching, state="OPEN", clear=True)
    return found.select_related("person", "line").order_by("pk")


def clear_runs(actor: Actor) -> list[tuple[Matching, int]]:
    """Runs of the engine with clear pairs that wait to be confirmed together, and how many each has."""
    if not actor.reads(Area.TRACING):
        return []
    waiting = Count("pairings", filter=Q(pairings__state="OPEN", pairings__clear=True))
    seen = Matching.objects.filter(state="OPEN", register__in=walls(actor))
    runs = seen.annotate(waiting=waiting).filter(waiting__gt=0)
    return [(run, run.waiting) for run in runs.order_by("at", "key")]


def _frame(register: Register, keys: Collection[str] | None = None) -> pl.DataFrame:
    """Who the people of a register are, and where; `id` is our own key."""
    stored = Person.objects.filter(register=register, into=None).order_by("key")
    if keys is not None:
        stored = stored.filter(pk__in=keys)
    schema = {"id": pl.String, "category": pl.String, "_state": pl.String, "_version": pl.Int64}
    frame = pl.DataFrame(
        list(stored.values_list("key", "category", "state", "version")), schema=schema, orient="row"
    )
    for model in (Identity, Custody, Family):
        found = records.frame(model, register, keys).drop(_BESIDES, strict=False)
        frame = frame.join(found, left_on="id", right_on="key", how="left", maintain_order="left")
    return frame.with_columns(pl.col(pl.String).replace("", None))
