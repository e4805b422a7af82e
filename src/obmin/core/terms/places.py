"""YAML text as values that know where they stand, so that every problem names its line and column."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import AliasEvent, CollectionEndEvent, CollectionStartEvent
from ruamel.yaml.nodes import CollectionNode, MappingNode, Node, ScalarNode, SequenceNode

from obmin.core.errors import Problem

MOST_CHARACTERS: Final = 300_000
MOST_DEPTH: Final = 32
# words that YAML 1.1 readers turn into booleans: the same file would mean different things to two readers
TREACHEROUS: Final = frozenset({"y", "n", "yes", "no", "on", "off"})

Plain = None | bool | int | float | str | date | list["Plain"] | dict[str, "Plain"]


@dataclass(frozen=True, slots=True)
class Spot:
    """A value and the place where it begins (1-based).

    `keys` are the places of a mapping's keys, `names` their characters; `span` is where the value's characters
    stand in the text. `flow`: a collection in brackets.
    """

    value: bool | int | float | str | date | list[Spot] | dict[str, Spot] | None
    line: int
    column: int
    keys: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    names: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    span: tuple[int, int] = (0, 0)
    flow: bool = False

    def plain(self) -> Plain:
        """The value without places; dates as ISO text."""
        match self.value:
            case dict():
                return {k: v.plain() for k, v in self.value.items()}
            case list():
                return [v.plain() for v in self.value]
            case date():
                return self.value.isoformat()
            case _:
                return self.value

    def at(self, path: list[str | int]) -> Spot:
        """The spot under a path of keys and positions; the nearest one above where the path ends early."""
        here = self
        for step in path:
            children = here.value
            if isinstance(children, dict) and isinstance(step, str) and step in children:
                here = children[step]
                continue
            if isinstance(children, list) and isinstance(step, int) and step < len(children):
                here = children[step]
                continue
            break
        return here


class _Broken(Exception):
    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


def _scalar(node: Node) -> bool | int | float | str | date | None:
    text = str(node.value)
    kind = str(node.tag).rsplit(":", 1)[-1]
    try:
        match kind:
            case "null":
                return None
            case "bool":
                return text.lower() == "true"
            case "int":
                return int(text.replace("_", ""))
            case "float":
                return float(text)
            case "timestamp":
                return date.fromisoformat(text)
    except ValueError:
        return text
    return text


class _Reader:
    def __init__(self, text: str, file: str) -> None:
        self.text = text
        self.file = file
        self.problems: list[Problem] = []

    def problem(self, node: Node, found: str, expected: str) -> Problem:
        mark = node.start_mark
        return Problem(self.file, mark.line + 1, mark.column + 1, found, expected)

    def read(self, node: Node, depth: int = 0) -> Spot:
        line, column = node.start_mark.line + 1, node.start_mark.column + 1
        if depth > MOST_DEPTH:
            raise _Broken(self.problem(node, f"more than {MOST_DEPTH} levels", "a flatter file"))
        if str(node.tag).startswith("!"):
            self.problems.append(self.problem(node, f"the tag {node.tag}", "a plain value"))
        if isinstance(node, MappingNode):
            return self._mapping(node, depth, line, column)
        if isinstance(node, SequenceNode):
            items = [self.read(child, depth + 1) for child in node.value]
            return Spot(items, line, column, span=self._span(node, items), flow=bool(node.flow_style))
        self._treacherous(node)
        return Spot(_scalar(node), line, column, span=self._span(node, ()))

    def _span(self, node: Node, children: Iterable[Spot]) -> tuple[int, int]:
        """Without the blank lines and comments that follow the last line of a block."""
        start, end = node.start_mark.index, node.end_mark.index
        inner = [child.span[1] for child in children]
        if inner and isinstance(node, CollectionNode) and not node.flow_style:
            return start, max(inner)
        return start, start + len(self.text[start:end].rstrip())

    def _treacherous(self, node: Node) -> None:
        if isinstance(node, ScalarNode) and not node.style and str(node.value).lower() in TREACHEROUS:
            word = str(node.value)
            self.problems.append(
                self.problem(
                    node, f"the bare word {word}", f'"{word}" in quotes: many readers take it for true or false'
                )
            )

    def _mapping(self, node: MappingNode, depth: int, line: int, column: int) -> Spot:
        found: dict[str, Spot] = {}
        keys: dict[str, tuple[int, int]] = {}
        names: dict[str, tuple[int, int]] = {}
        for key, value in node.value:
            self._treacherous(key)
            name = str(key.value)
            place = (key.start_mark.line + 1, key.start_mark.column + 1)
            if name in found:
                first = keys[name][0]
                self.problems.append(
                    self.problem(key, f"{name} a second time (first in line {first})", "each key once")
                )
                continue
            found[name] = self.read(value, depth + 1)
            keys[name] = place
            names[name] = (key.start_mark.index, key.end_mark.index)
        span = self._span(node, found.values())
        return Spot(found, line, column, keys, names, span, flow=bool(node.flow_style))


def _hostile(text: str, file: str) -> Problem | None:
    """An alias or a depth that no agreement has, found before the tree is built."""
    depth = 0
    for event in YAML(typ="safe", pure=True).parse(text):
        mark = event.start_mark
        if isinstance(event, AliasEvent):
            found = f"an alias (*{event.anchor})"
            return Problem(file, mark.line + 1, mark.column + 1, found, "the text itself, written out")
        depth += isinstance(event, CollectionStartEvent) - isinstance(event, CollectionEndEvent)
        if depth > MOST_DEPTH:
            return Problem(
                file, mark.line + 1, mark.column + 1, f"more than {MOST_DEPTH} levels", "a flatter file"
            )
    return None


def read_places(text: str, *, file: str) -> tuple[Spot | None, list[Problem]]:
    """The file as a tree of spots, and what is wrong with it as YAML."""
    if len(text) > MOST_CHARACTERS:
        return None, [Problem(file, None, None, f"{len(text)} characters", f"at most {MOST_CHARACTERS}")]
    reader = _Reader(text, file)
    try:
        if (hostile := _hostile(text, file)) is not None:
            return None, [hostile]
        node = YAML(typ="safe", pure=True).compose(text)
        if node is None:
            return None, [Problem(file, 1, 1, "an empty file", "an agreement")]
        return reader.read(node), reader.problems
    except _Broken as broken:
        return None, [*reader.problems, broken.problem]
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (None, None)
        said = str(error.problem or error.context or "text that is no YAML")
        return None, [Problem(file, line, column, said, "well-formed YAML")]
    except (YAMLError, ValueError, RecursionError) as error:
        return None, [Problem(file, None, None, str(error).splitlines()[0], "well-formed YAML")]


def scalars(spot: Spot) -> Iterator[Spot]:
    """Every scalar under a spot, in the order of the file."""
    match spot.value:
        case dict():
            for child in spot.value.values():
                yield from scalars(child)
        case list():
            for child in spot.value:
                yield from scalars(child)
        case _:
            yield spot
