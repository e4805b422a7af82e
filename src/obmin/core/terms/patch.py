"""Change one part of an agreement file and nothing else: a value replaced, a key or a list item put in or out.

Only the characters of that part are written anew; comments, order, layout and every other byte stay.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final, cast

from obmin.core.errors import NotFound, Unreadable
from obmin.core.terms.places import TREACHEROUS, Plain, Spot, read_places

_PLAIN: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_LIKE_ANOTHER_KIND: Final = re.compile(
    r"(?:true|false|null|~|[-+.\d_][-+.\deE_:]*|\d{4}-\d{2}-\d{2})", re.IGNORECASE
)

Step = str | int


@lru_cache(maxsize=8)
def tree(text: str, file: str) -> Spot:
    """The file as spots. Raises Unreadable where the text is no YAML."""
    spot, problems = read_places(text, file=file)
    if spot is None or problems:
        raise Unreadable(problems)
    return spot


def steps(path: str) -> list[Step]:
    """`versions.1.clauses.0.says` -> ["versions", 1, "clauses", 0, "says"]; ids may hold no dots here."""
    return [int(step) if step.isdecimal() else step for step in path.split(".") if step]


def find(spot: Spot, path: Sequence[Step]) -> Spot | None:
    """The spot under a path, or None where nothing stands there."""
    here = spot
    for step in path:
        children = here.value
        if isinstance(children, dict) and str(step) in children:
            here = children[str(step)]
        elif isinstance(children, list) and isinstance(step, int) and step < len(children):
            here = children[step]
        else:
            return None
    return here


def written(value: Plain) -> str:
    """A value as YAML on one line; text in quotes wherever another reader could take it for something else."""
    match value:
        case dict():
            return "{" + ", ".join(f"{written(k)}: {written(v)}" for k, v in value.items()) + "}"
        case list():
            return "[" + ", ".join(written(v) for v in value) + "]"
        case bool():
            return "true" if value else "false"
        case None:
            return "null"
        case str():
            safe = (
                _PLAIN.fullmatch(value)
                and not _LIKE_ANOTHER_KIND.fullmatch(value)
                and value.lower() not in TREACHEROUS
            )
            return value if safe else json.dumps(value, ensure_ascii=False)
        case _:
            return str(value)


def put(text: str, path: Sequence[Step], value: Plain, *, file: str) -> str:
    """The text with `value` under `path`; what stood there is replaced, and keys that are missing are made.

    Raises NotFound for a path that no value can have, Unreadable for text that is no YAML.
    """
    root = tree(text, file)
    depth = len(path)
    while find(root, path[:depth]) is None:
        depth -= 1
    for step in reversed(path[depth + 1 :]):
        value = {str(step): value}
    parent = cast(Spot, find(root, path[:depth]))
    if depth == len(path):
        holder = find(root, path[:-1]) if path else None
        return _replaced(text, holder, path[-1] if path else "", parent, value)
    if isinstance(parent.value, dict):
        return _with_key(text, parent, str(path[depth]), value)
    if isinstance(parent.value, list) and path[depth] == len(parent.value):
        holder = find(root, path[: depth - 1])
        return _with_item(text, holder, path[depth - 1], parent, value)
    if parent.value is None and isinstance(path[depth], str):
        return _replaced(
            text, find(root, path[: depth - 1]), path[depth - 1], parent, {str(path[depth]): value}
        )
    raise NotFound(f"{file} has no place at {'.'.join(map(str, path))}", code="no-such-value")


def take_out(text: str, path: Sequence[Step], *, file: str) -> str:
    """The text without the key or list item at `path`; a mapping that is left empty goes with it."""
    root = tree(text, file)
    if find(root, path) is None:
        raise NotFound(f"{file} has no value at {'.'.join(map(str, path))}", code="no-such-value")
    holder = cast(Spot, find(root, path[:-1]))
    if isinstance(holder.value, dict) and len(holder.value) == 1 and len(path) > 1:
        return take_out(text, path[:-1], file=file)
    return _without(text, holder, path[-1])


# -- replacing


def _replaced(text: str, holder: Spot | None, step: Step, spot: Spot, value: Plain) -> str:
    start, end = spot.span
    new = written(value)
    if holder is not None and isinstance(holder.value, dict):
        after_name = text.index(":", holder.names[str(step)][1]) + 1
        between = text[after_name:start]
        if "\n" in between or not between:  # a block below its key, or nothing at all
            return text[:after_name] + " " + new + text[max(end, after_name) :]
    return text[:start] + new + text[end:]


# -- putting in


def _line_end(text: str, at: int) -> int:
    """Where the line ends in which the character before `at` stands, its comment included."""
    found = text.find("\n", at)
    return len(text) if found < 0 else found


def _with_key(text: str, parent: Spot, key: str, value: Plain) -> str:
    said = f"{written(key)}: {written(value)}"
    children = cast(dict[str, Spot], parent.value)
    if parent.flow or not children:
        return _in_brackets(text, parent, [c.span[1] for c in children.values()], said)
    column = next(iter(parent.keys.values()))[1]
    end = _line_end(text, parent.span[1])
    return text[:end] + "\n" + " " * (column - 1) + said + text[end:]


def _in_brackets(text: str, parent: Spot, ends: list[int], said: str) -> str:
    if ends:
        at = max(ends)
        return text[:at] + ", " + said + text[at:]
    start, end = parent.span
    return text[: start + 1] + said + text[end - 1 :]


def _with_item(text: str, holder: Spot | None, step: Step, parent: Spot, value: Plain) -> str:
    items = cast(list[Spot], parent.value)
    if items and parent.flow:
        return _in_brackets(text, parent, [i.span[1] for i in items], written(value))
    if items:
        dash = text.rfind("-", 0, items[-1].span[0])
        column = dash - text.rfind("\n", 0, dash)
        end = _line_end(text, parent.span[1])
        return text[:end] + "\n" + _block_item(value, column) + text[end:]
    if holder is None or not isinstance(holder.value, dict) or holder.flow:
        return _in_brackets(text, parent, [], written(value))
    column = holder.keys[str(step)][1] + 2
    after_name = text.index(":", holder.names[str(step)][1]) + 1
    return text[:after_name] + "\n" + _block_item(value, column) + text[parent.span[1] :]


def _block_item(value: Plain, column: int) -> str:
    """`- id: T1` with the other keys of the item below one another; `column` (from 1) is the dash's."""
    margin = " " * (column - 1)
    if not isinstance(value, dict) or not value:
        return f"{margin}- {written(value)}"
    lines = [f"{written(k)}: {written(v)}" for k, v in value.items()]
    return "\n".join(f"{margin}{'- ' if n == 0 else '  '}{line}" for n, line in enumerate(lines))


