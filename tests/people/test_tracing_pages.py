"""The page of a pair: what comes next to it in words, ready reasons, what was said, and the way through."""

from __future__ import annotations

import json
import re

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from obmin.accounts import people
from obmin.accounts.models import Account
from obmin.audit.models import Entry
from obmin.core.access import Role
from obmin.core.tracing.grounds import GROUNDS, Ground
from obmin.core.tracing.margin import margin
from obmin.people import queries, tracing, tracing_pages
from obmin.people.judged import Said
from obmin.people.models import Pairing
from tests.people.test_tracing import TRACER, proposed

BITS = st.integers(-60_000, 60_000)


@given(BITS, BITS)
def test_the_margin_is_the_ratio_of_the_odds(ours: int, theirs: int) -> None:
    found = margin(ours, theirs)
    assert found.behind == (theirs <= ours)
    exact = 2 ** (abs(ours - theirs) / 1000)
    assert found.times == pytest.approx(exact, rel=0.06) or found.times == round(exact)
    assert found.even == (exact < 1.5)
    assert found.beyond == (found.times > 1000)


@pytest.mark.django_db
class TestPage:
    @pytest.fixture(autouse=True)
    def begun(self) -> None:
        proposed()
        people.begin(
            agencies=[people.AgencyName("HQ", "HQ", "Штаб")],
            leads={},
            officers=[people.Officer("t", "Особа", "Osoba", "HQ", (Role.TRACING,))],
        )
        self.client = Client()
        self.client.force_login(Account.objects.get(pk="t"), backend="obmin.accounts.backend.Links")
        self.doubtful = list(queries.open_pairs(TRACER))

    def read(self, pair: Pairing) -> str:
        return self.client.get(reverse("pair", args=[pair.pk])).content.decode()

    def answer(self, pair: Pairing, **said: str | list[str]) -> tuple[str, str]:
        pair.refresh_from_db()
        told = self.client.post(reverse("pair", args=[pair.pk]), {"seen": pair.version, **said})
        return told.headers.get("Location", ""), told.content.decode()

    def test_one_key_leads_through_the_whole_queue_and_back(self) -> None:
        first, *rest = self.doubtful
        there = [first]
        while found := re.search(r'href="/tracing/(\d+)"[^>]*data-key="j"', self.read(there[-1])):
            there.append(Pairing.objects.get(pk=found[1]))
        assert there == self.doubtful  # all weigh the same, and each comes once
        assert f"Pair {len(there)} of {len(there)}" in self.read(there[-1])
        assert f'href="{reverse("pair", args=[there[-2].pk])}" rel="prev" data-key="k"' in self.read(there[-1])
        for pair, after in zip(there, [*rest, None], strict=True):
            target, _page = self.answer(pair, judgement="UNSURE", grounds="little")
            assert target == (reverse("pair", args=[after.pk]) if after else reverse("tracing"))
        assert list(queries.open_pairs(TRACER)) == there  # who is not sure is asked again

    def test_a_ready_reason_is_enough_and_none_is_too_little(self) -> None:
        pair = self.doubtful[0]
        page = self.read(pair)
        keys = re.findall(r'data-key="(\w)"', page)
        assert sorted(keys) == sorted({"s", "n", "u", "j", *map(str, range(1, len(GROUNDS) + 1))})
        target, page = self.answer(pair, judgement="SAME", reason=" ", rests="surname", grounds="nonsense")
        assert (target, Said.objects.exists()) == ("", False)
        assert 'role="alert"' in page
        target, page = self.answer(pair, judgement="SAME", grounds=["family", "photograph"])
        assert target
        entry = json.loads(Entry.objects.filter(act="tracing.judge").latest("index").body)
        assert entry["facts"]["grounds"] == "photograph, family"
        assert entry["reason"]

    def test_what_was_said_stands_below_and_what_counts_no_more_is_marked(self) -> None:
        pair = self.doubtful[0]
        self.answer(pair, judgement="SAME", grounds="family", reason="Мати впізнала")
        self.answer(pair, judgement="NOT_SAME", grounds="namesake")
        told = self.read(pair).partition("What was said of this pair")[2].partition("</section>")[0]
        events = re.split(r"<li>", told)[1:]
        assert ["No longer stands" in event for event in events].count(True) == 2  # the answer, its evidence
        assert "Мати впізнала" in told
        assert str(tracing_pages.GROUNDS[Ground.NAMESAKE]) in events[0] + events[1]
        assert all(" t</bdi>" in event or ">t</bdi>" in event for event in events[:-1])
        assert "proposed by the engine" in events[-1]

    def test_the_next_best_is_named_with_how_far_it_is(self) -> None:
        pair, other = self.doubtful[:2]
        rival = Pairing.objects.create(
            person=other.person,
            line=pair.line,
            run=pair.run,
            millibits=pair.millibits - 4_200,
            ppm=1,
            clear=False,
        )
        near, far = (" ".join(self.read(one).split()) for one in (pair, rival))
        assert "is 4.2 bits behind: about 18 times less likely" in near
        assert reverse("pair", args=[rival.pk]) in near
        assert "is 4.2 bits ahead: about 18 times more likely" in far
        tracing.judge(rival, "NOT_SAME", actor=TRACER, reason="Another father")
        assert "4.2 bits" not in self.read(pair)

    def test_a_pair_whose_line_is_somebody_else_by_now_is_asked_no_more(self) -> None:
        pair, other = self.doubtful[:2]
        rival = Pairing.objects.create(
            person=other.person, line=pair.line, run=pair.run, millibits=1, ppm=1, clear=False
        )
        assert rival in queries.open_pairs(TRACER)
        self.answer(pair, judgement="SAME", grounds="family")
        assert rival not in queries.open_pairs(TRACER)
        self.answer(pair, judgement="NOT_SAME", grounds="date")
        assert rival in queries.open_pairs(TRACER)
