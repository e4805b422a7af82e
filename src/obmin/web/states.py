"""What each machine state is called on a screen: one word, one tone, one icon. Nothing else names states."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Tone(StrEnum):
    """The six tones. The word is the truth; the tone only helps the eye find it."""

    OK = "ok"  # done, confirmed by a person
    RUN = "run"  # somebody is working on it
    HOLD = "hold"  # waits for somebody else
    WARN = "warn"  # will fail unless somebody acts
    STOP = "stop"  # nothing goes on until this is cleared
    IDLE = "idle"  # not begun, or not needed


ICONS: Final[dict[Tone, str]] = {
    Tone.OK: "circle-check",
    Tone.RUN: "loader-circle",
    Tone.HOLD: "clock",
    Tone.WARN: "triangle-alert",
    Tone.STOP: "octagon-x",
    Tone.IDLE: "circle-dashed",
}


@dataclass(frozen=True, slots=True)
class State:
    """A state as people read it."""

    word: str | Promise
    tone: Tone

    @property
    def icon(self) -> str:
        return ICONS[self.tone]


OK, RUN, HOLD, WARN, STOP, IDLE = (Tone.OK, Tone.RUN, Tone.HOLD, Tone.WARN, Tone.STOP, Tone.IDLE)

_CHECKED = State(_("Checked"), OK)
_DONE = State(_("Done"), OK)
_DRAFT = State(_("Draft"), RUN)
_FROZEN = State(_("Locked"), OK)
_SENT = State(_("Sent"), HOLD)
_EXPECTED = State(_("Expected"), IDLE)
_RETURNED = State(_("Came home"), OK)

_LINE: Final[dict[str, State]] = {
    "PROPOSED": State(_("Proposed"), RUN),
    "MATCHED": State(_("Identity matched"), RUN),
    "CHECKED": _CHECKED,
    "OFFERED": _SENT,
    "ACCEPTED": State(_("Accepted"), OK),
    "COUNTERED": State(_("Counter-proposal"), WARN),
    "OBJECTED": State(_("Objection"), WARN),
    "FROZEN": _FROZEN,
    "CLEARED": State(_("Cleared"), OK),
    "EMBARKED": State(_("On the way"), RUN),
    "HANDED_OVER": State(_("Handed over"), RUN),
    "RECEIVED": State(_("Received"), OK),
    "WITHDRAWN": State(_("Taken off"), IDLE),
    "SUBSTITUTED": State(_("Replaced"), IDLE),
    "UNFIT": State(_("Needs care first"), HOLD),
    "NO_SHOW": State(_("Not present"), WARN),
    "REFUSED": State(_("Not available"), IDLE),
    "DIED": State(_("Death confirmed"), IDLE),
    "DEATH_REPORTED": State(_("Reported dead, not confirmed"), IDLE),
}

STATES: Final[dict[str, dict[str, State]]] = {
    "readiness": {
        "ready": State(_("Ready"), OK),
        "in-progress": State(_("In progress"), RUN),
        "waiting": State(_("Waiting"), HOLD),
        "at-risk": State(_("At risk"), WARN),
        "stopped": State(_("Stopped"), STOP),
        "not-started": State(_("Not started"), IDLE),
        "not-needed": State(_("Not needed"), IDLE),
        "cannot-tell": State(_("Cannot tell"), HOLD),
    },
    "tone": {
        Tone.OK: State(_("Ready"), OK),
        Tone.RUN: State(_("In progress"), RUN),
        Tone.HOLD: State(_("Waiting"), HOLD),
        Tone.WARN: State(_("At risk"), WARN),
        Tone.STOP: State(_("Stopped"), STOP),
        Tone.IDLE: State(_("Not started"), IDLE),
    },
    "line": _LINE,
    "person": {
        "CAPTURED": State(pgettext_lazy("state", "Captured"), RUN),
        "REGISTERED": State(_("Registered"), OK),
        "INTERNED": State(_("Held by us"), OK),
        "HOSPITAL": State(_("In hospital"), HOLD),
        "IN_TRANSFER": State(_("On the way"), RUN),
        "ESCAPED": State(_("Escaped"), IDLE),
        "DEAD": State(_("Death confirmed"), IDLE),
        "NEUTRAL_INTERNED": State(_("In a neutral country"), OK),
        "RELEASED": State(_("Released"), OK),
        "REPATRIATED": State(_("Went home"), OK),
        "HELD_AFTER_HOSTILITIES": State(_("Held by a court"), HOLD),
        "REPORTED": State(_("Reported missing"), RUN),
        "OPEN": State(_("Searching"), RUN),
        "CAPTIVE_UNCONFIRMED": State(_("Perhaps held"), HOLD),
        "CAPTIVE_CONFIRMED": State(_("Held, confirmed"), OK),
        "DEATH_REPORTED": _LINE["DEATH_REPORTED"],
        "LOCATED_FREE": State(_("Found, free"), OK),
        "REQUESTED": State(_("Asked for"), HOLD),
        "RETURNED": _RETURNED,
        "REMAINS_IDENTIFIED": _LINE["DIED"],
        "CLOSED_BY_FAMILY_OR_COURT": State(_("Search closed"), IDLE),
    },
    "pair": {
        "OPEN": State(_("Not compared yet"), RUN),
        "SAME": State(_("Same person"), OK),
        "NOT_SAME": State(_("Not the same"), IDLE),
        "UNSURE": State(_("Not sure"), HOLD),
    },
    "run": {
        "OPEN": State(_("Its sample is not read yet"), HOLD),
        "CONFIRMED": State(_("Confirmed"), OK),
        "STOPPED": State(_("Stopped by a doubt"), WARN),
    },
    "judgement": {
        "ASKED": State(_("Waits for a second person"), HOLD),
        "STANDS": State(_("Stands"), OK),
        "MERGED": State(_("Merged"), OK),
        "SPLIT_ASKED": State(_("To be undone: waits for a second person"), HOLD),
        "UNDONE": State(_("Taken back"), IDLE),
    },
    "evidence": {
        "same": State(_("Same"), OK),
        "differs": State(_("Differs"), WARN),
        "cannot-tell": State(_("Cannot tell"), HOLD),
        "variant": State(_("Usual variant"), OK),
        "for-strong": State(_("Strongly for"), OK),
        "for": State(_("For"), OK),
        "against": State(_("Against"), WARN),
        "against-strong": State(_("Strongly against"), WARN),
    },
    "exchange": {
        "DRAFT": _DRAFT,
        "TERMS_AGREED": State(_("Terms agreed"), RUN),
        "LISTS_OPEN": State(_("Lists open"), RUN),
        "LISTS_FROZEN": State(_("Lists locked"), RUN),
        "READY": State(_("Ready"), OK),
        "GO": State(_("Decided: go"), OK),
        "RUNNING": State(_("Handover under way"), RUN),
        "COMPLETED": State(_("Handed over"), OK),
        "RECONCILED": State(_("Reconciled"), OK),
        "CLOSED": State(pgettext_lazy("exchange", "Closed"), IDLE),
        "SUSPENDED": State(_("Suspended"), STOP),
        "ABORTED": State(_("Called off"), IDLE),
    },
    "terms": {
        "AGREED": State(_("Agreed"), OK),
        "DRAFT": _DRAFT,
        "PROPOSED": State(_("Waits for the legal officer"), HOLD),
        "DROPPED": State(_("Put away"), IDLE),
    },
    "draft": {
        "COMPOSED": State(_("Composed"), RUN),
        "LOCKED": State(_("Locked for signing"), HOLD),
        "SIGNED": State(_("Signed"), OK),
        "SENT": _SENT,
        "FROZEN": _FROZEN,
        "REPLACED": State(_("Replaced"), IDLE),
    },
    "candidate": {"OUT": State(_("Left out"), IDLE)},
    "change": {
        "came": State(_("Came"), OK),
        "left": State(_("Left"), IDLE),
        "moved": State(_("Moved"), RUN),
    },
    "wish": {
        "WILL": State(_("Will be done"), RUN),
        "DONE": _DONE,
        "NOT": State(_("Cannot be done"), WARN),
    },
    "order": {
        "lock": State(_("Put on"), RUN),
        "ban": State(_("Kept off"), HOLD),
        "move": State(_("Moved"), RUN),
        "LIFTED": State(_("Lifted"), IDLE),
    },
    "round": {
        "OPEN": State(_("Being prepared"), RUN),
        "SENT": State(_("Sent, waiting"), HOLD),
        "BOTH": State(_("Both lists here"), RUN),
        "FROZEN": _FROZEN,
    },
    "plan": {"DRAFT": _DRAFT, "CONFIRMED": State(_("Confirmed"), OK)},
    "muster": {
        "ISSUED": State(_("Manifest issued"), RUN),
        "CLOSED": State(_("Day closed"), HOLD),
        "SIGNED": State(_("Signed by both"), OK),
    },
    "outcome": {
        "": State(_("Awaited"), HOLD),
        "awaited": State(_("Awaited"), HOLD),
        "here": State(_("Here"), OK),
        "refused": State(_("Not available"), IDLE),
        "no-show": State(_("Not present"), WARN),
        "unfit": State(_("Needs care first"), HOLD),
        "conflict": State(_("Records differ"), WARN),
        "unlisted": State(_("Not on the list"), WARN),
    },
    "case": {
        "EXPECTED": _EXPECTED,
        "RECEIVED": State(_("Received"), RUN),
        "STABILISED": State(_("Stable"), OK),
        "MAIN_PHASE": State(_("Main phase"), RUN),
        "BOARD": State(_("Medical board"), RUN),
        "ADDITIONAL_CARE": State(_("More care"), RUN),
        "LEAVE": State(_("On leave"), OK),
        "DISCHARGED": State(_("Discharged"), OK),
        "NON_COMBAT_DUTY": State(_("Duty without combat"), OK),
        "DUTY": State(_("On duty"), OK),
        "FOLLOW_UP": State(_("In touch"), RUN),
        "CLOSED": State(pgettext_lazy("case", "Closed"), IDLE),
    },
    "step": {
        "OPEN": State(_("To do"), RUN),
        "DONE": _DONE,
        "NOT_NOW": State(_("Not now"), IDLE),
    },
    "bulletin": {
        "DRAFT": _DRAFT,
        "APPROVED_ONCE": State(_("Approved by one"), HOLD),
        "APPROVED": State(_("Approved by two"), OK),
        "PUBLISHED": State(_("Published"), OK),
    },
    "job": {
        "WAITING": State(_("Waiting"), HOLD),
        "RUNNING": State(_("In progress"), RUN),
        "DONE": _DONE,
        "FAILED": State(_("Stopped"), STOP),
        "CANCELLED": State(_("Cancelled"), IDLE),
    },
    "verdict": {
        "kept": State(_("Kept"), OK),
        "broken": State(_("Not kept"), STOP),
        "excused": State(_("Excused"), OK),
        "open": State(pgettext_lazy("verdict", "Open"), HOLD),
        "cannot-tell": State(_("Cannot tell"), HOLD),
    },
}


def find(kind: str, code: str) -> State:
    """The state `code` of a kind of thing. An unlisted code shows as itself: a screen never hides a state."""
    listed = STATES[kind].get(code)
    return listed if listed is not None else State(code.replace("_", " ").capitalize(), HOLD)
