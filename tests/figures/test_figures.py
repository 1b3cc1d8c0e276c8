from __future__ import annotations

import math
import re
import time
import xml.etree.ElementTree as ElementTree

import numpy as np
import pandas as pd
import pytest

from halosink.contracts import LANGUAGES
from halosink.figures import canvas, effects, gradient, numbers, quality, rows, series


@pytest.mark.parametrize(
    ("mid", "low", "high", "expected"),
    [
        (8.1234, 6.2, 9.9, "8.1 (6.2 to 9.9)"),
        (-0.51234, -0.7, -0.3, "−0.51 (−0.70 to −0.30)"),
        (412.4, 380.0, 450.0, "412 (380 to 450)"),
        (0.0, -0.001, 0.001, "0.0000 (−0.0010 to 0.0010)"),
        (5.0, math.nan, math.nan, "5"),
        (0.843, 0.048, 14.834, "0.84 (0.05 to 15)"),
    ],
)
def test_digits_follow_the_interval(mid: float, low: float, high: float, expected: str) -> None:
    assert numbers.interval(mid, low, high, "en") == expected


def test_numbers_in_both_languages() -> None:
    assert numbers.number(390384.0, "en") == "390,384"
    assert numbers.number(390384.0, "zh") == "390\u202f384"
    assert numbers.number(-0.04, "en", 1) == "0.0"
    assert numbers.number(math.nan, "en") == "" and numbers.number(None, "zh") == ""
    assert numbers.number(2.5e-7, "en") == "2.50×10⁻⁷"
    assert numbers.percent(-12.4, "zh", signed=True) == "−12%"


def test_ratios_are_given_as_percent_change() -> None:
    assert numbers.change(math.log(0.75), "en") == "−25"
    assert numbers.change(math.log(0.0037), "en") == "−99.6"
    assert numbers.change(math.log(562.79), "en") == "+56,000"
    assert numbers.changes(math.log(0.88), math.log(1.12), "zh") == "−12 ~ +12"


@pytest.mark.parametrize(
    ("ratio", "shown"), [(21.3, "21"), (0.8, "0.80"), (560.0, "560"), (0.0412, "0.041"), (56179.0, "56,000"),
                         (9.96, "10"), (0.998, "0.998"), (1.04, "1.04"), (1.0, "1.0")],
)  # fmt: skip
def test_multiples_have_two_digits_and_are_one_only_where_they_are(ratio: float, shown: str) -> None:
    assert numbers.multiple(math.log(ratio), "en") == shown


def test_beyond_three_hundred_percent_all_three_numbers_are_multiples() -> None:
    def said(*ratios: float) -> str:
        return numbers.relative(*(math.log(r) for r in ratios), "en")  # type: ignore[arg-type, misc]

    assert said(1.12, 0.97, 1.29) == "+12\u00a0% (−3 to +29)"
    assert said(21, 0.8, 560) == "×21 (0.80 to 560)"
    assert said(1.1, 0.3, 3.9) == "+10\u00a0% (−70 to +290)"
    assert said(1.1, 0.3, 4.1).startswith("×1.1")


def test_an_axis_of_multiples_marks_no_difference() -> None:
    axis = effects.ratio_axis(axis_frame(0.01, 0.2, 5.0, 300.0), "x", fold=True)
    assert dict(axis.ticks)[1.0] == "×1"
    sheet = [rows.Row("a", 1.0, 0.1, 5.0)]
    svg = rows.draw(sheet, axis, "n", "alt")
    assert set(re.findall(r">(×[\d.]+)<", svg)) == {label for _, label in axis.ticks}


def test_small_means_are_seen_beside_large_ones() -> None:
    from halosink.figures import means

    frame = pd.DataFrame({
        "quantity": "ch4_flux", "unit": "nmol m-2 s-1", "table": "soil", "factor": "treatment", "class": ["a", "b"],
        "mean": [0.02, 4.5], "low": [0.002, 0.1], "high": [0.2, 160.0], "level": "site",
    })  # fmt: skip
    (x1, _), (x2, _) = drawn(means.draw(frame, None, "en").svg)
    assert x2 - x1 > 100


