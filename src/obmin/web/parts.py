"""What the parts of a page are made from. Pages fill these; templates draw them; neither looks further."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from django.utils.functional import Promise

from obmin.web.say import NONE, number
from obmin.web.states import find

Text = str | Promise


@dataclass(frozen=True, slots=True)
class Link:
    """A place to go. `count` is what waits there for the reader, never how many people are held."""

    text: Text
    href: str
    icon: str = ""
    count: int = 0
    current: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """A group of the side list, under a heading if it has one."""

    links: Sequence[Link]
    heading: Text = ""


@dataclass(frozen=True, slots=True)
class Stage:
    """A tile of the stage strip. `state` is a code of `states.STATES["readiness"]`."""

    number: int
    name: Text
    href: str
    state: str
    waiting: int = 0
    note: Text = ""
    current: bool = False


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands round every page: who is here, the side list, and the exchange's stages if there is one."""

    groups: Sequence[Group] = ()
    stages: Sequence[Stage] = ()
    exchange: str = ""
    exchange_href: str = ""
    who: str = ""
    role: Text = ""
    until: str = ""
    search: str = ""  # address of the search; empty: the reader may not search


@dataclass(frozen=True, slots=True)
class Person:
    """A person's name: as recorded, then romanised. `lang` is the language of the recorded form."""

    name: str
    romanised: str = ""
    href: str = ""
    lang: str = "uk"
    note: Text = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """A state in a cell: `kind` and `code` of `states.STATES`; `since` and `by` show on hover and focus."""

    kind: str
    code: str
    since: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """A column. `sort` is its key in the address; `drop` 1 goes first on a narrow screen, 3 last."""

    label: Text
    number: bool = False
    sort: str = ""
    drop: int = 0


Cell = Text | int | float | None | Person | Mark | Link


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a grid: cells in the columns' order, the id that travels when chosen, whose row it is."""

    cells: Sequence[Cell]
    id: str = ""
    name: Text = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class Grid:
    """A table. `caption` says what it is; `choose` names the form of the bulk bar, if rows can be chosen."""

    caption: Text
    columns: Sequence[Column]
    rows: Sequence[Row]
    choose: str = ""
    hide_caption: bool = True


@dataclass(frozen=True, slots=True)
class Facet:
    """A filter with how many rows it would leave; not shown at zero unless it is on."""

    text: Text
    href: str
    count: int
    on: bool = False


@dataclass(frozen=True, slots=True)
class Obstacle:
    """What stands in the way: what it stops, who can clear it, since when, and the act that clears it."""

    tone: str
    title: Text
    detail: Text = ""
    act: Link | None = None
    since: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """A label and its value. `why` says why there is none: not asked, declined, unknown are three answers."""

    label: Text
    value: Cell = None
    why: Text = ""
    change: str = ""


@dataclass(frozen=True, slots=True)
class Count:
    """A sum over a grid, with its rule and whether the rule holds: "62 seriously wounded, at least 60"."""

    number: int
    text: Text
    tone: str = ""
    rule: Text = ""


@dataclass(frozen=True, slots=True)
class Act:
    """A button. With a `reason` it is greyed, stays reachable, and says why."""

    text: Text
    href: str = ""
    primary: bool = False
    reason: Text = ""
    icon: str = ""
    name: str = ""
    value: str = ""

    @property
    def key(self) -> str:
        """The id of its reason on the page: the same for the same words, in any script."""
        return "why-" + sha256(f"{self.text}{self.reason}".encode()).hexdigest()[:8]


@dataclass(frozen=True, slots=True)
class Field:
    """One question of a form. `kind`: text, textarea, select, radio, date, checkbox, search, file."""

    name: str
    label: Text
    value: str = ""
    hint: Text = ""
    error: Text = ""
    kind: str = "text"
    options: Sequence[tuple[str, Text]] = ()
    lang: str = ""
    optional: bool = False
    autocomplete: str = "off"


@dataclass(frozen=True, slots=True)
class Progress:
    """Long work, as the reader sees it. `href` answers with the same fragment; `cancel` takes a POST."""

    step: Text
    done: int
    total: int
    href: str
    state: str = "RUNNING"
    cancel: str = ""
    result: Link | None = None
    failure: Text = ""


@dataclass(frozen=True, slots=True)
class Readiness:
    """A line of the readiness board. `confirmed` of none shows "cannot tell", never zero."""

    area: Text
    href: str
    needed: int
    confirmed: int | None
    who: Text
    by: str
    state: str
    why: Text = ""

    @property
    def missing(self) -> str:
        """How many are still missing; a dash when none is, "?" when it cannot be told."""
        if self.confirmed is None:
            return "?"
        short = self.needed - self.confirmed
        return number(short) if short > 0 else NONE

    @property
    def tone(self) -> str:
        return str(find("readiness", self.state).tone)


@dataclass(frozen=True, slots=True)
class Empty:
    """Nothing here: what belongs here, why it is empty, the one thing to do."""

    title: Text
    why: Text = ""
    acts: Sequence[Act] = field(default=())
