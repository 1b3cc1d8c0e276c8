"""How often the twin's true values lie inside their 95 % intervals.

For each seed the tables of the synthetic study are drawn, analysed as a study is (chamber fluxes from the readings,
diversity from the counts, effects of salinity class and treatment), and every interval of a class mean and of a
response ratio is compared with the truth that follows from the generator's parameters. Records spoiled on purpose
are left out here by the list of faults; finding them is the business of the quality checks and has its own tests.

    python validation/twin_coverage.py [--seeds 200] [--first 120000]

A seed draws every table of one study anew: noise of sensors, chambers, soils, plants, counts and the scatter of blocks
and plots. Seeds below 120000 served while estimators were chosen; 120000 to 120199 were first used on this version.
After a change of an estimator the figures need seeds that nobody has looked at.

The intervals of one draw are not independent of each other (the classes of a quantity share their blocks), so the
share of a quantity is uncertain by more than its count suggests; the columns of the table say both.
"""

from __future__ import annotations

import argparse
import sys
import time

import numpy as np
import pandas as pd

from halosink.chamber import fluxes as chamber_fluxes
from halosink.drivers import Design, Factor, effects
from halosink.microbe.diversity import diversity
from halosink.samples.twin import parameters as p
from halosink.samples.twin.draw import tables
from halosink.samples.twin.truth import DIVERSITY_UNITS, truth

LOW, HIGH = 0.91, 0.98
DESIGN = Design(
    factors=(
        Factor("salinity_class", "non-saline", landscape=True),
        Factor("treatment", "control", landscape=False),
    )
)


def analysed(seed: int) -> tuple[pd.DataFrame, pd.DataFrame, dict]:
    """Class means and response ratios of all quantities of one draw, and its truth."""
    found, drawn = tables(seed)
    plots = found["plots"].drop(columns=["latitude", "longitude", "elevation"])
    sensors = found["sensors"]
    for fault in drawn["faults"]:
        if fault["field"]:
            times = pd.to_datetime(fault["times"])
            sensors.loc[(sensors["sensor"] == fault["sensor"]) & sensors["time"].isin(times), fault["field"]] = np.nan
    closures = chamber_fluxes(found["chamber"])
    fluxes = closures.pivot(index=["closure", "plot", "date"], columns="field", values="flux").reset_index()
    diverse = diversity(found["counts"])
    measured = {
        **{name: found[name] for name in ("soil", "plants", "microbes")},
        "sensors": sensors.drop(columns=["sensor", "sensor_depth"]),
        "chamber": fluxes.drop(columns="closure"),
        "diversity": diverse,
    }
    means, ratios = [], []
    for table, frame in measured.items():
        names = [n for n, q in p.QUANTITIES.items() if q.table == table]
        names = names or list(DIVERSITY_UNITS)
        frame = frame.drop(columns=["sample", "replicate"], errors="ignore")
        result = effects(frame.merge(plots, on="plot"), names, DESIGN, table=table)
        means.append(result.class_means)
        ratios.append(result.response_ratios)
    return pd.concat(means), pd.concat(ratios), truth(seed, drawn)


def hits(seed: int) -> pd.DataFrame:
    """quantity, kind ("mean", "ratio" or "difference"), whether the truth is inside, the interval's width."""
    means, ratios, known = analysed(seed)
    key = ["quantity", "factor", "class"]
    one = means.merge(pd.DataFrame(known["class_means"])[[*key, "mean"]], on=key, suffixes=("", "_true"))
    one = one.assign(kind="mean", true=one["mean_true"])
    two = ratios.merge(
        pd.DataFrame(known["response_ratios"])[[*key, "log_ratio", "difference"]], on=key, suffixes=("", "_true")
    )
    is_ratio = two["log_ratio"].notna()
    expected = two["log_ratio_true"].where(is_ratio, two["difference_true"]).astype(float)
    two = two.assign(kind=np.where(is_ratio, "ratio", "difference"), true=expected)
    both = pd.concat([one, two])[["quantity", "kind", "factor", "class", "low", "high", "true"]]
    both["inside"] = (both["low"] <= both["true"]) & (both["true"] <= both["high"])
    both["blank"] = both["low"].isna() | both["true"].isna()
    return both.assign(seed=seed)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=200)
    parser.add_argument("--first", type=int, default=120000)
    parser.add_argument("--rows", default="", help="write every comparison to this csv file")
    options = parser.parse_args()
    start = time.monotonic()
    rows = pd.concat([hits(options.first + i) for i in range(options.seeds)], ignore_index=True)
    if options.rows:
        rows.to_csv(options.rows, index=False)
    shares = rows.groupby("quantity", sort=False)["inside"].mean()
    split = rows.assign(kind=rows["kind"].replace({"difference": "ratio"}))
    split = split.groupby(["quantity", "kind"])["inside"].mean().unstack()
    per_seed = rows.groupby(["quantity", "seed"])["inside"].mean()
    error = per_seed.groupby("quantity").std() / np.sqrt(options.seeds)
    head = " ".join(f"{word:>6s}" for word in ("all", "+-SE", "mean", "ratio", "n"))
    print(f"{'quantity':28s} {head}  within {LOW:.0%} to {HIGH:.0%}")
    for name, share in shares.items():
        verdict = "yes" if LOW <= share <= HIGH else "NO"
        n = int((rows["quantity"] == name).sum())
        line = f"{share:6.3f} {error[name]:6.3f} {split.loc[name, 'mean']:6.3f} {split.loc[name, 'ratio']:6.3f} {n:6d}"
        print(f"{name:28s} {line}  {verdict}")
    bad = int((~shares.between(LOW, HIGH)).sum())
    blank, spent = int(rows["blank"].sum()), time.monotonic() - start
    print(f"{options.seeds} seeds, {len(shares)} quantities, {bad} outside, {blank} intervals missing, {spent:.0f} s")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
