"""What is wrong in a table of salinity, before any of it is used."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from halosink import vocabulary
from halosink.problems import Problem
from halosink.soil.salinity.exchangeable_sodium import capacity_is_sum
from halosink.soil.salinity.published_lines import RATIOS, Array

EC_COLUMNS = ("ec_saturated_paste", *RATIOS, "ec_unspecified")
PH_COLUMNS = ("ph_saturated_paste", "ph_water")
SHARES = ("exchangeable_sodium_percentage",)
AMOUNTS = (
    *("soil_salt_content", "sodium_adsorption_ratio", "cation_exchange_capacity", "extractable_sodium"),
    *("exchangeable_sodium", "exchangeable_potassium", "exchangeable_calcium", "exchangeable_magnesium"),
    *("soluble_sodium", "soluble_calcium", "soluble_magnesium", "saturation_percentage"),
)
WATER_COLUMNS = ("porewater_salinity", "salinity_ppt", "porewater_chloride", "porewater_ec")
CATIONS = ("exchangeable_calcium", "exchangeable_magnesium", "exchangeable_potassium", "exchangeable_sodium")
EMPTY = ("", "na", "nan", "none", "-", "n/a", "null")
"""Text that stands for not measured; other text in a column of numbers is told."""
SHOWN = 10


class Values:
    """The columns as numbers with what is impossible taken out, the rows of that, and the problems.

    also: columns that are read beside those of soil. impossible: per column the rows (n,) whose value was taken out.
    """

    def __init__(self, frame: pd.DataFrame, also: tuple[str, ...] = ()):
        self.frame = frame.reset_index(drop=True)
        self.problems: list[Problem] = []
        self.impossible: dict[str, NDArray[np.bool_]] = {}
        self._numbers: dict[str, Array] = {}
        self._noted: dict[tuple[str, str], tuple[NDArray[np.bool_], dict[str, object]]] = {}
        for column in (*EC_COLUMNS, *PH_COLUMNS, *SHARES, *AMOUNTS, *also):
            if column in self.frame:
                self._check(column, self._read(column))
        self._order()

    def __getitem__(self, column: str) -> Array:
        """(n,) numbers of a column, NaN where it is lacking."""
        return self._numbers.get(column, np.full(len(self.frame), np.nan))

    def bad(self, *columns: str) -> NDArray[np.bool_]:
        """(n,) rows with an impossible value in one of the columns."""
        none = np.zeros(len(self.frame), dtype=bool)
        for column in columns:
            none = none | self.impossible.get(column, none)
        return none

    def tell(self, code: str, rows: NDArray[np.bool_], column: str = "", /, **values: object) -> None:
        """Adds the problem once per source file that has such rows."""
        if not rows.any():
            return
        place = self.frame.get("source_file", pd.Series([""] * len(self.frame))).fillna("").astype(str)
        number = self.frame.get("source_row", pd.Series(np.arange(2, len(self.frame) + 2)))
        for file in sorted(place[rows].unique()):
            found = pd.to_numeric(number[rows & (place == file).to_numpy()], errors="coerce").dropna().astype(int)
            shown = tuple(int(v) for v in found.iloc[:SHOWN])
            self.problems.append(Problem(code, file, "", column, shown, len(found), values))

    def note(self, code: str, rows: NDArray[np.bool_], column: str, start: int, values: dict[str, object]) -> None:
        """Keeps what a block of rows from `start` on has to tell, until flush; of its values those that go highest."""
        if not rows.any():
            return
        mask, kept = self._noted.get((code, column), (np.zeros(len(self.frame), dtype=bool), values))
        mask[start : start + len(rows)] |= rows
        if float(str(values.get("highest", 0))) > float(str(kept.get("highest", 0))):
            kept = values
        self._noted[code, column] = (mask, kept)

    def flush(self) -> None:
        """Tells what the blocks noted."""
        for (code, column), (rows, values) in self._noted.items():
            self.tell(code, rows, column, **values)
        self._noted.clear()

    def _read(self, column: str) -> Array:
        raw = self.frame[column]
        number = pd.to_numeric(raw, errors="coerce").to_numpy(dtype=float)
        if not pd.api.types.is_numeric_dtype(raw):
            text = raw.astype("string").str.strip()
            odd = np.isnan(number) & ~text.str.lower().isin(EMPTY).fillna(True).to_numpy(dtype=bool)
            if odd.any():
                found = ", ".join(sorted(set(text[odd].tolist()))[:3])
                self.tell("W-SALINITY-TEXT", odd, column, column=column, found=found)
        return np.where(np.isfinite(number), number, np.nan)

    def _check(self, column: str, value: Array) -> None:
        field = vocabulary.field(column)
        low, high = _range(value)
        if column in PH_COLUMNS:
            wrong = (value < (field.minimum or 0.0)) | (value > (field.maximum or 14.0))
            low, high = _range(value[wrong])
            self.tell("E-SALINITY-PH", wrong, column, column=column, lowest=low, highest=high)
        elif column in SHARES:
            wrong = (value < 0) | (value > 100)
            low, high = _range(value[wrong])
            self.tell("E-SALINITY-ESP", wrong, column, lowest=low, highest=high)
        else:
            negative = value < 0
            self.tell("E-SALINITY-NEGATIVE", negative, column, column=column, lowest=low)
            wrong = negative
            if column in EC_COLUMNS and field.maximum is not None:
                unit = value > field.maximum
                self.tell("E-SALINITY-EC-UNIT", unit, column, column=column, highest=high)
                wrong = negative | unit
            elif column in WATER_COLUMNS and field.maximum is not None:
                more = value > field.maximum
                said = {"highest": high, "limit": f"{field.maximum:g}", "unit": field.unit}
                self.tell("E-SALINITY-WATER-RANGE", more, column, column=column, **said)
                wrong = negative | more
        self.impossible[column] = wrong
        self._numbers[column] = np.where(wrong, np.nan, value)

    def _order(self) -> None:
        """A saturation extract that is no stronger than a wider one is no saturation extract."""
        paste = self["ec_saturated_paste"]
        wider = [(column, self[column]) for column in RATIOS if column in self._numbers]
        for column, value in wider:
            wrong = (paste <= value) & (paste > 0)
            self.tell("W-SALINITY-EC-ORDER", wrong, "ec_saturated_paste", column=column)
            paste = np.where(wrong, np.nan, paste)
        self._numbers["ec_saturated_paste"] = paste

    def cation_sum(self) -> NDArray[np.bool_]:
        """(n,) rows whose capacity is only the sum of cations; told once."""
        parts = np.stack([self[c] for c in CATIONS], axis=1)
        same = capacity_is_sum(self["cation_exchange_capacity"], parts)
        judged = np.isfinite(parts).all(axis=1) & np.isfinite(self["cation_exchange_capacity"])
        share = round(100.0 * same.sum() / max(int(judged.sum()), 1))
        self.tell("W-SALINITY-CEC-SUM", same, "cation_exchange_capacity", share=share)
        return same


class Block:
    """The rows of a table from `start` up to `stop`; summed: (n,) rows of the whole whose capacity is a sum."""

    def __init__(self, values: Values, summed: NDArray[np.bool_], start: int, stop: int):
        self.values, self.start, self.stop = values, start, stop
        self.frame = values.frame.iloc[start:stop]
        self.summed = summed[start:stop]

    def __getitem__(self, column: str) -> Array:
        return self.values[column][self.start : self.stop]

    def bad(self, *columns: str) -> NDArray[np.bool_]:
        return self.values.bad(*columns)[self.start : self.stop]

    def tell(self, code: str, rows: NDArray[np.bool_], column: str = "", /, **values: object) -> None:
        self.values.note(code, rows, column, self.start, values)


def _range(value: Array) -> tuple[str, str]:
    known = value[np.isfinite(value)]
    return (f"{known.min():g}", f"{known.max():g}") if known.size else ("", "")
