"""Change between dates against textbook formulas, and coverage on simulated studies."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from halosink.soil.stocks.change import change_table, stock_change
from soil_stock_studies import covered, expected_change, stocks_of, study

RNG = np.random.default_rng(11)
BEFORE, AFTER = RNG.normal(60, 8, 9), RNG.normal(63, 8, 9)


def test_paired_is_the_t_interval_of_the_differences():
    found = stock_change(BEFORE, AFTER, paired=True)
    low, high = stats.ttest_rel(AFTER, BEFORE).confidence_interval()
    assert (found.low, found.high) == pytest.approx((low, high), rel=1e-9)
    assert found.p_value == pytest.approx(stats.ttest_rel(AFTER, BEFORE).pvalue, rel=1e-9)
    assert found.design == "paired" and found.units == (9, 9)


def test_unpaired_is_welch():
    found = stock_change(BEFORE, AFTER[:5])
    test = stats.ttest_ind(AFTER[:5], BEFORE, equal_var=False)
    low, high = test.confidence_interval()
    assert (found.low, found.high) == pytest.approx((low, high), rel=1e-9)
    assert found.df == pytest.approx(test.df, rel=1e-9)


def test_blocks_take_their_differences_out_of_the_error():
    blocks = np.repeat(["x", "y", "z"], 3)
    level = np.repeat([0.0, 40, 80], 3)
    plain = stock_change(BEFORE + level, AFTER + level)
    blocked = stock_change(BEFORE + level, AFTER + level, blocks_before=blocks, blocks_after=blocks)
    assert blocked.estimate == pytest.approx(plain.estimate)
    assert blocked.sampling_error < 0.5 * plain.sampling_error
    by_hand = sum(np.var(v[i : i + 3], ddof=1) / 3 / 9 for v in (BEFORE, AFTER) for i in (0, 3, 6))
    assert blocked.sampling_error**2 == pytest.approx(by_hand, rel=1e-9)


def test_detectable_change_is_seen_as_often_as_said():
    rng = np.random.default_rng(2)
    said = stock_change(rng.normal(0, 5, 4000), rng.normal(0, 5, 4000)).detectable * np.sqrt(4000 / 12)
    seen = [stock_change(rng.normal(0, 5, 12), rng.normal(said, 5, 12)).p_value < 0.05 for _ in range(400)]
    assert 0.72 < np.mean(seen) < 0.88


def test_what_plots_share_is_added_once():
    rng = np.random.default_rng(4)
    shared = rng.normal(0, 3, 5000)
    own_before, own_after = rng.normal(0, 1, (9, 5000)), rng.normal(0, 1, (9, 5000))
    found = stock_change(BEFORE, AFTER, draws_before=own_before, draws_after=own_after + shared)
    assert found.shared_error == pytest.approx(3, rel=0.05)
    none = stock_change(BEFORE, AFTER, draws_before=own_before, draws_after=own_after)
    assert none.shared_error < 0.1
    both = stock_change(BEFORE, AFTER, draws_before=own_before + shared, draws_after=own_after + shared)
    assert both.shared_error < 0.1


def test_too_few_plots_are_refused():
    with pytest.raises(ValueError, match="two plots"):
        stock_change([1.0], [2.0, 3.0])
    with pytest.raises(ValueError, match="pairs"):
        stock_change([1.0, 2], [2.0, 3, 4], paired=True)
    with pytest.raises(ValueError, match="one date"):
        stock_change([1.0, 2], [2.0, 3], blocks_before=["a", "a"], blocks_after=["b", "b"])


@pytest.mark.parametrize(("method", "paired"), [("fixed_depth", True), ("equal_mass", False)])
def test_intervals_of_stocks_and_changes_cover_the_truth(method, paired):
    """A hundred studies here; validation/soil_stocks.py has 300."""
    target = expected_change(0.08, method)
    found = [covered(seed, method, paired, target) for seed in range(100)]
    assert 0.91 <= np.mean([stocks for stocks, _ in found]) <= 0.98
    assert 0.88 <= np.mean([change for _, change in found]) <= 1.0


def test_equal_mass_takes_the_compaction_out_of_the_change():
    assert expected_change(0.0, "fixed_depth") > 2 * abs(expected_change(0.0, "equal_mass"))


def test_a_table_says_which_change_it_could_not_give():
    made, _ = study(1, plots=3)
    table = stocks_of(made, "fixed_depth").table
    few = table[(table["date"] == "1") | (table["plot"] == "p00")]
    assert change_table(few, None, when="date", before="1", after="2", paired=False)["reason"].tolist() == [
        "too_few_plots"
    ]
    blocks = table.assign(block=table["date"])
    found = change_table(blocks, None, when="date", before="1", after="2", paired=False, block="block")
    assert found["reason"].tolist() == ["blocks_differ"]


def test_pairs_are_matched_by_name_and_not_by_order():
    made, _ = study(2)
    table = stocks_of(made, "fixed_depth").table
    turned = table.iloc[::-1].reset_index(drop=True)
    one, two = (change_table(t, None, when="date", before="1", after="2").iloc[0] for t in (table, turned))
    assert one["design"] == "paired" and one["low"] == pytest.approx(two["low"], rel=1e-12)
