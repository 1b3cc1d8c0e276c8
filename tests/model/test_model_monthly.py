"""The monthly tier as a whole: closed, finite, never below zero, differentiable; starts and inputs."""

import numpy as np
import pytest

import model_monthly_worlds as worlds
from halosink.model import ledger, observe
from halosink.model.arrays import jax, jnp
from halosink.model.monthly import CALIBRATED, MONTHLY, fixed, start
from halosink.model.parameters import middle
from halosink.model.plot import forcing, site
from halosink.model.tier import Run, run


def _go(years, lanes, seed=1, **stocks):
    values, held = worlds.values(lanes, seed), worlds.stocks(lanes, **stocks)
    work = worlds.jit(lambda p, s: run(MONTHLY, worlds.weather(years), worlds.soil(), p, s, observe.KEEP))
    return work(values, held), held


@pytest.fixture(scope="module")
def drawn():
    return _go(4, 2000)


def test_draws_are_finite_and_never_below_zero(drawn):
    done, _ = drawn
    for name, held in done.stocks.items():
        assert bool(jnp.isfinite(held).all()), name
        assert float(held.min()) >= 0.0, name
    assert all(bool(jnp.isfinite(v).all()) for v in (*done.moved.values(), *done.conditions.values()))


def test_each_month_is_closed(drawn):
    for kind, off in worlds.month_by_month(*drawn).items():
        assert off < 1e-13, kind


def test_sodium_is_part_of_the_salt(drawn):
    done, _ = drawn
    assert bool((done.stocks["sodium"] <= done.stocks["salt"] * (1 + 1e-9) + 1e-12).all())
    assert bool((done.stocks["shoot_sodium"] <= done.stocks["shoot_salt"] * (1 + 1e-9) + 1e-12).all())


def test_a_century_is_closed():
    done, held = _go(100, 4, 2)
    for kind, off in ledger.closure(done, held).items():
        assert float(off.max()) < 1e-10, kind


def test_lanes_do_not_know_of_each_other(drawn):
    done, held = drawn
    work = worlds.jit(lambda p, s: run(MONTHLY, worlds.weather(4), worlds.soil(), p, s))
    one = {n: v[..., 7:8] if v.ndim else v for n, v in worlds.values(2000).items()}
    alone = work(one, {n: v[..., 7:8] for n, v in held.items()})
    for name, held in done.stocks.items():
        np.testing.assert_allclose(alone.stocks[name][-1, ..., 0], held[-1, ..., 7], rtol=1e-9, atol=1e-12)


def test_gradients_are_those_of_finite_differences():
    def total(values):
        done = run(MONTHLY, worlds.weather(), worlds.soil(), values, worlds.stocks(halophyte=0.4))
        return sum((i + 1.0) * held[-1].sum() for i, held in enumerate(done.stocks.values()))

    forward, middles = worlds.jit(total), worlds.values()
    exact = worlds.jit(jax.grad(total))(middles)
    for name in CALIBRATED:
        step = 1e-5 * float(middles[name])
        high, low = (float(forward({**middles, name: middles[name] + s})) for s in (step, -step))
        measured = (high - low) / (2 * step)
        assert float(exact[name]) == pytest.approx(measured, rel=1e-5, abs=1e-6 * float(abs(forward(middles)))), name


def test_gradients_are_finite_with_empty_stocks():
    names = ("salt", "sodium", "exchangeable_sodium", "pom", "doc", "microbes", "shoot", "litter", "carbonate", "root")

    def total(values):
        held = worlds.stocks(**dict.fromkeys(names, 0.0))
        return sum(v[-1].sum() for v in run(MONTHLY, worlds.weather(), worlds.soil(), values, held).stocks.values())

    assert all(bool(jnp.isfinite(v).all()) for v in worlds.jit(jax.grad(total))(worlds.values()).values())


def test_calibrated_parameters_are_uncertain_ones_of_the_tier():
    known = {p.name: p for p in MONTHLY.parameters}
    assert 20 <= len(CALIBRATED) <= 30
    assert all(known[name].prior != "fixed" for name in CALIBRATED)


@pytest.mark.parametrize("name", ["capillary", "plant_salt", "acidity", "carbonate", "harvest", "gypsum", "dormancy"])
def test_feedbacks_can_be_taken_out(name):
    assert name not in {p.name for p in MONTHLY.without(name).processes}


