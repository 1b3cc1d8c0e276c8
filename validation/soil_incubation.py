"""Incubations of soil: the database of incubations in one call, published fits, and simulated series with known truth.

    python validation/soil_incubation.py REFERENCE [SEEDS]

REFERENCE: folder with data/incubation_sidb (default: HALOSINK_REFERENCE); SEEDS: simulated series per case (300). Ends
with exit code 1 when a line that is asked for is missed.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd

from halosink.soil.incubation import choice, fitting, models, noise, posterior, responses, series, sidb, table

DAYS = np.array([1, 2, 3, 5, 7, 10, 14, 18, 22, 28, 35, 42, 50, 60, 70, 80, 95, 110, 130, 150, 170, 190, 210, 240.0])
START = np.concatenate([[0.0], DAYS[:-1]])
# rates, with the half-saturation ratio of Michaelis-Menten, and initial fluxes
CASES = {
    "steady": ([], [0.2]),
    "one_pool": ([0.02], [0.5]),
    "second_order": ([0.03], [0.5]),
    "one_pool_steady": ([0.06], [0.4, 0.05]),
    "michaelis_menten": ([0.006, 0.5], [0.2]),
    "two_pool": ([0.12, 0.006], [0.3, 0.12]),
    "three_pool": ([0.6, 0.05, 0.003], [1.5, 0.3, 0.06]),
}
ERROR, MEMORY = 0.05, 10.0
COVERAGE, CLOSE = (0.91, 0.98), 0.05
SHARES = {"percent": 10.0, "g/kg": 1.0, "gC/kgSoil": 1.0, "mg/gSoil": 1.0, "mgC/gSoil": 1.0, "g/gSoil": 1000.0}
# The largest "AIC" of each of the 78 columns of devel/Crow2019a_AIC.csv in the repository of the database (commit
# fb3e63e), retyped to six decimals. Their twoppFit has 2 p - 2 ln(mean square), so that the largest is the best fit:
# two parallel pools that add up to a given carbon, fluxes at moments, least squares.
PUBLISHED = (
    9.537472, 10.813332, 11.786699, 8.222323, 7.868056, 8.063951, 6.03932, 6.970868,
    5.322459, 1.618783, 3.126208, 1.265404, 9.775297, 9.236404, 10.802577, 6.808759,
    6.682696, 6.669203, 7.199955, 3.614343, 3.514431, 7.747729, 8.950709, 8.787769,
    5.99336, 6.3605, 6.592035, 11.604826, 9.922422, 13.094619, 5.858814, 6.77155,
    7.663274, 6.845097, 6.668981, 9.361156, 8.224272, 8.325586, 10.793587, 7.38796,
    8.568906, 6.747719, 4.50235, 4.665976, 5.247191, 2.368083, 1.372913, 2.433657,
    0.899671, 1.433134, 1.662094, -6.269906, -4.555412, -6.937434, 2.148006, 1.525377,
    1.865032, 4.684467, 4.015763, 4.277491, 3.384566, 4.729543, 3.555486, 5.237105,
    2.824976, 4.362869, 5.452982, 4.094036, 6.952083, 0.433474, -1.930506, -0.471326,
    -1.813029, -1.13556, -0.503843, -5.820737, -6.168493, -6.562845,
)  # fmt: skip


def initial_carbon(folder: Path, variables: pd.DataFrame) -> pd.DataFrame:
    """Carbon of the soils [g kg-1] where one row of the initial conditions fits what a series says of itself."""
    found = []
    for study, told in variables.groupby("study"):
        file = folder / "raw" / str(study) / "initConditions.csv"
        start = pd.read_csv(
            file, encoding="latin-1", encoding_errors="replace", on_bad_lines="skip", skipinitialspace=True
        )
        start.columns = [str(c).replace("ï»¿", "").strip() for c in start.columns]
        if not {"carbonMean", "carbonUnits"} <= set(start.columns):
            continue
        value = pd.to_numeric(start["carbonMean"], errors="coerce") * start["carbonUnits"].map(
            lambda u: SHARES.get(str(u).strip(), np.nan)
        )
        shared = [c for c in ("site", "midDepth", "vegetation", "horizon", "soil", "landCover", "elevation", "minOrg",
                              "acidic", "burn", "drainage", "fieldWarming") if c in start and c in told]  # fmt: skip
        shared = [c for c in shared if told[c].notna().any() and start[c].notna().any()]
        for _, row in told.iterrows():
            same = np.ones(len(start), dtype=bool)
            for column in shared:
                same &= (start[column].map(_plain) == _plain(row[column])).to_numpy()
            known = value[same].dropna().unique()
            if len(known) == 1:
                found.append({"study": study, "series": str(row["name"]).strip(), "soil_organic_carbon": known[0]})
    return pd.DataFrame(found).drop_duplicates(["study", "series"])


def _plain(value: object) -> str:
    try:
        return f"{float(value):g}"  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return str(value).strip().strip('"').lower()


def database(folder: Path) -> bool:
    variables = pd.read_csv(folder / "variables.csv", low_memory=False)
    carbon = initial_carbon(folder, variables)
    frame = sidb.from_sidb(pd.read_csv(folder / "timeseries_long.csv"), variables, carbon)
    begin = time.process_time()
    found, problems = table.incubations(frame)
    spent = time.process_time() - begin
    named = bool((found.rows["reason"] != "").all())
    number = frame["incubation"].nunique()
    print(f"database: {len(frame)} rows, {number} series, {frame['release_unit'].nunique()} units; {spent:.1f} s")
    print(
        f"  initial carbon known for {frame.loc[frame['soil_organic_carbon'].notna(), 'incubation'].nunique()} series"
    )
    print(f"  every row used or named: {named}; every series: {len(found.series) == number}")
    for part in ("reason", "model", "why"):
        print(f"  {part}: {found.series[part].replace('', '-').value_counts().to_dict()}")
    print(f"  rows: {found.rows['reason'].value_counts().to_dict()}")
    print(f"  verdicts: {found.parameters['verdict'].value_counts().to_dict()}")
    for problem in problems:
        print(f"  {problem.code}: {problem.say('what', 'en')[:150]}")
    warm = responses.responses(found, frame)
    groups = warm["incubation_group"].nunique()
    print(f"temperature: {groups} groups, reasons {warm['reason'].replace('', 'fitted').value_counts().to_dict()}")
    for form, part in warm.groupby("form"):
        low, middle, high = part["value"].quantile([0.25, 0.5, 0.75])
        print(f"  {form}: median {middle:.4g}, quartiles {low:.4g} to {high:.4g} of {len(part)}")
    pooled = responses.pooled(found, "rate_fast")
    for model, part in pooled.groupby("model"):
        before, after = part["log_error"].median(), part["pooled_log_error"].median()
        print(f"  pooled rate_fast, {model}: {len(part)} series, log error {before:.3f} -> {after:.3f}")
    return named and len(found.series) == number == 811 and len(frame) == 15836


def published(folder: Path) -> bool:
    """Least squares against the published fits of study Crow2019a: never worse, mostly the same."""
    values = pd.read_csv(folder / "raw/Crow2019a/timeSeries.csv")
    ratios = []
    for site, theirs in zip(values.columns[1:], PUBLISHED, strict=True):
        rows = values[["time", site]].dropna().sort_values("time").drop_duplicates("time").to_numpy(dtype=float)
        days, rate = rows.T
        task = fitting.Task(series.from_rates(days, rate, days), noise.Noise(np.ones(len(days)), np.diff(days)))
        fits = [fitting.fit(task, models.MODELS[name]) for name in ("two_pool", "one_pool_steady")]
        ours = min(f.squares for f in fits if f is not None) / len(days)
        ratios.append(float(np.exp((6 - theirs) / 2) / ours))
    found = np.array(ratios)
    print(f"published fits (78 series): theirs over ours {found.min():.5f} to {found.max():.2f}; ", end="")
    print(f"within 0.1 %: {(np.abs(found - 1) < 1e-3).sum()}, theirs worse: {(found >= 1.001).sum()}")
    return bool(found.min() > 0.999)


def simulated(name: str, seeds: int, memory: float = 0.0, totals: bool = False) -> bool:
    """Coverage of 95 % intervals and median errors; with a memory of the errors it is told, not asked.

    Asked: coverage of 91 % or more (above 98 % it is told: wider than need be), median error within 5 %, and its size
    within 5 % for parameters that most series identify.
    """
    model = models.MODELS[name]
    theta, flux = np.log(CASES[name][0]), np.array(CASES[name][1])
    exact, truth = model.columns(theta, START, DAYS) @ flux, model.natural(theta, flux)
    correlation = np.exp(-np.diff(DAYS) / memory) if memory else np.zeros(len(DAYS) - 1)
    hits, errors, verdicts, chosen = np.zeros(len(truth)), [], [], 0
    for seed in range(seeds):
        rng = np.random.default_rng([seed, 7])
        rest = rng.standard_normal(len(DAYS))
        for i, r in enumerate(correlation):
            rest[i + 1] = r * rest[i] + np.sqrt(1 - r**2) * rest[i + 1]
        value = exact * (1 + ERROR * rest)
        release = (
            series.from_totals(DAYS, np.cumsum(value * (DAYS - START))) if totals else series.from_rates(DAYS, value)
        )
        fitted = choice.fit_models(release, [name])
        if not fitted.chosen:
            continue
        drawn = posterior.draw_fitted(fitted, 1000, rng)
        low, high = np.quantile(drawn.values, [0.025, 0.975], axis=0)
        hits += (low <= truth) & (truth <= high)
        errors.append(fitted.best.values / truth - 1)
        verdicts.append(posterior.identify(fitted.task, fitted.best, drawn))
        chosen += seed < 100 and choice.fit_models(release).chosen == name
    error, verdict = np.array(errors), np.array(verdicts)
    kind = ("totals" if totals else "rates") + (f", memory {memory:g} d" if memory else "")
    print(f"simulated {name} ({kind}): {len(error)} of {seeds} fitted, chosen among all {chosen} of {min(seeds, 100)}")
    met = True
    for j, parameter in enumerate(model.names):
        known = verdict[:, j] == posterior.YES
        cover, bias = hits[j] / len(error), float(np.median(error[:, j]))
        size = float(np.median(np.abs(error[known, j]))) if known.any() else float("nan")
        print(
            f"  {parameter:16s} coverage {cover:.3f}, median error {bias:+.3f}, identified in {known.mean():.0%}",
            end="",
        )
        print(f", median size of error there {size:.3f}" + (" (wide)" if cover > COVERAGE[1] else ""))
        if not memory:
            met &= abs(bias) <= CLOSE and (known.mean() < 0.5 or size <= CLOSE) and cover >= COVERAGE[0]
    return met


def main() -> int:
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else os.environ["HALOSINK_REFERENCE"]) / "data/incubation_sidb"
    seeds = int(sys.argv[2]) if len(sys.argv) > 2 else 300
    met = [database(folder), published(folder), *(simulated(name, seeds) for name in CASES)]
    met.append(simulated("two_pool", seeds, totals=True))
    for name in ("one_pool", "one_pool_steady", "two_pool"):
        simulated(name, seeds, memory=MEMORY)
    print("all that is asked is met" if all(met) else f"missed: {met.count(False)}")
    return 0 if all(met) else 1


if __name__ == "__main__":
    sys.exit(main())
