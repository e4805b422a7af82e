"""The right person is among the first, however the name is asked for."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from obmin.core.errors import Unreadable
from obmin.engines.search import Index

PEOPLE = [
    ("a1", "Згурський", "Юрій", "Олегович", "1987-05-14"),
    ("a2", "Горбаченко", "Олександр", "Васильович", "1990-11-02"),
    ("a3", "Щербина", "Сергій", "Петрович", "1979"),
    ("a4", "Chevtchouk", "Mykola", None, None),
    ("a5", "Жук", "Їжак", None, "2001-02-03"),
    ("a6", "Горбатенко", "Олексій", "Васильович", "1990-11-03"),
    ("a7", "الحداد", "سمير", None, "1988-01-01"),
    ("a8", "כהן", "דוד", None, "1970-07-07"),
]


@pytest.fixture(scope="module")
def index() -> Index:
    columns = ["id", "surname", "given", "patronymic", "birth_date"]
    return Index.build(pl.DataFrame(PEOPLE, schema=columns, orient="row"))


@pytest.mark.parametrize(
    ("asked", "who"),
    [
        ("Згурський Юрій", "a1"),
        ("Zghurskyi Yurii", "a1"),
        ("Zgurskiy Yury", "a1"),
        ("Zgourski Iouri", "a1"),
        ("Юрий Згурский", "a1"),
        ("Horbachenko Oleksandr", "a2"),
        ("Gorbachenko Aleksandr", "a2"),
        ("Gorbatschenko Alexander", "a2"),
        ("Горбаченка Олександр", "a2"),
        ("Szczerbina Siergiej", "a3"),
        ("Shcherbina S.", "a3"),
        ("Шевчук Микола", "a4"),
        ("ЖУК ЇЖАК", "a5"),
        ("al Haddad Samir", "a7"),
        ("Kohen David", "a8"),
    ],
)
def test_any_spelling_finds_the_person_first(index: Index, asked: str, who: str) -> None:
    assert index.search(asked)[0].id == who


def test_the_birth_date_decides_between_like_names(index: Index) -> None:
    assert index.search("Horba Vasylovych", birth_date="1990-11-03")[0].id == "a6"
    assert index.search("Horba Vasylovych", birth_date="1990-11-02")[0].id == "a2"


def test_who_was_born_that_day_is_found_whatever_the_name(index: Index) -> None:
    assert "a5" in [hit.id for hit in index.search("Qwrtp", birth_date="2001-02-03")]


def test_a_hit_says_why(index: Index) -> None:
    first = index.search("Zghurskyi", birth_date="1987")[0]
    assert first.why == "zghurskyi: згурський 1.00; birth year same"
    assert 0.9 < first.score <= 1.0


def test_a_date_that_is_none_is_refused(index: Index) -> None:
    with pytest.raises(ValueError, match="is no date"):
        index.search("Жук", birth_date="31.02.1990")


def test_top_limits_and_scores_fall(index: Index) -> None:
    hits = index.search("Горбаченко Олександр Васильович", top=3)
    assert len(hits) <= 3
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


@pytest.mark.parametrize("asked", ["", " ", "12345", "---", "ʼ"])
def test_a_question_without_letters_finds_nobody(index: Index, asked: str) -> None:
    assert index.search(asked) == []


@pytest.mark.parametrize(
    "frame",
    [
        pl.DataFrame({"id": ["x"]}),
        pl.DataFrame({"id": [], "name": []}, schema={"id": pl.String, "name": pl.String}),
        pl.DataFrame({"id": ["x", "y"], "name": [None, None]}, schema={"id": pl.String, "name": pl.String}),
        pl.DataFrame({"id": ["x"] * 3, "name": ["Коваль Іван"] * 3, "birth_date": [None] * 3}),
    ],
)
def test_a_bare_register_does_no_harm(frame: pl.DataFrame) -> None:
    index = Index.build(frame)
    found = index.search("Koval Ivan", birth_date="1990-01-01")
    assert len(found) == (3 if "birth_date" in frame.columns else 0)


def test_a_register_without_ids_is_unreadable() -> None:
    with pytest.raises(Unreadable):
        Index.build(pl.DataFrame({"name": ["Коваль"]}))


def test_what_was_saved_answers_the_same(index: Index, tmp_path: Path) -> None:
    index.save(tmp_path / "people.obmin-index")
    again = Index.load(tmp_path / "people.obmin-index")
    for asked in ("Gorbachenko", "Юрій", "Cohen"):
        assert again.search(asked, birth_date="1990") == index.search(asked, birth_date="1990")


def test_another_file_is_no_index(tmp_path: Path) -> None:
    (tmp_path / "x.obmin-index").write_bytes(b"not an index")
    with pytest.raises(Unreadable):
        Index.load(tmp_path / "x.obmin-index")


@given(order=st.permutations(range(len(PEOPLE))))
@settings(max_examples=15, deadline=None)
def test_the_order_of_rows_changes_nothing(index: Index, order: list[int]) -> None:
    columns = ["id", "surname", "given", "patronymic", "birth_date"]
    turned = Index.build(pl.DataFrame([PEOPLE[at] for at in order], schema=columns, orient="row"))
    for asked in ("Gorbachenko Aleksandr", "Vasilevich", "Шевчук"):
        assert turned.search(asked) == index.search(asked)


_ONSETS, _VOWELS, _CODAS = (
    ["б", "г", "др", "ж", "к", "л", "м", "пр", "с", "ш"],
    "аоуеиі",
    ["рк", "л", "нд", "в", "ч"],
)
_GIVEN = ["Олександр", "Сергій", "Юрій", "Микола", "Оксана", "Тетяна", "Ярослав", "Дмитро"]
_FATHERS = ["Іванович", "Петрович", "Степанович", "Романович", "Захарович"]


def _many() -> list[tuple[str, str]]:
    """4,800 people of 600 surnames, 8 bearers each: id and name."""
    stems = [a + b + c for a in _ONSETS for b in _VOWELS for c in _CODAS]
    surnames = [(stem + end).capitalize() for stem in stems for end in ("енко", "ук")]
    return [
        (f"P{at:05}", f"{surname} {given} {_FATHERS[(at + at // 8) % 5]}")
        for at, (surname, given) in enumerate((s, g) for s in surnames for g in _GIVEN)
    ]


@pytest.fixture(scope="module")
def crowd() -> Index:
    return Index.build(pl.DataFrame(_many(), schema=["id", "name"], orient="row"))


@given(who=st.integers(0, 4799), word=st.integers(0, 2), place=st.integers(0, 30), kind=st.integers(0, 3))
@settings(max_examples=80, deadline=None)
def test_a_slip_anywhere_does_not_hide_a_person(
    crowd: Index, who: int, word: int, place: int, kind: int
) -> None:
    key, name = _many()[who]
    words = name.split()
    text = words[word]
    at = place % (len(text) - 1)
    words[word] = (
        text[:at] + text[at + 1 :],
        text[:at] + "щ" + text[at:],
        text[:at] + "щ" + text[at + 1 :],
        text[:at] + text[at + 1] + text[at] + text[at + 2 :],
    )[kind]
    assert key in [hit.id for hit in crowd.search(" ".join(words))]


@pytest.mark.parametrize("step", [0, 7, 400])
def test_the_passport_spelling_finds_the_person_among_many(crowd: Index, step: int) -> None:
    from obmin.core.names.romanise import romanise

    for key, name in _many()[step::97]:
        assert key in [hit.id for hit in crowd.search(romanise(name), top=5)], name


def test_equals_come_in_the_order_of_ids() -> None:
    people = [(f"N{at:04}", "Коваль Іван") for at in reversed(range(5000))]
    index = Index.build(pl.DataFrame(people, schema=["id", "name"], orient="row"))
    assert [hit.id for hit in index.search("Koval Ivan", top=3)] == ["N0000", "N0001", "N0002"]


def test_a_namesake_born_that_day_comes_before_thousands() -> None:
    people = [(f"N{at:04}", "Коваль Іван", "1980-01-01" if at != 4321 else "1991-02-03") for at in range(5000)]
    index = Index.build(pl.DataFrame(people, schema=["id", "name", "birth_date"], orient="row"))
    for born in ("1991-02-03", "1991-02", "1991"):
        assert index.search("Коваль Іван", birth_date=born)[0].id == "N4321"


@pytest.mark.parametrize("at", [30, 5_000, -1])
def test_a_damaged_index_is_refused(crowd: Index, tmp_path: Path, at: int) -> None:
    path = tmp_path / "people.obmin-index"
    crowd.save(path)
    raw = bytearray(path.read_bytes())
    raw[at] ^= 1
    path.write_bytes(raw)
    with pytest.raises(Unreadable):
        Index.load(path)
    path.write_bytes(raw[: len(raw) // 2])
    with pytest.raises(Unreadable):
        Index.load(path)
