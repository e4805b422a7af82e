"""Stages 2 and 3 in the story: the terms are adopted, wanted lists cross, and officers recognise people.

The officers know more than the registers say (they have telephones and photographs): what they know is
in `story/`. They judge a part of what the engine leaves in doubt, and leave real doubts open.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from obmin.accounts import people as accounts
from obmin.audit.perform import done
from obmin.core.access import Role
from obmin.core.rounds import Kind
from obmin.demo.side import Counts, Side, moment
from obmin.files.tables import read_table, write_table
from obmin.negotiation import keys, rounds, terms
from obmin.negotiation.models import Exchange
from obmin.people import records, tracing
from obmin.people.models import Matching, Pairing, Person, Register, TheirList

EXCHANGE: Final = "2025-05"
JUDGED: Final = 40  # doubtful pairs that an officer has time for
DOUBTS: Final = 3  # the weakest pairs of the wanted list: nobody knows yet, so nobody decides
ANSWERS: Final = {
    "SAME": "A relative recognised the photograph.",
    "NOT_SAME": "Another father's name and another town.",
}
AGREEMENT: Final = Path(__file__).parents[1] / "agreements" / "istanbul-2025-05-16.yaml"


def adopt(side: Side) -> Counts:
    """Opens the exchange and adopts the terms as announced, then as amended."""
    keys.learn(
        [(side.other, side.shared / "sides" / side.other / "keys"), ("NTR", side.shared / "neutral" / "keys")]
    )
    negotiator, legal = accounts.holder(Role.NEGOTIATOR), accounts.holder(Role.LEGAL)
    if done(request := side.request("open")) is None:
        terms.open_exchange(
            EXCHANGE,
            actor=negotiator,
            name_en="May 2025, a thousand for a thousand",
            name_uk="Травень 2025, тисяча на тисячу",
            other=side.other,
            request=request,
            at=moment(16, 16),
        )
    exchange = Exchange.objects.get(pk=EXCHANGE)
    text = AGREEMENT.read_text(encoding="utf-8")
    for number, day in ((1, 16), (2, 19)):
        if done(request := side.request("adopt", str(number))) is None:
            terms.adopt(
                exchange, text, number, actor=negotiator, second=legal, request=request, at=moment(day, 17)
            )
    return {"versions": exchange.terms.count()}


def send_wanted(side: Side) -> Counts:
    """Sends whom we look for. Only the story writes down which line is whom, for its officers' knowledge."""
    exchange = Exchange.objects.get(pk=EXCHANGE)
    if done(request := side.request("wanted")) is None:
        rounds.send(
            exchange,
            Kind.WANTED,
            actor=accounts.holder(Role.TRACING),
            second=accounts.holder(Role.APPROVER),
            expires=moment(22, 18),
            lines=rounds.wanted_lines,
            request=request,
            at=moment(19, 18),
        )
    post(side, 1)
    named = list(exchange.wanted.values_list("line", "person_id"))
    write_story(side, "wanted", numbered(named))
    return {"wanted": Person.objects.filter(register=Register.SOUGHT).count()}


def trace_wanted(side: Side) -> Counts:
    """Compares whom they look for with whom we hold; officers decide what they can."""
    exchange = Exchange.objects.get(pk=EXCHANGE)
    theirs = take(side, exchange, Kind.WANTED, 1)
    assert theirs is not None
    counts = recognise(side, theirs, Register.HELD, "wanted")
    if done(request := side.request("answer-wanted")) is None:
        rounds.send(
            exchange,
            Kind.REPLY,
            actor=accounts.holder(Role.TRACING),
            second=accounts.holder(Role.APPROVER),
            expires=moment(22, 18),
            answers=rounds.answer_wanted(theirs),
            request=request,
            at=moment(20, 9),
        )
    post(side, 2)
    return counts


def take(side: Side, exchange: Exchange, kind: Kind, number: int) -> TheirList | None:
    """Takes in the package that came, as one act."""
    name = rounds.name_of(kind, number, side.other)
    if done(request := side.request("take", name)) is None:
        body, signature = rounds.letter(side.instance.folder("inbox"), name)
        role = Role.TRACING if number <= 2 else Role.NEGOTIATOR
        rounds.receive(exchange, body, signature, actor=accounts.holder(role), request=request)
    return exchange.rounds.get(number=number).theirs


