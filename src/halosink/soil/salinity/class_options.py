"""What a user may choose about classes of salinity."""

from __future__ import annotations

from dataclasses import dataclass

from halosink.soil.salinity.class_limits import ClassTable, class_tables

REGIONS = ("humid_to_arid", "desert")


@dataclass(frozen=True, slots=True)
class ClassOptions:
    """salinity, sodicity: tables of classes to use. region: that of the Chinese classes of salt content, one of REGIONS
    or "" for none named. bracketed: take the limits in brackets where the table has them. wetland: give the class
    by salinity of the water too.

    ValueError for an unknown table or region.
    """

    draws: int = 500
    seed: int = 0
    salinity: str = "nssh"
    sodicity: str = "china"
    region: str = ""
    bracketed: bool = False
    wetland: bool = False

    def __post_init__(self) -> None:
        if self.region not in ("", *REGIONS):
            raise ValueError(f"unknown region {self.region!r}; known: {', '.join(REGIONS)}")
        for name in (f"salinity_ece.{self.salinity}", f"sodicity_esp.{self.sodicity}"):
            if name not in class_tables():
                raise ValueError(f"unknown table of classes {name!r}")

    @property
    def by_column(self) -> dict[str, ClassTable]:
        """The table behind ece_class and esp_class."""
        tables = class_tables()
        return {
            "ece_class": tables[f"salinity_ece.{self.salinity}"],
            "esp_class": tables[f"sodicity_esp.{self.sodicity}"],
        }
