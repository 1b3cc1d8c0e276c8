"""The tables of a chamber campaign as the checks see them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from halosink.chamber.checks.parts.traces import Array, Index, Trace
from halosink.quality.closures import keyed

if TYPE_CHECKING:
    import pandas as pd

GASES = ("co2_mole_fraction", "ch4_mole_fraction", "n2o_mole_fraction")
WET = "_wet"
# own choice: s, a year; an elapsed time beyond it is no time
LONGEST = 3.2e7


@dataclass(frozen=True)
class Readings:
    """n readings of m closures, sorted by closure and elapsed time.

    frame: (n,) the readings. key: the columns that name a closure. code: (n,) number of the closure, ascending.
    sheet, fluxes, record: the field sheet, the fluxes, the unbroken record of the analyser, where there are any.
    """

    frame: pd.DataFrame
    key: list[str]
    code: Index
    sheet: pd.DataFrame | None
    fluxes: pd.DataFrame | None
    record: pd.DataFrame | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "_traces", {})

    @staticmethod
    def of(
        concentrations: pd.DataFrame,
        closures: pd.DataFrame | None = None,
        fluxes: pd.DataFrame | None = None,
        record: pd.DataFrame | None = None,
    ) -> Readings:
        """From the canonical tables. Raises KeyError without closure or elapsed_time."""
        missing = [c for c in ("closure", "elapsed_time") if c not in concentrations]
        if missing:
            raise KeyError(f"chamber checks need the columns {', '.join(missing)}")
        known = concentrations["closure"].notna()
        frame = concentrations if known.all() else concentrations[known]
        endless = frame["elapsed_time"].abs() > LONGEST
        if endless.any():
            frame = frame.assign(elapsed_time=frame["elapsed_time"].mask(endless))
        frame, key = keyed(frame)
        code = frame.groupby(key, dropna=False, observed=True, sort=False).ngroup().to_numpy(np.int64)
        time = frame["elapsed_time"].to_numpy(float)
        ascending = (np.diff(time) >= 0) | (np.diff(code) > 0)
        if (np.diff(code) < 0).any() or not ascending.all():
            order = np.lexsort((time, code))
            frame, code = frame.iloc[order], code[order]
        return Readings(frame.reset_index(drop=True), key, code.astype(np.int64, copy=False), closures, fluxes, record)

    @cached_property
    def starts(self) -> Index:
        return np.flatnonzero(np.diff(self.code, prepend=-1)) if self.code.size else np.zeros(0, np.int64)

    @property
    def m(self) -> int:
        return int(self.starts.size)

    @cached_property
    def time(self) -> Array:
        return self.frame["elapsed_time"].to_numpy(float)

    @cached_property
    def closed(self) -> NDArray[np.bool_]:
        """(n,) readings while the chamber was closed, as far as the table says."""
        inside = self.time >= 0
        if "closure_length" in self.frame:
            length = self.frame["closure_length"].to_numpy(float)
            inside &= ~(self.time > length)
        return inside

    @cached_property
    def gases(self) -> tuple[str, ...]:
        """The gas columns that hold values, dry before wet."""
        names = (*GASES, *(g + WET for g in GASES))
        return tuple(n for n in names if n in self.frame and self.frame[n].notna().any())

    def column(self, name: str) -> Array | None:
        """(n,) values of a numeric field; None where it is lacking."""
        if name not in self.frame or not self.frame[name].notna().any():
            return None
        values: Array = self.frame[name].to_numpy(float)
        return values

    def trace(self, name: str, before: bool = False) -> Trace:
        """The readings of a field while closed; with `before` those before closing too."""
        cache: dict[tuple[str, bool], Trace] = self._traces  # type: ignore[attr-defined]
        if (name, before) not in cache:
            values = self.column(name)
            if values is None:
                values = np.full(self.code.size, np.nan)
            use = np.isfinite(values) & (np.isfinite(self.time) if before else self.closed)
            cache[name, before] = Trace(self.code[use], self.time[use], values[use], self.m)
        return cache[name, before]

    def constant(self, name: str) -> Array:
        """(m,) mean of a field over all rows of each closure; NaN where it is lacking."""
        values = self.column(name)
        if values is None:
            return np.full(self.m, np.nan)
        use = np.isfinite(values)
        return _mean(self.code[use], values[use], self.m)

    def text(self, name: str) -> NDArray[np.object_] | None:
        """(m,) text of a field at the first row of each closure; None where it is lacking."""
        if name not in self.frame or not self.frame[name].notna().any():
            return None
        found: NDArray[np.object_] = self.frame[name].iloc[self.starts].astype(object).to_numpy()
        return found

    @cached_property
    def closing(self) -> Array:
        """(m,) s since 1970 at which each chamber was closed; NaN where unknown.

        Stamps that run with the readings are set back by the elapsed time; a stamp that stands still is the closing.
        """
        import pandas as pd

        if "time" not in self.frame or not self.frame["time"].notna().any():
            return np.full(self.m, np.nan)
        stamps = pd.to_datetime(self.frame["time"]).to_numpy("datetime64[ns]")
        seconds = np.where(np.isnat(stamps), np.nan, stamps.astype(np.int64) / 1e9)
        use = np.isfinite(seconds) & np.isfinite(self.time)
        trace = Trace(self.code[use], self.time[use], seconds[use], self.m)
        standing = trace.high == trace.low
        return np.where(standing, trace.low, trace.mean(trace.value - trace.time))

    @cached_property
    def closures(self) -> pd.DataFrame:
        """(m,) the key columns of each closure."""
        found: pd.DataFrame = self.frame[self.key].iloc[self.starts].reset_index(drop=True)
        return found

    @cached_property
    def of_flux(self) -> Index:
        """Number of the closure of each row of `fluxes`; -1 where there is none."""
        import pandas as pd

        if self.fluxes is None:
            return np.zeros(0, np.int64)
        on = [c for c in self.key if c in self.fluxes]
        known = self.closures[on].assign(_number=np.arange(self.m)).drop_duplicates(on)
        both = pd.concat([known[on], self.fluxes[on]], ignore_index=True)
        group = both.groupby(on, dropna=False, observed=True, sort=False).ngroup().to_numpy()
        number = np.full(group.max(initial=0) + 1, -1)
        number[group[: len(known)]] = known["_number"].to_numpy()
        found: Index = number[group[len(known) :]]
        return found

    def named(self, hit: NDArray[np.bool_], most: int = 6) -> str:
        """The names of those closures, the first few of many."""
        places = np.flatnonzero(hit)
        rows = self.closures.iloc[places[:most]]
        plain = self.closures["closure"].is_unique
        columns = ["closure"] if plain else self.key
        names = [" ".join(_said(v) for v in row if v == v) for row in rows[columns].itertuples(index=False)]
        more = f" (+ {places.size - most})" if places.size > most else ""
        return ", ".join(names) + more


def _mean(code: Index, values: Array, m: int) -> Array:
    count = np.bincount(code, minlength=m)
    total = np.bincount(code, weights=values, minlength=m)
    return np.asarray(total / np.where(count > 0, count, np.nan))


def _said(value: object) -> str:
    return str(value.date()) if hasattr(value, "date") else str(value)
