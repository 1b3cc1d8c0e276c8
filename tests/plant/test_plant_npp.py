"""Production from climate and from gross production, against published points, limits and draws."""

import numpy as np
import pytest

from halosink.plant.dry_matter import CARBON_FRACTION, CARBON_FRACTIONS, CARBON_PRIOR
from halosink.plant.miami import miami_npp
from halosink.plant.priors import Prior
from halosink.plant.ratio import EFFICIENCIES, npp_of_gpp
from halosink.plant.thornthwaite_memorial import (
    npp_of_evaporation,
    thornthwaite_memorial_npp,
    turc_evaporation,
)


def test_miami_of_the_wensu_climate_in_dry_matter():
    assert miami_npp(10.1, 65.4, carbon_fraction=1) == pytest.approx(127.5, abs=0.05)


def test_miami_takes_the_lesser_limit():
    assert miami_npp(-13, 2000, carbon_fraction=1) == pytest.approx(3000 / (1 + np.exp(1.315 + 0.119 * 13)))
    assert miami_npp(25, 300, carbon_fraction=1) == pytest.approx(3000 * (1 - np.exp(-0.000664 * 300)))
    assert miami_npp(30, 0) == 0


def test_turc_evaporates_no_more_than_rain_or_heat_allow():
    warm, wet = np.meshgrid(np.linspace(-9, 30, 40), np.linspace(0, 4000, 60))
    found = turc_evaporation(warm, wet)
    heat = 300 + 25 * warm + 0.05 * warm**3
    assert np.all(found <= wet) and np.all(found <= heat * (1 + 1e-12))
    assert turc_evaporation(10, 1e7) == pytest.approx(600, rel=1e-6)
    assert turc_evaporation(20, 50) == 50
    assert turc_evaporation(-30, 500) <= 10


def test_turc_with_its_own_constant_differs_by_the_rounding_of_105():
    warm, wet = np.meshgrid(np.linspace(-5, 28, 20), np.linspace(300, 3000, 20))
    heat = 300 + 25 * warm + 0.05 * warm**3
    own = np.where(wet / heat < np.sqrt(0.1), wet, wet / np.sqrt(0.9 + (wet / heat) ** 2))
    assert np.max(np.abs(turc_evaporation(warm, wet) / own - 1)) < 0.005


def test_memorial_curve():
    assert npp_of_evaporation(20) == 0 and npp_of_evaporation(5) == 0
    assert npp_of_evaporation(1020, carbon_fraction=1) == pytest.approx(3000 * (1 - np.exp(-0.9695)))
    assert thornthwaite_memorial_npp(10.1, 65.4, carbon_fraction=1) == pytest.approx(
        3000 * (1 - np.exp(-0.0009695 * (65.4 - 20))), rel=1e-6
    )


@pytest.mark.parametrize("model", [miami_npp, thornthwaite_memorial_npp])
def test_models_pass_missing_cells_keep_float32_and_rise_with_warmth_and_water(model):
    warm, wet = np.float32([[5, np.nan], [5, 5]]), np.float32([[200, 200], [np.nan, 400]])
    found = model(warm, wet)
    assert found.dtype == np.float32
    np.testing.assert_array_equal(np.isnan(found), [[False, True], [True, False]])
    assert found[1, 1] > found[0, 0] > 0
    steps = model(np.linspace(-8, 30, 50), 600.0)
    assert np.all(np.diff(steps) >= -1e-9)
    with pytest.raises(ValueError, match="below zero"):
        model(5.0, np.array([np.nan, -1]))


def test_ratio_of_net_to_gross():
    gross = np.float32([100, np.nan])
    assert npp_of_gpp(gross, 0.47).dtype == np.float32
    np.testing.assert_allclose(npp_of_gpp(gross, 0.47), [47, np.nan], rtol=1e-6)
    assert npp_of_gpp(100) == pytest.approx(50)
    for wrong in (-0.1, 1.2, np.array([0.5, 2])):
        with pytest.raises(ValueError, match="outside"):
            npp_of_gpp(np.ones(2), wrong)


def test_priors_draw_their_mean_and_stay_within_their_ends():
    rng = np.random.default_rng(0)
    for prior in (*EFFICIENCIES.values(), CARBON_PRIOR):
        drawn = prior.draw(rng, 20_000)
        assert drawn.min() >= prior.low and drawn.max() <= prior.high
        assert drawn.mean() == pytest.approx(prior.mean, abs=0.01)
        assert 0.7 * prior.sd < drawn.std() <= 1.02 * prior.sd
    assert EFFICIENCIES["waring"].mean == 0.47 and EFFICIENCIES["waring"].sd == 0.04
    same = [EFFICIENCIES["arid"].draw(np.random.default_rng(1), (2, 3)) for _ in range(2)]
    np.testing.assert_array_equal(*same)
    with pytest.raises(ValueError, match="outside"):
        Prior(2, 1, 0, 1, "1", "own_choice")


def test_carbon_fractions_stand_within_the_prior():
    assert CARBON_FRACTIONS["halophyte"][0] == CARBON_FRACTION
    for value, _ in CARBON_FRACTIONS.values():
        assert CARBON_PRIOR.low <= value <= CARBON_PRIOR.high
