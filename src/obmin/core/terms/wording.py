"""The sentences in which arithmetic is shown, in both languages."""

from __future__ import annotations

from typing import Final

from obmin.core.terms.findings import span
from obmin.core.terms.ground import Span
from obmin.core.terms.model import Agreement, Flow, Text, Track

TRACK_WORDS: Final = {
    Track.MILITARY: Text("soldiers", "військові"),
    Track.RETAINED: Text("medical and religious staff", "медичний і духовний персонал"),
    Track.CIVILIAN: Text("civilians", "цивільні"),
    Track.UNDETERMINED: Text("people of undetermined status", "особи з невизначеним статусом"),
    Track.REMAINS: Text("remains", "останки"),
    Track.THINGS: Text("things", "речі"),
    Track.PEOPLE: Text("people", "люди"),
}


ROLES: Final = {
    "holder": Text("holder", "утримує"),
    "receiver": Text("receiver", "приймає"),
    "host": Text("host", "приймає переговори"),
    "mediator": Text("mediator", "посередник"),
    "transit": Text("transit", "транзит"),
    "carrier": Text("carrier", "перевізник"),
    "observer": Text("observer", "спостерігач"),
    "guarantor": Text("guarantor", "гарант"),
    "promisor": Text("promisor, not the holder", "обіцяє, але не утримує"),
    "objector": Text("may object to names", "може заперечити імена"),
    "custodian": Text("keeps people or funds", "зберігає людей або кошти"),
    "judge": Text("judges", "вирішує"),
    "protecting-power": Text("protecting power", "держава-покровителька"),
}


def both(en: str, uk: str) -> Text:
    return Text(en, uk)


def joined(texts: list[Text], en: str = ", ", uk: str = ", ") -> Text:
    return Text(en.join(t.en for t in texts), uk.join(t.uk or t.en for t in texts))


def arrow(flow: Flow) -> str:
    return f"{'+'.join(flow.holders) or '*'} → {'+'.join(flow.receivers) or '*'}"


def tracks(flow: Flow) -> Text:
    if not flow.tracks:
        return TRACK_WORDS[Track.PEOPLE]
    return joined([TRACK_WORDS[t] for t in flow.tracks], " and ", " і ")


def shown(value: Span) -> str:
    return (
        span(value.low, value.high) if value.high != float("inf") else f"{span(value.low, value.low)} or more"
    )


def due_words(low: Span | None, high: Span | None) -> Text:
    if low is not None and high is not None:
        if low == high:
            return both(f"exactly {shown(low)}", f"рівно {shown(low)}")
        return both(f"{shown(low)} to {shown(high)}", f"від {shown(low)} до {shown(high)}")
    if low is not None:
        return both(f"at least {shown(low)}", f"щонайменше {shown(low)}")
    if high is not None:
        return both(f"at most {shown(high)}", f"щонайбільше {shown(high)}")
    return both("any number (left open)", "будь-яку кількість (її лишили відкритою)")


def waiting(agreement: Agreement, names: tuple[str, ...]) -> Text:
    words = [agreement.words(n) for n in names]
    listed = joined([Text(f"“{w.en}”", f"«{w.uk or w.en}»") for w in words])
    return both(f"waits for {listed.en}, which is not recorded", f"чекає на {listed.uk}, про що запису немає")
