"""Natural breaks against jenkspy, ckwrap, mapclassify and search of all partitions; histograms of tiles."""

import csv
import json
from itertools import combinations

import numpy as np
import pytest

from halosink.maps.breaks.bins import Bins
from halosink.maps.breaks.classes import classify, equal_interval, given_edges, quantile_edges
from halosink.maps.breaks.histogram import Histogram
from halosink.maps.breaks.natural import finer_bins, natural_breaks

RNG = np.random.default_rng(7)
LAYERS = {
    "normal": RNG.normal(size=4000),
    "skewed": np.exp(2 * RNG.normal(size=4000)),
    "heavy tails": RNG.standard_cauchy(4000),
    "tied": RNG.integers(0, 12, 4000).astype(float),
    "uniform": RNG.random(4000),
    "one far away": np.append(RNG.normal(size=4000), 1e6),
    "far from zero": RNG.normal(size=4000) + 1e7,
    "half zero": np.where(RNG.random(4000) < 0.5, 0.0, RNG.gamma(0.3, 10, 4000)),
}


def fit(values, edges):
    """Goodness of variance fit of the classes that edges make."""
    values = np.asarray(values, dtype=np.float64)
    classes = classify(values, edges)
    within = sum(((v - v.mean()) ** 2).sum() for c in np.unique(classes) for v in (values[classes == c],))
    return 1 - within / ((values - values.mean()) ** 2).sum()


@pytest.mark.parametrize("classes", [2, 5, 8])
@pytest.mark.parametrize("name", LAYERS)
def test_equal_to_jenkspy_and_ckwrap(name, classes):
    jenkspy, ckwrap = pytest.importorskip("jenkspy"), pytest.importorskip("ckwrap")
    values = LAYERS[name]
    found = natural_breaks(values, classes)
    best = ckwrap.ckmeans(values, classes)
    optimum = 1 - best.withinss.sum() / best.totss
    assert found.gvf == pytest.approx(optimum, abs=1e-12)
    assert fit(values, found.edges) == pytest.approx(found.gvf, abs=1e-12)
    theirs = np.array(jenkspy.jenks_breaks(values[:1000], classes))
    ours = natural_breaks(values[:1000], classes).edges
    assert np.array_equal(ours, theirs) or fit(values[:1000], ours) >= fit(values[:1000], theirs) - 1e-13


@pytest.mark.parametrize("classes", [2, 5, 8])
@pytest.mark.parametrize("name", LAYERS)
def test_histogram_reaches_the_optimum(name, classes):
    values = LAYERS[name]
    exact, found = natural_breaks(values, classes), natural_breaks(values, classes, exact=0)
    assert fit(values, found.edges) == pytest.approx(exact.gvf, abs=1e-8)
    assert found.gvf == pytest.approx(exact.gvf, abs=1e-8)
    assert exact.gvf - fit(values, found.edges) <= found.gap + 1e-12
    assert found.gap <= 1e-8


@pytest.mark.parametrize("seed", [1, 3])
def test_the_bound_holds_where_breaks_crowd(seed):
    """Most of 60 breaks in the first bins: a bin once divided stays so in the next pass."""
    values = np.exp(4 * np.random.default_rng(seed).normal(size=200_000))
    exact, found = natural_breaks(values, 60, exact=values.size), natural_breaks(values, 60, exact=0)
    assert exact.gvf - fit(values, found.edges) <= found.gap + 1e-11
    assert found.gap <= 1e-8


def test_every_partition_is_no_better():
    for seed in range(20):
        rng = np.random.default_rng(seed)
        values = np.round(rng.normal(size=12), 1)
        distinct = np.unique(values)
        best = max(fit(values, [distinct[0], *inner, distinct[-1]]) for inner in combinations(distinct[:-1], 3))
        for exact in (100, 0):
            found = natural_breaks(values, 4, exact=exact)
            assert found.gvf == pytest.approx(best, abs=1e-9)
            assert fit(values, found.edges) == pytest.approx(best, abs=1e-12)


def test_published_breaks(reference):
    folder = reference / "data/method_oracles"
    values = np.array(json.loads((folder / "jenkspy_test.json").read_text()))
    # README and tests of jenkspy 0.4.1
    printed = [0.0028109620325267315, 2.0935479691252112, 4.205495140049607, 6.178148351609707, 8.09175917180255,
               9.997982932254672]  # fmt: skip
    assert natural_breaks(values, 5).edges.tolist() == printed
    assert natural_breaks(values, 5, exact=0).edges == pytest.approx(printed, abs=1e-9)
    with (folder / "mapclassify_calempdensity.csv").open() as file:
        density = np.array([float(row["emp/sq km"]) for row in csv.DictReader(file)])
    for exact in (100, 0):
        edges = natural_breaks(density, 5, exact=exact).edges
        assert edges[1:] == pytest.approx([75.29, 192.05, 370.5, 722.85, 4111.45], abs=1e-6)
        classes = classify(density, edges)
        assert np.bincount(classes).tolist() == [0, 49, 3, 4, 1, 1]
        deviation = sum(np.abs(v - np.median(v)).sum() for c in range(1, 6) for v in (density[classes == c],))
        assert deviation == pytest.approx(799.24, abs=0.005)


