"""Things done on a live home by a process of its own: `python -m tests.vault.living WHAT…`, OBMIN_HOME set.

Prints one JSON document.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

PEOPLE = {
    "id": ["a-1", "a-2", "a-3"],
    "surname": ["Ґречаненко", "Вигаданюк", "Неіснуйко"],
    "given": ["Ілля", "Єва", "Олег"],
    "birth_date": ["1987-05-14", "1990-01-02", "1975-11-30"],
    "service_number": ["НГ-700123", "НГ-700124", "НГ-700125"],
    "facility": ["Колонія Вигадана 7", "Колонія Вигадана 7", "Ізолятор Уявний 2"],
    "category": ["military", "civilian", "military"],
    "will": ["consents", "refuses", None],
}


def fill() -> dict[str, Any]:
    """A small register, a reason typed by an officer, one-time codes."""
    import polars as pl

    from obmin.accounts import memory, people
    from obmin.accounts.models import Account
    from obmin.core.access import Role
    from obmin.people import register
    from obmin.people.models import Register

    report = register.import_list(
        pl.DataFrame(PEOPLE),
        actor=actor(Role.REGISTRAR),
        register=Register.HELD,
        power="RUS",
        source="Табір",
    )
    corrected = person("Вигаданюк")
    register.correct(corrected, "given", "Іва", actor=actor(Role.REGISTRAR), reason="Пише себе Івою, а не Євою")
    account = Account.objects.order_by("id")[0]
    memory.Memory.objects.create(
        account=account, passphrase="x", secret=memory.VAULT.seal(memory._purpose(account.pk), b"code" * 5)
    )
    take()
    return {"new": report.new, "people": people.SYSTEM.id}


def correct(surname: str, field: str, value: str) -> bool:
    from obmin.core.access import Role
    from obmin.people import register

    register.correct(
        person(surname), field, value, actor=actor(Role.REGISTRAR), reason="Так у військовому квитку"
    )
    return True


CROWD = 60
SURNAMES = ("Ґаврилюченко", "Вигадайло", "Придуманчук", "Неіснуйченко", "Уявненко", "Казковський")
GIVEN = ("Ілля", "Остап", "Ярослав", "Ґжегож", "Юхим")
REASONS = ("Сестра впізнала його на світлині", "Лікар оглянув його вдруге, про що є запис")


def crowd() -> list[dict[str, str]]:
    """Sixty people as a list has them."""
    return [
        {
            "id": f"cr-{n:04}",
            "surname": f"{SURNAMES[n % 6]}-{'абвгґдежзи'[n // 6]}",
            "given": GIVEN[n % 5],
            "patronymic": "Вигаданович",
            "birth_date": f"19{60 + n % 40}-0{1 + n % 9}-{10 + n % 19}",
            "service_number": f"ЩЮ-90{n:04}",
            "facility": f"Колонія Неіснуюча {100 + n % 12}",
            "unit": f"77{n % 10} окрема вигадана бригада",
            "will": ("consents", "refuses")[n % 2],
            "fitness": ("seated", "unfit")[n % 2],
            "judicial": ("none", "convicted")[n % 2],
        }
        for n in range(CROWD)
    ]


def theirs() -> list[dict[str, str]]:
    """Half of them as the other side writes them."""
    latin = ("Havryliuchenko", "Vyhadailo", "Prydumanchuk", "Neisnuichenko", "Uiavnenko", "Kazkovskyi")
    ends, given_names = "abvhgdezhzy", ("Illia", "Ostap", "Yaroslav", "Gzhegozh", "Yukhym")
    return [
        {
            "id": f"line{n:04}",
            "name": f"{latin[n % 6]}-{ends[n // 6]} {given_names[n % 5]} Vyhadanovych",
            "birth_date": row["birth_date"],
            "service_number": f"SHCHIU-90{n:04}",
        }
        for n, row in enumerate(crowd()[:30])
    ]


def words() -> list[str]:
    """Two hundred strings that must stand in no file."""
    people, lines = crowd(), theirs()
    found = [f"{p['surname']} {p['given']}" for p in people] + [p["service_number"] for p in people]
    found += [line["name"] for line in lines] + [p["birth_date"] for p in people][:20]
    found += [*REASONS, *dict.fromkeys(p["facility"] for p in people)]
    found += ['"will":"refuses"', '"judicial":"convicted"', '"fitness":"unfit"']
    found += [p["surname"] for p in people]
    return list(dict.fromkeys(found))[:200]


def day(table: str) -> dict[str, int]:
    """A day's work: a list comes in as a file, people are interviewed, corrected, looked at and searched for,
    the other side's list is taken in and compared, pairs are proposed and judged."""
    from pathlib import Path

    import polars as pl

    from obmin.audit.perform import perform
    from obmin.core.access import Actor, Role
    from obmin.files.tables import read_table, write_table
    from obmin.people import records, register, tracing
    from obmin.people.models import Custody, Medical, Pairing, Person, Register
    from obmin.vault.process import keeper

    write_table(pl.DataFrame(crowd()), Path(table))
    frame = read_table(Path(table))  # a workbook: by the confined reader's process
    registrar = Actor.of("r", frozenset({Role.REGISTRAR, Role.MEDICAL}), party="UKR", fresh=True)
    report = register.import_list(frame, actor=registrar, register=Register.HELD, power="RUS", source="list-2")
    people = {
        value.number: key
        for key, value in records.identities(Person.objects.values_list("key", flat=True)).items()
    }
    keys = [people[f"list-2/{row['id']}"] for row in crowd()]
    register.record_interviews(
        [(key, "refuses", "2025-05-20") for key in keys[:9]], actor=actor(Role.INTERVIEWER)
    )
    register.correct(Person.objects.get(pk=keys[0]), "rank", "солдат", actor=registrar, reason=REASONS[1])
    records.shown(registrar, keys[:20], Custody, Medical)
    assert keeper().find("held", "Havryliuchenko Illia", "", 5)
    assert keeper().arrange("held", ["ґаврил"], None, 0, 5)[1] == 10
    tracer = actor(Role.TRACING)
    with perform("tracing.propose", actor=tracer) as gate:
        taken = tracing.take_in(gate, theirs(), kind="wanted", party="RUS", round=1, sha256="0" * 64)
    tracing.propose(taken, tracing.compare(taken, Register.HELD), Register.HELD, actor=tracer)
    pair = Pairing.objects.order_by("pk")[0]
    tracing.judge(pair, "SAME", actor=tracer, reason=REASONS[0])
    return {"new": report.new, "pairs": Pairing.objects.count()}


