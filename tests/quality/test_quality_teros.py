"""Raw TEROS 12 records of Chesapeake salt marshes (Pennington et al. 2024): the faults known to be in them."""

import csv
import gzip

import numpy as np
import pandas as pd
import pytest

from halosink import quality

FILES = {
    "GCW_TR": "COMPASS_GCW_TR_432_TerosTableB_20251231235903.dat.gz",
    "GCW_W": "COMPASS_GCW_W_431_TerosTableC_20221109000115.dat.gz",
    "GWI_TR": "Compass_GWI_TR_412_TerosTableB_20220824143823.dat.gz",
}
FIELDS = {"soil_moisture": (1, 3.879e-4, -0.6956), "soil_temperature": (2, 1.0, 0.0), "soil_ec_bulk": (3, 1e-3, 0.0)}


def read(path):
    with gzip.open(path, "rt", newline="") as file:
        lines = list(csv.reader(file))
    raw = pd.DataFrame(lines[4:], columns=lines[1])
    frames, reasons = [], []
    for probe in range(1, 7):
        frame, why = {"sensor": str(probe), "time": pd.to_datetime(raw["TIMESTAMP"])}, {}
        for name, (part, slope, offset) in FIELDS.items():
            cells = raw[next(c for c in raw if c.endswith(f"({probe},{part})"))]
            values = pd.to_numeric(cells.where(cells != "NAN")).to_numpy(dtype=float, copy=True)
            why[name] = np.where(cells == "NAN", 2, np.where(values == -9999, 3, 0)).astype(np.uint8)
            values[values == -9999] = np.nan
            frame[name] = slope * values + offset
        frames.append(pd.DataFrame(frame))
        reasons.append(pd.DataFrame(why))
    return pd.concat(frames, ignore_index=True), pd.concat(reasons, ignore_index=True)


@pytest.fixture(scope="module")
def teros(reference):
    found = {}
    for name, file in FILES.items():
        frame, why = read(reference / "data" / "sensor_compass_teros" / file)
        found[name] = frame, quality.flag_table(frame, missing=why, table="sensors")
    return found


def count(flags, sensor, field, check):
    rows = flags.overview
    return int(rows.loc[(rows["sensor"] == sensor) & (rows["field"] == field), check].iloc[0])


def test_the_highest_conductivity_is_out_of_range(teros):
    frame, flags = teros["GCW_TR"]
    worst = frame["soil_ec_bulk"].idxmax()
    assert frame.loc[worst, "soil_ec_bulk"] == pytest.approx(390.384)
    assert "range" in quality.names(flags.frame.loc[worst, "soil_ec_bulk"])
    assert np.nanmax(quality.masked(frame, flags)["soil_ec_bulk"]) < 20


def test_the_dead_flat_probe(teros):
    frame, flags = teros["GCW_TR"]
    probe = frame["sensor"] == "6"
    assert frame.loc[probe, "soil_moisture"].median() == pytest.approx(0.86, abs=0.005)
    assert count(flags, "6", "soil_moisture", "flat_line") == probe.sum()
    assert quality.masked(frame, flags).loc[probe, "soil_moisture"].isna().all()
    assert count(flags, "6", "soil_ec_bulk", "excluded") == 0


def test_the_unwired_probes(teros):
    _, flags = teros["GCW_W"]
    empty = {row.subject for row in flags.checks if row.check == "no_data"}
    assert empty == {f"sensors · {probe} · {field}" for probe in "34" for field in FIELDS}
    assert count(flags, "3", "soil_ec_bulk", "missing_code") == 3227


def test_codes(teros):
    _, flags = teros["GCW_TR"]
    assert [count(flags, p, "soil_moisture", "missing_code") for p in "123456"] == [280, 280, 0, 280, 280, 0]
    _, flags = teros["GWI_TR"]
    assert [count(flags, p, "soil_ec_bulk", "missing_code") for p in "123456"] == [669] * 6


def test_the_overlap_of_two_files(teros):
    """GCW_W holds its first 1,257 records twice."""
    frame, flags = teros["GCW_W"]
    assert count(flags, "1", "soil_temperature", "duplicate") == frame["time"][frame.sensor == "1"].duplicated().sum()
    assert count(flags, "1", "soil_temperature", "time_order") > 0


def test_good_probes_stay_nearly_untouched(teros):
    """All probes of the longest record work; beside codes, under 0.1 % of a field's records is judged bad."""
    _, flags = teros["GWI_TR"]
    own = flags.overview[["range", "spike", "flat_line", "step"]].sum(axis=1) / flags.overview["rows"]
    assert (own < 0.001).all()
    assert (flags.overview["flat_line"] == 0).all()
    assert (flags.overview["missing_records"] == 15).all()


def test_salt_marsh_moisture_is_said_to_be_biased_and_kept(teros):
    frame, flags = teros["GWI_TR"]
    share = flags.overview.loc[flags.overview["field"] == "soil_moisture", "salinity_biased_moisture"] / 13441
    assert (share > 0.4).all()
    masked = quality.masked(frame, flags)
    assert masked["soil_moisture"].isna().sum() == frame["soil_moisture"].isna().sum()
