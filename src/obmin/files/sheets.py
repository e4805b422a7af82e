"""The confined reader of workbooks and Parquet files: `python -m obmin.files.sheets KIND PATH [SHEET]`.
KIND is `xlsx`, `book` (XLSX, ODS, old XLS) or `parquet`.

Prints one JSON document: `rows` (lists of text or null, the first row of the sheet first), and for workbooks
`formulas` and `errors` (lists of [row, column, text], counted from 0) and `merged` (lists of the first row and
column and the last row and column). Cells keep what the author meant: a date cell is an ISO date, a whole
number has no decimal point, a formula is its own text and not the value that a program once left beside it.
The XML parser is the one of the standard library: the process is confined, and expat fetches nothing.
"""

from __future__ import annotations

import json
import re
import sys
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import IO, Any, Final
from xml.etree import ElementTree

from obmin.files import confined

MAX_ROWS: Final = 250_000
MAX_COLUMNS: Final = 500
MAX_WHOLE: Final = 400 * 1024 * 1024  # of all parts, unpacked
MAX_RATIO: Final = 200  # of a part above 1 MB; tables of people pack about 10 to 1
EXACT: Final = 10**15  # Excel keeps 15 digits

_EXPECTED: Final = {
    "xlsx": "a whole XLSX workbook",
    "book": "a whole workbook (XLSX, XLS or ODS) without a password",
    "parquet": "a whole Parquet file",
}
_TELLING = re.compile(rb"<(?:\w+:)?f[ >/]|t=[\"']e[\"']")
_REFERENCE = re.compile(r"([A-Z]+)(\d+)")


class Hostile(Exception):
    """The file is not one to read: what was found, and what was expected."""


def text(value: object) -> str | None:
    """One cell as text; `None` for an empty one."""
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < EXACT else repr(value)
    if isinstance(value, datetime):
        whole = value.time() == time() and value.tzinfo is None
        return value.date().isoformat() if whole else value.isoformat(" ")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return f"{value.total_seconds():.0f} s"
    return str(value)


def workbook(path: str, sheet: str | None) -> dict[str, Any]:
    """The cells of one sheet: the named one, or the first that is not hidden. XLSX, ODS and old XLS."""
    from python_calamine import CalamineWorkbook, SheetVisibleEnum

    packed = zipfile.is_zipfile(path)
    if packed:
        _check_parts(path)
    book = CalamineWorkbook.from_path(path)
    names = book.sheet_names
    if sheet is not None and sheet not in names:
        raise Hostile(f"no sheet “{sheet}”", "one of the sheets " + ", ".join(names))
    visible = [m.name for m in book.sheets_metadata if m.visible == SheetVisibleEnum.Visible]
    chosen = sheet if sheet is not None else (visible or names)[0]
    part = _part_of(path, chosen) if packed else None
    told = list(_telling_cells(path, part)) if part else []
    table = book.get_sheet_by_name(chosen)
    if table.total_height > MAX_ROWS or table.total_width > MAX_COLUMNS:
        raise Hostile(
            f"{table.total_height} rows of {table.total_width} columns",
            f"at most {MAX_ROWS} rows of {MAX_COLUMNS} columns",
        )
    cells = table.to_python(skip_empty_area=False)
    rows = [[(c or None) if type(c) is str else text(c) for c in row] for row in cells]
    formulas = [(r, c, f"={body}") for r, c, kind, body in told if kind == "formula"]
    for r, c, body in formulas:
        _put(rows, r, c, body)
    errors = [[r, c, body] for r, c, kind, body in told if kind == "error"]
    merged = [[*first, *last] for first, last in (table.merged_cell_ranges or () if part else ())]
    found = {"rows": rows, "formulas": formulas, "errors": errors, "merged": merged}
    return found | {"sheet": chosen, "sheets": names}


def parquet(path: str) -> dict[str, Any]:
    """The rows of a Parquet file, its column names first."""
    import polars as pl

    scan = pl.scan_parquet(path)
    height = scan.select(pl.len()).collect().item()
    schema = scan.collect_schema()
    width = len(schema)
    for name, kind in schema.items():
        if kind.is_nested() or kind in (pl.Binary, pl.Object):
            raise Hostile(f"the column {name} of {kind}", "columns of text, numbers and dates")
    if height > MAX_ROWS or width > MAX_COLUMNS:
        raise Hostile(f"{height} rows of {width} columns", f"at most {MAX_ROWS} rows of {MAX_COLUMNS} columns")
    frame = scan.collect()
    rows: list[list[str | None]] = [list(frame.columns)]
    rows += [[text(cell) for cell in row] for row in frame.iter_rows()]
    return {"rows": rows, "formulas": [], "errors": [], "merged": []}


