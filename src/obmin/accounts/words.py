"""Duties in words, and why an act is not open to somebody, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from obmin.core.access import Decision, Role
from obmin.core.acts import Act
from obmin.web.states import find

ROLE_WORDS: Final[dict[Role, Promise]] = {
    Role.REGISTRAR: gettext_lazy("registrar"),
    Role.TRACING: gettext_lazy("tracing officer"),
    Role.LISTS: gettext_lazy("list officer"),
    Role.NEGOTIATOR: gettext_lazy("negotiator"),
    Role.LEGAL: gettext_lazy("legal officer"),
    Role.MEDICAL: gettext_lazy("medical officer"),
    Role.INTERVIEWER: gettext_lazy("interviewer"),
    Role.PLANNER: gettext_lazy("reception planner"),
    Role.SITE: gettext_lazy("site manager"),
    Role.ESCORT: gettext_lazy("escort lead"),
    Role.HANDOVER: gettext_lazy("handover officer"),
    Role.GUARD: gettext_lazy("guard"),
    Role.CASE: gettext_lazy("case manager"),
    Role.PSYCHOLOGIST: gettext_lazy("psychologist"),
    Role.FAMILY: gettext_lazy("family liaison"),
    Role.PRESS: gettext_lazy("press officer"),
    Role.PROTECTION: gettext_lazy("data protection officer"),
    Role.AUDITOR: gettext_lazy("auditor"),
    Role.APPROVER: gettext_lazy("approver"),
    Role.ADMINISTRATOR: gettext_lazy("administrator"),
    Role.OBSERVER: gettext_lazy("observer"),
}


def roles(held: Iterable[Role]) -> str:
    """Duties in words, in the order of the table of duties."""
    found = frozenset(held)
    return ", ".join(str(word) for role, word in ROLE_WORDS.items() if role in found)


def why(decision: Decision, act: Act, kind: str, state: str) -> str:
    """Why `act` is not open, for a greyed button; empty where it is open. `kind` names the states' table."""
    if decision.allowed:
        return ""
    if decision.code == "not-allowed":
        return _("This is done by: %(who)s.") % {"who": roles(act.roles)}
    if decision.code == "wrong-state":
        starts = ", ".join(f"«{find(kind, code).word}»" for code in sorted(act.starts))
        return _("Now: «%(state)s». This is possible from: %(starts)s.") % {
            "state": find(kind, state).word,
            "starts": starts,
        }
    return decision.reason
