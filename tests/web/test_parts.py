"""The parts of a page: names, states, grids, forms. And what no template may ever hold."""

from __future__ import annotations

import re

import pytest
from django.core.paginator import Paginator
from django.template import Context, Template
from django.test import Client, RequestFactory

from obmin.web import parts, vendor

TEMPLATES = sorted(vendor.PACKAGE.rglob("templates/**/*.html"))
INVENTED = parts.Person("Стежкар Ілля", "Stezhkar Illia", "/p/1")


def drawn(source: str, address: str = "/list?clause=2b", **context: object) -> str:
    request = RequestFactory().get(address)
    return Template("{% load web %}" + source).render(Context(context | {"request": request}))


def test_a_name_is_marked_with_its_language_and_kept_apart() -> None:
    text = drawn("{% person who %}", who=INVENTED)
    assert '<a href="/p/1" data-open><bdi lang="uk">Стежкар Ілля</bdi></a>' in text
    assert '<bdi lang="uk-Latn">Stezhkar Illia</bdi>' in text


def test_a_name_in_latin_letters_is_not_called_ukrainian() -> None:
    assert 'lang="und-Latn"' in drawn('{% person "Smith John" %}')


def test_a_name_is_not_said_twice() -> None:
    assert drawn('{% person "Smith John" "Smith John" %}').count("Smith") == 1


@pytest.mark.parametrize(
    "source",
    [
        "{% person evil %}",
        "{% chip 'ok' evil %}",
        "{% state 'line' 'SENT' '' evil %}",
        "{% cell evil %}",
        "{% alert 'ok' evil %}",
    ],
)
def test_data_is_escaped(source: str) -> None:
    assert "<script>" not in drawn(source, evil="<script>alert(1)</script>")


def test_since_and_by_can_be_reached_by_keyboard() -> None:
    text = drawn('{% state "line" "ACCEPTED" "2026-11-21" "О. Лозова" %}')
    assert 'tabindex="0"' in text
    assert text.count("21.11.2026, О. Лозова") == 2, "for the eye and for the reader aloud"


def test_the_address_keeps_the_filters() -> None:
    assert drawn("{% address page=2 %}") == "?clause=2b&amp;page=2"
    assert drawn("{% address clause=None %}") == "?"
    page = Paginator(range(250), 100).get_page(2)
    text = drawn('{% pager page "people" %}', page=page)
    assert "101 to 200 of 250 people" in text
    assert 'href="?clause=2b&amp;page=3"' in text
    assert 'href="?clause=2b&amp;page=1"' in text


def test_sorting_turns_and_says_so() -> None:
    columns = [parts.Column("Name", sort="name"), parts.Column("Born", sort="born")]
    up = drawn("{% head columns %}", "/list?sort=name&page=3", columns=columns)
    assert 'aria-sort="ascending"' in up
    assert 'href="?sort=-name"' in up, "and back to the first page"
    assert 'aria-sort="descending"' in drawn("{% head columns %}", "/list?sort=-name", columns=columns)


def test_check_boxes_carry_the_persons_name() -> None:
    row = parts.Row((INVENTED, 3), id="P-1", name="Стежкар Ілля", href="/p/1")
    columns = [parts.Column("Name"), parts.Column("Days", number=True)]
    text = drawn("{% grid grid %}", grid=parts.Grid("List", columns, [row], choose="bulk"))
    assert "Choose Стежкар Ілля" in text
    assert 'form="bulk"' in text
    assert text.count('scope="col"') == 3
    assert text.count('scope="row"') == 1


def test_a_row_that_does_not_fit_its_columns_is_a_fault() -> None:
    grid = parts.Grid("List", [parts.Column("Name")], [parts.Row(("a", "b"))])
    with pytest.raises(ValueError, match="zip"):
        drawn("{% grid grid %}", grid=grid)


def test_facets_vanish_at_zero() -> None:
    facets = [
        parts.Facet("women", "?g=w", 19),
        parts.Facet("neutral", "?g=n", 0),
        parts.Facet("hold", "?g=h", 0, on=True),
    ]
    text = drawn("{% facets facets %}", facets=facets)
    assert "women" in text
    assert "hold" in text
    assert "neutral" not in text


def test_what_cannot_be_counted_is_never_zero() -> None:
    line = parts.Readiness("Kits", "#", 430, None, "Red Cross", "", "cannot-tell")
    assert (line.missing, line.tone) == ("?", "hold")
    assert "cannot tell" in drawn("{% readiness lines %}", lines=[line])


def test_a_greyed_act_says_why_and_stays_reachable() -> None:
    text = drawn("{% act one %}", one=parts.Act("Go", reason="2 people have no result."))
    assert 'aria-disabled="true"' in text
    assert " disabled" not in text
    assert "2 people have no result." in text
    said = {parts.Act(text, reason="ще ні").key for text in ("Рішення", "Підпис")}
    assert len(said) == 2, "reasons in Cyrillic have ids of their own"


def test_errors_stand_at_the_field_and_in_a_summary_that_leads_there() -> None:
    field = parts.Field("born", "Born", "31.02.1994", error="not a date", hint="A day")
    text = drawn("{% errors fields %}{% field one %}", fields=[field], one=field)
    assert 'href="#born"' in text
    assert 'aria-invalid="true"' in text
    assert 'aria-describedby="born-hint born-error"' in text
    assert drawn("{% errors fields %}", fields=[]).strip() == ""


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_no_template_is_long_or_holds_style_or_script(path: object) -> None:
    text = path.read_text("utf-8")  # type: ignore[attr-defined]
    assert len(text.splitlines()) <= 120
    assert re.findall(r"\sstyle=|\son\w+=|hx-on|javascript:|<style", text) == []
    assert re.findall(r"<script(?![^>]*\bsrc=)", text) == []
    assert not re.search(r'hx-trigger="[^"]*\[', text), "a filter in a trigger needs eval"


def test_own_script_is_small() -> None:
    scripts = list((vendor.WEB / "static" / "web").glob("*.js"))
    assert scripts
    assert sum(path.stat().st_size for path in scripts) < 15 * 1024


def test_progress_asks_again_until_it_is_done() -> None:
    client = Client()
    running = client.get("/living/progress?done=0", headers={"HX-Request": "true"}).content.decode()
    assert 'hx-trigger="load delay:1s"' in running
    assert "<html" not in running
    done = client.get("/living/progress?done=2", headers={"HX-Request": "true"}).content.decode()
    assert "hx-trigger" not in done
    assert "<html" in client.get("/living/progress?done=0").content.decode(), "without htmx it is a whole page"