def _at_start(measured):
    soil = worlds.soil()
    held = start(soil, measured, 2)
    done = Run({n: v[None] for n, v in held.items()}, {}, {})
    values = middle(observe.parameters())
    return {n: observe.expected(n, done, soil, values)[0] for n in observe.OBSERVATIONS if n in measured}


@pytest.mark.parametrize(
    "measured",
    [
        {"soil_organic_carbon": [[12.0], [7.0], [4.0]]},
        {"soil_organic_carbon": 9.0, "poc": 2.5, "microbial_biomass_carbon": 180.0},
        {"poc": [[3.0], [1.0], [0.5]], "maoc": [[7.0], [5.0], [3.0]]},
        {"soil_organic_carbon": 9.0, "maoc": 6.0},
        {"ec_saturated_paste": [[200.0], [30.0], [0.0]], "exchangeable_sodium_percentage": 45.0},
        {"soil_inorganic_carbon": 11.0},
    ],
)
def test_a_start_gives_back_what_was_measured(measured):
    for name, found in _at_start(measured).items():
        np.testing.assert_allclose(found, np.asarray(measured[name]) + np.zeros((3, 2)), rtol=1e-6, err_msg=name)


def test_sodium_at_the_start_is_in_balance_with_the_exchanger():
    soil, measured = worlds.soil(), {"ec_saturated_paste": 8.0, "exchangeable_sodium_percentage": 25.0}
    still = MONTHLY.without("capillary", "production", "plant_salt", "litterfall", "harvest", "amendments")
    month = forcing(0.0, 0.0, 0.0, [0.0])
    held = start(soil, {**measured, "water_share": 1.0}, 1)
    done = run(still, month, soil, {**worlds.values(), **fixed(measured)}, held)
    np.testing.assert_allclose(done.stocks["exchangeable_sodium"][0], held["exchangeable_sodium"], rtol=0.02)


@pytest.mark.parametrize(
    ("measured", "said"),
    [
        ({"soc": 1.0}, "soc"),
        ({"soil_organic_carbon": 5.0, "poc": 6.0}, "less than the fractions"),
        ({"ec_saturated_paste": -1.0}, "0 to 300"),
        ({"poc": np.nan}, "missing"),
    ],
)
def test_starts_that_cannot_be(measured, said):
    with pytest.raises(ValueError, match=said):
        start(worlds.soil(), measured)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"clay": 70.0, "sand": 40.0}, "exceed 100"),
        ({"ph": 84.0}, "ph"),
        ({"wilting_point": 0.3, "field_capacity": 0.2}, "below"),
        ({"clay": np.ones((2, 1))}, "3 layers"),
        ({"halophyte": np.ones((3, 1))}, "not for each layer"),
        ({"bulk_density": np.nan}, "not finite"),
    ],
)
def test_sites_that_cannot_be(given, said):
    with pytest.raises(ValueError, match=said):
        site(**given)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"rain": np.ones(12)}, "rain"),
        ({"irrigation": np.ones(11)}, "different lengths"),
        ({"tillage": np.ones((12, 3)), "harvest": np.ones((12, 2))}, "different lanes"),
        ({"harvest": np.full(12, 20.0)}, "harvest"),
    ],
)
def test_forcings_that_cannot_be(given, said):
    with pytest.raises(ValueError, match=said):
        forcing(np.ones(12), np.ones(12), np.ones(12), np.ones(12), **given)


def test_stretches_of_a_year_hold_its_end_and_its_sums():
    values, held = worlds.values(3, 1), worlds.stocks(3)
    months, years = (
        worlds.jit(lambda p, s, e=every: run(MONTHLY, worlds.weather(2), worlds.soil(), p, s, ("esp",), e))(
            values, held
        )
        for every in (1, 12)
    )
    for name, course in months.stocks.items():
        np.testing.assert_allclose(years.stocks[name], course[11::12], rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(years.conditions["esp"], months.conditions["esp"][11::12], rtol=1e-12)
    for key, carried in months.moved.items():
        whole = np.asarray(carried).reshape(2, 12, *carried.shape[1:]).sum(axis=1)
        np.testing.assert_allclose(years.moved[key], whole, rtol=1e-10, atol=1e-12)
    with pytest.raises(ValueError, match="multiple"):
        run(MONTHLY, worlds.weather(1), worlds.soil(), values, held, every=5)
