"""MIMICS: the authors' default run, an hour by hand, scipy, steady state, conservation, robustness, derivatives."""

import math

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.optimize import fsolve

import model_core_worlds as worlds
from halosink.model.arrays import jax, jnp
from halosink.model.core import run
from halosink.model.cores.mimics import (
    HOURS,
    MIMICS,
    POOLS,
    advance,
    euler,
    inputs,
    kinetics,
    metabolic_share,
    productivity_factor,
)
from halosink.model.parameters import draw, middle
from halosink.model.steady import steady
from model_century_peers import AUTHORS, AUTHORS_METABOLIC, mimics_change, mimics_setting, slopes_off

P = middle(MIMICS.parameters)
BASE = (240.0, 1200.0, 30.0, 80.0, 2000.0, 1300.0, 1100.0)


@pytest.fixture(scope="module")
def authors():
    """(parameters, year without seasons, steady state) of the authors' sites, each a lane."""
    temperature, clay, production = (jnp.asarray(row) for row in zip(*(c for c, _ in AUTHORS), strict=True))
    p = P | {
        "turnover_modifier": productivity_factor(production),
        "lignin_nitrogen": (0.85 - AUTHORS_METABOLIC) / 0.013,
        "plant_share": 0.0,
    }
    lanes = len(AUTHORS)
    forcing = worlds.forcing()._replace(
        temperature=jnp.broadcast_to(temperature, (12, lanes)),
        residue=jnp.broadcast_to(production / 8760 * HOURS, (12, lanes)),
    )
    site = worlds.site()._replace(clay=100 * clay)
    start = 1000 * jnp.asarray([pools for _, pools in AUTHORS]).T
    found = jax.jit(lambda: steady(MIMICS, forcing, site, p, start, jnp.zeros(lanes)))()
    assert np.asarray(found.change).max() < 1e-13
    return p, forcing, site, np.asarray(found.pools)


def test_authors_default_run(authors):
    """Their solver stops at changes below 1e-6 mg cm-3 h-1: its answer fits the equations here to that, and the steady
    state to 0.2 %; protected carbon, which is linear, fits to all digits."""
    p, forcing, site, found = authors
    theirs = np.array([pools for _, pools in AUTHORS]).T
    now = jax.tree.map(lambda s: s[0], forcing)
    metabolic = jnp.asarray(AUTHORS_METABOLIC)
    rates = kinetics(now.temperature, site.clay / 100, metabolic, p)
    brought = tuple(v / (300.0 * HOURS) for v in inputs(now, metabolic, p))
    after = euler((*jnp.asarray(theirs / 0.3), jnp.zeros(3)), brought, rates, 1.0)
    change = np.stack(after[:7]) - theirs / 0.3
    assert np.abs(change).max() < 1e-6
    assert np.abs(change[4]).max() < 1e-12
    assert found / 1000 == pytest.approx(theirs, rel=2e-3)


@pytest.mark.parametrize("lane", range(len(AUTHORS)))
def test_steady_state_against_scipys(authors, lane):
    (temperature, clay, production), pools = AUTHORS[lane]
    modifier = min(max(math.sqrt(production / 100), 0.8), 1.2)
    setting = mimics_setting(temperature, clay, AUTHORS_METABOLIC, modifier)

    def off(logs):
        y = np.exp(logs)
        return 1e3 * mimics_change(y, production / 8760 / 300, AUTHORS_METABOLIC, setting)[:7] / y

    want = np.exp(fsolve(off, np.log(np.array(pools) / 0.3), xtol=1e-13))
    assert authors[3][:, lane] == pytest.approx(300 * want, rel=1e-8)


def test_an_hour_by_hand():
    """0 degC, 25 % clay, litter half metabolic, 1 mg cm-3 in each pool, nothing coming in."""
    rates = kinetics(jnp.asarray(0.0), jnp.asarray(0.25), jnp.asarray(0.5), P)
    speed, half = 8e-6 * 237.460193, 10 * 24.2884274  # exp(5.47), exp(3.19)
    fine = 2 * 0.36787944  # exp(-2 sqrt(0.25))
    r1, r2, r3 = (
        speed * 10 / (half / 8 + 1),
        speed * 2 / (half / 2 + 1),
        speed * 10 / (half / (4 * fine) + 1),
    )
    k1, k2, k3 = speed * 3 / (half / 2 + 1), speed * 3 / (half / 4 + 1), speed * 2 / (half / (6 * fine) + 1)
    oxidised = speed * 2 / (6 * half / 2 + 1) + speed * 3 / (6 * half / 4 + 1)
    dead_r, dead_k = 2 * 5.2e-4 * 1.16183424, 2 * 2.4e-4 * 1.05127110  # exp(0.15), exp(0.05)
    bound = 0.3 * 1.38403065 * dead_r + 0.2 * 1.22140276 * dead_k  # exp(0.325), exp(0.2)
    tough = 0.22313016 * (0.1 * dead_r + 0.3 * dead_k)  # exp(-1.5)
    freed = 1.5e-5 * 0.68728928  # exp(-0.375)
    want = [
        1 - r1 - k1,
        1 - r2 - k2,
        1 + 0.55 * (r1 + r3) + 0.25 * r2 - dead_r,
        1 + 0.75 * (k1 + k3) + 0.35 * k2 - dead_k,
        1 + bound - freed,
        1 + tough - oxidised,
        1 + dead_r + dead_k - bound - tough + freed + oxidised - r3 - k3,
        0.45 * (r1 + r3) + 0.75 * r2 + 0.25 * (k1 + k3) + 0.65 * k2,
    ]
    zero = (jnp.asarray(0.0),) * 7
    got = euler((*(jnp.asarray(1.0),) * 7, jnp.asarray(0.0)), zero, rates, 1.0)
    assert [float(v) for v in got] == pytest.approx(want, abs=1e-10)


