"""Writes the reference pages out of the code: `python -m obmin.cli.reference [ROOT]`.

The command line's page comes from its parser, the acts' page from the table of acts. A test holds the
pages in `docs/reference/` to what this module would write today.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from obmin.cli.parser import parser
from obmin.core.access import Role
from obmin.core.acts import ACTS, Act

_MADE: Final = "<!-- Written by `python -m obmin.cli.reference`; change the code, not this page. -->\n"


@dataclass(frozen=True, slots=True)
class Command:
    """One command with its words (`agreement check`), its help and its arguments."""

    name: str
    help: str
    usage: str
    arguments: tuple[tuple[str, str], ...]


def pages() -> dict[str, str]:
    """Each page's path below the root of the repository, and its text."""
    return {"docs/reference/cli.md": _cli(), "docs/reference/acts.md": _acts()}


def commands() -> list[Command]:
    """Every command that does something, in the order of `obmin --help`."""
    return list(_walk(parser(), ""))


def write(root: Path) -> list[Path]:
    """Writes the pages below `root` and returns those that changed."""
    changed = []
    for name, text in pages().items():
        path = root / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            changed.append(path)
    return changed


def _walk(top: argparse.ArgumentParser, words: str) -> Iterator[Command]:
    below = [action for action in top._actions if isinstance(action, argparse._SubParsersAction)]
    if not below and words:
        yield Command(words, top.description or "", _usage(top), tuple(_arguments(top)))
    for action in below:
        seen: set[int] = set()
        for name, inner in action.choices.items():
            if id(inner) not in seen:  # an alias is the same parser again
                seen.add(id(inner))
                yield from _walk(inner, f"{words} {name}".strip())


def _usage(command: argparse.ArgumentParser) -> str:
    """The usage on one line, whatever the terminal's width is where this runs."""
    command.formatter_class = _Wide
    return " ".join(command.format_usage().removeprefix("usage:").split())


class _Wide(argparse.HelpFormatter):
    def __init__(self, prog: str) -> None:
        super().__init__(prog, width=10_000)


def _arguments(command: argparse.ArgumentParser) -> Iterator[tuple[str, str]]:
    for action in command._actions:
        if isinstance(action, argparse._HelpAction):
            continue
        name = ", ".join(action.option_strings) or str(action.metavar or action.dest)
        if action.option_strings and action.nargs != 0:
            choices = "|".join(map(str, action.choices)) if action.choices else ""
            name += f" {action.metavar or choices or action.dest.upper()}"
        told = action.help or ""
        if action.default not in (None, False, argparse.SUPPRESS, []) and "default" not in told:
            told = f"{told} (default: {action.default})".strip()
        yield name, told


def _cli() -> str:
    parts = [
        _MADE,
        "# Commands\n",
        "Exit codes: `0` done, and the answer is yes; `1` done, and the answer is no (the reason is on",
        "standard output); `2` could not be done (standard error says what was found and what was expected).",
        "`--json` prints one machine-readable document. Outputs appear whole or not at all.\n",
    ]
    for command in commands():
        parts += [f"## obmin {command.name}\n", f"{_sentence(command.help)}\n", f"```\n{command.usage}\n```\n"]
        if command.arguments:
            parts.append("| argument | |\n|---|---|")
            parts += [f"| `{_cell(name)}` | {_cell(told)} |" for name, told in command.arguments]
            parts.append("")
    return "\n".join(parts)


def _acts() -> str:
    parts = [
        _MADE,
        "# Acts\n",
        "Everything that anybody can do to a record. Each passes the gate: one transaction, one journal entry.",
        "`from` and `to` are the states of what the act is done to; where they are empty, any state will do",
        "and none is changed. A second person is somebody else than the one who acts.\n",
        "| act | in words | done by | from | to | also needed |",
        "|---|---|---|---|---|---|",
    ]
    parts += [_act(act) for act in ACTS.values()]
    return "\n".join(parts) + "\n"


def _act(act: Act) -> str:
    needed = ["a reason"] if act.reason else []
    if act.second:
        needed.append("a second person: " + ", ".join(sorted(role.value for role in act.second)))
    cells = (
        f"`{act.name}`",
        act.label,
        "anybody" if act.roles == frozenset(Role) else ", ".join(sorted(role.value for role in act.roles)),
        ", ".join(sorted(act.starts)),
        act.ends or "",
        "; ".join(needed),
    )
    return "| " + " | ".join(_cell(cell) for cell in cells) + " |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:].rstrip(".") + "."


if __name__ == "__main__":
    for page in write(Path(sys.argv[1] if len(sys.argv) > 1 else ".")):
        print(page)
