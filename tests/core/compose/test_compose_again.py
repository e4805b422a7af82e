"""Solving again: the same list as from the beginning, and the fewest changes where a list is to be kept."""

from __future__ import annotations

import itertools
import pickle
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from obmin.core import compose as composing
from obmin.core.compose import last, pins, solve
from obmin.core.compose.clash import NoListPossible
from obmin.core.compose.compile import STAY, STAY_PHASE
from obmin.core.compose.problem import Kind, Level, Part, Question, Row, Slot
from obmin.core.compose.solve import NoList
from tests.core.compose.compose_cases import ON, SEED, count, crowd, istanbul, person, register, terms
from tests.core.compose.test_compose_exact import measured, plain, random_question

Chosen = dict[int, int]


def edited(q: Question, seed: int) -> Question:
    """One clause with other bounds, or about other phases or other people; one more, or one fewer."""
    r = np.random.default_rng(seed)
    rows = list(q.rows)
    at = int(r.integers(len(rows)))
    if r.random() < 0.15:
        del rows[at]
        return replace(q, rows=tuple(rows))
    if r.random() < 0.2:
        name = str(r.choice(["track", "place", "region"]))
        part = Part(name, np.eye(int(q.attributes[name].max()) + 1, dtype=np.int64)[0])
        where = (int(r.integers(len(q.slots))),) if r.random() < 0.5 else ()
        row = Row("new", Kind.CAP, (part,), None, int(r.integers(1, 12)), where)
        return replace(q, rows=(*rows[:at], row, *rows[at:]))
    least = None if rows[at].low is None else 0
    if r.random() < 0.2:
        where = (int(r.integers(len(q.slots))),)
        rows[at] = replace(rows[at], low=least, slots=where)
        return replace(q, rows=tuple(rows))
    if r.random() < 0.2:
        part = rows[at].parts[0]
        rows[at] = replace(rows[at], low=least, parts=(replace(part, weights=np.roll(part.weights, 1)),))
        return replace(q, rows=tuple(rows))
    row, by = rows[at], int(r.integers(-2, 3))
    low = None if row.low is None else max(0, row.low + by)
    high = None if row.high is None else max(low or 0, row.high + int(r.integers(0, 2)) + by)
    rows[at] = replace(row, low=low, high=high)
    return replace(q, rows=tuple(rows))


def outcome(q: Question, before: object = None) -> object:
    try:
        found = solve.solve(q, before=before)  # type: ignore[arg-type]
    except NoList:
        return None
    return dict(found.chosen), found.levels


