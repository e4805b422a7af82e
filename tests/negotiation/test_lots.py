"""The lot between two sides: nobody chooses a seed, and whoever reads a proof draws it again."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest

from obmin.audit.models import Entry
from obmin.core.access import Role
from obmin.core.compose import lot
from obmin.core.errors import Altered, Incomplete
from obmin.core.rounds import Answer, Code, Contents, Kind
from obmin.negotiation import lists, lots, rounds
from obmin.negotiation.models import Draft, Lot, Package
from obmin.people import register
from obmin.people.models import Person, Register
from tests.negotiation.exchange import INTERVIEWER, Story, officer

TRACER = officer(Role.TRACING)


def facts(act: str) -> dict[str, Any]:
    """What the journal says of the last act of this name."""
    found: dict[str, Any] = json.loads(Entry.objects.filter(act=act).latest("index").body)["facts"]
    return found


def we_commit(story: Story) -> Package:
    return story.send(Kind.WANTED, actor=TRACER, lines=rounds.wanted_lines)


def we_show(story: Story) -> Package:
    return story.send(Kind.REPLY, actor=TRACER)


def their_wanted(story: Story, **more: Any) -> Contents:
    return story.rival.writes(Kind.WANTED, **more)


def their_reply(story: Story, **more: Any) -> Contents:
    first = story.rival.state.package("UKR", 1)
    assert first is not None
    answers = [Answer(line.id, Code.UNKNOWN) for line in first.contents.lines]
    return story.rival.writes(Kind.REPLY, answers=answers, **more)


def committed(story: Story) -> None:
    we_commit(story)
    story.take(story.rival.sends(their_wanted(story)))


def shown(story: Story) -> None:
    committed(story)
    we_show(story)
    story.take(story.rival.sends(their_reply(story)))


def declines(person: str) -> None:
    """Somebody changes their mind: the register is another from now on."""
    register.record_interviews([(person, "refuses", "2025-05-21")], actor=INTERVIEWER)


def again(proof: dict[str, Any]) -> str:
    """The seed drawn from a proof by somebody who has nothing but the words of the reference and SHA-256."""

    def framed(*parts: bytes) -> bytes:
        return hashlib.sha256(b"".join(len(x).to_bytes(8, "big") + x for x in parts)).digest()

    told = proof["lot"]
    exchange = told["exchange"].encode()
    values = {party: bytes.fromhex(value) for party, value in sorted(told["values"].items())}
    for party, value in values.items():
        opened = framed(b"obmin lot commitment 1", exchange, party.encode(), value)
        assert opened.hex() == told["commitments"][party]
    parts = [x for party, value in values.items() for x in (party.encode(), value)]
    return framed(b"obmin lot seed 1", exchange, bytes.fromhex(told["register"]), *parts).hex()


def test_both_sides_come_to_seeds_that_anybody_draws_again(story: Story) -> None:
    package = we_commit(story)
    bound = facts("rounds.wanted")
    story.take(story.rival.sends(their_wanted(story)))
    we_show(story)
    story.take(story.rival.sends(their_reply(story)))
    proof = story.compose().proof
    assert proof["lot"]["source"] == "committed"
    assert again(proof) == proof["seed"] == facts("lists.compose")["lot"]
    assert proof["lot"]["register"] == bound["register"]
    assert json.loads(rounds.body_of(package))["lot"] == bound["lot"] == proof["lot"]["commitments"]["UKR"]
    # They hold the same commitments and values from the packages alone, and draw with their own register.
    held = {
        (p.contents.sender, p.contents.round): bytes.fromhex(p.contents.lot) for p in story.rival.state.packages
    }
    theirs = lot.draw(
        "x-1",
        hashlib.sha256(b"their register").digest(),
        {party: held[party, 1] for party in ("UKR", "RUS")},
        {party: held[party, 2] for party in ("UKR", "RUS")},
    )
    assert {k: theirs.record[k] for k in ("commitments", "values")} == {
        k: proof["lot"][k] for k in ("commitments", "values")
    }
    assert again({"lot": theirs.record}) == theirs.key.hex() != proof["seed"]


def test_our_value_stands_nowhere_before_it_is_shown(story: Story) -> None:
    committed(story)
    value = lots.value("x-1").hex()
    assert set(Lot.objects.values_list("value", flat=True)) == {""}
    assert not Entry.objects.filter(body__contains=value).exists()
    we_show(story)
    assert Lot.objects.get(party="UKR").value == value
    assert lots.value("x-2") != lots.value("x-1")


@pytest.mark.parametrize("last", [True, False])
def test_a_rival_who_shows_another_value_is_refused(story: Story, last: bool) -> None:
    committed(story)
    if last:  # having seen our value
        we_show(story)
    letter = story.rival.signs(their_reply(story, lot=bytes(32).hex()))
    with pytest.raises(Altered, match="another value") as refused:
        story.take(letter)
    assert refused.value.code == "lot"
    assert Lot.objects.get(party="RUS").value == ""


def test_a_rival_who_copies_our_commitment_is_refused(story: Story) -> None:
    ours = json.loads(rounds.body_of(we_commit(story)))["lot"]
    with pytest.raises(Altered, match="copied") as refused:
        story.take(story.rival.signs(their_wanted(story, lot=ours)))
    assert refused.value.code == "lot"
    assert list(Lot.objects.values_list("party", flat=True)) == ["UKR"]


def test_nobody_composes_between_commitment_and_values(story: Story) -> None:
    assert story.compose().proof["lot"]["source"] == "register"  # nobody had bound anybody

    def lacks(parties: str) -> None:
        with pytest.raises(Incomplete, match=f"value of {parties}, which") as refused:
            story.compose()
        assert refused.value.code == "lot-incomplete"

    we_commit(story)
    lacks("RUS, UKR")
    story.take(story.rival.sends(their_wanted(story)))
    lacks("RUS, UKR")
    we_show(story)
    lacks("RUS")
    assert Draft.objects.count() == 1
    story.take(story.rival.sends(their_reply(story)))
    assert story.compose().proof["lot"]["source"] == "committed"


def test_a_seed_is_drawn_once_whatever_becomes_of_the_register(story: Story) -> None:
    committed(story)
    before = lists.frozen_hash()
    declines(Person.objects.filter(register=Register.HELD).latest("key").pk)
    assert lists.frozen_hash() != before
    we_show(story)
    story.take(story.rival.sends(their_reply(story)))
    first = story.compose()
    declines(first.lines.filter(direct=False)[0].person_id)
    second = story.compose()
    assert first.sha256 != second.sha256
    assert first.proof["seed"] == second.proof["seed"]
    assert first.proof["lot"] == second.proof["lot"]
    assert first.proof["lot"]["register"] == before
    assert facts("lists.compose")["register"] == lists.frozen_hash() != before
