"""Commands on an instance: make one, look at it, play the story."""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryFile
from typing import Final

from obmin.cli.say import say
from obmin.cli.tell import Teller
from obmin.core.errors import Incomplete
from obmin.files import cipher
from obmin.files import instance as instances
from obmin.files.instance import create_training, load

# The first three officers of a live instance hold the shares of its root, in this order, and one duty each.
FIRST_DUTIES: Final = ("administrator", "data-protection-officer", "approver")
STAGES: Final = (
    "register",
    "tracing",
    "terms",
    "lists",
    "rounds",
    "reception",
    "handover",
    "care",
    "bulletins",
)


def home_of(options: argparse.Namespace) -> Path:
    """The home that a command works on: `--home`, `OBMIN_HOME`, or `./obmin-home`."""
    return Path(options.home or os.environ.get("OBMIN_HOME", "obmin-home")).absolute()


def open_home(home: Path) -> None:
    """Loads the web framework on a home; its database is brought up to date.

    Raises `Incomplete` for a live home that others may read or whose keys are a training home's, `Locked` for
    one that is sealed.
    """
    set_up(home)
    from obmin.config.ready import bring_up

    bring_up()


def set_up(home: Path) -> None:
    """Loads the web framework on a home and leaves its database alone: a sealed one stays closed."""
    instance = load(home)
    if not instance.training:
        os.umask(instances.OTHERS)
        if wrong := instances.faults(instance):
            raise Incomplete("\n".join(wrong), code="unsafe-home")
    if not os.environ.get("OBMIN_DATABASE_URL"):
        cipher.check(instance)
    os.environ["OBMIN_HOME"] = str(home)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "obmin.config.settings")
    import django

    django.setup()


def init(options: argparse.Namespace) -> int:
    """Makes an instance: a training one by its seed, or a live one for three officers."""
    home = home_of(options)
    if options.live:
        return _init_live(home, options)
    name = options.name or f"Training centre, {options.party}"
    create_training(home, party=options.party, name=name, seed=options.seed or "1", began=datetime.now(UTC))
    open_home(home)
    from obmin.accounts import people
    from obmin.accounts.models import Account
    from obmin.demo import world

    if not Account.objects.exists():
        side = options.party if options.party in world.SIDES else world.SIDES[0]
        people.begin(
            agencies=[people.AgencyName(a.code, a.en, a.uk) for a in world.agencies(side)],
            leads={stage: a.code for a in world.agencies(side) for stage in a.stages},
            officers=[
                people.Officer(o.id, o.name, o.name_latin, o.agency, (o.role,)) for o in world.officers(side)
            ],
        )
    document = {"home": str(home), "mode": "training", "party": options.party}
    text = f"{home} is a training instance of {options.party}. Next: obmin serve --home {home}"
    return say(options, document, text)


def _init_live(home: Path, options: argparse.Namespace) -> int:
    officers = named_recipients(options.officer)
    if len(officers) != len(FIRST_DUTIES):
        raise Incomplete(
            f"A live instance has three first officers; {len(officers)} are named. Name each with"
            " --officer NAME=age1…: they hold the shares of its root, and two of them unseal it."
        )
    if not options.name:
        raise Incomplete("Name whose instance it is: --name.")
    if options.seed is not None:
        raise Incomplete("A live instance has no seed: its keys are drawn from the operating system.")
    os.umask(instances.OTHERS)
    instances.create_live(home, party=options.party, name=options.name, began=datetime.now(UTC))
    readers = "".join(f"{recipient}\n" for recipient in officers.values())
    instances.write_private(home / "keys" / "backup.recipients", readers.encode())
    try:
        codes = _begin_live(home, options.name, officers)
    except BaseException:
        shutil.rmtree(home, ignore_errors=True)
        raise
    lines = [f"{home} is a live instance of {options.party}. It is sealed.", ""]
    lines += [f"  {duty:26} {name:28} {code}" for name, duty, code in codes]
    lines += [
        "",
        "Each of these codes registers one security key within the hour, at /sign-in. `obmin codes` prints new",
        f"ones until somebody has registered. Next: obmin serve --home {home}; two officers: obmin unseal",
    ]
    document = {
        "home": str(home),
        "mode": "live",
        "party": options.party,
        "codes": [{"name": name, "duty": duty, "code": code} for name, duty, code in codes],
    }
    return say(options, document, "\n".join(lines))


