"""Dates and numbers in words and figures, the same in every grid and paper, whatever the language."""

from __future__ import annotations

import math
import re
from datetime import date, datetime
from typing import Final

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

When = date | datetime | str | None
THIN: Final = "\u202f"  # narrow no-break space: groups of three that stay together in every script
NONE: Final = "–"
_PARTIAL: Final = re.compile(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?\Z")


def day(when: When) -> str:
    """27.11.2026; of a partial date what is known: 11.2026, 2026. Text that is no ISO date comes back."""
    if isinstance(when, str):
        return _partial(when)
    found = _here(when)
    return NONE if found is None else f"{found.day:02}.{found.month:02}.{found.year}"


def clock(when: When) -> str:
    """14:00, in the time zone of this instance."""
    found = _here(_parsed(when))
    return f"{found.hour:02}:{found.minute:02}" if isinstance(found, datetime) else NONE


def moment(when: When) -> str:
    """27.11.2026, 14:00."""
    parsed = _parsed(when)
    return f"{day(parsed)}, {clock(parsed)}" if isinstance(parsed, datetime) else day(when)


def day_long(when: When) -> str:
    """27 November 2026; «27 листопада 2026 року». Partial: August 1997; 1997."""
    if isinstance(when, str) and (match := _PARTIAL.match(when)) and not match[3]:
        return _month_of(int(match[1]), int(match[2])) if match[2] else match[1]
    found = _here(_parsed(when))
    if found is None:
        return when if isinstance(when, str) and when else NONE
    parts = {"day": found.day, "month": date_format(found, "E"), "year": found.year}
    return _("%(day)s %(month)s %(year)s") % parts


def moment_long(when: When) -> str:
    """27 November 2026, 14:00."""
    parsed = _parsed(when)
    return f"{day_long(parsed)}, {clock(parsed)}" if isinstance(parsed, datetime) else day_long(when)


def weekday(when: When) -> str:
    """Friday; «п’ятниця»."""
    found = _here(_parsed(when))
    return NONE if found is None else date_format(found, "l").replace("'", "’")


def machine(when: When) -> str:
    """For the `datetime` attribute of `<time>`; empty when it is not a whole date."""
    found = _here(_parsed(when))
    return "" if found is None else found.isoformat()


def due(when: When, now: datetime) -> str:
    """24.11.2026, 12:00 (in 2 days). The distance never stands without the date."""
    found = _here(_parsed(when))
    if found is None:
        return day(when)
    return _("%(date)s (%(distance)s)") % {"date": moment(found), "distance": distance(found, now)}


def distance(when: date | datetime, now: datetime) -> str:
    """In 5 days, today, 2 days ago; inside a day by hours, inside an hour by minutes."""
    if isinstance(when, datetime):
        minutes = int((when - now).total_seconds() // 60)
        if abs(minutes) < 24 * 60:
            return _near(minutes)
        days = (timezone.localtime(when).date() - timezone.localtime(now).date()).days
    else:
        days = (when - timezone.localtime(now).date()).days
    if days == 0:
        return _("today")
    if days > 0:
        return ngettext("in %(n)s day", "in %(n)s days", days) % {"n": number(days)}
    return ngettext("%(n)s day ago", "%(n)s days ago", -days) % {"n": number(-days)}


def _near(minutes: int) -> str:
    past, minutes = minutes < 0, abs(minutes)
    hours = minutes // 60
    if hours and past:
        return ngettext("%(n)s hour ago", "%(n)s hours ago", hours) % {"n": hours}
    if hours:
        return ngettext("in %(n)s hour", "in %(n)s hours", hours) % {"n": hours}
    if past:
        return ngettext("%(n)s minute ago", "%(n)s minutes ago", minutes) % {"n": minutes}
    return ngettext("in %(n)s minute", "in %(n)s minutes", minutes) % {"n": minutes}


def number(value: float | None, places: int = 0) -> str:
    """4 118 with narrow spaces; decimals by comma in Ukrainian. What cannot be told is a dash, never 0."""
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return NONE
    whole, _dot, rest = f"{value:,.{places}f}".partition(".")
    mark = "," if (get_language() or "en").startswith(("uk", "ru")) else "."
    text = whole.replace(",", THIN).replace("-", "−")
    return f"{text}{mark}{rest}" if rest else text


def percent(value: float | None, places: int = 0) -> str:
    """92 % with a narrow space; `value` is already in hundredths."""
    return NONE if value is None else f"{number(value, places)}{THIN}%"


def seconds(value: float | None) -> str:
    """How long something took: 0.4 s, 12 s, 3 min 20 s."""
    if value is None:
        return NONE
    if value < 10:
        return _("%(n)s s") % {"n": number(value, 1)}
    if value < 60:
        return _("%(n)s s") % {"n": number(value)}
    return _("%(m)s min %(s)s s") % {"m": int(value // 60), "s": int(value % 60)}


def _parsed(when: When) -> date | datetime | None:
    if not isinstance(when, str):
        return when
    try:
        return datetime.fromisoformat(when) if "T" in when or " " in when else date.fromisoformat(when)
    except ValueError:
        return None


def _here(when: When) -> date | datetime | None:
    if isinstance(when, datetime) and timezone.is_aware(when):
        return timezone.localtime(when)
    return None if isinstance(when, str) else when


def _partial(text: str) -> str:
    if not text:
        return NONE
    match = _PARTIAL.match(text)
    if match is None:
        parsed = _parsed(text)
        return text if parsed is None else day(parsed)
    return ".".join(part for part in reversed(match.groups()) if part)


def _month_of(year: int, month: int) -> str:
    first = date(year, month, 1)
    return pgettext("month and year of a partial date", "%(month)s %(year)s") % {
        "month": date_format(first, "F").lower()
        if (get_language() or "en").startswith("uk")
        else date_format(first, "F"),
        "year": year,
    }
