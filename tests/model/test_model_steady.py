"""Steady cycles: reached from anywhere, the same as a long run, with derivatives of the implicit function theorem."""

import numpy as np
import pytest

import model_core_worlds as worlds
from halosink.model.arrays import jax, jnp
from halosink.model.core import run
from halosink.model.cores.millennial import MILLENNIAL
from halosink.model.cores.rothc import INERT, ROTHC
from halosink.model.cores.rothc_salt import ROTHC_SALT
from halosink.model.parameters import draw, merged, middle
from halosink.model.steady import steady

SITE, CYCLE = worlds.site(), worlds.climate()


def _months(times):
    return jax.tree.map(lambda a: jnp.tile(a, times), CYCLE)


@pytest.mark.parametrize(("core", "held"), [(ROTHC_SALT, INERT), (MILLENNIAL, ())], ids=["rothc_salt", "millennial"])
def test_stays_after_a_cycle_for_draws_of_the_priors(core, held):
    p = {n: jnp.asarray(v) for n, v in draw(core.parameters, 50, 8).items()}
    found = jax.jit(lambda: steady(core, CYCLE, SITE, p, *core.start(SITE, p, 50), held))()
    again = run(core, CYCLE, SITE, p, found.pools, found.memory)
    assert np.all(np.asarray(found.pools) >= 0)
    assert np.asarray(found.change).max() < 1e-12
    assert np.allclose(again.pools[-1], found.pools, rtol=1e-9, atol=1e-9)
    assert np.array_equal(again.memory, found.memory)


def test_millennia_of_months_come_to_the_same():
    p = middle(ROTHC.parameters)
    pools, memory = ROTHC.start(SITE, p, 1)
    long = run(ROTHC, _months(5000), SITE, p, pools, memory).pools[-1]
    assert np.allclose(steady(ROTHC, CYCLE, SITE, p, pools, memory, INERT).pools, long, rtol=2e-8)


def test_the_guess_does_not_matter_and_held_pools_stay():
    p = middle(MILLENNIAL.parameters)
    start, memory = MILLENNIAL.start(SITE, p, 2)
    guess = start * jnp.array([30.0, 3000.0])
    found = jax.jit(lambda: steady(MILLENNIAL, CYCLE, SITE, p, guess, memory))().pools
    assert np.allclose(found[:, 0], found[:, 1], rtol=1e-9)
    inert = merged(ROTHC.parameters, {"inert": 123.0})
    kept = steady(ROTHC, CYCLE, SITE, inert, *ROTHC.start(SITE, inert, 1), INERT)
    assert float(kept.pools[4, 0]) == 123.0


def test_twice_the_input_is_twice_the_carbon_of_a_linear_core():
    p = {**middle(ROTHC.parameters), "plant_share": jnp.array([0.3, 0.6]), "inert": jnp.zeros(2)}
    found = steady(ROTHC, CYCLE, SITE, p, *ROTHC.start(SITE, p, 2), INERT).pools
    assert np.allclose(2 * found[:, 0], found[:, 1], rtol=1e-13)


def test_a_pool_that_is_not_there():
    p = middle(ROTHC.parameters)
    with pytest.raises(KeyError, match="BOM"):
        steady(ROTHC, CYCLE, SITE, p, *ROTHC.start(SITE, p, 1), ("BOM",))


OF_ROTHC = ("rate_hum", "dpm_rpm", "plant_share", "evaporation_share", "salt_steepness", "ec_saturated_paste", "inert")
OF_MILLENNIAL = ("rate_ma", "cue_ref", "eact_lb", "plant_share")


@pytest.mark.parametrize(
    ("core", "held", "names"),
    [(ROTHC_SALT, INERT, OF_ROTHC), (MILLENNIAL, (), OF_MILLENNIAL)],
    ids=["rothc_salt", "millennial"],
)
def test_slopes_of_the_steady_cycle_against_differences(core, held, names):
    def carbon(p):
        return steady(core, CYCLE, SITE, p, *core.start(SITE, p, 1), held).pools.sum()

    p = {n: jnp.asarray(v) for n, v in middle(core.parameters).items()}
    back = worlds.slopes_agree(carbon, p, names)
    way = {n: v * (0.1 + 0.01 * i) for i, (n, v) in enumerate(p.items())}
    forward = jax.jit(lambda p: jax.jvp(carbon, (p,), (way,))[1])(p)
    assert float(forward) == pytest.approx(sum(float(back[n] * way[n]) for n in p), rel=1e-9)
