"""Ratios, exchangeable sodium, gypsum and leaching against published examples."""

from __future__ import annotations

import numpy as np
import pytest

from halosink.soil.salinity import (
    capacity_is_sum,
    esp_from_sar,
    exchangeable_sodium_percentage,
    exchangeable_sodium_ratio,
    gypsum_of_sodium,
    gypsum_requirement,
    ion_balance_error,
    leaching_requirement,
    reclamation_depth,
    residual_sodium_carbonate,
    sodium_adsorption_ratio,
    sodium_adsorption_ratio_of_mass,
    water_with_leaching,
)
from halosink.soil.salinity.exchangeable_sodium import esp_of_ratio, slope_at, soluble_sodium_per_soil
from halosink.soil.salinity.sodium_ratios import charge_concentration

SEA = {"Na": 10770.0, "K": 399.0, "Ca": 412.0, "Mg": 1290.0}
SEA_ANIONS = {"Cl": 19354.0, "SO4": 2712.0, "HCO3": 142.0}


def test_sodium_adsorption_ratio():
    assert sodium_adsorption_ratio(36.0, 6.0, 2.0) == pytest.approx(18.0)
    assert sodium_adsorption_ratio_of_mass(SEA["Na"], SEA["Ca"], SEA["Mg"]) == pytest.approx(59.2, abs=1.0)
    assert np.isnan(sodium_adsorption_ratio(-1.0, 6.0, 2.0))
    assert np.isinf(sodium_adsorption_ratio(1.0, 0.0, 0.0))


def test_sea_water_is_balanced():
    cations = {ion: charge_concentration([value], ion) for ion, value in SEA.items()}
    anions = {ion: charge_concentration([value], ion) for ion, value in SEA_ANIONS.items()}
    assert abs(ion_balance_error(cations, anions)[0]) < 0.5
    del anions["SO4"]
    assert ion_balance_error(cations, anions)[0] > 4
    with pytest.raises(ValueError, match="both"):
        ion_balance_error(cations, {})


def test_residual_sodium_carbonate():
    assert residual_sodium_carbonate(1.0, 6.0, 2.0, 1.5) == pytest.approx(3.5)


def test_sar_13_is_esp_15_by_handbook_60():
    assert esp_of_ratio(13.0) == pytest.approx(15.0, abs=0.3)


def test_slope_by_total_cations_meets_its_source():
    assert slope_at([39.0, 1057.0]) == pytest.approx([0.0163, 0.0085])
    assert slope_at(110.0) < 0.01475 < slope_at(39.0)
    assert slope_at(5000.0) == slope_at(1057.0)


def test_esp_of_ratio_falls_with_total_cations_and_stays_a_share():
    thin, strong = (np.median(esp_from_sar([30.0], [c], draws=4000)) for c in (40.0, 1000.0))
    assert strong < 0.75 * thin
    draws = esp_from_sar([0.0, 5.0, 4000.0], draws=1000)
    assert (draws >= 0).all() and (draws < 100).all()
    assert np.isnan(esp_from_sar([-1.0], draws=3)).all()


def test_published_lines_up_to_sar_20_lie_in_the_interval():
    sar = np.array([13.0, 20.0])
    low, high = np.quantile(esp_from_sar(sar, draws=4000), [0.025, 0.975], axis=1)
    for ratio in (0.011 + 0.0072 * sar, -0.0126 + 0.01475 * sar):
        esp = 100 * ratio / (1 + ratio)
        assert (low < esp).all() and (esp < high).all()
    songnen = 10.72 * np.log(sar) - 15.36
    assert (low < songnen).all() and (songnen < high).all()


def test_soluble_sodium_is_subtracted():
    soluble = soluble_sodium_per_soil([200.0], [50.0])
    assert soluble == pytest.approx([10.0])
    assert exchangeable_sodium_percentage([14.0], soluble, [20.0]) == pytest.approx([20.0])
    assert np.isnan(exchangeable_sodium_percentage([8.0, 8.0], [10.0, 1.0], [20.0, 0.0])).all()
    assert exchangeable_sodium_ratio([20.0])[0] == pytest.approx(0.25)


