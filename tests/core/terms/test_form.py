"""File -> form -> file: the questions come from the schema, and the answers write the same YAML."""

from __future__ import annotations

from datetime import date
from difflib import unified_diff
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from obmin.core.errors import NotFound, Unreadable
from obmin.core.terms import check, check_text, diff, load
from obmin.core.terms.amend import amended, begun_clause, own_clause, without_clause
from obmin.core.terms.forms import FORMS
from obmin.core.terms.load import schema
from obmin.core.terms.questions import Kind, answered, errors, questions

HERE = Path(__file__).parent
FILES = sorted((HERE.parents[2] / "agreements").glob("*.yaml"))
MILITARY = "versions.1.clauses.1"


def sheets(text: str) -> list[str]:
    """Every part of a file that has a form of its own."""
    agreement = load(text, file="t")
    versions = [f"versions.{n}" for n in range(len(agreement.versions))]
    return versions + sorted({c.path for v in agreement.versions for c in v.clauses})


def changed(before: str, after: str) -> list[str]:
    lines = unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=0)
    return [line for line in lines if line[:1] in "+-" and line[:3] not in ("+++", "---")]


@pytest.mark.parametrize("file", FILES, ids=lambda f: f.stem)
def test_a_form_sent_back_as_it_was_shown_changes_no_byte(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    for sheet in sheets(text):
        asked = questions(text, sheet, file="t")
        shown = {q.path: q.value.replace("\n", "\r\n") for q in asked}  # as browsers send lines
        assert answered(text, asked, shown, file="t") == text


def test_every_key_of_the_schema_is_asked(text: str) -> None:
    """A key that is added to the language is in the form from that day on."""
    for n, form in enumerate(FORMS):
        begun, path = begun_clause(amended(text, date(2025, 6, 1), file="t"), f"N{n}", form, file="t")
        asked = {q.path.removeprefix(f"{path}.{form}.").split(".")[0] for q in questions(begun, path, file="t")}
        assert set(schema()["$defs"][form]["properties"]) - {"phases"} <= asked


def test_answers_change_their_own_line_and_keep_the_rest(text: str) -> None:
    asked = questions(text, MILITARY, file="t")
    after = answered(text, asked, {f"{MILITARY}.count.phases.P2": "308"}, file="t")
    assert changed(text, after) == [
        f"{sign}        count: {{from: RUS, to: UKR, track: military, exactly: 880, "
        f"phases: {{P1: 270, P2: {n}, P3: 303}}, selected_by: RUS}}"
        for sign, n in (("-", 307), ("+", 308))
    ]


@settings(max_examples=15)
@given(
    exactly=st.integers(0, 2000),
    days=st.integers(1, 28),
    who=st.sampled_from(["", "sex: 2", "age: {from: 18, to: 25}\ntags: {has: mariupol}"]),
    words=st.text(st.characters(blacklist_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1, max_size=30).filter(
        str.strip
    ),
)
def test_what_was_answered_is_what_is_asked_next(
    text: str, exactly: int, days: int, who: str, words: str
) -> None:
    answers = {
        f"{MILITARY}.count.exactly": str(exactly),
        f"{MILITARY}.window.until": f"2025-06-{days:02}",
        f"{MILITARY}.count.excused_by": "died, unfit",
        f"{MILITARY}.says.uk": words.strip(),
    }
    after = answered(
        text, questions(text, MILITARY, file="t"), answers | {f"{MILITARY}.count.who": who}, file="t"
    )
    again = {q.path: q.value for q in questions(after, MILITARY, file="t")}
    assert {k: again[k] for k in answers} == answers
    clause = load(after, file="t").version(2).clause("T1-military")
    assert clause.form.amount.exactly == exactly  # type: ignore[union-attr]
    assert clause.window.end.day == date(2025, 6, days)  # type: ignore[union-attr]
    back = {q.path: q.value for q in questions(text, MILITARY, file="t")}
    undone = answered(after, questions(after, MILITARY, file="t"), back, file="t")
    assert load(undone, file="t").version(2) == load(text, file="t").version(2)


def test_an_empty_answer_takes_the_key_out(text: str) -> None:
    asked = questions(text, MILITARY, file="t")
    after = answered(text, asked, {f"{MILITARY}.count.selected_by": ""}, file="t")
    (gone, new) = changed(text, after)
    assert gone.endswith("selected_by: RUS}")
    assert new == "+" + gone[1:].replace(", selected_by: RUS", "")


@pytest.mark.parametrize(
    ("key", "answer", "expected"),
    [
        ("count.about", "many", "a number"),
        ("count.who", "age: [", "well-formed YAML"),
        ("count.who", "sex: no", '"no" in quotes'),
        ("count.per_day", "perhaps", "true or false"),
    ],
)
def test_an_answer_of_the_wrong_kind_is_refused_at_its_question(
    text: str, key: str, answer: str, expected: str
) -> None:
    asked = questions(text, MILITARY, file="t")
    with pytest.raises(Unreadable) as refused:
        answered(text, asked, {f"{MILITARY}.{key}": answer}, file="t")
    assert expected in refused.value.problems[0].expected
    assert set(errors(refused.value.problems, asked, text)) == {f"{MILITARY}.{key}"}


@pytest.mark.parametrize(
    ("key", "answer", "below", "said"),
    [
        ("count.from", "UKR, XYZ", 0, "XYZ"),
        ("count.track", "military, civilian", 0, "one number over"),
        ("count.who", "will: refuses", 0, "have not agreed to go"),
        ("count.excused_by", "nothing-known", 0, "nothing-known"),
        ("window.until", "{after: no-such-event}", 1, "no-such-event"),
        ("count.exactly", "{each: [{times: 2, of: T9}]}", 0, "T9"),
        ("count.phases.P2", "several", 0, "several"),
    ],
)
def test_what_the_check_finds_stands_at_the_question_with_its_line(
    text: str, key: str, answer: str, below: int, said: str
) -> None:
    asked = questions(text, MILITARY, file="t")
    after = answered(text, asked, {f"{MILITARY}.{key}": answer}, file="t")
    asked = questions(after, MILITARY, file="t")
    found = errors(check_text(after, file="t"), asked, after)
    here = [p for p in found.get(f"{MILITARY}.{key}", []) if said in p.found]
    assert here, found
    assert here[0].row == load(text, file="t").place_of(MILITARY, "count")[0] + below


# -- the next version


def test_a_next_version_leaves_every_line_above_it(text: str) -> None:
    after = amended(text, date(2025, 6, 1), file="t")
    assert after.startswith(text.rstrip("\n"))
    agreement = load(after, file="t")
    assert [v.number for v in agreement.versions] == [1, 2, 3]
    assert diff(agreement, agreement, 2, 3) == []
    assert check(agreement) == []


def test_a_clause_brought_forward_changes_nothing_until_it_is_changed(text: str) -> None:
    begun = amended(text, date(2025, 6, 1), file="t")
    after, path = own_clause(begun, "T1-military", file="t")
    agreement = load(after, file="t")
    assert path == "versions.2.clauses.0"
    assert diff(agreement, agreement, 2, 3) == []
    assert own_clause(after, "T1-military", file="t") == (after, path)
    asked = questions(after, path, file="t")
    assert {q.key: q.value for q in asked}["phases.P3"] == "303"
    changed_ = load(answered(after, asked, {f"{path}.count.exactly": "870"}, file="t"), file="t")
    assert next(t.en for t in diff(changed_, changed_, 2, 3)).startswith("Clause T1-military was:")
    assert diff(changed_, agreement, 2, 2) == []


def test_phases_of_the_version_before_are_shown_and_written_where_they_change(text: str) -> None:
    begun = amended(text, date(2025, 6, 1), file="t")
    asked = {q.key: q for q in questions(begun, "versions.2", file="t")}
    assert asked["phases"].inherited
    assert asked["phases"].kind is Kind.DATA
    moved = asked["phases"].value.replace("2025-05-25", "2025-05-26")
    after = load(answered(begun, list(asked.values()), {asked["phases"].path: moved}, file="t"), file="t")
    assert [t.en for t in diff(after, after, 2, 3)] == [
        "Phase P3 (third day): on 2025-05-25 → P3 (third day): on 2025-05-26"
    ]


def test_a_clause_is_begun_and_taken_back(text: str) -> None:
    begun = amended(text, date(2025, 6, 1), file="t")
    for form in FORMS:
        with_one, path = begun_clause(begun, "N1", form, file="t")
        assert path == "versions.2.clauses.0"
        assert f"{form}:" in with_one
        assert without_clause(with_one, "N1", file="t") == begun
    gone = load(without_clause(begun, "T5", file="t"), file="t")
    assert [t.en.split(":")[0] for t in diff(gone, gone, 2, 3)] == ["Clause T5 no longer holds"]
    brought, _ = own_clause(begun, "T5", file="t")
    assert "T5" not in [
        c.id for c in load(without_clause(brought, "T5", file="t"), file="t").version(3).clauses
    ]
    with pytest.raises(NotFound):
        own_clause(begun, "T77", file="t")
    with pytest.raises(NotFound):
        without_clause(begun, "T77", file="t")
    with pytest.raises(NotFound):
        begun_clause(begun, "N1", "promise", file="t")
