from __future__ import annotations

import dataclasses
import math

import pandas as pd
import pytest

from halosink.report.answers import answers
from halosink.report.build import Contents
from halosink.report.choose import headlines, quantities
from halosink.settings import Settings

ROW = {
    "quantity": "soil_organic_carbon", "unit": "g kg-1", "table": "soil", "factor": "treatment", "class": "gypsum",
    "reference": "control", "mean": 6.0, "reference_mean": 8.0, "log_ratio": math.log(0.75), "standard_error": 0.05,
    "df": 10.0, "low": math.log(0.65), "high": math.log(0.86), "percent": -25.0, "percent_low": -35.0,
    "percent_high": -14.0, "p_value": 0.001, "difference": -2.0, "difference_low": -2.9, "difference_high": -1.1,
    "minimum_detectable_percent": 25.0, "minimum_detectable_difference": 1.4, "separable": True, "confounded": False,
    "units": 12, "sites": 4, "loso_low": -0.3, "loso_high": -0.2, "loso_site": "B", "loso_flips": False,
    "level": "plot", "method": "REML",
}  # fmt: skip


def said(language: str = "en", **change: object) -> str:
    settings = Settings.model_validate({
        "study": {"title": "x"}, "design": {"factors": [{"field": "treatment", "reference": "control"}]},
    })  # fmt: skip
    contents = Contents(settings, {"effects/response_ratios": pd.DataFrame([ROW | change])})
    found = answers(contents, language)  # type: ignore[arg-type]
    cells = [cell for i in found.items for made in i.tables for row in made.cells for cell in row]
    return " ".join(found.summary + [s for i in found.items for s in i.sentences] + cells)


def test_an_effect_is_said_with_interval_unit_and_both_classes() -> None:
    text = said()
    assert "25\u00a0% lower in gypsum than in control" in text
    assert "−35 to −14\u00a0%" in text
    assert "6.0 against 8.0\u00a0g\u00a0C\u00a0kg⁻¹" in text
    assert "12 independent units at 4 sites" in text
    assert "Separable differences: soil organic carbon (SOC)" in text


def test_a_null_is_said_plainly_with_what_the_design_could_see() -> None:
    text = said(log_ratio=0.02, low=-0.2, high=0.24, separable=False, mean=8.16)
    assert "No separable effect" in text and "No separable difference between gypsum and control" in text
    # a ratio of 1.25 upwards is one of 0.8 downwards
    assert "+25\u00a0% or −20\u00a0%" in text


def test_beyond_threefold_increase_a_ratio_is_a_multiple() -> None:
    text = said(log_ratio=math.log(21), low=math.log(6.25), high=math.log(560), mean=168.0)
    assert "21 times as high in gypsum as in control (95\u00a0% interval 6.3 to 560 times" in text
    null = said(log_ratio=math.log(2), low=math.log(0.8), high=math.log(5), separable=False)
    assert "×2.0 (95\u00a0% interval 0.80 to 5.0" in null and "×2.0 (0.80 to 5.0)" in null
    assert "×8.0 or ×0.13" in said(separable=False, minimum_detectable_percent=700.0)


def test_a_mean_keeps_two_digits_beside_a_large_one() -> None:
    text = said(mean=0.0402, reference_mean=0.843, difference=-0.80, difference_low=-14.8, difference_high=0.06)
    assert "means 0.040 against 0.84" in text


def test_of_many_classes_the_biggest_sound_contrast_is_told() -> None:
    rows = [
        ROW | {"class": "big", "log_ratio": -2.0, "low": -3.0, "high": -1.0, "loso_flips": True},
        ROW | {"class": "sound", "log_ratio": -0.5, "low": -0.7, "high": -0.3},
        ROW | {"class": "small", "log_ratio": -0.2, "low": -0.3, "high": -0.1},
        ROW | {"class": "null", "log_ratio": -3.0, "low": -7.0, "high": 1.0, "separable": False},
    ]
    settings = Settings.model_validate({
        "study": {"title": "x"}, "design": {"factors": [{"field": "treatment", "reference": "control"}]},
    })  # fmt: skip
    found = answers(Contents(settings, {"effects/response_ratios": pd.DataFrame(rows)}), "en").items[0]
    assert "lower in sound than in control" in found.sentences[0]
    assert found.sentences[1].startswith("3 of 4 classes can be told apart from control")
    assert [row[0] for row in found.tables[0].cells] == ["control (reference)", "big", "sound", "small", "null"]


@pytest.mark.parametrize(
    ("among", "within", "differ", "said_"),
    [
        ((-119, -195, -43), (120, 45, 195), True, "opposite directions"),
        ((-7, -29, 16), (84, 49, 120), True, "the two must not be read as one"),
        ((-7, -12, -2), (1, -4, 6), True, "the change is one among sites"),
        ((-7, -12, -2), (-5, -11, 1), False, ""),
    ],
)
def test_slopes_among_and_within_sites_that_disagree_are_said(
    among: tuple[float, ...], within: tuple[float, ...], differ: bool, said_: str
) -> None:
    from halosink.report.sentences import disagreement, slope_sentence

    ends = ("slope", "low", "high")
    row = pd.Series(
        {"quantity": "soil_organic_carbon", "unit": "g kg-1", "table": "soil", "gradient": "salinity_ppt",
         "gradient_unit": "g kg-1", "transform": "log10(gradient)", "units": 85, "sites": 11, "slopes_differ": differ,
         "separable": among[1] > 0 or among[2] < 0, **dict(zip(ends, map(float, among), strict=True))}
        | {f"among_site_{k}": float(v) for k, v in zip(ends, among, strict=True)}
        | {f"within_site_{k}": float(v) for k, v in zip(ends, within, strict=True)}
    )  # fmt: skip
    text = slope_sentence(row, Contents(Settings.model_validate({"study": {"title": "x"}})), "en")
    assert said_ in text and bool(said_) == bool(disagreement(row))


