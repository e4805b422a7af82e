"""Charts, drawn as SVG on the server and coloured by the page's own tokens.

Lengths across are per cents of whatever width the page gives, so that letters keep their size on a narrow
screen; heights are pixels. Every chart starts at zero, has at most five grid lines, a title that states
the finding, direct labels, and its numbers as a table below.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from obmin.web.say import number

Text = str | Promise
HEIGHT: Final = 168  # of the plot of columns and lines, pixels
FOOT: Final = 22
TOP: Final = 20
LABELLED: Final = 14  # up to so many columns carry their numbers; more stand against grid lines
GUTTER: Final = 10.0  # per cent kept for the grid lines' numbers


@dataclass(frozen=True, slots=True)
class PairedBars:
    """What we have beside what we need, by kind. `rows`: label, have, need."""

    title: Text
    rows: Sequence[tuple[Text, float, float]]
    have: Text
    need: Text
    description: Text = ""
    first: Text = ""


@dataclass(frozen=True, slots=True)
class Columns:
    """A number over time, against a limit if there is one. `points`: label, value."""

    title: Text
    points: Sequence[tuple[Text, float]]
    value: Text
    limit: float | None = None
    limit_label: Text = ""
    description: Text = ""
    first: Text = ""


@dataclass(frozen=True, slots=True)
class Stacked:
    """At most three parts of a whole over time. `points`: label, one value for each series."""

    title: Text
    points: Sequence[tuple[Text, Sequence[float]]]
    series: Sequence[Text]
    description: Text = ""
    first: Text = ""


@dataclass(frozen=True, slots=True)
class StepLine:
    """A number that holds until it changes. `points`: place on the line (hours, days), its label, value."""

    title: Text
    points: Sequence[tuple[float, Text, float]]
    value: Text
    description: Text = ""
    first: Text = ""


@dataclass(frozen=True, slots=True)
class DotRange:
    """A middle and how far it may lie off. `rows`: label, low, middle, high."""

    title: Text
    rows: Sequence[tuple[Text, float, float, float]]
    heads: tuple[Text, Text, Text]
    description: Text = ""
    first: Text = ""


Chart = PairedBars | Columns | Stacked | StepLine | DotRange


def svg(chart: Chart) -> SafeString:
    """The whole figure: caption, legend, drawing with title and description, the numbers as a table."""
    if isinstance(chart, Stacked) and len(chart.series) > 3:
        raise ValueError("at most three series can be told apart")
    match chart:
        case PairedBars():
            drawing, height, legend = _paired(chart)
        case Columns():
            drawing, height, legend = _columns(chart)
        case Stacked():
            drawing, height, legend = _stacked(chart)
        case StepLine():
            drawing, height, legend = _steps(chart)
        case DotRange():
            drawing, height, legend = _dots(chart)
    heads, rows = table(chart)
    key = "c" + hashlib.sha256(f"{chart.title}{rows}".encode()).hexdigest()[:8]
    context = {
        "chart": chart,
        "drawing": drawing,
        "height": height,
        "legend": legend,
        "heads": heads,
        "rows": rows,
        "key": key,
        "sentence": chart.description or "; ".join(f"{label}: {', '.join(cells)}" for label, *cells in rows),
    }
    return SafeString(render_to_string("web/parts/chart.html", context))


def table(chart: Chart) -> tuple[list[str], list[list[str]]]:
    """The same numbers as heads and rows of text."""
    first = str(chart.first)
    match chart:
        case PairedBars():
            heads = [first, str(chart.have), str(chart.need), _("Short")]
            rows = [[str(a), _n(h), _n(n), _n(n - h) if n > h else "–"] for a, h, n in chart.rows]
        case Columns():
            heads, rows = [first, str(chart.value)], [[str(a), _n(v)] for a, v in chart.points]
        case Stacked():
            heads = [first, *map(str, chart.series)]
            rows = [[str(a), *map(_n, values)] for a, values in chart.points]
        case StepLine():
            heads, rows = [first, str(chart.value)], [[str(a), _n(v)] for _x, a, v in chart.points]
        case DotRange():
            heads = [first, *map(str, chart.heads)]
            rows = [[str(a), _n(low), _n(mid), _n(high)] for a, low, mid, high in chart.rows]
    return heads, rows


def scale(top: float) -> tuple[float, float]:
    """The end of an axis from zero, and its step: 1, 2, 2.5 or 5 times a power of ten; at most five steps."""
    if top <= 0:
        return 1.0, 1.0
    rough = top / 5
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(m * power for m in (1, 2, 2.5, 5, 10) if m * power >= rough * (1 - 1e-9))
    if step < 1 and all_whole(top):
        step = 1.0
    return step * math.ceil(top / step - 1e-9), step


def all_whole(*values: float) -> bool:
    return all(float(value).is_integer() for value in values)


Drawn = tuple[SafeString, int, list[tuple[str, str]]]


def _paired(chart: PairedBars) -> Drawn:
    top = max([1.0, *(value for _label, have, need in chart.rows for value in (have, need))])
    parts, y = [], 0
    for label, have, need in chart.rows:
        short = need > have
        told = f"{_n(have)} / {_n(need)}"
        extra = " · " + _("%(n)s short") % {"n": _n(need - have)} if short else ""
        parts += [
            format_html('<text class="name" x="0" y="{}">{}</text>', y + 13, label),
            format_html(
                '<text class="told{}" x="100%" y="{}" text-anchor="end">{}{}</text>',
                " strong" if short else "",
                y + 13,
                told,
                extra,
            ),
            _rect("c1", 0, y + 20, 100 * have / top, 9),
            _rect("c2" if short else "c3", 0, y + 31, 100 * need / top, 9),
        ]
        y += 54
    legend = [("c1", str(chart.have))]
    if any(need <= have for _label, have, need in chart.rows):
        legend.append(("c3", str(chart.need)))
    if any(need > have for _label, have, need in chart.rows):
        legend.append(("c2", _("%(need)s, short") % {"need": chart.need}))
    return _joined(parts), max(y - 12, 1), legend


def _columns(chart: Columns) -> Drawn:
    end, step = scale(max([0.0, *(value for _label, value in chart.points), chart.limit or 0.0]))
    parts = _gridlines(end, step, len(chart.points))
    start, slot = _plot(len(chart.points))
    every = _every(len(chart.points))
    labels: list[SafeString] = []
    for index, (label, value) in enumerate(chart.points):
        over = chart.limit is not None and value > chart.limit
        x, tall = start + index * slot, HEIGHT * value / end
        parts.append(_rect("c2" if over else "c1", x + slot * 0.12, TOP + HEIGHT - tall, slot * 0.76, tall))
        if len(chart.points) <= LABELLED:
            labels.append(_above(x + slot / 2, tall, value, over))
        labels += _foot(index, every, x + slot / 2, label)
    legend = [("c1", str(chart.value))]
    if chart.limit is not None:
        y = TOP + HEIGHT - HEIGHT * chart.limit / end
        parts.append(format_html('<line class="limit" x1="0" x2="100%" y1="{0}" y2="{0}"/>', _px(y)))
        legend.append(("limit", f"{chart.limit_label} {_n(chart.limit)}"))
        if any(value > chart.limit for _label, value in chart.points):
            legend.append(("c2", _("above it")))
    return _joined([*parts, *labels]), TOP + HEIGHT + FOOT, legend


def _stacked(chart: Stacked) -> Drawn:
    end, step = scale(max([0.0, *(sum(values) for _label, values in chart.points)]))
    parts = _gridlines(end, step, len(chart.points))
    start, slot = _plot(len(chart.points))
    every = _every(len(chart.points))
    for index, (label, values) in enumerate(chart.points):
        x, floor = start + index * slot, float(TOP + HEIGHT)
        for series, value in enumerate(values):
            tall = HEIGHT * value / end
            floor -= tall
            parts.append(_rect(f"c{series + 1}", x + slot * 0.12, floor, slot * 0.76, max(tall - 1, 0)))
        if len(chart.points) <= LABELLED:
            parts.append(_above(x + slot / 2, TOP + HEIGHT - floor, sum(values), False))
        parts += _foot(index, every, x + slot / 2, label)
    return (
        _joined(parts),
        TOP + HEIGHT + FOOT,
        [(f"c{i + 1}", str(name)) for i, name in enumerate(chart.series)],
    )


def _steps(chart: StepLine) -> Drawn:
    end, step = scale(max([0.0, *(value for _x, _label, value in chart.points)]))
    parts = _gridlines(end, step, LABELLED + 1)
    places = [x for x, _label, _value in chart.points]
    begin, span = (min(places), max(places) - min(places) or 1.0) if places else (0.0, 1.0)
    every = _every(len(chart.points))
    before: tuple[float, float] | None = None
    for index, (place, label, value) in enumerate(chart.points):
        x, y = GUTTER + 2 + (86 - GUTTER) * (place - begin) / span, TOP + HEIGHT - HEIGHT * value / end
        if before is not None:
            parts += [_line(before[0], x, before[1], before[1]), _line(x, x, before[1], y)]
        before = (x, y)
        parts += _foot(index, every, x, label)
    if before is not None:
        last = chart.points[-1][2]
        parts.append(format_html('<circle class="c1" cx="{}%" cy="{}" r="4"/>', _px(before[0]), _px(before[1])))
        parts.append(
            format_html(
                '<text class="told strong" x="{}%" dx="8" y="{}">{}</text>',
                _px(before[0]),
                _px(before[1] + 4),
                _n(last),
            )
        )
    return _joined(parts), TOP + HEIGHT + FOOT, [("c1", str(chart.value))]


def _dots(chart: DotRange) -> Drawn:
    top = max([1.0, *(high for _label, _low, _mid, high in chart.rows)])
    parts, y = [], 0
    for label, low, mid, high in chart.rows:
        a, b, c = (1 + 98 * value / top for value in (low, mid, high))
        parts += [
            format_html('<text class="name" x="0" y="{}">{}</text>', y + 13, label),
            format_html(
                '<text class="told" x="100%" y="{}" text-anchor="end">{} ({}–{})</text>',
                y + 13,
                _n(mid),
                _n(low),
                _n(high),
            ),
            format_html('<line class="rail" x1="1%" x2="99%" y1="{0}" y2="{0}"/>', y + 27),
            format_html('<line class="range" x1="{0}%" x2="{1}%" y1="{2}" y2="{2}"/>', _px(a), _px(c), y + 27),
            format_html('<circle class="c1" cx="{}%" cy="{}" r="5"/>', _px(b), y + 27),
        ]
        y += 48
    return (
        _joined(parts),
        max(y - 12, 1),
        [("c1", str(chart.heads[1])), ("c3", f"{chart.heads[0]} – {chart.heads[2]}")],
    )


def _plot(count: int) -> tuple[float, float]:
    """Where `count` columns begin and how wide each slot is, per cent; few columns carry their own numbers."""
    start = 0.0 if count <= LABELLED else GUTTER
    return start, (100 - start) / max(count, 1)


def _gridlines(end: float, step: float, count: int) -> list[SafeString]:
    lines: list[SafeString] = []
    if count <= LABELLED:
        return [format_html('<line class="base" x1="0" x2="100%" y1="{0}" y2="{0}"/>', TOP + HEIGHT)]
    for index in range(round(end / step) + 1):
        y = TOP + HEIGHT - HEIGHT * index * step / end
        kind = "base" if index == 0 else "grid"
        lines.append(format_html('<line class="{0}" x1="0" x2="100%" y1="{1}" y2="{1}"/>', kind, _px(y)))
        if index:
            lines.append(format_html('<text class="tick" x="0" y="{}">{}</text>', _px(y - 3), _n(index * step)))
    return lines


def _above(x: float, tall: float, value: float, strong: bool) -> SafeString:
    kind = "told strong" if strong else "told"
    y = TOP + HEIGHT - tall - 4
    return format_html(
        '<text class="{}" x="{}%" y="{}" text-anchor="middle">{}</text>', kind, _px(x), _px(y), _n(value)
    )


def _foot(index: int, every: int, x: float, label: Text) -> list[SafeString]:
    if index % every:
        return []
    y = TOP + HEIGHT + 16
    return [format_html('<text class="tick" x="{}%" y="{}" text-anchor="middle">{}</text>', _px(x), y, label)]


def _every(count: int) -> int:
    """Of `count` foot labels, how many to step by so that at most about nine stand."""
    return max(1, math.ceil(count / 9))


def _rect(kind: str, x: float, y: float, wide: float, tall: float) -> SafeString:
    return format_html(
        '<rect class="{}" x="{}%" y="{}" width="{}%" height="{}" rx="1"/>',
        kind,
        _px(x),
        _px(y),
        _px(wide),
        _px(tall),
    )


def _line(x1: float, x2: float, y1: float, y2: float) -> SafeString:
    return format_html(
        '<line class="step" x1="{}%" x2="{}%" y1="{}" y2="{}"/>', _px(x1), _px(x2), _px(y1), _px(y2)
    )


def _px(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".") or "0"


def _n(value: float) -> str:
    return number(value, 0 if float(value).is_integer() else 1)


def _joined(parts: Sequence[SafeString]) -> SafeString:
    return format_html_join("", "{}", ((part,) for part in parts))
