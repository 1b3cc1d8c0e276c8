"""Organic carbon of the topsoil (0-30 cm) where no map is: the IPCC reference stock of climate zone and soil class.

SOC = SOC_ref(zone, soil) F_LU F_MG F_I, t C hm-2, with the factors and errors of hs.soil (ipcc2019). One number for a
whole zone: fit for totals and for filling in, not for telling places of one zone apart. Inorganic carbon is not in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import ArrayLike, NDArray

from halosink.soil.stocks.tier1 import NONE, LandUse, factors

ZONES: Mapping[int, str] = MappingProxyType(
    {
        1: "warm_temperate_moist", 2: "warm_temperate_dry", 3: "cool_temperate_moist", 4: "cool_temperate_dry",
        5: "polar_moist", 6: "polar_dry", 7: "boreal_moist", 8: "boreal_dry", 9: "tropical_montane",
        10: "tropical_wet", 11: "tropical_moist", 12: "tropical_dry",
    }
)  # fmt: skip
"""Codes of the raster of IPCC climate zones in common use (of the Joint Research Centre, as trends.earth has it); the
order of 9 to 12 is inferred from the factors of that tool (own choice)."""
SOILS = (
    "high_activity_clay_soils", "low_activity_clay_soils", "sandy_soils", "spodic_soils", "volcanic_soils",
    "wetland_soils",
)  # fmt: skip
"""Code 1, 2 ... of a map of soil classes; 0 no data."""
USE_OF_LAND_USE: Mapping[int, LandUse] = MappingProxyType(
    {11: LandUse(land_use="paddy_rice_cultivation"), 12: LandUse(land_use="annual_crops"),
     24: LandUse(land_use="perennial_crops")}
)  # fmt: skip
"""CNLUCC classes whose use changes the stock; all others count as native. Own choice: dry land as long-cultivated
annual crops under full tillage with medium input, other forest land (orchards, nurseries) as perennial crops."""
NO_SOIL = (41, 42, 43, 44, 51, 66, 99)
"""CNLUCC classes without a soil to count: water, ice, cities, rock, sea. Own choice."""
Z = 1.959964


def reference_stock(
    zones: ArrayLike, land_use: ArrayLike | None = None, *, soil: ArrayLike | str = SOILS[0]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """SOC of 0-30 cm and its standard deviation [t C hm-2] of each cell; NaN where the tables have no value.

    zones: uint8 codes of ZONES; land_use: uint8 CNLUCC codes, or None for native land everywhere; soil: uint8 codes of
    SOILS, or the name of one. The deviation is that of the reference stock and of the factors together, relative errors
    squared and added: half of the published 95 % interval / 1.96. It is one error for all cells of a zone, not one for
    each. ValueError for an unknown soil. Source: ipcc2019.
    """
    place = np.asarray(zones, np.uint8)
    number_of = 1 + SOILS.index(soil) if isinstance(soil, str) else soil
    kinds = np.broadcast_to(np.asarray(number_of, np.uint8), place.shape)
    value, relative = np.full((256, 256), np.nan), np.full((256, 256), np.nan)
    for code, zone in ZONES.items():
        for number, name in enumerate(SOILS, start=1):
            found = factors()["reference"].get(name, {}).get(zone)
            if found:
                value[code, number], relative[code, number] = found[0], (found[1] / 100 / Z) ** 2
    stock, error = value[place, kinds], relative[place, kinds]
    if land_use is not None:
        use = np.asarray(land_use, np.uint8)
        factor, added = _use_tables()
        stock, error = stock * factor[place, use], error + added[place, use]
    return stock.astype(np.float32), (stock * np.sqrt(error)).astype(np.float32)


def _use_tables() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(256, 256) factor and squared relative error of zone and land use."""
    factor, added = np.ones((256, 256)), np.zeros((256, 256))
    for use, practice in USE_OF_LAND_USE.items():
        for code, zone in ZONES.items():
            for kind in ("land_use", "management", "input"):
                name = getattr(practice, kind)
                if name in NONE:
                    continue
                found = factors()[kind][name].get(zone)
                factor[code, use] *= found[0] if found else np.nan
                added[code, use] += (found[1] / 100 / Z) ** 2 if found else np.nan
    factor[:, list(NO_SOIL)] = np.nan
    factor[:, 0] = np.nan
    return factor, added
