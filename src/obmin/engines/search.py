"""Finds the people nearest to a name, in any spelling or script, in memory.

Two sources propose words near each word of the question: words that share pairs of sounds, and words whose
consonants are the same but for one. Their bearers are then scored on all words and on the birth date.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from obmin.core.errors import Problem, Unreadable
from obmin.core.names.alternates import given_alternates, patronymic_alternates
from obmin.core.names.fold import coarse, readings, skeleton
from obmin.core.names.nearness import bearers, gap_keys, nearest, rate, signatures
from obmin.core.names.sounds import Ints, Readings, closeness, pack
from obmin.core.person import Misread, read_date
from obmin.files import whole

VERSION: Final = 1
WORDS_A_PERSON: Final = 6
NEAR_WORDS: Final = 150  # words considered for each word of the question and source
NEAR_ENOUGH: Final = 0.60
MOST_PEOPLE: Final = 15_000  # bearers scored for one question
_WORD: Final = r"[\p{L}\p{M}'’ʼ`]+"
_ASKED: Final = re.compile(r"(?:[^\W\d_]|[\u0300-\u036f\u0591-\u05c7\u064b-\u065f'’ʼ`])+")


@dataclass(frozen=True, slots=True)
class Hit:
    """A person found: the register's id, a score from 0 (nothing) to 1 (same), and why."""

    id: str
    score: float
    why: str


