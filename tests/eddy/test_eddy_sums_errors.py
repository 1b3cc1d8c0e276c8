"""Random errors of steps and the error of filled sums, against errors that were put in."""

from __future__ import annotations

import numpy as np
import pytest

from halosink.eddy.steps import Steps
from halosink.eddy.sums import misfit
from halosink.eddy.sums.misfit import MEMORIES, Misfit
from halosink.eddy.sums.random_error import by_size, differences, line, of_days, random_error
from halosink.eddy.sums.weights import FEWEST, classes, quadratic, weights

N = 48 * 200
STEPS = Steps.of(np.datetime64("2015-01-01T00:00") + np.arange(N) * np.timedelta64(1800, "s"))


def test_neighbouring_days_give_the_sd_that_was_put_in() -> None:
    rng = np.random.default_rng(0)
    day = 20 * np.sin(2 * np.pi * np.arange(N) / 48)
    flux = day + rng.laplace(size=N) * (1 + 0.1 * np.abs(day)) / np.sqrt(2)
    mean, difference = differences(flux, STEPS, ())
    assert len(mean) == N - 48
    error = of_days(flux, STEPS, ())
    middle = np.abs(day) < 2
    # sqrt 2 times the mean deviation of a difference of two Laplace errors is 1.06 times their standard deviation
    assert error[middle].mean() == pytest.approx(1.06 * 1.1, rel=0.2)
    assert error[np.abs(day) > 19].mean() == pytest.approx(1.06 * 2.95, rel=0.1)


