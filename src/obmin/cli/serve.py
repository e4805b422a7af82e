"""Serve an instance: the web app, its worker and, in a live home, its keeper."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import Any, Final

from obmin.cli.instance import home_of, init, open_home, set_up
from obmin.cli.say import say
from obmin.core.errors import Incomplete
from obmin.files.instance import FILE, load

# Neither a form nor a page is ever put into a temporary file, in bytes; larger requests are refused.
IN_MEMORY: Final = {
    "max_request_body_size": 32 << 20,
    "inbuf_overflow": 64 << 20,
    "outbuf_overflow": 1 << 30,
    "outbuf_high_watermark": 64 << 20,
}
HERE: Final = ("127.0.0.1", "localhost", "::1")


def serve(options: argparse.Namespace) -> int:
    """Serves the web app; in a training home it prints a one-time sign-in link for each role.

    A live home is served to this machine alone, or behind a TLS proxy (`OBMIN_TLS=proxy`); until two officers
    have unsealed it, every page says so and shows nothing else.
    """
    home = home_of(options)
    if not (home / FILE).exists():
        if options.check:
            raise Incomplete(f"There is no instance in {home}.")
        init(argparse.Namespace(home=home, party="UKR", seed="1", live=False, name="", json=False))
    training = load(home).training
    set_up(home)
    if options.check:
        return check(options)
    from django.conf import settings

    if training:
        open_home(home)
    if not training and options.host not in HERE and not settings.OBMIN_PROXY:
        raise Incomplete(
            f"A live instance is not served at {options.host} in the clear. Put a TLS proxy before it and set"
            " OBMIN_TLS=proxy (docs/live.md)."
        )
    if options.host not in HERE:
        settings.ALLOWED_HOSTS.append(options.host)
    address = f"http://localhost:{options.port}"
    with _beside(home):
        if training:
            _print_links(home, address)
        else:
            print(f"A live instance, sealed. Two officers: obmin unseal --home {home}")
        print(f"\n{address}\nStop with Ctrl-C.", flush=True)
        _listen(options.host, options.port)
    return 0


def check(options: argparse.Namespace) -> int:
    """Is this instance fit to be served: the framework's own deployment checks, and ours."""
    from django.conf import settings
    from django.core import checks

    if settings.OBMIN.training:
        raise Incomplete("A training instance is for this machine only; there is nothing to deploy.")
    found = [str(m) for m in checks.run_checks(include_deployment_checks=True) if not m.is_silenced()]
    if not settings.OBMIN_PROXY:
        found.append("OBMIN_TLS is not `proxy`: this instance answers to browsers on this machine alone.")
    text = "\n".join(found) or "Nothing is wrong with it."
    return say(options, {"warnings": found}, text, ok=not found)


def _print_links(home: Path, address: str) -> None:
    from obmin.accounts import people
    from obmin.accounts.models import Account

    print(f"Training data, not real people. One-time links into {home}:\n")
    for account in Account.objects.prefetch_related("appointments").order_by("agency_id", "id"):
        roles = ", ".join(a.role for a in account.appointments.all())
        print(f"  {roles:26} {account.name_latin:28} {address}/sign-in/{people.issue_link(account)}")


def _listen(host: str, port: int) -> None:
    import waitress
    from django.conf import settings

    from obmin.config.wsgi import application

    proxy: dict[str, Any] = {}
    if settings.OBMIN_PROXY:
        # Only what our own proxy says of the visitor counts, and only of this machine's.
        proxy = {
            "trusted_proxy": os.environ.get("OBMIN_PROXY_ADDRESS", "127.0.0.1"),
            "trusted_proxy_count": 1,
            "trusted_proxy_headers": {"x-forwarded-for", "x-forwarded-proto", "x-forwarded-host"},
        }
    waitress.serve(application, host=host, port=port, threads=8, ident=None, _quiet=True, **IN_MEMORY, **proxy)


@contextmanager
def _beside(home: Path) -> Iterator[None]:
    """The keeper and the worker, who end with the web app; the worker waits until the instance is unsealed."""
    from obmin.config.sealed import is_open
    from obmin.vault import process, server

    over = Event()
    os.environ[process.SOCKET] = str(process.socket_path(home))
    running = [server.start(home)]

    def work() -> None:
        while not over.is_set() and not is_open():
            over.wait(0.5)
        if not over.is_set():
            running.append(subprocess.Popen([sys.executable, "-m", "obmin.jobs.worker"]))

    waiting = Thread(target=work)
    waiting.start()
    try:
        yield
    finally:
        over.set()
        waiting.join()
        for child in running:
            child.terminate()
        for child in running:
            child.wait()
