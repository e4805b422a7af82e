"""The terms on the screen: a draft beside what is in force, its form, its errors, two people."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from obmin.accounts import people as accounts
from obmin.accounts.models import Account
from obmin.audit.models import Entry
from obmin.core.access import Role
from obmin.core.errors import Incomplete, NotAllowed, Refused, Stale, Unreadable, WrongState
from obmin.core.terms import diff
from obmin.core.terms.amend import own_clause
from obmin.core.terms.patch import put, steps
from obmin.negotiation import terms, terms_rechecked
from obmin.negotiation.models import Exchange, Terms
from tests.negotiation.exchange import NEGOTIATOR, Story

YAML = (Path(__file__).parents[1] / "data" / "twelve.yaml").read_text(encoding="utf-8")
BASE = "/x/x-1/terms"
ROLES = (Role.NEGOTIATOR, Role.LEGAL, Role.OBSERVER, Role.PLANNER)
OPENED = datetime(2025, 5, 17, 12, tzinfo=UTC)


@pytest.fixture
def exchange(db: None) -> Exchange:
    officers = [accounts.Officer(f"o-{r.value}", "Вигадана Особа", "Vyhadana Osoba", "HQ", (r,)) for r in ROLES]
    agencies = [accounts.AgencyName("HQ", "Headquarters", "Штаб")]
    accounts.begin(agencies=agencies, leads={}, officers=officers)
    negotiator, legal = (accounts.holder(r) for r in (Role.NEGOTIATOR, Role.LEGAL))
    found = terms.open_exchange("x-1", actor=negotiator, name_en="X", name_uk="Х", other="RUS")
    terms.adopt(found, YAML, 1, actor=negotiator, second=legal, at=OPENED)
    found.refresh_from_db()
    return found


def entered(role: Role, language: str = "en") -> Client:
    client = Client(raise_request_exception=True)
    client.force_login(Account.objects.get(pk=f"o-{role.value}"), backend="obmin.accounts.backend.Links")
    client.cookies["obmin-language"] = language
    return client


@pytest.fixture
def client(exchange: Exchange) -> Client:
    return entered(Role.NEGOTIATOR)


def begun(client: Client) -> Terms:
    client.post(f"{BASE}/begin")
    return Terms.objects.get(state="DRAFT")


def filled(answer: HttpResponse) -> dict[str, str]:
    """What the browser would send back from the form of a page, untouched."""
    page = answer.content.decode()
    form = page[page.rindex("<form", 0, page.index('name="seen"')) :]
    form = form[: form.index("</form>")]
    found = {
        n: html.unescape(v) for n, v in re.findall(r'<input[^>]* name="([^"]+)"[^>]* value="([^"]*)"', form)
    }
    found |= {
        n: html.unescape(v)
        for n, v in re.findall(r'<textarea[^>]* name="([^"]+)"[^>]*>\n?(.*?)</textarea>', form, re.S)
    }
    for name, inner in re.findall(r'<select[^>]* name="([^"]+)"[^>]*>(.*?)</select>', form, re.S):
        chosen = re.search(r'value="([^"]*)" selected', inner)
        found[name] = chosen[1] if chosen else ""
    found.pop("csrfmiddlewaretoken", None)
    return found


def text_of(answer: HttpResponse) -> str:
    return html.unescape(re.sub(r"<[^>]+>", "", answer.content.decode()))


def test_what_is_in_force_is_never_edited(client: Client, exchange: Exchange) -> None:
    draft = begun(client)
    in_force = exchange.terms.get()
    path = f"{BASE}/{draft.pk}/clause/T1"
    client.post(path, filled(client.get(path)) | {"versions.1.clauses.0.count.exactly": "11"})
    draft.refresh_from_db()
    in_force.refresh_from_db()
    assert in_force.yaml == YAML
    assert draft.yaml.startswith(YAML.rstrip("\n"))
    with pytest.raises(WrongState, match="never changed"):
        terms.write(in_force, draft.yaml, actor=accounts.holder(Role.NEGOTIATOR), seen=in_force.version)


def test_a_form_sent_back_untouched_writes_nothing(client: Client) -> None:
    draft = begun(client)
    entries = Entry.objects.filter(act="terms.edit")
    for part in ("version", "clause/T1", "clause/T2", "data"):
        path = f"{BASE}/{draft.pk}/{part}"
        before = Terms.objects.get(pk=draft.pk).yaml
        answer = client.post(path, filled(client.get(path)))
        assert answer.status_code == 302, text_of(answer)
        assert Terms.objects.get(pk=draft.pk).yaml == before
    assert entries.count() == 1, "only the page of the data writes what it was given"


def test_an_answer_writes_the_same_yaml(client: Client) -> None:
    draft = begun(client)
    path = f"{BASE}/{draft.pk}/clause/T1"
    answers = {
        "versions.1.clauses.0.count.exactly": "11",
        "versions.1.clauses.0.count.phases.P1": "11",
        "versions.1.clauses.0.count.who": "age: {from: 18}\r\nsex: 1",
        "versions.1.clauses.0.says.en": "Russia releases exactly 11 men.",
    }
    assert client.post(path, filled(client.get(path)) | answers).status_code == 302
    draft.refresh_from_db()
    new = draft.yaml[len(YAML.rstrip("\n")) :]
    assert '- id: T1\n        says: {en: "Russia releases exactly 11 men.", uk: ' in new
    assert "exactly: 11, phases: {P1: 11}, selected_by: RUS, who: {age: {from: 18}, sex: 1}}" in new
    agreement = terms.agreement(draft)
    assert len(diff(agreement, agreement, 1, 2)) == 1
    shown = text_of(client.get(f"{BASE}/{draft.pk}"))
    assert "exactly 11" in shown
    assert "What it changes" in shown


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("count.track", "military, civilian", "one number over"),
        ("count.who", "will: refuses", "Art. 109(3)"),
        ("count.who", "age: [", "well-formed YAML"),
        ("count.exactly", "many", "a number of 0 or more"),
        ("window.until", "2025-13-40", "a day that exists"),
    ],
)
def test_an_error_stands_at_its_field_with_the_line_and_what_was_typed_stays(
    client: Client, key: str, value: str, said: str
) -> None:
    draft = begun(client)
    path, name = f"{BASE}/{draft.pk}/clause/T1", f"versions.1.clauses.0.{key}"
    answer = client.post(path, filled(client.get(path)) | {name: value})
    assert answer.status_code == 422
    page = answer.content.decode()
    wrong = re.search(rf'id="{re.escape(name)}-error">(.*?)</p>', page, re.S)
    assert wrong is not None, text_of(answer)
    error = html.unescape(re.sub(r"<[^>]+>", "", wrong[1]))
    assert said in error
    assert "line " in error or key == "count.who"
    assert f'href="#{name}"' in page, "the summary leads to the field"
    assert value in html.unescape(page)
    draft.refresh_from_db()
    assert draft.yaml[len(YAML) :].count("- id:") == 0, "nothing was written"


def test_numbers_that_do_not_add_up_yet_are_kept_and_told(client: Client) -> None:
    draft = begun(client)
    path = f"{BASE}/{draft.pk}/clause/T1"
    client.post(path, filled(client.get(path)) | {"versions.1.clauses.0.count.exactly": "11"})
    shown = text_of(client.get(f"{BASE}/{draft.pk}"))
    assert "the phases add up to 12" in shown
    assert "First put right what stands below." in shown
    draft.refresh_from_db()
    with pytest.raises(Unreadable):
        terms.propose(draft, actor=accounts.holder(Role.NEGOTIATOR), seen=draft.version)


def test_clauses_begun_and_taken_out(client: Client) -> None:
    draft = begun(client)
    path = f"{BASE}/{draft.pk}/new?clause=T9&form=must"
    answers = {
        "versions.1.clauses.0.says.en": "Lists are given.",
        "versions.1.clauses.0.says.uk": "Списки передано.",
        "versions.1.clauses.0.must.by": "UKR, RUS",
        "clause": "T9",
        "form": "must",
    }
    assert client.post(path, filled(client.get(path)) | answers).status_code == 302
    draft.refresh_from_db()
    assert terms.agreement(draft).version(2).clause("T9").form.actors == ("UKR", "RUS")  # type: ignore[union-attr]
    client.post(f"{BASE}/{draft.pk}/without", {"seen": draft.version, "clause": "T9"})
    draft.refresh_from_db()
    client.post(f"{BASE}/{draft.pk}/without", {"seen": draft.version, "clause": "T2"})
    draft.refresh_from_db()
    assert [c.id for c in terms.agreement(draft).version(2).clauses] == ["T1"]
    assert [c.id for c in terms.agreement(draft).version(1).clauses] == ["T1", "T2"]


def test_somebody_who_wrote_first_is_not_overwritten(client: Client, exchange: Exchange) -> None:
    draft = begun(client)
    path = f"{BASE}/{draft.pk}/clause/T1"
    old = filled(client.get(path))
    client.post(path, old | {"versions.1.clauses.0.says.en": "First."})
    quiet = Client(raise_request_exception=False)
    quiet.cookies = client.cookies
    assert quiet.post(path, old | {"versions.1.clauses.0.says.en": "Second."}).status_code == 409
    assert "First." in Terms.objects.get(pk=draft.pk).yaml


def test_two_people_adopt_a_draft(client: Client, exchange: Exchange) -> None:
    draft = begun(client)
    path = f"{BASE}/{draft.pk}/clause/T1"
    same = {"versions.1.clauses.0.count.exactly": "11", "versions.1.clauses.0.count.phases.P1": "11"}
    client.post(path, filled(client.get(path)) | same)
    draft.refresh_from_db()
    client.post(f"{BASE}/{draft.pk}", {"act": "propose", "seen": draft.version})
    draft.refresh_from_db()
    assert draft.state == "PROPOSED"
    assert "This is done by: legal officer." in text_of(client.get(f"{BASE}/{draft.pk}"))
    with pytest.raises(NotAllowed):
        terms.adopt_proposed(draft, second=accounts.holder(Role.NEGOTIATOR), seen=draft.version)
    lawyer = entered(Role.LEGAL)
    assert lawyer.post(f"{BASE}/{draft.pk}", {"act": "adopt", "seen": draft.version}).status_code == 302
    exchange.refresh_from_db()
    assert [t.number for t in exchange.terms.order_by("number")] == [1, 2]
    assert terms.in_force(exchange).clause("T1").form.amount.exactly == 11  # type: ignore[union-attr]
    assert not terms.drafts(exchange).exists()
    entry = Entry.objects.filter(act="terms.adopt").latest("index")
    assert '"actor":"o-negotiator"' in entry.body
    assert '"second":"o-legal-officer"' in entry.body


def test_editing_what_was_proposed_takes_the_proposal_back(client: Client) -> None:
    draft = begun(client)
    client.post(f"{BASE}/{draft.pk}", {"act": "propose", "seen": draft.version})
    draft.refresh_from_db()
    seen = draft.version
    path = f"{BASE}/{draft.pk}/clause/T1"
    client.post(path, filled(client.get(path)) | {"versions.1.clauses.0.says.en": "Other words."})
    draft.refresh_from_db()
    assert draft.state == "DRAFT"
    with pytest.raises(Stale):
        terms.adopt_proposed(draft, second=accounts.holder(Role.LEGAL), seen=seen)
    with pytest.raises(WrongState):
        terms.adopt_proposed(draft, second=accounts.holder(Role.LEGAL), seen=draft.version)


def test_a_file_is_imported_or_told_what_is_wrong_line_by_line(client: Client, exchange: Exchange) -> None:
    second = terms.begin(exchange, actor=accounts.holder(Role.NEGOTIATOR)).yaml
    sent = SimpleUploadedFile("theirs.yaml", second.replace("twelve soldiers", "12 soldiers").encode())
    answer = client.post(f"{BASE}/import", {"file": sent})
    assert answer.status_code == 302
    assert Terms.objects.filter(state="DRAFT").count() == 2
    unlawful = second.replace("clauses: []", 'clauses: [{id: T7, says: "No.", never: {event: refused}}]')
    answer = client.post(f"{BASE}/import", {"text": unlawful})
    assert answer.status_code == 422
    assert "line 29: clause T7: forbids “did not want to go”" in text_of(answer)
    garbled = SimpleUploadedFile("theirs.yaml", b"\xff\xfe\x00")
    assert "a text file in UTF-8" in text_of(client.post(f"{BASE}/import", {"file": garbled}))
    assert Terms.objects.filter(state="DRAFT").count() == 2


def test_a_file_that_says_the_past_in_other_words_is_refused(exchange: Exchange) -> None:
    actor = accounts.holder(Role.NEGOTIATOR)
    second = terms.begin(exchange, actor=actor).yaml
    with pytest.raises(WrongState, match="in other words"):
        terms.take_in(
            exchange,
            second.replace("exactly: 12, phases: {P1: 12}, selected_by: RUS", "exactly: 12"),
            actor=actor,
        )
    with pytest.raises(WrongState, match="is no later one"):
        terms.take_in(exchange, YAML, actor=actor)
    with pytest.raises(Incomplete, match="no party"):
        terms.take_in(exchange, second.replace("RUS", "XXX"), actor=actor)
    with pytest.raises(Refused, match="history"):
        terms.take_in(
            exchange,
            second.replace("hostilities:", 'historic: true\nhistoric_because: "x"\nhostilities:'),
            actor=actor,
        )


def test_a_day_that_has_not_come(exchange: Exchange) -> None:
    negotiator, legal = accounts.holder(Role.NEGOTIATOR), accounts.holder(Role.LEGAL)
    second = terms.begin(exchange, actor=negotiator).yaml.replace("agreed: 2025-05-17", "agreed: 2025-05-20")
    with pytest.raises(Incomplete, match="has not come"):
        terms.adopt(exchange, second, 2, actor=negotiator, second=legal)
    terms.adopt(exchange, second, 2, actor=negotiator, second=legal, at=datetime(2025, 5, 20, tzinfo=UTC))


def test_drafts_are_seen_by_the_duties_that_open_them(client: Client) -> None:
    draft = begun(client)
    for role in (Role.OBSERVER, Role.PLANNER):
        quiet = entered(role)
        quiet.raise_request_exception = False
        assert quiet.get(BASE).status_code == 200
        assert "Draft" not in text_of(quiet.get(BASE))
        assert quiet.get(f"{BASE}/{draft.pk}").status_code == 403
        assert quiet.get(f"{BASE}/{draft.pk}/file").status_code == 404
        assert "Draft" not in text_of(quiet.get(f"{BASE}/compare"))


def test_the_file_comes_as_it_is_kept(client: Client, exchange: Exchange) -> None:
    assert client.get(f"{BASE}/{exchange.terms.get().pk}/file").content.decode() == YAML


@pytest.mark.parametrize("language", ["en", "uk"])
def test_side_by_side_in_plain_words(exchange: Exchange, language: str) -> None:
    client = entered(Role.NEGOTIATOR, language)
    draft = begun(client)
    path = f"{BASE}/{draft.pk}/clause/T1"
    client.post(path, filled(client.get(path)) | {"versions.1.clauses.0.count.exactly": "11"})
    page = client.get(f"{BASE}/compare?left={exchange.terms.get().pk}&right={draft.pk}").content.decode()
    assert "<del>12</del>" in page
    assert "<ins>11</ins>" in page
    assert page.count("<ins>") == 1


def test_a_refusal_is_told_in_ukrainian_on_a_ukrainian_page(exchange: Exchange) -> None:
    client = entered(Role.NEGOTIATOR, "uk")
    draft = begun(client)
    path = f"{BASE}/{draft.pk}/clause/T1"
    answer = client.post(path, filled(client.get(path)) | {"versions.1.clauses.0.count.who": "will: refuses"})
    errors = re.findall(r'-error">(.*?)</p>', answer.content.decode(), re.S)
    assert len(errors) == 1
    said = html.unescape(re.sub(r"<[^>]+>", "", errors[0]))
    assert "пункт T1: бере осіб, які не погодилися їхати" in said
    assert "ст. 109(3)" in said
    assert not re.search(r"\b(the|clause|Convention|expected|line)\b", said)


def test_pages_need_no_script(client: Client) -> None:
    draft = begun(client)
    for part in (
        "",
        f"/{draft.pk}",
        f"/{draft.pk}/version",
        f"/{draft.pk}/clause/T1",
        f"/{draft.pk}/data",
        "/import",
        "/compare",
        f"/{draft.pk}/new?clause=T9&form=order",
    ):
        answer = client.get(BASE + part)
        assert answer.status_code == 200
        inner = answer.content.decode()
        body: Any = inner[inner.index("<main") : inner.index("</main>")]
        assert "hx-" not in body
        assert "<script" not in body


def test_lists_that_stand_are_held_against_the_change(story: Story) -> None:
    """Twelve for twelve stands on both sides; twelve become eleven, and the page says what that breaks."""
    story.both_proposed()
    change = terms.begin(story.exchange, actor=NEGOTIATOR)
    assert terms_rechecked.breaks(story.exchange, change) == {"breaks-ours": "", "breaks-theirs": ""}
    text, path = own_clause(change.yaml, "T2", file="t")
    for key in ("exactly", "phases"):
        value = 11 if key == "exactly" else {"P1": 11}
        text = put(text, [*steps(path), "count", key], value, file="t")
    terms.write(change, text, actor=NEGOTIATOR, seen=change.version)
    facts = terms_rechecked.breaks(story.exchange, change)
    assert facts == {"breaks-ours": "T2:0 T2@P1:0", "breaks-theirs": ""}
    terms.propose(change, actor=NEGOTIATOR, seen=change.version, facts=facts)
    ours, theirs = terms_rechecked.told(change)
    assert ours.points == ("T2: the number is no longer met", "T2@P1: the number is no longer met")
    assert theirs.points == ("keeps every clause that it kept before",)
