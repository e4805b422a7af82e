"""A folder for a moment: private, in memory, gone afterwards."""

from __future__ import annotations

import stat

import pytest

from obmin.files import scratch


def test_it_is_private_and_in_memory_and_gone_when_the_block_ends() -> None:
    with scratch.folder() as folder:
        (folder / "sheet.xlsx").write_bytes(b"x")
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        if scratch.MEMORY.exists():
            assert scratch.MEMORY in folder.parents
    assert not folder.exists()


def test_it_is_gone_when_the_block_fails() -> None:
    with pytest.raises(ZeroDivisionError), scratch.folder() as folder:
        (folder / "file").write_text(str(1 / 0))
    assert not folder.exists()
