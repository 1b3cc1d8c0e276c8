"""Constants against what their sources say at 25 degC."""

from __future__ import annotations

import numpy as np
import pytest

from halosink import vocabulary
from halosink.soil.carbonates import constants, water
from halosink.soil.carbonates.species import CALCITE, GYPSUM, SPECIES

ROOM = np.array([298.15])


def at_room(name):
    return constants.species(ROOM)[constants.NAMES.index(name), 0]


def test_plummer_and_busenberg():
    """The abstract: calcite -8.480, CaHCO3+ 1.11 (0.07) from HCO3-, CaCO3 3.22 (0.14)."""
    assert constants.calcite(ROOM)[0] == pytest.approx(-8.480, abs=0.001)
    assert at_room("CaHCO3+") - at_room("HCO3-") == pytest.approx(1.11, abs=0.01)
    assert at_room("CaCO3") == pytest.approx(3.22, abs=0.01)


def test_carbonic_acid_by_the_coefficients_of_the_abstract():
    """K1 and K2 as printed there, between 0 and 50 degC; KH by newer coefficients within 0.01."""
    for celsius in (0.0, 10.0, 25.0, 50.0):
        t = celsius + 273.15
        powers = np.array([1, t, 1 / t, np.log10(t), 1 / t**2])
        k1 = powers @ [-356.3094, -0.06091964, 21834.37, 126.8339, -1684915]
        k2 = powers @ [-107.8871, -0.03252849, 5151.79, 38.92561, -563713.9]
        kh = powers @ [108.3865, 0.01985076, -6919.53, -40.45154, 669365]
        ours = dict(zip(constants.NAMES, constants.species(np.array([t]))[:, 0], strict=True))
        assert -ours["HCO3-"] == pytest.approx(k2, abs=1e-6)
        assert ours["HCO3-"] - ours["CO2"] == pytest.approx(k1, abs=1e-4)
        assert constants.henry(np.array([t]))[0] == pytest.approx(kh, abs=0.01)


def test_the_data_base_states_the_same_at_25_degrees():
    """log_k lines of phreeqc.dat beside its analytical expressions."""
    stated = {"HCO3-": 10.329, "CO2": 16.681, "HSO4-": 1.988, "CaHCO3+": 11.435, "MgCO3": 2.98, "MgHCO3+": 11.399,
              "KSO4-": 0.85, "OH-": -14.0}  # fmt: skip
    for name, value in stated.items():
        assert at_room(name) == pytest.approx(value, abs=0.006), name
    assert constants.gypsum(ROOM)[0] == pytest.approx(-4.58, abs=0.002)
    assert constants.henry(ROOM)[0] == pytest.approx(-1.468, abs=0.001)


def test_water():
    """Kell's table: 0.999972 at 4, 0.997045 at 25 degC. Permittivity 78.4 at 25 degC; A about 0.51, B about 0.328."""
    assert water.density([4.0, 25.0]) == pytest.approx([0.999972, 0.997045], abs=2e-6)
    assert water.dielectric(25.0) == pytest.approx(78.4, abs=0.1)
    a, b = water.debye_huckel(25.0)
    assert a == pytest.approx(0.51, abs=0.001)
    assert b == pytest.approx(0.3285, abs=0.001)


def test_each_species_has_a_source_and_its_charge():
    ions = {"H+": 1, "carbonate": -2, "sulfate": -2, "calcium": 2, "magnesium": 2, "sodium": 1, "potassium": 1, "": 0}
    for one in SPECIES:
        charge = one.hydrogen - 2 * one.carbonate - 2 * one.sulfate + ions[one.cation]
        assert one.charge == charge, one.name
    for one in (*SPECIES, CALCITE, GYPSUM):
        assert one.source in vocabulary.sources()
