"""Steady cycles against many cycles run one after the other, their derivatives, and starts from measured fractions."""

import numpy as np
import pytest

import model_monthly_worlds as worlds
from halosink.model.arrays import jax, jnp
from halosink.model.ensemble import prior_predictive, quantiles
from halosink.model.monthly import CARBON, MONTHLY
from halosink.model.spin_up import change, from_measured, spin_up
from halosink.model.tier import run

FRESH = {"groundwater_depth": 3.0, "groundwater_salt": 0.0}
NO_SALT = {"ec_saturated_paste": 0.0, "exchangeable_sodium_percentage": 0.0}
SOIL = worlds.soil()


@pytest.fixture(scope="module")
def both():
    """Without salt, whose own way to its steady cycle takes centuries."""
    values, held = worlds.values(2, 4, NO_SALT), worlds.stocks(2, NO_SALT)
    found = worlds.jit(lambda p, s: spin_up(worlds.weather(**FRESH), SOIL, p, s))(values, held)

    def year(_, now):
        return {n: v[-1] for n, v in run(MONTHLY, worlds.weather(**FRESH), SOIL, values, now).stocks.items()}

    return found, worlds.jit(lambda s: jax.lax.fori_loop(0, 4000, year, s))(held)


def test_carbon_returns_to_itself(both):
    found, _ = both
    for name in CARBON:
        assert float(found.change[name].max()) < 1e-10, name


def test_many_cycles_come_to_the_same(both):
    found, ran = both
    for name in ("root", "pom", "maom", "shoot", "microbes"):
        np.testing.assert_allclose(found.stocks[name], ran[name], rtol=1e-4, err_msg=name)


def test_derivatives_by_the_implicit_function_theorem():
    held, middles = worlds.stocks(), worlds.values()
    small = MONTHLY.without("capillary", "gypsum", "exchange", "acidity", "structure", "carbonate", "plant_salt")

    def total(rate):
        values = {**middles, "maom_release": rate}
        cycle = worlds.weather(groundwater_depth=100.0)
        return spin_up(cycle, SOIL, values, held, small, settle=5, rounds=1).stocks["maom"].sum()

    value = worlds.jit(total)
    high, low = float(value(0.0025 * 1.001)), float(value(0.0025 * 0.999))
    slope = float(worlds.jit(jax.jacfwd(total))(0.0025))
    assert slope == pytest.approx((high - low) / (0.0025 * 0.002), rel=1e-3)
    assert slope < 0.0


def test_a_start_from_fractions_keeps_them_and_tells_how_they_change():
    done = from_measured(worlds.weather(**FRESH), SOIL, worlds.values(), worlds.MEASURED, settle=3)
    as_measured = worlds.stocks()
    for name in ("pom", "maom", "salt"):
        np.testing.assert_allclose(done.stocks[name], as_measured[name])
    again = change(MONTHLY, worlds.weather(**FRESH), SOIL, worlds.values(), done.stocks)
    assert float(again["pom"][0]) == pytest.approx(float(done.change["pom"][0]))
    assert float(done.change["pom"][0]) > 1e-4


def test_prior_predictive_is_the_same_in_blocks_and_lane_by_lane():
    plots = {"ec_saturated_paste": np.array([1.0, 5.0, 20.0])}
    seen = []
    known = {"measured": plots, "progress": lambda done, of: seen.append((done, of))}
    found = prior_predictive(worlds.weather(1, **FRESH), SOIL, 4, 9, block=5, **known)
    assert found["pom"].shape == (3, 4, 3)
    assert seen == [(5, 12), (10, 12), (12, 12)]
    one = jnp.asarray
    values = {n: v[2:3] for n, v in worlds.values(4, 9).items() if n != "reference_esp" and v.ndim}
    values |= {n: v for n, v in worlds.values(4, 9).items() if not v.ndim} | {"reference_esp": one(8.0)}
    held = worlds.stocks(1, {"ec_saturated_paste": 5.0})
    alone = run(MONTHLY, worlds.weather(1, **FRESH), SOIL, values, held).stocks["pom"].mean(axis=0)
    np.testing.assert_allclose(found["pom"][:, 2, 1], alone[:, 0], rtol=1e-9)
    assert quantiles(found["pom"]).shape == (3, 3, 3)


def test_plots_that_do_not_agree():
    with pytest.raises(ValueError, match="do not agree"):
        prior_predictive(
            worlds.weather(), worlds.soil(ph=np.full(2, 8.0)), 2, 1, measured={"soil_organic_carbon": np.full(3, 8.0)}
        )
