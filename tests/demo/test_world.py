from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from obmin.core.person import COLUMNS, FIT_TO_TRAVEL, Misread, judicially_held, read_cell
from obmin.core.planning import check
from obmin.core.planning.places import plan_places
from obmin.core.planning.resources import Ride
from obmin.core.planning.rules import read_rules
from obmin.core.planning.transport import Rider, plan_transport
from obmin.demo import world
from obmin.demo.world.damage import birth_dates, slip, wrong_digit
from obmin.demo.world.spelling import HABITS, latin, russian_of_ukrainian, ukrainian_of_russian
from obmin.demo.world.stock import STYLES, given_names, load, patronymics, surnames

UKRAINIAN_ONLY, RUSSIAN_ONLY = set("іїєґІЇЄҐ’"), set("ыэёъЫЭЁЪ")


@pytest.fixture(scope="module")
def made() -> world.World:
    return world.make(people=3000, seed=7)


@pytest.fixture(scope="module")
def registers(made: world.World) -> list[tuple[str, str, pl.DataFrame]]:
    return [(s, k, t[s]) for k, t in (("held", made.held), ("sought", made.sought)) for s in world.SIDES]


def test_counts_and_columns(registers: list[tuple[str, str, pl.DataFrame]]) -> None:
    for _, kind, frame in registers:
        assert frame.columns == list(COLUMNS)
        assert set(frame.dtypes) == {pl.Utf8}
        assert frame.height == (3000 if kind == "held" else 10_000)
        assert frame["id"].n_unique() == frame.height
        assert frame["name"].null_count() == 0


def test_every_cell_is_one_that_the_table_allows(
    registers: list[tuple[str, str, pl.DataFrame]],
) -> None:
    for _, _, frame in registers:
        for column in COLUMNS:
            for text in frame[column].unique().to_list():
                assert not isinstance(read_cell(column, text), Misread), (column, text)
                assert read_cell(column, text) == text


def test_the_same_three_numbers_give_the_same_world() -> None:
    one, two, other = world.make(60, seed=3), world.make(60, seed=3), world.make(60, seed=4)
    for side in world.SIDES:
        assert one.held[side].equals(two.held[side])
        assert one.sought[side].equals(two.sought[side])
        assert one.truth[side].equals(two.truth[side])
        assert one.summaries[side].equals(two.summaries[side])
        assert not one.held[side].equals(other.held[side])


@pytest.mark.parametrize("people", [1, 2, 7, 25])
def test_small_worlds_exist(people: int) -> None:
    made = world.make(people)
    assert made.held["UKR"].height == people
    assert made.sought["RUS"].height == people * 10 // 3


def test_impossible_worlds_are_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        world.make(0)
    with pytest.raises(ValueError, match="everybody held is sought"):
        world.make(10, sought=9)


def test_truth_pairs_everybody_held_once(made: world.World) -> None:
    for side in world.SIDES:
        truth = made.truth[side]
        assert truth["sought_id"].to_list() == made.sought[side]["id"].to_list()
        pairs = truth.drop_nulls("held_id")
        assert sorted(pairs["held_id"].to_list()) == sorted(made.held[world.OTHER[side]]["id"].to_list())
        assert set(pairs["fate"].to_list()) == {"held"}
        assert set(truth.filter(pl.col("held_id").is_null())["fate"].to_list()) == {
            "missing",
            "dead",
            "elsewhere",
        }
        assert made.summaries[side]["id"].to_list() == made.held[side]["id"].to_list()


def test_row_order_gives_nobody_away(made: world.World) -> None:
    for side in world.SIDES:
        held_rows = np.flatnonzero((made.truth[side]["fate"] == "held").to_numpy())
        assert abs(held_rows.mean() / made.truth[side].height - 0.5) < 0.05


def _letters(frame: pl.DataFrame, *columns: str) -> set[str]:
    return set("".join(text for c in columns for text in frame[c].drop_nulls().to_list()))


def test_one_side_writes_cyrillic_and_the_other_latin(made: world.World) -> None:
    text = ("name", "surname", "given", "patronymic", "rank", "unit", "branch", "region", "service_number")
    for frame in (made.held["UKR"], made.sought["UKR"]):
        assert not re.search("[A-Za-z]", "".join(sorted(_letters(frame, *text))))
    for frame in (made.held["RUS"], made.sought["RUS"]):
        assert not re.search("[Ѐ-ӿ]", "".join(sorted(_letters(frame, *text))))
    assert not _letters(made.sought["UKR"], "name") & RUSSIAN_ONLY
    held = _letters(made.held["UKR"], "name")
    assert held & RUSSIAN_ONLY
    assert held & UKRAINIAN_ONLY


