"""`obmin journal`: what an auditor types, and what the answer is."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from obmin.core import chain
from obmin.files import packages

WITNESS = bytes(range(32))


def obmin(*words: str | Path) -> subprocess.CompletedProcess[str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("OBMIN_", "DJANGO_"))}
    command = [str(Path(sys.executable).parent / "obmin"), *map(str, words)]
    return subprocess.run(command, env=kept, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("instance") / "home"
    made = obmin("init", "--home", found)
    assert made.returncode == 0, made.stderr
    return found


@pytest.fixture(scope="module")
def handed_out(home: Path) -> list[Path]:
    """The journal handed out twice, a stretch apart."""
    files = [home.parent / name for name in ("first.txt", "second.txt")]
    for file in files:
        done = obmin("journal", "export", "--home", home, "--out", file)
        assert done.returncode == 0, done.stderr
    from obmin.files.instance import load

    (home.parent / "keys").mkdir()
    public = packages.public_key_text(packages.signing_key(load(home).secret("journal")))
    (home.parent / "keys" / "journal.pub").write_text(public)
    return files


def last_note(file: Path) -> str:
    return "\n\n".join(file.read_text(encoding="utf-8").split("\n\n")[-2:])


def test_a_journal_handed_out_is_whole_and_its_making_is_on_record(handed_out: list[Path]) -> None:
    for file in handed_out:
        assert obmin("journal", "verify", file).returncode == 0
    first = handed_out[0].read_text(encoding="utf-8")
    assert '"act":"journal.export"' in first


def test_an_older_copy_is_no_answer_to_whoever_has_seen_more(handed_out: list[Path], tmp_path: Path) -> None:
    for file, name in zip(handed_out, ("old.note", "new.note"), strict=True):
        (tmp_path / name).write_text(last_note(file), encoding="utf-8")
    old, new = tmp_path / "old.note", tmp_path / "new.note"
    assert obmin("journal", "verify", handed_out[1], "--since", old, "--since", new).returncode == 0
    older = obmin("journal", "verify", handed_out[0], "--since", new)
    assert (older.returncode, "older copy" in older.stdout) == (1, True)
    bent = tmp_path / "bent.note"
    bent.write_text(last_note(handed_out[0]).replace("\n1024\n", "\n1023\n"), encoding="utf-8")
    assert obmin("journal", "verify", handed_out[1], "--since", bent).returncode == 1


def test_as_many_cosigners_as_are_asked_for(home: Path, handed_out: list[Path], tmp_path: Path) -> None:
    key, other = tmp_path / "witness.pub", tmp_path / "other.pub"
    key.write_text(packages.public_key_text(packages.signing_key(WITNESS)), encoding="utf-8")
    other.write_text(packages.public_key_text(packages.signing_key(bytes(32))), encoding="utf-8")
    assert obmin("journal", "verify", handed_out[1], "--cosigner", key).returncode == 1
    note = chain.cosign(last_note(handed_out[1]), "obmin/ntr/witness", WITNESS, 1)
    code = (
        "import django, sys; django.setup()\n"
        "from obmin.audit import journal\n"
        f"journal.keep_cosigned(sys.stdin.read(), {{'obmin/ntr/witness': {chain.public_key(WITNESS)!r}}})\n"
        "from pathlib import Path; journal.export(Path(sys.argv[1]))\n"
    )
    file = handed_out[0].with_name("third.txt")
    env = os.environ | {"OBMIN_HOME": str(home), "DJANGO_SETTINGS_MODULE": "obmin.config.settings"}
    subprocess.run([sys.executable, "-c", code, file], input=note, text=True, env=env, check=True)
    good = obmin("journal", "verify", file, "--cosigner", key, "--json")
    assert good.returncode == 0, good.stderr
    assert json.loads(good.stdout)["cosigned"] == {"obmin/ntr/witness": 2048}
    assert obmin("journal", "verify", file, "--cosigner", key, "--cosigner", other).returncode == 1
    assert (
        obmin("journal", "verify", file, "--cosigner", key, "--cosigner", other, "--need", "1").returncode == 0
    )
    assert obmin("journal", "verify", "--home", home).returncode == 0


def test_an_instance_answers_for_its_tables(home: Path, handed_out: list[Path], tmp_path: Path) -> None:
    new = tmp_path / "new.note"
    new.write_text(last_note(handed_out[1]), encoding="utf-8")
    assert obmin("journal", "verify", "--home", home, "--since", new).returncode == 0
    with sqlite3.connect(home / "obmin.sqlite3") as link:
        link.execute("UPDATE accounts_appointment SET role = 'approver' WHERE role = 'guard'")
    altered = obmin("journal", "verify", "--home", home)
    assert altered.returncode == 1
    assert "accounts_appointment" in altered.stdout
    assert "past the gate" in altered.stdout
