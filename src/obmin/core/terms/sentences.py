"""What a check says, in the reader's language: the sentences of problems and of the schema, from one table.

Problems carry English, as commands print it; a page tells them again through the table.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import Final, cast

from ruamel.yaml import YAML

from obmin.core.terms.standard import EVENTS

_FILLED: Final = re.compile(r"\{(\w+)\}")
# what is filled in with a sentence of the table
_SENTENCES: Final = ("rule", "price")
_ABOUT: Final = re.compile(r"((?:clause|phase) \S+|beside|talks): (.+)", re.DOTALL)


@cache
def table() -> tuple[tuple[str, str], ...]:
    """English and Ukrainian, in the order of the file."""
    text = files("obmin.core.terms").joinpath("sentences.yaml").read_text(encoding="utf-8")
    return tuple((pair[0], pair[1]) for pair in cast(list[list[str]], YAML(typ="safe", pure=True).load(text)))


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Each sentence as a pattern of its English, that with the most fixed words first."""
    found = []
    for en, uk in table():
        parts = _FILLED.split(en)
        if len(parts) > 1:
            body = "".join(f"(?P<{p}>.+?)" if n % 2 else re.escape(p) for n, p in enumerate(parts))
            found.append((-sum(len(p) for p in parts[::2]), re.compile(body, re.DOTALL), uk))
    return tuple((pattern, uk) for _, pattern, uk in sorted(found, key=lambda one: one[0]))


@cache
def _whole() -> dict[str, str]:
    return dict(table())


def said(text: str, language: str) -> str:
    """The sentence in `en` or `uk`; one that is not in the table (a value as it was found) as it is."""
    if language != "uk":
        return text
    if text in _whole():
        return _whole()[text]
    if found := _ABOUT.fullmatch(text):
        return f"{said(found[1], language)}: {said(found[2], language)}"
    for pattern, uk in _patterns():
        if found := pattern.fullmatch(text):
            return _fill(uk, found.groupdict(), language)
    return text


def _fill(sentence: str, values: dict[str, str], language: str) -> str:
    filled = {k: said(v, language) if k in _SENTENCES else v for k, v in values.items()}
    if "event" in filled:
        events = {words.en: words.uk for words in EVENTS.values()}
        filled["event"] = events.get(filled["event"], filled["event"])
    return _FILLED.sub(lambda found: filled.get(found[1], found[0]), sentence)
