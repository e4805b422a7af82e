"""What lists say about places and clauses, in the reader's language.

Reasons and verdicts are kept as they were written when the list was composed, in English; a page tells them
again through the composer's own table of sentences.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from ruamel.yaml import YAML

from obmin.core.compose import wording
from obmin.core.compose.policy import default_policy
from obmin.core.terms.model import Version
from obmin.web import say

STAY: Final[dict[str, Promise]] = {
    "stay": gettext_lazy("those of the draft before stay"),
    "stay-phase": gettext_lazy("and stay on their day"),
    "numbers": gettext_lazy("as many as the agreement lets go"),
}
RULES: Final[dict[str, Promise]] = {
    "register": gettext_lazy("Everybody is in the register"),
    "I-1": gettext_lazy("Everybody has consented in private"),
    "I-2": gettext_lazy("No direct medical case that may travel is left out"),
    "I-3": gettext_lazy("Direct medical cases stand outside every count"),
    "I-5": gettext_lazy("Everybody is fit to travel"),
    "I-6": gettext_lazy("Nobody held by a court goes without the consents"),
    "I-9": gettext_lazy("A clause of their own track asks for each"),
    "I-10": gettext_lazy("Nobody stands on two lines"),
    "groups": gettext_lazy("Groups are kept together"),
    "bans": gettext_lazy("Nobody taken off is listed"),
    "locks": gettext_lazy("Whoever was locked stays in place"),
}
REASONS: Final = ("in-", "out-", "not-", "direct", "sealed-")


def days(version: Version) -> dict[str, str]:
    """The day of each phase, as it stands in grids; a phase without a day keeps its name."""
    return {p.id: say.day(p.day) if p.day else p.id for p in version.phases}


def with_days(text: str, known: Mapping[str, str]) -> str:
    """The text with each phase named by its day."""
    return re.sub(r"\b[A-Z]\w*\b", lambda found: known.get(found[0], found[0]), text)


def level(key: str) -> str:
    """What a level of the policy does, in words."""
    if key in STAY:
        return str(STAY[key])
    said = _levels().get(key)
    return said[1 if get_language() == "uk" else 0] if said else key


def rule(clause: str) -> str:
    """What a verdict is about: a rule in words, or the clause by its name."""
    return str(RULES[clause]) if clause in RULES else _("Clause %(id)s") % {"id": clause}


def arithmetic(clause: str, text: str, known: Mapping[str, str]) -> str:
    """How a verdict came, in numbers."""
    counted = re.match(r"(\d+) of (\d+) ", text)
    if counted:
        against, every = (say.number(int(part)) for part in counted.groups())
        return _("%(against)s of %(every)s against it") % {"against": against, "every": every}
    return with_days(text, known) if clause not in RULES else ""


def reason(text: str) -> str:
    """A reason of the composer in the reader's language; any other text as it is."""
    if get_language() != "uk":
        return text.replace('"', "”").replace(" ”", " “")
    for pattern, key in _patterns():
        if found := pattern.fullmatch(text):
            values = found.groupdict()
            if "level" in values:
                values["level"] = _by_words().get(values["level"], values["level"])
            return wording.say(key, "uk", **values)
    return text


def key_of(text: str) -> str:
    """Which of the composer's sentences a reason is; empty for any other text."""
    return next((key for pattern, key in _patterns() if pattern.fullmatch(text)), "")


@cache
def _levels() -> dict[str, tuple[str, str]]:
    return {r.id: (r.says.en, r.says.uk or r.says.en) for r in default_policy().rungs}


@cache
def _by_words() -> dict[str, str]:
    stay = {wording.say(key, "en"): wording.say(key, "uk") for key in ("level-stay", "level-numbers")}
    return stay | dict(_levels().values())


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Each sentence about a place as a pattern of its English form; the longest first."""
    found = []
    text = files("obmin.core.compose").joinpath("wording.yaml").read_text(encoding="utf-8")
    for key, both in YAML(typ="safe", pure=True).load(text).items():
        if key.startswith(REASONS):
            english = re.escape(both["en"]).replace(r"\{", "{").replace(r"\}", "}")
            found.append((re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>.+)", english)), key))
    return tuple(sorted(found, key=lambda one: -len(one[0].pattern)))
