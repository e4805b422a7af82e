"""A part of an agreement file as a form: its questions come from the schema, its answers change the same YAML.

    asked = questions(text, "versions.1.clauses.0", file="t")     # every key that may stand there
    text = answered(text, asked, {"versions.1.clauses.0.count.exactly": "300"}, file="t")
    errors(check_text(text, file="t"), asked, text)               # which question each problem belongs to

An answer that is what was shown changes no byte; an empty one takes the key out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from textwrap import dedent
from typing import Any, Final, cast

from obmin.core.errors import Problem, Unreadable
from obmin.core.terms.forms import FORMS
from obmin.core.terms.load import schema
from obmin.core.terms.patch import find, put, steps, take_out, tree
from obmin.core.terms.places import Plain, Spot, read_places


class Kind(StrEnum):
    LINE = "line"  # an id, a code, a sentence
    NUMBER = "number"
    DAY = "day"
    FLAG = "flag"  # true, false, or nothing
    CHOICE = "choice"
    LIST = "list"  # ids, codes or names with commas between them
    DATA = "data"  # a part of the file as YAML


@dataclass(frozen=True, slots=True)
class Question:
    """One key of the file. `path` from the top, `value` as shown, `hint` the schema's words for what fits.

    `group` is the mapping in which it stands (`count`, `window`, or empty); `line` is 0 where nothing stands
    there yet; `inherited`: what is shown stands in an earlier version.
    """

    path: str
    kind: Kind
    value: str = ""
    hint: str = ""
    group: str = ""
    options: tuple[str, ...] = ()
    required: bool = False
    line: int = 0
    inherited: bool = False

    @property
    def key(self) -> str:
        """The name of the key: `exactly`, or `says.en` for one of two languages, `phases.P1` for one phase."""
        last = self.path.split(".")
        return ".".join(last[-2:]) if last[-1] in ("en", "uk") or last[-2:-1] == ["phases"] else last[-1]


_GROUPS: Final = (*FORMS, "window")
_INHERITED: Final = ("phases", "beside")


def questions(text: str, path: str, *, file: str) -> list[Question]:
    """Every question about the mapping at `path`, in the order of the schema.

    Of the forms of a clause only the one that it has. Raises Unreadable where the text is no YAML.
    """
    root = tree(text, file)
    where = steps(path)
    spot = find(root, where)
    shape = _shape(where)
    asker = _Asker(text, root)
    present = spot.value if spot is not None and isinstance(spot.value, dict) else {}
    found: list[Question] = []
    for key in shape["properties"]:
        if key in FORMS and key not in present:
            continue
        if key == "unsaid" and key not in present:
            continue
        found += asker.ask([*where, key], shape, "")
    return found


def _resolved(shape: Mapping[str, Any]) -> Mapping[str, Any]:
    """A schema with its reference followed; its own description wins."""
    if "$ref" not in shape:
        return shape
    name = str(shape["$ref"]).rsplit("/", 1)[-1]
    return {**schema()["$defs"][name], **{k: v for k, v in shape.items() if k != "$ref"}, "called": name}


def _shape(path: Sequence[str | int]) -> Mapping[str, Any]:
    shape: Mapping[str, Any] = schema()
    for step in path:
        shape = _resolved(shape)
        if isinstance(step, int):
            shape = shape["items"]
        elif step in shape.get("properties", {}):
            shape = shape["properties"][step]
        else:
            shape = shape["additionalProperties"]
    return _resolved(shape)


def _kind(shape: Mapping[str, Any]) -> tuple[Kind, tuple[str, ...]]:
    if "enum" in shape:
        return Kind.CHOICE, tuple(str(v) for v in shape["enum"])
    if "const" in shape or shape.get("type") == "boolean":
        return Kind.FLAG, ()
    if shape.get("called") == "day":
        return Kind.DAY, ()
    if shape.get("type") in ("integer", "number"):
        return Kind.NUMBER, ()
    if shape.get("type") == "string":
        return Kind.LINE, ()
    one = [_resolved(s) for s in shape.get("anyOf", [])]
    several = (
        shape if shape.get("type") == "array" else next((s for s in one if s.get("type") == "array"), None)
    )
    if several is not None and _resolved(several["items"]).get("type", "string") == "string":
        return Kind.LIST, ()
    return Kind.DATA, ()


class _Asker:
    def __init__(self, text: str, root: Spot) -> None:
        self.text = text
        self.root = root

    def ask(self, path: list[str | int], holder: Mapping[str, Any], group: str) -> Iterator[Question]:
        key = str(path[-1])
        shape = _resolved(holder["properties"][key])
        if shape.get("called") == "text":
            yield from self._words(path, shape, group, required=key in holder.get("required", ()))
        elif key in _GROUPS:
            for inner in shape["properties"]:
                yield from self.ask([*path, inner], shape, key)
        elif key == "phases" and "additionalProperties" in shape:
            yield from self._by_phase(path, shape, group)
        else:
            yield self._one(path, shape, group, required=key in holder.get("required", ()))

    def _one(
        self, path: list[str | int], shape: Mapping[str, Any], group: str, *, required: bool = False
    ) -> Question:
        kind, options = _kind(shape)
        spot = find(self.root, path)
        inherited = False
        if spot is None and path[-1] in _INHERITED:
            spot = self._before(path)
            inherited = spot is not None
        dotted, hint = ".".join(map(str, path)), str(shape.get("description", ""))
        line = spot.line if spot is not None else 0
        value = self._shown(spot, kind) if spot is not None else ""
        return Question(dotted, kind, value, hint, group, options, required, line, inherited)

    def _words(
        self, path: list[str | int], shape: Mapping[str, Any], group: str, *, required: bool
    ) -> Iterator[Question]:
        spot = find(self.root, path)
        for tongue in ("en", "uk"):
            inner = find(self.root, [*path, tongue])
            if inner is None and spot is not None and tongue == "en" and not isinstance(spot.value, dict):
                inner = spot
            yield Question(
                ".".join(map(str, [*path, tongue])),
                Kind.LINE,
                str(inner.plain()) if inner is not None else "",
                str(shape["description"]) if tongue == "en" else "",
                group,
                required=required and tongue == "en",
                line=inner.line if inner is not None else 0,
            )

    def _by_phase(self, path: list[str | int], shape: Mapping[str, Any], group: str) -> Iterator[Question]:
        spot = find(self.root, path)
        known = list(spot.value) if spot is not None and isinstance(spot.value, dict) else []
        for phase in dict.fromkeys([*self._phases(path), *known]):
            yield self._one([*path, phase], _resolved(shape["additionalProperties"]), group)

    def _phases(self, path: list[str | int]) -> list[str]:
        """The phases of the version in which this clause stands."""
        spot = find(self.root, [*path[:2], "phases"]) or self._before([*path[:2], "phases"])
        items = spot.value if spot is not None and isinstance(spot.value, list) else []
        return [str(i.value["id"].plain()) for i in items if isinstance(i.value, dict) and "id" in i.value]

    def _before(self, path: list[str | int]) -> Spot | None:
        """The same key of the nearest earlier version that has it."""
        for position in range(int(path[1]) - 1, -1, -1):
            if (found := find(self.root, [path[0], position, *path[2:]])) is not None:
                return found
        return None

    def _shown(self, spot: Spot, kind: Kind) -> str:
        plain = spot.plain()
        match kind:
            case Kind.LIST:
                return ", ".join(str(v) for v in plain) if isinstance(plain, list) else str(plain)
            case Kind.FLAG:
                return "true" if plain is True else "false"
            case Kind.DATA:
                start, end = spot.span
                return dedent(" " * (spot.column - 1) + self.text[start:end])
            case _:
                return str(plain)


# -- answers


def answered(text: str, asked: Sequence[Question], answers: Mapping[str, str], *, file: str) -> str:
    """The text with the answers that differ from what was shown written in; questions left out stay.

    Raises Unreadable with every answer that is of the wrong kind, each at the line where it would stand.
    """
    problems: list[Problem] = []
    changes: list[tuple[Question, Plain]] = []
    for question in asked:
        given = _tidy(answers.get(question.path, question.value))
        if given == _tidy(question.value):
            continue
        try:
            changes.append((question, _value(question, given, file) if given else None))
        except Unreadable as wrong:
            problems += wrong.problems
    if problems:
        raise Unreadable(problems)
    for question, value in changes:
        text = _changed(text, steps(question.path), value, file)
    return text


def _tidy(answer: str) -> str:
    return "\n".join(line.rstrip() for line in answer.replace("\r\n", "\n").strip().split("\n"))


def _changed(text: str, path: list[str | int], value: Plain, file: str) -> str:
    here = find(tree(text, file), path)
    if path[-1] in ("en", "uk"):
        plain = find(tree(text, file), path[:-1])
        if plain is not None and not isinstance(plain.value, dict):
            sentence: dict[str, Plain] = {"en": str(plain.plain()), str(path[-1]): value}
            kept = {k: v for k, v in sentence.items() if v is not None}
            return put(text, path[:-1], cast(Plain, kept) if len(kept) > 1 else value, file=file)
    if value is None:
        return take_out(text, path, file=file) if here is not None else text
    return put(text, path, value, file=file)


def _value(question: Question, given: str, file: str) -> Plain:
    def refuse(expected: str) -> Unreadable:
        return Unreadable(Problem(file, question.line or None, question.path, given, expected))

    match question.kind:
        case Kind.NUMBER:
            if not re.fullmatch(r"\d+(\.\d+)?", given):
                raise refuse("a number")
            return float(given) if "." in given else int(given)
        case Kind.DAY:
            try:
                return date.fromisoformat(given)
            except ValueError:
                raise refuse("a day that exists, such as 2025-05-16") from None
        case Kind.FLAG:
            if given not in ("true", "false"):
                raise refuse("true or false")
            return given == "true"
        case Kind.LIST:
            names = [name for part in re.split(r"[,\n]", given) if (name := part.strip())]
            return cast(Plain, names if len(names) != 1 or question.key == "named" else names[0])
        case Kind.DATA:
            spot, problems = read_places(given, file=file)
            if spot is None or problems:
                raise refuse(problems[0].expected)
            return with_days(spot)
        case _:
            return given


def with_days(spot: Spot) -> Plain:
    """The value with days as days, so that they are written without quotes."""
    match spot.value:
        case dict():
            return {k: with_days(v) for k, v in spot.value.items()}
        case list():
            return [with_days(v) for v in spot.value]
        case _:
            return spot.value


# -- where a problem belongs


def errors(problems: Sequence[Problem], asked: Sequence[Question], text: str) -> dict[str, list[Problem]]:
    """Path of a question -> its problems; under the empty path whatever belongs to none of them.

    A problem belongs to the question that begins last before its place, inside the mapping that is asked about.
    """
    names = {q.path for q in asked}
    root, wrong = read_places(text, file="")
    starts = [] if root is None or wrong else sorted(_starts(root, asked))
    last = max((end for *_, end in starts), default=(0, 0))
    found: dict[str, list[Problem]] = {}
    for problem in problems:
        path = ""
        if isinstance(problem.column, str):
            path = problem.column if problem.column in names else ""
        elif problem.row is not None and problem.column is not None:
            place = (problem.row, problem.column)
            path = next((p for s, p, _ in reversed(starts) if s <= place <= last), "")
        found.setdefault(path, []).append(problem)
    return found


def _starts(root: Spot, asked: Sequence[Question]) -> Iterator[tuple[tuple[int, int], str, tuple[int, int]]]:
    groups: set[str] = set()
    for question in asked:
        path = steps(question.path)
        holder, spot = find(root, path[:-1]), find(root, path)
        if question.group and question.group not in groups:  # what is said of the group is said at its first
            groups.add(question.group)
            depth = path.index(question.group)
            if (above := find(root, path[:depth])) is not None and question.group in above.keys:
                yield above.keys[question.group], question.path, above.keys[question.group]
        if holder is None or spot is None:
            continue
        start = holder.keys.get(str(path[-1]), (spot.line, spot.column))
        yield start, question.path, _end(spot)


def _end(spot: Spot) -> tuple[int, int]:
    """The place of the last part of a value."""
    children = list(spot.value.values()) if isinstance(spot.value, dict) else spot.value
    if isinstance(children, list) and children:
        return max(_end(child) for child in children)
    return spot.line, spot.column
