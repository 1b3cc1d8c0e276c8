"""Water of the layers: closed, within what the soil holds, and as the formulas of rise and retention have it."""

import numpy as np
import pytest

import model_soilwater_worlds as worlds
from halosink.model.arrays import jax, jnp
from halosink.model.functions.hydraulics import air_entry, exponent, hanging, rise
from halosink.model.functions.limits import DAYS, bounded
from halosink.model.processes import capillary, water
from halosink.model.tier import Tier

BARE = Tier((capillary.PROCESS, water.PROCESS))


@pytest.mark.parametrize("thickness", [(1.0,), (0.1, 0.2, 0.7), (0.05, 0.05, 0.1, 0.2, 0.3, 0.3)], ids=len)
def test_is_closed_in_every_month_with_any_number_of_layers(thickness):
    soil = worlds.site(thickness)
    forcing = worlds.seasons(60, 600, 1100, groundwater_depth=1.6, irrigation=20.0)
    first = worlds.stocks(soil)
    done = worlds.go(worlds.TIER, forcing, soil, worlds.MIDDLE, first)
    held = np.concatenate([first["water"].sum(0)[None], done.stocks["water"].sum(1)])
    off = np.diff(held, axis=0) - worlds.across(done, "water")
    assert np.abs(off / (held[1:] + worlds.through(done, "water"))).max() < 1e-13


def test_stays_between_air_dry_and_full_in_drought_flood_and_over_any_water_table():
    soil = worlds.site(saturated_conductivity=jnp.geomspace(0.5, 2000.0, 8))
    for weather in (
        worlds.weather(36, potential_evaporation=400.0, cover=0.5),
        worlds.weather(36, precipitation=1500.0),
        worlds.weather(36, potential_evaporation=300.0, groundwater_depth=jnp.linspace(-0.5, 3.0, 36)),
    ):
        done = worlds.go(worlds.TIER, weather, soil, worlds.MIDDLE, worlds.stocks(soil, 8, moist=0.7))
        share = np.asarray(done.stocks["water"]) / (1000.0 * np.asarray(soil.thickness))
        assert share.min() > 0.5 * 0.13 - 1e-9
        assert share.max() < 0.46 + 1e-12


def test_what_is_taken_is_never_more_than_there_is_or_is_asked():
    there, asked = jnp.array([0.0, 1.0, 5.0, 1e-9, 50.0]), jnp.array([3.0, 1e6, 0.0, 1.0, 1e-3])
    got = np.asarray(bounded(there, asked))
    assert np.all(got <= np.minimum(there, asked))
    assert got[-1] == pytest.approx(1e-3, rel=1e-4)
    # the mean of min(x, a) over x exponential with mean p is p (1 - exp(-a / p))
    bursts = np.random.default_rng(1).exponential(7.0, 400_000)
    assert float(bounded(jnp.array(7.0), jnp.array(4.0))) == pytest.approx(np.minimum(bursts, 4.0).mean(), rel=5e-3)
    slope = jax.grad(lambda x: bounded(x, jnp.array(2.0)))
    assert np.isfinite(slope(jnp.array(0.0)))
    assert float(slope(jnp.array(1e-6))) == pytest.approx(1.0)


def test_rises_as_worked_by_hand_and_less_than_a_millimetre_a_day_near_the_critical_depth():
    b, head = exponent(jnp.array(20.0)), air_entry(jnp.array(40.0))
    assert (float(b), float(head)) == pytest.approx((6.09, 0.22699), rel=1e-4)
    # b1 = 2 + 3 / 6.09 = 2.49261; a1 = 1 + 1.5 / 1.49261 = 2.00495; (0.22699 / 1.75)^2.49261 = 0.0061515
    assert float(rise(jnp.array(100.0), b, head, jnp.array(1.75))) == pytest.approx(1.2333, rel=2e-4)
    depths = jnp.array([0.5, 1.0, 1.5, 2.0, 3.0])
    assert np.all(np.diff(rise(jnp.array(100.0), b, head, depths)) < 0)


