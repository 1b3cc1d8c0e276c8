"""Class of every row by the salinity of the water it was taken from, for marshes, or what is missing."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pandas as pd

from halosink.soil.salinity.class_limits import class_tables, most_probable
from halosink.soil.salinity.class_options import ClassOptions
from halosink.soil.salinity.published_lines import Array
from halosink.soil.salinity.streams import generator
from halosink.soil.salinity.table_checks import Block
from halosink.soil.salinity.water_salinity import salinity_of_chloride, salinity_of_conductivity

TABLE = "salinity_water.venice"


class Way(NamedTuple):
    """One measurement of salinity: its function to g/kg, the relative error of one reading, that of its salts, which
    the rows of one draw share, and the error in g/kg at low salinity. All three are standard deviations."""

    to_salinity: Callable[[Array], Array]
    reading: float
    salts: float
    floor: float


WAYS = {
    "porewater_salinity": Way(lambda value: value, 0.05, 0.0, 0.1),
    "salinity_ppt": Way(lambda value: value, 0.05, 0.0, 0.1),
    "porewater_chloride": Way(salinity_of_chloride, 0.05, 0.05, 0.1),
    "porewater_ec": Way(salinity_of_conductivity, 0.03, 0.05, 0.05),
}
"""In the order in which they are taken. Errors are own choices: laboratories agree on an ion within about 5 per cent;
sulfate is 8 per cent of sea salt and may be reduced or made in a marsh, which moves salt per chloride by as much;
a river brings about 0.1 g/kg of other salts; meters read to 0.1 g/kg."""


def wetland_classes(values: Block, options: ClassOptions, out: pd.DataFrame) -> None:
    """Adds wetland_salinity [g/kg], wetland_from, wetland_class, wetland_class_p and wetland_reason to the rows.

    wetland_reason: codes of texts/soil_salinity.toml. Where two measurements put the water into different classes, the
    first of WAYS counts and the row says so. Source of the classes: venice1959, cowardin1979.
    """
    table, n = class_tables()[TABLE], len(values.frame)
    salinity, share = np.full(n, np.nan), np.full((n, len(table.classes)), np.nan)
    origin, apart = np.full(n, "", dtype=object), np.zeros(n, dtype=bool)
    for column in WAYS:
        rows = np.isfinite(values[column])
        if not rows.any():
            continue
        drawn = water_draws(values[column], column, options)
        chance = table.probabilities(drawn)
        first, again = rows & (origin == ""), rows & (origin != "")
        differ = again.copy()
        differ[again] = share[again].argmax(axis=1) != chance[again].argmax(axis=1)
        for other in sorted(set(origin[differ])):
            values.tell("W-SALINITY-WATER-APART", differ & (origin == other), column, column=other, other=column)
        apart |= differ
        salinity[first], share[first] = np.median(drawn[first], axis=1), chance[first]
        origin[first] = column
        if column == "salinity_ppt":
            values.tell("N-SALINITY-WATER-MEDIUM", first, column)
        elif column != "porewater_salinity":
            values.tell("N-SALINITY-WATER-MODEL", first, column, column=column)
    wrong = values.bad(*WAYS) & (origin == "")
    codes = {"water_impossible": wrong, "missing_water": (origin == "") & ~wrong, "water_apart": apart}
    out["wetland_salinity"], out["wetland_from"] = salinity, origin
    out["wetland_class"], out["wetland_class_p"] = most_probable(share, table.classes), share.max(axis=1)
    out["wetland_reason"] = [",".join(code for code, rows in codes.items() if rows[i]) for i in range(n)]


def water_draws(value: Array, column: str, options: ClassOptions) -> Array:
    """(n, draws) salinity in g/kg of measurements (n,) in the unit of their column, one of WAYS."""
    way = WAYS[column]
    random = generator(options.seed, "soil", "salinity", "water", column)
    shared = way.salts * random.standard_normal(options.draws)
    own = way.reading * random.standard_normal((len(value), options.draws))
    more = way.floor * random.standard_normal((len(value), options.draws))
    middle = way.to_salinity(np.asarray(value, dtype=float))
    return np.asarray(np.maximum(middle[:, None] * np.exp(shared + own) + more, 0.0))
