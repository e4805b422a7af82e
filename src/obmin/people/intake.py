"""Somebody new on a register: after a search, from a relative, a unit or a capture, one at a time.

The search comes first and is kept with the record: what was asked, and whom it showed. Of a prisoner only the
items of Article 17 are ever asked as a duty, and each may stay without an answer, with the reason why.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

from django.core import signing

from obmin.accounts import people as accounts
from obmin.accounts.models import Account
from obmin.audit import clock
from obmin.audit.perform import Gate, perform
from obmin.core import record
from obmin.core.access import Actor, Role
from obmin.core.asking import Basis, Fact, identified, may_be_told, missing
from obmin.core.custody import Event, written_date
from obmin.core.errors import Incomplete, NotAllowed, WrongState
from obmin.core.person import COLUMNS, Misread, read_cell
from obmin.people import custody
from obmin.people.models import Asking, Identity, IdentityClaim, Person, Register, Searched, Telling
from obmin.people.records import SYSTEM, opened
from obmin.people.register import begin_intake, insert_people, marked
from obmin.vault import cells
from obmin.vault.rows import insert_sealed

SEARCH_HOLDS: Final = 3600  # seconds for which a search stands for who was shown
_SALT: Final = "people.search"
ENTERED: Final = (
    "surname", "given", "patronymic", "birth_date", "sex", "citizenship", "service_number", "rank", "rank_code",
    "unit", "branch", "category", "captured_on", "region", "facility", "tags",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entry:
    """What is written down of somebody new. `values` are columns of the register table; `unsaid` says of what
    is missing why. `source` is who says so; `asking` who asks after them; `capture` the event of capture."""

    values: Mapping[str, str]
    unsaid: Mapping[str, str] = field(default_factory=dict)
    basis: Basis = Basis.STATED
    source: str = ""
    power: str = ""
    asking: record.Asking | None = None
    officer: str = ""  # who answers those who ask
    capture: record.Happening | None = None
    examination: str = ""  # of somebody who cannot say who they are: the report of the medical service


def ticket(actor: Actor, register: Register, words: str, shown: Sequence[str]) -> str:
    """What a search leaves in the reader's hand: who asked, for whom, and who was shown. Signed by us."""
    told = {"by": actor.id, "register": register.value, "words": words, "shown": list(shown)}
    return signing.dumps(told, salt=_SALT, compress=True)


def searched(text: str, actor: Actor, register: Register) -> record.Searched:
    """The search that a ticket stands for. `Incomplete` without one that is this actor's and still fresh."""
    try:
        told: Any = signing.loads(text, salt=_SALT, max_age=SEARCH_HOLDS)
    except signing.BadSignature as error:
        raise Incomplete(
            "Search first: whoever is on the register already is not written down again."
        ) from error
    if (told["by"], told["register"]) != (actor.id, register.value):
        raise Incomplete("Search first, in this register and by yourself.")
    words = str(told["words"])
    return record.Searched(words, hashlib.sha256(text.encode()).hexdigest()[:16], tuple(told["shown"]))


