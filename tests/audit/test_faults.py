"""Two people at once, and the power cut: on the embedded database and on PostgreSQL."""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from obmin.core import chain
from tests.cluster import Cluster

HERE = Path(__file__).parent
pytestmark = pytest.mark.faults


def environment(home: Path, url: str = "") -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("OBMIN_")}
    more = {"OBMIN_HOME": str(home), "DJANGO_SETTINGS_MODULE": "obmin.config.settings"}
    return kept | more | ({"OBMIN_DATABASE_URL": url} if url else {})


def prepare(env: dict[str, str], keys: list[str]) -> None:
    """A migrated database with exchanges to fight over."""
    code = (
        "import django, sys; django.setup()\n"
        "from django.core.management import call_command; call_command('migrate', verbosity=0)\n"
        "from obmin.audit.perform import perform\n"
        "from obmin.core.access import Actor, Role\n"
        "from obmin.negotiation.models import Exchange\n"
        "officer = Actor('n', frozenset({Role.NEGOTIATOR}), 'UKR', fresh=True)\n"
        "with perform('terms.open', actor=officer, request='open/all') as gate:\n"
        "    Exchange.objects.bulk_create([Exchange(key=k, name_en='', name_uk='', other='RUS',"
        " opened_at=gate.now) for k in sys.argv[1:]])\n"
    )
    subprocess.run([sys.executable, "-c", code, *keys], env=env, check=True)


def sound(env: dict[str, str]) -> bool:
    """Whether the tables hold what the journal says, asked in a process of its own."""
    code = (
        "import django; django.setup()\nfrom obmin.audit import rows; assert rows.check().sound, rows.check()\n"
    )
    return subprocess.run([sys.executable, "-c", code], env=env, check=False).returncode == 0


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[dict[str, str]]:
    if request.param == "sqlite":
        yield environment(tmp_path)
    else:
        cluster: Cluster = request.getfixturevalue("postgres")
        yield environment(tmp_path, cluster.database())


def test_of_two_who_decide_at_once_one_wins(
    place: dict[str, str], faults_count: Callable[[int, int], int]
) -> None:
    keys = [f"race-{n}" for n in range(faults_count(25, 300))]
    prepare(place, keys)
    rivals = [
        subprocess.Popen(
            [sys.executable, str(HERE / "rival.py"), name, *keys],
            env=place,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for name in ("first", "second")
    ]
    for rival in rivals:
        assert rival.stdout
        assert rival.stdout.readline() == "ready\n"
    answers = []
    for _ in keys:
        for rival in rivals:
            assert rival.stdin
            rival.stdin.write("go\n")
            rival.stdin.flush()
        answers.append([rival.stdout.readline().strip() for rival in rivals if rival.stdout])
    for rival in rivals:
        rival.communicate()
    assert all(sorted(pair) in (["stale", "won"], ["won", "wrong-state"]) for pair in answers), answers
    entries = rows(place, "SELECT body FROM audit_entry WHERE act = 'terms.adopt'")
    done = [json.loads(body) for (body,) in entries]
    assert sum("refused" not in body for body in done) == len(keys)
    assert sum("refused" in body for body in done) == len(keys)
    assert sound(place)


def test_a_cut_loses_nothing_that_was_acknowledged(
    place: dict[str, str], faults_count: Callable[[int, int], int]
) -> None:
    prepare(place, [])
    draw = random.Random(20250516)
    acknowledged: set[int] = set()
    writers = subprocess.Popen(
        [sys.executable, str(HERE / "writer.py")],
        env=place,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert writers.stdin
    assert writers.stdout
    killed = faults_count(12, 300)
    for number in range(killed):
        writers.stdin.write(f"{number * 10_000}\n")
        writers.stdin.flush()
        writer = int(writers.stdout.readline())
        assert writers.stdout.readline() == "sound\n"  # what the one before left
        said = [writers.stdout.readline()]
        time.sleep(draw.random() * 0.12)
        os.kill(writer, signal.SIGKILL)
        said += iter(writers.stdout.readline, "dead\n")
        acknowledged |= {int(line) for line in said}
    writers.communicate()
    kept = {int(key.removeprefix("x-")) for (key,) in rows(place, "SELECT key FROM negotiation_exchange")}
    entries = rows(place, "SELECT body FROM audit_entry WHERE request <> 'open/all'")
    recorded = {int(json.loads(body)["request"].removeprefix("open/")) for (body,) in entries}
    assert len(acknowledged) >= killed
    assert acknowledged <= kept
    assert kept == recorded
    contents = [bytes(c) for (c,) in rows(place, 'SELECT content FROM audit_entry ORDER BY "index"')]
    ((size, frontier),) = rows(place, "SELECT size, frontier FROM audit_tree")
    assert size == len(contents)
    assert chain.Frontier.parse(size, frontier).root() == chain.Frontier().extend(contents).root()
    assert sound(place)


def rows(place: dict[str, str], query: str) -> list[tuple]:  # type: ignore[type-arg]
    """What the database itself says, past the application."""
    url = place.get("OBMIN_DATABASE_URL")
    if url is None:
        with sqlite3.connect(Path(place["OBMIN_HOME"]) / "obmin.sqlite3") as connection:
            return connection.execute(query).fetchall()
    import dj_database_url

    found = dj_database_url.parse(url)
    with psycopg.connect(
        host=found["HOST"], user=found["USER"], dbname=found["NAME"], port=found["PORT"] or None
    ) as link:
        return link.execute(query).fetchall()  # type: ignore[arg-type]
