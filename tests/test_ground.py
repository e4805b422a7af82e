"""The ground that the other tests stand on holds."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import dj_database_url
import psycopg
import pytest
from django.conf import settings

from tests.cluster import Cluster

if TYPE_CHECKING:
    from playwright.sync_api import Page


def test_settings_stand_on_a_home_of_the_tests(home: Path) -> None:
    assert home == settings.HOME
    assert settings.OBMIN.training
    assert settings.OBMIN.seed == "tests"
    assert not home.is_relative_to(Path.cwd())


@pytest.mark.django_db
def test_the_embedded_database_starts_empty_and_migrated() -> None:
    from obmin.audit.models import Entry

    assert Entry.objects.count() == 0


def test_postgres_gives_databases_of_their_own(postgres: Cluster) -> None:
    first, second = (dj_database_url.parse(postgres.database()) for _ in range(2))
    assert first["NAME"] != second["NAME"]
    assert first["ENGINE"] == "django.db.backends.postgresql"
    with psycopg.connect(host=first["HOST"], user=first["USER"], dbname=first["NAME"]) as connection:
        assert connection.execute("show server_encoding").fetchone() == ("UTF8",)
        assert connection.execute("show listen_addresses").fetchone() == ("",)


@pytest.mark.e2e
def test_the_browser_runs_scripts_and_knows_both_scripts(page: Page) -> None:
    page.set_content("<p id=a></p><script>document.querySelector('#a').textContent = 'Обмін'</script>")
    assert page.inner_text("#a") == "Обмін"
