"""Two drafts held against each other: who came, who left, who moved, each with why."""

from __future__ import annotations

from dataclasses import dataclass

from obmin.negotiation.models import Draft, Order


@dataclass(frozen=True, slots=True)
class Change:
    """One person who differs between two drafts: `came`, `left` or `moved`; days; reasons of then and now."""

    person: str
    kind: str
    before: str
    after: str
    why_before: str
    why_after: str
    order: str = ""  # lock, ban, move: an order of either version stands behind it


def compare(before: Draft, after: Draft) -> list[Change]:
    """Who came, who left and who moved, each with why, in this order and then by key."""
    was, now = _whole(before), _whole(after)
    ordered = dict(
        Order.objects.filter(pk__in={*before.proof.get("orders", ()), *after.proof.get("orders", ())})
        .order_by("at")
        .values_list("person_id", "kind")
    )
    found = []
    for key in was.keys() | now.keys():
        one, other = was.get(key, ("", "")), now.get(key, ("", ""))
        if one[0] == other[0]:
            continue
        kind = "came" if not one[0] else "left" if not other[0] else "moved"
        found.append(Change(key, kind, one[0], other[0], one[1], other[1], ordered.get(key, "")))
    rank = {"came": 0, "left": 1, "moved": 2}
    return sorted(found, key=lambda change: (rank[change.kind], change.person))


def _whole(draft: Draft) -> dict[str, tuple[str, str]]:
    """Everybody of a draft: the day ("" left out, "direct" beside the count) and the reason."""
    found = {key: ("", reason) for key, reason in draft.left_out.values_list("person_id", "reason")}
    rows = draft.lines.exclude(state="WITHDRAWN").values_list("person_id", "direct", "phase", "reason")
    return found | {key: ("direct" if direct else phase, reason) for key, direct, phase, reason in rows}
