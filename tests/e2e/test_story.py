"""One exchange as its officers walk it on the screen, stage by stage, with nothing but the pages."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import EXCHANGE, Enter, Server

if TYPE_CHECKING:
    from playwright.sync_api import Page

X = f"/x/{EXCHANGE}"
ROW = "main table.grid tbody a"
PICTURES = Path(__file__).parents[2] / "docs" / "pictures"


@contextmanager
def step(name: str) -> Iterator[None]:
    """Names the step that fails."""
    try:
        yield
    except BaseException as fault:
        fault.add_note(f"step: {name}")
        raise


def picture(page: Page, name: str) -> None:
    """Kept for the documents when OBMIN_PICTURES=1."""
    if os.environ.get("OBMIN_PICTURES") == "1":
        PICTURES.mkdir(exist_ok=True)
        page.set_viewport_size({"width": 1440, "height": 800})
        page.screenshot(path=PICTURES / f"{name}.png")


def stage(page: Page, name: str) -> None:
    page.locator(".stages, .side").get_by_role("link", name=name).first.click()
    page.wait_for_load_state()


@pytest.mark.e2e
def test_nine_stages_on_the_screen(server: Server, enter: Enter) -> None:
    with step("home, then the exchange's board"):
        page = enter(server, "list-officer")
        page.goto(server.url)
        page.locator(".lead a").first.click()
        expect(page.locator(".stages li").first).to_be_visible()
        assert page.locator(".stages li").count() >= 4  # those that the duty opens, and no other
        assert page.locator("main table.grid tbody tr").count() == 8  # will, fitness and court as one line
        picture(page, "board")
        dark = enter(server, "list-officer", language="uk", color_scheme="dark")
        dark.goto(server.url + X)
        picture(dark, "board-dark-uk")

    with step("1 register: search in another spelling, open the person, correct the name with a reason"):
        page = enter(server, "registrar")
        page.goto(f"{server.url}/register/held")
        latin = page.locator("main table.grid tbody tr .latin").nth(3).inner_text().split()[0]
        page.keyboard.press("/")
        page.keyboard.type(latin)
        page.keyboard.press("Enter")
        page.wait_for_url("**/register/held?q=*")
        page.locator(ROW).first.click()
        person = page.url
        page.locator(".summary .change a").first.click()
        page.get_by_label("Surname").fill("Перевіренко")
        page.get_by_label("Reason").fill("He spelled it himself")
        page.locator("main button.primary").click()
        page.wait_for_url(person)
        assert "Перевіренко" in page.locator("main .summary").first.inner_text()
        assert "Correct a record" in page.locator(".timeline").inner_text()

    with step("2 tracing: three pairs by keyboard: not sure, not the same, the same"):
        page = enter(server, "tracing-officer")
        page.goto(f"{server.url}/tracing")
        waiting = page.locator("main table.grid tbody tr").count()
        page.locator(ROW).first.click()
        picture(page, "pair")
        for key in ("u", "n", "s")[: min(waiting, 3)]:
            pair = page.url
            page.locator("textarea[name=reason]").focus()
            page.keyboard.type("Both records and the photograph")
            page.keyboard.press("Escape")
            page.keyboard.press(key)
            expect(page).not_to_have_url(pair)
        page.goto(f"{server.url}/tracing")
        assert page.locator("main table.grid tbody tr").count() <= waiting - min(waiting, 3) + 1

    with step("3 terms: the agreement in words"):
        page = enter(server, "negotiator")
        page.goto(server.url + X)
        stage(page, "Terms")
        assert page.locator(".agreement h3").count() >= 3
        assert "====" not in page.locator("main").inner_text()
        assert page.locator("svg.timeline .timeline-row").count() >= 4

    with step("4 lists: the locked draft, why one person stands on it"):
        page = enter(server, "list-officer")
        page.goto(server.url + X)
        stage(page, "Lists")
        page.locator(ROW).first.click()
        told = page.locator(".filters").inner_text()
        assert re.search("on the list\n1\u202f\\d{3}\n", told)  # a thousand, and direct cases beside
        picture(page, "list")
        page.locator(".filters a[href*='phase=']").first.click()
        assert "390" in page.locator(".filters a[aria-current]").inner_text()
        page.locator(".wide-grid tbody th a").first.click()
        page.get_by_text("Why this person is on the list").wait_for()

    with step("5 rounds: their list, line by line"):
        page = enter(server, "negotiator")
        page.goto(server.url + X)
        stage(page, "Rounds")
        page.get_by_role("link", name="Round 5").click()
        expect(page.locator("main table.grid tbody tr")).to_have_count(100)

    with step("6 reception: the plan and one of its sites"):
        page = enter(server, "reception-planner")
        page.goto(server.url + X)
        stage(page, "Reception")
        picture(page, "plan")
        page.locator(ROW).first.click()
        page.wait_for_url("**/sites/*")
        page.locator("main table.grid tbody tr").first.wait_for()

    with step("7 handover: the first day's muster and its signed act"):
        page = enter(server, "handover-officer")
        page.goto(server.url + X)
        stage(page, "Handover")
        page.locator(ROW).first.click()
        page.get_by_text("Signed by both sides").wait_for()
        picture(page, "muster")

    with step("8 care: a step that is not now, with no reason asked"):
        page = enter(server, "case-manager")
        page.goto(server.url)  # the exchange's board is not for this duty
        stage(page, "Care")
        page.locator(ROW).first.click()
        page.get_by_role("button", name="Not now").first.wait_for()
        picture(page, "case")
        open_steps = page.get_by_role("button", name="Not now").count()
        assert open_steps > 0
        page.get_by_role("button", name="Not now").first.click()
        expect(page.get_by_role("button", name="Not now")).to_have_count(open_steps - 1)
        assert page.locator(".state", has_text="Not now").count() >= 1

    with step("9 bulletins: as officers see it, then as the public does"):
        page = enter(server, "press-officer")
        page.goto(server.url)  # the exchange's board is not for this duty
        stage(page, "Bulletins")
        page.locator(ROW).first.click()
        title = page.locator("section[lang=en] h3").inner_text()
        public = enter(server, "")
        public.goto(f"{server.url}/news")
        assert title in public.locator("main").inner_text()

    with step("the journal shows what was done"):
        page = enter(server, "auditor")
        page.goto(f"{server.url}/journal")
        told = page.locator("main table.grid").inner_text()
        for act in (
            "Correct a record",
            "Say whether two records are one person",
            "Record a step of a case",
            "Sign in",
        ):
            assert act in told, act
        assert "Перевіренко" not in told  # the journal holds no names


@pytest.mark.e2e
def test_the_public_page_is_plain(server: Server, enter: Enter) -> None:
    page = enter(server, "", language="uk")
    weights: list[int] = []
    page.on("response", lambda answer: weights.append(len(answer.body())))
    page.context.clear_cookies()
    page.goto(f"{server.url}/news")
    page.wait_for_load_state("networkidle")
    assert page.locator("script").count() == 0
    assert page.context.cookies() == []
    assert page.locator("main").evaluate("e => getComputedStyle(e).fontSize") == "18px"
    assert page.locator("main").evaluate("e => e.getBoundingClientRect().width") <= 720
    assert sum(weights[:1]) < 100_000


@pytest.mark.e2e
def test_the_keyboard_alone_opens_a_person_and_focus_is_seen(server: Server, enter: Enter) -> None:
    page = enter(server, "registrar")
    page.goto(f"{server.url}/register/held")
    page.keyboard.press("Tab")
    assert page.locator(":focus").inner_text() == "To the content"
    for _ in range(40):
        page.keyboard.press("Tab")
        width = page.locator(":focus").evaluate(
            "e => getComputedStyle(e).outlineStyle === 'none' ? '0' : getComputedStyle(e).outlineWidth"
        )
        shown = float(width.removesuffix("px")) >= 2
        assert shown, page.locator(":focus").evaluate("e => e.outerHTML.slice(0, 200)")
        if page.locator("main table.grid tbody a:focus").count():
            break
    page.keyboard.press("Enter")
    page.wait_for_url("**/people/*")


@pytest.mark.e2e
def test_everything_is_there_without_scripts(server: Server, enter: Enter) -> None:
    page = enter(server, "case-manager", java_script_enabled=False)
    page.goto(server.url)
    stage(page, "Care")
    page.locator(ROW).first.click()
    done = page.get_by_role("button", name="Done")
    done.first.wait_for()
    before = done.count()
    done.first.click()
    expect(done).to_have_count(before - 1)
    page.locator("summary").first.click()
    assert page.get_by_role("button", name="Sign out").is_visible()
