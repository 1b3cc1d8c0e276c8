"""Means, response ratios and slopes: closed forms, invariances, coverage of known truth, a real site."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from halosink.drivers import Design, Factor, Gradient, Settings, effects

QUICK = Settings(leave_one_out=False)
SALT = Factor("salinity_class", "none")
TREATMENT = Factor("treatment", "control", landscape=False)


def _row(table: pd.DataFrame, **where: str) -> pd.Series:
    for column, value in where.items():
        table = table[table[column] == value]
    assert len(table) == 1
    return table.iloc[0]


def _split_plot(rng: np.random.Generator, sd: float = 1.0) -> pd.DataFrame:
    rows = [(f"B{b}", s, t) for b in range(3) for s in ("none", "slight", "strong") for t in ("control", "gypsum")]
    frame = pd.DataFrame(rows, columns=["block", "salinity_class", "treatment"])
    frame["plot"] = np.arange(len(frame))
    whole = frame.groupby(["block", "salinity_class"]).ngroup()
    frame["y"] = rng.normal(0, sd, 3)[frame["block"].str[1].astype(int)] + rng.normal(0, sd, 9)[whole]
    frame["y"] += rng.normal(0, sd, 18) + (frame["treatment"] == "gypsum") * 1.5
    frame["y"] -= 2 * (frame["salinity_class"] == "strong")
    return frame


@pytest.mark.parametrize("seed", range(6))
def test_split_plot_equals_the_analysis_of_variance(seed: int) -> None:
    """Values on both sides of zero: differences, with the whole-plot and the plot error of the textbook."""
    frame = _split_plot(np.random.default_rng(seed))
    out = effects(frame, ["y"], Design((SALT, TREATMENT)), QUICK)
    y = frame["y"].to_numpy().reshape(3, 3, 2)
    main = y.mean(axis=2)
    rest = main - main.mean(axis=0) - main.mean(axis=1, keepdims=True) + main.mean()
    whole_error = 2 * float(np.sum(rest**2)) / 4
    gap = y[..., 1] - y[..., 0]
    plot_error = float(np.sum((gap - gap.mean(axis=0)) ** 2)) / 2 / 6
    salt = _row(out.response_ratios, **{"class": "strong"})
    assert np.isnan(salt["log_ratio"])
    assert salt["difference"] == pytest.approx(main[:, 2].mean() - main[:, 0].mean())
    assert salt["standard_error"] == pytest.approx(np.sqrt(2 * whole_error / 6), rel=1e-5)
    assert salt["df"] == pytest.approx(4, rel=1e-3)
    treated = _row(out.response_ratios, **{"class": "gypsum"})
    assert treated["difference"] == pytest.approx(gap.mean())
    assert treated["standard_error"] == pytest.approx(np.sqrt(2 * plot_error / 9), rel=1e-5)
    assert treated["df"] == pytest.approx(6, rel=1e-3)


def test_classes_of_whole_sites_rest_on_site_means() -> None:
    rng = np.random.default_rng(8)
    site = np.repeat(np.arange(6), 5)
    frame = pd.DataFrame({"site": site, "plot": np.arange(30), "salinity_class": np.where(site < 3, "none", "strong")})
    frame["y"] = rng.normal(0, 2, 6)[site] + rng.normal(0, 1, 30)
    row = effects(frame, ["y"], Design((SALT,))).response_ratios.iloc[0]
    means = frame.groupby("site")["y"].mean().to_numpy()
    test = stats.ttest_ind(means[3:], means[:3])
    assert row["level"] == "site" and row["confounded"] and row["df"] == pytest.approx(4)
    assert row["p_value"] == pytest.approx(test.pvalue, rel=1e-9)
    assert (row["low"], row["high"]) == pytest.approx(tuple(test.confidence_interval()), rel=1e-9)
    assert row["difference_low"] == row["low"]
    t = stats.t.ppf(0.975, 4) + stats.t.ppf(0.8, 4)
    assert row["minimum_detectable_difference"] == pytest.approx(t * row["standard_error"], rel=1e-9)
    assert row["loso_low"] <= row["difference"] <= row["loso_high"]


def test_positive_values_give_the_t_interval_of_logs() -> None:
    """Pairs in blocks, exactly multiplicative scatter: the width of lnRR is that of the paired t test on ln values."""
    rng = np.random.default_rng(9)
    block = np.repeat(np.arange(8), 2)
    treatment = np.tile(["control", "gypsum"], 8)
    y = np.exp(rng.normal(0, 1.0, 8)[block] + rng.normal(0, 0.3, 16) + 0.5 * (treatment == "gypsum"))
    frame = pd.DataFrame({"block": block, "plot": np.arange(16), "treatment": treatment, "y": y})
    row = effects(frame, ["y"], Design((TREATMENT,))).response_ratios.iloc[0]
    logs = np.log(y[1::2] / y[::2])
    assert row["df"] == pytest.approx(7, rel=1e-4)
    assert row["standard_error"] == pytest.approx(np.std(logs, ddof=1) / np.sqrt(8), rel=1e-5)
    assert row["log_ratio"] == pytest.approx(np.log(row["mean"] / row["reference_mean"]))
    assert (row["difference_low"] > 0) == (row["low"] > 0)
    assert row["percent"] == pytest.approx(100 * (row["mean"] / row["reference_mean"] - 1))


def test_copies_of_a_measurement_change_nothing() -> None:
    """Two depths that share one flux, then five: same interval as one row per core; units of y do not matter."""
    frame = _split_plot(np.random.default_rng(11), 0.1)
    frame["y"] = np.exp(frame["y"])
    alone = effects(frame, ["y"], Design((SALT, TREATMENT)), QUICK)
    for copies in (2, 5):
        many = frame.loc[frame.index.repeat(copies)].assign(layer=np.tile(np.arange(copies), len(frame)))
        out = effects(many, ["y"], Design((SALT, TREATMENT)), QUICK)
        columns = ["log_ratio", "low", "high", "df", "difference_low", "difference_high"]
        np.testing.assert_allclose(out.response_ratios[columns], alone.response_ratios[columns], rtol=1e-9)
        assert any(c.check == "shared_measurement" for c in out.checks)
    scaled = effects(frame.assign(y=frame["y"] * 1e-6), ["y"], Design((SALT, TREATMENT)), QUICK)
    columns = ["log_ratio", "low", "high", "df"]
    np.testing.assert_allclose(scaled.response_ratios[columns], alone.response_ratios[columns], rtol=1e-5)


def test_one_place_per_class_gives_means_without_intervals() -> None:
    frame = pd.DataFrame({"site": ["A"] * 4 + ["B"] * 4, "plot": range(8)})
    frame["salinity_class"] = frame["site"].map({"A": "none", "B": "high"})
    frame["y"] = [1.0, 2, 3, 4, 5, 6, 7, 9]
    out = effects(frame, ["y"], Design((SALT,)))
    assert out.class_means["low"].isna().all() and out.response_ratios.empty
    assert set(out.class_means["level"]) == {"site"}
    assert {"confounded_class", "not_computed"} <= {c.check for c in out.checks}


def test_a_region_outranks_its_sites() -> None:
    rng = np.random.default_rng(12)
    frame = pd.DataFrame({"region": np.repeat(list("RSTU"), 6), "site": np.repeat(np.arange(12), 2), "plot": range(24)})
    frame["salinity_class"] = frame["region"].map({"R": "none", "S": "none", "T": "high", "U": "high"})
    frame["y"] = rng.normal(10, 1, 24)
    row = effects(frame, ["y"], Design((SALT,))).response_ratios.iloc[0]
    assert row["level"] == "region" and row["confounded"] and row["df"] == pytest.approx(2)


def test_sites_that_are_the_classes_are_compared_by_their_plots() -> None:
    rng = np.random.default_rng(17)
    frame = pd.DataFrame({"site": np.repeat(["A", "B"], 6), "plot": range(12), "y": rng.normal(0, 1, 12)})
    row = effects(frame, ["y"], Design((Factor("site", "A"),))).response_ratios.iloc[0]
    test = stats.ttest_ind(frame["y"][6:], frame["y"][:6])
    assert row["level"] == "plot" and row["p_value"] == pytest.approx(test.pvalue, rel=1e-9)


def test_scales_without_a_zero_have_no_ratio() -> None:
    frame = _split_plot(np.random.default_rng(18), 0.1)
    frame["ph_water"] = 8 + frame["y"] / 10
    frame["soil_temperature"] = 15 + frame["y"]
    frame["soil_carbon"] = 15 + frame["y"]
    units = {"ph_water": "1", "soil_temperature": "degC", "soil_carbon": "g kg-1"}
    out = effects(frame, units, Design((SALT, TREATMENT)), QUICK).response_ratios
    known = out.groupby("quantity")["log_ratio"].count()
    assert known.to_dict() == {"ph_water": 0, "soil_carbon": 3, "soil_temperature": 0}
    assert out["difference_low"].notna().all() and out["p_value"].notna().all()


def test_one_bad_quantity_does_not_stop_the_others() -> None:
    frame = _split_plot(np.random.default_rng(13))
    frame["text"], frame["empty"], frame["flat"] = "x", np.nan, 3.0
    frame["wild"] = np.where(np.arange(len(frame)) == 2, np.inf, frame["y"])
    out = effects(frame, ["text", "empty", "flat", "wild", "absent", "y"], Design((SALT, TREATMENT)), QUICK)
    assert set(out.response_ratios["quantity"]) == {"wild", "y"}
    assert {c.subject.split(":")[0] for c in out.checks if c.check == "not_computed"} == {"text", "flat"}


def test_uneven_effort_is_said() -> None:
    frame = _split_plot(np.random.default_rng(14))
    frame["sequencing_depth"] = np.where(frame["salinity_class"] == "strong", 90_000, 4_000)
    out = effects(frame, ["y"], Design((SALT,)), QUICK)
    assert [c.subject for c in out.checks if c.check == "unequal_effort"] == ["sequencing_depth"]
    for check in out.checks:
        assert check.comment.en and any("\u4e00" <= letter <= "\u9fff" for letter in check.comment.zh)


def test_a_slope_of_site_means_equals_ordinary_regression() -> None:
    rng = np.random.default_rng(15)
    x = np.repeat(rng.uniform(0, 10, 9), 4)
    frame = pd.DataFrame({"site": np.repeat(np.arange(9), 4), "plot": range(36), "salinity_ppt": x})
    frame["y"] = 0.3 * x + rng.normal(0, 1, 9)[frame["site"]] + rng.normal(0, 1, 36)
    row = effects(frame, ["y"], Design(gradients=(Gradient("salinity_ppt", "g kg-1"),))).gradients.iloc[0]
    means = frame.groupby("site")[["salinity_ppt", "y"]].mean()
    line = stats.linregress(means["salinity_ppt"], means["y"])
    assert row["slope"] == pytest.approx(line.slope) and row["standard_error"] == pytest.approx(line.stderr)
    assert row["df"] == pytest.approx(7) and np.isnan(row["within_site_slope"])


def test_the_within_site_slope_is_not_misled_by_sites() -> None:
    """Sites with more salt have more carbon for another reason; within sites the slope is -1."""
    rng = np.random.default_rng(16)
    site = np.repeat(np.arange(8), 10)
    x = site * 2 + rng.normal(0, 1, 80)
    frame = pd.DataFrame({"site": site, "plot": range(80), "x": x, "y": 5 * site - x + rng.normal(0, 0.2, 80)})
    row = effects(frame, ["y"], Design(gradients=(Gradient("x"),)), QUICK).gradients.iloc[0]
    assert row["within_site_low"] < -1 < row["within_site_high"] < -0.8
    centred = frame[["x", "y"]] - frame.groupby("site")[["x", "y"]].transform("mean")
    slope = float((centred["x"] * centred["y"]).sum() / (centred["x"] ** 2).sum())
    assert row["within_site_slope"] == pytest.approx(slope, rel=1e-6)


def test_intervals_hold_the_truth_about_as_often_as_they_say() -> None:
    """25 split plots: 95 % within four standard errors; the long run is validation/effects_coverage.py."""
    held: list[bool] = []
    for seed in range(25):
        rng = np.random.default_rng([seed, 99])
        frame = _split_plot(rng, 0.12)
        shift = np.where(frame["treatment"] == "gypsum", 1.5, 0.0) - 2.0 * (frame["salinity_class"] == "strong")
        frame["y"] = 5 * np.exp(frame["y"] - shift) * np.where(frame["treatment"] == "gypsum", 1.4, 1.0)
        out = effects(frame, ["y"], Design((SALT, TREATMENT)), QUICK).response_ratios
        for name, truth in (("gypsum", np.log(1.4)), ("strong", 0.0)):
            row = _row(out, **{"class": name})
            held.append(bool(row["low"] <= truth <= row["high"]))
    assert 0.95 - 4 * np.sqrt(0.95 * 0.05 / len(held)) <= np.mean(held) <= 1.0


@pytest.fixture(scope="module")
def bay(reference: Path) -> pd.DataFrame:
    file = reference / "data" / "wetland_salinity_sfbay" / "SF_sal_meta_FIX3.5.txt"
    frame = pd.read_csv(file, sep="\t", encoding="latin1")
    frame["core"] = frame["Sample"].str.replace(r"_D\d$", "", regex=True)
    return frame.rename(columns={"Location": "site", "SALTgroup": "salinity_class", "Depth": "layer"})


BAY = ["CO2_mg_m2_h", "CH4_ug_m2_h", "CH4_CO2", "C", "N", "P", "NO3_N", "NH4_N", "CN", "CP", "NP", "NO3_NH4"]


@pytest.mark.parametrize("named", [True, False])
def test_the_bay_counts_each_flux_once_and_knows_its_sites(bay: pd.DataFrame, named: bool) -> None:
    frame = bay if named else bay.drop(columns="core")
    design = Design((Factor("salinity_class", "FW"),), (Gradient("Salinity.x", "g kg-1"),))
    out = effects(frame, BAY if named else BAY[:2], design)
    shared = {c.subject: c for c in out.checks if c.check == "shared_measurement"}
    assert {"CO2_mg_m2_h", "CH4_ug_m2_h"} <= set(shared) and "C" not in shared
    assert shared["CO2_mg_m2_h"].value == 170 and shared["CO2_mg_m2_h"].threshold == 85
    flux = out.class_means[out.class_means["quantity"] == "CO2_mg_m2_h"]
    assert flux["units"].sum() == 85 and flux["sites"].sum() == 11 and set(flux["level"]) == {"site"}
    assert out.response_ratios["confounded"].all()
    assert [c.subject for c in out.checks if c.check == "confounded_class"] == ["salinity_class"]
    methane = out.response_ratios[out.response_ratios["quantity"] == "CH4_ug_m2_h"]
    assert methane["loso_low"].notna().all() and methane["loso_site"].isin(frame["site"]).all()
    site_means = bay.drop_duplicates("core").groupby(["salinity_class", "site"])["CO2_mg_m2_h"].mean()
    np.testing.assert_allclose(
        flux.set_index("class")["mean"], site_means.groupby("salinity_class").mean().sort_index(), rtol=1e-9
    )
    if named:
        computed = {c.subject: c.comment.en for c in out.checks if c.check == "computed_columns"}
        assert "CH4_CO2 = CH4_ug_m2_h / CO2_mg_m2_h" in computed["CH4_CO2"]
        assert "NO3_NH4 = NO3_N / NH4_N" in computed["NO3_NH4"] and "NP = N / P" in computed["NP"]
        assert "CN" not in computed or "NP" in computed["CN"]
