"""A training home with many people and one composed draft: `python -m tests.e2e.large HOME PEOPLE LISTED`.

For the workbench's browser tests, which want three days, two tracks and some hundreds of people, and for its
measurement, which wants ten thousand. Everything goes through the acts.
"""

from __future__ import annotations

import os
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

YAML = """\
agreement: large
title: {{en: "Large", uk: "Велика"}}
concluded: 2025-05-16
place: "Nowhere"
hostilities: active
parties:
  - {{code: UKR, name: {{en: Ukraine, uk: Україна}}, roles: [holder, receiver]}}
  - {{code: RUS, name: {{en: Russia, uk: Росія}}, roles: [holder, receiver]}}
sources: ["https://example.org/made-up"]
versions:
  - version: 1
    agreed: 2025-05-16
    basis: {{en: "made up for tests", uk: "вигадано для перевірок"}}
    phases:
      - {{id: P1, day: 2025-05-23, label: {{en: first day, uk: перший день}}}}
      - {{id: P2, day: 2025-05-24, label: {{en: second day, uk: другий день}}}}
      - {{id: P3, day: 2025-05-25, label: {{en: third day, uk: третій день}}}}
    beside:
      - who: {{health: direct}}
    clauses:
      - id: T1
        says: {{en: "Ukraine releases {military} soldiers.", uk: "Україна звільняє {military} військових."}}
        count: {{from: UKR, to: RUS, track: military, exactly: {military}, selected_by: UKR}}
      - id: T2
        says: {{en: "Ukraine releases {civilian} civilians.", uk: "Україна звільняє {civilian} цивільних."}}
        count: {{from: UKR, to: RUS, track: civilian, exactly: {civilian}, selected_by: UKR}}
      - id: T3
        says: {{en: "Russia releases {military} soldiers.", uk: "Росія звільняє {military} військових."}}
        count: {{from: RUS, to: UKR, track: military, exactly: {military}, selected_by: RUS}}
"""
SURNAMES = ("Вигаданов", "Нескладов", "Примеров", "Образцов", "Пробников", "Условнов", "Мнимов", "Книжнов")


def make(home: Path, people: int, listed: int) -> None:
    """Writes the home: `people` held, of whom a tenth are civilians and `listed` are on the draft."""
    os.environ |= {"OBMIN_HOME": str(home), "DJANGO_SETTINGS_MODULE": "obmin.config.settings"}
    from obmin.cli.instance import open_home
    from obmin.files import instance

    began = datetime(2025, 5, 16, 18, tzinfo=UTC)
    instance.create_training(home, party="UKR", name="Large", seed="large", began=began)
    open_home(home)
    import polars as pl

    from obmin.accounts import people as accounts
    from obmin.core.access import Role
    from obmin.negotiation import lists, terms
    from obmin.people import register
    from obmin.people.models import Person, Register

    names = [accounts.Officer(f"o-{r.value}", "Вигадана Особа", "Vyhadana Osoba", "HQ", (r,)) for r in Role]
    accounts.begin(agencies=[accounts.AgencyName("HQ", "Headquarters", "Штаб")], leads={}, officers=names)
    rows = pl.DataFrame(
        {
            "id": [f"N-{n:05}" for n in range(people)],
            "surname": [f"{SURNAMES[n % len(SURNAMES)]}{n}" for n in range(people)],
            "given": [("Пётр", "Илья", "Фома", "Лука")[n % 4] for n in range(people)],
            "birth_date": [f"{1960 + n % 45}-{1 + n % 12:02}-{1 + n % 28:02}" for n in range(people)],
            "rank": [("private", "sergeant", "")[n % 3] for n in range(people)],
            "unit": [f"{n % 40} bde" for n in range(people)],
            "category": ["civilian" if n % 10 == 9 else "military" for n in range(people)],
            "captured_on": [str(date(2023, 1, 1) + timedelta(n * 7 % 700)) for n in range(people)],
        }
    )
    act = accounts.holder
    register.import_list(rows, actor=act(Role.REGISTRAR), register=Register.HELD, power="RUS", source="camp")
    keys = list(Person.objects.order_by("key").values_list("pk", flat=True))
    willing = keys[: int(people * 0.97)]
    register.record_interviews([(k, "consents", "2025-05-17") for k in willing], actor=act(Role.INTERVIEWER))
    health = [(k, ("none", "none", "sick", "wounded")[n % 4]) for n, k in enumerate(keys)]
    health[:3] = [(k, "direct") for k in keys[:3]]
    register.record_examinations(
        [(k, h, "seated", "2025-06-29", "", "2025-05-17") for k, h in health], actor=act(Role.MEDICAL)
    )
    negotiator = act(Role.NEGOTIATOR)
    exchange = terms.open_exchange("2025-05", actor=negotiator, name_en="Large", name_uk="Велика", other="RUS")
    text = YAML.format(military=listed - listed // 10, civilian=listed // 10)
    terms.adopt(exchange, text, 1, actor=negotiator, second=act(Role.LEGAL))
    exchange.refresh_from_db()
    lists.compose(exchange, actor=act(Role.LISTS), on=date(2025, 5, 23))


if __name__ == "__main__":
    make(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