def test_the_line_goes_through_the_middle_that_the_slope_belongs_to() -> None:
    x = np.linspace(1.0, 9.0, 12)
    dots = pd.DataFrame({"gradient_value": x, "value": 2 * x, "site_key": np.repeat([0, 1, 2], 4)})
    slope = pd.Series({
        "quantity": "soil_organic_carbon", "unit": "g kg-1", "table": "soil", "gradient": "ec_1_5",
        "gradient_unit": "dS m-1", "transform": "none", "slope": 2.0, "low": 1.0, "high": 3.0, "separable": True,
        "among_site_slope": 2.0, "among_site_low": 1.0, "among_site_high": 3.0, "within_site_slope": -1.0,
        "within_site_low": -2.0, "within_site_high": -0.5, "through_x": 5.0, "through_y": 10.0,
    })  # fmt: skip
    figure = gradient.draw(dots, slope, "en")
    assert "site means (rings)" in figure.caption and "slope within sites (−1.0" in figure.caption
    red = re.search(r'd="M([\d.]+),([\d.]+)L([\d.]+),([\d.]+)"[^>]*stroke="#d55e00"', figure.svg)
    circles = re.findall(r'<path transform="translate\(([\d.]+),([\d.]+)\)"[^>]*fill="#0072b2"', figure.svg)
    assert red is not None and len(circles) == 12
    # all dots lie on value = 2 x, and so must the line
    (x1, y1, x2, y2), (a, b) = map(float, red.groups()), map(float, circles[5])
    assert b == pytest.approx(y1 + (y2 - y1) * (a - x1) / (x2 - x1), abs=0.1)


def test_units_say_what_the_mass_is_made_of() -> None:
    assert numbers.unit("g kg-1", "C") == "g\u00a0C\u00a0kg⁻¹"
    assert numbers.unit("umol m-2 s-1", "CO2") == "µmol\u00a0CO₂\u00a0m⁻²\u00a0s⁻¹"
    assert numbers.unit("m3 m-3") == "m³\u00a0m⁻³"
    assert numbers.unit("1") == "" and numbers.unit("degC") == "°C"


def test_wrapped_text_keeps_every_character_and_its_width() -> None:
    for text in ("重度盐渍化土壤有机碳含量与对照的差异", "a long label of several words in English", "unbreakable" * 4):
        wrapped = canvas.wrap(text, 120, lines=9)
        assert wrapped.replace("\n", "").replace(" ", "") == text.replace(" ", "")
        assert canvas.text_width(wrapped) <= 121


def axis_frame(*ratios: float) -> pd.DataFrame:
    logs = np.log(ratios)
    return pd.DataFrame({"log_ratio": logs, "low": logs - 0.2, "high": logs + 0.2})


def test_percent_axis_marks_ratios_as_percent() -> None:
    axis = effects.ratio_axis(axis_frame(0.5, 2.0), "x")
    ticks = dict(axis.ticks)
    assert ticks[1.0] == "0"
    for place, label in axis.ticks:
        assert round(100 * (place - 1)) == int(label.replace("−", "-").replace("+", ""))
    assert axis.low < 0.5 and axis.high > 2.0


def test_an_interval_without_end_does_not_flatten_the_others() -> None:
    frame = axis_frame(0.9, 1.1)
    frame.loc[0, ["low", "high"]] = [-30.0, 30.0]
    assert effects.ratio_axis(frame, "x").high < 6


def drawn(svg: str) -> list[tuple[float, float]]:
    """Places of the estimate marks (blue filled circles) of a row drawing."""
    found = re.findall(r'<path transform="translate\(([\d.-]+),([\d.-]+)\)"[^>]*fill="#0072b2" stroke-width="2"', svg)
    return [(float(x), float(y)) for x, y in found]


def test_marks_stand_where_the_numbers_say() -> None:
    sheet = [rows.Row(str(v), v, v - 0.5, v + 0.5) for v in (1.0, 2.0, 4.0)]
    svg = rows.draw(sheet, rows.Axis("x", 0.0, 5.0), "n", "alt")
    (x1, y1), (x2, y2), (x4, y4) = drawn(svg)
    assert (x4 - x1) / (x2 - x1) == pytest.approx(3.0, rel=1e-3)
    assert y1 < y2 < y4 and y2 - y1 == pytest.approx(y4 - y2)


