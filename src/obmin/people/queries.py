"""Row sets of the register and of tracing, by name."""

from __future__ import annotations

from typing import Final

import polars as pl
from django.db.models import QuerySet

from obmin.core.access import Actor, Area
from obmin.people.models import Basis, Pairing, Person, Register

# What of a claim may be believed: only what excludes (I-26).
_CLAIM_EXCLUDES: Final = {
    "will": frozenset({"refuses"}),
    "fitness": frozenset({"unfit", "exam-refused"}),
    "judicial": frozenset({"pending", "convicted"}),
}
_IDENTITY: Final = (
    "name",
    "surname",
    "given",
    "patronymic",
    "birth_date",
    "sex",
    "service_number",
    "rank",
    "rank_code",
    "unit",
    "branch",
    "citizenship",
)
_HELD: Final = {
    "id": "key",
    **{name: f"identity__{name}" for name in _IDENTITY},
    "region": "custody__region",
    "category": "category",
    "captured_on": "custody__captured_on",
    "facility": "custody__facility",
    "tags": "custody__tags",
    "group": "family__group",
    "health": "medical__health",
    "fitness": "medical__fitness",
    "fitness_until": "medical__fitness_until",
    "judicial": "court__judicial",
    "dp_consent": "court__dp_consent",
    "own_consent": "court__own_consent",
    "will": "wish__will",
    "will_on": "wish__on",
    "_medical": "medical__basis",
    "_court": "court__basis",
    "_will": "wish__basis",
    "_state": "state",
    "_version": "version",
}
_SOUGHT: Final = {
    name: path for name, path in _HELD.items() if not path.startswith(("medical", "court", "wish"))
}


def visible_to(actor: Actor, register: Register) -> QuerySet[Person]:
    """The people of a register whom this actor may see; nobody, where the duty does not need it."""
    if not actor.reads(Area.REGISTER):
        return Person.objects.none()
    people = Person.objects.filter(register=register).select_related("identity", "custody", "family")
    return people.order_by("identity__surname", "identity__name", "key")


def held_frame() -> pl.DataFrame:
    """Everybody in our hands as a register table, each value only as far as it is established.

    `id` is our own key. A will, a fitness or a court consent that rests on a claim reads as unknown
    (`none`), unless it excludes.
    """
    frame = _frame(Register.HELD, _HELD)
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
    return _frame(Register.SOUGHT, _SOUGHT)


def open_pairs(actor: Actor) -> QuerySet[Pairing]:
    """Pairs that wait for somebody's judgement."""
    if not actor.reads(Area.TRACING):
        return Pairing.objects.none()
    pairs = Pairing.objects.filter(state__in=("OPEN", "UNSURE")).select_related(
        "person__identity", "line__list"
    )
    return pairs.order_by("-millibits", "pk")


def _frame(register: Register, columns: dict[str, str]) -> pl.DataFrame:
    rows = Person.objects.filter(register=register).order_by("key").values_list(*columns.values())
    schema = {name: pl.Int64 if name == "_version" else pl.String for name in columns}
    frame = pl.DataFrame(list(rows), schema=schema, orient="row")
    return frame.with_columns(pl.col(pl.String).replace("", None))
