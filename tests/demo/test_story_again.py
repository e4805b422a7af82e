"""The story played again: elsewhere, without a network, killed, stopped, changed, and with other numbers."""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.demo.conftest import SIDES, Run, command, obmin, surroundings

Play = Callable[..., Run]
FEW = ("--people", "3000")

# Refuses every socket that is not of this machine, in each Python process that finds it on its path.
NO_NETWORK = """
import sys

def guard(event, args):
    if event in ("socket.connect", "socket.sendto", "socket.bind"):
        address = args[1]
        if isinstance(address, tuple) and address[0] not in ("127.0.0.1", "::1", "localhost", ""):
            raise OSError(f"no network in this test: {address}")
    if event in ("socket.getaddrinfo", "socket.gethostbyname") and args[0] not in (
        "localhost", "127.0.0.1", "::1", "", None
    ):
        raise OSError(f"no network in this test: {args[0]}")

sys.addaudithook(guard)
"""


def processes_of(out: Path) -> list[str]:
    """The command lines of living processes that speak of a folder."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                words = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            except OSError:
                continue
            if str(out) in words:
                found.append(words)
    return found


def gone(out: Path, seconds: float = 60) -> bool:
    """Whether every process that works on a folder ends within some seconds."""
    until = time.monotonic() + seconds
    while left := processes_of(out):
        if time.monotonic() > until:
            print(left)
            return False
        time.sleep(0.1)
    return True


def begin(out: Path, *arguments: str) -> subprocess.Popen[str]:
    """Starts the demo in a process group of its own, as a terminal does."""
    return subprocess.Popen(
        command("demo", "--out", str(out), *arguments),
        env=surroundings(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        start_new_session=True,
    )


def interrupted(out: Path, *arguments: str, after: float, by: signal.Signals) -> bool:
    """Starts the demo and stops its whole group after some seconds; false if it had ended by itself."""
    process = begin(out, *arguments)
    try:
        process.communicate(timeout=after)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, by)
        process.communicate()
        return True
    assert process.returncode == 0
    return False


def copied(run: Run, to: Path) -> Path:
    shutil.copytree(run.out, to)
    return to


def whole(run: Run) -> dict[str, str]:
    """Everything that lies in a run's folder: artefacts by their bytes, databases by what is in them."""
    found = {}
    for path in sorted(run.out.rglob("*")):
        if not path.is_file() or path.name.endswith(("-wal", "-shm")) or path.name == ".story":
            continue
        if path.suffix == ".sqlite3":
            with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as connection:
                text = "\n".join(connection.iterdump()).encode()
        else:
            text = path.read_bytes()
        found[str(path.relative_to(run.out))] = hashlib.sha256(text).hexdigest()
    return found


def test_same_seed_same_bytes_elsewhere_without_a_network(demo: Play, story: Run, tmp_path: Path) -> None:
    guard = tmp_path / "guard"
    guard.mkdir()
    (guard / "sitecustomize.py").write_text(NO_NETWORK)
    reach = "import socket; socket.create_connection(('192.0.2.1', 80), 1)"
    refused = subprocess.run(
        [sys.executable, "-c", reach],
        env=surroundings(PYTHONPATH=str(guard)),
        check=False,
        capture_output=True,
        encoding="utf-8",
    )
    assert "no network in this test" in refused.stderr
    again = demo(
        tmp_path / "elsewhere" / "a name with spaces",
        PYTHONPATH=os.pathsep.join(filter(None, (str(guard), os.environ.get("PYTHONPATH")))),
        PYTHONHASHSEED="4711",
        TZ="Pacific/Kiritimati",
        LC_ALL="C.UTF-8",
        POLARS_MAX_THREADS="1",
        NUMBA_NUM_THREADS="1",
        OMP_NUM_THREADS="1",
        OBMIN_DATABASE_URL="sqlite:////dev/null",
    )
    assert again.code == 0, again.said + again.complained
    ours, theirs = story.bytes_of_artefacts(), again.bytes_of_artefacts()
    assert sorted(ours) == sorted(theirs)
    assert [name for name in ours if ours[name] != theirs[name]] == []


def test_another_seed_is_another_story(demo: Play, small: Run, tmp_path: Path) -> None:
    ended = demo(small.out, *FEW, "--seed", "2")
    assert (ended.code, ended.said) == (2, "")
    assert "another story" in ended.complained
    ended = demo(small.out, "--people", "3001")
    assert (ended.code, ended.said) == (2, "")
    assert "another story" in ended.complained


def test_a_second_run_verifies_the_first(demo: Play, small: Run, tmp_path: Path) -> None:
    out = copied(small, tmp_path / "out")
    (out / "sides" / "UKR" / "lists" / "2" / "list.csv").unlink()
    again = demo(out, *FEW)
    assert again.code == 0, again.said + again.complained
    assert again.bytes_of_artefacts() == small.bytes_of_artefacts()
    for name in ("handover/RUS/carried-out.csv", "rounds/05-proposal-UKR.json", "sides/RUS/journal.txt"):
        path = out / name
        before = path.read_bytes()
        path.write_bytes(before.replace(b"2025-05-2", b"2025-05-1", 1))
        changed = demo(out, *FEW)
        assert changed.code in (1, 2), name
        assert name in changed.said + changed.complained
        assert path.read_bytes() != before, "what somebody changed was covered up"
        path.write_bytes(before)


