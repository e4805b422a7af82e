"""Bringing an instance up: its tables as this version wants them."""

from __future__ import annotations

from django.core.management import call_command


def bring_up() -> None:
    """Brings the database up to date. A sealed instance cannot be: `Locked`."""
    call_command("migrate", verbosity=0, skip_checks=True)
