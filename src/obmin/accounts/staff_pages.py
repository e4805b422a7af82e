"""What the pages of accounts show."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from obmin.accounts import staff, words
from obmin.accounts.fields import only
from obmin.accounts.models import Account, Agency, Failures, Proposal
from obmin.accounts.people import in_force
from obmin.core.access import Actor, Area, Role
from obmin.core.acts import ACTS
from obmin.web import parts, say


def accounts(actor: Actor, now: datetime) -> dict[str, Any]:
    """Who works here, what waits for a second person, who is locked out."""
    found = (
        Account.objects.select_related("agency", "memory")
        .annotate(opening=Count("keys", filter=Q(keys__ended_at=None)))
        .order_by("-is_active", "agency_id", "id")
    )
    duties: dict[str, list[Role]] = {}
    for account, role in in_force(now).values_list("account_id", "role"):
        duties.setdefault(account, []).append(Role(role))
    columns = (
        parts.Column(_("Name")),
        parts.Column(_("Duties")),
        parts.Column(_("Agency"), drop=2),
        parts.Column(_("Account"), drop=1),
        parts.Column(_("Signs in by")),
    )
    rows = [
        parts.Row(
            (
                parts.Person(one.name, one.name_latin),
                words.roles(duties.get(one.pk, [])),
                _agency(one.agency),
                one.pk,
                way_in(one),
            ),
            id=one.pk,
            name=one.name,
            href=reverse("account", args=[one.pk]),
        )
        for one in found
    ]
    names = {one.pk: _name(one) for one in found}
    locked = Failures.objects.filter(locked_at__isnull=False, account__in=list(names))
    sees = partial(actor.sees, Area.ACCOUNTS)
    grid = parts.Grid(_("Who works here"), columns, rows)
    return {
        "grid": only(grid, actor, Area.ACCOUNTS, ("names", "duties", "names", "names", "ways")),
        "asked": [asked(one, names) for one in staff.waiting(now)] if sees("asked") else [],
        "locked": [
            {"row": one, "name": names.get(one.account, one.account)}
            for one in locked.order_by("locked_at", "pk")
            if sees("locked")
        ],
        "alone": words.roles(r for r in staff.KEPT if sum(r in held for held in duties.values()) == 1),
        "new": act(
            "accounts.create", actor, _("Open an account"), reverse("account-new"), primary=True, asking=True
        ),
        "unlock": bool(actor.roles & ACTS["accounts.unlock"].roles),
    }


def account(one: Account, actor: Actor, now: datetime) -> dict[str, Any]:
    """One account: duties with their ends, ways in, and what may be done to it."""
    held = list(in_force(now).filter(account=one).order_by("role"))
    facts = [
        parts.Fact(_("Account"), one.pk),
        parts.Fact(_("Agency"), _agency(one.agency)),
        parts.Fact(
            _("Duties"), words.roles(Role(h.role) for h in held) or None, why=_("none") if not held else ""
        ),
    ]
    if actor.sees(Area.ACCOUNTS, "ways"):
        facts.append(parts.Fact(_("Signs in by"), way_in(one)))
    ended = _("This account has ended.") if not one.is_active else ""
    own = _("Somebody else does this for you.") if one.pk == actor.id else ""
    acts = [
        act(
            "accounts.appoint",
            actor,
            _("Appoint to a duty"),
            reverse("account-appoint", args=[one.pk]),
            why=ended or own,
            asking=True,
        ),
        act(
            "accounts.recover",
            actor,
            _("Key lost: let in again"),
            reverse("account-recover", args=[one.pk]),
            why=ended or own,
            asking=True,
        ),
        act(
            "accounts.end",
            actor,
            _("End a duty or the account"),
            reverse("account-end", args=[one.pk]),
            why=ended,
        ),
    ]
    return {"account": one, "facts": facts, "acts": acts, "held": held}


def asked(one: Proposal, names: dict[str, str]) -> dict[str, Any]:
    """What was asked for, in a line."""
    wish = staff.read(one)
    return {
        "proposal": one,
        "what": _(ACTS[staff.ACT[wish.kind]].label),
        "whom": wish.name or names.get(wish.account, wish.account),
        "duties": words.roles(wish.roles),
        "by": names.get(one.asked_by, one.asked_by),
        "ends": one.asked_at + staff.STANDS,
    }


def proposal(one: Proposal, actor: Actor) -> dict[str, Any]:
    """What was asked for, in full, and whether the reader may confirm it."""
    wish = staff.read(one)
    names = {a.pk: _name(a) for a in Account.objects.filter(pk__in=(one.asked_by, wish.account))}
    line = asked(one, names)
    facts = [
        parts.Fact(_("What"), line["what"]),
        parts.Fact(_("Account"), wish.account),
        parts.Fact(_("Name"), parts.Person(wish.name, wish.name_latin) if wish.name else line["whom"]),
        parts.Fact(_("Duties"), line["duties"] or "—"),
        parts.Fact(_("Places"), ", ".join(wish.places) or "—"),
        parts.Fact(_("Until"), say.day(wish.until) if wish.until else "—"),
        parts.Fact(_("Reason"), wish.reason),
        parts.Fact(_("Asked by"), line["by"]),
        parts.Fact(_("Asked at"), say.moment(one.asked_at)),
    ]
    why = ""
    if one.state != "ASKED":
        why = _("This was confirmed or dropped already.")
    elif one.asked_by == actor.id:
        why = _("A second person confirms this.")
    elif wish.account == actor.id:
        why = _("Somebody else confirms what is asked for you.")
    confirm = act(staff.ACT[wish.kind], actor, _("Confirm"), "", primary=True, why=why)
    drop = act("accounts.drop", actor, _("Drop"), "", why=why if one.state != "ASKED" else "")
    return {"proposal": one, "facts": facts, "confirm": confirm, "drop": drop, "line": line}


def act(
    name: str, actor: Actor, text: str, href: str, *, primary: bool = False, why: str = "", asking: bool = False
) -> parts.Act:
    """A button of an act, greyed with its reason where the reader's duties do not open it.

    `asking`: for whoever asks that a second person does it.
    """
    roles = ACTS[name].second if asking else ACTS[name].roles
    if not actor.roles & roles:
        why = _("This is done by: %(who)s.") % {"who": words.roles(roles)}
    return parts.Act(text, href, primary, why)


def way_in(one: Account) -> str:
    """How an account signs in: by how many keys, or by words, or not yet, or not any more."""
    if not one.is_active:
        return _("ended")
    opening: int = one.opening if hasattr(one, "opening") else one.keys.filter(ended_at=None).count()
    if opening:
        return _("security key") if opening == 1 else _("security keys: %(n)s") % {"n": opening}
    return _("passphrase and code") if hasattr(one, "memory") else _("not yet")


def _agency(one: Agency) -> str:
    return one.name_uk if get_language() == "uk" else one.name_en


def _name(one: Account) -> str:
    return one.name if get_language() == "uk" else one.name_latin


def endings(one: Account, now: datetime) -> parts.Field:
    """What of an account can be ended: each duty, or all of it."""
    held = in_force(now).filter(account=one).order_by("role")
    options = [(h.role, words.ROLE_WORDS[Role(h.role)]) for h in held]
    options.append(("account", gettext_lazy("The whole account, with its keys")))
    return parts.Field("what", _("What ends"), kind="radio", options=options)
