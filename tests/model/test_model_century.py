"""CENTURY's soil submodel: steps by hand, matrices, scipy, steady cycle, conservation, robustness, derivatives."""

import math

import numpy as np
import pytest
from scipy.integrate import solve_ivp

import model_core_worlds as worlds
from halosink.model.arrays import jax, jnp
from halosink.model.core import run
from halosink.model.cores.century import (
    CENTURY,
    POOLS,
    Litter,
    decompose,
    inputs,
    litter,
    moisture_factor,
    next_water,
    temperature_factor,
)
from halosink.model.parameters import draw, middle
from halosink.model.steady import steady
from model_century_peers import century_factor, century_matrix, slopes_off

P = middle(CENTURY.parameters)


def euler(pools, factor, lignin, clay, sand, years, steps):
    held = tuple(jnp.asarray(v) for v in pools)
    quality, air = Litter(jnp.asarray(0.5), jnp.asarray(lignin)), 0.0
    for _ in range(steps):
        held, lost = decompose(held, factor, quality, clay, sand, years / steps, P)
        air = air + lost
    return np.array([float(v) for v in held]), float(air)


def test_quality_of_litter_by_hand():
    now = litter(jnp.asarray(0.12), jnp.asarray(25.0))
    assert float(now.metabolic) == pytest.approx(0.85 - 0.45, rel=1e-14)
    assert float(now.lignin) == pytest.approx(0.12 / 0.6, rel=1e-14)
    assert float(litter(jnp.asarray(0.12), jnp.asarray(60.0)).metabolic) == 0.2
    woody = litter(jnp.asarray(0.3), jnp.asarray(5.0))
    assert (float(woody.metabolic), float(woody.lignin)) == pytest.approx((0.7, 1.0), rel=1e-14)


def test_factors_by_hand():
    assert float(temperature_factor(jnp.asarray(35.0))) == 1.0
    assert float(temperature_factor(jnp.asarray(45.0))) == 0.0
    assert float(temperature_factor(jnp.asarray(20.0))) == pytest.approx(
        2.5**0.2 * math.exp((0.2 / 2.63) * (1 - 2.5**2.63)), rel=1e-13
    )
    assert float(moisture_factor(jnp.asarray(40.0), jnp.asarray(100.0))) == pytest.approx(0.4997, abs=5e-5)
    assert float(moisture_factor(jnp.asarray(0.0), jnp.asarray(100.0))) == pytest.approx(1 / 31, rel=1e-14)
    assert float(moisture_factor(jnp.asarray(0.0), jnp.asarray(0.0))) == 1.0


def test_a_quarter_of_a_month_by_hand():
    """100 g C m-2 in each pool, best climate, 20 % clay, 50 % sand, structural litter one fifth lignin."""
    after, air = euler([100.0] * 8, 1.0, 0.2, 0.2, 0.5, 1 / 48, 1)
    # lost: rate / 48 x 100; structural x exp(-0.6) = 0.548811636; active x 0.625
    ground, soil, ground_easy, soil_easy = 4.4590945, 5.6024521, 30.8333333, 38.5416667
    microbes, active, slow, passive = 12.5, 9.5052083, 0.4166667, 0.009375
    want = [
        100 - ground,
        100 - soil,
        100 - ground_easy,
        100 - soil_easy,
        100 - microbes + 0.44 * ground + 0.45 * ground_easy,
        100 - active + 0.36 * soil + 0.45 * soil_easy + (0.45 - 0.0048) * slow + 0.45 * passive,
        100 - slow + 0.14 * (ground + soil) + 0.4 * microbes + (1 - 0.51 - 0.0094) * active,
        100 - passive + 0.0094 * active + 0.0048 * slow,
    ]
    assert after == pytest.approx(want, abs=2e-7)
    assert air == pytest.approx(
        0.42 * ground
        + 0.50 * soil
        + 0.55 * (ground_easy + soil_easy + slow + passive)
        + 0.6 * microbes
        + 0.51 * active,
        abs=2e-7,
    )


