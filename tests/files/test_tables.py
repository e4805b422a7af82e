"""Tables of people: read right or named by row; nothing in them runs; strangers' files are contained."""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile
from datetime import date, datetime
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from obmin.core.errors import Unreadable
from obmin.files import confined, sheets, tables
from obmin.files.tables import read_register, read_table, table_bytes

HEAD = ["id", "surname", "given", "birth_date", "sex", "health", "rank_code", "facility", "note"]
PLAIN = ["P-1", "Дубровчук", "Дем’ян", "1997-08-14", "1", "none", "OR-4", "C-2", "a"]


def filled(**cells):
    return [cells.get(name, value) for name, value in zip(HEAD, PLAIN, strict=True)]


# What stands in one row, and what becomes of it: the value read, or a word of the problem that names it.
READ = [
    ("birth_date", "14.08.1997", "1997-08-14"),
    ("birth_date", "4.8.1997", "1997-08-04"),
    ("birth_date", " 1997-08-14 ", "1997-08-14"),
    ("birth_date", "1997-08", "1997-08"),
    ("birth_date", "08.1997", "1997-08"),
    ("birth_date", "1997", "1997"),
    ("birth_date", "29.02.1996", "1996-02-29"),
    ("birth_date", date(1997, 8, 14), "1997-08-14"),
    ("birth_date", datetime(1997, 8, 14), "1997-08-14"),
    ("birth_date", 1997, "1997"),
    ("birth_date", "", None),
    ("birth_date", "   ", None),
    ("sex", "m", "1"),
    ("sex", "F", "2"),
    ("sex", 1, "1"),
    ("sex", 2.0, "2"),
    ("health", "Wounded", "wounded"),
    ("health", "UNKNOWN", "unknown"),
    ("rank_code", "OF-10", "OF-10"),
    ("surname", "О’Коннор", "О’Коннор"),
    ("surname", "  Ґедзишин\t", "Ґедзишин"),
    ("surname", "Сміт, Джон", "Сміт, Джон"),
    ("surname", 'Сміт "Тінь"', 'Сміт "Тінь"'),
    ("surname", "перший\nдругий", "перший\nдругий"),
    ("surname", "=1+1", "=1+1"),
    ("surname", "@SUM(A1)", "@SUM(A1)"),
    ("surname", "-5", "-5"),
    ("surname", "محمد", "محمد"),
    ("facility", "007", "007"),
    ("facility", 12.0, "12"),
    ("facility", 12.5, "12.5"),
    ("note", "1e5", "1e5"),
    ("note", True, "true"),
    ("note", "true", "true"),
]
NAMED = [
    ("birth_date", "14.08.97", "a date such as"),
    ("birth_date", "97", "a date such as"),
    ("birth_date", "08/14/1997", "a date such as"),
    ("birth_date", "31.02.1994", "exists in the calendar"),
    ("birth_date", "29.02.1997", "exists in the calendar"),
    ("birth_date", "00.08.1997", "exists in the calendar"),
    ("birth_date", 35656, "a date such as"),
    ("birth_date", 9133, "a year from 1900"),
    ("birth_date", "0001-01-01", "a year from 1900"),
    ("birth_date", datetime(1997, 8, 14, 8, 30), "a date such as"),
    ("birth_date", "близько 1997", "a date such as"),
    ("birth_date", "1997-13", "exists in the calendar"),
    ("sex", "ч", "one of"),
    ("sex", "3", "one of"),
    ("health", "ранений", "one of"),
    ("health", "nоne", "one of"),  # a Cyrillic о
    ("rank_code", "OR4", "STANAG"),
    ("rank_code", "ОR-4", "STANAG"),  # a Cyrillic О
    ("id", "", "an identifier"),
    ("id", "P-0", "each identifier once"),
    ("id", "Всього: 214", "people only"),
    ("id", "Total", "people only"),
]
NOTED = [
    ("surname", "Дyбровчук", "Latin y"),  # a Latin y
    ("surname", "Dubrоvchuk", "Cyrillic о"),  # a Cyrillic о
    ("given", "Дем\u200bян", "cannot be seen"),
    ("surname", "Іванов Cергій", "Latin C"),
]


