"""Thresholds where the truth is known, and tables that lack what is needed."""

import numpy as np
import pandas as pd
import pytest

from halosink.eddy.steps import Steps
from halosink.eddy.threshold.bent_line import descend, running_sums, squares
from halosink.eddy.threshold.classes import following_classes, temperature_classes
from halosink.eddy.threshold.find import ustar_threshold
from halosink.eddy.threshold.moving_point import plateau_start
from halosink.eddy.threshold.notices import problems
from halosink.eddy.threshold.seasons import divide
from halosink.problems import wordings

POINT = 0.3


def world(days: int = 365, seconds: int = 1800, start: str = "2001-01-01", seed: int = 1) -> pd.DataFrame:
    """Respiration that rises with friction velocity to a level at 0.3 m s-1; nights from 18 to 6 h."""
    stream = np.random.default_rng(seed)
    time = pd.date_range(start, periods=days * 86_400 // seconds, freq=f"{seconds}s", unit="s")
    hour = time.hour.to_numpy() + time.minute.to_numpy() / 60
    night = (hour < 6) | (hour >= 18)
    temperature = 10 - 8 * np.cos(2 * np.pi * time.day_of_year.to_numpy() / 365) + stream.normal(0, 3, len(time))
    velocity = stream.gamma(2.5, 0.12, len(time))
    flux = 4 * np.minimum(velocity / POINT, 1) + stream.normal(0, 0.4, len(time))
    return pd.DataFrame(
        {
            "time": time,
            "nee": np.where(night, flux, -8.0),
            "friction_velocity": velocity,
            "air_temperature": temperature,
            "shortwave_radiation": np.where(night, 0.0, 400.0),
        }
    )


@pytest.mark.parametrize("method", ["moving_point", "change_point"])
@pytest.mark.parametrize("seasons", ["continuous", "calendar", (1, 7), (5,)])
def test_the_true_point_is_found(method, seasons):
    found = ustar_threshold(world(), method=method, seasons=seasons)
    assert np.median(found.season) == pytest.approx(POINT, abs=0.06)
    assert np.nanmax(found.year) == pytest.approx(np.nanmax(found.season))
    assert (found.seasons.loc[found.seasons["records"] > 700, "reason"] == "").all()


@pytest.mark.parametrize("seconds", [600, 900, 3600])
def test_other_steps(seconds):
    found = ustar_threshold(world(seconds=seconds, days=365), bootstraps=5)
    year = found.seasons.iloc[-1]
    assert year["threshold"] == pytest.approx(POINT, abs=0.06)
    assert year["low"] <= year["median"] <= year["high"]


def test_intervals_narrow_with_more_records():
    width = []
    for seconds in (600, 1800):
        row = ustar_threshold(world(seconds=seconds), method="change_point", bootstraps=40).seasons.iloc[-1]
        width.append(row["high"] - row["low"])
    assert width[0] < width[1]


@pytest.mark.parametrize(
    ("column", "reason"),
    [
        ("friction_velocity", "no_friction_velocity"),
        ("nee", "no_flux"),
        ("air_temperature", "no_temperature"),
        ("shortwave_radiation", "no_light"),
    ],
)
@pytest.mark.parametrize("absent", [True, False])
@pytest.mark.parametrize("method", ["moving_point", "change_point"])
@pytest.mark.parametrize("seasons", ["continuous", "calendar"])
def test_what_is_missing_is_said(column, reason, absent, method, seasons):
    table = world(days=400)
    table = table.drop(columns=column) if absent else table.assign(**{column: np.nan})
    found = ustar_threshold(table, method=method, seasons=seasons, bootstraps=2)
    assert set(found.seasons["reason"]) == {reason}
    assert found.seasons["threshold"].isna().all()
    assert np.isnan(found.per_step(draw=1)).all()
    assert found.per_step().shape == (len(table),)
    assert found.curves.empty


def test_a_summer_without_night_takes_the_threshold_of_its_year():
    table = world()
    summer = table["time"].dt.month.isin([6, 7, 8])
    table.loc[summer, "shortwave_radiation"] = 50.0
    found = ustar_threshold(table).seasons.set_index("season")
    assert found.loc["2001-06", "reason"] == "no_night"
    assert found.loc["2001-06", "records"] == 0
    assert found.loc["2001-06", "threshold"] == found.loc["", "threshold"]


def test_a_year_without_takes_the_median_of_the_others():
    table = world(days=3 * 365, start="2001-01-01")
    table.loc[table["time"].dt.year == 2002, "nee"] = np.nan
    found = ustar_threshold(table, seasons=(1, 4, 7, 10))
    assert found.year[1] == pytest.approx(np.median(found.year[[0, 2]]))
    year = found.seasons[found.seasons["season"] == ""].set_index("year")
    assert year.loc[2002, "reason"] == "other_years"
    assert {one.code for one in problems(found)} == {"W-EDDY-USTAR-OTHER-YEARS"}


def test_few_records_are_pooled():
    table = world()
    table.loc[np.random.default_rng(3).random(len(table)) < 0.75, "nee"] = np.nan
    found = ustar_threshold(table)
    assert found.seasons.iloc[-1]["reason"] == "pooled_year"
    assert found.year[0] == pytest.approx(POINT, abs=0.06)
    assert [one.code for one in problems(found)] == ["W-EDDY-USTAR-POOLED"]


@pytest.mark.parametrize("method", ["moving_point", "change_point"])
@pytest.mark.parametrize("seasons", ["continuous", "calendar"])
def test_a_week_gives_a_reason(method, seasons):
    found = ustar_threshold(world(days=7), method=method, seasons=seasons, bootstraps=3)
    assert set(found.seasons["reason"]) == {"too_few_records"}
    assert [one.code for one in problems(found)] == ["W-EDDY-USTAR-NONE"]


@pytest.mark.parametrize("method", ["moving_point", "change_point"])
@pytest.mark.parametrize("seasons", ["continuous", "calendar"])
@pytest.mark.parametrize("column", ["nee", "friction_velocity", "air_temperature"])
def test_one_value_throughout(column, method, seasons):
    table = world().assign(**{column: 0.1})
    found = ustar_threshold(table, method=method, seasons=seasons, bootstraps=2)
    assert (found.seasons["threshold"].isna() | (found.seasons["threshold"] >= 0)).all()


@pytest.mark.parametrize("method", ["moving_point", "change_point"])
def test_coarse_velocities(method):
    table = world()
    table["friction_velocity"] = table["friction_velocity"].round(1)
    assert ustar_threshold(table, method=method).seasons["records"].sum() > 0


def test_wrong_words_are_refused():
    with pytest.raises(ValueError, match="months 1 to 12"):
        ustar_threshold(world(days=9), seasons=(0, 6))
    with pytest.raises(ValueError, match="unknown method"):
        ustar_threshold(world(days=9), method="guess")  # type: ignore[arg-type]


def test_every_resample_is_reported():
    told: list[tuple[int, int]] = []
    ustar_threshold(world(days=60), bootstraps=3, progress=lambda done, total: told.append((done, total)))
    assert told == [(1, 3), (2, 3), (3, 3)]


def test_december_joins_the_next_year():
    steps = Steps.of(world(days=3 * 365)["time"].to_numpy())
    seasons = divide(steps, "continuous")
    assert seasons.name[:2] == ("2000-12", "2001-03")
    assert dict(zip(seasons.name, seasons.year, strict=True))["2001-12"] == 2002
    assert seasons.year[-1] == 2003
    quarters = divide(steps, "calendar")
    assert quarters.year.tolist() == [2001] * 4 + [2002] * 4 + [2003] * 4


def test_equal_temperatures_stay_in_one_class():
    stream = np.random.default_rng(2)
    temperature = stream.integers(0, 9, 300).astype(float)
    warmer = np.argsort(temperature, kind="stable")
    classes = temperature_classes(temperature, warmer, np.ones(300, dtype=np.int64), 7)
    for one in np.unique(temperature):
        assert len(np.unique(classes[temperature == one])) == 1
    assert (np.diff(classes[warmer]) >= 0).all()


def test_counting_a_record_twice_is_the_same_as_having_it_twice():
    table = world()
    count = np.random.default_rng(8).integers(0, 3, len(table))
    twice = table.loc[np.repeat(np.arange(len(table)), count)]
    from halosink.eddy.threshold.period import threshold
    from halosink.eddy.threshold.records import select

    names = ["nee", "friction_velocity", "air_temperature", "shortwave_radiation"]
    one = select({name: table[name].to_numpy() for name in names}, np.arange(len(table)))
    other = select({name: twice[name].to_numpy() for name in names}, np.arange(len(twice)))
    for method in ("moving_point", "change_point"):
        a = threshold(one, count[one.of_step], method, "reddyproc")
        b = threshold(other, np.ones(len(other), dtype=np.int64), method, "reddyproc")
        assert a.threshold == pytest.approx(b.threshold, rel=1e-9)


def test_classes_hold_at_least_their_share():
    ends = np.arange(0, 101, dtype=np.int64)
    assert np.diff(ends[following_classes(ends, 20)]).tolist() == [5] * 20
    assert np.diff(np.arange(0, 108)[following_classes(np.arange(0, 108), 20)]).tolist() == [5] * 19 + [12]


def test_plateau_of_a_rising_then_level_curve():
    velocity = np.arange(20) / 20
    flux = np.minimum(velocity, 0.5) * 4
    assert plateau_start(velocity, flux, 20, 1.0, 3) == pytest.approx(0.5)
    assert np.isnan(plateau_start(velocity, velocity, 20, 1.0, 3))


def test_squares_and_search_of_a_bent_line():
    stream = np.random.default_rng(6)
    velocity = np.sort(stream.uniform(0, 1, 200))
    flux = 3 * np.minimum(velocity, 0.4)
    sums = running_sums(velocity, flux, np.ones(200))
    for point in (0.2, 0.4, 0.7):
        design = np.column_stack([np.ones(200), np.minimum(velocity - point, 0)])
        rest = np.linalg.lstsq(design, flux, rcond=None)[1]
        assert squares(sums, point) == pytest.approx(float(rest[0]), abs=1e-9)
    failed, point, least, ended = descend(sums, 0.6, 30)
    assert (failed, ended) == (0, True)
    assert point == pytest.approx(0.4, abs=1e-3)
    assert least == pytest.approx(0, abs=1e-5)


def test_every_reason_has_its_sentence():
    from halosink.vocabulary import say

    reasons = (
        "no_light no_friction_velocity no_temperature no_flux no_night too_few_records temperature_tied always_windy "
        "no_plateau pooled_year other_years"
    )
    for reason in reasons.split():
        for language in ("en", "zh"):
            assert say(f"eddy_threshold.reason_{reason}", language)
    assert {"W-EDDY-USTAR-NONE", "W-EDDY-USTAR-FEW-DRAWS"} <= set(wordings())
