"""What a list says, cell by cell: heads in three languages, dates, names; nothing is guessed in silence."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from obmin.core.intake import Grid, Verdict, Weight, doubles, explain, read, recognise
from obmin.core.intake.dates import Order, order_of, read_date
from obmin.core.intake.heads import column_of
from obmin.core.intake.names import read_name

NOW = 2025


@pytest.mark.parametrize(
    ("head", "column"),
    [
        ("ПІБ", "name"), ("П.І.Б.", "name"), ("Прізвище, ім’я, по батькові", "name"), ("Ф.И.О.", "name"),
        ("Прізвище", "surname"), ("Фамилия", "surname"), ("Last name", "surname"), ("Ім'я", "given"),
        ("По-батькові", "patronymic"), ("Дата народження", "birth_date"), ("Дата\nнародження", "birth_date"),
        ("Рік нар.", "birth_date"), ("Дата рождения", "birth_date"), ("DOB", "birth_date"),
        ("В/звання", "rank"), ("Військове звання", "rank"), ("Воинское звание", "rank"),
        ("Особистий номер", "service_number"), ("Личный №", ""), ("Service No.", "service_number"),
        ("В/Ч", "unit"), ("Підрозділ", "unit"), ("Громадянство", "citizenship"), ("Стать (ч/ж)", "sex"),
        ("Дата полону", "captured_on"), ("Дівоче прізвище", "former"), ("№ з/п", "#"), ("№", "#"),
        ("Примітки", ""), ("birth_date", "birth_date"), ("  ЗВАННЯ\u00a0", "rank"),
    ],
)  # fmt: skip
def test_heads_are_known_in_three_languages(head: str, column: str) -> None:
    assert column_of(head) == column


@given(st.dates(date(1930, 1, 1), date(2008, 12, 31)))
def test_every_way_to_write_a_day_is_the_same_day(day: date) -> None:
    months = [
        "січня",
        "лютого",
        "березня",
        "квітня",
        "травня",
        "червня",
        "липня",
        "серпня",
        "вересня",
        "жовтня",
        "листопада",
        "грудня",
    ]
    ways = [
        f"{day:%d.%m.%Y}", f"{day.day}.{day.month}.{day.year} р.", day.isoformat(), f"{day:%d-%m-%Y}",
        f"{day.day} {months[day.month - 1]} {day.year} року", f"{day:%d/%m/%Y}", f"{day:%Y-%m-%d} 00:00:00",
    ]  # fmt: skip
    for way in ways:
        assert read_date(way, Order.DAY_FIRST, NOW, birth=True).value == day.isoformat(), way
    other = read_date(f"{day:%m/%d/%Y}", Order.MONTH_FIRST, NOW, birth=True)
    assert other.value == day.isoformat()
    serial = (day - date(1899, 12, 30)).days
    if serial > 10_000:
        assert read_date(str(serial), Order.UNKNOWN, NOW, birth=True)[:2] == (day.isoformat(), "serial")


@given(st.dates(date(1930, 1, 1), date(2008, 12, 31)))
def test_what_may_be_two_days_is_never_one_in_silence(day: date) -> None:
    found = read_date(f"{day:%d/%m/%Y}", Order.UNKNOWN, NOW, birth=True)
    two = day.day <= 12 and day.day != day.month
    assert (found.weight is Weight.DOUBT) == two
    short = read_date(f"{day:%d.%m.%y}", Order.UNKNOWN, NOW, birth=True)
    assert (short.weight, short.code) == (Weight.DOUBT, "short-year")


@given(st.text(max_size=30))
def test_no_cell_is_read_as_a_day_that_does_not_exist(text: str) -> None:
    found = read_date(text, Order.UNKNOWN, NOW, birth=True)
    if found.value and len(found.value) == 10:
        assert 1900 <= date.fromisoformat(found.value).year <= NOW
    assert found.value or found.weight is not Weight.NOTE


def test_a_column_says_itself_which_number_is_the_day() -> None:
    assert order_of(["03/04/1990", "14/05/1987"]) is Order.DAY_FIRST
    assert order_of(["03/04/1990", "05/14/1987"]) is Order.MONTH_FIRST
    assert order_of(["14/05/1987", "05/14/1987"]) is Order.UNKNOWN


@given(st.text(alphabet="абвгдежзиклмнопрстуфхцчшщьюяєії", min_size=2, max_size=12), st.integers(0, 11))
def test_a_letter_that_only_looks_right_is_found_wherever_it_stands(word: str, place: int) -> None:
    like = {"а": "a", "е": "e", "о": "o", "р": "p", "с": "c", "х": "x", "і": "i"}
    name = word.capitalize()
    at = place % len(name)
    swapped = like.get(name[at])
    found = read_name(name, whole=False)
    assert not any(note.weight is Weight.DOUBT for note in found.notes)
    if swapped and at > 0:
        spoilt = read_name(name[:at] + swapped + name[at + 1 :], whole=False)
        assert [note.more for note in spoilt.notes if note.code == "two-scripts"] == [name]


@given(st.lists(st.lists(st.one_of(st.none(), st.text(max_size=8)), max_size=6), max_size=12))
def test_every_row_below_the_head_is_a_person_or_says_why_not(rows: list[list[str | None]]) -> None:
    head = recognise(rows)
    lines = read(Grid(rows), head, now=NOW)
    assert [line.number for line in lines] == list(range(head.row + 2, len(rows) + 1))
    for line in lines:
        for finding in line.findings:
            assert explain(finding)[0]
        if line.passed is None and not line.values:
            assert line.weight is not Weight.NOTE
    doubles(lines)


def test_a_list_without_a_head_or_with_one_of_two_rows_is_recognised() -> None:
    bare = recognise([["1", "Гай Ян Петрович", "05.06.1980"], ["2", "Мороз Лев", "07.08.1981"]])
    assert (bare.row, bare.columns) == (-1, ("", "name", "birth_date"))
    two = recognise([["Список"], ["№", "ПІБ", "Дата"], [None, None, "народження", "Звання"], ["1", "Гай Ян"]])
    assert two.row in (1, 2)
    assert "name" in two.columns


def test_people_of_one_name_and_of_days_that_exclude_each_other_are_two() -> None:
    rows = [["ПІБ", "Дата народження"], ["Гай Ян", "05.06.1980"], ["Hai Yan", "05.06.1981"], ["Гай Ян", "1980"]]
    lines = read(Grid(rows), recognise(rows), now=NOW)
    found = doubles(lines)
    assert {number: finding.more for number, finding in found.items()} == {4: "2"}
    assert all(line.verdict is Verdict.NEW for line in lines)


def test_a_person_in_the_first_row_is_no_head() -> None:
    rows = [["Гай Ян Петрович", "солдат"], ["Мороз Лев Ілліч", "07.08.1981"], ["Коваль Ян", "08.08.1981"]]
    assert recognise(rows).row == -1
    assert recognise([["Хто", "Коли"], ["Мороз Лев", "07.08.1981"]]).row == 0


def test_a_name_like_a_word_for_sums_is_a_person() -> None:
    rows = [["ПІБ", "Вік"], ["Sum Li", "3"], ["Разом Іван", "4"], ["Всього осіб:", "57"], ["Total", None]]
    lines = read(Grid(rows), recognise(rows), now=NOW)
    assert [line.passed for line in lines] == [None, None, "total", "total"]


def test_another_number_makes_another_person_where_no_day_is_certain() -> None:
    rows = [
        ["ПІБ", "Дата народження", "Особистий номер"],
        ["Гай Ян", "1980", "АБ-1001"],
        ["Hai Yan", "1980", "АБ-1002"],
    ]
    rows += [["Мороз Лев", "05.06.1980", "АБ-1003"], ["Moroz Lev", "05.06.1980", "АБ-1004"]]
    assert set(doubles(read(Grid(rows), recognise(rows), now=NOW))) == {5}
