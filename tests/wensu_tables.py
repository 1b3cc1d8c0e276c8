"""Published values of the Wensu study that follow from other published values, recomputed by the package."""

import tomllib
from importlib import resources
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from halosink.maps.entropy import weights_from_entropy
from halosink.maps.importance import WEIGHTS
from halosink.maps.resistance import published_levels, published_weights, reclass, weighted_resistance
from halosink.maps.sink_areas import category_land_use, land_use_areas
from halosink.maps.stock.vegetation import class_counts, storage, vegetation_table, wensu_types
from halosink.maps.strategies.catalogue import patterns

SINKS = {1: "7_primary", 2: "8_secondary", 3: "9_potential"}
FACTORS = {
    "Slope": "slope", "Elevation": "elevation", "Land use": "land_use",
    "Annual accumulated temperature": "accumulated_temperature", "Annual precipitation": "annual_precipitation",
    "Population density": "population_density",
}  # fmt: skip
TYPES = {"Farmland": [11, 12], "Forest": [21, 22, 23, 24], "Grassland": [31, 32, 33],
         "Water area": [41, 42, 43, 44, 46],
         "Urban land, rural settlement, and other development land": [51, 52, 53],
         "Unused land": [61, 62, 63, 65, 66]}  # fmt: skip


class Line(NamedTuple):
    table: str
    what: str
    printed: float
    computed: float
    tolerance: float

    @property
    def met(self) -> bool:
        return bool(abs(self.computed - self.printed) <= self.tolerance * (1 + 1e-9))


def table(reference: Path, name: str) -> pd.DataFrame:
    (file,) = (reference / "sources/tables").glob(f"wensu_table{name}*.csv")
    return pd.read_csv(file)


def land_use(reference: Path, category: int) -> pd.DataFrame:
    """Rows of Table 7, 8 or 9 with `code` and what the package makes of their areas: `found` [%]."""
    rows = table(reference, SINKS[category])
    rows = rows[rows["row_kind"] == "row"].reset_index(drop=True)
    rows["code"] = rows["land_use_subtype_en"].map(codes_by_name())
    areas = np.zeros((3, 256))
    areas[category - 1, rows["code"]] = rows["area_km2"]
    made = land_use_areas(areas, 1e6, range(256)).set_index("land_use")
    return rows.assign(found=made.loc[rows["code"], "percent"].to_numpy())


def codes_by_name() -> dict[str, int]:
    raw = tomllib.loads((resources.files("halosink.maps.landuse") / "classes.toml").read_text("utf-8"))
    return {part["en"]: int(code) for code, part in raw["class"].items()}


def vegetation(reference: Path) -> list[Line]:
    """Table 2: densities times areas, from the csv and from a raster of 1 ha cells through the package's own types."""
    rows = table(reference, "2_")
    body, total = rows[rows["row_kind"] == "row"], rows[rows["row_kind"] == "total"].iloc[0]
    found = storage(body["carbon_density_t_per_hm2"], body["area_1e4_hm2"])
    names, printed_storage = body["vegetation_subtype_en"].fillna("Non-vegetation area"), body["carbon_storage_1e4_t"]
    lines = [
        Line("Table 2", f"{name} [1e4 t]", printed, computed, 5e-4)
        for name, printed, computed in zip(names, printed_storage, found, strict=True)
    ]
    lines.append(Line("Table 2", "sum of areas [1e4 hm2]", total["area_1e4_hm2"], body["area_1e4_hm2"].sum(), 1e-9))
    lines.append(Line("Table 2", "sum of storages [1e4 t]", total["carbon_storage_1e4_t"], found.sum(), 5e-4))
    types = wensu_types()
    cells = [round(one.area * 100) for one in types]
    raster = np.repeat(np.array([one.code for one in types], dtype=np.uint8), cells).reshape(5, -1)
    made = vegetation_table(class_counts(raster), 1e6, types)
    lines += [
        Line("Table 2", f"raster of types: {row.name_en} [1e4 t]", printed, row.storage_t / 1e4, 5e-4)
        for row, printed in zip(made.itertuples(), printed_storage, strict=True)
    ]
    groups = body.assign(found=found).groupby("vegetation_type_en")[["carbon_storage_1e4_t", "found"]].sum()
    return lines + [
        Line("Table 2", f"subtotal {name} [1e4 t]", row["carbon_storage_1e4_t"], row["found"], 1.5e-3)
        for name, row in groups.iterrows()
    ]


def weights(reference: Path) -> list[Line]:
    """Table 4: d = 1 - e, w = d / sum of d; printed e and d have four decimals, so w is good to 0.01 point (k04)."""
    rows = table(reference, "4_")
    names = [FACTORS[n] for n in rows["resistance_factor_en"]]
    found = weights_from_entropy(dict(zip(names, rows["information_entropy_e"], strict=True)))
    own = published_weights()
    lines = [Line("Table 4", "sum of weights [%]", 100.0, rows["weight_w_percent"].sum(), 1e-9)]
    for name, row in zip(names, rows.itertuples(), strict=True):
        lines.append(Line("Table 4", f"{name}: d", row.difference_coefficient_d, found[name].difference, 5e-5))
        lines.append(Line("Table 4", f"{name}: w [%]", row.weight_w_percent, 100 * found[name].weight, 0.01))
        lines.append(Line("Table 4", f"{name}: w of the package [%]", row.weight_w_percent, 100 * own[name], 1e-9))
    return lines


