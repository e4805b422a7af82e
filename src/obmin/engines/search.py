"""Finds the people nearest to a name, in any spelling or script, in memory.

Near each word of the question the register's words are looked for; what a word of the register gains is the
bits that the likeness tells: much for a rare word, less for each step between the two. Everybody's gains are
summed up; those with the greatest sums are then compared word by word.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from obmin.core.errors import Problem, Unreadable
from obmin.core.names.alternates import given_alternates, patronymic_alternates
from obmin.core.names.crowd import HUNDRED, UNKNOWN, Crowd, choose, rate, tally
from obmin.core.names.fold import coarse, readings
from obmin.core.names.nearness import COSTS, Asked, Lexicon, asked, letters, lexicon, nearest
from obmin.core.names.scripts import unmixed
from obmin.core.names.sounds import Ints, pack
from obmin.core.person import Misread, read_date
from obmin.engines import indexfile

VERSION: Final = 2
WORDS_A_PERSON: Final = 6
PROPOSED: Final = 900  # words compared with each word of the question
COMPARED: Final = 2_500  # people compared with the question word by word
COUNTED: Final = 400_000  # bearers counted for each word of the question
STEP: Final = 5.0  # bits that a step between two words costs
MOST: Final = 2.8  # steps beyond which two words have nothing to do with each other
FAR: Final = 5.0  # bits by which a word that is not there at all counts against
MISS: Final = 4.0  # of these, what somebody keeps of whom fewer words are known
INITIAL: Final = 0.75  # of a step, between an initial and a word that begins so
_RARE: Final = (4.0, 17.0)  # bits, between which a word's rarity is taken
_ARTICLE: Final = "ال"  # written as a word of its own in Latin letters, or not at all
_WORD: Final = r"[\p{L}\p{M}'’ʼ`]+"
_ASKED: Final = re.compile(r"(?:[^\W\d_]|[\u0300-\u036f\u0591-\u05c7\u064b-\u065f'’ʼ`])+")
_MARKS: Final = re.compile(r"[\u0300-\u036f\u0591-\u05c7\u064b-\u065f'’ʼ`]")


@dataclass(frozen=True, slots=True)
class Hit:
    """A person found: the register's id, a score from 0 (nothing) to 1 (same), and why."""

    id: str
    score: float
    why: str


@dataclass(frozen=True, slots=True)
class _Near:
    """Words of the register near a word of the question, the likeliest first: bits that each gains, at most
    `bits`."""

    words: Ints
    gains: NDArray[np.float64]
    bits: float


