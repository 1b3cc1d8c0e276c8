"""RothC: the official run, its moisture tables, SoilR's default case, salt, conservation and derivatives."""

from pathlib import Path

import numpy as np
import pytest
from scipy import linalg

import model_core_worlds as worlds
from halosink.model.arrays import jax, jnp
from halosink.model.core import run
from halosink.model.cores import rothc, rothc_moisture
from halosink.model.cores.inputs import over_depth
from halosink.model.cores.rothc import INERT, ROTHC
from halosink.model.cores.rothc_salt import ROTHC_SALT, advance_at, osmotic_potential
from halosink.model.functions.salt_response import salt_factor
from halosink.model.parameters import draw, merged, middle
from halosink.model.steady import steady
from model_core_peers import rothc_loop

RAIN = [74, 59, 62, 51, 52, 57, 34, 55, 58, 56, 75, 71]
PAN = [8, 10, 27, 49, 83, 99, 103, 91, 69, 34, 16, 8]


def _moisture(cover):
    largest, deficit, found = rothc_moisture.largest_deficit(23.4, 23.0), jnp.asarray(0.0), []
    for rain, pan in zip(RAIN, PAN, strict=True):
        deficit = rothc_moisture.next_deficit(deficit, rain - 0.75 * pan, largest, jnp.asarray(cover))
        found.append(float(rothc_moisture.moisture_factor(deficit, largest)))
    return found


def test_official_months(reference: Path):
    own, forcing, site, want = worlds.rothc_example(reference)
    p = merged(ROTHC.parameters, own)
    year = reference / "data" / "model_rothc_py" / "year_results.csv"
    first = [float(v) for v in year.read_text(encoding="utf-8").splitlines()[1].split(",")[2:7]]
    rest = jax.tree.map(lambda a: a[12:], forcing)
    got = run(ROTHC, rest, site, p, 100.0 * jnp.asarray(first)[:, None], jnp.zeros(1))
    assert got.pools.shape == (828, 5, 1)
    assert np.abs(got.pools[:, :, 0] / 100.0 - want).max() < 1e-10
    assert float(got.pools[-1].sum()) / 100.0 == pytest.approx(38.19152379985418, abs=1e-10)


def test_steady_state_is_the_analytic_one(reference: Path):
    own, forcing, site, _ = worlds.rothc_example(reference)
    p = merged(ROTHC.parameters, own)
    found = steady(ROTHC, jax.tree.map(lambda a: a[:12], forcing), site, p, *ROTHC.start(site, p, 1), INERT)
    assert float(found.pools.sum()) / 100.0 == pytest.approx(37.21118427, abs=1e-7)
    assert float(found.change[0]) < 1e-14


def test_moisture_of_bare_and_covered_soil():
    assert _moisture(0.0) == pytest.approx([1, 1, 1, 1, 1, 0.8388, 0.8388, 0.8388, 1, 1, 1, 1], abs=5e-5)
    assert _moisture(1.0) == pytest.approx([1, 1, 1, 1, 1, 0.7585, 0.2, 0.2, 0.4001, 1, 1, 1], abs=5e-5)


def test_half_covered_soil_lies_between():
    bare, half, full = np.array(_moisture(0.0)), np.array(_moisture(0.5)), np.array(_moisture(1.0))
    assert np.all(half <= bare + 1e-12)
    assert np.all(half >= full - 1e-12)


def test_default_case_of_soilr():
    rates, air = np.array([10.0, 0.3, 0.66, 0.02]), float(rothc.respired_share(jnp.asarray(23.4)))
    onward = np.zeros((4, 4))
    onward[2], onward[3] = 0.46 * (1 - air) * rates, 0.54 * (1 - air) * rates
    flow = np.zeros((5, 5))
    flow[:4, :4] = onward - np.diag(rates)
    flow[:2, 4] = 1.7 * np.array([1.44, 1.0]) / 2.44
    pools = linalg.expm(flow * 500.0)[:4, 4]
    assert pools == pytest.approx([0.1003278689, 2.3224043716, 0.3371536584, 13.0590363638], abs=1e-8)
    assert air * rates * pools == pytest.approx([0.78103, 0.54238, 0.17323, 0.20332], abs=5e-6)


def test_agrees_with_a_plain_loop_of_other_soil_and_months():
    rng = np.random.default_rng(3)
    months = np.column_stack(
        [
            rng.uniform(-12, 30, 240),
            rng.uniform(0, 120, 240),
            rng.uniform(0, 200, 240),
            rng.uniform(0, 1, 240),
            rng.uniform(0, 0.3, 240),
            rng.integers(0, 2, 240),
            np.full(240, 0.67),
        ]
    )
    zero = {n: np.zeros(240) for n in worlds.Forcing._fields}
    forcing = worlds.forcing(
        **zero
        | {
            "temperature": months[:, 0],
            "precipitation": months[:, 1],
            "potential_evaporation": months[:, 2],
            "residue": months[:, 3],
            "manure": months[:, 4],
            "cover": months[:, 5],
        }
    )
    p = merged(ROTHC.parameters, {"topsoil": 30.0, "evaporation_share": 0.75, "dpm_rpm": 0.67})
    start = [0.3, 5.0, 1.0, 20.0, 3.0]
    got = run(ROTHC, forcing, worlds.site(41.0), p, jnp.asarray(start)[:, None], jnp.zeros(1))
    assert np.allclose(got.pools[:, :, 0], rothc_loop(months.tolist(), start, 41.0, 30.0), rtol=1e-12, atol=1e-13)


def test_inert_carbon():
    assert float(rothc.inert_carbon(jnp.asarray(10_000.0))) == pytest.approx(4.9 * 100**1.139)
    assert float(jax.grad(lambda c: rothc.inert_carbon(c))(0.0)) == 0.0


