"""The lists workbench on the screen, for each duty, with nothing but plain requests."""

from __future__ import annotations

import html
import re
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from obmin.core.access import Role
from obmin.core.rounds import Kind
from obmin.negotiation import rounds
from tests.negotiation.exchange import Story, officer

if TYPE_CHECKING:
    from django.http import HttpResponse

    from obmin.negotiation.models import Draft

BASE = "/x/x-1/lists"
ROLES = (Role.LISTS, Role.NEGOTIATOR, Role.LEGAL, Role.APPROVER, Role.HANDOVER, Role.OBSERVER)
LISTS = officer(Role.LISTS)


@pytest.fixture
def draft(story: Story) -> Draft:
    from obmin.accounts import people as accounts

    accounts.begin(
        agencies=[accounts.AgencyName("HQ", "Headquarters", "Штаб")],
        leads={},
        officers=[accounts.Officer(r.value, "Вигадана Особа", "Vyhadana Osoba", "HQ", (r,)) for r in ROLES],
    )
    return story.compose()


def entered(role: Role = Role.LISTS, language: str = "en") -> Client:
    from obmin.accounts.models import Account

    client = Client(raise_request_exception=True)
    client.force_login(Account.objects.get(pk=role.value), backend="obmin.accounts.backend.Links")
    client.cookies["obmin-language"] = language
    return client


def text_of(answer: HttpResponse) -> str:
    return html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode()))


def rows(answer: HttpResponse) -> list[str]:
    """Keys of the people in the grid, in order."""
    return re.findall(r"/people/([0-9a-f]{16})\"", answer.content.decode())


def order(client: Client, kind: str, keys: list[str], **more: Any) -> HttpResponse:
    """Chosen rows, the confirmation, and what was done."""
    shown = client.post(f"{BASE}/1/order", {"kind": kind, "row": keys})
    assert shown.status_code == 200
    wishes = [html.unescape(w) for w in re.findall(r'name="wish" value="([^"]*)"', shown.content.decode())]
    return client.post(f"{BASE}/1/order", {"confirmed": "yes", "wish": wishes} | more)


def test_everybody_is_on_one_page_those_on_the_list_first(draft: Draft) -> None:
    answer = entered().get(f"{BASE}/1")
    found = rows(answer)
    on = set(draft.lines.values_list("person_id", flat=True))
    assert len(found) == 15
    assert set(found[: len(on)]) == on
    assert "12" in text_of(answer)
    assert "Ukraine releases exactly 12 soldiers." in text_of(answer)


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("show=on", 13),
        ("show=out", 2),
        ("show=direct", 1),
        ("phase=P1", 12),
        ("track=military", 15),
        ("track=civilian", 0),
        ("clause=T2", 14),
        ("state=CHECKED", 13),
        ("order=any", 0),
        ("q=Вигаданов3", 1),
        ("q=Пётр", 15),
        ("q=nobody", 0),
        ("show=out&sort=-name", 2),
    ],
)
def test_each_filter_leaves_those_whom_it_names(draft: Draft, query: str, count: int) -> None:
    answer = entered().get(f"{BASE}/1?{query}")
    assert answer.status_code == 200
    assert len(rows(answer)) == count, text_of(answer)


@pytest.mark.parametrize("sort", ["name", "place", "state", "clause"])
def test_backwards_is_the_same_people_the_other_way(draft: Draft, sort: str) -> None:
    client = entered()
    one, other = (rows(client.get(f"{BASE}/1?sort={s}")) for s in (sort, f"-{sort}"))
    assert sorted(one) == sorted(other)
    if sort == "name":
        assert one == other[::-1]


