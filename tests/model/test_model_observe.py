"""Observation operators against sums by hand, and densities against scipy."""

import numpy as np
import pytest
from scipy import stats

import model_monthly_worlds as worlds
from halosink.model import observe
from halosink.model.arrays import jax, jnp
from halosink.model.functions.gapon import exchange_capacity
from halosink.model.parameters import middle
from halosink.model.tier import Run

SOIL = worlds.soil()
MASS = 1400.0 * np.array([0.1, 0.2, 0.7])
VALUES = {**middle(observe.parameters()), "aggregates_in_poc": 0.75, "biochar_in_poc": 0.6}


def _run(**stocks):
    names = {"pom": 100.0, "aggregate": 40.0, "doc": 3.0, "microbes": 20.0, "maom": 500.0, "biochar": 10.0,
             "biochar_labile": 5.0, "carbonate": 900.0, "salt": 20.0, "exchangeable_sodium": 5.0}  # fmt: skip
    held = {n: jnp.full((2, 3, 1), v) for n, v in {**names, **stocks}.items()}
    moved = {
        ("microbes", "doc", "air"): jnp.full((2, 1), 30.0),
        ("litter", "litter", "air"): jnp.full((2, 1), 12.0),
        ("methane", "doc", "air"): jnp.full((2, 1), 0.5),
        ("production", "air", "shoot"): jnp.full((2, 1), 70.0),
        ("microbes", "microbes", "doc"): jnp.full((2, 1), 99.0),
    }
    return Run(held, {"ph": jnp.full((2, 3, 1), 8.7), "doc_mean": jnp.full((2, 3, 1), 2.0)}, moved)


@pytest.mark.parametrize(
    ("name", "grams", "scale"),
    [
        ("poc", 100 + 0.75 * 40 + 0.6 * 15, 1.0),
        ("maoc", 500 + 0.25 * 40 + 20 + 0.4 * 15, 1.0),
        ("soil_organic_carbon", 100 + 40 + 3 + 20 + 500 + 15, 1.0),
        ("doc", 2.0, 1000.0),
        ("microbial_biomass_carbon", 20.0, 1000.0),
        ("soil_inorganic_carbon", 900.0, 1.0),
    ],
)
def test_carbon_of_the_soil(name, grams, scale):
    found = observe.expected(name, _run(), SOIL, VALUES)
    np.testing.assert_allclose(found[0, :, 0], scale * grams / MASS, rtol=1e-12)


def test_poc_and_maoc_are_all_but_the_dissolved():
    parts = sum(observe.expected(n, _run(), SOIL, VALUES) for n in ("poc", "maoc"))
    np.testing.assert_allclose(
        parts[0, :, 0], observe.expected("soil_organic_carbon", _run(), SOIL, VALUES)[0, :, 0] - 3.0 / MASS
    )


def test_salt_sodium_and_ph():
    paste = 2000.0 * float(SOIL.field_capacity) * np.array([0.1, 0.2, 0.7])
    ec = observe.expected("ec_saturated_paste", _run(), SOIL, VALUES)[0, :, 0]
    np.testing.assert_allclose(ec, 20.0 * 1000.0 / paste / 10.0, rtol=1e-6)
    esp = observe.expected("exchangeable_sodium_percentage", _run(), SOIL, VALUES)[0]
    np.testing.assert_allclose(esp, 500.0 / exchange_capacity(SOIL), rtol=1e-12)
    assert float(observe.expected("ph_water", _run(), SOIL, {**VALUES, "ph_water_bias": 0.1})[0, 0, 0]) == 8.7 + 0.1


def test_exchange_with_the_air():
    found = {
        n: float(observe.expected(n, _run(), SOIL, VALUES)[0, 0]) for n in ("heterotrophic_respiration", "methane")
    }
    assert found == pytest.approx({"heterotrophic_respiration": 42.5, "methane": 0.5})
    assert float(observe.expected("net_ecosystem_exchange", _run(), SOIL, VALUES)[0, 0]) == pytest.approx(-27.5)


def test_bias_multiplies():
    twice = observe.expected("poc", _run(), SOIL, {**VALUES, "poc_bias": 2.0})
    np.testing.assert_allclose(twice, 2.0 * observe.expected("poc", _run(), SOIL, VALUES))


def test_densities_are_those_of_scipy():
    measured = jnp.array([[[1.0], [0.5], [jnp.nan]], [[jnp.nan], [0.4], [0.2]]])
    found = observe.log_likelihood("poc", measured, _run(), SOIL, VALUES)
    truth = np.asarray(observe.expected("poc", _run(), SOIL, VALUES))
    there = np.isfinite(measured)
    known = stats.norm.logpdf(np.log(np.asarray(measured)[there]), np.log(truth[there]), VALUES["poc_error"]).sum()
    assert float(found[0]) == pytest.approx(known)
    exchange = observe.log_likelihood("net_ecosystem_exchange", jnp.array([[-20.0], [jnp.nan]]), _run(), SOIL, VALUES)
    error = VALUES["net_ecosystem_exchange_error"]
    assert float(exchange[0]) == pytest.approx(stats.norm.logpdf(-20.0, -27.5, error))


def test_derivatives_are_finite_where_nothing_is_there():
    measured = jnp.full((2, 3, 1), 1.0)
    slope = jax.grad(lambda x: observe.log_likelihood("poc", measured, _run(pom=x), SOIL, VALUES).sum())(0.0)
    assert np.isfinite(float(slope))


def test_every_parameter_is_named_once_and_has_both_languages():
    names = [p.name for p in observe.parameters()]
    assert len(names) == len(set(names))
    assert all(p.label.en and p.label.zh for p in observe.parameters())
