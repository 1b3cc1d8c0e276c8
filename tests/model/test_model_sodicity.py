"""Exchange, gypsum, structure and pH: against independent solutions, published lines and their own limits."""

import numpy as np
import pytest
from scipy.optimize import brentq

import model_soilwater_worlds as worlds
from halosink.model.arrays import jnp
from halosink.model.functions.gapon import adsorption_ratio, balance, exchange_capacity, slope
from halosink.model.functions.swelling import alkaline_factor, swelling_factor
from halosink.model.parameters import draw
from halosink.model.processes.gypsum import PER_CHARGE
from halosink.soil.salinity.exchangeable_sodium import slope_at


def test_equilibrium_is_that_found_by_bisection():
    rng = np.random.default_rng(3)
    n = 300
    salt, sites = 10 ** rng.uniform(-1.5, 2, n), 10 ** rng.uniform(0, 2.5, n)
    sodium, exchanged = salt * rng.uniform(0.01, 0.99, n), sites * rng.uniform(0.005, 0.9, n)
    water, steep = 10 ** rng.uniform(1, 2.5, n), rng.uniform(0.008, 0.02, n)
    start, total = exchanged, sodium + exchanged
    for _ in range(3):
        exchanged = np.asarray(balance(salt, total - exchanged, exchanged, sites, water, steep).exchanged)
    for i in range(n):

        def off(x, i=i):
            na = total[i] - x
            sar = na * np.sqrt(2000.0 / water[i]) / np.sqrt(salt[i] - na)
            return x / (sites[i] - x) - steep[i] * sar

        low, high = max(total[i] - salt[i], 0.0), min(total[i], sites[i])
        gap = 1e-12 * (high - low)
        assert exchanged[i] == pytest.approx(brentq(off, low + gap, high - gap, xtol=1e-14), rel=1e-5, abs=1e-7), start[
            i
        ]


def test_slope_is_that_of_the_published_lines():
    totals = np.array([39.0, 65.0, 110.0, 400.0, 1057.0])
    assert np.asarray(slope(jnp.asarray(totals), 0.01475)) == pytest.approx(slope_at(totals), rel=0.03)
    ends = np.asarray(slope(jnp.array([1.0, 1e5]), 0.01475))
    assert ends == pytest.approx([0.0163, 0.0085], rel=0.03)


def test_sodium_is_kept_and_the_charge_in_solution_stays():
    soil, forcing = worlds.site(), worlds.weather(1)
    first = worlds.stocks(soil, mmolc=200.0, sodium=0.9, esp=5.0)
    done = worlds.go(worlds.TIER, forcing, soil, worlds.MIDDLE, first)
    both = sum(done.stocks[n][-1] for n in ("sodium", "exchangeable_sodium"))
    down = float(done.moved[("salt", "sodium", "below")].sum())
    assert float(both.sum()) == pytest.approx(float(first["sodium"].sum() + first["exchangeable_sodium"].sum()) - down)
    assert np.asarray(done.conditions["esp"])[0, :, 0] == pytest.approx(
        100.0 * np.asarray(done.stocks["exchangeable_sodium"][-1] / exchange_capacity(soil))[:, 0], rel=1e-12
    )
    assert np.all(np.asarray(done.conditions["esp"]) > 5.0)


def test_saline_water_brings_the_exchanger_to_the_sodium_of_the_water():
    soil = worlds.site()
    forcing = worlds.weather(1500, irrigation=200.0, irrigation_salt=65.0, irrigation_sodium=0.8)
    values = {**worlds.MIDDLE, "leaching_efficiency": 1.0}
    done = worlds.go(worlds.TIER, forcing, soil, values, worlds.stocks(soil))
    sar = 52.0 / np.sqrt(13.0 / 2.0)
    ratio = 0.0147 * sar * float(slope(jnp.array(65.0), 1.0))
    assert np.asarray(done.conditions["sar"])[-1, :, 0] == pytest.approx(sar, rel=1e-6)
    assert np.asarray(done.conditions["esp"])[-1, :, 0] == pytest.approx(100.0 * ratio / (1.0 + ratio), rel=1e-6)


def test_adsorption_ratio_is_that_of_its_definition():
    assert float(adsorption_ratio(2.0, 0.5, 100.0)) == pytest.approx(20.0 / np.sqrt(2.5), rel=1e-8)


@pytest.mark.parametrize(("esp", "mmolc"), [(15, 3), (25, 5), (40, 5), (40, 20), (60, 30), (80, 10), (10, 200)])
def test_swelling_is_that_of_the_published_equations(esp, mmolc):
    excess = max(0.0, esp - (1.24 + 11.63 * np.log10(mmolc)))
    x = 0.1 * 3.6e-4 * excess * (356.4 * mmolc**-0.5 + 1.2)
    load = 0.846 * np.exp(10.967 * esp / 100) * x ** ((esp / 100) ** 0.449 + 1.005)
    found = float(swelling_factor(jnp.array(float(mmolc)), jnp.array(float(esp)), 0.1))
    assert found == pytest.approx(1.0 - load / (1.0 + load), abs=0.01)


