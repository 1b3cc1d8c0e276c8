"""Two factors over few sites: when combinations get means of their own, and what the additive model gives."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from halosink.drivers import Design, Factor, Settings, effects
from halosink.drivers.mixed import fit_mixed, without_interval
from halosink.drivers.scatter import fit_scatter, log_link

QUICK = Settings(leave_one_out=False)
DESIGN = Design((Factor("salinity_class", "fresh"), Factor("treatment", "reference")))
BAY = [("fresh", 1, 1), ("meso", 1, 1), ("oligo", 1, 1), ("poly", 1, 4)]


def _sites(counts: list[tuple[str, int, int]]) -> pd.DataFrame:
    rows = []
    for name, reference, restored in counts:
        for treatment, many in (("reference", reference), ("restored", restored)):
            rows += [(name, treatment)] * many
    frame = pd.DataFrame(rows, columns=["salinity_class", "treatment"])
    return frame.assign(site=[f"S{i}" for i in range(len(frame))])


def _plots(sites: pd.DataFrame, y: np.ndarray, rng: np.random.Generator) -> pd.DataFrame:
    """Three plots per site whose mean is y."""
    frame = sites.assign(mean=y).loc[sites.index.repeat(3)].reset_index(drop=True)
    noise = rng.normal(0, 0.1, (len(sites), 3))
    frame["y"] = frame["mean"] + (noise - noise.mean(axis=1, keepdims=True)).ravel()
    return frame.assign(plot=np.arange(len(frame)))


def test_hardly_replicated_combinations_give_the_additive_regression_of_site_means() -> None:
    """Values on both sides of zero: the coefficients, errors and df of ordinary least squares, 11 - 5 = 6."""
    rng = np.random.default_rng(1)
    sites = _sites(BAY)
    y = rng.normal(0, 1, 11)
    out = effects(_plots(sites, y, rng), ["y"], DESIGN, QUICK)
    x = np.column_stack([np.ones(11), *(sites["salinity_class"] == c for c in ("meso", "oligo", "poly"))])
    x = np.column_stack([x, sites["treatment"] == "restored"]).astype(float)
    beta, rss = np.linalg.lstsq(x, y)[:2]
    error = np.sqrt(np.diag(np.linalg.inv(x.T @ x)) * rss[0] / 6)
    found = out.response_ratios.set_index("class")
    for i, name in enumerate(("meso", "oligo", "poly", "restored"), start=1):
        assert found.loc[name, "difference"] == pytest.approx(beta[i])
        assert found.loc[name, "standard_error"] == pytest.approx(error[i])
        assert found.loc[name, "df"] == pytest.approx(6)
        assert "without interactions" in found.loc[name, "method"]
    said = [c for c in out.checks if c.check == "no_interactions"]
    assert len(said) == 2 and "7 of 8" in said[0].comment.en


def test_replicated_combinations_keep_their_interactions() -> None:
    rng = np.random.default_rng(2)
    sites = _sites([(name, 2, 2) for name in ("fresh", "meso", "poly")])
    out = effects(_plots(sites, rng.normal(0, 1, 12), rng), ["y"], DESIGN, QUICK)
    np.testing.assert_allclose(out.response_ratios["df"], 12 - 6)
    assert not [c for c in out.checks if c.check == "no_interactions"]
    assert out.response_ratios["method"].str.contains("with interactions").all()


def test_one_lost_plot_does_not_change_the_model_of_an_experiment() -> None:
    rng = np.random.default_rng(3)
    rows = [(f"B{b}", s, t) for b in range(2) for s in ("fresh", "meso", "poly") for t in ("reference", "restored")]
    frame = pd.DataFrame(rows, columns=["block", "salinity_class", "treatment"]).assign(plot=range(12))
    frame["y"] = rng.normal(0, 1, 12)
    out = effects(frame.drop(index=5), ["y"], DESIGN, QUICK)
    assert out.response_ratios["method"].str.contains("with interactions").all()


def test_factors_multiply_where_scatter_is_in_proportion() -> None:
    """Exact products of class and treatment: every ratio is recovered, whatever else stands at the site."""
    sites = _sites(BAY)
    level = sites["salinity_class"].map({"fresh": 4.0, "meso": 8.0, "oligo": 2.0, "poly": 1.0})
    times = sites["treatment"].map({"reference": 1.0, "restored": 1.5})
    rng = np.random.default_rng(4)
    y = level * times * np.exp(rng.normal(0, 1e-6, 11))
    found = effects(_plots(sites, y.to_numpy(), rng), ["y"], DESIGN, QUICK)
    ratio = np.exp(found.response_ratios.set_index("class")["log_ratio"])
    assert ratio["meso"] == pytest.approx(2, rel=1e-4) and ratio["poly"] == pytest.approx(0.25, rel=1e-4)
    assert ratio["restored"] == pytest.approx(1.5, rel=1e-4)
    mean = found.class_means.set_index("class")["mean"]
    assert mean["fresh"] == pytest.approx(4 * 1.25, rel=1e-4)


def test_the_log_link_solves_the_quasi_likelihood_equations() -> None:
    rng = np.random.default_rng(5)
    x = np.column_stack([np.ones(30), rng.integers(0, 2, 30), rng.normal(size=30)])
    y = np.exp(x @ [1.0, 0.7, -0.4]) * rng.gamma(2.0, 0.5, 30)
    start = without_interval(np.log(y), x)
    mean = np.exp(x @ log_link(y, x, {}, start))
    np.testing.assert_allclose(x.T @ (y / mean - 1), 0, atol=1e-9)


def test_the_log_link_of_one_factor_is_the_mean_of_each_class() -> None:
    rng = np.random.default_rng(6)
    code = np.repeat([0, 1, 2], [2, 5, 9])
    y = rng.lognormal(0, 1.5, 16)
    x = np.eye(3)[code]
    found = np.exp(log_link(y, x, {}, without_interval(np.ones(16), x)))
    np.testing.assert_allclose(found, [y[code == k].mean() for k in range(3)], rtol=1e-9)
    saturated = fit_scatter(y, x, {}, True, "proportional")
    np.testing.assert_allclose(saturated.predict(np.eye(3)), found, rtol=1e-9)


@pytest.mark.parametrize(("spread", "noise"), [(0.8, 0.3), (3.0, 0.1)])
def test_a_negative_block_component_beyond_the_residual_gives_the_analysis_of_variance(
    spread: float, noise: float
) -> None:
    """Blocks alike, whole plots far apart: the component of blocks is far below zero."""
    rng = np.random.default_rng(7)
    block = np.repeat(np.arange(4), 6)
    salt = np.tile(np.repeat(np.arange(3), 2), 4)
    treatment = np.tile([0, 1], 12)
    whole = rng.normal(0, spread, (4, 3))
    whole -= whole.mean(axis=1, keepdims=True)
    y = whole[block, salt] + rng.normal(0, noise, 24)
    fit = fit_mixed(y, np.eye(6)[salt * 2 + treatment], {"b": block, "w": block * 3 + salt}, allow_negative=True)
    assert fit.variances["b"] < -0.5 * fit.residual_variance
    table = y.reshape(4, 3, 2)
    main = table.mean(axis=2)
    rest = main - main.mean(axis=0) - main.mean(axis=1, keepdims=True) + main.mean()
    error = 2 * float(np.sum(rest**2)) / 6
    one = fit.contrast(np.array([-1, -1, 1, 1, 0, 0]) / 2)
    assert one.standard_error == pytest.approx(np.sqrt(2 * error / 8), rel=1e-6)
    assert one.df == pytest.approx(6, rel=1e-5)
    gap = table[..., 1] - table[..., 0]
    within = float(np.sum((gap - gap.mean(axis=0)) ** 2)) / 2 / 9
    two = fit.contrast(np.tile([-1, 1], 3) / 3)
    assert two.standard_error == pytest.approx(np.sqrt(2 * within / 12), rel=1e-6)
    assert two.df == pytest.approx(9, rel=1e-5)


def test_values_that_classes_and_blocks_explain_to_the_last_digit_do_no_harm() -> None:
    """Scatter vanishes along one direction of the components: a number or a refusal, never a warning."""
    block, salt = np.repeat(np.arange(3), 4), np.tile(np.arange(4), 3)
    y = 1.0 + block + salt + 1e-9 * np.cos(np.arange(12))
    try:
        one = fit_mixed(y, np.eye(4)[salt], {"b": block}, allow_negative=True).contrast([-1, 1, 0, 0])
        assert one.value == pytest.approx(1.0, abs=1e-6)
    except ValueError as refusal:
        assert "scatter" in str(refusal)
