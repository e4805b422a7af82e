"""The journal as a file: whoever has it and the keys can tell whether a byte of it was changed."""

from __future__ import annotations

import base64
import hashlib
import os
import random
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from obmin.core import chain
from obmin.core.chain import Leaf
from obmin.core.errors import Altered, NotFound, Refused, Unreadable
from obmin.files import journal, journal_lines

SEED, WITNESS = b"s" * 32, b"w" * 32
ORIGIN = "obmin/UKR"
KEYS = {ORIGIN: chain.public_key(SEED), "neutral": chain.public_key(WITNESS)}
VERIFIER = Path(__file__).parents[2] / "docs/reference/verify_journal.py"
ALTERATIONS = 10_000 if os.environ.get("OBMIN_FULL") == "1" else 1_500


def entry(number, salt=b""):
    secret = hashlib.sha256(b"salt %d" % number + salt).digest()
    day = f"2025-05-{number % 28 + 1:02d}"
    facts = {"n": number, "word": "перевірено"}
    body = chain.canonical({"act": "tracing.judge", "actor": f"u{number % 7}", "at": day, "facts": facts})
    return Leaf(chain.commit(secret, body), secret, body)


def leaves(count):
    """Entries, every fifth leaf a filler."""
    return [Leaf(chain.filler(b"f" * 32, n)) if n % 5 == 4 else entry(n) for n in range(count)]


def notes(rows, sizes, *, cosigned=True):
    hashes = [chain.leaf_hash(leaf.content) for leaf in rows]
    signed = [chain.sign_checkpoint(ORIGIN, size, chain.tree_root(hashes[:size]), SEED) for size in sizes]
    return (
        [chain.cosign(note, "neutral", WITNESS, 1_747_500_000 + n) for n, note in enumerate(signed)]
        if cosigned
        else signed
    )


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    path = tmp_path_factory.mktemp("journal") / "UKR.journal"
    rows = leaves(50)
    journal.write_export(path, ORIGIN, rows, notes(rows, (16, 32, 48)), SEED)
    return path


def test_a_whole_file_is_reported_with_what_it_holds(whole):
    report = journal.verify_export(whole, KEYS)
    assert (report.origin, report.leaves, report.opened, report.closed) == (ORIGIN, 48, 39, 9)
    assert (report.checkpoints, report.cosigned, report.unchecked) == (3, {"neutral": 48}, ())
    assert journal.verify_export(whole, {ORIGIN: KEYS[ORIGIN]}).unchecked == ("neutral",)
    assert [index for index, _ in journal.read_entries(whole)] == [n for n in range(48) if n % 5 != 4]
    assert list(journal.read_leaves(whole)) == leaves(48)


def test_the_same_journal_is_written_as_the_same_bytes(whole, tmp_path):
    rows = leaves(50)
    journal.write_export(tmp_path / "again", ORIGIN, iter(rows), notes(rows, (16, 32, 48)), SEED)
    assert (tmp_path / "again").read_bytes() == whole.read_bytes()
    assert list(tmp_path.iterdir()) == [tmp_path / "again"]


def test_nothing_is_left_half_written(tmp_path):
    rows = leaves(16)
    wrong = [*rows[:5], Leaf(b"x" * 32, rows[5].salt, rows[5].body), *rows[6:]]
    for given, signed in [(wrong, notes(rows, (16,))), (rows[:9], notes(rows, (16,))), (rows, [])]:
        with pytest.raises(Refused):
            journal.write_export(tmp_path / "out", ORIGIN, given, signed, SEED)
    assert list(tmp_path.iterdir()) == []


def alter(raw, draw):
    """One random alteration of the bytes or lines of a file, and its name."""
    kind = draw.choice(["byte", "bit", "cut", "put", "delete", "swap", "double", "truncate", "move", "borrow"])
    data, lines = bytearray(raw), raw.split(b"\n")
    place = draw.randrange(len(raw))
    one, other = draw.randrange(len(lines)), draw.randrange(len(lines))
    if kind == "byte":
        data[place] = draw.randrange(256)
    elif kind == "bit":
        data[place] ^= 1 << draw.randrange(8)
    elif kind == "cut":
        del data[place : place + draw.randrange(1, 9)]
    elif kind == "put":
        data[place:place] = draw.randbytes(draw.randrange(1, 4))
    elif kind == "truncate":
        del data[place:]
    else:
        if kind == "delete":
            del lines[one]
        elif kind == "swap":
            lines[one], lines[other] = lines[other], lines[one]
        elif kind == "double":
            lines.insert(one, lines[one])
        elif kind == "move":
            lines.insert(other, lines.pop(one))
        else:
            lines[one] = lines[other]
        data = bytearray(b"\n".join(lines))
    return kind, bytes(data)


