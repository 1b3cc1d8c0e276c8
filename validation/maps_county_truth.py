"""The synthetic county, run as a user runs it, against what it really holds.

    python validation/maps_county_truth.py [SEEDS] [FIRST] [DRAWS]

For each seed (default 20, from 1) the county is written, the steps "tables" and "region" are run with DRAWS draws
(default 39, whose least and greatest hold one more draw in 95 of 100 cases) and every total, area of a class and area
of a category is compared with truth.json: values of the map and of the truth, the interval, whether it holds the truth
and whether it holds the map. After the single seeds come the shares over all of them.

Which truth: production, respiration and vegetation as they are; organic carbon as the field plots would find it
everywhere; inorganic carbon as the layers have it (they are right). Categories: land use of the kind itself, without
inclusions of other land, which truth.json leaves out.

The layers of the county carry a few percent of error from their coarse cells and roundings, and organic carbon 30 %
before the plots correct it, while the study keeps the errors of 20 to 30 % that maps come with: intervals are wider
than this county needs and should hold nearly always. A line is missed where the interval holds the truth in fewer than
91 of 100 seeds. No upper bound, and no statement about coverage: that is maps_coverage.py.

Ends with exit code 1 when a line is missed.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

from halosink import runner, settings
from halosink.maps.rules import Rules
from halosink.samples.county.generate import generate

TRUE = {
    "npp": "npp_t_C_a-1", "respiration": "respiration_of_all_cells_t_C_a-1", "nep": "nep_t_C_a-1",
    "vegetation_carbon": "vegetation_t_C", "soil_organic_carbon": "soil_organic_true_t_C",
    "soil_inorganic_carbon": "soil_inorganic_by_layers_t_C",
}  # fmt: skip
LEAST = 0.91


def rows_of(seed: int, draws: int, folder: Path) -> list[dict]:
    generate(folder, seed)
    study = folder / "study.toml"
    study.write_text(study.read_text("utf-8") + f"\n[region.uncertainty]\ndraws = {draws}\n", "utf-8")
    outcomes = runner.run(runner.Workspace(folder, settings.load(folder)), only=("tables", "region"))
    if outcomes["region"].status != "done":
        raise SystemExit(f"seed {seed}: {outcomes['region']}")
    truth = json.loads((folder / "truth.json").read_text("utf-8"))
    tables = {
        n: pd.read_parquet(folder / "results" / "region" / f"{n}.parquet") for n in ("totals", "classes", "sinks")
    }
    found = []

    def add(what: str, real: float, value: float, low: float, high: float) -> None:
        found.append({"seed": seed, "what": what, "truth": real, "map": value, "low": low, "high": high,
                      "holds truth": low <= real <= high, "holds map": low <= value <= high})  # fmt: skip

    totals = tables["totals"].set_index("quantity")
    for name, key in TRUE.items():
        if key in truth["totals"]:
            row = totals.loc[name]
            add(f"total {name}", truth["totals"][key], row["value"], row["low"], row["high"])
    for row in tables["classes"].itertuples():
        add(f"class {row[1]} km2", truth["class_area_km2"][str(row[1])], row.area_km2, row.area_low, row.area_high)
    rules = Rules()
    for category, codes in ((1, rules.natural_codes), (2, rules.cultivated_codes), (3, rules.potential_codes)):
        table = tables["sinks"].query("category == @category")
        whole, own = table[table["land_use"] == 0], table[table["land_use"].isin(codes)]
        if whole.empty:
            continue
        added = float(whole["area_km2"].iloc[0] - own["area_km2"].sum())
        low, high = (float(whole[n].iloc[0]) - added for n in ("area_low", "area_high"))
        add(f"category {category} km2", truth["category_area_km2"][str(category)], own["area_km2"].sum(), low, high)
    return found


def main() -> None:
    seeds, first, draws = (int(sys.argv[i]) if len(sys.argv) > i else n for i, n in ((1, 20), (2, 1), (3, 39)))
    start, rows = time.process_time(), []
    for seed in range(first, first + seeds):
        with tempfile.TemporaryDirectory() as folder:
            of_seed = rows_of(seed, draws, Path(folder))
        print(f"\nseed {seed}, {draws} draws")
        print(pd.DataFrame(of_seed).drop(columns="seed").round(2).to_string(index=False), flush=True)
        rows += of_seed
    table = pd.DataFrame(rows)
    table["off"] = (table["map"] - table["truth"]).abs() / table["truth"].abs()
    table["half width"] = (table["high"] - table["low"]) / 2 / table["truth"].abs()
    columns = ["holds truth", "holds map", "off", "half width"]
    shares = table.groupby("what", sort=False)[columns].agg(
        {"holds truth": "mean", "holds map": "mean", "off": "median", "half width": "median"}
    )
    shares["ok"] = np.where(shares["holds truth"] >= LEAST, "ok", "MISS")
    print(f"\n{seeds} seeds: shares that hold; median difference of the map and half width, shares of the truth")
    print(shares.round(3).to_string())
    missed = int((shares["ok"] == "MISS").sum())
    print(f"\n{time.process_time() - start:.0f} s CPU; lines missed: {missed}")
    sys.exit(missed > 0)


if __name__ == "__main__":
    main()
