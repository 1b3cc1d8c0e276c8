"""Agreement of two maps against scikit-learn's kappa, identities and cases by hand."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score, confusion_matrix

from halosink.maps.agreement import confusion, map_agreement


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 5))
def test_identities_and_kappa(seed, categories):
    rng = np.random.default_rng(seed)
    first = rng.integers(0, categories + 1, (20, 30)).astype(np.uint8)
    second = np.where(rng.random((20, 30)) < 0.6, first, rng.integers(0, categories + 1, (20, 30))).astype(np.uint8)
    both = (first > 0) & (second > 0)
    table = confusion(first, second, categories)
    np.testing.assert_array_equal(table, confusion_matrix(first[both], second[both], labels=range(1, categories + 1)))
    found = map_agreement(table)
    assert found.overall == pytest.approx(np.mean(first[both] == second[both]))
    assert found.overall + found.quantity + found.allocation == pytest.approx(1)
    assert found.kappa == pytest.approx(cohen_kappa_score(first[both], second[both]))
    assert found.change.sum() == pytest.approx(0)
    swapped = map_agreement(table.T)
    assert (swapped.quantity, swapped.allocation) == pytest.approx((found.quantity, found.allocation))
    parts = confusion(first[:7], second[:7], categories) + confusion(first[7:], second[7:], categories)
    np.testing.assert_array_equal(parts, table)


def test_the_same_amounts_elsewhere_differ_in_place_only():
    found = map_agreement(np.array([[40, 10], [10, 40]]))
    assert (found.overall, found.quantity, found.allocation, found.kappa) == pytest.approx((0.8, 0, 0.2, 0.6))


def test_more_of_one_category_differs_in_amount_only():
    found = map_agreement(np.array([[40, 20], [0, 40]]))
    assert (found.quantity, found.allocation) == pytest.approx((0.2, 0))
    np.testing.assert_allclose(found.change, [-0.2, 0.2])


def test_one_category_has_no_kappa_and_nothing_has_no_agreement():
    one = map_agreement(np.diag([7, 0, 0]))
    assert one.overall == 1 and np.isnan(one.kappa)
    assert np.isnan(map_agreement(np.zeros((3, 3), int)).overall)


def test_areas_give_the_same_as_cells():
    table = np.array([[5, 1, 2], [0, 9, 4], [3, 3, 3]])
    a, b = map_agreement(table), map_agreement(table * 900)
    assert (a.overall, a.kappa, a.quantity) == pytest.approx((b.overall, b.kappa, b.quantity))


def test_maps_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="shapes"):
        confusion(np.ones(2, np.uint8), np.ones(3, np.uint8))
    with pytest.raises(ValueError, match="above 4"):
        confusion(np.full(2, 5, np.uint8), np.ones(2, np.uint8))
