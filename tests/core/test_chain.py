"""The journal's tree: the one of RFC 6962, grown leaf by leaf, proven in few hashes, signed by many."""

from __future__ import annotations

import base64
import hashlib
import json
import shutil
import subprocess

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from obmin.core import chain
from obmin.core.errors import Altered, Refused

SEED, WITNESS = b"s" * 32, b"w" * 32
ORIGIN = "obmin/UKR"
KEYS = {ORIGIN: chain.public_key(SEED), "neutral": chain.public_key(WITNESS)}


def contents(count):
    return [hashlib.sha256(b"%d" % n).digest() for n in range(count)]


def hashes(count):
    return [chain.leaf_hash(content) for content in contents(count)]


def plain_root(leaves):
    """RFC 6962, 2.1, word for word."""
    if not leaves:
        return hashlib.sha256().digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return hashlib.sha256(b"\x01" + plain_root(leaves[:k]) + plain_root(leaves[k:])).digest()


def test_roots_are_those_published_for_the_first_eight_leaves_of_the_reference_tests():
    # inputs and roots of the certificate-transparency reference implementation
    leaves = [bytes.fromhex(h) for h in (
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
    )]  # fmt: skip
    roots = [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ]
    level = [chain.leaf_hash(leaf) for leaf in leaves]
    assert [chain.tree_root(level[:n]).hex() for n in range(1, 9)] == roots


@given(st.integers(0, 70))
def test_growing_leaf_by_leaf_gives_the_root_of_the_definition(size):
    expected = plain_root(contents(size))
    grown = chain.Frontier().extend(contents(size))
    assert grown.root() == chain.tree_root(hashes(size)) == expected
    assert chain.Frontier.parse(grown.size, grown.text()) == grown
    assert len(grown.peaks) <= max(1, size.bit_length())


@given(st.integers(0, 6), st.integers(0, 20))
def test_a_subtree_at_once_is_the_same_as_its_leaves_one_by_one(power, before):
    width = 1 << power
    start = before * width
    level = hashes(start + width)
    grown = chain.Frontier().extend(contents(start)).append_subtree(width, chain.tree_root(level[start:]))
    assert grown == chain.Frontier().extend(contents(start + width))


def test_a_frontier_refuses_what_does_not_fit():
    with pytest.raises(Refused):
        chain.Frontier().append(b"short")
    with pytest.raises(Refused):
        chain.Frontier().extend(contents(1)).append_subtree(2, bytes(32))
    for size, text in [(1, ""), (2, "00" * 64), (0, "00" * 32), (1, "zz" * 32), (-1, "")]:
        with pytest.raises(Altered):
            chain.Frontier.parse(size, text)


@given(st.data())
def test_a_leaf_is_proven_and_no_other_leaf_or_place_is(data):
    size = data.draw(st.integers(1, 80))
    index = data.draw(st.integers(0, size - 1))
    level, root = hashes(size), chain.tree_root(hashes(size))
    path = chain.inclusion_proof(level, index)
    assert len(path) <= (size - 1).bit_length()
    chain.verify_inclusion(contents(size)[index], index, size, path, root)
    wrong = data.draw(st.integers(0, size + 2).filter(lambda n: n != index))
    with pytest.raises(Altered):
        chain.verify_inclusion(contents(size)[index], wrong, size, path, root)
    with pytest.raises(Altered):
        chain.verify_inclusion(b"x" * 32, index, size, path, root)
    for bent in (path[:-1], [*path, b"\0" * 32], [bytes(32), *path[1:]]):
        if bent != path:
            with pytest.raises(Altered):
                chain.verify_inclusion(contents(size)[index], index, size, bent, root)


def test_every_pair_of_sizes_is_consistent_and_no_bent_proof_is():
    level = hashes(33)
    roots = [chain.tree_root(level[:n]) for n in range(34)]
    for new in range(1, 34):
        for old in range(1, new + 1):
            path = chain.consistency_proof(level[:new], old)
            chain.verify_consistency(old, new, roots[old], roots[new], path)
            for bent in ([*path, roots[1]], path[1:], [roots[0], *path[1:]]):
                if bent == path:
                    continue
                with pytest.raises(Altered):
                    chain.verify_consistency(old, new, roots[old], roots[new], bent)
            with pytest.raises(Altered):
                chain.verify_consistency(old, new, roots[0], roots[new], path)
            with pytest.raises(Altered):
                chain.verify_consistency(old, new, roots[old], roots[0], path)


