from __future__ import annotations

import dataclasses
import math

import numpy as np
import pandas as pd
import pytest

from halosink.figures import doubts, words
from halosink.report import method, probes, shown, uncompared
from halosink.report.answers import Answers, answers
from halosink.report.build import Contents, render
from halosink.report.choose import in_order, natural
from halosink.report.labels import localised
from halosink.settings import Settings

DESIGN = {"study": {"title": "x"}, "design": {"factors": [{"field": "treatment", "reference": "control"}]}}
RATIO = {
    "quantity": "soil_organic_carbon", "unit": "g kg-1", "table": "soil", "factor": "treatment", "class": "gypsum",
    "reference": "control", "mean": 6.0, "reference_mean": 8.0, "log_ratio": math.log(0.75), "low": math.log(0.65),
    "high": math.log(0.86), "p_value": 0.004, "p_adjusted": 0.004, "difference": -2.0, "difference_low": -2.9,
    "difference_high": -1.1, "minimum_detectable_percent": 25.0, "minimum_detectable_difference": 1.4,
    "separable": True, "confounded": False, "units": 12, "sites": 3, "loso_low": -0.3, "loso_high": -0.28,
    "loso_site": "B", "loso_flips": False, "level": "plot", "method": "REML",
}  # fmt: skip
MEAN = {
    "quantity": "soil_organic_carbon", "unit": "g kg-1", "table": "soil", "factor": "treatment", "class": "control",
    "rows": 4, "units": 4, "sites": 1, "mean": 7.92, "low": math.nan, "high": math.nan, "level": "plot",
    "method": "mean",
}  # fmt: skip


def found(language: str = "en", tables: dict[str, str] | None = None, **frames: pd.DataFrame) -> Answers:
    return answers(made(tables, language, **frames), language)  # type: ignore[arg-type]


def made(tables: dict[str, str] | None = None, language: str = "", **frames: pd.DataFrame) -> Contents:
    kinds = {n: {"file": f"{n}.csv", "kind": k} for n, k in (tables or {}).items()}
    contents = Contents(
        Settings.model_validate(DESIGN | {"tables": kinds}), {k.replace("__", "/"): v for k, v in frames.items()}
    )
    return localised(contents, language) if language else contents  # type: ignore[arg-type]


def ratios(*changes: dict[str, object], **shared: object) -> pd.DataFrame:
    return pd.DataFrame([RATIO | shared | change for change in changes or ({},)])


def many(p_adjusted: float, count: int = 29) -> pd.DataFrame:
    rest = [{"class": f"t{i}", "separable": False, "low": -0.4, "high": 0.2, "p_adjusted": 0.5} for i in range(count)]
    return ratios({"p_adjusted": p_adjusted}, *rest[1:])


@pytest.mark.parametrize(("language", "chance"), [("en", "chance"), ("zh", "偶然")])
def test_of_many_comparisons_one_that_chance_explains_does_not_lead(language: str, chance: str) -> None:
    doubtful = found(language, effects__response_ratios=many(0.096))
    assert doubtful.items[0].verdict == "doubtful"
    assert chance in doubtful.summary[0] and "29" in doubtful.summary[0]
    assert chance in doubtful.items[0].sentences[0] and "0.096" in doubtful.items[0].sentences[0]
    assert chance in " ".join(doubtful.items[0].tables[0].cells[1])


def test_a_difference_that_holds_among_many_leads_and_with_few_comparisons_nothing_changes() -> None:
    assert found(effects__response_ratios=many(0.03)).items[0].verdict == "separable"
    assert found(effects__response_ratios=many(0.096, count=4)).items[0].verdict == "separable"


def test_the_sound_contrast_is_told_rather_than_a_bigger_one_that_may_be_chance() -> None:
    frame = many(0.03)
    frame.loc[5, ["log_ratio", "low", "high", "separable", "p_adjusted"]] = [-2.0, -3.9, -0.1, True, 0.3]
    assert "lower in gypsum than in control" in found(effects__response_ratios=frame).items[0].sentences[0]


