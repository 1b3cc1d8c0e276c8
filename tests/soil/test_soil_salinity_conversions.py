"""Conversions of conductivity: published values, limits, coverage on simulated soils."""

from __future__ import annotations

import numpy as np
import pytest

from halosink import vocabulary
from halosink.soil.salinity import (
    conductivity_of_solids,
    dissolved_solids,
    ec_of_salt,
    osmotic_potential_of_ec,
    osmotic_potential_of_ions,
    salt_of_ec,
    salt_of_paste,
    saturation_extract_ec,
    soil_solution_ec,
)
from halosink.soil.salinity.osmosis import osmotic_coefficient
from halosink.soil.salinity.published_lines import TEXTURES, extract_lines
from halosink.soil.salinity.salt_content import salt_lines
from soil_salinity_worlds import WORLDS, inside


def test_every_line_has_its_source_and_range():
    for line in extract_lines():
        assert {line.source, line.seen} <= set(vocabulary.sources()), line.name
        assert line.range and line.texture in (*TEXTURES, "any") and line.form in ("linear", "power")
    for line in salt_lines():
        assert line.source in vocabulary.sources() and line.range
    assert len({line.name for line in extract_lines()}) == len(extract_lines())


@pytest.mark.parametrize("ratio", [1.0, 2.0, 2.5, 5.0])
def test_ece_is_positive_and_above_the_extract_in_the_middle(ratio):
    ec = np.array([0.01, 0.05, 0.1, 0.3, 0.5, 1.0, 3.0, 20.0])
    for texture in ("", *TEXTURES):
        draws = saturation_extract_ec(ec, ratio, [texture] * len(ec), draws=500)
        assert draws.shape == (8, 500) and (draws > 0).all()
        assert (np.median(draws, axis=1) > ec).all()


def test_the_interval_at_1_5_spans_the_published_factor_of_two():
    low, middle, high = np.quantile(saturation_extract_ec([2.0], 5.0, draws=4000)[0] / 2.0, [0.025, 0.5, 0.975])
    assert 4.6 < middle < 9.9  # tidelands of Korea, 628 samples
    assert low < 4.6 and high > 9.9


def test_sandy_soil_has_the_larger_factor():
    for ratio in (1.0, 2.0, 2.5, 5.0):
        middle = [np.median(saturation_extract_ec([2.0], ratio, [t], draws=4000)) for t in TEXTURES]
        assert middle[0] > middle[1] >= middle[2]


def test_known_paste_water_gives_the_equation_of_slavich():
    middle = np.median(saturation_extract_ec([1.0, 1.0], 5.0, None, [40.0, 60.0], draws=8000), axis=1)
    assert middle == pytest.approx([2.46 + 3.03 / 0.4, 2.46 + 3.03 / 0.6], rel=0.02)


def test_known_paste_water_narrows_the_estimate():
    free, tied = (saturation_extract_ec([2.0], 5.0, None, [p], draws=4000)[0] for p in (np.nan, 50.0))
    assert np.log(tied).std() < 0.7 * np.log(free).std()


def test_draws_are_those_of_the_seed_and_shared_between_rows():
    one, two = (saturation_extract_ec([1.0, 2.0], 5.0, draws=50, seed=3) for _ in range(2))
    assert np.array_equal(one, two)
    assert not np.array_equal(one, saturation_extract_ec([1.0, 2.0], 5.0, draws=50, seed=4))
    rows = np.log(saturation_extract_ec([2.0, 2.0], 5.0, draws=4000))
    assert np.corrcoef(rows)[0, 1] > 0.5


def test_what_is_not_a_conductivity_gives_no_number():
    draws = saturation_extract_ec([-1.0, np.nan, 0.0], 5.0, draws=10)
    assert np.isnan(draws[:2]).all() and (draws[2] == 0).all()
    with pytest.raises(ValueError, match="1:7"):
        saturation_extract_ec([1.0], 7.0)


def test_soil_solution_at_field_capacity_is_about_twice_the_paste():
    middle = np.median(soil_solution_ec([4.0], [50.0], [0.25], draws=4000))
    assert middle == pytest.approx(8.0, rel=0.06)  # ayers_westcot1985
    assert np.isnan(soil_solution_ec([4.0], [50.0], [0.0], draws=3)).all()