def test_drawings_are_xml_escaped_and_repeatable() -> None:
    row = rows.Row('<script>alert(1)</script> & "q"', 1.0, 0.5, 1.5, "<b>note</b>")
    svg = rows.draw([row], rows.Axis("a < b", 0.0, 2.0), "a<b", 'alt "<x>"')
    tree = ElementTree.fromstring(svg)
    assert "<script" not in svg and "<b>" not in svg
    assert "alert(1)" in "".join(tree.itertext())
    assert svg == rows.draw([row], rows.Axis("a < b", 0.0, 2.0), "a<b", 'alt "<x>"')


def test_chinese_stays_text() -> None:
    svg = rows.draw([rows.Row("重度盐渍化", 1.0, 0.5, 1.5)], rows.Axis("土壤有机碳", 0.0, 2.0), "n", "图")
    texts = "".join("".join(e.itertext()) for e in ElementTree.fromstring(svg).iter() if e.tag.endswith("text"))
    assert "重度盐渍化" in texts and "土壤有机碳" in texts
    assert "Microsoft YaHei" in svg and "PingFang SC" in svg


def test_long_labels_stay_inside_the_drawing() -> None:
    label = "一个非常长的类别名称用来检验标签是否会超出图形左侧边界并且被截断"
    svg = rows.draw([rows.Row(label, 1.0, 0.5, 1.5, "1.0（0.5 ~ 1.5）")], rows.Axis("x", 0.0, 2.0), "n", "alt")
    left = float(re.search(r"translate\(([\d.]+),", svg)[1])  # type: ignore[index]
    lines = re.findall(r"<tspan[^>]*>([^<]+)</tspan>", svg)
    assert lines and max(canvas.text_width(t) for t in lines) <= left - 10


def test_no_reading_lies_outside_the_envelope() -> None:
    rng = np.random.default_rng(3)
    when = np.sort(rng.integers(0, 10_000_000, 5000))
    value = rng.normal(size=5000)
    found = series.envelope(when, value, (int(when.min()), int(when.max())))
    assert len(found) <= series.BINS
    assert found["low"].min() == value.min() and found["high"].max() == value.max()
    assert set(found["low"]) | set(found["high"]) <= set(value)


def test_a_spike_does_not_flatten_the_series() -> None:
    time_ = pd.Series(pd.date_range("2024-01-01", periods=100, freq="h"))
    value = pd.Series(np.sin(np.arange(100.0)))
    value[50] = 390384.0
    hit = np.zeros(100, bool)
    hit[50] = True
    figure = series.draw(time_, value, {"spike": hit}, "soil_ec_bulk", "P1", "en")
    assert "390,384" in figure.caption and figure.data["high"].max() <= 1.0


def test_shares_are_percent_of_all_records() -> None:
    overview = pd.DataFrame({
        "table": "t", "sensor": ["a", "b"], "field": "soil_moisture", "rows": [100, 300], "missing": [100, 0],
        "flagged": [0, 40], "range": [0, 40],
    })  # fmt: skip
    found = quality.shares(overview, ["range"]).iloc[0]
    assert (found["missing"], found["flagged"], found["range"]) == (25.0, 10.0, 10.0)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("transform", ["none", "log10(gradient)", "log10(gradient) log10(quantity)"])
def test_gradient_says_its_slope(language: str, transform: str) -> None:
    slope = pd.Series({
        "quantity": "soil_organic_carbon", "unit": "g kg-1", "table": "soil", "gradient": "ec_1_5",
        "gradient_unit": "dS m-1", "transform": transform, "slope": -0.3, "low": -0.5, "high": -0.1, "separable": True,
    })  # fmt: skip
    x = np.linspace(0.2, 9, 30)
    dots = pd.DataFrame({"gradient_value": x, "value": 20 / x})
    figure = gradient.draw(dots, slope, language)  # type: ignore[arg-type]
    ElementTree.fromstring(figure.svg)
    # ten to the power of -0.3 is a fall by half
    assert ("−50" if "quantity" in transform else "−0.30") in figure.caption


def test_a_figure_takes_under_a_second() -> None:
    sheet = [rows.Row(f"类别 {i}", float(i), i - 0.5, i + 0.5, "note", points=tuple(np.linspace(i - 1, i + 1, 20)))
             for i in range(24)]  # fmt: skip
    rows.draw(sheet, rows.Axis("x", -2.0, 26.0), "warm", "alt")
    start = time.process_time()
    rows.draw(sheet, rows.Axis("x", -2.0, 26.0), "n", "alt")
    assert time.process_time() - start < 1.0
