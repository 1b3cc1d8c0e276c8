"""The land the twin is drawn from: layout, true means, scatter.

Layout. One farm, three transects of about a kilometre from the irrigation canal to the salt flat. Salinity rises
along each transect, so that every transect (block) crosses all four salinity classes; in each class of each transect
lie two plots side by side, one of which, drawn by lot, was restored (gypsum and Suaeda salsa). That is a split plot:
salinity cannot be dealt out by lot and belongs to a stretch of a transect, treatment can and belongs to a plot. Blocks
are the independent units of a class; plots, layers, dates and sensor records within them are not. Four single fields,
one per class, would look the same in a table, but then class and field could not be told apart and no honest interval
for a class would exist.

Truth. A value of a plot is mean(class, treatment) * (1 + block + zone + plot), the three effects being normal with
mean zero; of pH, temperature and methane it is mean + effects. The true mean of a class is therefore known without any
draw: the average of its two treatments' means over layers or dates, and likewise for a treatment over the four
classes. Weather and sampling dates are fixed, not drawn: they are shared by all plots, and no analysis of one farm
could tell their luck from the mean.

Magnitudes come from the published numbers bundled as halosink.evidence; `evidence` names their rows. What is not in
them (scatter, the answer of each class to treatment) is own choice within their range.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

SITE = "twin_farm"
BLOCKS = ("T1", "T2", "T3")
# USDA classes by ECe (nssh618): nonsaline < 2, slightly 4 to 8, moderately 8 to 16, strongly saline >= 16 dS/m
CLASSES = ("non-saline", "slightly saline", "moderately saline", "strongly saline")
TREATMENTS = ("control", "restored")
LAYERS = ((0, 10), (10, 20), (20, 40))
SEASONS = (("spring", "2024-05-01"), ("summer", "2024-08-01"))
SEASON_DAYS = 40
RECORD_HOURS = 3
CHAMBER_DAYS = (3, 13, 23, 33)
READINGS, READING_SECONDS = 13, 25.0
# station means of May and August at Hanggin Rear Banner, Hetao (evidence: climate_normals, clim_hanggin), degC
SEASON_TEMPERATURE = {"spring": 17.4, "summer": 21.3}
LATITUDE, LONGITUDE = 40.83, 107.01
DEPTHS = (4000, 6000, 8000, 11000, 15000, 20000, 27000, 36000)
TAXA = 60


@dataclass(frozen=True, slots=True)
class Quantity:
    """True means per class under control and restored, and the scatter around them.

    `block`, `zone`, `plot`, `sample` are standard deviations: relative to the mean, or in `unit` where `additive`.
    `layers` multiplies the mean in each soil layer. `decimals` as written to the file.
    """

    table: str
    unit: str
    control: tuple[float, float, float, float]
    restored: tuple[float, float, float, float]
    evidence: tuple[str, ...]
    block: float = 0.05
    zone: float = 0.05
    plot: float = 0.05
    sample: float = 0.05
    additive: bool = False
    layers: tuple[float, ...] = ()
    decimals: int = 3
    kind: Literal["plain", "flux", "sensor"] = "plain"

    def mean(self, salinity: int, treatment: int) -> float:
        return (self.control, self.restored)[treatment][salinity]


QUANTITIES: Mapping[str, Quantity] = {
    "soil_organic_carbon": Quantity(
        "soil", "g kg-1", (13.8, 12.3, 9.9, 8.6), (14.5, 13.8, 11.9, 10.8),
        ("B0193", "B0191", "B0189", "B0185", "A0179", "A0182"), layers=(1.25, 1.0, 0.75), decimals=2,
    ),
    "soil_inorganic_carbon": Quantity(
        "soil", "g kg-1", (44.0, 49.7, 54.1, 56.6), (44.0, 49.0, 52.5, 54.5),
        ("B0012", "B0009", "B0010", "B0011"), layers=(0.95, 1.0, 1.05), decimals=1,
    ),
    "total_nitrogen": Quantity(
        "soil", "g kg-1", (1.25, 1.11, 0.92, 0.82), (1.31, 1.24, 1.10, 1.01),
        ("B0160", "B0161", "B0162"), layers=(1.2, 1.0, 0.8), decimals=3,
    ),
    "poc": Quantity(
        "soil", "g kg-1", (3.4, 2.9, 2.1, 1.7), (3.9, 3.6, 2.9, 2.5),
        ("A0197", "A0198"), sample=0.08, layers=(1.4, 1.0, 0.6), decimals=2,
    ),
    "maoc": Quantity(
        "soil", "g kg-1", (9.2, 8.3, 6.9, 6.1), (9.5, 9.0, 8.0, 7.3),
        ("A0195", "A0196"), layers=(1.15, 1.0, 0.85), decimals=2,
    ),
    "bulk_density": Quantity(
        "soil", "g cm-3", (1.35, 1.42, 1.50, 1.57), (1.33, 1.37, 1.42, 1.47),
        ("A0039", "A0003"), block=0.02, zone=0.02, plot=0.02, sample=0.03, layers=(0.97, 1.0, 1.03), decimals=2,
    ),
    "ec_saturated_paste": Quantity(
        "soil", "dS m-1", (1.4, 6.0, 12.0, 24.0), (1.3, 4.8, 8.2, 15.0),
        ("C0118", "C0119", "C0120", "A0001"), block=0.07, zone=0.07, plot=0.07, layers=(1.3, 1.0, 0.7), decimals=2,
    ),
    "ec_1_5": Quantity(
        "soil", "dS m-1", (0.18, 0.75, 1.50, 2.90), (0.17, 0.60, 1.03, 1.80),
        ("B0125", "C0118", "C0120"), block=0.07, zone=0.07, plot=0.07, layers=(1.3, 1.0, 0.7),
    ),
    "ph_water": Quantity(
        "soil", "1", (8.15, 8.43, 8.82, 9.20), (8.12, 8.32, 8.55, 8.80),
        ("A0004", "A0038", "A0067", "B0126"), block=0.08, zone=0.08, plot=0.08, sample=0.06, additive=True,
        layers=(1.0, 1.0, 1.0), decimals=2,
    ),
    "exchangeable_sodium": Quantity(
        "soil", "cmol(+) kg-1", (0.5, 1.4, 2.3, 3.3), (0.5, 1.1, 1.5, 2.0),
        ("B0113", "B0117", "B0121"), block=0.06, zone=0.06, plot=0.06, layers=(1.1, 1.0, 0.9), decimals=2,
    ),
    "cation_exchange_capacity": Quantity(
        "soil", "cmol(+) kg-1", (16.0, 15.5, 15.2, 15.0), (16.2, 15.8, 15.6, 15.5),
        ("B0113",), block=0.03, zone=0.03, plot=0.03, sample=0.03, layers=(1.05, 1.0, 0.95), decimals=1,
    ),
    "aboveground_biomass": Quantity(
        "plants", "g m-2", (261.0, 200.0, 148.0, 109.0), (300.0, 285.0, 247.0, 225.0),
        ("B0015", "B0016", "A0268", "A0272"), block=0.08, zone=0.08, plot=0.08, sample=0.15, decimals=1,
    ),
    "belowground_biomass": Quantity(
        "plants", "g m-2", (720.0, 560.0, 400.0, 280.0), (790.0, 690.0, 560.0, 450.0),
        ("A0273",), block=0.08, zone=0.08, plot=0.08, sample=0.18, decimals=1,
    ),
    "microbial_biomass_carbon": Quantity(
        "microbes", "mg kg-1", (240.0, 215.0, 185.0, 165.0), (262.0, 252.0, 232.0, 220.0),
        ("C0045",), block=0.06, zone=0.06, plot=0.08, decimals=1,
    ),
    "co2_flux": Quantity(
        "chamber", "umol m-2 s-1", (2.45, 1.90, 1.30, 0.80), (2.70, 2.30, 1.80, 1.30),
        ("B0022", "B0023", "B0025", "B0085"), block=0.07, zone=0.07, plot=0.08, sample=0.12, kind="flux",
    ),
    "ch4_flux": Quantity(
        "chamber", "nmol m-2 s-1", (-0.60, -0.45, -0.30, -0.15), (-0.65, -0.52, -0.40, -0.28),
        (), block=0.05, zone=0.05, plot=0.05, sample=0.12, additive=True, kind="flux",
    ),
    "soil_temperature": Quantity(
        "sensors", "degC", (0.0, 0.3, 0.7, 1.2), (-0.4, -0.3, -0.2, 0.0),
        ("climate_normals:clim_hanggin",), block=0.25, zone=0.2, plot=0.2, sample=0.15, additive=True, decimals=2,
        kind="sensor",
    ),
    "soil_moisture": Quantity(
        "sensors", "m3 m-3", (0.240, 0.230, 0.215, 0.200), (0.250, 0.245, 0.235, 0.225),
        (), block=0.04, zone=0.04, plot=0.04, sample=0.01, decimals=4, kind="sensor",
    ),
    "soil_ec_bulk": Quantity(
        "sensors", "dS m-1", (0.30, 0.90, 1.70, 2.90), (0.29, 0.75, 1.25, 1.90),
        ("B0125",), block=0.07, zone=0.07, plot=0.07, sample=0.02, kind="sensor",
    ),
}  # fmt: skip


def plots() -> list[tuple[str, str, int, int]]:
    """(plot, block, index of class, index of treatment) of the 24 plots."""
    return [
        (f"{block}S{salinity}{'CR'[treatment]}", block, salinity, treatment)
        for block in BLOCKS
        for salinity in range(len(CLASSES))
        for treatment in range(len(TREATMENTS))
    ]
