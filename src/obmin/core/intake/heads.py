"""Which row of a sheet is its head, and what each column means."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from obmin.core.person import COLUMNS

Row = Sequence[str | None]

WITHIN: Final = 30  # rows in which the head is looked for
FORMER: Final = "former"
FIELDS: Final = (*COLUMNS, FORMER)  # what a column may mean; an empty text leaves it out
ORDINAL: Final = "#"  # the running number of a list: no column of ours, but it helps to find the head

_WORDS: Final[Mapping[str, str]] = {
    "name": "піб|п і б|п і п|піп|пип|фио|ф и о|прізвище ім'я по батькові|прізвище ім'я та по батькові"
    "|прізвище власне ім'я по батькові|прізвище та ім'я|прізвище ім'я|фамилия имя отчество|фамилия имя"
    "|full name|name|повне ім'я|полное имя|особа|військовослужбовець|військовополонений|ім'я та прізвище"
    "|name surname|first and last name|прізвище і ініціали|прізвище ініціали|фамилия и инициалы",
    "surname": "прізвище|фамилия|surname|last name|family name|lastname|familyname",
    "given": "ім'я|власне ім'я|імя|имя|given|given name|first name|forename|firstname|given names",
    "patronymic": "по батькові|батькові|побатькові|отчество|patronymic|father's name|middle name",
    "birth_date": "дата народження|народження|д н|дн|дата нар|рік народження|рік нар|р н|дата та рік народження"
    "|дата рождения|год рождения|д р|др|г р|рождения|born|date of birth|birth date|dob|d o b|birthdate|birthday"
    "|year of birth|yob|дата і місяць народження|число місяць рік народження",
    "sex": "стать|пол|sex|gender",
    "service_number": "особистий номер|особовий номер|ос номер|номер жетона|жетон|№ жетона|личный номер"
    "|личн номер|service number|service no|army number|military id|військовий квиток|особистий №|особовий №"
    "|номер військового квитка|serial number|personal number|лн|он|identity number",
    "rank": "звання|в звання|вз|військове звання|військ звання|звание|в звание|воинское звание|воен звание"
    "|rank|grade",
    "rank_code": "код звання|код звания|rank code|nato rank",
    "unit": "підрозділ|частина|військова частина|в ч|вч|в частина|подразделение|часть|воинская часть"
    "|unit|regiment|military unit|місце служби|место службы",
    "branch": "рід військ|вид військ|вид зс|род войск|вид войск|branch|service|arm of service",
    "region": "область|регіон|регион|region|oblast|край|місце полону|место пленения",
    "citizenship": "громадянство|гражданство|citizenship|nationality|країна|страна|country",
    "category": "категорія|категория|category|статус особи",
    "captured_on": "дата полону|дата полонення|дата взяття в полон|полонений з|дата пленения|взят в плен"
    "|captured|captured on|date of capture|capture date|дата зникнення|зник безвісти|дата исчезновения"
    "|missing since|date missing",
    "facility": "місце тримання|місце утримання|табір|установа|место содержания|лагерь|учреждение|facility|camp"
    "|place of detention|held at",
    "health": "стан здоров'я|здоров'я|состояние здоровья|здоровье|health|medical",
    "fitness": "придатність до перевезення|fitness|fit to travel",
    "judicial": "судимість|кримінальна справа|суд|судимость|judicial|court",
    "will": "воля|згода|воля особи|согласие|will|consent to return",
    "group": "група|родина|группа|семья|group|family",
    "tags": "мітки|ознаки|метки|tags",
    FORMER: "колишнє прізвище|дівоче прізвище|попереднє прізвище|девичья фамилия|прежняя фамилия|maiden name"
    "|former surname|former name|previous surname",
    "id": "id|ід|ідентифікатор|идентификатор|код особи|код|номер справи|номер картки|№ справи|№ картки"
    "|record id|case number|file number|reference|ref|номер дела|реєстраційний номер|реєстр номер",
    ORDINAL: "№|№ з п|№ п п|з п|п п|нз п|n|no|nr|# |номер з п|номер по порядку|№ пп|№ зп|номер п п|номер|n п п"
    "|номер по порядку|s no|sr no|line",
}  # fmt: skip
_BY_WORD: Final = {word.strip(): column for column, words in _WORDS.items() for word in words.split("|")} | {
    column.replace("_", " "): column for column in COLUMNS
}
_WRITTEN: Final = str.maketrans(dict.fromkeys("’ʼ`´‘", "'") | dict.fromkeys("\u00a0\u202f\u2009", " "))
_BETWEEN: Final = re.compile(r"[\s.,;:/\\\-–—_()\[\]\"*|]+")
_HIDDEN: Final = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_DATE: Final = re.compile(r"\d{4}-\d\d(-\d\d)?|\d{1,2}[./]\d{1,2}[./]\d{2,4}|(19|20)\d\d")
_PERSON: Final = re.compile(r"[^\W\d_a-zа-яіїєґ][\w'’ʼ\-]+(\s+[^\W\d_a-zа-яіїєґ][\w'’ʼ.\-]+)+")
_NAME: Final = re.compile(r"[^\W\d_][\w'’ʼ\-.]*(\s+[^\W\d_][\w'’ʼ\-.]*){1,3}")


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a list. `row` counts from 0 and is -1 where there is none.

    `columns` has for each column of the file what it means (of `FIELDS`; empty: left out), `written` its head.
    """

    row: int
    columns: tuple[str, ...]
    written: tuple[str, ...]

    def mapped(self, meaning: Mapping[str, str]) -> Head:
        """The same head where the columns of these heads mean something else."""
        columns = [meaning.get(head, column) for head, column in zip(self.written, self.columns, strict=True)]
        return Head(self.row, _once(columns), self.written)


