"""A table of readings as closures side by side: which readings make one, dry mole fractions, batches of like length."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from halosink.chamber.air import GAS_CONSTANT, dry, moles_per_area
from halosink.chamber.batch import Array, Batch
from halosink.chamber.flux.refusals import refusals
from halosink.quality.closures import keyed, mixed

# gas -> flux field; 1 umol mol-1 gives umol m-2 s-1, 1 nmol mol-1 gives nmol m-2 s-1, 1 mmol mol-1 gives mmol m-2 s-1
GASES = {"co2": "co2_flux", "ch4": "ch4_flux", "n2o": "n2o_flux", "h2o": "h2o_flux"}
UNITS = {"co2": "umol m-2 s-1", "ch4": "nmol m-2 s-1", "n2o": "nmol m-2 s-1", "h2o": "mmol m-2 s-1"}
NEEDED = ("closure", "elapsed_time", "chamber_volume", "chamber_area", "chamber_temperature", "chamber_pressure")
NUMBERS = (*NEEDED[1:], "h2o_mole_fraction", "deadband", "closure_length")
# a mole fraction of one in the unit of the gas: beyond it a reading is none
ONE = {"co2": 1e6, "ch4": 1e9, "n2o": 1e9, "h2o": 1e3}
KEPT = ("salinity_class", "vegetation", "season", "time", "analyser", "chamber")
# own choice: V / A of a chamber in the field; beyond it a volume or area stands in another unit
HEIGHT = (0.01, 5.0)
# own choice: degC, kPa and mmol mol-1 of air in a chamber (saturated air of 65 degC holds a quarter of vapour); beyond
# them the numbers stand in another unit
TEMPERATURE, PRESSURE, WATER = (-90.0, 100.0), (30.0, 120.0), (-5.0, 250.0)
# own choice: with this few readings in a closure they are vials, each of them meant
VIALS = 20
# own choice: seconds between vials at least; a slow analyser may have readings from before the closing
SECONDS_APART = 120.0
# refusals that are told otherwise here: missing readings are left out, a missing chamber is "no_chamber"
LEFT = ("not_finite", "no_volume", "no_area")
# own choice: readings apart that are compared, and how much more unlike the nearest have to be
LAGS, LEAP = (1, 2, 3, 4), 3.0
# own choice: numbers worked on at a time
MOST_READINGS, MOST_SERIES = 2**15, 128


@dataclass(frozen=True, slots=True)
class Closures:
    """c closures of a table. readings: the rows that belong to one, with `_closure` (0 to c - 1), in order of time.

    table: one row per closure, key and kept columns. several: whether its name stands for several, as its times step
    back; repeated: whether many of its times come twice. height: V / A [m].
    deadband, length: s, NaN where the table does not say.
    """

    readings: pd.DataFrame
    table: pd.DataFrame
    several: NDArray[np.bool_]
    repeated: NDArray[np.bool_]
    volume: Array
    area: Array
    temperature: Array
    pressure: Array
    water: Array
    deadband: Array
    length: Array

    @property
    def height(self) -> Array:
        possible = (self.volume > 0) & (self.area > 0)
        return np.where(possible, self.volume / 1000 / np.where(possible, self.area, 1.0), np.nan)


def closures(frame: pd.DataFrame) -> Closures:
    """What `fluxes` needs of a table of readings.

    Raises KeyError naming the needed columns that are not there, ValueError naming one that holds no numbers.
    """
    missing = [c for c in NEEDED if c not in frame]
    if missing:
        raise KeyError(f"chamber fluxes need the columns {', '.join(missing)}")
    frame = _numbers(frame)
    frame, key = keyed(frame[frame["closure"].notna()].reset_index(drop=True))
    code = frame.groupby(key, dropna=False, observed=True, sort=True).ngroup().to_numpy()
    frame = frame.assign(_closure=code, _mixed=mixed(frame))
    by = frame.groupby("_closure", sort=True)
    table = frame.drop_duplicates("_closure").set_index("_closure").sort_index()[key]
    table = table.join(by[[c for c in KEPT if c in frame and c not in key]].first())

    def each(column: str) -> Array:
        if column not in frame:
            return np.full(len(table), np.nan)
        found: Array = ordered[column].mean().to_numpy(dtype=float)
        return found

    readings = frame.sort_values(["_closure", "elapsed_time"], kind="stable", ignore_index=True)
    ordered = readings.groupby("_closure", sort=True)
    water = np.full(len(table), np.nan)
    if "h2o_mole_fraction" in frame:
        closed = readings[readings["elapsed_time"] >= 0].groupby("_closure")["h2o_mole_fraction"]
        first, middle = closed.first(), closed.median()
        water[first.index.to_numpy()] = first.where(first.between(*WATER) & middle.between(*WATER), middle)
    wrong = by["_mixed"].any().to_numpy(dtype=bool)
    back = (by["elapsed_time"].diff() < 0).groupby(frame["_closure"]).any().to_numpy(dtype=bool)
    volume, area, temperature, pressure = (each(c) for c in NEEDED[2:])
    return Closures(
        readings,
        table,
        wrong & back,
        wrong & ~back,
        volume,
        area,
        temperature,
        pressure,
        water,
        each("deadband"),
        each("closure_length"),
    )


def _numbers(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with float64 in the columns that are read as numbers; spans of time become seconds."""
    if not frame.columns.is_unique:
        raise ValueError("chamber fluxes need columns of different names")
    names = [c for c in (*NUMBERS, *(f"{g}_mole_fraction{w}" for g in GASES for w in ("", "_wet"))) if c in frame]
    found = {}
    for name in dict.fromkeys(names):
        column = frame[name]
        if column.dtype.kind == "m":
            column = column.dt.total_seconds()
        try:
            found[name] = pd.to_numeric(column).astype(float).to_numpy(dtype=float, na_value=np.nan)
        except (TypeError, ValueError) as error:
            raise ValueError(f"chamber fluxes need numbers in the column {name}: {error}") from None
    return frame.assign(**found)


