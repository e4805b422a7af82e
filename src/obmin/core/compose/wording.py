"""The sentences of composing, in English and Ukrainian, from one table."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import cast

from ruamel.yaml import YAML


@cache
def _sentences() -> dict[str, dict[str, str]]:
    text = files("obmin.core.compose").joinpath("wording.yaml").read_text(encoding="utf-8")
    return cast(dict[str, dict[str, str]], YAML(typ="safe", pure=True).load(text))


def say(key: str, language: str, **values: object) -> str:
    """The sentence `key` in `en` or `uk`, filled in. KeyError if there is no such sentence."""
    return _sentences()[key]["uk" if language == "uk" else "en"].format(**values)


def sentences(key: str) -> tuple[str, ...]:
    """The sentence `key` in each language, not filled in."""
    return tuple(_sentences()[key].values())
