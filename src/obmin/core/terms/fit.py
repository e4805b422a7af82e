"""Each line of a list, ours or theirs, against each clause: satisfies, breaks, cannot tell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import polars as pl

from obmin.core.errors import NotFound
from obmin.core.terms.facts import matches
from obmin.core.terms.model import (
    RECEIVED,
    Agreement,
    Clause,
    Count,
    Every,
    Flow,
    Not,
    Text,
    Total,
    Track,
    Version,
)
from obmin.core.terms.offer import judged_on
from obmin.core.terms.predicates import columns_of, expression, missing
from obmin.core.terms.wording import both

GUARDS: Final = {
    "I-1": both("has not agreed in private to go", "не погодився наодинці їхати"),
    "I-3": both(
        "direct medical case: goes besides, outside the count", "прямий медичний випадок: їде поза рахунком"
    ),
    "I-5": both("not fit to travel", "не здатний їхати"),
    "I-6": both("held by a court without both consents", "утримується судом без обох згод"),
    "I-10": both("stands on another line too", "стоїть ще в одному рядку"),
}


class Fit(StrEnum):
    SATISFIES = "satisfies"
    BREAKS = "breaks"
    CANNOT_TELL = "cannot-tell"


@dataclass(frozen=True, slots=True)
class LineFit:
    """What one line is to one clause, or to one guard (`I-1` …). `line` counts from 1; `fields` would tell."""

    line: int
    id: str | None
    clause: str
    fit: Fit
    text: Text
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WholeFit:
    """What the list as a whole is to a clause that counts: lines that count and lines in doubt."""

    clause: str
    fit: Fit
    sure: int
    doubtful: int
    text: Text


@dataclass(frozen=True, slots=True)
class ListFit:
    """`table` has one row for each line and clause that touches it: line, id, clause, fit, fields, text.

    A clause that has nothing to say about a line is left out.
    """

    agreement: str
    version: int
    party: str
    table: pl.DataFrame
    whole: tuple[WholeFit, ...]

    @property
    def fits(self) -> bool:
        """No line breaks anything, and every amount is met."""
        return bool((self.table["fit"] == Fit.SATISFIES).all()) and all(
            w.fit is Fit.SATISFIES for w in self.whole
        )

    def lines(self) -> list[LineFit]:
        return [
            LineFit(
                line=row["line"],
                id=row["id"],
                clause=row["clause"],
                fit=Fit(row["fit"]),
                text=Text(row["text"], row["text_uk"]),
                fields=tuple(f for f in row["fields"].split(", ") if f),
            )
            for row in self.table.iter_rows(named=True)
        ]


def fit(agreement: Agreement, people: pl.DataFrame, party: str, version: int | None = None) -> ListFit:
    """Hold a list against the terms. `people` are register rows that `party` offers.

    Raises NotFound for a party that is none, KeyError for a version that does not exist.
    """
    if party not in {p.code for p in agreement.parties}:
        raise NotFound(f"{party} is no party to {agreement.id}", code="no-such-party")
    v = agreement.version(version)
    day = judged_on(v)
    rows = _as_rows(people, party, day.isoformat())
    told: list[pl.DataFrame] = []
    whole: list[WholeFit] = []
    counting: list[pl.Expr] = []
    for clause in v.clauses:
        if clause.given or clause.unless:
            continue
        match clause.form:
            case Count(flow=flow) as count if _ours(flow, party):
                counting.append(_anywhere(flow, rows))
                told += _counted(rows, clause.id, flow)
                whole += _amounts(rows, clause, count)
            case Every(flow=flow) as form if _ours(flow, party):
                told.append(_each(rows, clause.id, form))
            case _:
                pass
    whole += _totals(v, whole)
    told += [_nowhere(rows, counting), *_guards(rows)]
    table = pl.concat([t for t in told if t.height] or [_told(rows.head(0), "", Fit.SATISFIES, both("", ""))])
    order = table.with_row_index("_at").sort("line", "_at").drop("_at")
    return ListFit(agreement.id, v.number, party, order, tuple(whole))


def _ours(flow: Flow, party: str) -> bool:
    people = not set(flow.tracks) & {Track.REMAINS, Track.THINGS}
    return (
        flow.event == RECEIVED and not flow.outside and people and (not flow.holders or party in flow.holders)
    )


def _as_rows(people: pl.DataFrame, party: str, day: str) -> pl.DataFrame:
    """The list as if everybody on it had been received; the receiver is whoever the clause says."""
    wanted = (
        "id",
        "name",
        "category",
        "phase",
        "health",
        "will",
        "fitness",
        "judicial",
        "dp_consent",
        "own_consent",
    )
    absent = [pl.lit(None, dtype=pl.Utf8).alias(c) for c in wanted if c not in people.columns]
    frame = people.drop([c for c in ("event", "from", "date") if c in people.columns]).with_columns(
        *absent,
        pl.lit(RECEIVED).alias("event"),
        pl.lit(party).alias("from"),
        pl.lit(day).alias("date"),
    )
    if "to" not in frame.columns:
        frame = frame.with_columns(pl.lit(None, dtype=pl.Utf8).alias("to"))
    return frame.with_row_index("line", offset=1).with_columns(pl.col("line").cast(pl.Int64))


def _told(
    rows: pl.DataFrame, clause: str, fit: Fit, text: Text, fields: pl.Series | None = None
) -> pl.DataFrame:
    return rows.select(
        "line",
        "id",
        pl.lit(clause).alias("clause"),
        pl.lit(fit.value).alias("fit"),
        pl.lit("").alias("fields") if fields is None else fields.alias("fields"),
        pl.lit(text.en).alias("text"),
        pl.lit(text.uk).alias("text_uk"),
    )


def _anywhere(flow: Flow, rows: pl.DataFrame) -> pl.Expr:
    """The flow without its receiver: a list does not always say where a person goes."""
    columns = frozenset(rows.columns)
    if rows["to"].null_count() == rows.height:
        flow = Flow((), (), flow.tracks, flow.who, flow.named, flow.event, flow.outside)
    return matches(flow, columns, "date")


def _counted(rows: pl.DataFrame, clause: str, flow: Flow) -> list[pl.DataFrame]:
    judged = rows.with_columns(
        _anywhere(flow, rows).alias("_match"), missing(flow.who, rows, "date").alias("_fields")
    )
    sure, doubt = judged.filter(pl.col("_match")), judged.filter(pl.col("_match").is_null())
    fields = doubt.select(
        pl.concat_str(
            pl.when(pl.col("category").is_null() & pl.lit(bool(flow.tracks))).then(pl.lit("category")),
            pl.col("_fields").replace("", None),
            separator=", ",
            ignore_nulls=True,
        )
    ).to_series()
    return [
        _told(sure, clause, Fit.SATISFIES, both("counts under this clause", "враховано за цим пунктом")),
        _told(
            doubt,
            clause,
            Fit.CANNOT_TELL,
            both("may count under this clause", "може рахуватися за цим пунктом"),
            fields,
        ),
    ]


def _amounts(rows: pl.DataFrame, clause: Clause, count: Count) -> list[WholeFit]:
    match_ = rows.select(_anywhere(count.flow, rows).alias("m"), pl.col("phase"), _direct().alias("d"))
    match_ = match_.filter(~pl.col("d"))
    parts = [(clause.id, count.amount, match_)]
    if rows["phase"].null_count() < rows.height:
        parts += [(f"{clause.id}@{p}", a, match_.filter(pl.col("phase") == p)) for p, a in count.by_phase]
    found: list[WholeFit] = []
    for name, amount, some in parts:
        if count.value is not None or amount.population is not None:
            continue
        sure, doubtful = int(some["m"].fill_null(False).sum()), int(some["m"].null_count())
        found.append(_whole(name, sure, doubtful, amount.minimum, amount.maximum))
    return found


def _whole(name: str, sure: int, doubtful: int, low: int | None, high: int | None) -> WholeFit:
    if (high is not None and sure > high) or (low is not None and sure + doubtful < low):
        verdict = Fit.BREAKS
    elif (low is None or sure >= low) and (high is None or sure + doubtful <= high):
        verdict = Fit.SATISFIES
    else:
        verdict = Fit.CANNOT_TELL
    wanted = f"{low}" if low == high else f"{low if low is not None else 0}–{high if high is not None else '∞'}"
    text = both(
        f"{sure} lines count, {doubtful} may; due {wanted}",
        f"враховано {sure}, ще можливо {doubtful}; належить {wanted}",
    )
    return WholeFit(name, verdict, sure, doubtful, text)


def _totals(version: Version, counted: Sequence[WholeFit]) -> list[WholeFit]:
    by_name = {w.clause: w for w in counted}
    found: list[WholeFit] = []
    for clause in version.clauses:
        if isinstance(clause.form, Total) and all(n in by_name for n in clause.form.of):
            parts = [by_name[n] for n in clause.form.of]
            amount = clause.form.amount
            sure, doubtful = sum(p.sure for p in parts), sum(p.doubtful for p in parts)
            found.append(_whole(clause.id, sure, doubtful, amount.minimum, amount.maximum))
    return found


def _each(rows: pl.DataFrame, clause: str, form: Every) -> pl.DataFrame:
    flow = form.flow
    columns = frozenset(rows.columns)
    judged = rows.with_columns(
        _anywhere(flow, rows).alias("_match"), expression(form.that, columns, "date").alias("_holds")
    ).filter(pl.col("_match").fill_null(True))
    yes = judged.filter(pl.col("_match").fill_null(False) & pl.col("_holds"))
    no = judged.filter(pl.col("_match").fill_null(False) & ~pl.col("_holds"))
    doubt = judged.filter(pl.col("_holds").is_null() | (pl.col("_match").is_null() & ~pl.col("_holds")))
    bars = isinstance(form.that, Not)
    why = (
        both("barred by this clause", "цей пункт забороняє")
        if bars
        else both("not what it demands", "не те, чого він вимагає")
    )
    fields = missing(form.that, doubt, "date")
    return pl.concat(
        [
            _told(yes, clause, Fit.SATISFIES, both("as it demands", "як він вимагає")),
            _told(no, clause, Fit.BREAKS, why),
            _told(doubt, clause, Fit.CANNOT_TELL, both("cannot be told", "не можна сказати"), fields),
        ]
    )


def _nowhere(rows: pl.DataFrame, counting: Sequence[pl.Expr]) -> pl.DataFrame:
    """Lines that no quota takes."""
    outside = rows.filter(~pl.any_horizontal(pl.lit(False), *counting).fill_null(True) & ~_direct())
    return _told(
        outside, "-", Fit.BREAKS, both("no quota takes this person", "жодна квота не охоплює цю особу")
    )


def _direct() -> pl.Expr:
    return (pl.col("health") == "direct").fill_null(False)


def _guards(rows: pl.DataFrame) -> list[pl.DataFrame]:
    """What the engine demands of every list of people who count."""
    will, health, fitness = pl.col("will"), pl.col("health"), pl.col("fitness")
    court = pl.col("judicial").is_in(["pending", "convicted"]).fill_null(False)
    given = (pl.col("dp_consent") == "given").fill_null(False)
    own = (pl.col("own_consent") == "given").fill_null(False)
    held = court & (~given | ((pl.col("judicial") == "convicted") & ~own))
    breaks = {
        "I-1": will.is_in(["refuses", "undecided"]).fill_null(False),
        "I-3": health == "direct",
        "I-5": fitness.is_in(["unfit", "exam-refused"]).fill_null(False),
        "I-6": held,
        "I-10": pl.col("id").is_not_null() & pl.col("id").is_duplicated(),
    }
    found = [
        _told(rows.filter(wrong.fill_null(False)), g, Fit.BREAKS, GUARDS[g]) for g, wrong in breaks.items()
    ]
    unknown_will = rows.filter(will.is_null() | (will == "unknown"))
    fields = pl.Series("fields", ["will"] * unknown_will.height, dtype=pl.Utf8)
    text = both("nobody has recorded the will", "волю не записано")
    return [*found, _told(unknown_will, "I-1", Fit.CANNOT_TELL, text, fields)]


def needed_columns(agreement: Agreement, version: int | None = None) -> tuple[str, ...]:
    """The register columns that the terms speak of, each once, in order."""
    names: list[str] = []
    for clause in agreement.version(version).clauses:
        if isinstance(clause.form, Count | Every):
            names += columns_of(clause.form.flow.who)
        if isinstance(clause.form, Every):
            names += columns_of(clause.form.that)
    return tuple(dict.fromkeys(["category", *names]))