@dataclass(frozen=True, slots=True)
class Series:
    """All readings of one gas: code of the closure, time [s], dry mole fraction; by closure how water was dealt with
    (correction), moles_per_area [mol m-2], and why there is no flux (reason)."""

    gas: str
    code: NDArray[np.intp]
    time: Array
    value: Array
    correction: NDArray[np.str_]
    moles: Array
    reason: NDArray[np.str_]


def gases(found: Closures) -> list[str]:
    """The gases that the table has numbers of; if it has none, those that it has columns of."""
    columns = {g: [c for c in (f"{g}_mole_fraction", f"{g}_mole_fraction_wet") if c in found.readings] for g in GASES}
    told = [gas for gas, names in columns.items() if found.readings[names].notna().any(axis=None)]
    return told or [gas for gas, names in columns.items() if names]


def series(found: Closures, gas: str, gas_constant: float = GAS_CONSTANT) -> Series:
    """The readings of one gas since closing, per mole of dry air where that can be known."""
    frame, number = found.readings, len(found.table)
    code, time = frame["_closure"].to_numpy(), frame["elapsed_time"].to_numpy(dtype=float)
    value, how = _dry(frame, code, number, gas)
    known = np.isfinite(value) & np.isfinite(time) & (np.abs(value) <= ONE[gas])
    code, time, value = code[known], time[known], value[known]
    count = np.bincount(code, minlength=number)
    several = found.several | (found.repeated & ((count < VIALS) | _alternating(code, value, found.repeated)))
    reason = np.where(several, "several_closures", "")
    reason = _refused(reason, frame[known], code, time, value, count)
    kelvin = found.temperature + 273.15
    described = np.isfinite(found.height) & (found.pressure > 0) & (kelvin > 0)
    wrong = [~described, _beyond(found.height, HEIGHT)]
    wrong += [_beyond(found.temperature, TEMPERATURE) | _beyond(found.pressure, PRESSURE), _beyond(found.water, WATER)]
    why = np.select(wrong, ["no_chamber", "impossible_height", "impossible_air", "impossible_water"], "")
    reason = np.where(reason == "", why, reason)
    closed = time >= 0
    water = np.where((how == "none") | np.isnan(found.water), 0.0, found.water)
    volume = np.where(why == "", found.volume, np.nan)
    air = volume, found.area, found.temperature, found.pressure, np.clip(water, 0, WATER[1])
    moles = moles_per_area(*air, gas_constant=gas_constant)
    return Series(gas, code[closed], time[closed], value[closed], how, moles, reason)


