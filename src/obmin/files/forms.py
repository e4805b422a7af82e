"""Workbooks to fill: heads, an example, date cells that are dates, lists to choose from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from typing import Final

import xlsxwriter

DEEP: Final = 2_000  # rows with typed cells
MADE: Final = datetime(1980, 1, 1)  # noqa: DTZ001 - the same workbook, the same bytes; it knows no zones


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its head, what stands there as an example, whether it holds dates, what may be chosen."""

    head: str
    sample: str
    dated: bool = False
    choices: Sequence[str] = ()


def form(name: str, columns: Sequence[Column], note: str) -> bytes:
    """One sheet with a head row, an example and typed cells below; `note` stands at the first head."""
    written = BytesIO()
    book = xlsxwriter.Workbook(written, {"in_memory": True, "strings_to_formulas": False})
    book.set_properties({"created": MADE})
    sheet = book.add_worksheet(name)
    bold = book.add_format({"bold": True, "bottom": 1, "text_wrap": True})
    text, day = book.add_format({"num_format": "@"}), book.add_format({"num_format": "dd.mm.yyyy"})
    for place, column in enumerate(columns):
        sheet.set_column(place, place, max(14, len(column.head) + 2), day if column.dated else text)
        sheet.write_string(0, place, column.head, bold)
        if column.dated:
            sheet.write_datetime(1, place, datetime.fromisoformat(column.sample), day)
            rule = {
                "validate": "date",
                "criteria": "between",
                "minimum": date(1900, 1, 1),
                "ignore_blank": True,
            }
            sheet.data_validation(1, place, DEEP, place, rule | {"maximum": date(2100, 12, 31)})
        else:
            sheet.write_string(1, place, column.sample, text)
        if column.choices:
            sheet.data_validation(1, place, DEEP, place, {"validate": "list", "source": list(column.choices)})
    sheet.write_comment(0, 0, note)
    sheet.freeze_panes(1, 0)
    book.close()
    return written.getvalue()
