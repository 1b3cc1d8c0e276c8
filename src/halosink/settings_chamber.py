"""The section [chamber] of study.toml: how closures are cut out of raw records and how their fluxes are fitted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, cast

from pydantic import BaseModel, ConfigDict, Field

from halosink.chamber.options import Choice, Options, Window

if TYPE_CHECKING:
    from halosink.chamber.sheet.field_sheet import Rules

USUAL = Options()
Gas = Literal["co2", "ch4", "n2o", "h2o"]


class Chamber(BaseModel):
    """How chamber fluxes are made."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    window: Window = Field(
        USUAL.window,
        description="readings that are fitted; auto: from the end of the disturbance of closing to a leak or break; "
        "given: from deadband to closure_length; whole: all since closing",
    )
    deadband: float = Field(
        USUAL.deadband,
        ge=0,
        le=3600,
        description="least time after closing that is left out, s, unless the data say it",
    )
    longest_deadband: float = Field(
        USUAL.longest_deadband, ge=0, le=3600, description="most that window auto leaves out after closing, s"
    )
    choice: Choice = Field(
        USUAL.choice,
        description="evidence: straight line or curve by what the readings support; kappa_max: the rule for vials; "
        "or one model for all closures",
    )
    precision: dict[Gas, float] = Field(
        {},
        description="standard deviation of one reading per gas (co2 in umol mol-1, ch4 and n2o in nmol mol-1, h2o in "
        "mmol mol-1); empty: the noise of each closure",
    )
    drift: dict[Gas, float] = Field(
        {},
        description="how much the analyser drifts on its own per gas, standard deviation in mole fraction per hour; it "
        "widens the intervals; empty: none",
    )
    bubbles: tuple[Gas, ...] = Field(
        cast(tuple[Gas, ...], USUAL.bubbles), description="gases in which jumps are taken for bubbles"
    )
    closure_length: float | None = Field(
        None, gt=0, le=86_400, description="length of a closure, s, where neither field sheet nor instrument says it"
    )
    lead: float = Field(
        30.0, ge=0, le=3600, description="readings kept from before the closing, s; they are shown, never fitted"
    )
    clock_shift: float = Field(
        0.0, description="added to the times of the field sheet, s, so that they stand on the clock of the analyser"
    )
    constant: dict[str, float] = Field(
        {}, description="geometry and air that hold for all closures unless the tables say otherwise, e.g. chamber_area"
    )

    def options(self, confidence: float) -> Options:
        """What chamber.fluxes takes."""
        return Options(
            window=self.window,
            deadband=self.deadband,
            longest_deadband=self.longest_deadband,
            choice=self.choice,
            confidence=confidence,
            precision={str(gas): value for gas, value in self.precision.items()},
            drift={str(gas): value for gas, value in self.drift.items()},
            bubbles=self.bubbles,
        )

    def rules(self) -> Rules:
        """What chamber.field_sheet.join takes."""
        from halosink.chamber.sheet.field_sheet import Rules

        return Rules(self.closure_length, self.lead, self.clock_shift, self.constant)
