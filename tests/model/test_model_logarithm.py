"""Logarithms by arithmetic against those of numpy in extended precision."""

import numpy as np
import pytest

from halosink.model.arrays import jax, jnp
from halosink.model.functions import logarithm

NUMBERS = np.random.default_rng(1)
WIDE = np.concatenate([10.0 ** NUMBERS.uniform(-290, 290, 2000), 1.0 + NUMBERS.normal(0, 1e-3, 2000)])
ABOVE = np.concatenate([10.0 ** NUMBERS.uniform(-20, 20, 2000), -(10.0 ** NUMBERS.uniform(-20, -1e-9, 2000))])
LINE = NUMBERS.uniform(-60, 60, 4000)


@pytest.mark.parametrize(
    ("found", "exact", "x"),
    [
        (logarithm.log, np.log, WIDE),
        (logarithm.log1p, np.log1p, ABOVE),
        (logarithm.softplus, lambda x: np.log1p(np.exp(x)), LINE),
    ],
)
def test_close_to_the_last_bits(found, exact, x):
    np.testing.assert_allclose(np.asarray(found(x)), exact(x.astype(np.longdouble)), rtol=1e-15)


def test_what_has_no_logarithm_is_nan():
    assert bool(jnp.isnan(logarithm.log(jnp.array([0.0, -1.0, jnp.nan]))).all())


def test_derivatives():
    x = jnp.array(1.7)
    assert float(jax.grad(logarithm.log)(x)) == pytest.approx(1 / 1.7, rel=1e-15)
    assert float(jax.grad(logarithm.log1p)(x)) == pytest.approx(1 / 2.7, rel=1e-15)
    assert float(jax.grad(logarithm.softplus)(x)) == pytest.approx(1 / (1 + np.exp(-1.7)), rel=1e-15)
    assert float(jax.grad(logarithm.power)(x, 2.5)) == pytest.approx(2.5 * 1.7**1.5, rel=1e-14)
