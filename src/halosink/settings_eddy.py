"""The section [eddy] of study.toml: how half-hours of a tower become annual sums."""

from __future__ import annotations

from typing import Annotated, Any, cast

from pydantic import BaseModel, ConfigDict, Field

from halosink.eddy.options import Convention, Filler, Filter, Options, Partitioning, Seasons, Temperature, Threshold

USUAL = Options()


class Eddy(BaseModel):
    """How half-hours of a tower become annual sums."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    latitude: float | None = Field(
        None, ge=-90, le=90, description="of the tower, degree north; empty: as the tables give it"
    )
    longitude: float | None = Field(
        None, ge=-180, le=180, description="of the tower, degree east; empty: as the tables give it"
    )
    worst_flag: int = Field(USUAL.worst_flag, ge=0, le=9, description="largest quality flag of a flux that is kept")
    filters: tuple[Filter, ...] = Field(
        USUAL.filters,
        description="filters of fluxes before that of low turbulence: quality_flag, range, repeated, spike",
    )
    threshold: Threshold = Field(
        USUAL.threshold,
        description="how the least friction velocity is found: moving_point, change_point, given or none",
    )
    given_threshold: float | None = Field(
        None, ge=0, le=2, description="least friction velocity with threshold = given, m s-1"
    )
    seasons: Seasons | tuple[Annotated[int, Field(ge=1, le=12)], ...] = Field(
        cast(Seasons, USUAL.seasons),
        description="seasons of the threshold: continuous (December with the next year), calendar (quarters), or the "
        "months at which your seasons start",
    )
    convention: Convention = Field(
        USUAL.convention, description="which tool's rules marginal distribution sampling follows: reddyproc or oneflux"
    )
    filler: Filler = Field(
        USUAL.filler,
        description="auto: short gaps by marginal distribution sampling, long ones by a forest; or one of mds, forest",
    )
    forest_from: float = Field(
        USUAL.forest_from, gt=0, le=60, description="with filler auto, gaps of this many days or more go to the forest"
    )
    longest_gap: float = Field(USUAL.longest_gap, gt=0, le=366, description="gaps of more days stay empty")
    partitioning: tuple[Partitioning, ...] = Field(
        USUAL.partitioning, description="methods that split NEE into photosynthesis and respiration"
    )
    temperature: Temperature = Field(
        USUAL.temperature,
        description="temperature that respiration follows when exchange is split: air_temperature or soil_temperature",
    )
    bootstraps: int = Field(USUAL.bootstraps, ge=0, le=10_000, description="resamples behind the threshold")
    scenarios: int = Field(
        USUAL.scenarios, ge=1, le=200, description="thresholds carried through filling and partitioning"
    )
    draws: int = Field(USUAL.draws, ge=20, le=100_000, description="draws behind the intervals of annual sums")
    measurement_height: float | None = Field(
        None, gt=0, le=500, description="height of the sonic anemometer above ground, m; the footprint needs it"
    )
    canopy_height: float | None = Field(None, ge=0, le=100, description="height of the vegetation, m")
    displacement_height: float | None = Field(
        None, ge=0, le=100, description="zero-plane displacement, m; empty: from the height of the vegetation"
    )
    roughness_length: float | None = Field(
        None, gt=0, le=10, description="roughness length, m; empty: from wind and friction velocity, or the vegetation"
    )
    fetch: float | None = Field(None, gt=0, le=10_000, description="how far the field reaches around the tower, m")

    def options(self, confidence: float, utc_offset: float, latitude: Any = None, longitude: Any = None) -> Options:
        """What eddy.process takes; latitude and longitude of the table stand in where the section is silent."""
        chosen = self.model_dump()
        for name, value in (("latitude", latitude), ("longitude", longitude)):
            chosen[name] = value if chosen[name] is None else chosen[name]
        return Options(**chosen, confidence=confidence, utc_offset=utc_offset)
