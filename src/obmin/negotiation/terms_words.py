"""What the keys of an agreement file are called on a form."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from obmin.core.terms.questions import Question
from obmin.web import say

KEYS: Final[dict[str, Promise]] = {
    "id": gettext_lazy("Name of the clause"),
    "says.en": gettext_lazy("Words agreed, in English"),
    "says.uk": gettext_lazy("Words agreed, in Ukrainian"),
    "basis.en": gettext_lazy("What this version rests on, in English"),
    "basis.uk": gettext_lazy("What this version rests on, in Ukrainian"),
    "agreed": gettext_lazy("Agreed on"),
    "phases": gettext_lazy("Phases"),
    "beside": gettext_lazy("Outside every count"),
    "withdrawn": gettext_lazy("Clauses that no longer hold"),
    "from": gettext_lazy("Held by"),
    "to": gettext_lazy("Received by"),
    "track": gettext_lazy("Track"),
    "who": gettext_lazy("Who"),
    "named": gettext_lazy("By name"),
    "event": gettext_lazy("Event"),
    "outside": gettext_lazy("Travel outside the count"),
    "exactly": gettext_lazy("Exactly"),
    "at_least": gettext_lazy("At least"),
    "at_most": gettext_lazy("At most"),
    "about": gettext_lazy("About"),
    "judge": gettext_lazy("Who says whether it was met"),
    "all": gettext_lazy("All of a population"),
    "open": gettext_lazy("The number is left open"),
    "per_day": gettext_lazy("Each day"),
    "value": gettext_lazy("Counted in units of value"),
    "excused_by": gettext_lazy("A shortfall is excused by"),
    "selected_by": gettext_lazy("Names picked by"),
    "approved_by": gettext_lazy("Names need the consent of"),
    "of": gettext_lazy("Sum of the clauses"),
    "that": gettext_lazy("What is true of each"),
    "by": gettext_lazy("Done by"),
    "toward": gettext_lazy("Toward"),
    "for_each": gettext_lazy("Once for each of"),
    "first": gettext_lazy("First"),
    "then": pgettext_lazy("order", "Then"),
    "how": gettext_lazy("In which relation"),
    "hours": gettext_lazy("Within hours"),
    "keys": gettext_lazy("In the order of"),
    "if": gettext_lazy("Binds only after"),
    "unless": gettext_lazy("No longer binds after"),
    "owed_by": gettext_lazy("Who answers for it"),
    "sealed_until": gettext_lazy("Numbers stay secret until"),
    "readings": gettext_lazy("Other readings"),
    "unsaid.en": gettext_lazy("Why it cannot be said, in English"),
    "unsaid.uk": gettext_lazy("Why it cannot be said, in Ukrainian"),
}
WINDOW: Final[dict[str, Promise]] = {
    "from": gettext_lazy("Not before"),
    "until": gettext_lazy("At the latest"),
}
FORMS: Final[dict[str, Promise]] = {
    "count": gettext_lazy("a number of people, bodies or things"),
    "total": gettext_lazy("a reported sum of counts"),
    "every": gettext_lazy("something true of each person"),
    "none": gettext_lazy("something true of nobody"),
    "must": gettext_lazy("something that must be done"),
    "may": gettext_lazy("something that may be done"),
    "never": gettext_lazy("something that must never be done"),
    "order": gettext_lazy("what comes before, together or in turn"),
    "priority": gettext_lazy("who goes before whom"),
}
CHOICES: Final[dict[str, Promise]] = {
    "before": gettext_lazy("one is complete before the other begins"),
    "together": gettext_lazy("they begin together"),
    "in-turn": gettext_lazy("they take turns"),
}


def label(question: Question) -> str:
    """The question in words; a key that has none is shown as it is."""
    key = question.key
    if question.group == "window":
        return str(WINDOW.get(key, key))
    if key.startswith("phases."):
        return _("In phase %(phase)s") % {"phase": key.split(".", 1)[1]}
    return str(KEYS.get(key, key))


def where(line: int) -> str:
    """Where a value stands in the file."""
    return _("line %(n)s") % {"n": say.number(line)}
