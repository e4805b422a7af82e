"""Small secrets of the instance, by purpose: sealed where they lie."""

from __future__ import annotations

from obmin.core.secrecy import Cell, Class
from obmin.vault.keeper import Reader
from obmin.vault.process import keeper


def seal(purpose: str, secret: bytes) -> bytes:
    """`secret` sealed for one purpose, as bytes to be kept in a column."""
    cell = keeper().seal(Class.ACCOUNTS, [(_place(purpose), secret)])[0]
    return cell.wrapped + cell.sealed


def open_(purpose: str, sealed: bytes) -> bytes:
    """The secret that was sealed for this very purpose; `Altered` for any other."""
    cell = Cell(sealed[:40], sealed[40:])
    return keeper().open(Class.ACCOUNTS, [(_place(purpose), cell)], Reader("system", whole=True))[0]


def _place(purpose: str) -> bytes:
    return f"small/{purpose}".encode()
