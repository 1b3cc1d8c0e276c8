"""Quantities of cells: each method is the function it names, no data stays no data, and names are foretold."""

import itertools

import numpy as np
import pytest

from halosink import plant
from halosink.maps.flow.climate import accumulated_temperature, annual_precipitation, mean_temperature
from halosink.maps.flow.nep import net_ecosystem_production
from halosink.maps.flow.respiration import PER_DEGREE, respiration
from halosink.maps.landuse import classes
from halosink.maps.quantities import (
    FACTOR_LAYERS,
    PLANTLESS,
    Methods,
    made_by,
    production_method,
    quantities,
    soil_method,
)
from halosink.maps.stock import soil, tier1
from halosink.maps.stock.vegetation import density_of_land_use, density_of_types, wensu_types

SHAPE = (4, 5)
DEPTHS = {"topsoil": 0.3, "subsoil": 0.7}
SOILS = ("organic_carbon", "inorganic_carbon", "bulk_density", "gravel")


def layers():
    rng = np.random.default_rng(1)

    def of(low, high, *bands):
        return rng.uniform(low, high, (*bands, *SHAPE)).astype(np.float32)

    land = rng.choice(np.array([11, 12, 21, 31, 33, 62, 64], np.uint8), SHAPE)
    land[0, 0] = 0
    found = {
        "land_use": land, "npp": of(10, 500, 1), "gpp": of(10, 900, 1), "ndvi": of(0.05, 0.9, 12),
        "radiation": of(200, 700, 12), "temperature": np.sort(of(-15, 28, 12), axis=0), "precipitation": of(0, 40, 12),
        "slope": of(0, 40, 1), "elevation": of(900, 4000, 1), "population": of(0, 900, 1),
        "vegetation": rng.integers(1, 17, SHAPE).astype(np.uint8),
        "climate_zone": rng.choice(np.array(sorted(tier1.ZONES), np.uint8), SHAPE),
    }  # fmt: skip
    for depth in DEPTHS:
        found |= {
            f"{depth}_organic_carbon": of(1, 30, 1), f"{depth}_inorganic_carbon": of(1, 20, 1),
            f"{depth}_bulk_density": of(1, 1.6, 1), f"{depth}_gravel": of(0, 0.4, 1),
        }  # fmt: skip
    return found


LAYERS = layers()
OUT = LAYERS["land_use"] == 0
NOTHING = Methods(production=None, respiration=False, soil=None, vegetation=None, factors=())


def same(found, expected, rtol=1e-6):
    assert found.dtype == np.float32 and found.shape == SHAPE
    assert np.isnan(found[OUT]).all()
    np.testing.assert_allclose(found[~OUT], np.asarray(expected)[~OUT], rtol=rtol)


def made(**methods):
    return quantities(LAYERS, Methods(**{"production": None, "respiration": False, "soil": None, "vegetation": None,
                                         "factors": ()} | methods))  # fmt: skip


def test_production_as_given_or_as_a_share_of_the_gross():
    same(made(production="given")["npp"], LAYERS["npp"][0])
    same(made(production="ratio", ratio=0.4)["npp"], 0.4 * LAYERS["gpp"][0])


def test_production_from_the_climate():
    warm, wet = mean_temperature(LAYERS["temperature"]), annual_precipitation(LAYERS["precipitation"])
    same(made(production="miami")["npp"], plant.miami_npp(warm, wet))
    same(made(production="thornthwaite_memorial")["npp"], plant.thornthwaite_memorial_npp(warm, wet))


def test_production_from_light_cell_by_cell():
    """Each cell alone, with the numbers of its type."""
    found = made(production="casa", latitude=38.0)["npp"]
    types = plant.light_use()
    for at in itertools.product(*map(range, SHAPE)):
        code = int(LAYERS["land_use"][at])
        if code == 0:
            continue
        name = plant.TYPE_OF_LAND_USE.get(code)
        if name is None:
            assert found[at] == 0
            continue
        one = types[name]
        green, light, warm, wet = (
            LAYERS[n][(slice(None), *at)][:, None] for n in ("ndvi", "radiation", "temperature", "precipitation")
        )
        absorbed = plant.absorbed_fraction(green, one.full, one.bare)
        heat = plant.temperature_stress(warm, plant.optimum_temperature(green, warm))
        water = plant.moisture_stress(*plant.regional_evaporation(wet, plant.thornthwaite(warm, 38.0)))
        months = plant.casa_npp(light, absorbed, heat, water, one.efficiency.mean)
        assert found[at] == pytest.approx(float(months.sum()), rel=1e-4)


