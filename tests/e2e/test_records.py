"""The life of records, in a browser: searched for, written down, confirmed, changed, asked after, compared."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.e2e.conftest import Enter, Server
from tests.e2e.test_lists_in import fits
from tests.e2e.test_pages import LOOKS

if TYPE_CHECKING:
    from playwright.sync_api import Page

NEW = "form[action$=new] button"
SAVE = "main form button.primary"
NO_ANSWER = ("service_number", "rank", "birth_date")


def first_searches(page: Page, server: Server, which: str, name: str) -> None:
    """Nobody is written down who was not looked for."""
    page.goto(f"{server.url}/register/{which}?q={name}")
    page.locator(NEW).click()
    assert page.locator("#surname").input_value() == name


def writes_down(page: Page, given: str) -> str:
    """Fills what Article 17 asks, or why there is no answer. Returns the key of the record."""
    page.locator("#given").fill(given)
    for name in NO_ANSWER:
        page.locator(f"#no-{name}").select_option("not-asked")
    page.locator("main form button.primary").last.click()
    page.wait_for_url(re.compile(r"/people/\w+$"))
    return page.url.rpartition("/")[2]


@pytest.mark.e2e
@pytest.mark.parametrize(("language", "theme"), LOOKS, ids=["en-light", "uk-dark"])
def test_somebody_held_is_written_down_and_compared(
    language: str, theme: str, server: Server, enter: Enter
) -> None:
    page = enter(server, "registrar", language=language, color_scheme=theme)
    name = {"en": "Цезаренко", "uk": "Цвірченко"}[language]
    first_searches(page, server, "held", name)
    fits(page, language, "new-held")
    page.locator("main form button.primary").last.click()  # Article 17 is not answered yet
    assert page.locator("[role=alert]").count()
    key = writes_down(page, "Ян")
    page.locator("a[href$=event]").click()
    fits(page, language, "event")
    page.locator("input[name=event]").first.check()
    page.locator("#on").fill("14.05.2025")
    page.locator("#place").fill("Табір 1")
    page.locator(SAVE).click()
    page.wait_for_url(f"**/people/{key}")
    assert "Табір 1" in page.locator("main").inner_text()

    first_searches(page, server, "held", f"{name}в")
    other = writes_down(page, "Ян")
    page.locator("a[href*=beside]").click()
    page.locator(f"main table.grid a[href*='{key}']").first.click()
    assert {key, other} <= set(page.url.split("/"))
    fits(page, language, "compare")
    page.goto(f"{server.url}/duplicates/held")
    fits(page, language, "duplicates")


@pytest.mark.e2e
@pytest.mark.parametrize(("language", "theme"), LOOKS, ids=["en-light", "uk-dark"])
def test_a_family_asks_and_what_it_is_told_is_written_down(
    language: str, theme: str, server: Server, enter: Enter
) -> None:
    page = enter(server, "registrar", language=language, color_scheme=theme)
    name = {"en": "Ясеневич", "uk": "Яворницький"}[language]
    first_searches(page, server, "sought", name)
    fits(page, language, "new-sought")
    key = writes_down(page, "Лев")
    page.locator("a[href$=ask]").click()
    fits(page, language, "ask")
    page.locator("#who").fill("Ясеневич Ада")
    page.locator("#officer").select_option(index=1)
    page.locator(SAVE).click()
    page.wait_for_url(f"**/people/{key}")
    assert "Ясеневич Ада" in page.locator("main").inner_text()

    told = enter(server, "family-liaison", language=language, color_scheme=theme)
    told.goto(f"{server.url}/people/{key}")
    told.locator("a[href$=told]").click()
    fits(told, language, "told")
    told.locator("#on").fill("15.05.2025")
    told.locator("#words").fill("Пошук триває")
    told.locator(SAVE).click()
    told.wait_for_url(f"**/people/{key}")
    assert "Пошук триває" in told.locator("main").inner_text()

    traced = enter(server, "tracing-officer", language=language, color_scheme=theme)
    traced.goto(f"{server.url}/people/{key}/evidence")
    fits(traced, language, "evidence")
