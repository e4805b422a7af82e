"""The lists workbench in a browser: by keyboard alone, beside the grid and without scripts, signed by two."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.e2e.conftest import Enter, Server, serve, surroundings, too_wide, violations

if TYPE_CHECKING:
    from playwright.sync_api import Page

PEOPLE, LISTED = 400, 120
BASE = "/x/2025-05/lists/1"
NAME = ".wide-grid tbody th [data-open]"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four hundred people, three days, one draft; each test works on a copy."""
    home = tmp_path_factory.mktemp("large") / "home"
    command = [sys.executable, "-m", "tests.e2e.large", str(home), str(PEOPLE), str(LISTED)]
    ended = subprocess.run(command, env=surroundings(home), capture_output=True, encoding="utf-8", check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return home


@pytest.fixture
def bench(made: Path, tmp_path: Path) -> Iterator[Server]:
    shutil.copytree(made, tmp_path / "home", ignore=shutil.ignore_patterns("*.sock"))
    yield from serve(tmp_path / "home")


def focused(page: Page) -> str:
    return str(page.locator(":focus").evaluate("e => e.outerHTML.slice(0, 200)"))


def tab_to(page: Page, selector: str, most: int = 60) -> None:
    for _ in range(most):
        if page.locator(f"{selector}:focus").count():
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not reach {selector}; it stands on {focused(page)}")


@pytest.mark.e2e
def test_by_keyboard_alone_one_is_kept_off_and_the_list_composed_again(bench: Server, enter: Enter) -> None:
    page = enter(bench, "list-officer")
    page.goto(bench.url + BASE)
    page.keyboard.press("?")
    keys = page.locator("dialog#keys").inner_text()
    assert "Keep the chosen people off" in keys
    page.keyboard.press("Escape")
    for key in ("j", "j", "x"):
        page.keyboard.press(key)
    assert page.locator("[data-choose]:checked").count() == 1
    name = page.locator("tr:has([data-choose]:checked) bdi").first.inner_text()
    page.keyboard.press("b")
    page.wait_for_url("**/order")
    assert name in page.locator("main").inner_text()
    assert page.locator("h1").inner_text() == "Check before you confirm"
    tab_to(page, "textarea[name=reason]")
    page.keyboard.type("a witness in court")
    tab_to(page, "button.primary")
    page.keyboard.press("Enter")
    page.get_by_text("1 order was given.").wait_for()
    tab_to(page, "header.page button.primary")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="See the result").wait_for(timeout=60_000)
    tab_to(page, "main .progress a")
    page.keyboard.press("Enter")
    page.wait_for_url("**/compare?from=1&to=2")
    told = page.locator("main").inner_text()
    assert name in told
    assert "taken off by an officer" in told
    assert violations(page) == []


@pytest.mark.e2e
def test_a_person_opens_beside_the_grid_and_esc_brings_back(bench: Server, enter: Enter) -> None:
    page = enter(bench, "list-officer", viewport={"width": 1280, "height": 800})
    page.goto(f"{bench.url}{BASE}?show=out")
    for key in ("j", "j", "Enter"):
        page.keyboard.press(key)
    pane = page.locator("#pane section")
    pane.wait_for()
    assert "Why this person is not on the list" in pane.inner_text()
    assert page.url.endswith("show=out"), "the grid stays where it is"
    assert page.locator("#pane :focus, #pane section:focus").count() == 1
    assert violations(page) == []
    assert too_wide(page) <= 0
    page.keyboard.press("Escape")
    assert page.locator("#pane section").count() == 0
    assert page.locator("tr:nth-child(2) [data-open]:focus").count() == 1


@pytest.mark.e2e
@pytest.mark.parametrize("scripts", [True, False], ids=["tablet", "no scripts"])
def test_where_there_is_no_room_or_no_script_a_person_is_a_page(
    bench: Server, enter: Enter, scripts: bool
) -> None:
    page = enter(bench, "list-officer", viewport={"width": 820, "height": 1180}, java_script_enabled=scripts)
    page.goto(bench.url + BASE)
    page.locator(NAME).first.click()
    page.wait_for_url("**/people/*")
    page.get_by_role("button", name="Keep off").click()
    page.wait_for_url("**/order")
    page.get_by_label("Reason").fill("asked to wait")
    page.get_by_role("button", name="Give these orders").click()
    assert page.get_by_text("1 order was given.").is_visible()
    page.goto(f"{bench.url}{BASE}?order=ban")
    assert page.locator(NAME).count() == 1


@pytest.mark.e2e
@pytest.mark.parametrize(("language", "theme", "width"), [("en", "light", 1280), ("uk", "dark", 820)])
def test_each_page_fits_and_is_open_to_everybody(
    bench: Server, enter: Enter, language: str, theme: str, width: int
) -> None:
    page = enter(
        bench,
        "list-officer",
        language=language,
        color_scheme=theme,
        viewport={"width": width, "height": 900},
    )
    page.goto(bench.url + BASE)
    person = page.locator(NAME).first.get_attribute("href")
    for address in ("", "?show=out", "/proof", "/orders", "/paste", "/sheet", "/sign"):
        page.goto(bench.url + BASE + address)
        assert page.locator("html").get_attribute("lang") == language
        assert violations(page) == [], address
        assert too_wide(page) <= 0, address
    page.goto(f"{bench.url}{person}")
    assert violations(page) == []
    assert too_wide(page) <= 0


@pytest.mark.e2e
def test_two_people_lock_and_sign(bench: Server, enter: Enter) -> None:
    one, other = enter(bench, "list-officer"), enter(bench, "approver")
    one.goto(f"{bench.url}{BASE}/sign")
    other.goto(f"{bench.url}{BASE}/sign")
    assert other.get_by_role("button", name="Lock this draft for signing").get_attribute("aria-disabled")
    one.get_by_role("button", name="Lock this draft for signing").click()
    one.wait_for_load_state()
    assert one.get_by_role("button", name="Sign this draft").get_attribute("aria-disabled") == "true"
    other.reload()
    other.get_by_role("button", name="Sign this draft").click()
    other.wait_for_load_state()
    assert "Signed" in other.locator("h1").inner_text()
    one.goto(bench.url + BASE)
    greyed = one.get_by_role("button", name="Compose again, near this draft")
    assert greyed.get_attribute("aria-disabled") == "true"
    assert "locked for signing" in one.locator("header.page").inner_text()
