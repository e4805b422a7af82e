"""Tables out: what was written comes back, the same bytes each time, nothing that runs; whole or not at all."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from obmin.core.errors import Unreadable
from obmin.files import whole
from obmin.files.tables import read_table, table_bytes, write_table

# Round trips: any text that a file can carry comes back as it went.
cells = st.none() | st.text(
    st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n\t"), min_size=1, max_size=12
)
names = st.text("abcdefgхцщї_", min_size=1, max_size=8)


@st.composite
def frames(draw):
    heads = draw(st.lists(names, min_size=1, max_size=4, unique=True))
    rows = draw(st.lists(st.tuples(*[cells] * len(heads)), max_size=6))
    return pl.DataFrame(rows, schema=dict.fromkeys(heads, pl.String), orient="row")


@pytest.mark.parametrize("kind", ["csv", "parquet", "xlsx"])
@settings(max_examples=25)
@given(data=st.data())
def test_a_table_comes_back_as_it_went(tmp_path_factory, kind, data):
    frame = data.draw(frames())
    if kind == "xlsx":  # a workbook has no row without any cell
        frame = frame.filter(pl.any_horizontal(pl.all().str.strip_chars().str.len_chars() > 0))
    path = tmp_path_factory.mktemp("t") / f"t.{kind}"
    write_table(frame, path)
    assert read_table(path).equals(frame)


@pytest.mark.parametrize("kind", ["csv", "xlsx", "parquet"])
@pytest.mark.parametrize("cell", ["_x0041_", "a\r\nb", "\x01", "\ufeffa", "'a", '"'])
def test_odd_text_comes_back_as_it_went(tmp_path, kind, cell):
    frame = pl.DataFrame({"id": ["1"], "name": [cell]})
    path = tmp_path / f"t.{kind}"
    write_table(frame, path)
    assert read_table(path).equals(frame)


@pytest.mark.parametrize("kind", ["csv", "xlsx", "parquet"])
def test_same_table_same_bytes(kind, monkeypatch):
    frame = pl.DataFrame({"id": ["1", "2"], "name": ["Ілля", None]})
    first = table_bytes(frame, kind)
    assert table_bytes(frame.clone(), kind) == first
    if kind == "xlsx":
        with zipfile.ZipFile(io.BytesIO(first)) as archive:
            assert {part.date_time[0] for part in archive.infolist()} == {1980}
            assert b"20" not in archive.read("docProps/core.xml").split(b"core-properties")[-1]


def test_nothing_in_a_workbook_of_ours_is_a_formula():
    frame = pl.DataFrame({"id": ["=1+1", "+1", "-1", "@A1", "=cmd|'/c calc'!A1", "https://example.org", "007"]})
    sheet = openpyxl.load_workbook(io.BytesIO(table_bytes(frame, "xlsx"))).active
    assert [(cell.data_type, cell.value) for cell in sheet["A"][1:]] == [("s", v) for v in frame["id"]]
    assert not sheet["A7"].hyperlink


def test_what_a_workbook_cannot_hold_is_named_before_anything_is_written(tmp_path):
    path = tmp_path / "t.xlsx"
    with pytest.raises(Unreadable) as caught:
        write_table(pl.DataFrame({"id": ["1", "2"], "note": ["a", "x" * 40_000]}), path)
    assert [(p.row, p.column) for p in caught.value.problems] == [(3, "note")]
    assert not path.exists()


# Whole or not at all.
def test_a_file_that_fails_leaves_the_old_one(tmp_path, monkeypatch):
    path = tmp_path / "a"
    whole.write_bytes(path, b"old")
    monkeypatch.setattr(whole.os, "fsync", lambda _: (_ for _ in ()).throw(OSError("full")))
    with pytest.raises(OSError, match="full"):
        whole.write_bytes(path, b"new")
    assert path.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["a"]


def fail_after_one(path: Path) -> None:
    with whole.folder(path) as new:
        (new / "one").write_text("1")
        raise RuntimeError


def test_a_folder_appears_whole_or_not_at_all(tmp_path):
    path = tmp_path / "out"
    with pytest.raises(RuntimeError):
        fail_after_one(path)
    assert list(tmp_path.iterdir()) == []
    with whole.folder(path) as new:
        (new / "two").write_text("2")
        assert not path.exists()
    assert [p.name for p in path.iterdir()] == ["two"]
    with pytest.raises(RuntimeError):
        fail_after_one(path)
    assert [p.name for p in path.iterdir()] == ["two"]
    assert [p.name for p in tmp_path.iterdir()] == ["out"]
