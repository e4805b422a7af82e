"""Every answer carries the policy: pages, errors, downloads, static files, redirects, refusals."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from obmin.accounts import people
from obmin.accounts.models import Account
from obmin.config import settings as ours
from obmin.core.access import Role
from obmin.web.policy import ALLOWED, DENIED, HEADERS, POLICY

pytestmark = pytest.mark.django_db

DIRECTIVES = dict(part.split(" ", 1) for part in POLICY.split("; "))


def sign_in(client: Client) -> None:
    people.begin(
        agencies=[people.AgencyName("x", "X", "X")],
        leads={"register": "x"},
        officers=[people.Officer("a", "Ада", "Ada", "x", (Role.ADMINISTRATOR,))],
    )
    client.post(f"/sign-in/{people.issue_link(Account.objects.get())}")


def raises(*_: Any, **__: Any) -> HttpResponse:
    raise RuntimeError("a fault")


def answers(client: Client, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, int, HttpResponse]]:
    """One of each kind of answer, with the status that it must have."""
    yield "redirect to the door", 302, client.get("/people")
    yield "the door", 200, client.get("/sign-in")
    yield "wrong link", 404, client.post("/sign-in/0000")
    yield "method that is not there", 405, client.get("/sign-in/words")
    yield "static file", 200, client.get("/static/web/obmin.css")
    yield "static script", 200, client.get("/static/web/obmin.js")
    yield "static file that is not there", 404, client.get("/static/web/none.css")
    yield "form without its token", 403, Client(enforce_csrf_checks=True).post("/language", {"language": "uk"})
    yield "strange host", 400, client.get("/sign-in", headers={"host": "evil.example"})
    sign_in(client)
    yield "page", 200, client.get("/")
    yield "part of a page", 200, client.get("/", headers={"HX-Request": "true"})
    yield "page that is not there", 404, client.get("/nothing/here")
    yield "page of another duty", 403, client.get("/register/held")
    client.raise_request_exception = False
    monkeypatch.setattr("obmin.desk.views.render", raises)
    yield "fault of ours", 500, client.get("/")


def test_every_kind_of_answer_carries_the_policy(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    lacking = {}
    for what, status, answer in answers(client, monkeypatch):
        assert answer.status_code == status, (what, answer.status_code)
        wanted = {k: v for k, v in HEADERS.items() if k != "Cache-Control" or "static" not in what}
        found = {k: answer.headers.get(k) for k in wanted}
        if found != wanted or "Access-Control-Allow-Origin" in answer.headers:
            lacking[what] = {k: v for k, v in found.items() if v != wanted[k]}
    assert lacking == {}


def test_a_download_carries_it_too_and_is_kept_by_nobody(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def download(*_: Any, **__: Any) -> HttpResponse:
        answer = HttpResponse(b"%PDF", content_type="application/pdf")
        answer["Content-Disposition"] = 'attachment; filename="act.pdf"'
        return answer

    sign_in(client)
    monkeypatch.setattr("obmin.desk.views.render", download)
    answer = client.get("/")
    assert answer["Content-Type"] == "application/pdf"
    assert {k: answer.headers.get(k) for k in HEADERS} == HEADERS


def test_pages_load_nothing_from_elsewhere_and_run_nothing_inline() -> None:
    assert DIRECTIVES.pop("default-src") == "'none'"
    assert DIRECTIVES.pop("frame-ancestors") == "'none'"
    assert DIRECTIVES.pop("base-uri") == "'none'"
    assert DIRECTIVES.pop("img-src") == "'self' data:"  # the codes that are drawn on a page
    assert set(DIRECTIVES.values()) == {"'self'"}
    assert {"script-src", "style-src", "form-action", "connect-src"} <= set(DIRECTIVES)


def test_a_page_asks_the_device_for_the_camera_and_keys_alone() -> None:
    assert HEADERS["Permissions-Policy"].count("=(self)") == len(ALLOWED) == 3
    assert {"geolocation", "microphone", "usb", "payment"} <= set(DENIED)


def test_cookies_stay_here_and_out_of_scripts(client: Client) -> None:
    sign_in(client)
    found = client.cookies[ours.SESSION_COOKIE_NAME]
    assert (found["samesite"], found["httponly"], found["path"]) == ("Strict", True, "/")
    assert found["max-age"] == ""  # it ends with the browser


def test_faults_show_nobody_the_code() -> None:
    assert ours.DEBUG is False