def levels(reference: Path) -> list[Line]:
    """Table 5: each level at its lower bound and just below its upper one, and each class of land use."""
    lines = []
    for row in table(reference, "5_").itertuples():
        name = FACTORS[row.resistance_factor_en]
        if name == "land_use":
            values = np.array(TYPES[row.class_en], dtype=np.uint8)
        else:
            ends = (row.lower_bound_inclusive, np.nextafter(row.upper_bound_exclusive, -np.inf))
            values = np.array([v for v in ends if np.isfinite(v)])
        found = reclass(values, published_levels()[name])
        what = row.class_en if name == "land_use" else f"[{row.lower_bound_inclusive}, {row.upper_bound_exclusive})"
        lines += [Line("Table 5", f"{name} {what}", row.resistance_value, v, 0.0) for v in found.tolist()]
    ones = {name: np.ones(1, dtype=np.float32) for name in FACTORS.values()}
    return [*lines, Line("Table 5", "resistance where all factors are 1", 1.0,
                         float(weighted_resistance(ones, published_weights())[0]), 1e-7)]  # fmt: skip


def composition(reference: Path) -> list[Line]:
    """Tables 7 to 9: percentages and sums, from the areas and from a raster of 0.01 km2 cells."""
    lines, totals = [], []
    for category, name in SINKS.items():
        total = float(table(reference, name)["area_km2"].iloc[-1])
        body, label = land_use(reference, category), f"Table {name[0]}"
        for row in body.itertuples():
            off = 0.01 if (category, row.code) == (2, 62) else 1e-9  # k03
            lines.append(Line(label, f"{row.land_use_subtype_en} [%]", row.percent, round(row.found, 2), off))
        lines.append(Line(label, "sum of areas [km2]", total, body["area_km2"].sum(), 1e-9))
        lines.append(Line(label, "sum of printed percentages", 100.0, body["percent"].sum(), 1e-9))
        land = np.repeat(body["code"].astype(np.uint8), np.round(body["area_km2"] * 100).astype(int)).to_numpy()
        cells = category_land_use(np.full((1, len(land)), category, np.uint8), land.reshape(1, -1))
        made = land_use_areas(cells, 1e4).set_index("land_use")
        for row in body.itertuples():
            raster, what = made.loc[row.code], f"raster: {row.land_use_subtype_en}"
            lines.append(Line(label, f"{what} [km2]", row.area_km2, raster["area_km2"], 1e-9))
            lines.append(Line(label, f"{what} [%]", row.percent, raster["percent"], 0.01))
        totals.append(total)
    share = 100 * sum(totals) / 14200
    return [*lines, Line("Tables 7-9", "three categories together [km2]", 5243.37, sum(totals), 1e-9),
            Line("Tables 7-9", "three categories of 14,200 km2 [%]", 36.9, share, 0.05)]  # fmt: skip


def results(reference: Path) -> list[Line]:
    """Section 4: what repeats a table; eq. 5: weights of importance."""
    rows = pd.read_csv(reference / "sources/tables/wensu_results.csv").set_index("id")["value_low"]
    by_name = {one.title.en: one.storage for one in wensu_types()}
    stock = sorted((float(storage(one.density, one.area)) for one in wensu_types()), reverse=True)
    shares = {(c, row.land_use_subtype_en): row.found for c in SINKS for row in land_use(reference, c).itertuples()}
    counts = [sum(p.category == c for p in patterns()) for c in SINKS]
    pairs = [
        ("r08", sum(stock)), ("r09", stock[0]),
        ("r10", next(v for n, v in by_name.items() if n.startswith("Two-year"))),
        ("r11", by_name["Cool temperate and temperate montane coniferous forest"]),
        ("r12", by_name["Temperate steppe shrub desert"]),
        ("r23", shares[1, "High coverage grassland"]), ("r24", shares[1, "Medium coverage grassland"]),
        ("r25", shares[1, "Low coverage grassland"]), ("r26", shares[2, "Dry land"]),
        ("r27", shares[3, "Low coverage grassland"]), ("r28", shares[3, "Bare rock or gravel"]),
        ("r29", sum(counts)), ("r30", counts[0]), ("r31", counts[1]), ("r32", counts[2]),
        ("r33", len({p.strategy.en for p in patterns()})),
    ]  # fmt: skip
    lines = [Line("section 4", key, float(rows[key]), float(v), 5.001e-3 if key > "r12" else 5e-4) for key, v in pairs]
    equations = pd.read_csv(reference / "sources/tables/wensu_equations.csv")
    five = equations[(equations["equation"] == 5) & equations["symbol"].str.startswith("weight")]
    printed = five["value_english_half"].astype(float)
    return lines + [Line("equation 5", name, p, w, 0.0) for (name, w), p in zip(WEIGHTS.items(), printed, strict=True)]


def everything(reference: Path) -> list[Line]:
    return [line for part in (vegetation, weights, levels, composition, results) for line in part(reference)]
