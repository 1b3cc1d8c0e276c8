"""Real logger files against the long table made from them by others, in which records dumped twice stand once."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from halosink import read

FILES = {
    "COMPASS_GCW_TR_432_TerosTableB_20251231235903.dat": "TerosB",
    "COMPASS_GCW_W_431_TerosTableC_20221109000115.dat": "TerosC",
    "Compass_GWI_TR_412_TerosTableB_20220824143823.dat": "TerosB",
}
FIELDS = (("soil_moisture_raw", "1"), ("soil_temperature", "degC"), ("soil_ec_bulk", "uS/cm"))


@pytest.mark.parametrize("name", FILES)
def test_teros(reference: Path, name: str) -> None:
    folder = reference / "data" / "sensor_compass_teros"
    columns = {
        f"{FILES[name]}({probe},{channel})": {
            "field": field, "unit": unit, "sensor": str(probe),
            "calibration": "teros12_mineral" if channel == 1 else "",
        }
        for probe in range(1, 7)
        for channel, (field, unit) in enumerate(FIELDS, 1)
    }  # fmt: skip
    reading = read.file(folder / f"{name}.gz", "sensors", columns=columns, ignore=("PB", "Statname"))
    assert reading.frame is not None, reading.problems
    long = pd.read_csv(folder / "teros_long.csv.gz")
    long = long[long["file"] == name]
    long["time"] = pd.to_datetime(long["TIMESTAMP"]).astype("datetime64[us]")
    long["sensor"] = long["sensor"].astype(str)
    pairs = {
        "soil_ec_bulk": long["ec_uS_cm"] / 1000,
        "soil_temperature": long["tsoil_C"],
        "soil_moisture_raw": long["vwc_raw"],
        "soil_moisture": long["vwc_m3m3"],
    }
    key = ["time", "sensor"]
    theirs = long[key].assign(**pairs)
    values = list(pairs)
    for side in (reading.frame, theirs):
        assert set(key + values) <= set(side.columns)
    ours = reading.frame[key + values].dropna(subset=values, how="all").drop_duplicates(key).sort_values(key)
    theirs = theirs.dropna(subset=values, how="all").sort_values(key)
    assert len(ours) == len(theirs)
    assert ours[key].to_numpy().tolist() == theirs[key].to_numpy().tolist()
    np.testing.assert_allclose(ours[values], theirs[values], rtol=1e-7)


def test_layout(tmp_path: Path) -> None:
    text = (
        '"TOA5","Da\'an","CR1000X","1","x","CPU:a.CR1X","2","Table1"\r\n"TIMESTAMP","RECORD","BattV_Avg","TS"\r\n'
        '"TS","RN","Volts","Deg C"\r\n"","","Avg","Smp"\r\n"2024-01-01 00:15:00",7,12.5,"NAN"\r\n'
        '"2024-01-01 00:30:00",8,12.4,-3.25\r\n'
    )
    (tmp_path / "a.dat").write_text(text, encoding="utf-8", newline="")
    reading = read.file(tmp_path / "a.dat", "sensors", columns={"TS": "soil_temperature"})
    frame = reading.frame
    assert frame is not None and not reading.problems, reading.problems
    assert frame["record_number"].tolist() == [7, 8] and frame["source_row"].tolist() == [5, 6]
    assert reading.missing["soil_temperature"].tolist() == [2, 0]
