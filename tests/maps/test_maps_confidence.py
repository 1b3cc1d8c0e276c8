"""Shares of draws: against plain counting, known entropies, and draws of known probability."""

import numpy as np
import pytest
from scipy.stats import binom, entropy

from halosink.maps.confidence import Tally


def draws(n=37, shape=(12, 9), categories=4, seed=0):
    return np.random.default_rng(seed).integers(0, categories + 1, (n, *shape)).astype(np.uint8)


def tally(stack, categories=4):
    found = Tally.empty(stack.shape[1:], categories)
    for one in stack:
        found.add(one)
    return found


def test_probabilities_are_shares_of_draws():
    stack = draws()
    found = tally(stack)
    some = (stack > 0).sum(axis=0)
    for category in range(1, 5):
        np.testing.assert_allclose(found.probability(category), (stack == category).sum(axis=0) / some, rtol=1e-6)
    np.testing.assert_allclose(sum(found.probability(k) for k in range(1, 5)), 1, rtol=1e-6)
    best = np.stack([(stack == k).sum(axis=0) for k in range(1, 5)]).argmax(axis=0) + 1
    np.testing.assert_array_equal(found.most_probable(), best)
    mapped = draws(1, seed=5)[0]
    own = (stack == mapped).sum(axis=0) / some
    np.testing.assert_allclose(found.confidence(mapped), np.where(mapped > 0, own, np.nan), rtol=1e-6)


def test_entropy_is_scipys_over_its_largest():
    stack = draws()
    counts = np.stack([(stack == k).sum(axis=0) for k in range(1, 5)])
    np.testing.assert_allclose(tally(stack).entropy(), entropy(counts) / np.log(4), rtol=1e-5, atol=1e-6)
    same = tally(np.full((5, 2, 2), 3, np.uint8))
    np.testing.assert_array_equal(same.entropy(), 0)
    even = tally(np.arange(1, 5, dtype=np.uint8)[:, np.newaxis] * np.ones((1, 3), np.uint8))
    np.testing.assert_allclose(even.entropy(), 1, rtol=1e-6)


def test_cells_without_data_have_no_answer():
    found = tally(np.zeros((3, 2, 2), np.uint8))
    assert (found.most_probable() == 0).all()
    assert np.isnan(found.probability(1)).all() and np.isnan(found.entropy()).all()
    assert np.isnan(found.confidence(np.ones((2, 2), np.uint8))).all()


def test_order_and_merging_do_not_matter():
    stack = draws()
    whole, backwards, first, second = tally(stack), tally(stack[::-1]), tally(stack[:11]), tally(stack[11:])
    first.merge(second)
    for other in (backwards, first):
        np.testing.assert_array_equal(other.counts, whole.counts)
        assert other.draws == 37


def test_draws_of_a_known_probability_are_found():
    p, n = 0.3, 2000
    rng = np.random.default_rng(4)
    found = Tally.empty((400,), 2)
    for _ in range(n):
        found.add(np.where(rng.random(400) < p, 1, 2).astype(np.uint8))
    low, high = binom.ppf([0.025, 0.975], n, p) / n
    inside = np.mean((found.probability(1) >= low) & (found.probability(1) <= high))
    assert 0.91 <= inside <= 0.98


def test_wrong_draws_are_refused():
    found = Tally.empty((2, 2), 3)
    with pytest.raises(ValueError, match="above 3"):
        found.add(np.full((2, 2), 4, np.uint8))
    with pytest.raises(ValueError, match="shape"):
        found.add(np.ones((3, 2), np.uint8))
    found.draws = 65_535
    with pytest.raises(ValueError, match="16 bits"):
        found.add(np.ones((2, 2), np.uint8))
    with pytest.raises(ValueError, match="shapes"):
        found.merge(Tally.empty((3, 2), 3))
