"""Commands on an instance: make one, serve it, play the story."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryFile

from obmin.cli.tell import Teller
from obmin.core.errors import Incomplete
from obmin.files.instance import FILE, create_training, load


def home_of(options: argparse.Namespace) -> Path:
    """The home that a command works on: `--home`, `OBMIN_HOME`, or `./obmin-home`."""
    return Path(options.home or os.environ.get("OBMIN_HOME", "obmin-home")).absolute()


def open_home(home: Path) -> None:
    """Loads the web framework on a home; its database is brought up to date."""
    if not load(home).training:
        raise Incomplete(
            "A live home needs sealed keys, and this version cannot seal them yet: use a training home."
        )
    os.environ["OBMIN_HOME"] = str(home)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "obmin.config.settings")
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0, skip_checks=True)


def init(options: argparse.Namespace) -> int:
    home = home_of(options)
    create_training(
        home,
        party=options.party,
        name=f"Training centre, {options.party}",
        seed=options.seed,
        began=datetime.now(UTC),
    )
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
    print(f"{home} is a training instance of {options.party}. Next: obmin serve --home {home}")
    return 0


def serve(options: argparse.Namespace) -> int:
    """Serves the web app; in a training home it prints a one-time sign-in link for each role."""
    home = home_of(options)
    if not (home / FILE).exists():
        init(argparse.Namespace(home=home, party="UKR", seed="1"))
    open_home(home)
    import waitress
    from django.conf import settings

    from obmin.accounts import people
    from obmin.accounts.models import Account
    from obmin.config.wsgi import application

    if options.host not in ("127.0.0.1", "localhost", "::1"):
        settings.ALLOWED_HOSTS.append(options.host)
    address = f"http://localhost:{options.port}"
    if settings.OBMIN.training:
        print(f"Training data, not real people. One-time links into {home}:\n")
        accounts = Account.objects.prefetch_related("appointments").order_by("agency_id", "id")
        for account in accounts:
            roles = ", ".join(a.role for a in account.appointments.all())
            print(f"  {roles:26} {account.name_latin:28} {address}/sign-in/{people.issue_link(account)}")
    print(f"\n{address}\nStop with Ctrl-C.", flush=True)
    worker = subprocess.Popen([sys.executable, "-m", "obmin.jobs.worker"])
    try:
        waitress.serve(application, host=options.host, port=options.port, threads=8, _quiet=True)
    finally:
        worker.terminate()
        worker.wait()
    return 0


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
