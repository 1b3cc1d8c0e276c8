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
    return " ".join(found.summary + [s for i in found.items for s in i.sentences])


def test_an_effect_is_said_with_interval_unit_and_both_classes() -> None:
    text = said()
    assert "25\u00a0% lower in gypsum than in control" in text
    assert "−35 to −14\u00a0%" in text
    assert "6.0 against 8.0\u00a0g\u00a0C\u00a0kg⁻¹" in text
    assert "12 independent units at 4 sites" in text
    assert "could only have seen" not in text


def test_a_null_is_said_plainly_with_what_the_design_could_see() -> None:
    text = said(log_ratio=0.02, low=-0.2, high=0.24, separable=False, mean=8.16)
    assert "No separable effect" in text and "No separable difference between gypsum and control" in text
    # a ratio of 1.25 upwards is one of 0.8 downwards
    assert "larger than +25\u00a0% or −20\u00a0%" in text


def test_doubts_stand_in_the_same_sentence() -> None:
    assert "class and place cannot be told apart." in said(confounded=True)
    assert "leaving out a single site (B moves it most) changes the verdict" in said(loso_flips=True)
    assert "1 of them only with a doubt" in said(loso_flips=True)


def test_without_an_interval_nothing_is_claimed() -> None:
    blank = dict.fromkeys(("low", "high", "percent_low", "percent_high", "difference_low", "difference_high"), math.nan)
    text = said(separable=False, **blank)
    assert "nothing is claimed" in text and "lower" not in text


def test_values_around_zero_are_compared_in_units() -> None:
    text = said(log_ratio=math.nan, low=-2.9, high=-1.1, quantity="co2_flux", unit="umol m-2 s-1")
    assert "2.0\u00a0µmol\u00a0CO₂\u00a0m⁻²\u00a0s⁻¹ lower" in text
    assert "%" not in text.split("CO₂\u00a0m⁻²\u00a0s⁻¹ lower")[1].replace("95 % interval", "")


def test_chinese_says_the_same_numbers() -> None:
    text = said("zh")
    assert "gypsum 比 control 低 25%" in text and "−35 ~ −14%" in text and "4 个样点的 12 个独立单元" in text


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
    assert f"all {every} comparisons" in answers(contents, "en").summary[0]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_sensors_alone_are_described(contents: Contents, language: str) -> None:
    alone = dataclasses.replace(contents, frames={"quality/overview": contents.frames["quality/overview"]})
    text = " ".join(answers(alone, language).summary)  # type: ignore[arg-type]
    assert "12,000" in text or "12\u202f000" in text
