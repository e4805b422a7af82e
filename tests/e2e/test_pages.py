"""Every page, in both languages and both themes: axe, no sideways scroll, a name and a heading of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e.conftest import EXCHANGE, Enter, Server, too_wide, violations

if TYPE_CHECKING:
    from playwright.sync_api import Page

X = f"/x/{EXCHANGE}"
ROW = "main table.grid tbody a"
# name: (who looks, where they begin, which links they follow from there)
PAGES: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "sign-in": ("", "/sign-in", ()),
    "news": ("", "/news", ()),
    "home": ("case-manager", "/", ()),
    "empty home": ("guard", "/", ()),
    "readiness": ("observer", X, ()),
    "held": ("registrar", "/register/held", ()),
    "sought": ("registrar", "/register/sought", ()),
    "nobody found": ("registrar", "/register/held?q=zzzzzz", ()),
    "held person": ("medical-officer", "/register/held?q=вич", (ROW,)),
    "sought person": ("registrar", "/register/sought", (ROW,)),
    "correct": ("registrar", "/register/held", (ROW, ".summary .change a")),
    "tracing": ("tracing-officer", "/tracing", ()),
    "pair": ("tracing-officer", "/tracing", (ROW,)),
    "notices": ("registrar", "/notices", ()),
    "fairness": ("list-officer", "/fairness", ()),
    "accounts": ("administrator", "/accounts", ()),
    "account": ("administrator", "/accounts", (ROW,)),
    "keys": ("administrator", "/keys", ()),
    "terms": ("negotiator", f"{X}/terms", ()),
    "lists": ("list-officer", f"{X}/lists", ()),
    "draft": ("list-officer", f"{X}/lists", (ROW,)),
    "left out": ("list-officer", f"{X}/lists", (ROW, ".tabs a[href$=left-out]")),
    "place on a list": ("list-officer", f"{X}/lists", (ROW, ".wide-grid tbody th a")),
    "rounds": ("negotiator", f"{X}/rounds", ()),
    "round": ("negotiator", f"{X}/rounds/5", ()),
    "reception": ("reception-planner", f"{X}/reception", ()),
    "site": ("reception-planner", f"{X}/reception", (ROW,)),
    "handover": ("handover-officer", f"{X}/handover", ()),
    "muster": ("handover-officer", f"{X}/handover", (ROW,)),
    "muster for guards": ("guard", f"{X}/handover", (ROW,)),
    "care": ("case-manager", f"{X}/care", ()),
    "case": ("case-manager", f"{X}/care", (ROW,)),
    "bulletins": ("press-officer", f"{X}/bulletins", ()),
    "bulletin": ("press-officer", f"{X}/bulletins", (ROW,)),
    "journal": ("auditor", "/journal", ()),
}
LOOKS = [("en", "light"), ("uk", "dark")]
WIDTHS = (320, 800, 1024, 1440)
SPOKEN = "main :is(h1, h2, h3, thead, .lead, .acts, .state, .checks, .levels, label), .side, .stages"


def latin_words(page: Page) -> list[str]:
    """Words in Latin letters that are no name, code, format or fingerprint, nor marked as another language."""
    return sorted(
        page.locator(SPOKEN).evaluate_all(
            """nodes => [...new Set(nodes.flatMap(node => {
                 const copy = node.cloneNode(true);
                 const aside = "bdi, code, kbd, [lang], .code, .power, .block";
                 copy.querySelectorAll(aside).forEach(n => n.remove());
                 const own = node.closest("[lang]") === document.documentElement;
                 return own ? copy.textContent.replace(/T\\d-\\w+|SIM/g, "").match(/[A-Za-z]{3,}/g) ?? [] : [];
               }))].filter(word => !["Obmin", "XLSX"].includes(word))"""
        )
    )


@pytest.mark.e2e
@pytest.mark.parametrize(("language", "theme"), LOOKS, ids=["en-light", "uk-dark"])
@pytest.mark.parametrize("name", PAGES)
def test_page_is_open_to_everybody(name: str, language: str, theme: str, server: Server, enter: Enter) -> None:
    role, address, links = PAGES[name]
    page = enter(server, role, language=language, color_scheme=theme)
    answer = page.goto(server.url + address)
    for link in links:
        page.locator(link).first.click()
        page.wait_for_load_state()
    assert answer is not None
    assert answer.ok
    assert page.locator("html").get_attribute("lang") == language
    assert page.locator("h1").count() == 1
    assert page.locator("h1").inner_text().strip()
    if role:
        assert page.locator(".top .who").inner_text().strip()  # who is signed in, and as what
        assert "," in page.locator(".top .who").inner_text()
    assert page.locator("[style]").count() == 0
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        assert too_wide(page) <= 0, f"{name} scrolls sideways at {width}"
    assert violations(page) == []
    if language == "uk":
        assert latin_words(page) == []
