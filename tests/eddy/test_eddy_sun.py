"""Potential radiation against the reference and the geometry of the Earth."""

import numpy as np
import pandas as pd
import pytest

from halosink.eddy.steps import Steps
from halosink.eddy.sun import SOLAR_CONSTANT, potential_radiation

YEAR = Steps.of(np.arange("2021-01-01", "2022-01-01", 1800, dtype="datetime64[s]"))


def test_it_is_that_of_the_reference(reference):
    theirs = pd.read_csv(reference / "oracles/flux/reddyproc_detha98/potrad.csv.gz")
    end = pd.to_datetime(theirs["DateTime"]).to_numpy().astype("datetime64[s]")
    ours = potential_radiation(Steps.of(end - np.timedelta64(30, "m")), 51.0, 13.6, 1.0)
    np.testing.assert_allclose(ours, theirs["PotRad"], atol=1e-9)
    assert ((ours > 0) == (theirs["PotRad"] > 0)).all()


def test_at_the_equator_day_and_night_are_equal():
    assert np.mean(potential_radiation(YEAR, 0.0, 0.0, 0.0) > 0) == pytest.approx(0.5, abs=0.002)


@pytest.mark.parametrize(("latitude", "bright"), [(78.0, "2021-06-21"), (-78.0, "2021-12-21")])
def test_beyond_the_polar_circle_there_is_a_day_and_a_night_without_end(latitude, bright):
    radiation = potential_radiation(YEAR, latitude, 15.0, 1.0)
    dark = {"2021-06-21": "2021-12-21", "2021-12-21": "2021-06-21"}[bright]
    on = YEAR.start.astype("datetime64[D]")
    assert (radiation[on == np.datetime64(bright)] > 0).all()
    assert (radiation[on == np.datetime64(dark)] == 0).all()


def test_summer_is_in_december_in_the_south():
    radiation = potential_radiation(YEAR, -35.0, 149.0, 10.0)
    assert radiation[YEAR.month == 12].mean() > 1.8 * radiation[YEAR.month == 6].mean()
    assert radiation.max() < 1.035 * SOLAR_CONSTANT


def test_a_clock_of_another_zone_tells_the_same_instant():
    there = potential_radiation(YEAR, 38.0, 118.0, 8.0)
    utc = potential_radiation(Steps.of(YEAR.start - np.timedelta64(8, "h")), 38.0, 118.0, 0.0)
    np.testing.assert_allclose(there, utc, atol=8.0)  # the day angle steps at midnight of the clock


def test_noon_lies_where_the_longitude_says():
    for longitude, offset in [(118.0, 8.0), (-105.0, -7.0), (149.0, 10.0)]:
        hour = YEAR.hour
        radiation = potential_radiation(YEAR, 38.0, longitude, offset)
        centre = (radiation * hour).sum() / radiation.sum()
        assert centre == pytest.approx(12 - longitude / 15 + offset, abs=0.1)


def test_steps_count_by_their_middle():
    instants = np.array(["2021-05-01T10:15:00", "2021-05-01T10:45:00"], dtype="datetime64[s]")
    steps = Steps.of(instants - np.timedelta64(15, "m"))
    np.testing.assert_array_equal(
        potential_radiation(steps, 40.0, 116.0, 8.0), potential_radiation(instants, 40.0, 116.0, 8.0)
    )


def test_what_is_no_place_is_refused():
    with pytest.raises(ValueError, match="no place"):
        potential_radiation(YEAR, 118.0, 38.0, 8.0)
