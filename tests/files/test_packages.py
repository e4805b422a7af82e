"""Signed packages: whatever is done to one on its way, whoever opens it can tell."""

from __future__ import annotations

import os
import random
import shutil
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from obmin.core.errors import Altered, Refused
from obmin.files import packages

ALTERATIONS = 10_000 if os.environ.get("OBMIN_FULL") == "1" else 1_500
ROUNDS, DOCUMENTS = packages.signing_key(b"r" * 32), packages.signing_key(b"d" * 32)
BODY = packages.canonical(
    {"format": "obmin-test/1", "people": [{"line": f"L-{n}", "name": "Ґедзишин"} for n in range(40)]}
)
SIGNATURE = packages.sign(BODY, ROUNDS, comment="obmin rounds 1 UKR")


def alter(data: bytes, chance: random.Random) -> bytes:
    """One of the things that happen to files: a bit, a cut, a swap, a doubled or a foreign stretch."""
    place, length = chance.randrange(len(data)), chance.randrange(1, 33)
    match chance.randrange(6):
        case 0:
            return data[:place] + bytes([data[place] ^ 1 << chance.randrange(8)]) + data[place + 1 :]
        case 1:
            return data[:place]
        case 2:
            return data[:place] + data[place + length :]
        case 3:
            return data[:place] + data[place : place + length] + data[place:]
        case 4:
            other = chance.randrange(len(data))
            changed = bytearray(data)
            changed[place], changed[other] = changed[other], changed[place]
            return bytes(changed)
    return data[:place] + chance.randbytes(length) + data[place + length :]


@pytest.mark.faults
def test_no_alteration_of_contents_or_signature_goes_unnoticed():
    chance = random.Random(1)
    signature = SIGNATURE.encode()
    first = signature.index(b"\n") + 1  # minisign's untrusted comment is signed by nobody and says nothing
    for _ in range(ALTERATIONS):
        body, signed = BODY, signature
        if chance.random() < 0.5:
            body = alter(BODY, chance)
        else:
            signed = signature[:first] + alter(signature[first:], chance)
        if (body, signed) != (BODY, signature):
            with pytest.raises(Altered):
                packages.verify(body, signed, ROUNDS.public)


def test_each_single_bit_of_a_signature_counts():
    signature = SIGNATURE.encode()
    for place in range(signature.index(b"\n") + 1, len(signature)):
        for bit in range(8):
            changed = signature[:place] + bytes([signature[place] ^ 1 << bit]) + signature[place + 1 :]
            with pytest.raises(Altered):
                packages.verify(BODY, changed, ROUNDS.public)


@pytest.mark.faults
def test_no_alteration_of_a_sealed_package_goes_unnoticed():
    chance = random.Random(2)
    identity = packages.new_identity()
    small = BODY[:0] + packages.canonical({"a": "b"})
    sealed = packages.seal(small + b"\n" * 200, [packages.recipient_of(identity)])
    for _ in range(ALTERATIONS // 3):
        changed = alter(sealed, chance)
        if changed != sealed:
            with pytest.raises(Altered):
                packages.unseal(changed, identity)


def test_a_package_comes_through_whole():
    identity = packages.new_identity()
    sealed = packages.seal(packages.bundle(BODY, SIGNATURE), [packages.recipient_of(identity)])
    body, signature = packages.unbundle(packages.unseal(sealed, identity))
    assert (body, signature) == (BODY, SIGNATURE)
    assert packages.verify(body, signature, ROUNDS.public) == "obmin rounds 1 UKR"


def test_a_package_for_somebody_else_stays_shut():
    sealed = packages.seal(b"x", [packages.recipient_of(packages.new_identity())])
    with pytest.raises(Altered):
        packages.unseal(sealed, packages.new_identity())


def test_the_size_says_nothing_of_how_many_people():
    few = packages.bundle(packages.canonical({"a": "1"}), SIGNATURE)
    many = packages.bundle(packages.canonical({"a": "1" * 200_000}), SIGNATURE)
    assert len(few) == len(many) == packages.SLOT


FOREIGN = (9).to_bytes(8, "big") + b'{"body":1}'


@pytest.mark.parametrize("block", [b"", b"\xff" * 8, packages.bundle(BODY, SIGNATURE) + b"x", FOREIGN])
def test_a_block_that_is_not_whole_is_refused(block):
    with pytest.raises(Altered):
        packages.unbundle(block)


def test_a_signature_holds_for_one_purpose_only():
    with pytest.raises(Altered) as caught:
        packages.verify(BODY, SIGNATURE, DOCUMENTS.public)
    assert caught.value.code == "other-key"


def test_a_public_key_is_read_back_as_it_was_written():
    assert packages.read_public_key(packages.public_key_text(ROUNDS)) == ROUNDS.public


@pytest.mark.parametrize(
    "text", ["", "RWQ=", "untrusted comment: x\nnot base64", packages.public_key_text(ROUNDS)[:-9]]
)
def test_what_is_no_public_key_is_refused(text):
    with pytest.raises(Altered):
        packages.read_public_key(text)


@pytest.mark.parametrize(
    "body", [b'{"a":1,"a":2}', b'{"b":1,"a":2}', b'{"a": 1}', b'{"a":1.5}', b'{"a":null}', b"\xff", b"[]"]
)
def test_contents_have_one_spelling(body):
    with pytest.raises(Altered):
        packages.parse(body)


simple = st.recursive(
    st.text(st.characters(exclude_categories=["Cs"])) | st.integers(-(2**53) + 1, 2**53 - 1),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(st.text(st.characters(exclude_categories=["Cs"]), max_size=5), simple, max_size=5))
def test_canonical_contents_round_trip(data):
    try:
        body = packages.canonical(data)
    except Refused:
        return  # a lone surrogate somewhere inside
    assert packages.parse(body) == data
    assert packages.canonical(packages.parse(body)) == body


def test_stock_minisign_checks_our_signature(tmp_path):
    minisign = shutil.which("minisign")
    assert minisign, "install the Debian package minisign"
    (tmp_path / "a.json").write_bytes(BODY)
    (tmp_path / "a.json.minisig").write_text(SIGNATURE)
    (tmp_path / "rounds.pub").write_text(packages.public_key_text(ROUNDS))
    command = [minisign, "-V", "-p", "rounds.pub", "-m", "a.json"]
    told = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stderr
    assert "obmin rounds 1 UKR" in told.stdout
    (tmp_path / "a.json").write_bytes(BODY + b" ")
    assert subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode != 0
