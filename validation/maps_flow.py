"""Flow, stocks and change of a region: published values, peers, analytic courses, coverage.

    python validation/maps_flow.py [REFERENCE] [FIELDS]

REFERENCE: folder with data/ (default: HALOSINK_REFERENCE); FIELDS: simulated fields of the coverage (default 2000).
Ends with exit code 1 when a line is missed. Lines without a bound are told only.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import numpy as np
import rasterio
from scipy import stats

from halosink.maps.change.regional import SmallP, YearSums, false_discovery, mean_series, regional_trend
from halosink.maps.change.transitions import carbon_change, cross_tabulation, transition_table
from halosink.maps.change.trends import ordinary_trend, theil_sen
from halosink.maps.flow.climate import accumulated_temperature
from halosink.maps.flow.nep import annual_respiration
from halosink.maps.flow.respiration import PER_DEGREE, AnnualDataError, respiration, respiration_of_month
from halosink.maps.stock.soil import layer_stock, soil_index
from halosink.maps.stock.tier1 import reference_stock
from halosink.maps.stock.vegetation import storage, wensu_types
from halosink.plant.miami import miami_npp

MISSED: list[str] = []
YEARS = np.arange(2010, 2024)


def line(what: str, value: object, met: bool | None = None) -> None:
    mark = "     " if met is None else "ok   " if met else "MISS "
    print(f"{mark}{what:88} {value}")
    if met is False:
        MISSED.append(what)


def published() -> None:
    for warm, wet, printed in ((0, 0, 3.0690), (10.1, 5.45, 10.78162), (25, 10, 34.44356), (-20, 0, 0.49428)):
        found = float(respiration_of_month(warm, wet))
        line(f"respiration at {warm} degC, {wet} mm, published {printed}", f"{found:.5f}", abs(found - printed) < 5e-6)
    for warm, wet, percent in ((10.1, 5.45, 0.05), (25, 10, 0.15), (-20, 0, -0.14)):
        english, chinese = (float(respiration_of_month(warm, wet, per_degree=b)) for b in PER_DEGREE.values())
        change = 100 * (chinese / english - 1)
        line(f"k01 at {warm} degC: Chinese exponent, percent", f"{change:+.3f}", abs(change - percent) < 0.005)
    year, twelve = float(respiration_of_month(10.1, 65.4)), respiration(np.full(12, 10.1), np.full(12, 5.45)).sum()
    line("k23 means of a year in one call, published 17.14", f"{year:.2f}", abs(year - 17.14) < 0.005)
    line("k23 twelve equal months, published 129.38", f"{twelve:.2f}", abs(twelve - 129.38) < 0.005)
    try:
        respiration(np.array([10.1]), np.array([65.4]))
        line("k23 means of a year are refused", "taken", False)
    except AnnualDataError:
        line("k23 means of a year are refused", "refused", True)
    types = wensu_types()
    worst = max(abs(float(storage(t.density, t.area)) - t.storage) for t in types)
    line("Table 2: 16 storages from density and area, largest difference [1e4 t]", f"{worst:.1e}", worst <= 5e-4)
    total = sum(float(storage(t.density, t.area)) for t in types)
    line("Table 2: total, published 361.013", f"{total:.3f}", abs(total - 361.013) < 5e-4)
    least = min((t for t in types if t.density > 0), key=lambda t: t.storage)
    line("k02 least storage of Table 2", f"{least.storage} {least.title.en}", least.storage == 0.273)
    stock = float(layer_stock(20, 1.4, 0, 0.3) + layer_stock(10, 1.4, 0, 0.7))
    line("k22 index of 20 and 10 g kg-1; stock at 1.4 g cm-3 [t hm-2]", f"{soil_index(0, 20, 0, 10):.1f}; {stock:.1f}")
    found = float(miami_npp(10.1, 65.4, carbon_fraction=1))
    line("Miami of 10.1 degC, 65.4 mm, about 127.5 g dry matter", f"{found:.1f}", abs(found - 127.5) < 0.05)


def exact() -> None:
    rng = np.random.default_rng(0)
    warm = rng.uniform(-35, 35, (12, 300_000)).astype(np.float32)
    wet = rng.gamma(0.8, 40, (12, 300_000)).astype(np.float32)
    truth = respiration(warm.astype(float), wet.astype(float)).sum(axis=0)
    worst = float(np.abs(annual_respiration(warm, wet) / truth - 1).max())
    line("blocked float32 respiration against float64, largest relative error", f"{worst:.1e}", worst < 2e-6)
    data = np.round(rng.normal(size=(14, 500)).cumsum(axis=0), 1)
    data[rng.uniform(size=data.shape) < 0.1] = np.nan
    found = theil_sen(data, YEARS, continuity=False)
    slope, p = 0.0, 0.0
    for cell in range(500):
        known = ~np.isnan(data[:, cell])
        want = stats.theilslopes(data[known, cell], YEARS[known])
        got = np.array([found.slope[cell], found.low[cell], found.high[cell]])
        slope = max(slope, float(np.abs(got - [want.slope, want.low_slope, want.high_slope]).max()))
        tau = stats.kendalltau(YEARS[known], data[known, cell], method="asymptotic")
        p = max(p, abs(float(found.p_value[cell]) - tau.pvalue))
    line("Theil-Sen slope and interval against scipy, largest difference", f"{slope:.1e}", slope < 1e-6)
    line("Mann-Kendall p with ties and gaps against scipy, largest difference", f"{p:.1e}", p < 1e-6)
    day = np.arange(0, 365.25, 0.05)
    limits = np.cumsum([0, 31, 28.25, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
    errors: dict[str, list[float]] = {"days": [], "months": []}
    for mean in np.arange(-4, 16, 1.0):
        course = mean - 16 * np.cos(2 * np.pi * (day - 20) / 365.25)
        means = np.array([course[(day >= a) & (day < b)].mean() for a, b in zip(limits[:-1], limits[1:], strict=True)])
        truth = np.where(course >= 10, course, 0).sum() * 0.05
        for method, some in errors.items():
            some.append(abs(float(accumulated_temperature(means, method=method)) - truth))
    line("heat sum above 10 degC of cosine courses, mean error by days, by months [degC d]",
         f"{np.mean(errors['days']):.1f}, {np.mean(errors['months']):.1f}",
         np.mean(errors["days"]) < np.mean(errors["months"]) / 5)  # fmt: skip


def coverage(fields: int) -> None:
    rng = np.random.default_rng(1)
    data = 0.7 * (YEARS - 2010)[:, None] + rng.normal(size=(14, fields))
    for name, trend in (("Theil-Sen", theil_sen), ("least squares", ordinary_trend)):
        found = trend(data, YEARS)
        share = float(np.mean((found.low <= 0.7) & (found.high >= 0.7)))
        line(f"coverage of the 95 % interval of {name}", f"{share:.3f}", 0.91 <= share <= 0.98)
    clear = theil_sen(rng.normal(size=(14, fields)), YEARS).p_value
    line("share of trendless series with p <= 0.05, Mann-Kendall", f"{np.mean(clear <= 0.05):.3f}",
         float(np.mean(clear <= 0.05)) <= 0.06)  # fmt: skip
    fooled = np.mean([
        false_discovery([SmallP.of(theil_sen(rng.normal(size=(14, 100)), YEARS).p_value)]) > 0 for _ in range(200)
    ])  # fmt: skip
    line("share of trendless maps in which a cell survives the false discovery rate of 5 %", f"{fooled:.3f}",
         bool(fooled <= 0.09))  # fmt: skip
    before, after = rng.integers(1, 5, (2, 100, 100)).astype(np.uint8)
    matrix, inside, rows, total = cross_tabulation(before, after), 0, 0, 0
    true = {1: 52.3, 2: 7.7, 3: 2.1, 4: 3.7}
    for _ in range(fields // 10):
        guess = {c: d * (1 + 0.3 * rng.normal()) for c, d in true.items()}
        draws = {c: guess[c] + 0.3 * true[c] * rng.normal(size=400) for c in true}
        for row in transition_table(matrix, 900, (2010, 2020), guess, draws).itertuples():
            if row.from_class != row.to_class:
                want = 0.09 * matrix[row.from_class, row.to_class] * (true[row.to_class] - true[row.from_class])
                inside, rows = inside + (row.low <= want <= row.high), rows + 1
        low, high = np.quantile(carbon_change(matrix, 900, draws), [0.025, 0.975])
        want = float(carbon_change(matrix, 900, {c: np.array([d]) for c, d in true.items()})[0])
        total += low <= want <= high
    line("coverage of the carbon of single transitions", f"{inside / rows:.3f}", 0.91 <= inside / rows <= 0.98)
    share = total / (fields // 10)
    line("coverage of the carbon of all transitions", f"{share:.3f}", 0.91 <= share <= 0.98)


def real(reference: Path) -> None:
    folder = reference / "data" / "assaba_mauritania"
    gross, rain = [], []
    for year in YEARS:
        with rasterio.open(folder / "MODIS_Gross_Primary_Production_GPP" / f"{year}_GP.tif") as file:
            cells = file.read(1)
            gross.append(np.where(cells >= 65529, np.nan, cells * np.float32(1e-4)))
        with rasterio.open(folder / "Climate_Precipitation_Data" / f"{year}R.tif") as file:
            water = file.read(1)
            rain.append(np.where(water < 0, np.nan, water))
    stack = np.stack(gross)
    means = [mean_series([YearSums.of(a)]) for a in (stack, np.stack(rain))]
    r = float(np.corrcoef(*means)[0, 1])
    line("Assaba: correlation of mean GPP and rain over 14 years, published 0.834", f"{r:.4f}", abs(r - 0.834) < 5e-4)
    found = theil_sen(stack, YEARS)
    known = ~np.isnan(found.p_value)
    limit = false_discovery([SmallP.of(found.p_value)])
    clear = float(np.mean(found.p_value[known] <= 0.05))
    line("Assaba: cells with p <= 0.05; that survive the false discovery rate",
         f"{clear:.3f}; {float(np.mean(found.p_value[known] <= limit)):.3f}")  # fmt: skip
    trend = regional_trend(means[0] * 1000, YEARS)
    interval = f"{trend.slope:.2f} ({trend.low:.2f} to {trend.high:.2f})"
    line("Assaba: trend of mean GPP [g C m-2 a-1 per year], 95 %", interval)
    folder = reference / "data" / "wensu_xinjiang"
    with rasterio.open(folder / "temp_monthly_biome4_05deg.tif") as file:
        warm = file.read()
    with rasterio.open(folder / "prec_monthly_biome4_05deg.tif") as file:
        wet = file.read()
    released, heat = annual_respiration(warm, wet), accumulated_temperature(warm)
    line("Wensu: respiration on the half-degree climate [g C m-2 a-1]; NEP minimum of the paper -229",
         f"{np.nanmin(released):.0f} to {np.nanmax(released):.0f}")  # fmt: skip
    line("Wensu: heat sum above 10 degC [degC d]", f"{np.nanmin(heat):.0f} to {np.nanmax(heat):.0f}")
    with rasterio.open(folder / "ipcc_climate_zones.tif") as file:
        value, sd = reference_stock(file.read(1))
    line("Wensu: Tier 1 carbon of 0-30 cm [t C hm-2], standard deviation",
         f"{np.nanmin(value):.0f} to {np.nanmax(value):.0f}, {np.nanmin(sd):.1f} to {np.nanmax(sd):.1f}")  # fmt: skip


def main() -> int:
    reference = sys.argv[1] if len(sys.argv) > 1 else os.environ.get("HALOSINK_REFERENCE")
    fields = int(sys.argv[2]) if len(sys.argv) > 2 else 2000
    published()
    exact()
    coverage(fields)
    if reference:
        real(Path(reference))
    else:
        line("real layers: HALOSINK_REFERENCE is not set", "skipped")
    print(f"\n{len(MISSED)} missed")
    return bool(MISSED)


if __name__ == "__main__":
    raise SystemExit(main())
