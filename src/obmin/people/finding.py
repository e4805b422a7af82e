"""Finding somebody on a register: by name in any spelling or script, birth year, number or unit, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from obmin.core.person import Misread, read_date
from obmin.people.models import Person, Register
from obmin.vault.process import keeper

TOP: Final = 20  # people nearest to a name
MOST: Final = 200  # who has each word as it was written
_BORN: Final[dict[str, Promise]] = {  # as `engines.search` says it
    "birth date same": gettext_lazy("born on that day"),
    "birth year same": gettext_lazy("born in that year"),
    "birth date other": gettext_lazy("born at another time"),
    "birth date unknown": gettext_lazy("birth date not known"),
}


@dataclass(frozen=True, slots=True)
class Hit:
    """Somebody who may be meant. `score` is from 0 to 1; `why` is in words."""

    person: str
    score: float
    why: str


def asked(query: str) -> tuple[str, str]:
    """A query as a name and a date of birth, as precise as it was given; numbers are neither."""
    words, born = [], ""
    for word in query.split():
        date = read_date(word)
        if not isinstance(date, Misread) and not born:
            born = date
        elif not any(letter.isdigit() for letter in word):
            words.append(word)
    return " ".join(words), born


def find(register: Register, query: str, *, units: bool = True) -> list[Hit]:
    """The people of a register who may be meant, the likeliest first; of merged records the one that stays.

    Without `units` nobody is found by one: for those who may not know them.
    """
    name, born = asked(query)
    near = keeper().find(register.value, name, born, TOP) if name else []
    found = {key: Hit(key, score, said(why)) for key, score, why in near}
    words = query.split()
    exact, _total = keeper().arrange(register.value, words, None, 0, MOST, units)
    for key in exact:
        why = found[key].why if key in found else _("each word stands in the record")
        found[key] = Hit(key, max(1.0, found[key].score if key in found else 1.0), why)
    ranked = sorted(found.values(), key=lambda hit: -hit.score)  # among equals the order in which they came
    into = dict(Person.objects.filter(pk__in=found).exclude(into=None).values_list("key", "into_id"))
    best: dict[str, Hit] = {}
    for hit in ranked:
        key = into.get(hit.person, hit.person)
        best.setdefault(key, Hit(key, hit.score, hit.why))
    return list(best.values())


def said(why: str) -> str:
    """Why somebody was found, as the engine says it, in the reader's language."""
    told = []
    for part in why.split("; "):
        word, _colon, how = part.partition(": ")
        other = how.rpartition(" ")[0]
        if part in _BORN:
            told.append(str(_BORN[part]))
        elif how == "same":
            told.append(_("“%(word)s” stands there") % {"word": word})
        elif how and how != "nothing near":
            told.append(_("“%(word)s” is near “%(other)s”") % {"word": word, "other": other or how})
    return ", ".join(told)
