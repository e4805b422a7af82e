"""One side's home after the whole story, served as anybody would serve it, and its officers signed in."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from obmin.web import messages

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

EXCHANGE = "2025-05"
LINK = re.compile(r"^\s+(?P<roles>[a-z, -]+?)\s{2,}(?P<name>\S.*?)\s{2,}(?P<url>http\S+/sign-in/\w+)$", re.M)
AXE = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

# Pairs in doubt: where the engine left none open, three that were decided are put before the officer again.
DOUBTS = """
import django; django.setup()
from obmin.people.models import Pairing
if not Pairing.objects.filter(state="OPEN").exists():
    keys = list(Pairing.objects.filter(state="SAME").order_by("-pk").values_list("pk", flat=True)[:3])
    Pairing.objects.filter(pk__in=keys).update(state="OPEN", clear=False, judged_by="", judged_at=None)
"""
# The finished story has handed everybody over; in a copy of it nobody has left yet and lists are open.
REOPENED = """
import django; django.setup()
from obmin.negotiation.models import Exchange
from obmin.people.models import Person
Exchange.objects.update(state="LISTS_OPEN")
Person.objects.filter(register="held", state="REPATRIATED").update(state="REGISTERED")
"""
# Rows that were put past the gate stop all work, until two officers keep them.
KEPT = """
from obmin.audit import answers
from obmin.core.access import Actor, Role
one, two = (Actor(role.value, frozenset({role}), "UKR", fresh=True) for role in
            (Role.ADMINISTRATOR, Role.PROTECTION))
answers.keep_rows(actor=one, second=two, reason="Put there for a test")
"""


def surroundings(home: Path) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("OBMIN_", "DJANGO_", "PYTEST_"))}
    return kept | {"OBMIN_HOME": str(home), "DJANGO_SETTINGS_MODULE": "obmin.config.settings"}


def changed(home: Path, code: str) -> Path:
    subprocess.run([sys.executable, "-c", code + KEPT], env=surroundings(home), check=True)
    return home


@dataclass
class Server:
    """A running `obmin serve`: its address, and the one-time links that it printed, by role."""

    url: str
    links: dict[str, list[str]]
    cookies: dict[str, list[Any]] = field(default_factory=dict)


def serve(home: Path) -> Iterator[Server]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    said = home.parent / "said.txt"
    command = [sys.executable, "-c", "import sys; from obmin.cli import main; sys.exit(main())"]
    with said.open("w") as out:
        process = subprocess.Popen(
            [*command, "serve", "--home", str(home), "--port", str(port)],
            env=surroundings(home),
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    url = f"http://localhost:{port}"
    try:
        for _ in range(120):
            try:
                urllib.request.urlopen(f"{url}/news", timeout=5)
                break
            except OSError:
                assert process.poll() is None, said.read_text()
                time.sleep(0.5)
        links: dict[str, list[str]] = {}
        for found in LINK.finditer(said.read_text()):
            for role in found["roles"].split(", "):
                links.setdefault(role, []).append(found["url"])
        assert len(links) > 15, said.read_text()
        yield Server(url, links)
    finally:
        process.terminate()
        process.wait(timeout=20)


@pytest.fixture(scope="session")
def played(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of one side after the story. OBMIN_STORY names a folder where it was played already."""
    messages.compile_all()
    home = tmp_path_factory.mktemp("e2e") / "home"
    if found := os.environ.get("OBMIN_STORY"):
        out = Path(found)
    else:
        out = tmp_path_factory.mktemp("story") / "out"
        command = [sys.executable, "-c", "import sys; from obmin.cli import main; sys.exit(main())"]
        ended = subprocess.run(
            [*command, "demo", "--out", str(out), "--people", "3000"],
            env={
                k: v for k, v in surroundings(home).items() if k not in ("OBMIN_HOME", "DJANGO_SETTINGS_MODULE")
            },
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        assert ended.returncode == 0, ended.stdout + ended.stderr
    shutil.copytree(out / "sides" / "UKR" / "home", home, ignore=shutil.ignore_patterns("*.sock"))
    return changed(home, DOUBTS)


@pytest.fixture(scope="session")
def server(played: Path) -> Iterator[Server]:
    yield from serve(played)


@pytest.fixture(scope="module")
def reopened(played: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The same home, put back to where lists may be composed."""
    home = tmp_path_factory.mktemp("reopened") / "home"
    shutil.copytree(played, home, ignore=shutil.ignore_patterns("*.sock"))
    yield from serve(changed(home, REOPENED))


Enter = Callable[..., "Page"]


@pytest.fixture
def enter(browser: Browser) -> Iterator[Enter]:
    """`enter(server, role, language=…, …)`: a page where somebody of that role is signed in by a real link.

    Whatever the console says, and every breach of the content policy, fails the test.
    """
    opened: list[BrowserContext] = []
    said: list[str] = []

    def come(server: Server, role: str = "", *, language: str = "en", nth: int = 0, **more: Any) -> Page:
        allowed = tuple(more.pop("allowed", ()))
        context = browser.new_context(
            **{"viewport": {"width": 1440, "height": 900}, "reduced_motion": "reduce", "locale": language}
            | more
        )
        opened.append(context)
        page = context.new_page()

        def heard(message: Any) -> None:
            if message.type in ("error", "warning") and not any(part in message.text for part in allowed):
                said.append(f"{page.url}: {message.text}")

        page.on("console", heard)
        page.on("pageerror", lambda error: said.append(f"{page.url}: {error}"))
        key = f"{role}-{nth}"
        if role and key not in server.cookies:
            page.goto(server.links[role][nth])
            page.locator("main button.primary").click()
            page.wait_for_url(f"{server.url}/")
            server.cookies[key] = [c for c in context.cookies() if not c["name"].startswith("obmin-")]
        elif role:
            context.add_cookies(server.cookies[key])
        context.add_cookies([{"name": "obmin-language", "value": language, "url": server.url}])
        return page

    yield come
    for context in opened:
        context.close()
    assert said == []


def violations(page: Page) -> list[tuple[str, list[str]]]:
    """What axe finds against WCAG 2.2 AA and its own best practice."""
    from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]

    found = Axe().run(page, options={"runOnly": AXE, "resultTypes": ["violations"]})
    return [
        (one["id"], [node["html"][:200] for node in one["nodes"][:3]]) for one in found.response["violations"]
    ]


def too_wide(page: Page) -> int:
    """By how many pixels the page scrolls sideways."""
    return int(page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))
