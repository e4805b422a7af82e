"""What packages carry for the lot (`core.compose.lot`): commitments with wanted lists, values with replies.

The wanted list of round 1 binds its sender to a value that nobody else knows; the reply of round 2 shows it.
Between them lie both sides' packages of round 1, so whoever shows a value had committed to it before the
other's was to be seen. No other package carries anything.
"""

from __future__ import annotations

from enum import StrEnum

from obmin.core.compose import lot
from obmin.core.rounds.contents import Contents, Kind
from obmin.core.rounds.state import State

_BYTES = 32  # of a commitment, and of a value as packages carry it


class Carries(StrEnum):
    NOTHING = "nothing"
    COMMITMENT = "commitment"
    VALUE = "value"


def carries(state: State, kind: Kind, sender: str, number: int) -> Carries:
    """What `sender`'s package of this kind and round has to carry."""
    if (kind, number) == (Kind.WANTED, 1):
        return Carries.COMMITMENT
    first = state.package(sender, 1)
    bound = first is not None and first.contents.kind is Kind.WANTED
    return Carries.VALUE if bound and (kind, number) == (Kind.REPLY, 2) else Carries.NOTHING


def against_lot(state: State, contents: Contents) -> str:
    """What is wrong with what a package carries for the lot, in words; empty where nothing is."""
    due = carries(state, contents.kind, contents.sender, contents.round)
    which = f"A {contents.kind} of round {contents.round}"
    if due is Carries.NOTHING:
        return f"{which} carries nothing for the lot." if contents.lot else ""
    if not _well_formed(contents.lot):
        return f"{which} carries a {due} for the lot: {_BYTES} bytes in lower-case hexadecimal."
    other = state.package(contents.receiver, contents.round)
    if other is not None and other.contents.lot == contents.lot:
        return f"{contents.sender} carries the very {due} of {contents.receiver}: it is copied."
    if due is Carries.VALUE and not _opens(state, contents):
        return f"{contents.sender} shows another value for the lot than it had committed to in round 1."
    return ""


def _opens(state: State, contents: Contents) -> bool:
    first = state.package(contents.sender, 1)
    commitment = bytes.fromhex(first.contents.lot) if first else b""
    return lot.opens(contents.exchange, contents.sender, bytes.fromhex(contents.lot), commitment)


def _well_formed(carried: str) -> bool:
    try:
        read = bytes.fromhex(carried)
    except ValueError:
        return False
    return len(read) == _BYTES and read.hex() == carried
