"""The journal as a file that anyone can check offline (format: docs/reference/journal.md).

obmin-journal/1                 a note signed by the journal's key:
ORIGIN                          whose journal,
LEAVES OPENED CHECKPOINTS       and how much of it this file holds

— ORIGIN SIGNATURE

SALT BODY                       one line a leaf, in the tree's order: an opened entry,
CONTENT                         or a leaf that stays closed

...                             the checkpoints, oldest first, an empty line before each
"""

from __future__ import annotations

import base64
import hashlib
from binascii import Error as BinasciiError
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO, Any, Final

from obmin.core import chain
from obmin.core.chain import Leaf
from obmin.core.errors import Altered, NotFound, Problem, Refused, Unreadable
from obmin.files.journal_lines import FIRST_LEAF_LINE, Hashes, read_hashes

FORMAT: Final = "obmin-journal/1"
PROOF_FORMAT: Final = "obmin-proof/1"


@dataclass(frozen=True, slots=True)
class Report:
    """What a journal file was found to be. All of it holds, or `verify_export` would have raised.

    `closed` counts leaves that the file does not open: fillers, forgotten and withheld entries alike.
    `cosigned` gives for each cosigner the size of the largest tree it signed; `unchecked` are names on
    signature lines for which no key was given.
    """

    origin: str
    leaves: int
    opened: int
    closed: int
    checkpoints: int
    root: str
    cosigned: Mapping[str, int]
    unchecked: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Header:
    origin: str
    leaves: int
    opened: int
    rest: str

    def text(self) -> str:
        return f"{FORMAT}\n{self.origin}\n{self.leaves} {self.opened} {self.rest}\n"


def write_export(
    path: Path, origin: str, leaves: Iterable[Leaf], checkpoints: Sequence[str], seed: bytes
) -> None:
    """Writes the journal up to its last checkpoint; the file appears whole or not at all.

    `leaves` are those of the last checkpoint's tree, in order (more are ignored); `checkpoints` are
    signed notes, oldest first; `seed` is the journal's signing key. Raises `Altered` where an opened
    entry is not the one that the tree holds, `Refused` where leaves or checkpoints are missing.
    """
    keys = {origin: chain.public_key(seed)}
    if not checkpoints:
        raise Refused("The journal has no checkpoint yet; nothing can be handed out.", code="incomplete")
    size = chain.parse_checkpoint(checkpoints[-1], origin, keys).size
    kept = list(islice(leaves, size))
    if len(kept) != size:
        raise Refused(f"The last checkpoint covers {size} leaves; {len(kept)} are here.", code="incomplete")
    rest = b"".join(b"\n" + note.encode() for note in checkpoints)
    header = _Header(
        origin, size, sum(leaf.salt is not None for leaf in kept), hashlib.sha256(rest).hexdigest()
    )
    fresh = path.with_name(f".{path.name}.new")
    try:
        with fresh.open("wb") as file:
            file.write(chain.sign_note(header.text(), origin, seed).encode() + b"\n")
            file.writelines(leaf_line(leaf).encode() + b"\n" for leaf in kept)
            file.write(rest)
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)


def leaf_line(leaf: Leaf) -> str:
    """A leaf as its line in the file, without the line's end."""
    chain.leaf_content(leaf.salt, leaf.body, leaf.content)
    return leaf.content.hex() if leaf.salt is None else f"{leaf.salt.hex()} {leaf.body}"


def read_leaf_line(line: str) -> Leaf:
    """The leaf on a line; raises `Altered` where the line is not well-formed or not canonical JSON."""
    first, gap, body = line.partition(" ")
    try:
        raw = bytes.fromhex(first)
    except ValueError as error:
        raise Altered(f"this is no leaf: {line[:60]}") from error
    if len(raw) != 32 or raw.hex() != first:
        raise Altered(f"this is no leaf: {line[:60]}")
    if not gap:
        return Leaf(raw)
    chain.read_canonical(body)
    return Leaf(chain.commit(raw, body), raw, body)


