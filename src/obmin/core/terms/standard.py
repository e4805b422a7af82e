"""Events that every agreement may speak of without declaring them, and those that the law protects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from obmin.core.terms.words import HELD, RECEIVED, SIGNED, Text

EVENTS: Final[Mapping[str, Text]] = {
    RECEIVED: Text("received by the other side", "отримано іншою стороною"),
    HELD: Text("attested as held", "засвідчено як утримуваних"),
    SIGNED: Text("the agreement was concluded", "угоду укладено"),
    "released": Text("released from captivity", "звільнено з полону"),
    "refused": Text("did not want to go", "не захотіли їхати"),
    "unfit": Text("not fit to travel", "не здатні їхати"),
    "recovered": Text("recovered before the handover", "одужали до передачі"),
    "died": Text("died before the handover", "померли до передачі"),
    "found-alive": Text("found to be alive", "виявлено живим"),
    "found-dead": Text("found to be dead", "виявлено мертвим"),
    "interviewed": Text("asked in private by a neutral", "опитано наодинці нейтральною стороною"),
    "examined": Text("examined by a doctor", "оглянуто лікарем"),
    "identified": Text("identity checked", "встановлено особу"),
    "visited": Text("visited by delegates of the Red Cross", "відвідано делегатами Червоного Хреста"),
    "notified": Text("reported to the Central Tracing Agency", "повідомлено Центральне агентство з розшуку"),
    "card-sent": Text("capture card sent", "надіслано картку полоненого"),
    "effects-returned": Text("personal effects given back", "повернуто особисті речі"),
    "tribunal": Text("status decided by a competent tribunal", "статус визначено компетентним трибуналом"),
    "list-given": Text("list handed over", "передано список"),
    "list-answered": Text("answer given for each name", "дано відповідь щодо кожного імені"),
    "list-signed": Text("lists signed", "списки підписано"),
    "names-published": Text("names made public", "оприлюднено імена"),
    "pardoned": Text("pardoned", "помилувано"),
    "case-closed": Text("criminal case closed", "кримінальну справу закрито"),
    "rearrested": Text("arrested again on the old charge", "знову заарештовано за старим звинуваченням"),
    "active-service": Text("sent to active military service", "направлено на дійсну військову службу"),
    "reprisal": Text(
        "reprisal against prisoners or their families", "репресалії щодо полонених чи їхніх родин"
    ),
    "punished": Text("punished for the choice made", "покарано за зроблений вибір"),
    "tried": Text("put on trial", "віддано під суд"),
    "side-deal": Text("a separate exchange was made", "проведено окремий обмін"),
    "hostilities-ended": Text("active hostilities ceased", "активні бойові дії припинено"),
    "suspended": Text("the exchange was suspended", "обмін призупинено"),
}

# what no agreement may forbid: event -> the rule
PROTECTED: Final[Mapping[str, str]] = {
    "refused": "nobody is sent against his will (Third Geneva Convention Art. 109(3) and Art. 7; I-1)",
    "interviewed": "everybody is asked in private first (Third Geneva Convention Arts. 7 and 126; I-1)",
    "examined": "fitness to travel is examined (Third Geneva Convention Art. 47; I-5)",
    "visited": "delegates may visit every place (Third Geneva Convention Art. 126; I-22)",
    "notified": "every transfer is reported (Third Geneva Convention Arts. 122 and 123; I-14)",
    "card-sent": "the capture card is sent within a week (Third Geneva Convention Art. 70; I-14)",
    "effects-returned": "personal effects are given back (Third Geneva Convention Arts. 18 and 119; I-21)",
    "tribunal": "doubt about status is decided by a tribunal (Third Geneva Convention Art. 5; I-23)",
    "list-given": "a complete list comes before the departure (Third Geneva Convention Art. 46; I-11)",
}

# what no agreement may demand: event -> the rule
FORBIDDEN: Final[Mapping[str, str]] = {
    "active-service": "nobody sent home is used in active service (Third Geneva Convention Art. 117; I-20)",
    "reprisal": "reprisals against prisoners are forbidden (Third Geneva Convention Art. 13; I-22)",
    "punished": "a choice is never punished (Third Geneva Convention Art. 13; I-1)",
    "names-published": "no prisoner is exposed to the public (Third Geneva Convention Art. 13; I-17)",
    "rearrested": "release is not taken back (Third Geneva Convention Art. 118; I-22)",
}

# Art. 17: what a prisoner may be bound to state, and what the holder knows without asking
MAY_BE_DEMANDED: Final = frozenset(
    {"id", "name", "surname", "given", "rank", "rank_code", "birth_date", "service_number", "category", "date"}
)
# Art. 16: distinctions that no clause may draw
FORBIDDEN_GROUNDS: Final = (
    "religion", "faith", "confession", "creed", "ethnic", "race", "mother_tongue", "politic", "opinion",
)  # fmt: skip
