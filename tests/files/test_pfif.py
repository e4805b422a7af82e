"""What we write in PFIF 1.4 reads back and passes our checker; what is wrong in others' files is named."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from obmin.cli import main
from obmin.core import pfif as core
from obmin.core.errors import Incomplete, Unreadable
from obmin.core.pfif import FIELDS, Kind, Record, Teller
from obmin.core.record import Identity
from obmin.files import instance, pfif

DATA = Path(__file__).parent.parent / "data" / "service.pfif.xml"
OPENED = '<pfif:pfif xmlns:pfif="http://zesty.ca/pfif/1.4">'
PERSON = (
    "<pfif:person><pfif:person_record_id>example.org/p.1</pfif:person_record_id>"
    "<pfif:source_date>2025-05-01T10:00:00Z</pfif:source_date>{}</pfif:person>"
)
NAMED = "<pfif:full_name>Вигаданко Ілля</pfif:full_name>"
TELLER = Teller("tracing.example.org", "Навчальний центр", datetime(2025, 5, 16, tzinfo=UTC),
                datetime(2025, 8, 14, tzinfo=UTC))  # fmt: skip

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\ufffe\uffff"), max_size=40).map(
    lambda text: core.UNWRITABLE.sub("", text).strip()
)
VALUES: dict[str, st.SearchStrategy[str]] = {
    "sex": st.sampled_from(["male", "female", "other"]),
    "status": st.sampled_from(list(core.Status)).map(str),
    "author_made_contact": st.sampled_from(["true", "false"]),
    "date_of_birth": st.sampled_from(["1987", "1987-05", "1987-05-14"]),
    "age": st.sampled_from(["34", "30-40"]),
    "home_country": st.sampled_from(["UA", "PL"]),
    "author_email": st.just("a@example.org"),
    "email_of_found_person": st.just("b@example.org"),
} | dict.fromkeys(("photo_url", "source_url", "profile_urls"), st.just("https://example.org/?a=1&b=<2>"))
MOMENTS = st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1)).map(
    lambda when: core.written(when.replace(tzinfo=UTC))
)


@st.composite
def records(draw: st.DrawFn) -> list[Record]:
    found = []
    for number in range(draw(st.integers(0, 6))):
        kind = draw(st.sampled_from(list(Kind)))
        fields = {}
        for name in FIELDS[kind]:
            if name not in core.REQUIRED[kind] and draw(st.booleans()):
                continue
            if name.endswith("_record_id"):
                fields[name] = f"example.org/{number}.{draw(st.text('абв/&<', max_size=3))}"
            elif name.endswith("_date"):
                fields[name] = draw(MOMENTS)
            else:
                fields[name] = draw(VALUES.get(name, TEXTS)) or ("x" if name in core.REQUIRED[kind] else "")
        found.append(Record(kind, {name: text for name, text in fields.items() if text}))
    return found


@given(records())
def test_what_is_written_reads_back_and_passes_the_checker(written: list[Record]) -> None:
    document = pfif.read(pfif.write(written), "f.xml")
    assert document.problems == ()
    for kind, read in ((Kind.PERSON, document.persons), (Kind.NOTE, document.notes)):
        assert [each.fields for each in read] == [each.fields for each in written if each.kind is kind]


@given(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=60), st.text(max_size=20), st.text(max_size=12)
)
def test_whatever_a_register_holds_of_a_person_can_be_told(name: str, surname: str, born: str) -> None:
    who = Identity(name=name + "я", surname=surname, romanised=name, birth_date=born, sex="2")
    person, note = core.told("0" * 16, who, TELLER)
    document = pfif.read(pfif.write([person, note]), "f.xml")
    assert document.problems == ()
    assert document.persons[0].fields["sex"] == "female"


def test_a_service_is_told_names_sex_and_birth_date_and_nothing_else() -> None:
    who = Identity(
        name="Вигаданко Ілля", romanised="Vyhadanko Illia", surname="Вигаданко", given="Ілля", sex="1",
        birth_date="1987-05", citizenship="UKR", service_number="АА-123456", rank="солдат", rank_code="OR-1",
        unit="А0001", branch="піхота", number="kin/77",
    )  # fmt: skip
    person, note = core.told("f" * 16, who, TELLER)
    body = pfif.write([person, note]).decode()
    for kept in ("АА-123456", "солдат", "OR-1", "А0001", "піхота", "kin/77", "UKR"):
        assert kept not in body
    assert person.fields["expiry_date"] == "2025-08-14T00:00:00Z"
    assert {name for name in person.fields if name.startswith("home")} == set()


def test_a_real_file_is_read_with_each_thing_wrong_in_it_named() -> None:
    document = pfif.read(DATA.read_bytes(), "service.xml")
    assert (len(document.persons), len(document.notes)) == (5, 3)
    assert document.persons[1].fields["full_name"] == "أحمد خالد المصري"
    assert document.notes[0].fields["person_record_id"] == document.persons[2].id  # stands within that person
    assert [(p.column, p.found) for p in document.problems] == [
        ("sex", "“m”"),
        ("date_of_birth", "“1990-02-30”"),
        ("first_name", "a field that PFIF 1.4 does not have"),
    ]
    assert document.persons[0].others == {"{http://example.org/extension}blood": "x"}
    assert document.persons[4].placeholder
    assert [each.sound for each in document.persons] == [True, True, True, False, True]


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ('<!DOCTYPE a [<!ENTITY b "c">]>' + OPENED, "a document type declaration"),
        ('<!DOCTYPE pfif SYSTEM "http://example.org/x.dtd">' + OPENED, "a document type declaration"),
        ("<rss/>", "the element rss of no namespace"),
        (OPENED.replace("1.4", "1.3"), "the element pfif of http://zesty.ca/pfif/1.3"),
        (OPENED + "<pfif:person>", "no element found"),
        ("", "no element found"),
        ('<?xml version="1.0" encoding="nonsense"?><a/>', "unknown encoding"),
        (OPENED + "<a>" * 20, "elements too deep"),
        (
            OPENED + PERSON.format(f"<pfif:description>{'x' * (pfif.LONGEST + 1)}</pfif:description>"),
            "a longer text",
        ),
        (OPENED + "<pfif:note/>" * (pfif.MOST + 1), "more than 10000 records"),
        ("x" * (pfif.LARGEST + 1), f"{pfif.LARGEST + 1} bytes"),
    ],
)
def test_what_is_no_pfif_or_may_do_harm_is_refused_whole(body: str, found: str) -> None:
    with pytest.raises(Unreadable) as refused:
        pfif.read(body.encode(), "f.xml")
    assert refused.value.problems[0].found.startswith(found)


@pytest.mark.parametrize(
    ("inside", "column"),
    [
        ("", "full_name"),
        (NAMED + "<pfif:age>40-30</pfif:age>", "age"),
        (NAMED + "<pfif:home_country>Ukraine</pfif:home_country>", "home_country"),
        (NAMED + NAMED, "full_name"),
        (NAMED + "<pfif:photo_url>javascript:alert(1)</pfif:photo_url>", "photo_url"),
        (NAMED + "<pfif:expiry_date>2025-05-01</pfif:expiry_date>", "expiry_date"),
        (NAMED + "<pfif:note><pfif:note_record_id>n</pfif:note_record_id></pfif:note>", "note_record_id"),
    ],
)
def test_a_wrong_field_is_named(inside: str, column: str) -> None:
    document = pfif.read(f"{OPENED}{PERSON.format(inside)}</pfif:pfif>".encode(), "f.xml")
    assert column in {problem.column for problem in document.problems}


def test_two_records_of_one_identifier_are_a_problem() -> None:
    document = pfif.read(f"{OPENED}{PERSON.format(NAMED) * 2}</pfif:pfif>".encode(), "f.xml")
    assert [problem.column for problem in document.problems] == ["person_record_id"]


def test_the_writer_refuses_what_the_checker_would() -> None:
    for fields in ({"full_name": "А"}, {"person_record_id": "example.org/1", "full_name": "А\x00"}):
        with pytest.raises(Incomplete):
            pfif.write([Record(Kind.PERSON, {"source_date": "2025-05-01T00:00:00Z"} | fields)])


@pytest.mark.parametrize(
    ("age", "on", "born"),
    [("39", "2025-05-01", "1985-1986"), ("30-40", "2025-05-01", "1984-1995"), ("0", "2025-12-31", "2025-2025")],
)
def test_an_age_is_the_years_of_birth_that_it_leaves_open(age: str, on: str, born: str) -> None:
    fields = {"age": age, "source_date": f"{on}T00:00:00Z", "full_name": "А"}
    assert core.row(Record(Kind.PERSON, fields))["birth_date"] == born


def test_check_tells_what_is_wrong_and_where(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(DATA)]) == 2
    told = capsys.readouterr().err
    assert "service.pfif.xml, row 40, column date_of_birth: found “1990-02-30”; expected a date" in told


def test_an_instance_names_a_domain_or_none(tmp_path: Path) -> None:
    began = datetime(2025, 5, 16, tzinfo=UTC)
    found = instance.create_training(tmp_path / "h", party="UKR", name="T", seed="1", began=began)
    assert found.pfif == ""  # off
    path = tmp_path / "h" / instance.FILE
    path.write_text(path.read_text() + 'pfif = "tracing.example.org"\n')
    assert instance.load(tmp_path / "h").pfif == "tracing.example.org"
    path.write_text(path.read_text().replace("tracing.example.org", "true"))
    with pytest.raises(Unreadable):
        instance.load(tmp_path / "h")
