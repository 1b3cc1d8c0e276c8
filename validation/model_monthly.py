"""The monthly tier: closed, finite and never below zero over prior draws with real weather; derivatives; spin-up.

    HALOSINK_REFERENCE=... python validation/model_monthly.py [draws]

Weather: months of model_rothc_py (temperature, rain, pan evaporation; 10-year windows; evaporation below 0, which it
has in some months, taken as 0), and the monthly means of five tidal marshes of tidal_peprmt (temperature, production,
water table, salinity; rain and evaporation, which the set lacks, 60 and 100 mm). Soils, salt, sodium, water tables and
shares of halophytes are drawn wide. Nothing is calibrated.
Ends with exit code 1 when a line is not met.
"""

from __future__ import annotations

import csv
import os
import sys
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

import model_monthly_worlds as worlds
from halosink.model import ledger
from halosink.model.arrays import jax, jnp
from halosink.model.ensemble import prior_predictive
from halosink.model.forcing import Forcing
from halosink.model.monthly import CALIBRATED, CARBON, MONTHLY
from halosink.model.plot import forcing, site
from halosink.model.spin_up import spin_up
from halosink.model.tier import run

YEARS, PLOTS = 10, 200
CHARGE_PER_PPT = 17.1
"""mmolc L-1 of cations per g kg-1 of sea salt: 600 at 35."""


def said(name: str, found: str, met: bool) -> bool:
    print(f"{'met' if met else 'NOT MET':8} {name}: {found}", flush=True)
    return met


def rothc(folder: Path) -> np.ndarray:
    """(months, 3): temperature, rain, evaporation."""
    lines = (folder / "model_rothc_py" / "RothC_input.dat").read_text().split("\n")
    rows = [line.split() for line in lines]
    found = [[float(r[3]), float(r[4]), float(r[5])] for r in rows if len(r) == 10 and r[0].isdigit()]
    return np.maximum(np.array(found), [-60.0, 0.0, 0.0])


def marshes(folder: Path) -> dict[str, np.ndarray]:
    """{site: (12, 4)}: temperature, net production, water table below ground, charge of the water."""
    cells: dict[str, list[list[list[float]]]] = {}
    with (folder / "tidal_peprmt" / "example_data.csv").open() as file:
        for row in csv.DictReader(file):
            try:
                values = [float(row[n]) for n in ("TA_C", "GPP_gC_m2_day", "WTD_cm", "Salinity_daily_ave_ppt")]
            except ValueError:
                continue
            month = min(int(float(row["DOY"]) / 30.5), 11)
            cells.setdefault(row["site"], [[] for _ in range(12)])[month].append(values)
    found = {}
    for name, months in cells.items():
        if all(months):
            t, gross, table, salt = np.array([np.mean(m, axis=0) for m in months]).T
            made = np.maximum(-gross, 0.0) * 30.4 * 0.5
            found[name] = np.column_stack(
                [t, made, np.maximum(-table, 0.0) / 100, np.maximum(salt, 0) * CHARGE_PER_PPT]
            )
    return found