def recognise(side: Side, theirs: TheirList, register: Register, topic: str) -> Counts:
    """Proposes pairs, reads a sample, confirms the clear ones, and judges a part of the doubtful."""
    officer = accounts.holder(Role.TRACING)
    if done(request := side.request(topic, "propose")) is None:
        found = tracing.compare(theirs, register, progress=side.progress)
        tracing.propose(theirs, found, register, actor=officer, request=request)
    truth = _truth(side, theirs, register)
    matching = Matching.objects.get(list=theirs)
    if done(request := side.request(topic, "clear")) is None:
        numbers = _numbers(theirs)
        read = {pair.pk: _answer(pair, truth, numbers) for pair in tracing.sample(matching)}
        tracing.judge_clear(
            matching, read, actor=officer, reason="The sample was read; all agree.", request=request
        )
    doubtful = Pairing.objects.filter(line__list=theirs, state="OPEN").select_related("line", "person")
    time_for = min(JUDGED, max(0, doubtful.count() - DOUBTS)) if topic == "wanted" else JUDGED
    numbers = _numbers(theirs)
    for pair in doubtful.order_by("-millibits", "person_id", "line__line")[:time_for]:
        if done(request := side.request(topic, "judge", pair.person_id, pair.line.line)) is None:
            same = truth.get(pair.line.line) == numbers[pair.person_id]
            taken = Pairing.objects.filter(line=pair.line, state="SAME").exists()
            answer = "SAME" if same and not taken else "NOT_SAME"
            words = (
                "A relative recognised the photograph." if same else "Another father's name and another town."
            )
            tracing.judge(pair, answer, actor=officer, reason=words, request=request)
    pairs = Pairing.objects.filter(line__list=theirs)
    return {
        f"{topic}-pairs": pairs.count(),
        f"{topic}-same": pairs.filter(state="SAME").count(),
        f"{topic}-open": pairs.filter(state="OPEN").count(),
    }


def post(side: Side, number: int) -> None:
    package = Exchange.objects.get(pk=EXCHANGE).rounds.get(number=number).packages.get(sender=side.party)
    rounds.post(package, side.instance.folder("outbox"), side.shared / "rounds")


def numbered(lines: Sequence[tuple[str, str]]) -> dict[str, str]:
    """The source's own number of the person on each line."""
    who = records.identities(key for _line, key in lines)
    return {line: who[key].number for line, key in lines}


def _numbers(theirs: TheirList) -> dict[str, str]:
    keys = Pairing.objects.filter(line__list=theirs).values_list("person_id", flat=True)
    return {key: identity.number for key, identity in records.identities(keys).items()}


def _answer(pair: Pairing, truth: Mapping[str, str], numbers: Mapping[str, str]) -> str:
    """What an officer says who knows whom the line truly names."""
    return "SAME" if truth.get(pair.line.line) == numbers[pair.person_id] else "NOT_SAME"


def write_story(side: Side, topic: str, lines: Mapping[str, str]) -> None:
    """Notes for the story's officers on the other side: line id and whom it truly names."""
    import polars as pl

    frame = pl.DataFrame({"line": list(lines), "source": list(lines.values())})
    write_table(frame, side.shared / "story" / f"{topic}-{side.party}.csv")


def _truth(side: Side, theirs: TheirList, register: Register) -> dict[str, str]:
    """Whom each of their lines truly names, as our own source ids: what officers learn by telephone."""
    path = side.shared / "story" / f"{theirs.kind}-{side.other}.csv"
    named = {row["line"]: row["source"].split("/", 1)[1] for row in read_table(path).to_dicts()}
    owner = side.party if register is Register.SOUGHT else side.other
    rows = read_table(side.shared / "story" / f"truth-{owner}.csv").to_dicts()
    ours, others = ("sought_id", "held_id") if register is Register.SOUGHT else ("held_id", "sought_id")
    other_to_ours = {row[others]: row[ours] for row in rows if row["held_id"]}
    known = {line: other_to_ours[source] for line, source in named.items() if source in other_to_ours}
    return {line: f"{side.party}-list/{number}" for line, number in known.items()}
