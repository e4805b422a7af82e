"""Names of 100,000 people: rebuilt from ciphertext by the keeper's own process, found and sorted through it."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from _cases import PEOPLE, tell, timed

SURNAMES = [
    "Іваненко",
    "Ґречко",
    "Ємець",
    "Жук",
    "Їжак",
    "Щербань",
    "Мельник",
    "Коваль",
    "Бондар",
    "Ткачук",
    "Шевчук",
    "Кравець",
    "Олійник",
    "Поліщук",
    "Лисенко",
    "Руденко",
    "Савчук",
    "Марчук",
    "Панченко",
    "Гнатюк",
    "Дорош",
    "Кушнір",
    "Левчук",
    "Тимчук",
    "Яремко",
]
ENDS = ["", "ко", "енко", "юк", "ський", "ова", "ець", "ишин", "аш", "ій"]
GIVEN = ["Ілля", "Олег", "Марта", "Єва", "Петро", "Роман", "Тарас", "Юрій", "Остап", "Ганна", "Лев", "Назар"]


def fill(home: Path) -> None:
    """100,000 people straight into the tables of a training home: what acts write, without their triggers."""
    import django

    from obmin.files.instance import create_training

    began = __import__("datetime").datetime(2025, 5, 16, tzinfo=__import__("datetime").UTC)
    create_training(home, party="UKR", name="Bench", seed="bench", began=began)
    django.setup()
    from django.core.management import call_command
    from django.db import transaction
    from django.utils import timezone

    from obmin.audit import triggers
    from obmin.core import record
    from obmin.people.models import Identity, Person
    from obmin.people.register import romanised
    from obmin.vault.rows import insert, insert_sealed

    call_command("migrate", verbosity=0)
    triggers.remove()
    draw = random.Random(1)
    now = timezone.now()
    with transaction.atomic():
        keys = [f"{draw.getrandbits(64):016x}" for _ in range(PEOPLE)]
        columns = (
            "key",
            "version",
            "register",
            "power",
            "category",
            "state",
            "source_mark",
            "row_mark",
            "since",
        )
        insert(Person, columns, [(k, 1, "held", "RUS", "military", "REGISTERED", k, k, now) for k in keys])
        rows = []
        for number, key in enumerate(keys):
            surname = draw.choice(SURNAMES) + draw.choice(ENDS)
            name = f"{surname} {draw.choice(GIVEN)} {draw.choice(GIVEN)}ович"
            who = record.Identity(
                name=name, romanised=romanised(name), surname=surname, service_number=f"НГ-{number:06}",
                birth_date=f"19{draw.randint(55, 99)}-0{draw.randint(1, 9)}-1{draw.randint(0, 9)}",
            )  # fmt: skip
            rows.append((key, who, (key, 1)))
        insert_sealed(Identity, ("person", "edition"), rows)


def spread(times: list[float]) -> dict[str, float]:
    times = sorted(times)
    return {"p50_ms": 1000 * times[len(times) // 2], "p95_ms": 1000 * times[int(len(times) * 0.95)]}


def main() -> None:
    with tempfile.TemporaryDirectory() as place:
        home = Path(place) / "home"
        os.environ.update(OBMIN_HOME=str(home), DJANGO_SETTINGS_MODULE="obmin.config.settings")
        subprocess.run([sys.executable, __file__, "fill", str(home)], check=True, stdout=sys.stderr)
        import django

        django.setup()
        from obmin.vault import process, server
        from obmin.vault.wire import Remote

        keeper = server.start(home)
        try:
            remote = Remote(process.socket_path(home))
            first, (_, total) = timed(lambda: remote.arrange("held", [], None, 0, 50))
            assert total == PEOPLE
            index, _ = timed(lambda: remote.find("held", "Мельник Олег", "", 10))
            draw = random.Random(2)
            asked = [f"{draw.choice(SURNAMES)}{draw.choice(ENDS)} {draw.choice(GIVEN)}" for _ in range(200)]
            finds, sorts, leafs = [], [], []
            for text in asked:
                finds.append(timed_ms(lambda t=text: remote.find("held", t, "", 10)))
                sorts.append(timed_ms(lambda t=text: remote.arrange("held", t.split(), None, 0, 50)))
                leafs.append(timed_ms(lambda: remote.arrange("held", [], None, draw.randrange(PEOPLE), 50)))
            documents = [
                {"case": f"names of {PEOPLE}", "figures": {"rebuild_s": first, "search_index_s": index}},
                {"case": f"find among {PEOPLE}", "figures": spread(finds)},
                {"case": f"filter {PEOPLE} by words", "figures": spread(sorts)},
                {"case": f"a page of {PEOPLE}, sorted", "figures": spread(leafs)},
            ]
        finally:
            keeper.terminate()
            keeper.wait()
    tell(documents)


def timed_ms(work: object) -> float:
    began = time.perf_counter()
    work()  # type: ignore[operator]
    return time.perf_counter() - began


if __name__ == "__main__":
    if sys.argv[1:2] == ["fill"]:
        fill(Path(sys.argv[2]))
    else:
        main()
