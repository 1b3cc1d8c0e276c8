"""From the settings of a region and the layers it has to how its map is made, and what has to be said of that."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from halosink.contracts import Text
from halosink.maps.chain import Choices
from halosink.maps.ensemble import Spread
from halosink.maps.landuse import names
from halosink.maps.quantities import (
    CLIMATE,
    FACTOR_LAYERS,
    NEEDS,
    SOIL_NEEDS,
    Methods,
    production_method,
    soil_method,
)
from halosink.maps.resistance import Levels, published_weights
from halosink.maps.rules import Rules
from halosink.maps.stock.vegetation import density_of_land_use, density_of_types, wensu_types
from halosink.problems import Problem
from halosink.settings import FILE
from halosink.settings_region import Region
from halosink.study_region.sources import Source

QUANTITY = {"nep": "nep", "vegetation": "vegetation_carbon", "soil": "soil_carbon"}
"""Quantity by its name among the weights of study.toml."""


CALLED = {
    "nep": Text("NEP", "NEP"),
    "vegetation": Text("vegetation carbon", "植被碳"),
    "soil": Text("soil carbon", "土壤碳"),
    "slope": Text("slope", "坡度"),
    "elevation": Text("elevation", "高程"),
    "land_use": Text("land use", "土地利用"),
    "accumulated_temperature": Text("accumulated temperature", "年积温"),
    "annual_precipitation": Text("annual precipitation", "年降水"),
    "population_density": Text("population density", "人口密度"),
}


class Chosen(NamedTuple):
    methods: Methods
    choices: Choices
    spread: Spread
    problems: list[Problem]


def choose(region: Region, sources: Mapping[str, Source], latitude: float) -> Chosen:
    """How the map is made of the layers that are there. latitude: of the middle of the region [degree].

    Problems: E-REGION-NOTHING (no quantity can be made, or no land use), E-REGION-METHOD (a method in study.toml lacks
    its layers), N-REGION-LACKS (a quantity or factor without layers is left out, the weights of the others grow).
    """
    problems: list[Problem] = []
    bands = {role: source.bands for role, source in sources.items()}
    production = _method(region.production.method, NEEDS, production_method(bands), sources, "production", problems)
    soil = None
    if region.soil.mode != "none":
        soil = _method(region.soil.mode, SOIL_NEEDS, soil_method(bands), sources, "soil", problems)
    by: Any = region.vegetation.by if region.vegetation.by != "auto" else None
    by = by or ("vegetation" if "vegetation" in sources else "land_use")
    if by not in sources:
        problems.append(_lacks("E-REGION-METHOD", f"vegetation.by = {by}", [by], "region.vegetation.by"))
    given = {int(code): value for code, value in region.vegetation.density.items()}
    density = given or (density_of_types(wensu_types()) if by == "vegetation" else density_of_land_use())
    wanted: tuple[str, ...] = region.resistance.factors or tuple(FACTOR_LAYERS)
    factors = tuple(f for f in wanted if FACTOR_LAYERS[f] in sources)
    climate = all(name in sources for name in CLIMATE)
    if lost := [f for f in wanted if f not in factors]:
        layers = sorted({FACTOR_LAYERS[f] for f in lost})
        said = Text(", ".join(CALLED[f].en for f in lost), "、".join(CALLED[f].zh for f in lost))
        problems.append(_lacks("N-REGION-LACKS", said, layers, "region.resistance.factors"))
    there = {
        "nep": production is not None and climate,
        "vegetation": by in sources,
        "soil": soil is not None,
    }
    weights = {QUANTITY[n]: w for n, w in region.importance.weights.items() if there[n] and w > 0}
    for name in (n for n, w in region.importance.weights.items() if w > 0 and not there[n]):
        needed = {"nep": ["npp", *CLIMATE], "vegetation": ["vegetation"], "soil": ["topsoil_organic_carbon"]}[name]
        if lacking := [n for n in needed if n not in sources]:
            problems.append(_lacks("N-REGION-LACKS", CALLED[name], lacking, "region.layers"))
    for depth in ("topsoil", "subsoil"):
        if soil == "stock" and f"{depth}_inorganic_carbon" in sources and f"{depth}_organic_carbon" not in sources:
            needed = [f"{depth}_organic_carbon"]
            problems.append(_lacks("N-REGION-LACKS", f"{depth}_inorganic_carbon", needed, "region.layers"))
    total = sum(weights.values())
    if not total or "land_use" not in sources or not factors:
        values = {"layers": ", ".join(sorted(sources)) or "-"}
        problems.append(Problem("E-REGION-NOTHING", file=FILE, column="region.layers", values=values))
        total = total or 1.0
    methods = Methods(
        production, climate, soil, by if by in sources else None, region.production.ratio, region.respiration.exponent,
        region.soil.inorganic_as == "carbonate", f"{region.soil.soil}_soils", density, factors,
        float(region.resistance.accumulated_above), latitude, region.production.unvegetated == "zero",
    )  # fmt: skip
    ratio = region.production.ratio_sd / region.production.ratio if production == "ratio" else 0.0
    spread = Spread(
        npp=(_sd(region, production) ** 2 + ratio**2) ** 0.5,
        respiration=region.respiration.relative_sd,
        vegetation_carbon=region.vegetation.relative_sd,
        soil_carbon=region.soil.relative_sd,
        weights=region.uncertainty.weights_spread,
        local_share=region.uncertainty.local_share,
        local_range=region.uncertainty.local_range,
    )
    choices = Choices(
        {name: weight / total for name, weight in weights.items()}, Rules(**region.sinks.model_dump()),
        region.importance.trim, region.importance.breaks, _resistance_weights(region), _levels(region, problems),
        "land_use" in factors,
    )  # fmt: skip
    return Chosen(methods, choices, spread, problems)


def _sd(region: Region, production: str | None) -> float:
    """Relative error of NPP. Own choices: maps of NPP and GPP against towers, and models of climate between sites."""
    given = region.production.relative_sd
    return given if given is not None else 0.2 if production in ("given", "ratio") else 0.3


def _method(
    wanted: str, needs: Mapping[Any, tuple[str, ...]], best: Any, sources: Mapping[str, Source], part: str,
    problems: list[Problem],
) -> Any:  # fmt: skip
    """The method of study.toml if its layers are there, the best one where it says auto."""
    if wanted == "auto":
        return best
    lacking = [name for name in needs[wanted] if name not in sources]
    if wanted == "casa" and not lacking and sources["ndvi"].bands != 12:
        lacking = ["ndvi (12)"]
    if not lacking:
        return wanted
    key = "mode" if part == "soil" else "method"
    problems.append(_lacks("E-REGION-METHOD", f"{part}.{key} = {wanted}", lacking, f"region.{part}.{key}"))
    return None


def _lacks(code: str, what: str | Text, layers: list[str], where: str) -> Problem:
    return Problem(code, file=FILE, column=where, values={"what": what, "layers": ", ".join(layers) or "-"})


def _resistance_weights(region: Region) -> Mapping[str, float] | None:
    if region.resistance.weights:
        return {str(name): weight for name, weight in region.resistance.weights.items()}
    return published_weights() if region.resistance.published else None


def _levels(region: Region, problems: list[Problem]) -> dict[str, Levels]:
    """Tables of study.toml; a wrong one is E-REGION-LEVELS."""
    found: dict[str, Levels] = {}
    for factor, rows in region.resistance.levels.items():
        table = [{"class": r.code, "lower": r.lower, "upper": r.upper, "value": r.value} for r in rows]
        try:
            found[factor] = Levels.of(factor, table)
        except ValueError as error:
            where = f"region.resistance.levels.{factor}"
            values = {"factor": factor, "reason": str(error)}
            problems.append(Problem("E-REGION-LEVELS", file=FILE, column=where, values=values))
    return found


def lacking_levels(lacking: Mapping[str, set[float]], sources: Mapping[str, Source]) -> list[Problem]:
    """W-REGION-LEVEL for each factor with cells that its table of resistance has no value for."""
    known = names("en")
    found = []
    for factor, values in sorted(lacking.items()):
        if values:
            of_use = factor == "land_use"
            said = ", ".join(f"{v:g} ({known.get(int(v), '?')})" if of_use else f"{v:g}" for v in sorted(values)[:12])
            where = f"region.resistance.levels.{factor}"
            found.append(Problem("W-REGION-LEVEL", file=FILE, column=where, values={"factor": factor, "values": said}))
    return found
