"""The section [greenhouse] of study.toml: how gas fluxes are put on the scale of CO2."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Metric = Literal[
    "SAR GWP20", "SAR GWP100", "TAR GWP20", "TAR GWP100", "AR4 GWP20", "AR4 GWP100", "AR5 GWP20", "AR5 GWP100",
    "AR5-feedback GWP20", "AR5-feedback GWP100", "AR6 GWP20", "AR6 GWP100",
]  # fmt: skip


class Greenhouse(BaseModel):
    """How gas fluxes are put on the scale of CO2."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    metrics: tuple[Metric, ...] = Field(
        ("AR6 GWP100", "AR6 GWP20"),
        min_length=1,
        description="report of the IPCC and time horizon in years, e.g. AR6 GWP100",
    )
    per: Literal["second", "day", "year"] = Field(
        "day", description="time that rates are written per; a rate per year is not an annual sum"
    )
    fossil: bool = Field(False, description="true: the methane is of fossil origin; false: it comes from living soil")