@pytest.mark.faults
def test_no_random_alteration_goes_undetected(whole, tmp_path):
    raw, draw = whole.read_bytes(), random.Random(20250516)
    path, tried = tmp_path / "altered", 0
    while tried < ALTERATIONS:
        kind, bent = alter(raw, draw)
        if bent == raw:
            continue
        tried += 1
        path.write_bytes(bent)
        with pytest.raises((Altered, Unreadable)):
            pytest.fail(f"undetected: {kind}, {journal.verify_export(path, KEYS)}")


def bent(whole, tmp_path, change):
    lines = whole.read_bytes().split(b"\n")
    change(lines)
    path = tmp_path / "bent"
    path.write_bytes(b"\n".join(lines))
    with pytest.raises(Altered) as caught:
        journal.verify_export(path, KEYS)
    return str(caught.value)


def test_the_first_bad_line_or_stretch_is_named(whole, tmp_path):
    def edit(number, old, new):
        def change(lines):
            assert old in lines[number - 1]
            lines[number - 1] = lines[number - 1].replace(old, new)

        return change

    assert bent(whole, tmp_path, edit(9, b'"n":2', b'"n":3')).startswith("lines 7 to 22:")
    assert bent(whole, tmp_path, edit(30, b'"n":23', b'"n":24')).startswith("lines 23 to 38:")
    assert bent(whole, tmp_path, lambda lines: lines.__setitem__(20, b"nonsense")).startswith(
        "line 21: this is no leaf"
    )
    assert bent(whole, tmp_path, lambda lines: lines.__setitem__(20, lines[20].upper())).startswith("line 21:")
    assert bent(whole, tmp_path, edit(3, b"48 39 ", b"48 38 ")).startswith("the signature of obmin/UKR")
    assert bent(whole, tmp_path, edit(57, b"16", b"17")).startswith("line 55 and below:")


def test_an_entry_passed_off_as_a_filler_is_seen(whole, tmp_path):
    def hide(lines):
        lines[8] = leaves(9)[2].content.hex().encode()

    assert bent(whole, tmp_path, hide).startswith("line 3: 39 opened entries are announced, 38")


def test_a_checkpoint_taken_out_is_seen(whole, tmp_path):
    def take_out(lines):
        del lines[61:67]

    assert bent(whole, tmp_path, take_out).startswith("line 55 and below:")


def test_leaves_that_no_checkpoint_covers_are_not_the_journal(tmp_path):
    rows = leaves(20)
    below = b"\n" + notes(rows, (16,))[0].encode()
    opened = sum(leaf.salt is not None for leaf in rows)
    text = f"{journal.FORMAT}\n{ORIGIN}\n20 {opened} {hashlib.sha256(below).hexdigest()}\n"
    body = "".join(journal.leaf_line(leaf) + "\n" for leaf in rows).encode()
    (tmp_path / "longer").write_bytes(chain.sign_note(text, ORIGIN, SEED).encode() + b"\n" + body + below)
    with pytest.raises(Altered, match="line 23: from here on no checkpoint"):
        journal.verify_export(tmp_path / "longer", KEYS)


def test_a_forger_without_the_key_cannot_make_a_whole_file(tmp_path):
    rows = leaves(16)
    journal.write_export(tmp_path / "forged", ORIGIN, rows, notes(rows, (16,), cosigned=False), SEED)
    with pytest.raises(Altered):
        journal.verify_export(tmp_path / "forged", {ORIGIN: KEYS["neutral"]})
    with pytest.raises(Altered):
        journal.verify_export(tmp_path / "forged", {"neutral": KEYS["neutral"]})
    with pytest.raises(Altered):
        journal.verify_export(tmp_path / "forged", {})


def test_an_older_copy_and_a_second_history_are_told_by_what_others_kept(tmp_path):
    rows = leaves(48)
    kept = notes(rows, (16, 32, 48))
    old = tmp_path / "old"
    journal.write_export(old, ORIGIN, rows, kept[:2], SEED)
    assert journal.verify_export(old, KEYS, known=kept[:2]).leaves == 32
    with pytest.raises(Altered, match="older copy"):
        journal.verify_export(old, KEYS, known=kept)
    rewritten = [*rows[:3], entry(3, b"other"), *rows[4:]]
    second = tmp_path / "second"
    journal.write_export(second, ORIGIN, rewritten, notes(rewritten, (16, 32, 48)), SEED)
    assert journal.verify_export(second, KEYS).leaves == 48
    with pytest.raises(Altered, match="Another journal"):
        journal.verify_export(second, KEYS, known=kept[:1])


def test_what_is_no_journal_is_unreadable(tmp_path):
    for content in (b"", b"hello\n", b"\xff\xfe"):
        (tmp_path / "x").write_bytes(content)
        with pytest.raises(Unreadable):
            journal.verify_export(tmp_path / "x", KEYS)


