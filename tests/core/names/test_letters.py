"""The transducer knows which Latin spellings a native name may have, and which it may not."""

from __future__ import annotations

import numpy as np
import pytest

from obmin.core.names.learn import learn, pack
from obmin.core.names.letters import across, bits, chunk_text, latin_chunk, letters, spellings
from obmin.core.names.scripts import script_of


@pytest.mark.parametrize(
    ("native", "likely", "unlikely"),
    [
        ("Згурський", "Zghurskyi", "Zaborovskyi"),
        ("Щербина", "Chtcherbina", "Shevchenko"),
        ("Шевчук", "Schewtschuk", "Romaniuk"),
        ("الحداد", "Al-Haddad", "Al-Najjar"),
        ("يوسف", "Youssef", "Yassin"),
        ("שמעון", "Shimon", "Shlomo"),
        ("יעקב", "Yaakov", "Yitzhak"),
    ],
)
def test_the_right_spelling_is_likelier(native: str, likely: str, unlikely: str) -> None:
    words = [native, likely, unlikely]
    scripts = np.asarray([script_of(word) for word in words])
    right, wrong = across(words, scripts, np.asarray([0, 0]), np.asarray([1, 2]))
    assert right >= 0.72
    assert wrong < right - 0.1


def test_either_side_may_be_the_native_one_and_one_script_says_nothing() -> None:
    words = ["Юрій", "Yurii", "Юрий"]
    scripts = np.asarray([script_of(word) for word in words])
    found = across(words, scripts, np.asarray([0, 1, 0]), np.asarray([1, 0, 2]))
    assert found[0] == found[1] > 0.8
    assert found[2] == -1.0


def test_a_word_without_known_letters_is_never_likely() -> None:
    table = letters("Cyrl")
    assert table is not None
    gain, cost = bits(table, ["123", "Koval", "Коваль", ""], np.asarray([0, 2]), np.asarray([1, 3]))
    assert np.all(np.isneginf(gain))
    assert np.all(np.isposinf(cost))


def test_spellings_are_in_latin_letters_and_the_usual_one_is_among_them() -> None:
    table = letters("Cyrl")
    assert table is not None
    assert "shevchenko" in spellings(table, "Шевченко", 5)
    assert spellings(table, "123") == ()


def test_no_table_for_an_unknown_script() -> None:
    assert letters("Geor") is None


@pytest.mark.parametrize("text", ["", "a", "z", "ab", "zz", "aaa", "xyz"])
def test_chunks_are_numbered_and_read_back(text: str) -> None:
    codes = np.asarray([ord(letter) - 97 for letter in text] + [0], dtype=np.int64)
    assert chunk_text(int(latin_chunk(codes, 0, len(text)))) == text


def test_learning_finds_the_letters_and_is_the_same_each_time() -> None:
    sounds = {"а": "a", "б": "sh", "в": "v", "г": "o", "д": "kh"}
    rng = np.random.default_rng(5)
    pairs = []
    for _ in range(600):
        native = "".join(rng.choice(list(sounds), rng.integers(2, 6)))
        pairs.append((native, "".join(sounds[letter] for letter in native), 1.0))
    table = learn(pairs, rounds=6)
    assert pack(table) == pack(learn(pairs, rounds=6))
    alphabet = [chr(code) for code in table["native"]]
    assert alphabet == list(sounds)
    best: dict[str, str] = {}
    for row, column, _ in sorted(
        zip(table["row"], table["column"], table["bits"].tolist(), strict=True), key=lambda x: -x[2]
    ):
        if row < len(alphabet):
            best[alphabet[row]] = chunk_text(int(table["columns"][column]))
    assert best == sounds
