"""The palette holds WCAG contrast in both themes, recomputed from the style sheet itself."""

from __future__ import annotations

import re
from itertools import product
from pathlib import Path

import pytest

from obmin import web
from obmin.web.states import Tone

CSS = (Path(web.__file__).parent / "static" / "web" / "obmin.css").read_text("utf-8")
PAIRS = re.findall(r"--([\w-]+): light-dark\((#[0-9A-F]{6}), (#[0-9A-F]{6})\)", CSS)
PALETTE = {
    "light": {name: light for name, light, _dark in PAIRS},
    "dark": {name: dark for name, _light, dark in PAIRS},
}
TEXT, CONTROL = 4.5, 3.0
GROUNDS = ("bg", "surface", "sunken", "tint")

WANTED = [
    *((ink, ground, TEXT) for ink, ground in product(("ink", "ink2"), GROUNDS)),
    *((ink, ground, TEXT) for ink, ground in product(("link", "brand"), ("bg", "surface", "tint"))),
    ("on-brand", "brand", TEXT),
    ("on-brand", "link", TEXT),
    *((str(tone), f"{tone}-bg", TEXT) for tone in Tone),
    *((str(tone), "surface", TEXT) for tone in Tone),
    *(("ink", f"{tone}-bg", TEXT) for tone in Tone),
    ("bg", "ink", TEXT),
    *(("ctl", ground, CONTROL) for ground in ("bg", "surface")),
    *((chart, "surface", CONTROL) for chart in ("chart1", "chart2", "chart3", "limit")),
    *(("focus", ground, CONTROL) for ground in GROUNDS),
    ("focus", "ring", CONTROL),
]


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", PALETTE)
@pytest.mark.parametrize(("front", "ground", "least"), WANTED, ids=str)
def test_contrast(theme: str, front: str, ground: str, least: float) -> None:
    ratio = contrast(PALETTE[theme][front], PALETTE[theme][ground])
    assert ratio >= least, f"{front} on {ground} in {theme}: {ratio:.2f}"


def test_the_measure_itself() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


def test_every_colour_stands_in_the_tokens_alone() -> None:
    body = CSS[CSS.index("@layer base {") : CSS.index("@layer print {")]
    loose = re.findall(r"#[0-9A-Fa-f]{3,6}\b(?![\w-])", body)
    assert loose == ["#15212B"], "only the selected text keeps its own ink"


def test_only_logical_directions() -> None:
    physical = re.findall(r"(?:margin|padding|border)-(?:left|right|top|bottom)|(?<![\w-])(?:left|right):", CSS)
    assert physical == []
