"""Backups of whole instances: what comes back, what is refused, what is told; drills leave nothing."""

from __future__ import annotations

import hashlib
import json
import random
import shutil
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pyrage
import pytest

from obmin.files import packages
from obmin.files.backups import MANIFEST, SIGNATURE
from tests.cli.command import OBMIN, Holder, done, environment, holder, inside, obmin, serving
from tests.cli.conftest import Live
from tests.cluster import Cluster
from tests.files.test_backups import forge

OLENA, IVAN = "0123456789abcdef", "fedcba9876543210"
PEOPLE = f"""
from obmin.audit.perform import perform
from obmin.core import record
from obmin.core.access import Actor, Role
from obmin.people.models import Identity, Person
from obmin.vault import cells
registrar = Actor("r", frozenset({{Role.REGISTRAR}}), "UKR", fresh=True)
with perform("register.import", actor=registrar) as gate:
    for key, name in (("{OLENA}", "Олена Невідома"), ("{IVAN}", "Іван Безіменний")):
        person = Person.objects.create(key=key, register="held", power="UKR", state="REGISTERED",
                                       source_mark=key, since=gate.now)
        identity = Identity(person=person, edition=gate.entry)
        cells.fill(identity, record.Identity(name=name))
        identity.save()
"""
ERASE = f"""
from obmin.core.access import Actor, Role
from obmin.people.erasure import erase
from obmin.people.models import Person
protection = Actor("d", frozenset({{Role.PROTECTION}}), "UKR", fresh=True)
legal = Actor("l", frozenset({{Role.LEGAL}}), "UKR", fresh=True)
erase(Person.objects.get(pk="{OLENA}"), actor=protection, second=legal, reason="She asked")
"""
CLOSE = "from obmin.audit import journal; journal.close()"
STATE = """
import json
from obmin.audit import alarms, inspection
from obmin.audit.models import Entry
from obmin.people.models import Identity
from obmin.vault import cells
from obmin.vault.keeper import Reader
found = inspection.inspect()
named = {i.pk: cells.value(i, Reader("system", whole=True)) for i in Identity.objects.all()}
print(json.dumps({
    "problems": found.problems, "names": {k: v.name for k, v in named.items() if v},
    "acts": list(Entry.objects.exclude(act="").order_by("index").values_list("act", flat=True)),
    "facts": [json.loads(e.body)["facts"] for e in Entry.objects.filter(act="instance.restore")],
    "alarms": [a.kind.value for a in alarms.open_alarms()],
}))
"""


@dataclass(frozen=True, slots=True)
class Kept:
    """An instance of two people, its backup, and the checkpoint that somebody else kept then."""

    home: Path
    backup: Path
    known: Path
    officer: Holder

    def restore(self, *options: object, **more: str) -> subprocess.CompletedProcess[str]:
        return obmin("restore", self.backup, "--identity", self.officer.file, *options, **more)


def keep(folder: Path, **more: str) -> Kept:
    officer = holder(folder, "A")
    kept = Kept(folder / "home", folder / "b.age", folder / "known", officer)
    done("init", "--home", kept.home, **more)
    inside(kept.home, PEOPLE + CLOSE, **more)
    shutil.copy(kept.home / "journal.mark", kept.known)
    done("backup", "--home", kept.home, "--to", kept.backup, "--recipient", officer.recipient, **more)
    return kept


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    return keep(tmp_path_factory.mktemp("kept"))


@pytest.fixture(scope="session")
def later(kept: Kept) -> Kept:
    """The same instance a while after: somebody was erased, and others have seen a longer journal."""
    inside(kept.home, ERASE + CLOSE)
    shutil.copy(kept.home / "journal.mark", kept.known.with_name("later"))
    return kept


def state(home: Path, **more: str) -> dict:
    return json.loads(inside(home, STATE, **more))


