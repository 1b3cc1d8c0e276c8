"""Marginal distribution sampling against what REddyProc and ONEFlux print for a year at Tharandt."""

from __future__ import annotations

import numpy as np
import pytest

from eddy_towers import de_tha, oneflux, reddyproc
from halosink.eddy.filling.fill import fill_gaps, usable_drivers
from halosink.eddy.filling.sampling import sample


@pytest.fixture(scope="module")
def tower(reference):
    return de_tha(reference)


@pytest.mark.parametrize("case", ["uStar0.41625", "noUstar"])
def test_every_record_as_oneflux(reference, tower, case):
    theirs = oneflux(reference, case)
    ours = fill_gaps(tower.assign(nee=theirs["NEE"]), "nee", convention="oneflux", filler="mds")
    assert (ours["source"] == "mds").sum() == {"uStar0.41625": 7798, "noUstar": 6257}[case]
    # six significant digits are printed: half a unit of the last is at most 5e-5 for values of two digits
    for mine, printed in (("estimate", "HAT"), ("sd", "STDDEV"), ("value", "FILLED")):
        np.testing.assert_allclose(ours[mine], theirs[printed], rtol=5.001e-6, atol=1e-9)
        np.testing.assert_allclose(ours[mine], theirs[printed], rtol=0, atol=1e-4)
    for mine, printed in (("count", "SAMPLE"), ("method", "METHOD"), ("window_days", "TIMEWINDOW"), ("quality", "QC")):
        np.testing.assert_array_equal(ours[mine], theirs[printed])


@pytest.mark.parametrize(
    ("which", "name", "field"),
    [
        ("uStarAnnual", "NEE_uStar", "nee"),
        ("noUstar", "NEE", "nee"),
        ("LE_H", "LE", "latent_heat_flux"),
        ("LE_H", "H", "sensible_heat_flux"),
    ],
)
def test_every_record_as_reddyproc(reference, tower, which, name, field):
    theirs = reddyproc(reference, which)
    ours = fill_gaps(tower.assign(**{field: theirs[f"{name}_orig"]}), field, convention="reddyproc", filler="mds")
    for mine, printed in (("estimate", "fall"), ("sd", "fsd"), ("value", "f")):
        np.testing.assert_allclose(ours[mine], theirs[f"{name}_{printed}"], rtol=0, atol=1e-6)
    for mine, printed in (("count", "fnum"), ("method", "fmeth"), ("window_days", "fwin"), ("quality", "fqc")):
        np.testing.assert_array_equal(ours[mine], theirs[f"{name}_{printed}"])
    drawn = sample(theirs[f"{name}_orig"], usable_drivers(tower, field), 48, convention="reddyproc")
    np.testing.assert_array_equal(drawn.quality, theirs[f"{name}_fall_qc"])


@pytest.mark.parametrize(
    ("name", "field"),
    [("Rg", "shortwave_radiation"), ("Tair", "air_temperature"), ("VPD", "vapour_pressure_deficit")],
)
def test_weather_as_reddyproc(reference, tower, name, field):
    """Their weather is filled at gaps only; a variable does not fill itself."""
    theirs = reddyproc(reference, "noUstar")
    ours = fill_gaps(tower, field, filler="mds", every=False)
    factor = 10 if name == "VPD" else 1
    np.testing.assert_allclose(ours["value"] * factor, theirs[f"{name}_f"], rtol=0, atol=1e-6)
    np.testing.assert_array_equal(ours["quality"], theirs[f"{name}_fqc"])
    gap = theirs[f"{name}_orig"].isna()
    assert ours["estimate"].isna().equals(~gap)
    np.testing.assert_allclose(ours["sd"][gap] * factor, theirs[f"{name}_fsd"][gap], rtol=0, atol=1e-6)
    for mine, printed in (("count", "fnum"), ("method", "fmeth"), ("window_days", "fwin")):
        np.testing.assert_array_equal(ours[mine][gap], theirs[f"{name}_{printed}"][gap])