@pytest.mark.parametrize("core", [ROTHC, ROTHC_SALT], ids=lambda c: c.name)
def test_carbon_is_conserved_for_draws_of_the_priors(core):
    lanes = 50
    p = {n: jnp.asarray(v) for n, v in draw(core.parameters, lanes, 1).items()}
    forcing = worlds.climate(120)._replace(
        manure=jnp.full(120, 8.0), compost=jnp.full(120, 3.0), biochar=jnp.full(120, 1.0)
    )
    pools, memory = core.start(worlds.site(), p, lanes)
    done = run(core, forcing, worlds.site(), p, pools, memory)
    brought = p["plant_share"] * float(forcing.potential_production.sum()) + 120 * 12.0
    end = done.pools[-1].sum(axis=0) + done.respired.sum(axis=0)
    assert np.allclose(end, pools.sum(axis=0) + brought, rtol=1e-13)
    assert np.all(np.isfinite(done.pools))
    assert np.all(np.asarray(done.pools) >= 0)


def test_nothing_decomposes_below_minus_five():
    values, slopes = jax.vmap(jax.value_and_grad(rothc_moisture.temperature_factor))(jnp.array([-5.01, -18.27, -40.0]))
    assert values.tolist() == [0.0, 0.0, 0.0]
    assert slopes.tolist() == [0.0, 0.0, 0.0]


def test_salt_slows_as_measured():
    p = middle(ROTHC_SALT.parameters)
    half, steep = p["half_activity_potential"], p["salt_steepness"]
    losses = 1 - np.asarray(salt_factor(jnp.array([-2.3, -8.0]), half, steep))
    assert 0.28 < losses[0] < 0.45
    assert 0.64 < losses[1] < 0.86
    assert losses == pytest.approx([0.365, 0.75], abs=2e-3)


def test_no_salt_is_plain_rothc_and_has_finite_slopes():
    p = merged(ROTHC_SALT.parameters, {"ec_saturated_paste": 0.0})
    site, forcing = worlds.site(), worlds.climate(36)
    plain, salty = (run(c, forcing, site, p, *c.start(site, p, 1)) for c in (ROTHC, ROTHC_SALT))
    assert np.allclose(plain.pools, salty.pools, rtol=1e-13)
    slopes = jax.grad(lambda v: run(ROTHC_SALT, forcing, site, v, *ROTHC_SALT.start(site, v, 1)).pools[-1].sum())(p)
    assert all(np.isfinite(float(s)) for s in slopes.values())


def test_drying_concentrates_salt_down_to_the_wilting_point():
    p, site = middle(ROTHC_SALT.parameters), worlds.site()
    wet, dry, dust = np.asarray(osmotic_potential(jnp.array([0.0, -23.0, -500.0]), site, p))
    assert wet == pytest.approx(-0.040 * 4.0 * 0.47 / 0.30)
    assert dry == pytest.approx(wet * 0.30 / 0.20)
    assert dust == pytest.approx(wet * 0.30 / 0.13)


def test_a_given_potential_is_the_same_as_the_one_computed():
    p, site = middle(ROTHC_SALT.parameters), worlds.site()
    now = jax.tree.map(lambda a: a[6], worlds.climate())
    pools, memory = jnp.full((5, 2), 100.0), jnp.zeros(2)
    potential = osmotic_potential(rothc.month_deficit(memory, now, site, p), site, p)
    one, other = ROTHC_SALT.step(pools, memory, now, site, p), advance_at(pools, memory, now, site, p, potential)
    assert np.allclose(one.pools, other.pools, rtol=1e-14)


def test_salt_keeps_more_carbon_at_the_same_input():
    p = {**middle(ROTHC_SALT.parameters), "ec_saturated_paste": jnp.array([0.0, 4.0, 16.0])}
    site, start = worlds.site(), ROTHC_SALT.start(worlds.site(), middle(ROTHC_SALT.parameters), 3)
    found = steady(ROTHC_SALT, worlds.climate(), site, p, *start, INERT)
    assert np.all(np.diff(np.asarray(found.pools.sum(axis=0))) > 0)


def test_slopes_against_differences():
    site, forcing = worlds.site(), worlds.climate(60)

    def carbon(p):
        pools, memory = ROTHC_SALT.start(site, p, 1)
        return run(ROTHC_SALT, forcing, site, p, pools + 100.0, memory).pools[-1].sum()

    worlds.slopes_agree(carbon, middle(ROTHC_SALT.parameters))


def test_lanes_do_not_touch_each_other():
    p = {n: jnp.asarray(v) for n, v in draw(ROTHC_SALT.parameters, 7, 2).items()}
    site, forcing = worlds.site(), worlds.climate(24)
    all_at_once = run(ROTHC_SALT, forcing, site, p, *ROTHC_SALT.start(site, p, 7)).pools
    turned = {n: v[::-1] for n, v in p.items()}
    back = run(ROTHC_SALT, forcing, site, turned, *ROTHC_SALT.start(site, turned, 7)).pools[:, :, ::-1]
    assert np.allclose(all_at_once, back, rtol=1e-14)


def test_layers_down_to_a_depth():
    layers, thickness = jnp.array([[10.0, 20.0], [30.0, 40.0], [50.0, 60.0]]), jnp.array([[0.1], [0.2], [0.7]])
    assert np.allclose(over_depth(layers, thickness, 0.2), [20.0, 30.0])
    assert np.allclose(over_depth(layers, thickness, 1.0), [42.0, 52.0])
    assert float(over_depth(jnp.asarray(7.0), jnp.asarray(0.1), 1.0)) == 7.0
