"""Readings and fitted lines of the best and the worst fits, to be looked at."""

from __future__ import annotations

import numpy as np
import pandas as pd

from halosink.chamber.batch import Array
from halosink.chamber.flux import packing
from halosink.quality.closures import keyed

SHOWN = 6
"""Own choice: fits on either side, as many as the eye takes in at once."""
POINTS = 60
"""Own choice: points of a line."""
RANK = {"good": 0, "doubtful": 1, "refused": 2}
COLUMNS = ("gas", "rank", "place", "kind", "elapsed_time", "value")


def gallery(fluxes: pd.DataFrame, concentrations: pd.DataFrame, shown: int = SHOWN) -> pd.DataFrame:
    """The curves of the `shown` best and worst fits of each gas.

    fluxes: of chamber.fluxes; concentrations: the readings they are of. Best is quality first, then r_squared.
    Result: the key columns, gas, rank ("best", "worst"), place (1: the very best or worst), kind ("reading": fitted,
    "excluded": not, "linear", "hutchinson_mosier": line of that model), elapsed_time [s], value (dry mole fraction in
    the gas's unit).
    """
    frame, key = keyed(concentrations)
    key = [c for c in key if c in fluxes]
    chosen = _chosen(fluxes, shown)
    if chosen.empty:
        return pd.DataFrame(columns=[*key, *COLUMNS])
    wanted = chosen[key].drop_duplicates()
    numbers = (
        pd.concat([wanted, frame[key]]).astype("object").groupby(key, dropna=False, sort=False).ngroup().to_numpy()
    )
    part = frame[numbers[len(wanted) :] < len(wanted)].reset_index(drop=True)
    found = packing.closures(part)
    both = pd.concat([found.table[key], chosen[key]]).astype("object")
    place = both.groupby(key, dropna=False, sort=False).ngroup().to_numpy()
    number = place[len(found.table) :]
    pieces = []
    for gas in chosen["gas"].unique():
        one = packing.series(found, str(gas))
        before = _before(found.readings, str(gas))
        for row, at in zip(chosen.itertuples(), number, strict=True):
            if row.gas == gas:
                mine = one.code == at
                early = before[before["_closure"] == at]
                time = np.concatenate([early["elapsed_time"].to_numpy(float), one.time[mine]])
                value = np.concatenate([early["_value"].to_numpy(float), one.value[mine]])
                curves = _curves(row, time, value)
                pieces.append(curves.assign(**{c: getattr(row, c) for c in (*key, "gas", "rank", "place")}))
    return pd.concat(pieces, ignore_index=True)[[*key, *COLUMNS]]


def _chosen(fluxes: pd.DataFrame, shown: int) -> pd.DataFrame:
    """Rows of the best and the worst fits, each with rank and place; none is both."""
    fitted = fluxes[fluxes["linear_flux"].notna() & fluxes["intercept"].notna()]
    order = fitted.assign(_quality=fitted["quality"].map(RANK)).sort_values(
        ["gas", "_quality", "r_squared"], ascending=[True, True, False], kind="stable"
    )
    by = order.groupby("gas", sort=True)
    up, down = by.cumcount(), by.cumcount(ascending=False)
    order = order.assign(rank=np.where(up <= down, "best", "worst"), place=np.minimum(up, down) + 1)
    return order[order["place"] <= shown].sort_values(["gas", "rank", "place"]).drop(columns="_quality")


def _before(readings: pd.DataFrame, gas: str) -> pd.DataFrame:
    """Readings from before the closing, which no model sees; of dry mole fractions only."""
    name = f"{gas}_mole_fraction"
    if name not in readings or gas == "h2o":
        return pd.DataFrame({"_closure": [], "elapsed_time": [], "_value": []})
    early = readings[(readings["elapsed_time"] < 0) & readings[name].notna()]
    return early[["_closure", "elapsed_time"]].assign(_value=early[name])


def _curves(row: object, time: Array, value: Array) -> pd.DataFrame:
    """Readings and lines of one fit."""

    def number(name: str) -> float:
        return float(getattr(row, name, np.nan))

    start, end, moles = number("window_start"), number("window_end"), number("moles_per_area")
    inside = (time >= start) & (time <= end)
    parts = [pd.DataFrame({"kind": np.where(inside, "reading", "excluded"), "elapsed_time": time, "value": value})]
    along = np.linspace(max(0.0, min(start, time.min())), end, POINTS)
    slope = number("linear_flux") / moles
    lines = {"linear": number("intercept") + slope * along}
    rate, origin = number("hm_rate"), max(0.0, np.nan_to_num(number("delay")), start - (end - start))
    if np.isfinite(rate) and rate > 0 and inside.any():
        bend = number("hm_flux") / moles / rate * -np.expm1(-rate * (time[inside] - origin))
        first = (value[inside] - bend).mean()
        lines["hutchinson_mosier"] = first + number("hm_flux") / moles / rate * -np.expm1(-rate * (along - origin))
    parts += [
        pd.DataFrame({"kind": k, "elapsed_time": along, "value": v}) for k, v in lines.items() if np.isfinite(v).all()
    ]
    return pd.concat(parts, ignore_index=True)
