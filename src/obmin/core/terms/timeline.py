"""The days of an agreement as a picture: plain SVG, classes only, so that the page's theme colours it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from xml.sax.saxutils import escape

from obmin.core.terms import phrases
from obmin.core.terms.model import SIGNED, Agreement, Moment, Text, Version, Window
from obmin.core.terms.wording import both

WIDTH: Final = 760
LABEL: Final = 250
ROW: Final = 28
TOP: Final = 40


@dataclass(frozen=True, slots=True)
class _Row:
    label: Text
    when: Text
    start: date | None
    end: date | None
    kind: str


def _day(agreement: Agreement, moment: Moment | None) -> date | None:
    if moment is None:
        return None
    if moment.day is not None:
        return moment.day
    if moment.after == SIGNED:
        return agreement.concluded + timedelta(days=moment.days + -(-moment.hours // 24))
    return None


def _rows(agreement: Agreement, version: Version) -> list[_Row]:
    def row(label: Text, window: Window, kind: str) -> _Row:
        start, end = _day(agreement, window.start), _day(agreement, window.end)
        return _Row(label, phrases.window(agreement, window), start, end, kind)

    concluded = agreement.concluded
    said = both(concluded.isoformat(), concluded.isoformat())
    rows = [_Row(both("Concluded", "Укладено"), said, concluded, concluded, "concluded")]
    for v in agreement.versions[1 : version.number]:
        label = both(f"Version {v.number}", f"Версія {v.number}")
        rows.append(
            _Row(label, both(v.agreed.isoformat(), v.agreed.isoformat()), v.agreed, v.agreed, "version")
        )
    for p in version.phases:
        name = both(f"{p.id} {p.label.en}".strip(), f"{p.id} {p.label.uk or p.label.en}".strip())
        rows.append(row(name, p.window, "forecast" if p.forecast else "phase"))
    for c in version.clauses:
        if c.window != Window():
            rows.append(row(both(f"Clause {c.id}", f"Пункт {c.id}"), c.window, "clause"))
    return rows


def timeline_svg(agreement: Agreement, language: str = "en", version: int | None = None) -> str:
    """An SVG document: one row for the conclusion, each later version, phase and dated clause.

    A row whose day hangs on an event stands at the right edge with class `undated` and says what it waits for.
    """
    v = agreement.version(version)
    rows = _rows(agreement, v)
    days = [d for r in rows for d in (r.start, r.end) if d is not None]
    first, last = min(days), max(days)
    height = TOP + ROW * len(rows) + 16
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="timeline" viewBox="0 0 {WIDTH} {height}" role="img">',
        f"<title>{escape(agreement.title.in_language(language))}</title>",
        f'<line class="timeline-axis" x1="{LABEL}" y1="{TOP - 12}" x2="{WIDTH - 20}" y2="{TOP - 12}"/>',
        f'<text class="timeline-day" x="{LABEL}" y="{TOP - 20}">{first}</text>',
        f'<text class="timeline-day" x="{WIDTH - 20}" y="{TOP - 20}" text-anchor="end">{last}</text>',
    ]
    for position, row in enumerate(rows):
        parts += _drawn(row, TOP + ROW * position, first, last, language)
    return "\n".join([*parts, "</svg>"]) + "\n"


def _x(day: date, first: date, last: date) -> int:
    span = max((last - first).days, 1)
    return LABEL + 6 + round((WIDTH - 20 - LABEL - 12) * (day - first).days / span)


def _drawn(row: _Row, y: int, first: date, last: date, language: str) -> list[str]:
    label, when = escape(row.label.in_language(language)), escape(row.when.in_language(language))
    start, end = row.start or row.end, row.end or row.start
    kind = row.kind if start is not None else f"{row.kind} timeline-undated"
    left = _x(start, first, last) if start is not None else WIDTH - 32
    right = _x(end, first, last) if end is not None else WIDTH - 32
    return [
        f'<g class="timeline-row timeline-{kind}">',
        f"<title>{label}: {when}</title>",
        f'<text class="timeline-label" x="0" y="{y + 12}">{label}</text>',
        f'<rect class="timeline-bar" x="{left - 5}" y="{y + 2}" width="{right - left + 10}" height="10"/>',
        "</g>",
    ]
