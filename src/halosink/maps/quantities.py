"""From the layers of a region to flow, stocks and factors of each cell: one block of cells at a time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from halosink import plant
from halosink.maps.flow.climate import accumulated_temperature, annual_precipitation, mean_temperature
from halosink.maps.flow.nep import annual_respiration
from halosink.maps.flow.respiration import PER_DEGREE
from halosink.maps.landuse import classes
from halosink.maps.stock import soil as soil_stock
from halosink.maps.stock import tier1
from halosink.maps.stock.vegetation import density_map, density_of_land_use
from halosink.soil.stocks.organic_carbon import CARBONATE_CARBON

Layers = Mapping[str, NDArray[Any]]
Production = Literal["given", "ratio", "casa", "miami", "thornthwaite_memorial"]
Soil = Literal["stock", "index", "tier1"]

CLIMATE = ("temperature", "precipitation")
NEEDS: Mapping[Production, tuple[str, ...]] = {
    "given": ("npp",),
    "ratio": ("gpp",),
    "casa": ("ndvi", "radiation", *CLIMATE),
    "miami": CLIMATE,
    "thornthwaite_memorial": CLIMATE,
}
SOIL_NEEDS: Mapping[Soil, tuple[str, ...]] = {
    "stock": ("topsoil_organic_carbon",),
    "index": ("topsoil_organic_carbon", "subsoil_organic_carbon"),
    "tier1": ("climate_zone",),
}
SOIL_ORDER: tuple[Soil, ...] = ("stock", "tier1")
FACTOR_LAYERS = {
    "slope": "slope",
    "elevation": "elevation",
    "land_use": "land_use",
    "accumulated_temperature": "temperature",
    "annual_precipitation": "precipitation",
    "population_density": "population",
}
PLANTLESS = tuple(code for code, one in classes().items() if one.kind in ("water", "built", "bare"))
"""Land use codes without plants."""
THICKNESS = {"topsoil": soil_stock.TOPSOIL, "subsoil": soil_stock.SUBSOIL}


@dataclass(frozen=True, slots=True)
class Methods:
    """How each quantity is made; None where the region has no layers for it.

    ratio: NPP per GPP; per_degree: exponent of respiration [degC-1]; inorganic_as_carbonate: the inorganic layers hold
    CaCO3; soil_type: of the Tier 1 tables; vegetation: layer that sets the density; density: t C hm-2 by its code;
    factors: of resistance; base: of accumulated temperature [degC]; latitude [degree]: for the day in CASA;
    bare_is_zero: NPP of land without plants is 0 where its layer has no data.
    """

    production: Production | None
    respiration: bool
    soil: Soil | None
    vegetation: Literal["vegetation", "land_use"] | None
    ratio: float = 0.5
    per_degree: float = PER_DEGREE["english"]
    inorganic_as_carbonate: bool = False
    soil_type: str = tier1.SOILS[0]
    density: Mapping[int, float] = field(default_factory=density_of_land_use)
    factors: tuple[str, ...] = tuple(FACTOR_LAYERS)
    base: float = 10.0
    latitude: float = 40.0
    bare_is_zero: bool = False


def made_by(methods: Methods, layers: Iterable[str]) -> tuple[str, ...]:
    """Names of the quantities that `quantities` gives for these layers, without the factors."""
    found = ["npp"] if methods.production else []
    found += ["respiration"] if methods.respiration else []
    found += ["nep"] if methods.production and methods.respiration else []
    found += ["vegetation_carbon"] if methods.vegetation else []
    if methods.soil and methods.soil != "index":
        found.append("soil_organic_carbon")
        if methods.soil == "stock" and any(f"{depth}_inorganic_carbon" in layers for depth in THICKNESS):
            found.append("soil_inorganic_carbon")
    return (*found, "soil_carbon") if methods.soil else tuple(found)


def production_method(layers: Mapping[str, int]) -> Production | None:
    """The best way to NPP that the layers allow, by their number of bands: given, from GPP, CASA, Miami."""
    for method, needs in NEEDS.items():
        if all(name in layers for name in needs) and (method != "casa" or layers["ndvi"] == 12):
            return method
    return None


def soil_method(layers: Mapping[str, int]) -> Soil | None:
    """A stock where there is carbon of the topsoil, else Tier 1 where there are climate zones."""
    return next((mode for mode in SOIL_ORDER if all(n in layers for n in SOIL_NEEDS[mode])), None)


def quantities(layers: Layers, methods: Methods) -> dict[str, NDArray[Any]]:
    """Of one block of cells: npp, respiration, nep [g C m-2 a-1], vegetation_carbon, soil_organic_carbon,
    soil_inorganic_carbon and their sum soil_carbon [t C hm-2; in mode "index" only the sum, without unit] as far as
    `methods` has them, and factor_<name> of each factor but land use.

    layers: (rows, columns) or (bands, rows, columns) as `Source.read` gives them. NaN where an input has no data and
    outside the land use layer.
    """
    found: dict[str, NDArray[Any]] = {}
    land = layers["land_use"]
    if methods.production:
        found["npp"] = _production(layers, methods)
        if methods.bare_is_zero:
            found["npp"][np.isnan(found["npp"]) & np.isin(land, PLANTLESS)] = 0
    if methods.respiration:
        found["respiration"] = annual_respiration(
            layers["temperature"], layers["precipitation"], per_degree=methods.per_degree
        )
        if "npp" in found:
            found["nep"] = found["npp"] - found["respiration"]
    if methods.vegetation:
        found["vegetation_carbon"] = density_map(layers[methods.vegetation], methods.density)
    if methods.soil:
        found |= _soil(layers, methods)
    for name in methods.factors:
        if name != "land_use":
            found[f"factor_{name}"] = _factor(layers, name, methods)
    for values in found.values():
        values[land == 0] = np.nan
    return found


def _one(layers: Layers, name: str) -> NDArray[Any]:
    values = layers[name]
    return values[0] if values.ndim == 3 else values


def _or(layers: Layers, name: str, value: float) -> NDArray[Any]:
    return _one(layers, name) if name in layers else np.full(layers["land_use"].shape, value, np.float32)


def _production(layers: Layers, methods: Methods) -> NDArray[Any]:
    if methods.production == "given":
        return np.array(_one(layers, "npp"), np.float32)
    if methods.production == "ratio":
        return plant.npp_of_gpp(_one(layers, "gpp"), methods.ratio).astype(np.float32)
    if methods.production == "casa":
        return _casa(layers, methods)
    model = plant.miami_npp if methods.production == "miami" else plant.thornthwaite_memorial_npp
    warm, wet = mean_temperature(layers["temperature"]), annual_precipitation(layers["precipitation"])
    return model(warm, wet).astype(np.float32)


def _casa(layers: Layers, methods: Methods) -> NDArray[Any]:
    types, kinds = plant.light_use(), plant.TYPE_OF_LAND_USE
    efficiency, full, bare = (np.full(256, np.nan, np.float32) for _ in range(3))
    for code, name in kinds.items():
        one = types[name]
        efficiency[code], full[code], bare[code] = one.efficiency.mean, one.full, one.bare
    land, green, warm = layers["land_use"], layers["ndvi"], layers["temperature"]
    plants = np.isfinite(efficiency[land])
    absorbed = plant.absorbed_fraction(green, np.where(plants, full[land], 0.99), np.where(plants, bare[land], 0))
    stress = plant.temperature_stress(warm, plant.optimum_temperature(green, warm))
    could = plant.thornthwaite(warm, methods.latitude)
    moisture = plant.moisture_stress(*plant.regional_evaporation(layers["precipitation"], could))
    months = plant.casa_npp(layers["radiation"], absorbed, stress, moisture, np.where(plants, efficiency[land], 0))
    return np.asarray(months.sum(axis=0), np.float32)


def _soil(layers: Layers, methods: Methods) -> dict[str, NDArray[Any]]:
    if methods.soil == "tier1":
        stock = tier1.reference_stock(layers["climate_zone"], layers["land_use"], soil=methods.soil_type)[0]
        return {"soil_organic_carbon": stock, "soil_carbon": stock.copy()}
    share = CARBONATE_CARBON if methods.inorganic_as_carbonate else 1.0
    carbon = {
        depth: (_one(layers, f"{depth}_organic_carbon"), share * _or(layers, f"{depth}_inorganic_carbon", 0))
        for depth in THICKNESS
        if f"{depth}_organic_carbon" in layers
    }
    if methods.soil == "index":
        (top, top_inorganic), (sub, sub_inorganic) = carbon["topsoil"], carbon["subsoil"]
        index = soil_stock.soil_index(top_inorganic, top, sub_inorganic, sub)
        return {"soil_carbon": np.asarray(index, np.float32)}
    found = soil_stock.soil_carbon(
        tuple(
            soil_stock.SoilLayer(carbon[depth][0], carbon[depth][1].astype(np.float32),
                                 _or(layers, f"{depth}_bulk_density", np.nan), _or(layers, f"{depth}_gravel", 0),
                                 THICKNESS[depth])
            for depth in carbon
        )
    )  # fmt: skip
    organic: NDArray[Any] = np.asarray(np.sum(found.organic, axis=0, dtype=np.float32))
    if not any(f"{depth}_inorganic_carbon" in layers for depth in THICKNESS):
        return {"soil_organic_carbon": organic, "soil_carbon": organic.copy()}
    inorganic: NDArray[Any] = np.asarray(np.sum(found.inorganic, axis=0, dtype=np.float32))
    return {
        "soil_organic_carbon": organic, "soil_inorganic_carbon": inorganic, "soil_carbon": organic + inorganic
    }  # fmt: skip


def _factor(layers: Layers, name: str, methods: Methods) -> NDArray[Any]:
    if name == "accumulated_temperature":
        return accumulated_temperature(layers["temperature"], base=methods.base)
    if name == "annual_precipitation":
        return annual_precipitation(layers["precipitation"])
    return np.array(_one(layers, FACTOR_LAYERS[name]), np.float32)
