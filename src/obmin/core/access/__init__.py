"""Who may see and do what. One function answers for the gate, the greyed button and its tooltip.

What each duty sees, field by field, and which duties are kept apart is data: `duties.yaml`. What each duty
does is `obmin.core.acts`. Whatever neither names is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Self

from obmin.core.access.duties import DUTIES, TABLE, Area, Duty, Place, Role, Table, clash, read_duties

if TYPE_CHECKING:
    from obmin.core.acts import Act

__all__ = [
    "DUTIES",
    "READS",
    "TABLE",
    "YES",
    "Actor",
    "Area",
    "Decision",
    "Duty",
    "Place",
    "Post",
    "Reach",
    "Role",
    "Table",
    "clash",
    "decide",
    "read_duties",
]

READS: Final[Mapping[Role, frozenset[Area]]] = MappingProxyType({r: duty.areas for r, duty in DUTIES.items()})

Post = tuple[Role, str]  # a duty and a place where it is held: a site's code, a crossing's name


@dataclass(frozen=True, slots=True)
class Reach:
    """Rows of an area: those at one of `places` and of this `agency`; `None`: wherever, whoever's."""

    places: frozenset[str] | None = None
    agency: str | None = None


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who acts: resolved by accounts inside the transaction of the act.

    `areas` and `fields` are what the duties see; `posts` where those duties are held that are bound to a place.
    """

    id: str
    roles: frozenset[Role]
    party: str
    agency: str = ""
    areas: frozenset[Area] = field(default_factory=frozenset)
    fresh: bool = False  # whoever acts has touched their key a moment ago
    fields: frozenset[tuple[Area, str]] = field(default_factory=frozenset)
    posts: frozenset[Post] = field(default_factory=frozenset)

    @classmethod
    def of(
        cls,
        id: str,
        roles: frozenset[Role],
        *,
        party: str,
        agency: str = "",
        fresh: bool = False,
        places: frozenset[str] = frozenset(),
        posts: frozenset[Post] | None = None,
    ) -> Self:
        """An actor with everything that `roles` see. `places` are those of every place-bound role."""
        if posts is None:
            posts = frozenset((role, at) for role in roles if DUTIES[role].place for at in places)
        areas = frozenset(area for role in roles for area in READS[role])
        fields = frozenset((a, f) for role in roles for a, found in DUTIES[role].fields.items() for f in found)
        return cls(id, roles, party, agency, areas, fresh, fields, posts)

    @property
    def places(self) -> frozenset[str]:
        return frozenset(place for _role, place in self.posts)

    def reads(self, area: Area) -> bool:
        return area in self.areas

    def sees(self, area: Area, field: str) -> bool:
        """Whether a field is shown; a field that the table does not know is a mistake of the page."""
        if field not in TABLE.areas.get(area, ()):
            raise KeyError(f"{area}/{field}")
        return (area, field) in self.fields

    def reach(self, area: Area) -> frozenset[Reach]:
        """Which rows of `area` are seen: a row that lies within any of these; none of them: no row."""
        found = set()
        for role in self.roles:
            duty = DUTIES[role]
            if area in duty.areas:
                places = frozenset(at for held, at in self.posts if held is role) if duty.place else None
                found.add(Reach(places, self.agency if duty.agency else None))
        return frozenset(found)


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether something may be done; if not, a stable code and the reason in a sentence."""

    allowed: bool
    code: str = "ok"
    reason: str = ""


YES: Final = Decision(True)


def decide(
    act: Act, actor: Actor, *, state: str | None = None, second: Actor | None = None, reason: str = ""
) -> Decision:
    """May `actor` do `act` to a thing in `state`, with this second person and this reason?"""
    if not actor.roles & act.roles:
        who = ", ".join(sorted(role.value for role in act.roles))
        return Decision(False, "not-allowed", f"This is done by: {who}.")
    if act.starts and state not in act.starts:
        return Decision(
            False, "wrong-state", f"It is {state}; this starts from {', '.join(sorted(act.starts))}."
        )
    if act.touch and not actor.fresh:
        return Decision(False, "touch-missing", "Touch your security key: this act binds.")
    if act.reason and not reason.strip():
        return Decision(False, "reason-missing", "Say why: this act is recorded with its reason.")
    if act.second:
        if second is None:
            return Decision(False, "second-missing", "A second person confirms this.")
        if second.id == actor.id:
            return Decision(False, "second-same", "The second person is somebody else.")
        if not second.roles & act.second:
            who = ", ".join(sorted(role.value for role in act.second))
            return Decision(False, "second-not-allowed", f"The second person is one of: {who}.")
    return YES
