"""Many at once at the door, in a program of their own: `python racer.py TIMES` on the home in OBMIN_HOME.

Prints, for each time, how many of eight got in by one and the same answer of a key, and how many of eight wrong
attempts at one account were let through before they had to wait. Whoever meets anything but a refusal, a
deadlock for one, ends it with 1.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from threading import Barrier, Thread

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connections  # noqa: E402

from obmin.accounts import arrivals, failures, keys, people  # noqa: E402
from obmin.accounts.failures import Attempt  # noqa: E402
from obmin.core.access import Role  # noqa: E402
from obmin.core.errors import Refused  # noqa: E402
from tests.accounts.officers import with_key  # noqa: E402

EIGHT = 8
BROKEN: list[BaseException] = []


def at_once(act: Callable[[], object]) -> int:
    """How many of eight threads did it."""
    start, done = Barrier(EIGHT), list[bool]()

    def go() -> None:
        try:
            start.wait()
            act()
            done.append(True)
        except Refused:
            pass
        except BaseException as error:
            BROKEN.append(error)
            raise
        finally:
            connections.close_all()

    threads = [Thread(target=go) for _ in range(EIGHT)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(done)


def main(times: int) -> None:
    call_command("migrate", verbosity=0, skip_checks=True)
    people.begin(
        agencies=[people.AgencyName("HQ", "HQ", "Штаб")],
        leads={},
        officers=[people.Officer("o", "Особа", "Osoba", "HQ", (Role.REGISTRAR,))],
    )
    key = with_key("o", step=0)  # no counter: only the challenge tells a second time from the first
    found = []
    for time in range(times):
        answer = key.get(keys.request_options(keys.Purpose.SIGN_IN))
        entered = at_once(lambda answer=answer, time=time: arrivals.by_key(answer, f"192.0.{time}.0/24"))  # type: ignore[misc]
        attempt = Attempt("words", "o", f"198.51.{time}.0/24")
        found.append((entered, at_once(lambda attempt=attempt: failures.begin(attempt))))  # type: ignore[misc]
    print(json.dumps(found))
    sys.exit(1 if BROKEN else 0)


if __name__ == "__main__":
    main(int(sys.argv[1]))