def read(columns: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """Fields of a form as values of the register table, and what is wrong with which."""
    values, wrong = {}, {}
    for name in ENTERED:
        found = read_cell(name, columns.get(name))
        if isinstance(found, Misread):
            wrong[name] = found.expected
        elif found:
            values[name] = found
    return values, wrong


def write_down(
    register: Register,
    entry: Entry,
    search: record.Searched,
    *,
    actor: Actor,
    request: str = "",
    at: datetime | None = None,
) -> Person:
    """Writes somebody down as new, after the search that did not find them.

    Somebody captured is registered with a name or number, or by other means with the report of the medical
    service (Art. 17); until then they are captured and no more. Somebody sought is reported.
    """
    values = {name: value for name, value in entry.values.items() if value}
    if unknown := set(values) - set(COLUMNS):
        raise Incomplete(f"A record has no {sorted(unknown)[0]}.")
    if lacking := missing(values, entry.unsaid):
        raise Incomplete(f"Say why there is no {lacking[0]}: not asked, declined, or unknown.", code="unsaid")
    request = request or f"create/{search.ticket}"
    with perform("register.create", actor=actor, request=request, at=at) as gate:
        if register is Register.HELD:
            known = identified(values) or bool(entry.basis is Basis.OTHER and entry.examination)
            state = "REGISTERED" if known else "CAPTURED"
        else:
            state = "REPORTED"
            if not identified(values):
                raise Incomplete("Nobody is looked for without a name or a number.")
        key = _written(gate, register, entry, values, state)
        insert_sealed(Searched, ("person",), [(key, search, (key,))])
        if register is Register.HELD:
            told = entry.capture or record.Happening(on=values.get("captured_on", ""))
            happened = custody.Happened(key, Event.CAPTURE, replace(told, examination=entry.examination), state)
            custody.write(gate, [happened])
        if entry.asking is not None:
            _asked(gate, key, entry.asking, entry.officer or actor.id)
        person = Person.objects.get(pk=key)
        gate.subject = person
        gate.fact("shown", len(search.shown))
        gate.fact("searched", _digest(search))
        gate.outcome = key
    return person


def enter(
    person: Person,
    *,
    actor: Actor,
    examination: str = "",
    seen: int | None = None,
    request: str = "",
    at: datetime | None = None,
) -> None:
    """Registers somebody captured, once it is known who they are, or the medical service has seen them."""
    with perform("register.enter", actor=actor, subject=person, seen=seen, request=request, at=at) as gate:
        found = opened(Identity, [person.pk]).get(person.pk, record.Identity())
        if not identified({name: getattr(found, name) for name in ("surname", "given", "service_number")}):
            if not examination.strip():
                raise Incomplete("Without a name or a number the medical service's report is named (Art. 17).")
            gate.fact("basis", Basis.OTHER.value)


def open_search(
    person: Person,
    *,
    actor: Actor,
    seen: int | None = None,
    request: str = "",
    at: datetime | None = None,
) -> None:
    """Opens the search for somebody who was reported."""
    with perform("register.open", actor=actor, subject=person, seen=seen, request=request, at=at):
        if person.register != Register.SOUGHT:
            raise WrongState("A search is opened for somebody whom we look for.")


def ask(
    person: Person,
    told: record.Asking,
    officer: str,
    *,
    actor: Actor,
    request: str = "",
    at: datetime | None = None,
) -> Asking:
    """Records who asks after somebody sought, and the officer of the family liaison who answers them."""
    with perform("register.ask", actor=actor, request=request, at=at) as gate:
        if person.register != Register.SOUGHT:
            raise WrongState("Relatives and units ask after people whom we look for.")
        found = _asked(gate, person.pk, told, officer)
        gate.subject = found
        gate.fact("person", person.pk)
    return found


def tell(
    asking: Asking,
    told: record.Telling,
    *,
    actor: Actor,
    seen: int | None = None,
    request: str = "",
    at: datetime | None = None,
) -> None:
    """Records what those who ask were told: a confirmed fact, in which words, by their one officer."""
    with perform("register.told", actor=actor, subject=asking, seen=seen, request=request, at=at) as gate:
        if asking.officer != actor.id:
            raise NotAllowed("One officer speaks with this family; it is somebody else.", code="other-officer")
        person = Person.objects.get(pk=asking.person_id)
        head = person if person.into_id is None else Person.objects.get(pk=person.into_id)
        if told.fact not in may_be_told(head.state):
            raise WrongState("This is not confirmed: a family hears confirmed facts only.", code="unconfirmed")
        if not told.words.strip():
            raise Incomplete("Write down the words in which it was told.")
        told = replace(told, on=written_date(told.on))
        key = gate.new_id()
        columns = ("key", "person", "asking", "by", "at")
        insert_sealed(Telling, columns, [(key, told, (key, person.pk, asking.pk, actor.id, gate.now))])
        gate.fact("fact", Fact(told.fact).value)


def liaison() -> list[Account]:
    """The officers who can be named to answer a family, by id."""
    held = accounts.in_force(clock.now()).filter(role=Role.FAMILY.value, account__is_active=True)
    return list(Account.objects.filter(pk__in=held.values_list("account_id", flat=True)).order_by("pk"))


def unsaid_of(person: str) -> dict[str, str]:
    """Of what no source gave, why: by field; a later source counts."""
    rows = list(IdentityClaim.objects.filter(person=person).order_by("intake__at", "pk"))
    found: dict[str, str] = {}
    for held in cells.opened(rows, SYSTEM):
        found |= (held.unsaid or {}) if held is not None else {}
    return found


def _written(gate: Gate, register: Register, entry: Entry, values: Mapping[str, str], state: str) -> str:
    source = entry.source.strip() or ("capture" if register is Register.HELD else "report")
    row: dict[str, Any] = {"id": gate.new_id(), **values}
    (mark,) = marked(source, [row])
    intake = begin_intake(gate, register, source, [mark.told])
    intake.new = 1
    intake.save()
    told = row | {"unsaid": dict(entry.unsaid) or None, "identity_basis": entry.basis.value}
    (key,) = insert_people(gate, intake, entry.power, [(mark.mark, mark.seen, mark.number, told)], state)
    return key


def _asked(gate: Gate, person: str, told: record.Asking, officer: str) -> Asking:
    if not told.name.strip():
        raise Incomplete("Write down who asks.")
    if officer not in {one.pk for one in liaison()}:
        raise Incomplete("The officer who answers a family is one of the family liaison.", code="no-officer")
    found = Asking(key=gate.new_id(), person_id=person, officer=officer, at=gate.now, by=gate.actor.id)
    cells.fill(found, told)
    found.save()
    return found


def _digest(search: record.Searched) -> str:
    text = "\x1f".join((search.words, *search.shown))
    return hashlib.sha256(text.encode()).hexdigest()
