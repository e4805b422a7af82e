"""Stage 5, rounds: lists negotiated and signed by two sides who trust nobody.

What may follow what is decided in `core.rounds`; here packages are signed, kept as the exact bytes that
were signed, and posted. Posting is outside the act: it can be repeated, and says nothing new.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Final

from django.conf import settings

from obmin.audit.perform import Gate, perform
from obmin.core import rounds as protocol
from obmin.core.access import Actor
from obmin.core.errors import Altered, Incomplete
from obmin.core.evidence import Says
from obmin.core.record import Identity
from obmin.core.rounds import Answer, Contents, Kind, Line, State
from obmin.files import packages
from obmin.negotiation import keys, lists, lots, terms
from obmin.negotiation.models import Draft, Exchange, ListLine, Package, Round, TheirOffer, WantedLine
from obmin.people import evidence, records, tracing
from obmin.people.models import Person, Register, TheirLine, TheirList
from obmin.vault import cells
from obmin.vault.rows import insert, update

FOUND: Final = ("RETURNED", "REMAINS_IDENTIFIED", "CLOSED_BY_FAMILY_OR_COURT")
SAYS: Final = {  # what their answer to a wanted line says of the person
    **dict.fromkeys(protocol.TO_WANTED, Says.HELD),  # whom they hold and do not offer, too
    protocol.Code.NOT_HELD: Says.NOT_HELD,
    protocol.Code.UNKNOWN: Says.UNKNOWN,
    protocol.Code.DEAD: Says.DEAD,
    protocol.Code.RELEASED: Says.FREE,
}
ACT: Final = {
    Kind.WANTED: "rounds.wanted",
    Kind.PROPOSAL: "rounds.propose",
    Kind.REPLY: "rounds.answer",
    Kind.FREEZE: "rounds.freeze",
}


def state(exchange: Exchange) -> State:
    """Where the rounds stand, from the packages as they were signed."""
    found = protocol.begin(exchange.key, (settings.OBMIN.party, exchange.other), terms.current(exchange).sha256)
    sent = list(Package.objects.filter(round__exchange=exchange).order_by("round__number", "sender"))
    for package, body in zip(sent, cells.opened(sent, records.SYSTEM), strict=True):
        found = protocol.next_state(found, _parsed(body, package.signature))
    return found


def send(
    exchange: Exchange,
    kind: Kind,
    *,
    actor: Actor,
    second: Actor,
    expires: datetime,
    lines: Callable[[Gate, Exchange], Iterable[Line]] | None = None,
    answers: Iterable[Answer] = (),
    draft: Draft | None = None,
    request: str = "",
    at: datetime | None = None,
) -> Package:
    """Signs our next package and keeps it; `post` then lays it out for the courier."""
    with perform(ACT[kind], actor=actor, subject=exchange, second=second, request=request, at=at) as gate:
        _still_as_composed(exchange, kind, draft)
        before = state(exchange)
        contents = protocol.draft(
            before,
            kind,
            settings.OBMIN.party,
            expires,
            lines=lines(gate, exchange) if lines else (),
            answers=answers,
            lot=lots.ours(before, kind),
        )
        body = packages.canonical(protocol.to_data(contents))
        signature = packages.sign(body, keys.signing("rounds"), comment=f"obmin {_name(contents)}")
        # What is signed cannot be taken back: what they would refuse is never signed.
        if refusals := protocol.check_package(before, _parsed(body, signature), gate.now):
            raise Incomplete(" ".join(refusal.text for refusal in refusals), code=refusals[0].fault.value)
        package = _keep(gate, exchange, contents, body, signature, draft=draft)
        if kind is Kind.REPLY:
            _note_answers(exchange, contents)
        gate.outcome = package.name
    return package


def receive(
    exchange: Exchange,
    body: bytes,
    signature: str,
    *,
    actor: Actor,
    request: str = "",
    at: datetime | None = None,
) -> Package:
    """Takes in a package of the other side: signed, and following what both have; or it is refused."""
    with perform("rounds.receive", actor=actor, subject=exchange, request=request, at=at) as gate:
        packages.verify(body, signature, keys.theirs(exchange.other, "rounds"))
        parsed = _parsed(body, signature)
        if parsed.contents.sender != exchange.other:  # their key speaks for them, never for us
            raise Altered(
                f"{exchange.other} signed a package in the name of {parsed.contents.sender}.",
                code=protocol.Fault.WRONG_PARTIES.value,
            )
        before = state(exchange)
        if refusals := protocol.check_package(before, parsed, gate.now):
            raise Altered(" ".join(refusal.text for refusal in refusals), code=refusals[0].fault.value)
        package = _keep(gate, exchange, parsed.contents, body, signature)
        theirs = _take_lines(gate, package, parsed.contents)
        if theirs is not None:
            Round.objects.filter(pk=package.round_id).update(theirs=theirs)
        if parsed.contents.kind is Kind.REPLY:
            _take_answers(gate, exchange, before, parsed.contents)
        gate.outcome = package.name
    return package


def answer(offers: Sequence[TheirOffer]) -> list[Answer]:
    """Our answers to their proposal: a line that breaks a clause is objected to, every other is accepted.

    Raises `Incomplete` while lines have not been held against the terms: silence is no consent.
    """
    if unread := sum(1 for offer in offers if not offer.fits):
        raise Incomplete(f"{unread} lines have not been held against the terms.")
    return [
        Answer(
            offer.line.line,
            protocol.Code.OBJECTED if offer.fits == "breaks" and not offer.direct else protocol.Code.ACCEPTED,
            offer.why if offer.fits == "breaks" and not offer.direct else "",
        )
        for offer in offers
    ]


def answer_wanted(theirs: TheirList) -> list[Answer]:
    """Our answers to their wanted list: whom a person has recognised is held; of the rest we know nothing."""
    rows = theirs.lines.values_list("line", "person_id")
    known, unknown = protocol.Code.HELD_CONFIRMED, protocol.Code.UNKNOWN
    return [Answer(line, known if person else unknown) for line, person in rows]


def wanted_lines(gate: Gate, exchange: Exchange) -> list[Line]:
    """Everybody whom we look for, under line ids drawn for this exchange; whom each names stays with us."""
    people = Person.objects.filter(register=Register.SOUGHT).exclude(state__in=FOUND)
    known = dict(exchange.wanted.values_list("person_id", "line"))
    drawn = [(known.get(person.pk) or gate.new_id(), person) for person in people.order_by("key")]
    who = records.identities(person.pk for _, person in drawn)
    insert(
        WantedLine,
        ("exchange", "line", "person", "answer"),
        [(exchange.pk, line, person.pk, "") for line, person in drawn if person.pk not in known],
    )
    return [_line(line, person, who[person.pk]) for line, person in drawn]


def offered_lines(gate: Gate, exchange: Exchange) -> list[Line]:
    """The newest draft as the other side sees it: nothing of health, will or court."""
    draft = exchange.drafts.order_by("-number")[0]
    gate.fact("draft", draft.number)
    numbers = {
        phase.id: n
        for n, phase in enumerate(terms.agreement(draft.terms).version(draft.terms.number).phases, start=1)
    }
    rows = list(draft.lines.exclude(state="WITHDRAWN").select_related("person"))
    who = records.identities(row.person_id for row in rows)
    return [
        _line(
            row.line,
            row.person,
            who[row.person_id],
            phase=numbers.get(row.phase, 0),
            clause=row.clause,
            counted=0 if row.direct else 1,
        )
        for row in rows
    ]


def post(package: Package, outbox: Path, archive: Path | None = None) -> None:
    """Lays a package out for the courier, sealed to its reader; `archive` gets what was sent and signed."""
    body, name = body_of(package), package.name
    reader = package.round.exchange.other
    sealed = packages.seal(packages.bundle(body, package.signature), [keys.recipient(reader)])
    packages.lay(outbox / f"{name}.{reader}.age", sealed)
    if archive is not None:
        packages.lay(archive / f"{name}.json", body)
        packages.lay(archive / f"{name}.json.minisig", package.signature.encode())
        packages.lay(archive / f"{name}.age", sealed)


def body_of(package: Package) -> bytes:
    """The exact bytes that were signed."""
    return bytes(cells.value(package, records.SYSTEM))


def letter(inbox: Path, name: str) -> tuple[bytes, str]:
    """The contents and signature of a letter that has come in."""
    path = inbox / f"{name}.{settings.OBMIN.party}.age"
    if not path.exists():
        raise Incomplete(f"{path.name} has not come.")
    return packages.unbundle(packages.unseal(path.read_bytes(), keys.identity()))


def name_of(kind: Kind, number: int, sender: str) -> str:
    """How a package is called: its round, kind and sender."""
    return f"{number:02d}-{kind.value}-{sender}"


def _name(contents: Contents) -> str:
    return name_of(contents.kind, contents.round, contents.sender)


def _keep(
    gate: Gate,
    exchange: Exchange,
    contents: Contents,
    body: bytes,
    signature: str,
    *,
    draft: Draft | None = None,
) -> Package:
    found, _ = Round.objects.get_or_create(
        exchange=exchange,
        number=contents.round,
        defaults={"kind": contents.kind.value, "expires": contents.expires},
    )
    if draft is not None:
        found.draft = draft
        Draft.objects.filter(pk=draft.pk).update(state="SENT")
        ListLine.objects.filter(draft=draft, state="CHECKED").update(state="OFFERED")
    ours = contents.sender == settings.OBMIN.party
    other = found.packages.exclude(sender=contents.sender).exists()
    found.state = "BOTH" if other else ("SENT" if ours else "OPEN")
    found.save()
    package = Package(
        round=found,
        name=_name(contents),
        sender=contents.sender,
        signature=signature,
        sha256=hashlib.sha256(body).hexdigest(),
        at=gate.now,
    )
    cells.fill(package, body)
    package.save()
    gate.fact("round", contents.round)
    gate.fact("kind", contents.kind.value)
    gate.fact("sha256", package.sha256)
    lots.keep(gate, exchange, contents, lists.frozen_hash)
    if contents.kind is Kind.FREEZE:
        gate.ends = "LISTS_FROZEN" if other else exchange.state
        if other:
            _lock(exchange)
    return package


def _still_as_composed(exchange: Exchange, kind: Kind, sending: Draft | None) -> None:
    """Nothing goes out, and nothing is locked, on records or terms that have changed under it."""
    if kind is Kind.PROPOSAL:
        draft = lists.latest(exchange)
        if draft is None or sending is None or sending.pk != draft.pk:
            raise Incomplete("The newest draft is what is sent, and no other.")
    elif kind is Kind.FREEZE:
        last = _last_proposal(exchange)
        if last is None or last.draft is None:
            raise Incomplete("No list of ours has been sent yet.")
        draft = last.draft
    else:
        return
    if draft.terms_id != terms.current(exchange).pk:
        raise Incomplete(f"Draft {draft.number} was composed under earlier terms: compose again.")
    if kind is Kind.PROPOSAL and (changed := lists.newer_orders(draft)):
        raise Incomplete(
            f"{changed} orders were given or lifted since draft {draft.number} was composed: compose again."
        )
    if changed := lists.newer_records(draft):
        raise Incomplete(
            f"{changed} records have changed since draft {draft.number} was composed: compose again."
        )


def _lock(exchange: Exchange) -> None:
    """Both sides have signed the same two lists: from now on every change is an exception with a reason."""
    Round.objects.filter(exchange=exchange, kind=Kind.FREEZE.value).update(state="FROZEN")
    last = _last_proposal(exchange)
    assert last is not None  # a freeze binds the lists of a proposal of each side
    Draft.objects.filter(exchange=exchange).update(state="REPLACED")
    Draft.objects.filter(rounds_sent=last).update(state="FROZEN")
    ListLine.objects.filter(draft__rounds_sent=last).exclude(state="WITHDRAWN").update(state="FROZEN")
    TheirOffer.objects.filter(round=last).update(state="FROZEN")


def _last_proposal(exchange: Exchange) -> Round | None:
    """The last round in which a list of ours went out."""
    sent = exchange.rounds.filter(kind=Kind.PROPOSAL.value, draft__isnull=False)
    return sent.select_related("draft").order_by("-number").first()


def _note_answers(exchange: Exchange, contents: Contents) -> None:
    """What we said to each of their lines stands on the line."""
    said = {answer.line: answer.code.value for answer in contents.answers}
    asked = exchange.rounds.get(number=contents.round - 1)
    offers = TheirOffer.objects.filter(round=asked).values_list("line__line", "pk")
    update(TheirOffer, ("answer",), [(said[line], pk) for line, pk in offers])
    if asked.theirs_id is not None:
        lines = TheirLine.objects.filter(list=asked.theirs_id).values_list("line", "pk")
        update(TheirLine, ("answer",), [(said[line], pk) for line, pk in lines])


def _take_lines(gate: Gate, package: Package, contents: Contents) -> TheirList | None:
    if contents.kind not in (Kind.WANTED, Kind.PROPOSAL):
        return None
    kind = "wanted" if contents.kind is Kind.WANTED else "offered"
    theirs = tracing.take_in(
        gate,
        [{name: str(value) for name, value in protocol.line_data(line).items()} for line in contents.lines],
        kind=kind,
        party=contents.sender,
        round=contents.round,
        sha256=package.sha256,
    )
    if contents.kind is Kind.PROPOSAL:
        _take_offers(package.round, theirs)
    return theirs


def _told(person: str, code: protocol.Code, contents: Contents, now: datetime) -> evidence.Told:
    """What they write of somebody whom we look for is evidence, with its source and day."""
    said = evidence.written(contents.sender, SAYS[code], now, _name(contents))
    return evidence.Told(person, said, f"package:{_name(contents)}")


def _take_answers(gate: Gate, exchange: Exchange, before: State, contents: Contents) -> None:
    """What they say of each of our lines. A written "held" confirms that somebody is in their hands."""
    if before.kind(contents.round - 1) is Kind.WANTED:
        keys_of = dict(exchange.wanted.values_list("line", "pk"))
        update(WantedLine, ("answer",), [(a.code.value, keys_of[a.line]) for a in contents.answers])
        whose = dict(exchange.wanted.values_list("line", "person"))
        evidence.hear(gate, [_told(whose[a.line], a.code, contents, gate.now) for a in contents.answers])
        return
    draft = exchange.rounds.get(number=contents.round - 1).draft
    lines = dict(ListLine.objects.filter(draft=draft, state="OFFERED").values_list("line", "pk"))
    update(ListLine, ("state",), [(a.code.value, lines[a.line]) for a in contents.answers if a.line in lines])


def _take_offers(found: Round, theirs: TheirList) -> None:
    phases = terms.in_force(found.exchange).phases
    rows = list(TheirLine.objects.filter(list=theirs).order_by("number"))
    told = [(row.pk, words.fields) for row, words in zip(rows, records.their_words(rows), strict=True)]
    insert(
        TheirOffer,
        ("version", "line", "round", "phase", "category", "direct", "fits", "why", "answer", "state"),
        [
            (
                1,
                pk,
                found.pk,
                phases[int(fields["phase"]) - 1].id if int(fields.get("phase") or 0) else "",
                fields.get("category") or "undetermined",
                fields.get("counted") == "0",
                "",
                "",
                "",
                "OFFERED",
            )
            for pk, fields in told
        ],
    )


def _line(
    id: str, person: Person, identity: Identity, *, phase: int = 0, clause: str = "", counted: int = 1
) -> Line:
    return Line(
        id=id,
        name=identity.name,
        birth_date=identity.birth_date,
        service_number=identity.service_number,
        rank=identity.rank,
        category=person.category,
        phase=phase,
        clause=clause,
        counted=counted,
    )


@lru_cache(maxsize=32)
def _parsed(body: bytes, signature: str) -> protocol.Package:
    contents = protocol.from_data(packages.parse(body))
    return protocol.Package(
        contents, hashlib.sha256(body).hexdigest(), hashlib.sha256(signature.encode()).hexdigest()
    )
