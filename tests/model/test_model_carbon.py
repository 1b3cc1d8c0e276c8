"""Carbon processes: published responses, conservation, bounds, derivatives, switches."""

import numpy as np
import pytest

import model_carbon_world as world
from halosink import vocabulary
from halosink.model.arrays import jax, jnp
from halosink.model.functions import calcite, moisture, ph_response, salt_response, temperature
from halosink.model.functions.enzymes import microbial_share
from halosink.model.processes import emissions, sorption
from halosink.model.tier import month, run

HARSH = {
    "salt": ({"osmotic_potential": -8.0, "ec_paste": 60.0, "esp": 90.0, "dispersion": 1.0, "ph": 10.8}, 45.0),
    "drought": ({"moisture": 0.0, "saturation": 0.0, "water_down": 0.0, "osmotic_potential": -60.0}, 45.0),
    "flood": ({"moisture": 0.47, "saturation": 1.0, "water_down": 800.0, "osmotic_potential": 0.0}, 30.0),
    "frost": ({"osmotic_potential": 0.0}, -20.0),
    "deep_frost": ({"osmotic_potential": -1.0}, -40.0),
}
EMPTY = dict.fromkeys(world.POOLS, 0.0)


def _one(values, held, parameters, warmth=20.0, **changed):
    here = world.site(**changed)
    return month(world.tier({**world.FRESH, **values}), held, world.first(world.forcing([warmth])), here, parameters)


def _budget(before, done):
    """Carbon made or lost against stock plus what moved."""
    change = sum((np.asarray(done.stocks[n]) - np.asarray(before[n])).sum(axis=0) for n in world.POOLS)
    through = sum(np.asarray(before[n]).sum(axis=0) for n in world.POOLS)
    for one in done.moved:
        carried, left = np.asarray(one.total), 0.0 if one.left is None else np.asarray(one.left)
        gained = (one.target in world.POOLS) * 1.0 - (one.source in world.POOLS) * 1.0
        change = change - gained * carried + left
        through = through + carried + left
    return np.abs(change) / (through + 1e-300)


def test_carbon_is_closed_each_month():
    parameters = world.drawn(200)
    for values in (world.FRESH, world.SALINE):
        held = world.stocks(200)
        assert _budget(held, _one(values, held, parameters)).max() < 1e-13


@pytest.mark.parametrize("case", HARSH)
@pytest.mark.parametrize("held", [{}, EMPTY, {"microbes": 0.0}, {"doc": 1e5, "microbes": 1e-12}])
def test_draws_stay_finite_and_above_zero_in_harsh_soil(case, held):
    values, warmth = HARSH[case]
    before = world.stocks(300, **held)
    done = _one(values, before, world.drawn(300), warmth)
    for name in world.POOLS:
        assert np.isfinite(done.stocks[name]).all() and (np.asarray(done.stocks[name]) >= 0).all(), name
    assert all(np.isfinite(np.asarray(one.total)).all() for one in done.moved)
    assert _budget(before, done).max() < 1e-13


def test_a_century_is_closed():
    lanes, model = 20, world.tier(world.SALINE, world.INPUT / 12)
    held, parameters = world.stocks(lanes), world.drawn(lanes)
    forcing = jax.tree.map(lambda x: jnp.tile(x, 100), world.forcing())
    done = jax.jit(lambda h: run(model, forcing, world.site(), parameters, h))(held)
    ends = {n: np.asarray(done.stocks[n][-1]).sum(axis=0) for n in world.POOLS}
    change_by_flows = 0.0
    for (_, source, target), carried in done.moved.items():
        gained = (target in world.POOLS) * 1.0 - (source in world.POOLS) * 1.0
        change_by_flows = change_by_flows + gained * np.asarray(carried).sum(axis=0)
    change = sum(ends.values()) - sum(np.asarray(held[n]).sum(axis=0) for n in world.POOLS)
    assert np.abs(change - change_by_flows).max() / sum(ends.values()).min() < 1e-10


@pytest.mark.parametrize("potential, low, high", [(-2.3, 28, 45), (-8.0, 64, 86)])
def test_acute_salt_lowers_respiration_as_measured(potential, low, high):
    held = world.stocks(1, doc=100.0)

    def respired(psi):
        now = _one({"osmotic_potential": psi}, held, world.middles(), 25.0, ph=6.0).conditions
        return float((now["uptake_rate"] * (1 - now["efficiency"]))[0, 0])

    assert low < 100 * (1 - respired(potential) / respired(0.0)) < high


def test_salt_factor_goes_through_the_middle_of_sparling():
    psi = jnp.array([0.0, -2.3, -3.5, -8.0])
    found = salt_response.salt_factor(psi, jnp.asarray(3.5), jnp.asarray(1.33))
    np.testing.assert_allclose(found, [1.0, 0.635, 0.5, 0.25], atol=2e-3)


