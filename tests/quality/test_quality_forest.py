"""A year of half-hourly tower data (DE-Tha 1998), cleaned by its owners: little in it may be judged bad."""

import numpy as np
import pandas as pd

from halosink import quality

COLUMNS = {
    "NEE": ("nee", 1.0),
    "LE": ("latent_heat_flux", 1.0),
    "H": ("sensible_heat_flux", 1.0),
    "Rg": ("shortwave_radiation", 1.0),
    "Tair": ("air_temperature", 1.0),
    "Tsoil": ("soil_temperature", 1.0),
    "rH": ("relative_humidity", 1.0),
    "VPD": ("vapour_pressure_deficit", 0.1),
}


def test_false_alarms(reference):
    raw = pd.read_csv(reference / "data" / "ec_reddyproc" / "Example_DETha98.csv.gz", na_values=["-9999", "-9999.0"])
    time = pd.Timestamp("1998-01-01") + pd.to_timedelta(np.arange(len(raw)) * 30, "min")
    frame = pd.DataFrame({"time": time})
    for column, (name, factor) in COLUMNS.items():
        frame[name] = raw[column].to_numpy(dtype=float) * factor
    found = quality.flag_table(frame).overview.set_index("field")
    present = found["rows"] - found["missing"]
    assert (found["flat_line"] == 0).all() and (found["range"] == 0).all()
    assert (found.loc[["soil_temperature", "air_temperature", "shortwave_radiation"], ["spike", "step"]] == 0).all(
        axis=None
    )
    assert (found["spike"] / present < 0.005).all()
    assert (found["step"] / present < 0.001).all()
