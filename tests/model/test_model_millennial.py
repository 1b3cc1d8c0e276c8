"""Millennial V2: the authors' run, its steady year, scipy, conservation, positive pools and derivatives."""

from pathlib import Path

import numpy as np
import pytest

import model_core_worlds as worlds
from halosink.model.arrays import jax, jnp
from halosink.model.core import run
from halosink.model.cores.millennial import MILLENNIAL, POOLS, climate, day, next_water, run_days
from halosink.model.parameters import draw, middle
from halosink.model.steady import steady
from model_core_peers import millennial_change

STEADY = {"LMWC": 1.56401446, "POM": 461.25956, "MIC": 3.83636273, "MAOM": 4109.13027, "AGG": 1403.52052}


def test_authors_run(reference: Path):
    year, want = worlds.millennial_example(reference)
    p, ground = worlds.published_millennial()
    start = jnp.ones((5, 1))
    for days in (30, 3650):
        series = np.tile(year, (10, 1))[:days].T
        got = run_days(start, *(jnp.asarray(s) for s in series), ground, 0.6, p)[:, 0]
        assert np.abs(got / want[days - 1] - 1).max() < 1e-10, days


def test_capacity_and_affinity_as_shipped(reference: Path):
    p, ground = worlds.published_millennial()
    assert float(ground.affinity) == pytest.approx(0.34784440891708740, rel=1e-14)
    assert 1000.0 * 1.0 * p["param_pc"] * 80.0 == pytest.approx(68800.001144409180, rel=2e-8)


def test_steady_year(reference: Path):
    year, _ = worlds.millennial_example(reference)
    p, ground = worlds.published_millennial()
    core, cycle = worlds.daily_millennial(ground), worlds.daily_forcing(year)
    start = jnp.array([[1.0, 50.0], [100.0, 900.0], [1.0, 9.0], [1000.0, 9000.0], [500.0, 3000.0]])
    found = jax.jit(lambda s: steady(core, cycle, worlds.site(), p, s, jnp.zeros(2)))(start)
    for pool, row in zip(POOLS, np.asarray(found.pools), strict=True):
        assert row == pytest.approx(STEADY[pool], rel=2e-9), pool
    assert np.asarray(found.change).max() < 1e-13


def test_rates_against_scipys():
    p, ground = worlds.published_millennial()
    p["porosity"] = 0.6
    pools = jnp.array([5.0, 300.0, 3.0, 2000.0, 700.0])
    rates = climate(jnp.asarray(12.0), jnp.asarray(0.25), jnp.asarray(0.6), p)
    step = day(pools[:, None], jnp.asarray(1.2), rates, ground, p, 1.0)
    want = millennial_change(np.asarray(pools), 12.0, 0.25, 1.2, p, float(ground.affinity), float(ground.capacity))
    assert np.allclose(step.pools[:, 0] - pools, want, rtol=1e-11, atol=1e-12)


def test_carbon_of_a_day_is_conserved_even_where_pools_run_dry():
    lanes = 200
    p = {n: jnp.asarray(v) for n, v in draw(MILLENNIAL.parameters, lanes, 4).items()}
    rng = np.random.default_rng(5)
    pools = jnp.asarray(10 ** rng.uniform(-6, 4, (5, lanes)))
    rates = climate(
        jnp.asarray(rng.uniform(0, 45, lanes)), jnp.asarray(rng.uniform(0, 0.6, lanes)), jnp.asarray(0.6), p
    )
    _, ground = worlds.published_millennial()
    done = day(pools, jnp.asarray(2.0), rates, ground, p)
    assert np.all(np.asarray(done.pools) >= -1e-12)
    assert np.allclose(done.pools.sum(axis=0) + done.respired + done.memory, pools.sum(axis=0) + 2.0, rtol=1e-13)


def test_a_century_of_months_for_draws_of_the_priors():
    lanes = 100
    p = {n: jnp.asarray(v) for n, v in draw(MILLENNIAL.parameters, lanes, 6).items()}
    site, forcing = worlds.site(), worlds.climate(1200)
    done = jax.jit(lambda: run(MILLENNIAL, forcing, site, p, *MILLENNIAL.start(site, p, lanes)))()
    assert np.all(np.isfinite(done.pools))
    assert np.asarray(done.pools).min() >= 0
    brought = np.asarray(p["plant_share"]) * float(forcing.potential_production.sum()) + 5.0
    left = brought - np.asarray(done.pools[-1].sum(axis=0) + done.respired.sum(axis=0))
    assert np.all(left > 0)
    assert np.all(left < 0.05 * brought)


def test_water_stays_between_wilting_point_and_field_capacity():
    now = jax.tree.map(lambda a: a[0], worlds.climate())
    wet = now._replace(precipitation=jnp.asarray(400.0), potential_evaporation=jnp.asarray(0.0))
    dry = now._replace(precipitation=jnp.asarray(0.0), potential_evaporation=jnp.asarray(400.0))
    site, water = worlds.site(), jnp.asarray([200.0])
    assert float(next_water(water, wet, site)[0]) == pytest.approx(300.0)
    assert float(next_water(water, dry, site)[0]) == pytest.approx(130.0)


def test_slopes_against_differences():
    site, forcing = worlds.site(), worlds.climate(12)
    start = jnp.array([5.0, 300.0, 3.0, 2000.0, 700.0])[:, None]

    def carbon(p):
        return run(MILLENNIAL, forcing, site, p, start, jnp.array([250.0])).pools[-1].sum()

    worlds.slopes_agree(carbon, middle(MILLENNIAL.parameters))


def test_slopes_are_finite_at_empty_pools():
    p, ground = worlds.published_millennial()
    rates = climate(jnp.asarray(12.0), jnp.asarray(0.0), jnp.asarray(0.6), p)
    slopes = jax.jacrev(lambda y: day(y, jnp.asarray(0.0), rates, ground, p).pools.sum(axis=1))(jnp.zeros((5, 1)))
    assert np.all(np.isfinite(slopes))
    wet = jax.grad(lambda w: climate(jnp.asarray(12.0), w, jnp.asarray(0.6), p).microbes)
    assert np.isfinite(float(wet(0.0)))
    assert np.isfinite(float(wet(0.6)))