@pytest.mark.parametrize("per_degree", PER_DEGREE.values())
def test_respiration_and_what_is_left_of_production(per_degree):
    found = made(production="given", respiration=True, per_degree=per_degree)
    climate = LAYERS["temperature"], LAYERS["precipitation"]
    same(found["respiration"], respiration(*climate, per_degree=per_degree).sum(axis=0), rtol=1e-5)
    np.testing.assert_array_equal(found["nep"], found["npp"] - found["respiration"])
    direct = net_ecosystem_production(LAYERS["npp"][0], *climate, per_degree=per_degree)
    np.testing.assert_allclose(found["nep"][~OUT], direct[~OUT], atol=1e-3)


@pytest.mark.parametrize(("layer", "density"), [
    ("land_use", density_of_land_use()), ("vegetation", density_of_types(wensu_types())), ("land_use", {12: 9.0}),
])  # fmt: skip
def test_vegetation_by_code(layer, density):
    found = made(vegetation=layer, density=density)["vegetation_carbon"]
    for at in itertools.product(*map(range, SHAPE)):
        expected = density.get(int(LAYERS[layer][at]), np.nan) if not OUT[at] else np.nan
        np.testing.assert_allclose(found[at], expected, rtol=1e-6)


@pytest.mark.parametrize(("carbonate", "share"), [(False, 1.0), (True, 12.011 / 100.087)])
def test_soil_stock_is_content_times_density_times_fine_earth_times_depth(carbonate, share):
    """g kg-1 x g cm-3 x m: 10 t hm-2."""
    found = made(soil="stock", inorganic_as_carbonate=carbonate)
    sums = {}
    for kind, factor in (("organic", 1.0), ("inorganic", share)):
        sums[kind] = sum(
            10 * factor * LAYERS[f"{d}_{kind}_carbon"][0] * LAYERS[f"{d}_bulk_density"][0]
            * (1 - LAYERS[f"{d}_gravel"][0]) * metres for d, metres in DEPTHS.items()
        )  # fmt: skip
        same(found[f"soil_{kind}_carbon"], sums[kind], rtol=1e-3)
    np.testing.assert_array_equal(found["soil_carbon"], found["soil_organic_carbon"] + found["soil_inorganic_carbon"])


def test_soil_stock_of_the_topsoil_alone_with_density_from_carbon():
    only = {n: LAYERS[n] for n in ("land_use", "topsoil_organic_carbon")}
    found = quantities(only, Methods(None, False, "stock", None, factors=()))
    assert set(found) == {"soil_organic_carbon", "soil_carbon"}
    content = LAYERS["topsoil_organic_carbon"][0]
    density, guessed = soil.known_density(np.full(SHAPE, np.nan, np.float32), content)
    assert guessed.all()
    same(found["soil_carbon"], soil.layer_stock(content, density, 0.0, 0.3))


def test_soil_index_is_equation_3():
    c = {n: LAYERS[n][0] for n in LAYERS if n.endswith("_carbon")}
    expected = 0.3 * (c["topsoil_organic_carbon"] + c["topsoil_inorganic_carbon"])
    expected = expected + 0.7 * (c["subsoil_organic_carbon"] + c["subsoil_inorganic_carbon"])
    found = made(soil="index")
    assert set(found) == {"soil_carbon"}
    same(found["soil_carbon"], expected)


def test_soil_by_climate_zone():
    found = made(soil="tier1")
    expected = tier1.reference_stock(LAYERS["climate_zone"], LAYERS["land_use"], soil=tier1.SOILS[0])[0]
    np.testing.assert_array_equal(found["soil_carbon"][~OUT], expected[~OUT])
    assert not np.shares_memory(found["soil_carbon"], found["soil_organic_carbon"])


def test_factors_of_resistance():
    found = made(factors=tuple(FACTOR_LAYERS), base=5.0)
    assert set(found) == {f"factor_{name}" for name in FACTOR_LAYERS if name != "land_use"}
    for name in ("slope", "elevation"):
        same(found[f"factor_{name}"], LAYERS[name][0])
    same(found["factor_population_density"], LAYERS["population"][0])
    same(found["factor_annual_precipitation"], LAYERS["precipitation"].sum(axis=0), rtol=1e-5)
    same(found["factor_accumulated_temperature"], accumulated_temperature(LAYERS["temperature"], base=5.0))


NEEDED = {
    "npp": ("npp",), "respiration": ("temperature", "precipitation"), "nep": ("npp", "temperature", "precipitation"),
    "vegetation_carbon": ("vegetation",),
    "soil_organic_carbon": ("topsoil_organic_carbon", "subsoil_organic_carbon", "topsoil_gravel"),
    "soil_inorganic_carbon": ("topsoil_inorganic_carbon", "subsoil_inorganic_carbon", "subsoil_gravel"),
    "factor_slope": ("slope",), "factor_annual_precipitation": ("precipitation",),
    "factor_accumulated_temperature": ("temperature",),
}  # fmt: skip
EVERYTHING = Methods("given", True, "stock", "vegetation", factors=tuple(FACTOR_LAYERS),
                     density=density_of_types(wensu_types()))  # fmt: skip


