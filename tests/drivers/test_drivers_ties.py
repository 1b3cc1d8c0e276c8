"""Block totals that agree, and refits without a site that have no scatter."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from halosink.drivers import Design, Factor, Settings, effects
from halosink.drivers.mixed import NoScatter, fit_mixed
from halosink.drivers.response_ratio import sensitivity
from halosink.drivers.unit_checks import Unconfirmed, unconfirmed

X = np.tile(np.eye(2), (3, 1))
BLOCKS = {"b": [0, 0, 1, 1, 2, 2]}
TIED = np.array([10.0, 14, 11, 13, 9, 15])


@pytest.mark.parametrize("eps", [0, 1e-12, 1e-9, 1e-7, 1e-5, 1e-4, 5e-4, 2e-3, 1e-2, 1e-1])
def test_equal_and_nearly_equal_block_totals_give_the_paired_t_test(eps: float) -> None:
    y = TIED + eps * np.eye(6)[0]
    one = fit_mixed(y, X, BLOCKS, allow_negative=True).contrast([-1, 1])
    gap = y[1::2] - y[::2]
    assert one.value == pytest.approx(gap.mean(), rel=1e-9)
    assert one.standard_error == pytest.approx(gap.std(ddof=1) / np.sqrt(3), rel=1e-6)
    assert one.df == pytest.approx(2, rel=1e-4)
    assert one.p_value == pytest.approx(stats.ttest_rel(y[1::2], y[::2]).pvalue, rel=1e-4)


def test_equal_block_totals_leave_a_class_mean_the_scatter_within_blocks() -> None:
    """Analysis of variance: var = (MS blocks + MS within) / (2 * 3), MS blocks = 0, MS within = 2."""
    one = fit_mixed(TIED, X, BLOCKS, allow_negative=True).contrast([1, 0])
    assert one.value == pytest.approx(10)
    assert one.standard_error == pytest.approx(np.sqrt(2 / 6), rel=1e-4)
    assert one.df == pytest.approx(2, rel=1e-3)


def test_values_in_whole_numbers_never_fail() -> None:
    rng = np.random.default_rng(0)
    for _ in range(300):
        y = rng.integers(40, 46, 6).astype(float)
        gap = y[1::2] - y[::2]
        if np.ptp(gap) == 0:
            continue
        one = fit_mixed(y, X, BLOCKS, allow_negative=True).contrast([-1, 1])
        assert one.value == pytest.approx(gap.mean(), abs=1e-9)
        assert one.standard_error == pytest.approx(gap.std(ddof=1) / np.sqrt(3), rel=1e-6)
        assert one.df == pytest.approx(2, rel=1e-3)


def test_without_scatter_within_blocks_there_is_still_no_test() -> None:
    with pytest.raises(NoScatter):
        fit_mixed([10.0, 14, 10, 14, 10, 14], X, BLOCKS, allow_negative=True)


def test_tied_blocks_of_unequal_make_up_are_fixed_effects() -> None:
    """One plot lost: the difference, its error and df are those of the regression with a column per block."""
    y, x, block = TIED[:5], X[:5], np.array(BLOCKS["b"][:5])
    fit = fit_mixed(y, x, {"b": block}, allow_negative=True)
    wide = np.column_stack([x, np.eye(3)[block][:, 1:]])
    beta, rss = np.linalg.lstsq(wide, y)[:2]
    weights = np.array([-1.0, 1, 0, 0])
    one = fit.contrast([-1, 1])
    assert fit.fixed == ("b",)
    assert one.value == pytest.approx(weights @ beta)
    assert one.standard_error == pytest.approx(np.sqrt(rss[0] * (weights @ np.linalg.inv(wide.T @ wide) @ weights)))
    assert one.df == pytest.approx(1)


def test_a_refit_without_scatter_still_counts_in_the_range() -> None:
    """Differences of 4, 4 and 7 at three sites: without each they are 5.5, 5.5 and 4, the last without scatter."""
    frame = pd.DataFrame(
        {
            "site": list("AABBCC"),
            "treatment": ["x", "y"] * 3,
            "plot": range(6),
            "v": [-2.0, 2.0, 1.0, 5.0, -3.0, 4.0],
        }
    )
    found = effects(frame, ["v"], Design((Factor("treatment", "x"),)), Settings()).response_ratios.iloc[0]
    assert found["difference"] == pytest.approx(5)
    assert (found["loso_low"], found["loso_high"]) == pytest.approx((4, 5.5))


def test_an_estimate_that_moved_or_was_never_made_is_not_said_to_stay() -> None:
    names = {1: "near", 2: "far", 3: "gone"}
    moved = sensitivity({1: (0.3, None), 2: (1.1, True)}, lambda m: m, 1.0, 0.5, names)
    assert moved["loso_flips"] and moved["loso_site"] == "near"
    lost = sensitivity({2: (1.1, True), 3: None}, lambda m: m, 1.0, 0.5, names)
    assert lost["loso_missing"] == ("gone",) and not lost["loso_weak"] and lost["loso_unconfirmed"]
    stays = sensitivity({1: (0.9, None), 2: (1.1, True)}, lambda m: m, 1.0, 0.5, names)
    assert stays["loso_weak"] and not stays["loso_flips"] and stays["loso_missing"] == ()


def test_a_site_without_which_nothing_can_be_estimated_is_named() -> None:
    found = Unconfirmed()
    found.add("soil_organic_carbon", {"loso_weak": False, "loso_missing": ("D",)})
    row = unconfirmed("treatment", found, Design())
    assert "without D the effect on soil organic carbon (SOC) is not computable" in row.comment.en
    assert "hardly moves" not in row.comment.en and "去掉D" in row.comment.zh and row.value == 1
    found.add("ph_water", {"loso_weak": True, "loso_missing": ()})
    row = unconfirmed("treatment", found, Design())
    assert "hardly moves" in row.comment.en and row.value == 2