@dataclass(frozen=True, slots=True)
class Index:
    """A register ready to be searched. Names lie in it in the clear: memory, not disk, is its place."""

    ids: tuple[NDArray[np.uint8], NDArray[np.int64]]  # UTF-8, and where each begins; in order
    words: tuple[str, ...]
    first: NDArray[np.uint8]  # the first sound of each word
    book: Lexicon
    crowd: Crowd

    @classmethod
    def build(cls, frame: pl.DataFrame) -> Index:
        """The index of a register table; `id` is needed, names and birth dates where there are any."""
        if "id" not in frame.columns:
            raise Unreadable(Problem("register", 1, "id", "no such column", "an identifier for each row"))
        ids = frame["id"].cast(pl.String).fill_null("")
        held = pl.DataFrame({"id": ids, "name": _names(frame), "birth": _births(frame)}).sort(
            "id", "name", "birth"
        )
        split = held.select(
            row=pl.int_range(pl.len(), dtype=pl.Int32),
            word=pl.col("name").str.to_lowercase().str.extract_all(_WORD),
        )
        each = split.explode("word").drop_nulls()
        vocabulary = each["word"].unique().sort()
        codes = vocabulary.to_frame("word").with_columns(code=pl.int_range(pl.len(), dtype=pl.Int32))
        each = each.join(codes, on="word", how="left", maintain_order="left")
        each = each.with_columns(at=pl.int_range(pl.len()).over("row")).filter(pl.col("at") < WORDS_A_PERSON)
        people = np.full((held.height, WORDS_A_PERSON), -1, dtype=np.int32)
        people[each["row"].to_numpy(), each["at"].to_numpy()] = each["code"].to_numpy()
        words = tuple(vocabulary.to_list())
        spoken = pack([_spoken(word) for word in words])
        first = np.zeros(len(words), dtype=np.uint8)
        spoke = np.diff(spoken.starts) > 0
        first[spoke] = spoken.sounds[spoken.starts[:-1][spoke], 0]
        book = lexicon(spoken, letters([_written(word) for word in words]))
        index = cls(
            _packed(held["id"]), words, first, book, _crowd(people, held["birth"].to_numpy(), len(words))
        )
        index.search("Аб Ab")  # the loops are compiled, or read, now and not when somebody waits
        return index

    def __len__(self) -> int:
        return len(self.crowd.people)

    def search(self, text: str, birth_date: str | None = None, top: int = 10) -> list[Hit]:
        """The `top` people nearest to the name, best first; equals in order of id.

        `birth_date` as in a register, whole or partial; `ValueError` if it is no date.
        """
        born = _date(birth_date) if birth_date else 0
        if birth_date and not born:
            raise ValueError(f"{birth_date!r} is no date such as 1987-05-14, 1987-05 or 1987")
        words = _ASKED.findall(text.lower())[:WORDS_A_PERSON]
        words = [word for word in words if _written(word)]
        if top < 1 or not len(self) or not (words or born):
            return []
        questions = [_question(word) for word in words]
        near = [self._near(word, question) for word, question in zip(words, questions, strict=True)]
        bits = np.asarray([each.bits for each in near])
        table = np.full((max(len(words), 1), len(self.words)), UNKNOWN, dtype=np.uint16)
        for at, each in enumerate(near):
            table[at, each.words] = np.minimum(each.gains * HUNDRED, 60_000)
        sums = tally(
            self.crowd, [each.words for each in near], [each.gains for each in near], float(bits.sum()), COUNTED
        )
        rows = choose(self.crowd, sums, born, max(COMPARED, 2 * top))
        scores = np.round(rate(self.book, self.crowd, rows, questions, table, bits, STEP, MOST, MISS, born), 6)
        order = np.lexsort((rows, -scores))[:top]  # rows stand in the order of ids
        return [
            Hit(self._id(row), float(score), self._why(row, words, questions, table, bits, born))
            for row, score in zip(rows[order].tolist(), scores[order].tolist(), strict=True)
            if score > 0
        ]

    def _near(self, word: str, question: Asked) -> _Near:
        if len(_written(word)) == 1 and len(question.lengths):
            found = np.flatnonzero(self.first == question.sounds[0, 0])
            steps = np.where(self.book.counts[found] == 1, 0.0, INITIAL)
            bits = self._rarity(found)
            order = np.argsort(steps, kind="stable")
            found, steps = found[order], steps[order]
        else:
            found, steps = nearest(self.book, question, PROPOSED, MOST)
            bits = self._rarity(found[steps <= steps[0] + 0.3]) if len(found) else 8.0
            if len(question.lengths):
                short = np.flatnonzero((self.book.counts == 1) & (self.first == question.sounds[0, 0]))
                short = short[~np.isin(short, found)]
                found, steps = (
                    np.concatenate([found, short]),
                    np.concatenate([steps, np.full(len(short), INITIAL)]),
                )
        gains = bits + FAR - STEP * steps
        keep = gains > 0
        return _Near(found[keep], gains[keep], bits + FAR)

    def _rarity(self, words: Ints) -> float:
        """How much a word tells: bits of the rarity of those nearest to it."""
        many = float(np.sum(self.crowd.starts[words + 1] - self.crowd.starts[words]))
        return float(np.clip(np.log2(len(self) / max(many, 1.0)), *_RARE))

    def _id(self, row: int) -> str:
        text, starts = self.ids
        return text[starts[row] : starts[row + 1]].tobytes().decode("utf-8")

    def _why(
        self,
        row: int,
        words: Sequence[str],
        questions: Sequence[Asked],
        table: NDArray[np.uint16],
        bits: NDArray[np.float64],
        born: int,
    ) -> str:
        mine = [int(word) for word in self.crowd.people[row] if word >= 0]
        parts = []
        for at, word in enumerate(words):
            gains = {each: int(table[at, each]) for each in mine if table[at, each] != UNKNOWN}
            best = max(gains, key=lambda each: (gains[each], -each), default=-1)
            if best < 0 or gains[best] <= 0:
                parts.append(f"{word}: nothing near")
            elif self.words[best] == word:
                parts.append(f"{word}: same")
            else:
                steps = (float(bits[at]) - gains[best] / HUNDRED) / STEP
                if questions[at].script != self.book.script[best]:
                    steps -= COSTS.alien
                like = 1.0 - min(1.0, max(0.0, steps / max(len(word), len(self.words[best]))))
                parts.append(f"{word}: {self.words[best]} {like:.2f}")
        if born:
            parts.append(_birth_why(born, int(self.crowd.birth[row])))
        return "; ".join(parts)

    def save(self, path: Path) -> None:
        """Writes the index, whole or not at all."""
        words, starts = _packed(pl.Series(self.words, dtype=pl.String))
        arrays: indexfile.Arrays = {"ids": self.ids[0], "id_starts": self.ids[1], "first": self.first}
        arrays |= {"words": words, "word_starts": starts}
        arrays |= {f"book_{name}": array for name, array in self.book._asdict().items()}
        arrays |= {f"crowd_{name}": array for name, array in self.crowd._asdict().items()}
        indexfile.write(path, VERSION, arrays)

    @classmethod
    def load(cls, path: Path) -> Index:
        """Reads what `save` wrote; `Unreadable` for anything else."""
        held = indexfile.read(path, VERSION)
        raw, starts = held["words"].tobytes(), held["word_starts"].tolist()
        words = tuple(raw[a:b].decode("utf-8") for a, b in pairwise(starts))
        index = cls(
            (held["ids"], held["id_starts"]),
            words,
            held["first"],
            Lexicon(*(held[f"book_{name}"] for name in Lexicon._fields)),
            Crowd(*(held[f"crowd_{name}"] for name in Crowd._fields)),
        )
        index.search("Аб Ab")
        return index


