"""Salt of the layers: closed, as analytic solutions of mixed vessels have it, and never beyond its solubility."""

import numpy as np
import pytest

import model_soilwater_worlds as worlds
from halosink.model.arrays import jax, jnp
from halosink.model.functions.osmotic import SATURATION, concentration, conductivity, potential

PLAIN = {**worlds.MIDDLE, "leaching_efficiency": 1.0}


@pytest.mark.parametrize("name", ["salt", "sodium"])
def test_is_closed_in_every_month(name):
    soil = worlds.site()
    forcing = worlds.seasons(
        60, 500, 1200, groundwater_depth=1.4, groundwater_salt=90.0, groundwater_sodium=0.7,
        irrigation=25.0, irrigation_salt=12.0, irrigation_sodium=0.5, gypsum=20.0,
    )  # fmt: skip
    first = worlds.stocks(soil)
    done = worlds.go(worlds.TIER, forcing, soil, worlds.MIDDLE, first)
    names = ("salt", "gypsum") if name == "salt" else ("sodium", "exchangeable_sodium")

    def total(n):
        return np.concatenate([first[n].sum(0)[None], done.stocks[n].sum(1)])

    held = sum(total(n) for n in names)
    crossed = sum(worlds.across(done, n) for n in names)
    moved = sum(worlds.through(done, n) for n in names)
    assert np.abs((np.diff(held, axis=0) - crossed) / (held[1:] + moved)).max() < 1e-13


def test_a_century_keeps_every_gram():
    soil = worlds.site()
    forcing = worlds.seasons(1200, 450, 1200, groundwater_depth=1.8, groundwater_salt=60.0, groundwater_sodium=0.7)
    first = worlds.stocks(soil)
    done = worlds.go(worlds.TIER, forcing, soil, worlds.MIDDLE, first)
    for names in (("water",), ("salt", "gypsum"), ("sodium", "exchangeable_sodium")):
        gain = sum(done.stocks[n][-1].sum() - first[n].sum() for n in names)
        came = sum(worlds.across(done, n).sum() for n in names)
        size = sum(worlds.through(done, n).sum() for n in names)
        assert abs(float(gain - came)) < 1e-10 * float(size)


def test_one_layer_under_ponding_loses_salt_as_a_mixed_vessel():
    soil = worlds.site((0.3,))
    forcing = worlds.weather(6, irrigation=5.0)
    done = worlds.go(worlds.WATER_AND_SALT, forcing, soil, PLAIN, worlds.stocks(soil))
    water, down = np.asarray(done.stocks["water"])[:, 0, 0], np.asarray(done.conditions["water_down"])[:, 0, 0]
    left = np.asarray(done.stocks["salt"])[:, 0, 0] / float(worlds.stocks(soil)["salt"][0, 0])
    assert left == pytest.approx(np.exp(-np.cumsum(down / water)), rel=0.005)


def test_many_layers_leach_as_the_chain_of_mixed_vessels():
    soil = worlds.site((0.1,) * 10)
    forcing = worlds.weather(20, irrigation=15.0)
    start = worlds.stocks(soil)
    done = worlds.go(worlds.WATER_AND_SALT, forcing, soil, PLAIN, start)
    down = np.asarray(done.conditions["water_down"])[:, -1, 0].sum()
    turns = down / float(done.stocks["water"][-1, 0, 0])
    # of ten equal vessels in a row: sum over the first ten of the mean of a Poisson number of steps
    chance = np.exp(-turns) * np.cumprod(np.concatenate([[1.0], turns / np.arange(1, 10)]))
    expected = (chance * np.arange(10, 0, -1)).sum() / 10
    assert float(done.stocks["salt"][-1].sum() / start["salt"].sum()) == pytest.approx(expected, abs=0.02)


def test_steady_leaching_gives_the_concentration_over_the_leaching_fraction():
    soil = worlds.site()
    forcing = worlds.weather(
        3000, irrigation=120.0, irrigation_salt=8.0, irrigation_sodium=0.4, potential_evaporation=100.0, cover=0.9
    )
    weightless = {**PLAIN, "osmotic_weight": 0.0}
    done = worlds.go(worlds.WATER_AND_SALT, forcing, soil, weightless, worlds.stocks(soil))
    down = np.asarray(done.conditions["water_down"])[-1, :, 0]
    found = np.asarray(done.conditions["salt_concentration"])[-1, :, 0]
    infiltrated = float(done.moved[("water", "brought", "water")][-1, 0])
    assert found == pytest.approx(8.0 * infiltrated / down, rel=1e-6)
    assert np.asarray(done.stocks["sodium"] / done.stocks["salt"])[-1, :, 0] == pytest.approx(0.4, rel=1e-9)


def test_groundwater_salt_comes_with_rise_only():
    soil = worlds.site()
    forcing = worlds.seasons(60, 100, 1500, groundwater_depth=1.3, groundwater_salt=100.0)
    first = worlds.stocks(soil)
    wet = worlds.go(worlds.TIER, forcing, soil, worlds.MIDDLE, first)
    risen = float(wet.moved[("capillary", "below", "water")].sum())
    assert float(wet.moved[("salt", "below", "salt")].sum()) == pytest.approx(0.1 * risen, rel=1e-12)
    dry = worlds.go(worlds.TIER.without("capillary"), forcing, soil, worlds.MIDDLE, first)
    assert float(dry.moved[("salt", "below", "salt")].sum()) == 0.0


@pytest.mark.parametrize(
    ("mmol", "ec", "mpa"),
    [(10, 1.176, 0.046), (50, 5.49, 0.231), (100, 10.52, 0.461), (200, 19.90, 0.922), (500, 44.84, 2.305)],
)
def test_conductivity_and_osmotic_potential_lie_near_those_of_sodium_chloride(mmol, ec, mpa):
    assert float(conductivity(jnp.array(float(mmol)))) == pytest.approx(ec, rel=0.16)
    low, high = (-float(potential(jnp.array(float(mmol)), s)) for s in (0.036, 0.0475))
    assert 0.97 * low < mpa < 1.03 * high


def test_salt_beyond_solubility_stays_undissolved():
    found = np.asarray(concentration(jnp.array([1.0, 50.0, 5e3]), jnp.array(10.0)))
    assert found[0] == pytest.approx(100.0, rel=1e-12)
    assert found[2] == pytest.approx(SATURATION, rel=1e-12)
    assert np.all(found <= SATURATION)


def test_derivatives_are_those_of_differences():
    soil = worlds.site()
    forcing = worlds.seasons(24, 500, 1200, groundwater_depth=1.5, groundwater_salt=80.0)
    names = ("leaching_efficiency", "air_entry_scale", "osmotic_slope")
    for name, exact, near in worlds.slopes(
        lambda d: d.stocks["salt"][-1].sum(), forcing, soil, worlds.stocks(soil), names
    ):
        assert exact == pytest.approx(near, rel=2e-5), name


def test_derivatives_are_finite_without_salt_and_without_water_moving():
    soil, forcing = worlds.site(), worlds.weather(3)

    def amount(mmolc):
        done = worlds.go(worlds.TIER, forcing, soil, worlds.MIDDLE, worlds.stocks(soil, mmolc=mmolc, esp=0.0))
        return sum(v[-1].sum() for v in done.stocks.values())

    assert np.isfinite(jax.jit(jax.grad(amount))(0.0))