def test_salt_makes_microbes_rest_and_hardly_fewer():
    parameters = world.middles()
    soils = [world.after({**world.FRESH, "osmotic_potential": psi}, parameters, years=150) for psi in (-0.08, -1.2)]
    biomass = [np.asarray(d.stocks["microbes"].mean(axis=0)).sum() for d in soils]
    active = _one({"osmotic_potential": -1.2}, world.stocks(), parameters).conditions
    assert abs(biomass[1] / biomass[0] - 1) < 0.1
    assert float(active["salt_factor"][0, 0]) < 0.85
    assert float(active["active_share"][0, 0]) < 0.93


def test_saline_sodic_soil_has_a_smaller_share_of_necromass():
    parameters = world.middles()
    shares = [world.necromass_share(world.after(v, parameters, years=400))[0] for v in (world.FRESH, world.SALINE)]
    assert 0.15 < 1 - shares[1] / shares[0] < 0.45


def test_without_dormancy_salt_is_not_felt():
    model = world.tier({**world.FRESH, "osmotic_potential": -5.0}).without("dormancy")
    arguments = world.stocks(), world.first(world.forcing([20.0])), world.site(), world.middles()
    salty = month(model, *arguments)
    fresh = month(world.tier({**world.FRESH, "osmotic_potential": 0.0}), *arguments)
    for name in world.POOLS:
        np.testing.assert_allclose(salty.stocks[name], fresh.stocks[name], rtol=1e-13)


def test_switches_of_sodium_close_their_loops():
    off = {"calcium_bridging": 0.0, "sodium_release": 0.0, "dispersion_breakdown": 0.0}
    parameters = {**world.middles(), **{n: jnp.zeros(1) for n in off}}
    held = world.stocks()
    sodic = _one({"esp": 60.0, "dispersion": 1.0}, held, parameters)
    plain = _one({"esp": 0.0, "dispersion": 0.0}, held, parameters)
    for name in world.POOLS:
        np.testing.assert_allclose(sodic.stocks[name], plain.stocks[name], rtol=1e-13)


def test_sodium_frees_carbon_from_minerals_and_aggregates():
    held, parameters = world.stocks(), world.middles()
    sodic, plain = (_one({"esp": e, "dispersion": d}, held, parameters) for e, d in ((40.0, 1.0), (0.0, 0.0)))
    for name in ("maom", "aggregate"):
        assert (np.asarray(sodic.stocks[name]) < np.asarray(plain.stocks[name])).all()


def test_methane_collapses_with_sulphate_and_agrees_with_the_ledger():
    wet = {"moisture": 0.47, "saturation": 1.0}
    held, parameters = world.stocks(500), world.drawn(500)
    found = {}
    for sulphate in (0.0, 4.7, 28.0):
        done = _one(wet, held, parameters, 25.0, sulphate=sulphate)
        found[sulphate] = np.asarray(done.conditions["methane"])
        ledger = sum(np.asarray(m.total) for m in done.moved if m.process == "methane")
        np.testing.assert_allclose(found[sulphate], ledger, rtol=1e-12)
    assert 0.65 < np.median(1 - found[4.7] / found[0.0]) < 0.85
    assert np.median(1 - found[28.0] / found[0.0]) > 0.92
    dry = _one({"moisture": 0.2, "saturation": 0.4}, held, parameters, 25.0).conditions["methane"]
    assert np.max(np.asarray(dry) / found[0.0]) < 1e-3
    assert float(emissions.sulphate_factor(jnp.asarray(1.5), jnp.asarray(1.5))) == 0.5


def test_derivatives_agree_with_finite_differences():
    model, here = world.tier(world.SALINE, world.INPUT / 12), world.site()
    held, forcing = world.stocks(), world.forcing()

    def total(parameters):
        done = run(model, forcing, here, parameters, held)
        return sum((i + 1) * done.stocks[n][-1].sum() for i, n in enumerate(world.POOLS))

    parameters, value = world.middles(), jax.jit(total)
    slopes = jax.jit(jax.grad(total))(parameters)
    for name, middle in parameters.items():
        step = 1e-5 * jnp.maximum(jnp.abs(middle), 1e-2)
        up, down = ({**parameters, name: middle + s} for s in (step, -step))
        measured = float((value(up) - value(down)) / (2 * step[0]))
        assert float(slopes[name][0]) == pytest.approx(measured, rel=1e-5, abs=2e-4), name


@pytest.mark.parametrize("case", HARSH)
def test_derivatives_are_finite_where_nothing_is_left(case):
    values, warmth = HARSH[case]
    here, forcing = world.site(), world.first(world.forcing([warmth]))

    def total(parameters, held, conditions):
        done = month(world.tier(conditions), held, forcing, here, parameters)
        return sum(done.stocks[n].sum() for n in world.POOLS) + done.conditions["methane"].sum()

    conditions = {n: jnp.asarray(v, float) for n, v in {**world.FRESH, **values}.items()}
    slopes = jax.grad(total, argnums=(0, 1, 2))(world.middles(), world.stocks(1, **EMPTY), conditions)
    assert all(np.isfinite(np.asarray(x)).all() for x in jax.tree.leaves(slopes))