def test_a_proof_of_a_smaller_tree_is_none_of_a_larger():
    level = hashes(4)
    small = chain.tree_root(level[:2])
    with pytest.raises(Altered):
        chain.verify_inclusion(contents(4)[0], 0, 4, chain.inclusion_proof(level[:2], 0), small)
    with pytest.raises(Altered):
        chain.verify_consistency(1, 4, level[0], small, chain.consistency_proof(level[:2], 1))


def test_a_rewritten_history_is_not_consistent():
    level = hashes(20)
    other = [*level[:5], chain.leaf_hash(b"z" * 32), *level[6:]]
    with pytest.raises(Altered):
        chain.verify_consistency(
            10, 20, chain.tree_root(level[:10]), chain.tree_root(other), chain.consistency_proof(other, 10)
        )


# --- entries

plain = st.text(max_size=8) | st.integers(-(2**53) + 1, 2**53 - 1)
nested = st.recursive(
    plain,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
bodies = st.dictionaries(st.text(max_size=5), nested, max_size=5)


@given(bodies)
def test_an_entry_has_one_spelling(body):
    text = chain.canonical(body)
    assert chain.read_canonical(text) == json.loads(text) == body
    assert chain.canonical(dict(reversed(body.items()))) == text
    assert "\n" not in text


@pytest.mark.parametrize("value", [1.5, True, None, 2**53, b"x", {"a": {1: "x"}}, ["\ud800"], {"a"}])
def test_what_has_several_spellings_is_refused(value):
    with pytest.raises(Refused):
        chain.canonical({"a": value})


@pytest.mark.parametrize(
    "text",
    [
        '{"b":1,"a":1}',
        '{"a": 1}',
        '{"a":1,"a":1}',
        '{"a":1.0}',
        '{"a":true}',
        '{"a":"\\u0041"}',
        "[1]",
        "",
        '{"a":1}\n',
    ],
)
def test_another_spelling_is_named_as_altered(text):
    with pytest.raises(Altered):
        chain.read_canonical(text)


def test_a_commitment_is_bound_to_salt_and_entry_and_a_filler_to_key_and_place():
    salt = b"1" * 32
    content = chain.commit(salt, "{}")
    assert content == hashlib.sha256(salt + b"{}").digest()
    assert chain.leaf_content(salt, "{}", content) == chain.leaf_content(None, "", content) == content
    for other in [(b"2" * 32, "{}"), (salt, '{"a":1}')]:
        with pytest.raises(Altered):
            chain.leaf_content(*other, content)
    with pytest.raises(Refused):
        chain.commit(b"short", "{}")
    fillers = {chain.filler(key, n) for key in (b"a" * 32, b"b" * 32) for n in range(5)}
    assert len(fillers) == 10
    assert {len(filler) for filler in fillers} == {32}


@given(st.integers(0, 5000), st.integers(0, 4))
def test_a_checkpoint_is_always_one_interval_larger_whatever_was_done(grown, earlier):
    closed = min(earlier, grown // 1024) * 1024
    plan = chain.closing(grown, closed)
    assert plan.size == closed + chain.INTERVAL
    assert grown + plan.fillers - plan.waiting == plan.size
    assert min(plan.fillers, plan.waiting) == 0


# --- checkpoints


def note():
    return chain.sign_checkpoint(ORIGIN, 20, chain.tree_root(hashes(20)), SEED)


def test_a_checkpoint_comes_back_with_everybody_who_signed():
    cosigned = chain.cosign(note(), "neutral", WITNESS, 1_747_500_000)
    assert chain.cosign(cosigned, "neutral", WITNESS, 1_747_500_000) == cosigned
    point = chain.parse_checkpoint(cosigned, ORIGIN, KEYS)
    assert (point.size, point.root) == (20, chain.tree_root(hashes(20)))
    assert point.signed_by == ((ORIGIN, 0), ("neutral", 1_747_500_000))
    alone = chain.parse_checkpoint(cosigned, ORIGIN, {ORIGIN: KEYS[ORIGIN]})
    assert alone.unchecked == ("neutral",)


def test_each_altered_byte_of_a_cosigned_checkpoint_is_seen():
    good = chain.cosign(note(), "neutral", WITNESS, 1_747_500_000).encode()
    for place in range(len(good)):
        for flip in (1, 2, 4, 32, 64):
            bent = good[:place] + bytes([good[place] ^ flip]) + good[place + 1 :]
            try:
                point = chain.parse_checkpoint(bent.decode(), ORIGIN, KEYS)
            except (Altered, UnicodeDecodeError):
                continue
            # only the name of a cosigner can change unseen by this reader: then it is nobody's word
            assert "neutral" not in dict(point.signed_by), (place, flip)
            assert point.unchecked


def test_keys_of_others_do_not_pass():
    with pytest.raises(Altered):
        chain.parse_checkpoint(note(), ORIGIN, {ORIGIN: KEYS["neutral"]})
    with pytest.raises(Altered):
        chain.parse_checkpoint(note(), ORIGIN, {"neutral": KEYS["neutral"]})
    with pytest.raises(Altered):
        chain.parse_checkpoint(note(), "obmin/RUS", {**KEYS, "obmin/RUS": KEYS[ORIGIN]})
    only_cosigned = chain.cosign(note(), "neutral", WITNESS, 1).replace(note().split("\n\n")[1], "")
    with pytest.raises(Altered):
        chain.parse_checkpoint(only_cosigned, ORIGIN, KEYS)
    doubled = note() + note().split("\n\n")[1]
    with pytest.raises(Altered):
        chain.parse_checkpoint(doubled, ORIGIN, KEYS)
    for name in ("", "two words", "a+b", "née"):
        with pytest.raises(Refused):
            chain.check_key_name(name)


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
def test_openssl_verifies_a_checkpoint(tmp_path):
    text, _, line = note().partition("\n\n")
    key = Ed25519PublicKey.from_public_bytes(KEYS[ORIGIN])
    (tmp_path / "key.pem").write_bytes(key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    (tmp_path / "text").write_text(text + "\n", encoding="utf-8")
    (tmp_path / "sig").write_bytes(base64.b64decode(line.split()[2])[4:])
    command = [
        "openssl",
        "pkeyutl",
        "-verify",
        "-pubin",
        "-inkey",
        "key.pem",
        "-rawin",
        "-in",
        "text",
        "-sigfile",
        "sig",
    ]
    assert subprocess.run(command, cwd=tmp_path, check=False, capture_output=True).returncode == 0
    (tmp_path / "text").write_text(text + "\n\n", encoding="utf-8")
    assert subprocess.run(command, cwd=tmp_path, check=False, capture_output=True).returncode != 0


def test_signatures_under_a_checkpoint_stand_in_one_order_whoever_signed_first():
    note = chain.sign_checkpoint(ORIGIN, 1, chain.EMPTY, SEED)
    seeds = {name: name.encode().ljust(32) for name in ("a", "b", "c")}
    orders = ("abc", "cab", "bca")
    signed = []
    for order in orders:
        whole = note
        for name in order:
            whole = chain.cosign(whole, name, seeds[name], 7)
        signed.append(whole)
    assert len(set(signed)) == 1
    keys = KEYS | {name: chain.public_key(seed) for name, seed in seeds.items()}
    assert len(chain.parse_checkpoint(signed[0], ORIGIN, keys).signed_by) == 4
    text, below = signed[0].split("\n\n")
    lines = below.splitlines(keepends=True)
    for one in range(3):
        moved = [*lines]
        moved[one], moved[one + 1] = moved[one + 1], moved[one]
        with pytest.raises(Altered):
            chain.parse_checkpoint(f"{text}\n\n{''.join(moved)}", ORIGIN, keys)