def test_fewer_values_than_classes():
    for exact in (100, 0):
        found = natural_breaks(np.array([1.0, 1, 2, 3, np.nan]), 5, exact=exact)
        assert (found.classes, found.asked, found.gvf) == (3, 5, 1.0)
        assert classify(np.array([1.0, 2, 3, np.nan]), found.edges).tolist() == [1, 2, 3, 0]
        constant = natural_breaks(np.full(9, 4.5), 5, exact=exact)
        assert (constant.edges.tolist(), constant.gvf, constant.classes) == ([4.5, 4.5], 1.0, 1)
        with pytest.raises(ValueError, match="no values"):
            natural_breaks(np.full(3, np.nan), 5, exact=exact)
        with pytest.raises(ValueError, match="finite"):
            natural_breaks(np.array([1.0, 2, 3, np.inf]), 2, exact=exact)
    with pytest.raises(ValueError, match="1 to 255"):
        natural_breaks(np.arange(9.0), 0)
    assert natural_breaks(np.arange(9.0), 1).edges.tolist() == [0, 8]
    assert natural_breaks(np.arange(9.0), 1, exact=0).gvf == pytest.approx(0, abs=1e-12)


def test_tiles_merge_to_the_same_bits():
    layer = np.where(RNG.random((300, 200)) < 0.1, np.nan, RNG.gamma(2, 3, (300, 200))).astype(np.float32)
    low, high = float(np.nanmin(layer)), float(np.nanmax(layer))
    whole = Histogram.of(layer, low, high)
    for rows, order in ((17, 1), (64, -1)):
        tiles = [layer[i : i + rows] for i in range(0, 300, rows)][::order]
        merged = Histogram.of(tiles[0], low, high)
        for tile in tiles[1:]:
            merged = merged.merge(Histogram.of(tile, low, high))
        assert np.array_equal(merged.cells, whole.cells)
        assert (merged.squares, merged.least, merged.most) == (whole.squares, whole.least, whole.most)
        bins = finer_bins(merged)
        second = Histogram.on(tiles[0], bins)
        for tile in tiles[1:]:
            second = second.merge(Histogram.on(tile, bins))
        assert natural_breaks(second).edges.tolist() == natural_breaks(layer, exact=0).edges.tolist()
    assert whole.count == np.isfinite(layer).sum()
    with pytest.raises(ValueError, match="different bins"):
        whole.merge(Histogram.of(layer, low, 3 * high))
    with pytest.raises(ValueError, match="outside"):
        Histogram.of(layer, low, high / 2)


def test_no_bin_is_filled_across_its_limits():
    bins = Bins.covering(-3.7, 11.3)
    width = bins.quantum * 2**bins.inner_bits
    edges = bins.low + width * np.arange(1, 2000)
    values = np.concatenate([edges, np.nextafter(edges, np.inf)])
    cells = Histogram.on(values, bins).cells[:2001, 0]
    assert cells.tolist() == [1] + [2] * 1998 + [1, 0]
    assert Histogram.of(np.array([-3.7, 11.3]), -3.7, 11.3).count == 2
    for low, high in ((0.0, 1.0), (0.0, 0.0), (5.0, 5.0), (-1e-30, 1e-30), (1e7, 1e7 + 1), (-273.15, 1e9)):
        assert Histogram.of(np.linspace(low, high, 50), low, high).count == 50
    for wrong in ((1.0, 0.0, 1 << 16), (0.0, np.nan, 1 << 16), (0.0, 1.0, 1000)):
        with pytest.raises(ValueError, match=r"limits|power of two"):
            Bins.covering(*wrong)


def test_classes_are_closed_above():
    edges = [0.0, 1.0, 2.0]
    values = np.array([[0.0, 1.0, 1.5], [2.0, np.nan, -5.0], [7.0, np.nextafter(1, 2), 0.5]])
    assert classify(values, edges).tolist() == [[1, 1, 2], [2, 0, 1], [2, 2, 1]]
    assert classify(values.astype(np.float32), edges).dtype == np.uint8
    with pytest.raises(ValueError, match="ascending"):
        classify(values, [1.0, 0.0])


def test_other_breaks():
    mapclassify = pytest.importorskip("mapclassify")
    values = LAYERS["skewed"]
    equal = equal_interval(values.min(), values.max(), 5)
    assert equal[1:] == pytest.approx(mapclassify.EqualInterval(values, k=5).bins)
    assert quantile_edges(values, 5)[1:] == pytest.approx(mapclassify.Quantiles(values, k=5).bins)
    histogram = Histogram.of(values, values.min(), values.max())
    width = histogram.bins.quantum * 2**histogram.bins.inner_bits
    assert np.abs(quantile_edges(histogram, 5) - np.quantile(values, np.linspace(0, 1, 6))).max() < 2 * width
    assert len(quantile_edges(np.array([0.0] * 9 + [1.0]), 5)) < 6
    assert quantile_edges(np.full(4, 2.0)).tolist() == [2.0, 2.0]
    assert given_edges([1, 2], 0.5, 9).tolist() == [0.5, 1, 2, 9]
    assert given_edges([1, 2], 1.5, 1.8).tolist() == [1, 1, 2, 2]
    for wrong in (lambda: given_edges([2, 1], 0, 3), lambda: equal_interval(1, 1)):
        with pytest.raises(ValueError, match="ascend|interval"):
            wrong()