def test_shares_come_out_as_the_tables_say(made: world.World) -> None:
    shares = load("shares.yaml")
    for side in world.SIDES:
        held = made.held[side]
        for column in ("category", "health", "judicial", "will"):
            for word, share in shares[column].items():
                assert abs((held[column] == word).mean() - share) < 0.015, (column, word)
        missing = held["service_number"].is_null().mean()
        fault = shares["faults"]["latin_held" if side == "RUS" else "native_held"]
        assert abs(missing - fault["number_missing"] * 0.95 - 0.05) < 0.04
        soldiers = held.filter(pl.col("category") == "military")
        assert 0.005 < (soldiers["sex"] == "2").mean() < 0.04


def _willing_and_fit(people: pl.DataFrame) -> pl.DataFrame:
    fit = [f.value for f in FIT_TO_TRAVEL]
    return people.filter((pl.col("will") == "consents") & pl.col("fitness").is_in(fit))


def test_each_side_can_fill_the_exchange_at_full_size() -> None:
    made = world.make()
    for side in world.SIDES:
        held = made.held[side]
        fit = held.filter(
            (pl.col("will") == "consents") & pl.col("fitness").is_in([f.value for f in FIT_TO_TRAVEL])
        )
        free = fit.filter(
            [not judicially_held(*row) for row in fit.select("judicial", "dp_consent", "own_consent").rows()]
        )
        able = free.filter(pl.col("health") != "direct")
        assert able.filter(pl.col("category") == "civilian").height >= 120
        assert able.filter(pl.col("category") == "military").height >= 880
        assert free.filter(pl.col("health") == "direct").height >= 100
        assert held.filter(pl.col("category") == "retained").height >= 20


def test_the_two_registers_differ_as_paper_does(made: world.World) -> None:
    for side in world.SIDES:
        truth = made.truth[side].drop_nulls("held_id")
        both = truth.join(made.sought[side], left_on="sought_id", right_on="id").join(
            made.held[world.OTHER[side]], left_on="held_id", right_on="id", suffix="_held"
        )
        dates = both.drop_nulls(["birth_date", "birth_date_held"])
        differ = (dates["birth_date"] != dates["birth_date_held"]).mean()
        assert 0.03 < differ < 0.15
        swapped = dates.filter(
            (pl.col("birth_date") != pl.col("birth_date_held"))
            & (pl.col("birth_date").str.slice(5, 2) == pl.col("birth_date_held").str.slice(8, 2))
            & (pl.col("birth_date").str.slice(8, 2) == pl.col("birth_date_held").str.slice(5, 2))
        )
        assert swapped.height > 0
        assert (both["sex"] == both["sex_held"]).all()
        assert both["patronymic_held"].null_count() > 0
        assert (both["captured_on"] != both["captured_on_held"]).sum() > 0
        assert both["citizenship"].equals(both["citizenship_held"].rename("citizenship"))


def test_groups_are_small_and_of_one_track(made: world.World) -> None:
    for side in world.SIDES:
        groups = (
            made.held[side].drop_nulls("group").group_by("group").agg(pl.len(), pl.col("category").n_unique())
        )
        assert groups.height > 20
        assert groups["len"].min() == 2
        assert groups["len"].max() <= 5
        assert groups["category"].max() == 1


def test_kin_are_of_possible_ages(made: world.World) -> None:
    for side in world.SIDES:
        born = made.sought[side]["birth_date"].drop_nulls().str.slice(0, 4).cast(pl.Int64)
        assert born.min() > 1930
        assert born.max() <= 2017  # a clerk's slip is ten years at most
        assert (born <= 2007).mean() > 0.99  # without slips nobody is under 18


@given(st.text("абвгдеж", min_size=0, max_size=9), st.integers(0, 10_000))
def test_a_slip_is_small_and_keeps_the_first_letter(word: str, seed: int) -> None:
    slipped = slip(word, np.random.default_rng(seed))
    assert abs(len(slipped) - len(word)) <= 1
    assert slipped[:1] == word[:1]


@given(st.from_regex(r"ЇЖ-[0-9]{7}", fullmatch=True), st.integers(0, 10_000))
def test_a_wrong_digit_is_one_digit(number: str, seed: int) -> None:
    changed = wrong_digit(number, np.random.default_rng(seed))
    assert sum(a != b for a, b in zip(number, changed, strict=True)) == 1


@given(st.lists(st.dates(date(1940, 1, 1), date(2007, 1, 1)), min_size=1, max_size=20), st.integers(0, 1000))
def test_damaged_dates_still_exist_in_the_calendar(days: list[date], seed: int) -> None:
    rng = np.random.default_rng(seed)
    faults = {
        name: rng.random(len(days)) < 0.4
        for name in ("date_missing", "date_year_only", "date_swapped", "date_wrong_year")
    }
    numbers = np.array([(day - date(1970, 1, 1)).days for day in days], dtype=np.int64)
    for text in birth_dates(numbers, faults, rng).to_list():
        assert not isinstance(read_cell("birth_date", text), Misread)


