"""Workbooks out: every cell is text, so nothing in one is ever run; same tables, same bytes."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Mapping, Sequence
from io import BytesIO
from typing import Final

import polars as pl
from rustpy_xlsxwriter import write_worksheets

from obmin.core.errors import Problem, Unreadable

LONGEST: Final = 32_767  # characters that a cell of a workbook can hold
TALLEST: Final = 1_048_576  # rows of a sheet
MOMENT: Final = (1980, 1, 1, 0, 0, 0)  # the earliest that an archive can say
CORE: Final = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"/>'
)


def workbook(sheets: Sequence[tuple[str, pl.DataFrame]]) -> bytes:
    """An XLSX workbook of text tables, the head row of each frozen; `Unreadable` for what none can hold."""
    if problems := [problem for name, frame in sheets for problem in _too_much(name, frame)]:
        raise Unreadable(problems)
    written = BytesIO()
    freeze = {name: {"row": 1, "col": 0} for name, _ in sheets}
    write_worksheets([(name, frame) for name, frame in sheets], written, freeze_panes=freeze)
    return _timeless(written)


def with_source(name: str, frame: pl.DataFrame, facts: Mapping[str, str]) -> bytes:
    """A workbook of one table and a sheet that says where it is from: when, by whom, which filter."""
    about = pl.DataFrame([*facts.items()], schema={"what": pl.String, "value": pl.String}, orient="row")
    return workbook([(name, frame), ("About", about)])


def _too_much(name: str, frame: pl.DataFrame) -> Iterator[Problem]:
    if frame.height >= TALLEST:
        yield Problem(name, None, None, f"{frame.height} rows", f"fewer than {TALLEST}; write CSV or Parquet")
    for column in frame.columns:
        lengths = frame[column].cast(pl.String).str.len_chars()
        for place in (lengths > LONGEST).fill_null(False).arg_true():
            expected = f"at most {LONGEST}; write CSV or Parquet"
            yield Problem(name, place + 2, column, f"{lengths[place]} characters", expected)


def _timeless(written: BytesIO) -> bytes:
    """The same archive without the moment at which it was written."""
    out = BytesIO()
    with zipfile.ZipFile(written) as old, zipfile.ZipFile(out, "w", compresslevel=4) as new:
        for part in old.infolist():
            entry = zipfile.ZipInfo(part.filename, MOMENT)
            entry.compress_type = zipfile.ZIP_DEFLATED
            body = CORE.encode() if part.filename == "docProps/core.xml" else old.read(part)
            new.writestr(entry, body)
    return out.getvalue()
