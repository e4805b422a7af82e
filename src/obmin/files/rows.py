"""From the cells of a sheet to a table: which row is the head, what each cell says, and what is wrong where."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from obmin.core.errors import Problem, Unreadable
from obmin.core.person import COLUMNS, Misread, read_cell

Cell = str | None
Read = tuple[pl.DataFrame, tuple[Problem, ...], tuple[Problem, ...], tuple[int, ...]]

HEAD_WITHIN: Final = 20  # rows in which the head of a register is looked for
YEARS: Final = range(1900, 2101)  # a "year" outside is a day number that lost its format
NAMES: Final = ("name", "surname", "given", "patronymic")
# Heads as people write them in their own language; the register's own names are always understood.
ALSO: Final[Mapping[str, str]] = {
    "прізвище": "surname",
    "ім'я": "given",
    "по батькові": "patronymic",
    "дата народження": "birth_date",
    "стать": "sex",
    "звання": "rank",
    "військове звання": "rank",
    "особистий номер": "service_number",
    "підрозділ": "unit",
    "військова частина": "unit",
    "громадянство": "citizenship",
    "фамилия": "surname",
    "имя": "given",
    "отчество": "patronymic",
    "дата рождения": "birth_date",
    "звание": "rank",
    "личный номер": "service_number",
}
_TOTAL = re.compile(r"(?i)\s*(total|sum|разом|всього|усього|загалом|итого|всего)\b")
_MIXED = re.compile(r"[^\W\d_]+")
_LATIN = re.compile(r"[A-Za-zÀ-ɏ]")
_CYRILLIC = re.compile(r"[Ѐ-ӿ]")
_HIDDEN = "[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]"


@dataclass(frozen=True, slots=True)
class Sheet:
    """Cells as they lie in a file. `exact`: a record with more or fewer cells than the head is a problem.

    `formulas`, `errors`: row and column from 0, and the text. `merged`: first row, column, last row, column.
    """

    rows: tuple[Sequence[Cell], ...]
    exact: bool = False
    formulas: tuple[tuple[int, int, str], ...] = ()
    errors: tuple[tuple[int, int, str], ...] = ()
    merged: tuple[tuple[int, int, int, int], ...] = ()


def table(sheet: Sheet, file: str) -> pl.DataFrame:
    """A table whose first row that has anything is its head; raises `Unreadable` with all that is wrong."""
    head = next((n for n, row in enumerate(sheet.rows) if any(row)), None)
    if head is None:
        raise Unreadable(Problem(file, None, None, "no row that has anything", "a head row"))
    names = [cell or "" for cell in sheet.rows[head]]
    problems = [*_shape(sheet, head, names, file), *_broken(sheet, head, names, file)]
    if problems:
        raise Unreadable(problems)
    return _frame(sheet, names, _rows_of_table(sheet, head, names))


def _rows_of_table(sheet: Sheet, head: int, names: Sequence[str]) -> list[int]:
    """A delimited file says where a row of empty cells is; in a workbook it is no row."""
    if not sheet.exact:
        return _body(sheet, head, blank=False)
    return [n for n in _body(sheet, head, blank=True) if sheet.rows[n] or len(names) == 1]


def register(sheet: Sheet, file: str) -> Read:
    """A register: the frame, its problems, what a person should look at, and each row's number in the file."""
    head = _head(sheet)
    if head is None:
        raise Unreadable(Problem(file, None, None, _headers(sheet), "a head row with the column id"))
    written = [(cell or "").strip() for cell in sheet.rows[head]]
    names = [_column(name) for name in written]
    problems = [*_shape(sheet, head, names, file), *_broken(sheet, head, written, file)]
    lines = _body(sheet, head, blank=False)
    raw = _frame(sheet, names, lines)
    as_written = dict(zip(names, written, strict=True))
    columns: dict[str, pl.Series] = {}
    for name in raw.columns:
        columns[name], wrong = _read(raw[name], name, lines, as_written[name], file)
        problems += wrong
    frame = pl.DataFrame(columns, schema=dict.fromkeys(raw.columns, pl.String))
    problems += _ids(frame, lines, as_written.get("id", "id"), file)
    notes = [*_formulas(sheet, head, written, file), *_scripts(frame, lines, as_written, file)]
    return frame, _ordered(problems), _ordered(notes), tuple(n + 1 for n in lines)