def _begin_live(home: Path, name: str, officers: Mapping[str, str]) -> list[tuple[str, str, str]]:
    set_up(home)
    from obmin.accounts import people, roots
    from obmin.core.access import Role
    from obmin.core.names.romanise import romanise

    with roots.beginning() as root:  # in this process's memory, until it has begun the instance
        open_home(home)
        roots.lay_down(root, officers, actor=people.SYSTEM)
        people.begin(
            agencies=[people.AgencyName("lead", name, name)],
            leads=dict.fromkeys(STAGES, "lead"),
            officers=[
                people.Officer(f"first-{number}", officer, romanise(officer), "lead", (Role(duty),))
                for number, (officer, duty) in enumerate(zip(officers, FIRST_DUTIES, strict=True), 1)
            ],
        )
        return first_codes()


def codes(options: argparse.Namespace) -> int:
    """New one-time codes for the first officers of a live instance, as long as nobody has registered a key."""
    open_home(home_of(options))
    from django.conf import settings

    if settings.OBMIN.training:
        raise Incomplete("A training instance has one-time links instead: `obmin serve` prints them.")
    found = first_codes()
    document = {"codes": [{"name": name, "duty": duty, "code": code} for name, duty, code in found]}
    return say(options, document, "\n".join(f"  {duty:26} {name:28} {code}" for name, duty, code in found))


def first_codes() -> list[tuple[str, str, str]]:
    """Name, duty and one-time code of each of the first officers."""
    from obmin.accounts import codes as one_time
    from obmin.accounts.models import Account

    accounts = Account.objects.filter(is_active=True).prefetch_related("appointments").order_by("id")
    return [
        (a.name, ", ".join(held.role for held in a.appointments.all()), one_time.first(a)) for a in accounts
    ]


def named_recipients(given: Sequence[str]) -> dict[str, str]:
    """`NAME=age1…` arguments as names and age recipients; raises `Incomplete` where one is wrong or double."""
    import pyrage

    found: dict[str, str] = {}
    for one in given:
        name, _, recipient = (part.strip() for part in one.rpartition("="))
        if not name or not re.fullmatch(r"\w[\w .’'-]{0,79}", name):
            raise Incomplete(
                f"{one}: expected NAME=age1…, a person's name, without a plus, and their age recipient."
            )
        try:
            pyrage.x25519.Recipient.from_str(recipient)
        except pyrage.RecipientError:
            raise Incomplete(f"{one}: {recipient} is no age recipient (age1…).") from None
        if name in found or recipient in found.values():
            raise Incomplete(f"{name} or their key is named twice; each share has a holder of its own.")
        found[name] = recipient
    return found


def demo(options: argparse.Namespace) -> int:
    from obmin.demo.run import play

    out: Path = options.out
    try:
        out.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=out):
            pass
    except OSError as error:
        raise Incomplete(f"{out} cannot be written to: {error.strerror}.") from error
    with Teller(sys.stderr) as teller:
        summary = play(out.absolute(), people=options.people, seed=options.seed, tell=teller.tell)
    if options.json:
        print(json.dumps(summary, ensure_ascii=False, sort_keys=True))
    else:
        for stage in summary["stages"]:
            mark = "ok" if stage["ok"] else "no"
            print(f"  {stage['number']} {stage['name']:10} {stage['seconds']:7.2f} s  {mark}")
        print(f"\nDone in {summary['seconds']} s. Everything lies in {out}.")
        print(f"Open the web app on it: obmin serve --home {out / 'sides' / 'UKR' / 'home'}")
    return 0 if all(stage["ok"] for stage in summary["stages"]) else 1
