"""How often the intervals of a map of sinks hold the truth, and how often a cell has the category it is said to have.

    python validation/maps_coverage.py [SEEDS] [FIRST]

SEEDS regions (default 300, numbered from FIRST, default 780000) of 60 x 60 cells of 1 km with land use, production,
respiration, soil, vegetation and factors of resistance. The truth is made here with numpy alone: errors shared by the
region and errors alike nearby (from the Cholesky factor of their covariance, not by Fourier transform), an error of its
own for the density of each type, weights by gamma numbers. The true areas are those of the chain run on the true layers
with the true weights. The code gets the maps and the set weights, and draws 79 times (the ends of the interval are then
the second and the 78th draw).

Three worlds:
  as set       truth = map x error, the error independent of the map and as large as set. What the draws stand for:
               models and interpolations are smoother than what they predict. 91 to 98 % of the intervals have to hold
               the truth, and in each tenth of confidence the share of cells that have their category has to be within
               0.05 of it.
  a third      the same with a third of the errors, and weights as set: intervals are wider than needed; no less than
               91 % have to hold the truth. On a sixth as many regions.
  measurement  map = truth x error, on a sixth as many regions. Such a map has noise of its own, and the draws add the
               noise again. Told only: it shows what raw measurements would do to areas, while totals still hold.
Columns: share held; shares where the truth is below and above; share held by the draws alone, without the interval
around the map; share of maps inside the draws' interval; mean error of the map's number and of the middle of the draws
(share of the mean truth).

Ends with exit code 1 when a line is missed. Seeds below 1000 and from 770000 to 770299 served while the method was
chosen.
"""

from __future__ import annotations

import sys
import time
from dataclasses import replace

import numpy as np
import pandas as pd

from halosink.maps.chain import Choices, Inputs, map_sinks
from halosink.maps.ensemble import Parts, Spread, carbon_totals, interval, run_ensemble

SIDE, CELL, DRAWS = 60, 1000.0, 79
LOW, HIGH, CLOSE = 0.91, 0.98, 0.05
ENOUGH = 1000
"""Cells of a tenth that is judged: neighbours are true or not together, fewer are a handful of patches."""
WEIGHTS = {"nep": 0.5, "vegetation_carbon": 0.25, "soil_carbon": 0.25}
ERRORS = {"npp": 0.2, "respiration": 0.3, "organic": 0.3, "inorganic": 0.3, "vegetation": 0.3}
SHARE, REACH, CONCENTRATION = 0.5, 20_000.0, 50.0
MONTHS = np.array([-8.0, -3, 6, 14, 19, 23, 25, 24, 18.5, 10.5, 1.5, -6])
RAIN = np.array([2, 2, 3, 5, 11, 20, 24, 16, 8, 4, 2, 3]) / 100
NPP = {12: 420, 24: 360, 21: 430, 31: 290, 32: 190, 33: 80, 62: 12, 63: 55, 66: 10, 52: 30}
DENSITY = {12: 5.7, 24: 20, 21: 52.3, 31: 2.1, 32: 2.1, 33: 3.7, 62: 1, 63: 1, 66: 3.3, 52: 0}
ORGANIC = {12: 90, 24: 95, 21: 190, 31: 170, 32: 100, 33: 55, 62: 20, 63: 40, 66: 20, 52: 60}


def root_of_covariance() -> np.ndarray:
    """Cholesky factor of exp(-3 h / reach) over all pairs of cells."""
    row, column = np.divmod(np.arange(SIDE * SIDE), SIDE)
    apart = CELL * np.hypot(row[:, None] - row, column[:, None] - column)
    return np.linalg.cholesky(np.exp(-3 * apart / REACH) + 1e-9 * np.eye(SIDE * SIDE))


def smooth(rng: np.random.Generator, reach: int) -> np.ndarray:
    """Moving average of white noise, brought to mean 0 and variance 1."""
    noise = rng.standard_normal((SIDE + 2 * reach, SIDE + 2 * reach))
    sums = np.lib.stride_tricks.sliding_window_view(noise, (2 * reach + 1, 2 * reach + 1)).sum(axis=(2, 3))
    return (sums - sums.mean()) / sums.std()