BY_HAND = """
import os, sys
os.environ["OBMIN_HOME"] = sys.argv[1]
os.environ["DJANGO_SETTINGS_MODULE"] = "obmin.config.settings"
import django
django.setup()
from obmin.accounts import arrivals, people
from obmin.accounts.models import Account
from obmin.core.access import Role
from obmin.core.errors import Refused
from obmin.people import register
from obmin.people.models import Person
officer = people.holder(Role.REGISTRAR)
arrivals.by_link(people.issue_link(Account.objects.get(pk=officer.id)))
try:
    register.correct(Person.objects.first(), "surname", "X", actor=people.holder(Role.PRESS), reason="no")
except Refused:
    pass
if sys.argv[2] == "act":
    register.correct(Person.objects.first(), "unit", "1", actor=officer, reason="The paybook says so.")
"""


def test_a_home_that_a_person_has_changed_is_left_alone(demo: Play, small: Run, tmp_path: Path) -> None:
    out = copied(small, tmp_path / "out")
    home = str(out / "sides" / "RUS" / "home")

    def by_hand(what: str) -> None:
        subprocess.run([sys.executable, "-c", BY_HAND, home, what], env=surroundings(), check=True)

    by_hand("sign in, and be refused")
    looked = demo(out, *FEW)
    assert looked.code == 0, looked.said + looked.complained
    assert looked.bytes_of_artefacts() == small.bytes_of_artefacts()
    by_hand("act")
    (out / "sides" / "RUS" / "journal.txt").unlink()
    before = whole(looked)
    again = demo(out, *FEW)
    assert (again.code, again.said) == (2, "")
    assert "register.correct" in again.complained
    assert whole(again) == before


def test_too_few_people_is_an_answer_with_the_clauses_that_clash(demo: Play, tmp_path: Path) -> None:
    ended = demo(tmp_path / "out", "--people", "500")
    assert ended.code == 1
    assert ended.complained == ""
    for words in ("T1-military", "880 soldiers", "cannot hold together", "a list exists if"):
        assert words in ended.said.replace("T2", "T1")
    assert gone(tmp_path / "out")
    told = obmin("demo", "--out", str(tmp_path / "out"), "--people", "500", "--json")
    assert told.returncode == 1
    assert json.loads(told.stdout)["code"] == "infeasible"


def test_what_cannot_be_done_ends_with_2_and_a_reason(demo: Play, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    for out in (tmp_path / "file", tmp_path / "file" / "out", Path("/proc/obmin")):
        ended = demo(out, *FEW)
        assert (ended.code, ended.said) == (2, "")
        assert "cannot be written to" in ended.complained
        assert "Traceback" not in ended.complained
    ended = demo(tmp_path / "none", "--people", "0")
    assert ended.code == 2
    assert "Traceback" not in ended.complained


@pytest.mark.faults
def test_killed_at_any_moment_it_ends_the_same(
    demo: Play, small: Run, tmp_path: Path, faults_count: Callable[[int, int], int]
) -> None:
    wanted, killed, story = faults_count(2, 40), 0, 0
    seconds = json.loads((small.out / "summary.json").read_text())["seconds"]
    die = random.Random(wanted)
    while killed < wanted:
        out = tmp_path / f"story-{story}"
        for _ in range(min(5, wanted - killed)):
            if not interrupted(out, *FEW, after=die.uniform(0.3, 0.7) * seconds, by=signal.SIGKILL):
                break
            killed += 1
        story += 1
        ended = demo(out, *FEW)
        assert ended.code == 0, ended.said + ended.complained
        assert ended.bytes_of_artefacts() == small.bytes_of_artefacts()
        assert not [path for path in out.rglob("*") if path.name.endswith((".new", ".old"))]


def test_ctrl_c_leaves_no_half_file_and_no_process(small: Run, tmp_path: Path) -> None:
    seconds = json.loads((small.out / "summary.json").read_text())["seconds"]
    for share in (0.2, 0.6):
        out = tmp_path / f"{share}"
        process = begin(out, *FEW)
        time.sleep(share * seconds)
        os.killpg(process.pid, signal.SIGINT)
        _, complained = process.communicate(timeout=60)
        assert process.returncode == 130
        assert "Traceback" not in complained, complained
        assert gone(out, 5)
        assert not [path for path in out.rglob("*") if path.name.endswith((".new", ".old"))]


def test_parties_do_not_outlive_a_driver_that_is_killed(tmp_path: Path) -> None:
    out = tmp_path / "out"
    process = begin(out, *FEW)
    until = time.monotonic() + 60
    while len(processes_of(out)) < 4 and time.monotonic() < until:
        time.sleep(0.1)
    assert len(processes_of(out)) == 4
    process.kill()
    process.communicate()
    assert gone(out)


def test_no_party_sees_another_database(story: Run) -> None:
    keys = [{key for (key,) in story.query(side, "SELECT key FROM people_person")} for side in SIDES]
    assert not keys[0] & keys[1]
