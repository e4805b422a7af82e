"""Charts tell the truth: zero base, few lines, the same numbers in words."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from obmin.web import charts

BARS = charts.PairedBars("Beds", (("Surgical", 44, 56), ("General <ward>", 190, 176)), "Have", "Need")
HOURS = charts.Columns("Arrivals", (("17", 42), ("18", 50)), "People", 45, "limit")
STACK = charts.Stacked("Phases", (("23.05", (270, 120)), ("24.05", (307, 0))), ("military", "civilian"))
STEPS = charts.StepLine("Wills", ((1, "17", 0), (2, "18", 80), (5, "21", 341)), "Confirmed")
DOTS = charts.DotRange("Beds", (("Site C", 38, 44, 56),), ("Low", "Likely", "High"))
ALL = [BARS, HOURS, STACK, STEPS, DOTS]


def drawing(chart: charts.Chart) -> ET.Element:
    text = str(charts.svg(chart))
    found = re.search(r'<svg class="drawing".*?</svg>', text, re.DOTALL)
    assert found
    return ET.fromstring(found.group())


@pytest.mark.parametrize("chart", ALL, ids=lambda chart: type(chart).__name__)
def test_every_chart_has_a_name_a_description_and_its_numbers(chart: charts.Chart) -> None:
    root = drawing(chart)
    assert root.get("role") == "img"
    named = (root.get("aria-labelledby") or "").split()
    assert [element.get("id") for element in root if element.tag in ("title", "desc")] == named
    assert str(charts.svg(chart)).count("<table") == 1
    assert "style=" not in str(charts.svg(chart))


@given(st.floats(min_value=0.001, max_value=1e9))
def test_axes_begin_at_zero_and_have_at_most_five_steps(top: float) -> None:
    end, step = charts.scale(top)
    assert end >= top * (1 - 1e-6)
    assert 1 <= round(end / step) <= 5 or step == 1.0


def test_bars_are_as_long_as_their_numbers() -> None:
    widths = [float((rect.get("width") or "0").rstrip("%")) for rect in drawing(BARS).iter("rect")]
    assert widths == pytest.approx([100 * value / 190 for value in (44, 56, 190, 176)], abs=0.01)


def test_columns_above_the_limit_stand_out_and_rise_from_the_base() -> None:
    rects = list(drawing(HOURS).iter("rect"))
    assert [rect.get("class") for rect in rects] == ["c1", "c2"]
    feet = {round(float(rect.get("y") or 0) + float(rect.get("height") or 0)) for rect in rects}
    assert feet == {charts.TOP + charts.HEIGHT}


def test_short_is_said_in_words() -> None:
    heads, rows = charts.table(BARS)
    assert rows == [["Surgical", "44", "56", "12"], ["General <ward>", "190", "176", "–"]]
    assert heads[1:3] == ["Have", "Need"]
    assert "General &lt;ward&gt;" in str(charts.svg(BARS))


def test_four_series_are_refused() -> None:
    with pytest.raises(ValueError, match="three"):
        charts.svg(charts.Stacked("x", (("a", (1, 2, 3, 4)),), ("1", "2", "3", "4")))


@pytest.mark.parametrize(
    "chart",
    [
        charts.PairedBars("x", (), "a", "b"),
        charts.Columns("x", (), "a"),
        charts.StepLine("x", (), "a"),
        charts.Columns("x", (("a", 0),), "v"),
    ],
)
def test_nothing_to_show_still_draws(chart: charts.Chart) -> None:
    assert drawing(chart).tag == "svg"
