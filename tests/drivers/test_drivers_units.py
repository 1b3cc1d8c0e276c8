"""What counts as one measurement and one unit; strata adjusted together; values at the edge of what can be judged."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from halosink.drivers import Design, Factor, Gradient, Settings, effects
from halosink.drivers.design import level_keys, unit_values
from halosink.drivers.sharing import shared_level

TREATMENT = Factor("treatment", "control", landscape=False)
DESIGN = Design((TREATMENT,))
QUICK = Settings(leave_one_out=False)


def _campaign(rng: np.random.Generator, dates: int, noise: float = 0.0) -> pd.DataFrame:
    """Carbon that depends on date and depth alone; gypsum plots miss the early dates, some miss the subsoil."""
    rows = [
        (f"S{s}", p, t, f"d{d:04d}", layer, 10 + 0.2 * s + 6 * d / dates - 4 * (layer == "sub") + rng.normal(0, noise))
        for s in range(3)
        for p, t in enumerate(["control", "gypsum"] * 2)
        for d in range(dates)
        for layer in ("top", "sub")
        if not (t == "gypsum" and d < dates * (p / 6)) and not (t == "control" and p == 2 and layer == "sub" and d % 3)
    ]
    return pd.DataFrame(rows, columns=["site", "plot", "treatment", "date", "layer", "y"])


@pytest.mark.parametrize("dates", [2, 7, 61, 150])
def test_dates_and_layers_are_adjusted_together_however_many(dates: int) -> None:
    """Least squares of value = plot + date + layer by hand, on noisy data; the truth itself where there is no noise."""
    exact = _campaign(np.random.default_rng(1), dates)
    units, _ = unit_values(exact, "y", ["treatment"], DESIGN, level_keys(exact, DESIGN))
    apart = units["value"] - units.groupby("site_key")["value"].transform("mean")
    np.testing.assert_allclose(apart, 0, atol=1e-9)
    noisy = _campaign(np.random.default_rng(2), dates, 0.5)
    units, _ = unit_values(noisy, "y", ["treatment"], DESIGN, level_keys(noisy, DESIGN))
    dummies = pd.get_dummies(noisy["site"] + noisy["plot"].astype(str), dtype=float)
    x = np.hstack([dummies, *(pd.get_dummies(noisy[c], dtype=float).to_numpy()[:, 1:] for c in ("date", "layer"))])
    plots = np.linalg.lstsq(x, noisy["y"].to_numpy())[0][: dummies.shape[1]]
    np.testing.assert_allclose(units["value"] - units["value"].mean(), plots - plots.mean(), atol=1e-8)


def test_dates_that_no_plot_links_are_said_not_adjusted() -> None:
    rng = np.random.default_rng(3)
    frame = _campaign(rng, 6, 0.2).query("layer == 'top'")
    frame = frame[(frame["treatment"] == "control") == (frame["date"] < "d0003")]
    out = effects(frame, ["y"], DESIGN)
    assert [c.subject for c in out.checks if c.check == "strata_not_adjusted"] == ["treatment"]
    linked = effects(_campaign(rng, 6, 0.2), ["y"], DESIGN)
    assert not [c for c in linked.checks if c.check == "strata_not_adjusted"]


def test_visits_that_both_classes_share_need_no_adjustment() -> None:
    """Each site on a day of its own, every treatment at each site."""
    rows = [(f"S{s}", p, t, f"d{s}", s + p * 0.1) for s in range(4) for p, t in enumerate(["control", "gypsum"] * 2)]
    frame = pd.DataFrame(rows, columns=["site", "plot", "treatment", "date", "y"])
    out = effects(frame, ["y"], DESIGN, QUICK)
    assert not [c for c in out.checks if c.check == "strata_not_adjusted"]
    assert out.response_ratios.iloc[0]["difference"] == pytest.approx(0.1)


def _survey(rng: np.random.Generator) -> pd.DataFrame:
    frame = pd.DataFrame({"site": np.repeat([f"S{i}" for i in range(8)], 4), "plot": range(32)})
    frame["treatment"] = ["gypsum", "control"] * 16
    frame["soil_organic_carbon"] = rng.lognormal(2, 0.2, 32)
    frame["clay"] = np.repeat(rng.uniform(15, 35, 8).round(2), 4)
    return frame


def test_what_is_measured_once_where_all_classes_lie_cannot_differ_between_them() -> None:
    frame = _survey(np.random.default_rng(4)).iloc[::-1]
    out = effects(frame, ["clay", "soil_organic_carbon"], DESIGN)
    assert set(out.class_means["quantity"]) == set(out.response_ratios["quantity"]) == {"soil_organic_carbon"}
    assert [c.subject for c in out.checks if c.check == "cannot_differ"] == ["clay: treatment"]
    saline = frame.assign(salinity_class=np.where(frame["site"] < "S4", "none", "strong"))
    both = effects(saline, ["clay"], Design((Factor("salinity_class", "none"), TREATMENT)), QUICK)
    assert set(both.class_means["factor"]) == {"salinity_class"}
    means = saline.drop_duplicates("site").groupby("salinity_class")["clay"].mean()
    np.testing.assert_allclose(both.class_means.set_index("class")["mean"], means)
    assert both.class_means["places"].tolist() == [4, 4] and both.response_ratios["places"].tolist() == [8]


@pytest.mark.parametrize("value", [8.0, 0.0])
def test_what_does_not_vary_lists_all_classes(value: float) -> None:
    frame = _survey(np.random.default_rng(5)).assign(clay=value)
    out = effects(frame, ["clay"], DESIGN)
    assert out.class_means["class"].tolist() == ["control", "gypsum"] and (out.class_means["mean"] == value).all()
    assert out.class_means["units"].tolist() == [16, 16]
    assert [c.comment.en for c in out.checks if "does not vary" in c.comment.en]


def test_ties_of_coarse_values_are_no_shared_measurement() -> None:
    """Counts that are mostly zero, cover classes: equal within a few plots by chance."""
    keys = pd.DataFrame({"site": np.repeat(range(6), 4), "unit": np.repeat(range(12), 2)})
    zeros = pd.Series(np.repeat([0, 0, 0, 0, 1, 0], 4), dtype=float)
    assert shared_level(zeros, keys) is None
    cover = pd.Series(np.repeat([1, 2, 1, 2, 2, 1], 4), dtype=float)
    assert shared_level(cover.iloc[:8], keys.iloc[:8]) is None
    fine = pd.Series(np.repeat([12.41, 9.35, 10.02, 14.6, 11.11, 8.08], 4))
    assert shared_level(fine, keys) == "site"


def test_declared_sharing_is_used_and_contradictions_are_said() -> None:
    frame = _survey(np.random.default_rng(6)).assign(block=lambda f: f["site"])
    frame["cover"] = np.repeat([1.0, 2, 2, 1, 1, 2, 2, 1], 4)
    frame["salinity_class"] = np.where(frame["site"] < "S4", "none", "strong")
    design = Design((Factor("salinity_class", "none"),), per={"cover": "site"})
    out = effects(frame, ["cover"], design)
    assert out.class_means["units"].tolist() == [4, 4]
    assert not [c for c in out.checks if c.check == "declared_sharing"]
    frame.loc[0, "cover"] = 3.0
    wrong = effects(frame, ["cover"], design)
    said = [c for c in wrong.checks if c.check == "declared_sharing"]
    assert len(said) == 1 and said[0].passed is False and said[0].value == 1
    first = frame.groupby(["salinity_class", "site"])["cover"].mean().groupby("salinity_class").mean()
    np.testing.assert_allclose(wrong.class_means.set_index("class")["mean"], first)
    nowhere = effects(frame.drop(columns="plot"), ["cover"], Design(design.factors, per={"cover": "core"}))
    assert [c.passed for c in nowhere.checks if c.check == "declared_sharing"] == [False]


def test_a_shared_flux_is_set_against_the_mean_gradient_of_its_rows() -> None:
    rng = np.random.default_rng(7)
    frame = pd.DataFrame(
        {"plot": np.repeat(range(20), 2), "layer": ["top", "sub"] * 20, "ec_1_5": rng.uniform(1, 6, 40)}
    )
    frame["flux"] = rng.lognormal(1, 0.3, 20)[frame["plot"]]
    line = stats.linregress(frame.groupby("plot")["ec_1_5"].mean(), frame.groupby("plot")["flux"].first())
    for rows in (frame, frame.iloc[::-1]):
        row = effects(rows, ["flux"], Design(gradients=(Gradient("ec_1_5"),))).gradients.iloc[0]
        assert row["slope"] == pytest.approx(line.slope) and row["p_value"] == pytest.approx(line.pvalue)
        assert row["places"] == 20


def _said(out, check: str = "no_plot_column"):
    return [c for c in out.checks if c.check == check]


def test_subsamples_without_a_plot_column_give_no_interval() -> None:
    rng = np.random.default_rng(8)
    plot = np.repeat(range(4), 6)
    frame = pd.DataFrame({"treatment": np.where(plot % 2, "control", "gypsum"), "replicate": np.tile(range(6), 4)})
    frame["y"] = rng.normal(8, 1.5, 4)[plot] + rng.normal(0, 0.2, 24)
    for rows in (frame, frame.drop(columns="replicate"), frame.assign(sample=[f"a{i}" for i in range(24)])):
        out = effects(rows, ["y"], DESIGN)
        assert out.class_means["low"].isna().all() and out.response_ratios.empty
        assert [c.passed for c in _said(out)] == [False] and "`plot`" in _said(out)[0].comment.en
    named = effects(frame.assign(plot=plot), ["y"], DESIGN)
    assert named.class_means["units"].tolist() == [2, 2] and not _said(named)


def test_subsamples_at_replicate_sites_are_judged_by_the_sites() -> None:
    rng = np.random.default_rng(9)
    frame = pd.DataFrame({"site": np.repeat(range(5), 8), "treatment": ["control", "gypsum"] * 20})
    frame["y"] = rng.normal(0, 1, 5)[frame["site"]] + rng.normal(0, 1, 40)
    out = effects(frame, ["y"], DESIGN)
    row = out.response_ratios.iloc[0]
    means = frame.groupby(["treatment", "site"])["y"].mean()
    test = stats.ttest_rel(means["gypsum"], means["control"])
    assert row["p_value"] == pytest.approx(test.pvalue, rel=1e-6) and row["places"] == 5
    assert [c.passed for c in _said(out)] == [False]


def test_samples_each_from_a_place_of_its_own_are_accepted_and_said() -> None:
    rng = np.random.default_rng(10)
    frame = pd.DataFrame({"sample": range(40), "treatment": ["control", "gypsum"] * 20, "y": rng.normal(0, 1, 40)})
    row = effects(frame, ["y"], DESIGN).response_ratios.iloc[0]
    test = stats.ttest_ind(frame["y"][1::2], frame["y"][::2])
    assert row["p_value"] == pytest.approx(test.pvalue) and row["units"] == 40
    assert [c.passed for c in _said(effects(frame, ["y"], DESIGN))] == [None]
    spots = frame.drop(columns="sample").assign(latitude=rng.uniform(30, 31, 40), longitude=rng.uniform(120, 121, 40))
    assert effects(spots, ["y"], DESIGN).response_ratios.iloc[0]["p_value"] == pytest.approx(test.pvalue)


def test_rows_of_a_block_that_differ_in_date_are_one_plot() -> None:
    rng = np.random.default_rng(11)
    index = pd.MultiIndex.from_product([range(5), ["control", "gypsum"], ["d1", "d2", "d3"]])
    frame = index.to_frame(index=False, name=["block", "treatment", "date"])
    frame["y"] = rng.normal(0, 1, 30)
    out = effects(frame, ["y"], DESIGN)
    means = frame.groupby(["treatment", "block"])["y"].mean()
    test = stats.ttest_rel(means["gypsum"], means["control"])
    assert out.response_ratios.iloc[0]["p_value"] == pytest.approx(test.pvalue, rel=1e-6)
    assert out.class_means["units"].tolist() == [5, 5] and [c.passed for c in _said(out)] == [None]


def test_classes_without_scatter_are_not_called_unreplicated() -> None:
    frame = _survey(np.random.default_rng(12))
    frame["y"] = np.where(frame["treatment"] == "control", 5.0, 8.0)
    out = effects(frame, ["y"], DESIGN)
    said = [c.comment.en for c in out.checks if c.check == "not_computed"]
    assert len(said) == 1 and "scatter" in said[0] and "second independent" not in said[0]
    assert out.class_means["mean"].tolist() == [5.0, 8.0]


def test_a_reference_of_zeros_is_exactly_zero_and_has_no_ratio() -> None:
    frame = _survey(np.random.default_rng(13))
    frame["y"] = np.where(frame["treatment"] == "control", 0.0, frame["soil_organic_carbon"])
    out = effects(frame, ["y"], DESIGN)
    control = out.class_means.iloc[0]
    assert control["mean"] == 0 and control["low"] == 0 and control["high"] > 0
    row = out.response_ratios.iloc[0]
    assert np.isnan(row["log_ratio"]) and row["difference"] == pytest.approx(out.class_means["mean"].iloc[1])
    assert [c.subject for c in _said(out, "no_ratio")] == ["treatment"]


@pytest.mark.parametrize("scale", [1e-300, 1e-20, 1e290])
def test_the_size_of_values_does_not_matter(scale: float) -> None:
    frame = _survey(np.random.default_rng(14))
    design = Design((TREATMENT,), (Gradient("clay"),))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        one = effects(frame, ["soil_organic_carbon"], design, QUICK)
        two = effects(
            frame.assign(soil_organic_carbon=frame["soil_organic_carbon"] * scale),
            ["soil_organic_carbon"],
            design,
            QUICK,
        )
    for column in ("log_ratio", "low", "high", "p_value"):
        np.testing.assert_allclose(two.response_ratios[column], one.response_ratios[column], rtol=1e-7)
    for column in ("difference", "difference_low", "difference_high"):
        np.testing.assert_allclose(two.response_ratios[column] / scale, one.response_ratios[column], rtol=1e-7)
    np.testing.assert_allclose(two.gradients["slope"] / scale, one.gradients["slope"], rtol=1e-7)
    np.testing.assert_allclose(two.gradients["p_value"], one.gradients["p_value"], rtol=1e-7)
