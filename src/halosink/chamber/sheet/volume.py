"""Air volume that dilutes the flux, put together from what field sheets and instruments give.

chamber given in full:     V
chamber without collar:    V_bare + 10 h_collar A + V_instrument
height only:               10 (h + h_collar) A + V_instrument

V in L, heights in cm, A in m2; 1 cm m2 = 10 L. A part that is not given counts as nothing. Geometry; the files of
the LI-8100A sum their Vtotal in the same way from Vcham, Offset and Area, Virga, Vext and Vmux.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

LITRES = 10.0
"""L per cm m2: 0.01 m * 1 m2 = 0.01 m3."""
GIVEN, BARE, HEIGHT, NONE = "given", "bare", "height", ""


def volumes(frame: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Total volume [L] of each row and how it was made: "given", "bare", "height" or "" where it is not known.

    frame: any of chamber_volume, chamber_volume_bare, instrument_volume [L], chamber_height, collar_offset [cm],
    chamber_area [m2]; NaN where not given.
    """
    import pandas as pd

    def column(name: str) -> pd.Series:
        return frame[name].astype(float) if name in frame else pd.Series(np.nan, frame.index)

    area, total, bare, height = map(column, ("chamber_area", "chamber_volume", "chamber_volume_bare", "chamber_height"))
    offset, instrument = column("collar_offset").fillna(0.0), column("instrument_volume").fillna(0.0)
    collar = (LITRES * offset * area).where(offset != 0, 0.0)
    of_bare = bare + collar + instrument
    of_height = LITRES * (height + offset) * area + instrument
    made = np.select([total.notna(), of_bare.notna(), of_height.notna()], [GIVEN, BARE, HEIGHT], default=NONE)
    found = total.fillna(of_bare).fillna(of_height)
    return found, pd.Series(made, frame.index)
