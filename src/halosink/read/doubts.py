"""What a whole table shows that no single cell does: repeated rows, layers upside down, columns that changed places."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from typing import TYPE_CHECKING, Any

from halosink import vocabulary
from halosink.problems import Problem
from halosink.read.records import Grid, Mapped, at
from halosink.read.units import FEWEST, magnitude, within

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

OUT, FIT = 0.5, 0.9
"""Own choice: columns are thought to have changed places when half of one is implausible and 90 % fits the other."""
CONFUSED = (
    (("latitude",), ("longitude",)),
    (("ph_",), ("ec_", "salinity_", "total_salt")),
    (("soil_temperature",), ("soil_moisture", "soil_ec_bulk")),
    (("soil_moisture",), ("soil_ec_bulk",)),
    (("air_temperature", "chamber_temperature"), ("relative_humidity", "air_pressure", "chamber_pressure")),
    (("bulk_density",), ("soil_organic_carbon", "total_carbon", "water_content", "ph_")),
    (("carbon_nitrogen_ratio",), ("soil_organic_carbon",)),
    (("chamber_volume",), ("chamber_area",)),
)
"""Own choice: fields, by the beginning of their names, that stand side by side in field books and whose ranges differ
enough to tell; any two fields would give false alarms, since many ranges overlap."""
CHAMBER = {"chamber_volume", "chamber_area"}
"""Areas in cm2 look like volumes in L: where a slip of unit explains the numbers, no wrong heading is suspected."""
UNIQUE = ("plots", "counts", "taxonomy")
"""Tables in which a repeated key makes every later sum or join wrong."""
MANY_RUNS = 100_000
"""Own choice: with more runs than this a table is not sorted by series, and its keys are compared one by one."""


def swapped(values: Mapping[str, np.ndarray], columns: Sequence[Mapped], rows: np.ndarray, grid: Grid) -> list[Problem]:
    """Pairs of columns each of which fits the other's plausible range, while one does not fit its own."""
    import numpy as np

    fields = vocabulary.fields()
    known = {
        c.field: c
        for c in columns
        if not c.sensor
        and c.field in values
        and fields[c.field].minimum is not None
        and fields[c.field].maximum is not None
    }
    pairs = [p for p in combinations(known, 2) if _confused(*p)]

    def share(name: str, range_of: str) -> float:
        """How much of a column lies in the plausible range of a field."""
        count = np.isfinite(values[name]).sum()
        return float(within(values[name], fields[range_of]).sum() / count) if count >= FEWEST else np.nan

    own = {name: share(name, name) for name in {n for pair in pairs for n in pair}}
    problems = []
    for one, other in pairs:
        if not min(own[one], own[other]) <= 1 - OUT:
            continue
        if not min(share(one, other), share(other, one)) >= FIT:
            continue
        worse = one if own[one] <= own[other] else other
        better = other if worse == one else one
        if {one, other} == CHAMBER and magnitude(values[worse], known[worse], rows, grid):
            continue
        bad = ~within(values[worse], fields[worse]) & np.isfinite(values[worse])
        where, count = at(rows, bad)
        shown = {"other": known[better].heading, "field": worse, "other_field": better}
        shown["example"] = f"{values[worse][bad][0]:g}"
        problems.append(grid.problem("E-SWAPPED", known[worse].heading, where, count, **shown))
    return problems


def _confused(one: str, other: str) -> bool:
    return any(
        (one.startswith(a) and other.startswith(b)) or (one.startswith(b) and other.startswith(a)) for a, b in CONFUSED
    )


def upside_down(top: np.ndarray, bottom: np.ndarray, rows: np.ndarray, grid: Grid, heading: str) -> list[Problem]:
    """Layers whose lower limit is not below the upper one, cm."""
    import numpy as np

    wrong = np.isfinite(top) & np.isfinite(bottom) & (bottom <= top)
    if not wrong.any():
        return []
    where, count = at(rows, wrong)
    first = int(np.flatnonzero(wrong)[0])
    values = {"top": f"{top[first]:g}", "bottom": f"{bottom[first]:g}"}
    return [grid.problem("E-DEPTH-ORDER", heading, where, count, **values)]


def repeated(frame: pd.DataFrame, kind: str) -> list[Problem]:
    """Rows that share the key of their kind of table. frame: canonical, with source_file and source_row.

    Analysers that write whole seconds may read several times in one; overlap.py looks at their files.
    """
    import numpy as np

    key = [k for k in vocabulary.table_kinds()[kind].key if k in frame and frame[k].notna().any()]
    if not key or len(frame) < 2 or kind == "analyser":
        return []
    if "time" in key and _rising(frame, key):
        return []
    mask = frame.duplicated(key).to_numpy()
    mask = mask & ~frame[key].isna().all(axis=1).to_numpy()
    if not mask.any():
        return []
    first = int(np.flatnonzero(mask)[0])
    where, count = at(frame["source_row"].to_numpy(), mask)
    single = kind in UNIQUE or key == ["sample"]
    values = {"key": " + ".join(key), "value": _said(frame[key].iloc[first])}
    file = str(frame["source_file"].iloc[first])
    code = "E-DUPLICATE" if single else "W-DUPLICATE"
    return [Problem(code, file, "", " + ".join(key), tuple(where), count, values)]


def closures(frame: pd.DataFrame, kind: str) -> list[Problem]:
    """Closures of a chamber in which elapsed_time steps back or comes again: several under one name."""
    import numpy as np

    if kind != "chamber_concentrations" or not {"closure", "elapsed_time"} <= set(frame):
        return []
    from halosink.quality.closures import keyed, mixed

    mask = mixed(frame).to_numpy()
    if not mask.any():
        return []
    where, count = at(frame["source_row"].to_numpy(), mask)
    wrong, key = keyed(frame[mask])
    names = wrong[key].drop_duplicates()
    first = int(np.flatnonzero(mask)[0])
    shown = ", ".join(_said(row) for row in names.head(5).itertuples(index=False))
    values = {"names": shown, "number": len(names)}
    file = str(frame["source_file"].iloc[first])
    return [Problem("W-CLOSURE-SEVERAL", file, "", "closure", tuple(where), count, values)]


def nameless(frame: pd.DataFrame, kind: str) -> list[Problem]:
    """Rows of a table of plots that name no plot. frame: canonical, with source_file and source_row."""
    if kind != "plots" or "plot" not in frame:
        return []
    mask = frame["plot"].isna().to_numpy(dtype=bool)
    if not mask.any():
        return []
    where, count = at(frame["source_row"].to_numpy(), mask)
    file = str(frame["source_file"].to_numpy()[mask][0])
    return [Problem("E-PLOT-NAMELESS", file, "", "plot", tuple(where), count, {"number": count})]


def _said(row: Iterable[Any]) -> str:
    """The parts of a key, those that are blank left out."""
    import pandas as pd

    return " / ".join(str(v).removesuffix(" 00:00:00") for v in row if pd.notna(v))


def _rising(frame: pd.DataFrame, key: Sequence[str]) -> bool:
    """Whether each series stands in one run of rows in which time rises strictly, so that no key can repeat."""
    import numpy as np

    others = [k for k in key if k != "time"]
    starts = np.ones(len(frame), dtype=bool)
    starts[1:] = ~(np.diff(frame["time"].to_numpy()) > np.timedelta64(0))
    for name in others:
        codes = frame[name].factorize()[0]
        starts[1:] |= codes[1:] != codes[:-1]
    if not others:
        return int(starts.sum()) == 1
    first = frame.loc[starts, others]
    return len(first) <= MANY_RUNS and not first.duplicated().any()
