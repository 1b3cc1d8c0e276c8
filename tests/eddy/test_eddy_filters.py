"""Filters of eddy fluxes: flags, spikes, turbulence, repeats, ranges, storage, and all of them in their order."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from eddy_towers import de_tha, reddyproc
from halosink import vocabulary
from halosink.eddy.filters.clean import REASONS, keep
from halosink.eddy.filters.low_turbulence import not_day, too_low
from halosink.eddy.filters.quality_flags import scale, worse
from halosink.eddy.filters.ranges import codes, outside
from halosink.eddy.filters.repeated import least_run, lengths, repeats
from halosink.eddy.filters.spikes import BLOCK_DAYS, spikes
from halosink.eddy.filters.storage import with_storage
from halosink.eddy.options import Options

NAN = np.nan
YEAR = 17_520


def table(nee: np.ndarray, **columns: np.ndarray) -> pd.DataFrame:
    time = pd.date_range("2021-05-01", periods=len(nee), freq="30min", unit="s")
    return pd.DataFrame({"time": time, "nee": nee, **columns})


@pytest.mark.parametrize(
    ("flags", "kind", "worst", "bad"),
    [
        ([0, 1, 2, NAN], "0-2", 1, [0, 0, 1, 0]),
        ([0, 1, 2, NAN], "0-2", 0, [0, 1, 1, 0]),
        ([1, 2, 3, 4, 6, 7, 9, NAN], "1-9", 1, [0, 0, 0, 0, 0, 1, 1, 0]),
        ([1, 3, 4, 9], "1-9", 0, [0, 0, 1, 1]),
        ([1, 3, 4, 9], "1-9", 3, [0, 0, 1, 1]),
        ([0, 1, 3], "filled", 1, [0, 1, 1]),
        ([0, 0, NAN], "0-2", 1, [0, 0, 0]),
        ([NAN, NAN], "0-2", 1, [0, 0]),
    ],
)
def test_flags_of_each_scale(flags: list[float], kind: str, worst: int, bad: list[int]) -> None:
    array = np.array(flags, float)
    assert scale(array) == kind
    assert worse(array, worst).tolist() == [bool(b) for b in bad]


def test_flags_of_filling_are_told_by_the_smoothness_of_fills() -> None:
    rng = np.random.default_rng(3)
    flags = np.repeat(rng.integers(0, 2, 100), 10).astype(float)
    rough, smooth = rng.normal(0, 1 + flags), rng.normal(0, np.where(flags > 0, 0.2, 1.0))
    assert scale(flags, rough) == "0-2" and scale(flags, smooth) == "filled"
    assert scale(flags) == "0-2" and scale(flags[:30], smooth[:30]) == "0-2"
    assert scale(np.array([3.0, 3.0])) == "filled"
    assert (worse(flags, 1, smooth) == (flags > 0)).all() and not worse(flags, 1, rough).any()


@pytest.mark.parametrize(("which", "flux"), [("uStarAnnual", "NEE_uStar"), ("LE_H", "LE"), ("LE_H", "H")])
def test_fills_of_a_real_year_are_not_taken_for_measured(which: str, flux: str, reference: Path) -> None:
    filled = reddyproc(reference, which)
    flags = np.minimum(filled[f"{flux}_fqc"].to_numpy(float), 2)
    assert scale(flags, filled[f"{flux}_f"].to_numpy(float)) == "filled"


@pytest.mark.parametrize("z", [4.0, 5.5, 7.0])
def test_spikes_are_found_and_noise_is_not(z: float) -> None:
    rng = np.random.default_rng(1)
    values = rng.normal(0, 1, YEAR)
    day = np.arange(YEAR) % 48 >= 24
    expected = 2 * norm.sf(z) * YEAR
    assert spikes(values, day, 48, z).sum() <= expected + 4 * np.sqrt(expected) + 3
    at = np.arange(50, YEAR - 50, 397)
    spiked = values.copy()
    spiked[at] += rng.choice([-25.0, 25.0], at.size)
    assert spikes(spiked, day, 48, z)[at].all()


def test_spikes_do_not_depend_on_level_unit_or_slope() -> None:
    rng = np.random.default_rng(2)
    values = rng.standard_t(3, 4000)
    day = np.arange(4000) % 48 >= 24
    plain = spikes(values, day, 48)
    for other in (1000 + values, -3 * values, 1e-6 * values, values + 0.01 * np.arange(4000)):
        assert (spikes(other, day, 48) == plain).all()


def test_day_and_night_are_judged_apart() -> None:
    rng = np.random.default_rng(3)
    day = np.arange(YEAR) % 48 >= 24
    values = np.where(day, rng.normal(0, 10, YEAR), rng.normal(0, 0.2, YEAR))
    at = np.arange(12, YEAR, 480)
    values[at] += 5
    assert spikes(values, day, 48)[at].all()
    assert not spikes(values, np.ones(YEAR, bool), 48)[at].any()


def test_by_the_equation_of_the_paper() -> None:
    rng = np.random.default_rng(4)
    n = BLOCK_DAYS * 48
    values = rng.standard_t(2, n)
    values[rng.random(n) < 0.2] = NAN
    double = np.array([NAN] + [2 * values[i] - values[i - 1] - values[i + 1] for i in range(1, n - 1)] + [NAN])
    middle = np.nanmedian(double)
    spread = np.nanmedian(np.abs(double - middle))
    expected = (double < middle - 5.5 * spread / 0.6745) | (double > middle + 5.5 * spread / 0.6745)
    assert (spikes(values, np.ones(n, bool), 48) == expected).all()


@pytest.mark.parametrize("n", [0, 1, 2, 3, 10, 700])
def test_short_empty_and_constant_series_have_no_spikes(n: int) -> None:
    for values in (np.full(n, NAN), np.zeros(n)):
        assert not spikes(values, np.ones(n, bool), 48).any()


def test_low_turbulence_takes_what_reddyproc_takes(reference: Path) -> None:
    raw, theirs = de_tha(reference), reddyproc(reference, "uStarAnnual")
    low = too_low(raw["friction_velocity"].to_numpy(), 0.41625, not_day(raw["shortwave_radiation"].to_numpy()))
    taken = raw["nee"].notna() & theirs["NEE_uStar_orig"].isna()
    assert (low & raw["nee"].notna().to_numpy() == taken.to_numpy()).all()
    assert taken.sum() == 1541


def test_low_turbulence_per_step_by_day_and_after() -> None:
    speed = np.array([0.1, 0.5, 0.5, NAN, 0.1, 0.5])
    assert too_low(speed, 0.3).tolist() == [True, False, False, False, True, False]
    assert too_low(speed, 0.3, first_after=True).tolist() == [True, True, False, False, True, True]
    assert too_low(speed, np.array([NAN, 0.6, 0.3, 0.3, 0.1, 0.3])).tolist() == [
        False,
        True,
        False,
        False,
        False,
        False,
    ]
    night = np.array([False, True, True, True, True, True])
    assert too_low(speed, 0.3, night).tolist() == [False, False, False, False, True, False]
    assert too_low(np.zeros(0), 0.3, first_after=True).size == 0


def test_the_first_record_after_low_turbulence_goes_at_any_hour() -> None:
    speed, night = np.array([0.1, 0.9, 0.9]), np.array([True, False, False])
    assert too_low(speed, 0.3, night, first_after=True).tolist() == [True, True, False]


def test_repeats_are_found_whatever_the_digits() -> None:
    rng = np.random.default_rng(6)
    for digits in (4, 2, 1):
        values = np.round(rng.normal(0, 3, YEAR), digits)
        assert not repeats(values).any()
        values[300:340] = 1.3
        hit = repeats(values)
        assert hit[300:340].all() and hit.sum() <= 42
    coarse = rng.integers(0, 2, 2000).astype(float)
    assert not repeats(coarse).any() and least_run(coarse) > 8


def test_runs_stop_at_gaps_and_zeros_may_rest() -> None:
    values = np.array([1.0, 1, NAN, 1, 1, 1, 2])
    assert lengths(values).tolist() == [2, 2, 0, 3, 3, 3, 1]
    light = np.concatenate([np.zeros(24), np.linspace(1, 500, 24)])
    assert repeats(light).any() and not repeats(light, apart_from=(0.0,)).any()
    assert repeats(np.zeros(0)).size == 0


def test_codes_and_ranges() -> None:
    values = np.array([-9999.0, -6999.0, 5.0, NAN, 150.0])
    assert codes(values).tolist() == [True, True, False, False, False]
    assert outside("nee", values).tolist() == [True, True, False, False, True]
    assert not outside("no such field", values).any()


def test_storage_is_added_and_its_lack_is_said() -> None:
    total, lacking = with_storage(np.array([1.0, 2.0, NAN]), np.array([0.5, NAN, 1.0]))
    assert total[0] == 1.5 and np.isnan(total[1:]).all()
    assert lacking.tolist() == [False, True, False]


def test_all_filters_in_their_order() -> None:
    rng = np.random.default_rng(7)
    nee = rng.normal(2, 1, 2000)
    nee[:6] = [NAN, -9999.0, 1.0, 500.0, 1.0, 1.0]
    nee[100:120] = 3.21
    nee[1000] = 60.0
    quality = np.zeros(2000)
    quality[[2, 3]] = 2
    low = np.zeros(2000, bool)
    low[[4, 100, 1000]] = True
    stored = np.full(2000, 0.1)
    stored[5] = NAN
    frame = table(nee, nee_quality=quality, co2_storage_flux=stored)
    values, reason = keep(frame, "nee", Options(), low, add_storage=True)
    expected = ["missing", "missing_code", "quality_flag", "quality_flag", "low_turbulence", "no_storage"]
    assert reason[:6].tolist() == expected
    assert (reason[100:120] == "repeated").all() and reason[1000] == "spike"
    kept = reason == ""
    assert np.isfinite(values).tolist() == kept.tolist()
    assert values[kept] == pytest.approx(nee[kept] + 0.1)
    assert keep(frame, "nee", Options(), spike_z=None)[1][1000] == ""
    assert keep(frame, "nee", Options(worst_flag=2), spike_z=None)[1][3] == "range"
    assert set(reason) <= {"", *REASONS}


@pytest.mark.parametrize("n", [0, 1, 2, 336])
def test_short_and_empty_tables(n: int) -> None:
    values, reason = keep(table(np.full(n, NAN)), "nee", Options())
    assert np.isnan(values).all() and (reason == "missing").all()
    if n > 2:
        assert (keep(table(np.zeros(n)), "nee", Options())[1] == "repeated").all()


def test_reasons_are_worded() -> None:
    for reason in REASONS:
        assert all(vocabulary.say(f"eddy_filters.reason_{reason}", language) for language in ("en", "zh"))


def test_what_the_filters_set_aside_in_a_real_year(reference: Path) -> None:
    _, reason = keep(de_tha(reference), "nee", Options())
    assert (reason == "missing").sum() == 6257
    assert (reason == "repeated").sum() == sum(n for n in _runs(de_tha(reference)["nee"].to_numpy()) if n >= 5)
    assert 0 < (reason == "spike").sum() < 0.02 * YEAR


def _runs(values: np.ndarray) -> list[int]:
    found, last = [], NAN
    for value in values:
        if value == last:
            found[-1] += 1
        else:
            found.append(1)
        last = value
    return found
