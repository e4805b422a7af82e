"""What a bulletin may say, and what a reader of all of them can never work out."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from obmin.core import disclosure
from obmin.core.disclosure import Bulletin, Completion, Facts, Figure, Kind, Known, Ledger, Statement
from obmin.core.errors import Incomplete, Refused, Unreadable

KEY = b"k" * 32
WORDS = disclosure.read_words()
PEOPLE = Known(
    names=frozenset({"Коваленко Іван Петрович", "Petrov Sergei"}),
    places=frozenset({"Novaya Guta", "Нова Гута"}),
    numbers=frozenset({"АБ-123 456", "771204"}),
)
DAY = date(2025, 5, 25)


def test_a_figure_needs_completion_and_two_receipts_that_agree():
    done = Completion("ex", True, 1000, 1000)
    assert disclosure.freeze(done) == Figure("ex", 1000)
    for early in (replace(done, completed=False), replace(done, theirs=None), replace(done, ours=None)):
        with pytest.raises(Incomplete):
            disclosure.freeze(early)
    for wrong, code in [
        (replace(done, theirs=999), "receipts-differ"),
        (Completion("ex", True, 9, 9), "small"),
    ]:
        with pytest.raises(Refused) as caught:
            disclosure.freeze(wrong)
        assert caught.value.code == code


def test_a_frozen_figure_is_the_answer_for_ever():
    frozen = {"ex": Figure("ex", 1000)}
    assert disclosure.freeze(Completion("ex", True, 1001, 1001), frozen) == Figure("ex", 1000)


def test_small_cells_and_small_rests_are_hidden_with_cover():
    table = disclosure.breakdown(
        Figure("ex", 1000), "age", {"18-25": 300, "26-40": 640, "41-60": 52, "60+": 8}, KEY
    )
    assert {h.cell: h.why for h in table.hidden} == {"60+": "small", "41-60": "cover"}
    assert set(table.shown) == {"18-25", "26-40"}
    women = disclosure.breakdown(Figure("ex", 1000), "sex", {"men": 998, "women": 2}, KEY)
    assert women.shown == {}
    assert {h.cell for h in women.hidden} == {"men", "women"}
    lone = disclosure.breakdown(Figure("ex", 512), "age", {"26-40": 500, "18-25": 6, "60+": 6}, KEY)
    assert lone.shown == {}
    with pytest.raises(Refused):
        disclosure.breakdown(Figure("ex", 1000), "sex", {"men": 998, "women": 3}, KEY)


cells = st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 400), min_size=1)


@given(cells, st.binary(min_size=32, max_size=32))
def test_no_breakdown_lets_a_small_cell_be_worked_out(counts, key):
    figure = Figure("ex", sum(counts.values()))
    table = disclosure.breakdown(figure, "d", counts, key)
    shown = table.shown
    assert set(shown).isdisjoint(h.cell for h in table.hidden)
    assert set(shown) | {h.cell for h in table.hidden} == set(counts)
    assert len(shown) != 1
    for cell, value in shown.items():
        assert value % disclosure.BASE == 0
        assert abs(value - counts[cell]) < disclosure.BASE
        assert counts[cell] >= disclosure.LEAST
        assert figure.total - counts[cell] >= disclosure.LEAST
    if shown and table.hidden:
        assert len(table.hidden) >= 2
        assert sum(h.count for h in table.hidden) >= disclosure.LEAST
    if shown and figure.total >= disclosure.LEAST:
        ledger = Ledger(tuple(disclosure.statements([figure], [table])))
        assert disclosure.infer(ledger, {"ex": {"d": counts}}) == []


@given(st.integers(0, 10_000), st.text(max_size=5))
def test_the_same_question_always_gets_the_same_answer(count, question):
    first = disclosure.rounded(count, KEY, "ex", question)
    assert first == disclosure.rounded(count, KEY, "ex", question)
    assert first % 10 == 0
    assert abs(first - count) < 10


def test_rounding_is_fair_over_many_questions():
    ups = sum(disclosure.rounded(13, KEY, str(n)) == 20 for n in range(4000))
    assert 0.26 < ups / 4000 < 0.34


def kinds(text, known=PEOPLE, topics=("shares", "remainders", "secrets")):
    return {finding.kind for finding in disclosure.scan(text, known, WORDS, topics)}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Іван is home", "name"),
        ("КОВАЛЕНКО повернувся", "name"),
        ("Петро Коваленка зустріли", "like-a-name"),
        ("Mr Petrov spoke", "name"),
        ("mr petrov spoke", "like-a-name"),
        ("They crossed at Novaya Guta", "place"),
        ("Картка АБ123456", "number"),
        ("No. 771204", "number"),
        ("Number 12 34 56 78", "number"),
        ("We welcomed 390 people", "figure"),
        ("60 % came", "share"),
        ("half of them", "shares"),
        ("Половина вдома", "shares"),
        ("Many remain there", "remainders"),
        ("Решта чекає", "remainders"),
        ("the 11th exchange", "ordinal"),
        ("11-й обмін", "ordinal"),
        ("two refused", "secrets"),
        ("born 14.05.1987", "date"),
        ("on 24 May 2025", "date"),
        ("24 травня 2025", "date"),
    ],
)
def test_a_text_that_tells_too_much_is_found(text, kind):
    assert kind in kinds(text)


def test_an_honest_text_passes():
    known = replace(
        PEOPLE,
        allowed_numbers=frozenset({1000, 1648, 800300155}),
        allowed_dates=frozenset({DAY}),
        allowed_words=frozenset({"Petrov", "Sergei"}),
    )
    for text in (
        "On 25 May 2025 an exchange was completed: 1\u202f000 people are home. Hotline 1648, 0 800 300 155.",
        "25 травня 2025 обмін завершено: 1\u202f000 людей удома. Дякуємо посередникам. Гаряча лінія 1648.",
        "2025-05-25: 1,000 people. Thanks to Mr Petrov.",
    ):
        assert disclosure.scan(text, known, WORDS) == []


def test_a_finding_says_where_it_stands():
    text = "Home at last: Petrov"
    (finding,) = disclosure.scan(text, PEOPLE, WORDS)
    assert text[finding.at :] == finding.found == "Petrov"


# --- the ledger


def test_a_reader_who_subtracts_two_bulletins_is_stopped():
    truth = {"a": {"kind": {"x": 500, "y": 497, "z": 3}}}
    total = Statement(frozenset({"a"}), 1000, 1000)
    most = Statement(frozenset({"a/kind/x", "a/kind/y"}), 997, 997)
    assert disclosure.infer(Ledger((total,)), truth) == []
    assert disclosure.infer(Ledger((most,)), truth) == []
    (found,) = disclosure.infer(Ledger((total, most)), truth)
    assert (found.cell, found.low, found.high) == ("a/kind/z", 3, 3)


def test_a_small_cell_that_is_known_to_a_few_people_is_seen():
    truth = {"a": {"kind": {"x": 500, "y": 497, "z": 3}}}
    total = Statement(frozenset({"a"}), 1000, 1000)
    for width, betrayed in [(8, True), (12, False)]:
        most = Statement(frozenset({"a/kind/x", "a/kind/y"}), 999 - width, 999)
        assert bool(disclosure.infer(Ledger((total, most)), truth)) is betrayed


def test_a_chain_of_sums_over_two_exchanges_is_seen_too():
    truth = {"a": {"kind": {"x": 95, "z": 5}}, "b": {"kind": {"x": 95, "z": 5}}}
    said = (
        Statement(frozenset({"a", "b"}), 200, 200),
        Statement(frozenset({"a/kind/x", "b"}), 195, 195),
    )
    assert {one.cell for one in disclosure.infer(Ledger(said), truth)} == {"a/kind/z"}


def test_contradicting_bulletins_are_named():
    said = (Statement(frozenset({"a"}), 100, 100), Statement(frozenset({"a"}), 90, 90))
    with pytest.raises(Refused) as caught:
        disclosure.infer(Ledger(said), {"a": {"kind": {"x": 95, "z": 5}}})
    assert caught.value.code == "contradiction"


# --- the decision

EMPTY = Ledger()
FIGURE = Figure("ex", 1000)
FACTS = Facts(
    completed=True,
    everybody_received=True,
    receipts_agree=True,
    families=1000,
    families_told=1000,
    on=DAY,
    agreed_on=date(2025, 5, 16),
    public_total=1000,
    agencies=frozenset({"State Border Guard Service"}),
    frozen={"ex": FIGURE},
    truth={"ex": {"category": {"military": 880, "civilian": 120}}},
)
RESULT = Bulletin(
    Kind.RESULT,
    "ex",
    {"en": "On 25 May 2025 the exchange was completed. 1\u202f000 people are home."},
    "press",
    ("anna", "borys"),
    (FIGURE,),
)
NOTICE = Bulletin(
    Kind.PREPARATION,
    "ex",
    {"en": "On 16 May 2025 the parties agreed on 1\u202f000 people. At work: State Border Guard Service."},
    "press",
    ("anna", "borys"),
)


def decide(bulletin, facts=FACTS, ledger=EMPTY):
    return disclosure.decide(bulletin, facts, PEOPLE, ledger, WORDS)


def codes(bulletin, facts=FACTS, ledger=EMPTY):
    return {code for code, _ in decide(bulletin, facts, ledger).reasons}


def test_a_result_goes_out_when_all_is_done_and_enters_the_ledger():
    decision = decide(RESULT)
    assert decision.reasons == ()
    assert decision.ledger.said == (Statement(frozenset({"ex"}), 1000, 1000),)
    assert decide(RESULT, ledger=decision.ledger).ledger == decision.ledger


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"completed": False}, "not-completed"),
        ({"everybody_received": False}, "not-received"),
        ({"receipts_agree": False}, "receipts-differ"),
        ({"families_told": 999}, "families"),
        ({"frozen": {}}, "not-frozen"),
    ],
)
def test_a_result_waits_for(change, code):
    decision = decide(RESULT, replace(FACTS, **change))
    assert not decision.allowed
    assert code in dict(decision.reasons)
    assert decision.ledger == Ledger()


@pytest.mark.parametrize("approvals", [(), ("anna",), ("anna", "anna"), ("anna", "press")])
def test_two_others_approve(approvals):
    assert codes(replace(RESULT, approved_by=approvals)) == {"approvals"}
    assert codes(replace(NOTICE, approved_by=approvals)) == {"approvals"}


def test_a_preparation_notice_says_what_the_agreement_made_public_and_nothing_else():
    before = replace(FACTS, completed=False, everybody_received=False, receipts_agree=False, families_told=0)
    assert codes(NOTICE, before) == set()
    for text, code in [
        ("1\u202f000 people cross tomorrow", "plans"),
        ("The convoy is under way", "plans"),
        ("390 people", "figure"),
        ("On 23 May 2025 they come", "date"),
        ("Завтра 1\u202f000 людей", "plans"),
    ]:
        assert code in codes(replace(NOTICE, texts={"en": text}), before), text
    assert codes(replace(NOTICE, figures=(FIGURE,)), before) == {"too-early"}
    assert codes(NOTICE, replace(before, public_total=None)) == {"figure"}


def test_every_language_is_read():
    assert codes(replace(RESULT, texts={**RESULT.texts, "uk": "Коваленко вдома"})) == {"name"}


def test_a_table_that_would_betray_a_few_is_stopped_by_the_ledger():
    facts = replace(FACTS, truth={"ex": {"sex": {"men": 600, "others": 395, "women": 5}}})
    told = disclosure.Table("ex", "sex", {"men": 600, "others": 400}, ())
    bulletin = replace(RESULT, tables=(told,))
    assert codes(bulletin, facts) == set()
    exact = Ledger((Statement(frozenset({"ex/sex/men", "ex/sex/others"}), 995, 995),))
    assert codes(bulletin, facts, exact) == {"inference"}


def test_another_answer_to_an_old_question_is_stopped():
    old = Ledger((Statement(frozenset({"ex"}), 990, 1010),))
    assert "answered-before" in codes(RESULT, ledger=old)


def test_a_name_like_word_does_not_stop_but_must_be_read():
    decision = decide(replace(RESULT, texts={"uk": "Дякуємо Коваленкам."}))
    assert decision.allowed
    assert len(decision.to_look_at) == 1


def test_words_that_do_not_fit_their_schema_are_refused():
    with pytest.raises(Unreadable):
        disclosure.read_words("version: 0\n")
    with pytest.raises(Unreadable):
        disclosure.read_words("a: [")
