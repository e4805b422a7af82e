"""One consistent copy of a database as a stream of bytes, and back: SQLite's own file, PostgreSQL's own dump.

Nothing of either is put on a disk on the way. A snapshot also says how far its journal had grown.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psycopg
from psycopg.conninfo import conninfo_to_dict

from obmin.core.errors import Incomplete
from obmin.files import cipher, scratch

BLOCK: Final = 1 << 20
_LENGTH: Final = "SELECT size FROM audit_tree WHERE id = 1"
_NOTES: Final = "SELECT note FROM audit_checkpoint ORDER BY size DESC LIMIT 64"
_SETTINGS: Final = {
    "host": "PGHOST",
    "port": "PGPORT",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "dbname": "PGDATABASE",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
}


@dataclass(frozen=True, slots=True)
class Snapshot:
    """`kind` is sqlite or postgresql; `leaves` the journal's length in it; `notes` its newest checkpoints."""

    kind: str
    leaves: int
    notes: tuple[str, ...]
    blocks: Iterator[bytes]


@contextmanager
def taken(database: Path, url: str, secret: bytes | None = None) -> Iterator[Snapshot]:
    """A snapshot of the database at `url`, or of the embedded one in `database` where there is no URL.

    `secret` is the key of one that is encrypted as a whole; its snapshot is not, as what it goes into is.
    """
    if url:
        with _postgresql(url) as found:
            yield found
    elif secret is None:
        with _sqlite(database) as found:
            yield found
    else:
        with scratch.folder() as memory:
            plain = memory / database.name
            cipher.plain_copy(database, secret, plain)
            with _sqlite(plain) as found:
                yield found


@contextmanager
def _sqlite(path: Path) -> Iterator[Snapshot]:
    """The pages as one reader sees them, held in memory: writers go on meanwhile."""
    if not path.exists():
        raise Incomplete(f"{path} does not exist: there is no database to back up.")
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True)) as connection:
        connection.isolation_level = None
        connection.execute("BEGIN")
        row = connection.execute(_LENGTH).fetchone()  # takes the read lock: from here on nothing changes
        notes = tuple(note for (note,) in connection.execute(_NOTES))
        pages = memoryview(connection.serialize())
        connection.execute("ROLLBACK")
    yield Snapshot("sqlite", row[0] if row else 0, notes, _blocks(pages))


def _blocks(pages: memoryview) -> Iterator[bytes]:
    return (bytes(pages[at : at + BLOCK]) for at in range(0, len(pages), BLOCK))


@contextmanager
def _postgresql(url: str) -> Iterator[Snapshot]:
    """What pg_dump writes, in the snapshot of a transaction that was open before it began."""
    program = _program("pg_dump")
    with psycopg.connect(url) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        found = connection.execute(_LENGTH).fetchone()
        notes = tuple(str(note) for (note,) in connection.execute(_NOTES))
        (name,) = connection.execute("SELECT pg_export_snapshot()").fetchone() or ("",)
        command = [program, "--format=custom", "--compress=1", "--no-owner", "--no-privileges"]
        running = subprocess.Popen(
            [*command, f"--snapshot={name}"],
            env=_environment(url),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        try:
            yield Snapshot("postgresql", found[0] if found else 0, notes, _output(running))
        finally:
            running.kill()
            running.communicate()


def _output(running: subprocess.Popen[bytes]) -> Iterator[bytes]:
    assert running.stdout is not None
    assert running.stderr is not None
    while block := running.stdout.read(BLOCK):
        yield block
    said = running.stderr.read().decode(errors="replace").strip()
    if running.wait():
        raise Incomplete(f"pg_dump did not finish: {said or running.returncode}")


def is_empty(url: str) -> bool:
    """Whether a PostgreSQL database holds no table of anybody's."""
    with psycopg.connect(url) as connection:
        query = "SELECT count(*) FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
        return connection.execute(query).fetchone() == (0,)


def bring_back(dump: Path, url: str) -> None:
    """Restores a dump into an empty PostgreSQL database: all of it, or nothing."""
    program = _program("pg_restore")
    target = conninfo_to_dict(url).get("dbname", "")
    with dump.open("rb") as file:
        done = subprocess.run(
            [
                program,
                "--single-transaction",
                "--exit-on-error",
                "--no-owner",
                "--no-privileges",
                f"--dbname={target}",
            ],
            env=_environment(url),
            stdin=file,
            capture_output=True,
            check=False,
        )
    if done.returncode:
        raise Incomplete(f"pg_restore did not finish: {done.stderr.decode(errors='replace').strip()}")


def empty(url: str) -> None:
    """Takes away again what `bring_back` brought into a database that was empty before."""
    with psycopg.connect(url) as connection:
        found = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        for (name,) in found:
            connection.execute(psycopg.sql.SQL("DROP TABLE {} CASCADE").format(psycopg.sql.Identifier(name)))
        query = (
            "SELECT p.oid::regprocedure::text FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace "
            "WHERE n.nspname = 'public' AND p.proname LIKE 'obmin\\_%'"
        )
        for (name,) in connection.execute(query).fetchall():
            connection.execute(psycopg.sql.SQL(f"DROP FUNCTION {name}"))  # a name that the server spelt


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise Incomplete(f"{name} is not on this machine: sudo apt-get install postgresql-client")
    return found


def _environment(url: str) -> Mapping[str, str]:
    """How PostgreSQL's programs find the database: no password on a command line that others can read."""
    known = conninfo_to_dict(url)
    told = {_SETTINGS[key]: str(value) for key, value in known.items() if key in _SETTINGS and value}
    return {**{k: v for k, v in os.environ.items() if not k.startswith("PG")}, **told}