def test_days_in_other_conditions_are_left_out() -> None:
    air = np.where(np.arange(N) // 48 % 2, 10.0, 20.0)
    mean, _ = differences(np.ones(N), STEPS, ((air, 3.0),))
    assert len(mean) == 0
    assert np.isnan(of_days(np.ones(N), STEPS, ((air, 3.0),))).all()


def test_lines_have_a_slope_for_uptake_and_one_for_release() -> None:
    flux = np.linspace(-20, 20, 400)
    found = line(flux, 0.5 + 0.1 * np.maximum(flux, 0) + 0.3 * np.maximum(-flux, 0))
    assert found == pytest.approx((0.5, 0.1, 0.3))
    assert by_size(np.array([10.0, -10.0]), found) == pytest.approx([1.5, 3.5])


def test_random_error_falls_back_on_the_size_of_the_flux() -> None:
    flux = np.concatenate([np.linspace(1, 20, 100), [10.0, 15.0, np.nan]])
    similar = np.concatenate([0.5 + 0.1 * flux[:100], [np.nan, 0.0, 1.0]])
    count = np.concatenate([np.full(100, 20), [0, 20, 20]]).astype(np.int64)
    error = random_error(flux, similar, count)
    assert error[100:102] == pytest.approx([1.5, 2.0])
    assert np.isnan(error[102])
    own = np.full(103, 9.0)
    assert (random_error(flux, similar, count, own)[:102] == 9.0).all()


def test_weights_of_donors_add_up_to_what_they_fill() -> None:
    rng = np.random.default_rng(2)
    donors = rng.random(N) < 0.5
    light = np.maximum(500 * np.sin(2 * np.pi * np.arange(N) / 48), 0)
    alike = classes(light, STEPS.hour)
    targets = np.flatnonzero(~donors)
    found = weights(targets, donors, alike, 7 * 48)
    assert found.sum() == pytest.approx(len(targets))
    assert (found[~donors] == 0).all()
    for kind in np.unique(alike):
        assert found[alike == kind].sum() == pytest.approx((alike[targets] == kind).sum())


def test_a_filled_step_far_from_all_takes_what_is_there() -> None:
    donors = np.zeros(N, dtype=bool)
    donors[:FEWEST] = True
    found = weights(np.array([N - 1]), donors, np.zeros(N, dtype=np.int64), 48)
    assert found[:FEWEST] == pytest.approx(1 / FEWEST)
    assert weights(np.array([5]), np.zeros(N, dtype=bool), np.zeros(N, dtype=np.int64), 48).sum() == 0


def test_quadratic_is_that_of_the_matrix() -> None:
    a = np.random.default_rng(0).normal(size=40)
    lag = np.abs(np.arange(40)[:, None] - np.arange(40))
    for kept in (0.0, 0.3, 0.95):
        assert quadratic(a, kept) == pytest.approx(a @ kept**lag @ a if kept else (a**2).sum())


def test_variance_without_gaps_is_that_of_independent_errors() -> None:
    everything = np.ones(N, dtype=bool)
    amplitudes = np.zeros((2, len(MEMORIES)))
    amplitudes[:, 0] = 1
    amplitudes[:, 3] = 5
    flat = Misfit(amplitudes, np.ones(N), 0)
    alike = np.zeros(N, dtype=np.int64)
    random, filling = misfit.variances(flat, ~everything, everything, everything, np.full(N, 2.0), alike, STEPS)
    assert random == pytest.approx(4 * N)
    assert filling == 0


def test_random_errors_of_donors_count_for_what_they_fill() -> None:
    rng = np.random.default_rng(0)
    known = rng.random(N) < 0.5
    amplitudes = np.zeros((2, len(MEMORIES)))
    amplitudes[:, 0] = 1
    everything = np.ones(N, dtype=bool)
    alike = np.zeros(N, dtype=np.int64)
    random, _ = misfit.variances(
        Misfit(amplitudes, np.ones(N), 0), ~known, known, everything, np.ones(N), alike, STEPS
    )  # fmt: skip
    # with half of all steps missing each measured one counts twice
    assert random == pytest.approx(4 * known.sum(), rel=0.03)


def test_processes_put_in_are_found_again() -> None:
    """Errors with a memory of a week beside white noise, of a filler that takes the mean of alike donors."""
    rng, rows = np.random.default_rng(3), []
    n = 48 * 365
    steps = Steps.of(np.datetime64("2015-01-01T00:00") + np.arange(n) * np.timedelta64(1800, "s"))
    alike = np.zeros(n, dtype=np.int64)
    known, one = np.ones(n, dtype=bool), np.ones(n)
    kept = np.exp(-1 / (7 * 48))
    for _ in range(6):
        slow = np.empty(n)
        slow[0] = rng.normal()
        shocks = rng.normal(size=n) * np.sqrt(1 - kept**2)
        for i in range(1, n):
            slow[i] = kept * slow[i - 1] + shocks[i]
        flux = np.sqrt(0.5) * slow + rng.normal(size=n)
        gaps = misfit.made_gaps(known, steps, rng)
        held = np.zeros(n, dtype=bool)
        for first, last, _days in gaps:
            held[first:last] = True
        errors = np.full(n, np.nan)
        around = np.cumsum(np.concatenate([[0.0], np.where(held, 0, flux)]))
        number = np.cumsum(np.concatenate([[0], ~held]))
        for i in np.flatnonzero(held):
            width = 336
            while number[min(n, i + width + 1)] - number[max(0, i - width)] < FEWEST:
                width *= 2
            low, high = max(0, i - width), min(n, i + width + 1)
            errors[i] = (around[high] - around[low]) / (number[high] - number[low]) - flux[i]
        rows += misfit.gather(errors, held, known, one, alike, steps, gaps)
    found = misfit.fit(rows, n, steps)
    gap = np.zeros(n, dtype=bool)
    gap[48 * 150 : 48 * 160] = True
    told = misfit.variances(Misfit(found.amplitudes, one, 0), gap, ~gap, gap, one, alike, steps)
    true = np.zeros((2, len(MEMORIES)))
    true[1, 0], true[1, 3] = 1.0, 0.5
    asked = misfit.variances(Misfit(true, one, 0), gap, ~gap, gap, one, alike, steps)
    assert np.sqrt(told[1]) == pytest.approx(np.sqrt(asked[1]), rel=0.3)
    assert found.amplitudes[1, 0] == pytest.approx(1.0, rel=0.2)


def test_too_little_to_make_gaps_is_said() -> None:
    found = misfit.fit([], 10, STEPS)
    assert found.reason == "too_few_held_out"
    assert (found.amplitudes > 0).all()
