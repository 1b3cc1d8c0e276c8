"""Coverage of the 95 % intervals of class means, response ratios and slopes where the truth is known.

    python validation/effects_coverage.py [--seeds 400] [--first 50000] [--only NAME]

Ends with exit code 1 when a coverage leaves 91 to 98 %, save for those marked "beyond", where assumptions are strained.

A seed draws one data set per case; seed n of one case has nothing in common with seed n of another. Seeds below 50000
served to choose the estimators and so speak for them too kindly; 50000 to 50399 did not. After a change of an
estimator the figures need seeds that nobody has looked at. With 400 seeds a coverage of 95 % is known to about 1.1
percentage points (one standard error) where a data set gives one interval of a kind, somewhat better where it gives
several.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable

import numpy as np
import pandas as pd

from halosink.drivers import Design, Factor, Gradient, Settings, effects

CLASSES = {"none": 4.0, "slight": 6.0, "moderate": 9.0, "strong": 3.0}
TREATMENTS = {"control": 1.0, "gypsum": 1.4}
DESIGN = Design((Factor("salinity_class", "none"), Factor("treatment", "control", landscape=False)))


def plots(rng: np.random.Generator, kind: str, missing: int, block_sd: float, whole_sd: float, plot_sd: float):
    """4 salinity classes x 2 treatments x 3 blocks, split-plot: block, whole plot (class in block) and plot errors."""
    rows = []
    variance = block_sd**2 + whole_sd**2 + plot_sd**2
    for block in range(3):
        b = rng.normal(0, block_sd)
        for name, level in CLASSES.items():
            w = rng.normal(0, whole_sd)
            for treatment, times in TREATMENTS.items():
                u = b + w + rng.normal(0, plot_sd)
                mean = level * times
                if kind == "lognormal":
                    value = mean * np.exp(u - variance / 2)
                elif kind == "relative":
                    value = mean * (1 + u)
                else:
                    value = mean + 5 * u
                rows.append((f"B{block}", name, treatment, f"{block}{name}{treatment}", value))
    frame = pd.DataFrame(rows, columns=["block", "salinity_class", "treatment", "plot", "y"])
    if missing:
        frame = frame.drop(index=rng.choice(len(frame), missing, replace=False))
    half = np.mean(list(TREATMENTS.values()))
    true = {("salinity_class", k): v * half for k, v in CLASSES.items()}
    true |= {("treatment", k): v * np.mean(list(CLASSES.values())) for k, v in TREATMENTS.items()}
    return frame, DESIGN, true


def sites(
    rng: np.random.Generator, kind: str, counts: tuple[int, ...], site_sd: float, plot_sd: float, constant: float = 5.0
):
    """Classes that belong to whole sites, each with 3 to 9 plots and two layers that share one flux."""
    rows = []
    number = 0
    variance = site_sd**2 + plot_sd**2
    for (name, level), many in zip(CLASSES.items(), counts, strict=True):
        for _ in range(many):
            s = rng.normal(0, site_sd)
            for plot in range(rng.integers(3, 10)):
                u = s + rng.normal(0, plot_sd)
                value = {
                    "lognormal": level * np.exp(u - variance / 2),
                    "relative": level * (1 + u),
                    "constant": level + constant * u,
                }[kind]
                rows += [(f"S{number}", f"{number}-{plot}", name, layer, value) for layer in ("top", "sub")]
            number += 1
    frame = pd.DataFrame(rows, columns=["site", "plot", "salinity_class", "layer", "y"])
    return frame, DESIGN, {("salinity_class", k): v for k, v in CLASSES.items()}


def crossed_sites(rng: np.random.Generator, kind: str, interaction: float = 1.0, site_sd: float = 0.25):
    """Eleven sites in 4 salinity classes x 2 treatments, seven combinations one site, one combination four.

    The layout of San Francisco Bay. Treatments multiply the means, or add to them where scatter is constant;
    `interaction` is a factor on the treated in the two most saline classes.
    """
    rows, cells, number = [], {}, 0
    for (name, level), saline in zip(CLASSES.items(), (0, 0, 1, 1), strict=True):
        for treatment, times in TREATMENTS.items():
            treated = treatment != "control"
            mean = level + 2.0 * treated if kind == "constant" else level * times
            mean *= interaction if saline and treated else 1.0
            cells[name, treatment] = mean
            for _ in range(4 if (name, treatment) == ("strong", "gypsum") else 1):
                s = rng.normal(0, site_sd)
                for plot in range(rng.integers(3, 16)):
                    u = s + rng.normal(0, 0.2)
                    value = {
                        "lognormal": mean * np.exp(u - (site_sd**2 + 0.04) / 2),
                        "relative": mean * (1 + u),
                        "constant": mean + 5.0 * u,
                    }[kind]
                    rows.append((f"S{number}", f"{number}-{plot}", name, treatment, value))
                number += 1
    frame = pd.DataFrame(rows, columns=["site", "plot", "salinity_class", "treatment", "y"])
    true = {("salinity_class", k): np.mean([cells[k, t] for t in TREATMENTS]) for k in CLASSES}
    true |= {("treatment", t): np.mean([cells[k, t] for k in CLASSES]) for t in TREATMENTS}
    design = Design((Factor("salinity_class", "none"), Factor("treatment", "control")))
    return frame, design, true


def cases() -> dict[str, tuple[bool, Callable[[np.random.Generator], tuple[pd.DataFrame, Design, dict]]]]:
    """Name -> (must lie within 91 to 98 %, generator)."""
    found = {}
    for kind in ("constant", "relative", "lognormal"):
        found[f"24 plots, split-plot, {kind}"] = (True, lambda r, k=kind: plots(r, k, 0, 0.1, 0.1, 0.15))
        found[f"24 plots, no block effect, {kind}"] = (True, lambda r, k=kind: plots(r, k, 0, 0.0, 0.0, 0.2))
        found[f"24 plots, strong blocks, {kind}"] = (True, lambda r, k=kind: plots(r, k, 0, 0.25, 0.05, 0.1))
        found[f"21 of 24 plots, {kind}"] = (True, lambda r, k=kind: plots(r, k, 3, 0.1, 0.1, 0.15))
        found[f"11 sites 2-2-2-5, {kind}"] = (True, lambda r, k=kind: sites(r, k, (2, 2, 2, 5), 0.25, 0.2))
        found[f"11 sites 1-3-2-5, {kind}"] = (True, lambda r, k=kind: sites(r, k, (1, 3, 2, 5), 0.25, 0.2))
    for kind in ("constant", "relative", "lognormal"):
        found[f"11 sites, two factors, {kind}"] = (True, lambda r, k=kind: crossed_sites(r, k))
    found["11 sites, two factors, lognormal, sd 0.8"] = (
        False,
        lambda r: crossed_sites(r, "lognormal", site_sd=0.8),
    )
    found["11 sites, two factors that interact"] = (False, lambda r: crossed_sites(r, "lognormal", 0.6))
    found["11 sites 2-2-2-5, lognormal, sd 0.8"] = (False, lambda r: sites(r, "lognormal", (2, 2, 2, 5), 0.8, 0.4))
    found["24 plots, lognormal, sd 0.6"] = (False, lambda r: plots(r, "lognormal", 0, 0.3, 0.3, 0.45))
    return found


def measure(make: Callable, seeds: range) -> dict[str, list[bool]]:
    """Per kind of interval, whether each held its truth."""
    held: dict[str, list[bool]] = {}
    for seed in seeds:
        frame, design, true = make(np.random.default_rng([seed, 17]))
        out = effects(frame, ["y"], design, Settings(leave_one_out=False))
        for row in out.class_means.dropna(subset=["low"]).itertuples():
            truth = true[row.factor, row[5]]
            held.setdefault(f"mean {row.factor}", []).append(row.low <= truth <= row.high)
        for row in out.response_ratios.dropna(subset=["low"]).itertuples():
            a, b = true[row.factor, row[5]], true[row.factor, row.reference]
            if np.isfinite(row.log_ratio):
                held.setdefault(f"lnRR {row.factor}", []).append(row.low <= np.log(a / b) <= row.high)
            held.setdefault(f"diff {row.factor}", []).append(row.difference_low <= a - b <= row.difference_high)
    return held


def slopes(
    seeds: range, site_sd: float = 1.0, within: float = 0.3, among_slope: float = 0.5, within_slope: float = 0.5
) -> dict[str, list[bool]]:
    """A gradient over 11 sites of 3 to 9 plots, two rows each; `within` is its spread within sites.

    "alike" counts how often slopes that are the same are not said to differ; "differ" the reverse, a power.
    """
    held: dict[str, list[bool]] = {"slope": [], "among": [], "within": []}
    same = among_slope == within_slope
    for seed in seeds:
        rng = np.random.default_rng([seed, 23])
        rows = []
        for site in range(11):
            s, g = rng.normal(0, site_sd), rng.uniform(0, 10)
            inside = rng.normal(0, within, rng.integers(3, 10))
            for plot, x in enumerate(g + inside):
                level = g + inside.mean()
                y = 2 + among_slope * level + within_slope * (x - level) + s + rng.normal(0, 0.7)
                rows += [(f"S{site}", f"{site}-{plot}", x, y)] * 2
        frame = pd.DataFrame(rows, columns=["site", "plot", "salinity_ppt", "y"])
        out = effects(frame, ["y"], Design(gradients=(Gradient("salinity_ppt"),)), Settings(leave_one_out=False))
        row = out.gradients.iloc[0]
        true = within_slope if row["slope_of"] == "within sites" else among_slope
        held["slope"].append(bool(row["low"] <= true <= row["high"]))
        held["among"].append(bool(row["among_site_low"] <= among_slope <= row["among_site_high"]))
        if within:
            held["within"].append(bool(row["within_site_low"] <= within_slope <= row["within_site_high"]))
            held.setdefault("alike" if same else "differ (power)", []).append(bool(row["slopes_differ"]) != same)
    return held


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=400)
    parser.add_argument("--first", type=int, default=50000)
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    bad = 0
    seeds = range(options.first, options.first + options.seeds)
    jobs = {n: (must, lambda m=make: measure(m, seeds)) for n, (must, make) in cases().items()}
    jobs["slope, 11 sites"] = (True, lambda: slopes(seeds))
    jobs["slope, gradient constant within sites"] = (True, lambda: slopes(seeds, within=0.0))
    jobs["slope, hardly any site effect"] = (True, lambda: slopes(seeds, site_sd=0.1))
    jobs["slope, opposite within sites"] = (True, lambda: slopes(seeds, among_slope=-0.5, within_slope=0.8))
    jobs["slope, gradient mostly within sites"] = (True, lambda: slopes(seeds, within=6.0))
    for name, (must, job) in jobs.items():
        if options.only not in name:
            continue
        parts = []
        for what, flags in job().items():
            if not flags:
                continue
            rate = 100 * float(np.mean(flags))
            wrong = must and "power" not in what and not 91 <= rate <= 98
            bad += wrong
            parts.append(f"{what} {rate:.1f}{'!' if wrong else ''}")
        print(f"{name + ('' if must else ' (beyond)'):52s} {'; '.join(parts)}", flush=True)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
