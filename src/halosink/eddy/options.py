"""How half-hours are filtered, filled, partitioned and summed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Convention = Literal["reddyproc", "oneflux"]
Threshold = Literal["moving_point", "change_point", "given", "none"]
Seasons = Literal["continuous", "calendar"]
Filler = Literal["auto", "mds", "forest"]
Partitioning = Literal["night_time", "day_time"]
Temperature = Literal["air_temperature", "soil_temperature"]
Filter = Literal["quality_flag", "range", "repeated", "spike"]


@dataclass(frozen=True, slots=True)
class Options:
    """Settings of the chain from half-hours to annual sums.

    latitude, longitude [degree, north and east positive], utc_offset [h, east positive]: of the tower and of the clock
    of its table; without them nothing that needs the sun is done. worst_flag: the largest quality flag that is kept.
    filters: those that fluxes pass before the one of low turbulence; none of them gives what wutzler2018 starts from.
    threshold: how the least friction velocity is found; seasons: "continuous" joins December to the following year
    (wutzler2018), "calendar" takes quarters of the calendar year (pastorello2020), or months (1 to 12) at which
    seasons of the user start. given_threshold [m s-1]. convention: of marginal distribution sampling.
    filler: "auto" fills gaps shorter than forest_from [days] by marginal distribution sampling and longer ones by the
    forest. longest_gap [days]: what is longer stays empty, with its reason. partitioning: which are done.
    temperature: that respiration follows.
    bootstraps: resamples of the threshold. scenarios: thresholds that are carried through filling and partitioning.
    draws: of sums. confidence: of low and high.
    """

    latitude: float | None = None
    longitude: float | None = None
    utc_offset: float | None = None
    worst_flag: int = 1
    filters: tuple[Filter, ...] = ("quality_flag", "range", "repeated", "spike")
    threshold: Threshold = "moving_point"
    seasons: Seasons | tuple[int, ...] = "continuous"
    given_threshold: float | None = None
    convention: Convention = "reddyproc"
    filler: Filler = "auto"
    forest_from: float = 3.0
    longest_gap: float = 60.0
    partitioning: tuple[Partitioning, ...] = ("night_time", "day_time")
    temperature: Temperature = "air_temperature"
    bootstraps: int = 100
    scenarios: int = 20
    draws: int = 400
    confidence: float = 0.95
    measurement_height: float | None = None
    canopy_height: float | None = None
    displacement_height: float | None = None
    roughness_length: float | None = None
    fetch: float | None = None
