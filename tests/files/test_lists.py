"""Lists in any encoding, with any sign between cells, in workbooks old and new: the same cells."""

from __future__ import annotations

from pathlib import Path

import pytest

from obmin.cli.register import check
from obmin.core.errors import Unreadable
from obmin.files.lists import read_list

ROWS = [
    ["ПІБ", "Дата народження", "Примітка"],
    ["Гай Ян, молодший", "05.06.1980", None],
    ["Їжак Ґедзь", None, "є"],
]


def written(sign: str) -> str:
    return "\r\n".join(sign.join(f'"{c}"' if c and sign in c else c or "" for c in row) for row in ROWS)


@pytest.mark.parametrize("sign", [";", "\t", ",", "|"])
@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1251", "koi8-u"]
)
def test_encoding_and_delimiter_are_found_and_said(encoding: str, sign: str, tmp_path: Path) -> None:
    path = tmp_path / "l.csv"
    path.write_bytes(written(sign).encode(encoding))
    found = read_list(path)
    assert [list(row) for row in found.grid.rows] == ROWS
    assert (found.encoding, found.sign) == (encoding.removesuffix("-sig"), sign)


def test_an_open_document_is_read(tmp_path: Path) -> None:
    path = tmp_path / "l.ods"
    path.write_bytes(open_document(ROWS))
    found = read_list(path)
    assert [[cell for cell in row if cell] for row in found.grid.rows] == [
        [c for c in row if c] for row in ROWS
    ]
    assert found.sheet == "Список"


def open_document(rows: list[list[str | None]]) -> bytes:
    """The smallest ODS with these cells."""
    from io import BytesIO
    from zipfile import ZipFile

    cells = "".join(
        "<table:table-row>"
        + "".join(
            f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p></table:table-cell>'
            if cell
            else "<table:table-cell/>"
            for cell in row
        )
        + "</table:table-row>"
        for row in rows
    )
    space = "urn:oasis:names:tc:opendocument:xmlns"
    body = (
        f'<office:document-content xmlns:office="{space}:office:1.0" xmlns:table="{space}:table:1.0" '
        f'xmlns:text="{space}:text:1.0"><office:body><office:spreadsheet><table:table table:name="Список">'
        f"{cells}</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    manifest = '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
    out = BytesIO()
    with ZipFile(out, "w") as packed:
        packed.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        packed.writestr("content.xml", body)
        packed.writestr("META-INF/manifest.xml", manifest)
    return out.getvalue()


def test_what_is_no_list_is_refused_by_the_name_of_its_file(tmp_path: Path) -> None:
    for name, body in (
        ("a.xls", b"\xd0\xcf\x11\xe0" + bytes(600)),
        ("b.xlsx", b"PK\x03\x04no"),
        ("c.csv", b"\n\n"),
    ):
        (tmp_path / name).write_bytes(body)
        with pytest.raises(Unreadable) as refused:
            read_list(tmp_path / name)
        assert [problem.file for problem in refused.value.problems] == [name]


def test_check_names_each_row_of_a_list_that_is_no_register_table(tmp_path: Path) -> None:
    from argparse import Namespace

    path = tmp_path / "l.csv"
    path.write_bytes("ПІБ;Дата народження\nГай Ян;30.02.1990\nМороз Лев;1990\n;\nHai Yan;\n".encode("cp1251"))
    with pytest.raises(Unreadable) as refused:
        check(Namespace(files=[path], json=False))
    assert [(p.row, p.column) for p in refused.value.problems] == [(2, "Дата народження")]
    path.write_bytes("ПІБ;Дата народження\nГай Ян;1990\n".encode("cp1251"))
    assert check(Namespace(files=[path], json=True)) == 0
