"""Sealed medical summaries: one doctor to the other, line by line, opened by nobody else.

They travel apart from the lists, signed with a key of their own and sealed to the receiving doctors' key,
so that negotiators on neither side ever hold them.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Final

from django.conf import settings

from obmin.audit.perform import perform
from obmin.core.access import Actor
from obmin.core.errors import Incomplete, Problem, Unreadable
from obmin.files import packages
from obmin.negotiation import keys
from obmin.negotiation.models import Exchange, ListLine
from obmin.people import records
from obmin.people.models import Medical

FORMAT: Final = "obmin-summaries/1"
COLUMNS: Final = ("line", "sex", "health", "fitness", "finding")


def release(
    exchange: Exchange,
    outbox: Path,
    *,
    actor: Actor,
    second: Actor,
    request: str = "",
    at: datetime | None = None,
) -> None:
    """Writes the summaries of everybody on our locked list, sealed to the other side's doctors."""
    with perform(
        "reception.send-summaries", actor=actor, subject=exchange, second=second, request=request, at=at
    ) as gate:
        lines = ListLine.objects.filter(draft__exchange=exchange, draft__state="FROZEN").order_by("line")
        people = list(lines.values_list("line", "person_id"))
        who = records.identities(key for _, key in people)
        found = records.opened(Medical, (key for _, key in people))
        rows = [(line, who[key].sex, (m := found[key]).health, m.fitness, m.finding) for line, key in people]
        body = packages.canonical(
            {
                "exchange": exchange.pk,
                "format": FORMAT,
                "from": settings.OBMIN.party,
                "people": [dict(zip(COLUMNS, row, strict=True)) for row in rows],
                "to": exchange.other,
            }
        )
        signature = packages.sign(body, keys.signing("medical"), comment=f"obmin summaries {exchange.pk}")
        sealed = packages.seal(packages.bundle(body, signature), [keys.recipient(exchange.other, "medical")])
        packages.lay(outbox / f"{_name(settings.OBMIN.party)}.{exchange.other}.age", sealed)
        gate.fact("people", len(rows))


def read(exchange: Exchange, inbox: Path) -> list[dict[str, str]]:
    """The summaries that have come in, after their signature was checked."""
    path = inbox / f"{_name(exchange.other)}.{settings.OBMIN.party}.age"
    if not path.exists():
        raise Incomplete(f"{path.name} has not come.")
    body, signature = packages.unbundle(packages.unseal(path.read_bytes(), keys.identity("medical")))
    packages.verify(body, signature, keys.theirs(exchange.other, "medical"))
    told = packages.parse(body)
    if told.get("format") != FORMAT or told.get("exchange") != exchange.pk:
        raise Unreadable(
            Problem(path.name, None, "format", str(told.get("format")), f"{FORMAT} of {exchange.pk}")
        )
    return [{name: str(row[name]) for name in COLUMNS} for row in told["people"]]


def _name(sender: str) -> str:
    return f"summaries-{sender}"
