"""Every threshold by which sinks are told apart: the words of the paper's Table 3 made numbers that can be changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from halosink.maps.patches.label import Neighbours

PRIMARY, SECONDARY, POTENTIAL, OTHER = 1, 2, 3, 4
Cutoff = Literal["value", "quantile", "breaks"]


@dataclass(frozen=True, slots=True)
class Rules:
    """Rules of primary, secondary and potential sinks. Classes and words: zhang_wensu, Table 3 and section 3.3. The
    paper gives no number (k26): every number here is own choice, so a county's sinks are a result of these settings.

    primary_classes, secondary_classes: importance classes of source patches. Section 3.3 takes "very high" and "high"
    for both; Table 3 has "high" alone for secondary sinks, 4.1.3 maps them as high and moderate (k20): (4,) and (3, 4).
    potential_classes: "moderate", "low" and "very low" (Table 3).

    natural_codes: natural vegetation (CNLUCC), of primary sinks: forest, shrub, open forest, grassland, marsh.
    cultivated_codes: of secondary sinks: farmland, and 24 (plantations and orchards; Table 8 has it, Table 7 has not).
    potential_codes: natural vegetation and unused land, with floodplain 46 because Table 10 has a pattern of potential
    sinks on it though Table 9 lists none (k07).
    barred_codes: never within a potential sink: water, glacier, built land, ocean.

    minimum_*_km2: smallest patch; ten cells of the paper's 1 km grid, so that no patch is an accident of few cells.
    inclusion_km2: land of another kind up to this area belongs to the patch around it, as the settlements, floodplains
    and rivers of Tables 7 and 8 do, and then the two sides of a road are one patch. Same size as the smallest patch, so
    that no piece of land falls between the two rules.
    inclusion_codes: land that may run on beyond the patch (rivers and floodplains; built land with roads) and is judged
    on its own where the land it leads to is too large to be taken in.
    enclosure: the least share of the outline of an inclusion along patches of the kind that takes it in; half, because
    a village at the border of the county has nothing behind it.

    neighbours: 8, so that a belt that runs diagonally over the grid is one patch.

    cutoff: which cost distance is still low ("areas with low resistance", no number): "breaks" the lowest of
    `cost_classes` natural breaks classes, as the importance is classed; "quantile" the share `cost_quantile` of the
    reachable cells; "value" `cost_value` in resistance times metres.
    connected: "touch" a potential sink shares a side with a source patch or with a potential sink of the same patch
    that does; "between" with at least one primary and one secondary patch ("between the primary and secondary");
    "any" no condition. "touch" is the default, because it can also be met where a county has one category only.

    Raises ValueError: a number outside its range, a code both natural and cultivated, or both allowed and barred.
    """

    primary_classes: tuple[int, ...] = (4, 5)
    secondary_classes: tuple[int, ...] = (4, 5)
    potential_classes: tuple[int, ...] = (1, 2, 3)
    natural_codes: tuple[int, ...] = (21, 22, 23, 31, 32, 33, 64)
    cultivated_codes: tuple[int, ...] = (11, 12, 24)
    potential_codes: tuple[int, ...] = (21, 22, 23, 24, 31, 32, 33, 46, 61, 62, 63, 64, 65, 66, 67)
    inclusion_codes: tuple[int, ...] = (41, 42, 43, 46, 51, 52, 53)
    barred_codes: tuple[int, ...] = (41, 42, 43, 44, 51, 52, 53, 99)
    minimum_primary_km2: float = 10.0
    minimum_secondary_km2: float = 10.0
    minimum_potential_km2: float = 10.0
    inclusion_km2: float = 10.0
    enclosure: float = 0.5
    neighbours: Neighbours = 8
    cutoff: Cutoff = "breaks"
    cost_classes: int = 5
    cost_quantile: float = 0.2
    cost_value: float = 0.0
    connected: Literal["touch", "between", "any"] = "touch"

    def __post_init__(self) -> None:
        areas = ("minimum_primary_km2", "minimum_secondary_km2", "minimum_potential_km2", "inclusion_km2", "cost_value")
        for name in areas:
            if not getattr(self, name) >= 0:
                raise ValueError(f"{name} is {getattr(self, name)}; it must not be negative")
        for name in ("enclosure", "cost_quantile"):
            if not 0 < getattr(self, name) <= 1:
                raise ValueError(f"{name} is {getattr(self, name)}; it must lie above 0 and up to 1")
        for name in ("natural_codes", "cultivated_codes", "potential_codes", "inclusion_codes", "barred_codes"):
            if not set(getattr(self, name)) <= set(range(1, 256)):
                raise ValueError(f"{name} are {getattr(self, name)}; codes are 1 to 255")
        for name in ("primary_classes", "secondary_classes", "potential_classes"):
            if not set(getattr(self, name)) <= {1, 2, 3, 4, 5}:
                raise ValueError(f"{name} are {getattr(self, name)}; importance classes are 1 to 5")
        if both := set(self.natural_codes) & set(self.cultivated_codes):
            raise ValueError(f"land use {sorted(both)} is both natural and cultivated")
        if both := set(self.potential_codes) & set(self.barred_codes):
            raise ValueError(f"land use {sorted(both)} is both allowed and barred in potential sinks")
        if self.cost_classes < 2:
            raise ValueError(f"cost_classes is {self.cost_classes}; at least 2 are needed")