def test_the_family_counts_ratios_and_slopes() -> None:
    slopes = pd.DataFrame({"p_adjusted": [0.2, math.nan], "separable": [True, False]})
    out = shown.judged({"effects/response_ratios": many(0.06, count=10), "effects/gradients": slopes}, 0.95)
    assert set(out["effects/gradients"]["family"]) == {11}
    assert list(out["effects/gradients"]["by_chance"]) == [True, False]
    # at 90 % an adjusted p of 0.06 is small enough
    assert not shown.judged({"effects/response_ratios": many(0.06)}, 0.90)["effects/response_ratios"]["by_chance"].any()


def test_lost_power_is_not_called_a_site_that_carries_the_result() -> None:
    close = found(effects__response_ratios=ratios(loso_flips=True, loso_low=-0.30, loso_high=-0.28))
    assert close.items[0].verdict == "separable"
    assert "2 sites are too few to confirm it" in " ".join(close.items[0].sentences)
    moved = found(effects__response_ratios=ratios(loso_flips=True, loso_low=-0.30, loso_high=-0.05))
    assert moved.items[0].verdict == "doubtful"
    assert "leaving out a single site (B) changes the verdict" in " ".join(moved.items[0].sentences).replace("L", "l")


def test_the_analysis_itself_may_say_which_of_the_two_it_is() -> None:
    row = pd.Series(RATIO | {"loso_flips": True, "loso_unconfirmed": False})
    assert doubts.carried(row) and not doubts.unconfirmed(row)
    row = pd.Series(RATIO | {"loso_flips": False, "loso_unconfirmed": True, "loso_high": 0.5})
    assert doubts.unconfirmed(row) and not doubts.carried(row)


OVERVIEW = {"sensor": "", "rows": 12, "missing": 0, "flagged": 12, "excluded": 12, "range": 12, "missing_code": 0}


@pytest.mark.parametrize(("language", "words_"), [("en", ("logger", "probe")), ("zh", ("采集器", "探头"))])
def test_laboratory_values_out_of_range_are_no_monitoring_study(language: str, words_: tuple[str, str]) -> None:
    from halosink.problems import Problem

    unit = Problem("W-UNIT-MAGNITUDE", file="x.csv", column="EC", values={
        "share": 100, "example": 1006, "range": "0 - 200 dS m-1", "unit": "uS/cm", "given": "dS/m",
    })  # fmt: skip
    overview = pd.DataFrame([{"table": "soil", "field": "ec_1_5"} | OVERVIEW])
    contents = dataclasses.replace(made({"soil": "soil"}, quality__overview=overview), problems=[unit])
    told = answers(contents, language)  # type: ignore[arg-type]
    text = " ".join([*told.summary, *told.left_out])
    assert told.probes is None and not any(w in text for w in words_)
    assert "12" in text and "uS/cm" in text and "study.toml" in text
    assert "uS/cm" in render(contents, language).split('id="trust"')[0]  # type: ignore[arg-type]


def test_a_laboratory_column_without_any_value_is_said() -> None:
    overview = pd.DataFrame([{"table": "soil", "field": "soil_organic_carbon"} | OVERVIEW | {"missing": 12}])
    told = found(tables={"soil": "soil"}, quality__overview=overview)
    assert told.left_out == ["Soil organic carbon (SOC) (table soil): none of the 12 rows holds a value."]


@pytest.mark.parametrize("kind", ["sensors", "weather", "groundwater", "eddy"])
def test_series_are_still_told_as_monitoring(kind: str) -> None:
    overview = pd.DataFrame([{"table": "s", "field": "soil_temperature"} | OVERVIEW | {"sensor": "P1"}])
    told = found(tables={"s": kind}, quality__overview=overview)
    assert told.probes is not None and "monitoring" in told.summary[0]


