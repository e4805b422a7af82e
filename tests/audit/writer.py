"""Writes act after act until it is killed; says each one's number once it is acknowledged."""

from __future__ import annotations

import sys

import django


def main(start: int) -> None:
    django.setup()
    from obmin.audit.perform import perform
    from obmin.core.access import Actor, Role
    from obmin.negotiation.models import Exchange

    officer = Actor.of("w", frozenset({Role.NEGOTIATOR}), party="UKR")
    number = start
    while True:
        with perform("terms.open", actor=officer, request=f"open/{number}") as gate:
            exchange = Exchange.objects.create(
                key=f"x-{number}", name_en="", name_uk="", other="RUS", opened_at=gate.now
            )
            gate.subject = exchange
        print(number, flush=True)
        number += 1


if __name__ == "__main__":
    main(int(sys.argv[1]))
