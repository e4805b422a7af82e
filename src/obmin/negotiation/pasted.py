"""Whom pasted lines mean among the people of a draft."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _

from obmin.core.access import Actor, Area
from obmin.core.errors import Problem, Unreadable
from obmin.negotiation.models import Draft, LeftOut
from obmin.people import records
from obmin.people.models import Intake, Person, Register
from obmin.vault import cells
from obmin.vault.process import keeper

LONGEST: Final = 500  # lines
KEY: Final = re.compile(r"[0-9a-f]{16}")


@dataclass(frozen=True, slots=True)
class Pasted:
    """What became of each pasted line: `found` (line, key), `unknown` lines, `ambiguous` (line, keys)."""

    found: tuple[tuple[str, str], ...]
    unknown: tuple[str, ...]
    ambiguous: tuple[tuple[str, tuple[str, ...]], ...]

    @property
    def people(self) -> list[str]:
        return list(dict.fromkeys(key for _line, key in self.found))


def resolve(draft: Draft, text: str) -> Pasted:
    """Whom pasted lines mean among the people of a draft: our key, a source's number, or words of a name.

    Raises Unreadable with more than 500 lines.
    """
    asked = list(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))
    if len(asked) > LONGEST:
        expected = _("at most %(n)s lines at once") % {"n": LONGEST}
        raise Unreadable(Problem(_("pasted"), LONGEST + 1, None, f"{len(asked)}", expected))
    numbered = _by_number([line for line in asked if " " not in line])
    keys = [line for line in asked if KEY.fullmatch(line)]
    known = set(Person.objects.filter(pk__in=keys, register=Register.HELD).values_list("pk", flat=True))
    met: dict[str, tuple[str, ...]] = {}
    for line in asked:
        if line in known:
            met[line] = (line,)
        elif line in numbered:
            met[line] = tuple(numbered[line])
        else:
            parts = line.replace(",", " ").split()
            met[line] = tuple(keeper().arrange(Register.HELD.value, parts, None, 0, 6)[0]) if parts else ()
    here = _of_draft(draft, {key for keys_of in met.values() for key in keys_of})
    met = {line: tuple(key for key in keys_of if key in here) for line, keys_of in met.items()}
    return Pasted(
        tuple((line, some[0]) for line, some in met.items() if len(some) == 1),
        tuple(line for line, some in met.items() if not some),
        tuple((line, some) for line, some in met.items() if len(some) > 1),
    )


def shown_to(found: Pasted, draft: Draft, actor: Actor) -> Pasted:
    """The same for a reader: whoever is left out is unknown to those who may not see who is."""
    if actor.sees(Area.LISTS, "left_out"):
        return found
    on = set(draft.lines.values_list("person_id", flat=True))
    unknown = [line for line, key in found.found if key not in on]
    several = [(line, tuple(key for key in keys if key in on)) for line, keys in found.ambiguous]
    return Pasted(
        tuple(pair for pair in found.found if pair[1] in on)
        + tuple((line, keys[0]) for line, keys in several if len(keys) == 1),
        (*found.unknown, *unknown, *(line for line, keys in several if not keys)),
        tuple((line, keys) for line, keys in several if len(keys) > 1),
    )


def _by_number(lines: Sequence[str]) -> dict[str, list[str]]:
    """The people of each number, by whatever source gave it."""
    named = records.sources(Intake.objects.filter(register=Register.HELD).order_by("at", "pk"))
    sources = list(dict.fromkeys(named.values()))
    pairs = [(line, f"{source}/{line}") for line in lines for source in sources]
    marks = cells.marks("source", [number for _line, number in pairs])
    people = dict(Person.objects.filter(source_mark__in=marks).values_list("source_mark", "pk"))
    found: dict[str, list[str]] = {}
    for (line, _number), mark in zip(pairs, marks, strict=True):
        if mark in people:
            found.setdefault(line, []).append(people[mark])
    return found


def _of_draft(draft: Draft, keys: set[str]) -> set[str]:
    on = draft.lines.filter(person__in=keys).values_list("person_id", flat=True)
    out = LeftOut.objects.filter(draft=draft, person__in=keys).values_list("person_id", flat=True)
    return {*on, *out}