def verify_export(
    path: Path,
    keys: chain.KeyedName,
    known: Sequence[str] = (),
    cosigners: Sequence[bytes] = (),
    need: int = 0,
) -> Report:
    """Checks every byte of a journal file.

    `keys` names the journal's public key under its origin, and others' whose names are known. `known` are
    checkpoints of the same journal that others kept: the file must contain each of these trees, so that an
    older copy cannot pass for the present. `cosigners` are public keys (32 bytes), whose names are found in
    the file; at least `need` of them must have signed its last checkpoint. Raises `Altered`, naming the
    first bad line, or the lines of the first stretch that does not lead to its checkpoint; `Unreadable` if
    it is no journal file at all.
    """
    header, hashes, notes = _read(path, keys)
    named = _named(cosigners, [note for _, note in notes])
    keys = {**keys, **named}
    found = _check_tree(hashes, notes, header.origin, keys)
    chain.continues(
        [chain.parse_checkpoint(note, header.origin, keys) for note in known],
        len(hashes),
        lambda size: hashes.grow(chain.Frontier(), size).root(),
    )
    chain.cosigned_by(found[-1], {*named, *keys} - {header.origin}, need)
    cosigned = {name: point.size for point in found for name, at in point.signed_by if at}
    return Report(
        origin=header.origin,
        leaves=header.leaves,
        opened=header.opened,
        closed=header.leaves - header.opened,
        checkpoints=len(notes),
        root=found[-1].root.hex(),
        cosigned=dict(sorted(cosigned.items())),
        unchecked=tuple(sorted({name for point in found for name in point.unchecked})),
    )


def read_leaves(path: Path) -> Iterator[Leaf]:
    """The leaves of a file in order, unchecked against the tree: verify the file first."""
    with path.open("rb") as file:
        header = _read_header(path, file, {})
        for number, raw in enumerate(islice(file, header.leaves), FIRST_LEAF_LINE):
            try:
                yield read_leaf_line(raw.decode().removesuffix("\n"))
            except (Altered, UnicodeDecodeError) as error:
                raise Altered(f"line {number}: {error}") from error