def erase(surname: str) -> str:
    from obmin.core.access import Role
    from obmin.people import erasure

    found = person(surname)
    erasure.erase(
        found,
        actor=actor(Role.PROTECTION, id="p"),
        second=actor(Role.LEGAL, id="l"),
        reason="На прохання родини",
    )
    return str(found.pk)


def appoint(name: str, duty: str) -> str:
    """One more officer."""
    from obmin.accounts import people
    from obmin.accounts.models import Account, Appointment
    from obmin.audit.perform import perform

    with perform("instance.begin", actor=people.SYSTEM, request=f"appoint/{name}") as gate:
        one = Account.objects.create(id=name, name=name, name_latin=name, agency_id="lead")
        Appointment.objects.create(account=one, role=duty, since=gate.now)
    return name


def public() -> str:
    """The journal's public key, in hex."""
    from obmin.core import chain
    from obmin.vault.secrets import secret

    return chain.public_key(secret("journal")).hex()


def take() -> None:
    """Takes rows that a test put past the gate for what they are."""
    from django.db import transaction

    from obmin.audit import journal, rows

    with transaction.atomic():
        tree = journal.head()
        rows.take_over(tree, os.urandom(32))
        journal.seal(tree)


def actor(*roles: Any, id: str = "t") -> Any:
    from obmin.core.access import Actor

    return Actor.of(id, frozenset(roles), party="UKR", fresh=True)