def workbook_of(rows, path):
    book = openpyxl.Workbook()
    sheet = book.active
    for row in rows:
        sheet.append([None if cell == "" else cell for cell in row])
    for line in sheet.iter_rows():
        for cell in line:
            if isinstance(cell.value, str):
                cell.data_type = "s"  # what begins with = is text here
    book.save(path)
    return path


def text_of(rows, path):
    frame = pl.DataFrame([[sheets.text(c) for c in row] for row in rows[1:]], schema=rows[0], orient="row")
    path.write_bytes(frame.cast(pl.String).write_csv().encode())
    return path


def found(path, column):
    read = read_register(path)
    return read, read.frame[column][1]


@pytest.mark.parametrize(("column", "cell", "value"), READ)
def test_a_nasty_cell_is_read_right(tmp_path, column, cell, value):
    read, got = found(text_of([HEAD, filled(id="P-0"), filled(**{column: cell})], tmp_path / "r.csv"), column)
    assert (read.problems, got) == ((), value)


@pytest.mark.parametrize(("column", "cell", "expected"), NAMED)
def test_a_cell_that_cannot_be_read_is_named_by_row_and_column(tmp_path, column, cell, expected):
    path = text_of([HEAD, filled(id="P-0"), filled(**{column: cell})], tmp_path / "r.csv")
    read, _ = found(path, column)
    assert [(p.row, p.column) for p in read.problems] == [(3, column)]
    assert expected in str(read.problems[0])
    assert read.good()["id"].to_list() == ["P-0"]


def test_a_workbook_of_all_nasty_rows_is_read_right_or_named_row_by_row(tmp_path):
    rows = [HEAD, filled(id="P-0")]
    rows += [filled(**{"id": f"R-{place}", column: cell}) for place, (column, cell, _) in enumerate(READ)]
    rows += [filled(**{"id": f"N-{place}", column: cell}) for place, (column, cell, _) in enumerate(NAMED)]
    read = read_register(workbook_of(rows, tmp_path / "r.xlsx"))
    for place, (column, cell, value) in enumerate(READ, 1):
        assert read.frame[column][place] == value, (column, cell)
    first = len(READ) + 3  # rows of the file: the head, P-0, then those that are read
    assert [(p.row, p.column) for p in read.problems] == [(first + n, c) for n, (c, _, _) in enumerate(NAMED)]
    for problem, (_, _, expected) in zip(read.problems, NAMED, strict=True):
        assert expected in str(problem)
    assert read.good().height == len(READ) + 1


@pytest.mark.parametrize(("column", "cell", "says"), NOTED)
def test_letters_that_only_look_right_are_shown_to_a_person(tmp_path, column, cell, says):
    read, got = found(text_of([HEAD, filled(id="P-0"), filled(**{column: cell})], tmp_path / "r.csv"), column)
    assert got == cell
    assert read.problems == ()
    assert [(n.row, n.column) for n in read.notes] == [(3, column)]
    assert says in read.notes[0].found


def test_there_are_sixty_nasty_rows():
    assert len(READ) + len(NAMED) + len(NOTED) >= 60


def test_every_problem_is_told_at_once_in_order_of_place(tmp_path):
    rows = [HEAD, filled(sex="x", birth_date="1.1.97"), filled(health="?"), filled()]
    read = read_register(text_of(rows, tmp_path / "r.csv"))
    assert [(p.row, p.column) for p in read.problems] == [
        (2, "birth_date"), (2, "sex"), (3, "health"), (3, "id"), (4, "id"),
    ]  # fmt: skip
    assert read.frame.height == 3


def test_rows_are_counted_as_excel_counts_them(tmp_path):
    path = tmp_path / "r.xlsx"
    workbook_of([["Список"], [], HEAD, filled(), [], filled(id="P-2", sex="?"), ["", "", "", ""]], path)
    read = read_register(path)
    assert read.lines == (4, 6)
    assert [p.row for p in read.problems] == [6]


def test_a_quoted_line_break_does_not_shift_the_rows(tmp_path):
    path = text_of([HEAD, filled(note="a\nb\nc"), filled(id="P-2", sex="?")], tmp_path / "r.csv")
    assert [p.row for p in read_register(path).problems] == [3]


def test_merged_cells_are_named_in_each_row(tmp_path):
    path = workbook_of([HEAD, filled(), filled(id="P-2"), filled(id="P-3")], tmp_path / "r.xlsx")
    book = openpyxl.load_workbook(path)
    book.active.merge_cells("H2:H4")
    book.save(path)
    assert [(p.row, p.column) for p in read_register(path).problems] == [(n, "facility") for n in (2, 3, 4)]


