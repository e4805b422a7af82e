"""The Merkle tree of RFC 6962 over 32-byte leaf contents, with SHA-256.

    leaf hash = SHA-256(0x00 || content)        node hash = SHA-256(0x01 || left || right)

A tree of n > 1 leaves splits at k, the largest power of two smaller than n. `Frontier` grows it one leaf
at a time and keeps the roots of its perfect subtrees only (at most one for each bit of the size).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from obmin.core.errors import Altered, Refused

HASH_BYTES: Final = 32
EMPTY: Final = hashlib.sha256(b"").digest()  # the root of a tree without leaves


def leaf_hash(content: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + content).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


@dataclass(frozen=True, slots=True)
class Frontier:
    """How far a tree has grown: its size and the roots of its perfect subtrees, largest first."""

    size: int = 0
    peaks: tuple[bytes, ...] = ()

    def append(self, content: bytes) -> Frontier:
        """The tree with one more leaf (32 bytes of content)."""
        if len(content) != HASH_BYTES:
            raise Refused(f"a leaf has {HASH_BYTES} bytes, not {len(content)}", code="bad-leaf")
        return self._add(leaf_hash(content), 1)

    def extend(self, contents: Iterable[bytes]) -> Frontier:
        grown = self
        for content in contents:
            grown = grown.append(content)
        return grown

    def append_subtree(self, width: int, root: bytes) -> Frontier:
        """The tree with a perfect subtree of 2**n leaves more; its width must divide the size."""
        if width < 1 or width & (width - 1) or self.size % width:
            raise Refused(f"{width} leaves are no perfect subtree at {self.size}", code="bad-leaf")
        return self._add(root, width)

    def _add(self, hashed: bytes, width: int) -> Frontier:
        peaks = list(self.peaks)
        carry = self.size // width
        while carry & 1:
            hashed = node_hash(peaks.pop(), hashed)
            carry >>= 1
        return Frontier(self.size + width, (*peaks, hashed))

    def root(self) -> bytes:
        """The root hash (32 bytes) of the whole tree."""
        if not self.peaks:
            return EMPTY
        hashed = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            hashed = node_hash(peak, hashed)
        return hashed

    def text(self) -> str:
        """The peaks as lower-case hexadecimal, one after the other: with the size, all there is to keep."""
        return b"".join(self.peaks).hex()

    @classmethod
    def parse(cls, size: int, text: str) -> Frontier:
        """What `text` wrote; raises `Altered` where it cannot be the frontier of a tree of `size`."""
        try:
            raw = bytes.fromhex(text)
        except ValueError as error:
            raise Altered("the frontier of the journal's tree is not hexadecimal") from error
        if size < 0 or len(raw) != HASH_BYTES * size.bit_count():
            raise Altered(f"the frontier does not belong to a tree of {size} leaves")
        return cls(size, tuple(raw[at : at + HASH_BYTES] for at in range(0, len(raw), HASH_BYTES)))


def tree_root(leaf_hashes: Sequence[bytes]) -> bytes:
    """The root over leaf hashes, level by level; a lone last node rises unchanged."""
    level = list(leaf_hashes)
    if not level:
        return EMPTY
    sha256 = hashlib.sha256
    while len(level) > 1:
        odd = level.pop() if len(level) & 1 else None
        pairs = iter(level)
        level = [sha256(b"\x01" + left + right).digest() for left, right in zip(pairs, pairs, strict=True)]
        if odd is not None:
            level.append(odd)
    return level[0]


def inclusion_proof(leaf_hashes: Sequence[bytes], index: int) -> list[bytes]:
    """The audit path of leaf `index`, from the leaf upwards (RFC 6962, 2.1.1)."""
    size = len(leaf_hashes)
    if not 0 <= index < size:
        raise Refused(f"the tree has {size} leaves; there is no leaf {index}", code="not-found")
    path: list[bytes] = []
    low, high = 0, size
    while high - low > 1:
        middle = low + _split(high - low)
        if index < middle:
            path.append(tree_root(leaf_hashes[middle:high]))
            high = middle
        else:
            path.append(tree_root(leaf_hashes[low:middle]))
            low = middle
    return path[::-1]


def root_from_inclusion(hashed: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes:
    """The root that an audit path leads to; raises `Altered` if its length does not fit index and size."""
    if not 0 <= index < size:
        raise Altered(f"a tree of {size} leaves has no leaf {index}")
    node, last = index, size - 1
    for sibling in path:
        if last == 0:
            raise Altered("the proof is longer than the tree is high")
        if node & 1 or node == last:
            hashed = node_hash(sibling, hashed)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            hashed = node_hash(hashed, sibling)
        node, last = node >> 1, last >> 1
    if last:
        raise Altered("the proof is shorter than the tree is high")
    return hashed


def verify_inclusion(content: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> None:
    """Raises `Altered` unless the leaf with this content is leaf `index` under `root`."""
    if root_from_inclusion(leaf_hash(content), index, size, path) != root:
        raise Altered(f"leaf {index} is not in the tree of {size} leaves")


def consistency_proof(leaf_hashes: Sequence[bytes], old: int) -> list[bytes]:
    """Nodes that show the first `old` leaves are the start of this tree (RFC 6962, 2.1.2)."""
    size = len(leaf_hashes)
    if not 0 < old <= size:
        raise Refused(f"a tree of {size} leaves has no earlier size {old}", code="not-found")
    path: list[bytes] = []
    low, high, whole = 0, size, True
    while old != high:
        middle = low + _split(high - low)
        if old <= middle:
            path.append(tree_root(leaf_hashes[middle:high]))
            high = middle
        else:
            path.append(tree_root(leaf_hashes[low:middle]))
            low, whole = middle, False
    if not whole:
        path.append(tree_root(leaf_hashes[low:high]))
    return path[::-1]


def verify_consistency(old: int, new: int, old_root: bytes, new_root: bytes, path: Sequence[bytes]) -> None:
    """Raises `Altered` unless the tree of `old` leaves is the start of the tree of `new` leaves."""
    wrong = Altered(f"the tree of {new} leaves does not begin with the tree of {old} leaves")
    if not 0 < old <= new:
        raise wrong
    if old == new:
        if path or old_root != new_root:
            raise wrong
        return
    steps = list(path)
    node, last = old - 1, new - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    if node and not steps:
        raise wrong
    first = second = steps.pop(0) if node else old_root
    for sibling in steps:
        if last == 0:
            raise wrong
        if node & 1 or node == last:
            first, second = node_hash(sibling, first), node_hash(sibling, second)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            second = node_hash(second, sibling)
        node, last = node >> 1, last >> 1
    if last or first != old_root or second != new_root:
        raise wrong


def _split(width: int) -> int:
    """The largest power of two smaller than `width`."""
    return 1 << ((width - 1).bit_length() - 1)