def _put(rows: list[list[str | None]], row: int, column: int, value: str) -> None:
    if row > MAX_ROWS or column > MAX_COLUMNS:
        raise Hostile(f"a cell in row {row + 1}", f"at most {MAX_ROWS} rows of {MAX_COLUMNS} columns")
    while len(rows) <= row:
        rows.append([])
    rows[row] += [None] * (column + 1 - len(rows[row]))
    rows[row][column] = value


def _check_parts(path: str) -> None:
    """Refuses what unpacks to too much: first by what the archive declares, then by counting what comes out."""
    with zipfile.ZipFile(path) as archive:
        parts = archive.infolist()
        declared = sum(part.file_size for part in parts)
        if declared > MAX_WHOLE or len(parts) > 10_000:
            raise Hostile(f"{declared} bytes in {len(parts)} parts", f"at most {MAX_WHOLE} bytes when unpacked")
        for part in parts:
            if part.file_size > 1 << 20 and part.file_size > MAX_RATIO * part.compress_size:
                raise Hostile(f"{part.filename}, packed {part.file_size // max(part.compress_size, 1)} to 1",
                              f"parts packed at most {MAX_RATIO} to 1")  # fmt: skip
            if part.filename.startswith("xl/worksheets/"):
                with archive.open(part) as file:
                    _declared_rows(file)


def _declared_rows(file: IO[bytes]) -> None:
    """A sheet that says it reaches further than any register is refused before it is read."""
    match = re.search(rb"<(?:\w+:)?dimension ref=[\"'](?:[A-Z]+\d+:)?([A-Z]+)(\d+)[\"']", file.read(65536))
    if match and (int(match[2]) > MAX_ROWS or _column(match[1].decode()) >= MAX_COLUMNS):
        raise Hostile(
            f"a sheet that declares cells up to {match[1].decode()}{match[2].decode()}",
            f"at most {MAX_ROWS} rows of {MAX_COLUMNS} columns",
        )


def _part_of(path: str, sheet: str) -> str | None:
    """The part of the archive in which a sheet's cells are."""
    with zipfile.ZipFile(path) as archive:
        names = set(archive.namelist())
        if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= names:
            return None
        links = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))  # noqa: S314
        targets = {link.get("Id"): link.get("Target", "") for link in links}
        for node in ElementTree.fromstring(archive.read("xl/workbook.xml")).iter():  # noqa: S314
            if _local(node.tag) == "sheet" and node.get("name") == sheet:
                link = next((v for k, v in node.attrib.items() if k.endswith("}id")), None)
                target = targets.get(link, "")
                part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
                return part if part in names else None
    return None


def _telling_cells(path: str, part: str) -> Iterator[tuple[int, int, str, str]]:
    """Formulas and errors of a sheet: row and column from 0, what it is, its text."""
    with zipfile.ZipFile(path) as archive:
        with archive.open(part) as file:
            if not _tells(file):
                return
        with archive.open(part) as file:
            row = column = -1
            for event, node in ElementTree.iterparse(file, events=("start", "end")):  # noqa: S314
                kind = _local(node.tag)
                if event == "start" and kind == "row":
                    row, column = int(node.get("r", row + 2)) - 1, -1
                elif event == "end" and kind == "c":
                    place = _REFERENCE.fullmatch(node.get("r", ""))
                    column = _column(place[1]) if place else column + 1
                    formula = next((part for part in node if _local(part.tag) == "f"), None)
                    if formula is not None:
                        yield row, column, "formula", formula.text or "(shared)"
                    elif node.get("t") == "e":
                        yield row, column, "error", "".join(node.itertext())
                elif event == "end" and kind == "row":
                    node.clear()


def _tells(file: IO[bytes]) -> bool:
    """Whether a sheet has any formula or error at all, seen in one pass over its bytes."""
    tail = b""
    while block := file.read(1 << 20):
        if _TELLING.search(tail + block):
            return True
        tail = block[-64:]
    return False


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def main(arguments: list[str]) -> int:
    kind, path, *rest = arguments
    confined.confine()
    try:
        found = parquet(path) if kind == "parquet" else workbook(path, rest[0] if rest else None)
    except Hostile as hostile:
        found = {"refused": hostile.args[0], "expected": hostile.args[1]}
    except MemoryError:
        found = {"refused": "a file that needs too much memory", "expected": confined.EXPECTED}
    except Exception as error:  # whatever a damaged file makes of its reader
        expected = _EXPECTED[kind]
        found = {"refused": f"{type(error).__name__}: {error}"[:300], "expected": expected}
    sys.stdout.write(json.dumps(found, ensure_ascii=True))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
