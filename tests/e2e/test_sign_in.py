"""A live home in a real browser: a key is registered, signs in, is touched again; two people let a third in."""

from __future__ import annotations

import base64
import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from pyrage import x25519

from obmin.web import messages
from tests.e2e.conftest import surroundings, too_wide, violations

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

LONG_AGO = """
import django; django.setup()
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
for row in Session.objects.all():
    found = SessionStore(row.pk)
    if "obmin-touched" in found:
        found["obmin-touched"] -= 600
        found.save()
"""


OBMIN = [sys.executable, "-c", "import sys; from obmin.cli import main; sys.exit(main())"]
OFFICERS = ("Перша Вигадана", "Друга Вигадана", "Третя Вигадана")


@dataclass
class Live:
    """A served live instance: its address, its home, and the one-time code of each of its first officers."""

    url: str
    home: Path
    codes: dict[str, str]


def run(home: Path, *command: str) -> str:
    done = subprocess.run(
        command, env=surroundings(home), capture_output=True, encoding="utf-8", check=False, timeout=120
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """A live instance made, served and unsealed by the commands that anybody would use."""
    messages.compile_all()
    place = tmp_path_factory.mktemp("live")
    home = place / "home"
    named = []
    for number, officer in enumerate(OFFICERS):
        identity = x25519.Identity.generate()
        (place / f"{number}.age").write_text(f"{identity}\n")
        named += ["--officer", f"{officer}={identity.to_public()}"]
    said = run(home, *OBMIN, "init", "--live", "--name", "Centre", "--party", "UKR", *named, "--json")
    codes = {one["duty"]: one["code"] for one in json.loads(said)["codes"]}
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [*OBMIN, "serve", "--port", str(port)], env=surroundings(home), stdout=subprocess.DEVNULL
    )
    url = f"http://localhost:{port}"
    try:
        until(process, lambda: status(url) == 503)
        for number in range(2):
            run(home, *OBMIN, "unseal", "--identity", str(place / f"{number}.age"))
        until(process, lambda: status(url) == 200)
        yield Live(url, home, codes)
    finally:
        process.terminate()
        process.wait(timeout=20)


def status(url: str) -> int:
    try:
        with urllib.request.urlopen(f"{url}/sign-in", timeout=5) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return int(error.code)
    except OSError:
        return 0


def until(process: subprocess.Popen[bytes], true: Callable[[], bool]) -> None:
    for _ in range(240):
        assert process.poll() is None
        if true():
            return
        time.sleep(0.25)
    raise AssertionError("it never came")


class Desk:
    """One officer's browser with a security key in it."""

    def __init__(self, browser: Browser, live: Live, **look: Any) -> None:
        self.live, self.said, self.asked = live, list[str](), set[str]()
        self.context: BrowserContext = browser.new_context(
            **{"viewport": {"width": 1280, "height": 900}} | look
        )
        self.page: Page = self.context.new_page()
        self.page.on("console", lambda m: self.said.append(m.text) if m.type == "error" else None)
        self.page.on("pageerror", lambda e: self.said.append(str(e)))
        self.page.on("request", lambda r: self.asked.add(r.url.split("/")[2] if "//" in r.url else ""))
        self.wire = self.context.new_cdp_session(self.page)
        self.wire.send("WebAuthn.enable")
        self.key = self.plug_in()

    def plug_in(self, **how: Any) -> str:
        options = {
            "protocol": "ctap2",
            "transport": "usb",
            "hasResidentKey": True,
            "hasUserVerification": True,
            "isUserVerified": True,
        }
        sent = self.wire.send("WebAuthn.addVirtualAuthenticator", {"options": options | how})
        return str(sent["authenticatorId"])

    def pull_out(self) -> None:
        self.wire.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": self.key})

    def go(self, path: str) -> None:
        self.page.goto(self.live.url + path)

    def press(self, name: str) -> None:
        self.page.get_by_role("main").get_by_role("button", name=name).click()

    def register(self, code: str) -> None:
        self.go("/sign-in")
        self.page.get_by_role("link", name="I have a one-time code").click()
        self.page.get_by_label("One-time code").fill(code)
        self.press("Go on")
        self.page.get_by_label("What you call this key").fill("Key ring")
        self.press("Register this key")
        self.page.get_by_text("You are registered").wait_for()

    def sign_in(self) -> None:
        self.go("/sign-in")
        self.press("Sign in with a key")
        self.page.wait_for_url(f"{self.live.url}/")

    def heading(self) -> str:
        return self.page.locator("h1").inner_text()

    def half(self) -> str:
        return self.page.locator(".code code").first.inner_text()


