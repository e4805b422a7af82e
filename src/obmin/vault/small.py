"""Small secrets of the instance, by purpose: sealed where they lie."""

from __future__ import annotations

from obmin.core.secrecy import WRAPPED_SIZE, Cell, Class
from obmin.vault.keeper import Reader
from obmin.vault.process import keeper


def seal(purpose: str, secret: bytes) -> bytes:
    """`secret` sealed for one purpose, as bytes to be kept in a column."""
    cell = keeper().seal(Class.ACCOUNTS, [(_place(purpose), secret)])[0]
    return cell.wrapped + cell.sealed


def open_(purpose: str, sealed: bytes) -> bytes:
    """The secret that was sealed for this very purpose; `Altered` for any other."""
    return keeper().open(Class.ACCOUNTS, [(_place(purpose), split(sealed))], Reader("system", whole=True))[0]


def split(sealed: bytes) -> Cell:
    """What `seal` put together."""
    return Cell(sealed[:WRAPPED_SIZE], sealed[WRAPPED_SIZE:])


def _place(purpose: str) -> bytes:
    return f"small/{purpose}".encode()
