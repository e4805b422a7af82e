"""The tree by an implementation that is not ours (pymerkle): the same roots, paths and verdicts."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymerkle import InmemoryTree, InvalidProof
from pymerkle.proof import InclusionProof

from obmin.core import chain
from obmin.files import journal

ORIGIN, SEED = "obmin/ukr/journal", b"s" * 32


def contents(count: int) -> list[bytes]:
    return [hashlib.sha256(b"%d" % number).digest() for number in range(count)]


def theirs(leaves: list[bytes]) -> InmemoryTree:
    tree = InmemoryTree(algorithm="sha256")
    tree.append_entries(leaves)
    return tree


@given(st.integers(1, 300))
def test_a_tree_grown_by_us_has_the_root_that_they_find(size: int) -> None:
    leaves = contents(size)
    assert theirs(leaves).get_root() == chain.Frontier().extend(leaves).root()


@given(st.integers(1, 300).flatmap(lambda size: st.tuples(st.just(size), st.integers(0, size - 1))))
def test_our_proof_of_an_entry_convinces_them_and_an_altered_one_does_not(place: tuple[int, int]) -> None:
    size, index = place
    leaves = contents(size)
    tree = theirs(leaves)
    hashes = [chain.leaf_hash(leaf) for leaf in leaves]
    path = [hashes[index], *chain.inclusion_proof(hashes, index)]
    own = tree.prove_inclusion(index + 1, size)
    assert own.path == path

    def proof(of: list[bytes]) -> InclusionProof:
        return InclusionProof("sha256", True, size, index + 1, own.rule, of)

    proof(path).verify(hashes[index], tree.get_root())
    with pytest.raises(InvalidProof):
        proof([*path[:-1], bytes(32)]).verify(hashes[index], tree.get_root())


@given(st.integers(1, 200).flatmap(lambda new: st.tuples(st.integers(1, new), st.just(new))))
def test_our_proof_of_growth_leads_between_roots_that_they_find(sizes: tuple[int, int]) -> None:
    old, new = sizes
    leaves = contents(new)
    tree = theirs(leaves)
    path = chain.consistency_proof([chain.leaf_hash(leaf) for leaf in leaves], old)
    chain.verify_consistency(old, new, tree.get_root(old), tree.get_root(new), path)


def test_a_journal_handed_out_leads_to_its_checkpoint_by_their_tree(tmp_path: Path) -> None:
    """Read as docs/reference/journal.md says, with no code of ours."""
    rows = []
    for number in range(64):
        salt, body = bytes([number]) * 32, chain.canonical({"act": "x.y", "n": number})
        rows.append(chain.Leaf(chain.commit(salt, body), *((salt, body) if number % 3 else (None, ""))))
    root = chain.Frontier().extend(row.content for row in rows).root()
    note = chain.sign_checkpoint(ORIGIN, 64, root, SEED)
    journal.write_export(tmp_path / "journal.txt", ORIGIN, rows, [note], SEED)
    lines = (tmp_path / "journal.txt").read_bytes().split(b"\n")
    leaves = [
        hashlib.sha256(bytes.fromhex(line[:64].decode()) + line[65:]).digest()
        if len(line) > 64
        else bytes.fromhex(line.decode())
        for line in lines[6:70]
    ]
    assert base64.b64encode(theirs(leaves).get_root()).decode() == lines[73].decode()
