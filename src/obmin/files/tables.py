"""Tables of people in and out: CSV, XLSX, Parquet (docs/reference/register.md).

In memory every cell is text and `null` is unknown. Nothing is guessed and nothing is left out silently: what
cannot be read is a problem with its row, as the reader's own program counts it, and its column.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any, Final

import polars as pl

from obmin.core.errors import Problem, Unreadable
from obmin.files import confined, rows
from obmin.files.rows import Sheet
from obmin.files.whole import write_bytes
from obmin.files.workbooks import workbook

DELIMITERS: Final = (",", ";", "\t")
MAX_BYTES: Final = 200 * 1024 * 1024
KINDS: Final = (".csv", ".tsv", ".txt", ".xlsx", ".parquet")


@dataclass(frozen=True, slots=True)
class Register:
    """A register as read. `frame` has every row that has any cell, unreadable cells null; `lines` has the
    number of each of its rows in the file. `problems` must be put right; at `notes` a person should look.
    """

    frame: pl.DataFrame
    problems: tuple[Problem, ...]
    notes: tuple[Problem, ...] = ()
    lines: tuple[int, ...] = ()

    def good(self) -> pl.DataFrame:
        """The rows that no problem names; none at all where a problem is of the whole file."""
        named = {problem.row for problem in self.problems}
        if None in named:
            return self.frame.clear()
        return self.frame.filter(pl.Series([line not in named for line in self.lines], dtype=pl.Boolean))


def read_register(path: Path, *, sheet: str | None = None) -> Register:
    """A register table with everything that is wrong with it; raises `Unreadable` where there is no table."""
    frame, problems, notes, lines = rows.register(_sheet(path, sheet), str(path))
    return Register(frame, problems, notes, lines)


def read_table(path: Path, *, sheet: str | None = None) -> pl.DataFrame:
    """Any table as text, cell by cell; raises `Unreadable` with every problem of its shape."""
    return rows.table(_sheet(path, sheet), str(path))


def write_table(frame: pl.DataFrame, path: Path) -> None:
    """Writes a table, whole or not at all; the ending of `path` says which kind. Same table, same bytes."""
    write_bytes(path, _bytes(frame, path))


def table_bytes(frame: pl.DataFrame, kind: str) -> bytes:
    """A table as the bytes of a file: `csv`, `xlsx` or `parquet`."""
    return _bytes(frame, Path(f"table.{kind}"))


def _bytes(frame: pl.DataFrame, path: Path) -> bytes:
    plain = _plain(frame)
    match path.suffix.lower():
        case ".csv":
            return plain.write_csv().encode()
        case ".xlsx":
            return workbook([("Register", plain)])
        case ".parquet":
            buffer = BytesIO()
            plain.write_parquet(buffer, compression="zstd", statistics=False)
            return buffer.getvalue()
    raise Unreadable(Problem(str(path), None, None, f"the ending “{path.suffix}”", ".csv, .xlsx or .parquet"))


def _plain(frame: pl.DataFrame) -> pl.DataFrame:
    """All text, lists joined by `;`."""
    joined = [
        pl.col(name).list.join(";") if isinstance(kind, pl.List) else pl.col(name).cast(pl.String)
        for name, kind in frame.schema.items()
    ]
    return frame.select(joined)


def _sheet(path: Path, sheet: str | None) -> Sheet:
    """The cells of a file, whatever its kind; the kind is told by its first bytes, then by its ending."""
    file = str(path)
    if not path.is_file():
        raise Unreadable(Problem(file, None, None, "nothing", "a file"))
    if (size := path.stat().st_size) > MAX_BYTES:
        raise Unreadable(Problem(file, None, None, f"{size} bytes", f"at most {MAX_BYTES} bytes"))
    with path.open("rb") as opened:
        start = opened.read(8)
    if start.startswith(b"PK\x03\x04"):
        return _confined("xlsx", path, sheet)
    if start.startswith(b"PAR1"):
        return _confined("parquet", path, None)
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        found = "an old XLS workbook or one with a password"
        raise Unreadable(Problem(file, None, None, found, "XLSX without a password, CSV or Parquet"))
    if path.suffix.lower() in (".xlsx", ".parquet"):
        raise Unreadable(Problem(file, None, None, "other contents than its ending says", f"a {path.suffix}"))
    return Sheet(tuple(_delimited(path.read_bytes(), file)), exact=True)


def _confined(kind: str, path: Path, sheet: str | None) -> Sheet:
    told: Any = confined.read(kind, path, sheet)
    return Sheet(
        tuple(told["rows"]),
        exact=kind == "parquet",
        formulas=tuple((r, c, t) for r, c, t in told["formulas"]),
        errors=tuple((r, c, t) for r, c, t in told["errors"]),
        merged=tuple((a, b, c, d) for a, b, c, d in told["merged"]),
    )


def _delimited(data: bytes, file: str) -> Iterable[Sequence[str | None]]:
    """The records of a delimited text; an empty cell is `None`."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = data.count(b"\n", 0, error.start) + 1
        found = f"the byte {data[error.start]:#04x}, which is not UTF-8"
        expected = "text in UTF-8 (in Excel: save as “CSV UTF-8”)"
        raise Unreadable(Problem(file, row, None, found, expected)) from None
    reader = csv.reader(StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    records: list[Sequence[str | None]] = []
    try:
        records.extend([cell or None for cell in record] for record in reader)
    except csv.Error as error:
        place = len(records) + 1
        raise Unreadable(Problem(file, place, None, str(error), "cells quoted as in RFC 4180")) from None
    return records


def _delimiter(text: str) -> str:
    """The character that parts the first line that has anything, quoted stretches aside."""
    line = next((line for line in text.splitlines() if line.strip()), "")
    bare = "".join(line.split('"')[::2])
    return max(DELIMITERS, key=bare.count)
