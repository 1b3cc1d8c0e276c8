"""Natural breaks of many values and entropy weights: CPU seconds, memory, and peers in the same run.

    python benchmarks/maps_breaks.py [VALUES] [ROUNDS]

VALUES: of the large layer (default 1e8, float32: 400 MB); ROUNDS: best of (default 3). ckwrap (exact, in C++) gets a
tenth of the values as it takes 16 times the memory; jenkspy 1e4 of them. Entropy: 6 factors of a tenth of the values.
"""

from __future__ import annotations

import os
import resource
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from halosink.maps.breaks.classes import classify
from halosink.maps.breaks.natural import natural_breaks
from halosink.maps.entropy import entropy_sums, entropy_weights
from halosink.maps.normalise import Extremes

Layer = np.ndarray[Any, np.dtype[np.float32]]


def layer(number: int) -> Layer:
    """Importance-like: three humps within 0..1, skewed, made in pieces."""
    out = np.empty(number, dtype=np.float32)
    for i, at in enumerate(range(0, number, 1 << 22)):
        rng, part = np.random.default_rng(i), out[at : at + (1 << 22)]
        part[:] = rng.standard_normal(len(part), dtype=np.float32) * np.float32(0.06)
        part += np.array([0.15, 0.35, 0.75], dtype=np.float32)[rng.choice(3, len(part), p=[0.5, 0.3, 0.2])]
    return np.clip(out, 0, 1, out=out)


def seconds(work: Callable[[], Any], rounds: int) -> tuple[float, Any]:
    found, result = [], None
    for _ in range(rounds):
        start = time.process_time()
        result = work()
        found.append(time.process_time() - start)
    return min(found), result


def memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def entropy(number: int, rounds: int) -> None:
    rng = np.random.default_rng(5)
    layers = {f"factor {k}": rng.integers(1, 11, number).astype(np.float32) for k in range(6)}
    limits = {name: Extremes.of(values) for name, values in layers.items()}
    small = {name: values[:1000] for name, values in layers.items()}
    entropy_sums(small, limits)
    took, sums = seconds(lambda: entropy_weights(entropy_sums(layers, limits)), rounds)

    def plain() -> list[float]:
        found = []
        for values in layers.values():
            p = values / values.sum(dtype=np.float64)
            found.append(1 + float((p * np.log(p)).sum()) / np.log(len(p)))
        return [d / sum(found) for d in found]

    slow, weights = seconds(plain, 1)
    off = max(abs(w.weight - p) for w, p in zip(sums.values(), weights, strict=True))
    print(f"entropy weights, 6 x {number:.0e}: {took:.2f} s CPU, numpy {slow:.2f} s; largest difference {off:.1e}")


def large(values: Layer, rounds: int) -> None:
    before = memory()
    took, found = seconds(lambda: natural_breaks(values), rounds)
    print(f"natural breaks, {values.size:.0e} float32: {took:.2f} s CPU, {memory() - before:.0f} MB above the layer")
    print(f"  GVF {found.gvf:.12f}, optimum at most {found.gap:.1e} higher")
    took, _ = seconds(lambda: classify(values, found.edges), 1)
    print(f"classes of all: {took:.2f} s CPU")


def peers(part: Layer, rounds: int) -> None:
    mine, found = seconds(lambda: natural_breaks(part), rounds)
    try:
        import ckwrap
        import jenkspy
    except ImportError:
        print("ckwrap and jenkspy are not installed: no peers")
        return
    theirs, best = seconds(lambda: ckwrap.ckmeans(part.astype(np.float64), 5), 1)
    optimum = 1 - best.withinss.sum() / best.totss
    print(f"{len(part):.0e} values: {mine:.2f} s CPU, ckwrap {theirs:.2f} s")
    print(f"  GVF {found.gvf:.12f} and {optimum:.12f}, difference {found.gvf - optimum:.1e}")
    some = part[:10_000].astype(np.float64)
    mine, found = seconds(lambda: natural_breaks(some), rounds)
    theirs, edges = seconds(lambda: jenkspy.jenks_breaks(some, 5), 1)
    same = found.edges.tolist() == [float(e) for e in edges]
    print(f"1e4 values: {mine * 1e3:.1f} ms CPU, jenkspy {theirs * 1e3:.0f} ms; same breaks: {same}")


def main() -> None:
    number = int(float(sys.argv[1])) if len(sys.argv) > 1 else 10**8
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    print(f"load at the start {os.getloadavg()[0]:.1f}")
    values = layer(number)
    natural_breaks(values[:10_000], exact=0)
    classify(values[:10_000], [0, 1])
    large(values, rounds)
    values = values[: number // 10].copy()
    peers(values, rounds)
    del values
    entropy(number // 10, rounds)
    print(f"load at the end {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
