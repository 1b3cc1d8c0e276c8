"""Thresholds of friction velocity against those of REddyProc and ONEFlux for the tower at Tharandt."""

import csv
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from eddy_towers import de_tha
from halosink.eddy.threshold.find import Threshold, ustar_threshold

FOLDER = "oracles/flux"
NAMES = {"1998001": "1997-12", "1998003": "1998-03", "1998006": "1998-06", "1998009": "1998-09", "1998012": "1998-12"}


@pytest.fixture(scope="module")
def tower(reference: Path) -> pd.DataFrame:
    return de_tha(reference)


def by_season(found: Threshold) -> dict[str, float]:
    return dict(zip(found.seasons["season"], found.seasons["threshold"], strict=True))


def of_reddyproc(reference: Path, file: str) -> list[dict[str, str]]:
    with (reference / FOLDER / "reddyproc_detha98" / file).open(encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


@pytest.mark.parametrize(
    ("method", "file"),
    [("moving_point", "ustar_single_movingpoint.csv"), ("change_point", "ustar_single_cpt_severalT.csv")],
)
def test_seasons_and_year_of_reddyproc(reference, tower, method, file):
    found = by_season(ustar_threshold(tower, method=method))
    expected = {
        NAMES.get(row["season"], ""): float(row["uStar"])
        for row in of_reddyproc(reference, file)
        if row["aggregationMode"] != "single"
    }
    assert found == pytest.approx(expected, abs=1e-6)


def of_oneflux(reference: Path) -> list[list[str]]:
    text = (reference / FOLDER / "oneflux_detha98/ust/DETha_1998_qca_ustar_ut.txt").read_text()
    return [line.split() for line in text.splitlines() if line.strip()]


def test_quarters_and_year_of_oneflux(reference, tower):
    lines = of_oneflux(reference)
    found = ustar_threshold(tower, seasons="calendar")
    assert found.season == pytest.approx([float(one) for one in lines[1]], abs=1e-6)
    assert found.year == pytest.approx([float(lines[3][0])], abs=1e-6)
    assert found.seasons["records"].tolist()[:4] == [int(one) for one in lines[2]]


def test_classes_of_temperature_of_oneflux(reference, tower):
    found = ustar_threshold(tower, seasons="calendar").curves
    printed = np.array([[float(one) for one in line] for line in of_oneflux(reference)[4:11]])
    expected = np.where((printed == -9999) | (printed == 10), np.nan, printed)
    ours = found.pivot_table("threshold", "temperature_class", "season", aggfunc="first", dropna=False)
    np.testing.assert_allclose(ours.reindex(index=range(1, 8)).to_numpy(), expected, atol=5e-7, rtol=0)


def test_input_of_oneflux_is_that_table(reference, tower):
    """Its 0.63 and the 0.41625 of REddyProc come from the same records: the seasons make the difference."""
    raw = pd.read_csv(reference / FOLDER / "oneflux_detha98/DETha_1998_qca_ustar.csv.gz").replace(-9999, np.nan)
    columns = {"NEE": "nee", "TA": "air_temperature", "USTAR": "friction_velocity", "SW_IN": "shortwave_radiation"}
    for theirs, ours in columns.items():
        np.testing.assert_array_equal(raw[theirs], tower[ours])


def order_interval(sample: np.ndarray, share: float) -> tuple[float, float]:
    """Interval between two order statistics that holds the quantile in at least 99 % of samples: binomial."""
    from scipy.stats import binom

    ordered, number = np.sort(sample), len(sample)
    low = int(binom.ppf(0.005, number, share)) - 1
    high = int(binom.ppf(0.995, number, share))
    return ordered[max(low, 0)], ordered[min(high, number - 1)]


def test_resamples_lie_where_those_of_oneflux_do(reference, tower):
    lines = of_oneflux(reference)
    draws = np.array([[float(one) for one in line[:4]] for line in lines if line[4:] == ["forward", "mode", "2"]])
    assert draws.shape == (100, 4)
    found = ustar_threshold(tower, seasons="calendar", bootstraps=1000, seed=11)
    for share, ours in ((0.05, "low"), (0.5, "median"), (0.95, "high")):
        low, high = order_interval(draws.max(axis=1), share)
        assert low <= found.seasons[ours].iloc[-1] <= high


def test_percentiles_of_reddyproc_are_those_of_100_of_our_resamples(reference, tower):
    """Its draws are not listed: its percentiles have to lie within 99 % of those of 100 of ours."""
    found = ustar_threshold(tower, bootstraps=1000, seed=11)
    some = np.random.default_rng(5).integers(0, 1000, (4000, 100))
    for row in of_reddyproc(reference, "ustar_bootstrap100_seed42.csv")[1:]:
        name = NAMES.get(row["season"], "")
        draws = found.season_draws[found.division.name.index(name)] if name else found.draws[0]
        ours = np.percentile(draws[some], [5, 50, 95], axis=1)
        theirs = np.array([[float(row["5%"])], [float(row["50%"])], [float(row["95%"])]])
        share = (ours <= theirs).mean(axis=1)
        assert ((share >= 0.005) & (share <= 0.995)).all(), (name, share)


def test_more_resamples_leave_the_first_as_they_are(tower):
    few, many = ustar_threshold(tower, bootstraps=3, seed=4), ustar_threshold(tower, bootstraps=6, seed=4)
    np.testing.assert_array_equal(few.draws, many.draws[:, :3])
    assert (ustar_threshold(tower, bootstraps=3, seed=5).draws != few.draws).any()


def test_two_years_each_have_their_own(tower):
    """The same year twice: the second holds the whole winter, the first as before but its December, which moves on."""
    again = tower.assign(time=tower["time"] + pd.Timedelta(days=365))
    found = ustar_threshold(pd.concat([tower, again], ignore_index=True))
    assert found.years.tolist() == [1998, 1999]
    assert found.division.name[4] == "1998-12"
    assert found.division.year[4] == 1999
    assert by_season(found)["1998-03"] == pytest.approx(0.41625, abs=1e-6)
    step = found.per_step()
    assert step[0] == found.year[0]
    assert step[17520 - 1] == found.year[1]