@pytest.mark.parametrize(
    ("extra", "plots", "why"),
    [
        ({"plot": ["a", "b"]}, False, "no table of plots tells"),
        ({"plot": ["a", "b"]}, True, "none of its plots has one in the table of plots"),
        ({"sample": ["a", "b"]}, False, "nor the plot"),
    ],
)
def test_a_table_without_the_class_is_named_with_the_reason(extra: dict[str, list[str]], plots: bool, why: str) -> None:
    flux = pd.DataFrame({"site": ["s", "s"], "co2_flux": [1.0, 2.0], **extra})
    tables = {"soil": "soil", "flux": "fluxes"} | ({"plots": "plots"} if plots else {})
    told = found(tables=tables, effects__response_ratios=ratios(), observations__flux=flux)
    assert len(told.left_out) == 1
    assert "Table flux (CO₂ flux)" in told.left_out[0] and why in told.left_out[0]
    classed = flux.assign(treatment=["control", "gypsum"])
    assert not found(tables=tables, effects__response_ratios=ratios(), observations__flux=classed).left_out


def test_fluxes_that_are_there_are_not_asked_for(contents: Contents) -> None:
    tables = contents.settings.tables
    steps = [{**contents.steps[1], "name": "chamber_flux"}]
    assert method.more(dataclasses.replace(contents, steps=steps), "en")
    own = {**tables, "flux": tables["soil"].model_copy(update={"kind": "fluxes"})}
    settings = contents.settings.model_copy(update={"tables": own})
    assert method.more(dataclasses.replace(contents, steps=steps, settings=settings), "en") == []


def test_rounding_dust_is_zero_and_small_true_values_stay() -> None:
    frame = ratios({"reference_mean": -3.25e-29, "mean": 7.2}, {"quantity": "maoc", "reference_mean": 1e-9, "mean": 3})
    assert list(shown.settled(frame)["reference_mean"]) == [0.0, 1e-9]
    text = " ".join(
        found(effects__response_ratios=ratios(mean=7.2, reference_mean=-3.25e-29, log_ratio=math.nan, separable=True,
                                              difference=7.2, difference_low=3.9, difference_high=10.5,
                                              low=3.9, high=10.5)).items[0].sentences
    )  # fmt: skip
    assert "means 7.2 against 0" in text and "⁻²⁹" not in text


def test_an_interval_below_zero_of_what_cannot_be_negative_is_explained() -> None:
    means = pd.DataFrame([MEAN | {"mean": 0.4, "low": -1.5, "high": 2.3}])
    assert "down to zero" in " ".join(found(effects__class_means=means).items[0].sentences)
    flux = means.assign(quantity="co2_flux", unit="umol m-2 s-1")
    assert "down to zero" not in " ".join(found(effects__class_means=flux).items[0].sentences)


@pytest.mark.parametrize(
    ("language", "nothing", "why"),
    [("en", "Nothing could be compared", "Only one"), ("zh", "未能作任何比较", "只有一个")],
)
def test_where_nothing_was_compared_that_is_said_first_and_why(language: str, nothing: str, why: str) -> None:
    checks = pd.DataFrame([{
        "check": "not_computed", "subject": "soil_organic_carbon: treatment", "value": math.nan, "operator": ">",
        "threshold": math.nan, "unit": "1", "passed": None, "source": "own_choice",
        "comment_en": "Soil organic carbon (SOC), treatment: not computed. Only one class has values.",
        "comment_zh": "土壤有机碳（SOC），处理：未计算。只有一个类别有数据。",
    }])  # fmt: skip
    contents = made(None, "", effects__class_means=pd.DataFrame([MEAN]), effects__checks=checks)
    told = answers(contents, language)  # type: ignore[arg-type]
    assert nothing in told.summary[0]
    assert why in told.summary[0] and not told.compared
    sentence = told.items[0].sentences[0]
    assert "7.92" in sentence and ("no 95" in sentence or "无法给出" in sentence)
    assert 'class="reading"' not in render(contents, language)  # type: ignore[arg-type]


def test_a_study_without_design_says_so() -> None:
    contents = Contents(
        Settings.model_validate({"study": {"title": "x"}}), {"observations/soil": pd.DataFrame({"ph_water": [8.0]})}
    )
    assert "[[design.factors]]" in uncompared.lead(contents, "en")[0]