def _head(sheet: Sheet) -> int | None:
    """The first row that names `id` among its cells."""
    for number, row in enumerate(sheet.rows[:HEAD_WITHIN]):
        if any(_column((cell or "").strip()) == "id" for cell in row):
            return number
    return None


def _headers(sheet: Sheet) -> str:
    first = next((row for row in sheet.rows if any(row)), ())
    return "the columns " + ", ".join(cell.strip() for cell in first[:30] if cell) if first else "nothing"


def _column(written: str) -> str:
    """The register's name for a head as written; other heads stay as they are."""
    plain = " ".join(written.replace("’", "'").replace("ʼ", "'").lower().split())
    plain = ALSO.get(plain, plain)
    return next((name for name in (plain, plain.replace(" ", "_")) if name in COLUMNS), written)


def _body(sheet: Sheet, head: int, *, blank: bool) -> list[int]:
    """The rows below the head that have anything, from 0.

    `blank`: empty ones count too, as they must where a file has one column.
    """
    found = range(head + 1, len(sheet.rows))
    return list(found) if blank else [number for number in found if _filled(sheet.rows[number])]


def _filled(row: Sequence[Cell]) -> bool:
    for cell in row:  # noqa: SIM110  any() costs a generator for each row
        if cell and not cell.isspace():
            return True
    return False


def _frame(sheet: Sheet, names: Sequence[str], lines: Sequence[int]) -> pl.DataFrame:
    width = len(names)
    body = [sheet.rows[n] for n in lines]
    even = [row if len(row) == width else [*row, *[None] * width][:width] for row in body]
    cells = list(zip(*even, strict=True)) if even else [()] * width
    columns: dict[str, pl.Series] = {}
    for name, column in zip(names, cells, strict=True):
        if name and name not in columns:
            columns[name] = pl.Series(name, column, dtype=pl.String)
    return pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String))


def _shape(sheet: Sheet, head: int, names: Sequence[str], file: str) -> Iterator[Problem]:
    """Heads that come twice, cells under no head, records of another length."""
    for name, times in Counter(n for n in names if n).items():
        if times > 1:
            yield Problem(file, head + 1, name, f"{times} columns of this name", "each column once")
    width, headless = len(names), [place for place, name in enumerate(names) if not name]
    for number in _body(sheet, head, blank=False):
        row = sheet.rows[number]
        if len(row) == width and not headless:
            continue
        places = [p for p in [*headless, *range(width, len(row))] if p < len(row) and row[p] is not None]
        if places:
            found = f"“{row[places[0]]}” under no head"
            yield Problem(file, number + 1, places[0] + 1, found, "a head above each cell")
        elif sheet.exact and len(row) != width:
            yield Problem(file, number + 1, None, f"{len(row)} cells", f"{width}, as in the head")


def _broken(sheet: Sheet, head: int, names: Sequence[str], file: str) -> Iterator[Problem]:
    """Error cells and merged cells below the head, where an empty cell would be read for what they hide."""
    for row, column, text in sheet.errors:
        if row > head:
            yield Problem(file, row + 1, _name(names, column), f"the error {text}", "a value")
    for top, left, bottom, right in sheet.merged:
        for row in range(max(top, head + 1), bottom + 1):
            down, across = f"over rows {top + 1} to {bottom + 1}", f"over {right - left + 1} columns"
            found = f"cells merged {down if bottom > top else across}"
            yield Problem(
                file, row + 1, _name(names, left), found, "a cell of its own for each person and column"
            )