def test_a_negotiator_sees_no_reasons_and_nobody_who_is_left_out(draft: Draft) -> None:
    client = entered(Role.NEGOTIATOR)
    answer = client.get(f"{BASE}/1")
    out = set(draft.left_out.values_list("person_id", flat=True))
    assert len(rows(answer)) == 13
    assert not out & set(rows(answer))
    assert "level" not in text_of(answer)
    assert client.get(f"{BASE}/1/people/{min(out)}").status_code == 404
    assert client.get(f"{BASE}/1/orders").status_code == 403
    assert client.post(f"{BASE}/1/order", {"kind": "ban", "row": rows(answer)[:1]}).status_code == 403
    told = client.post(f"{BASE}/1/paste", {"lines": min(out)})
    assert "Not found in this draft 1" in re.sub(r"\s+", " ", text_of(told))


def test_who_is_ill_is_not_told_apart_by_a_filter(draft: Draft) -> None:
    line = draft.lines.filter(direct=False).first()
    assert line is not None
    draft.lines.filter(pk=line.pk).update(state="UNFIT")
    negotiator = entered(Role.NEGOTIATOR)
    assert rows(negotiator.get(f"{BASE}/1?state=UNFIT")) == []
    assert rows(negotiator.get(f"{BASE}/1?state=REFUSED")) == [line.person_id]
    assert "Needs care first" not in text_of(negotiator.get(f"{BASE}/1"))
    assert rows(entered().get(f"{BASE}/1?state=UNFIT")) == [line.person_id]


def test_an_observer_sees_no_list(draft: Draft) -> None:
    client = entered(Role.OBSERVER)
    pages = ("1", "1/orders", "1/paste", "1/file", "1/sheet", "1/sign", "1/proof", "compare")
    assert {client.get(f"{BASE}/{page}").status_code for page in pages} == {403}


def test_chosen_rows_are_ordered_after_a_confirmation_and_each_is_accounted(draft: Draft) -> None:
    from obmin.negotiation.models import Order

    client = entered()
    direct = draft.lines.get(direct=True).person_id
    others = list(draft.lines.filter(direct=False).values_list("person_id", flat=True)[:2])
    shown = client.post(f"{BASE}/1/order", {"kind": "ban", "row": [direct, *others]})
    assert "2 orders will be given. 1 cannot." in re.sub(r"\s+", " ", text_of(shown))
    assert not Order.objects.exists()
    done = order(client, "ban", [direct, *others], reason="both asked to wait")
    assert "2 orders were given." in re.sub(r"\s+", " ", text_of(done))
    assert set(Order.objects.values_list("person_id", flat=True)) == set(others)
    told = text_of(client.get(f"{BASE}/1/orders"))
    assert told.count("both asked to wait") == 2
    assert "Vyhadana Osoba" in told


def test_without_a_reason_nothing_is_ordered(draft: Draft) -> None:
    from obmin.negotiation.models import Order

    one = draft.lines.filter(direct=False).values_list("person_id", flat=True)[0]
    done = order(entered(), "ban", [one], reason=" ")
    assert "1 was refused" in text_of(done)
    assert not Order.objects.exists()


def test_an_order_is_lifted_on_its_page(draft: Draft) -> None:
    from obmin.negotiation.models import Order

    client = entered()
    one = draft.left_out.values_list("person_id", flat=True)[0]
    order(client, "lock", [one], reason="a child alone")
    given = Order.objects.get()
    assert "a child alone" in text_of(client.get(f"/x/x-1/orders/{given.pk}"))
    assert "a child alone" in text_of(client.get(f"{BASE}/1/people/{one}"))
    client.post(f"/x/x-1/orders/{given.pk}", {"seen": given.version, "reason": "found an aunt"})
    given.refresh_from_db()
    assert given.state == "LIFTED"


def test_the_list_is_composed_again_near_the_draft_and_the_difference_is_shown(draft: Draft) -> None:
    from obmin.jobs import work

    client = entered()
    one = draft.lines.filter(direct=False).values_list("person_id", flat=True)[4]
    order(client, "ban", [one], reason="a witness")
    assert client.post(f"{BASE}/1/near").status_code == 302
    job = work.take()
    assert job is not None
    work.run(job)
    job.refresh_from_db()
    assert (job.state, job.failure) == ("DONE", "")
    assert job.result == "/x/x-1/lists/compare?from=1&to=2"
    answer = client.get(job.result)
    told = re.sub(r"\s+", " ", text_of(answer))
    assert "1 came onto the list" in told
    assert "1 left it" in told
    assert one in answer.content.decode()
    assert "taken off by an officer" in told


