"""The product: a fresh key for each cell, wrapped under its class, the cell bound to its place."""

from __future__ import annotations

import os
from typing import Any

from _cases import ROOT, measured

from obmin.core.secrecy import KEY_SIZE, Cell, Class, class_key, open_cells, seal_cells


def seal(of: str, rows: list[bytes]) -> list[Cell]:
    draw = os.urandom
    over = class_key(ROOT, Class(of))
    return seal_cells(over, ((f"{of}/{n:016x}".encode(), row, draw(KEY_SIZE)) for n, row in enumerate(rows)))


def open_(of: str, cells: Any) -> list[bytes]:
    over = class_key(ROOT, Class(of))
    return open_cells(over, ((f"{of}/{n:016x}".encode(), cell) for n, cell in enumerate(cells)))


if __name__ == "__main__":
    measured(seal, open_)
