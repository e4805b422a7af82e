"""Two registers reconciled: found across scripts, in any order of rows, nobody twice, never a crash."""

import random

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from obmin.engines.linkage import SCHEMA, reconcile

SURNAMES = [
    ("Щербаненко", "Shcherbanenko"), ("Рудовський", "Rudovskiy"),
    ("Жуйко", "Jouiko"), ("Панченко", "PANTCHENKO"),
    ("Гончарук", "Honcharuk"), ("Чорновіл", "Tschornowil"), ("Хоменко", "Khomenko"), ("Юзьків", "Yuzkiv"),
    ("Цимбал", "Tsymbal"), ("Їжак", "Yizhak"),
]  # fmt: skip
GIVEN = [
    ("Олександр", "Aleksandr"),
    ("Микола", "Nikolai"),
    ("Сергій", "Serhii"),
    ("Дмитро", "Dmitri"),
    ("Юрій", "Iurii"),
]
FATHERS = [
    ("Іванович", "Ivanovich"),
    ("Петрович", "Petrovych"),
    ("Олексійович", "Alekseevich"),
    ("Ігорович", "Igorevitch"),
]


def frame(rows: list[tuple[str | None, ...]], *columns: str) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String), orient="row")


def lists(people: int, seed: int = 3) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Sought as recorded at home, held as heard abroad: person k is S k and H k; a third are not held."""
    draw = random.Random(seed)
    sought, held = [], []
    for k in range(people):
        name = [draw.choice(table) for table in (SURNAMES, GIVEN, FATHERS)]
        day = f"{draw.randint(1965, 2004)}-{draw.randint(1, 12):02}-{draw.randint(1, 28):02}"
        number = f"{draw.randint(0, 9_999_999):07}"
        sought.append((f"S{k:05}", " ".join(part[0] for part in name), day, f"ЇЖ-{number}"))
        if k % 3:
            heard = [part[1] for part in name]
            order = heard if draw.random() < 0.8 else [heard[1], heard[2], heard[0]]
            dates = [day, day, day[:4], None, f"{day[:5]}{day[8:]}-{day[5:7]}" if int(day[8:]) < 13 else day]
            numbers = [f"YZH {number}", None, number[:3] + "0" + number[4:]]
            held.append((f"H{k:05}", " ".join(order), draw.choice(dates), draw.choice(numbers)))
    columns = ("id", "name", "birth_date", "service_number")
    return frame(sought, *columns), frame(held, *columns)


def test_people_are_found_across_scripts_and_nobody_twice() -> None:
    sought, held = lists(900)
    matches = reconcile(sought, held).matches
    assert matches.schema == pl.Schema(SCHEMA)
    clear = matches.filter(pl.col("decision") == "match")
    right = (clear["sought_id"].str.slice(1) == clear["held_id"].str.slice(1)).sum()
    assert right >= 0.9 * held.height  # one in ten has neither date nor number, and a name that others bear
    assert right == clear.height
    assert matches["sought_id"].is_unique().all()
    assert matches["held_id"].is_unique().all()


def test_the_order_of_rows_changes_nothing() -> None:
    sought, held = lists(700)
    one = reconcile(sought, held)
    other = reconcile(sought.sample(fraction=1, shuffle=True, seed=1), held.reverse())
    assert one.matches.write_csv() == other.matches.write_csv()
    assert one.parameters == other.parameters


def test_candidates_by_keys_find_what_all_pairs_find(monkeypatch: pytest.MonkeyPatch) -> None:
    sought, held = lists(300)
    whole = reconcile(sought, held)
    monkeypatch.setattr("obmin.engines.candidates.ALL_PAIRS", 0)
    keyed = reconcile(sought, held)
    assert keyed.parameters["candidates"] < whole.parameters["candidates"] / 5
    pairs = [set(found.matches.select("sought_id", "held_id").iter_rows()) for found in (whole, keyed)]
    assert len(pairs[0] ^ pairs[1]) <= 2


def test_reasons_name_evidence_for_and_against() -> None:
    sought = frame(
        [("a", "Щербаненко Олег", "1990-01-02", "1234567")], "id", "name", "birth_date", "service_number"
    )
    held = frame(
        [("b", "Shcherbanenko Oleg", "1990-01-02", "7654321")], "id", "name", "birth_date", "service_number"
    )
    row = reconcile(sought, held).matches.row(0, named=True)
    for part in ("for:", "surname same", "birth date same", "against:", "service number other"):
        assert part in row["reason"]


def test_what_was_learned_and_what_was_shipped_is_said() -> None:
    assert reconcile(*lists(900)).parameters["weights"].startswith("learned")
    assert reconcile(*lists(20)).parameters["weights"].startswith("shipped")


def test_people_who_cannot_be_told_apart_are_never_a_match() -> None:
    same = frame(
        [(f"a{k}", "Іваненко Іван Іванович", "1980-01-01") for k in range(40)], "id", "name", "birth_date"
    )
    assert reconcile(same, same).matches.filter(pl.col("decision") == "match").is_empty()


def test_no_evidence_is_no_proposal() -> None:
    nothing = frame([("a", None, None), ("b", "!", "")], "id", "name", "birth_date")
    assert reconcile(nothing, nothing).matches.is_empty()


CELL = st.one_of(
    st.none(),
    st.text(max_size=12),
    st.sampled_from(["Іваненко Іван", "Ivan", "1980", "1980-13-99", "0000-00-00"]),
)


@settings(deadline=None, max_examples=40)
@given(
    st.lists(st.tuples(st.text(min_size=1, max_size=4), CELL, CELL, CELL), max_size=6),
    st.lists(st.tuples(st.text(min_size=1, max_size=4), CELL, CELL, CELL), max_size=6),
    st.lists(
        st.sampled_from(["name", "surname", "given", "birth_date", "service_number", "captured_on"]),
        min_size=3,
        max_size=3,
        unique=True,
    ),
)
def test_no_table_is_too_odd(
    left: list[tuple[str | None, ...]], right: list[tuple[str | None, ...]], columns: list[str]
) -> None:
    found = reconcile(frame(left, "id", *columns), frame(right, "id", *columns)).matches
    assert found["probability"].is_between(0, 1).all()
    assert found["weight"].is_finite().all()


@pytest.mark.parametrize(
    ("native", "latin"),
    [
        (
            ["محمد حسين كريم", "خالد يوسف", "فاطمة الزهراء"],
            ["Muhammad Hussein Karim", "Khaled Yusuf", "Fatima al-Zahra"],
        ),
        (["דוד כהן", "יוסף לוי", "שרה פרידמן"], ["David Cohen", "Yosef Levi", "Sarah Friedman"]),
    ],
)
def test_scripts_without_vowels(native: list[str], latin: list[str]) -> None:
    found = reconcile(
        frame([(str(k), name) for k, name in enumerate(native)], "id", "name"),
        frame([(str(k), name) for k, name in reversed(list(enumerate(latin)))], "id", "name"),
    ).matches
    assert sorted(found.select("sought_id", "held_id").rows()) == [(str(k), str(k)) for k in range(3)]


def test_evidence_adds_up_to_the_weight() -> None:
    found = reconcile(*lists(60))
    sums = found.evidence.group_by("sought_id", "held_id").agg(pl.col("bits").sum())
    both = found.matches.join(sums, on=["sought_id", "held_id"])
    assert both.height == found.matches.height > 20
    assert (both["weight"] - both["bits"]).abs().max() < 0.02  # type: ignore[operator]


def test_exchanged_parts_are_found_and_said() -> None:
    """Of names that no table knows, so that nothing but the other list tells which part is which."""
    draw = random.Random(8)
    given = [("Цегех", "Tsegekh"), ("Вунох", "Vunokh"), ("Мусоз", "Musoz"), ("Бегоп", "Begop")]
    sought, held, turned = [], [], []
    for k in range(60):
        (family, spelt), (first, said) = draw.choice(SURNAMES), draw.choice(given)
        day = f"{draw.randint(1965, 2004)}-{draw.randint(1, 12):02}-{draw.randint(1, 28):02}"
        sought.append((f"S{k:05}", family, first, day))
        held.append((f"H{k:05}", spelt, said, day))
        turned.append((f"H{k:05}", said, spelt, day))
    columns = ("id", "surname", "given", "birth_date")
    straight = reconcile(frame(sought, *columns), frame(held, *columns))
    crossed = reconcile(frame(sought, *columns), frame(turned, *columns))
    found = [set(each.matches.select("sought_id", "held_id").rows()) for each in (straight, crossed)]
    assert len(found[0] & found[1]) >= 55
    assert crossed.evidence["level"].to_list().count("parts exchanged") >= 50
    assert "parts exchanged" not in straight.evidence["level"].to_list()
