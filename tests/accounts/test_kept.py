"""What was typed is never lost to a touch or a sign-out, never done in another's name, and never forged."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.http import HttpResponse
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from obmin.accounts import keys, sessions, staff
from obmin.accounts.models import Account, Appointment, Proposal
from obmin.core.access import Role
from tests.accounts.authenticator import SoftKey
from tests.accounts.officers import appoint, with_key

pytestmark = pytest.mark.usefixtures("live")
LATE = sessions.FRESH.total_seconds() + 1
IDLE = sessions.IDLE.total_seconds() + 1


@dataclass
class Desk:
    """One officer's browser, as far as forms and keys go; the form's token is checked."""

    client: Client
    key: SoftKey

    def sign_in(self) -> None:
        self.client.get("/sign-in")
        answer = self.post("/sign-in/key", {"answer": self.key.get(keys.request_options(keys.Purpose.SIGN_IN))})
        assert answer.status_code == 302

    def post(self, path: str, fields: dict[str, object], **more: object) -> HttpResponse:
        token = self.client.cookies["csrftoken"].value
        return self.client.post(path, fields | {"csrfmiddlewaretoken": token}, **more)  # type: ignore[arg-type,return-value]

    def go_on(self, path: str, page: HttpResponse, options: str) -> HttpResponse:
        """Sends the waiting form on, with the key's answer to what was asked."""
        fields = hidden(page)
        return self.post(path, fields | {"key-answer": self.key.get(options)})

    def touch(self, path: str, page: HttpResponse) -> HttpResponse:
        return self.go_on(path, page, self.client.get("/keys/touch").content.decode())

    def again(self, path: str, page: HttpResponse) -> HttpResponse:
        return self.go_on(path, page, self.client.get("/sign-in/options").content.decode())


def hidden(page: HttpResponse) -> dict[str, object]:
    text = page.content.decode()
    form = text[text.index("data-key=") :]
    found: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form):
        found.setdefault(html.unescape(name), []).append(html.unescape(value))
    found.pop("csrfmiddlewaretoken", None)
    return dict(found)


def desk(account: str) -> Desk:
    found = Desk(Client(enforce_csrf_checks=True), with_key(account))
    found.sign_in()
    return found


END = "/accounts/is/o-guard/end"
FORM: dict[str, object] = {"what": "account", "reason": "left; “said” <so> & went"}


def test_after_a_touch_the_act_is_done_with_what_was_typed(pass_time: Callable[[float], None]) -> None:
    admin = desk("o-administrator")
    pass_time(LATE)
    page = admin.post(END, FORM)
    assert page.status_code == 403
    assert Account.objects.get(pk="o-guard").is_active
    assert admin.touch(END, page).status_code == 302
    assert not Account.objects.get(pk="o-guard").is_active
    assert admin.client.get("/accounts").status_code == 200


def test_a_fresh_touch_is_not_asked_for_twice() -> None:
    assert desk("o-administrator").post(END, FORM).status_code == 302


def test_fields_of_one_name_are_all_kept(pass_time: Callable[[float], None]) -> None:
    admin = desk("o-administrator")
    pass_time(LATE)
    fields: dict[str, object] = {"role": ["site-manager", "escort-lead"], "places": "S1", "reason": "shift"}
    page = admin.post("/accounts/is/o-tracing-officer/appoint", fields)
    assert admin.touch("/accounts/is/o-tracing-officer/appoint", page).status_code == 302
    assert staff.read(Proposal.objects.get()).roles == (Role.ESCORT, Role.SITE)


def test_a_wrong_touch_keeps_the_form_and_does_nothing(pass_time: Callable[[float], None]) -> None:
    admin = desk("o-administrator")
    pass_time(LATE)
    page = admin.post(END, FORM)
    right, admin.key.origin = admin.key.origin, "https://evil.example"
    page = admin.touch(END, page)
    assert page.status_code == 403
    assert "Another site asked your key" in page.content.decode()
    assert Account.objects.get(pk="o-guard").is_active
    admin.key.origin = right
    assert admin.touch(END, page).status_code == 302


def test_a_touch_does_not_open_what_the_duty_does_not(pass_time: Callable[[float], None]) -> None:
    auditor = desk("o-auditor")
    pass_time(LATE)
    page = auditor.post(END, FORM)
    assert page.status_code == 403
    assert "Touch your key" not in page.content.decode()


def test_whoever_was_signed_out_while_typing_signs_in_and_goes_on(
    pass_time: Callable[[float], None],
) -> None:
    admin = desk("o-administrator")
    pass_time(IDLE)
    page = admin.post(END, FORM)
    assert "You were signed out" in page.content.decode()
    assert admin.client.get("/accounts").status_code == 302
    assert admin.again(END, page).status_code == 302
    assert not Account.objects.get(pk="o-guard").is_active
    assert admin.client.get("/accounts").status_code == 200


def test_what_one_person_typed_is_not_done_in_the_name_of_another(pass_time: Callable[[float], None]) -> None:
    appoint("o-tracing-officer", Role.FAMILY)  # any duty: only that it is somebody else's
    admin = Desk(Client(enforce_csrf_checks=True), with_key("o-administrator"))
    other = SoftKey()
    from obmin.accounts import keyring
    from tests.accounts.officers import fresh

    second = Account.objects.get(pk="o-second")
    made = other.create(keys.creation_options(second, keys.Purpose.ADD, second.pk))
    keyring.add_key(second, made, "x", actor=fresh("o-second"))
    admin.sign_in()
    pass_time(IDLE)
    page = admin.post(END, FORM)
    admin.key = other
    assert admin.again(END, page)["Location"] == "/"
    assert Account.objects.get(pk="o-guard").is_active


def test_a_form_from_elsewhere_is_never_made_to_wait(pass_time: Callable[[float], None]) -> None:
    admin = desk("o-administrator")
    pass_time(IDLE)
    page = admin.client.post(END, FORM)  # without the form's token
    assert page.status_code == 403
    assert "key-answer" not in page.content.decode()


def test_a_stranger_s_form_does_not_wait() -> None:
    stranger = Client()
    assert stranger.post(END, FORM)["Location"].startswith("/sign-in")
    assert stranger.post(END, FORM | {"key-owner": "forged", "key-answer": "{}"})["Location"] == "/sign-in"


def test_who_typed_a_form_is_bound_to_where_it_was_going(pass_time: Callable[[float], None]) -> None:
    admin = desk("o-administrator")
    pass_time(IDLE)
    page = admin.post(END, FORM)
    elsewhere = END.replace("o-guard", "o-escort-lead")
    assert admin.again(elsewhere, page)["Location"] == "/sign-in"
    assert Appointment.objects.get(account="o-escort-lead").until is None


def test_for_htmx_the_form_waits_where_messages_stand(pass_time: Callable[[float], None]) -> None:
    admin = desk("o-administrator")
    pass_time(LATE)
    part = admin.post(END, FORM, headers={"HX-Request": "true"})
    assert part["HX-Retarget"] == "#messages"
    assert "<script" not in part.content.decode()
    assert html.escape(str(FORM["reason"])) in part.content.decode()


@given(st.text(max_size=300))
def test_whatever_was_typed_comes_back_as_it_was(text: str) -> None:
    from django.template.loader import render_to_string

    page = HttpResponse(render_to_string("accounts/touch.html", {"kept": [("reason", text)], "action": "/x"}))
    assert hidden(page)["reason"] == [text]