def test_bare_soil_over_a_water_table_evaporates_what_may_rise():
    soil = worlds.site((0.1,))
    forcing = worlds.weather(120, potential_evaporation=1e5, groundwater_depth=1.55)
    done = worlds.go(BARE, forcing, soil, worlds.MIDDLE, {"water": jnp.array([[20.0]])})
    most = DAYS * rise(jnp.array(100.0), exponent(soil.clay), air_entry(soil.sand), jnp.array(1.5))
    assert float(done.conditions["evaporation"][-1, 0]) == pytest.approx(float(most), rel=1e-6)


def test_comes_to_rest_above_the_water_table_where_nothing_draws():
    soil = worlds.site((0.1, 0.2, 0.2), field_capacity=0.15)
    done = worlds.go(BARE, worlds.weather(240, groundwater_depth=1.2), soil, worlds.MIDDLE, worlds.stocks(soil))
    at_rest = hanging(soil.porosity, exponent(soil.clay), air_entry(soil.sand), 1.2 - np.array([0.05, 0.2, 0.4]))
    found = np.asarray(done.stocks["water"])[-1, :, 0] / np.array([100.0, 200.0, 200.0])
    assert found == pytest.approx(np.asarray(at_rest), rel=0.02)


def test_nothing_rises_where_the_process_is_left_out():
    soil, forcing = worlds.site(), worlds.weather(1, potential_evaporation=200.0, groundwater_depth=1.0)
    there = worlds.stocks(soil, moist=0.6)
    assert float(worlds.go(worlds.TIER, forcing, soil, worlds.MIDDLE, there).conditions["water_up"][0, -1, 0]) > 5
    dry = worlds.go(worlds.TIER.without("capillary"), forcing, soil, worlds.MIDDLE, there)
    assert np.all(dry.conditions["water_up"] == 0)


def test_capillary_after_water_is_an_error():
    soil = worlds.site()
    wrong = Tier((water.PROCESS, capillary.PROCESS))
    with pytest.raises(ValueError, match="before water"):
        worlds.go(wrong, worlds.weather(1), soil, worlds.MIDDLE, worlds.stocks(soil))


def test_salt_hinders_uptake_halophytes_bear_more_and_the_weight_takes_it_away():
    soil, forcing = worlds.site(), (worlds.weather(1, potential_evaporation=100.0, cover=1.0))

    def taken(mmolc, share=0.0, **other):
        changed = soil._replace(halophyte=jnp.array(share))
        now = worlds.go(worlds.TIER, forcing, changed, {**worlds.MIDDLE, **other}, worlds.stocks(soil, mmolc=mmolc))
        return float(now.conditions["transpiration"].sum())

    fresh = taken(0.0)
    assert taken(400.0) < 0.5 * fresh
    assert taken(400.0) < taken(400.0, 1.0) < fresh
    assert taken(400.0, osmotic_weight=0.0) == pytest.approx(fresh, rel=1e-12)


def test_litter_and_structure_act_only_where_their_parameter_lets_them():
    soil = worlds.site(saturated_conductivity=2.0)
    forcing = worlds.weather(1, potential_evaporation=100.0, precipitation=150.0)
    there = {**worlds.stocks(soil), "litter": jnp.array([400.0]), "structure": jnp.full((3, 1), 0.2)}

    def found(**other):
        return worlds.go(worlds.TIER, forcing, soil, {**worlds.MIDDLE, **other}, there).conditions

    assert float(found()["evaporation"][0, 0]) < float(found(mulch_effect=0.0)["evaporation"][0, 0])
    assert float(found()["runoff"][0, 0]) > 1.2 * float(found(conductivity_floor=1.0)["runoff"][0, 0])


def test_derivatives_are_those_of_differences():
    soil, forcing = worlds.site(saturated_conductivity=20.0), worlds.seasons(24, 500, 1200, groundwater_depth=1.5)
    names = ("root_extinction", "conductivity_scale", "air_entry_scale", "uptake_half_potential", "mulch_effect")
    first = {**worlds.stocks(soil), "litter": jnp.array([300.0])}
    for name, exact, near in worlds.slopes(lambda d: d.stocks["water"].mean(), forcing, soil, first, names):
        assert exact == pytest.approx(near, rel=2e-5), name
