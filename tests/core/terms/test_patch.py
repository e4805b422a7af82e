"""One part of a file is changed, and the file means what it meant but for that part; every other line stays."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from obmin.core.errors import NotFound
from obmin.core.terms.patch import find, put, take_out, tree

FILES = sorted((Path(__file__).parents[3] / "agreements").glob("*.yaml"))
TEXTS = {f.stem: f.read_text(encoding="utf-8") for f in FILES}
VALUES: list[Any] = [
    7,
    "two words: one",
    "no",
    "2025-05-16",
    True,
    {"en": "ä, ї", "days": 3},
    ["UKR", "RUS"],
    [],
]


def plain(text: str) -> Any:
    return tree(text, "t").plain()


def paths(value: Any, here: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if here:
        yield here
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, child in children:
        yield from paths(child, (*here, step))


def there(value: Any, path: tuple[Any, ...]) -> Any:
    for step in path:
        value = value[step]
    return value


PATHS = {name: list(paths(plain(text))) for name, text in TEXTS.items()}
places = st.sampled_from(sorted(TEXTS)).flatmap(lambda n: st.tuples(st.just(n), st.sampled_from(PATHS[n])))


def comments(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip().startswith("#")]


@settings(max_examples=60)
@given(places, st.sampled_from(VALUES))
def test_a_value_is_replaced_and_nothing_else(place: tuple[str, tuple[Any, ...]], value: Any) -> None:
    name, path = place
    before = plain(TEXTS[name])
    after = put(TEXTS[name], path, value, file="t")
    wanted = copy.deepcopy(before)
    there(wanted, path[:-1])[path[-1]] = value
    assert plain(after) == wanted
    assert isinstance(there(before, path), list | dict) or comments(after) == comments(TEXTS[name])


@settings(max_examples=60)
@given(places, st.sampled_from(VALUES))
def test_a_key_or_an_item_is_put_in(place: tuple[str, tuple[Any, ...]], value: Any) -> None:
    name, path = place
    wanted = copy.deepcopy(plain(TEXTS[name]))
    spot = there(wanted, path)
    if isinstance(spot, dict):
        spot["new"] = value
        more: tuple[Any, ...] = (*path, "new")
    elif isinstance(spot, list):
        spot.append(value)
        more = (*path, len(spot) - 1)
    else:
        return
    after = put(TEXTS[name], more, value, file="t")
    assert plain(after) == wanted
    assert comments(after) == comments(TEXTS[name])
    kept = set(after.splitlines())
    changed = [line for line in TEXTS[name].splitlines() if line not in kept]
    assert len(changed) <= 1, "at most the line into whose brackets it was put"


@settings(max_examples=60)
@given(places)
def test_a_part_is_taken_out(place: tuple[str, tuple[Any, ...]]) -> None:
    name, path = place
    wanted = copy.deepcopy(plain(TEXTS[name]))
    while len(path) > 1 and isinstance(holder := there(wanted, path[:-1]), dict) and len(holder) == 1:
        path = path[:-1]
    del there(wanted, path[:-1])[path[-1]]
    assert plain(take_out(TEXTS[name], path, file="t")) == wanted


def test_keys_that_are_missing_on_the_way_are_made() -> None:
    text = TEXTS["istanbul-2025-05-16"]
    after = put(text, ["versions", 1, "clauses", 0, "window", "until", "day"], 3, file="t")
    assert find(tree(after, "t"), ["versions", 1, "clauses", 0, "window", "until", "day"]) is not None
    assert len(after.splitlines()) == len(text.splitlines()) + 1


def test_the_first_clause_of_a_list_written_empty() -> None:
    text = "versions:\n  - version: 1 # one\n    clauses: []  # none yet\n    agreed: 2026-01-01\n"
    after = put(text, ["versions", 0, "clauses", 0], {"id": "C1", "says": "A b."}, file="t")
    assert after == (
        'versions:\n  - version: 1 # one\n    clauses:\n      - id: C1\n        says: "A b."  # none yet\n'
        "    agreed: 2026-01-01\n"
    )


@pytest.mark.parametrize("path", [["title", "en", "x"], ["versions", 7, "agreed"]])
def test_a_place_that_cannot_be(path: list[Any]) -> None:
    with pytest.raises(NotFound):
        put(TEXTS["istanbul-2025-05-16"], path, 1, file="t")
    with pytest.raises(NotFound):
        take_out(TEXTS["istanbul-2025-05-16"], path, file="t")
