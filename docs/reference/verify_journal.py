"""Checks an exported journal (journal.md) without Obmin: verify_journal.py FILE NAME=PUBLIC_KEY_HEX ..."""

import base64
import functools
import hashlib
import sys
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


def sha256(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()


def signed_by(text: str, signatures: str, keys: dict[str, bytes]) -> set[str]:
    good: set[str] = set()
    for line in signatures.split("\n"):
        _, name, encoded = line.split(" ")
        if key := keys.get(name):
            raw, own = base64.b64decode(encoded), len(encoded) == 92
            of = sha256(name.encode(), b"\n", b"\x01" if own else b"\x04", key)[:4]
            if raw[:4] != of or base64.b64encode(raw).decode() != encoded:
                raise ValueError(f"not a signature with the key of {name}")
            seen = b"" if own else b"cosignature/v1\ntime %d\n" % int.from_bytes(raw[4:12], "big")
            Ed25519PublicKey.from_public_bytes(key).verify(raw[-64:], seen + text.encode() + b"\n")
            good.add(name)
    return good


def main(path: str, keys: dict[str, bytes]) -> str:
    head, signatures, body, rest = Path(path).read_bytes().decode().split("\n\n", 3)
    form, origin, counts = head.split("\n")
    if form != "obmin-journal/1" or origin not in signed_by(head, signatures, keys):
        raise ValueError("the header is not the journal's")
    notes = rest[:-1].split("\n\n")
    due = {int(note[0].split("\n")[1]): note for note in zip(notes[::2], notes[1::2], strict=True)}
    peaks, lines = [], body.split("\n")
    for size, line in enumerate(lines, 1):
        first, gap, entry = line.partition(" ")
        if len(raw := bytes.fromhex(first)) != 32 or raw.hex() != first:
            raise ValueError(f"leaf {size - 1} is not well formed")
        node, number = sha256(b"\x00", sha256(raw, entry.encode()) if gap else raw), size
        while number % 2 == 0:
            node, number = sha256(b"\x01", peaks.pop(), node), number // 2
        peaks.append(node)
        if size in due:
            root = functools.reduce(lambda right, left: sha256(b"\x01", left, right), reversed(peaks))
            stated = f"{origin}\n{size}\n{base64.b64encode(root).decode()}"
            if due[size][0] != stated or origin not in signed_by(*due[size], keys):
                raise ValueError(f"the first {size} leaves are not those that were signed")
    below = sha256(b"\n", rest.encode()).hex()
    if counts != f"{len(lines)} {sum(' ' in line for line in lines)} {below}" or [*due][-1] != len(lines):
        raise ValueError("the file is not complete")
    return f"{origin}: all holds, {len(lines)} leaves, {len(due)} checkpoints"


if __name__ == "__main__":
    print(main(sys.argv[1], {name: bytes.fromhex(key) for name, key in (a.split("=") for a in sys.argv[2:])}))