def test_it_comes_back_whole_and_says_so(kept: Kept, tmp_path: Path) -> None:
    found = kept.restore("--to", tmp_path / "home", "--known", kept.known, "--json")
    assert found.returncode == 0, found.stderr
    told = json.loads(found.stdout)
    assert (told["behind"], len(told["steps"]) >= 3) == (0, True)
    now = state(tmp_path / "home")
    assert (now["problems"], now["alarms"]) == ([], [])
    assert now["names"] == {OLENA: "Олена Невідома", IVAN: "Іван Безіменний"}
    assert now["acts"][-2:] == ["instance.backup", "instance.restore"]
    assert not (tmp_path / "home" / "restored.json").exists()


def test_the_key_that_others_keep_tells_whose_it_is(kept: Kept, tmp_path: Path) -> None:
    code = "from obmin.negotiation import keys; keys.publish(Path(sys.argv[2]))"
    inside(kept.home, code, str(tmp_path / "keys"))
    own = kept.restore("--drill", "--key", tmp_path / "keys" / "backups.pub")
    other = kept.restore("--drill", "--key", tmp_path / "keys" / "rounds.pub")
    assert (own.returncode, other.returncode) == (0, 1)


def test_an_older_copy_is_refused_and_its_gap_is_told(later: Kept, tmp_path: Path) -> None:
    before = set(tmp_path.iterdir())
    found = later.restore("--to", tmp_path / "home", "--known", later.known.with_name("later"))
    assert found.returncode == 1
    assert "1023 leaves more than its 1025" in found.stdout
    assert set(tmp_path.iterdir()) == before


def test_an_older_copy_that_may_be_taken_is_on_record_and_an_alarm(later: Kept, tmp_path: Path) -> None:
    """Also whoever was erased since is erased again, by the newer list."""
    newest = later.known.with_name("later")
    options = [
        "--known",
        newest,
        "--accept-older",
        "Пожежа",
        "--shredded",
        later.home / "keys" / "shredded.txt",
    ]
    found = later.restore("--to", tmp_path / "home", *options)
    assert found.returncode == 0, found.stderr
    now = state(tmp_path / "home")
    assert now["problems"] == []
    assert now["names"] == {IVAN: "Іван Безіменний"}
    assert now["alarms"] == ["older-copy"]
    (facts,) = now["facts"]
    assert (facts["behind"], facts["erased"], facts["leaves"]) == (1023, 1, 1025)
    with sqlite3.connect(tmp_path / "home" / "obmin.sqlite3") as database:
        row = database.execute("SELECT wrapped, sealed FROM people_identity WHERE person_id = ?", [OLENA])
        assert row.fetchone() == (b"", b"")


def test_a_checkpoint_of_another_journal_is_refused(later: Kept, tmp_path: Path) -> None:
    """The instance was restored once, and went another way than the one that others have seen."""
    assert later.restore("--to", tmp_path / "home", "--known", later.known).returncode == 0
    inside(tmp_path / "home", CLOSE)
    found = later.restore("--drill", "--known", tmp_path / "home" / "journal.mark")
    assert found.returncode == 1
    to = ["--to", tmp_path / "b.age", "--recipient", later.officer.recipient]
    done("backup", "--home", tmp_path / "home", *to)
    newest = later.known.with_name("later")
    found = obmin("restore", tmp_path / "b.age", "--identity", later.officer.file, "--drill", "--known", newest)
    assert (found.returncode, "Another journal" in found.stdout) == (1, True)


