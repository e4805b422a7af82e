"""Every page, in both languages and both themes: axe, no sideways scroll, a name and a heading of its own."""

from __future__ import annotations

import pytest

from tests.e2e.conftest import EXCHANGE, Enter, Server, too_wide, violations

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
    "held person": ("medical-officer", "/register/held", (ROW,)),
    "sought person": ("registrar", "/register/sought", (ROW,)),
    "correct": ("registrar", "/register/held", (ROW, ".summary .change a")),
    "tracing": ("tracing-officer", "/tracing", ()),
    "pair": ("tracing-officer", "/tracing", (ROW,)),
    "terms": ("negotiator", f"{X}/terms", ()),
    "lists": ("list-officer", f"{X}/lists", ()),
    "draft": ("list-officer", f"{X}/lists", (ROW,)),
    "left out": ("list-officer", f"{X}/lists", (ROW, ".tabs a[href$=left-out]")),
    "place on a list": ("list-officer", f"{X}/lists", (ROW, "main table.grid tbody th a")),
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
    assert answer is not None and answer.ok
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
    page.set_viewport_size({"width": 320, "height": 900})
    assert violations(page) == []


@pytest.mark.e2e
def test_ukrainian_pages_hold_no_english_words(server: Server, enter: Enter) -> None:
    """Latin letters stand only in names, codes and fingerprints, or in what is marked as another language."""
    strangers: dict[str, list[str]] = {}
    shown = (
        "main h1, main h2, main h3, main thead, main .lead, main .acts, main .state, main label, .side, .stages"
    )
    for name, (role, address, links) in PAGES.items():
        page = enter(server, role, language="uk")
        page.goto(server.url + address)
        for link in links:
            page.locator(link).first.click()
            page.wait_for_load_state()
        words = page.locator(shown).evaluate_all(
            """nodes => nodes.flatMap(node => {
                 const copy = node.cloneNode(true);
                 copy.querySelectorAll("bdi, .code, code, kbd, [lang], .power, .latin").forEach(n => n.remove());
                 const text = node.closest("[lang]") === document.documentElement ? copy.textContent : "";
                 return text.match(/[A-Za-z]{3,}/g) ?? [];
               })"""
        )
        if found := sorted({word for word in words if word not in ("Obmin", "Microsoft", "Excel")}):
            strangers[name] = found
    assert strangers == {}
