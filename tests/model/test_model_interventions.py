"""Interventions: what each changes and leaves alone, months of application, mixtures of water, order, sources."""

import csv
from importlib import resources

import numpy as np
import pytest

import model_plant_worlds as worlds
from halosink import vocabulary
from halosink.model.arrays import jax, jnp
from halosink.model.forcing import Forcing
from halosink.model.interventions import World, apply, apply_all, effects, interventions
from halosink.model.parameters import draw
from halosink.model.tier import run

NAMES = tuple(interventions())
MONTHS = 30
TOUCHES = {
    "salt_tolerant_planting": {"potential_production", "plant_half_salinity"},
    "halophyte_planting": {"halophyte"},
    "straw_return": {"residue"},
    "manure": {"manure"},
    "compost": {"compost"},
    "biochar": {"biochar"},
    "gypsum": {"gypsum"},
    "leaching": {"irrigation", "irrigation_salt", "irrigation_sodium"},
    "drainage": {"groundwater_depth"},
    "no_till": {"tillage"},
    "grazing_exclusion": {"harvest", "potential_production"},
    "microbial_inoculation": {"potential_production", "litter_decay"},
}


def _world(lanes=None, **given):
    of = worlds.tier()
    base = worlds.forcing(MONTHS, harvest=np.full(MONTHS, 0.1), groundwater_depth=np.full(MONTHS, 1.2), **given)
    if lanes:
        base = Forcing(*(jnp.tile(v[:, None], (1, lanes)) for v in base))
    return World(base, worlds.site(0.2), worlds.middles(of))


def _changed(before, after):
    found = set()
    for part in ("forcing", "site"):
        a, b = getattr(before, part)._asdict(), getattr(after, part)._asdict()
        found |= {k for k in a if not np.array_equal(*np.broadcast_arrays(np.asarray(a[k]), np.asarray(b[k])))}
    keys = set(before.parameters) | set(after.parameters)
    return found | {k for k in keys if np.any(before.parameters.get(k) != after.parameters.get(k))}


def test_all_that_the_issue_names_are_there():
    assert set(NAMES) == set(TOUCHES)


@pytest.mark.parametrize("name", NAMES)
def test_changes_what_it_says_and_nothing_else(name):
    before = _world()
    strong = {"microbial_inoculation": {"inoculation_growth": 0.1, "inoculation_decay": -0.2}}.get(name, {})
    strong |= {"exclusion_growth": 1.1, "tolerant_vigour": 0.9}
    before = before._replace(parameters=dict(before.parameters) | strong)
    assert _changed(before, apply(before, name)) == TOUCHES[name]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("lanes", [None, 3])
def test_forcing_keeps_its_months_and_fits_the_tier(name, lanes):
    after = apply(_world(lanes), name)
    for field, series in after.forcing._asdict().items():
        assert jnp.shape(series)[0] == MONTHS, field
        assert np.isfinite(np.asarray(series)).all()


@pytest.mark.parametrize("name", [n for n in NAMES if any(o.name == "start" for o in interventions()[n].options)])
def test_nothing_changes_in_the_forcing_before_it_starts(name):
    before, after = _world(), apply(_world(), name, start=7)
    for a, b in zip(before.forcing, after.forcing, strict=True):
        assert np.array_equal(np.asarray(a)[:7], np.asarray(b)[:7])


def test_months_of_application():
    yearly = np.asarray(apply(_world(), "straw_return", start=3, amount=100.0).forcing.residue)
    assert np.flatnonzero(yearly).tolist() == [3, 15, 27]
    assert yearly.sum() == 300.0
    once = np.asarray(apply(_world(), "biochar", start=5).forcing.biochar)
    assert np.flatnonzero(once).tolist() == [5]
    assert once[5] == 1400.0


def test_mixed_water_has_the_salt_of_both():
    given = {
        "irrigation": np.full(MONTHS, 100.0),
        "irrigation_salt": np.full(MONTHS, 20.0),
        "irrigation_sodium": np.full(MONTHS, 0.9),
    }
    after = apply(_world(**given), "leaching", amount=300.0, salt=4.0, sodium=0.1, every=0).forcing
    water, salt, share = (float(v[0]) for v in (after.irrigation, after.irrigation_salt, after.irrigation_sodium))
    assert water == 400.0
    assert water * salt == pytest.approx(100 * 20 + 300 * 4)
    assert water * salt * share == pytest.approx(100 * 20 * 0.9 + 300 * 4 * 0.1)
    assert float(after.irrigation_salt[1]) == 20.0


