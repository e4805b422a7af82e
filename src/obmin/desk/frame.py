"""What stands round every page: the side list by duty, and the exchange that the reader is in."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from obmin.accounts import staff
from obmin.accounts.models import Account
from obmin.accounts.words import roles
from obmin.audit import clock
from obmin.core.access import Actor, Area
from obmin.desk.stages import standings
from obmin.negotiation.models import Exchange
from obmin.people.queries import walls
from obmin.web.parts import Frame, Group, Link, Stage

STAGE_WORDS: dict[Area, tuple[int, Promise, str]] = {
    Area.REGISTER: (1, _("Register"), "users"),
    Area.TRACING: (2, _("Tracing"), "git-compare-arrows"),
    Area.TERMS: (3, _("Terms"), "scroll-text"),
    Area.LISTS: (4, _("Lists"), "list-checks"),
    Area.ROUNDS: (5, _("Rounds"), "arrow-left-right"),
    Area.RECEPTION: (6, _("Reception"), "bed"),
    Area.HANDOVER: (7, _("Handover"), "scan-line"),
    Area.CARE: (8, _("Care"), "heart-handshake"),
    Area.BULLETINS: (9, _("Bulletins"), "megaphone"),
}
SHOWN = 2  # duties named beside the reader's name


def address(area: Area, exchange: Exchange, actor: Actor) -> str:
    """Where a stage lies in an exchange, for this reader: of the registers, the first that is open to them."""
    if area is Area.REGISTER:
        return reverse("register", args=[walls(actor)[0].value])
    if area is Area.TRACING:
        return reverse("tracing")
    return reverse(area.value, args=[exchange.pk])


def frame(request: HttpRequest) -> Frame:
    """The frame of this request's page; empty for a visitor who is not signed in."""
    actor = getattr(request, "actor", None)
    if not isinstance(actor, Actor):
        return Frame()
    exchange = Exchange.objects.order_by("-opened_at").first()
    account = request.user
    assert isinstance(account, Account)
    return Frame(
        groups=_groups(request.path, actor, exchange),
        stages=stages(request.path, actor, exchange) if exchange else (),
        exchange=_name(exchange, request) if exchange else "",
        exchange_href=reverse("board", args=[exchange.pk]) if exchange and actor.reads(Area.BOARD) else "",
        who=account.name if get_language() == "uk" else account.name_latin,
        role=_role(actor),
        search=reverse("register", args=[walls(actor)[0].value]) if actor.reads(Area.REGISTER) else "",
    )


def stages(path: str, actor: Actor, exchange: Exchange) -> list[Stage]:
    """The stage strip, as far as the reader's duties open it."""
    found = []
    for standing in standings(exchange, actor):
        number, word, _icon = STAGE_WORDS[standing.area]
        href = address(standing.area, exchange, actor)
        found.append(Stage(number, word, href, standing.state, standing.waiting, current=_within(path, href)))
    return found


def _groups(path: str, actor: Actor, exchange: Exchange | None) -> list[Group]:
    home = Link(_("Home"), reverse("home"), "inbox", current=path == "/")
    groups = [Group([home])]
    if exchange is not None:
        board = reverse("board", args=[exchange.pk])
        links = [Link(_("Readiness"), board, "layout-dashboard", current=path == board)]
        links = links if actor.reads(Area.BOARD) else []
        for standing in standings(exchange, actor):
            _number, word, icon = STAGE_WORDS[standing.area]
            href = address(standing.area, exchange, actor)
            links.append(Link(word, href, icon, standing.waiting, current=_within(path, href)))
        groups.append(Group(links, _("Exchange %(key)s") % {"key": exchange.pk}))
    desk = []
    if actor.reads(Area.ACCOUNTS):
        accounts = reverse("accounts")
        waiting = len(staff.for_me(actor, clock.now()))
        desk.append(Link(_("Accounts and duties"), accounts, "key-round", waiting, _within(path, accounts)))
    if actor.reads(Area.FAIRNESS):
        here = reverse("fairness")
        groups.append(Group([Link(_("Passed over"), here, "scale", current=path == here)], _("Series")))
    if actor.reads(Area.JOURNAL):
        desk.append(Link(_("Journal"), reverse("journal"), "book-lock", current=path == "/journal"))
    if desk:
        groups.append(Group(desk, _("Desk")))
    return groups


def _role(actor: Actor) -> str:
    """The reader's duties in words; whoever holds many sees how many more."""
    held = roles(actor.roles).split(", ")
    if len(held) <= SHOWN:
        return ", ".join(held)
    return _("%(first)s and %(n)s more") % {"first": ", ".join(held[:SHOWN]), "n": len(held) - SHOWN}


def _name(exchange: Exchange, request: HttpRequest) -> str:
    name: str = exchange.name_uk if getattr(request, "LANGUAGE_CODE", "en") == "uk" else exchange.name_en
    return name


def _within(path: str, href: str) -> bool:
    own = path.startswith(("/register", "/people")) and href.startswith("/register")
    return path == href or path.startswith(f"{href}/") or own