def test_pasted_lines_are_found_unknown_or_several(draft: Draft) -> None:
    client = entered()
    key = draft.lines.values_list("person_id", flat=True)[0]
    lines = [key, "7", "Вигаданов11 Пётр", "Вигаданов1", "Nobody Whatever", "no-such-number", ""]
    answer = client.post(f"{BASE}/1/paste", {"lines": "\n".join(lines)})
    told = re.sub(r"\s+", " ", text_of(answer))
    assert "3 lines found" in told
    assert "Not found in this draft 2" in told
    assert "Might be several people 1" in told
    link = re.search(r'href="([^"]*picked=[^"]*)"', answer.content.decode())
    assert link
    found = rows(client.get(html.unescape(link[1])))
    assert len(found) == 3
    assert key in found
    assert rows(entered(Role.APPROVER).get(html.unescape(link[1]))) == [], "a pasted set is its owner’s"


def test_a_view_is_kept_for_oneself_or_for_all_and_never_with_words(draft: Draft) -> None:
    from obmin.negotiation.models import View

    client = entered()
    client.post(f"{BASE}/1/view", {"name": "left out", "query": "show=out&q=Вигаданов3&sort=name"})
    client.post(f"{BASE}/1/view", {"name": "all of T2", "query": "clause=T2", "shared": "yes"})
    assert set(View.objects.values_list("query", flat=True)) == {"show=out&sort=name", "clause=T2"}
    other = text_of(entered(Role.APPROVER).get(f"{BASE}/1"))
    assert "all of T2" in other
    assert "left out" not in re.sub(r"\s+", " ", other).split("Keep this view")[0].replace("Left out", "")
    shared = View.objects.get(shared=True)
    assert entered(Role.APPROVER).post(f"{BASE}/1/view", {"drop": shared.pk}).status_code == 403
    client.post(f"{BASE}/1/view", {"drop": shared.pk})
    assert not View.objects.filter(shared=True).exists()


# -- workbooks


def sheet_of(answer: HttpResponse) -> list[list[Any]]:
    from python_calamine import CalamineWorkbook

    assert answer.status_code == 200
    body = answer.content
    return CalamineWorkbook.from_filelike(BytesIO(body)).get_sheet_by_index(0).to_python()


def given_back(client: Client, table: list[list[Any]]) -> HttpResponse:
    import polars as pl

    from obmin.files.workbooks import workbook

    head, *body = table
    frame = pl.DataFrame([list(map(str, row)) for row in body], schema=[str(h) for h in head], orient="row")
    file = SimpleUploadedFile("sheet.xlsx", workbook([("List", frame)]))
    return client.post(f"{BASE}/1/sheet", {"file": file})


def test_a_workbook_has_what_the_filter_leaves_as_text_and_no_names(draft: Draft) -> None:
    client = entered()
    table = sheet_of(client.get(f"{BASE}/1/file?show=on"))
    assert len(table) == 1 + 13
    assert {"key", "day", "clause", "why", "lock", "ban", "move to", "reason"} <= set(table[0])
    assert not {"name", "birth_date", "rank"} & set(table[0])
    assert all(isinstance(cell, str) for row in table for cell in row)
    thin = sheet_of(entered(Role.NEGOTIATOR).get(f"{BASE}/1/file"))
    assert len(thin) == 1 + 13
    assert not {"why", "clause", "order"} & set(thin[0])


