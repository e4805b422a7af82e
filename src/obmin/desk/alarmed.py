"""Open alarms as the journal's page shows them, to those who answer them."""

from __future__ import annotations

from typing import Final

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from obmin.accounts.models import Account
from obmin.audit import alarms
from obmin.audit.alarms import Alarm, Kind
from obmin.core.access import Actor
from obmin.core.acts import ACTS
from obmin.web.parts import Link, Obstacle

TITLES: Final[dict[Kind, Promise]] = {
    Kind.BULK_READING: gettext_lazy("More records were opened than the work can need"),
    Kind.PAST_THE_GATE: gettext_lazy("Rows were changed past the gate"),
    Kind.ROWS_DIFFER: gettext_lazy("A table is not as the journal left it"),
    Kind.TRIGGERS: gettext_lazy("What watches the tables had been taken away"),
    Kind.TAKEN_OVER: gettext_lazy("The tables were taken over as they stood"),
    Kind.OLDER_COPY: gettext_lazy("Others have seen a longer journal than this one"),
    Kind.LOCK_OUT: gettext_lazy("Too many attempts to sign in"),
}
STOPS: Final = frozenset({Kind.PAST_THE_GATE, Kind.ROWS_DIFFER, Kind.OLDER_COPY})


def answers(actor: Actor) -> bool:
    """Whether the actor answers alarms, and so sees them."""
    return bool(actor.roles & ACTS["alarms.acknowledge"].roles)


def shown(actor: Actor) -> list[Obstacle]:
    """The open alarms, newest first; none for whoever does not answer them."""
    return [_obstacle(alarm) for alarm in reversed(alarms.open_alarms())] if answers(actor) else []


def one(index: int) -> Obstacle | None:
    """An open alarm by its entry's index."""
    found = next((alarm for alarm in alarms.open_alarms() if alarm.index == index), None)
    return _obstacle(found) if found else None


def _obstacle(alarm: Alarm) -> Obstacle:
    account = Account.objects.filter(pk=alarm.actor).first()
    who = account.name_latin if account else alarm.actor
    detail = ", ".join(part for part in (alarm.about, who) if part)
    return Obstacle(
        "stop" if alarm.kind in STOPS else "warn",
        TITLES[alarm.kind],
        f"{detail}." if detail else "",
        Link(_("Say why it needs nothing more"), reverse("alarm", args=[alarm.index])),
        alarm.at.isoformat(),
    )
