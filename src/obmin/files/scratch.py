"""A folder for what must be a file for a moment and may not lie on a disk."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

MEMORY: Final = Path("/dev/shm")  # noqa: S108 - a file system in memory; the folder in it is its maker's alone


@contextmanager
def folder() -> Iterator[Path]:
    """An empty private folder in memory, gone after the block; in `TMPDIR` where there is no such place."""
    place = MEMORY if os.access(MEMORY, os.W_OK) else None
    with TemporaryDirectory(prefix="obmin-", dir=place) as made:
        yield Path(made)
