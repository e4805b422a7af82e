"""Sealing: cells that only their own key opens, in their own place; keys under keys; limits of reading."""

from obmin.core.secrecy.cells import KEY_SIZE, WRAPPED_SIZE, Cell, open_cells, rewrap, seal_cells
from obmin.core.secrecy.keys import Class, class_key, mark, mark_key
from obmin.core.secrecy.reading import NAMES, RECORDS, Limit, Window

__all__ = [
    "KEY_SIZE",
    "NAMES",
    "RECORDS",
    "WRAPPED_SIZE",
    "Cell",
    "Class",
    "Limit",
    "Window",
    "class_key",
    "mark",
    "mark_key",
    "open_cells",
    "rewrap",
    "seal_cells",
]
