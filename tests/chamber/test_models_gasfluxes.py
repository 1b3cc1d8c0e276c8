"""Vials: the values of gasfluxes 0.7 for its own 659 series."""

import numpy as np
import pandas as pd
import pytest

from chamber_series import gasfluxes
from halosink.chamber.flux.refusals import refusals
from halosink.chamber.models import hutchinson_mosier, kappa_max, robust, straight

# smallest flux told from none, mg N m-2 h-1, of the peer's own guide, for closures of an hour
DETECTABLE, DURATION = 0.031, 1.0


@pytest.fixture(scope="module")
def vials(reference):
    return gasfluxes(reference)


@pytest.fixture(scope="module")
def fits(vials):
    return straight.fit(vials.batch), robust.fit(vials.batch), hutchinson_mosier.fit(vials.batch)


def same(ours, expected, relative):
    """Where the peer has a value ours is the same; where it has none, neither have we."""
    expected = expected.to_numpy(float)
    known = np.isfinite(expected)
    np.testing.assert_allclose(ours[known], expected[known], rtol=relative)
    assert not np.isfinite(ours[~known]).any()


def test_line(vials, fits):
    line, expected = fits[0], vials.expected
    same(line.slope * vials.height, expected["linear.f0"], 1e-9)
    same(line.slope_error * vials.height, expected["linear.f0.se"], 1e-9)
    same(line.p_value, expected["linear.f0.p"], 1e-9)
    same(line.intercept, expected["linear.C0"], 1e-9)
    known = expected["linear.r"].notna()
    np.testing.assert_allclose(line.r_squared[known], expected["linear.r"][known] ** 2, rtol=1e-9)


def test_robust_line(vials, fits):
    line, expected = fits[1], vials.expected
    same(line.slope * vials.height, expected["robust.linear.f0"], 1e-9)
    same(line.slope_error * vials.height, expected["robust.linear.f0.se"], 1e-9)
    same(line.p_value, expected["robust.linear.f0.p"], 1e-9)
    same(line.intercept, expected["robust.linear.C0"], 1e-9)
    for ours, theirs in zip(line.weights, expected["robust.linear.weights"].fillna("NA"), strict=True):
        if theirs != "NA":
            told = [float(w) for w in theirs.split("|")]
            np.testing.assert_allclose([float(f"{w:.2g}") for w in ours[: len(told)]], told, rtol=1e-9)


def test_curve(vials, fits):
    """The peer stops its search early; ours has the smaller sum of squares wherever both found a curve."""
    curve, expected = fits[2], vials.expected
    known = expected["HMR.f0"].notna().to_numpy()
    off = np.abs(curve.slope * vials.height / expected["HMR.f0"] - 1)[known]
    assert (off < 0.01).mean() >= 0.98
    assert off.median() < 1e-3
    both = known & curve.curved
    n = curve.n[both]
    theirs = expected["HMR.RSE"][both] ** 2 * (n - 3) / n
    assert (curve.rmse[both] ** 2 <= theirs * (1 + 1e-9)).all()


def test_curve_at_the_rate_of_the_peer(vials):
    """Held at the rate where the peer stopped, all is the peer's; its errors rest on numeric derivatives."""
    expected = vials.expected
    curve = hutchinson_mosier.fit(vials.batch, expected["HMR.kappa"].to_numpy())
    held = curve.bounded
    assert held.sum() > 100
    for ours, theirs, relative in (
        (curve.slope * vials.height, "HMR.f0", 1e-9),
        (curve.slope_error * vials.height, "HMR.f0.se", 1e-4),
        (curve.limit, "HMR.phi", 1e-9),
        (curve.rmse * np.sqrt(curve.n / np.maximum(curve.n - 3, 1)), "HMR.RSE", 1e-9),
    ):
        np.testing.assert_allclose(ours[held], expected[theirs][held], rtol=relative, err_msg=theirs)


def test_choice_by_kappa_max(vials, fits):
    line, sturdy, curve = fits
    scale, expected = vials.height, vials.expected
    most = kappa_max.rate_max(line.slope * scale, DETECTABLE, DURATION, uptake=False)
    flux, model = kappa_max.choose(
        line.slope * scale, sturdy.slope * scale, curve.slope * scale, curve.slope_error * scale, curve.rate, most
    )
    names = {"linear": kappa_max.LINEAR, "robust linear": kappa_max.ROBUST, "HMR": kappa_max.CURVE, "error": ""}
    assert model.tolist() == expected["kappamax_method"].map(names).tolist()
    off = np.abs(flux / expected["kappamax_flux"] - 1).to_numpy()
    assert off[model == kappa_max.CURVE].max() < 0.01
    assert off[(model != kappa_max.CURVE) & (model != "")].max() < 1e-9


def test_uptake_has_a_limit_too():
    np.testing.assert_allclose(kappa_max.rate_max(np.array([-0.31, 0.31]), DETECTABLE, 2.0), 5.0)
    np.testing.assert_allclose(kappa_max.rate_max(np.array([-0.31]), DETECTABLE, 2.0, uptake=False), -5.0)
    assert np.isnan(kappa_max.rate_max(np.array([1.0]), 0.0, 1.0)).all()


def test_the_invalid_series_and_no_other_are_refused(reference):
    folder = reference / "data/chamber_gasfluxes"
    data = pd.read_csv(folder / "fluxMeas.csv")
    listed = pd.read_csv(folder / "series_excluded_from_oracle.csv").set_index("serie")
    found = refusals(data["serie"], data["time"], data["C"], data["V"], data["A"])
    assert set(found) == set(listed.index)
    for name, told in listed.iterrows():
        assert ("several_volumes" in found[name]) == (told["uV"] > 1)
        assert ("several_areas" in found[name]) == (told["uA"] > 1)
        assert ("duplicated_time" in found[name]) == told["dup"]
        assert ("before_closing" in found[name]) == told["neg"]
        assert ("not_finite" in found[name]) == told["na"]


def test_all_reasons_of_a_series_are_told():
    columns = pd.DataFrame(
        [("b", -1, 5, 1, 1), ("b", -2, np.nan, 1, 1), ("b", -2, 0, 2, 0), ("a", 0, 1, 1, 1), ("a", 1, 1, 1, 1)]
    )
    found = refusals(*(columns[i] for i in range(5)))
    told = ("not_finite", "several_volumes", "several_areas", "no_area", "unsorted_time", "duplicated_time")
    assert found == {"b": (*told, "before_closing", "not_positive")}
    running = refusals(*(columns[i] for i in range(5)), vials=False)["b"]
    assert "before_closing" not in running
    assert "duplicated_time" not in running
    with pytest.raises(ValueError, match="one entry"):
        refusals(["a"], [1, 2], [1], [1], [1])
