"""Carbon stocks of the soil: exactness, published examples, real tables, coverage.

    python validation/soil_stocks.py [REFERENCE] [SEEDS]

REFERENCE: folder with data/ (default: HALOSINK_REFERENCE); SEEDS: simulated studies of the coverage (default 300).
Ends with exit code 1 when a line is missed. Lines without a bound are told only.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from halosink.soil.stocks.burial import carbon_burial
from halosink.soil.stocks.compare_methods import change_by_depth_and_mass
from halosink.soil.stocks.computed_pairs import computed_pairs
from halosink.soil.stocks.equal_mass import down_to_mass
from halosink.soil.stocks.errors import NO_ERROR
from halosink.soil.stocks.ignition_lines import MARSH
from halosink.soil.stocks.mass_preserving import coefficients
from halosink.soil.stocks.matter_calibration import fit, leave_study_out
from halosink.soil.stocks.table import METHODS, carbon_stocks
from halosink.soil.stocks.tier1 import LandUse, stock_change_tier1
from soil_stock_studies import compacted_example, covered, expected_change, other_ways, tidal_wetlands

MISSED: list[str] = []


def line(what: str, value: object, met: bool | None = None) -> None:
    mark = "     " if met is None else "ok   " if met else "MISS "
    print(f"{mark}{what:88} {value}")
    if met is False:
        MISSED.append(what)


def counted(reasons: pd.Series) -> str:
    return ", ".join(f"{name} {count}" for name, count in reasons[reasons != ""].value_counts().items())


def exact() -> None:
    edges = np.linspace(0, 12000, 13)
    for name, total, bound in (
        ("constant", lambda m: 0.012 * m, 1e-10),
        ("linear in mass", lambda m: 0.03 * m - 1e-6 * m**2, 1e-10),
        ("exponential, between layer limits", lambda m: 80 * -np.expm1(-m / 4000), None),
        ("exponential, at layer limits", lambda m: 80 * -np.expm1(-m / 4000), 1e-10),
    ):
        at = edges[1:] if name.endswith("at layer limits") else np.array([333.0, 2100.0, 7777.0])
        got = down_to_mass(np.diff(edges)[:, None], np.diff(total(edges))[:, None], at[:, None])[:, 0]
        off = float(np.abs(got - total(at)).max())
        line(
            f"equal mass, content {name}: largest error [t ha-1]", f"{off:.1e}", None if bound is None else off < bound
        )
    frame = pd.DataFrame(
        [
            (f"{p}", when, top / f, bottom / f, 1.25 * f, 14.0 + p)
            for p in range(6)
            for when, f in (("before", 1.0), ("after", 1.2))
            for top, bottom in ((0, 10), (10, 20), (20, 40), (40, 60))
        ],
        columns=["plot", "date", "depth_top", "depth_bottom", "bulk_density", "soil_organic_carbon"],
    )
    table, _ = change_by_depth_and_mass(frame, (30.0,), when="date", before="before", after="after", errors=NO_ERROR)
    by = table.set_index("method")["estimate"]
    line("known case, same contents, compacted: change at fixed depth [t ha-1]", f"{by['fixed_depth']:+.3f}")
    line("known case: change at equal mass [t ha-1]", f"{by['equal_mass']:+.1e}", abs(by["equal_mass"]) < 1e-10)


def published() -> None:
    soil, carbon, pressed, pressed_carbon = compacted_example()
    gain = np.mean([np.cumsum(b) - np.cumsum(a) for a, b in zip(carbon, pressed_carbon, strict=True)], axis=0)
    change = np.mean(
        [
            down_to_mass(m[:, None], c[:, None], np.cumsum(s)[:, None])[:, 0] - np.cumsum(h)
            for s, h, m, c in zip(soil, carbon, pressed, pressed_carbon, strict=True)
        ],
        axis=0,
    )
    line("example of vonhaden2020, 10, 30, 50, 100 cm: gain at fixed depth [t ha-1]", np.round(gain, 2))
    line("example of vonhaden2020: change at equal mass [t ha-1]", np.round(change, 2), bool(abs(change).max() < 0.5))
    top = np.array([0.0, 10, 20, 30])
    fitted = coefficients(top[None], top[None] + 10, 0.1)[0][0] @ np.array([5.4, 5.3, 5.6, 7.0])
    off = abs(fitted[0] - 5.3938765799840498)
    line("mass-preserving spline, published fitted value of mpspline2: error", f"{off:.1e}", off < 1e-12)
    use = (
        LandUse("annual_crops", "full_tillage", "cropland_low"),
        LandUse("native", "improved_grassland", "grassland_high"),
    )
    found = stock_change_tier1("warm_temperate_dry", "high_activity_clay_soils", *use)
    by_hand = 24 * (1.14 * 1.11 - 0.76 * 0.95) / 20
    limits = np.round(np.quantile(found.change_draws, [0.025, 0.975]), 3)
    line(
        "IPCC Tier 1, cropland with low input to improved grassland [t C ha-1 yr-1]",
        f"{found.change:.6f} by hand {by_hand:.6f}, 95 % {limits}",
        abs(found.change - by_hand) < 1e-12,
    )


def marshes_of_marsoc(reference: Path) -> None:
    table = pd.read_csv(reference / "data/marsh_soil_marsoc/marsoc_exports_bound.csv.gz", low_memory=False)
    pairs = table[table["OC_perc"].notna() & table["SOM_perc"].notna()].reset_index(drop=True)
    found = computed_pairs(pairs["SOM_perc"].to_numpy(float), pairs["OC_perc"].to_numpy(float), pairs["Source"])
    declared = pairs["Conv_factor"].notna()
    computed = found["computed"].to_numpy(bool)
    line("pairs of organic carbon and matter; of which a formula is declared", f"{len(pairs)}; {declared.sum()}")
    share = computed[declared].mean()
    line("  found to be computed, without being told", f"{computed.sum()} ({share:.1%} of declared)", share > 0.95)
    line("  found although none is declared", (computed & ~declared).sum())
    line("  formulas found", counted(found["form"]))
    positive = (pairs["SOM_perc"] > 0) & (pairs["OC_perc"] > 0)
    above = pairs["OC_perc"] >= pairs["SOM_perc"]
    kept = positive & ~above & ~computed & ~declared
    line(
        "  left out: not positive; carbon above matter; kept",
        f"{(~positive).sum()}; {(positive & above).sum()}; {kept.sum()}",
    )
    use = pairs[kept]
    m, c, s = use["SOM_perc"].to_numpy(float), use["OC_perc"].to_numpy(float), use["Source"]
    for power in (0.0, 0.5, 1.0):
        line(f"  log-likelihood, scatter as matter^{power}", f"{fit(m, c, s, power).log_likelihood:.0f}")
    best = fit(m, c, s)
    sd = np.sqrt(np.diag(best.covariance))
    line(
        "re-estimated OC = b SOM + a SOM^2 (%): b, a",
        f"{best.linear:.4f} +- {sd[0]:.4f}, {best.square:.6f} +- {sd[1]:.6f}",
    )
    line("published (maxwell2023, with 3,602 pairs of CCRCN): b, a", "0.403, 0.000732")
    line("  slope between studies, sd; residual at 1 % of matter", f"{best.between:.3f}; {best.residual:.3f}")
    everything = pairs[positive]
    wrong = fit(everything["SOM_perc"].to_numpy(float), everything["OC_perc"].to_numpy(float), everything["Source"])
    line("  had computed pairs been kept: b, a", f"{wrong.linear:.4f}, {wrong.square:.6f}")
    held = leave_study_out(m, c, s)
    weight = held["pairs"] / held["pairs"].sum()
    rmse = float(np.sqrt((weight * held["rmse"] ** 2).sum()))
    text = f"{rmse:.2f}, {(weight * held['bias']).sum():+.2f}; {np.log(held['ratio']).std():.2f}"
    line("leave-source-out: RMSE, bias [% C]; sd of ln ratio of sources", text)
    inside = float((weight * held["inside"]).sum())
    line("  measured carbon within the 95 % range for a new study", f"{inside:.1%}", 0.91 <= inside <= 0.98)
    for name, one in MARSH.items():
        off = one.at(m) - c
        line(f"  {name}: RMSE, bias [% C] on the same pairs", f"{np.sqrt((off**2).mean()):.2f}, {off.mean():+.2f}")


def wetlands_of_ccn(frame: pd.DataFrame) -> None:
    both = frame["bulk_density"].notna() & frame["soil_organic_carbon"].notna()
    line(
        "layers; with density and carbon", f"{len(frame)}; {both.sum()}", len(frame) == 115_359 and both.sum() == 44_327
    )
    plain = frame.drop(columns="soil_organic_matter")
    options = {"profile": ("study", "site", "core"), "laboratory": "study", "setting": "marsh", "seed": 1}
    for method in METHODS:
        start = time.perf_counter()
        made, problems = carbon_stocks(plain, (30, 100), method=method, draws=200, **options)
        took = time.perf_counter() - start
        rows = made.rows
        accounted = bool((rows["used"] == (rows["reason"] == "")).all()) and len(rows) == len(frame)
        line(f"{method}: seconds with 200 draws", f"{took:.1f}", took < 20)
        if method == METHODS[0]:
            line("  rows used or named with their reason", len(rows), accounted)
            for reason, count in rows["reason"].value_counts().items():
                line(f"    {reason or 'used'}", count)
            gone = both & ~rows["used"]
            line("  with density and carbon but not used", counted(rows["reason"][gone]))
            line("  problems", ", ".join(f"{p.code} {p.count}" for p in problems))
        for depth, part in made.table.groupby("depth_bottom"):
            whole = part[part["reason"] == ""]
            text = f"{len(whole)} of {len(part)}: median {whole['soil_organic_carbon_stock'].median():.0f}"
            text += f", sd of one {whole['stock_sd'].median():.0f}; else {counted(part['reason'])}"
            line(f"  profiles with a stock to {depth:.0f} cm [t ha-1]", text)
    start = time.perf_counter()
    made, _ = carbon_stocks(frame, (30, 100), draws=200, estimate_density=True, **options)
    took, part = time.perf_counter() - start, made.table[made.table["depth_bottom"] == 30]
    line(
        "with loss on ignition and estimated density: rows used; seconds",
        f"{made.rows['used'].sum()}; {took:.1f}",
        took < 20,
    )
    line("  profiles with a stock to 30 cm; median sd over stock", f"{(part['reason'] == '').sum()}; "
         f"{(part['stock_sd'] / part['stock_mean']).median():.2f}")  # fmt: skip


def burial_of_ccn(frame: pd.DataFrame) -> None:
    start = time.perf_counter()
    table, _ = carbon_burial(frame, profile=("study", "site", "core"), draws=200)
    line(
        "burial rates: cores; seconds",
        f"{table.groupby(['study', 'site', 'core']).ngroups}; {time.perf_counter() - start:.1f}",
    )
    for model, part in table.groupby("model"):
        good = part[part["reason"] == ""]
        low, middle, high = np.quantile(good["carbon_burial_rate"], [0.1, 0.5, 0.9])
        line(
            f"  {model}: cores; 10, 50, 90 % [g C m-2 yr-1]",
            f"{len(good)} of {len(part)}; {low:.0f}, {middle:.0f}, {high:.0f}",
        )
        line("    else", counted(part["reason"]))
    good = table[table["reason"] == ""]
    wide = good.pivot(index=["study", "site", "core"], columns="model", values="carbon_burial_rate").dropna()
    line("  same cores, ratio of CRS to caesium-137, median and quartiles",
         np.round(np.quantile(wide["crs"] / wide["caesium_137"], [0.5, 0.25, 0.75]), 2))  # fmt: skip


def coverage(seeds: int) -> None:
    for method in ("fixed_depth", "equal_mass"):
        target = expected_change(0.08, method)
        for paired in (True, False):
            found = np.array([covered(seed, method, paired, target) for seed in range(seeds)], dtype=float).mean(axis=0)
            for what, value in zip(("stocks", "changes"), found, strict=True):
                name = f"95 % intervals, {seeds} studies: {what}, {method}, {'paired' if paired else 'unpaired'}"
                line(name, f"{value:.1%}", 0.91 <= value <= 0.98)
    others = pd.DataFrame([other_ways(seed) for seed in range(seeds)]).mean()
    for name, value in others.items():
        line(f"95 % intervals, {seeds} profiles: stocks, {name}", f"{value:.1%}", 0.91 <= value <= 0.98)


def main() -> int:
    reference = Path(sys.argv[1] if len(sys.argv) > 1 else os.environ["HALOSINK_REFERENCE"])
    seeds = int(sys.argv[2]) if len(sys.argv) > 2 else 300
    frame = tidal_wetlands(reference)
    steps: list[tuple[str, Callable[[], None]]] = [
        ("exact profiles", exact),
        ("published examples", published),
        ("marsh_soil_marsoc", lambda: marshes_of_marsoc(reference)),
        ("marsh_soil_ccn", lambda: wetlands_of_ccn(frame)),
        ("burial, marsh_soil_ccn", lambda: burial_of_ccn(frame)),
        ("coverage", lambda: coverage(seeds)),
    ]
    for name, step in steps:
        print(f"\n{name}")
        step()
    print(f"\n{len(MISSED)} lines missed" + "".join(f"\n  {m}" for m in MISSED))
    return bool(MISSED)


if __name__ == "__main__":
    raise SystemExit(main())
