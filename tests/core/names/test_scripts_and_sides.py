"""Letters of two alphabets in one word, scripts without rules of their own, whole names told by other rows."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from obmin.core.names.fold import coarse, readings, roughest
from obmin.core.names.parts import lean, split
from obmin.core.names.scripts import unmixed
from obmin.core.names.sides import by_side


@pytest.mark.parametrize(
    ("mixed", "whole"),
    [("Пeтpенко", "Петренко"), ("Pеtrenkо", "Petrenko"), ("IВАН", "ІВАН"), ("Koval", "Koval"),
     ("Сорока", "Сорока")],
)  # fmt: skip
def test_letters_of_one_shape_are_put_right(mixed: str, whole: str) -> None:
    assert unmixed(mixed) == whole


@given(st.text(max_size=15))
def test_putting_right_is_done_once(word: str) -> None:
    assert unmixed(unmixed(word)) == unmixed(word)
    assert len(unmixed(word)) == len(word)


@pytest.mark.parametrize(
    ("native", "latin"),
    [
        ("Παπαδόπουλος", "Papadopoulos"), ("Μπέλλος", "Bellos"), ("Χρήστος", "Christos"),
        ("Ευάγγελος", "Evangelos"),
        ("ჭანტურაძე", "Chanturadze"), ("Հարություն", "Harutyun"), ("Ђорђе", "Djordje"), ("Ђорђе", "Đorđe"),
        ("Љубиша", "Ljubiša"), ("Қасым", "Kasym"),
    ],
)  # fmt: skip
def test_scripts_without_a_table_are_read(native: str, latin: str) -> None:
    assert {coarse(each) for each in readings(native)} & {coarse(each) for each in readings(latin)}


@pytest.mark.parametrize(
    ("native", "latin"),
    [("بورتانوفا", "Portanova"), ("جيرنوت", "Gernot"), ("تشوتوس", "Choutos"), ("فلادو", "Vlado"),
     ("زيلارد", "Szilárd")],
)  # fmt: skip
def test_keys_without_vowels_meet(native: str, latin: str) -> None:
    shapes = [{shape for each in readings(word)[:2] for shape in roughest(each)} for word in (native, latin)]
    assert shapes[0] & shapes[1]


def test_other_rows_tell_which_word_is_the_surname() -> None:
    known = lean(["منصور", "Haddad", "حداد"] * 3, ["كريم", "Salim", "Karim"] * 3)
    for name in ("Karim Haddad", "Haddad Karim", "Haddad, Karim"):
        assert by_side(name, known).surname == "Haddad"
    assert by_side("al Haddad Karim Nabil", known).surname == "al Haddad"
    assert by_side("منصور سليم", known).given == "سليم"  # known from Latin rows only
    assert by_side("Xandu Pimbra", known).surname == "Pimbra"  # nothing tells: the last word


def test_a_list_teaches_the_given_names_it_has() -> None:
    known = lean(["Bombeck", "Ferron"] * 4, ["Tesk", "Ulm"] * 4)
    assert split("Bombeck Tesk", given_first=True, leans=known).given == "Tesk"
    assert split("Tesk Bombeck", leans=known).given == "Tesk"
    assert split("Bombeck Tesk", given_first=True).given == "Bombeck"
