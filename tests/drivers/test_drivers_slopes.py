"""Slopes among sites and within them, and what is said where they differ."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from halosink.drivers import Design, Gradient, Settings, effects

QUICK = Settings(leave_one_out=False)
DESIGN = Design(gradients=(Gradient("salinity_ppt", "g kg-1"),))


def _frame(rng: np.random.Generator, among: float, within: float, inside: float, sites: int = 9) -> pd.DataFrame:
    """Sites with unequal numbers of plots; `inside` is the spread of the gradient within sites."""
    site = np.repeat(np.arange(sites), rng.integers(3, 9, sites))
    x = rng.uniform(0, 10, sites)[site] + rng.normal(0, inside, len(site))
    mean = pd.Series(x).groupby(site).transform("mean").to_numpy()
    y = among * mean + within * (x - mean) + rng.normal(0, 0.5, sites)[site] + rng.normal(0, 0.1, len(site))
    return pd.DataFrame({"site": site, "plot": np.arange(len(site)), "salinity_ppt": x, "soil_organic_carbon": y})


def _slope(frame: pd.DataFrame, **options: bool) -> pd.Series:
    return effects(frame, ["soil_organic_carbon"], DESIGN, Settings(**options)).gradients.iloc[0]


def test_both_slopes_equal_their_regressions_and_sites_answer() -> None:
    """Among: ordinary regression of site means. Within: of deviations, one df less per site. Welch's difference."""
    frame = _frame(np.random.default_rng(1), -2.0, 3.0, 0.5)
    out = effects(frame, ["soil_organic_carbon"], DESIGN, QUICK)
    row = out.gradients.iloc[0]
    means = frame.groupby("site")[["salinity_ppt", "soil_organic_carbon"]].mean()
    line = stats.linregress(means["salinity_ppt"], means["soil_organic_carbon"])
    assert row["slope_of"] == "among sites" and row["slope"] == row["among_site_slope"] == pytest.approx(line.slope)
    assert row["standard_error"] == pytest.approx(line.stderr) and row["df"] == pytest.approx(7)
    assert (row["low"], row["high"]) == (row["among_site_low"], row["among_site_high"])
    assert (row["through_x"], row["through_y"]) == pytest.approx(tuple(means.mean()))
    part = frame[["salinity_ppt", "soil_organic_carbon"]]
    x, y = (part - part.groupby(frame["site"]).transform("mean")).to_numpy().T
    slope = float(x @ y / (x @ x))
    df = len(frame) - 9 - 1
    error = float(np.sqrt(np.sum((y - slope * x) ** 2) / df / (x @ x)))
    half = stats.t.ppf(0.975, df) * error
    assert row["within_site_slope"] == pytest.approx(slope)
    assert (row["within_site_low"], row["within_site_high"]) == pytest.approx((slope - half, slope + half))
    a, b = error**2, line.stderr**2
    welch = (a + b) ** 2 / (a**2 / df + b**2 / 7)
    p = 2 * stats.t.sf(abs(slope - line.slope) / np.sqrt(a + b), welch)
    assert row["slopes_differ"] and row["slopes_differ_p"] == pytest.approx(p)
    said = [c for c in out.checks if c.check == "slopes_differ"]
    assert len(said) == 1 and "among sites" in said[0].comment.en and "样地间斜率" in said[0].comment.zh


def test_slopes_that_are_alike_are_not_said_to_differ() -> None:
    """Under equal slopes about one in twenty is; four standard errors of 60 draws allow for nine."""
    found = [_slope(_frame(np.random.default_rng([s, 2]), 1.0, 1.0, 1.0), leave_one_out=False) for s in range(60)]
    assert sum(bool(r["slopes_differ"]) for r in found) <= 9


def test_a_gradient_that_lies_within_sites_is_answered_within_them() -> None:
    row = _slope(_frame(np.random.default_rng(3), -2.0, 3.0, 8.0), leave_one_out=True)
    assert row["slope_of"] == "within sites" and row["slope"] == row["within_site_slope"]
    assert row["low"] < 3 < row["high"] and not row["loso_flips"]


def test_few_sites_are_answered_within_and_none_by_units() -> None:
    three = _slope(_frame(np.random.default_rng(4), -2.0, 3.0, 1.0, sites=3), leave_one_out=False)
    assert three["slope_of"] == "within sites" and np.isnan(three["among_site_slope"])
    frame = _frame(np.random.default_rng(5), 1.0, 1.0, 1.0).drop(columns="site")
    bare = _slope(frame, leave_one_out=False)
    line = stats.linregress(frame["salinity_ppt"], frame["soil_organic_carbon"])
    assert bare["slope_of"] == "units" and bare["slope"] == pytest.approx(line.slope)
    assert bare["p_value"] == pytest.approx(line.pvalue)


def test_what_has_no_logarithm_is_said() -> None:
    frame = _frame(np.random.default_rng(6), 1.0, 1.0, 0.1)
    frame["salinity_ppt"] += 1.0
    frame.loc[[0, 5], "salinity_ppt"] = 0.0
    out = effects(frame, ["soil_organic_carbon"], Design(gradients=(Gradient("salinity_ppt", log10=True),)), QUICK)
    said = [c for c in out.checks if c.check == "no_logarithm"]
    assert len(said) == 1 and said[0].value == 2 and out.gradients.iloc[0]["units"] == len(frame) - 2


def test_the_site_named_is_the_one_that_flips_the_verdict() -> None:
    """One far site makes the slope; another moves it more without touching the verdict."""
    x = np.array([0.0, 1.0, 2.0, 3.0, 4.0, 20.0])
    y = np.array([0.0, 0.4, -0.4, 0.4, -0.3, 10.0])
    frame = pd.DataFrame({"site": np.repeat(list("ABCDEF"), 2), "plot": range(12), "salinity_ppt": np.repeat(x, 2)})
    frame["soil_organic_carbon"] = np.repeat(y, 2)
    row = _slope(frame, leave_one_out=True)
    assert row["separable"] and row["loso_flips"] and row["loso_site"] == "F"
