"""The section [soil] of study.toml: how classes, stocks, fractions and incubations of soil are worked out."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field


class Soil(BaseModel):
    """How classes, stocks, fractions and incubations of soil are worked out."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    salinity_standard: Literal["nssh", "fao"] = Field(
        "nssh", description="limits of ECe between salinity classes: nssh (United States) or fao"
    )
    sodicity_standard: Literal["china", "fao"] = Field(
        "china", description="limits of exchangeable sodium percentage between sodicity classes"
    )
    salt_region: Literal["", "humid_to_arid", "desert"] = Field(
        "", description="region for the Chinese classes of salt content; empty: not classed where regions differ"
    )
    depths: tuple[Annotated[float, Field(gt=0, le=3000)], ...] = Field(
        (30.0,), min_length=1, description="depths down to which carbon stocks are summed, cm"
    )
    bridge: float = Field(
        0.0, ge=0, le=50, description="widest gap between two layers that they share half each, cm; wider: no stock"
    )
    ground: Literal["mineral", "marsh"] = Field(
        "mineral", description="marsh: loss on ignition and missing bulk densities are read as those of tidal marsh"
    )
    estimate_density: bool = Field(
        True, description="true: a missing bulk density is estimated by published lines, with their error"
    )
    whole_soil: bool = Field(False, description="true: bulk density is that of the soil with its gravel")
    carbonate_free: bool = Field(
        False, description="true: soils without carbonate, so total carbon counts as organic where no inorganic carbon "
        "was measured"
    )  # fmt: skip
    fraction_basis: dict[str, Literal["soil", "share", "percent", "fraction"]] = Field(
        {},
        description="per field of fraction carbon what it is given per: soil (g per kg of soil), share or percent of "
        "soil organic carbon, or fraction (g per kg of the fraction)",
    )
    clays: Literal["", "high", "low"] = Field(
        "", description="activity of the clay minerals, for the mineral capacity; empty: taken as high, and said"
    )
    draws: int = Field(500, ge=100, le=100_000, description="draws behind the intervals of stocks, classes and indices")