@pytest.mark.parametrize(
    ("change", "en", "zh"),
    [
        ({"level": "region", "places": 4, "units": 60, "sites": 9}, "60 units in 4 regions", "4 个区域的 60 个单元"),
        ({"level": "region", "places": 1, "units": 60}, "60 units in 1 region)", "1 个区域的 60 个单元"),
        ({"level": "site", "places": 5, "units": 20, "sites": 5}, "20 units at 5 sites", "5 个样地的 20 个单元"),
        ({"level": "site", "units": 20, "sites": 5}, "20 units at 5 sites", "5 个样地的 20 个单元"),
        ({"level": "plot", "places": 12, "sites": 3}, "12 independent units at 3 sites", "3 个样地的 12 个独立单元"),
    ],
)
def test_independent_places_are_counted(change: dict[str, object], en: str, zh: str) -> None:
    for language, text in (("en", en), ("zh", zh)):
        told = found(language, effects__response_ratios=ratios(**change))  # type: ignore[arg-type]
        assert text in told.items[0].sentences[0]


def test_one_is_not_a_plural() -> None:
    assert words.singular("Of 1 comparisons at 1 sites of 21 sites and 1.1 units") == (
        "Of 1 comparison at 1 site of 21 sites and 1.1 units"
    )
    text = " ".join(found(effects__response_ratios=ratios(separable=False, low=-0.5, high=0.2)).summary)
    assert "1 comparison" not in text and "beside the comparison" in text


def test_numbered_classes_stand_in_the_order_of_their_numbers() -> None:
    assert sorted(["S10", "S2", "S1", "10", "2"], key=natural) == ["2", "10", "S1", "S2", "S10"]
    frame = ratios(*({"class": c} for c in ("1", "10", "11", "2", "3")))
    assert list(in_order(frame, made())["class"]) == ["1", "2", "3", "10", "11"]


@pytest.mark.parametrize(
    "name",
    [
        "lnRR: REML, random: block + block x salinity_class; allowing for treatment with interactions; "
        "scatter proportional; Satterthwaite df",
        "difference: REML, random: none; allowing for treatment without interactions; scatter constant; "
        "Satterthwaite df",
        "among sites: regression of site means",
        "within sites: regression with an intercept per site",
        "units; REML, random: region; Satterthwaite df",
        "mean",
    ],
)
def test_models_are_named_in_chinese(name: str) -> None:
    shown_ = method.model_name(name, "zh")
    left = shown_
    for kept in ("REML", "Satterthwaite", "ln"):
        left = left.replace(kept, "")
    assert not any("a" <= c.lower() <= "z" for c in left), shown_


def test_comments_of_checks_call_columns_by_their_labels() -> None:
    from halosink.report.trust import checks

    row = {"check": "a", "subject": "s", "value": 1.0, "operator": "<", "threshold": 2.0, "unit": "1", "passed": False,
           "source": "own_choice", "comment_en": "soil_organic_carbon by (p_adjusted), my_own_name",
           "comment_zh": "按 p_adjusted 计"}  # fmt: skip
    told = checks(made(effects__checks=pd.DataFrame([row])), "en")
    assert told is not None and told.failed is not None
    assert told.failed.cells[0][4] == "soil organic carbon (SOC) by (p adjusted), my_own_name"


def test_very_skewed_values_along_a_gradient_are_said() -> None:
    from halosink.figures import gradient

    slope = pd.Series({
        "quantity": "soil_organic_carbon", "unit": "g kg-1", "table": "soil", "gradient": "clay", "gradient_unit": "%",
        "transform": "none", "slope": 0.1, "low": -0.1, "high": 0.3, "separable": False,
    })  # fmt: skip
    x = np.linspace(1, 10, 30)
    for y, skewed in ((x + 5, False), (np.where(x > 9.8, 300.0, x), True)):
        points = pd.DataFrame({"gradient_value": x, "value": y})
        assert ("very skewed" in gradient.draw(points, slope, "en").caption) is skewed


def test_a_probe_without_a_declared_table_is_still_described() -> None:
    overview = pd.DataFrame([{"table": "old", "field": "soil_temperature"} | OVERVIEW])
    assert probes.probes(made(quality__overview=overview), "en") is not None
