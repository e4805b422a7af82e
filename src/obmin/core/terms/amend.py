"""The next version of an agreement, written into its file: what was agreed before stays as it stands.

A later version lists only the clauses that it changes, adds or withdraws; everything here touches the last
version of the file and nothing above it.
"""

from __future__ import annotations

from datetime import date
from typing import Final, cast

from obmin.core.errors import NotFound
from obmin.core.terms.forms import FORMS
from obmin.core.terms.patch import find, put, take_out, tree
from obmin.core.terms.places import Plain, Spot
from obmin.core.terms.questions import with_days

# the least that each form needs, for a clause that is begun
_BEGUN: Final[dict[str, dict[str, Plain]]] = {
    "count": {"open": True},
    "total": {"of": [], "open": True},
    "every": {"that": {"category": ["military"]}},
    "none": {"that": {"category": ["military"]}},
    "must": {"event": "list-given"},
    "may": {"event": "visited"},
    "never": {"event": "reprisal"},
    "order": {"first": "signed", "then": "released", "how": "before"},
    "priority": {"keys": [{"column": "captive_days", "first": "highest"}]},
}


def amended(text: str, agreed: date, *, file: str) -> str:
    """The text with one more version in which nothing is changed yet."""
    count = len(_versions(text, file))
    new: dict[str, Plain] = {"version": count + 1, "agreed": agreed, "clauses": []}
    return put(text, ["versions", count], new, file=file)


def own_clause(text: str, id: str, *, file: str) -> tuple[str, str]:
    """The text with the clause `id` in the last version, and its path; an earlier clause is brought forward.

    Raises NotFound where no version has it.
    """
    versions = _versions(text, file)
    last = len(versions) - 1
    for position in range(last, -1, -1):
        for place, clause in enumerate(_items(versions[position], "clauses")):
            if _id(clause) != id:
                continue
            if position == last:
                return text, f"versions.{last}.clauses.{place}"
            return _added(text, with_days(clause), file)
    raise NotFound(f"{file} has no clause {id}", code="no-such-clause")


def begun_clause(text: str, id: str, form: str, *, file: str) -> tuple[str, str]:
    """The text with a new clause of this form in the last version, and its path."""
    if form not in FORMS:
        raise NotFound(f"there is no form {form}: one of {', '.join(FORMS)}", code="no-such-form")
    return _added(text, {"id": id, "says": "…", form: dict(_BEGUN[form])}, file)


def without_clause(text: str, id: str, *, file: str) -> str:
    """The text in which the last version takes back the clause: its own entry gone, an older one withdrawn."""
    versions = _versions(text, file)
    last = len(versions) - 1
    places = [n for n, c in enumerate(_items(versions[last], "clauses")) if _id(c) == id]
    older = any(_id(c) == id for v in versions[:last] for c in _items(v, "clauses"))
    if not places and not older:
        raise NotFound(f"{file} has no clause {id}", code="no-such-clause")
    for place in places:
        text = take_out(text, ["versions", last, "clauses", place], file=file)
    if not older:
        return text
    gone = [str(i.plain()) for i in _items(versions[last], "withdrawn")]
    return text if id in gone else put(text, ["versions", last, "withdrawn"], [*gone, id], file=file)


def _versions(text: str, file: str) -> list[Spot]:
    spot = find(tree(text, file), ["versions"])
    if spot is None or not isinstance(spot.value, list):
        raise NotFound(f"{file} has no versions", code="no-versions")
    return spot.value


def _items(version: Spot, key: str) -> list[Spot]:
    spot = find(version, [key])
    return spot.value if spot is not None and isinstance(spot.value, list) else []


def _id(clause: Spot) -> str:
    spot = find(clause, ["id"])
    return str(spot.plain()) if spot is not None else ""


def _added(text: str, clause: Plain, file: str) -> tuple[str, str]:
    versions = _versions(text, file)
    last, place = len(versions) - 1, len(_items(versions[-1], "clauses"))
    path = ["versions", last, "clauses", place]
    return put(text, cast(list[str | int], path), clause, file=file), f"versions.{last}.clauses.{place}"
