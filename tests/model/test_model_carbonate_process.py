"""Carbonate of the soil: solubility, movement, what the stock gains and what the air gives."""

import numpy as np
import pytest

import model_carbon_world as world
from halosink.model.arrays import jax, jnp
from halosink.model.functions.calcite import soluble_carbon
from halosink.model.processes import carbonate
from halosink.model.tier import month
from halosink.soil.carbonates.equilibrium import carbonate_equilibrium
from halosink.soil.carbonates.solution import Ions


def _one(values, held, parameters=None, warmth=15.0, **forced):
    forcing = world.first(world.forcing([warmth], **{n: np.array([v]) for n, v in forced.items()}))
    lanes = held["carbonate"].shape[1]
    return month(world.tier({**world.FRESH, **values}), held, forcing, world.site(), parameters or world.middles(lanes))


def test_solubility_agrees_with_the_equilibrium_of_the_package():
    for warmth in (5.0, 15.0, 30.0):
        for co2 in (1e-3, 1e-2, 5e-2):
            water = carbonate_equilibrium(Ions(), co2, warmth, calcite="present")
            dissolved = float(np.asarray(water.calcite_dissolved).ravel()[0]) * 12.011
            found = float(soluble_carbon(jnp.asarray(warmth), jnp.asarray(co2), jnp.asarray(1.0)))
            assert found == pytest.approx(dissolved, rel=0.04)


def test_carbonate_moves_down_and_what_leaves_takes_as_much_from_the_air():
    held = world.stocks()
    done = _one({"water_down": np.array([[60.0], [30.0], [10.0]]), "water_up": 0.0}, held)
    change = np.asarray(done.stocks["carbonate"] - held["carbonate"])[:, 0]
    assert change[0] < 0 < change[1]
    balance = carbonate.balance(done.moved)
    left = -float(balance["stock"][0])
    assert left == pytest.approx(-change.sum(), rel=1e-9)
    assert float(balance["atmosphere"][0]) == pytest.approx(left, rel=1e-12)


def test_calcium_from_groundwater_makes_carbonate_from_respired_carbon():
    held = world.stocks()
    up = np.array([[10.0], [20.0], [30.0]])
    done = _one({"water_down": 0.0, "water_up": up}, held, groundwater_salt=40.0, groundwater_sodium=0.5)
    made = np.asarray(done.stocks["carbonate"] - held["carbonate"]).sum()
    # 10 mm of water stay in each layer: 0.15 x 10 L x 20 mmolc L-1 x 6.0055 mg, limited by respired carbon
    asked = 0.15 * 10.0 * 40.0 * 0.5 * 12.011e-3 / 2
    respired = np.asarray(done.conditions["respired"])[:, 0]
    assert made == pytest.approx((respired * asked / (respired + asked)).sum(), rel=1e-9)
    assert made < respired.sum()
    balance = carbonate.balance(done.moved)
    assert float(balance["stock"][0]) == pytest.approx(float(balance["atmosphere"][0]), rel=1e-12)


def test_nothing_forms_without_calcium_or_respiration():
    up = {"water_down": 0.0, "water_up": np.array([[10.0], [20.0], [30.0]])}
    held = world.stocks()
    off = {**world.middles(), "carbonate_supply": jnp.zeros(1)}
    cases = (
        _one(up, held),
        _one(up, world.stocks(doc=0.0), groundwater_salt=40.0, groundwater_sodium=0.5),
        _one(up, held, off, groundwater_salt=40.0),
    )
    for done in cases:
        assert float(done.stocks["carbonate"].sum()) == pytest.approx(3000.0, rel=1e-13)


def test_rising_water_brings_carbonate_up():
    held = world.stocks()
    done = _one({"water_down": 0.0, "water_up": np.array([[10.0], [20.0], [0.0]])}, held)
    change = np.asarray(done.stocks["carbonate"] - held["carbonate"])[:, 0]
    warm, wet = (float(done.conditions[n][0, 0]) for n in ("temperature_factor", "moisture_factor"))
    held_by_water = float(soluble_carbon(jnp.asarray(15.0), jnp.asarray(4.2e-4 + 0.01 * warm * wet), jnp.asarray(3.0)))
    np.testing.assert_allclose(change, np.array([10.0, 10.0, -20.0]) * held_by_water, rtol=2e-3)


def test_never_more_leaves_than_is_there():
    held = world.stocks(200, carbonate=1e-3)
    done = _one({"water_down": 2000.0}, held, world.drawn(200))
    assert (np.asarray(done.stocks["carbonate"]) >= 0).all()
    empty = world.stocks(carbonate=0.0)
    assert float(jnp.abs(_one({"water_down": 2000.0}, empty).stocks["carbonate"]).max()) == 0.0


def test_derivatives_are_finite_without_carbonate():
    def total(held):
        return _one({"water_down": 50.0}, held, groundwater_salt=10.0).stocks["carbonate"].sum()

    slopes = jax.grad(total)(world.stocks(carbonate=0.0, doc=0.0))
    assert all(np.isfinite(np.asarray(v)).all() for v in slopes.values())