# -- taking out


def _without(text: str, holder: Spot, step: Step) -> str:
    places = _members(text, holder)
    position = list(places).index(str(step)) if isinstance(holder.value, dict) else cast(int, step)
    spans = list(places.values())
    start, end = spans[position]
    if holder.flow:
        if position + 1 < len(spans):
            return text[:start] + text[spans[position + 1][0] :]
        if position:
            return text[: spans[position - 1][1]] + text[end:]
        return text[:start] + text[end:]
    if len(spans) == 1:
        return _emptied(text, holder, start, end)
    before = text.rfind("\n", 0, start) + 1
    if text[before:start].strip() and position + 1 < len(spans):  # the first key behind a dash
        return text[:start] + text[spans[position + 1][0] :]
    return text[:before] + text[min(_line_end(text, end) + 1, len(text)) :]


def _emptied(text: str, holder: Spot, start: int, end: int) -> str:
    """The only item of a block list gone: an empty list stands in its place."""
    colon = text.rfind(":", 0, start)
    empty = "[]" if isinstance(holder.value, list) else "{}"
    return text[: colon + 1] + " " + empty + text[end:]


def _members(text: str, holder: Spot) -> dict[str, tuple[int, int]]:
    """From the first character of each key or dash to the last of its value."""
    if isinstance(holder.value, dict):
        return {
            k: (holder.names[k][0], max(v.span[1], holder.names[k][1] + 1)) for k, v in holder.value.items()
        }
    found: dict[str, tuple[int, int]] = {}
    for n, item in enumerate(cast(list[Spot], holder.value)):
        start = item.span[0] if holder.flow else text.rfind("-", 0, item.span[0])
        found[str(n)] = (start, item.span[1])
    return found
