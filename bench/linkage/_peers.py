"""What a diligent user of the other tools does first: Latin letters, parts of the name, candidates, one to one.

None of it knows this product; it is given to all of them alike, so that what is measured is their comparison.
"""

from __future__ import annotations

import re
from collections import Counter

import polars as pl
from anyascii import anyascii

PATRONYMIC = re.compile(r".{3,}(v[iy]?[cč][hz]?|vitch|witsch|wicz|vna|wna)$")
CORE = ("surname", "given", "patronymic", "birth_date", "sex", "rank_code", "unit", "service_number")
NOT_COMPARED = {"id", "name", "full", "year"}


def plain(text: str | None) -> str | None:
    """Latin letters, lower case, no signs; nothing where nothing is left."""
    if text is None:
        return None
    return " ".join(re.sub(r"[^a-z0-9 ]", "", anyascii(text).lower().replace("-", " ")).split()) or None


def prepared(table: pl.DataFrame) -> pl.DataFrame:
    """Every text in Latin letters; whole names taken apart by what the list's other rows say of their words.

    Adds `full` (all words of the name, sorted) and `year` (four digits); numbers keep their digits.
    """
    for name in (*CORE, "name"):
        if name not in table.columns:
            table = table.with_columns(pl.lit(None, dtype=pl.String).alias(name))
    texts = [name for name in table.columns if name not in {"id", "birth_date", "captured_on"}]
    rows = table.with_columns(
        pl.Series(name, [plain(each) for each in table[name].to_list()], dtype=pl.String) for name in texts
    )
    rows = rows.with_columns(pl.col("service_number").str.replace_all(r"\D", "").replace("", None))
    known = {part: Counter(word for word in rows[part] if word) for part in ("surname", "given")}
    parts = [_parts(row, known) for row in rows.select("name", "surname", "given", "patronymic").iter_rows()]
    apart = pl.DataFrame(
        parts, schema=dict.fromkeys(("surname", "given", "patronymic", "full"), pl.String), orient="row"
    )
    return rows.with_columns(*apart.get_columns(), year=pl.col("birth_date").str.slice(0, 4))


def _parts(row: tuple[str | None, ...], known: dict[str, Counter[str]]) -> tuple[str | None, ...]:
    name, surname, given, patronymic = row
    if name is None or surname or given:
        words = " ".join(word for word in (surname, given, patronymic) if word).split()
        return surname, given, patronymic, " ".join(sorted(words)) or None
    words = name.split()
    rest = list(words)
    father = next((word for word in rest if PATRONYMIC.match(word)), None) if len(rest) > 2 else None
    if father:
        rest.remove(father)
    first = max(rest, key=lambda word: known["given"][word] - known["surname"][word]) if rest else None
    if first and not known["given"][first]:
        first = rest[-1] if len(rest) > 1 else None
    if first:
        rest.remove(first)
    return " ".join(rest) or None, first, father, " ".join(sorted(words)) or None


def extra(sought: pl.DataFrame, held: pl.DataFrame) -> list[str]:
    """The columns beyond a register's core that both lists have."""
    return [name for name in sought.columns if name in held.columns and name not in {*CORE, *NOT_COMPARED}]


def candidates(sought: pl.DataFrame, held: pl.DataFrame, *, most: int = 60) -> pl.DataFrame:
    """Pairs that agree on a date, a number, or parts of the name; blocks over `most` squared left out."""
    if sought.height * held.height <= 300_000:
        return sought.select(sought_id="id").join(held.select(held_id="id"), how="cross")

    def keyed(table: pl.DataFrame, side: str) -> list[pl.DataFrame]:
        bones = pl.col("surname").str.replace_all("[aeiouyhj ]", "").str.slice(0, 4)
        keys = [
            pl.when(pl.col("birth_date").str.len_chars() == 10).then(pl.col("birth_date")),
            pl.col("service_number"),
            pl.col("full"),
            pl.col("surname"),
            bones + pl.col("year"),
            bones + pl.col("given").str.slice(0, 2),
            pl.col("given").str.slice(0, 4) + pl.col("patronymic").str.slice(0, 4) + pl.col("year"),
        ]
        return [table.select(pl.col("id").alias(side), key=key).drop_nulls() for key in keys]

    found = []
    for left, right in zip(keyed(sought, "sought_id"), keyed(held, "held_id"), strict=True):
        sizes = left.group_by("key").len("a").join(right.group_by("key").len("b"), on="key")
        small = sizes.filter(pl.col("a") * pl.col("b") <= most * most).select("key")
        found.append(left.join(small, on="key").join(right, on="key").select("sought_id", "held_id"))
    return pl.concat(found).unique(maintain_order=True)


def one_to_one(pairs: pl.DataFrame, bar: float) -> pl.DataFrame:
    """The best pairs first, nobody twice; `match` from the tool's own bar upwards."""
    ranked = pairs.sort(["score", "sought_id", "held_id"], descending=[True, False, False])
    left: set[str] = set()
    right: set[str] = set()
    keep = []
    for one, other in ranked.select("sought_id", "held_id").iter_rows():
        keep.append(one not in left and other not in right)
        if keep[-1]:
            left.add(one)
            right.add(other)
    return ranked.filter(pl.Series(keep, dtype=pl.Boolean)).with_columns(match=pl.col("score") >= bar)
