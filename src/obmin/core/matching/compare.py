"""Candidate pairs compared field by field, on unique pairs of words."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray
from rapidfuzz.distance import OSA
from rapidfuzz.process import cpdist

from obmin.core.matching import levels as agree
from obmin.core.matching.levels import Floats, Ints, Levels
from obmin.core.matching.parts import Lexicon, compare_names
from obmin.core.matching.people import WITHOUT_VOWELS, Both, Word
from obmin.core.matching.weights import Field
from obmin.core.names.fold import coarse
from obmin.core.names.scripts import script_of
from obmin.core.names.sounds import alike, spelt

# The chances shipped with the program: what a few hundred people of two officials' lists show.
FIELDS: Final = (
    Field("surname", agree.NAME_LEVELS, (0.015, 0.01, 0.001, 0.024, 0.06, 0.09, 0.80),
          (0.88, 0.10, 0.0005, 0.015, 0.002, 0.0005, 0.002)),
    Field("given", agree.NAME_LEVELS, (0.012, 0.01, 0.02, 0.018, 0.04, 0.10, 0.80),
          (0.85, 0.07, 0.02, 0.015, 0.005, 0.005, 0.035)),
    Field("patronymic", agree.NAME_LEVELS, (0.012, 0.01, 0.02, 0.018, 0.05, 0.10, 0.79),
          (0.60, 0.27, 0.02, 0.05, 0.015, 0.01, 0.035)),
    Field("order", ("parts exchanged", "parts as they stand"), (0.04, 0.96), (0.02, 0.98)),
    Field("birth date", agree.DATE_LEVELS, (0.006, 0.01, 0.008, 0.012, 0.03, 0.02, 0.04, 0.874),
          (0.91, 0.045, 0.0025, 0.02, 0.018, 0.002, 0.001, 0.0001)),
    Field("service number", agree.NUMBER_LEVELS, (0.03, 0.05, 0.92), (0.9999, 0.0001, 0.00001)),
    Field("sex", agree.CODE_LEVELS, (0.01, 0.99), (0.15, 0.85)),
    Field("rank", agree.CODE_LEVELS, (0.25, 0.75), (0.75, 0.25)),
    Field("unit", agree.CODE_LEVELS, (0.2, 0.8), (0.97, 0.03)),
    Field("region", agree.CODE_LEVELS, (0.2, 0.8), (0.92, 0.08)),
    Field("capture", agree.CAPTURE_LEVELS, (0.1, 0.1, 0.2, 0.6), (0.93, 0.05, 0.014, 0.006)),
)  # fmt: skip
_PRIOR_SHARE: Final = {"surname": (1000.0, 0.0005), "given": (200.0, 0.01), "patronymic": (200.0, 0.01)}


def compare(words: Lexicon, both: Both, i: Ints, j: Ints) -> dict[str, Levels]:
    """The level of each pair (i, j) in each of FIELDS; -1 where either side is unknown."""
    left, right = both.left, both.right
    found = compare_names(words, both, i, j)
    found["birth date"] = agree.date_levels(left.birth[i], right.birth[j])
    found["service number"] = _numbers(left.number, right.number, i, j)
    found["sex"] = agree.code_levels(left.sex[i], right.sex[j])
    if bool((left.rank_code >= 0).any()) and bool((right.rank_code >= 0).any()):
        found["rank"] = agree.code_levels(left.rank_code[i], right.rank_code[j])
    else:
        found["rank"] = _texts(both.vocabulary["rank"], left.words["rank"][i], right.words["rank"][j])
    found["unit"] = agree.code_levels(left.unit[i], right.unit[j])
    found["region"] = _texts(both.vocabulary["region"], left.words["region"][i], right.words["region"][j])
    found["capture"] = agree.capture_levels(left.captured[i], right.captured[j])
    return found


def shares(both: Both, role: str, i: Ints, j: Ints, chance: float) -> Floats:
    """The share of other people whose name would agree as well, for each pair: the mean of both registers.

    Names agree that have a coarse reading in common; a pair takes the larger share of its two names. To what a
    list shows is added what a name has that it shows no second time. Names without vowels often have a reading
    in common and do not agree by their letters: `chance`, that names of two strangers agree, says how often.
    """
    words = both.vocabulary[role]
    forms = pl.DataFrame(
        [(at, form) for at, word in enumerate(words) for form in dict.fromkeys(map(coarse, word.fine))],
        schema={"word": pl.Int64, "form": pl.String},
        orient="row",
    )
    kin = forms.join(forms.rename({"word": "other"}), on="form").select("word", "other").unique()
    word, other = kin["word"].to_numpy(), kin["other"].to_numpy()
    strength, prior = _PRIOR_SHARE[role]
    share, borne, met = np.zeros(len(words) + 1), [], []
    for people in (both.left, both.right):
        known = people.words[role][people.words[role] >= 0]
        bearers = np.bincount(known, minlength=len(words)).astype(np.float64)
        near = np.bincount(word, weights=bearers[other], minlength=len(words))
        unseen = strength * prior / (len(known) + strength)
        mine = np.minimum(np.maximum(near - 1.0, 0.0) / (len(known) + strength / 20.0) + unseen, 1.0)
        share[:-1] += mine / 2.0
        borne.append(bearers / max(len(known), 1))
        met.append(near / max(len(known), 1))
    if any(script_of(each.written) in WITHOUT_VOWELS for each in words):
        share *= min(1.0, chance / max(float(borne[0] @ met[1]), 1e-9))
    return np.maximum(share[both.left.words[role][i]], share[both.right.words[role][j]])


def _unique_pairs(a: Ints, b: Ints, width: int) -> tuple[NDArray[np.bool_], Ints, Ints, Ints]:
    """Of pairs known on both sides: where they are, the unique (a, b), and each one's place among them."""
    known = (a >= 0) & (b >= 0)
    codes, place = np.unique(a[known] * width + b[known], return_inverse=True)
    return known, codes // width, codes % width, place


def _texts(words: tuple[Word, ...], a: Ints, b: Ints) -> Levels:
    found = np.full(len(a), agree.UNKNOWN, dtype=np.int8)
    if not words:
        return found
    known, first, second, place = _unique_pairs(a, b, len(words))
    rough = alike(spelt([tuple(map(coarse, word.fine)) for word in words]), first, second)
    found[known] = (rough >= 0.75).astype(np.int8)[place]
    return found


def _numbers(left: tuple[str | None, ...], right: tuple[str | None, ...], i: Ints, j: Ints) -> Levels:
    found = np.full(len(i), agree.UNKNOWN, dtype=np.int8)
    have = (
        np.asarray([n is not None for n in left], dtype=bool)[i]
        & np.asarray([n is not None for n in right], dtype=bool)[j]
    )
    a = np.asarray(left, dtype=object)[i[have]].tolist()
    b = np.asarray(right, dtype=object)[j[have]].tolist()
    if a:
        off = cpdist(a, b, scorer=OSA.distance, score_cutoff=2, dtype=np.int32, workers=1)
        found[have] = np.where(off == 0, 2, np.where(off <= 2, 1, 0)).astype(np.int8)
    return found
