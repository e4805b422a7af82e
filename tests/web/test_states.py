"""One table names every state, with a tone, an icon and a word in both languages."""

from __future__ import annotations

import pytest
from django.utils import translation

from obmin.web.states import ICONS, STATES, State, Tone, find

TOLD = [
    ("line", "PROPOSED", "Proposed", "Запропоновано", "run"),
    ("line", "COUNTERED", "Counter-proposal", "Зустрічна пропозиція", "warn"),
    ("line", "FROZEN", "Locked", "Зафіксовано", "ok"),
    ("line", "UNFIT", "Needs care first", "Спершу лікування", "hold"),
    ("line", "REFUSED", "Not available", "Недоступно", "idle"),
    ("person", "OPEN", "Searching", "Триває пошук", "run"),
    ("person", "CAPTIVE_CONFIRMED", "Held, confirmed", "Полон підтверджено", "ok"),
    ("case", "STABILISED", "Stable", "Стан стабільний", "ok"),
    ("case", "EXPECTED", "Expected", "Очікуємо", "idle"),
    ("readiness", "at-risk", "At risk", "Під загрозою", "warn"),
    ("readiness", "stopped", "Stopped", "Зупинено", "stop"),
    ("outcome", "refused", "Not available", "Недоступно", "idle"),
]


@pytest.mark.parametrize(("kind", "code", "english", "ukrainian", "tone"), TOLD)
def test_words(kind: str, code: str, english: str, ukrainian: str, tone: str) -> None:
    found = find(kind, code)
    with translation.override("en"):
        assert str(found.word) == english
    with translation.override("uk"):
        assert str(found.word) == ukrainian
    assert found.tone == tone


def test_every_state_has_a_word_a_tone_and_an_icon() -> None:
    everything = [state for states in STATES.values() for state in states.values()]
    assert len(everything) > 90
    assert all(str(state.word) and state.icon in ICONS.values() for state in everything)
    assert len(set(ICONS.values())) == len(Tone), "each tone has a shape of its own: colour is never alone"


def test_a_refusal_looks_like_any_absence_from_the_list() -> None:
    assert find("line", "REFUSED").tone == find("line", "WITHDRAWN").tone
    assert find("line", "REFUSED").icon == find("line", "SUBSTITUTED").icon


def test_deaths_are_never_red() -> None:
    deaths = [
        find("line", "DIED"),
        find("line", "DEATH_REPORTED"),
        find("person", "DEAD"),
        find("person", "DEATH_REPORTED"),
    ]
    assert {state.tone for state in deaths} == {Tone.IDLE}


def test_an_unlisted_state_is_shown_and_waits() -> None:
    assert find("round", "NEVER_HEARD_OF") == State("Never heard of", Tone.HOLD)
    with pytest.raises(KeyError):
        find("never-heard-of", "OPEN")
