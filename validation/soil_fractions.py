"""Fractions of soil carbon on simulated laboratories: do the intervals hold the truth as often as they say?

    python validation/soil_fractions.py [--seeds 300] [--draws 1000]

Each seed is a study: a control and a treated plot, once with one sample and once with four per plot. The truth of every
index is known; samples differ about the plot's mean (15 %), the laboratory errs by its declared coefficient of
variation, and factors that no laboratory knows (amino sugars, lines of capacity, fine silt) are drawn from their
priors, one for all plots of a study. Coverage of 95 % intervals is asked to lie within 91 and 98 % for the indices
together and within three standard errors of that band for each alone. Also: sums of four times the bulk refused, and
the spread between lines of capacity. Exit code 1 when something asked is missed.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import defaultdict

import numpy as np
import pandas as pd

from halosink.soil.fractions import saturation
from halosink.soil.fractions.closure import closure_checks
from halosink.soil.fractions.indices import SOC, Shared, indices, shared
from halosink.soil.fractions.profile import stability
from halosink.soil.fractions.uncertainty import variation

BAND, LEVEL = (0.91, 0.98), 0.95
BETWEEN, TRUE_SAMPLES = 0.15, 4000
MEANS = {
    "soil_organic_carbon": 10.0,
    "poc": 3.0,
    "maoc": 7.0,
    "light_fraction_carbon": 2.0,
    "heavy_fraction_carbon": 7.5,
    "readily_oxidisable_carbon": 2.2,
    "unhydrolysable_carbon": 5.0,
    "doc": 80.0,
    "microbial_biomass_carbon": 200.0,
    "potentially_mineralisable_carbon": 500.0,
    "basal_respiration": 0.4,
    "humin_carbon": 5.0,
    "humic_acid_carbon": 1.5,
    "fulvic_acid_carbon": 2.0,
    "glucosamine": 500.0,
    "muramic_acid": 35.0,
    "clay": 22.0,
    "silt": 38.0,
    "bulk_density": 1.4,
    "depth_top": 0.0,
    "depth_bottom": 20.0,
    "aggregates_large_macro": 80.0,
    "aggregates_small_macro": 300.0,
    "aggregates_micro": 350.0,
    "aggregates_silt_clay": 270.0,
    "macroaggregates": 380.0,
    "microaggregates": 620.0,
    "macroaggregate_carbon": 12.0,
    "microaggregate_carbon": 9.0,
    "mineral_associated_nitrogen": 0.8,
    "particulate_nitrogen": 0.2,
}
TREATED = {"maoc": 1.4, "soil_organic_carbon": 1.25, "muramic_acid": 1.3, "glucosamine": 1.3, "macroaggregates": 1.3}


def truths(samples: dict[str, np.ndarray], control: dict[str, np.ndarray], factors: Shared) -> dict[str, float]:
    """Mean of every index over a plot's true samples, with the study's true factors."""
    found = {}
    for name, index in indices("high").items():
        way = next((w for w in index.ways if set(w.needs) <= samples.keys()), None)
        if way is None:
            continue
        mean, of_control = (
            float(np.mean(way.compute({n: of[n][:, None] for n in way.needs}, factors))) for of in (samples, control)
        )
        found[name] = 100 * mean / of_control if index.relative else mean
    return found


def study(seed: int, repeats: int) -> tuple[pd.DataFrame, dict[str, dict[str, float]]]:
    """Measured table and true indices by plot."""
    random = np.random.default_rng([seed, repeats, 77])
    # the truth has its own draw of the shared factors
    factors = shared(1, 1_000_000 + seed, saturation.lines_for("high"))
    # one sample is judged as that sample; four as the mean of the plot
    many = 1 if repeats == 1 else TRUE_SAMPLES
    plots, rows = {}, []
    for plot in ("CK", "T"):
        place = {c: m * (TREATED.get(c, 1.0) if plot == "T" else 1.0) for c, m in MEANS.items()}
        place = {c: m * np.exp(0.1 * random.standard_normal()) for c, m in place.items()}
        true = {c: m * np.exp(BETWEEN * random.standard_normal(many)) for c, m in place.items()}
        plots[plot] = true
        taken = true if repeats == 1 else {c: v[:repeats] for c, v in true.items()}
        for i in range(repeats):
            row = {"plot": plot, "treatment": plot}
            for column, values in taken.items():
                error = np.sqrt(np.log1p(variation(column) ** 2)) * random.standard_normal()
                row[column] = values[i] * np.exp(error)
            rows.append(row)
    return pd.DataFrame(rows), {plot: truths(true, plots["CK"], factors) for plot, true in plots.items()}


def coverage(seeds: int, draws: int, repeats: int) -> tuple[pd.DataFrame, float]:
    """Share of intervals that hold the truth, per index, of values and of differences to the control; seconds."""
    hits: dict[tuple[str, str], list[bool]] = defaultdict(list)
    start = time.perf_counter()
    for seed in range(seeds):
        frame, truth = study(seed, repeats)
        # closure is not at stake: the simulated parts need not add up
        table, _ = stability(frame, ["plot"], control=("treatment", "CK"), mineral="high", draws=draws, seed=seed)
        table = table[(table["reference"] == "control") & table["value"].notna()]
        for row in table.itertuples():
            true = truth[row.plot].get(row.index)
            if true is None:
                continue
            if not (row.index == "carbon_management_index" and row.plot == "CK"):
                hits["value", row.index].append(row.low <= true <= row.high)
            if row.plot == "T" and row.index != "carbon_management_index":
                difference = true - truth["CK"][row.index]
                hits["difference", row.index].append(row.difference_low <= difference <= row.difference_high)
    rows = [(kind, index, len(h), float(np.mean(h))) for (kind, index), h in hits.items()]
    return pd.DataFrame(rows, columns=["kind", "index", "n", "coverage"]), time.perf_counter() - start


def refused(rows: int = 1000) -> float:
    """Share of rows whose fractions make four times the bulk that are refused."""
    random = np.random.default_rng(5)
    soc = random.uniform(2, 30, rows)
    share = random.uniform(0.2, 0.9, rows)
    frame = pd.DataFrame({SOC: soc, "poc": 4 * soc * (1 - share), "maoc": 4 * soc * share})
    table, _ = closure_checks(frame)
    return float((table["verdict"] == "refused").mean())


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=300)
    parser.add_argument("--draws", type=int, default=1000)
    asked = parser.parse_args()
    missed = 0
    for repeats in (1, 4):
        found, seconds = coverage(asked.seeds, asked.draws, repeats)
        print(f"\n{repeats} sample(s) per plot, {asked.seeds} studies, {seconds:.0f} s")
        for kind, part in found.groupby("kind", sort=False):
            together = float(np.average(part["coverage"], weights=part["n"]))
            slack = 3 * np.sqrt(LEVEL * (1 - LEVEL) / part["n"])
            out = part[(part["coverage"] < BAND[0] - slack) | (part["coverage"] > BAND[1] + slack)]
            met = BAND[0] <= together <= BAND[1] and out.empty
            missed += not met
            print(f"  {kind}: together {together:.3f}, least {part['coverage'].min():.3f}, ", end="")
            print(f"most {part['coverage'].max():.3f}, {len(part)} indices: {'met' if met else 'MISSED'}")
            for row in part.itertuples():
                beyond = not BAND[0] <= row.coverage <= BAND[1]
                print(f"    {row.index:34s} {row.n:5d}  {row.coverage:.3f}{'  outside the band' if beyond else ''}")
    share = refused()
    missed += share < 1
    print(f"\nfractions of four times the bulk refused: {share:.3f} {'met' if share == 1 else 'MISSED'}")
    print("capacity of minerals at 22 % clay, 38 % silt [g C kg-1 soil]:")
    for line in saturation.LINES.values():
        size = 22 + 38 * (saturation.FINE_SILT if line.particles == "fine" else 1)
        print(f"    {line.name:20s} {saturation.capacity(line, size):6.1f}")
    return int(missed > 0)


if __name__ == "__main__":
    sys.exit(main())