def person(surname: str) -> Any:
    from obmin.people import records
    from obmin.people.models import Person

    who = records.identities(Person.objects.values_list("key", flat=True))
    return Person.objects.get(pk=next(key for key, value in who.items() if value.surname == surname))


def look() -> dict[str, Any]:
    """Everything that a sound home has: rows that open, names that are found, a journal that verifies."""
    from obmin.accounts import memory
    from obmin.audit import inspection
    from obmin.audit.models import Remark
    from obmin.people import records
    from obmin.people.models import Custody, IdentityClaim, Person, Wish
    from obmin.vault import cells, secrets
    from obmin.vault.models import Root
    from obmin.vault.process import keeper

    keys = list(Person.objects.order_by("key").values_list("key", flat=True))
    held = memory.Memory.objects.get()
    return {
        "names": sorted(each.name for each in records.identities(keys).values()),
        "facilities": sorted(each.facility for each in records.opened(Custody, keys).values()),
        "wills": sorted(each.will for each in records.opened(Wish, keys).values()),
        "claims": len(cells.opened(list(IdentityClaim.objects.all()), records.SYSTEM)),
        "reasons": sorted(
            text.decode() for text in cells.opened(list(Remark.objects.all()), records.SYSTEM) if text
        ),
        "secrets": {name: secrets.secret(name).hex() for name in secrets.DRAWN},
        "codes": memory.VAULT.open(memory._purpose(held.account_id), bytes(held.secret)).decode(),
        "found": keeper().arrange("held", ["ґреч"], None, 0, 5)[1],
        "marks": cells.marks("source", ["Табір/a-1"]),
        "problems": list(inspection.inspect(()).problems),
        "root": Root.objects.order_by("-number")[0].number,
    }


def again() -> dict[str, Any]:
    """The same list once more."""
    import polars as pl

    from obmin.core.access import Role
    from obmin.people import register
    from obmin.people.models import Register

    report = register.import_list(
        pl.DataFrame(PEOPLE), actor=actor(Role.REGISTRAR), register=Register.HELD, power="RUS", source="Табір"
    )
    return {"new": report.new, "same": report.same}


def sealed() -> dict[str, str]:
    """Every sealed row as it lies: table and key to the cell, without the wrapped key."""
    from obmin.vault.models import sealed_models

    return {
        f"{model._meta.db_table}/{row.pk}": bytes(row.sealed).hex()
        for model in sealed_models()
        for row in model._default_manager.all()
    }


def wrapped() -> dict[str, str]:
    """Every wrapped key as it lies."""
    from obmin.vault.models import sealed_models

    return {
        f"{model._meta.db_table}/{row.pk}": bytes(row.wrapped).hex()
        for model in sealed_models()
        for row in model._default_manager.all()
    }


def rotate(root: str, death: str, *officers: str) -> dict[str, int]:
    """Draws a new root; `death` kills this process before or after the commit, or not at all (`none`)."""
    from obmin.accounts import roots
    from obmin.core.access import Role
    from obmin.vault import wire

    if death != "none":
        ask = wire.Remote.ask
        at = {"before": "rewrap", "after": "adopt"}[death]

        def dying(remote: Any, what: str, *arguments: Any) -> Any:
            if what == at:
                os.kill(os.getpid(), 9)
            return ask(remote, what, *arguments)

        wire.Remote.ask = dying  # type: ignore[method-assign]
    holders = dict(one.rpartition("=")[::2] for one in officers)
    rows = roots.rotate(
        bytes.fromhex(root),
        holders,
        actor=actor(Role.ADMINISTRATOR, id="a"),
        second=actor(Role.PROTECTION, id="p"),
        reason="Третя Вигадана йде",
    )
    return {"rows": rows}


def main() -> None:
    import django

    django.setup()
    print(json.dumps(globals()[sys.argv[1]](*sys.argv[2:]), ensure_ascii=False))


if __name__ == "__main__":
    main()