@pytest.mark.parametrize(("quantity", "layer"), [(q, layer) for q, needed in NEEDED.items() for layer in needed])
def test_a_gap_of_a_layer_is_a_gap_of_what_is_made_of_it_and_of_nothing_else(quantity, layer):
    holed = {name: values.copy() for name, values in LAYERS.items()}
    nothing = 0 if layer == "vegetation" else np.nan
    holed[layer][..., 2, 3] = nothing
    whole, found = quantities(LAYERS, EVERYTHING), quantities(holed, EVERYTHING)
    assert np.isnan(found[quantity][2, 3]) and not np.isnan(whole[quantity][2, 3])
    for name, values in found.items():
        elsewhere = np.ones(SHAPE, bool)
        elsewhere[2, 3] = False
        np.testing.assert_array_equal(values[elsewhere], whole[name][elsewhere])
        if quantity == name or layer in NEEDED.get(name, ()):
            assert np.isnan(values[2, 3])


def test_one_month_without_data_is_a_year_without():
    holed = {**LAYERS, "temperature": LAYERS["temperature"].copy()}
    holed["temperature"][7, 1, 2] = np.nan
    found = quantities(holed, EVERYTHING)
    assert all(np.isnan(found[n][1, 2]) for n in ("respiration", "nep", "factor_accumulated_temperature"))
    assert not np.isnan(found["npp"][1, 2])


def test_land_without_plants_has_no_production_where_that_is_asked_for():
    land = np.full(SHAPE, 31, np.uint8)
    land[0], land[1] = 62, 41
    npp = np.full((1, *SHAPE), np.nan, np.float32)
    npp[0, 0, 0] = 9
    given = {"land_use": land, "npp": npp}
    without = quantities(given, Methods("given", False, None, None, factors=()))["npp"]
    zero = quantities(given, Methods("given", False, None, None, factors=(), bare_is_zero=True))["npp"]
    assert np.isnan(without).sum() == land.size - 1
    filled = np.isin(land, PLANTLESS)
    assert zero[0, 0] == 9 and np.isnan(zero[~filled]).all() and (zero[filled].ravel()[1:] == 0).all()
    assert {classes()[code].kind for code in PLANTLESS} == {"water", "built", "bare"}
    assert np.isnan(npp).sum() == npp.size - 1, "the layer that was read stays as it is"


@pytest.mark.parametrize("production", [None, "given", "ratio", "casa", "miami", "thornthwaite_memorial"])
@pytest.mark.parametrize("soils", [None, "stock", "index", "tier1"])
@pytest.mark.parametrize("climate", [True, False])
def test_names_are_foretold(production, soils, climate):
    for vegetation, layers in itertools.product((None, "vegetation", "land_use"), (LAYERS, _without("inorganic"))):
        methods = Methods(production, climate, soils, vegetation, factors=("slope", "land_use"))
        found = quantities(layers, methods)
        assert set(made_by(methods, layers)) == {name for name in found if not name.startswith("factor_")}
        assert len(set(made_by(methods, layers))) == len(made_by(methods, layers))


def _without(word):
    return {name: values for name, values in LAYERS.items() if word not in name}


def test_the_best_method_the_layers_allow():
    bands = {name: 12 if v.ndim == 3 and len(v) == 12 else 1 for name, v in LAYERS.items()}
    order = [("npp", "given"), ("gpp", "ratio"), ("ndvi", "casa"), ("temperature", "miami")]
    for layer, method in order:
        assert production_method(bands) == method
        del bands[layer]
    assert production_method(bands) is None
    assert production_method({"ndvi": 1, "radiation": 1, "temperature": 12, "precipitation": 12}) == "miami"
    assert soil_method({"topsoil_organic_carbon": 1, "climate_zone": 1}) == "stock"
    assert soil_method({"climate_zone": 1}) == "tier1"
    assert soil_method({"subsoil_organic_carbon": 1}) is None


def test_a_piece_of_the_block_gives_the_piece():
    """CASA, too, looks at one cell at a time."""
    methods = Methods("casa", True, "stock", "land_use")
    whole = quantities(LAYERS, methods)
    piece = quantities({name: values[..., 1:3, 2:] for name, values in LAYERS.items()}, methods)
    for name, values in piece.items():
        np.testing.assert_array_equal(values, whole[name][1:3, 2:])
