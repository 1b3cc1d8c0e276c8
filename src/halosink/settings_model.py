"""The section [model] of study.toml: what drives the response model, and which interventions it tries."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Name = Literal[
    "salt_tolerant_planting",
    "halophyte_planting",
    "straw_return",
    "manure",
    "compost",
    "biochar",
    "gypsum",
    "leaching",
    "drainage",
    "no_till",
    "grazing_exclusion",
    "microbial_inoculation",
]
Months = Annotated[tuple[float, ...], Field(max_length=12)]
Twelve = Annotated[tuple[float, ...], Field(min_length=12, max_length=12)]
Property = Literal[
    "soil_organic_carbon",
    "bulk_density",
    "clay",
    "sand",
    "ph_water",
    "cation_exchange_capacity",
    "ec_saturated_paste",
    "exchangeable_sodium_percentage",
    "soil_inorganic_carbon",
]
Amount = Annotated[float, Field(ge=0, le=500)]


class Tried(BaseModel):
    """An intervention, or several together, with amounts where the usual ones will not do."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    do: tuple[Name, ...] = Field(min_length=1, description="interventions in the order in which they are done")
    amounts: dict[Name, dict[str, float]] = Field(
        {}, description="per intervention its options, such as amount, every, start; what is left out is usual"
    )

    @property
    def key(self) -> str:
        """Name in the results: the interventions, then the amounts that were set."""
        said = [f"{option}={value:g}" for name in self.do for option, value in self.amounts.get(name, {}).items()]
        return "+".join(self.do) + (f" ({', '.join(said)})" if said else "")


USUAL = tuple(
    Tried(do=do)
    for do in (
        ("straw_return",),
        ("manure",),
        ("biochar",),
        ("leaching",),
        ("gypsum", "leaching"),
        ("drainage",),
        ("halophyte_planting",),
    )
)


class ClassClimate(BaseModel):
    """Twelve months of one class."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    temperature: Twelve = Field(description="air temperature of the twelve months, degC")
    precipitation: Twelve = Field(description="precipitation of the twelve months, mm per month")
    latitude: float = Field(ge=-90, le=90, description="degree north, for the length of the day")


class Model(BaseModel):
    """What drives the response model, and which interventions it tries."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    run: bool = Field(True, description="false: the response model is left out")
    by: str = Field(
        "",
        description="field whose classes are modelled; empty: the first of [[design.factors]] that is of the ground, "
        "else the first",
    )
    years: int = Field(20, ge=2, le=200, description="years that are modelled")
    draws: int = Field(200, ge=20, le=10_000, description="draws of the published ranges of the parameters")
    start: Literal["measured", "steady"] = Field(
        "measured",
        description="measured: soil carbon and salt as measured; steady: both as they would be after long time like "
        "this (takes a minute more)",
    )
    interventions: tuple[Tried, ...] = Field(
        USUAL, description="interventions to compare with the land as it is, one after the other"
    )
    cores: bool = Field(True, description="true: other carbon models run beside, under the same climate and litter")
    halophyte: float = Field(0.0, ge=0, le=1, description="share of the plants that are halophytes, 0 to 1")
    temperature: Months = Field((), description="air temperature of the twelve months, degC; empty: of the tables")
    precipitation: Months = Field(
        (), description="precipitation of the twelve months, mm per month; empty: of the tables"
    )
    potential_evaporation: Months = Field(
        (), description="potential evaporation of the twelve months, mm per month; empty: of the tables, else estimated"
    )
    climates: dict[str, ClassClimate] = Field(
        {}, description="climate of each class, where classes lie in several; a class that is left out is not modelled"
    )
    soil: dict[Property, Amount | dict[str, Amount]] = Field(
        {},
        description="soil where the tables have none, down to 100 cm, each one number or one per class, in the "
        "units of the fields",
    )
    potential_production: float | None = Field(
        None,
        ge=0,
        le=3000,
        description="yearly net primary production without stress, g C m-2; empty: estimated from the climate",
    )
    latitude: float | None = Field(
        None, ge=-90, le=90, description="degree north; empty: as the tables give it, for the length of the day"
    )
    groundwater_depth: (
        Annotated[float, Field(ge=0, le=1000)] | dict[str, Annotated[float, Field(ge=0, le=1000)]] | None
    ) = Field(
        None, description="depth of the water table, m, one or one per class; empty: of the tables, else out of reach"
    )
    groundwater_ec: Annotated[float, Field(ge=0, le=300)] | dict[str, Annotated[float, Field(ge=0, le=300)]] | None = (
        Field(None, description="conductivity of the groundwater, dS m-1, one or one per class; empty: of the tables")
    )
    irrigation: float = Field(0.0, ge=0, le=3000, description="irrigation in a year, mm")
    irrigation_months: tuple[Annotated[int, Field(ge=1, le=12)], ...] = Field(
        (5, 6, 7, 8), min_length=1, description="months that share the irrigation"
    )
    irrigation_ec: float = Field(0.8, ge=0, le=50, description="conductivity of the irrigation water, dS m-1")
    harvest: float = Field(
        0.0, ge=0, le=1, description="share of the shoots taken away in the month of harvest, 0 to 1"
    )
    harvest_month: int = Field(9, ge=1, le=12, description="month of harvest")
    clay: float | None = Field(None, ge=0, le=100, description="clay where the tables have none, %")
    sand: float | None = Field(None, ge=0, le=100, description="sand where the tables have none, %")
    sulphate: Annotated[float, Field(ge=0, le=1000)] | dict[str, Annotated[float, Field(ge=0, le=1000)]] = Field(
        2.0, description="sulphate of the soil water, mmol L-1, one or one per class; it slows methane"
    )
