"""The root under its officers: any two open it, none alone, with stock age and nothing of ours."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path

import pyrage
import pytest
from pyrage import x25519

from obmin.core.errors import Incomplete, Unreadable
from obmin.files import officers

ROOT = bytes(range(32))


def sealed(folder: Path, count: int) -> dict[str, x25519.Identity]:
    keys = {f"Officer {number}": x25519.Identity.generate() for number in range(count)}
    officers.write_root(folder, ROOT, {name: str(key.to_public()) for name, key in keys.items()})
    return keys


@pytest.mark.parametrize("count", [3, 4])
def test_any_two_open_it_and_no_one_alone(tmp_path: Path, count: int) -> None:
    keys = sealed(tmp_path, count)
    assert officers.officers_of(tmp_path) == tuple(sorted(keys))
    for first, second in permutations(keys, 2):
        peeled = officers.peel(tmp_path, str(keys[first]))
        assert set(peeled) == set(keys) - {first}
        assert ROOT not in peeled.values()
        assert officers.open_inner(peeled, str(keys[second])) == ROOT
        assert officers.open_inner(peeled, str(keys[first])) is None


def test_nothing_of_the_root_lies_in_the_files(tmp_path: Path) -> None:
    sealed(tmp_path, 3)
    files = list(tmp_path.iterdir())
    assert len(files) == 6
    assert not [path for path in files if ROOT in path.read_bytes()]


def test_plain_age_opens_the_nesting_without_our_code(tmp_path: Path) -> None:
    keys = sealed(tmp_path, 3)
    for first, second in permutations(keys, 2):
        outer = (tmp_path / f"{first}+{second}.age").read_bytes()
        assert pyrage.decrypt(pyrage.decrypt(outer, [keys[first]]), [keys[second]]) == ROOT
        with pytest.raises(pyrage.DecryptError):
            pyrage.decrypt(outer, [keys[second]])


def test_a_stranger_is_told_whose_keys_hold_it(tmp_path: Path) -> None:
    sealed(tmp_path, 3)
    with pytest.raises(Incomplete, match="Officer 0, Officer 1, Officer 2"):
        officers.peel(tmp_path, str(x25519.Identity.generate()))


def test_an_altered_file_opens_nothing_and_the_other_order_still_does(tmp_path: Path) -> None:
    keys = sealed(tmp_path, 3)
    first, second, third = keys
    path = tmp_path / f"{first}+{second}.age"
    whole = path.read_bytes()
    for at in range(0, len(whole), 7):
        altered = bytearray(whole)
        altered[at] ^= 1
        path.write_bytes(bytes(altered))
        peeled = officers.peel(tmp_path, str(keys[first]))
        assert officers.open_inner(peeled, str(keys[second])) is None
        assert officers.open_inner(peeled, str(keys[third])) == ROOT
    assert officers.open_inner(officers.peel(tmp_path, str(keys[second])), str(keys[first])) == ROOT


def test_two_officers_or_one_key_twice_are_not_enough(tmp_path: Path) -> None:
    keys = [str(x25519.Identity.generate().to_public()) for _ in range(3)]
    for wrong in (
        {"A": keys[0], "B": keys[1]},
        {"A": keys[0], "B": keys[1], "C": keys[0]},
        {"A": keys[0], "B": keys[1], "C": f" {keys[0]}\n"},
    ):
        with pytest.raises(Incomplete):
            officers.write_root(tmp_path, ROOT, wrong)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["../evil", "a/b", "A+B", "", "Ш" * 60, "line\nbreak", "\x00"])
def test_a_name_that_is_no_name_of_a_file_is_refused_before_anything_is_written(
    tmp_path: Path, name: str
) -> None:
    keys = [str(x25519.Identity.generate().to_public()) for _ in range(3)]
    folder = tmp_path / "root"
    with pytest.raises(Incomplete):
        officers.write_root(folder, ROOT, {"A": keys[0], "B": keys[1], name: keys[2]})
    assert not list(tmp_path.rglob("*"))


def test_names_of_every_usual_kind_come_back_whole(tmp_path: Path) -> None:
    names = ("Марта-Анна О’Ніл", "J. R. Doe", "Ш" * 45)
    keys = {name: x25519.Identity.generate() for name in names}
    officers.write_root(tmp_path, ROOT, {name: str(key.to_public()) for name, key in keys.items()})
    assert officers.officers_of(tmp_path) == tuple(sorted(names))
    peeled = officers.peel(tmp_path, str(keys[names[0]]))
    assert officers.open_inner(peeled, str(keys[names[2]])) == ROOT


def test_a_key_file_as_age_keygen_writes_it(tmp_path: Path) -> None:
    identity = x25519.Identity.generate()
    path = tmp_path / "officer.key"
    path.write_text(f"# created: 2026-11-22T10:00:00Z\n# public key: {identity.to_public()}\n{identity}\n")
    assert officers.read_identity(path) == str(identity)


def test_a_key_file_under_a_passphrase(tmp_path: Path) -> None:
    identity = x25519.Identity.generate()
    path = tmp_path / "officer.age"
    path.write_bytes(pyrage.passphrase.encrypt(f"{identity}\n".encode(), "correct horse"))
    assert officers.read_identity(path, "correct horse") == str(identity)
    for wrong in (None, "", "correct house"):
        with pytest.raises(Incomplete) as caught:
            officers.read_identity(path, wrong)
        assert caught.value.code == "passphrase"


@pytest.mark.parametrize(
    "text", ["", "age1xyz", "AGE-SECRET-KEY-", "AGE-SECRET-KEY-1NOTAKEY", "\x00\xff", "age-encryption.org/v1\n"]
)
def test_a_file_that_holds_no_key_is_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "officer.key"
    path.write_text(text)
    with pytest.raises((Unreadable, Incomplete), match=r"officer\.key"):
        officers.read_identity(path, "passphrase")


def test_a_recipient_that_is_none_is_named(tmp_path: Path) -> None:
    key = x25519.Identity.generate()
    holders = {"A": str(key.to_public()), "B": "age1nobody", "C": "ssh-ed25519 AAAA"}
    with pytest.raises(Unreadable, match="B"):
        officers.write_root(tmp_path, ROOT, holders)
