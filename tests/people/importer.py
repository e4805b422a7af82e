"""Imports lists in children that are killed at their n-th write, until one of them comes to the end.

python importer.py TIMES SEED      prints, as JSON, what each list came to
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
from typing import Any

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connections  # noqa: E402

from obmin.audit import rows as ledger  # noqa: E402
from obmin.core.access import Actor, Role  # noqa: E402
from obmin.files.lists import read_text  # noqa: E402
from obmin.people import imports, records, register, uploads  # noqa: E402
from obmin.people.models import Intake, Person, Register, Upload, UploadPart  # noqa: E402
from obmin.vault import rows  # noqa: E402

REGISTRAR = Actor.of("r", frozenset({Role.REGISTRAR}), party="UKR")
SYLLABLES = ["ба", "ге", "ді", "ко", "лу", "ме", "ні", "ро", "ту", "ша"]
ROWS = 60


def laid_out(number: int) -> str:
    """A list of sixty people, every sixth of whom is doubtful, read and ready."""
    told = ["ПІБ;Дата народження;Особистий номер"]
    for at in range(ROWS):
        name = "".join(SYLLABLES[int(each)] for each in f"{number:03}{at:03}")
        born = "15.02.80" if at % 6 == 5 else f"15.02.{1940 + at}"
        told.append(f"{name.capitalize()}енко Ян;{born};АБ-{number:03}{at:04}")
    listed = read_text(("\n".join(told), "utf-8"), "pasted")
    upload = uploads.lay_out(
        listed, "l", actor=REGISTRAR, register=Register.HELD, power="RUS", source=f"s{number}"
    )
    imports.read_upload(upload, actor=REGISTRAR)
    return upload.pk


def killed_at(writes: int) -> None:
    """This process dies at its n-th write, wherever that is in an act."""
    left = [writes]

    def counted(real: Any) -> Any:
        def write(*given: Any, **named: Any) -> Any:
            left[0] -= 1
            if left[0] < 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return real(*given, **named)

        return write

    for module in (imports, register, rows):
        for name in ("insert", "insert_sealed", "update"):
            if hasattr(module, name):
                setattr(module, name, counted(getattr(module, name)))


def taken(key: str, chance: random.Random) -> int:
    """How many children it took."""
    for child in range(1, 100):
        connections.close_all()
        pid = os.fork()
        if not pid:
            killed_at(chance.randint(0, 40))
            imports.import_upload(Upload.objects.get(pk=key), actor=REGISTRAR)
            os._exit(0)
        if os.waitpid(pid, 0)[1] == 0:
            return child
    return 0


def main() -> None:
    call_command("migrate", verbosity=0)
    imports.AT_ONCE = 10  # type: ignore[misc]
    chance = random.Random(int(sys.argv[2]))
    found = []
    for number in range(int(sys.argv[1])):
        upload = laid_out(number)
        children = taken(upload, chance)
        intake = Intake.objects.get(uploads=upload)
        sums = [getattr(intake, name) for name in ("rows", "new", "same", "changed", "doubtful", "refused")]
        mine = records.identities(Person.objects.filter(claims__intake=intake).values_list("pk", flat=True))
        names = [who.service_number for who in mine.values()]
        parked = intake.parked.values("number").distinct().count(), intake.parked.count()
        found.append([children, sums, len(names), len(set(names)), *parked, intake.rejudged.count()])
    left = UploadPart.objects.count()
    print(json.dumps({"lists": found, "left": left, "sound": ledger.check().sound}))


if __name__ == "__main__":
    main()
