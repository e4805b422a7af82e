"""What readings, romanisation and parts of names promise."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from obmin.core.names import coarse, readings, romanise, script_of, skeleton, split
from obmin.core.names.alternates import given_alternates, is_given, patronymic_alternates

CYRILLIC = st.text(alphabet="абвгґдеєжзиіїйклмнопрстуфхцчшщьюяёыэъ'’-", min_size=1, max_size=14)


@pytest.mark.parametrize(
    ("name", "latin"),
    [  # examples of the table of Resolution 55, in its own column of examples
        ("Алушта", "Alushta"), ("Згурський", "Zghurskyi"), ("Їжакевич", "Yizhakevych"),
        ("Йосипівка", "Yosypivka"),
        ("Гадяч", "Hadiach"), ("Ґалаґан", "Galagan"), ("Знам’янка", "Znamianka"), ("Щербухи", "Shcherbukhy"),
        ("Стрий", "Stryi"), ("Юрій", "Yurii"), ("Біла Церква", "Bila Tserkva"), ("Феодосія", "Feodosiia"),
    ],
)  # fmt: skip
def test_ukrainian_is_romanised_by_the_table_of_2010(name: str, latin: str) -> None:
    context = "їі"  # a letter that says the text is Ukrainian
    assert romanise(f"{name} {context}").split(" ")[: len(name.split())] == latin.split()


@pytest.mark.parametrize(
    ("name", "latin"),
    [
        ("Щукин Фёдор", "Shchukin Fedor"),
        ("Подъячев", "Podieiachev"),
        ("Юрьев Эдуард", "Iurev Eduard"),
        ("ЦЫБИН", "TSYBIN"),
    ],
)
def test_russian_is_romanised_as_in_passports(name: str, latin: str) -> None:
    assert romanise(name) == latin


@given(CYRILLIC)
def test_romanised_has_no_other_script(name: str) -> None:
    assert script_of(romanise(name)) in ("Latn", "Zyyy")


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz -", max_size=20))
def test_latin_stays_as_it_is(name: str) -> None:
    assert romanise(name) == name


@pytest.mark.parametrize(
    ("text", "script"),
    [("Шевченко", "Cyrl"), ("Shevchenko", "Latn"), ("محمد", "Arab"), ("דוד", "Hebr"), ("12-3", "Zyyy"),
     ("", "Zyyy"),
     ("Petrenkо", "Latn")],
)  # fmt: skip
def test_script(text: str, script: str) -> None:
    assert script_of(text) == script


@pytest.mark.parametrize(
    ("native", "spellings"),
    [
        ("Щербаков", ["Shcherbakov", "Chtcherbakov", "Schtscherbakow", "Ščerbakov", "Szczerbakow"]),
        ("Жуйко", ["Zhuiko", "Jouïko", "Žujko"]),
        ("Панченко", ["PANTCHENKO", "Panchenko", "Pančenko", "Pantschenko"]),
        ("Дегтярёв", ["Degtyarev", "Degtyaryov", "Degtiariov"]),
        ("Журавльов", ["Zhuravlev", "Zhuravlov"]),
        ("Стоянов", ["Stoyanov", "Stojanow", "Stoianov"]),
    ],
)
def test_clerks_of_four_languages_meet_the_native_spelling(native: str, spellings: list[str]) -> None:
    own = {coarse(reading) for reading in readings(native)}
    for spelling in spellings:
        assert own & {coarse(reading) for reading in readings(spelling)}, spelling


@given(st.text(max_size=20))
def test_readings_are_of_one_alphabet(word: str) -> None:
    for reading in readings(word):
        assert reading
        assert coarse(reading) == coarse(coarse(reading))
        assert not set(skeleton(reading)[1:]) & set("aeiou")


def test_custom_alternates() -> None:
    assert "nikolai" in given_alternates("mikola")
    assert "aleksei" in given_alternates("oleksi")
    assert coarse(readings("Николаевич")[0]) in patronymic_alternates(coarse(readings("Миколайович")[0]))
    assert is_given("Oleksandr")
    assert not is_given("Шевченко")


@pytest.mark.parametrize(
    "name",
    [
        "Коваль Ірина Петрівна",
        "Ірина Петрівна Коваль",
        "Iryna Petrivna KOVAL",
        "KOVAL Iryna Petrivna",
        "Koval, Iryna Petrivna",
    ],
)
def test_parts_do_not_depend_on_order(name: str) -> None:
    parts = split(name)
    assert [coarse(readings(part or "")[0]) for part in (parts.surname, parts.given, parts.patronymic)] == [
        "koval", "irina", "petrivna",
    ]  # fmt: skip


def test_a_patronymic_sounding_surname_is_not_taken_for_one() -> None:
    assert split("Міхневич Олена Ігорівна").surname == "Міхневич"
    assert split("Шевченко Т. Г.").given == "Т"


@given(st.text(max_size=40))
def test_splitting_never_fails_and_invents_nothing(name: str) -> None:
    parts = split(name)
    for part in (parts.surname, parts.given, parts.patronymic):
        assert part is None or all(word in name for word in part.split(" "))