def world(folder: Path, plots: int, seed: int) -> tuple[Forcing, dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Forcing, site and measurements of plots, each (..., plots)."""
    rng, months = np.random.default_rng(seed), 12 * YEARS
    met, tidal = rothc(folder), marshes(folder)
    series = {n: np.zeros((months, plots)) for n in Forcing._fields}
    growth = np.array([0.1, 0.1, 0.4, 0.8, 1.2, 1.5, 1.5, 1.3, 0.9, 0.5, 0.2, 0.1])
    tile = np.tile(growth, YEARS)
    for plot in range(plots):
        series["tillage"][:, plot] = rng.choice([0.3, 1.0, 2.0])
        series["groundwater_sodium"][:, plot] = rng.uniform(0.3, 0.98)
        series["harvest"][:, plot] = np.where(np.arange(months) % 12 == 9, rng.uniform(0, 0.9), 0.0)
        series["manure"][:, plot] = np.where(np.arange(months) % 12 == 3, rng.choice([0, 0, 200.0]), 0.0)
        series["gypsum"][:, plot] = np.where(np.arange(months) == 15, rng.choice([0, 0, 2000.0]), 0.0)
        series["biochar"][:, plot] = np.where(np.arange(months) == 27, rng.choice([0, 0, 1000.0]), 0.0)
        if plot % 4:
            first = 12 * rng.integers(0, len(met) // 12 - YEARS)
            t, rain, pan = met[first : first + months].T
            dry = rng.choice([0.3, 1.0, 2.0])
            series["temperature"][:, plot] = t + rng.uniform(-5, 15)
            series["precipitation"][:, plot], series["potential_evaporation"][:, plot] = rain * dry, pan
            series["potential_production"][:, plot] = rng.uniform(5, 120) * tile
            series["groundwater_depth"][:, plot] = rng.choice([0.5, 1.5, 3.0, 100.0])
            series["groundwater_salt"][:, plot] = np.exp(rng.uniform(0, np.log(2000)))
            series["irrigation"][:, plot] = np.where(tile > 1, rng.choice([0, 60.0]), 0.0)
            series["irrigation_salt"][:, plot] = rng.uniform(0, 60)
        else:
            name = sorted(tidal)[(plot // 4) % len(tidal)]
            t, made, table, salt = np.tile(tidal[name], (YEARS, 1)).T
            series["temperature"][:, plot], series["potential_production"][:, plot] = t, made
            series["groundwater_depth"][:, plot], series["groundwater_salt"][:, plot] = table, salt
            series["precipitation"][:, plot], series["potential_evaporation"][:, plot] = 60.0, 100.0
    series["cover"] = 1.0 - np.exp(-series["potential_production"] / 40.0)
    clay = rng.uniform(2, 60, plots)
    ground = {
        "clay": clay, "sand": rng.uniform(2, 98 - clay), "bulk_density": rng.uniform(0.6, 1.7, plots),
        "ph": rng.uniform(6.5, 10.2, plots), "halophyte": rng.choice([0, 0.5, 1.0], plots),
        "sulphate": rng.uniform(0, 30, plots),
    }  # fmt: skip
    start = {
        "ec_saturated_paste": np.exp(rng.uniform(np.log(0.2), np.log(100), plots)),
        "exchangeable_sodium_percentage": rng.uniform(0, 90, plots),
        "soil_organic_carbon": np.exp(rng.uniform(np.log(0.5), np.log(60), plots)),
    }
    return forcing(**series), ground, start


def flags(done, site_, values):
    alright = jnp.stack([jnp.isfinite(v).all(axis=tuple(range(v.ndim - 1))) for v in done.stocks.values()]).all(axis=0)
    carried = jnp.stack([jnp.isfinite(v).all(axis=0) for v in done.moved.values()]).all(axis=0)
    least = jnp.stack([v.min(axis=tuple(range(v.ndim - 1))) for v in done.stocks.values()]).min(axis=0)
    return {"finite": (alright & carried) * 1.0, "least": least, **ledger.closure_by_month(done)}


def robust(folder: Path, draws: int) -> bool:
    series, ground, start = world(folder, PLOTS, 11)
    before = time.process_time()
    found = prior_predictive(
        series, site(**ground), draws // PLOTS, 2026, measured=start, summary=flags, progress=_progress
    )
    spent = time.process_time() - before
    count, bad = found["finite"].size, int((found["finite"] < 1).sum())
    fine = said(f"{count} lanes, {YEARS} years", f"{bad} not finite ({spent:.0f} CPU-s with compiling)", bad == 0)
    fine &= said("stocks never below zero", f"least {found['least'].min():.3g}", bool(found["least"].min() >= 0))
    for kind in ledger.KINDS:
        worst = float(np.nanmax(found[kind]))
        fine &= said(f"{kind} closed in each month, 1e-13", f"{worst:.1e} of stock and throughput", worst < 1e-13)
    return fine


def _progress(done: int, of: int) -> None:
    if done % 20000 == 0:
        print(f"         {done} of {of}", flush=True)


def century() -> bool:
    values, held = worlds.values(200, 3), worlds.stocks(200)

    @worlds.jit
    def go(p, s):
        return ledger.closure(run(MONTHLY, worlds.weather(100), worlds.soil(), p, s), s)

    fine = True
    for kind, off in go(values, held).items():
        fine &= said(f"{kind} closed over 100 years, 1e-10", f"{float(off.max()):.1e}", float(off.max()) < 1e-10)
    return fine


def derivatives() -> bool:
    def total(p):
        done = run(MONTHLY, worlds.weather(3), worlds.soil(halophyte=0.3), p, worlds.stocks())
        return sum((i + 1.0) * v[-1].sum() for i, v in enumerate(done.stocks.values()))

    value, middles, worst, where = worlds.jit(total), worlds.values(), 0.0, ""
    slopes = worlds.jit(jax.grad(total))(middles)
    scale = abs(float(value(middles)))
    for name in middles:
        step = 1e-5 * max(abs(float(middles[name])), 1e-3)
        high, low = (float(value({**middles, name: middles[name] + s})) for s in (step, -step))
        measured = (high - low) / (2 * step)
        off = abs(float(slopes[name]) - measured) / max(abs(measured), 1e-3 * scale)
        if off > worst:
            worst, where = off, name
    text = f"{worst:.1e} at most ({where}); {len(middles)} parameters, {len(CALIBRATED)} to calibrate"
    return said("gradients of three years against finite differences, 1e-5", text, worst < 1e-5)


def steadied() -> bool:
    cycle = worlds.weather(groundwater_depth=3.0, groundwater_salt=20.0)
    go = worlds.jit(lambda p, s: spin_up(cycle, worlds.soil(), p, s))
    found = go(worlds.values(100, 5), worlds.stocks(100))
    carbon = max(float(found.change[n].max()) for n in CARBON)
    rest = {n: float(np.quantile(np.asarray(v), 0.95)) for n, v in found.change.items() if n not in CARBON}
    print("         change per year left beside carbon, 95th percentile: ", {n: f"{v:.1e}" for n, v in rest.items()})
    return said(
        "carbon returns to itself after spin-up", f"{carbon:.1e} of the stock at most, 100 draws", carbon < 1e-9
    )


def main() -> int:
    given = os.environ.get("HALOSINK_REFERENCE")
    if not given:
        print("HALOSINK_REFERENCE is not set: real weather is not here")
        return 2
    draws = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    fine = [century(), derivatives(), steadied(), robust(Path(given) / "data", draws)]
    return 0 if all(fine) else 1


if __name__ == "__main__":
    sys.exit(main())
