from itertools import combinations

import numpy as np
import pandas as pd
import pytest

from halosink.microbe.diversity import common_depth, diversity


def long(**samples):
    rows = [(s, f"t{i}", c) for s, counts in samples.items() for i, c in enumerate(counts)]
    return pd.DataFrame(rows, columns=["sample", "taxon", "count"])


def test_rarefaction_against_all_subsamples():
    counts = [4, 2, 1, 0]
    reads = [i for i, c in enumerate(counts) for _ in range(c)]
    for n in (1, 2, 3, 5, 7):
        subsets = list(combinations(range(len(reads)), n))
        expected = np.mean([len({reads[i] for i in s}) for s in subsets])
        found = diversity(long(a=counts), depth=n)["richness_rarefied"][0]
        assert found == pytest.approx(expected, rel=1e-12)


def test_even_community_in_closed_form():
    found = diversity(long(a=[50] * 20)).iloc[0]
    assert found["shannon_diversity"] == pytest.approx(np.log(20))
    assert found["richness_observed"] == 20
    assert found["sequencing_depth"] == 1000
    assert found["goods_coverage"] == 1


def test_goods_coverage_counts_singletons():
    assert diversity(long(a=[7, 1, 1, 1]))["goods_coverage"][0] == pytest.approx(0.7)
    assert np.isnan(diversity(long(a=[7.5, 1.0]))["goods_coverage"][0])


def test_rarefied_richness_does_not_grow_with_effort():
    rng = np.random.default_rng(3)
    shares = rng.dirichlet(np.full(80, 0.3))
    deep, shallow = rng.multinomial(200_000, shares), rng.multinomial(2_000, shares)
    found = diversity(long(deep=deep, shallow=shallow)).set_index("sample")
    assert found.loc["deep", "richness_observed"] > found.loc["shallow", "richness_observed"]
    assert found.loc["deep", "richness_rarefied"] == pytest.approx(found.loc["shallow", "richness_rarefied"], rel=0.1)
    assert found.loc["shallow", "richness_rarefied"] == pytest.approx(found.loc["shallow", "richness_observed"])


def test_shallow_samples_are_left_out_of_rarefaction():
    found = diversity(long(a=[900, 600], b=[40, 3], c=[1000, 1000])).set_index("sample")
    assert found["rarefied_depth"].unique() == [1500]
    assert np.isnan(found.loc["b", "richness_rarefied"])
    assert common_depth(np.array([])) == 0


def test_negative_counts_are_refused():
    with pytest.raises(ValueError, match="below zero"):
        diversity(long(a=[3, -1]))


def test_microeco_alpha_diversity(reference):
    """404 OTU in 90 wetland soils, rarefied to 1000 reads; expected values from microeco and vegan."""
    folder = reference / "data" / "microbiome_china_wetland_microeco"
    wide = pd.read_csv(folder / "dataset_otu_table_used_for_expected.tsv.gz", sep="\t", index_col=0)
    expected = pd.read_csv(folder / "expected_alpha_diversity.csv", index_col=0)
    counts = wide.rename_axis("taxon").reset_index().melt("taxon", var_name="sample", value_name="count")
    found = diversity(counts).set_index("sample").loc[expected.index]
    assert (found["sequencing_depth"] == 1000).all()
    np.testing.assert_array_equal(found["richness_observed"], expected["Observed"])
    np.testing.assert_allclose(found["richness_rarefied"], expected["Observed"], rtol=1e-9)
    np.testing.assert_allclose(found["shannon_diversity"], expected["Shannon"], rtol=1e-12)
    np.testing.assert_allclose(found["goods_coverage"], expected["Coverage"], rtol=1e-12)