def _spoken(word: str) -> tuple[str, ...]:
    """The readings of a word, what custom makes of it in the other language included."""
    plain = readings(word)
    if word.startswith(_ARTICLE) and len(word) > len(_ARTICLE) + 2:
        plain = (*plain, *readings(word.removeprefix(_ARTICLE)))
    others = [
        other
        for each in dict.fromkeys(map(coarse, plain))
        for find in (given_alternates, patronymic_alternates)
        for other in find(each)
    ]
    return tuple(dict.fromkeys([*plain, *others]))


def _written(word: str) -> str:
    """A word as its letters are compared: without marks, in one script."""
    return _MARKS.sub("", unmixed(word))


def _question(word: str) -> Asked:
    return asked(pack([_spoken(word)]), letters([_written(word)]))


def _crowd(people: NDArray[np.int32], birth: Ints, words: int) -> Crowd:
    flat = people.ravel()
    order = np.argsort(flat, kind="stable")
    order = order[np.searchsorted(flat[order], 0) :]
    starts = np.searchsorted(flat[order], np.arange(words + 1)).astype(np.int64)
    return Crowd(people, birth.astype(np.int32), starts, (order // WORDS_A_PERSON).astype(np.int32))


def _packed(texts: pl.Series) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    lengths = texts.str.len_bytes().to_numpy()
    text = "".join(texts.to_list()).encode("utf-8")
    return np.frombuffer(text, dtype=np.uint8), np.concatenate(([0], np.cumsum(lengths))).astype(np.int64)


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
