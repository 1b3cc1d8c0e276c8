"""Waters at equilibrium and analyses against PHREEQC with phreeqc.dat."""

from __future__ import annotations

import numpy as np
import pytest

import soil_carbonates_phreeqc as oracle
from halosink.soil.carbonates.equilibrium import carbonate_equilibrium
from halosink.soil.carbonates.from_ph import carbonate_from_ph
from halosink.soil.carbonates.solution import Ions

EVERY = 5
"""Of the cases; all of them stand in validation/soil_carbonates.py."""


@pytest.fixture(scope="module")
def phreeqc():
    return oracle.start()


@pytest.mark.parametrize("minerals", oracle.MINERALS, ids="+".join)
def test_equilibria_as_phreeqc(phreeqc, minerals):
    chosen = [c for c in oracle.cases() if c.minerals == minerals][::EVERY]
    answers = np.array([oracle.ask(phreeqc, c) for c in chosen]).T
    ph, calcium, dic, strength, calcite = answers
    water = carbonate_equilibrium(
        oracle.ions(chosen),
        [10**c.log_pressure for c in chosen],
        [c.temperature for c in chosen],
        **dict.fromkeys(minerals, "present"),
    )
    known = water.reason == ""
    assert known.sum() > 0.75 * len(chosen)
    assert np.all(np.abs(water.ph - ph)[known] < 0.01)
    assert np.all(np.abs(water.calcium / calcium - 1)[known] < 0.01)
    assert np.all(np.abs(water.dic / dic - 1)[known] < 0.01)
    assert np.all(np.abs(water.ionic_strength / strength - 1)[known] < 0.01)
    assert np.all(np.abs(water.si_calcite - calcite)[known & (calcite > -20)] < 0.01)
    assert set(water.reason[~known]) <= {"too_salty"}
    assert np.all(strength[~known] > 0.49)
    assert np.all(strength[known] < 0.51)


def test_oracle_values_of_the_design(phreeqc):
    """Gypsum in water 15.09 mmol; with calcite pH 7.22 and 15.44; NaHCO3 of 2, 10 and 50 mmol with calcite."""
    alone = carbonate_equilibrium(Ions(), 10**-3.4, gypsum="present")
    assert alone.calcium == pytest.approx(15.09e-3, rel=1e-3)
    both = carbonate_equilibrium(Ions(), 10**-2.5, gypsum="present", calcite="present")
    assert both.ph == pytest.approx(7.22, abs=0.005)
    assert both.calcium == pytest.approx(15.44e-3, rel=2e-3)
    soda = carbonate_equilibrium(Ions(sodium=[0.002, 0.01, 0.05]), 10**-2.5, calcite="present")
    assert soda.ph == pytest.approx([7.77, 8.26, 8.86], abs=0.01)
    assert soda.calcium == pytest.approx([0.559e-3, 0.076e-3, 0.013e-3], rel=0.02)


def test_calcite_that_holds_a_supersaturation(phreeqc):
    for index in (-0.3, 0.5, 1.0):
        theirs = oracle.solution(phreeqc, {"sodium": 0.01}, 15.0, **{"pH": "7 charge", "C(4)": "0.01"})
        theirs.equalize(["Calcite", "CO2(g)"], [index, -2.0], [10.0, 10.0])
        ours = carbonate_equilibrium(Ions(sodium=0.01), 0.01, 15.0, calcite="present", calcite_index=index)
        assert ours.ph == pytest.approx(theirs.pH, abs=0.001)
        assert ours.calcium == pytest.approx(theirs.total_element("Ca", "mol"), rel=1e-3)
        assert ours.si_calcite == pytest.approx(index, abs=1e-7)


ANALYSES = [
    (amounts, ph, alkalinity, temperature)
    for amounts in (
        {"calcium": 0.002, "sodium": 0.003, "chloride": 0.004, "magnesium": 0.001, "sulfate": 0.001},
        {"calcium": 0.01, "sodium": 0.1, "chloride": 0.09, "magnesium": 0.02, "sulfate": 0.03, "potassium": 0.01},
        {"calcium": 0.001, "sodium": 0.3, "chloride": 0.2, "sulfate": 0.03, "nitrate": 0.01},
    )
    for ph in (6.5, 8.0, 9.5)
    for alkalinity in (0.001, 0.02)
    for temperature in (5.0, 25.0)
]


def test_analyses_as_phreeqc(phreeqc):
    names = oracle.ELEMENTS
    ions = Ions(**{n: np.array([a.get(n, 0.0) for a, *_ in ANALYSES]) for n in names})
    ph, alkalinity, temperature = (np.array([a[i] for a in ANALYSES]) for i in (1, 2, 3))
    water = carbonate_from_ph(ions, ph, alkalinity, temperature)
    assert set(water.reason) == {""}
    for i, (amounts, *rest) in enumerate(ANALYSES):
        theirs = oracle.solution(phreeqc, amounts, rest[2], pH=rest[0], Alkalinity=rest[1])
        assert water.si_calcite[i] == pytest.approx(theirs.si("Calcite"), abs=0.005)
        assert water.si_gypsum[i] == pytest.approx(oracle.saturation(phreeqc, theirs, "Gypsum"), abs=0.005)
        assert np.log10(water.pco2[i]) == pytest.approx(theirs.si("CO2(g)"), abs=0.005)
        assert water.dic[i] == pytest.approx(theirs.total_element("C", "mol"), rel=0.01)
        assert water.ionic_strength[i] == pytest.approx(theirs.I, rel=0.005)
        theirs.forget()