@pytest.mark.parametrize("side", world.SIDES)
def test_every_word_of_the_stock_can_be_spelled_in_every_style(side: str) -> None:
    names = load("names.yaml")
    rng = np.random.default_rng(0)
    for words in (surnames(names, side, rng), *given_names(names), patronymics(names)):
        every = np.arange(len(words.share))
        for style in STYLES:
            spelled = words.spelled(style, every).to_list()
            assert all(spelled)
            if style in HABITS:
                assert all(re.fullmatch("[A-Z][A-Za-z]*", text) for text in spelled), style
            elif style == "ru":
                assert not set("".join(spelled)) & UKRAINIAN_ONLY
            else:
                assert not set("".join(spelled)) & RUSSIAN_ONLY, style


def test_spellings_that_people_know() -> None:
    assert latin("Згурський", "uk-2010") == "Zghurskyi"
    assert latin("Яворенко", "uk-2010") == "Yavorenko"
    assert latin("Щербюк", "uk-2010") == "Shcherbiuk"
    assert latin("Юрьевич", "ru-icao") == "Iurevich"
    assert latin("Жуков", "ru-french") == "Joukov"
    assert latin("Чижов", "ru-german") == "Tschischow"
    assert russian_of_ukrainian("Калинівський") == "Калинивский"
    assert ukrainian_of_russian("Тихинский", nine=True) == "Тихінський"
    assert ukrainian_of_russian("Сидоров", nine=True) == "Сидоров"
    assert ukrainian_of_russian("Сидоров", nine=False) == "Сідоров"


@pytest.mark.parametrize("side", world.SIDES)
def test_officers_fill_every_duty_and_second_persons_exist(side: str) -> None:
    officers = world.officers(side)
    assert len({o.id for o in officers}) == len({o.name for o in officers}) == len(officers)
    assert officers == world.officers(side)
    agencies = {a.code for a in world.agencies(side)}
    assert {o.agency for o in officers} <= agencies
    roles = [o.role.value for o in officers]
    assert min(roles.count(r) for r in ("interviewer", "medical-officer", "approver", "tracing-officer")) >= 2
    assert {o.agency for o in officers if o.role.value == "interviewer"} == {"NEUTRAL"}
    assert all(re.fullmatch("[A-Za-z ]+", o.name_latin) for o in officers)
    led = [stage for a in world.agencies(side) for stage in a.stages]
    stages = ["register", "tracing", "terms", "lists", "rounds", "reception", "handover", "care", "bulletins"]
    assert sorted(led) == sorted([*stages, "readiness"])


@pytest.mark.parametrize("side", world.SIDES)
def test_the_invented_houses_and_vehicles_receive_the_whole_exchange(side: str) -> None:
    made, rules, resources = world.make(), read_rules(), world.reception(side)
    holder = world.OTHER[side]
    people = made.held[holder].join(made.summaries[holder].rename({"need": "finding"}), on="id")
    people = people.filter(
        (pl.col("will") == "consents") & pl.col("fitness").is_in([f.value for f in FIT_TO_TRAVEL])
    )
    direct = people.filter(pl.col("health") == "direct")
    rest = people.filter(pl.col("health") != "direct").sort(
        pl.col("health").is_in(["wounded", "sick"]), descending=True
    )
    coming = pl.concat([direct, rest.head(1000)])
    plan = plan_places(coming, resources.sites, rules, on="2025-05-23")
    assert plan.unplaced == ()
    assert plan.optimal
    assigned = [(a.id, a.site, a.kind.value) for a in plan.assignments]
    assert (
        check.check_places(coming, resources.sites, assigned, [], on="2025-05-23", minutes=plan.minutes) == ()
    )
    fitness = dict(coming.select("id", "fitness").rows())
    first = [Rider(a.id, a.site, Ride(fitness[a.id])) for a in plan.assignments][:540]
    day = plan_transport(first, resources.sites, resources.vehicles, rules)
    assert day.left == ()
    assert day.leads <= resources.escort_leads
    assert day.medics <= resources.medics


def test_the_page_about_the_invented_people_states_the_shares_in_use() -> None:
    page = (Path(__file__).parents[2] / "docs/reference/invented-people.md").read_text(encoding="utf-8")
    shares = load("shares.yaml")
    for key in ("category", "health", "judicial", "will", "needs"):
        words = ", ".join(f"{word} {round(share * 100, 1):g} %" for word, share in shares[key].items())
        assert words in page, words
    words = ", ".join(f"{share:.0%}" for share in shares["fate"].values()).replace("%", " %")
    assert words == "62 %, 27 %, 11 %"
    assert "62 % are missing, 27 % dead and 11 % elsewhere" in page.replace("\n", " ")
