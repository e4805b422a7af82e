"""One of two hurried officers, in a process of its own: `python rival.py NAME KEYS…` with the home set.

For each exchange it waits for the word on standard input, then adopts the terms at the version that both
officers saw, and says on standard output whether it did.
"""

from __future__ import annotations

import sys

import django


def main(name: str, keys: list[str]) -> None:
    django.setup()
    from obmin.audit.perform import perform
    from obmin.core.access import Actor, Role
    from obmin.core.errors import Refused
    from obmin.negotiation.models import Exchange

    officer = Actor(name, frozenset({Role.NEGOTIATOR}), "UKR", fresh=True)
    lawyer = Actor("lawyer", frozenset({Role.LEGAL}), "UKR", fresh=True)
    exchanges = [Exchange.objects.get(pk=key) for key in keys]
    print("ready", flush=True)
    for exchange in exchanges:
        sys.stdin.readline()
        try:
            with perform("terms.adopt", actor=officer, subject=exchange, second=lawyer, seen=1):
                Exchange.objects.filter(pk=exchange.pk).update(name_en=name)
            print("won", flush=True)
        except Refused as refused:
            print(refused.code, flush=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
