"""Change single values of an agreement file and nothing else.

Only the characters of a value are replaced; comments, order, layout and every other byte stay. What also puts
parts in and takes them out is the form of `questions`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from obmin.core.errors import NotFound, Problem, Unreadable
from obmin.core.terms.patch import tree, written
from obmin.core.terms.places import Spot


@dataclass(frozen=True, slots=True)
class Field:
    """One value of a file: its path (`versions.0.clauses.2.count.exactly`), text, kind and line.

    kind is `number`, `date`, `flag` or `text`; a new value must be of the same kind.
    """

    path: str
    value: str
    kind: str
    line: int


def fields(text: str, *, file: str) -> list[Field]:
    """Every value of a file, in its order. Raises Unreadable where the text is no YAML."""
    return [Field(path, str(spot.plain()), _kind(spot), spot.line) for path, spot in _values(tree(text, file))]


def with_values(text: str, values: Mapping[str, str], *, file: str) -> str:
    """The text with the values at some paths replaced.

    Raises NotFound for a path that leads to no value, Unreadable for a value of another kind.
    """
    found = dict(_values(tree(text, file)))
    changes: list[tuple[int, int, str]] = []
    for path, value in values.items():
        if path not in found:
            raise NotFound(f"{file} has no value at {path}", code="no-such-value")
        spot = found[path]
        if value == str(spot.plain()):
            continue
        changes.append((*spot.span, _written(spot, value, file)))
    for start, end, new in sorted(changes, reverse=True):
        text = text[:start] + new + text[end:]
    return text


def _values(spot: Spot, path: str = "") -> Iterator[tuple[str, Spot]]:
    match spot.value:
        case dict():
            for key, child in spot.value.items():
                yield from _values(child, f"{path}.{key}" if path else key)
        case list():
            for position, child in enumerate(spot.value):
                yield from _values(child, f"{path}.{position}")
        case _:
            yield path, spot


def _kind(spot: Spot) -> str:
    match spot.value:
        case bool():
            return "flag"
        case int() | float():
            return "number"
        case None | str():
            return "text"
        case _:
            return "date"


def _written(spot: Spot, value: str, file: str) -> str:
    kind = _kind(spot)
    if kind == "text":
        return written(value)
    shape = {
        "number": (r"\d+(\.\d+)?", "a number"),
        "date": (r"\d{4}-\d{2}-\d{2}", "a date such as 2025-05-16"),
        "flag": (r"true|false", "true or false"),
    }
    pattern, expected = shape[kind]
    if not re.fullmatch(pattern, value):
        raise Unreadable(Problem(file, spot.line, spot.column, value, expected))
    return value
