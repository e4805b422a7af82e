"""Lists as officers have them, cell by cell: any delimiter and encoding of text, XLSX, XLS, ODS, Parquet.

Nothing is understood here; `core.intake` does that. What was taken for granted is said: sheet, encoding, sign.
"""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Final

from obmin.core.errors import Problem, Unreadable
from obmin.core.intake import Grid
from obmin.files import confined

LARGEST: Final = 64 * 1024 * 1024
TALLEST: Final = 250_000
SIGNS: Final = (";", "\t", ",", "|")
MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
OLD: Final = ("cp1251", "koi8-u", "cp866")
_HIGH: Final = frozenset({0x00, 0x04, 0x20, 0x21})  # high bytes of Latin, Cyrillic, punctuation, №
_USUAL: Final = re.compile("[а-яіїєґё]")
_RARE: Final = re.compile("[^\\w\\s.,;:'\"!?()/№«»“”’–—\\-+=%&*@#|\\\\\\[\\]]|(?<=[а-яіїєґ])[А-ЯІЇЄҐ]")


@dataclass(frozen=True, slots=True)
class Listed:
    """The cells of a list, and how the file was read: its sheet, or its encoding and delimiter."""

    grid: Grid
    sheet: str = ""
    others: tuple[str, ...] = ()  # sheets that were not read
    encoding: str = ""
    sign: str = ""


def read_list(path: Path, *, sheet: str | None = None) -> Listed:
    """The cells of a file; raises `Unreadable` where it has no cells at all or is not such a file."""
    file = path.name
    if not path.is_file():
        raise Unreadable(Problem(file, None, None, "nothing", "a file"))
    if (size := path.stat().st_size) > LARGEST:
        raise Unreadable(Problem(file, None, None, f"{size} bytes", f"at most {LARGEST} bytes"))
    with path.open("rb") as opened:
        start = opened.read(8)
    if start.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        return _workbook("book", path, sheet)
    if start.startswith(b"PAR1"):
        return _workbook("parquet", path, None)
    return read_text(_decoded(path.read_bytes(), file), file)


def read_text(text: tuple[str, str], file: str) -> Listed:
    """The cells of delimited text, given with the name of its encoding."""
    body, encoding = text
    sign = _sign(body)
    rows: list[list[str | None]] = []
    try:
        for record in csv.reader(StringIO(body, newline=""), delimiter=sign):
            rows.append([cell or None for cell in record])
            if len(rows) > TALLEST:
                raise Unreadable(Problem(file, None, None, f"more than {TALLEST} rows", "a list in parts"))
    except csv.Error as error:
        place = len(rows) + 1
        raise Unreadable(Problem(file, place, None, str(error), "cells of one line each")) from None
    if not any(any(row) for row in rows):
        raise Unreadable(Problem(file, None, None, "no cell that has anything", "a list"))
    return Listed(Grid(rows), encoding=encoding, sign=sign)


def _workbook(kind: str, path: Path, sheet: str | None) -> Listed:
    try:
        told = confined.read(kind, path, sheet)
    except Unreadable as unreadable:
        raise Unreadable(
            [Problem(path.name, p.row, p.column, p.found, p.expected) for p in unreadable.problems]
        ) from None
    if not any(any(row) for row in told["rows"]):
        raise Unreadable(Problem(path.name, None, None, "no cell that has anything", "a list"))
    grid = Grid(
        told["rows"],
        [(r, c, t) for r, c, t in told["formulas"]],
        [(r, c, t) for r, c, t in told["errors"]],
        [(a, b, c, d) for a, b, c, d in told["merged"]],
    )
    chosen = told.get("sheet") or ""
    others = tuple(name for name in told.get("sheets", ()) if name != chosen)
    return Listed(grid, sheet=chosen, others=others)


def _decoded(data: bytes, file: str) -> tuple[str, str]:
    """Text and its encoding: by its mark, else UTF-8 where it is that, else the likeliest of the old ones."""
    for mark, encoding in MARKS:
        if data.startswith(mark):
            return _by(data, encoding, file), "utf-8" if encoding == "utf-8-sig" else encoding
    for first, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        high = data[first:4000:2]
        if len(data) > 8 and sum(byte in _HIGH for byte in high) > 0.95 * len(high):
            return _by(data, encoding, file), encoding
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        pass
    sample = data[:200_000]
    encoding = max(OLD, key=lambda name: _likely(sample.decode(name, "replace")))
    return _by(data, encoding, file), encoding


def _by(data: bytes, encoding: str, file: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        row = data.count(b"\n", 0, error.start) + 1
        found = f"the byte {data[error.start]:#04x}, which is not {encoding}"
        raise Unreadable(Problem(file, row, None, found, "one encoding, best UTF-8")) from None


def _likely(text: str) -> float:
    """How much a text looks like words: small Cyrillic letters, few rare signs, no capital inside."""
    return (len(_USUAL.findall(text)) - 3 * len(_RARE.findall(text))) / max(len(text), 1)


def _sign(text: str) -> str:
    """The sign that parts most lines into the same number of cells; a comma where none does."""
    lines = list(_whole_lines(text))[:200]
    best, most = ",", 0.0
    for sign in SIGNS:
        counts = [line.count(sign) for line in lines]
        usual = max(set(counts) - {0}, key=counts.count, default=0)
        score = counts.count(usual) + min(usual, 20) / 100 + (len(lines) - counts.count(0)) / 4
        if usual and score > most:
            best, most = sign, score
    return best


def _whole_lines(text: str) -> Iterator[str]:
    """Lines that have anything, without what stands in quotation marks."""
    for line in text.splitlines():
        if line.strip():
            yield "".join(line.split('"')[::2])