def test_a_formula_is_kept_as_its_text_and_shown(tmp_path):
    path = workbook_of([HEAD, filled(), filled(id="P-2")], tmp_path / "r.xlsx")
    book = openpyxl.load_workbook(path)
    book.active["B2"] = '=HYPERLINK("http://example.org","x")'
    book.active["D3"] = "=TODAY()"
    book.save(path)
    read = read_register(path)
    assert read.frame["surname"][0] == '=HYPERLINK("http://example.org","x")'
    assert [(n.row, n.column) for n in read.notes] == [(2, "surname"), (3, "birth_date")]
    assert [(p.row, p.column) for p in read.problems] == [(3, "birth_date")]


def test_an_error_cell_is_not_read_as_an_empty_one(tmp_path):
    path = workbook_of([HEAD, filled()], tmp_path / "r.xlsx")
    book = openpyxl.load_workbook(path)
    book.active["H2"] = "#N/A"
    book.active["H2"].data_type = "e"
    book.save(path)
    assert [(p.row, p.column) for p in read_register(path).problems] == [(2, "facility")]


def test_the_named_sheet_is_read_and_a_hidden_one_is_not(tmp_path):
    path = workbook_of([HEAD, filled()], tmp_path / "r.xlsx")
    book = openpyxl.load_workbook(path)
    book.active.sheet_state = "hidden"
    book.create_sheet("Список").append(["id"])
    book["Список"].append(["P-9"])
    book.save(path)
    assert read_register(path).frame["id"].to_list() == ["P-9"]
    assert read_register(path, sheet="Sheet").frame["id"].to_list() == ["P-1"]
    with pytest.raises(Unreadable, match="no sheet"):
        read_register(path, sheet="Other")


def test_heads_are_understood_in_ukrainian_and_named_as_written(tmp_path):
    path = tmp_path / "r.csv"
    path.write_text("ID;Прізвище;Ім'я;Дата народження\n1;Дубровчук;Ілля;14.08.97\n", encoding="utf-8-sig")
    read = read_register(path)
    assert read.frame.columns == ["id", "surname", "given", "birth_date"]
    assert [(p.row, p.column) for p in read.problems] == [(2, "Дата народження")]


@pytest.mark.parametrize("mark", [",", ";", "\t"])
@pytest.mark.parametrize("start", ["", "\ufeff"])
def test_commas_semicolons_and_tabs(tmp_path, mark, start):
    path = tmp_path / "r.csv"
    path.write_text(
        start + mark.join(["id", "name"]) + "\r\n" + mark.join(["1", "Ілля"]) + "\r\n", encoding="utf-8"
    )
    assert read_register(path).frame.rows() == [("1", "Ілля")]


@pytest.mark.parametrize(
    ("text", "row", "says"),
    [
        ("id,name\n1\n", 2, "1 cells"),
        ("id,name\n1,a,b\n", 2, "under no head"),
        ("id,,name\n1,x,a\n", 2, "under no head"),
        ("id,id\n1,2\n", 1, "2 columns of this name"),
        ('id,name\n1,"a"b\n', 2, "expected after"),
        ("name\nIlya\n", None, "the columns name"),
        ("", None, "nothing"),
    ],
)
def test_a_misshapen_file_is_named_by_row(tmp_path, text, row, says):
    path = tmp_path / "r.csv"
    path.write_text(text)
    try:
        problems = read_register(path).problems
    except Unreadable as unreadable:
        problems = unreadable.problems
    assert problems[0].row == row
    assert says in problems[0].found


def test_another_encoding_is_named_with_what_to_do(tmp_path):
    path = tmp_path / "r.csv"
    path.write_bytes("id,name\n1,a\n2,Ілля\n".encode("cp1251"))
    with pytest.raises(Unreadable, match=r"row 3.*CSV UTF-8"):
        read_register(path)


# What a hostile stranger might send.
def repacked(base: bytes, name: str, edit) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(base)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            body = old.read(part)
            new.writestr(part.filename, edit(body) if part.filename == name else body)
    return out.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