def recognise(rows: Sequence[Row]) -> Head:
    """The head of a sheet: the row among the first 30 with the most cells that we know, else one all of words.

    Without either, what the cells look like says which column has names and which has dates.
    """
    best, most = -1, 0
    for number, row in enumerate(rows[:WITHIN]):
        known = [column_of(cell) for cell in row if cell]
        distinct = len({column for column in known if column})
        # A head has more than one column that we know, or is all that its row has.
        if distinct > most and (distinct > 1 or len(known) == 1) and set(known) - {ORDINAL, ""}:
            best, most = number, distinct
    if best < 0:
        best = _worded(rows)
    if best < 0:
        return _by_looks(rows)
    width = max((len(row) for row in rows), default=0)
    written = [_plain(cell) for cell in rows[best]] + [""] * (width - len(rows[best]))
    written = _filled_from_above(rows, best, written)
    columns = [column_of(head) for head in written]
    return Head(best, _once([("" if column == ORDINAL else column) for column in columns]), _unlike(written))


def column_of(head: str | None) -> str:
    """What a head means: a column, `#` for a running number, empty where we do not know it."""
    words = _key(head or "")
    if not words:
        return ORDINAL if head and head.strip() in ("№", "#") else ""
    if words in _BY_WORD:
        return _BY_WORD[words]
    bare = re.sub(r"\s*\([^)]*\)", "", head or "")
    shorter = _key(bare)
    return _BY_WORD.get(shorter, "")


def is_head(row: Row, head: Head) -> bool:
    """Whether a row of the list says its head once more."""
    same = sum(1 for cell, written in zip(row, head.written, strict=False) if cell and _plain(cell) == written)
    known = sum(1 for cell in row if cell and column_of(cell))
    filled = sum(1 for cell in row if cell and cell.strip())
    return filled > 0 and (same >= 2 or (known >= 2 and known * 2 > filled))


def is_numbering(row: Row) -> bool:
    """Whether a row only numbers the columns, as official forms do: 1, 2, 3."""
    cells = [cell.strip() for cell in row if cell and cell.strip()]
    return len(cells) > 2 and cells == [str(n) for n in range(1, len(cells) + 1)]


def _key(head: str) -> str:
    plain = _HIDDEN.sub("", head).translate(_WRITTEN).casefold()
    return " ".join(_BETWEEN.sub(" ", plain).split())


def _plain(cell: str | None) -> str:
    return " ".join(_HIDDEN.sub("", cell or "").translate(_WRITTEN).split())


def _filled_from_above(rows: Sequence[Row], at: int, written: list[str]) -> list[str]:
    """Heads of two rows: where the lower one is empty the upper one speaks."""
    if at == 0:
        return written
    above = rows[at - 1]
    if sum(1 for cell in above if cell and column_of(cell)) == 0:
        return written
    return [head or _plain(above[place] if place < len(above) else None) for place, head in enumerate(written)]


def _once(columns: Sequence[str]) -> tuple[str, ...]:
    """Each meaning once: of two columns of one meaning the first has it."""
    seen: set[str] = set()
    kept = []
    for column in columns:
        kept.append("" if column in seen else column)
        seen.add(column)
    return tuple(kept)


def _unlike(written: Sequence[str]) -> tuple[str, ...]:
    """Heads by which columns can be told apart: an empty one, or one that came before, gets its place."""
    seen: set[str] = set()
    told = []
    for place, head in enumerate(written, start=1):
        name = head if head and head not in seen else f"{head} ({place})".strip()
        seen.add(name)
        told.append(name)
    return tuple(told)


def _worded(rows: Sequence[Row]) -> int:
    """The first row of several cells, if it is words above rows with figures: a head that we do not know."""
    figure = re.compile(r"\d")
    for number, row in enumerate(rows[:WITHIN]):
        cells = [cell for cell in row if cell and cell.strip()]
        if len(cells) > 1:
            below = (cell for other in rows[number + 1 : number + 4] for cell in other if cell)
            worded = not any(figure.search(cell) or _PERSON.fullmatch(cell.strip()) for cell in cells)
            return number if worded and any(figure.search(cell) for cell in below) else -1
    return -1


def _by_looks(rows: Sequence[Row]) -> Head:
    """No head: the first column of names and the first of dates are taken for that; a person looks anyway."""
    width = max((len(row) for row in rows[:200]), default=0)
    columns = [""] * width
    for meaning, looks in (("birth_date", _DATE), ("name", _NAME)):
        for place in range(width):
            cells = [row[place] or "" for row in rows[:200] if place < len(row) and row[place]]
            if (
                not columns[place]
                and cells
                and sum(bool(looks.fullmatch(c.strip())) for c in cells) * 2 > len(cells)
            ):
                columns[place] = meaning
                break
    return Head(-1, tuple(columns), _unlike([""] * width))