def landscape(rng: np.random.Generator) -> tuple[np.ndarray, dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Mountains in the north, an oasis, desert, salt in the south: land use, quantities, factors of resistance."""
    south = np.linspace(0, 1, SIDE)[:, None] * np.ones(SIDE)
    stand, salt = smooth(rng, 3), smooth(rng, 3)
    zone = south + 0.08 * smooth(rng, 5)
    oasis = 1 - ((np.linspace(0, 1, SIDE) - 0.5) / 0.3) ** 2 - ((zone - 0.62) / 0.13) ** 2 + 0.2 * stand
    land = np.full((SIDE, SIDE), 62, np.uint8)
    for limit, code in ((0.45, 33), (0.36, 32), (0.27, 31)):
        land[zone < limit] = code
    land[(zone < 0.3) & (stand > 0.3)] = 21
    land[zone < 0.05] = 66
    land[(zone > 0.75) & (salt > 0)] = 63
    land[(zone > 0.75) & (salt <= -0.6)] = 32
    land[oasis > 0.2] = 12
    land[(oasis > 0.3) & (stand > 1.2)] = 24
    land[(oasis > 0.5) & (salt > 1.6)] = 52
    height = 1000 + 3000 * np.clip(0.5 - zone, 0, None)
    rain = 60 + 400 * np.clip(0.5 - zone, 0, None)
    warm = MONTHS[:, None, None] - 0.0065 * (height - 1000)
    wet = RAIN[:, None, None] * rain
    quantities = {
        "npp": _of_land(NPP, land) * np.exp(0.12 * smooth(rng, 4)),
        "respiration": (0.22 * (np.exp(0.0913 * warm) + np.log(0.3145 * wet + 1)) * 30 * 0.465).sum(axis=0),
        "vegetation": _of_land(DENSITY, land),
        "organic": _of_land(ORGANIC, land) * np.exp(0.2 * smooth(rng, 4)),
        "inorganic": 150 * np.exp(0.25 * smooth(rng, 6)),
    }
    north, east = np.gradient(height, CELL)
    factors = {
        "slope": 3 * np.degrees(np.arctan(np.hypot(north, east))), "elevation": height,
        "annual_precipitation": rain, "population_density": 300 * np.clip(oasis, 0, None),
    }  # fmt: skip
    return land, quantities, {name: values.astype(np.float32) for name, values in factors.items()}


def _of_land(table: dict[int, float], land: np.ndarray) -> np.ndarray:
    found = np.zeros(256)
    found[list(table)] = list(table.values())
    return found[land]


def with_errors(
    quantities: dict[str, np.ndarray], land: np.ndarray, root: np.ndarray, rng: np.random.Generator, size: float
) -> dict[str, np.ndarray]:
    """Each quantity times lognormal errors of mean 1, `size` times those set."""
    found = {}
    for name, relative in ERRORS.items():
        variance = np.log(1 + (size * relative) ** 2)
        if name == "vegetation":
            z = rng.standard_normal(256)[land]
        else:
            local = (root @ rng.standard_normal(SIDE * SIDE)).reshape(SIDE, SIDE)
            z = np.sqrt(1 - SHARE) * rng.standard_normal() + np.sqrt(SHARE) * local
        found[name] = quantities[name] * np.exp(np.sqrt(variance) * z - variance / 2)
    return found


def weights_near(weights: dict[str, float], rng: np.random.Generator) -> dict[str, float]:
    """Gamma numbers over their sum."""
    names = sorted(name for name, weight in weights.items() if weight > 0)
    drawn = rng.gamma([CONCENTRATION * weights[name] for name in names])
    return dict(zip(names, (drawn / drawn.sum()).tolist(), strict=True))


def parts_of(quantities: dict[str, np.ndarray], land: np.ndarray) -> Parts:
    q = {name: values.astype(np.float32) for name, values in quantities.items()}
    return Parts(
        npp=q["npp"], respiration=q["respiration"], vegetation_carbon=q["vegetation"],
        soil_organic_carbon=q["organic"], soil_inorganic_carbon=q["inorganic"], vegetation_code=land,
    )  # fmt: skip


def region(seed: int, world: str, root: np.ndarray) -> tuple[list[dict], np.ndarray]:
    """A row per total and area, and (cells, 2): confidence of the mapped category, whether it is true."""
    rng = np.random.default_rng([seed, 5])
    land, quantities, factors = landscape(rng)
    erring = with_errors(quantities, land, root, rng, 1 / 3 if world == "a third" else 1.0)
    seen, true = (erring, quantities) if world == "measurement" else (quantities, erring)
    parts, true_values = parts_of(seen, land), parts_of(true, land).values()
    inputs, choices = Inputs(land, parts.values(), factors, CELL, CELL), Choices(WEIGHTS)
    mapped = map_sinks(inputs, choices)
    of_factors = {name: one.weight for name, one in mapped.weights.items()}
    truth = map_sinks(
        replace(inputs, values=true_values),
        replace(choices, weights=weights_near(WEIGHTS, rng), resistance_weights=weights_near(of_factors, rng)),
    )
    drawn = run_ensemble(inputs, parts, choices, Spread(), DRAWS, seed)
    rows = []

    def add(what: str, map_: float, real: float, draws: np.ndarray) -> None:
        low, middle, high = interval(np.asarray(draws, float), mapped=map_)
        least, _, most = interval(np.asarray(draws, float))
        rows.append({
            "what": what, "held": low <= real <= high, "below": real < low, "above": real > high,
            "draws hold": least <= real <= most, "map inside": least <= map_ <= most, "map": map_, "middle": middle,
            "truth": real,
        })  # fmt: skip

    of_map, of_truth = (carbon_totals(v, CELL**2) for v in (parts.values(), true_values))
    for name in of_map:
        add(f"total {name}", of_map[name], of_truth[name], drawn.totals[name].to_numpy())
    for c in range(5):
        pair = [float((one.importance_class == c + 1).sum()) for one in (mapped, truth)]
        add(f"area of class {c + 1}", *pair, drawn.class_km2[:, c])
    for c in range(3):
        pair = [float((one.pattern.category == c + 1).sum()) for one in (mapped, truth)]
        add(f"area of category {c + 1}", *pair, drawn.land_km2[:, c].sum(axis=1))
    category = mapped.pattern.category
    right = truth.pattern.category == category
    return rows, np.stack([drawn.sinks.confidence(category).ravel(), right.ravel()], axis=1)


def told(rows: list[dict]) -> pd.DataFrame:
    table = pd.DataFrame(rows)
    table["map error"] = (table["map"] - table["truth"]).abs()
    table["middle error"] = (table["middle"] - table["truth"]).abs()
    mean = table.groupby("what", sort=False).mean()
    size = table["truth"].abs().groupby(table["what"], sort=False).mean()
    for name in ("map error", "middle error"):
        mean[name] /= size
    return mean[["held", "below", "above", "draws hold", "map inside", "map error", "middle error"]]


def main() -> None:
    seeds = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    first = int(sys.argv[2]) if len(sys.argv) > 2 else 780_000
    root, start, missed = root_of_covariance(), time.process_time(), 0
    few = max(seeds // 6, 1)
    for world, count in (("as set", seeds), ("a third", few), ("measurement", few)):
        rows, cells = [], []
        for seed in range(first, first + count):
            of_region, of_cells = region(seed, world, root)
            rows += of_region
            cells.append(of_cells)
        table = told(rows)
        asked = world == "as set"
        most = {"as set": HIGH, "a third": 1.0}.get(world)
        print(f"\n{world}: {count} regions, {DRAWS} draws each")
        table["ok"] = table["held"].between(LOW, most).map({True: "ok", False: "MISS"}) if most else ""
        missed += int((table["ok"] == "MISS").sum())
        print(table.round(3).to_string())
        every = np.concatenate(cells)
        tenth = np.minimum((every[:, 0] * 10).astype(int), 9)
        frame = pd.DataFrame({"tenth": tenth, "confidence": every[:, 0], "true": every[:, 1]})
        bins = frame.groupby("tenth").agg(cells=("true", "size"), confidence=("confidence", "mean"),
                                          true=("true", "mean"))  # fmt: skip
        bins["ok"] = ""
        if asked:
            enough = bins["cells"] >= ENOUGH
            off = (bins["true"] - bins["confidence"]).abs() > CLOSE
            bins["ok"] = np.where(enough, np.where(off, "MISS", "ok"), "")
            missed += int((off & enough).sum())
        print(f"\n{world}: cells by confidence of their category, and the share that has it")
        print(bins.round(3).to_string())
    print(f"\n{time.process_time() - start:.0f} s CPU; lines missed: {missed}")
    sys.exit(missed > 0)


if __name__ == "__main__":
    main()
