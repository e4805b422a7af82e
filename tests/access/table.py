"""The hand-written table, read; and the posts that go with its addresses."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

_RAW: dict[str, Any] = YAML(typ="safe").load((Path(__file__).parent / "expected.yaml").read_text("utf-8"))
ROLES: dict[str, str] = _RAW["roles"]
EVERY = frozenset(ROLES) - {"vis"}


def several(text: str) -> frozenset[str]:
    """The columns that a cell names."""
    found: set[str] = set()
    for word in (text or "").split():
        if word in ("every", "all"):
            found |= EVERY
        elif word == "open":
            found |= set(ROLES)
        else:
            assert word in ROLES, word
            found.add(word)
    return frozenset(found)


@dataclass(frozen=True, slots=True)
class Row:
    """One act: who does it, who seconds it, whether a key is touched and a reason given."""

    does: frozenset[str]
    seconds: frozenset[str]
    touch: bool
    reason: bool


def _row(text: str) -> Row:
    does, _plus, seconds = text.replace("!", "").replace("?", "").partition("+")
    return Row(several(does), several(seconds), "!" in text, "?" in text)


ADDRESSES: dict[str, dict[str, frozenset[str]]] = {
    name: {verb: several(row.get(verb, "")) for verb in ("get", "post")}
    for name, row in _RAW["addresses"].items()
}
ACTS: dict[str, Row] = {name: _row(text) for name, text in _RAW["acts"].items()}
FIELDS: dict[tuple[str, str], frozenset[str]] = {
    (area, field): several(text) for area, row in _RAW["fields"].items() for field, text in row.items()
}
APART = frozenset(
    frozenset({one, other}) for one, text in _RAW["apart"].items() for other in several(text) if one != other
)

SEEN = {"seen": "1", "reason": "because"}
POSTS: dict[str, dict[str, str]] = {
    "account-new": {
        "account": "new-one",
        "name": "Нова",
        "name_latin": "Nova",
        "agency": "HQ",
        "role": "registrar",
        "reason": "x",
    },
    "account-appoint": {"role": "reception-planner", "reason": "x"},
    "account-recover": {"reason": "x"},
    "account-end": {"what": "case-manager", "reason": "x"},
    "account-asked": SEEN,
    "alarm": {"reason": "x"},
    "account-locked": {"reason": "x"},
    "correct-held": SEEN | {"value": "Б"},
    "correct-sought": SEEN | {"value": "Б"},
    "imports": {"register": "held", "power": "RUS", "source": "x", "text": "ПІБ\nХтось"},
    "import-columns": {"c0": "name"},
    "import-check": SEEN | {"act": "drop"},
    "intake": SEEN,
    "doubt": SEEN | {"answer": "refuse"},
    "event": SEEN | {"event": "death-reported", "on": "2025-05-01"},
    "confirm": SEEN,
    "ask": {"who": "x"},
    "tell": SEEN | {"fact": "search", "on": "2025-05-01", "words": "x"},
    "compare": {"answer": "SAME", "reason": "x"},
    "judgement": SEEN | {"act": "undo"},
    "notices": {"to": "bureau"},
    "sending": SEEN | {"how": "courier", "reference": "1"},
    "pair": SEEN | {"judgement": "SAME"},
    "clear-pairs": SEEN,
    "evidence": SEEN | {"says": "held"},
    "withdraw-evidence": {"reason": "x"},
    "pfif": {"act": "out"},
    "pfif-file": SEEN,
    "pfif-release": SEEN,
    "pfif-note": SEEN | {"says": "held"},
    "line": SEEN,
    "list-wish": {"kind": "lock", "row": "x", "reason": "x"},
    "list-order": SEEN,
    "list-paste": {"lines": "nobody"},
    "list-view": {"name": "v", "query": "show=on"},
    "list-sign": SEEN | {"act": "close"},
    "case": SEEN | {"code": "kit", "answer": "DONE"},
    "case-other": SEEN | {"code": "kit", "answer": "DONE"},
    "bulletin": SEEN,
    "terms-draft": SEEN | {"act": "propose"},
    "terms-without": SEEN | {"clause": "T1"},
    "terms-data": SEEN | {"text": "x"},
    "terms-import": {"text": "x"},
    "terms-new": SEEN,
}
