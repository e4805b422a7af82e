"""What each duty sees, field by field: a value that was planted stands on the page, or it does not."""

from __future__ import annotations

import re
from io import BytesIO
from typing import TYPE_CHECKING, Any
from zipfile import ZipFile

import pytest
from django.test import Client
from django.utils import translation

from obmin.core.access import TABLE, Actor, Area, Role
from tests.access import table

if TYPE_CHECKING:
    from tests.access.world import World

pytestmark = pytest.mark.django_db


def head(word: str) -> str:
    """The heading of a column."""
    return rf'<th scope="col"[^>]*>(?:<a[^>]*>)?\s*{re.escape(word)}<'


def title(word: str) -> str:
    """The heading of a part of a page."""
    return rf"<h2>{re.escape(word)}</h2>"


def wall(which: str, planted: dict[str, str], state: str) -> dict[tuple[str, str], tuple[str, str]]:
    page = f"person-{which}"
    told = {
        "name": planted["surname"],
        "birth_date": ".".join(reversed(planted["birth_date"].split("-"))),
        "sex": ">woman<",
        "captured_on": ".".join(reversed(planted["captured_on"].split("-"))),
        "claims": "As each source wrote it",
        "state": state,
        "history": title("Last changes"),
    }
    plain = ("service_number", "rank", "rank_code", "unit", "branch", "citizenship", "region", "facility")
    plain += ("tags",)
    told |= {name: re.escape(planted[name]) for name in plain}
    more = {"held": ("events", "<h3>What happened</h3>"), "sought": ("kin", "Питайленко Олена")}
    told |= dict([more[which]])
    found = {(which, name): (page, marker) for name, marker in told.items()}
    return found | {(which, "count"): (f"register-{which}", r"\d+ to \d+ of \d+")}


def probes(world: World) -> dict[tuple[str, str], tuple[str, str]]:
    """For each field the page that has it and what stands there when it is seen (a pattern)."""
    from obmin.audit.models import Checkpoint
    from tests.access.world import PLANTED

    checkpoint = Checkpoint.objects.latest("size")
    root = checkpoint.note.split("\n")[2]
    found = wall("held", PLANTED["held"], "Registered|Held by us|Captured") | wall(
        "sought", PLANTED["sought"], "Searching"
    )
    pages: dict[str, dict[str, tuple[str, str]]] = {
        "board": {
            "stages": ("board", "<h1>"),
            "missing": ("board", title("Readiness")),
            "grounds": ("board", "Will confirmed in private"),
        },
        "medical": {"health": ("person-held", "wounded"), "fitness": ("person-held", "on a stretcher")},
        "will": {"will": ("person-held", "has not decided")},
        "court": {"judicial": ("person-held", "proceedings pending")},
        "tracing": {
            "ours": ("pair", PLANTED["held"]["surname"]),
            "theirs": ("pair", "Домашній"),
            "evidence": ("pair", "доказ-насіння"),
        },
        "terms": {
            "text": ("terms", "In plain words"),
            "drafts": ("terms", re.escape(world.address("terms-draft"))),
        },
        "lists": {
            "name": ("draft", "Вигаданов"),
            "birth_date": ("draft", r"04\.03\.19\d\d"),
            "rank": ("draft", "звання-список"),
            "state": ("draft", head("State")),
            "place": ("draft", head("Place")),
            "fit": ("draft", "Needs care first"),
            "why": ("draft", head("Why")),
            "proof": ("list-proof", "<h1>"),
            "left_out": ("lists", head("Left out")),
        },
        "fairness": {"report": ("fairness", "<h1>")},
        "rounds": {
            "theirs": ("round", "Домашній"),
            "record": ("round", head("Our record")),
            "state": ("round", head("State")),
            "place": ("round", head("Day")),
            "fits": ("round", head("The terms say")),
            "packages": ("round", title("Packages")),
            "counts": ("rounds", head("Our lines")),
        },
        "reception": {
            "sites": ("reception", head("Minutes")),
            "trips": ("reception", head("Leaves after")),
            "sums": ("reception", title("What the plan says")),
            "name": ("site", "Домашній"),
            "day": ("site", head("Day")),
            "trip": ("site", head("Trip")),
            "kind": ("site", head("Place")),
        },
        "handover": {
            "number": ("muster", head("No.")),
            "name": ("muster", "Вигаданов"),
            "code": ("muster", head("Card")),
            "vehicle": ("muster", head("Trip")),
            "outcome": ("muster", head("State")),
            "fit": ("muster", "Needs care first"),
            "counts": ("muster", "on the manifest"),
            "devices": ("muster", title("Tablets")),
            "act": ("muster", title("Transfer act")),
        },
        "care": {
            "name": ("case", "Домашній"),
            "state": ("case", "Received"),
            "due": ("care", head("Next step due")),
            "site": ("care", head("Site")),
            "health": ("case", title("Health")),
            "psychology": ("case", title("Psychology")),
            "papers": ("case", title("Papers and pay")),
            "family": ("case", title("Family")),
            "plan": ("case", title("Plan")),
            "sealed": ("case", title("Sealed")),
        },
        "bulletins": {"text": ("bulletin", "Text of a bulletin"), "checks": ("bulletin", title("Checks"))},
        "journal": {
            "act": ("journal", head("What")),
            "who": ("journal", head("Who")),
            "subject": ("journal", head("About")),
            "facts": ("journal", head("On record")),
            "sums": ("journal", r"rows: \d"),
            "checkpoints": ("journal", r"\d leaves<"),
            "roots": ("journal", re.escape(root)),
        },
        "accounts": {
            "names": ("accounts", "Osoba"),
            "duties": ("accounts", head("Duties")),
            "ways": ("accounts", head("Signs in by")),
            "asked": ("accounts", "Waits for a second person"),
            "locked": ("accounts", re.escape("192.0.2.77")),
        },
    }
    return found | {(area, name): probe for area, row in pages.items() for name, probe in row.items()}


