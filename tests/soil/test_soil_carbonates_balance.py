"""Solid carbonate against CO2 of the air: reactions balance, amendments close, layers add up."""

from __future__ import annotations

import re
from collections import Counter

import numpy as np
import pytest

from halosink.soil.carbonates.amendment import AMENDMENTS, REACTIONS, amend_soil_water, mix
from halosink.soil.carbonates.balance import (
    FORMED_BY,
    calcium_shares,
    carbonate_share_from_strontium,
    inorganic_carbon_balance,
)
from halosink.soil.carbonates.equilibrium import carbonate_equilibrium
from halosink.soil.carbonates.solution import Ions
from halosink.vocabulary import texts

SOLIDS = {"CaCO3", "CaSO4", "CaSiO3", "SiO2"}


def parts(side):
    for term in side.split(" + "):
        count, formula = re.fullmatch(r"(\d*)\s*(\S+)", term.strip()).groups()
        bare, charge = re.fullmatch(r"(.*?)([+-]\d*)?", formula).groups()
        number = int(count or 1)
        yield number, bare, int(charge + "1" if charge in ("+", "-") else charge or 0)


def totals(side):
    atoms, charge = Counter(), 0
    for number, bare, z in parts(side):
        charge += number * z
        for element, n in re.findall(r"([A-Z][a-z]?)(\d*)", bare):
            atoms[element] += number * int(n or 1)
    return atoms, charge


def carbon(side, kind):
    def which(bare, z):
        return "solid" if bare == "CaCO3" else "air" if bare == "CO2" else "dissolved"

    return sum(n for n, bare, z in parts(side) if "C" in re.findall(r"[A-Z][a-z]?", bare) and which(bare, z) == kind)


@pytest.mark.parametrize("name", REACTIONS)
def test_a_reaction_balances_and_its_carbon_is_told(name):
    one = REACTIONS[name]
    left, right = one.equation.split(" = ")
    assert totals(left) == totals(right)
    assert (one.solid, one.dissolved, one.air) == tuple(
        carbon(right, k) - carbon(left, k) for k in ("solid", "dissolved", "air")
    )
    assert one.solid + one.dissolved + one.air == 0
    assert f"soil_carbonates.reaction.{name}" in texts()


def test_every_source_and_amendment_is_whole():
    for source, reaction in FORMED_BY.items():
        assert REACTIONS[reaction].solid == 1
        assert f"soil_carbonates.source.{source}" in texts()
    for one in AMENDMENTS.values():
        assert one.alkalinity == pytest.approx(float(one.ions.charge()))


def test_gypsum_on_bicarbonate_water_gives_off_as_much_as_it_binds():
    found = amend_soil_water(Ions(sodium=0.02), {"gypsum": np.array([0.0, 1e-3, 5e-3])}, 10**-2.0)
    assert found.solid_change[0] == 0 and found.net_uptake[0] == pytest.approx(0, abs=1e-9)
    assert np.all(found.solid_change[1:] > 0)
    assert np.all(found.net_uptake[1:] < 0)
    assert found.net_uptake[1:] / found.solid_change[1:] == pytest.approx([-1.0, -1.0], abs=0.06)
    assert found.dissolved_change[1:] / found.solid_change[1:] == pytest.approx([-2.0, -2.0], abs=0.06)


def test_gypsum_on_soda_water_gives_off_hardly_any():
    """At pH 11 dissolved carbon is carbonate: Na2CO3 + CaSO4 = CaCO3 + Na2SO4."""
    found = amend_soil_water(Ions(sodium=0.3), {"gypsum": 1e-3}, 1e-6)
    assert found.before.ph > 11
    assert found.solid_change == pytest.approx(1e-3, rel=0.01)
    assert found.net_uptake == pytest.approx(0, abs=1e-5)


def test_lime_and_silicate_take_up_carbon_dioxide():
    """Ca(OH)2 + CO2 = CaCO3 + H2O, in water that is saturated with calcite already."""
    for name in ("lime", "calcium_silicate"):
        found = amend_soil_water(Ions(), {name: 0.01}, 10**-2.5, calcite="present")
        assert found.solid_change == pytest.approx(0.01, rel=0.01)
        assert found.net_uptake == pytest.approx(0.01, rel=0.01)


def test_acid_on_calcite_gives_off_carbon_dioxide():
    """CaCO3 + 2 H+ = Ca+2 + CO2 + H2O, in water that keeps its bicarbonate."""
    found = amend_soil_water(Ions(), {"sulfuric_acid": 0.005}, 10**-3.4, calcite="present")
    assert found.solid_change == pytest.approx(-0.005, rel=0.06)
    assert found.net_uptake == pytest.approx(-0.005, rel=0.06)


def test_calcium_carbonate_that_stays_solid_changes_nothing_else():
    found = amend_soil_water(Ions(sodium=0.01), {"calcium_carbonate": 0.02}, 10**-2.5, calcite="present")
    assert found.solid_change == pytest.approx(0.02, rel=1e-5)
    assert found.net_uptake == pytest.approx(0, abs=1e-7)


