"""A whole small exchange, twelve for twelve: our side through the stages, the other side by its keys alone.

We are the instance that the tests run on. The other side is a `Rival`: keys of its own and the public rules
of `core.rounds`, so that it can also be made to lie.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import polars as pl
from django.conf import settings

from obmin.core import muster as crossing
from obmin.core import rounds as protocol
from obmin.core.access import Actor, Role
from obmin.core.compose import lot
from obmin.core.planning.resources import Reception, Site, Vehicle
from obmin.core.rounds import Answer, Code, Contents, Kind, Line
from obmin.files import packages
from obmin.files.whole import write_text
from obmin.handover import musters
from obmin.handover.models import Muster
from obmin.negotiation import fitting, lists, rounds, terms
from obmin.negotiation.models import Exchange, Package, TheirOffer
from obmin.people import register
from obmin.people.models import Register
from obmin.reception import plan
from obmin.reception.models import Plan
from tests.people.known import numbered

YAML = (Path(__file__).parents[1] / "data" / "twelve.yaml").read_text(encoding="utf-8")
LATE = datetime(2025, 5, 30, tzinfo=UTC)
AGENCY = {Role.MEDICAL: "MOH", Role.SITE: "MOH"}  # the house is the health ministry’s


HERE = frozenset({"H", "Bridge"})  # the one house, the one crossing


def officer(role: Role, name: str = "") -> Actor:
    """Somebody of this duty, at every place that there is, whose key was touched a moment ago."""
    return Actor.of(
        name or role.value,
        frozenset({role}),
        party="UKR",
        agency=AGENCY.get(role, "HQ"),
        fresh=True,
        places=HERE,
    )


APPROVER, NEGOTIATOR = officer(Role.APPROVER), officer(Role.NEGOTIATOR)
HANDOVER, PLANNER = officer(Role.HANDOVER), officer(Role.PLANNER)
DOCTOR, LAWYER, INTERVIEWER = officer(Role.MEDICAL), officer(Role.LEGAL), officer(Role.INTERVIEWER)


@dataclass
class Rival:
    """The other side: its signing keys, and what it holds of the rounds."""

    state: protocol.State
    lines: tuple[Line, ...] = field(
        default_factory=lambda: tuple(
            Line(f"r{n:015d}", f"Домашній{n} Іван", "1990-01-02", category="military", phase=1, clause="T1")
            for n in range(12)
        )
    )
    value: bytes = field(default_factory=lambda: sha256(b"rival/lot").digest())

    @staticmethod
    def key(purpose: str) -> packages.SigningKey:
        return packages.signing_key(sha256(f"rival/{purpose}".encode()).digest())

    @classmethod
    def show_keys(cls) -> None:
        """What was read aloud: their public keys lie in our `keys/theirs`."""
        folder = settings.OBMIN.folder("keys") / "theirs"
        for purpose in ("rounds", "acts", "medical"):
            write_text(folder / f"RUS-{purpose}.pub", packages.public_key_text(cls.key(purpose)))

    def hears(self, package: Package) -> None:
        self.state = protocol.next_state(self.state, _parsed(rounds.body_of(package), package.signature))

    def writes(self, kind: Kind, *, expires: datetime = LATE, **more: Any) -> Contents:
        """Their next package, as the rules would have it."""
        told = {"lot": self.carried(kind)} | more
        return protocol.draft(self.state, kind, "RUS", expires, **told)

    def carried(self, kind: Kind) -> str:
        """What their next package carries for the lot."""
        exchange = self.state.exchange
        due = protocol.carries(self.state, kind, "RUS", self.state.mark("RUS") + 1)
        if due is protocol.Carries.NOTHING:
            return ""
        return (self.value if due is protocol.Carries.VALUE else lot.commit(exchange, "RUS", self.value)).hex()

    def signs(self, contents: Contents, purpose: str = "rounds") -> tuple[bytes, str]:
        body = packages.canonical(protocol.to_data(contents))
        return body, packages.sign(body, self.key(purpose), comment="rival")

    def sends(self, contents: Contents) -> tuple[bytes, str]:
        body, signature = self.signs(contents)
        self.state = protocol.next_state(self.state, _parsed(body, signature))
        return body, signature


def _parsed(body: bytes, signature: str) -> protocol.Package:
    contents = protocol.from_data(packages.parse(body))
    return protocol.Package(contents, sha256(body).hexdigest(), sha256(signature.encode()).hexdigest())


@dataclass
class Story:
    """Our side and theirs, stage by stage. Each method does one step of ours, or takes in one of theirs."""

    exchange: Exchange
    rival: Rival

    def again(self) -> Exchange:
        self.exchange.refresh_from_db()
        return self.exchange

    def compose(self) -> Any:
        return lists.compose(self.exchange, actor=officer(Role.LISTS), on=date(2025, 5, 23))

    def send(self, kind: Kind, **more: Any) -> Package:
        more = {"actor": NEGOTIATOR, "second": APPROVER, "expires": LATE} | more
        package = rounds.send(self.exchange, kind, **more)
        self.rival.hears(package)
        return package

    def take(self, letter: tuple[bytes, str]) -> Package:
        return rounds.receive(self.exchange, *letter, actor=NEGOTIATOR)

    def propose(self) -> Package:
        return self.send(Kind.PROPOSAL, lines=rounds.offered_lines, draft=lists.latest(self.exchange))

    def both_proposed(self) -> None:
        self.compose()
        self.propose()
        self.take(self.rival.sends(self.rival.writes(Kind.PROPOSAL, lines=self.rival.lines)))

    def offers(self) -> list[TheirOffer]:
        return list(TheirOffer.objects.filter(round__exchange=self.exchange).select_related("line"))

    def answer(self) -> Package:
        fitting.fit(self.exchange.rounds.latest("number"), actor=NEGOTIATOR)
        return self.send(Kind.REPLY, answers=rounds.answer(self.offers()))

    def they_answer(self, code: Code = Code.ACCEPTED, clause: str = "") -> None:
        """They answer our list: `code` for its first counted line, accepted for the rest."""
        ours = self.rival.state.package("UKR", self.rival.state.mark("RUS"))
        assert ours is not None
        known = [line for line in ours.contents.lines if line.counted]
        odd = known[0].id
        answers = [
            Answer(x.id, code if x.id == odd else Code.ACCEPTED, clause if x.id == odd else "")
            for x in ours.contents.lines
        ]
        self.take(self.rival.sends(self.rival.writes(Kind.REPLY, answers=answers)))

    def answered(self) -> None:
        self.both_proposed()
        self.answer()
        self.they_answer()

    def frozen(self) -> None:
        self.answered()
        self.send(Kind.FREEZE)
        self.take(self.rival.sends(self.rival.writes(Kind.FREEZE)))
        self.again()

    def told(self) -> list[dict[str, str]]:
        """What their doctors say of everybody: fit to sit, nothing found."""
        ids = [line.id for line in self.rival.lines]
        return [{"line": x, "sex": "1", "health": "none", "fitness": "seated", "finding": ""} for x in ids]

    def prepared(self, found: Reception | None = None) -> Plan:
        plan.record_resources(found or resources(), actor=PLANNER)
        plan.take_summaries(self.exchange, self.told(), actor=DOCTOR)
        return plan.plan(self.exchange, actor=PLANNER)

    def gone(self) -> None:
        """As far as the word to go."""
        self.frozen()
        plan.confirm(self.prepared(), actor=PLANNER, second=DOCTOR)
        for giver in ("UKR", "RUS", "NTR"):
            plan.record_guarantee(self.exchange, giver, actor=PLANNER)
        plan.declare_ready(self.exchange, actor=PLANNER)
        plan.go(self.exchange, actor=APPROVER, second=LAWYER)
        self.again()

    def clear(self) -> int:
        return musters.clear(self.exchange, "P1", actor=HANDOVER, second=INTERVIEWER)

    def issue(self, direction: str) -> Muster:
        return musters.issue(self.exchange, "P1", direction, crossing="Bridge", actor=HANDOVER)

    def close(self, muster: Muster) -> None:
        musters.close(muster, actor=HANDOVER, second=APPROVER)

    def their_act(self, muster: Muster, *, absent: Iterable[str] = (), **changes: Any) -> tuple[bytes, str]:
        """Their act of the people who came to us, with `absent` left behind; `changes` make it lie."""
        lines = set(muster.lines.values_list("line", flat=True))
        told = {
            "exceptions": dict.fromkeys(sorted(absent), "not_available"),
            "exchange": self.exchange.pk,
            "format": musters.FORMAT,
            "from": "RUS",
            "here": sorted(lines - set(absent)),
            "on": muster.on.isoformat(),
            "phase": muster.phase,
            "to": "UKR",
        }
        body = packages.canonical(told | changes)
        return body, packages.sign(body, Rival.key("acts"), comment="rival")

    def crossed(self, absent: Iterable[str] = ()) -> tuple[Muster, Muster]:
        """One day from clearing to both acts signed; `absent` are lines of theirs that did not come."""
        self.clear()
        out, inward = self.issue("out"), self.issue("in")
        for muster, away in ((out, ()), (inward, absent)):
            musters.merge(muster, recorded(muster, absent=away), actor=HANDOVER)
            self.close(muster)
        body, signature = self.their_act(inward, absent=absent)
        musters.countersign(inward, body, signature, actor=HANDOVER, second=APPROVER)
        under = packages.sign(bytes(musters.act_of(out).body), Rival.key("acts"), comment="rival")
        musters.take_countersignature(out, under, actor=HANDOVER, second=APPROVER)
        self.again()
        return out, inward

    def over(self) -> None:
        """The whole exchange, reconciled."""
        self.gone()
        self.crossed()
        musters.complete(self.exchange, actor=HANDOVER)
        musters.reconcile(self.exchange, actor=HANDOVER, second=APPROVER)
        self.again()


def resources(places: int = 40) -> Reception:
    staff = {"doctor": 9, "nurse": 9, "psychologist": 9, "case-manager": 9, "document-officer": 9}
    house = Site("H", "House", "Дім", "MOH", 30, 20, {"general": places}, staff, 9)
    wheels = tuple(Vehicle(f"coach-{n}", "coach", seats=40) for n in range(3))
    return Reception("Bridge", "Міст", (house,), wheels, escort_leads=5, medics=5, kits=50)


def recorded(
    muster: Muster, *, absent: Iterable[str] = (), marks: dict[str, str] | None = None
) -> list[dict[str, Any]]:
    """A sound day of four tablets: everybody here but `absent` and whomever `marks` say otherwise of."""
    said = dict.fromkeys(absent, "absent") | (marks or {})
    shown = musters.manifest(muster)
    events: list[crossing.Event] = []
    for number, chain in enumerate(shown.chains):
        last: crossing.Event | None = None
        for place in shown.places[number :: len(shown.chains)]:
            kind = crossing.Kind(said.get(place.line, "here"))
            name = f"{chain}-{place.line}"
            last = crossing.follow(last, id=name, kind=kind, muster=muster.pk, chain=chain, line=place.line)
            events.append(last)
        events.append(
            crossing.follow(last, id=f"{chain}-x", kind=crossing.Kind.CLOSE, muster=muster.pk, chain=chain)
        )
    return [crossing.to_data(event) for event in events]


def fifteen() -> pl.DataFrame:
    """Whom we hold: fifteen soldiers, of whom twelve go home."""
    return pl.DataFrame(
        {
            "id": [str(n) for n in range(15)],
            "surname": [f"Вигаданов{n}" for n in range(15)],
            "given": ["Пётр"] * 15,
            "birth_date": [f"19{80 + n}-03-04" for n in range(15)],
            "category": ["military"] * 15,
        }
    )


def begin(held: pl.DataFrame | None = None) -> Story:
    """Two registers, everything established, the terms adopted. `held`: whom we hold, if not the fifteen."""
    Rival.show_keys()
    rows = fifteen() if held is None else held
    registrar = officer(Role.REGISTRAR)
    register.import_list(rows, actor=registrar, register=Register.HELD, power="RUS", source="camp")
    keys = list(numbered().values())
    register.record_interviews([(k, "consents", "2025-05-20") for k in keys], actor=INTERVIEWER)
    examine(keys[:1], "direct", "assisted")
    examine(keys[1:], "none", "seated")
    sought = rows.head(3).with_columns(surname=pl.lit("Домашній"), given=pl.lit("Іван"))
    register.import_list(sought, actor=registrar, register=Register.SOUGHT, power="UKR", source="home")
    exchange = terms.open_exchange("x-1", actor=NEGOTIATOR, name_en="X", name_uk="Х", other="RUS")
    adopted = terms.adopt(exchange, YAML, 1, actor=NEGOTIATOR, second=LAWYER)
    return Story(exchange, Rival(protocol.begin("x-1", ("UKR", "RUS"), adopted.sha256)))


def examine(keys: Iterable[str], health: str, fitness: str, until: str = "2025-05-29") -> None:
    found = [(key, health, fitness, until, "", "2025-05-20") for key in keys]
    register.record_examinations(found, actor=DOCTOR)


def lie(contents: Contents, **changes: Any) -> Contents:
    return replace(contents, **changes)
