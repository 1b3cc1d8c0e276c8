"""Draws of fluxes from what their table says of them."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from halosink.chamber.batch import Array
from halosink.quality.closures import KEY

if TYPE_CHECKING:
    import pandas as pd


def draws(fluxes: pd.DataFrame, number: int = 1000, seed: int = 1) -> Array:
    """(rows, number) draws of the flux of each row of `fluxes`, in its unit; NaN where there is none.

    fluxes: as `fluxes` gives it. The distribution is the two-piece Student t with `freedom` degrees of freedom about
    `median` whose scale on either side follows from low and high at `confidence`: low, median and high are its own
    quantiles. Which draws a row gets depends on the seed, the closure and the gas, not on the other rows.
    Source: own_choice (form of the distribution).
    """
    import pandas as pd

    names = [c for c in (*KEY, "table", "gas") if c in fluxes]
    freedom = fluxes["freedom"].to_numpy(dtype=float)
    median, low, high = (fluxes[c].to_numpy(dtype=float) for c in ("median", "low", "high"))
    out = np.full((len(fluxes), number), np.nan)
    width = special.stdtrit(freedom, 0.5 + fluxes["confidence"].to_numpy(dtype=float) / 2)
    labels = [tuple("" if pd.isna(x) else str(x) for x in row) for row in fluxes[names].itertuples(index=False)]
    for i in np.flatnonzero(np.isfinite(median) & np.isfinite(width)):
        word = hashlib.blake2b("\x1f".join(labels[i]).encode(), digest_size=8).digest()
        rng = np.random.default_rng([seed, int.from_bytes(word, "little")])
        t = rng.standard_t(freedom[i], number)
        out[i] = median[i] + t * np.where(t < 0, median[i] - low[i], high[i] - median[i]) / width[i]
    return out
