"""A list as it comes from a battalion's office: sixty rows, nearly each wrong in a way of its own.

`ROWS` says of each row what stands in it and what must become of it: the cells that are read, or the code of
what is found, or why it is no person.
"""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any, NamedTuple

import openpyxl

TITLE = ["Список військовополонених", None, None, None, None, None]
HEAD = ["№ з/п", "П.І.Б.", "Дата\nнародження", "В/звання", "Особистий номер", "Стать"]
NUMBERING = ["1", "2", "3", "4", "5", "6"]


class Row(NamedTuple):
    """Name, birth date, rank, number, sex; the verdict; what is read, or which code is named."""

    cells: tuple[Any, ...]
    verdict: str
    told: dict[str, str] | str = ""


def n(
    name: Any, born: Any = "1990-01-01", rank: Any = "солдат", number: Any = None, sex: Any = "ч"
) -> tuple[Any, ...]:
    return (name, born, rank, number, sex)


ROWS = (
    # read right
    Row(n("Адаменко Іван Петрович", date(1987, 5, 14)), "new", {"birth_date": "1987-05-14"}),
    Row(n("Бабенко Олег", datetime(1987, 5, 14)), "new", {"birth_date": "1987-05-14"}),
    Row(n("Вакуленко Юрій", "14.05.1987"), "new", {"birth_date": "1987-05-14"}),
    Row(n("Гавриленко Тарас", "14.05.1987 р."), "new", {"birth_date": "1987-05-14"}),
    Row(n("Даниленко Ігор", "14 травня 1987 року"), "new", {"birth_date": "1987-05-14"}),
    Row(n("Євтушенко Марко", "14 мая 1987 г."), "new", {"birth_date": "1987-05-14"}),
    Row(n("Жадан Левко", "May 14, 1987"), "new", {"birth_date": "1987-05-14"}),
    Row(n("Забара Петро", "14.V.1987"), "new", {"birth_date": "1987-05-14"}),
    Row(n("Кабаченко Гліб", "1987 р.н."), "new", {"birth_date": "1987"}),
    Row(n("Лавриненко Борис", "бл. 1987"), "new", {"birth_date": "1987"}),
    Row(n("Макаренко Данило", "~1987"), "new", {"birth_date": "1987"}),
    Row(n("Назаренко Клим", 31911), "new", {"birth_date": "1987-05-14"}),
    Row(n("Оберемко Семен", "05.1987"), "new", {"birth_date": "1987-05"}),
    Row(n("Павленко Мирон", "14,05,1987"), "new", {"birth_date": "1987-05-14"}),
    Row(n("Рябченко Лука", "1987-05-14 00:00:00"), "new", {"birth_date": "1987-05-14"}),
    Row(n("Савченко Яким", "невідомо"), "new", {"name": "Савченко Яким"}),
    Row(n("  Таран\u00a0Назар  "), "new", {"name": "Таран Назар"}),
    Row(n("Удов\u200bенко Роман"), "new", {"name": "Удовенко Роман"}),
    Row(n("ФЕДОРЕНКО ОСТАП ІЛЛІЧ"), "new", {"name": "Федоренко Остап Ілліч"}),
    Row(n("харченко микита"), "new", {"name": "Харченко Микита"}),
    Row(n("Цимбалюк (дів. Руда) Ольга", sex="ж"), "new", {"name": "Цимбалюк Ольга", "former": "Руда"}),
    Row(n("Чаленко Віра [Сизова]", sex="жін."), "new", {"former": "Сизова"}),
    Row(n("12. Шаповал Денис"), "new", {"name": "Шаповал Денис"}),
    Row(n("Щербак Артем, 1991 р.н.", None), "new", {"name": "Щербак Артем", "birth_date": "1991"}),
    Row(n("Юрченко\nАндрій"), "new", {"name": "Юрченко Андрій"}),
    Row(n("Smith, John", "1985-02-03"), "new", {"name": "Smith, John"}),
    Row(n("محمد علي", "1985-02-04"), "new", {"name": "محمد علي"}),
    Row(n("Яценко С.В.", "1984-02-03"), "new", {"name": "Яценко С.В."}),
    Row(n("О’КОННОР ДЖОН", "1984-02-05"), "new", {"name": "О’Коннор Джон"}),
    Row(n("Дем’яненко Лев", number=100234.0), "new", {"service_number": "100234"}),
    Row(n("Зінченко Ян", number="№ АБ-100235"), "new", {"service_number": "АБ-100235"}),
    Row(n(None, None, None, "АБ-100236", None), "new", {"service_number": "АБ-100236"}),
    Row(n("Іщенко Пилип", sex="чоловік"), "new", {"sex": "1"}),
    # doubtful: named, parked
    Row(n("Калиниченко Олесь", "14.05.87"), "doubtful", "short-year"),
    Row(n("Лисенко Захар", "1.1.05"), "doubtful", "short-year"),
    Row(n("Мироненко Савва", "03/04/1990"), "doubtful", "day-or-month"),
    Row(n("Нестеренко Фома", "1985-1987"), "doubtful", "range"),
    Row(n("Онищенко Хома", "1985 або 1986"), "doubtful", "range"),
    Row(n("Приходько Кузьма", "весна"), "doubtful", "no-date"),
    Row(n("Романенко Гнат", "14.05.2087"), "doubtful", "far-year"),
    Row(n("Cтеценко Юхим"), "doubtful", "two-scripts"),
    Row(n("Тiмченко Панас"), "doubtful", "two-scripts"),
    Row(n("Устименк0 Прохор"), "doubtful", "two-scripts"),
    Row(n("Ivanov Иван"), "doubtful", "two-scripts"),
    Row(n("Хоменко Карпо, Хоменко Влас"), "doubtful", "two-people"),
    Row(n("Цапенко Тит; Чорний Нил"), "doubtful", "two-people"),
    Row(n("Шульга Юст\nЮхно Зот"), "doubtful", "two-people"),
    Row(n("=1+1"), "doubtful", "formula"),
    Row(n("#N/A"), "doubtful", "error-cell"),
    Row(n("Ярема Омелян", number="1.0E+05"), "doubtful", "shortened"),
    Row(n("Бондар Гордій", sex="так"), "doubtful", "no-code"),
    Row(n("тел. 067-123"), "doubtful", "no-name"),
    Row(n("Adamenko Ivan Petrovych", "1987-05-14"), "doubtful", "row-again"),
    Row(n("Зовсім Інший", "1971-07-07", number="аб 100235"), "doubtful", "row-again"),
    # refused: named
    Row(n("Гуменюк Влас", "30.02.1990"), "refused", "no-day"),
    Row(n("Дорошенко Марко", "14.13.1990"), "refused", "no-day"),
    Row(n(None, "1990-01-01"), "refused", "nobody"),
    Row(n("невідомий", None), "refused", "nobody"),
    # no people
    Row((None, None, None, None, None), "blank"),
    Row(("  ", None, "\u200b", None, None), "blank"),
    Row(tuple(HEAD[1:]), "head"),
    Row(("Всього: 57", None, None, None, None), "total"),
)  # fmt: skip
MERGED = Row(n("Кравець Панько", rank="сержант"), "new", {"rank": "сержант"})  # the rank over two rows
BELOW = Row(n("Лозовий Юхим", rank=None), "new", {"rank": "сержант"})
FIRST = 4  # the row of the file in which the first of ROWS stands


def workbook(path: Path) -> dict[int, Row]:
    """Writes the list; returns what must become of each row of the file, by its number there."""
    book = openpyxl.Workbook()
    sheet = book.active
    rows = [*ROWS[:-1], MERGED, BELOW, ROWS[-1]]
    sheet.append(TITLE)
    sheet.append(HEAD)
    sheet.append(NUMBERING)
    for place, row in enumerate(rows):
        head = row.cells == tuple(HEAD[1:])
        blank = row.verdict in ("blank", "total")
        sheet.append([HEAD[0] if head else None if blank else place + 1, *row.cells])
    sheet.merge_cells("A1:F1")
    below = FIRST + len(rows) - 2
    sheet.merge_cells(f"D{below - 1}:D{below}")
    for line in sheet.iter_rows(min_row=FIRST):
        for cell in line:
            if cell.value == "#N/A":
                cell.data_type = "e"
    book.save(path)
    return {FIRST + place: row for place, row in enumerate(rows)}
