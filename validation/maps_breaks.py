"""Natural breaks and entropy weights: equal to published results and exact peers; optimal and fast at 1e8 values.

    python validation/maps_breaks.py [REFERENCE] [VALUES]

REFERENCE: folder with data/method_oracles (default: HALOSINK_REFERENCE); VALUES: of the large layers (default 1e8).
Ends with exit code 1 when a line is missed. Lines without a bound are told only.
"""

from __future__ import annotations

import csv
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

from halosink.maps.breaks.classes import classify
from halosink.maps.breaks.histogram import Histogram
from halosink.maps.breaks.natural import finer_bins, natural_breaks
from halosink.maps.entropy import EntropySums, entropy_sums, entropy_weights
from halosink.maps.normalise import Extremes

MISSED: list[str] = []


def line(what: str, value: object, met: bool | None = None) -> None:
    mark = "     " if met is None else "ok   " if met else "MISS "
    print(f"{mark}{what:88} {value}")
    if met is False:
        MISSED.append(what)


def oracles(folder: Path) -> None:
    values = np.array(json.loads((folder / "jenkspy_test.json").read_text()))
    # README and tests of jenkspy 0.4.1
    printed = np.array([0.0028109620325267315, 2.0935479691252112, 4.205495140049607, 6.178148351609707,
                        8.09175917180255, 9.997982932254672])  # fmt: skip
    off = np.abs(natural_breaks(values).edges - printed).max()
    line("jenkspy_test.json: largest difference of breaks", f"{off:.1e}", bool(off == 0))
    off = np.abs(natural_breaks(values, exact=0).edges - printed).max()
    line("  the same from histograms", f"{off:.1e}", bool(off < 1e-9))
    with (folder / "mapclassify_calempdensity.csv").open() as file:
        density = np.array([float(row["emp/sq km"]) for row in csv.DictReader(file)])
    edges = natural_breaks(density).edges
    counts = np.bincount(classify(density, edges))[1:].tolist()
    line("mapclassify, 58 counties: breaks", edges[1:].tolist(),
         edges[1:].tolist() == [75.29, 192.05, 370.5, 722.85, 4111.45])  # fmt: skip
    line("  counts", counts, counts == [49, 3, 4, 1, 1])
    for case in json.loads((folder / "entropy_weights_oracle.json").read_text()):
        layers = {str(i): np.array(column, dtype=float) for i, column in enumerate(zip(*case["matrix"], strict=True))}
        sums = entropy_sums(layers, {k: Extremes.of(v) for k, v in layers.items()})
        found = np.array([w.weight for w in entropy_weights(sums).values()])
        digits = max(len(str(w)) - 2 for w in case["weights"])
        off = np.abs(found - case["weights"]).max()
        who = " ".join(case["source"].split(", via")[0].split()[:5])
        line(f"entropy weights, {who}: largest difference", f"{off:.1e}", bool(off <= 0.5 * 10.0**-digits + 1e-12))


def layers(number: int) -> dict[str, np.ndarray[Any, np.dtype[np.float32]]]:
    rng = np.random.default_rng(4)
    normal = rng.standard_normal(number, dtype=np.float32)
    return {
        "normal": normal,
        "skewed": np.exp(2 * normal),
        "heavy tails": rng.standard_cauchy(number).astype(np.float32),
        "tied": rng.integers(0, 12, number).astype(np.float32),
        "half zero": np.where(rng.random(number) < 0.5, 0, np.abs(normal)).astype(np.float32),
        "one far away": np.append(normal, np.float32(1e6)),
    }


def optimal() -> None:
    for name, values in layers(1_000_000).items():
        found = natural_breaks(values, exact=0)
        exact = natural_breaks(values, exact=values.size)
        off = abs(found.gvf - exact.gvf)
        line(f"1e6 values, {name}: GVF of histograms and of all values sorted", f"{off:.1e}", off < 1e-8)
        line("  bound told by the histograms", f"{found.gap:.1e}", found.gap < 1e-8)
        try:
            import ckwrap
        except ImportError:
            continue
        best = ckwrap.ckmeans(values.astype(np.float64), 5)
        off = abs(exact.gvf - (1 - best.withinss.sum() / best.totss))
        line("  sorted, against ckwrap", f"{off:.1e}", off < 1e-12)


def large(number: int) -> None:
    line("load of the machine (1 minute)", f"{os.getloadavg()[0]:.1f}")
    values = np.empty(number, dtype=np.float32)
    for i, at in enumerate(range(0, number, 1 << 22)):
        part = values[at : at + (1 << 22)]
        part[:] = np.random.default_rng(i).standard_normal(len(part), dtype=np.float32)
    for name in ("normal", "skewed"):
        if name == "skewed":
            np.exp(values, out=values)
        took = []
        for _ in range(3):
            start = time.process_time()
            found = natural_breaks(values)
            took.append(time.process_time() - start)
        line(f"{number:.0e} values, {name}: CPU seconds, best of 3", f"{min(took):.2f}", min(took) <= 2)
        line("  GVF", f"{found.gvf:.12f}")
        line("  most that any other breaks could have more", f"{found.gap:.1e}", found.gap < 1e-8)


def tiles() -> None:
    rng = np.random.default_rng(6)
    whole = np.where(rng.random((1500, 1100)) < 0.1, np.nan, rng.gamma(2, 3, (1500, 1100))).astype(np.float32)
    limits = Extremes.of(whole)
    edges = natural_breaks(whole, exact=0).edges.tolist()
    sums = entropy_sums({"a": whole}, {"a": limits})["a"]
    for size in (1024, 257, 64):
        parts = [whole[i : i + size, j : j + size] for i in range(0, 1500, size) for j in range(0, 1100, size)][::-1]
        first = Histogram.of(parts[0], limits.minimum, limits.maximum)
        bins, added = first.bins, EntropySums(0, 0, 0)
        for part in parts[1:]:
            first = first.merge(Histogram.on(part, bins))
        bins = finer_bins(first)
        second = Histogram.on(parts[0], bins)
        for part in parts[1:]:
            second = second.merge(Histogram.on(part, bins))
        for part in parts:
            added = added.merge(entropy_sums({"a": part}, {"a": limits})["a"])
        same = natural_breaks(second).edges.tolist() == edges and added == sums
        line(f"tiles of {size} cells, backwards: same bits of breaks and entropy sums", same, same)


def main() -> int:
    reference = Path(sys.argv[1] if len(sys.argv) > 1 else os.environ["HALOSINK_REFERENCE"])
    number = int(float(sys.argv[2])) if len(sys.argv) > 2 else 10**8
    for name, step in (("published", lambda: oracles(reference / "data/method_oracles")), ("exact", optimal),
                       ("tiles", tiles), ("large", lambda: large(number))):  # fmt: skip
        print(f"\n{name}")
        step()
    print(f"\n{len(MISSED)} lines missed" + "".join(f"\n  {m}" for m in MISSED))
    return bool(MISSED)


if __name__ == "__main__":
    raise SystemExit(main())
