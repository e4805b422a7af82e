"""Transfer acts on their way: to the receiver for the countersignature, and back."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from obmin.core.errors import Incomplete
from obmin.files import packages
from obmin.handover.models import Muster
from obmin.handover.musters import act_of
from obmin.negotiation import keys


def post(muster: Muster, outbox: Path) -> None:
    """Lays the act out for the courier with our own signature under it, sealed to the other side."""
    act = act_of(muster)
    ours = act.sender_signature if muster.direction == "out" else act.receiver_signature
    reader = muster.exchange.other
    sealed = packages.seal(packages.bundle(bytes(act.body), ours), [keys.recipient(reader)])
    packages.lay(outbox / f"{_name(muster, settings.OBMIN.party)}.{reader}.age", sealed)


def letter(muster: Muster, inbox: Path) -> tuple[bytes, str]:
    """What the other side sent about this muster: the act's bytes and their signature."""
    path = inbox / f"{_name(muster, muster.exchange.other)}.{settings.OBMIN.party}.age"
    if not path.exists():
        raise Incomplete(f"{path.name} has not come.")
    return packages.unbundle(packages.unseal(path.read_bytes(), keys.identity()))


def _name(muster: Muster, sender: str) -> str:
    """Their outward act is our inward one, so the name says who hands over."""
    ours = settings.OBMIN.party
    giver = ours if muster.direction == "out" else muster.exchange.other
    return f"act-{muster.exchange_id}-{muster.phase}-{giver}-{sender}"
