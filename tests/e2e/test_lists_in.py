"""A list comes in, in a browser: pasted, its columns said, checked, imported, its doubts decided."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.e2e.conftest import Enter, Server, too_wide, violations
from tests.e2e.test_pages import LOOKS, latin_words

if TYPE_CHECKING:
    from playwright.sync_api import Page

PASTED = """№ з/п\tПІБ\tНар. коли\tОсобистий номер
1\tНадуманчук {who} Ілліч\t05.06.1980\tЯЯ-{n}001
2\tНадуманюк {who}\t05.06.80\tЯЯ-{n}002
3\tНадумaнський {who}\t30.02.1990\t
Всього: 3"""


FORMATS = {"XLS", "ODS", "CSV", "Excel", "RUS", "uk"}


def fits(page: Page, language: str, name: str) -> None:
    for width in (320, 1440):
        page.set_viewport_size({"width": width, "height": 900})
        assert too_wide(page) <= 0, f"{name} scrolls sideways at {width}"
    assert violations(page) == [], name
    if language == "uk":
        assert set(latin_words(page)) <= FORMATS, name
    if folder := os.environ.get("OBMIN_SHOTS"):
        page.screenshot(path=Path(folder) / f"{name}-{language}.png", full_page=True)


@pytest.mark.e2e
@pytest.mark.parametrize(("language", "theme"), LOOKS, ids=["en-light", "uk-dark"])
def test_a_pasted_list_is_checked_and_taken_in(language: str, theme: str, server: Server, enter: Enter) -> None:
    english = language == "en"
    page = enter(server, "registrar", language=language, color_scheme=theme)
    page.goto(f"{server.url}/imports")
    fits(page, language, "imports")
    who, n = ("Ян", 1) if english else ("Лев", 2)
    page.locator("#register").select_option("held")
    page.locator("#power").fill("RUS")
    page.locator("#source").fill(f"e2e-{language}")
    page.locator("#text").fill(PASTED.format(who=who, n=n))
    page.locator("main button.primary").click()
    page.wait_for_url("**/imports/*")
    page.locator("a[href$=columns]").click()
    if english:
        fits(page, language, "columns")
    page.locator("tr", has_text="Нар. коли").locator("select").select_option("birth_date")
    page.locator("main button.primary").click()
    page.wait_for_url("**/imports/*")
    fits(page, language, "check")
    assert "30.02.1990" in page.locator("main").inner_text()
    assert page.locator(".tabs a").evaluate_all("all => all.map(a => a.innerText.match(/\\d+/)[0])") == [
        "2", "1", "0", "0",
    ]  # fmt: skip
    page.locator("main button.primary").click()
    page.wait_for_url("**/intakes/*")
    if english:
        fits(page, language, "intake")
    page.goto(f"{server.url}/doubts")
    if english:
        fits(page, language, "doubts")
    page.locator("tr", has_text=f"Надуманюк {who}").locator("th a").click()
    fits(page, language, "doubt")
    page.keyboard.press("n") if english else page.locator("button[value=new]").click()
    page.wait_for_url("**/doubts")
    assert not page.locator("tr", has_text=f"Надуманюк {who}").count()