def test_a_long_file_read_by_two_processes_gives_the_same_answers(whole, tmp_path, monkeypatch):
    single = journal.verify_export(whole, KEYS)
    monkeypatch.setattr(journal_lines, "SHARED", 2)
    assert journal.verify_export(whole, KEYS) == single
    rows = leaves(48)
    monkeypatch.setattr(journal_lines, "_BLOCK", 4)
    for length in (2, 3, 5, 31, 48):
        journal.write_export(tmp_path / "short", ORIGIN, rows, notes(rows, (length,)), SEED)
        assert journal.verify_export(tmp_path / "short", KEYS).leaves == length
    draw = random.Random(7)
    for _ in range(60):
        _, changed = alter(whole.read_bytes(), draw)
        (tmp_path / "bent").write_bytes(changed)
        answers = []
        for shared in (2, 10**9):
            monkeypatch.setattr(journal_lines, "SHARED", shared)
            try:
                answers.append(str(journal.verify_export(tmp_path / "bent", KEYS)))
            except Refused as refusal:
                answers.append(refusal.message)
        assert answers[0] == answers[1]


# --- one entry


def test_one_entry_is_proven_without_the_file(whole):
    for index in (0, 4, 17, 47):
        proof, line = journal.prove(whole, index, KEYS)
        point, where, leaf = journal.verify_proof(proof, line, KEYS)
        assert (point.size, where, leaf) == (48, index, leaves(48)[index])
    with pytest.raises(NotFound):
        journal.prove(whole, 48, KEYS)


def test_a_proof_of_a_million_leaves_fits_a_kilobyte():
    steps = (1_000_000 - 1).bit_length()
    text = (
        f"{journal.PROOF_FORMAT}\n{'o' * 24}\n999998 1000000\n{'A' * (-(-steps * 32 // 3) * 4)}\n{'A' * 92}\n"
    )
    assert len(text) <= 1024


def test_no_altered_proof_or_line_passes(whole):
    proof, line = journal.prove(whole, 17, KEYS)
    draw = random.Random(3)
    for _ in range(600):
        which = draw.choice([proof, line])
        place = draw.randrange(len(which))
        changed = which[:place] + draw.choice("aA0Zé\n ") + which[place + draw.randrange(2) :]
        if changed == which:
            continue
        pair = (changed, line) if which is proof else (proof, changed)
        with pytest.raises(Refused):
            pytest.fail(str(journal.verify_proof(*pair, KEYS)))


# --- the verifier that shares nothing with us


def independent(path, keys=KEYS):
    arguments = [f"{name}={key.hex()}" for name, key in keys.items()]
    return subprocess.run(
        [sys.executable, "-I", str(VERIFIER), str(path), *arguments],
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_independent_verifier_is_short_and_knows_nothing_of_obmin():
    text = VERIFIER.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 60
    imports = {
        line.split()[1].split(".")[0] for line in text.splitlines() if line.startswith(("import ", "from "))
    }
    assert imports <= {*sys.stdlib_module_names, "cryptography"}


def test_the_independent_verifier_agrees_on_the_whole_and_on_alterations(whole, tmp_path):
    good = independent(whole)
    assert (good.returncode, good.stdout) == (
        0,
        f"{ORIGIN}: all holds, 48 leaves, 3 checkpoints\n",
    )
    assert independent(whole, {"neutral": KEYS["neutral"]}).returncode != 0
    namespace = {"__name__": "verifier"}
    exec(compile(VERIFIER.read_text(encoding="utf-8"), str(VERIFIER), "exec"), namespace)
    draw, tried = random.Random(11), 0
    while tried < 300:
        kind, changed = alter(whole.read_bytes(), draw)
        if changed == whole.read_bytes():
            continue
        tried += 1
        (tmp_path / "bent").write_bytes(changed)
        with pytest.raises(Exception):  # noqa: B017, PT011 (a script: any exception ends it)
            pytest.fail(kind + namespace["main"](str(tmp_path / "bent"), KEYS))


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
def test_openssl_verifies_the_last_checkpoint_by_the_documented_steps(whole, tmp_path):
    steps = re.findall(
        r"```sh\n(.*?)```", (VERIFIER.parent / "journal.md").read_text(encoding="utf-8"), re.DOTALL
    )[0]

    def run(key):
        environment = {**os.environ, "KEY": base64.b64encode(key).decode()}
        return subprocess.run(
            ["bash", "-ec", steps], cwd=tmp_path, env=environment, capture_output=True, check=False
        ).returncode

    shutil.copy(whole, tmp_path / "journal.txt")
    assert run(KEYS[ORIGIN]) == 0
    assert (tmp_path / "text").read_text(encoding="utf-8").startswith(f"{ORIGIN}\n48\n")
    assert run(KEYS["neutral"]) != 0
