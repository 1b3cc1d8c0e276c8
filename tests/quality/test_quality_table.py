"""Whole tables: series, keys, masks, verdicts."""

import numpy as np
import pandas as pd
import pytest

from halosink import quality


def sensors(order="together"):
    time = pd.date_range("2024-05-01", periods=400, freq="15min")
    parts = []
    for name, level in (("A", 2.0), ("B", 8.0)):
        values = level + 0.1 * np.sin(np.arange(400) / 96 * 2 * np.pi)
        parts.append(pd.DataFrame({"plot": "P1", "sensor": name, "time": time, "soil_ec_bulk": values}))
    frame = pd.concat(parts, ignore_index=True)
    return frame if order == "together" else frame.sort_values("time", kind="stable", ignore_index=True)


@pytest.mark.parametrize("order", ["together", "by time"])
def test_series_are_told_apart_in_any_row_order(order):
    frame = sensors(order)
    place = frame.index[(frame.sensor == "B") & (frame.time == frame.time.min() + pd.Timedelta("2D"))][0]
    frame.loc[place, "soil_ec_bulk"] = 30.0
    flags = quality.flag_table(frame, table="sensors")
    marks = flags.frame["soil_ec_bulk"].to_numpy()
    assert np.flatnonzero(marks).tolist() == [place]
    assert quality.names(marks[place]) == ("range", "spike")
    assert flags.overview["sensor"].tolist() == ["P1 · A", "P1 · B"]
    assert flags.overview["spike"].tolist() == [0, 1]


def test_masked_leaves_the_table_alone():
    frame = sensors()
    frame.loc[200, "soil_ec_bulk"] = 400.0
    before = frame.copy()
    flags = quality.flag_table(frame)
    out = quality.masked(frame, flags)
    pd.testing.assert_frame_equal(frame, before)
    assert np.isnan(out.loc[200, "soil_ec_bulk"]) and out["soil_ec_bulk"].isna().sum() == 1
    assert quality.masked(frame, flags.frame, checks=["step"])["soil_ec_bulk"].notna().all()


def test_flags_have_the_shape_of_the_table():
    frame = sensors().set_index(pd.Index(range(1000, 1800)))
    flags = quality.flag_table(frame)
    assert list(flags.frame.columns) == ["soil_ec_bulk"]
    assert flags.frame["soil_ec_bulk"].dtype == np.uint16
    assert flags.frame.index.equals(frame.index)


def test_soil_table_has_no_series():
    frame = pd.DataFrame(
        {
            "plot": ["a", "a", "b"],
            "depth_top": [0.0, 0.0, 0.0],
            "depth_bottom": [10.0, 10.0, -5.0],
            "ph_water": [8, 8.5, 30],
        }
    )
    flags = quality.flag_table(frame, key=("plot", "depth_top"))
    found = {name: [quality.names(v) for v in flags.frame[name]] for name in flags.frame}
    assert found["ph_water"] == [(), ("repeated_key",), ("range",)]
    assert "impossible_combination" in found["depth_top"][2] and "impossible_combination" in found["depth_bottom"][2]
    assert {row.check for row in flags.checks}.isdisjoint({"spike", "step", "gap", "flat_line", "time_order"})


def test_unwired_probe():
    frame = sensors()
    frame.loc[frame.sensor == "B", "soil_ec_bulk"] = np.nan
    why = {"soil_ec_bulk": np.where(frame.sensor == "B", 2, 0).astype(np.uint8)}
    flags = quality.flag_table(frame, missing=why, table="sensors")
    row = next(r for r in flags.checks if r.check == "no_data")
    assert row.subject == "sensors · P1 · B · soil_ec_bulk" and row.passed is False
    assert flags.overview["missing_code"].tolist() == [0, 400]


def test_irregular_series_is_not_judged():
    frame = sensors().iloc[:40]
    days = np.cumsum(np.random.default_rng(0).integers(1, 40, 40))
    frame = frame.assign(time=pd.Timestamp("2024-01-01") + pd.to_timedelta(days, "D"))
    rows = {r.check: r for r in quality.flag_table(frame).checks}
    assert rows["spike"].passed is None and np.isnan(rows["spike"].value)
    assert rows["range"].passed is True and rows["time_order"].passed is True


def test_settings_and_choice_of_checks():
    frame = sensors()
    frame.loc[200, "soil_ec_bulk"] *= 1.12
    assert quality.flag_table(frame, checks=["spike"]).overview["spike"].sum() == 0
    flags = quality.flag_table(frame, checks=["spike"], settings={"spike": {"height": 0.1}})
    assert flags.overview["spike"].sum() == 1 and "range" not in flags.overview
    with pytest.raises(KeyError, match="no parameter"):
        quality.flag_table(frame, settings={"spike": {"hight": 0.1}})
    with pytest.raises(KeyError, match="no column"):
        quality.flag_table(frame, key=["probe"])


def test_empty_table():
    flags = quality.flag_table(sensors().iloc[:0])
    assert flags.frame.shape == (0, 1) and flags.overview.empty and flags.checks == []


def test_missing_times_and_text_columns():
    frame = sensors().assign(remark="x")
    frame.loc[5, "time"] = pd.NaT
    flags = quality.flag_table(frame)
    assert np.flatnonzero(flags.frame["soil_ec_bulk"] & quality.bits()["time_order"]).tolist() == [5]
    assert "remark" not in flags.frame


