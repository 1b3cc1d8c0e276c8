"""The section [region] of study.toml: the layers of a region and how its map of carbon sinks is drawn."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from halosink.contracts import Text
from halosink.settings_both import Bilingual, Both

Role = Literal[
    "land_use",
    "vegetation",
    "elevation",
    "slope",
    "temperature",
    "precipitation",
    "annual_precipitation",
    "npp",
    "gpp",
    "ndvi",
    "radiation",
    "population",
    "climate_zone",
    "topsoil_organic_carbon",
    "topsoil_inorganic_carbon",
    "topsoil_bulk_density",
    "topsoil_gravel",
    "subsoil_organic_carbon",
    "subsoil_inorganic_carbon",
    "subsoil_bulk_density",
    "subsoil_gravel",
]
Share = Annotated[float, Field(ge=0, le=1)]
Class = Annotated[int, Field(ge=1, le=5)]
Code = Annotated[str, Field(pattern=r"^\d{1,5}$")]
Factor = Literal[
    "slope", "elevation", "land_use", "accumulated_temperature", "annual_precipitation", "population_density"
]

SOURCE = Text("either file or value, not both", "file 与 value 须且只能给出一个")
RANGE = Text("two numbers, the lowest first", "须为两个数，较小者在前")
YEARS = Text("the years that {year} stands for, such as [2010, 2020]", "须列出 {year} 所代表的年份，如 [2010, 2020]")
SUM = Text("weights that sum to 1", "各权重之和须为 1")
FOUR = Text("four numbers in rising order between 0 and 1", "须为 0 与 1 之间由小到大的四个数")
UNUSED = Text("weights of those factors only that are in use", "权重只能给所用的因子")
CODE = Text("rows with the code of a land use each", "各行须给出土地利用代码 code")
BOUNDS = Text("rows with lower or upper, without code", "各行须给出 lower 或 upper，不用 code")
TWICE = Text("codes that no other list of the sinks holds", "不得与其他清单中的代码重复")


class Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Layer(Record):
    """One layer: a raster file, or several of one form."""

    file: str = Field(
        "", description="raster file inside the study folder (GeoTIFF, NetCDF, Zarr ...); year or month in braces "
        "stands for several files"
    )  # fmt: skip
    years: tuple[int, ...] = Field((), description="years for year in braces; the first and last are compared")
    bands: tuple[int, ...] = Field((), description="bands of the file in the order meant; empty: all")
    variable: str = Field("", description="variable of a NetCDF or Zarr file; empty: the only one")
    value: float | None = Field(
        None, allow_inf_nan=False, description="instead of a file: one number for the whole region"
    )
    unit: str = Field("", description="unit of the numbers in the file; empty: the unit of the layer")
    scale: float = Field(
        1.0, allow_inf_nan=False, description="number in the file times scale plus offset gives the unit"
    )
    offset: float = Field(0.0, allow_inf_nan=False, description="see scale")
    no_data: tuple[float, ...] = Field((), description="further codes for no data beside the declared one")
    valid: tuple[float, ...] = Field(
        (), max_length=2, description="lowest and highest number in the file that is a measurement; others are no data"
    )
    crs: str = Field(
        "", description="reference system of the file where it declares none or a wrong one, e.g. EPSG:4326"
    )
    classes: str | dict[Code, int] = Field(
        "", description="land use: cnlucc, igbp, esa or glc, or per code of the file a CNLUCC code (0: no data)"
    )
    resampling: Literal["auto", "area", "majority", "nearest", "smooth", "sum"] = Field(
        "auto", description="how cells of another size are brought to the grid; auto: by kind of layer"
    )
    lapse_rate: float = Field(
        0.0, ge=-15, le=15, description="change with elevation, per km, that brings a coarse layer to the elevation of "
        "each cell (temperature: -6.5); 0: none"
    )  # fmt: skip
    modelled: Bilingual = Field(
        Both(en="", zh=""), description="not empty: the layer is no measurement, and this says what it stands for"
    )


def _layer(value: Any) -> Any:
    return {"file": value} if isinstance(value, str) else {"value": value} if isinstance(value, int | float) else value


class Production(Record):
    """Net primary production."""

    method: Literal["auto", "given", "ratio", "casa", "miami", "thornthwaite_memorial"] = Field(
        "auto", description="auto: the layer npp, else gpp times a ratio, else casa with ndvi and radiation, else miami"
    )
    ratio: float = Field(0.5, gt=0, lt=1, description="NPP divided by GPP")
    ratio_sd: float = Field(0.12, ge=0, lt=0.5, description="standard deviation of that ratio")
    relative_sd: float | None = Field(
        None,
        ge=0,
        le=1,
        description="relative standard deviation of NPP; empty: 0.2 for a layer of NPP, 0.3 for a model",
    )
    unvegetated: Literal["no_data", "zero"] = Field(
        "no_data", description="NPP of water, ice, built and bare land where the layer has none: no_data, so that NEP "
        "is unknown there, or zero"
    )  # fmt: skip


class Respiration(Record):
    """Heterotrophic respiration of the soil from monthly temperature and precipitation."""

    exponent: float = Field(
        0.0913, gt=0, le=0.3, description="temperature coefficient, per degC; 0.0913 in the English text of the "
        "Wensu study, 0.09137 in the Chinese"
    )  # fmt: skip
    relative_sd: float = Field(0.3, ge=0, le=1, description="relative standard deviation of the yearly sum")


class SoilCarbon(Record):
    """Carbon of topsoil (0 to 30 cm) and subsoil (30 to 100 cm)."""

    mode: Literal["auto", "stock", "index", "tier1", "none"] = Field(
        "auto", description="stock: concentration x bulk density x (1 - gravel) x depth; index: the sum of the Wensu "
        "study, without bulk density; tier1: IPCC reference stock by climate_zone, topsoil and organic only"
    )  # fmt: skip
    inorganic_as: Literal["carbon", "carbonate"] = Field(
        "carbon", description="carbonate: the inorganic layers hold CaCO3, of which 12 % is carbon"
    )
    soil: str = Field("high_activity_clay", description="tier1: type of soil of the IPCC tables")
    relative_sd: float = Field(0.3, ge=0, le=1, description="relative standard deviation of the stock")


class Density(Record):
    """Carbon of the vegetation per code of the layer vegetation, else of land_use."""

    by: Literal["auto", "vegetation", "land_use"] = Field("auto", description="layer that sets the density")
    density: dict[Code, Annotated[float, Field(ge=0, le=1000)]] = Field(
        {}, description="per code, t C per hm2; empty: published densities of Wensu County"
    )
    relative_sd: float = Field(0.3, ge=0, le=1, description="relative standard deviation of each density")
    ndvi_bare: float | None = Field(
        None, ge=-0.2, le=0.4, description="NDVI of bare ground, with ndvi_full: grassland of unknown coverage is "
        "split into low, medium and high by the layer ndvi"
    )  # fmt: skip
    ndvi_full: float | None = Field(None, ge=0.3, le=1, description="NDVI of full vegetation cover; see ndvi_bare")


class Importance(Record):
    """Importance of each cell as a carbon sink."""

    weights: dict[Literal["nep", "vegetation", "soil"], Share] = Field(
        {"nep": 0.5, "vegetation": 0.25, "soil": 0.25}, description="weights of flow and stocks; they sum to 1"
    )
    trim: float = Field(
        0.0,
        ge=0,
        lt=0.2,
        description="share of cells at either end beyond which numbers count as the lowest or highest",
    )
    breaks: tuple[float, ...] = Field(
        (), max_length=4, description="the four limits between the five classes; empty: natural breaks"
    )


class Sinks(Record):
    """What makes a patch a primary, secondary or potential carbon sink."""

    primary_classes: tuple[Class, ...] = Field((4, 5), description="classes of importance of primary sinks, 1 to 5")
    secondary_classes: tuple[Class, ...] = Field((4, 5), description="classes of importance of secondary sinks")
    potential_classes: tuple[Class, ...] = Field((1, 2, 3), description="classes of importance of potential sinks")
    natural_codes: tuple[int, ...] = Field(
        (21, 22, 23, 31, 32, 33, 64), description="land use of primary sinks, CNLUCC codes"
    )
    cultivated_codes: tuple[int, ...] = Field((11, 12, 24), description="land use of secondary sinks")
    potential_codes: tuple[int, ...] = Field(
        (21, 22, 23, 24, 31, 32, 33, 46, 61, 62, 63, 64, 65, 66, 67), description="land use of potential sinks"
    )
    inclusion_codes: tuple[int, ...] = Field(
        (41, 42, 43, 46, 51, 52, 53), description="land use that may run on beyond a sink that takes part of it in"
    )
    barred_codes: tuple[int, ...] = Field(
        (41, 42, 43, 44, 51, 52, 53, 99), description="land use that is never within a potential sink"
    )
    minimum_primary_km2: float = Field(10.0, ge=0, description="smallest primary sink, km2")
    minimum_secondary_km2: float = Field(10.0, ge=0, description="smallest secondary sink, km2")
    minimum_potential_km2: float = Field(10.0, ge=0, description="smallest potential sink, km2")
    inclusion_km2: float = Field(
        10.0, ge=0, description="other land up to this area that a sink encloses belongs to it, km2"
    )
    enclosure: float = Field(
        0.5, gt=0, le=1, description="least share of the outline of such land that lies along the sink"
    )
    neighbours: Literal[4, 8] = Field(8, description="cells that count as touching")
    cutoff: Literal["breaks", "quantile", "value"] = Field(
        "breaks", description="which cost distance is still low: breaks, the lowest natural class; quantile, a share "
        "of the cells reached; value"
    )  # fmt: skip
    cost_classes: int = Field(5, ge=2, le=20, description="natural classes of cost distance")
    cost_quantile: float = Field(0.2, gt=0, le=1, description="share of the cells reached")
    cost_value: float = Field(0.0, ge=0, description="largest cost distance, m times resistance")
    connected: Literal["touch", "between", "any"] = Field(
        "touch", description="potential sinks touch a source sink, lie between a primary and a secondary one, or any"
    )


class Level(Record):
    """One row of a table of resistance: numbers from lower to below upper, or a code of land use or its type."""

    lower: float | None = Field(None, description="the level begins here; empty: no limit")
    upper: float | None = Field(None, description="the level ends below this; empty: no limit")
    code: int | None = Field(None, description="CNLUCC code of land use (two figures) or of its type (one)")
    value: float = Field(gt=0, le=1000, description="resistance")


class Resistance(Record):
    """How hard restoration spreads over each cell."""

    factors: tuple[Factor, ...] = Field((), description="factors in use; empty: all whose layers are there")
    levels: dict[Factor, tuple[Level, ...]] = Field({}, description="per factor; empty: those of the Wensu study")
    weights: dict[Factor, Share] = Field({}, description="per factor, sum 1; empty: entropy weights of this region")
    published: bool = Field(False, description="true: weights published for Wensu County instead of entropy weights")
    accumulated_above: Literal[0, 10] = Field(
        10, description="days with a mean temperature of at least this count for the accumulated temperature, degC"
    )


class Patterns(Record):
    """Typical land-use patterns of the patches and their measures."""

    goals: Literal["en", "zh"] = Field(
        "en", description="goals as in the English or the Chinese text of the Wensu study, which swap forest and "
        "unused land"
    )  # fmt: skip
    ring: float = Field(2000.0, ge=0, description="width of the surroundings that are looked at, m")


class Plots(Record):
    """Correction of a map by field plots."""

    table: str = Field("", description="table of the study with latitude, longitude and the quantity; empty: none")
    quantity: str = Field("soil_organic_carbon_stock", description="field of that table")
    corrects: Literal["soil_organic_carbon", "soil_inorganic_carbon", "npp"] = Field(
        "soil_organic_carbon", description="map that is corrected; the quantity must be the same thing"
    )
    method: Literal["auto", "kriging", "forest"] = Field(
        "auto", description="auto: the one with the smaller error in cross-validation by blocks"
    )


class Uncertainty(Record):
    """Draws of coefficients, densities, weights and breaks."""

    draws: int = Field(100, ge=0, le=10_000, description="draws; 0: none, and maps have no confidence")
    coarser: int = Field(
        0, ge=0, le=100, description="cells of the draws are so many times as wide; 0: as needed for 300 000 cells"
    )
    weights_spread: float = Field(
        50.0, gt=0, description="how closely drawn weights keep to the set ones (concentration of a Dirichlet law)"
    )
    local_share: float = Field(
        0.5, ge=0, le=1, description="share of the variance of errors that differs from place to place; the rest is "
        "common to the region"
    )  # fmt: skip
    local_range: float = Field(20_000.0, ge=0, description="distance over which local errors are alike, m")


class Machine(Record):
    """Where the work is done."""

    scheduler: str = Field(
        "", description="address of a running Dask scheduler, e.g. tcp://10.0.0.5:8786; empty: this computer"
    )
    workers: int = Field(1, ge=1, le=256, description="processes on this computer")
    formats: tuple[Literal["cog", "netcdf", "zarr"], ...] = Field(
        ("cog",), description="files of the maps: cog, cloud-optimised GeoTIFF; netcdf; zarr"
    )
    tile: int = Field(1024, ge=64, le=8192, description="cells along the side of a tile")


class Region(Record):
    """A region: its layers and how its carbon sinks are mapped."""

    run: bool = Field(True, description="false: the maps are left out")
    name: Bilingual = Field(Both(en="", zh=""), description="name of the region in titles")
    boundary: str = Field(
        "", description="polygon file (GeoJSON, Shapefile, GeoPackage); empty: all cells with land use"
    )
    boundary_where: dict[str, str] = Field({}, description="attribute = value of the polygons meant; empty: all")
    crs: str = Field(
        "", description="projected reference system of the maps, e.g. EPSG:32644; empty: equal area, centred on the "
        "region"
    )  # fmt: skip
    cell: float = Field(0.0, ge=0, le=1e6, description="width of a cell of the maps, m; 0: that of the land use layer")
    year: int = Field(
        0, ge=0, le=2500, description="year that the layers stand for, where their names do not say; 0: none"
    )
    layers: dict[Role, Annotated[Layer, BeforeValidator(_layer)]] = Field({}, description="layers by what they hold")
    production: Production = Production()
    respiration: Respiration = Respiration()
    soil: SoilCarbon = SoilCarbon()
    vegetation: Density = Density()
    importance: Importance = Importance()
    sinks: Sinks = Sinks()
    resistance: Resistance = Resistance()
    patterns: Patterns = Patterns()
    plots: Plots = Plots()
    uncertainty: Uncertainty = Uncertainty()
    machine: Machine = Machine()

    def files(self) -> list[str]:
        """Every input file, as a glob; of a shapefile all its parts."""
        boundary = self.boundary[: -len(".shp")] + ".*" if self.boundary.endswith(".shp") else self.boundary
        return [files(layer.file) for layer in self.layers.values() if layer.file] + ([boundary] if boundary else [])


def mistakes(region: Region) -> Iterator[tuple[tuple[str, ...], Any, Text]]:
    """What single settings cannot show: (path, value, what it has to be)."""
    for role, layer in region.layers.items():
        if bool(layer.file) == (layer.value is not None):
            yield ("region", "layers", role), layer.file, SOURCE
        if len(layer.valid) == 1 or (len(layer.valid) == 2 and layer.valid[0] >= layer.valid[1]):
            yield ("region", "layers", role, "valid"), list(layer.valid), RANGE
        if "{year}" in layer.file and not layer.years:
            yield ("region", "layers", role, "years"), [], YEARS
    for name, weights in (("importance", region.importance.weights), ("resistance", region.resistance.weights)):
        if weights and abs(sum(weights.values()) - 1) > 1e-6:
            yield ("region", name, "weights"), dict(weights), SUM
    breaks = region.importance.breaks
    if breaks and (len(breaks) != 4 or any(a >= b for a, b in zip((0, *breaks), (*breaks, 1), strict=False))):
        yield ("region", "importance", "breaks"), list(breaks), FOUR
    factors = region.resistance.factors
    if unused := sorted(set(region.resistance.weights) - set(factors)) if factors else []:
        yield ("region", "resistance", "weights"), unused, UNUSED
    for factor, rows in region.resistance.levels.items():
        of_use = factor == "land_use"
        if any((row.code is not None) != of_use or (of_use and (row.lower or row.upper)) for row in rows):
            yield ("region", "resistance", "levels", factor), len(rows), CODE if of_use else BOUNDS
    sinks = region.sinks
    for name, one, other in (
        ("cultivated_codes", sinks.natural_codes, sinks.cultivated_codes),
        ("barred_codes", sinks.potential_codes, sinks.barred_codes),
    ):
        if both := sorted(set(one) & set(other)):
            yield ("region", "sinks", name), both, TWICE


def files(pattern: str) -> str:
    """The pattern of a layer's files as a glob."""
    return pattern.replace("{year}", "*").replace("{month}", "*")
