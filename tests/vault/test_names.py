"""Names in memory, held against a list that is sorted and read from its beginning for each question."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from obmin.core.errors import Altered, Incomplete
from obmin.vault.names import Change, Named, Names

SURNAMES = (
    "Ґава",
    "Гава",
    "Ємець",
    "Єрко",
    "Жук",
    "Іваненко",
    "Їжак",
    "Йосипенко",
    "М'ята",
    "М’яч",
    "Щур",
    "Яр",
)
GIVEN = ("Ілля", "Їван", "Єва", "Олег", "Ґжегож")
ALPHABET = "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя"
KEYS = "abcdefghij"


def named(surname: str, given: str, day: int, number: int, *, split: bool = True) -> Named:
    return Named(
        f"{surname} {given}",
        f"L-{surname} {given}",
        surname if split else "",
        f"1990-01-{day:02}",
        f"НГ-{number}",
    )


people = st.builds(
    named, st.sampled_from(SURNAMES), st.sampled_from(GIVEN), st.integers(1, 28), st.integers(1, 5),
    split=st.booleans(),
)  # fmt: skip
changes = st.lists(
    st.tuples(st.sampled_from(("held", "sought")), st.sampled_from(KEYS), st.none() | people), max_size=12
)
words = st.lists(
    st.sampled_from(("гав", "ІЛЛЯ", "l-", "1990", "1990-01-0", "нг-3", "НГ", "'", "єв", "xyz")), max_size=2
)


class Rows:
    """The sealed rows, as the database would give them."""

    def __init__(self) -> None:
        self.rows: dict[tuple[str, str], tuple[int, Named | None]] = {}
        self.edition = 0
        self.breaks = False

    def write(self, some: Iterable[tuple[str, str, Named | None]]) -> None:
        self.edition += 1
        for group, key, who in some:
            if who is not None or (group, key) in self.rows:
                self.rows[group, key] = (self.edition, who)

    def since(self, edition: int) -> Iterator[Change]:
        later = sorted((at, group, key, who) for (group, key), (at, who) in self.rows.items() if at > edition)
        for number, (at, group, key, who) in enumerate(later):
            if self.breaks and number == len(later) - 1:
                raise Altered("a row does not open")
            yield Change(group, key, at, who)

    def model(self, group: str, asked: list[str], keys: list[str] | None) -> list[str]:
        """Who is to be found, in order: plainly."""
        found = []
        for (of, key), (_, who) in self.rows.items():
            if of != group or who is None or (keys is not None and key not in keys):
                continue
            if all(
                word.casefold() in who.name.casefold()
                or word.casefold() in who.romanised.casefold()
                or who.birth_date.startswith(word.casefold())
                or who.number.casefold() == word.casefold()
                for word in asked
            ):
                found.append((plain(who.surname or who.name), plain(who.name), key))
        return [key for _, _, key in sorted(found)]


def plain(name: str) -> list[int]:
    """Where each letter stands in the alphabet; what is no letter before them all, apostrophes not at all."""
    letters = [letter for letter in name.casefold() if letter not in "'’ʼ`"]
    return [ALPHABET.index(each) + 1_000_000 if each in ALPHABET else ord(each) for each in letters]


@settings(max_examples=150)
@given(st.lists(changes, min_size=1, max_size=8), words, st.none() | st.lists(st.sampled_from(KEYS)))
def test_arranging_is_what_reading_the_list_from_its_beginning_gives(
    history: list[list[tuple[str, str, Named | None]]], asked: list[str], keys: list[str] | None
) -> None:
    rows = Rows()
    names = Names(rows.since)
    for some in history:
        rows.write(some)
        for group in ("held", "sought"):
            expected = rows.model(group, asked, keys)
            assert names.arrange(group, asked, keys, 0, 100) == (expected, len(expected))
            assert names.arrange(group, asked, keys, 1, 2) == (expected[1:3], len(expected))


def test_the_order_is_that_of_the_ukrainian_alphabet() -> None:
    rows = Rows()
    order = [
        "Гава",
        "Ґава",
        "Ємець",
        "Єрко",
        "Жук",
        "Іваненко",
        "Їжак",
        "Йосипенко",
        "М'ята",
        "М’яч",
        "Щур",
        "Яр",
    ]
    rows.write(("held", str(9 - n % 10) + name, named(name, "Олег", 1, 1)) for n, name in enumerate(order))
    found, _ = Names(rows.since).arrange("held", [], None, 0, 100)
    assert [key[1:] for key in found] == order


@settings(max_examples=40)
@given(st.lists(changes, min_size=2, max_size=6))
def test_an_index_brought_up_to_date_finds_as_one_built_from_the_beginning(
    history: list[list[tuple[str, str, Named | None]]],
) -> None:
    """Whoever bears the name asked for comes first in both, and nobody comes who is not there any more."""
    rows = Rows()
    grown = Names(rows.since)
    for some in history:
        rows.write(some)
        grown.find("held", "Гава Ілля", "", 5)
    fresh = Names(rows.since)
    present = {key: who for (group, key), (_, who) in rows.rows.items() if group == "held" and who is not None}
    for who in present.values():
        bearers = {key for key, other in present.items() if other.name == who.name}
        for names in (grown, fresh):
            found = names.find("held", who.name, "", 20)
            assert {key for key, score, _ in found if score > 0.999} == bearers
            assert {key for key, _, _ in found[: len(bearers)]} == bearers
            assert {key for key, _, _ in found} <= set(present)
            assert len({key for key, _, _ in found}) == len(found)


def test_names_are_found_in_the_other_script_and_by_a_birth_date() -> None:
    rows = Rows()
    rows.write(("held", key, named(name, "Олег", day, 1)) for key, name, day in
               (("a", "Іваненко", 1), ("b", "Іваненко", 2), ("c", "Щур", 3)))  # fmt: skip
    names = Names(rows.since)
    assert names.find("held", "Ivanenko Oleh", "1990-01-02", 1)[0][0] == "b"
    assert names.find("held", "Shchur Oleg", "", 1)[0][0] == "c"
    with pytest.raises(Incomplete):
        names.find("held", "Щур", "3 січня", 1)


def test_a_row_that_does_not_open_loses_nobody() -> None:
    rows = Rows()
    rows.write([("held", "a", named("Жук", "Олег", 1, 1))])
    names = Names(rows.since)
    assert names.arrange("held", [], None, 0, 9)[1] == 1
    rows.write([("held", "b", named("Щур", "Олег", 1, 1)), ("held", "c", named("Яр", "Олег", 1, 1))])
    rows.breaks = True
    with pytest.raises(Altered):
        names.arrange("held", [], None, 0, 9)
    rows.breaks = False
    assert names.arrange("held", [], None, 0, 9) == (["a", "b", "c"], 3)


def test_many_changes_at_once_are_as_many_single_ones() -> None:
    rows, slow = Rows(), Rows()
    some = [("held", f"{n:03}", named(SURNAMES[n % 12], GIVEN[n % 5], n % 28 + 1, n)) for n in range(250)]
    rows.write(some)
    names, other = Names(rows.since), Names(slow.since)
    for one in some:
        slow.write([one])
        other.arrange("held", [], None, 0, 0)
    for gone in (some[:150], some[200:210]):
        rows.write([(group, key, None) for group, key, _ in gone])
        for group, key, _ in gone:
            slow.write([(group, key, None)])
            other.arrange("held", [], None, 0, 0)
        assert names.arrange("held", [], None, 0, 300) == other.arrange("held", [], None, 0, 300)
        assert names.arrange("held", [], None, 0, 300)[0] == rows.model("held", [], None)