def test_against_a_matrix_of_the_equations():
    start = np.array([150.0, 200.0, 40.0, 30.0, 50.0, 200.0, 3000.0, 2500.0])
    a = century_matrix(0.6, 0.25, 0.18, 0.4)
    step = np.linalg.matrix_power(np.eye(8) + a / 48, 48)
    assert euler(start, 0.6, 0.25, 0.18, 0.4, 1.0, 48)[0] == pytest.approx(step @ start, rel=1e-13)


def test_half_a_month_against_scipy():
    """Euler's steps of a quarter of a month lose too much: most of metabolic litter in the soil, the fastest, which is
    left with (1 - k dt)^2 for exp(-2 k dt); small steps err in proportion to them."""
    start = np.array([150.0, 200.0, 40.0, 30.0, 50.0, 200.0, 3000.0, 2500.0])
    a = century_matrix(0.6, 0.25, 0.18, 0.4)
    exact = solve_ivp(lambda _, y: a @ y, (0, 1 / 24), start, rtol=1e-12, atol=1e-12).y[:, -1]
    off = [np.abs(euler(start, 0.6, 0.25, 0.18, 0.4, 1 / 24, n)[0] / exact - 1).max() for n in (2, 200, 400)]
    fastest = 18.5 * 0.6 / 48
    assert off[0] == pytest.approx(1 - (1 - fastest) ** 2 / math.exp(-2 * fastest), rel=1e-9)
    assert off[1] / off[2] == pytest.approx(2.0, abs=0.02)


def test_a_year_of_months_against_matrices():
    site, forcing = worlds.site(), worlds.climate()._replace(manure=jnp.full(12, 7.0), biochar=jnp.full(12, 2.0))
    start, water = CENTURY.start(site, P, 1)
    start = start + jnp.array([150.0, 200.0, 40.0, 30.0, 50.0, 200.0, 3000.0, 2500.0])[:, None]
    done = jax.jit(lambda: run(CENTURY, forcing, site, P, start, water))()
    held, metabolic = np.asarray(start[:, 0]), 0.85 - 0.018 * 15.0
    lignin, wet = 0.12 / (1.0 - metabolic), float(water[0])
    assert wet == pytest.approx(300 * 0.17)
    for month in range(12):
        t, rain, demand = (float(s[month]) for s in (forcing.temperature, forcing.precipitation, forcing[2]))
        a = century_matrix(century_factor(t, wet + rain, demand), lignin, 0.234, 0.3)
        plant = 0.6 * float(forcing.potential_production[month])
        ground, soil = 0.4 * plant, 0.6 * plant + 7.0
        woody = 1 - metabolic
        brought = np.array([woody * ground, woody * soil, metabolic * ground, metabolic * soil, 0, 0, 0, 2.0])
        for _ in range(4):
            held = held + a @ held / 48 + brought / 4
        wet = min(max(wet + rain - demand, 0.0), 51.0)
        assert np.asarray(done.pools[month, :, 0]) == pytest.approx(held, rel=1e-12), month
    assert float(done.memory[0]) == pytest.approx(wet)


def test_steady_year_solves_the_matrices():
    site, forcing = worlds.site(), worlds.climate()
    p = P | {"plant_share": 0.5}
    found = jax.jit(lambda: steady(CENTURY, forcing, site, p, *CENTURY.start(site, p, 1)))()
    assert float(found.change[0]) < 1e-13
    whole, rest, wet = np.eye(8), np.zeros(8), float(found.memory[0])
    quality = litter(jnp.asarray(0.12), jnp.asarray(15.0))
    for month in range(12):
        now = jax.tree.map(lambda s, m=month: s[m], forcing)
        t, rain, demand = (float(s) for s in (now.temperature, now.precipitation, now.potential_evaporation))
        a = century_matrix(century_factor(t, wet + rain, demand), float(quality.lignin), 0.234, 0.3)
        brought = np.array([float(v) for v in inputs(now, quality, p)])
        for _ in range(4):
            whole, rest = (np.eye(8) + a / 48) @ whole, (np.eye(8) + a / 48) @ rest + brought / 4
        wet = min(max(wet + rain - demand, 0.0), 51.0)
    want = np.linalg.solve(np.eye(8) - whole, rest)
    assert np.asarray(found.pools[:, 0]) == pytest.approx(want, rel=1e-9)