@dataclass(frozen=True, slots=True)
class Index:
    """A register ready to be searched. Names lie in it in the clear: memory, not disk, is its place."""

    ids: pl.Series
    names: pl.Series
    words: tuple[str, ...]
    people: NDArray[np.int32]  # a row a person, its words, -1 beyond the last
    birth: Ints  # yyyymmdd, zeros for what is unknown
    starts: Ints  # the bearers of word w are bearer[starts[w]:starts[w + 1]]
    bearer: NDArray[np.int32]
    single: NDArray[np.bool_]  # words of one letter
    sounds: Readings
    signs: NDArray[np.uint64]  # of each reading, which pairs of sounds it has
    owner: NDArray[np.int32]  # the word of each reading
    gaps: NDArray[np.uint64]  # sorted keys: consonants of a reading, whole and less one
    gap_word: NDArray[np.int32]

    @classmethod
    def build(cls, frame: pl.DataFrame) -> Index:
        """The index of a register table; `id` is needed, names and birth dates where there are any."""
        if "id" not in frame.columns:
            raise Unreadable(Problem("register", 1, "id", "no such column", "an identifier for each row"))
        names = _names(frame)
        split = pl.DataFrame({"name": names}).select(
            row=pl.int_range(pl.len(), dtype=pl.Int32),
            word=pl.col("name").str.to_lowercase().str.extract_all(_WORD),
        )
        each = split.explode("word").drop_nulls()
        vocabulary = each["word"].unique().sort()
        codes = vocabulary.to_frame("word").with_columns(code=pl.int_range(pl.len(), dtype=pl.Int32))
        each = each.join(codes, on="word", how="left", maintain_order="left")
        each = each.with_columns(at=pl.int_range(pl.len()).over("row")).filter(pl.col("at") < WORDS_A_PERSON)
        people = np.full((frame.height, WORDS_A_PERSON), -1, dtype=np.int32)
        people[each["row"].to_numpy(), each["at"].to_numpy()] = each["code"].to_numpy()
        return cls._of(frame["id"].cast(pl.String), names, tuple(vocabulary.to_list()), people, _births(frame))

    @classmethod
    def _of(
        cls, ids: pl.Series, names: pl.Series, words: tuple[str, ...], people: NDArray[np.int32], birth: Ints
    ) -> Index:
        flat = people.ravel()
        order = np.argsort(flat, kind="stable")
        order = order[np.searchsorted(flat[order], 0) :]
        starts = np.searchsorted(flat[order], np.arange(len(words) + 1)).astype(np.int64)
        spoken = [_spoken(word) for word in words]
        sounds = pack(spoken)
        owner = np.repeat(np.arange(len(words), dtype=np.int32), [len(each) for each in spoken])
        shapes = pack([(skeleton(reading),) for each in spoken for reading in each])
        keys, of = gap_keys(shapes.sounds, shapes.lengths)
        sorting = np.argsort(keys, kind="stable")
        single = np.asarray([len(word) == 1 for word in words], dtype=bool)
        return cls(
            ids, names, words, people, birth, starts, (order // WORDS_A_PERSON).astype(np.int32), single,
            sounds, signatures(sounds.sounds, sounds.lengths), owner, keys[sorting], owner[of[sorting]],
        )  # fmt: skip

    def search(self, text: str, birth_date: str | None = None, top: int = 10) -> list[Hit]:
        """The `top` people nearest to the name, best first; equals in order of id.

        `birth_date` as in a register, whole or partial; `ValueError` if it is no date.
        """
        born = _date(birth_date) if birth_date else 0
        if birth_date and not born:
            raise ValueError(f"{birth_date!r} is no date such as 1987-05-14, 1987-05 or 1987")
        asked = _ASKED.findall(text.lower())[:WORDS_A_PERSON]
        near = [self._near(word) for word in asked]
        rows = self._bearers(near, born)
        if not len(rows):
            return []
        likeness = np.zeros((max(len(asked), 1), len(self.words) + 1), dtype=np.float32)
        worth = np.zeros(max(len(asked), 1))
        for at, (words, like) in enumerate(near):
            likeness[at, words] = like
            worth[at] = self._worth(words, like)
        scores = rate(self.people, rows, likeness, worth, self.birth, born)
        worst = np.sort(scores)[-min(top, len(scores))] if top > 0 else np.inf
        keep = np.flatnonzero(scores >= worst - 1e-6)
        best = sorted(
            keep.tolist(), key=lambda at: (-round(float(scores[at]), 6), self.ids[int(rows[at])] or "")
        )[:top]
        return [
            Hit(
                self.ids[int(rows[at])] or "",
                round(float(scores[at]), 6),
                self._why(int(rows[at]), asked, likeness, born),
            )
            for at in best[:top]
            if scores[at] > 0
        ]

    def _near(self, word: str) -> tuple[Ints, NDArray[np.float64]]:
        """Words near a word of the question with their likeness, the nearest first."""
        spoken = _spoken(word)
        if not spoken or not self.words:
            return np.zeros(0, dtype=np.int64), np.zeros(0)
        asked = pack([spoken])
        if len(word) == 1:
            firsts = self.sounds.sounds[:, 0] == asked.sounds[0, 0]
            words = np.unique(self.owner[firsts]).astype(np.int64)
            return words, np.full(len(words), 0.75)
        signs = signatures(asked.sounds, asked.lengths)
        shapes = pack([(skeleton(reading),) for reading in spoken])
        found = [
            self.owner[nearest(self.signs, self.sounds.lengths, sign, int(length), NEAR_WORDS)]
            for sign, length in zip(signs, asked.lengths, strict=True)
        ]
        keys, _ = gap_keys(shapes.sounds, shapes.lengths)
        first, last = np.searchsorted(self.gaps, keys, "left"), np.searchsorted(self.gaps, keys, "right")
        found += [self.gap_word[a : min(b, a + 2000)] for a, b in zip(first, last, strict=True)]
        words = np.unique(np.concatenate(found)).astype(np.int64)
        like = closeness(
            _joined(self.sounds, words, asked), np.zeros(len(words), np.int64), np.arange(1, len(words) + 1)
        )
        initial = np.asarray([len(self.words[each]) == 1 for each in words], dtype=bool)
        like = np.where(
            initial & (self.sounds.sounds[self.sounds.starts[words], 0] == asked.sounds[0, 0]), 0.7, like
        )
        order = np.lexsort((words, -like))
        order = order[like[order] >= NEAR_ENOUGH][:NEAR_WORDS]
        return words[order], like[order]

    def _bearers(self, near: Sequence[tuple[Ints, NDArray[np.float64]]], born: int) -> Ints:
        """The people worth scoring: bearers of near words, the rare and near first; those born that day."""
        words = np.concatenate([each[0] for each in near] or [np.zeros(0, dtype=np.int64)])
        like = np.concatenate([each[1] for each in near] or [np.zeros(0)])
        many = self.starts[words + 1] - self.starts[words]
        value = like * np.log2(2.0 + len(self.ids) / np.maximum(many, 1))
        order = np.lexsort((words, -value))
        taken = order[(np.cumsum(many[order]) <= MOST_PEOPLE) | (np.arange(len(order)) == 0)]
        rows = bearers(self.starts, self.bearer, words[taken], len(self.ids))[: 2 * MOST_PEOPLE]
        if born and born % 100:
            rows = np.unique(np.concatenate([rows, np.flatnonzero(self.birth == born)]))
        return rows

    def _worth(self, words: Ints, like: NDArray[np.float64]) -> float:
        """How much a word of the question tells: bits of the rarity of what is nearest to it."""
        if not len(words):
            return 8.0
        closest = words[like >= like[0] - 0.05]
        many = float(np.sum(self.starts[closest + 1] - self.starts[closest]))
        return float(np.clip(np.log2(len(self.ids) / max(many, 1.0)), 2.0, 14.0))

    def _why(self, row: int, asked: Sequence[str], likeness: NDArray[np.float32], born: int) -> str:
        mine = [int(word) for word in self.people[row] if word >= 0]
        parts = []
        for at, word in enumerate(asked):
            best = max(mine, key=lambda each: (likeness[at, each], -each), default=-1)
            if best < 0 or likeness[at, best] <= 0:
                parts.append(f"{word}: nothing near")
            elif self.words[best] == word:
                parts.append(f"{word}: same")
            else:
                parts.append(f"{word}: {self.words[best]} {likeness[at, best]:.2f}")
        if born:
            parts.append(_birth_why(born, int(self.birth[row])))
        return "; ".join(parts)

    def save(self, path: Path) -> None:
        """Writes the index, whole or not at all."""
        held = io.BytesIO()
        np.savez(
            held,
            version=np.int64(VERSION),
            ids=_bytes(self.ids),
            names=_bytes(self.names),
            words=_bytes(pl.Series(self.words, dtype=pl.String)),
            people=self.people,
            birth=self.birth,
        )
        whole.write_bytes(path, held.getvalue())

    @classmethod
    def load(cls, path: Path) -> Index:
        """Reads what `save` wrote; `Unreadable` for anything else."""
        try:
            with np.load(path, allow_pickle=False) as held:
                if int(held["version"]) != VERSION:
                    raise Unreadable(
                        Problem(str(path), None, None, f"version {int(held['version'])}", f"version {VERSION}")
                    )
                ids, names, words = (_texts(held[name]) for name in ("ids", "names", "words"))
                return cls._of(ids, names, tuple(words.to_list()), held["people"], held["birth"])
        except (OSError, ValueError, KeyError) as error:
            raise Unreadable(
                Problem(str(path), None, None, str(error) or "nothing", "a search index")
            ) from error


def _spoken(word: str) -> tuple[str, ...]:
    """The coarse readings of a word, what custom makes of it in the other language included."""
    rough = list(dict.fromkeys(coarse(reading) for reading in readings(word)))
    others = [
        other for each in rough for find in (given_alternates, patronymic_alternates) for other in find(each)
    ]
    return tuple(dict.fromkeys([*rough, *others]))


def _joined(sounds: Readings, words: Ints, asked: Readings) -> Readings:
    """The readings of the question as word 0, of `words` after it."""
    counts = sounds.starts[words + 1] - sounds.starts[words]
    starts = np.concatenate(([0], np.cumsum(counts)))
    rows = np.repeat(sounds.starts[words] - starts[:-1], counts) + np.arange(starts[-1])
    mine = len(asked.lengths)
    return Readings(
        np.concatenate([asked.sounds, sounds.sounds[rows]]),
        np.concatenate([asked.lengths, sounds.lengths[rows]]),
        np.concatenate(([0], starts + mine)).astype(np.int64),
    )


def _names(frame: pl.DataFrame) -> pl.Series:
    """The whole name of each row: its parts where it has them, else the name as recorded."""

    def column(name: str) -> pl.Expr:
        return pl.col(name).cast(pl.String) if name in frame.columns else pl.lit(None, dtype=pl.String)

    parts = pl.concat_str(
        [column(part) for part in ("surname", "given", "patronymic")], separator=" ", ignore_nulls=True
    )
    return frame.select(
        name=pl.when(column("surname").is_null())
        .then(column("name").fill_null(parts))
        .otherwise(parts)
        .fill_null("")
    )["name"]


def _births(frame: pl.DataFrame) -> Ints:
    if "birth_date" not in frame.columns:
        return np.zeros(frame.height, dtype=np.int64)
    values = frame["birth_date"].cast(pl.String)
    table = {value: _date(value) for value in values.drop_nulls().unique().to_list()}
    if not table:
        return np.zeros(frame.height, dtype=np.int64)
    return values.replace_strict(list(table), list(table.values()), default=0, return_dtype=pl.Int64).to_numpy()


def _date(value: str) -> int:
    found = read_date(value.strip())
    if isinstance(found, Misread):
        return 0
    year, month, day = [*map(int, found.split("-")), 0, 0][:3]
    return year * 10000 + month * 100 + day


def _birth_why(asked: int, has: int) -> str:
    if not has:
        return "birth date unknown"
    if asked == has:
        return "birth date same"
    return "birth year same" if asked // 10000 == has // 10000 else "birth date other"


def _bytes(texts: pl.Series) -> NDArray[np.uint8]:
    return np.frombuffer(texts.to_frame("t").write_json().encode("utf-8"), dtype=np.uint8)


def _texts(held: NDArray[np.uint8]) -> pl.Series:
    return pl.read_json(io.BytesIO(held.tobytes()), schema={"t": pl.String})["t"]