@pytest.fixture(params=[3, 25])
def pool(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Few are left unpinned, so that the first guess is often wrong."""
    monkeypatch.setattr(pins, "POOL", request.param)
    monkeypatch.setattr(pins, "AROUND", 1)
    monkeypatch.setattr(pins, "WORTH", 0)
    monkeypatch.setattr(solve, "POOL", request.param)


@pytest.mark.usefixtures("pool")
@pytest.mark.faults
def test_after_an_edit_the_list_is_the_one_from_the_beginning(faults_count: Callable[[int, int], int]) -> None:
    lists = pinned = 0
    for seed in range(faults_count(120, 600)):
        q = random_question(5000 + seed, 120)
        q = replace(q, levels=tuple(level for level in q.levels if not level.keep))
        try:
            first = solve.solve(q)
        except NoList:
            continue
        for n in range(2):
            other = edited(q, 10 * seed + n)
            fresh = outcome(other)
            assert outcome(other, first) == fresh, seed
            lists += fresh is not None
        again = solve.solve(q, before=first)
        assert dict(again.chosen) == dict(first.chosen)
        pinned += again.work["pinned"] > 0
    assert lists > 60
    assert pinned > 40


@pytest.mark.usefixtures("pool")
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.integers(0, 10**6), st.lists(st.integers(0, 10**6), min_size=2, max_size=4))
def test_however_a_question_was_come_to_its_answer_is_the_same_to_the_byte(seed: int, steps: list[int]) -> None:
    """Edit after edit, each from the answer before; where an edit has no list, the next starts from nothing."""
    q = random_question(seed, 80)
    q = replace(q, levels=tuple(level for level in q.levels if not level.keep))
    before = None
    for step in steps:
        q = edited(q, step) if len(q.rows) > 1 else q
        try:
            fresh = solve.solve(q)
        except NoList:
            assert outcome(q, before) is None
            before = None
            continue
        again = solve.solve(q, before=before)
        mine, theirs = ((dict(x.chosen), x.levels) for x in (again, fresh))
        assert pickle.dumps(mine) == pickle.dumps(theirs)
        before = again


def crowded(people: int) -> Question:
    """Three days, two tracks, caps of forty places in all and by day, bounds of regions, groups."""
    r = np.random.default_rng(3)
    codes = {"track": (r.random(people) < 0.1).astype(np.int32), "open": np.zeros(people, np.int32)}
    codes |= {name: r.integers(0, n, people).astype(np.int32) for name, n in (("place", 40), ("region", 25))}

    def row(name: str, code: int, low: int | None, high: int, *slots: int) -> Row:
        weights = np.zeros(int(codes[name].max()) + 1, np.int64)
        weights[code] = 1
        return Row(f"{name} {code}", Kind.QUOTA, (Part(name, weights),), low, high, slots)

    rows = [
        row("track", 0, 440, 440),
        row("track", 1, 60, 60),
        *(row("track", 0, 140, 150, d) for d in range(3)),
    ]
    rows += [row("place", code, None, 17) for code in range(40)]
    rows += [row("place", code, None, 7, d) for code in range(40) for d in range(3)]
    rows += [row("region", code, 10, 30) for code in range(25)]
    families = np.full(people, -1, np.int32)
    families[r.permutation(people)[: people // 25]] = np.arange(people // 25) // 3
    return Question(
        ids=tuple(f"p{n:05d}" for n in range(people)),
        attributes=codes,
        slots=tuple(Slot("", f"P{d}") for d in range(3)),
        open_slots=("open", np.ones((1, 3), bool)),
        rows=tuple(rows),
        levels=(
            Level("urgent", scores=r.choice([0, 1, 2, 3], people, p=[0.85, 0.1, 0.03, 0.02])),
            Level("long", scores=r.integers(0, 1200, people)),
            Level("young", scores=r.choice([0, 1, 2], people, p=[0.8, 0.15, 0.05])),
        ),
        groups=families,
        seed=SEED,
    )


def test_an_edit_takes_a_fraction_of_the_steps() -> None:
    q = crowded(3000)
    first = solve.solve(q)
    tighter = tuple(replace(r, high=(r.high or 0) - 2) if r.clause == "place 7" else r for r in q.rows)
    more = tuple(replace(r, low=450, high=450) if r.clause == "track 0" and not r.slots else r for r in q.rows)
    fewer = tuple(r for r in q.rows if r.clause != "region 3")
    for rows in (tighter, more, fewer):
        other = replace(q, rows=rows)
        fresh, again = solve.solve(other), solve.solve(other, before=first)
        assert (dict(again.chosen), again.levels) == (dict(fresh.chosen), fresh.levels)
        assert again.work["pinned"] > 2000
        assert again.work["steps"] < fresh.work["steps"] * 2 / 3


def test_a_question_about_other_people_is_solved_from_the_beginning() -> None:
    one, other = random_question(5003, 120), random_question(5004, 120)
    first = solve.solve(replace(one, levels=one.levels[-4:]))
    assert outcome(other, first) == outcome(other)


def test_composing_again_after_an_edit_of_the_terms() -> None:
    held = crowd(2600, seed=6)
    given = {"party": "UKR", "policy": composing.default_policy(), "seed": SEED, "on": ON}
    first = composing.compose(istanbul(), held, **given)  # type: ignore[arg-type]
    caps = (composing.Cap(140, "facility", id="hub"),)
    with_cap = composing.compose(istanbul(), held, caps=caps, **given)  # type: ignore[arg-type]
    tighter = (composing.Cap(130, "facility", id="hub"),)
    for before in (first, with_cap):
        fresh = composing.compose(istanbul(), held, caps=tighter, **given)  # type: ignore[arg-type]
        again = composing.compose(istanbul(), held, caps=tighter, before=before, **given)  # type: ignore[arg-type]
        assert again.proven
        assert again.lines.write_csv() == fresh.lines.write_csv()
        assert again.out.write_csv() == fresh.out.write_csv()
        assert again.proof == fresh.proof


# -- keeping a list ---------------------------------------------------------------------------------------

KEPT = terms(
    count("A", "exactly: 3", more=", phases: {P1: 2, P2: 1}")
    + "\n"
    + count("B", "at_most: 1", track="civilian"),
    phases=2,
)


def fewest(question: Question, was: dict[str, str]) -> tuple[int, int]:
    """Of all lists that the rows allow: how many leave at least, and then how many change their phase."""
    p = plain(replace(question, levels=()))
    best = (len(was) + 1, 0)
    for choice in itertools.product(range(-1, len(question.slots)), repeat=question.size):
        chosen = {i: s for i, s in enumerate(choice) if s >= 0}
        if measured(p, chosen) is None:
            continue
        now = {question.ids[i]: question.slots[s].phase for i, s in chosen.items()}
        left = sum(who not in now for who in was)
        moved = sum(who in now and now[who] != phase for who, phase in was.items())
        best = min(best, (left, moved))
    return best


@pytest.mark.parametrize("seed", range(40))
def test_no_list_changes_less_than_the_one_that_keeps_the_last(seed: int) -> None:
    """Against every list there is: fewest who leave, then fewest who go on another day."""
    r = np.random.default_rng(seed)
    people = [
        person(
            f"p{i}",
            category="civilian" if i > 5 else "military",
            captured_on=f"202{r.integers(1, 5)}-01-01",
            facility=f"F{r.integers(2)}",
            group="g" if seed % 3 == 0 and i in (1, 2) else None,
        )
        for i in range(8)
    ]
    given = {"party": "AAA", "policy": composing.default_policy(), "seed": SEED, "on": ON}
    first = composing.compose(KEPT, register(*people), **given)  # type: ignore[arg-type]
    was = dict(first.lines.select("id", "phase").iter_rows())
    gone = str(r.choice(sorted(was)))
    today = [p | {"will": "refuses"} if p["id"] == gone else p for p in people]
    caps = (composing.Cap(int(r.integers(1, 3)), "facility", phase="P1", id="bus"),)
    try:
        again = composing.compose(KEPT, register(*today), kept=was, caps=caps, **given)  # type: ignore[arg-type]
    except NoListPossible:
        return
    now = dict(again.lines.select("id", "phase").iter_rows())
    left = sum(who not in now for who in was)
    moved = sum(now[who] != phase for who, phase in was.items() if who in now)
    assert (left, moved) == fewest(again.compiled.question, was)
    reached = {level["id"]: level["value"] for level in again.proof["levels"]}
    assert (len(was) - left, len(was) - left - moved) == (reached[STAY], reached[STAY_PHASE])
    assert again.proven


def test_both_stretches_find_the_same_list(monkeypatch: pytest.MonkeyPatch) -> None:
    """Column by class and column by person are two ways to one list."""
    for seed in range(40):
        q = random_question(7000 + seed, 150)
        found = []
        for few in (0, 10**9):
            monkeypatch.setattr(last, "FEW", few)
            monkeypatch.setattr(solve, "FEW", few)
            found.append(outcome(q))
        assert found[0] == found[1], seed