def test_doubts_stand_in_the_same_sentence() -> None:
    assert "class and place cannot be told apart." in said(confounded=True)
    assert "leaving out a single site (B) changes the verdict" in said(loso_flips=True).lower().replace("(b)", "(B)")
    assert "No difference can be claimed without a doubt" in said(loso_flips=True)
    assert "Separable only with a doubt: soil organic carbon (SOC) (one site decides)" in said(loso_flips=True)


def test_without_an_interval_nothing_is_claimed() -> None:
    blank = dict.fromkeys(("low", "high", "percent_low", "percent_high", "difference_low", "difference_high"), math.nan)
    text = said(separable=False, **blank)
    assert "nothing is claimed" in text and "lower" not in text


def test_values_around_zero_are_compared_in_units() -> None:
    text = said(log_ratio=math.nan, low=-2.9, high=-1.1, quantity="co2_flux", unit="umol m-2 s-1")
    assert "2.0\u00a0µmol\u00a0CO₂\u00a0m⁻²\u00a0s⁻¹ lower" in text
    assert "%" not in text.split("CO₂\u00a0m⁻²\u00a0s⁻¹ lower")[1].replace("95\u00a0% interval", "")


def test_chinese_says_the_same_numbers() -> None:
    text = said("zh")
    assert "gypsum 比 control 低 25%" in text and "−35 ~ −14%" in text and "4 个样地的 12 个独立单元" in text


def test_the_answer_leads_with_fluxes_and_carbon(contents: Contents) -> None:
    first = quantities(contents)
    assert (
        first.index("co2_flux") < first.index("soil_organic_carbon") < first.index("ec_1_5") < first.index("ph_water")
    )
    assert first[-1] == "made_up_quantity"
    assert len(headlines(contents)) <= 6


def test_headline_quantities_can_be_named(contents: Contents) -> None:
    settings = contents.settings.model_copy(
        update={"analysis": contents.settings.analysis.model_copy(update={"headline": ("bulk_density",)})}
    )
    assert headlines(dataclasses.replace(contents, settings=settings)) == ["bulk_density"]


def test_chance_findings_are_counted(contents: Contents) -> None:
    every = sum(int(contents.frames[f"effects/{n}"]["low"].notna().sum()) for n in ("response_ratios", "gradients"))
    assert f"all {every} comparisons" in answers(contents, "en").summary[-1]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_sensors_alone_are_described(contents: Contents, language: str) -> None:
    alone = dataclasses.replace(contents, frames={"quality/overview": contents.frames["quality/overview"]})
    found = answers(alone, language)  # type: ignore[arg-type]
    text = " ".join(found.summary)
    assert "12,000" in text or "12\u202f000" in text
    assert found.probes is not None and found.probes.table is not None
    # 40 of the 6000 records of the first probe are missing
    assert [row[2] for row in found.probes.table.cells] == ["99.3", "100"]


def test_probes_are_named_by_their_worst_quantity() -> None:
    from halosink.report.probes import probes_of

    overview = pd.DataFrame({
        "table": "t", "sensor": [f"P{i}" for i in range(7)], "field": "soil_moisture", "rows": 1000,
        "missing": [0, 0, 0, 200, 0, 900, 1000], "flagged": 0, "excluded": [0, 2, 0, 200, 1000, 900, 1000],
        "spike": [0, 2, 0, 0, 0, 0, 0], "flat_line": [0, 0, 0, 0, 1000, 0, 0],
        "salinity_biased_moisture": [0, 0, 500, 0, 0, 0, 0],
    })  # fmt: skip
    found = probes_of(overview)
    assert list(found["state"]) == ["sound", "spikes", "biased", "holes", "stuck", "lost", "no_data"]
    assert list(found["usable"]) == pytest.approx([100.0, 99.8, 100.0, 80.0, 0.0, 10.0, 0.0])


@pytest.mark.parametrize(("language", "shown"), [("en", "salt crust"), ("zh", "重度盐渍化")])
def test_classes_are_called_as_the_study_wants(language: str, shown: str) -> None:
    from halosink.report.build import render

    settings = Settings.model_validate({
        "study": {"title": "x"},
        "design": {"factors": [{
            "field": "treatment", "reference": "control", "order": ["control", "S4"],
            "labels": {"S4": {"en": "salt crust", "zh": "重度盐渍化"}},
        }]},
    })  # fmt: skip
    frames = {
        "effects/response_ratios": pd.DataFrame([ROW | {"class": "S4"}]),
        "effects/checks": pd.DataFrame([{
            "check": "few_units", "subject": "treatment", "value": 2.0, "operator": ">=", "threshold": 3.0, "unit": "1",
            "passed": False, "comment_en": "salt crust has few sites", "comment_zh": "S4（2）的样地过少；S40 不变",
            "source": "own_choice",
        }]),
    }  # fmt: skip
    page = render(Contents(settings, frames), language)  # type: ignore[arg-type]
    assert shown in page and ">S4<" not in page and "S4 " not in page
    if language == "zh":
        assert "重度盐渍化（2）的样地过少；S40 不变" in page
    assert "control" in page or "对照" in page


def test_classes_that_share_a_label_stay_apart() -> None:
    from halosink.report.labels import names
    from halosink.settings import Factor

    both = {"en": "restored", "zh": "修复"}
    factor = Factor.model_validate({"field": "treatment", "reference": "a", "labels": {"a": both, "b": both}})
    assert names(factor, "zh") == {"a": "修复 (a)", "b": "修复 (b)"}
