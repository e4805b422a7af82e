"""Duties in words, and why an act is not open to somebody, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from obmin.core.access import Decision, Role
from obmin.core.acts import Act
from obmin.core.errors import Refused
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


REFUSALS: Final[dict[str, Promise]] = {
    "words-wrong": gettext_lazy("Account, passphrase and figures do not fit together."),
    "code-used": gettext_lazy("This code was used or replaced. Ask for a new one."),
    "code-unknown": gettext_lazy("This code is unknown. Check each letter, or ask for a new one."),
    "code-old": gettext_lazy("This code is too old. Ask for a new one."),
    "key-needed": gettext_lazy("Your duties change records: sign in with a security key. Ask for a new code."),
    "key-unknown": gettext_lazy("This key is not registered here."),
    "key-known": gettext_lazy("This key is registered here already."),
    "key-ended": gettext_lazy("This key does not open anything any more."),
    "key-foreign": gettext_lazy("This is not a key of yours."),
    "key-copied": gettext_lazy(
        "This key counts backwards: somebody may have copied it. It is stopped. Tell the administrator now."
    ),
    "key-copies": gettext_lazy(
        "This is a passkey that copies itself to other devices. Use a key that stays in one device."
    ),
    "key-unfit": gettext_lazy("This key signs in a way that is not known here. Use another one."),
    "key-unreadable": gettext_lazy("The key’s answer cannot be read. Try again."),
    "key-signature": gettext_lazy("The key’s signature does not hold."),
    "challenge-foreign": gettext_lazy("This answer belongs to another page. Load this one again."),
    "challenge-old": gettext_lazy("This page was open for too long. Try again."),
    "challenge-used": gettext_lazy("This answer was given before. Try again."),
    "wrong-origin": gettext_lazy("Another site asked your key. Check the address at the top of the window."),
    "wrong-place": gettext_lazy("This key answers for another site."),
    "not-verified": gettext_lazy("The key asked for no PIN and no finger. Set a PIN on it, then try again."),
    "passphrase-short": gettext_lazy("The passphrase is too short."),
    "passphrase-name": gettext_lazy("The passphrase is mostly your name, or repeats itself."),
    "figures-wrong": gettext_lazy("The six figures are not the ones shown now. Check the phone’s clock."),
    "locked": gettext_lazy("This account is locked for your network. An administrator can unlock it."),
    "not-allowed": gettext_lazy("This account holds no duty now. Ask the administrator."),
    "touch-missing": gettext_lazy("Touch your security key: this act binds."),
}


def refusal(refused: Refused) -> str:
    """Why somebody was not let in, in the reader's language."""
    if refused.code == "too-many-attempts":
        seconds = getattr(refused, "seconds", 0)
        return ngettext(
            "Too many attempts. Wait %(n)s second, then try again.",
            "Too many attempts. Wait %(n)s seconds, then try again.",
            seconds,
        ) % {"n": seconds}
    return str(REFUSALS.get(refused.code, refused.message))
