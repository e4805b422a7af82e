"""What the pages of bulletins show."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from obmin.accounts.words import why
from obmin.bulletins import notices
from obmin.bulletins.models import Bulletin
from obmin.core.access import Actor, decide
from obmin.core.acts import ACTS
from obmin.negotiation.models import Exchange
from obmin.web import parts, say


def bulletins(exchange: Exchange) -> parts.Grid:
    """Every bulletin, newest first."""
    columns = (
        parts.Column(gettext_lazy("Bulletin")),
        parts.Column(gettext_lazy("State")),
        parts.Column(gettext_lazy("Title")),
        parts.Column(gettext_lazy("Published"), drop=1),
    )
    ukrainian = get_language() == "uk"
    rows = [
        parts.Row(
            (
                parts.Link(
                    _("Bulletin %(n)s") % {"n": b.number}, reverse("bulletin", args=[exchange.pk, b.number])
                ),
                parts.Mark("bulletin", b.state),
                b.title_uk if ukrainian else b.title_en,
                say.moment(b.published_at),
            )
        )
        for b in exchange.bulletins.order_by("-number")
    ]
    return parts.Grid(_("Bulletins"), columns, rows)


def bulletin(found: Bulletin, actor: Actor) -> dict[str, Any]:
    """A bulletin, what speaks against it, and the one act that is next."""
    published = found.state == "PUBLISHED"
    return {
        "bulletin": found,
        "exchange": found.exchange,
        "reasons": () if published else notices.checks(found).reasons,
        "act": None if published else _next(found, actor),
    }


def _next(found: Bulletin, actor: Actor) -> parts.Act:
    name = "bulletins.publish" if found.state == "APPROVED" else "bulletins.approve"
    decision = decide(ACTS[name], actor, state=found.state)
    text = _("Publish") if found.state == "APPROVED" else _("Approve")
    reason = why(decision, ACTS[name], "bulletin", found.state)
    return parts.Act(text, primary=True, reason=reason, name="act", value=name.split(".")[1])
