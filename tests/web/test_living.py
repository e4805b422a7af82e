"""The living page in a browser: axe, no sideways scroll, no violation of the policy, keys, large text."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.e2e
WIDTHS = (320, 800, 1024, 1440)
SHOTS = os.environ.get("OBMIN_SHOTS")


@pytest.fixture(scope="module")
def address(live_server: Any) -> str:
    return str(live_server.url)


@pytest.fixture
def opened(browser: Browser, live_server: Any, request: pytest.FixtureRequest) -> Iterator[Page]:
    """The living page in a theme and a language; anything on the console fails the test."""
    theme, language = request.param
    context = browser.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    cookies = {"obmin-theme": theme, "obmin-language": language}
    context.add_cookies(
        [{"name": name, "value": value, "url": live_server.url} for name, value in cookies.items()]
    )
    page = context.new_page()
    said: list[str] = []
    page.on(
        "console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None
    )
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(f"{live_server.url}/living")
    yield page
    context.close()
    assert said == []


LOOKS = [(theme, language) for theme in ("light", "dark") for language in ("en", "uk")]
looks = pytest.mark.parametrize("opened", LOOKS, indirect=True, ids="-".join)
plain = pytest.mark.parametrize("opened", [("light", "en")], indirect=True, ids=["light-en"])


def wide(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))


@looks
def test_axe_finds_nothing_and_no_width_scrolls_sideways(opened: Page) -> None:
    from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]

    for width in WIDTHS:
        opened.set_viewport_size({"width": width, "height": 900})
        assert wide(opened) <= 0, f"at {width}"
        if width not in (320, 1440):
            continue
        found = Axe().run(
            opened,
            options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]},
        )
        assert [
            (one["id"], [node["html"][:160] for node in one["nodes"]]) for one in found.response["violations"]
        ] == []
        if SHOTS:
            theme, language = (
                opened.locator("html").get_attribute("data-theme"),
                opened.locator("html").get_attribute("lang"),
            )
            opened.screenshot(path=Path(SHOTS) / f"living-{width}-{theme}-{language}.png", full_page=True)


@looks
def test_twice_as_large_text_still_fits(opened: Page) -> None:
    opened.set_viewport_size({"width": 640, "height": 900})
    opened.evaluate("document.documentElement.style.setProperty('font-size', '200%')")
    assert wide(opened) <= 0


@plain
def test_keys_walk_choose_and_open(opened: Page) -> None:
    body = opened.locator("body")
    body.press("/")
    assert opened.locator("#search").evaluate("e => e === document.activeElement")
    opened.keyboard.press("Escape")
    opened.keyboard.press("j")
    opened.keyboard.press("j")
    assert opened.locator("tr.now").get_attribute("data-row") == "P-214"
    opened.keyboard.press("x")
    assert "1 of 388 chosen" in opened.locator(".bulk .scope").inner_text()
    opened.keyboard.press("k")
    assert opened.locator("tr.now").get_attribute("data-row") == "P-1102"
    opened.keyboard.press("?")
    assert opened.locator("dialog#keys").is_visible()
    opened.keyboard.press("Escape")
    assert not opened.locator("dialog#keys").is_visible()


@plain
def test_single_keys_can_be_switched_off(opened: Page) -> None:
    opened.locator("body").press("?")
    opened.get_by_role("button", name="Switch single keys off").click()
    opened.wait_for_url("**/living")
    opened.locator("body").press("j")
    assert opened.locator("tr.now").count() == 0


@plain
def test_the_first_tab_leads_to_the_content_and_focus_is_seen(opened: Page) -> None:
    opened.evaluate("document.activeElement.blur()")
    opened.goto(opened.url.split("?")[0] + "?fresh=1")
    opened.evaluate("document.activeElement.blur(); window.scrollTo(0, 0)")
    opened.locator(".skip").focus()
    opened.keyboard.press("Shift+Tab")
    opened.keyboard.press("Tab")
    assert opened.locator(".skip").evaluate("e => getComputedStyle(e).outlineWidth") == "3px"
    opened.keyboard.press("Enter")
    assert opened.locator("main").evaluate("e => e === document.activeElement")


@plain
def test_the_progress_moves_by_itself(opened: Page) -> None:
    opened.get_by_text("List composed").nth(1).wait_for(timeout=15_000)
    assert opened.locator(".progress progress").count() == 0


@plain
def test_the_theme_is_switched_by_a_button(opened: Page) -> None:
    opened.get_by_role("button", name="Dark").click()
    opened.locator('html[data-theme="dark"]').wait_for()
    opened.get_by_role("button", name="Українська").click()
    opened.locator('html[lang="uk"]').wait_for()


@plain
def test_forced_colours_and_paper(opened: Page, tmp_path: Path) -> None:
    opened.emulate_media(forced_colors="active")
    assert opened.locator(".state.ok").first.evaluate("e => getComputedStyle(e).borderTopWidth") == "1px"
    opened.emulate_media(forced_colors="none", media="print")
    assert not opened.locator(".top").is_visible()
    assert opened.locator(".grid thead").first.is_visible()
    assert opened.pdf(path=tmp_path / "page.pdf", format="A4")[:5] == b"%PDF-"