def test_closures_are_series_of_elapsed_time():
    frame = pd.DataFrame(
        {
            "closure": np.repeat(["c1", "c2"], 5),
            "elapsed_time": np.tile([0.0, 60.0, 120.0, 180.0, 240.0], 2),
            "time": pd.Timestamp("2024-06-01 10:00"),
            "co2_mole_fraction": np.linspace(410, 500, 10),
        }
    )
    flags = quality.flag_table(frame)
    assert len(flags.overview) == 2 and flags.overview["flagged"].sum() == 0


def test_chamber_concentrations_have_one_overview_row_per_field():
    closures, readings = 30, 8
    frame = pd.DataFrame(
        {
            "closure": np.repeat([f"c{i}" for i in range(closures)], readings),
            "elapsed_time": np.tile(60.0 * np.arange(readings), closures),
            "co2_mole_fraction": np.linspace(410, 500, closures * readings),
            "chamber_volume": 20.0,
        }
    )
    frame.loc[[5, 100], "co2_mole_fraction"] = -1.0
    frame.loc[7, "co2_mole_fraction"] = np.nan
    flags = quality.flag_table(frame, table="chamber_concentrations", name="gas")
    overview = flags.overview.set_index("field")
    assert overview.index.tolist() == ["co2_mole_fraction", "chamber_volume"]
    row = overview.loc["co2_mole_fraction"]
    assert (row["rows"], row["missing"], row["range"], row["step_seconds"]) == (closures * readings, 1, 2, 60.0)
    assert [r.value for r in flags.checks if r.subject == "gas · co2_mole_fraction" and r.check == "range"] == [2 / 240]


def test_what_does_not_vary_in_a_series_is_not_judged():
    frame = sensors().assign(latitude=37.0, depth_top=10.0, record_number=1.0, battery_voltage=12.6, source_row=2)
    assert set(quality.flag_table(frame, table="sensors").frame) == {"soil_ec_bulk", "battery_voltage"}


def test_below_detection_is_missing_and_no_code():
    frame = sensors()
    frame.loc[:9, "soil_ec_bulk"] = np.nan
    why = {"soil_ec_bulk": np.where(frame.index < 10, np.where(frame.index < 4, 4, 3), 0).astype(np.uint8)}
    flags = quality.flag_table(frame, missing=why, table="sensors")
    first = flags.overview.iloc[0]
    assert (first["missing"], first["missing_code"]) == (10, 6)


def test_fields_judged_side_by_side_have_the_same_flags(monkeypatch):
    from halosink.quality import table

    draws = np.random.default_rng(3)
    time = pd.date_range("2024-05-01", periods=3000, freq="15min")
    names = ["soil_temperature", "soil_moisture", "soil_ec_bulk", "air_temperature", "air_pressure", "wind_speed"]
    frame = pd.DataFrame({"time": time} | {n: 10 + draws.normal(0, 1, 3000) for n in names})
    frame.loc[[50, 900], names] = 400.0
    alone = quality.flag_table(frame, table="sensors")
    monkeypatch.setattr(table, "LONG", 100)
    beside = quality.flag_table(frame, table="sensors")
    pd.testing.assert_frame_equal(alone.frame, beside.frame)
    pd.testing.assert_frame_equal(alone.overview, beside.overview)
    assert [r.record() for r in alone.checks] == [r.record() for r in beside.checks]


def test_a_series_out_of_order_keeps_its_step_and_its_faults():
    n = 400
    rng = np.random.default_rng(3)
    time = pd.date_range("2024-05-01", periods=n, freq="30min")
    value = 15 + 3 * np.sin(np.arange(n) / 8) + rng.normal(0, 0.05, n)
    value[200] += 25
    tidy = pd.DataFrame({"time": time, "plot": "A", "soil_temperature": value})
    order = rng.permutation(n)
    shuffled = tidy.iloc[order].reset_index(drop=True)
    one, other = quality.flag_table(tidy, table="sensors"), quality.flag_table(shuffled, table="sensors")
    assert other.overview["step_seconds"].tolist() == [1800]
    assert not [c for c in other.checks if c.passed is None]
    disorder = next(c for c in other.checks if c.check == "time_order")
    assert disorder.passed is False and one.overview["time_order"].tolist() == [0]
    mask = ~np.uint16(1 << quality.checks()["time_order"].bit)
    flags = other.frame["soil_temperature"].to_numpy() & mask
    assert flags.tolist() == (one.frame["soil_temperature"].to_numpy()[order] & mask).tolist()
    assert flags[np.flatnonzero(order == 200)[0]] != 0


@pytest.mark.parametrize(("kind", "name"), [("groundwater", "well"), ("fluxes", "light_condition")])
def test_wells_and_light_are_series_of_their_own(kind, name):
    time = pd.date_range("2024-05-01", periods=30, freq="h")
    parts = [pd.DataFrame({"site": "A", name: n, "time": time, "ph_water": 8 + np.arange(30) / 99}) for n in "xy"]
    frame = pd.concat(parts).sort_values("time", kind="stable", ignore_index=True)
    overview = quality.flag_table(frame, table=kind).overview
    assert len(overview) == 2 and overview[["duplicate", "time_order"]].sum().sum() == 0