def test_every_field_of_the_program_stands_in_the_table_and_is_looked_for(world: World) -> None:
    program = {(area.value, name) for area, names in TABLE.areas.items() for name in names}
    assert program == set(table.FIELDS) == set(probes(world))


@pytest.mark.parametrize("short", sorted(table.EVERY))
def test_each_field_is_shown_to_those_whom_the_table_names(
    world: World, short: str, record_property: Any
) -> None:
    client, wrong = world.clients[table.ROLES[short]], []
    pages: dict[str, str] = {}
    for (area, name), (page, marker) in probes(world).items():
        if page not in pages:
            pages[page] = body(client, world.address(page))
        shown = re.search(marker, pages[page]) is not None
        if shown != (short in table.FIELDS[(area, name)]):
            wrong.append(f"{area}/{name}: {'shown' if shown else 'absent'}")
    record_property("cells", len(table.FIELDS))
    assert wrong == []


@pytest.mark.parametrize("short", sorted(table.EVERY))
def test_the_actor_sees_what_the_table_names(short: str) -> None:
    actor = Actor.of("x", frozenset({Role(table.ROLES[short])}), party="UKR")
    seen = {(area, name) for area, name in table.FIELDS if actor.sees(Area(area), name)}
    assert seen == {cell for cell, who in table.FIELDS.items() if short in who}


def body(client: Client, address: str, **extra: Any) -> str:
    """The main part of a page that opened, all the words of a workbook, else nothing."""
    found = client.get(address, **extra)
    if found.status_code != 200:
        return ""
    if found.headers.get("Content-Type", "").endswith("sheet"):
        with ZipFile(BytesIO(found.content)) as book:
            return "".join(book.read(name).decode() for name in book.namelist())
    text = found.content.decode()
    return text.partition("<main")[2] if "<main" in text else text


FILTERS = ("?q=Сад", "?show=out", "?outcome=unfit", "?state=UNFIT", "?page=2")


@pytest.mark.parametrize("language", ["en", "uk"])
@pytest.mark.parametrize("short", ["neg", "pre", "gua"])
def test_who_bargains_publishes_or_guards_reads_no_ground_anywhere(
    world: World, short: str, language: str
) -> None:
    """I-18: on no page, in no fragment, by no filter."""
    words = grounds(language)
    client = world.clients[table.ROLES[short]]
    client.cookies["obmin-language"] = language
    looked = 0
    for name in table.ADDRESSES:
        if name.startswith(("living", "terms", "sign-in", "enrol")):
            continue  # invented words, the words of the agreement, nobody's
        address = world.address(name).replace("own-0", "x")
        if not body(client, address):
            continue
        told = [body(client, address + query) for query in ("", *FILTERS)]
        told.append(body(client, address, HTTP_HX_REQUEST="true"))
        looked += len(told)
        assert {word for word in words for text in told if word in text} == set(), name
    client.cookies["obmin-language"] = "en"
    assert looked > 20


def grounds(language: str) -> set[str]:
    """What says why somebody stays, in one language; and where they are held."""
    from obmin.people.pages import ANSWERS
    from tests.access.world import PLANTED

    codes = ("wounded", "stretcher", "undecided", "refuses", "pending", "unfit", "exam-refused")
    with translation.override(language):
        words = {str(ANSWERS[code]) for code in codes} | {"Declined", "declined"}
        told = ("Needs care first", "Will confirmed in private", "Fit to travel", "Court consent")
        words |= {translation.gettext(word) for word in told}
    return words | {PLANTED["held"][name] for name in ("facility", "region", "tags", "surname")}