def test_a_capacity_that_is_only_the_sum_of_cations_is_caught():
    random = np.random.default_rng(1)
    cations = random.uniform(1.0, 10.0, (20, 4))
    assert capacity_is_sum(cations.sum(axis=1), cations).all()
    assert not capacity_is_sum(cations.sum(axis=1) * random.uniform(1.02, 1.6, 20), cations).any()
    assert not capacity_is_sum(cations.sum(axis=1)[:2], cations[:2]).any()


def test_gypsum_of_handbook_60():
    """1.72 short tons per acre-foot (4,000,000 pounds of soil) replace 1 milliequivalent per 100 g."""
    density = 4e6 * 0.45359237 / (4046.8564 * 0.3048) / 1000.0
    tonnes = gypsum_of_sodium(1.0, 30.48, density)
    assert tonnes * 1000 / 0.45359237 / 2000 * 0.40468564 == pytest.approx(1.72, abs=0.01)


def test_gypsum_of_example_8_7_of_ali():
    """ESP 35 to 15 with CEC 22 cmol/kg to 40 cm: 22.58 t/ha at 3.85 t/ha per cmol/kg and 30 cm (ali2011)."""
    density = 3.85 / float(gypsum_of_sodium(1.0, 30.0, 1.0))
    assert density == pytest.approx(1.5, abs=0.02)
    assert gypsum_of_sodium(0.2 * 22.0, 40.0, density) == pytest.approx(22.58, abs=0.01)


def test_gypsum_requirement_of_the_published_equation():
    """GR = 8.6 F D rho CEC (ESPi - ESPf) / 100 with F of 1.1 to 1.3 (ndsu_gypsum)."""
    draws = gypsum_requirement([25.0], [35.0], 10.0, [30.0], [1.4], draws=2000)[0]
    base = 8.6 * 0.3 * 1.4 * 25.0 * 25.0 / 100.0
    assert draws.min() == pytest.approx(1.1 * base, rel=0.01) and draws.max() == pytest.approx(1.3 * base, rel=0.01)
    assert (gypsum_requirement([25.0], [8.0], 10.0, [30.0], [1.4], draws=5) == 0).all()
    with pytest.raises(ValueError, match="purity"):
        gypsum_requirement([25.0], [8.0], 10.0, [30.0], [1.4], purity=85.0)


def test_leaching_requirement_of_example_8_6_of_ali():
    """Wheat on water of 1.5 dS/m, tolerated ECe 6.0 dS/m, ET 76 cm: LR 0.0526, water 80.22 cm (ali2011)."""
    share = leaching_requirement(1.5, 6.0)
    assert share == pytest.approx(0.0526, abs=5e-5)
    assert water_with_leaching(76.0, share) == pytest.approx(80.22, abs=0.005)
    assert np.isnan(leaching_requirement([10.0, -1.0], [2.5, 2.5])).all()
    assert np.isnan(water_with_leaching(800.0, 1.0))


def test_reclamation_by_hoffman():
    """A depth of water as large as that of the soil leaves K of the salt: 0.3 in clay loam, 70 per cent removed."""
    middle = np.median(reclamation_depth([40.0], 12.0, [1.0], "fine", draws=8000))
    assert middle == pytest.approx(1.0, rel=0.02)
    less = np.median(reclamation_depth([40.0], 12.0, [1.0], "fine", intermittent=True, draws=8000))
    assert less == pytest.approx(1 / 3, rel=0.02)
    assert np.isnan(reclamation_depth([40.0], 4.0, [1.0], "fine", irrigation_ec=5.0, draws=3)).all()
    assert (reclamation_depth([3.0], 4.0, [1.0], "fine", draws=3) == 0).all()