def read_entries(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """The opened entries of a file, each with its index in the tree."""
    for index, leaf in enumerate(read_leaves(path)):
        if leaf.salt is not None:
            yield index, chain.read_canonical(leaf.body)


def prove(path: Path, index: int, keys: chain.KeyedName) -> tuple[str, str]:
    """The proof that leaf `index` stands under the file's last checkpoint, and the line that opens it.

    The proof is text of at most 1 kB for trees of a million leaves (origins up to 24 characters).
    """
    header, hashes, notes = _read(path, keys)
    _check_tree(hashes, notes, header.origin, keys)
    if not 0 <= index < header.leaves:
        raise NotFound(f"The file has {header.leaves} leaves, numbered from 0; there is no leaf {index}.")
    with path.open("rb") as file:
        line = next(islice(file, FIRST_LEAF_LINE - 1 + index, None)).decode().removesuffix("\n")
    steps = base64.b64encode(b"".join(chain.inclusion_proof(hashes.some(0, len(hashes)), index))).decode()
    mark = f"— {header.origin} "
    own = next(row for row in notes[-1][1].split("\n") if row.startswith(mark))
    signature = own.removeprefix(mark)
    return f"{PROOF_FORMAT}\n{header.origin}\n{index} {header.leaves}\n{steps}\n{signature}\n", line


def verify_proof(proof: str, line: str, keys: chain.KeyedName) -> tuple[chain.Checkpoint, int, Leaf]:
    """The signed checkpoint under which the leaf of `line` is proven to stand, its index, and the leaf.

    Raises `Altered` where anything does not hold.
    """
    rows = proof.split("\n")
    if len(rows) != 6 or rows[0] != PROOF_FORMAT or rows[5]:
        raise Altered(f"this is no proof in the form {PROOF_FORMAT}")
    origin, place, steps, signature = rows[1:5]
    try:
        index, size = (int(number) for number in place.split(" "))
        raw = base64.b64decode(steps, validate=True)
    except (ValueError, BinasciiError) as error:
        raise Altered("the proof's numbers or hashes cannot be read") from error
    if len(raw) % 32 or f"{index} {size}" != place or base64.b64encode(raw).decode() != steps:
        raise Altered("the proof's numbers or hashes are not in their one spelling")
    leaf = read_leaf_line(line)
    path = [raw[at : at + 32] for at in range(0, len(raw), 32)]
    root = chain.root_from_inclusion(chain.leaf_hash(leaf.content), index, size, path)
    note = f"{chain.Checkpoint(origin, size, root).text()}\n— {origin} {signature}\n"
    return chain.parse_checkpoint(note, origin, keys), index, leaf


def _read_header(path: Path, file: IO[bytes], keys: chain.KeyedName) -> _Header:
    rows = [file.readline() for _ in range(FIRST_LEAF_LINE - 1)]
    if rows[0] != f"{FORMAT}\n".encode():
        found = rows[0][:40].decode(errors="replace").strip() or "nothing"
        raise Unreadable(Problem(str(path), 1, None, found, f"{FORMAT}, the first line of an exported journal"))
    try:
        note = b"".join(rows[:5]).decode()
        leaves, opened, rest = rows[2].decode().removesuffix("\n").split(" ")
        header = _Header(rows[1].decode().removesuffix("\n"), int(leaves), int(opened), rest)
    except (UnicodeDecodeError, ValueError) as error:
        raise Altered("line 3: the header cannot be read") from error
    text, signed, _ = chain.open_note(note, keys)
    if text != header.text() or rows[5] != b"\n" or header.leaves < 1:
        raise Altered("line 3: the header is not in its one spelling")
    if keys and signed != ((header.origin, 0),):
        raise Altered(f"line 5: no key was given for {header.origin}, or the header is not signed with it")
    return header


def _read(path: Path, keys: chain.KeyedName) -> tuple[_Header, Hashes, list[tuple[int, str]]]:
    """The header, all leaf hashes and the checkpoint notes, counted against the header."""
    with path.open("rb") as file:
        header = _read_header(path, file, keys)
        start = file.tell()
        hashes = read_hashes(path, start, header.leaves)
        file.seek(hashes.end)
        rest = file.read()
    line = FIRST_LEAF_LINE + header.leaves
    if hashes.opened != header.opened:
        raise Altered(f"line 3: {header.opened} opened entries are announced, {hashes.opened} are here")
    if hashlib.sha256(rest).hexdigest() != header.rest:
        raise Altered(f"line {line} and below: not the checkpoints that the header announces")
    notes = _read_notes(rest, line)
    return header, hashes, notes


def _read_notes(raw: bytes, line: int) -> list[tuple[int, str]]:
    """The checkpoint notes below the leaves, each with the number of its first line."""
    try:
        rest = raw.decode()
    except UnicodeDecodeError as error:
        raise Altered(f"line {line}: the checkpoints are not UTF-8") from error
    if not rest.startswith("\n") or not rest.endswith("\n"):
        raise Altered(f"line {line}: an empty line and the checkpoints should follow the leaves")
    blocks = rest[1:-1].split("\n\n")
    if len(blocks) % 2:
        raise Altered(f"line {line + 1}: a checkpoint has no signature, or a signature no checkpoint")
    notes: list[tuple[int, str]] = []
    line += 1
    for text, below in zip(blocks[::2], blocks[1::2], strict=True):
        notes.append((line, f"{text}\n\n{below}\n"))
        line += text.count("\n") + below.count("\n") + 4
    return notes


def _check_tree(
    hashes: Hashes, notes: list[tuple[int, str]], origin: str, keys: chain.KeyedName
) -> list[chain.Checkpoint]:
    frontier = chain.Frontier()
    found: list[chain.Checkpoint] = []
    for line, note in notes:
        try:
            point = chain.parse_checkpoint(note, origin, keys)
        except Altered as error:
            raise Altered(f"line {line}: {error}") from error
        if not frontier.size < point.size <= len(hashes):
            raise Altered(f"line {line + 1}: a checkpoint of {point.size} leaves cannot stand here")
        before, frontier = frontier.size, hashes.grow(frontier, point.size)
        if frontier.root() != point.root:
            first, last = FIRST_LEAF_LINE + before, FIRST_LEAF_LINE + point.size - 1
            raise Altered(f"lines {first} to {last}: not the entries that the checkpoint on line {line} covers")
        found.append(point)
    if frontier.size != len(hashes):
        line = FIRST_LEAF_LINE + frontier.size
        raise Altered(f"line {line}: from here on no checkpoint covers the leaves")
    return found


def _named(cosigners: Sequence[bytes], notes: Sequence[str]) -> dict[str, bytes]:
    """The cosigners' keys by the names under which they signed; whoever signed nothing is left out."""
    found: dict[str, bytes] = {}
    for key in cosigners:
        name = next((name for note in reversed(notes) if (name := chain.signer(note, key))), None)
        if name is not None:
            found[name] = key
    return found
