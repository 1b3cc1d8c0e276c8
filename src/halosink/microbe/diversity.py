"""How many taxa and how evenly, per sample, with unequal sequencing depth taken out.

sequencing_depth      N = sum of counts
richness_observed     number of taxa with a count; grows with N
richness_rarefied     E[S_n] = sum_i 1 - C(N - N_i, n) / C(N, n), n the same for all samples   (Hurlbert 1971)
shannon_diversity     H = -sum_i p_i ln p_i, natural logarithm, p_i = N_i / N                   (Shannon 1948)
goods_coverage        1 - F1 / N, F1 the number of taxa seen once                               (Good 1953)

The rarefied richness is the expectation over all subsamples, not one random draw: no seed, no lost reads.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import gammaln

# own choice: a sample below this depth would drag all others down with it; it is left out of the rarefaction
SHALLOW = 1000
KEPT = ("region", "site", "block", "plot", "core", "treatment", "salinity_class", "layer", "season", "date")


def diversity(counts: pd.DataFrame, depth: int | None = None) -> pd.DataFrame:
    """Diversity of each sample from a long table.

    counts: `sample`, `taxon`, `count` (reads, >= 0; several rows of a pair are added). Zeros and missing counts
    do not matter. Columns of KEPT (place, treatment, date) are carried over, the first of each sample.
    depth: reads to rarefy to; None: `common_depth`.

    Result: sample, kept columns, sequencing_depth, richness_observed, richness_rarefied, rarefied_depth,
    shannon_diversity, goods_coverage. richness_rarefied is NaN for samples shallower than the depth, Good's
    coverage where counts are not whole numbers. ValueError if a count is negative.
    Sources: hurlbert1971, shannon1948, good1953.
    """
    kept = counts.groupby("sample")[[c for c in KEPT if c in counts]].first()
    use = counts[["sample", "taxon", "count"]].dropna()
    if (use["count"] < 0).any():
        raise ValueError("counts below zero")
    use = use.groupby(["sample", "taxon"], sort=True)["count"].sum().reset_index()
    use = use[use["count"] > 0]
    key = use["sample"].to_numpy()
    total = use.groupby("sample")["count"].sum()
    n = common_depth(total.to_numpy(float)) if depth is None else int(depth)
    value = use["count"].to_numpy(float)
    whole = value.round()
    reads = use["sample"].map(total).to_numpy(float)
    share = value / reads
    rows = pd.DataFrame(
        {
            "taxa": 1.0,
            "kept": _chance_seen(whole, np.maximum(reads.round(), whole), n),
            "entropy": -share * np.log(share),
            "single": (whole == 1) & (value == whole),
            "broken": value != whole,
        }
    )
    sums = rows.groupby(key).sum()
    out = pd.DataFrame(
        {
            "sequencing_depth": total,
            "richness_observed": sums["taxa"],
            "richness_rarefied": sums["kept"].where((total.round() >= n) & (n > 0)),
            "rarefied_depth": float(n),
            "shannon_diversity": sums["entropy"],
            "goods_coverage": (1.0 - sums["single"] / total).where(sums["broken"] == 0),
        }
    )
    return kept.join(out, how="right").rename_axis("sample").reset_index()


def common_depth(depths: NDArray[np.float64]) -> int:
    """The smallest depth among samples of at least SHALLOW reads; among all, if none has that many. 0 if empty."""
    deep = depths[depths >= SHALLOW]
    use = deep if deep.size else depths[depths > 0]
    return int(np.floor(use.min())) if use.size else 0


def _chance_seen(count: NDArray[np.float64], total: NDArray[np.float64], n: int) -> NDArray[np.float64]:
    """1 - C(N - N_i, n) / C(N, n) through log-gamma; certain where fewer than n reads are of other taxa."""
    others = total - count
    free = others - n
    with np.errstate(invalid="ignore"):
        log_unseen = (
            gammaln(others + 1)
            - gammaln(np.maximum(free, 0) + 1)
            - gammaln(total + 1)
            + gammaln(np.maximum(total - n, 0) + 1)
        )
    seen: NDArray[np.float64] = np.where(free < 0, 1.0, -np.expm1(np.minimum(log_unseen, 0.0)))
    return seen