def test_one_month_of_uptake_by_hand():
    parameters, held = world.middles(), world.stocks(1, pom=0.0, aggregate=0.0, maom=0.0, microbes=60.0, doc=20.0)
    done = _one({"osmotic_potential": 0.0, "ph": 7.2, "water_down": 0.0}, held, parameters, 15.0)
    warm, theta = 47.91 / (1 + np.exp(106.06 / (15 + 18.27))), 0.30
    wet = (theta - 0.065) / (0.47 - 0.065) * (0.2 + 0.8 * np.sqrt(1 - theta / 0.47)) / 0.43
    uptake = 5.0 * warm * wet * 600.5 / 650.5
    held_by_minerals = 0.1 * warm * wet * np.exp(-0.186 * 0.2) * (1 + 0.97) / 2
    out = uptake + held_by_minerals
    respired = 20.0 * (1 - np.exp(-out)) / out * uptake * 0.6
    found = next(m.total for m in done.moved if (m.process, m.source, m.target) == ("microbes", "doc", "air"))
    assert float(done.conditions["respired"][0, 0]) == pytest.approx(respired, rel=2e-3)
    assert float(found[0]) == pytest.approx(float(done.conditions["respired"].sum()), rel=1e-12)


def test_responses_to_surroundings():
    np.testing.assert_allclose(temperature.decay_factor(jnp.array([9.25, -17.0, -40.0])), [1.0, 0.0, 0.0], atol=6e-3)
    warmth = jnp.array([-20.0, 15.0, 15.001, 45.0])
    worth = temperature.efficiency(jnp.asarray(0.4), 0.016, warmth)
    assert float(worth[1]) == pytest.approx(0.4)
    assert float(worth[2] - worth[1]) / 0.001 == pytest.approx(-0.016, rel=1e-3)
    assert 0 < float(worth[3]) < float(worth[0]) < 1
    theta = jnp.linspace(0.0, 0.47, 200)
    curve = np.asarray(moisture.decay_factor(theta, theta / 0.47, jnp.asarray(0.47), jnp.asarray(0.13)))
    assert curve.max() == pytest.approx(1.0, abs=0.02)
    assert curve[0] == 0.0
    assert float(ph_response.affinity(jnp.asarray(8.0))) == pytest.approx(np.exp(-0.186))
    assert float(microbial_share(jnp.asarray(5.0), jnp.asarray(0.1))) == pytest.approx(50.5 / 100.5)
    assert float(sorption.capacity(world.site(), jnp.asarray(0.86))[0, 0]) == pytest.approx(0.86 * 75 * 140)
    co2, warmth = jnp.array([10**-3.38, 1e-2, 1e-1, 1e-2]), jnp.array([25.0, 5.0, 25.0, 35.0])
    np.testing.assert_allclose(
        calcite.soluble_carbon(warmth, co2, jnp.asarray(1.0)) / 12.011e-3, [0.5443, 2.3099, 3.8612, 1.4045], rtol=0.02
    )


def test_prior_gives_stocks_as_found():
    done = world.after(world.FRESH, world.drawn(60), years=300)
    soil, top = world.organic(done), {n: np.asarray(v.mean(axis=0))[0] for n, v in done.stocks.items()}
    content = soil[0] / 140.0
    assert 5 < np.median(content) < 20
    assert 0.15 < np.median((top["pom"] + top["aggregate"]) / soil[0]) < 0.40
    assert 0.01 < np.median(top["microbes"] / soil[0]) < 0.03
    assert np.median(np.asarray(done.conditions["doc_mean"].mean(axis=0))[0] / soil[0]) < 0.01


def test_processes_are_declared_in_full():
    known = vocabulary.sources()
    for module in world.ORDER:
        process = module.PROCESS
        assert process.label.en and process.label.zh and process.about.en and process.about.zh
        keys = {*process.sources, *(p.source for p in process.parameters)}
        assert keys <= set(known), keys - set(known)
    assert len(world.tier().parameters) >= 20


def test_any_number_of_layers():
    held = {n: jnp.full((5, 2), 100.0) for n in world.POOLS}
    thickness = jnp.full((5, 1), 0.2)
    values = {**world.FRESH, "water_down": 10.0}
    model = world.tier(values)
    parameters = {n: jnp.broadcast_to(v, (2,)) for n, v in world.middles().items()}
    forcing, here = world.first(world.forcing([15.0])), world.site(thickness=thickness)
    found = jax.eval_shape(lambda h: month(model, h, forcing, here, parameters).stocks, held)
    assert {v.shape for v in found.values()} == {(5, 2)}
