"""A small instance with something on every page, one account for each duty, and values that are planted.

A planted value is a word that stands nowhere else, so that finding it on a page means seeing that field.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl
from django.test import Client
from django.urls import reverse
from fido2.cose import ES256
from fido2.webauthn import AttestedCredentialData

from obmin.accounts import people as accounts
from obmin.accounts import staff
from obmin.accounts.models import Account, Failures, Key
from obmin.audit import alarms, clock, journal
from obmin.bulletins.models import Bulletin
from obmin.care import cases
from obmin.care.models import Case
from obmin.core import record
from obmin.core.access import DUTIES, Actor, Place, Role
from obmin.core.duties import To
from obmin.core.merging import Answer
from obmin.handover import musters
from obmin.handover.models import ManifestLine, Muster
from obmin.jobs import work
from obmin.negotiation import terms
from obmin.negotiation.models import Handout, ListLine, Order, Round
from obmin.people import evidence, intake, merging, notices, register
from obmin.people.models import Matching, Pairing, Person, Register, TheirLine
from obmin.reception.models import Site
from obmin.vault import cells
from tests.access import lists_in
from tests.accounts.authenticator import SoftKey
from tests.negotiation import exchange as scene
from tests.negotiation.exchange import Story, officer

COLUMNS = (
    "birth_date",
    "sex",
    "service_number",
    "rank",
    "rank_code",
    "unit",
    "branch",
    "citizenship",
    "captured_on",
    "region",
    "facility",
    "tags",
)
HEARD = {
    "says": "unknown", "kind": "party", "reliability": "C", "credibility": "2", "origin": "RUS",
    "on": "2025-05-01", "document": "Letter 4",
}  # fmt: skip
PLANTED = {
    "held": {
        "surname": "Садженко",
        "given": "Олекса",
        "birth_date": "1971-02-03",
        "sex": "2",
        "service_number": "СН-501177",
        "rank": "звання-насіння",
        "rank_code": "OF-7",
        "unit": "частина-насіння",
        "branch": "рід-насіння",
        "citizenship": "MNG",
        "captured_on": "2024-03-07",
        "region": "край-насіння",
        "facility": "табір-насіння",
        "tags": "мітка-насіння",
    },
    "sought": {
        "surname": "Шуканенко",
        "given": "Остап",
        "birth_date": "1972-04-05",
        "sex": "2",
        "service_number": "СН-602288",
        "rank": "звання-пошук",
        "rank_code": "OF-6",
        "unit": "частина-пошук",
        "branch": "рід-пошук",
        "citizenship": "PER",
        "captured_on": "2024-05-09",
        "region": "край-пошук",
        "facility": "табір-пошук",
        "tags": "мітка-пошук",
    },
}


@dataclass
class World:
    """What the tests ask about: keys of rows by name, and a client for each duty."""

    story: Story
    keys: dict[str, str]
    clients: dict[str, Client]

    def address(self, name: str) -> str:
        return addresses(self)[name]


def account(role: Role) -> str:
    return f"o-{role.value}"


def actor(role: Role) -> Actor:
    return accounts.actor(account(role))


def begin_accounts() -> None:
    here = {Place.SITE: ("H",), Place.CROSSING: ("Bridge",)}
    agency = {Role.MEDICAL: "MOH", Role.SITE: "MOH"}
    officers = [
        accounts.Officer(
            account(role),
            f"Особа {n}",
            f"Osoba {n}",
            agency.get(role, "HQ"),
            (role,),
            here.get(DUTIES[role].place, ()),  # type: ignore[arg-type]
        )
        for n, role in enumerate(Role)
    ]
    agencies = [accounts.AgencyName(code, code, code) for code in ("HQ", "MOH", "OTHER")]
    accounts.begin(agencies=agencies, leads={}, officers=officers)


def plant(which: Register) -> str:
    """One person with a word of their own in every field."""
    row = {"id": f"plant-{which.value}", "category": "civilian", **PLANTED[which.value]}
    power = "RUS" if which is Register.HELD else "UKR"
    found = pl.DataFrame([row])
    before = set(Person.objects.values_list("pk", flat=True))
    register.import_list(found, actor=officer(Role.REGISTRAR), register=which, power=power, source="насіння")
    return str(Person.objects.exclude(pk__in=before).get().pk)


def held(more: int = 0) -> pl.DataFrame:
    """Fifteen soldiers, captured in months of their own: no lot decides; and `more` whom no clause asks for."""
    known = scene.fifteen().with_columns(
        rank=pl.lit("звання-список"),
        captured_on=pl.Series([f"{2022 + n // 12}-{1 + n % 12:02}-03" for n in range(15)]),
    )
    others = [
        {
            "id": f"more-{n}",
            "surname": f"Яремний{n}",
            "given": "Ян",
            "category": "civilian",
            "captured_on": "2025-01-01",
        }
        for n in range(more)
    ]
    return pl.concat([known, pl.DataFrame(others)], how="diagonal") if others else known


def build(more: int = 0) -> World:
    """As far as the day after the crossing; each stage with rows of its own. `more` are held besides."""
    begin_accounts()
    story = scene.begin(held(more))
    keys = {"held": plant(Register.HELD), "sought": plant(Register.SOUGHT)}
    keys["terms"] = str(terms.begin(story.exchange, actor=officer(Role.NEGOTIATOR)).pk)
    register.record_interviews([(keys["held"], "undecided", "2025-05-21")], actor=officer(Role.INTERVIEWER))
    scene.examine([keys["held"]], "wounded", "stretcher")
    register.record_court_decisions([(keys["held"], "pending", "none", "none")], actor=officer(Role.LEGAL))
    story.compose()
    story.gone()
    story.crossed()
    cases.open_cases(story.exchange, "P1", actor=officer(Role.CASE))
    musters.complete(story.exchange, actor=officer(Role.HANDOVER))
    _spoil(story, keys)
    _besides(story, keys)
    journal.close()
    return World(story, keys, {role.value: _client(role) for role in Role} | {"": Client()})


def _spoil(story: Story, keys: dict[str, str]) -> None:
    """Grounds that few may know, put straight into the rows; and rows at places of others."""
    line = ListLine.objects.filter(draft__exchange=story.exchange).order_by("draft__number", "pk").last()
    assert line is not None
    ListLine.objects.filter(pk=line.pk).update(state="UNFIT")
    keys["line"], keys["draft"], keys["listed"] = line.pk, str(line.draft.number), line.person_id
    order = Order(key="order", exchange=story.exchange, person=line.person, kind="lock", by="x", at=clock.now())
    cells.fill(order, b"because")
    order.save()
    handout = Handout(key="handout", draft=line.draft, state="GRANTED", by=account(Role.LISTS), at=clock.now())
    handout.save()
    keys["order"], keys["handout"] = order.pk, handout.pk
    out = Muster.objects.get(exchange=story.exchange, direction="out")
    ill, away = out.lines.order_by("number")[:2]
    ManifestLine.objects.filter(pk=ill.pk).update(outcome="unfit")
    ManifestLine.objects.filter(pk=away.pk).update(outcome="declined")
    keys["muster"] = out.pk
    other = Muster.objects.get(exchange=story.exchange, direction="in")
    Muster.objects.filter(pk=other.pk).update(crossing="Ferry")
    keys["muster-other"] = other.pk
    Site.objects.create(code="Z", name_en="Zither", name_uk="Цитра", agency="OTHER", places={"general": 1})
    mine, theirs = Case.objects.order_by("pk")[:2]
    Case.objects.filter(pk=theirs.pk).update(site="Z")
    keys["case"], keys["case-other"] = mine.pk, theirs.pk
    keys["round"] = str(
        Round.objects.filter(theirs__isnull=False, offers__isnull=False).latest("number").number
    )


def _besides(story: Story, keys: dict[str, str]) -> None:
    """What waits: a pair, a bulletin, a draft of the terms, a piece of work, a change of accounts, a lock."""
    line = TheirLine.objects.order_by("pk").first()
    assert line is not None
    keys["pair"] = str(_pair(keys, line))
    lists_in.begin(keys, actor(Role.REGISTRAR))
    lists_in.of_services(keys, actor(Role.TRACING))
    keys["sending"] = notices.prepare(To.BUREAU, actor=actor(Role.REGISTRAR)).pk
    keys["bulletin"] = str(_bulletin(story))
    keys["agreed"] = str(story.exchange.terms.get(number=1).pk)
    keys["job"] = work.ask(
        "compose", account(Role.LISTS), {"exchange": story.exchange.pk, "on": "2025-05-23"}
    ).key
    wish = staff.Wish(staff.Kind.APPOINT, account(Role.CASE), "Leave", roles=(Role.FAMILY,))
    keys["asked"] = staff.ask(wish, actor=actor(Role.ADMINISTRATOR))[0].pk
    told = record.Asking("Питайленко Олена", "mother", "0440000000", "relative")
    sought = Person.objects.get(pk=keys["sought"])
    evidence.add(sought, HEARD, actor=officer(Role.TRACING))
    keys["testimony"] = sought.testimonies.get().pk
    sought.refresh_from_db()
    keys["asking"] = intake.ask(sought, told, account(Role.FAMILY), actor=officer(Role.REGISTRAR)).pk
    one, other = Person.objects.exclude(list_lines=None).order_by("key").distinct()[:2]
    said = merging.judge(one, other, Answer.UNSURE, actor=actor(Role.REGISTRAR), reason="x")
    keys["one"], keys["other"], keys["judgement"] = one.pk, other.pk, said.pk
    alarms.raise_(alarms.Kind.LOCK_OUT, "o-guard")
    keys["alarm"] = str(alarms.open_alarms()[-1].index)
    keys["link"] = accounts.issue_link(Account.objects.get(pk=account(Role.OBSERVER)))
    locked = Failures.objects.create(
        way="key", account="o-guard", network="192.0.2.77", count=9, last_at=clock.now(), locked_at=clock.now()
    )
    keys["locked"] = str(locked.pk)
    soft = SoftKey()
    public = ES256.from_cryptography_key(soft.secret.public_key())
    for role in Role:
        for n in range(2):
            held = AttestedCredentialData.create(bytes(16), f"{role.value}-{n}".encode(), public)
            Key.objects.create(
                id=f"{role.value}-{n}",
                account_id=account(role),
                name="K",
                credential=bytes(held),
                added_at=clock.now(),
            )


def _pair(keys: dict[str, str], line: TheirLine) -> int:
    run = Matching.objects.create(
        key="run-0001", list=line.list, register="held", parameters={}, proposed=1, clear=0, at=clock.now()
    )
    found = Pairing(person_id=keys["held"], line=line, run=run, millibits=12_000, ppm=999_000, clear=False)
    cells.fill(found, record.Evidence("доказ-насіння"))
    found.save()
    return int(found.pk)


def _bulletin(story: Story) -> int:
    return int(
        Bulletin.objects.create(
            number=1,
            exchange=story.exchange,
            state="DRAFT",
            title_en="Notice",
            title_uk="Повідомлення",
            text_en="Text of a bulletin.",
            text_uk="Текст повідомлення.",
            figures={"total": 12, "track": {}},
            drafted_at=clock.now(),
            drafted_by="somebody",
        ).number
    )


def _client(role: Role) -> Client:
    client = Client()
    client.force_login(Account.objects.get(pk=account(role)), backend="obmin.accounts.backend.Links")
    return client


def addresses(world: World) -> dict[str, str]:
    """An address for every name of the table; rows of others and both walls have names of their own."""
    k, x = world.keys, world.story.exchange.pk
    fixed = {
        "enter": [k["link"]],
        "living-refusal": ["not-allowed"],
        "key-drop": ["own-0"],
        "account": [account(Role.CASE)],
        "account-appoint": [account(Role.CASE)],
        "account-recover": [account(Role.CASE)],
        "account-end": [account(Role.CASE)],
        "account-asked": [k["asked"]],
        "account-locked": [k["locked"]],
        "job": [k["job"]],
        "job-cancel": [k["job"]],
        "alarm": [k["alarm"]],
        "pair": [k["pair"]],
        "sending": [k["sending"]],
        "import-check": [k["upload"]],
        "import-columns": [k["upload"]],
        "import-fix": [k["upload"]],
        "intake": [k["intake"]],
        "doubt": [k["doubt"]],
        "line": [k["line"]],
        "case": [k["case"]],
        "event": [k["held"]],
        "confirm": [k["sought"]],
        "ask": [k["sought"]],
        "tell": [k["asking"]],
        "evidence": [k["sought"]],
        "clear-pairs": ["run-0001"],
        "withdraw-evidence": [k["testimony"]],
        "compare": [k["one"], k["other"]],
        "judgement": [k["judgement"]],
        "duplicates": ["held"],
        "draft": [x, k["draft"]],
        "left-out": [x, k["draft"]],
        "candidate": [x, k["draft"], k["listed"]],
        "list-order": [x, k["order"]],
        "list-names": [x, k["handout"]],
        "round": [x, k["round"]],
        "site": [x, "H"],
        "muster": [x, k["muster"]],
        "bulletin": [x, k["bulletin"]],
        "terms-file": [x, k["agreed"]],
        "terms-clause": [x, k["terms"], "T1"],
    }
    lists = ("list-proof", "list-wish", "list-orders", "list-solve", "list-paste", "list-view", "list-file")
    fixed |= {name: [x, k["draft"]] for name in (*lists, "list-sheet", "list-sign")}
    fixed |= {"lists-compare": [x], "pfif": [], **{name: [k[name]] for name in lists_in.SERVICES}}
    fixed |= {f"terms-{name}": [x, k["terms"]] for name in ("draft", "version", "new", "without", "data")}
    in_exchange = (
        "board",
        "terms",
        "terms-compare",
        "terms-begin",
        "terms-import",
        "lists",
        "compose",
        "rounds",
    )
    fixed |= {name: [x] for name in (*in_exchange, "reception", "replan", "handover", "care", "bulletins")}
    plain = (
        "sign-in",
        "sign-in-options",
        "sign-in-key",
        "sign-in-words",
        "enrol",
        "sign-out",
        "news",
        "language",
    )
    plain += (
        "theme",
        "living",
        "living-progress",
        "keys",
        "key-creation",
        "key-touch",
        "accounts",
        "account-new",
    )
    fixed |= {
        name: []
        for name in (
            *plain,
            "home",
            "journal",
            "held-new",
            "sought-new",
            "tracing",
            "fairness",
            "imports",
            "import-template",
            "doubts",
            "notices",
        )
    }
    found = {name: reverse(name, args=args) for name, args in fixed.items()}
    for wall in ("held", "sought"):
        found[f"register-{wall}"] = reverse("register", args=[wall])
        found[f"person-{wall}"] = reverse("person", args=[k[wall]])
        found[f"correct-{wall}"] = reverse("correct", args=[k[wall], "unit"])
    found["site-other"] = reverse("site", args=[x, "Z"])
    found["muster-other"] = reverse("muster", args=[x, k["muster-other"]])
    found["case-other"] = reverse("case", args=[k["case-other"]])
    return found


VARIANTS = {"register": "register-held", "person": "person-held", "correct": "correct-held"}  # of one pattern
