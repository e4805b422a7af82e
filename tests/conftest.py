"""What every test stands on: a home of its own, real PostgreSQL and a real browser where asked for.

The home is made before Django reads its settings, so that no test ever touches an instance of ours.
A test that asks for PostgreSQL or the browser on a machine without it fails and says what to install.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

_HOME = Path(tempfile.mkdtemp(prefix="obmin-tests-")) / "home"
os.environ["OBMIN_HOME"] = str(_HOME)
os.environ["DJANGO_SETTINGS_MODULE"] = "obmin.config.settings"
os.environ.pop("OBMIN_DATABASE_URL", None)

import pytest  # noqa: E402
from django.conf import settings as django_settings  # noqa: E402
from hypothesis import HealthCheck, settings  # noqa: E402

from obmin.files import instance as instances  # noqa: E402
from tests.cluster import Cluster, start  # noqa: E402

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

instances.create_training(
    _HOME, party="UKR", name="Tests", seed="tests", began=datetime(2025, 5, 16, 18, tzinfo=UTC)
)

FULL = os.environ.get("OBMIN_FULL") == "1"

# The same examples in each run, and no clock in the verdict.
settings.register_profile(
    "obmin", derandomize=not FULL, deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.load_profile("obmin")


def pytest_configure() -> None:
    assert django_settings.OBMIN.home == _HOME  # reads the settings, so that pytest-django sets Django up


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes() -> None:
    """Each process of a run makes a home of its own: it must not find ours named for it."""
    for name in ("OBMIN_HOME", "DJANGO_SETTINGS_MODULE"):
        os.environ.pop(name, None)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Where several processes share a run, a file stays in one of them; all that stands on the story in one."""
    from xdist.scheduler import LoadScopeScheduling

    class ByFile(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = nodeid.partition("::")[0]
            return "story" if file.startswith(("tests/demo/", "tests/e2e/")) else file

    config.option.loadscopereorder = False
    return ByFile(config, log)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The story takes longest: it begins first."""
    items.sort(key=lambda item: item.path.parts[-2] not in ("demo", "e2e"))


def pytest_report_header() -> list[str]:
    counts = "full" if FULL else "small"
    return [f"obmin: repetition tests run their {counts} counts (OBMIN_FULL=1: full)"]


def pytest_unconfigure() -> None:
    shutil.rmtree(_HOME.parent, ignore_errors=True)


@pytest.fixture(scope="session")
def home() -> Path:
    """The training home that the settings of this test run stand on."""
    return _HOME


@pytest.fixture
def faults_count(record_property: Callable[[str, object], None]) -> Callable[[int, int], int]:
    """`faults_count(small, full)`: how often a repetition test repeats in this run."""

    def count(small: int, full: int) -> int:
        assert 0 < small <= full
        chosen = full if FULL else small
        record_property("repetitions", chosen)
        return chosen

    return count


@pytest.fixture(autouse=True)
def lets_tests_put_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows that a test puts straight into the tables count as the next act's; in the program they stop it.

    A module whose tests are about just that gives this fixture another meaning.
    """
    from obmin.audit import rows

    monkeypatch.setattr(rows, "admit", lambda: None)


@pytest.fixture(autouse=True)
def in_no_language() -> None:
    """What an earlier test was shown in is not the language of this one."""
    from django.utils import translation

    translation.deactivate()


@pytest.fixture(autouse=True)
def keeper_of_this_test_alone() -> None:
    """No names of an earlier test, which was rolled back, and nothing that was opened in it."""
    from obmin.vault import process

    process.training.cache_clear()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Cluster]:
    """A throw-away PostgreSQL server on a socket; `postgres.database()` gives a fresh OBMIN_DATABASE_URL."""
    with start() as cluster:
        yield cluster


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, headless."""
    from playwright.sync_api import sync_playwright

    found = os.environ.get("OBMIN_CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
    if not Path(found).exists():
        pytest.fail("There is no Chromium on this machine. `make test` installs it: apt-get install chromium")
    # Playwright keeps an event loop in this thread; the ORM would take that for asynchronous code.
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    try:
        with sync_playwright() as playwright:
            running = playwright.chromium.launch(executable_path=found, headless=True, args=list(CHROMIUM))
            yield running
            running.close()
    finally:
        if before is None:
            del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]
        else:
            os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = before


CHROMIUM = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """An empty page in a context of its own; what the page's scripts throw fails the test."""
    context = browser.new_context(
        viewport={"width": 1280, "height": 800}, locale="en-GB", timezone_id="Europe/Kyiv"
    )
    thrown: list[str] = []
    opened = context.new_page()
    opened.on("pageerror", lambda error: thrown.append(str(error)))
    yield opened
    context.close()
    assert not thrown, f"scripts of the page threw: {thrown}"
