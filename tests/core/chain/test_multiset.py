"""The sums of rows: they follow a table without reading it, and tell nothing to whoever has no key."""

from __future__ import annotations

import json

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from obmin.core import chain
from obmin.core.chain.multiset import MODULUS
from obmin.core.errors import Altered

KEY, OTHER = b"k" * 32, b"o" * 32
images = st.lists(st.text(max_size=20), unique=True, max_size=12)


@given(images, st.randoms())
def test_the_order_of_rows_does_not_matter_and_each_of_them_does(rows, draw):  # type: ignore[no-untyped-def]
    mixed = list(rows)
    draw.shuffle(mixed)
    assert chain.total(KEY, "t", rows) == chain.total(KEY, "t", mixed)
    for number in range(len(rows)):
        assert chain.total(KEY, "t", rows[:number] + rows[number + 1 :]) != chain.total(KEY, "t", rows)
    if rows:
        assert chain.total(KEY, "t", [*rows, rows[0]]) != chain.total(KEY, "t", rows)
        assert chain.total(OTHER, "t", rows) != chain.total(KEY, "t", rows) != chain.total(KEY, "u", rows)


@given(images, images, images)
def test_what_comes_and_goes_leads_to_what_is_there(stays, went, came):  # type: ignore[no-untyped-def]
    sums = chain.Sums("l").moved({"t": chain.total(KEY, "t", stays + went)})
    moved = sums.moved({"t": chain.total(KEY, "t", came) - chain.total(KEY, "t", went)})
    assert moved.of("t") == chain.total(KEY, "t", stays + came)
    assert moved.layout == "l"
    assert sums.moved({"t": -chain.total(KEY, "t", stays + went)}).by_table == {}


@given(st.dictionaries(st.text(max_size=8), st.integers(1, MODULUS - 1)), st.binary(min_size=32, max_size=32))
def test_what_is_kept_is_read_again_by_whoever_has_the_key(by_table, nonce):  # type: ignore[no-untyped-def]
    sums = chain.Sums("layout", by_table)
    assert chain.Sums.read(sums.write(KEY, nonce), KEY) == sums
    if by_table:
        assert chain.Sums.read(sums.write(KEY, nonce), OTHER) != sums


@given(st.integers(1, MODULUS - 1), st.integers(1, MODULUS - 1))
def test_two_versions_of_what_is_kept_do_not_tell_the_difference_of_two_sums(before, after):  # type: ignore[no-untyped-def]
    assume(before != after)

    def kept(value: int, nonce: int) -> int:
        text = chain.Sums("", {"t": value}).write(KEY, bytes([nonce]) * 32)
        return int(json.loads(text)["sums"]["t"], 16)

    assert (kept(after, 2) - kept(before, 1)) % MODULUS != (after - before) % MODULUS
    assert kept(before, 1) != kept(before, 2)
    assert kept(before, 1) != before


@pytest.mark.parametrize(
    "text",
    [
        "x",
        "[]",
        "{}",
        '{"nonce":"zz","sums":{}}',
        '{"layout":"","nonce":"00","sums":{"t":"x"}}',
        "null",
        '{"sums":[]}',
    ],
)
def test_what_is_not_in_its_form_is_told(text: str) -> None:
    with pytest.raises(Altered):
        chain.Sums.read(text, KEY)


@given(st.lists(st.text(max_size=5), max_size=4), st.lists(st.text(max_size=5), max_size=4))
def test_a_seal_is_of_these_texts_in_this_order_and_of_nobody_else(one, other):  # type: ignore[no-untyped-def]
    made = chain.seal(KEY, *one)
    chain.check_seal(KEY, made, *one)
    if one != other:
        with pytest.raises(Altered):
            chain.check_seal(KEY, made, *other)
    with pytest.raises(Altered):
        chain.check_seal(OTHER, made, *one)


def test_nothing_is_bound_before_there_are_sums() -> None:
    assert chain.state("") == ""
    assert chain.Sums.read("", KEY) == chain.Sums()
    assert len(chain.state("x")) == 64
