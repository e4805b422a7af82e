"""Ten thousand random alterations: of an exported journal, a checkpoint, a signed package, its sealed form, of
the rows of every table, of the journal's own tables. None goes unseen.

Each part prints how many of each kind it made (`pytest -s`).
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from obmin.core import chain
from obmin.core.errors import Altered, Refused
from obmin.files import journal, packages
from tests.audit.test_faults import environment
from tests.cluster import Cluster

HERE = Path(__file__).parent
pytestmark = pytest.mark.faults

ORIGIN, WITNESS = "obmin/ukr/journal", "obmin/ntr/witness"
SEED, OTHER = b"j" * 32, b"w" * 32
KEYS = {ORIGIN: chain.public_key(SEED), WITNESS: chain.public_key(OTHER)}
ROUNDS = packages.signing_key(b"r" * 32)
KINDS = ("edit", "delete", "swap", "duplicate", "truncate", "bit flip")


def alter(kind: str, data: bytes, draw: random.Random) -> bytes:
    """The data altered: lines where it is made of lines, stretches of bytes where it is not."""
    lines = data.split(b"\n")
    place, length = draw.randrange(len(data)), draw.randrange(1, 33)
    by_lines = len(lines) > 3 and draw.random() < 0.5
    one, other = draw.randrange(len(lines)), draw.randrange(len(lines))
    match kind:
        case "bit flip":
            return data[:place] + bytes([data[place] ^ 1 << draw.randrange(8)]) + data[place + 1 :]
        case "truncate":
            return b"\n".join(lines[:one]) + b"\n" if by_lines else data[:place]
        case "delete" if by_lines:
            del lines[one]
        case "duplicate" if by_lines:
            lines.insert(other, lines[one])
        case "swap" if by_lines:
            lines[one], lines[other] = lines[other], lines[one]
        case "edit" if by_lines:
            lines[one] = lines[one].replace(
                *draw.choice([(b"1", b"2"), (b"a", b"b"), (b" ", b""), (b'"', b"")])
            )
        case "delete":
            return data[:place] + data[place + length :]
        case "duplicate":
            return data[:place] + data[place : place + length] + data[place:]
        case "swap":
            bent, second = bytearray(data), draw.randrange(len(data))
            bent[place], bent[second] = bent[second], bent[place]
            return bytes(bent)
        case _:
            return data[:place] + draw.randbytes(length) + data[place + length :]
    return b"\n".join(lines)


def leaves(count: int) -> list[chain.Leaf]:
    found = []
    for number in range(count):
        salt, body = bytes([number]) * 32, chain.canonical({"act": "x.y", "actor": "Ґ", "n": number})
        opened = number % 3 != 2
        found.append(chain.Leaf(chain.commit(salt, body), *((salt, body) if opened else (None, ""))))
    return found


def checkpoint(size: int, rows: list[chain.Leaf]) -> str:
    root = chain.Frontier().extend(leaf.content for leaf in rows[:size]).root()
    return chain.cosign(chain.sign_checkpoint(ORIGIN, size, root, SEED), WITNESS, OTHER, 1_747_500_000)


Check = Callable[[bytes], object]


def subjects(folder: Path) -> dict[str, tuple[bytes, Check]]:
    """What is altered, as it is whole, and who looks at it: each look raises a refusal."""
    rows = leaves(48)
    notes = [checkpoint(size, rows) for size in (16, 32, 48)]
    file = folder / "journal.txt"
    journal.write_export(file, ORIGIN, rows, notes, SEED)

    def of_journal(data: bytes) -> None:
        file.write_bytes(data)
        journal.verify_export(file, KEYS, known=notes, need=1)

    def of_note(data: bytes) -> None:
        try:
            text = data.decode()
        except UnicodeDecodeError:
            raise Altered("no text") from None
        chain.cosigned_by(chain.parse_checkpoint(text, ORIGIN, KEYS), [WITNESS], 1)

    people = [{"line": f"L-{n}", "name": "Ґедзишин"} for n in range(40)]
    body = packages.canonical({"format": "obmin-test/1", "people": people})
    signature = packages.sign(body, ROUNDS, comment="obmin rounds 1 UKR")
    comment, signed = signature.encode().split(b"\n", 1)  # minisign's first line is signed by nobody
    identity = packages.new_identity()
    sealed = packages.seal(packages.bundle(body, signature), [packages.recipient_of(identity)])

    def of_sealed(data: bytes) -> None:
        packages.verify(*packages.unbundle(packages.unseal(data, identity)), ROUNDS.public)

    return {
        "journal": (file.read_bytes(), of_journal),
        "checkpoint": (notes[2].encode(), of_note),
        "package": (body, lambda data: packages.verify(data, signature, ROUNDS.public)),
        "signature": (signed, lambda data: packages.verify(body, comment + b"\n" + data, ROUNDS.public)),
        "sealed package": (sealed, of_sealed),
    }


def test_no_altered_file_passes(tmp_path: Path, faults_count: Callable[[int, int], int]) -> None:
    draw, told = random.Random(20250516), Counter[str]()
    undetected = []
    for name, (whole, look) in subjects(tmp_path).items():
        look(whole)
        count = faults_count(60, 1_000 if name != "journal" else 1_500)
        made = 0
        while made < count:
            kind = draw.choice(KINDS)
            bent = alter(kind, whole, draw)
            if bent == whole:
                continue
            made += 1
            told[f"{name}: {kind}"] += 1
            try:
                look(bent)
            except Refused:
                continue
            undetected.append(f"{name}: {kind}")
    print(json.dumps(dict(sorted(told.items()))))
    assert undetected == []


def test_an_older_list_or_journal_put_in_place_of_a_newer_is_told(tmp_path: Path) -> None:
    rows = leaves(48)
    notes = [checkpoint(size, rows) for size in (16, 32, 48)]
    for length in (1, 2):
        journal.write_export(tmp_path / "old", ORIGIN, rows, notes[:length], SEED)
        with pytest.raises(Altered, match="older copy"):
            journal.verify_export(tmp_path / "old", KEYS, known=notes[2:])


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[dict[str, str]]:
    if request.param == "sqlite":
        yield environment(tmp_path)
    else:
        cluster: Cluster = request.getfixturevalue("postgres")
        yield environment(tmp_path, cluster.database())


def test_no_altered_row_of_any_table_passes(
    place: dict[str, str], faults_count: Callable[[int, int], int]
) -> None:
    """Older rows put back, ciphertexts swapped between rows, triggers taken away, what they noted wiped out."""
    rows, of_journal = (faults_count(60, 1_750), faults_count(8, 500))
    done = subprocess.run(
        [sys.executable, str(HERE / "altering.py"), str(rows), str(of_journal), "20250516"],
        env=place | {"PYTHONHASHSEED": "0"},
        cwd=HERE,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    print(json.dumps(found))
    assert found["undetected"] == []
    assert sum(found["made"].values()) == rows + of_journal
    assert found["tables"] > 30
