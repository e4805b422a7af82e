"""The word stock, read once, and every spelling of it that a register may need."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import polars as pl
from ruamel.yaml import YAML

from obmin.demo.world.spelling import HABITS, latin, russian_of_ukrainian, ukrainian_of_russian

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

CYRILLIC: Final = ("uk", "ru", "uk-nine", "uk-plain")
STYLES: Final = (*CYRILLIC, *HABITS)


@cache
def load(name: str) -> dict[str, Any]:
    """A YAML file that lies beside this module; nobody changes what it returns."""
    text = resources.files("obmin.demo.world").joinpath(name).read_text(encoding="utf-8")
    data: dict[str, Any] = YAML(typ="safe").load(text)
    return data


def rows(block: str, separator: str | None = None) -> list[list[str]]:
    return [line.split(separator) for line in block.strip().splitlines()]


@dataclass(frozen=True, slots=True)
class Words:
    """One kind of word: `native[language][i]` is word i in Cyrillic of that language; `share` its weight."""

    native: dict[str, list[str]]
    share: Floats

    def spelled(self, style: str, wanted: Ints) -> pl.Series:
        """All words in one style, `null` where `wanted` (the word numbers in use) does not ask for them."""
        out: list[str | None] = [None] * len(self.share)
        if style in ("uk", "ru"):
            return pl.Series(self.native[style], dtype=pl.Utf8)
        if style in CYRILLIC:
            known = self.native.get(style)
            for i in wanted.tolist():
                out[i] = (
                    known[i] if known else ukrainian_of_russian(self.native["ru"][i], nine=style == "uk-nine")
                )
            return pl.Series(out, dtype=pl.Utf8)
        source = self.native[HABITS[style][0]]
        for i in wanted.tolist():
            out[i] = latin(source[i], style)
        return pl.Series(out, dtype=pl.Utf8)


def _fading(count: int, power: float) -> Floats:
    share = 1.0 / np.arange(2.0, count + 2.0) ** power
    return np.asarray(share / share.sum(), dtype=np.float64)


def given_names(names: dict[str, Any]) -> tuple[Words, Words]:
    """Given names of men and of women, most frequent first."""
    men, women = rows(names["men"]), rows(names["women"])
    return _twice([r[0] for r in men], [r[1] for r in men]), _twice(
        [r[0] for r in women], [r[1] for r in women]
    )


def _twice(uk: list[str], ru: list[str]) -> Words:
    return Words({"uk": uk, "ru": ru, "uk-nine": uk, "uk-plain": uk}, _fading(len(uk), 0.8))


def patronymics(names: dict[str, Any]) -> Words:
    """Patronymics: numbers 0…n-1 for men, n…2n-1 for women, by the father's name."""
    table = rows(names["men"])
    uk_men = [r[2] if r[2].endswith("ич") else r[2] + "ич" for r in table]
    uk_women = ["Іллівна" if r[3] == "Ілліч" else r[3] + "на" for r in table]
    ru_men = [r[4] if r[4].endswith("ич") else r[4] + "ич" for r in table]
    ru_women = ["Ильинична" if r[4] == "Ильич" else r[4] + "на" for r in table]
    return _twice(uk_men + uk_women, ru_men + ru_women)


def surnames(names: dict[str, Any], nation: str, rng: np.random.Generator) -> Words:
    """Invented surnames of a nation: numbers 0…n-1 as men bear them, n…2n-1 as women do."""
    stock = names[nation]
    plain = str(stock["stems"]).split()
    doubled = [a + b for a in str(stock["firsts"]).split() for b in str(stock["seconds"]).split()]
    stems = plain + doubled
    weight = np.concatenate(
        [rng.permutation(_fading(len(plain), 0.55)), 0.12 * rng.permutation(_fading(len(doubled), 0.4))]
    )
    endings = rows(stock["endings"])
    men = [(stem + e[0]).capitalize() for stem in stems for e in endings]
    women = [(stem + e[1]).capitalize() for stem in stems for e in endings]
    share = np.outer(weight, [float(e[2]) for e in endings]).ravel()
    own = men + women
    if nation == "UKR":
        native = {"uk": own, "ru": [russian_of_ukrainian(w) for w in own]}
    else:
        native = {"ru": own, "uk": [ukrainian_of_russian(w, nine=True) for w in own]}
    return Words(native, np.concatenate([share, share]) / (2 * share.sum()))
