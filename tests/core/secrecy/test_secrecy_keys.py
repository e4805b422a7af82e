"""Keys under keys: each class its own, a mark says nothing without its key."""

from __future__ import annotations

import hashlib
import hmac

from hypothesis import given
from hypothesis import strategies as st

from obmin.core.secrecy import Class, class_key, mark, mark_key

roots = st.binary(min_size=32, max_size=32)


def hkdf(root: bytes, info: bytes) -> bytes:
    """RFC 5869 with SHA-256, one block, written out."""
    extracted = hmac.digest(b"obmin sealing v1", root, hashlib.sha256)
    return hmac.digest(extracted, info + b"\x01", hashlib.sha256)


@given(roots)
def test_every_class_and_every_purpose_has_a_key_of_its_own(root: bytes) -> None:
    found = [class_key(root, of) for of in Class]
    found += [mark_key(root, purpose) for purpose in ("source", "row", *(of.value for of in Class))]
    assert len(set(found)) == len(found)
    assert root not in found


@given(roots, st.sampled_from(Class))
def test_keys_follow_from_the_root_by_rfc_5869(root: bytes, of: Class) -> None:
    assert class_key(root, of) == hkdf(root, f"class/{of.value}".encode())
    assert mark_key(root, "source") == hkdf(root, b"mark/source")


@given(roots, st.text(), st.text())
def test_equal_values_meet_and_others_do_not(root: bytes, value: str, other: str) -> None:
    key = mark_key(root, "source")
    assert (mark(key, value) == mark(key, other)) == (value == other)
    assert len(mark(key, value)) == 32


@given(roots, roots, st.text())
def test_without_the_key_nobody_guesses_a_mark(root: bytes, other: bytes, value: str) -> None:
    marks = {mark(mark_key(r, p), value) for r in {root, other} for p in ("source", "row")}
    assert len(marks) == 2 * len({root, other})
    assert hashlib.sha256(value.encode()).hexdigest()[:32] not in marks
