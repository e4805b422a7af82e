"""Who is let in and who is not; what happens when two people change one thing; long work."""

from __future__ import annotations

import pytest

from tests.e2e.conftest import EXCHANGE, Enter, Server, violations

X = f"/x/{EXCHANGE}"
ROW = "main table.grid tbody a"
REFUSED = {"allowed": ("Failed to load resource",)}  # how the browser tells of a 403, 404 or 409


@pytest.mark.e2e
def test_a_link_signs_in_once(server: Server, enter: Enter) -> None:
    page = enter(server, "", **REFUSED)
    link = server.links["observer"][0] if "observer-0" in server.cookies else server.links["escort-lead"][1]
    if "observer-0" not in server.cookies:
        page.goto(link)
        page.locator("main button.primary").click()
        page.wait_for_url(f"{server.url}/")
        page.context.clear_cookies()
    page.goto(link)
    with page.expect_response("**/sign-in/*") as answer:
        page.locator("main button.primary").click()
    assert answer.value.status == 403
    assert "used before" in page.locator("main").inner_text()
    page.goto(f"{server.url}/journal")
    assert "/sign-in" in page.url


CLOSED = {
    "guard": ("/journal", "/register/held", "/tracing", f"{X}/lists", f"{X}/care", X),
    "press-officer": ("/register/held", f"{X}/lists", f"{X}/care", "/journal"),
    "registrar": (f"{X}/lists", f"{X}/rounds", f"{X}/care", "/journal", "/tracing"),
    "auditor": ("/register/held", f"{X}/care", f"{X}/lists"),
    "negotiator": ("/register/held", f"{X}/care", "/journal"),
}


@pytest.mark.e2e
@pytest.mark.parametrize("role", CLOSED)
def test_what_a_role_may_not_see_is_refused_and_not_linked(role: str, server: Server, enter: Enter) -> None:
    page = enter(server, role, **REFUSED)
    page.goto(server.url)
    hrefs = page.locator("a").evaluate_all("links => links.map(link => link.getAttribute('href'))")
    for address in CLOSED[role]:
        assert address not in hrefs
        answer = page.goto(server.url + address)
        assert answer is not None
        assert answer.status in (403, 404), address
        assert page.locator("main table").count() == 0
    assert violations(page) == []


@pytest.mark.e2e
def test_whoever_comes_second_keeps_the_text_and_changes_nothing(server: Server, enter: Enter) -> None:
    first, second = enter(server, "registrar", nth=1), enter(server, "registrar", **REFUSED)
    first.goto(f"{server.url}/register/held")
    first.locator(ROW).nth(7).click()
    person = first.url
    change = first.locator(".summary .change a").nth(1)
    change.click()
    second.goto(first.url)
    second.get_by_label("Given name").fill("Другий")
    second.get_by_label("Reason").fill("A long reason that somebody typed")
    first.get_by_label("Given name").fill("Перший")
    first.get_by_label("Reason").fill("The identity card")
    first.locator("main button.primary").click()
    first.wait_for_url(person)
    with second.expect_response("**/correct/given") as answer:
        second.locator("main button.primary").click()
    assert answer.value.status == 409
    assert "Somebody changed this first" in second.locator("h1").inner_text()
    assert violations(second) == []
    assert second.locator(".typed").all_inner_texts() == ["Другий", "A long reason that somebody typed"]
    second.go_back()
    assert second.get_by_label("Reason").input_value() == "A long reason that somebody typed"
    first.reload()
    assert "Перший" in first.locator("main .summary").first.inner_text()


@pytest.mark.e2e
def test_composing_is_greyed_with_its_reason_when_all_are_home(server: Server, enter: Enter) -> None:
    page = enter(server, "list-officer")
    page.goto(f"{server.url}{X}/lists")
    button = page.get_by_role("button", name="Compose again")
    assert button.get_attribute("aria-disabled") == "true"
    reason = page.locator(f"#{button.get_attribute('aria-describedby')}")
    assert reason.is_visible()
    assert "Lists open" in reason.inner_text()


@pytest.mark.e2e
@pytest.mark.parametrize(
    ("role", "place", "button", "result"),
    [
        ("reception-planner", "reception", "Plan again", "Reception plan 2"),
        ("list-officer", "lists", "Compose again", "Draft 3"),
    ],
)
def test_long_work_ends_with_a_link(
    role: str, place: str, button: str, result: str, reopened: Server, enter: Enter
) -> None:
    page = enter(reopened, role)
    page.goto(f"{reopened.url}{X}/{place}")
    page.get_by_role("button", name=button).click()
    page.wait_for_url("**/jobs/*")
    assert page.locator(".progress").is_visible()
    assert violations(page) == []
    ended = page.locator(".progress.done")  # the fragment asks again by itself
    ended.wait_for(timeout=240_000)
    assert "Done" in ended.inner_text()
    page.get_by_role("link", name="See the result").click()
    page.wait_for_load_state()
    assert result in page.locator("h1").inner_text()