def test_leaching_of_dry_land_and_with_amounts_of_lanes():
    after = apply(_world(), "leaching", amount=np.array([0.0, 100.0])).forcing
    assert after.irrigation.shape == (MONTHS, 2)
    assert np.asarray(after.irrigation)[0].tolist() == [0.0, 100.0]
    assert np.asarray(after.irrigation_salt)[0, 1] == pytest.approx(8.0)
    assert np.isfinite(np.asarray(after.irrigation_sodium)).all()


def test_drainage_never_lifts_the_water_table():
    given = _world()
    deep = given._replace(forcing=given.forcing._replace(groundwater_depth=jnp.full(MONTHS, 4.0)))
    assert np.all(np.asarray(apply(deep, "drainage").forcing.groundwater_depth) == 4.0)
    assert np.all(np.asarray(apply(given, "drainage", start=2).forcing.groundwater_depth)[2:] == 1.8)


def test_halophytes_replace_the_others():
    assert float(apply(_world(), "halophyte_planting", share=0.5).site.halophyte) == pytest.approx(0.6)
    assert float(apply(_world(), "halophyte_planting").site.halophyte) == 1.0


def test_inoculation_is_centred_on_no_effect():
    before = _world()
    assert _changed(before, apply(before, "microbial_inoculation")) == set()
    drawn = draw([p for p in effects() if p.name.startswith("inoculation")], 20_000, 1)
    for values in drawn.values():
        assert abs(values.mean()) < 0.003
        assert 0.49 < (values > 0).mean() < 0.51


def test_effects_that_were_drawn_are_used():
    before = _world()
    drawn = before._replace(parameters=dict(before.parameters) | {"no_till_breakdown": jnp.asarray([0.2, 0.8])})
    assert np.asarray(apply(drawn, "no_till").forcing.tillage)[0].tolist() == pytest.approx([0.2, 0.8])


def test_order_and_sum():
    plan = [("drainage", {"start": 2}), ("leaching", {"amount": 150.0}), ("halophyte_planting", {})]
    both = apply_all(_world(), plan)
    assert _changed(_world(), both) == TOUCHES["drainage"] | TOUCHES["leaching"] | TOUCHES["halophyte_planting"]
    twice = apply_all(_world(), [("manure", {"amount": 50.0}), ("manure", {"amount": 70.0})])
    assert float(twice.forcing.manure[0]) == 120.0


@pytest.mark.parametrize(
    ("name", "amounts", "error"),
    [
        ("prayer", {}, KeyError),
        ("manure", {"amuont": 1.0}, KeyError),
        ("manure", {"amount": -1.0}, ValueError),
        ("manure", {"amount": np.array([10.0, np.nan])}, ValueError),
    ],
)
def test_wrong_names_and_amounts_are_refused(name, amounts, error):
    with pytest.raises(error):
        apply(_world(), name, **amounts)


@pytest.mark.parametrize("name", NAMES)
def test_carbon_stays_closed(name):
    of = worlds.tier(ec=8.0)
    world = apply(_world(), name)
    done = run(of, world.forcing, world.site, world.parameters, worlds.stocks())
    after = {n: v[-1] for n, v in done.stocks.items()}
    gain = worlds.total(after, worlds.CARBON) - worlds.total(worlds.stocks(), worlds.CARBON)
    came = worlds.into(done.moved, worlds.CARBON, {"air", "brought", "taken"})
    assert float((gain - came)[0]) == pytest.approx(0.0, abs=1e-9)


def test_amounts_have_derivatives():
    of, base = worlds.tier(ec=8.0), _world()

    def carbon(amount):
        option = interventions()["manure"]
        world = option.change(base, {"amount": amount, "start": 1, "every": 12})
        after = run(of, world.forcing, world.site, world.parameters, worlds.stocks()).stocks
        return sum(after[n][-1].sum() for n in ("pom", "doc", "microbes", "maom"))

    assert float(jax.grad(carbon)(jnp.asarray(100.0))) == pytest.approx(3.0, rel=1e-9)


def test_every_intervention_names_evidence_that_exists_and_speaks_chinese():
    table = resources.files("halosink.evidence") / "evidence.csv"
    known = {row["id"] for row in csv.DictReader(table.read_text(encoding="utf-8").splitlines())}
    for one in interventions().values():
        assert set(one.evidence) <= known
        assert set(one.sources) <= set(vocabulary.sources())
        for text in (one.label, one.about, *(p.label for p in one.options), *(p.about for p in one.effects)):
            assert text.en and any("\u4e00" <= c <= "\u9fff" for c in text.zh)


def test_effects_have_names_of_their_own():
    names = [p.name for p in effects()]
    assert len(set(names)) == len(names)
    assert not set(names) & set(worlds.middles(worlds.tier()))
