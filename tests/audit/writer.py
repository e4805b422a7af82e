"""Writers that are killed: for each number on standard input, a process that writes act after act from there.

It says its process id, then whether what an earlier one left is sound, then each act's number once it is
acknowledged. When it has been killed, its parent says "dead". The parent has loaded everything and opened no
database, so that a writer is there at once.
"""

from __future__ import annotations

import os
import sys

import django


def say(word: object) -> None:
    os.write(1, f"{word}\n".encode())  # whole lines, at once


def write(start: int) -> None:
    from obmin.audit import rows
    from obmin.audit.perform import perform
    from obmin.core.access import Actor, Role
    from obmin.negotiation.models import Exchange

    say("sound" if rows.check().sound else "broken")
    officer = Actor("w", frozenset({Role.NEGOTIATOR}), "UKR", fresh=True)
    number = start
    while True:
        with perform("terms.open", actor=officer, request=f"open/{number}") as gate:
            exchange = Exchange.objects.create(
                key=f"x-{number}", name_en="", name_uk="", other="RUS", opened_at=gate.now
            )
            gate.subject = exchange
        say(number)
        number += 1


def main() -> None:
    django.setup()
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            say(os.getpid())
            write(int(line))
        os.waitpid(child, 0)
        say("dead")


if __name__ == "__main__":
    main()
