"""Every row below the head: a person as read, or what it is instead."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from obmin.core.intake.codes import DATES, read_text
from obmin.core.intake.dates import Order, order_of, read_date
from obmin.core.intake.found import Finding, Line, Passed, Weight
from obmin.core.intake.heads import FORMER, Head, Row, is_head, is_numbering
from obmin.core.intake.names import UNKNOWN, Note, clean, read_name

NAMES: Final = ("name", "surname", "given", "patronymic")
_TOTAL: Final = re.compile(
    r"(?i)^\s*(?:total|sum|grand total|разом|всього|усього|загалом|підсумок|итого|всего|кількість"
    r"|количество)(?![\w'’ʼ])"
)
_FOOT: Final = re.compile(
    r"(?i)^\s*(?:склав|склала|список склав|перевірив|підпис|виконав|составил|проверил|подпись|prepared by"
    r"|signed)\b"
)


@dataclass(frozen=True, slots=True)
class Grid:
    """Cells as they lie in a file, and what the file says of them; places count from 0.

    `formulas`, `errors`: row, column, text. `merged`: first row, first column, last row, last column.
    """

    rows: Sequence[Row]
    formulas: Sequence[tuple[int, int, str]] = ()
    errors: Sequence[tuple[int, int, str]] = ()
    merged: Sequence[tuple[int, int, int, int]] = ()


@dataclass(slots=True)
class _Reader:
    """Reads cells of one list; the same cell of the same column is read once."""

    head: Head
    now: int
    orders: Mapping[int, Order]
    read: dict[tuple[int, str], tuple[str, str, str, tuple[Note, ...]]] = field(default_factory=dict)

    def cell(self, place: int, text: str) -> tuple[str, str, str, tuple[Note, ...]]:
        """Value, former surname, birth date found in a name, notes."""
        key = (place, text)
        if key not in self.read:
            self.read[key] = self._fresh(place, text)
        return self.read[key]

    def _fresh(self, place: int, text: str) -> tuple[str, str, str, tuple[Note, ...]]:
        column = self.head.columns[place]
        if column in NAMES or column == FORMER:
            name = read_name(text, whole=column == "name")
            return name.value, name.former, name.born, name.notes
        if column in DATES:
            plain, hidden = clean(text)
            notes = (Note("hidden"),) if hidden else ()
            if plain.casefold() in UNKNOWN:
                return "", "", "", notes
            if plain.startswith("="):
                return "", "", "", (*notes, Note("formula", Weight.DOUBT))
            read = read_date(plain, self.orders[place], self.now, birth=column == "birth_date")
            note = (Note(read.code, read.weight, read.more),) if read.code else ()
            return read.value or "", "", "", (*notes, *note)
        value, found = read_text(column, text)
        return value, "", "", found


def read(grid: Grid, head: Head, *, now: int) -> list[Line]:
    """Every row below the head, in order. `now` is the present year."""
    orders = {
        place: order_of(row[place] or "" for row in grid.rows[head.row + 1 :] if place < len(row))
        for place, column in enumerate(head.columns)
        if column in DATES
    }
    reader = _Reader(head, now, orders)
    filled, across = _merged(grid, head)
    told: dict[int, list[tuple[int, str, str]]] = {}
    for code, cells in (("formula", grid.formulas), ("error-cell", grid.errors)):
        for at, column, text in cells:
            told.setdefault(at, []).append((column, code, text))
    lines = []
    for number in range(head.row + 1, len(grid.rows)):
        row = grid.rows[number]
        if passed := _passed(row, head, number in across):
            lines.append(Line(number + 1, passed=passed))
        else:
            lines.append(_person(reader, number, row, filled.get(number, {}), told.get(number, ())))
    return lines


def _passed(row: Row, head: Head, across: bool) -> Passed | None:
    cells = [cell for cell in row if cell and not cell.isspace() and clean(cell)[0]]
    if not cells:
        return Passed.BLANK
    if (_FOOT.match(cells[0]) and len(cells) <= 3) or _is_total(cells):
        return Passed.TOTAL
    if is_head(row, head) or is_numbering(row):
        return Passed.HEAD
    if len(cells) == 1 and across:
        return Passed.TITLE
    if len(cells) == 1:  # a heading stands where no name and no number is expected
        place = next(at for at, cell in enumerate(row) if cell is cells[0])
        meaning = head.columns[place] if place < len(head.columns) else ""
        named = any(column in head.columns for column in NAMES)
        if meaning == "" and named and re.search(r"[^\W\d_]{2}", cells[0]):
            return Passed.TITLE
    return None


def _is_total(cells: Sequence[str]) -> bool:
    """Whether a row sums the list up: no name beside the word, and figures alone in the other cells."""
    match = _TOTAL.match(cells[0])
    if match is None or any(re.search(r"[^\W\d_]", cell) for cell in cells[1:]):
        return False
    return not any(word[:1].isupper() for word in cells[0][match.end() :].split())


def _merged(grid: Grid, head: Head) -> tuple[dict[int, dict[int, tuple[str, bool]]], set[int]]:
    """What a merged cell says in each row below its first: (text, whether it is a name); rows merged across."""
    filled: dict[int, dict[int, tuple[str, bool]]] = {}
    across: set[int] = set()
    for top, left, bottom, right in grid.merged:
        if bottom <= head.row or left >= len(head.columns):
            continue
        if right > left and bottom == top:
            across.add(top)
        if bottom == top:
            continue
        first = grid.rows[top] if top < len(grid.rows) else ()
        text = (first[left] if left < len(first) else None) or ""
        name = head.columns[left] in NAMES
        for row in range(max(top, head.row + 1), bottom + 1):
            filled.setdefault(row, {})[left] = (text, name)
    return filled, across


def _person(
    reader: _Reader,
    number: int,
    row: Row,
    filled: Mapping[int, tuple[str, bool]],
    told: Sequence[tuple[int, str, str]],
) -> Line:
    head, values, written, found = reader.head, {}, {}, []
    bad = {column: (code, text) for column, code, text in told}
    born = ""
    for place, column in enumerate(head.columns):
        text = (row[place] if place < len(row) else None) or ""
        if place in filled and column:
            text, name = filled[place]
            code, weight = ("merged-name", Weight.DOUBT) if name else ("merged", Weight.NOTE)
            found.append(Finding(weight, code, head.written[place], text))
        if place in bad and column:
            code, shown = bad[place]
            found.append(Finding(Weight.DOUBT, code, head.written[place], shown))
            continue
        if not column or not text or text.isspace():
            continue
        value, former, within, notes = reader.cell(place, text)
        for note in notes:
            found.append(Finding(note.weight, note.code, head.written[place], text, note.more))
        if value:
            values[column] = value
            if value != text:
                written[column] = text
        if former:
            values.setdefault(FORMER, former)
        born = born or within
    if born and "birth_date" not in values:
        read = read_date(born, Order.UNKNOWN, reader.now, birth=True)
        if read.value:
            values["birth_date"] = read.value
    line = Line(number + 1, values, written, (*found, *_headless(row, head)))
    if not any(name in values for name in (*NAMES, "service_number", "id")) and line.weight is not Weight.DOUBT:
        nobody = Finding(Weight.REFUSE, "nobody", "", next((c for c in row if c and not c.isspace()), ""))
        return replace(line, findings=(*line.findings, nobody))
    return line


def _headless(row: Row, head: Head) -> Iterator[Finding]:
    """Cells beyond the last head: nobody said what they are."""
    for place in range(len(head.columns), len(row)):
        if cell := row[place]:
            yield Finding(Weight.DOUBT, "no-head", str(place + 1), cell)