def test_a_drill_does_all_of_it_and_leaves_nothing(kept: Kept, tmp_path: Path) -> None:
    found = kept.restore("--drill", "--known", kept.known, "--json", TMPDIR=str(tmp_path))
    assert found.returncode == 0, found.stderr
    told = json.loads(found.stdout)
    assert told["opened"] >= 2
    assert all(step["seconds"] >= 0 for step in told["steps"])
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_one_is_refused_and_leaves_nothing(kept: Kept, tmp_path: Path) -> None:
    raw = bytearray(kept.backup.read_bytes())
    raw[len(raw) // 2] ^= 1
    (tmp_path / "b").write_bytes(raw)
    (tmp_path / "t").mkdir()
    options = ["--identity", kept.officer.file, "--known", kept.known]
    into = obmin("restore", tmp_path / "b", "--to", tmp_path / "home", *options)
    drill = obmin("restore", tmp_path / "b", "--drill", *options, TMPDIR=str(tmp_path / "t"))
    assert (into.returncode, drill.returncode) == (1, 1)
    assert {p.name for p in tmp_path.rglob("*")} == {"b", "t"}


def test_what_was_done_past_the_gate_comes_back_to_nobody(kept: Kept, tmp_path: Path) -> None:
    """A database that somebody changed by hand is backed up as it is, and not brought back as sound."""
    shutil.copytree(kept.home, tmp_path / "home")
    to = ["--home", tmp_path / "home", "--to", tmp_path / "b", "--recipient", kept.officer.recipient]
    done("backup", *to)
    with sqlite3.connect(tmp_path / "home" / "obmin.sqlite3") as database:
        for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            database.execute(f'DROP TRIGGER "{name}"')
        database.execute("UPDATE people_person SET state = 'RELEASED'")
    obmin("backup", *to)
    found = obmin("restore", tmp_path / "b", "--identity", kept.officer.file, "--to", tmp_path / "again")
    assert found.returncode == 1
    assert "people_person" in found.stdout
    assert not (tmp_path / "again").exists()


@pytest.mark.faults
def test_a_restoration_that_is_killed_is_whole_or_not_there(
    kept: Kept, tmp_path: Path, faults_count: Callable[[int, int], int]
) -> None:
    draw, to = random.Random(3), tmp_path / "home"
    command = [*OBMIN, "restore", str(kept.backup), "--to", str(to), "--identity", str(kept.officer.file)]
    began = time.monotonic()
    subprocess.run(command, env=environment(), check=True, capture_output=True)
    usual = time.monotonic() - began
    shutil.rmtree(to)
    for _ in range(faults_count(3, 60)):
        running = subprocess.Popen(command, env=environment(), stdout=subprocess.DEVNULL)
        time.sleep(usual * (0.3 + draw.random() * 0.8))
        running.send_signal(signal.SIGKILL)
        running.wait()
        if to.exists():
            assert state(to)["problems"] == []
            shutil.rmtree(to)
    subprocess.run(command, env=environment(), check=True, capture_output=True)
    assert {p.name for p in tmp_path.iterdir()} == {"home"}  # what they left was cleared away


# --- live -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def live_kept(live_made: Live, tmp_path_factory: pytest.TempPathFactory) -> Kept:
    """A live instance of two people that was backed up, and tried by a drill, while it was open."""
    folder = tmp_path_factory.mktemp("live-kept")
    shutil.copytree(live_made.home, folder / "home")
    (folder / "home").chmod(0o700)
    kept = Kept(folder / "home", folder / "b.age", folder / "known", live_made.officers[2])
    with serving(kept.home):
        live_made.unseal(kept.home)
        inside(kept.home, PEOPLE + CLOSE)
        shutil.copy(kept.home / "journal.mark", kept.known)
        done("backup", "--home", kept.home, "--to", kept.backup)
        drill = kept.restore("--drill", "--known", kept.known, "--home", kept.home, "--json")
        assert json.loads(drill.stdout)["opened"] > 2
    return kept


def test_a_live_one_comes_back_sealed_and_opens_for_its_officers(
    live_kept: Kept, live_made: Live, tmp_path: Path
) -> None:
    again, known = tmp_path / "again", ("--known", live_kept.known)
    sealed = live_kept.restore("--drill", *known, "--home", live_kept.home)
    assert (sealed.returncode, "not opened" in sealed.stdout) == (0, True)
    unchecked = live_kept.restore("--to", again)
    assert (unchecked.returncode, "--known" in unchecked.stderr, again.exists()) == (2, True, False)
    assert live_kept.restore("--to", again, *known).returncode == 0
    identity = pyrage.x25519.Identity.from_str(live_kept.officer.file.read_text().splitlines()[-1])
    inner = pyrage.decrypt(live_kept.backup.read_bytes(), [identity])
    restored = b"".join(p.read_bytes() for p in again.rglob("*") if p.is_file())
    for word in ("Невідома", "Безіменний", "Nevidoma", "Bezimennyi"):
        assert word.encode() not in inner + restored
    sessions = "keys/sessions.secret"
    assert (again / sessions).read_bytes() != (live_kept.home / sessions).read_bytes()
    with serving(again) as it:
        assert it.get("/sign-in").status == 503
        live_made.unseal(again)
        assert it.get("/sign-in").status == 200
        now = state(again)
        assert (now["problems"], now["acts"][-1]) == ([], "instance.restore")
        assert now["names"] == {OLENA: "Олена Невідома", IVAN: "Іван Безіменний"}


def test_a_live_one_that_somebody_else_signed_stays_closed(
    live_kept: Kept, live_made: Live, tmp_path: Path
) -> None:
    """Whoever knows the recipients can write a file that opens; the root tells that its key is not ours."""
    forged, again = tmp_path / "b.age", tmp_path / "again"
    _sign_anew(live_kept.backup, forged, live_kept.officer)
    done("restore", forged, "--identity", live_kept.officer.file, "--known", live_kept.known, "--to", again)
    with serving(again) as it:
        live_made.unseal(again)
        answer = it.get("/sign-in")
        assert (answer.status, "stays closed" in answer.text) == (503, True)
        assert obmin("codes", "--home", again).returncode == 1


def _sign_anew(backup: Path, out: Path, officer: Holder) -> None:
    stranger = packages.signing_key(b"s" * 32)

    def change(held: dict[str, bytes]) -> dict[str, bytes]:
        public = packages.public_key_text(stranger).encode()
        words = packages.parse(held[MANIFEST])
        for member in words["members"]:
            if member["name"] == "public/backups.pub":
                member.update(sha256=hashlib.sha256(public).hexdigest(), size=len(public))
        body = packages.canonical(words)
        signature = packages.sign(body, stranger, comment="forged").encode()
        return held | {"public/backups.pub": public, MANIFEST: body, SIGNATURE: signature}

    forge(backup, out, change, officer.file.read_text().splitlines()[-1])


# --- PostgreSQL -------------------------------------------------------------------------------------------


def test_postgresql_comes_back_into_an_empty_database(postgres: Cluster, tmp_path: Path) -> None:
    first, second = postgres.database(), postgres.database()
    kept = keep(tmp_path, OBMIN_DATABASE_URL=first)
    inside(kept.home, ERASE + CLOSE, OBMIN_DATABASE_URL=first)
    newest = kept.home / "journal.mark"
    full = kept.restore("--to", tmp_path / "again", "--known", kept.known, OBMIN_DATABASE_URL=first)
    assert (full.returncode, "name an empty one" in full.stderr) == (2, True)
    older = kept.restore("--to", tmp_path / "again", "--known", newest, "--database", second)
    assert (older.returncode, (tmp_path / "again").exists()) == (1, False)
    drill = kept.restore("--drill", "--known", kept.known, "--database", second)
    assert drill.returncode == 0, drill.stderr
    done_ = kept.restore("--to", tmp_path / "again", "--known", kept.known, "--database", second)
    assert done_.returncode == 0, done_.stderr  # the refused one and the drill have left it empty
    now = state(tmp_path / "again", OBMIN_DATABASE_URL=second)
    assert now["problems"] == []
    assert now["names"] == {OLENA: "Олена Невідома", IVAN: "Іван Безіменний"}
    assert now["acts"][-1] == "instance.restore"
