"""Each refusal is told in one place: what happened, what was kept, what to do. Every answer has the policy."""

from __future__ import annotations

import pytest
from django.http import Http404, HttpResponse
from django.test import Client, RequestFactory, override_settings
from django.urls import resolve
from django_htmx.middleware import HtmxDetails

from obmin.core import errors
from obmin.web import living, policy, refusals

STATUS = {
    "not-allowed": 403,
    "stale": 409,
    "wrong-state": 409,
    "incomplete": 409,
    "infeasible": 409,
    "unreadable": 422,
    "altered": 409,
}


def answer(refusal: errors.Refused, *, post: bool = False, htmx: bool = False) -> HttpResponse:
    factory = RequestFactory(headers={"HX-Request": "true"} if htmx else {})
    request = factory.post("/x") if post else factory.get("/x")
    request.htmx = HtmxDetails(request)  # type: ignore[attr-defined]
    found = refusals.Refusals(lambda _: HttpResponse()).process_exception(request, refusal)
    assert found is not None
    return found


def test_every_kind_has_a_telling() -> None:
    kinds = [
        kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.Refused)
    ]
    assert set(kinds) == set(refusals.TELLINGS)


@pytest.mark.parametrize("code", STATUS)
def test_a_refusal_says_its_reason_and_its_code(code: str) -> None:
    refusal = living.REFUSALS[code]
    page = answer(refusal)
    text = page.content.decode()
    assert page.status_code == STATUS[code]
    assert refusal.message.split("\n")[0].split(":")[0] in text
    assert f"<code>{code}</code>" in text
    assert text.count("<h1") == 1


def test_what_may_not_be_seen_is_not_told() -> None:
    text = answer(errors.NotFound("Person P-7K is sealed")).content.decode()
    assert "P-7K" not in text


def test_clashing_clauses_are_named() -> None:
    assert "<code>2b</code>" in answer(living.REFUSALS["infeasible"]).content.decode()


def test_htmx_gets_the_alert_alone_and_the_form_stays() -> None:
    page = answer(living.REFUSALS["stale"], post=True, htmx=True)
    assert page["HX-Retarget"] == "#messages"
    assert b"<html" not in page.content
    assert "still here" in page.content.decode()


def test_other_faults_are_left_to_the_frame() -> None:
    assert (
        refusals.Refusals(lambda _: HttpResponse()).process_exception(RequestFactory().get("/"), KeyError("x"))
        is None
    )


def test_a_fault_of_ours_has_a_code_and_no_details() -> None:
    try:
        raise RuntimeError("secret detail")
    except RuntimeError:
        page = refusals.broken(RequestFactory().get("/x"))
    assert page.status_code == 500
    assert "secret" not in page.content.decode()
    assert "csrf" not in page.content.decode()


def test_words_of_a_refusal_are_escaped() -> None:
    assert b"<b>x" not in answer(errors.Refused("<b>x</b>")).content


def test_every_answer_has_the_policy_and_is_kept_by_nobody() -> None:
    response = Client().get("/living")
    assert response.status_code == 200
    assert response["Content-Security-Policy"] == policy.POLICY
    assert "unsafe" not in policy.POLICY
    assert response["Cache-Control"] == "no-store"
    assert "HX-Request" in response["Vary"]
    assert response["X-Frame-Options"] == "DENY"
    assert response["X-Content-Type-Options"] == "nosniff"


def test_the_living_page_is_in_training_homes_only() -> None:
    from django.conf import settings

    class Live:
        training = False

    assert settings.OBMIN.training
    shown = resolve("/living").func
    assert shown(RequestFactory().get("/living")).status_code == 200
    with override_settings(OBMIN=Live()), pytest.raises(Http404):
        shown(RequestFactory().get("/living"))


@pytest.mark.parametrize(
    ("given", "target"),
    [("/x/1?a=b", "/x/1?a=b"), ("https://elsewhere.example/", "/"), ("//elsewhere.example", "/"), ("", "/")],
)
def test_choices_are_kept_and_lead_back_to_this_place_only(given: str, target: str) -> None:
    client = Client()
    response = client.post("/theme", {"theme": "dark", "keys": "off", "next": given})
    assert response["Location"] == target
    assert client.cookies["obmin-theme"].value == "dark"
    assert client.cookies["obmin-theme"]["httponly"]
    assert b'data-theme="dark"' in client.get("/living").content
    assert b'data-keys="off"' in client.get("/living").content


def test_unknown_choices_change_nothing() -> None:
    client = Client()
    client.post("/theme", {"theme": "neon"})
    client.post("/language", {"language": "xx"})
    assert not client.cookies
    client.cookies["obmin-theme"] = '"><script>'
    assert b'data-theme="system"' in client.get("/living").content


def test_the_language_is_kept() -> None:
    client = Client()
    client.post("/language", {"language": "uk", "next": "/living"})
    assert b'<html lang="uk"' in client.get("/living").content
