"""The words a bulletin may not use, as data."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any

from jsonschema import Draft202012Validator
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from obmin.core.errors import Problem, Unreadable


@dataclass(frozen=True, slots=True)
class Words:
    """One version of `words.yaml`; `topics` maps shares, remainders, secrets and plans to word beginnings."""

    version: int
    months: tuple[tuple[str, ...], ...]
    topics: Mapping[str, tuple[str, ...]]


def read_words(text: str | None = None) -> Words:
    """The words of this YAML text, or those that ship beside this module; raises `Unreadable`."""
    folder = resources.files("obmin.core.disclosure")
    if text is None:
        text = folder.joinpath("words.yaml").read_text(encoding="utf-8")
    schema = json.loads(folder.joinpath("words.schema.json").read_text(encoding="utf-8"))
    try:
        raw: dict[str, Any] = YAML(typ="safe", pure=True).load(text)
    except YAMLError as error:
        raise Unreadable(Problem("words.yaml", None, None, str(error)[:200], "YAML")) from error
    problems = [
        Problem(
            "words.yaml", None, "/".join(map(str, fault.absolute_path)), fault.message[:200], "see the schema"
        )
        for fault in Draft202012Validator(schema).iter_errors(raw)
    ]
    if problems:
        raise Unreadable(problems)
    topics = ("shares", "remainders", "secrets", "plans")
    return Words(
        raw["version"],
        tuple(tuple(names) for _, names in sorted(raw["months"].items())),
        {t: tuple(word for _, words in sorted(raw[t].items()) for word in words) for t in topics},
    )
