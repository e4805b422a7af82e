"""A cell opens to what was sealed, with its own key, in its own place; else it is refused."""

from __future__ import annotations

import os
from itertools import combinations

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.keywrap import aes_key_unwrap
from hypothesis import assume, given
from hypothesis import strategies as st

from obmin.core.errors import Altered
from obmin.core.secrecy import KEY_SIZE, WRAPPED_SIZE, Cell, Class, class_key, open_cells, rewrap, seal_cells

ROOT, OTHER = b"\x01" * 32, b"\x02" * 32
keys = st.binary(min_size=KEY_SIZE, max_size=KEY_SIZE)
places = st.binary(min_size=1, max_size=40)
contents = st.binary(max_size=300)
rows = st.lists(st.tuples(places, contents, keys), max_size=8)


def one(place: bytes, content: bytes, over: bytes = ROOT) -> Cell:
    return seal_cells(over, [(place, content, os.urandom(KEY_SIZE))])[0]


@given(rows)
def test_cells_open_to_what_was_sealed_in_order(given_rows: list[tuple[bytes, bytes, bytes]]) -> None:
    sealed = seal_cells(ROOT, given_rows)
    opened = open_cells(ROOT, [(place, cell) for (place, _, _), cell in zip(given_rows, sealed, strict=True)])
    assert opened == [content for _, content, _ in given_rows]


@given(places, contents, keys)
def test_a_cell_is_plain_aes_gcm_under_a_key_wrapped_by_rfc_3394(
    place: bytes, content: bytes, key: bytes
) -> None:
    cell = seal_cells(ROOT, [(place, content, key)])[0]
    assert len(cell.wrapped) == WRAPPED_SIZE
    assert aes_key_unwrap(ROOT, cell.wrapped) == key
    padded = AESGCM(key).decrypt(bytes(12), cell.sealed[1:], place)
    assert padded.startswith(content + b"\x80")
    assert not padded[len(content) + 1 :].strip(b"\x00")


@given(places, contents, st.integers(0), st.integers(0, 7))
def test_any_flipped_bit_is_seen(place: bytes, content: bytes, at: int, bit: int) -> None:
    cell = one(place, content)
    joined = bytearray(cell.wrapped + cell.sealed)
    joined[at % len(joined)] ^= 1 << bit
    altered = Cell(bytes(joined[:WRAPPED_SIZE]), bytes(joined[WRAPPED_SIZE:]))
    with pytest.raises(Altered):
        open_cells(ROOT, [(place, altered)])


@given(places, contents, st.integers(0, 400))
def test_a_cell_cut_short_or_made_longer_is_seen(place: bytes, content: bytes, size: int) -> None:
    wrapped, sealed = one(place, content)
    with pytest.raises(Altered):
        open_cells(ROOT, [(place, Cell(wrapped, sealed[: size % len(sealed)]))])
    with pytest.raises(Altered):
        open_cells(ROOT, [(place, Cell(wrapped[: size % len(wrapped)], sealed))])
    with pytest.raises(Altered):
        open_cells(ROOT, [(place, Cell(wrapped, sealed + b"\x00"))])


@given(places, places, contents)
def test_a_cell_opens_in_its_own_place_alone(place: bytes, other: bytes, content: bytes) -> None:
    assume(place != other)
    with pytest.raises(Altered):
        open_cells(ROOT, [(other, one(place, content))])


@given(places, contents, contents)
def test_two_rows_cannot_swap_their_cells_or_their_keys(place: bytes, first: bytes, second: bytes) -> None:
    here, there = place + b"/1", place + b"/2"
    one_cell, other_cell = one(here, first), one(there, second)
    for wrong in (other_cell, Cell(other_cell.wrapped, one_cell.sealed)):
        with pytest.raises(Altered):
            open_cells(ROOT, [(here, wrong)])


@pytest.mark.parametrize(("of", "other"), list(combinations(Class, 2)))
def test_a_cell_of_one_class_is_none_of_another(of: Class, other: Class) -> None:
    cell = one(b"table/row", b"content", class_key(ROOT, of))
    with pytest.raises(Altered):
        open_cells(class_key(ROOT, other), [(b"table/row", cell)])


@pytest.mark.parametrize("of", list(Class))
def test_a_cell_under_one_root_does_not_open_under_another(of: Class) -> None:
    cell = one(b"table/row", b"content", class_key(ROOT, of))
    with pytest.raises(Altered):
        open_cells(class_key(OTHER, of), [(b"table/row", cell)])


def test_one_bad_cell_among_good_ones_is_named_and_nothing_opens() -> None:
    good, bad = one(b"people/1", b"x"), one(b"people/3", b"y")
    with pytest.raises(Altered, match="people/2"):
        open_cells(ROOT, [(b"people/1", good), (b"people/2", bad)])


@given(st.integers(0, 1000), st.integers(0, 1000))
def test_length_tells_steps_of_64_bytes_and_no_more(first: int, second: int) -> None:
    sizes = [len(one(b"p", bytes(size)).sealed) for size in (first, second)]
    steps = [size // 64 for size in (first, second)]
    assert (sizes[0] == sizes[1]) == (steps[0] == steps[1])
    assert sizes[0] - sizes[1] == 64 * (steps[0] - steps[1])


@given(contents, keys, keys)
def test_equal_contents_in_two_places_look_unrelated(content: bytes, key: bytes, other: bytes) -> None:
    assume(key != other)
    here, there = seal_cells(ROOT, [(b"table/1", content, key), (b"table/2", content, other)])
    assert here.wrapped != there.wrapped
    # Two random strings of n bytes share n/256 of their bytes; a half would be a relation.
    same = sum(a == b for a, b in zip(here.sealed[1:], there.sealed[1:], strict=True))
    assert same < len(here.sealed) / 2


@given(places, contents)
def test_a_key_wrapped_anew_opens_the_same_cell_and_the_old_one_nothing(place: bytes, content: bytes) -> None:
    cell = one(place, content)
    moved = Cell(rewrap(ROOT, OTHER, cell.wrapped), cell.sealed)
    assert open_cells(OTHER, [(place, moved)]) == [content]
    with pytest.raises(Altered):
        open_cells(ROOT, [(place, moved)])
    with pytest.raises(Altered):
        open_cells(OTHER, [(place, cell)])


@given(st.binary(min_size=WRAPPED_SIZE, max_size=WRAPPED_SIZE))
def test_a_key_that_was_altered_is_not_wrapped_anew(wrapped: bytes) -> None:
    with pytest.raises(Altered):
        rewrap(ROOT, OTHER, wrapped)
