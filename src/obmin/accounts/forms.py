"""The questions on the pages of sign-in and accounts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from obmin.accounts.memory import SHORTEST
from obmin.accounts.models import Agency
from obmin.web.parts import Field


def code(error: str = "") -> Field:
    hint = _("Both halves, one after the other. Capital or small letters and dashes do not matter.")
    return Field("code", _("One-time code"), hint=hint, error=error)


def words(account: str) -> tuple[Field, ...]:
    """Signing in without a key."""
    return (
        Field("account", _("Account"), account, autocomplete="username"),
        Field("passphrase", _("Passphrase"), kind="password", autocomplete="current-password"),
        Field("figures", _("The six figures from your phone"), autocomplete="one-time-code"),
    )


def new_words() -> tuple[Field, ...]:
    hint = _("At least %(n)s characters: a sentence that only you would say.") % {"n": SHORTEST}
    return (
        Field("passphrase", _("Passphrase"), hint=hint, kind="password", autocomplete="new-password"),
        Field("figures", _("The six figures from your phone"), autocomplete="one-time-code"),
    )


def key_name() -> Field:
    return Field("name", _("What you call this key"), hint=_("For example: on my key ring, in the safe."))


def new_account(typed: Mapping[str, str]) -> tuple[Field, ...]:
    """Who is to have an account, as far as it was typed already."""
    ukrainian = get_language() == "uk"
    agencies = [(a.code, a.name_uk if ukrainian else a.name_en) for a in Agency.objects.order_by("code")]
    id_hint = _("3 to 40 small letters, figures, dots or dashes. It stands in the journal.")
    fields = (
        Field("account", _("Account"), hint=id_hint),
        Field("name", _("Name in its own script, surname first")),
        Field("name_latin", _("Name in Latin letters")),
        Field("agency", _("Agency"), kind="select", options=agencies),
    )
    return tuple(replace(one, value=typed.get(one.name, "")) for one in fields)


def places() -> Field:
    hint = _("For duties held at a place: codes of sites or names of crossings, with commas between them.")
    return Field("places", _("Places"), hint=hint, optional=True)


def until(value: str = "") -> Field:
    return Field(
        "until", _("Until"), value, hint=_("A date such as 31.12.2026, or nothing."), kind="date", optional=True
    )


def reason(value: str = "") -> Field:
    return Field("reason", _("Reason (kept in the journal)"), value, kind="textarea")
