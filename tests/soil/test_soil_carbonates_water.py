"""What holds for any soil water: balances, saturation, refusal, limits."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from halosink.soil.carbonates.equilibrium import carbonate_equilibrium
from halosink.soil.carbonates.from_ph import carbonate_from_ph
from halosink.soil.carbonates.measurement_error import analysis_draws
from halosink.soil.carbonates.root import rising_root
from halosink.soil.carbonates.solution import Ions, balanced, molal
from halosink.vocabulary import texts

RNG = np.random.default_rng(5)


def waters(number):
    """Ions of any kind, balanced by sodium or chloride, alkalinity of 0.1 to 50 mmol."""
    amounts = {n: 10 ** RNG.uniform(-6, -1.5, number) for n in ("calcium", "magnesium", "potassium", "sulfate")}
    chloride, alkalinity = 10 ** RNG.uniform(-5, -1, number), 10 ** RNG.uniform(-4, -1.3, number)
    lacking = alkalinity - Ions(**amounts, chloride=chloride).charge()
    ions = Ions(**amounts, sodium=np.maximum(lacking, 0), chloride=chloride - np.minimum(lacking, 0))
    return ions, 10 ** RNG.uniform(-4, -0.5, number), RNG.uniform(0, 50, number)


def test_dilute_limit():
    """Pure water under CO2: h^2 = K1 KH pCO2 + Kw, activity coefficients near 1."""
    water = carbonate_equilibrium(Ions(), [10**-3.4, 10**-2.0])
    h = np.sqrt(10 ** (-6.352 - 1.468) * np.array([10**-3.4, 10**-2.0]) + 1e-14)
    assert water.ph == pytest.approx(-np.log10(h), abs=0.005)
    assert water.alkalinity == pytest.approx([0.0, 0.0], abs=1e-12)


def test_alkalinity_and_sulfate_are_conserved_without_minerals():
    ions, pco2, temperature = waters(300)
    water = carbonate_equilibrium(ions, pco2, temperature)
    ok = water.reason == ""
    assert ok.sum() > 250
    assert np.allclose(water.alkalinity[ok], ions.charge()[ok], rtol=1e-6, atol=1e-9)
    assert np.allclose(water.sulfate[ok], np.asarray(ions.sulfate)[ok], rtol=1e-8)
    assert np.allclose(water.calcium[ok], np.asarray(ions.calcium)[ok], rtol=1e-12)
    assert np.allclose(water.pco2[ok], pco2[ok], rtol=1e-8)
    assert np.all(np.abs(water.charge_error[ok]) < 1e-4)


@pytest.mark.parametrize("calcite", ["absent", "present"])
@pytest.mark.parametrize("gypsum", ["absent", "present"])
def test_a_mineral_that_is_there_is_saturated_and_its_atoms_are_kept(calcite, gypsum):
    ions, pco2, temperature = waters(200)
    water = carbonate_equilibrium(ions, pco2, temperature, calcite=calcite, gypsum=gypsum)
    ok = water.reason == ""
    assert ok.sum() > 100
    for kind, name in ((calcite, "calcite"), (gypsum, "gypsum")):
        if kind == "present":
            assert np.allclose(getattr(water, f"si_{name}")[ok], 0, atol=1e-7)
        else:
            assert np.all(getattr(water, f"{name}_dissolved")[ok] == 0)
    gained = water.calcite_dissolved + water.gypsum_dissolved
    assert np.allclose((water.calcium - np.asarray(ions.calcium))[ok], gained[ok], atol=1e-10)
    assert np.allclose((water.sulfate - np.asarray(ions.sulfate))[ok], water.gypsum_dissolved[ok], atol=1e-10)
    assert np.allclose((water.alkalinity - ions.charge())[ok], 2 * water.calcite_dissolved[ok], atol=1e-7)


def test_a_mineral_that_may_form_only_forms():
    ions, pco2, temperature = waters(300)
    water = carbonate_equilibrium(ions, pco2, temperature, calcite="may_form", gypsum="may_form")
    ok = water.reason == ""
    for name in ("calcite", "gypsum"):
        index, dissolved = getattr(water, f"si_{name}")[ok], getattr(water, f"{name}_dissolved")[ok]
        assert np.all(index < 1e-7)
        assert np.all(dissolved <= 1e-12)
        assert np.all((np.abs(index) < 1e-7) | (dissolved == 0))
        assert np.any(dissolved < 0)


def test_an_analysis_gives_back_the_water_it_is_of():
    ions, pco2, temperature = waters(300)
    water = carbonate_equilibrium(ions, pco2, temperature)
    ok = (water.reason == "") & (water.ph > 5.5)
    use = Ions(*(np.broadcast_to(np.asarray(x, float), ok.shape)[ok] for x in vars_of(ions)))
    again = carbonate_from_ph(use, water.ph[ok], water.alkalinity[ok], temperature[ok])
    assert set(again.reason) == {""}
    assert np.allclose(again.pco2, pco2[ok], rtol=1e-5)
    assert np.allclose(again.dic, water.dic[ok], rtol=1e-5)
    assert np.allclose(again.si_calcite, water.si_calcite[ok], atol=1e-5)


def vars_of(ions):
    return [getattr(ions, n) for n in ions.__slots__]


def test_more_carbon_dioxide_lowers_ph_and_dissolves_calcite():
    pressure = np.geomspace(1e-4, 0.5, 40)
    water = carbonate_equilibrium(Ions(sodium=0.01), pressure, calcite="present")
    assert np.all(np.diff(water.ph) < 0)
    assert np.all(np.diff(water.calcium) > 0)


def test_rows_and_draws_broadcast_and_do_not_depend_on_each_other():
    ions, pco2, temperature = waters(4)
    many = Ions(*(np.broadcast_to(np.asarray(x, float), 4)[:, None] for x in vars_of(ions)))
    draws = pco2[:, None] * np.array([0.5, 1.0, 2.0])
    water = carbonate_equilibrium(many, draws, temperature[:, None], calcite="present")
    assert water.ph.shape == (4, 3)
    alone = carbonate_equilibrium(ions, pco2, temperature, calcite="present")
    assert np.allclose(water.ph[:, 1], alone.ph, rtol=1e-7, equal_nan=True)


def test_refusals_are_named():
    salts = [0.1, 0.7, -0.1, np.nan, 0.1, 0.1]
    water = carbonate_equilibrium(
        Ions(sodium=salts, chloride=np.abs(salts)), [1e-3] * 5 + [3.0], [25, 25, 25, 25, 80, 25], alkalinity=0.0
    )
    assert list(water.reason) == ["", "too_salty", "negative", "missing", "temperature", "pco2"]
    assert np.isnan(water.ph[1:]).all()
    assert water.ionic_strength[1] == pytest.approx(0.7, abs=0.01)
    measured = carbonate_from_ph(Ions(sodium=0.01), [72.0, 11.5, 8.0], [0.01, 1e-4, 0.01])
    assert list(measured.reason) == ["ph", "low_alkalinity", ""]
    for reason in {*water.reason, *measured.reason} - {""}:
        assert f"soil_carbonates.reason.{reason}" in texts()


def test_acid_water():
    """1 mmol of HCl is pH 3.0 (activity coefficient 0.965); more is beyond these equations."""
    water = carbonate_equilibrium(Ions(chloride=[0.0009, 0.1]), 1e-3)
    assert water.ph[0] == pytest.approx(-np.log10(0.0009 * 0.966), abs=0.005)
    assert list(water.reason) == ["", "ph"]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.floats(0, 0.3), min_size=7, max_size=7),
    st.floats(1e-6, 1.0),
    st.floats(0, 50),
    st.sampled_from(["absent", "present", "may_form"]),
    st.sampled_from(["absent", "present", "may_form"]),
)
def test_any_water_has_a_ph_or_a_reason(amounts, pco2, temperature, calcite, gypsum):
    water = carbonate_equilibrium(Ions(*amounts), pco2, temperature, calcite=calcite, gypsum=gypsum)
    assert (str(water.reason) == "") == bool(np.isfinite(water.ph))
    if str(water.reason) == "":
        assert 3 <= water.ph <= 12
        assert water.calcium >= 0
        assert water.dic > 0


def test_the_ion_that_was_not_measured_follows_from_the_charge():
    for name in ("sodium", "chloride"):
        assert balanced(Ions(calcium=0.002, chloride=0.001, sodium=0.1), 0.004, name).charge() == pytest.approx(0.004)


def test_mass_concentrations_become_molalities():
    """Seawater of 35 g/kg: 10.77 g Na per kg of seawater is 0.4858 mol per kg of water; 1.0233 kg L-1 at 25 degC."""
    per_litre = Ions(sodium=10784 * 1.0233, chloride=19353 * 1.0233, magnesium=1284 * 1.0233, sulfate=2712 * 1.0233,
                     calcium=412 * 1.0233, potassium=399 * 1.0233)  # fmt: skip
    found, alkalinity = molal(per_litre, 2.3 * 1.0233, 25.0)
    assert found.sodium == pytest.approx(0.4861, rel=0.002)
    assert found.chloride == pytest.approx(0.5658, rel=0.002)
    assert alkalinity == pytest.approx(2.3e-3 / 0.965, rel=0.002)


def test_the_root_of_a_rising_function_is_found_from_any_start():
    def of(x):
        return np.tanh(3 * (x - np.array([-4.0, 0.3, 5.0]))), 3 / np.cosh(3 * (x - np.array([-4.0, 0.3, 5.0]))) ** 2

    low, high = np.full(3, -10.0), np.full(3, 10.0)
    for start in (-9.0, 0.0, 9.5):
        assert rising_root(of, np.full(3, start), low, high) == pytest.approx([-4.0, 0.3, 5.0], abs=1e-9)


def test_draws_of_an_analysis():
    args = {"ion_error": 0.05, "ph_error": 0.1, "alkalinity_error": 0.08, "draws": 4000, "seed": 3}
    ions, ph, alkalinity = analysis_draws(Ions(sodium=[0.1, 0.2], calcium=0.001), [7.0, 8.0], [0.01, 0.02], **args)
    assert ions.sodium.shape == ph.shape == (2, 4000)
    assert ions.sodium.mean(axis=1) == pytest.approx([0.1, 0.2], rel=0.005)
    assert ions.sodium.std(axis=1) / ions.sodium.mean(axis=1) == pytest.approx([0.05, 0.05], rel=0.05)
    assert ph.std(axis=1) == pytest.approx([0.1, 0.1], rel=0.05)
    again = analysis_draws(Ions(sodium=[0.1, 0.2], calcium=0.001), [7.0, 8.0], [0.01, 0.02], **args)
    assert np.array_equal(again[1], ph) and np.array_equal(again[2], alkalinity)
    water = carbonate_from_ph(ions, ph, alkalinity)
    assert np.std(np.log10(water.pco2[0])) == pytest.approx(np.hypot(0.1, 0.08 / np.log(10)), rel=0.05)
