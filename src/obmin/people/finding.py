"""Finding somebody on a register: by name in any spelling or script, birth year, number or unit, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _

from obmin.core.person import Misread, read_date
from obmin.people.models import Person, Register
from obmin.vault.process import keeper

TOP: Final = 20  # people nearest to a name
MOST: Final = 200  # who has each word as it was written


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


def find(register: Register, query: str) -> list[Hit]:
    """The people of a register who may be meant, the likeliest first; of merged records the one that stays."""
    name, born = asked(query)
    near = keeper().find(register.value, name, born, TOP) if name else []
    found = {key: Hit(key, score, why) for key, score, why in near}
    exact, _total = keeper().arrange(register.value, query.split(), None, 0, MOST)
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
