"""Analysers: the values of goFlux 0.2.1 for its own closures."""

import numpy as np
import pandas as pd
import pytest

from chamber_series import goflux
from halosink.chamber import Options, air, fluxes
from halosink.chamber.models import detection, hutchinson_mosier, straight
from halosink.chamber.models.stepwise_search import unfinished

# the gas constant of the peer
ROUNDED = 8.314


@pytest.fixture(scope="module")
def closures(reference):
    return goflux(reference)


@pytest.fixture(scope="module")
def moles(closures):
    a = closures.air
    return air.moles_per_area(a["Vtot"], a["Area"] / 1e4, a["Tcham"], a["Pcham"], a["water"], ROUNDED)


@pytest.fixture(scope="module")
def curve(closures):
    line, expected = straight.fit(closures.batch), closures.expected
    duration = closures.batch.time.max(axis=1) + 1
    smallest = detection.from_precision(expected["prec"], duration)
    return hutchinson_mosier.fit(closures.batch, np.abs(line.slope) / (smallest * duration))


def test_moles_of_dry_air_and_smallest_flux(closures, moles):
    expected = closures.expected
    np.testing.assert_allclose(moles, expected["flux.term"], rtol=1e-9)
    smallest = detection.from_precision(expected["prec"], closures.batch.time.max(axis=1) + 1) * moles
    np.testing.assert_allclose(smallest, expected["MDF"], rtol=1e-9)


def test_line(closures, moles):
    line, expected = straight.fit(closures.batch), closures.expected
    np.testing.assert_array_equal(line.n, expected["nb.obs"])
    for ours, theirs in (
        (line.slope, "LM.slope"),
        (line.slope * moles, "LM.flux"),
        (line.intercept, "LM.C0"),
        (line.rmse, "LM.RMSE"),
        (line.mae, "LM.MAE"),
        (line.aicc, "LM.AICc"),
        (line.p_value, "LM.p.val"),
    ):
        np.testing.assert_allclose(ours, expected[theirs], rtol=1e-9, err_msg=theirs)
    # the peer rounds flux.term to six decimals here
    np.testing.assert_allclose(line.slope_error * moles, expected["LM.SE"], rtol=1e-7)
    adjusted = 1 - (1 - line.r_squared) * (line.n - 1) / (line.n - 2)
    np.testing.assert_allclose(adjusted, expected["LM.r2"], rtol=1e-9)


def test_curve(closures, moles, curve):
    expected = closures.expected
    found = (curve.curved | curve.bounded) & (expected["HM.RMSE"] <= expected["LM.RMSE"]).to_numpy()
    assert found.sum() == 8
    for ours, theirs, relative in (
        (curve.slope * moles, "HM.flux", 1e-4),
        (curve.slope_error * moles, "HM.SE", 1e-4),
        (curve.intercept, "HM.C0", 1e-4),
        (curve.limit, "HM.Ci", 1e-4),
        (curve.rmse, "HM.RMSE", 1e-8),
        (curve.mae, "HM.MAE", 1e-4),
        (curve.aicc, "HM.AICc", 1e-8),
        (curve.rate, "HM.k", 2e-4),
    ):
        np.testing.assert_allclose(ours[found], expected[theirs][found], rtol=relative, err_msg=theirs)


def test_the_limit_of_the_rate_is_kept(closures, curve):
    at_limit = (closures.expected["HM.k"] == closures.expected["k.max"]).to_numpy()
    assert at_limit.sum() == 1
    np.testing.assert_array_equal(curve.bounded, at_limit)
    assert not (curve.curved & curve.bounded).any()


def test_where_the_peer_stopped_too_early_the_line_is_better(closures, curve):
    """Three closures bend the other way: the peer's search ends at its 400 evaluations, behind its own line."""
    expected = closures.expected
    stopped = (expected["HM.RMSE"] > expected["LM.RMSE"]).to_numpy()
    assert stopped.sum() == 3
    np.testing.assert_array_equal(curve.rate[stopped], 0)
    np.testing.assert_allclose(curve.slope[stopped], expected["LM.slope"][stopped], rtol=1e-9)
    assert (curve.rmse[stopped] < expected["HM.RMSE"][stopped]).all()


def test_the_search_that_stops_early(closures, moles, curve):
    """All eleven: where a minimum is, it is the curve; where none is, what the 400 evaluations leave."""
    expected, line = closures.expected, straight.fit(closures.batch)
    found = unfinished(closures.batch, line, curve, expected["k.max"].to_numpy())
    for ours, theirs, relative in (
        (found.slope * moles, "HM.flux", 1e-4),
        (found.rate, "HM.k", 2e-4),
        (found.intercept, "HM.C0", 1e-4),
        (found.limit, "HM.Ci", 1e-4),
    ):
        np.testing.assert_allclose(ours, expected[theirs], rtol=relative, err_msg=theirs)


@pytest.mark.parametrize("search", ["least_squares", "goflux"])
def test_fluxes_of_a_table(closures, search):
    """An analyser of carbon dioxide and one of methane, from readings to the flux, with the precision the peer took."""
    found, theirs = [], []
    for i, row in closures.expected.iterrows():
        height = closures.air["Vtot"][i] / closures.air["Area"][i]
        if height > 1 or "H2O" in row["name"]:
            continue
        gas, valid = "ch4" if "CH4" in row["name"] else "co2", closures.batch.valid[i]
        frame = pd.DataFrame({
            "closure": "a",
            "elapsed_time": closures.batch.time[i, valid],
            f"{gas}_mole_fraction": closures.batch.value[i, valid],
            "chamber_volume": closures.air["Vtot"][i],
            "chamber_area": closures.air["Area"][i] / 1e4,
            "chamber_temperature": closures.air["Tcham"][i],
            "chamber_pressure": closures.air["Pcham"][i],
            "h2o_mole_fraction": closures.air["water"][i],
        })  # fmt: skip
        options = Options("whole", gas_constant=ROUNDED, precision={gas: row["prec"]}, search=search)
        found.append(fluxes(frame, options).set_index("gas").loc[gas])
        theirs.append(row)
    assert len(found) >= 6
    for one, row in zip(found, theirs, strict=True):
        assert one["linear_flux"] == pytest.approx(row["LM.flux"], rel=1e-9)
        assert one["rate_max"] == pytest.approx(row["k.max"], rel=1e-9)
        if search == "goflux" or row["HM.RMSE"] <= row["LM.RMSE"]:
            assert one["hmr_flux"] == pytest.approx(row["HM.flux"], rel=1e-4)
        else:
            assert one["hmr_flux"] == pytest.approx(row["LM.flux"], rel=1e-9)
