"""Tables as they come: other types of columns, other orders, numbers that cannot be."""

import numpy as np
import pandas as pd
import pytest

from halosink import vocabulary
from halosink.chamber import Options, draws, fluxes

NUMBERS = ["flux", "low", "high", "linear_flux", "hm_flux", "standard_error", "moles_per_area", "noise"]


def closure(name="a", slope=0.1, n=120, seed=0, **more):
    time = np.arange(float(n))
    value = 420 + slope * time + np.random.default_rng(seed).normal(0, 0.2, n)
    base = {"closure": name, "elapsed_time": time, "co2_mole_fraction": value}
    air = {"chamber_volume": 20.0, "chamber_area": 0.08, "chamber_temperature": 20.0, "chamber_pressure": 101.0}
    return pd.DataFrame(base | air | more)


@pytest.mark.parametrize(
    ("column", "change"),
    [
        ("elapsed_time", lambda x: pd.to_timedelta(x, unit="s")),
        ("elapsed_time", lambda x: x.astype("Int64")),
        ("elapsed_time", lambda x: x.astype(int).astype(str)),
        ("co2_mole_fraction", lambda x: x.astype(object)),
        ("co2_mole_fraction", lambda x: x.astype("Float64")),
        ("chamber_volume", lambda x: x.astype("Int64")),
        ("chamber_pressure", lambda x: x.astype(str)),
        ("closure", lambda x: x.astype("category")),
    ],
)
def test_the_type_of_a_column_does_not_matter(column, change):
    frame = closure()
    changed = frame.assign(**{column: change(frame[column])})
    pd.testing.assert_frame_equal(fluxes(changed)[NUMBERS], fluxes(frame)[NUMBERS], rtol=1e-12)


def test_names_of_closures_may_be_numbers():
    found = fluxes(pd.concat([closure(7), closure("b", seed=1), closure(2.5, seed=2)]))
    assert len(found) == 3 and (found["reason"] == "").all() and len(np.unique(draws(found, 1))) == 3


def test_readings_that_are_no_numbers_are_named():
    with pytest.raises(ValueError, match="co2_mole_fraction"):
        fluxes(closure(co2_mole_fraction="high"))
    frame = closure()
    with pytest.raises(ValueError, match="different names"):
        fluxes(pd.concat([frame, frame[["co2_mole_fraction"]]], axis=1))


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"chamber_temperature": 293.15}, "impossible_air"),
        ({"chamber_pressure": 1010.0}, "impossible_air"),
        ({"chamber_pressure": 101000.0}, "impossible_air"),
        ({"chamber_pressure": np.inf}, "impossible_air"),
        ({"h2o_mole_fraction": 12000.0}, "impossible_water"),
        ({"chamber_temperature": -300.0}, "no_chamber"),
        ({"chamber_volume": -3.0}, "no_chamber"),
        ({"chamber_volume": np.inf}, "no_chamber"),
        ({"co2_mole_fraction": np.nan}, "few_points"),
        ({"co2_mole_fraction": 1e300}, "few_points"),
        ({"elapsed_time": np.nan}, "few_points"),
    ],
)
def test_numbers_that_cannot_be_give_no_flux(more, reason):
    found = fluxes(pd.concat([closure(**more), closure("b", seed=1)]))
    mine = found[(found["closure"] == "a") & (found["gas"] == "co2")]
    assert mine["reason"].tolist() == [reason] and mine["flux"].isna().all()
    alone = fluxes(closure("b", seed=1))
    other = found[(found["closure"] == "b") & (found["gas"] == "co2")].reset_index(drop=True)
    pd.testing.assert_frame_equal(other[NUMBERS], alone[NUMBERS], rtol=1e-12)
    for lang in ("en", "zh"):
        assert vocabulary.say(f"chamber.reason.{reason}", lang)


def test_a_closure_without_any_reading_is_told():
    found = fluxes(closure(co2_mole_fraction=np.nan))
    assert found["reason"].tolist() == ["few_points"] and found["quality"].tolist() == ["refused"]


def test_single_readings_that_cannot_be_are_left_out():
    frame = closure()
    frame.loc[[30, 60], "co2_mole_fraction"] = [np.inf, 1e30]
    assert fluxes(frame)["flux"][0] == pytest.approx(fluxes(frame.drop([30, 60]))["flux"][0], rel=1e-12)


def test_dry_air_may_read_below_none():
    water = np.random.default_rng(3).normal(0, 0.02, 120)
    frame = closure().rename(columns={"co2_mole_fraction": "co2_mole_fraction_wet"}).assign(h2o_mole_fraction=water)
    row = fluxes(frame).set_index("gas").loc["co2"]
    assert row["water_correction"] == "corrected" and row["n"] == fluxes(closure())["n"][0]


def test_the_order_of_closures_changes_nothing():
    parts = [closure(f"c{i}", n=40 + 9 * i, seed=i, slope=0.02 * i) for i in range(12)]
    first, other = fluxes(pd.concat(parts)), fluxes(pd.concat(parts[::-1]))
    pd.testing.assert_frame_equal(first, other, check_exact=True)
    for i in (0, 5, 11):
        alone, together = fluxes(parts[i]), first[first["closure"] == f"c{i}"].reset_index(drop=True)
        pd.testing.assert_frame_equal(alone[NUMBERS], together[NUMBERS], rtol=1e-9)


def test_the_table_that_is_read_stays_as_it_is():
    frame = closure().astype({"co2_mole_fraction": object})
    before = frame.copy(deep=True)
    fluxes(frame)
    pd.testing.assert_frame_equal(frame, before)


def test_a_drift_of_the_analyser_widens_the_interval():
    """A standard error of moles times drift per hour / 3600, beside that of the readings."""
    frame = closure()
    plain, wide = fluxes(frame).iloc[0], fluxes(frame, Options(drift={"co2": 36.0})).iloc[0]
    drift = 36.0 / 3600 * plain["moles_per_area"]
    assert wide["flux"] == pytest.approx(plain["flux"], rel=0.02)
    assert wide["standard_error"] == pytest.approx(np.hypot(plain["standard_error"], drift), rel=0.05)


def test_where_the_precision_is_given_the_rate_is_limited_by_it():
    row = fluxes(closure(), Options(precision={"co2": 0.5})).iloc[0]
    assert row["rate_max"] == pytest.approx(row["linear_flux"] / row["moles_per_area"] / 0.5, rel=1e-9)


def test_other_settings_that_make_no_sense_are_refused():
    for wrong in ({"search": "best"}, {"drift": {"co2": -1.0}}, {"precision": {"co2": np.nan}}):
        with pytest.raises(ValueError):
            Options(**wrong)
