"""The lot between two sides: what our packages carry for it, what theirs brought, the seed that comes of it.

What may be carried is decided in `core.rounds`, how a seed is drawn in `core.compose.lot`. Our value follows
from a secret of the instance and the exchange, so it need not be stored before it is shown.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable

from django.conf import settings
from django.utils.translation import gettext as _

from obmin.audit.perform import Gate
from obmin.core import rounds as protocol
from obmin.core.compose import Seed, lot
from obmin.core.errors import Incomplete
from obmin.core.rounds import Carries, Contents, Kind, State
from obmin.negotiation.models import Exchange, Lot
from obmin.vault.rows import insert
from obmin.vault.secrets import secret


def value(exchange: str) -> bytes:
    """Our value for an exchange: 32 bytes that nobody else knows until we show them."""
    return hmac.digest(secret("lot"), exchange.encode(), "sha256")


def ours(before: State, kind: Kind) -> str:
    """What our next package carries for the lot, in hex; empty where it carries nothing."""
    party, number = settings.OBMIN.party, before.mark(settings.OBMIN.party) + 1
    match protocol.carries(before, kind, party, number):
        case Carries.COMMITMENT:
            return lot.commit(before.exchange, party, value(before.exchange)).hex()
        case Carries.VALUE:
            return value(before.exchange).hex()
        case _:
            return ""


def keep(gate: Gate, exchange: Exchange, contents: Contents, register: Callable[[], str]) -> None:
    """Keeps what a package sent or taken in carries. With our commitment the hash `register` is bound."""
    if not contents.lot:
        return
    gate.fact("lot", contents.lot)
    if contents.kind is not Kind.WANTED:
        Lot.objects.filter(exchange=exchange, party=contents.sender).update(value=contents.lot)
        return
    bound = ""
    if contents.sender == settings.OBMIN.party:
        bound = register()
        gate.fact("register", bound)
    names = ("exchange", "party", "commitment", "value", "register")
    insert(Lot, names, [(exchange.pk, contents.sender, contents.lot, "", bound)])


def wanting(exchange: Exchange) -> str:
    """Why the lot cannot be drawn yet, in words; empty where it can be, and where nobody bound anybody."""
    shown = dict(Lot.objects.filter(exchange=exchange).values_list("party", "value"))
    lacking = [party for party in sorted((settings.OBMIN.party, exchange.other)) if not shown.get(party)]
    if not shown or not lacking:
        return ""
    said = _(
        "The lot lacks the value of %(parties)s, which the reply to a wanted list shows. Compose after both"
        " sides have replied."
    )
    return said % {"parties": ", ".join(lacking)}


def seed(exchange: Exchange, register: str) -> Seed:
    """The seed of our list: drawn where both sides bound themselves, else `register`, its hash as it stands.

    A drawn seed rests on the register as it stood when we bound ourselves, so that later drafts keep it.
    Raises Incomplete (`lot-incomplete`) from the first commitment until both values are shown.
    """
    if said := wanting(exchange):
        raise Incomplete(said, code="lot-incomplete")
    rows = {row.party: row for row in Lot.objects.filter(exchange=exchange)}
    if not rows:
        return lot.of_register(bytes.fromhex(register))
    return lot.draw(
        exchange.pk,
        bytes.fromhex(rows[settings.OBMIN.party].register),
        {p: bytes.fromhex(row.commitment) for p, row in rows.items()},
        {p: bytes.fromhex(row.value) for p, row in rows.items()},
    )