def test_shares_by_hand():
    assert float(metabolic_share(jnp.asarray(20.0))) == pytest.approx(0.59)
    assert [float(productivity_factor(jnp.asarray(v))) for v in (0.0, 100.0, 900.0)] == pytest.approx([0.8, 1.0, 1.2])
    clayey = kinetics(jnp.asarray(10.0), jnp.asarray(1.0), jnp.asarray(0.5), P)
    for physical, chemical in zip(clayey.physical, clayey.chemical, strict=True):
        assert float(physical + chemical) <= 1.0


def scipys_year(forcing, clay, metabolic, start, rtol=1e-12):
    held = np.append(np.asarray(start) / 300, 0.0)
    for month in range(12):
        setting = mimics_setting(float(forcing.temperature[month]), clay, metabolic, 1.0)
        carbon = 0.6 * float(forcing.potential_production[month]) / (300 * HOURS)
        done = solve_ivp(
            lambda _, y, s=setting, c=carbon: mimics_change(y, c, metabolic, s),
            (0, HOURS), held, method="DOP853", rtol=rtol, atol=1e-14,
        )  # fmt: skip
        held = done.y[:, -1]
    return 300 * held


def test_a_year_against_scipy():
    site, forcing = worlds.site(), worlds.climate()
    want = scipys_year(forcing, 0.234, 0.85 - 0.013 * 15.0, BASE)
    done = jax.jit(lambda: run(MIMICS, forcing, site, P, jnp.array(BASE)[:, None], jnp.zeros(1)))()
    assert np.asarray(done.pools[-1, :, 0]) == pytest.approx(want[:7], rel=1e-5)
    assert float(done.respired.sum()) == pytest.approx(want[7], rel=1e-5)


def test_the_integrator_is_of_third_order():
    rates = kinetics(jnp.asarray(20.0), jnp.asarray(0.2), jnp.asarray(0.5), P)
    setting = mimics_setting(20.0, 0.2, 0.5, 1.0)
    start, brought = (
        np.append(np.array(BASE) / 300, 0.0),
        tuple(jnp.asarray(2e-4 * s) for s in (0.475, 0.475, 0, 0, 0.025, 0.025, 0)),
    )
    want = solve_ivp(
        lambda _, y: mimics_change(y, 2e-4, 0.5, setting), (0, HOURS), start, method="DOP853", rtol=1e-13, atol=1e-15
    ).y[:, -1]
    off = []
    for steps in (5, 10, 20):
        held = tuple(jnp.asarray(v) for v in start)
        for _ in range(steps):
            held = advance(held, brought, rates, HOURS / steps)
        off.append(np.abs(np.array([float(v) for v in held]) / want - 1).max())
    assert math.log2(off[0] / off[1]) == pytest.approx(3.0, abs=0.3)
    assert math.log2(off[1] / off[2]) == pytest.approx(3.0, abs=0.2)


def test_ten_thousand_worlds_stay_positive_finite_and_conserve_carbon():
    lanes, months = 10_000, 12
    rng = np.random.default_rng(8)
    p = {n: jnp.asarray(v) for n, v in draw(MIMICS.parameters, lanes, 8).items()}
    site = worlds.site()._replace(clay=jnp.asarray(rng.uniform(0, 100, lanes)))
    ends = {
        "temperature": (-40, 50),
        "potential_production": (0, 300),
        "residue": (0, 500),
        "manure": (0, 500),
        "compost": (0, 300),
        "biochar": (0, 1000),
    }
    series = {
        n: jnp.asarray(rng.uniform(*e, (months, lanes)) * (rng.random((months, lanes)) > 0.2)) for n, e in ends.items()
    }
    zero = {n: jnp.zeros((months, lanes)) for n in worlds.forcing()._fields}
    forcing = worlds.forcing()._replace(**(zero | series))
    start = jnp.asarray(10 ** rng.uniform(-9, 5, (len(POOLS), lanes)) * (rng.random((len(POOLS), lanes)) > 0.1))
    done = jax.jit(lambda: run(MIMICS, forcing, site, p, start, jnp.zeros(lanes)))()
    held = np.concatenate([np.asarray(start)[None], np.asarray(done.pools)])
    assert np.all(np.isfinite(held))
    assert held.min() >= 0
    assert np.asarray(done.respired).min() >= 0
    brought = np.asarray(
        p["plant_share"] * forcing.potential_production
        + forcing.residue
        + forcing.manure
        + forcing.compost
        + forcing.biochar
    )
    total = held.sum(axis=1)
    off = np.abs(total[1:] - total[:-1] - brought + np.asarray(done.respired))
    assert (off / (total[:-1] + brought + 1e-300)).max() < 1e-12


def test_slopes_against_differences():
    site, forcing = worlds.site(), worlds.climate(12)

    def carbon(p):
        lanes = p["desorption"].shape
        start = jnp.broadcast_to(jnp.array(BASE)[:, None], (7, *lanes))
        return run(MIMICS, forcing, site, p, start, jnp.zeros(lanes)).pools[-1].sum(axis=0)

    assert slopes_off(carbon, P) < 1e-6


def test_slopes_are_finite_at_empty_pools():
    rates = kinetics(jnp.asarray(12.0), jnp.asarray(0.0), jnp.asarray(0.5), P)
    zero = (jnp.asarray(0.0),) * 7
    slopes = jax.jacrev(lambda y: jnp.stack(advance(tuple(y), zero, rates, HOURS / 15)))(jnp.zeros(8))
    assert np.all(np.isfinite(slopes))
    empty = jax.grad(lambda v: productivity_factor(v))(0.0)
    assert np.isfinite(float(empty))