@pytest.fixture
def desks(browser: Browser, live: Live) -> Iterator[Any]:
    opened: list[Desk] = []

    def sit(**look: Any) -> Desk:
        opened.append(Desk(browser, live, **look))
        return opened[-1]

    yield sit
    for desk in opened:
        desk.context.close()
    said = [line for desk in opened for line in desk.said if "status of 403" not in line]
    assert said == []
    assert {host for desk in opened for host in desk.asked} <= {live.url.split("/")[2], ""}


SHOTS = os.environ.get("OBMIN_SHOTS", "")  # a folder for pictures of what is looked at


def looked_at(desk: Desk, name: str) -> None:
    """The page as it stands, in both languages and themes: axe, and no sideways scroll at any width."""
    for language, theme in (("en", "light"), ("uk", "dark")):
        desk.context.add_cookies([{"name": "obmin-language", "value": language, "url": desk.live.url}])
        desk.page.emulate_media(color_scheme="light" if theme == "light" else "dark")
        desk.page.reload()
        assert violations(desk.page) == [], name
        for width in (320, 800, 1280):
            desk.page.set_viewport_size({"width": width, "height": 900})
            assert too_wide(desk.page) <= 0, f"{name} at {width}"
        if SHOTS:
            desk.page.screenshot(path=f"{SHOTS}/{name}-{language}-{theme}.png", full_page=True)
    desk.context.add_cookies([{"name": "obmin-language", "value": "en", "url": desk.live.url}])
    desk.page.emulate_media(color_scheme="light")
    desk.page.reload()


@pytest.mark.e2e
def test_whose_key_is_away_unverified_or_copies_itself_stays_outside(desks: Any, live: Live) -> None:
    desk = desks()
    desk.pull_out()
    copying = desk.plug_in(defaultBackupEligibility=True, defaultBackupState=True)
    desk.go("/sign-in/code")
    looked_at(desk, "code")
    desk.page.get_by_label("One-time code").fill(live.codes["approver"])
    desk.press("Go on")
    looked_at(desk, "register")
    desk.press("Register this key")
    desk.page.get_by_text("copies itself to other devices").wait_for()
    assert violations(desk.page) == []

    desk.key = copying
    desk.pull_out()
    desk.key = desk.plug_in()
    desk.register(live.codes["approver"])
    desk.wire.send("WebAuthn.setUserVerified", {"authenticatorId": desk.key, "isUserVerified": False})
    desk.go("/sign-in")
    looked_at(desk, "door")
    desk.press("Sign in with a key")
    desk.page.get_by_text("The key gave no answer").wait_for()
    desk.go("/accounts")
    assert desk.heading() == "Sign in"
    desk.wire.send("WebAuthn.setUserVerified", {"authenticatorId": desk.key, "isUserVerified": True})
    desk.press("Sign in with a key")
    desk.page.wait_for_url(f"{live.url}/accounts")


