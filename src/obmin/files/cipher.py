"""The whole database file encrypted too (SQLCipher), for laptops: beside the sealed cells, not in their place.

The key is 32 bytes in a file; a training home's follows from its seed. It lies in the home, or, as
`OBMIN_SQLCIPHER_KEY` says, where its owner wants it: on a stick that is taken out of the laptop. Without
`sqlcipher3` there is no such database: install the extra `laptop`.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any, Final

from obmin.core.errors import Altered, Incomplete
from obmin.files.instance import Instance, write_private

WANTED: Final = "OBMIN_SQLCIPHER"
PLACE: Final = "OBMIN_SQLCIPHER_KEY"


def wanted() -> bool:
    """Whether this home's own database is to be an encrypted file."""
    return os.environ.get(WANTED) == "1"


def key_file(instance: Instance) -> Path:
    return Path(os.environ.get(PLACE) or instance.secret_file("database"))


def key(instance: Instance) -> bytes:
    """The key of a home's database: from the seed in training, else from its file, drawn for a new database."""
    if instance.seed is not None and PLACE not in os.environ:
        return instance.derive("secret", "database")
    path = key_file(instance)
    if not path.exists():
        if instance.database.exists() and instance.database.stat().st_size:
            raise Incomplete(f"{path} is not there: without it nobody opens {instance.database}.")
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_private(path, secrets.token_bytes(32))
    found = path.read_bytes()
    if len(found) != 32:
        raise Incomplete(f"{path} is no key of 32 bytes.")
    return found


def module() -> Any:
    """SQLCipher's own counterpart of `sqlite3`; raises `Incomplete` where it is not installed."""
    try:
        from sqlcipher3 import dbapi2
    except ImportError as error:
        raise Incomplete("SQLCipher is not installed: pip install 'obmin[laptop]'.") from error
    return dbapi2


def unlock(connection: Any, secret: bytes) -> None:
    """Gives a fresh connection its key; raises `Altered` where the file was made with another."""
    connection.execute(f"PRAGMA key = \"x'{secret.hex()}'\"")
    try:
        connection.execute("SELECT count(*) FROM sqlite_master")
    except module().DatabaseError as error:
        raise Altered("This key does not open the database.", code="other-key") from error


def plain_copy(path: Path, secret: bytes, out: Path) -> None:
    """Writes what the database holds at one moment to `out`, unencrypted: in memory, or for a file that is."""
    connection = module().connect(str(path), isolation_level=None)
    try:
        unlock(connection, secret)
        connection.execute("ATTACH DATABASE ? AS plain KEY ''", [str(out)])
        connection.execute("BEGIN")
        connection.execute("SELECT sqlcipher_export('plain')")
        connection.execute("COMMIT")
    finally:
        connection.close()


def encrypt(plain: Path, secret: bytes) -> None:
    """Makes a plain database an encrypted one, in place."""
    new = plain.with_name(f".{plain.name}.cipher.new")
    connection = module().connect(str(plain), isolation_level=None)
    try:
        connection.execute(f"ATTACH DATABASE ? AS cipher KEY \"x'{secret.hex()}'\"", [str(new)])
        connection.execute("SELECT sqlcipher_export('cipher')")
        connection.execute("DETACH DATABASE cipher")
    finally:
        connection.close()
    new.replace(plain)


def check(instance: Instance) -> None:
    """Raises `Incomplete` where a home's database is encrypted and should not be, or should be and is not, or
    where its key is gone."""
    database = instance.database
    if not database.exists() or not database.stat().st_size:
        return
    with database.open("rb") as file:
        plain = file.read(16) == b"SQLite format 3\x00"
    if plain == wanted():
        found, hint = ("no", f"unset {WANTED}") if plain else ("an", f"set {WANTED}=1")
        raise Incomplete(f"{database} is {found} encrypted file: {hint}.")
    if wanted():
        key(instance)