def _name(names: Sequence[str], column: int) -> str | int:
    return names[column] if column < len(names) and names[column] else column + 1


def _read(
    raw: pl.Series, name: str, lines: Sequence[int], written: str, file: str
) -> tuple[pl.Series, list[Problem]]:
    """A column with each cell read by its rule, and what could not be read."""
    if name not in COLUMNS:
        return raw, []
    if COLUMNS[name] is COLUMNS["id"]:  # plain text: nothing can be wrong
        stripped = raw.str.strip_chars()
        return stripped.set(stripped == "", None), []
    dated = COLUMNS[name] is COLUMNS["birth_date"]
    rules: dict[str, str | Misread | None] = {}
    for text in raw.drop_nulls().unique(maintain_order=True):
        value = read_cell(name, text)
        if dated and isinstance(value, str) and int(value[:4]) not in YEARS:
            value = Misread(f"a year from {YEARS.start} to {YEARS.stop - 1}")
        rules[text] = value
    wrong = {text: value.expected for text, value in rules.items() if isinstance(value, Misread)}
    problems = [
        Problem(file, lines[place] + 1, written, f"“{raw[place]}”", wrong[raw[place]])
        for place in (raw.is_in(list(wrong)).fill_null(False).arg_true() if wrong else ())
    ]
    good = {text: value if isinstance(value, str) else None for text, value in rules.items()}
    if not good:
        return raw, problems
    return raw.replace_strict(good, default=None, return_dtype=pl.String), problems


def _ids(frame: pl.DataFrame, lines: Sequence[int], written: str, file: str) -> Iterator[Problem]:
    """Every row needs an id that no other row has; a row of totals is no person."""
    first: dict[str, int] = {}
    opening = frame.select(pl.coalesce(pl.all())).to_series() if frame.width else pl.Series([], dtype=pl.String)
    for line, value, word in zip(lines, frame["id"], opening, strict=True):
        if word is not None and _TOTAL.match(word):
            yield Problem(file, line + 1, written, f"a row of totals: “{word}”", "people only")
        elif value is None:
            yield Problem(file, line + 1, written, "nothing", "an identifier of this person's own")
        elif (before := first.setdefault(value, line)) != line:
            yield Problem(file, line + 1, written, f"“{value}”, as in row {before + 1}", "each identifier once")


def _formulas(sheet: Sheet, head: int, names: Sequence[str], file: str) -> Iterator[Problem]:
    for row, column, text in sheet.formulas:
        if row > head:
            yield Problem(file, row + 1, _name(names, column), f"the formula {text}, kept as text", "a value")


def _scripts(
    frame: pl.DataFrame, lines: Sequence[int], written: Mapping[str, str], file: str
) -> Iterator[Problem]:
    """Names whose letters look right and are not: two scripts in one word, or signs that cannot be seen."""
    for name in (n for n in NAMES if n in frame.columns):
        column = frame[name]
        both = column.str.contains(r"\p{Latin}") & column.str.contains(r"\p{Cyrillic}")
        suspect = both | column.str.contains(_HIDDEN)
        for place in suspect.fill_null(False).arg_true():
            for found in _odd(column[place]):
                yield Problem(file, lines[place] + 1, written[name], found, "letters of one script in one word")


def _odd(text: str) -> Iterator[str]:
    for word in _MIXED.findall(text):
        latin, cyrillic = _LATIN.findall(word), _CYRILLIC.findall(word)
        if latin and cyrillic:
            few, which = (latin, "Latin") if len(latin) <= len(cyrillic) else (cyrillic, "Cyrillic")
            yield f"“{word}” with {which} {', '.join(few)}"
    if re.search(_HIDDEN, text):
        yield f"“{text}” with a sign that cannot be seen"


def _ordered(problems: Sequence[Problem]) -> tuple[Problem, ...]:
    """By place; places without a row first."""
    return tuple(sorted(dict.fromkeys(problems), key=lambda p: (p.row or 0, str(p.column or ""), p.found)))