def test_dissolved_solids_of_handbook_60_and_their_inverse():
    draws = dissolved_solids([1.0, 2.0], draws=8000)
    assert np.median(draws, axis=1) == pytest.approx([640.0, 1280.0], rel=0.02)
    known = dissolved_solids([0.5, 5.0, 30.0], draws=20, seed=2)
    for j in range(20):
        back = conductivity_of_solids(known[:, j], draws=20, seed=2)[:, j]
        assert back == pytest.approx([0.5, 5.0, 30.0], rel=1e-3)


def test_solutions_of_one_salt_lie_in_the_interval_of_dissolved_solids():
    ec = np.array([1.176, 5.49, 10.52, 19.90, 44.84, 2.26])  # NaCl 10 to 500 mmol/L and gypsum water, PHREEQC
    mass = np.array([584.4, 2922.0, 5844.0, 11688.0, 29220.0, 15.09 * 136.14])
    assert inside(dissolved_solids(ec, draws=4000), mass).all()


def test_salt_content_lies_between_the_published_lines_and_turns_back():
    draws = salt_of_ec([1.0, 3.0], draws=4000)
    middle = np.median(draws, axis=1)
    for k, ec in enumerate((1.0, 3.0)):
        lines = [float(line.salt(np.array(ec))) for line in salt_lines() if line.low <= ec <= line.high]
        assert min(lines) <= middle[k] <= max(lines)
    known = salt_of_ec([0.5, 3.0], draws=10, seed=5)
    for j in range(10):
        assert ec_of_salt(known[:, j], draws=10, seed=5)[:, j] == pytest.approx([0.5, 3.0], rel=0.02)


def test_salt_of_the_paste_of_handbook_60():
    assert salt_of_paste([4.0], [50.0]) == pytest.approx([1.28])  # 0.064 * 4 * 50 / 100 per cent


@pytest.mark.parametrize(
    ("ions", "expected"),
    [
        ({"Na": [0.1], "Cl": [0.1]}, 0.932),
        ({"Na": [0.5], "Cl": [0.5]}, 0.921),
        ({"Na": [1.0], "Cl": [1.0]}, 0.936),
        ({"K": [0.5], "Cl": [0.5]}, 0.899),
        ({"Ca": [0.1], "Cl": [0.2]}, 0.854),
        ({"Mg": [0.1], "Cl": [0.2]}, 0.861),
        ({"Na": [0.2], "SO4": [0.1]}, 0.793),
        ({"Mg": [0.5], "SO4": [0.5]}, 0.522),
    ],
)
def test_osmotic_coefficients_of_robinson_and_stokes(ions, expected):
    assert osmotic_coefficient(ions)[0] == pytest.approx(expected, abs=0.006)


def test_osmotic_potential_of_sodium_chloride_by_phreeqc():
    strength = np.array([10.0, 50.0, 100.0, 200.0, 500.0])
    psi = osmotic_potential_of_ions({"Na": strength, "Cl": strength})
    assert psi == pytest.approx([-0.046, -0.231, -0.461, -0.922, -2.305], rel=0.05)


def test_osmotic_potential_of_sea_water():
    sea = {"Na": [468.5], "K": [10.2], "Ca": [10.3], "Mg": [53.1], "Cl": [545.9], "SO4": [28.2], "HCO3": [2.3]}
    assert -2.65 < osmotic_potential_of_ions(sea)[0] < -2.4


def test_osmotic_coefficient_prior_holds_handbook_60_and_sodium_chloride():
    draws = osmotic_potential_of_ec([10.0], draws=8000)[0]
    low, high = np.quantile(draws, [0.025, 0.975])
    assert low < -0.365 < high and low < -0.44 < high
    assert np.isnan(osmotic_potential_of_ec([-1.0], draws=3)).all()


@pytest.mark.parametrize("name", WORLDS)
def test_95_per_cent_intervals_hold_as_often_as_they_say(name):
    hits = [hit for seed in range(300) for hit in WORLDS[name](seed)]
    assert 0.91 <= np.mean(hits) <= 0.98
