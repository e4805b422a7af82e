"""Lists as they come: other columns, other alphabets, spoilt names, too few rows, everybody alike."""

from __future__ import annotations

import random

import numpy as np
import polars as pl
import pytest

from obmin.engines.linkage import Reconciliation, reconcile
from tests.engines.test_linkage import FATHERS, GIVEN, SURNAMES, frame, lists


def clear(found: Reconciliation) -> set[tuple[str, str]]:
    return set(found.matches.filter(pl.col("decision") == "match").select("sought_id", "held_id").rows())


def right(pairs: set[tuple[str, str]]) -> int:
    return sum(a[1:] == b[1:] for a, b in pairs)


def bare_people(people: int, seed: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Names that many share, no date; a town and a trade, each now and then another on the other list."""
    draw = random.Random(seed)
    towns, trades = [f"{a}ове {b}" for a in "БВГДЖЗКЛ" for b in "АОУ"], ["tinker", "tailor", "sailor", "clerk"]
    rows: tuple[list[tuple[str | None, ...]], list[tuple[str | None, ...]]] = ([], [])
    for k in range(people):
        (family, spelt), (first, said) = draw.choice(SURNAMES), draw.choice(GIVEN)
        town, trade = draw.choice(towns), draw.choice(trades)
        rows[0].append((f"S{k:04}", family, first, town, trade, f"{draw.randrange(500)}"))
        if draw.random() < 0.1:
            town = draw.choice(towns)
        rows[1].append((f"H{k:04}", spelt, said, town, trade, f"{draw.randrange(500)}"))
    columns = ("id", "surname", "given", "town", "trade", "desk")
    return frame(rows[0], *columns), frame(rows[1], *columns)


def test_columns_that_nobody_described_tell_namesakes_apart() -> None:
    sought, held = bare_people(250, 5)
    plain = clear(reconcile(sought.select("id", "surname", "given"), held.select("id", "surname", "given")))
    whole = reconcile(sought.drop("desk"), held.drop("desk"))
    assert right(clear(whole)) > 100 + right(plain)
    assert right(clear(whole)) >= 0.95 * len(clear(whole))
    assert {"town", "trade"} <= set(whole.evidence["field"])
    noisy = clear(reconcile(sought, held))  # a column that agrees by chance alone
    assert len(noisy ^ clear(whole)) <= 0.1 * len(noisy)


def test_stated_chances_are_kept() -> None:
    """Over three draws, as many of the proposed pairs are right as their chances say."""
    stated = true = proposed = 0.0
    for seed in (1, 2, 3):
        found = reconcile(*lists(600, seed)).matches
        stated += float(found["probability"].sum())
        true += float((found["sought_id"].str.slice(1) == found["held_id"].str.slice(1)).sum())
        proposed += found.height
    assert abs(stated - true) / proposed < 0.01


def test_everybody_missing_from_one_list_is_not_found_all_the_same() -> None:
    sought, held = lists(300)
    nobody = held.filter(pl.int_range(pl.len()) % 2 == 0)
    strangers = sought.filter(~pl.col("id").str.slice(1).is_in(nobody["id"].str.slice(1).implode()))
    found = reconcile(strangers, nobody).matches
    assert found.filter(pl.col("decision") == "match").height <= 0.02 * strangers.height


@pytest.mark.parametrize("people", [2, 20, 60])
def test_people_all_alike_are_never_a_match(people: int) -> None:
    one = frame([(f"a{k}", "Іваненко Іван", "1980-01-01") for k in range(people)], "id", "name", "birth_date")
    other = frame([(f"b{k}", "Ivan Ivanenko", "1980-01-01") for k in range(people)], "id", "name", "birth_date")
    assert clear(reconcile(one, other)) == set()


def test_somebody_twice_on_one_list_is_left_to_people() -> None:
    names = ("id", "name", "birth_date")
    sought = frame([("a", "Коваль Іван", "1980-02-03"), ("b", "Мороз Олег", "1975-05-06")], *names)
    held = frame(
        [
            ("c", "Ivan Koval", "1980-02-03"),
            ("d", "Ivan Koval", "1980-02-03"),
            ("e", "Oleh Moroz", "1975-05-06"),
        ],
        *names,
    )
    found = reconcile(sought, held)
    assert clear(found) == {("b", "e")}
    assert found.matches.filter(pl.col("sought_id") == "a")["probability"][0] < 0.5


@pytest.mark.parametrize("rows", [(0, 0), (0, 5), (5, 0), (1, 1)])
def test_next_to_nothing_is_no_error(rows: tuple[int, int]) -> None:
    sought, held = (side.head(count) for side, count in zip(lists(6), rows, strict=True))
    found = reconcile(sought.with_columns(x=pl.lit(None)), held.with_columns(x=pl.lit(5)))
    assert found.parameters["weights"] != "learned from these lists"
    assert found.matches.height <= min(rows)


def test_twenty_bare_names_are_judged_by_shipped_weights() -> None:
    draw = random.Random(2)
    people = draw.sample([(s, g, f) for s in SURNAMES for g in GIVEN for f in FATHERS], 26)
    sought = frame(
        [(f"S{k}", " ".join(part[0] for part in p)) for k, p in enumerate(people[:20])], "id", "name"
    )
    held = frame(
        [(f"H{k + 6}", " ".join(p[at][1] for at in (1, 2, 0))) for k, p in enumerate(people[6:])], "id", "name"
    )
    found = reconcile(sought, held)
    assert found.parameters["weights"].startswith("shipped")
    assert len(clear(found)) - 1 <= right(clear(found))
    assert right(clear(found)) >= 12


@pytest.mark.parametrize(
    ("native", "latin"),
    [
        ("Παπαδόπουλος Γεώργιος", "Georgios Papadopoulos"), ("ხარაიშვილი გიორგი", "Giorgi Kharaishvili"),
        ("Մանուկյան Արամ", "Aram Manukyan"), ("Пeтpенко Iван", "Petrenko Ivan"),
        ("Ђукић Јован", "Jovan Đukić"), ("خالد منصور", "Mansour Khaled"), ("ירון פלדמן", "Feldman Yaron"),
    ],
)  # fmt: skip
def test_names_meet_in_scripts_without_a_table_and_with_letters_of_two(native: str, latin: str) -> None:
    held = frame([("z", "Rakoczi Bela"), ("y", "Schmidt Otto"), ("x", latin)], "id", "name")
    assert clear(reconcile(frame([("a", native)], "id", "name"), held)) == {("a", "x")}


def test_spoilt_names_crash_nothing() -> None:
    odd = [
        "😀 12",
        "К" * 500 + " " + "Ы" * 300,
        "—",
        "Иван3",
        "Ko\u0301val  Ivan\u200b",
        ",",
        "a " * 80,
        "王伟",
    ]
    dates = ["1980", "1999-13-45", "x", "0000", "1980-00-00", "19800102", "99999999", None]
    rows = frame(
        [(str(k), *row) for k, row in enumerate(zip(odd, dates, strict=True))], "id", "name", "birth_date"
    )
    found = reconcile(rows, rows).matches
    assert np.isfinite(found["weight"].to_numpy()).all()
    assert all(a == b for a, b in found.select("sought_id", "held_id").rows())
