"""The search for traces can fail: whatever is planted, in any form, is found."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.vault.traces import CHUNK, forms, search

WORDS = ("Вигаданенко Ілля", "Vyhadanenko", "НГ-700123", "1987-05-14")


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("form", list(forms("x" * 9)))
def test_what_is_planted_is_found(tmp_path: Path, word: str, form: str) -> None:
    data = forms(word)[form]
    assert search([tmp_path], WORDS) == []
    (tmp_path / "file").write_bytes(b"\x07" + data + b"\x07" * 30)
    assert any(word in line for line in search([tmp_path], WORDS))


@pytest.mark.parametrize("less", [1, 4, 30])
def test_what_lies_across_two_stretches_is_found(tmp_path: Path, less: int) -> None:
    (tmp_path / "file").write_bytes(b"\x07" * (CHUNK - less) + "Вигаданенко Ілля".encode() + b"\x07" * 30)
    assert search([tmp_path], WORDS)


def test_base64_of_a_longer_text_is_found_wherever_the_word_stands_in_it(tmp_path: Path) -> None:
    import base64

    for shift in range(6):
        (tmp_path / "file").write_bytes(base64.b64encode(b"x" * shift + b"Vyhadanenko" + b"rest"))
        assert search([tmp_path], WORDS)


def test_a_name_of_a_file_is_found(tmp_path: Path) -> None:
    (tmp_path / "Vyhadanenko.pdf").touch()
    assert search([tmp_path], WORDS)
