"""Who may be listed at all, whatever an agreement or a policy says.

Nobody is listed who has not consented (I-1), is not fit to travel (I-5), or is held by a court without the
consents that the law asks (I-6). Direct medical cases go outside every count (I-2, I-3).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

import polars as pl

from obmin.core.errors import Refused
from obmin.core.person import FIT_TO_TRAVEL, Category, Consent, Health, Judicial, Will
from obmin.core.terms.model import Hostilities
from obmin.core.terms.offer import Offer
from obmin.core.terms.predicates import earliest


class Ground(StrEnum):
    """Why a guard holds somebody back: sealed, for legal and medical officers only."""

    REFUSES = "refuses"
    UNDECIDED = "undecided"
    WILL_UNKNOWN = "will-unknown"
    UNFIT = "unfit"
    EXAM_REFUSED = "exam-refused"
    FITNESS_UNKNOWN = "fitness-unknown"
    FITNESS_LAPSED = "fitness-lapsed"
    COURT = "court"


NOT_NOW: Final = frozenset({Ground.UNFIT, Ground.EXAM_REFUSED, Ground.FITNESS_UNKNOWN, Ground.FITNESS_LAPSED})


@dataclass(frozen=True, slots=True)
class Guarded:
    """One row a person, sorted by id.

    people    the register
    ground    the first ground that holds the person back, null for none: will, court, fitness
    direct    Art. 110, first group
    """

    people: pl.DataFrame
    ground: pl.Series
    direct: pl.Series


def guard(register: pl.DataFrame, on: date, *, request: bool = False) -> Guarded:
    """The register sorted by id, with what the guards say of everybody. Columns that lack are unknown.

    In a request, for people whom the other side holds, what is unknown is left to its interview and its
    examination: only what is known to be in the way holds anybody back.
    """
    people = register.sort("id")
    absent = [c for c in _NEEDED if c not in people.columns]
    seen = people.with_columns(pl.lit(None, dtype=pl.Utf8).alias(c) for c in absent)
    told = seen.select(
        pl.coalesce(*(_known() if request else _grounds(on))).alias("ground"),
        (pl.col("health") == Health.DIRECT).fill_null(False).alias("direct"),
    )
    return Guarded(people, told["ground"], told["direct"])


_NEEDED: Final = ("health", "fitness", "fitness_until", "judicial", "dp_consent", "own_consent", "will")


def _when(true: pl.Expr, ground: Ground) -> pl.Expr:
    return pl.when(true.fill_null(False)).then(pl.lit(ground.value)).otherwise(None)


def _known() -> Iterator[pl.Expr]:
    """For a request: what is known to be in the way."""
    will, fitness, consents = pl.col("will"), pl.col("fitness"), (pl.col("dp_consent"), pl.col("own_consent"))
    yield _when(will == Will.REFUSES, Ground.REFUSES)
    yield _when(will == Will.UNDECIDED, Ground.UNDECIDED)
    tried = pl.col("judicial").is_in([Judicial.PENDING.value, Judicial.CONVICTED.value])
    no_leave, no_own = (c == Consent.REFUSED for c in consents)
    yield _when(tried & (no_leave | ((pl.col("judicial") == Judicial.CONVICTED) & no_own)), Ground.COURT)
    yield _when(fitness == "unfit", Ground.UNFIT)
    yield _when(fitness == "exam-refused", Ground.EXAM_REFUSED)


def _grounds(on: date) -> Iterator[pl.Expr]:
    when = _when
    will, fitness = pl.col("will"), pl.col("fitness")
    yield when(will == Will.REFUSES, Ground.REFUSES)
    yield when(will == Will.UNDECIDED, Ground.UNDECIDED)
    yield when(will.ne_missing(pl.lit(Will.CONSENTS.value)), Ground.WILL_UNKNOWN)
    tried = pl.col("judicial").is_in([Judicial.PENDING.value, Judicial.CONVICTED.value])
    no_leave = pl.col("dp_consent").ne_missing(pl.lit(Consent.GIVEN.value))
    no_own = pl.col("own_consent").ne_missing(pl.lit(Consent.GIVEN.value))
    yield when(tried & (no_leave | ((pl.col("judicial") == Judicial.CONVICTED) & no_own)), Ground.COURT)
    yield when(fitness == "unfit", Ground.UNFIT)
    yield when(fitness == "exam-refused", Ground.EXAM_REFUSED)
    yield when(~fitness.is_in([f.value for f in FIT_TO_TRAVEL]).fill_null(False), Ground.FITNESS_UNKNOWN)
    yield when(earliest(pl.col("fitness_until")) < on, Ground.FITNESS_LAPSED)


def lawful(offer: Offer) -> None:
    """Refuses what can never be composed, with the article. Historic agreements never get here."""
    for quota in offer.quotas:
        if offer.hostilities is Hostilities.CEASED and quota.everybody is None and quota.high is not None:
            raise Refused(
                f"clause {quota.clause} limits how many go home, but active hostilities have ceased: "
                "release is without delay and without return (Third Geneva Convention, Art. 118)",
                code="hostilities-ceased",
            )
        living = {c.value for c in Category if c is not Category.REMAINS}
        tracks = {t.value for t in quota.flow.tracks}
        if len(tracks & living) != 1:
            raise Refused(
                f"clause {quota.clause} counts {', '.join(sorted(tracks)) or 'anybody'} together: soldiers, "
                "civilians and retained staff each need a quota of their own "
                "(Fourth Geneva Convention, Art. 34)",
                code="tracks-mixed",
            )
        if quota.value is not None and tracks != {Category.MILITARY.value}:
            raise Refused(
                f"clause {quota.clause} puts a value on people who are not able-bodied soldiers "
                "(Third Geneva Convention, Art. 109)",
                code="value-off-track",
            )