def _beyond(values: Array, limits: tuple[float, float]) -> NDArray[np.bool_]:
    return np.asarray((values < limits[0]) | (values > limits[1]))


def _dry(frame: pd.DataFrame, code: NDArray[np.intp], number: int, gas: str) -> tuple[Array, NDArray[np.str_]]:
    empty = np.full(len(frame), np.nan)
    water = frame["h2o_mole_fraction"].to_numpy(dtype=float) if "h2o_mole_fraction" in frame else empty
    # dry air reads a little below none
    water = np.where((water < 0) & (water >= WATER[0]), 0.0, water) if gas != "h2o" else water
    if gas == "h2o":
        return dry(water, water), np.full(number, "corrected")
    dried = frame[f"{gas}_mole_fraction"].to_numpy(dtype=float) if f"{gas}_mole_fraction" in frame else empty
    wet_name = f"{gas}_mole_fraction_wet"
    wet = frame[wet_name].to_numpy(dtype=float) if wet_name in frame else empty
    corrected = dry(wet, water)

    def share(x: Array) -> Array:
        good: Array = np.bincount(code[np.isfinite(x)], minlength=number).astype(float)
        return good

    most = np.maximum(np.maximum(share(dried), share(wet)), 1)
    how = np.select([2 * share(dried) >= most, 2 * share(corrected) >= most], ["dry", "corrected"], "none")
    mine = how[code]
    return np.select([mine == "dry", mine == "corrected"], [dried, corrected], wet), how


def _alternating(code: NDArray[np.intp], value: Array, asked: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """(c,) of the closures asked for, whether values leap to and fro as those of several closures in one do.

    A clock of whole seconds repeats times too, but then neighbours are as like as readings further apart.
    """
    found = np.zeros(len(asked), bool)
    for closure in np.flatnonzero(asked):
        mine = value[code == closure]
        if len(mine) > LAGS[-1]:
            apart = [np.median(np.abs(mine[lag:] - mine[:-lag])) for lag in LAGS]
            found[closure] = apart[0] > LEAP * min(apart[1:])
    return found


def _refused(
    reason: NDArray[np.str_],
    frame: pd.DataFrame,
    code: NDArray[np.intp],
    time: Array,
    value: Array,
    count: NDArray[np.intp],
) -> NDArray[np.str_]:
    """Reasons with the first of `refusals` where there was none: vials to the letter, analysers as they run."""
    reason = reason.astype("<U24")
    volume, area = (frame[c].to_numpy(dtype=float) for c in ("chamber_volume", "chamber_area"))
    by = pd.Series(time).groupby(code)
    apart = (by.max() - by.min()).reindex(range(len(count))).to_numpy() / np.maximum(count - 1, 1)
    few = ((count < VIALS) & (apart > SECONDS_APART))[code]
    for vials, part in ((True, few), (False, ~few & (time >= 0))):
        found = refusals(code[part], time[part], value[part], volume[part], area[part], vials=vials)
        for closure, why in found.items():
            told = [w for w in why if w not in LEFT and (vials or w != "not_positive")]
            if told and not reason[int(str(closure))]:
                reason[int(str(closure))] = told[0]
    return reason


def batches(one: Series) -> Iterator[tuple[NDArray[np.intp], Batch]]:
    """Closures without a reason against them as batches of like length, with their places in the table."""
    number = len(one.reason)
    count = np.bincount(one.code, minlength=number)
    first = np.concatenate([[0], np.cumsum(count)[:-1]])
    order = np.argsort(count, kind="stable")
    order = order[(count[order] > 0) & (one.reason[order] == "")]
    at = 0
    while at < len(order):
        size = MOST_SERIES
        while size > 1 and count[order[min(at + size, len(order)) - 1]] * min(size, len(order) - at) > MOST_READINGS:
            size //= 2
        some = order[at : at + size]
        some = some[count[some] <= 2 * count[some[0]]]
        at += len(some)
        place = np.arange(count[some].max())
        valid = place < count[some][:, None]
        from_ = np.where(valid, first[some][:, None] + place, 0)
        yield some, Batch(np.where(valid, one.time[from_], 0.0), np.where(valid, one.value[from_], 0.0), valid)