def random_world(lanes, seed, months=12):
    rng = np.random.default_rng(seed)
    p = {n: jnp.asarray(v) for n, v in draw(CENTURY.parameters, lanes, seed).items()}
    clay = rng.uniform(0, 100, lanes)
    site = worlds.site()._replace(clay=jnp.asarray(clay), sand=jnp.asarray(rng.uniform(0, 1, lanes) * (100 - clay)))
    base = {n: jnp.zeros((months, lanes)) for n in worlds.forcing()._fields}
    ends = {
        "temperature": (-40, 50),
        "precipitation": (0, 400),
        "potential_evaporation": (0, 300),
        "irrigation": (0, 100),
        "potential_production": (0, 300),
        "residue": (0, 500),
        "manure": (0, 500),
        "compost": (0, 300),
        "biochar": (0, 1000),
        "cover": (0, 1),
    }
    series = {
        n: jnp.asarray(rng.uniform(*e, (months, lanes)) * (rng.random((months, lanes)) > 0.2)) for n, e in ends.items()
    }
    start = jnp.asarray(10 ** rng.uniform(-9, 5, (len(POOLS), lanes)) * (rng.random((len(POOLS), lanes)) > 0.1))
    return p, site, worlds.forcing()._replace(**(base | series)), start


def test_ten_thousand_worlds_stay_positive_finite_and_conserve_carbon():
    lanes = 10_000
    p, site, forcing, start = random_world(lanes, 3)
    done = jax.jit(lambda: run(CENTURY, forcing, site, p, start, CENTURY.start(site, p, lanes)[1]))()
    held = np.concatenate([np.asarray(start)[None], np.asarray(done.pools)])
    assert np.all(np.isfinite(held))
    assert held.min() >= 0
    assert np.all(np.isfinite(done.respired))
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


def test_water_stays_within_what_the_soil_can_hold():
    now = jax.tree.map(lambda s: s[0], worlds.climate())
    wet = now._replace(precipitation=jnp.asarray(500.0), potential_evaporation=jnp.asarray(0.0))
    dry = now._replace(precipitation=jnp.asarray(0.0), potential_evaporation=jnp.asarray(500.0))
    assert float(next_water(jnp.asarray(10.0), wet, worlds.site())) == pytest.approx(51.0)
    assert float(next_water(jnp.asarray(10.0), dry, worlds.site())) == 0.0


def test_slopes_against_differences():
    site, forcing = worlds.site(), worlds.climate(12)
    start = jnp.array([150.0, 200.0, 40.0, 30.0, 50.0, 200.0, 3000.0, 2500.0])[:, None]

    def carbon(p):
        lanes = p["lignin"].shape
        held = jnp.broadcast_to(start, (8, *lanes))
        return run(CENTURY, forcing, site, p, held, jnp.full(lanes, 30.0)).pools[-1].sum(axis=0)

    assert slopes_off(carbon, P) < 1e-6


def test_slopes_are_finite_without_carbon_water_demand_or_below_the_heat_limit():
    edges = jnp.array([(45.0, 0.0, 0.0), (60.0, 10.0, 0.0), (-60.0, 0.0, 100.0), (35.0, 900.0, 100.0)]).T
    t, rain, demand = (jnp.broadcast_to(row, (3, 4)) for row in edges)
    forcing = worlds.climate(3)._replace(temperature=t, precipitation=rain, potential_evaporation=demand)

    def carbon(f, start):
        return run(CENTURY, f, worlds.site(), P, start, jnp.zeros(4)).pools[-1].sum()

    for leaf in jax.tree.leaves(jax.jit(jax.grad(carbon, argnums=(0, 1)))(forcing, jnp.zeros((8, 4)))):
        assert np.all(np.isfinite(leaf))
