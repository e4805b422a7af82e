"""Reasons are true: forcing a person in or out has the effect that their reason says. And what-if."""

from __future__ import annotations

import os
import re

import numpy as np
import polars as pl
import pytest

from obmin.core import compose as composing
from obmin.core.compose import Composition
from obmin.core.compose.changes import changes
from obmin.core.compose.clash import NoListPossible
from obmin.core.compose.compile import STAY
from tests.core.compose.compose_cases import ON, SEED, crowd, istanbul

FULL = os.environ.get("OBMIN_FULL") == "1"
POLICY = composing.default_policy()
IDS = [rung.id for rung in POLICY.rungs]
SAID = {rung.says.en: rung.id for rung in POLICY.rungs}


def compose(people: pl.DataFrame, **more: object) -> Composition:
    given = {"party": "UKR", "policy": POLICY, "seed": SEED, "on": ON} | more
    return composing.compose(istanbul(), people, **given)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def held() -> pl.DataFrame:
    return crowd(2600, seed=11)


@pytest.fixture(scope="module")
def base(held: pl.DataFrame) -> Composition:
    return compose(held)


def first_loss(before: Composition, after: Composition) -> str:
    """The first level at which the second list is worse; `lot` if none is.

    Whoever is taken off changes how many could go, and with it the shares: there a value may rise.
    """
    for one, other in zip(before.proof["levels"], after.proof["levels"], strict=True):
        if one["value"] != other["value"]:
            assert other["value"] < one["value"] or one["id"] in ("places", "units")
            return str(one["id"])
    return "lot"


def level_said(reason: str) -> str | None:
    found = re.search(r'the level "(.+)" ', reason) or re.search(r'level "(.+)" \(', reason)
    if found:
        return SAID[found.group(1)]
    return "urgency" if "protected" in reason else None


def sample(frame: pl.DataFrame, number: int) -> list[dict[str, str]]:
    picked = np.random.default_rng(5).permutation(frame.height)[:number]
    return frame[sorted(picked.tolist())].to_dicts()


@pytest.mark.faults
def test_forcing_somebody_in_costs_what_the_reason_says(held: pl.DataFrame, base: Composition) -> None:
    left = base.out.filter(pl.col("reason").str.starts_with("T2-"))
    kinds = set()
    for row in sample(left, 250 if FULL else 24):
        try:
            forced = compose(held, locks=[row["id"]])
        except NoListPossible:
            assert "group" in row["reason"] or "limits" in row["reason"]
            continue
        level = level_said(row["reason"])
        lost = first_loss(base, forced)
        kinds.add(level)
        if level is not None:
            assert lost == level, row
        elif "equal to the last place" in row["reason"]:
            assert lost in ("places", "units", "passed-over", "lot"), row
        else:
            assert "group" in row["reason"], row
    assert len(kinds) >= 2


@pytest.mark.faults
def test_forcing_somebody_out_costs_what_the_reason_says(held: pl.DataFrame, base: Composition) -> None:
    """Who takes the place stands at or below the last place, so the loss comes at the level said, or above.

    Whoever is kept together with others goes off with them: alone, they would leave another group behind.
    """
    group = dict(held.filter(pl.col("group").is_not_null()).select("id", "group").iter_rows())
    for row in sample(base.lines, 250 if FULL else 24):
        own = group.get(row["id"])
        forced = compose(held, bans=[row["id"], *(who for who, g in group.items() if own and g == own)])
        assert row["id"] not in forced.lines["id"].to_list()
        lost = first_loss(base, forced)
        if (level := level_said(row["reason"])) is not None:
            assert lost in IDS[: IDS.index(level) + 1], row


def test_a_refusal_on_the_day_touches_one_other_person(held: pl.DataFrame, base: Composition) -> None:
    gone = base.lines.filter(~pl.col("reason").str.contains("group"), pl.col("phase") == "P2")["id"][3]
    today = held.with_columns(
        will=pl.when(pl.col("id") == gone).then(pl.lit("refuses")).otherwise(pl.col("will"))
    )
    before = dict(base.lines.select("id", "phase").iter_rows())
    again = compose(today, kept=before)
    what = changes(base.lines, again.lines)
    assert what.left == (gone,)
    assert len(what.came) == 1
    assert what.moved == ()
    assert again.lines.filter(pl.col("id") == what.came[0])["phase"].to_list() == ["P2"]
    assert again.proven
    assert again.proof["levels"][0] == {"id": STAY, "value": 999, "bound": 999, "proven": True}


def test_staying_close_to_the_same_list_changes_nothing(held: pl.DataFrame, base: Composition) -> None:
    again = compose(held, kept=dict(base.lines.select("id", "phase").iter_rows()))
    assert changes(base.lines, again.lines).number == 0


def test_a_lock_moves_somebody_to_a_day(held: pl.DataFrame, base: Composition) -> None:
    who = base.lines.filter(
        ~pl.col("reason").str.contains("group"), pl.col("phase") == "P1", pl.col("clause") == "T2-military"
    )["id"][0]
    again = compose(held, locks=[composing.Lock(who, "P3", "doctor asks")])
    assert again.lines.filter(pl.col("id") == who)["phase"].to_list() == ["P3"]
    assert again.lines.filter(pl.col("id") == who)["reason"].item().endswith("kept on the list by an officer")
    assert first_loss(base, again) == "lot"


def test_groups_travel_together(held: pl.DataFrame, base: Composition) -> None:
    where = dict(base.lines.select("id", "phase").iter_rows())
    listed = held.filter(pl.col("group").is_not_null(), pl.col("id").is_in(list(where)))
    days: dict[str, set[str]] = {}
    for who, group in listed.select("id", "group").iter_rows():
        days.setdefault(group, set()).add(where[who])
    assert days
    assert all(len(found) == 1 for found in days.values())


def test_a_substitution_touches_two_people_and_stands_in_the_proof(
    held: pl.DataFrame, base: Composition
) -> None:
    """One off, another in their place, and everybody else stays where they were."""
    alone = base.lines.filter(pl.col("clause") == "T2-military", ~pl.col("reason").str.contains("group"))
    off = alone["id"][7]
    on = base.out.filter(pl.col("reason").str.contains("T2-military: full; the level"))["id"][5]
    kept = dict(base.lines.select("id", "phase").iter_rows())
    again = compose(
        held,
        bans=[composing.Ban(off, "dentist")],
        locks=[composing.Lock(on, reason="mother ill")],
        kept=kept,
    )
    what = changes(base.lines, again.lines)
    assert (what.left, what.came, what.moved) == ((off,), (on,), ())
    assert again.proven
    orders = again.proof["orders"]
    assert (orders["bans"], orders["locks"]) == ([off], [{"id": on, "phase": ""}])
    assert "dentist" not in str(again.proof)
