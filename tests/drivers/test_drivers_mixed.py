"""The mixed model against lme4 and lmerTest, and against closed forms."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from halosink.drivers.mixed import _Products, fit_mixed


@pytest.fixture
def lme4(reference: Path) -> Path:
    return reference / "oracles" / "drivers" / "lme4"


def _case(folder: Path, case: str):
    record = json.loads((folder / "lme4_reference.json").read_text())[case]
    if case == "sleep_int":
        d = pd.read_csv(folder / "input_sleepstudy.csv")
        return record, d["Reaction"], np.column_stack([np.ones(len(d)), d["Days"]]), {"Subject": d["Subject"]}
    if case == "penicillin_crossed":
        d = pd.read_csv(folder / "input_Penicillin.csv")
        return record, d["diameter"], np.ones((len(d), 1)), {"plate": d["plate"], "sample": d["sample"]}
    d = pd.read_csv(folder / "input_Pastes.csv")
    return record, d["strength"], np.ones((len(d), 1)), {"cask:batch": d["sample"], "batch": d["batch"]}


@pytest.mark.parametrize("case", ["sleep_int", "penicillin_crossed", "pastes_nested"])
def test_equals_lme4_and_lmertest(lme4: Path, case: str) -> None:
    record, y, x, groups = _case(lme4, case)
    fit = fit_mixed(y, x, groups)
    # lme4 stops its optimiser at about 3e-5 of a standard deviation; ours must be as good a maximum or better.
    assert -1e-10 < fit.log_likelihood - record["logLik"] < 1e-8
    for row in record["varcorr"]:
        ours = fit.residual_variance if row["grp"] == "Residual" else fit.variances[row["grp"]]
        assert ours == pytest.approx(row["vcov"], rel=6e-5)
    for i, row in enumerate(record["fixef"]):
        one = fit.contrast(np.eye(x.shape[1])[i])
        assert one.value == pytest.approx(row["Estimate"], rel=1e-9)
        assert one.standard_error == pytest.approx(row["Std. Error"], rel=3e-5)
        assert one.df == pytest.approx(row["df"], rel=1e-4)
        assert one.p_value == pytest.approx(row["Pr(>|t|)"], rel=2e-3)


def test_the_maximum_is_stationary_by_dense_algebra(lme4: Path) -> None:
    """The score of every component from n x n matrices is zero, or points below zero where the estimate is zero."""
    d = pd.read_csv(lme4 / "input_sim_glmmhp.csv")
    x = np.column_stack([np.ones(len(d)), d["salt"], d["moist"]])
    fit = fit_mixed(d["y"], x, {"site": d["site"], "plot": d["plotid"]})
    z = [pd.get_dummies(d[c]).to_numpy(float) for c in ("site", "plotid")]
    v = fit.variances["site"] * z[0] @ z[0].T + fit.variances["plot"] * z[1] @ z[1].T
    v += fit.residual_variance * np.eye(len(d))
    vi = np.linalg.inv(v)
    p = vi - vi @ x @ np.linalg.inv(x.T @ vi @ x) @ x.T @ vi
    py = p @ d["y"].to_numpy()
    for zz, s2 in zip([*z, np.eye(len(d))], [*fit.variances.values(), fit.residual_variance], strict=True):
        score = np.trace(zz.T @ p @ zz) - np.sum((zz.T @ py) ** 2)
        assert (abs(score) * s2 < 1e-5) or (s2 == 0 and score > 0)


def test_zero_variance_gives_ordinary_least_squares() -> None:
    """Groups whose means are closer than chance: the component is exactly zero and df are n - p."""
    y = np.array([1.0, 3.0, 3.0, 1.0, 1.0, 3.0, 3.0, 1.0]) + np.tile([0.0, 0.5], 4)
    fit = fit_mixed(y, np.ones((8, 1)), {"g": np.repeat(np.arange(4), 2)})
    one = fit.contrast([1.0])
    assert fit.variances["g"] == 0
    assert one.df == 7
    assert one.standard_error == pytest.approx(np.std(y, ddof=1) / np.sqrt(8), rel=1e-12)


def test_balanced_blocks_equal_the_paired_t_test() -> None:
    rng = np.random.default_rng(3)
    block = np.repeat(np.arange(6), 2)
    y = rng.normal(size=6)[block] * 3 + np.tile([0.0, 1.0], 6) + rng.normal(size=12)
    x = np.column_stack([np.tile([1.0, 0.0], 6), np.tile([0.0, 1.0], 6)])
    one = fit_mixed(y, x, {"block": block}).contrast([-1, 1])
    pair = stats.ttest_1samp(y[1::2] - y[::2], 0)
    assert one.df == pytest.approx(5, rel=1e-7)
    assert one.p_value == pytest.approx(pair.pvalue, rel=1e-7)
    low, high = one.interval()
    assert (low, high) == pytest.approx(tuple(pair.confidence_interval()), rel=1e-7)


@pytest.mark.parametrize("at", [(0.3, 0.6), (-0.02, 0.4), (0.1, -0.2)])
def test_gradient_and_hessian_equal_differences_of_the_deviance(at: tuple[float, float]) -> None:
    """Central differences of the criterion, on both sides of zero."""
    rng = np.random.default_rng(5)
    block, whole = np.repeat(np.arange(3), 8), np.repeat(np.arange(12), 2)
    x = np.column_stack([np.ones(24), rng.normal(size=24)])
    model = _Products(rng.normal(size=24) + rng.normal(size=12)[whole], x, [block, whole], [3, 12])
    _, slope, second = model.curvature(np.array(at))
    for j, step in enumerate(np.eye(2) * 1e-5):
        up, down = (model.curvature(np.array(at) + sign * step) for sign in (1, -1))
        assert slope[j] == pytest.approx((up[0] - down[0]) / 2e-5, rel=1e-6, abs=1e-7)
        np.testing.assert_allclose(second[j], (up[1] - down[1]) / 2e-5, rtol=1e-6, atol=1e-6)


def test_units_do_not_matter() -> None:
    rng = np.random.default_rng(4)
    g = np.repeat(np.arange(5), 4)
    y = rng.normal(size=5)[g] + rng.normal(size=20)
    a = fit_mixed(y, np.ones((20, 1)), {"g": g}).contrast([1.0])
    b = fit_mixed(y * 1e-9, np.ones((20, 1)), {"g": g}).contrast([1.0])
    assert b.standard_error == pytest.approx(a.standard_error * 1e-9, rel=1e-9)
    assert b.df == pytest.approx(a.df, rel=1e-8)


@pytest.mark.parametrize(
    ("x", "groups"),
    [
        (np.ones((4, 4)), {}),
        (np.ones((4, 2)), {}),
        (np.ones((4, 1)), {"one": [1, 1, 1, 1]}),
        (np.ones((4, 1)), {"all": [1, 2, 3, 4]}),
    ],
)
def test_what_cannot_be_estimated_is_refused(x: np.ndarray, groups: dict[str, list[int]]) -> None:
    with pytest.raises(ValueError):
        fit_mixed([1.0, 2.0, 4.0, 3.0], x, groups)