LAUGHS = b"<!DOCTYPE l [" + b"".join(
    b'<!ENTITY e%d "%s">' % (n, b"ha" if n == 0 else b"&e%d;" % (n - 1) * 10) for n in range(12)
) + b"]>"  # fmt: skip


def declared(body: bytes) -> bytes:
    assert b'ref="A1:I2"' in body
    return body.replace(b'ref="A1:I2"', b'ref="A1:I1000000"')


def distant(body: bytes) -> bytes:
    return body.replace(b"</sheetData>", b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>')


def many(body: bytes) -> bytes:
    rows = b"".join(b'<row r="%d"><c r="A%d"><v>%d</v></c></row>' % (n, n, n * 7919) for n in range(3, 300_000))
    return body.replace(b"</sheetData>", rows + b"</sheetData>").replace(b"A1:I2", b"A1:A2")


HOSTILE = {
    "bomb": (SHEET, lambda body: body.replace(b"</sheetData>", b" " * (300 << 20) + b"</sheetData>")),
    "bomb elsewhere": ("docProps/app.xml", lambda body: b"\0" * (401 << 20)),
    "a million declared rows": (SHEET, declared),
    "one cell far away": (SHEET, distant),
    "many rows, few declared": (SHEET, many),
    "entities in entities": (
        "xl/workbook.xml",
        lambda b: LAUGHS + b.split(b"?>")[-1].replace(b'"Sheet"', b'"&e11;"'),
    ),
    "no XML": (SHEET, lambda body: body[: len(body) // 2]),
}


@pytest.mark.parametrize("trick", HOSTILE)
def test_a_hostile_workbook_is_refused(tmp_path, trick):
    base = workbook_of([HEAD, filled()], tmp_path / "r.xlsx").read_bytes()
    path = tmp_path / "h.xlsx"
    path.write_bytes(repacked(base, *HOSTILE[trick]))
    for read in (read_register, read_table):
        with pytest.raises(Unreadable):
            read(path)


def test_a_reader_learns_no_setting_and_writes_no_file(tmp_path, monkeypatch):
    monkeypatch.setenv("OBMIN_SECRET", "x")
    assert "OBMIN_SECRET" not in confined._environment()
    script = "from obmin.files import confined; confined.confine(); open('f', 'w').write('x' * 99999)"
    command = [sys.executable, "-c", script]
    ended = subprocess.run(command, cwd=tmp_path, env=confined._environment(), capture_output=True, check=False)
    assert ended.returncode != 0
    assert (tmp_path / "f").stat().st_size == 0


def test_a_reader_that_takes_too_much_memory_is_refused_it(tmp_path):
    script = "from obmin.files import confined; confined.confine(); print(len(bytearray(600 << 20)))"
    command = [sys.executable, "-c", script]
    ended = subprocess.run(command, env=confined._environment(), capture_output=True, check=False)
    assert b"MemoryError" in ended.stderr


@pytest.mark.parametrize("kind", ["xlsx", "parquet"])
def test_a_damaged_file_is_refused_and_never_half_read(tmp_path, kind):
    whole_file = table_bytes(pl.DataFrame({"id": [str(n) for n in range(500)]}), kind)
    path = tmp_path / f"t.{kind}"
    for size in (0, 3, 30, len(whole_file) // 2, len(whole_file) - 1):
        path.write_bytes(whole_file[:size])
        with pytest.raises(Unreadable):
            read_table(path)


@pytest.mark.parametrize("cell", [["a", "b"], b"x", {"a": 1}])
def test_what_is_no_text_in_a_parquet_file_is_refused(tmp_path, cell):
    path = tmp_path / "t.parquet"
    pl.DataFrame({"id": ["1"], "tags": [cell]}).write_parquet(path)
    with pytest.raises(Unreadable, match="the column tags"):
        read_table(path)


def test_a_workbook_in_csv_clothing_is_read_as_what_it_is(tmp_path):
    path = tmp_path / "r.csv"
    path.write_bytes(table_bytes(pl.DataFrame({"id": ["1"]}), "xlsx"))
    assert read_table(path)["id"].to_list() == ["1"]


def test_the_limits_are_those_that_the_docs_name():
    text = (Path(__file__).parents[2] / "docs/reference/register.md").read_text()
    for limit in (f"{sheets.MAX_ROWS:,}", f"{sheets.MAX_COLUMNS}", f"{tables.MAX_BYTES >> 20} MB"):
        assert limit in text