def test_alkalinity_takes_conductivity_between_its_two_ends():
    found = np.asarray(alkaline_factor(jnp.array([5.0, 8.0, 11.0])))
    assert found == pytest.approx([1.0, 3.46 - 0.36 * 8.0, 0.11], abs=0.01)


def test_gypsum_dissolves_to_saturation_in_soil_without_sodium():
    soil = worlds.site((0.3,))
    first = {**worlds.stocks(soil, mmolc=0.0, esp=0.0), "gypsum": jnp.full((1, 1), 500.0)}
    done = worlds.go(worlds.TIER, worlds.weather(1), soil, worlds.MIDDLE, first)
    water = float(done.stocks["water"][-1, 0, 0] + done.conditions["water_down"][0, 0, 0])
    assert float(done.stocks["salt"][-1, 0, 0]) == pytest.approx(30.18e-3 * water, rel=1e-2)
    assert float(done.stocks["salt"].sum() + done.stocks["gypsum"].sum()) == pytest.approx(500.0, rel=1e-12)


def test_gypsum_and_leaching_reclaim_sodic_soil_and_structure_follows_slowly():
    soil = worlds.site(ph=9.5, saturated_conductivity=50.0)
    values = {**worlds.MIDDLE, "reference_esp": 60.0}
    plain = worlds.seasons(120, 600, 700)
    dose = jnp.zeros(120).at[1].set(2500.0)
    first = {**worlds.stocks(soil, mmolc=15.0, sodium=0.9, esp=60.0), "structure": jnp.full((3, 1), 0.1)}
    without = worlds.go(worlds.TIER, plain, soil, values, first)
    treated = worlds.go(worlds.TIER, plain._replace(gypsum=dose), soil, values, first)
    end = {
        k: (float(without.conditions[k][-1, 0, 0]), float(treated.conditions[k][-1, 0, 0]))
        for k in ("esp", "ph", "dispersion", "conductivity_factor")
    }
    assert end["esp"][1] < 15.0 < end["esp"][0]
    assert end["ph"][1] < end["ph"][0]
    assert end["dispersion"][1] < end["dispersion"][0]
    assert end["conductivity_factor"][1] > end["conductivity_factor"][0]
    replaced = float(without.stocks["exchangeable_sodium"][-1].sum() - treated.stocks["exchangeable_sodium"][-1].sum())
    assert replaced * PER_CHARGE < 2500.0


def test_structure_is_lost_faster_than_regained_as_its_times_have_it():
    soil = worlds.site((0.3,))
    tier = worlds.TIER.without("capillary", "gypsum", "acidity")
    for esp, mmolc, start, months in ((70.0, 3.0, 1.0, "structure_fall"), (1.0, 50.0, 0.0, "structure_recovery")):
        first = {**worlds.stocks(soil, mmolc=mmolc, sodium=0.5 if esp < 5 else 0.98, esp=esp)}
        first["structure"] = jnp.full((1, 1), start)
        values = {**worlds.MIDDLE, "exchange_share": 0.0}
        done = worlds.go(tier, worlds.weather(1), soil, values, first)
        goal = float(done.conditions["structure_goal"][0, 0, 0])
        expected = goal + (start - goal) * np.exp(-1.0 / values[months])
        assert float(done.stocks["structure"][-1, 0, 0]) == pytest.approx(expected, rel=1e-4)


def test_stands_still_where_the_parameters_say_so():
    soil, forcing = worlds.site(), worlds.seasons(12, 600, 900)
    still = {**worlds.MIDDLE, "exchange_share": 0.0, "ph_per_esp": 0.0, "gypsum_ph": 0.0}
    first = worlds.stocks(soil)
    done = worlds.go(worlds.TIER, forcing, soil, still, first)
    assert np.array_equal(done.stocks["exchangeable_sodium"][-1], first["exchangeable_sodium"])
    assert np.asarray(done.conditions["ph"]) == pytest.approx(8.5, abs=1e-4)


@pytest.mark.parametrize("harsh", ["saline", "leached", "still", "rainless"])
def test_draws_of_the_priors_stay_finite_and_never_negative(harsh):
    lanes = 400
    values = {n: jnp.asarray(v) for n, v in draw(worlds.TIER.parameters, lanes, 11).items()}
    soil, forcing, first = worlds.harsh(harsh, lanes, 48)
    done = worlds.go(worlds.TIER, forcing, soil, values, first)
    for name, held in (done.stocks | done.conditions).items():
        assert np.all(np.isfinite(held)), name
    for name, held in done.stocks.items():
        assert np.asarray(held).min() >= 0, name


def test_derivatives_are_those_of_differences():
    soil, forcing = worlds.site(ph=9.0), worlds.seasons(24, 700, 900, gypsum=30.0)
    names = ("gapon_slope", "swelling_clay", "structure_recovery", "ph_per_esp", "gypsum_exchange")

    def measure(done):
        return 100.0 * done.stocks["structure"][-1].sum() + done.stocks["exchangeable_sodium"][-1].sum()

    for name, exact, near in worlds.slopes(measure, forcing, soil, worlds.stocks(soil, mmolc=12.0, esp=45.0), names):
        assert exact == pytest.approx(near, rel=2e-5), name