@pytest.mark.e2e
def test_from_the_first_code_to_a_third_persons_first_day(desks: Any, live: Live) -> None:
    first, second, new = desks(), desks(), desks()
    first.register(live.codes["administrator"])
    second.register(live.codes["data-protection-officer"])
    first.sign_in()
    second.sign_in()

    run(live.home, sys.executable, "-c", LONG_AGO)
    first.go("/accounts/new")
    looked_at(first, "new")
    first.page.get_by_label("Account", exact=True).fill("n.kovalenko")
    first.page.get_by_label("Name in its own script").fill("Коваленко Ніна")
    first.page.get_by_label("Name in Latin letters").fill("Kovalenko Nina")
    first.page.get_by_label("registrar").check()
    first.page.get_by_label("Reason").fill("A new shift;\nboth <signed> «for» it & 'more'")
    first.press("Open an account")
    assert first.heading() == "Touch your key"
    looked_at(first, "touch")
    first.press("Touch the key and go on")
    first.page.get_by_text("This is the first half").wait_for()
    half = first.half()
    assert violations(first.page) == []
    if SHOTS:
        first.page.screenshot(path=f"{SHOTS}/half.png", full_page=True)

    second.go("/accounts")
    looked_at(second, "accounts")
    second.page.get_by_role("link", name="Open an account: ").click()
    looked_at(second, "asked")
    assert "both <signed> «for» it & 'more'" in second.page.locator("main").inner_text()
    second.press("Confirm")
    assert second.heading() == "Touch your key"
    second.press("Touch the key and go on")
    second.page.get_by_text("This is the second half").wait_for()

    new.register(f"{half} {second.half()}")
    new.sign_in()
    assert "Kovalenko Nina" in new.page.locator(".me").inner_text()
    new.go("/keys")
    looked_at(new, "keys")
    readers_come_in_by_words(first, second, new)
    first.go("/accounts/is/n.kovalenko")
    looked_at(first, "account")
    first.page.get_by_role("link", name="End a duty").click()
    looked_at(first, "end")


def readers_come_in_by_words(first: Desk, second: Desk, third: Desk) -> None:
    """Somebody who only reads: a passphrase and a phone, no key."""
    first.go("/accounts/new")
    first.page.get_by_label("Account", exact=True).fill("o.bezruk")
    first.page.get_by_label("Name in its own script").fill("Безрук Олесь")
    first.page.get_by_label("Name in Latin letters").fill("Bezruk Oles")
    first.page.get_by_label("observer").check()
    first.page.get_by_label("Reason").fill("From the neutral side")
    first.press("Open an account")
    second.go("/accounts")
    second.page.get_by_role("link", name="Open an account: ").click()
    second.press("Confirm")
    code = first.half() + second.half()

    third.page.locator(".me summary").click()
    third.page.get_by_role("button", name="Sign out").click()
    third.go("/sign-in/code")
    third.page.get_by_label("One-time code").fill(code)
    third.press("Go on")
    looked_at(third, "register-reader")
    letters = third.page.locator(".code code").inner_text().replace(" ", "")
    phone = TOTP(base64.b32decode(letters), 6, SHA1(), 30, enforce_key_length=False)
    third.page.get_by_label("Passphrase").fill("seven quiet herons over the weir")
    third.page.get_by_label("six figures").fill(phone.generate(int(time.time())).decode())
    third.press("Register this way")
    third.page.get_by_text("You are registered").wait_for()
    third.page.get_by_text("For duties that only read").click()
    third.page.get_by_label("Account", exact=True).fill("o.bezruk")
    third.page.get_by_label("Passphrase").fill("seven quiet herons under the weir")
    third.page.get_by_label("six figures").fill(phone.generate(int(time.time()) + 30).decode())
    third.page.get_by_role("button", name="Sign in", exact=True).click()
    third.page.get_by_text("do not fit together").wait_for()
    assert violations(third.page) == []
    third.page.get_by_label("Passphrase").fill("seven quiet herons over the weir")
    third.page.get_by_label("six figures").fill(phone.generate(int(time.time()) + 30).decode())
    third.page.get_by_role("button", name="Sign in", exact=True).click()
    third.page.wait_for_url(f"{third.live.url}/")
    assert "Bezruk Oles" in third.page.locator(".me").inner_text()