def test_an_unknown_amendment_is_told():
    with pytest.raises(KeyError, match="gypsums"):
        amend_soil_water(Ions(), {"gypsums": 1.0}, 1e-3)


def test_water_that_holds_a_supersaturation_forms_less_solid():
    index = np.array([0.0, 0.3, 0.6])
    found = amend_soil_water(Ions(sodium=0.02), {"gypsum": 0.005}, 10**-2.5, calcite_index=index)
    assert found.after.si_calcite == pytest.approx(index, abs=1e-7)
    assert np.all(np.diff(found.solid_change) < 0)
    closes = found.solid_change + found.dissolved_change - found.added - found.net_uptake
    assert closes == pytest.approx(np.zeros(3), abs=1e-15)


def test_mixing_conserves_calcium_and_alkalinity():
    one, other = Ions(calcium=0.001, sodium=0.01), Ions(calcium=0.003, chloride=0.002)
    ions, alkalinity = mix(one, one.charge(), other, other.charge(), 0.25)
    assert ions.charge() == pytest.approx(float(alkalinity))
    assert ions.calcium == pytest.approx(0.0015)


def test_cold_water_dissolves_more_calcite():
    warm = carbonate_equilibrium(Ions(), 10**-2.5, [10.0, 30.0], calcite="present")
    assert warm.calcite_dissolved[0] > warm.calcite_dissolved[1]


SILICATE = {"silicate": 1.0}


def test_known_layers():
    """mol C m-2; the layer's own uptake, and with what its calcium did elsewhere."""
    formed = inorganic_carbon_balance(10.0, {"carbonate": 1.0})
    assert (formed.stock_change, formed.uptake_here, formed.uptake_with_sources) == (10, -10, 0)
    moved = inorganic_carbon_balance(10.0, {"carbonate": 1.0}, -10.0)
    assert (moved.stock_change, moved.uptake_here, moved.uptake_with_sources) == (0, 0, 0)
    silicate = inorganic_carbon_balance(10.0, SILICATE)
    assert (silicate.stock_change, silicate.uptake_here, silicate.uptake_with_sources) == (10, 10, 10)
    gypsum = inorganic_carbon_balance(10.0, {"salt_with_bicarbonate": 0.5, "salt_with_soda": 0.5})
    assert (gypsum.stock_change, gypsum.uptake_here) == (10, -5)
    lost = inorganic_carbon_balance(0.0, SILICATE, -10.0)
    assert (lost.stock_change, lost.uptake_here) == (-10, 10)
    acid = inorganic_carbon_balance(0.0, SILICATE, -10.0, acid_share=1.0)
    assert (acid.stock_change, acid.uptake_here) == (-10, -10)
    dust = inorganic_carbon_balance(0.0, SILICATE, 10.0)
    assert (dust.stock_change, dust.uptake_here) == (10, 0)
    assert silicate.grams().stock_change == pytest.approx(120.11)


def test_layers_and_draws():
    share = calcium_shares({"carbonate": 0.8, "silicate": 0.2, "salt_with_soda": 0.0}, 20, 20000, 4)
    assert sum(share.values()) == pytest.approx(np.ones(20000))
    assert share["carbonate"].mean() == pytest.approx(0.8, abs=0.01)
    assert share["carbonate"].var() == pytest.approx(0.8 * 0.2 / 21, rel=0.05)
    assert np.array_equal(
        share["silicate"], calcium_shares({"carbonate": 0.8, "silicate": 0.2}, 20, 20000, 4)["silicate"]
    )
    change = np.array([[5.0], [-2.0], [np.nan]])
    found = inorganic_carbon_balance(change, share)
    assert found.uptake_here.shape == (3, 20000)
    assert found.uptake_here[0].mean() == pytest.approx(5 * (0.2 - 0.8), abs=0.1)
    assert np.allclose(found.uptake_with_sources[0], 5 * share["silicate"])
    assert np.allclose(found.uptake_here[1], 2.0)
    assert np.isnan(found.uptake_here[2]).all()
    with pytest.raises(ValueError, match="add up"):
        inorganic_carbon_balance(1.0, {"carbonate": 0.5})
    with pytest.raises(KeyError, match="basalt"):
        inorganic_carbon_balance(1.0, {"basalt": 1.0})


def test_strontium_tells_the_share():
    """Half way between the two sources, Sr/Ca of carbonate twice that of the other: f = 1/2, Ca share 1/3."""
    share = carbonate_share_from_strontium(([0.7110, 0.7090], [1e-9, 1e-9]), (0.7090, 1e-9), (0.7130, 1e-9), 50, 1)
    assert share.shape == (2, 50)
    assert share.mean(axis=1) == pytest.approx([0.5, 1.0], abs=1e-3)
    third = carbonate_share_from_strontium((0.7110, 1e-9), (0.7090, 1e-9), (0.7130, 1e-9), 50, 1, 2.0)
    assert third.mean() == pytest.approx(1 / 3, abs=1e-3)
    with pytest.raises(ValueError, match="told apart"):
        carbonate_share_from_strontium((0.711, 1e-5), (0.709, 1e-5), (0.709, 1e-5), 5, 1)