def test_a_sheet_that_comes_back_is_accounted_row_by_row(draft: Draft) -> None:
    from obmin.negotiation.models import Order

    client = entered()
    table = sheet_of(client.get(f"{BASE}/1/file"))
    at = {name: n for n, name in enumerate(table[0])}
    key = [row[at["key"]] for row in table]
    direct = draft.lines.get(direct=True).person_id
    out = draft.left_out.values_list("person_id", flat=True)[0]
    told = {
        key[1]: {"ban": "x", "reason": "asked to wait"},
        key[2]: {"ban": "x"},
        key[3]: {"ban": "x", "lock": "x", "reason": "both"},
        key[4]: {"move to": "01.01.2030", "reason": "no such day"},
        direct: {"ban": "x", "reason": "cannot"},
        out: {"lock": "так", "reason": "a child alone"},
    }
    for row in table[1:]:
        for name, value in told.get(row[at["key"]], {}).items():
            row[at[name]] = value
    shown = given_back(client, table)
    text = re.sub(r"\s+", " ", text_of(shown))
    assert "2 orders will be given. 2 cannot." in text
    assert "2 rows cannot be read" in text
    assert "Row 3: Say why" in text
    assert not Order.objects.exists()
    wishes = [html.unescape(w) for w in re.findall(r'name="wish" value="([^"]*)"', shown.content.decode())]
    client.post(f"{BASE}/1/order", {"confirmed": "yes", "wish": wishes})
    assert set(Order.objects.values_list("person_id", "kind")) == {(key[1], "ban"), (out, "lock")}


def test_a_file_that_is_no_workbook_is_refused(draft: Draft) -> None:
    file = SimpleUploadedFile("sheet.xlsx", b"PK\x03\x04 nothing of the kind")
    assert entered().post(f"{BASE}/1/sheet", {"file": file}).status_code == 422


def test_names_go_out_by_two_people_and_only_to_whoever_asked(draft: Draft) -> None:
    from obmin.audit.models import Entry
    from obmin.negotiation.models import Handout

    asker, approver = entered(), entered(Role.APPROVER)
    asker.post(f"{BASE}/1/sign", {"seen": 1, "act": "ask-names", "reason": "for the bus lists"})
    handout = Handout.objects.get()
    assert asker.get(f"/x/x-1/names/{handout.pk}").status_code == 403
    assert (
        asker.post(f"{BASE}/1/sign", {"seen": 1, "act": "hand-out", "handout": handout.pk}).status_code == 403
    )
    from obmin.negotiation import list_files

    list_files.hand_out(handout, actor=officer(Role.APPROVER))
    assert approver.get(f"/x/x-1/names/{handout.pk}").status_code == 403
    table = sheet_of(asker.get(f"/x/x-1/names/{handout.pk}"))
    assert {"name", "romanised", "birth_date"} <= set(table[0])
    assert any("Вигаданов" in str(cell) for cell in table[1])
    assert Entry.objects.filter(act="read.export").exists()


def test_two_people_lock_and_sign_on_a_page_of_its_own(draft: Draft) -> None:
    assert "Lock this draft" not in text_of(entered().get(f"{BASE}/1"))
    page = text_of(entered().get(f"{BASE}/1/sign"))
    assert "Lock this draft for signing" in page
    assert draft.sha256[:4].upper() in page
    assert "This is done by" in text_of(entered(Role.HANDOVER).get(f"{BASE}/1/sign"))


@pytest.mark.parametrize("page", ["1", "1/proof", "1/orders", "1/paste", "1/sheet", "1/sign"])
@pytest.mark.parametrize("language", ["en", "uk"])
def test_each_page_is_whole_in_both_languages(draft: Draft, page: str, language: str) -> None:
    answer = entered(language=language).get(f"{BASE}/{page}")
    assert answer.status_code == 200
    assert f'lang="{language}"' in answer.content.decode()


def test_composing_waits_for_the_lot_and_says_for_whom(story: Story, draft: Draft) -> None:
    def said() -> tuple[str, bool]:
        answer = entered().get(BASE)
        return text_of(answer), 'aria-disabled="true"' in answer.content.decode()

    assert not said()[1]
    story.send(Kind.WANTED, actor=officer(Role.TRACING), lines=rounds.wanted_lines)
    text, greyed = said()
    assert greyed
    assert "lacks the value of RUS, UKR" in text
