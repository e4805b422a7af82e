"""`{% load web %}`: the parts of a page, dates and numbers as text. Uses: docs/reference/components.md."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import template
from django.core.paginator import Page
from django.template import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from obmin.web import charts, labels, parts, say, states, vendor

register = template.Library()

for name in (
    "day",
    "day_long",
    "moment",
    "moment_long",
    "clock",
    "weekday",
    "number",
    "percent",
    "seconds",
    "machine",
):
    register.filter(name, getattr(say, name))
register.filter("label", labels.label)
register.simple_tag(say.due, name="due")


@register.simple_tag
def icon(name: str, kind: str = "icon") -> SafeString:
    """A shape of the sprite; nothing at all where the sprite was not put in place: the word stands alone."""
    address = vendor.sprite()
    if not name or not address:
        return mark_safe("")
    return format_html(
        '<svg class="{}" aria-hidden="true" focusable="false" width="16" height="16"><use href="{}#{}"/></svg>',
        kind,
        address,
        name,
    )


@register.simple_tag
def when(value: say.When, long: bool = False, hours: bool = True) -> SafeString:
    """A date or moment as `<time>`; a partial or unknown date as text."""
    if long:
        text = say.moment_long(value) if hours else say.day_long(value)
    else:
        text = say.moment(value) if hours else say.day(value)
    attribute = say.machine(value)
    return (
        format_html('<time datetime="{}">{}</time>', attribute, text) if attribute else format_html("{}", text)
    )


@register.simple_tag
def state(kind: str, code: Any, since: say.When = "", by: str = "", count: int | None = None) -> SafeString:
    """Icon, word and tone of a state; since when and by whom on hover and focus."""
    found = states.find(kind, str(code))
    return chip(found.tone, str(found.word), since, by, count)


@register.simple_tag
def chip(tone: str, word: str, since: say.When = "", by: str = "", count: int | None = None) -> SafeString:
    """A chip of a tone with words of its own: "one letter", "same day"."""
    told = ", ".join(part for part in (say.moment(since) if since else "", str(by)) if part)
    number = format_html(" <b>{}</b>", say.number(count)) if count is not None else ""
    shape = icon(states.ICONS[states.Tone(tone)])
    if not told:
        return format_html('<span class="state {}">{}{}{}</span>', tone, shape, word, number)
    return format_html(
        '<span class="state {} told" tabindex="0" data-told="{}">{}{}{}<span class="unseen">, {}</span></span>',
        tone,
        told,
        shape,
        word,
        number,
        told,
    )


@register.simple_tag
def tone_icon(tone: str) -> SafeString:
    """The icon of a tone."""
    return icon(states.ICONS[states.Tone(tone)])


@register.simple_tag
def word(kind: str, code: Any) -> str:
    """The word of a state alone."""
    return str(states.find(kind, str(code)).word)


@register.simple_tag
def person(name: Any, romanised: str = "", href: str = "", lang: str = "uk", note: str = "") -> SafeString:
    """A person: the name as recorded, then romanised, smaller; a link if there is a place to go.

    Takes a `parts.Person`, anything with `.name` and `.romanised` (an identity), or the name as text.
    """
    if not isinstance(name, str):
        romanised = romanised or getattr(name, "romanised", "")
        href = href or getattr(name, "href", "")
        lang = getattr(name, "lang", lang) or lang
        note = note or getattr(name, "note", "")
        name = name.name
    if _is_latin(name):
        lang = "und-Latn"
    first: str = format_html('<bdi lang="{}">{}</bdi>', lang, name)
    if href:
        first = format_html('<a href="{}" data-open>{}</a>', href, first)
    second: str = ""
    if romanised and romanised != name:
        second = format_html(
            ' <span class="latin"><bdi lang="{}-Latn">{}</bdi></span>', lang.split("-")[0], romanised
        )
    third = format_html(' <span class="note">{}</span>', note) if note else ""
    return format_html('<span class="person">{}{}{}</span>', first, second, third)


@register.simple_tag
def cell(value: parts.Cell, href: str = "") -> SafeString | str:
    """A cell of a grid or the value of a fact, by its kind; with `href` it opens the row."""
    if isinstance(value, parts.Person):
        return person(value, href=href or value.href)
    text = _plain(value)
    return format_html('<a href="{}" data-open>{}</a>', href, text) if href else text


def _plain(value: parts.Cell) -> SafeString | str:
    match value:
        case parts.Mark():
            return state(value.kind, value.code, value.since, value.by)
        case parts.Link():
            return format_html('<a href="{}">{}</a>', value.href, value.text)
        case int():
            return say.number(value)
        case float():
            return say.number(value, 1)
        case None | "":
            return say.NONE
        case SafeString():
            return value
        case _:
            return format_html("<bdi>{}</bdi>", value)


@register.simple_tag
def bar(done: int | None, needed: int, tone: str = "run") -> SafeString:
    """A bar beside its number, never without it: hidden from readers of the number."""
    share = 0.0 if not needed or done is None else max(0.0, min(1.0, done / needed))
    return format_html(
        '<svg class="bar {}" aria-hidden="true" width="88" height="6" viewBox="0 0 88 6">'
        '<rect class="rail" width="88" height="6"/><rect class="fill" width="{}" height="6"/></svg>',
        tone,
        f"{88 * share:.1f}",
    )


@register.simple_tag
def chart(drawn: charts.Chart) -> SafeString:
    """A chart of `obmin.web.charts`, as SVG with its title and description."""
    return charts.svg(drawn)


@register.simple_tag
def svg(drawing: str) -> SafeString:
    """An SVG drawn by our own code (the terms' timeline). Never for anything from outside."""
    return mark_safe(drawing)  # noqa: S308


@register.inclusion_tag("web/parts/head.html", takes_context=True)
def head(context: Context, columns: Iterable[parts.Column], choose: str = "") -> dict[str, Any]:
    """The head row of a table; columns that sort are links, and the one in force says so."""
    request = context["request"]
    query = request.GET
    now = query.get("sort", "")
    heads = []
    for column in columns:
        direction = ""
        if column.sort and now.lstrip("-") == column.sort:
            direction = "descending" if now.startswith("-") else "ascending"
        turned = f"-{column.sort}" if direction == "ascending" else column.sort
        heads.append((column, direction, address(context, sort=turned, page=None)))
    return {"heads": heads, "choose": choose}


@register.inclusion_tag("web/parts/grid.html", takes_context=True)
def grid(context: Context, grid: parts.Grid) -> dict[str, Any]:
    """A whole table from data: head, rows, check boxes that carry the person's name."""
    rows = [(row, list(zip(grid.columns, row.cells, strict=True))) for row in grid.rows]
    return {"grid": grid, "rows": rows, "request": context["request"]}


@register.inclusion_tag("web/parts/pager.html", takes_context=True)
def pager(context: Context, page: Page[Any], noun: str = "") -> dict[str, Any]:
    """First to last of how many, and the neighbours."""
    return {
        "page": page,
        "noun": noun,
        "before": address(context, page=page.previous_page_number()) if page.has_previous() else "",
        "after": address(context, page=page.next_page_number()) if page.has_next() else "",
    }


@register.simple_tag(takes_context=True)
def address(context: Context, **changes: Any) -> str:
    """This page's address with parts of the query changed; `None` takes a part out."""
    query = context["request"].GET.copy()
    for key, value in changes.items():
        query.pop(key, None)
        if value not in (None, ""):
            query[key] = str(value)
    return f"?{query.urlencode()}"


def _include(name: str, *arguments: str) -> None:
    def tag(value: Any, *rest: Any, **named: Any) -> dict[str, Any]:
        return {arguments[0]: value} | dict(zip(arguments[1:], rest, strict=False)) | named

    tag.__name__ = name
    tag.__doc__ = f"Draws `{arguments[0]}`: see docs/reference/components.md."
    register.inclusion_tag(f"web/parts/{name}.html")(tag)


_include("facets", "facets", "clear")
_include("counts", "counts")
_include("obstacles", "obstacles")
_include("summary", "facts")
_include("progress", "progress")
_include("empty", "empty")
_include("stages", "stages")
_include("readiness", "lines")
_include("act", "act")
_include("field", "field")
_include("errors", "fields")
_include("bulk", "form", "action", "acts", "total", "everything")
_include("alert", "tone", "title", "text")


def _is_latin(name: str) -> bool:
    letters = [letter for letter in name if letter.isalpha()]
    return bool(letters) and all(letter < "\u0250" for letter in letters)
